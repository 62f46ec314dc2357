//! The words of a name.

/// Bytes of a name that are judged; of a longer one these are its last.
const MAX_NAME_BYTES: usize = 256;

/// The words of a name, lower case: split at everything that is no letter or digit, where camel case begins a word, and
/// before the digits at the end of a word (`secret2`), but for those of `pkcs8`.
pub(super) struct Words {
    text: String,
    /// Where each word ends in `text`.
    ends: Vec<usize>,
}

impl Words {
    pub(super) fn of(name: &str) -> Self {
        let mut from = name.len().saturating_sub(MAX_NAME_BYTES);
        while !name.is_char_boundary(from) {
            from += 1;
        }
        let name = name.get(from..).unwrap_or_default();
        let mut words = Self { text: String::with_capacity(name.len()), ends: Vec::with_capacity(8) };
        let mut chars = name.chars().peekable();
        let mut before = ' ';
        while let Some(c) = chars.next() {
            let after_is_lower = chars.peek().is_some_and(|next| next.is_lowercase());
            // `clientSecret` begins a word at S, `AMCOrgId` at O: the last capital of a run belongs to what follows.
            let begins = c.is_uppercase() && (!before.is_uppercase() || after_is_lower);
            if begins || !c.is_alphanumeric() {
                words.end_word();
            }
            if c.is_alphanumeric() {
                words.text.extend(c.to_lowercase());
            }
            before = c;
        }
        words.end_word();
        words
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let mut from = 0;
        self.ends.iter().filter_map(move |&end| {
            let word = self.text.get(from..end);
            from = end;
            word
        })
    }

    fn end_word(&mut self) {
        let from = self.ends.last().copied().unwrap_or_default();
        let word = self.text.get(from..).unwrap_or_default();
        if word.is_empty() {
            return;
        }
        let stem = word.trim_end_matches(|c: char| c.is_ascii_digit());
        if !stem.is_empty() && stem.len() < word.len() && !stem.ends_with("pkcs") {
            self.ends.push(from + stem.len());
        }
        self.ends.push(self.text.len());
    }
}

/// A character that is not seen, and so can part a word for a program only.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\0' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}
