//! The encodings of XML files: the names that a JDK knows them by, and how bytes become characters.

use std::borrow::Cow;
use text_spans::utf_8;

/// How bytes become characters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Charset {
    Utf8,
    Utf16 {
        big_endian: bool,
    },
    Utf32 {
        big_endian: bool,
    },
    Latin1,
    Ascii,
    /// EBCDIC code page 037; `exact` where the declared one is 037 itself or shares its table.
    Ebcdic {
        exact: bool,
    },
    Other {
        encoding: &'static encoding_rs::Encoding,
        c1: bool,
    },
}

/// Bytes as characters.
pub(crate) struct Characters<'b> {
    pub(crate) text: Cow<'b, str>,
    /// Whether U+FFFD stands for bytes that mean nothing in this encoding.
    pub(crate) lossy: bool,
    /// The first byte at which a JDK stops. In most encodings it puts U+FFFD for such bytes and reads on.
    pub(crate) refused_at: Option<usize>,
}

/// What a name in an XML declaration is to a JDK.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Label {
    /// It knows the encoding, and so does this crate.
    Known(Charset),
    /// It knows no such encoding and refuses the file.
    Refused,
    /// It may know the encoding, which this crate does not.
    Unknown,
}

/// The names under which the parser of OpenJDK 17 takes the encodings that are decoded by table here. It knows some by the
/// names of the IANA, some by those of Java, and not all that browsers do: `iso8859-1` but not `iso88591`.
const TAKEN: &str = "ansi_x3.4-1968 arabic ascii ascii7 asmo-708 big5 big5-hkscs cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 \
    cp1257 cp1258 cp819 cp866 cp932 csbig5 cseuckr cseucpkdfmtjapanese csgb2312 csibm866 csiso2022jp csisolatin1 \
    csisolatin2 csisolatin3 csisolatin4 csisolatin5 csisolatin9 csisolatinarabic csisolatincyrillic csisolatingreek \
    csisolatinhebrew cskoi8r csksc56011987 csshiftjis cyrillic ecma-114 ecma-118 elot_928 euc-jp euc-kr eucjp euckr \
    gb18030 gb2312 gbk greek greek8 hebrew ibm819 ibm866 iso-2022-jp iso-8859-1 iso-8859-11 iso-8859-13 iso-8859-15 \
    iso-8859-16 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 iso-8859-8-i iso-8859-9 \
    iso-ir-100 iso-ir-101 iso-ir-109 iso-ir-110 iso-ir-126 iso-ir-127 iso-ir-138 iso-ir-144 iso-ir-148 iso-ir-149 \
    iso646-us iso8859-1 iso8859-13 iso8859-15 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 \
    iso8859-9 iso8859_1 iso8859_15 iso_8859-1 iso_8859-15 iso_8859-2 iso_8859-3 iso_8859-4 iso_8859-5 iso_8859-6 \
    iso_8859-7 iso_8859-8 iso_8859-9 koi8 koi8-r koi8-u koi8_r korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 \
    l1 l2 l3 l4 l5 l9 latin1 latin2 latin3 latin4 latin5 macroman ms932 ms936 ms949 ms950 ms_kanji shift-jis \
    shift_jis sjis sun_eu_greek tis-620 us-ascii windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 \
    windows-1255 windows-1256 windows-1257 windows-1258 windows-31j windows-874 windows-949 x-euc-jp x-sjis";

/// The names under which Java knows encodings that the web platform's labels lack.
const JAVA_NAMES: [(&str, &str); 10] = [
    ("cp932", "shift_jis"),
    ("eucjp", "euc-jp"),
    ("euckr", "euc-kr"),
    ("greek8", "iso-8859-7"),
    ("koi8", "koi8-r"),
    ("macroman", "macintosh"),
    ("ms936", "gbk"),
    ("ms949", "euc-kr"),
    ("ms950", "big5"),
    ("sjis", "shift_jis"),
];

impl Charset {
    /// Bytes of a character of ASCII.
    pub(crate) fn width(self) -> usize {
        match self {
            Self::Utf16 { .. } => 2,
            Self::Utf32 { .. } => 4,
            _ => 1,
        }
    }

    /// Whether it writes the characters of ASCII as ASCII does.
    pub(crate) fn is_like_ascii(self) -> bool {
        self.width() == 1 && !matches!(self, Self::Ebcdic { .. })
    }

    /// Whether every character is known for certain.
    pub(crate) fn is_exact(self) -> bool {
        !matches!(self, Self::Ebcdic { exact: false })
    }

    /// Its name for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 { big_endian: true } => "utf-16be",
            Self::Utf16 { big_endian: false } => "utf-16le",
            Self::Utf32 { .. } => "utf-32",
            Self::Latin1 => "iso-8859-1",
            Self::Ascii => "us-ascii",
            Self::Ebcdic { .. } => "ebcdic",
            Self::Other { encoding, .. } => encoding.name(),
        }
    }

    /// Writes a text without a byte order mark. A character that the encoding lacks becomes a character reference, which is
    /// right in values only. `None` if texts are only read in this encoding.
    pub(crate) fn encode(self, text: &str) -> Option<Vec<u8>> {
        let narrow = |c: char, most: u32| match u8::try_from(u32::from(c)) {
            Ok(byte) if u32::from(byte) <= most => vec![byte],
            _ => format!("&#x{:x};", u32::from(c)).into_bytes(),
        };
        Some(match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Latin1 => text.chars().flat_map(|c| narrow(c, 0xff)).collect(),
            Self::Ascii => text.chars().flat_map(|c| narrow(c, 0x7f)).collect(),
            Self::Utf16 { big_endian: true } => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Self::Utf16 { big_endian: false } => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf32 { big_endian: true } => text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
            Self::Utf32 { big_endian: false } => text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
            Self::Other { encoding, c1: false } => encoding.encode(text).0.into_owned(),
            Self::Other { c1: true, .. } | Self::Ebcdic { .. } => return None,
        })
    }

    /// Decodes bytes without a byte order mark.
    pub(crate) fn decode(self, bytes: &[u8]) -> Characters<'_> {
        let owned = |(text, lossy): (String, bool)| Characters { text: Cow::Owned(text), lossy, refused_at: None };
        match self {
            Self::Utf8 => {
                let text = utf_8(bytes);
                let lossy = matches!(text, Cow::Owned(_));
                let valid = || std::str::from_utf8(bytes).err().map(|error| error.valid_up_to());
                Characters { refused_at: if lossy { valid() } else { None }, text, lossy }
            }
            Self::Ascii | Self::Latin1 if bytes.is_ascii() => {
                Characters { text: utf_8(bytes), lossy: false, refused_at: None }
            }
            Self::Latin1 => owned((bytes.iter().map(|&byte| char::from(byte)).collect(), false)),
            Self::Ascii => {
                let refused_at = bytes.iter().position(|byte| !byte.is_ascii());
                Characters { refused_at, ..owned((String::from_utf8_lossy(bytes).into_owned(), true)) }
            }
            Self::Utf16 { big_endian } => {
                let encoding = if big_endian { encoding_rs::UTF_16BE } else { encoding_rs::UTF_16LE };
                let (text, lossy) = encoding.decode_without_bom_handling(bytes);
                owned((text.into_owned(), lossy))
            }
            Self::Utf32 { big_endian } => owned(utf32(bytes, big_endian)),
            Self::Ebcdic { .. } => owned((ebcdic(bytes), false)),
            Self::Other { encoding, c1: false } => {
                let (text, lossy) = encoding.decode_without_bom_handling(bytes);
                owned((text.into_owned(), lossy))
            }
            Self::Other { encoding, c1: true } => owned(with_c1(bytes, encoding)),
        }
    }
}

/// What a declared name, in lower case, is. `declared_in` is the encoding of the declaration itself, which says how wide
/// encodings order their bytes.
pub(crate) fn of_label(label: &str, declared_in: Charset) -> Label {
    let charset = match (label, declared_in) {
        ("utf-8" | "utf8" | "unicode-1-1-utf-8", _) => Charset::Utf8,
        ("utf-16" | "unicode" | "iso-10646-ucs-2", Charset::Utf16 { .. }) => declared_in,
        ("iso-10646-ucs-4", Charset::Utf16 { big_endian } | Charset::Utf32 { big_endian }) => {
            Charset::Utf32 { big_endian }
        }
        ("utf-16" | "utf-16be" | "unicode", _) => Charset::Utf16 { big_endian: true },
        ("utf-16le", _) => Charset::Utf16 { big_endian: false },
        ("utf-32" | "utf-32be", _) => Charset::Utf32 { big_endian: true },
        ("utf-32le", _) => Charset::Utf32 { big_endian: false },
        (
            "iso-8859-1" | "iso8859-1" | "iso8859_1" | "iso_8859-1" | "latin1" | "l1" | "cp819" | "ibm819"
            | "csisolatin1" | "iso-ir-100",
            _,
        ) => Charset::Latin1,
        ("us-ascii" | "ascii" | "ascii7" | "iso646-us" | "ansi_x3.4-1968", _) => Charset::Ascii,
        ("cp037" | "ibm037" | "ibm-037" | "ebcdic-cp-us" | "csibm037", _) => Charset::Ebcdic { exact: true },
        // Java names a whole family of code pages; the letters, digits and most signs are those of 037.
        ("ibm866" | "cp866", _) => Charset::Other { encoding: encoding_rs::IBM866, c1: false },
        _ => return by_table(label),
    };
    Label::Known(charset)
}

/// What a name is that stands for no encoding with a decoder of its own.
fn by_table(label: &str) -> Label {
    if !TAKEN.split_ascii_whitespace().any(|taken| taken == label) {
        let of_a_family = ["cp", "ibm", "ebcdic", "x-ibm"].iter().any(|family| label.starts_with(family));
        let is_elsewhere = matches!(label, "iso-2022-cn" | "iso-2022-kr" | "csiso2022kr");
        return if of_a_family || is_elsewhere { Label::Unknown } else { Label::Refused };
    }
    let java = JAVA_NAMES.iter().find(|(name, _)| *name == label).map(|(_, web)| *web);
    let candidates = [label.to_owned(), label.replace('_', "-"), label.replace("cp", "windows-")];
    let mut names = java.into_iter().chain(candidates.iter().map(String::as_str));
    let found = names.find_map(|name| encoding_rs::Encoding::for_label(name.as_bytes()));
    let known = found.filter(|found| *found != encoding_rs::REPLACEMENT);
    known.map_or(Label::Unknown, |encoding| {
        // The web platform reads ISO 8859-9 and -11 as their Windows extensions; Java does not.
        let c1 = label.starts_with("iso") && encoding.name().starts_with("windows");
        Label::Known(Charset::Other { encoding, c1 })
    })
}

/// Decodes with 0x80 to 0x9F as control characters.
fn with_c1(bytes: &[u8], encoding: &'static encoding_rs::Encoding) -> (String, bool) {
    let mut out = String::with_capacity(bytes.len());
    let mut lossy = false;
    for run in bytes.chunk_by(|a, b| (0x80..0xa0).contains(a) == (0x80..0xa0).contains(b)) {
        if run.first().is_some_and(|byte| (0x80..0xa0).contains(byte)) {
            out.extend(run.iter().map(|&byte| char::from(byte)));
        } else {
            let (text, wrong) = encoding.decode_without_bom_handling(run);
            out.push_str(&text);
            lossy |= wrong;
        }
    }
    (out, lossy)
}

fn utf32(bytes: &[u8], big_endian: bool) -> (String, bool) {
    let mut lossy = !bytes.len().is_multiple_of(4);
    let mut out = String::with_capacity(bytes.len() / 4);
    for unit in bytes.as_chunks::<4>().0 {
        let code = if big_endian { u32::from_be_bytes(*unit) } else { u32::from_le_bytes(*unit) };
        out.push(char::from_u32(code).unwrap_or_else(|| {
            lossy = true;
            char::REPLACEMENT_CHARACTER
        }));
    }
    (out, lossy)
}

/// Code page 037, the most common EBCDIC. Both line ends of EBCDIC become LF.
pub(crate) const CP037: &str = "\u{0}\u{1}\u{2}\u{3}\u{9c}\u{9}\u{86}\u{7f}\u{97}\u{8d}\u{8e}\u{b}\u{c}\u{d}\u{e}\u{f}\u{10}\u{11}\u{12}\u{13}\u{9d}\n\u{8}\u{87}\u{18}\u{19}\u{92}\u{8f}\u{1c}\u{1d}\u{1e}\u{1f}\
    \u{80}\u{81}\u{82}\u{83}\u{84}\n\u{17}\u{1b}\u{88}\u{89}\u{8a}\u{8b}\u{8c}\u{5}\u{6}\u{7}\u{90}\u{91}\u{16}\u{93}\u{94}\u{95}\u{96}\u{4}\u{98}\u{99}\u{9a}\u{9b}\u{14}\u{15}\u{9e}\u{1a}\
    \u{20}\u{a0}âäàáãåçñ¢.<(+|&éêëèíîïìß!$*);¬\
    -/ÂÄÀÁÃÅÇÑ¦,%_>?øÉÊËÈÍÎÏÌ`:#@'=\"\
    Øabcdefghi«»ðýþ±°jklmnopqrªºæ¸Æ¤\
    µ~stuvwxyz¡¿ÐÝÞ®^£¥·©§¶¼½¾[]¯¨´×\
    {ABCDEFGHI\u{ad}ôöòóõ}JKLMNOPQR¹ûüùúÿ\
    \\÷STUVWXYZ²ÔÖÒÓÕ0123456789³ÛÜÙÚ\u{9f}";

fn ebcdic(bytes: &[u8]) -> String {
    let table: Vec<char> = CP037.chars().collect();
    let text = bytes.iter().map(|&byte| table.get(usize::from(byte)).copied().unwrap_or('\u{fffd}'));
    text.collect()
}
