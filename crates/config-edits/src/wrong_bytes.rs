//! Texts in UTF-8 that hold bytes which are none. Readers take U+FFFD for them, and edits elsewhere in the file keep them.

use std::borrow::Cow;

/// The text of a file, and the bytes that its U+FFFD stand for.
#[derive(Debug)]
pub(crate) struct Decoded<'b> {
    pub(crate) text: Cow<'b, str>,
    /// What each U+FFFD of the text stands for, in order; empty if the bytes are UTF-8.
    wrong: Vec<&'b [u8]>,
}

const MARK: char = char::REPLACEMENT_CHARACTER;
/// U+FFFD that is written as such.
const WRITTEN: &[u8] = "\u{FFFD}".as_bytes();

impl<'b> Decoded<'b> {
    pub(crate) fn of(bytes: &'b [u8]) -> Self {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Self { text: text.into(), wrong: Vec::new() };
        }
        let mut wrong = Vec::new();
        for chunk in bytes.utf8_chunks() {
            wrong.extend(chunk.valid().matches(MARK).map(|_| WRITTEN));
            if !chunk.invalid().is_empty() {
                wrong.push(chunk.invalid());
            }
        }
        Self { text: String::from_utf8_lossy(bytes), wrong }
    }

    /// The bytes of the text after an edit at one place; `None` if it cannot be told which wrong byte is where then.
    pub(crate) fn encode(&self, edited: String) -> Option<Vec<u8>> {
        if self.wrong.is_empty() {
            return Some(edited.into_bytes());
        }
        // All of them are before the edit or behind it, unless it removed some.
        let count = edited.matches(MARK).count();
        let prefix: usize =
            self.text.chars().zip(edited.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
        let before = edited.get(..prefix)?.matches(MARK).count();
        let behind = count.checked_sub(before)?;
        let behind = self.wrong.len().checked_sub(behind).filter(|first| *first >= before)?;
        let mut kept = self.wrong.get(..before)?.iter().chain(self.wrong.get(behind..)?);
        let mut out = Vec::with_capacity(edited.len());
        for part in edited.split_inclusive(MARK) {
            match part.strip_suffix(MARK) {
                Some(text) => {
                    out.extend_from_slice(text.as_bytes());
                    out.extend_from_slice(kept.next()?);
                }
                None => out.extend_from_slice(part.as_bytes()),
            }
        }
        let is_same = String::from_utf8_lossy(&out) == edited;
        is_same.then_some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_bytes_stay_where_they_are() {
        let bytes = b"a\xe4b\xef\xbf\xbdc\xfc\xe4d";
        let decoded = Decoded::of(bytes);
        assert_eq!(decoded.text, "a\u{FFFD}b\u{FFFD}c\u{FFFD}\u{FFFD}d");
        assert_eq!(decoded.encode(decoded.text.to_string()).unwrap(), bytes);
        let changed = decoded.text.replace('b', "xyz");
        assert_eq!(decoded.encode(changed).unwrap(), b"a\xe4xyz\xef\xbf\xbdc\xfc\xe4d");
        let without = decoded.text.replace("b\u{FFFD}c", "");
        assert_eq!(decoded.encode(without).unwrap(), b"a\xe4\xfc\xe4d");
        assert_eq!(Decoded::of(b"ab").encode("abc".to_owned()).unwrap(), b"abc");
    }
}
