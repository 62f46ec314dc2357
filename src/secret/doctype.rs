//! What an XML file declares in a document type definition of its own: text that can become the value of any property.

use text_spans::Span;

/// The quoted literals in the internal subset of the document type definition: entity values and default values.
pub(super) fn literals(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let Some(doctype) = memchr::memmem::find(bytes, b"<!DOCTYPE") else { return Vec::new() };
    let mut found = Vec::new();
    let mut inside = false;
    let mut at = doctype;
    while let Some(&byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        match byte {
            b'"' | b'\'' => {
                let end =
                    memchr::memchr(byte, rest.get(1..).unwrap_or_default()).map_or(bytes.len(), |len| at + 1 + len);
                if inside && end > at + 1 {
                    found.push(Span::new(at + 1, end));
                }
                at = end;
            }
            b'<' if rest.starts_with(b"<!--") => {
                let Some(len) = memchr::memmem::find(rest, b"-->") else { break };
                if inside {
                    found.push(Span::new(at + 4, at + len));
                }
                at += len + 2;
            }
            b'[' => inside = true,
            b']' if inside => break,
            b'>' if !inside => break,
            _ => {}
        }
        at += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::literals;

    #[test]
    fn whatever_is_declared_is_found() {
        let text = "<?xml version='1.0'?><!DOCTYPE a SYSTEM \"x.dtd\" [<!-- c --><!ENTITY s \"k1>]\"><!ENTITY % p 'k2'>\
                    <!ATTLIST a b CDATA \"k3\">]><a b=\"k4\"/>";
        let found: Vec<&str> = literals(text).into_iter().map(|span| &text[span.range()]).collect();
        assert_eq!(found, [" c ", "k1>]", "k2", "k3"]);
        for text in ["", "<a/>", "<!DOCTYPE a><a b='c'/>", "<!DOCTYPE a SYSTEM 'x'><a b='[c]'/>"] {
            assert_eq!(literals(text), [], "{text}");
        }
        assert_eq!(literals("<!DOCTYPE a [<!ENTITY s \"cut").len(), 1);
    }
}
