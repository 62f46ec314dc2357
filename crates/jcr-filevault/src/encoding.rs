//! Text from bytes, as the XML reader of a JDK finds its encoding: byte order mark, first bytes, XML declaration.

use std::borrow::Cow;
use text_spans::utf_8;

/// A file's text.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded<'b> {
    /// The text without byte order mark; borrowed where the bytes are plain UTF-8.
    pub text: Cow<'b, str>,
    /// The encoding that was used, as a name for people.
    pub encoding: String,
    /// Whether something could not be decoded: bytes that are wrong in this encoding, or an encoding that is not
    /// known here. The text then holds U+FFFD, or is a guess, and must be treated as partial.
    pub lossy: bool,
}

/// How bytes become characters.
#[derive(Clone, Copy, Debug)]
enum Charset {
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

/// The names under which Java knows encodings that the web platform's labels lack.
const JAVA_NAMES: [(&str, &str); 8] = [
    ("cp932", "shift_jis"),
    ("sjis", "shift_jis"),
    ("eucjp", "euc-jp"),
    ("euckr", "euc-kr"),
    ("ms936", "gbk"),
    ("ms949", "euc-kr"),
    ("ms950", "big5"),
    ("macroman", "macintosh"),
];

/// Decodes an XML file in any encoding that a JDK reads, as far as it is known here.
pub fn decode_xml(bytes: &[u8]) -> Decoded<'_> {
    let Detected { charset, mark, declared, fits } = charset_of(bytes);
    let decoded = decode(bytes.get(mark..).unwrap_or_default(), charset, declared);
    if fits { decoded } else { Decoded { lossy: true, ..decoded } }
}

/// Writes `text` as the XML file `original` is written: with its byte order mark and in its encoding. A character that
/// the encoding lacks becomes a character reference, which is right in values only.
///
/// `None` if the encoding is not known here, or none that can be written.
pub fn encode_xml_like(original: &[u8], text: &str) -> Option<Vec<u8>> {
    let Detected { charset, mark, fits: true, .. } = charset_of(original) else { return None };
    let mut bytes = original.get(..mark)?.to_vec();
    let narrow = |c: char, most: u32| match u8::try_from(u32::from(c)) {
        Ok(byte) if u32::from(byte) <= most => vec![byte],
        _ => format!("&#x{:x};", u32::from(c)).into_bytes(),
    };
    match charset {
        Charset::Utf8 => bytes.extend(text.as_bytes()),
        Charset::Latin1 => bytes.extend(text.chars().flat_map(|c| narrow(c, 0xff))),
        Charset::Ascii => bytes.extend(text.chars().flat_map(|c| narrow(c, 0x7f))),
        Charset::Utf16 { big_endian: true } => bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
        Charset::Utf16 { big_endian: false } => bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
        Charset::Utf32 { big_endian: true } => bytes.extend(text.chars().flat_map(|c| u32::from(c).to_be_bytes())),
        Charset::Utf32 { big_endian: false } => bytes.extend(text.chars().flat_map(|c| u32::from(c).to_le_bytes())),
        Charset::Other { encoding, c1: false } => bytes.extend_from_slice(&encoding.encode(text).0),
        Charset::Other { c1: true, .. } | Charset::Ebcdic { .. } => return None,
    }
    Some(bytes)
}

/// What is known of the encoding of a file.
struct Detected {
    charset: Charset,
    /// Bytes of the byte order mark.
    mark: usize,
    /// The name that the file declares.
    declared: Option<String>,
    /// Whether the declared name is known, and one that a file with these first bytes can have.
    fits: bool,
}

/// The charset of a file, by its first bytes and its declaration.
fn charset_of(bytes: &[u8]) -> Detected {
    let (charset, mark) = detect(bytes);
    let bytes = bytes.get(mark..).unwrap_or_default();
    let declared = match charset {
        Charset::Utf8 if mark == 0 => declared_encoding(&String::from_utf8_lossy(declaration(bytes, b'>'))),
        Charset::Ebcdic { .. } => declared_encoding(&ebcdic(declaration(bytes, 0x6e)).0),
        _ => None,
    };
    let Some(label) = declared else { return Detected { charset, mark, declared: None, fits: true } };
    let (charset, fits) = match (for_label(&label), charset) {
        // Java names a whole family of code pages; the letters, digits and most signs are those of 037.
        (_, Charset::Ebcdic { .. }) => {
            let exact = matches!(label.as_str(), "cp037" | "ibm037" | "ibm-037" | "ebcdic-cp-us" | "csibm037");
            (Charset::Ebcdic { exact }, true)
        }
        // An ASCII declaration cannot be the start of a file in a wide or an EBCDIC encoding.
        (Some(Charset::Utf16 { .. } | Charset::Utf32 { .. } | Charset::Ebcdic { .. }) | None, _) => {
            (Charset::Utf8, false)
        }
        (Some(charset), _) => (charset, true),
    };
    Detected { charset, mark, declared: Some(label), fits }
}

/// The charset that the first bytes give away, and the length of the byte order mark.
fn detect(bytes: &[u8]) -> (Charset, usize) {
    let utf16 = |big_endian| Charset::Utf16 { big_endian };
    let utf32 = |big_endian| Charset::Utf32 { big_endian };
    match bytes {
        [0xef, 0xbb, 0xbf, ..] => (Charset::Utf8, 3),
        [0, 0, 0xfe, 0xff, ..] => (utf32(true), 4),
        [0xff, 0xfe, 0, 0, ..] => (utf32(false), 4),
        [0xfe, 0xff, ..] => (utf16(true), 2),
        [0xff, 0xfe, ..] => (utf16(false), 2),
        [0, 0, 0, b'<' | b' ' | b'\n' | b'\r' | b'\t', ..] => (utf32(true), 0),
        [b'<' | b' ' | b'\n' | b'\r' | b'\t', 0, 0, 0, ..] => (utf32(false), 0),
        // Two characters, so that a NUL before an ordinary file does not turn it into something else.
        [0, b'<' | b' ' | b'\n' | b'\r' | b'\t', 0, ..] => (utf16(true), 0),
        [b'<' | b' ' | b'\n' | b'\r' | b'\t', 0, _, 0, ..] => (utf16(false), 0),
        // `<?xm` or `<jcr`-like: 0x4c is `<` in EBCDIC and `L` in ASCII, with which no XML file starts.
        [0x4c, 0x6f, 0xa7, 0x94, ..] => (Charset::Ebcdic { exact: false }, 0),
        _ => (Charset::Utf8, 0),
    }
}

/// The bytes up to the first `end`, at most as many as an XML declaration can reasonably have.
fn declaration(bytes: &[u8], end: u8) -> &[u8] {
    let window = bytes.get(..1024).unwrap_or(bytes);
    memchr::memchr(end, window).map_or(window, |at| window.get(..at).unwrap_or(window))
}

/// The name in `<?xml … encoding="…"`, lower case.
fn declared_encoding(declaration: &str) -> Option<String> {
    let rest = declaration.strip_prefix("<?xml")?;
    let at = rest.find("encoding")?;
    let value = rest.get(at + "encoding".len()..)?.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let name = value.get(1..)?.split(quote).next()?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    (!name.is_empty() && name.chars().all(is_name)).then(|| name.to_ascii_lowercase())
}

/// The charset of a declared name in lower case; `None` if it is unknown.
fn for_label(label: &str) -> Option<Charset> {
    match label {
        "utf-8" | "utf8" => return Some(Charset::Utf8),
        "iso-8859-1" | "iso8859-1" | "iso8859_1" | "iso_8859-1" | "8859_1" | "latin1" | "latin-1" | "l1" | "cp819"
        | "ibm819" => return Some(Charset::Latin1),
        "us-ascii" | "ascii" | "ascii7" | "iso646-us" | "ansi_x3.4-1968" | "646" => return Some(Charset::Ascii),
        "iso-10646-ucs-2" | "ucs-2" => return Some(Charset::Utf16 { big_endian: true }),
        "utf-32" | "utf-32be" | "utf-32le" | "iso-10646-ucs-4" | "ucs-4" => {
            return Some(Charset::Utf32 { big_endian: true });
        }
        _ => {}
    }
    let java = JAVA_NAMES.iter().find(|(name, _)| *name == label).map(|(_, web)| *web);
    let candidates = [label.to_owned(), label.replace('_', "-"), label.replace("cp", "windows-")];
    let names = java.into_iter().chain(candidates.iter().map(String::as_str));
    let encoding = names.filter_map(|name| encoding_rs::Encoding::for_label(name.as_bytes())).next()?;
    if encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE {
        return Some(Charset::Utf16 { big_endian: encoding == encoding_rs::UTF_16BE });
    }
    if encoding == encoding_rs::REPLACEMENT || encoding == encoding_rs::X_USER_DEFINED {
        return None;
    }
    // The web platform reads ISO 8859-9 and -11 as their Windows extensions; Java does not.
    let c1 = label.starts_with("iso") && encoding.name().starts_with("windows");
    Some(Charset::Other { encoding, c1 })
}

fn decode<'b>(bytes: &'b [u8], charset: Charset, label: Option<String>) -> Decoded<'b> {
    let named = |default: &str| label.clone().unwrap_or_else(|| default.to_owned());
    let owned = |(text, lossy): (String, bool), default: &str| Decoded {
        text: Cow::Owned(text),
        encoding: named(default),
        lossy,
    };
    match charset {
        Charset::Utf8 => {
            let text = utf_8(bytes);
            let lossy = matches!(text, Cow::Owned(_));
            Decoded { text, encoding: named("utf-8"), lossy }
        }
        Charset::Ascii | Charset::Latin1 if bytes.is_ascii() => {
            Decoded { text: utf_8(bytes), encoding: named("us-ascii"), lossy: false }
        }
        Charset::Latin1 => owned((bytes.iter().map(|&byte| char::from(byte)).collect(), false), "iso-8859-1"),
        Charset::Ascii => owned((String::from_utf8_lossy(bytes).into_owned(), true), "us-ascii"),
        Charset::Utf16 { big_endian } => {
            let encoding = if big_endian { encoding_rs::UTF_16BE } else { encoding_rs::UTF_16LE };
            let (text, lossy) = encoding.decode_without_bom_handling(bytes);
            owned((text.into_owned(), lossy), if big_endian { "utf-16be" } else { "utf-16le" })
        }
        Charset::Utf32 { big_endian } => owned(utf32(bytes, big_endian), "utf-32"),
        Charset::Ebcdic { exact } => {
            let (text, lossy) = ebcdic(bytes);
            owned((text, lossy || !exact), "ebcdic")
        }
        Charset::Other { encoding, c1: false } => {
            let (text, lossy) = encoding.decode_without_bom_handling(bytes);
            owned((text.into_owned(), lossy), encoding.name())
        }
        Charset::Other { encoding, c1: true } => owned(with_c1(bytes, encoding), encoding.name()),
    }
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
const CP037: &str = "\u{0}\u{1}\u{2}\u{3}\u{9c}\u{9}\u{86}\u{7f}\u{97}\u{8d}\u{8e}\u{b}\u{c}\u{d}\u{e}\u{f}\u{10}\u{11}\u{12}\u{13}\u{9d}\n\u{8}\u{87}\u{18}\u{19}\u{92}\u{8f}\u{1c}\u{1d}\u{1e}\u{1f}\
    \u{80}\u{81}\u{82}\u{83}\u{84}\n\u{17}\u{1b}\u{88}\u{89}\u{8a}\u{8b}\u{8c}\u{5}\u{6}\u{7}\u{90}\u{91}\u{16}\u{93}\u{94}\u{95}\u{96}\u{4}\u{98}\u{99}\u{9a}\u{9b}\u{14}\u{15}\u{9e}\u{1a}\
    \u{20}\u{a0}âäàáãåçñ¢.<(+|&éêëèíîïìß!$*);¬\
    -/ÂÄÀÁÃÅÇÑ¦,%_>?øÉÊËÈÍÎÏÌ`:#@'=\"\
    Øabcdefghi«»ðýþ±°jklmnopqrªºæ¸Æ¤\
    µ~stuvwxyz¡¿ÐÝÞ®^£¥·©§¶¼½¾[]¯¨´×\
    {ABCDEFGHI\u{ad}ôöòóõ}JKLMNOPQR¹ûüùúÿ\
    \\÷STUVWXYZ²ÔÖÒÓÕ0123456789³ÛÜÙÚ\u{9f}";

fn ebcdic(bytes: &[u8]) -> (String, bool) {
    let table: Vec<char> = CP037.chars().collect();
    let text = bytes.iter().map(|&byte| table.get(usize::from(byte)).copied().unwrap_or('\u{fffd}'));
    (text.collect(), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "<a b=\"é\"/>";

    fn latin1(text: &str) -> Vec<u8> {
        text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
    }

    #[test]
    fn borrows_plain_utf_8_and_drops_the_mark() {
        assert!(matches!(decode_xml(TEXT.as_bytes()).text, Cow::Borrowed(TEXT)));
        let marked = format!("\u{feff}{TEXT}");
        assert!(matches!(decode_xml(marked.as_bytes()).text, Cow::Borrowed(TEXT)));
    }

    #[test]
    fn reads_wide_encodings_with_and_without_mark() {
        for mark in ["", "\u{feff}"] {
            let text = format!("{mark}{TEXT}");
            let wide: [Vec<u8>; 4] = [
                text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
                text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
                text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
            ];
            for bytes in wide {
                let decoded = decode_xml(&bytes);
                assert_eq!((decoded.text.as_ref(), decoded.lossy), (TEXT, false), "{}", decoded.encoding);
            }
        }
    }

    #[test]
    fn reads_iso_8859_1_exactly() {
        let text = "<?xml version='1.0' encoding = 'ISO-8859-1'?><a b=\"é\u{80}\"/>";
        let bytes = latin1(text);
        let decoded = decode_xml(&bytes);
        assert_eq!((decoded.text.as_ref(), decoded.lossy), (text, false));
        let turkish = decode_xml(b"<?xml version='1.0' encoding='ISO-8859-9'?>\x80\xfd");
        assert!(turkish.text.ends_with("\u{80}\u{131}"));
    }

    #[test]
    fn reads_shift_jis_and_windows_1252() {
        let decoded = decode_xml(b"<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><a>\x83\x65</a>");
        assert!(decoded.text.contains("<a>テ</a>") && !decoded.lossy);
        let decoded = decode_xml(b"<?xml version=\"1.0\" encoding=\"Cp1252\"?><a>\x80</a>");
        assert!(decoded.text.contains("<a>€</a>") && !decoded.lossy);
    }

    #[test]
    fn flags_what_cannot_be_decoded() {
        assert!(decode_xml(b"<a>\xff</a>").lossy);
        assert!(decode_xml(b"<?xml version='1.0' encoding='US-ASCII'?>\xe9").lossy);
        let unknown = decode_xml(b"<?xml version='1.0' encoding='x-unheard-of'?><a b='1'/>");
        assert!(unknown.lossy && unknown.text.contains("b='1'"));
        assert!(decode_xml(b"<?xml version='1.0' encoding='UTF-16'?><a/>").lossy);
    }

    #[test]
    fn writes_what_it_reads() {
        for (bytes, changed) in [
            (format!("\u{feff}{TEXT}").into_bytes(), "<a b=\"\u{20ac}\"/>"),
            (TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect(), "<a b=\"\u{20ac}\"/>"),
            (latin1(&format!("<?xml version='1.0' encoding='ISO-8859-1'?>{TEXT}")), "<a b=\"&#x20ac;\"/>"),
            (b"<?xml version='1.0' encoding='US-ASCII'?><a/>".to_vec(), "<a b=\"&#x20ac;\"/>"),
            (b"<?xml version='1.0' encoding='windows-1252'?><a b='\x80'/>".to_vec(), "<a b=\"\u{20ac}\"/>"),
        ] {
            let decoded = decode_xml(&bytes);
            assert_eq!(encode_xml_like(&bytes, &decoded.text).as_deref(), Some(&*bytes));
            let text = decoded.text.replace("<a", "<a b=\"\u{20ac}\"/><a");
            let written = encode_xml_like(&bytes, &text).unwrap();
            assert!(decode_xml(&written).text.contains(changed), "{}", decode_xml(&written).text);
        }
        assert_eq!(encode_xml_like(b"<?xml version='1.0' encoding='x-unheard-of'?><a/>", "<a/>"), None);
    }

    #[test]
    fn reads_ebcdic() {
        let table: Vec<char> = CP037.chars().collect();
        assert_eq!(table.len(), 256);
        let encode = |text: &str| -> Vec<u8> {
            text.chars().map(|c| u8::try_from(table.iter().position(|t| *t == c).unwrap()).unwrap()).collect()
        };
        let text = "<?xml version=\"1.0\" encoding=\"Cp037\"?>\n<a b=\"[x]\"/>";
        let bytes = encode(text);
        let decoded = decode_xml(&bytes);
        assert_eq!((decoded.text.as_ref(), decoded.lossy), (text, false));
        let other = "<?xml version=\"1.0\" encoding=\"Cp500\"?><a/>";
        let bytes = encode(other);
        let decoded = decode_xml(&bytes);
        assert_eq!((decoded.text.as_ref(), decoded.lossy), (other, true));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..64)) {
            decode_xml(&bytes);
        }
    }
}
