//! Values that outlive the process: each is written as JSON, and read back from what may be damaged or hostile.
//!
//! The forms are compact and positional. They belong to one version of the product, which the reader of a stored file checks
//! before; so they need not say what they are.

use crate::workers::lock;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use text_spans::{Position, SourceRange, Span};

/// Most different words that stored files may bring: more than the vocabulary of facts has, and a bound on what a hostile
/// file can make the process keep.
const MAX_WORDS: usize = 4_096;
/// Bytes of the longest word.
const MAX_WORD_BYTES: usize = 256;

/// What can be written and read back.
pub(crate) trait Stored: Sized {
    /// The value as JSON.
    fn write(&self) -> Json;

    /// The value of what [`write`](Self::write) made; `None` of anything else.
    fn read(json: &Json) -> Option<Self>;
}

/// The members of a JSON array of exactly this length.
pub(crate) fn array<const N: usize>(json: &Json) -> Option<&[Json; N]> {
    json.as_array()?.as_slice().try_into().ok()
}

/// A word of the vocabulary that was read: it lives as long as the process, as those in the program do.
fn word(text: &str) -> Option<&'static str> {
    static WORDS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut words = lock(&WORDS);
    if let Some(known) = words.get(text) {
        return Some(known);
    }
    if words.len() >= MAX_WORDS || text.len() > MAX_WORD_BYTES {
        return None;
    }
    let kept: &'static str = Box::leak(text.into());
    words.insert(kept);
    Some(kept)
}

impl Stored for String {
    fn write(&self) -> Json {
        Json::from(self.as_str())
    }

    fn read(json: &Json) -> Option<Self> {
        json.as_str().map(str::to_owned)
    }
}

impl Stored for Box<str> {
    fn write(&self) -> Json {
        Json::from(&**self)
    }

    fn read(json: &Json) -> Option<Self> {
        json.as_str().map(Into::into)
    }
}

impl Stored for Arc<str> {
    fn write(&self) -> Json {
        Json::from(&**self)
    }

    fn read(json: &Json) -> Option<Self> {
        json.as_str().map(Into::into)
    }
}

impl Stored for &'static str {
    fn write(&self) -> Json {
        Json::from(*self)
    }

    fn read(json: &Json) -> Option<Self> {
        json.as_str().and_then(word)
    }
}

impl Stored for bool {
    fn write(&self) -> Json {
        Json::from(*self)
    }

    fn read(json: &Json) -> Option<Self> {
        json.as_bool()
    }
}

impl Stored for i64 {
    fn write(&self) -> Json {
        Json::from(*self)
    }

    fn read(json: &Json) -> Option<Self> {
        json.as_i64()
    }
}

impl Stored for u64 {
    fn write(&self) -> Json {
        Json::from(*self)
    }

    fn read(json: &Json) -> Option<Self> {
        json.as_u64()
    }
}

impl Stored for u32 {
    fn write(&self) -> Json {
        Json::from(*self)
    }

    fn read(json: &Json) -> Option<Self> {
        json.as_u64()?.try_into().ok()
    }
}

impl<T: Stored> Stored for Option<T> {
    fn write(&self) -> Json {
        self.as_ref().map_or(Json::Null, |value| Json::Array(vec![value.write()]))
    }

    fn read(json: &Json) -> Option<Self> {
        if json.is_null() {
            return Some(None);
        }
        let [value] = array(json)?;
        Some(Some(T::read(value)?))
    }
}

impl<T: Stored> Stored for Box<T> {
    fn write(&self) -> Json {
        T::write(self)
    }

    fn read(json: &Json) -> Option<Self> {
        T::read(json).map(Self::new)
    }
}

impl<T: Stored> Stored for Vec<T> {
    fn write(&self) -> Json {
        self.iter().map(T::write).collect()
    }

    fn read(json: &Json) -> Option<Self> {
        json.as_array()?.iter().map(T::read).collect()
    }
}

impl<A: Stored, B: Stored> Stored for (A, B) {
    fn write(&self) -> Json {
        Json::Array(vec![self.0.write(), self.1.write()])
    }

    fn read(json: &Json) -> Option<Self> {
        let [a, b] = array(json)?;
        Some((A::read(a)?, B::read(b)?))
    }
}

impl Stored for Span {
    fn write(&self) -> Json {
        (self.start, self.end).write()
    }

    fn read(json: &Json) -> Option<Self> {
        let (start, end) = Stored::read(json)?;
        (start <= end).then_some(Self { start, end })
    }
}

/// Six numbers: the bytes, and line and column of both ends.
impl Stored for SourceRange {
    fn write(&self) -> Json {
        let Self { span, start, end } = self;
        [span.start, span.end, start.line, start.column, end.line, end.column].into_iter().map(Json::from).collect()
    }

    fn read(json: &Json) -> Option<Self> {
        let [from, to, line, column, end_line, end_column] = array(json)?;
        let span = Span { start: u32::read(from)?, end: u32::read(to)? };
        let start = Position { line: u32::read(line)?, column: u32::read(column)? };
        let end = Position { line: u32::read(end_line)?, column: u32::read(end_column)? };
        // What is counted from 1 is subtracted from.
        let is_sound = span.start <= span.end && start <= end && start.line > 0 && start.column > 0 && end.column > 0;
        is_sound.then_some(Self { span, start, end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn words_are_those_of_the_program_or_kept_once() {
        let word: &'static str = Stored::read(&json!("smart-tags")).unwrap();
        let again: &'static str = Stored::read(&json!("smart-tags")).unwrap();
        assert!(std::ptr::eq(word, again));
        assert_eq!(<&'static str>::read(&json!("x".repeat(MAX_WORD_BYTES + 1))), None);
    }

    #[test]
    fn what_is_not_sound_is_not_read() {
        assert_eq!(SourceRange::read(&SourceRange::FILE.write()), Some(SourceRange::FILE));
        for broken in [json!([2, 1, 1, 1, 1, 1]), json!([0, 0, 0, 1, 1, 1]), json!([0, 0, 2, 1, 1, 1]), json!([0])] {
            assert_eq!(SourceRange::read(&broken), None, "{broken}");
        }
        assert_eq!(Option::<bool>::read(&json!([])), None);
        assert_eq!(u32::read(&json!(-1)), None);
    }

    proptest! {
        #[test]
        fn values_are_read_back(text in ".{0,20}", number: i64, list in prop::collection::vec(any::<u32>(), 0..4)) {
            let value = (Some(text), (number, list));
            prop_assert_eq!(<(Option<String>, (i64, Vec<u32>))>::read(&value.write()), Some(value));
        }
    }
}
