//! Text from bytes, as the XML reader of a JDK finds its encoding: byte order mark, first bytes, XML declaration.
//!
//! Follows the parser of OpenJDK 17, a copy of Xerces: the declaration is read in the encoding that the first bytes give
//! away, and all behind it in the one that it names, even if no character is written alike in the two.

use std::borrow::Cow;

use crate::charset::{Charset, Label, of_label};
use text_spans::{ReadError, Span};

/// A file's text.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded<'b> {
    /// The text without byte order mark; borrowed where the bytes are plain UTF-8.
    pub text: Cow<'b, str>,
    /// The encoding that was used, as a name for people.
    pub encoding: String,
    /// Whether U+FFFD stands for bytes that mean nothing in this encoding. All other characters are right.
    pub lossy: bool,
    /// Whether the encoding is not known here, or only one that is near to it: any character may be another one.
    pub guessed: bool,
    /// Why a JDK refuses the file for its encoding, when it does; a place in `text`.
    pub error: Option<ReadError>,
}

/// What a file is before its encoding is declared.
struct Start {
    charset: Charset,
    /// Length of the byte order mark.
    mark: usize,
    /// Whether a JDK knows it, too.
    is_known: bool,
}

/// Decodes an XML file in any encoding that a JDK reads, as far as it is known here, and in some that it does not.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    let start = detect(bytes);
    let bytes = bytes.get(start.mark..).unwrap_or_default();
    let mut decoded = match Declaration::read(bytes, start.charset) {
        Some(declaration) => declaration.decode(bytes, start.charset),
        None => plainly(bytes, start.charset, None),
    };
    if !start.is_known {
        let reason = "Java takes these first bytes for UTF-8, which they are not: save the file as UTF-8";
        decoded.error = Some(ReadError { span: Span::default(), reason: reason.to_owned() });
    }
    decoded
}

/// Writes `text` as the XML file `original` is written: with its byte order mark and in its encoding. A character that
/// the encoding lacks becomes a character reference, which is right in values only.
///
/// `None` if the encoding is not known here, changes within the file, or is none that can be written.
pub fn encode_like(original: &[u8], text: &str) -> Option<Vec<u8>> {
    let Start { charset, mark, .. } = detect(original);
    let (mark, rest) = original.split_at_checked(mark)?;
    let charset = match Declaration::read(rest, charset) {
        None => charset,
        Some(declaration) => match of_label(&declaration.label, charset) {
            Label::Known(declared) if is_one_encoding(charset, declared) => declared,
            _ => return None,
        },
    };
    Some([mark.to_vec(), charset.encode(text)?].concat())
}

/// Whether a file that begins in one encoding and declares the other one is written in the latter from its start.
fn is_one_encoding(charset: Charset, declared: Charset) -> bool {
    declared == charset || declared.is_like_ascii() && charset.is_like_ascii()
}

/// The text of all bytes in one encoding, which has this name where the file declares it.
fn plainly<'b>(bytes: &'b [u8], charset: Charset, label: Option<String>) -> Decoded<'b> {
    let characters = charset.decode(bytes);
    // In both encodings in which that happens, all before it is as long as its text.
    let error = characters.refused_at.map(|at| ReadError {
        span: Span::new(at, at + 1).to_characters(&characters.text),
        reason: format!("a byte that is no {}, in which the file is read", charset.name().to_ascii_uppercase()),
    });
    Decoded {
        lossy: characters.lossy,
        guessed: !charset.is_exact(),
        encoding: label.unwrap_or_else(|| charset.name().to_owned()),
        text: characters.text,
        error,
    }
}

/// An XML declaration that names an encoding.
struct Declaration {
    /// Bytes from `<?xml` to `?>`.
    len: usize,
    /// The name in lower case.
    label: String,
}

impl Declaration {
    fn read(bytes: &[u8], charset: Charset) -> Option<Self> {
        /// As many characters as a declaration can reasonably have.
        const MAX_DECLARATION_CHARACTERS: usize = 1024;
        let width = charset.width();
        let window = bytes.get(..MAX_DECLARATION_CHARACTERS * width).unwrap_or(bytes);
        let text = match charset {
            Charset::Utf8 => String::from_utf8_lossy(window.strip_prefix(b"<?xml").map(|_| window)?),
            charset => charset.decode(window).text,
        };
        let (declaration, _) = text.split_once("?>")?;
        // Only then a character is as wide as `width`.
        if !declaration.is_ascii() {
            return None;
        }
        Some(Self { len: (declaration.len() + 2) * width, label: declared_encoding(declaration)? })
    }

    /// The text of a file with this declaration in `charset`.
    fn decode(self, bytes: &[u8], charset: Charset) -> Decoded<'_> {
        let Self { len, label } = self;
        let found = of_label(&label, charset);
        let declared = match found {
            Label::Known(declared) => declared,
            Label::Refused | Label::Unknown => {
                let error = (found == Label::Refused).then(|| {
                    let reason = "Java knows no encoding of the name that the file declares";
                    ReadError { span: Span::new(0, 1), reason: reason.to_owned() }
                });
                let decoded = plainly(bytes, charset, Some(label));
                return Decoded { guessed: true, error: error.or(decoded.error), ..decoded };
            }
        };
        if is_one_encoding(charset, declared) {
            return plainly(bytes, declared, Some(label));
        }
        let (declaration, rest) = bytes.split_at_checked(len).unwrap_or((bytes, &[]));
        let switched = declared.decode(rest);
        if !starts_like_xml(&switched.text) {
            // What Java gets is no XML. The author meant the encoding that the declaration itself is written in.
            let meant = plainly(bytes, charset, None);
            let reason = "the file declares another encoding than the one that it is written in";
            let error = Some(ReadError { span: Span::new(0, 1), reason: reason.to_owned() });
            return Decoded { error, ..meant };
        }
        let mut text = charset.decode(declaration).text.into_owned();
        let error = switched.refused_at.map(|at| ReadError {
            span: Span::new(text.len() + at, text.len() + at + 1),
            reason: format!("a byte that is no {}, which the file declares", declared.name().to_ascii_uppercase()),
        });
        text.push_str(&switched.text);
        let error = error.map(|error| ReadError { span: error.span.to_characters(&text), ..error });
        Decoded { text: Cow::Owned(text), encoding: label, lossy: switched.lossy, guessed: !declared.is_exact(), error }
    }
}

/// Whether a text goes on as XML does behind its declaration. The half of a wider character is no part of XML.
fn starts_like_xml(text: &str) -> bool {
    let rest = text.trim_start_matches([' ', '\t', '\r', '\n']);
    rest.is_empty() || rest.starts_with('<') && !rest.bytes().take(8).any(|byte| byte == 0)
}

/// What the first bytes give away.
fn detect(bytes: &[u8]) -> Start {
    let start = |charset, mark, is_known| Start { charset, mark, is_known };
    let utf16 = |big_endian| Charset::Utf16 { big_endian };
    let utf32 = |big_endian| Charset::Utf32 { big_endian };
    match bytes {
        [0xef, 0xbb, 0xbf, ..] => start(Charset::Utf8, 3, true),
        [0, 0, 0xfe, 0xff, ..] => start(utf32(true), 4, false),
        [0xff, 0xfe, 0, 0, ..] => start(utf32(false), 4, false),
        [0xfe, 0xff, ..] => start(utf16(true), 2, true),
        [0xff, 0xfe, ..] => start(utf16(false), 2, true),
        [0, 0, 0, b'<', ..] => start(utf32(true), 0, true),
        [b'<', 0, 0, 0, ..] => start(utf32(false), 0, true),
        [0, 0, 0, b' ' | b'\n' | b'\r' | b'\t', ..] => start(utf32(true), 0, false),
        [b' ' | b'\n' | b'\r' | b'\t', 0, 0, 0, ..] => start(utf32(false), 0, false),
        [0, b'<', 0, b'?', ..] => start(utf16(true), 0, true),
        [b'<', 0, b'?', 0, ..] => start(utf16(false), 0, true),
        // Two characters, so that a NUL before an ordinary file does not turn it into something else.
        [0, b'<' | b' ' | b'\n' | b'\r' | b'\t', 0, ..] => start(utf16(true), 0, false),
        [b'<' | b' ' | b'\n' | b'\r' | b'\t', 0, _, 0, ..] => start(utf16(false), 0, false),
        // `<?xm`: 0x4c is `<` in EBCDIC and `L` in ASCII, with which no XML file starts.
        [0x4c, 0x6f, 0xa7, 0x94, ..] => start(Charset::Ebcdic { exact: true }, 0, true),
        _ => start(Charset::Utf8, 0, true),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charset::CP037;

    const TEXT: &str = "<a b=\"é\"/>";

    fn latin1(text: &str) -> Vec<u8> {
        text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
    }

    #[test]
    fn borrows_plain_utf_8_and_drops_the_mark() {
        assert!(matches!(decode(TEXT.as_bytes()).text, Cow::Borrowed(TEXT)));
        let marked = format!("\u{feff}{TEXT}");
        assert!(matches!(decode(marked.as_bytes()).text, Cow::Borrowed(TEXT)));
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
                let decoded = decode(&bytes);
                assert_eq!((decoded.text.as_ref(), decoded.lossy), (TEXT, false), "{}", decoded.encoding);
            }
        }
    }

    #[test]
    fn reads_iso_8859_1_exactly() {
        let text = "<?xml version='1.0' encoding = 'ISO-8859-1'?><a b=\"é\u{80}\"/>";
        let bytes = latin1(text);
        let decoded = decode(&bytes);
        assert_eq!((decoded.text.as_ref(), decoded.lossy), (text, false));
        let turkish = decode(b"<?xml version='1.0' encoding='ISO-8859-9'?>\x80\xfd");
        assert!(turkish.text.ends_with("\u{80}\u{131}"));
    }

    #[test]
    fn reads_shift_jis_and_windows_1252() {
        let decoded = decode(b"<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><a>\x83\x65</a>");
        assert!(decoded.text.contains("<a>テ</a>") && !decoded.lossy);
        let decoded = decode(b"<?xml version=\"1.0\" encoding=\"Cp1252\"?><a>\x80</a>");
        assert!(decoded.text.contains("<a>€</a>") && !decoded.lossy);
    }

    fn reason(bytes: &[u8]) -> String {
        decode(bytes).error.map(|error| error.reason).unwrap_or_default()
    }

    #[test]
    fn what_declares_another_encoding_than_it_is_written_in_is_read_as_it_is_written() {
        for label in ["UTF-8", "ISO-8859-1", "US-ASCII", "windows-1252", "IBM037"] {
            let text = format!("<?xml version='1.0' encoding='{label}'?><a b='c'/>");
            for mark in ["", "\u{feff}"] {
                let text = format!("{mark}{text}");
                let wide: [Vec<u8>; 4] = [
                    text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                    text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
                    text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
                    text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
                ];
                for bytes in wide {
                    let decoded = decode(&bytes);
                    assert!(decoded.text.ends_with("<a b='c'/>"), "{label}: {:?}", decoded.text);
                    assert!(decoded.error.is_some(), "{label}: Java gets no XML");
                }
            }
        }
    }

    #[test]
    fn flags_what_cannot_be_decoded() {
        let broken = decode(b"<a>\xff</a>");
        assert!(broken.lossy && !broken.guessed);
        assert_eq!(&broken.text[broken.error.unwrap().span.range()], "\u{fffd}");
        assert!(reason(b"<?xml version='1.0' encoding='US-ASCII'?>\xe9").contains("US-ASCII"));
        let unknown = decode(b"<?xml version='1.0' encoding='x-unheard-of'?><a b='1'/>");
        assert!(unknown.guessed && unknown.error.is_some() && unknown.text.contains("b='1'"));
        // Java may know more of the code pages of IBM.
        let unknown = decode(b"<?xml version='1.0' encoding='IBM1047'?><a b='1'/>");
        assert!(unknown.guessed && unknown.error.is_none());
        // In other encodings Java puts U+FFFD, too, and reads on.
        let other = decode(b"<?xml version='1.0' encoding='euc-jp'?>\xff");
        assert!(other.lossy && other.error.is_none());
    }

    fn encode(text: &str, charset: Charset) -> Vec<u8> {
        match charset {
            Charset::Utf16 { big_endian: true } => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Charset::Utf16 { big_endian: false } => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Charset::Utf32 { .. } => text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
            Charset::Ebcdic { .. } => {
                let table: Vec<char> = CP037.chars().collect();
                text.chars().map(|c| u8::try_from(table.iter().position(|t| *t == c).unwrap()).unwrap()).collect()
            }
            _ => text.as_bytes().to_vec(),
        }
    }

    /// OpenJDK 17 reads all of these.
    #[test]
    fn what_follows_the_declaration_is_in_the_declared_encoding() {
        let (be, le) = (Charset::Utf16 { big_endian: true }, Charset::Utf16 { big_endian: false });
        let (utf8, ebcdic) = (Charset::Utf8, Charset::Ebcdic { exact: true });
        let utf32 = Charset::Utf32 { big_endian: true };
        for (mark, first, label, second) in [
            (&b"\xff\xfe"[..], le, "UTF-8", utf8),
            (b"\xfe\xff", be, "ISO-8859-1", utf8),
            (b"", le, "US-ASCII", utf8),
            (b"", be, "UTF-16LE", le),
            (b"\xff\xfe", le, "UTF-16", le),
            (b"\xff\xfe", le, "IBM037", ebcdic),
            (b"\xfe\xff", be, "UTF-32BE", utf32),
            (b"\xfe\xff", be, "ISO-10646-UCS-4", utf32),
            (b"", ebcdic, "UTF-8", utf8),
            (b"\xef\xbb\xbf", utf8, "IBM037", ebcdic),
            (b"\xef\xbb\xbf", utf8, "UTF-16BE", be),
            (b"", utf8, "UTF-16", be),
            (b"", utf8, "UTF-16LE", le),
        ] {
            let declaration = format!("<?xml version=\"1.0\" encoding=\"{label}\"?>");
            let bytes = [mark, &encode(&declaration, first), &encode("<a b=\"1\"/>", second)].concat();
            let decoded = decode(&bytes);
            assert_eq!(decoded.text, format!("{declaration}<a b=\"1\"/>"), "{label}");
            assert_eq!((decoded.lossy, decoded.guessed, decoded.error), (false, false, None), "{label}");
        }
    }

    /// OpenJDK 17 refuses all of these.
    #[test]
    fn what_is_not_in_the_declared_encoding_is_read_as_it_was_meant_and_refused() {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>";
        assert_eq!(decode(text.as_bytes()).text, text);
        assert!(reason(text.as_bytes()).contains("another encoding"));
        let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a/>";
        let wide = encode(text, Charset::Utf16 { big_endian: true });
        assert_eq!(decode(&wide).text, text);
        assert!(reason(&wide).contains("another encoding"));
        // Without a mark Java finds a wide encoding by `<?` only, and one of four bytes by no mark.
        assert!(reason(&encode("<a/>", Charset::Utf16 { big_endian: true })).contains("first bytes"));
        assert!(reason(&encode("\u{feff}<a/>", Charset::Utf32 { big_endian: true })).contains("first bytes"));
        for label in ["latin-1", "iso88591", "x-cp1252", "foo"] {
            assert!(reason(format!("<?xml version='1.0' encoding='{label}'?><a/>").as_bytes()).contains("no encoding"));
        }
    }

    #[test]
    fn reads_ebcdic() {
        assert_eq!(CP037.chars().count(), 256);
        let ebcdic = Charset::Ebcdic { exact: true };
        let text = "<?xml version=\"1.0\" encoding=\"Cp037\"?>\n<a b=\"[x]\"/>";
        let bytes = encode(text, ebcdic);
        let decoded = decode(&bytes);
        assert_eq!((decoded.text.as_ref(), decoded.guessed), (text, false));
        let other = "<?xml version=\"1.0\" encoding=\"Cp500\"?><a/>";
        let bytes = encode(other, ebcdic);
        let decoded = decode(&bytes);
        assert_eq!((decoded.text.as_ref(), decoded.guessed), (other, true));
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
            let decoded = decode(&bytes);
            assert_eq!(encode_like(&bytes, &decoded.text).as_deref(), Some(&*bytes));
            let text = decoded.text.replace("<a", "<a b=\"\u{20ac}\"/><a");
            let written = encode_like(&bytes, &text).unwrap();
            assert!(decode(&written).text.contains(changed), "{}", decode(&written).text);
        }
        assert_eq!(encode_like(b"<?xml version='1.0' encoding='x-unheard-of'?><a/>", "<a/>"), None);
        assert_eq!(encode_like(b"<?xml version='1.0' encoding='UTF-16'?>\0<\0a\0/\0>", "<a/>"), None);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..64)) {
            decode(&bytes);
        }
    }
}
