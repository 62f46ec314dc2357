//! Whether the bytes of an XML file can be searched as ASCII.

/// How far into the file the XML declaration may end.
const DECLARATION: usize = 256;

/// The XML declarations that nearly every file begins with. Nothing can be in them.
const USUAL: [&[u8]; 2] =
    [b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>", b"<?xml version=\"1.0\" encoding=\"utf-8\"?>"];

/// The document without its XML declaration, if it is one of the usual.
pub(super) fn after_usual_declaration(bytes: &[u8]) -> &[u8] {
    USUAL.iter().find_map(|usual| bytes.strip_prefix(*usual)).unwrap_or(bytes)
}

/// Whether every ASCII character of the document is the same byte in the file.
///
/// Errs on the side of no: a byte order mark, a NUL among the first four bytes (UTF-16 and UTF-32 without a mark, XML
/// 1.0 appendix F), a first byte that is neither `<` nor white space (EBCDIC, UTF-7), a declaration that is not in the
/// usual form, or that names an encoding other than these three.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    let Some(first) = bytes.first() else { return true };
    let nul_free = !bytes.iter().take(4).any(|byte| *byte == 0);
    if !nul_free || !matches!(first, b'<' | b' ' | b'\t' | b'\r' | b'\n') {
        return false;
    }
    match bytes.strip_prefix(b"<?") {
        None => true,
        Some(instruction) => {
            let head = instruction.get(..DECLARATION).unwrap_or(instruction);
            let Some(end) = memchr::memmem::find(head, b"?>") else { return false };
            match head.get(..end).and_then(|text| text.strip_prefix(b"xml")) {
                Some(declaration) if declaration.first().is_some_and(u8::is_ascii_whitespace) => {
                    declares_plain(declaration)
                }
                _ => false,
            }
        }
    }
}

/// Whether the inside of an XML declaration names one of the plain encodings, or none.
fn declares_plain(declaration: &[u8]) -> bool {
    let Some(at) = memchr::memmem::find(declaration, b"encoding") else { return true };
    let value = declaration.get(at + b"encoding".len()..).unwrap_or_default().trim_ascii_start();
    let Some(value) = value.strip_prefix(b"=").map(<[u8]>::trim_ascii_start) else { return false };
    let [quote @ (b'"' | b'\''), name @ ..] = value else { return false };
    let Some(end) = memchr::memchr(*quote, name) else { return false };
    let name = name.get(..end).unwrap_or_default();
    [&b"utf-8"[..], b"us-ascii", b"iso-8859-1"].iter().any(|plain| name.eq_ignore_ascii_case(plain))
}
