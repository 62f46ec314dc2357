//! What can be known of a node before it is made: whether FileVault would accept it, and how it is written.
//!
//! Only for tags in which everything is meant as it is written. Says no where it is not certain.

use super::{prefixes, property, split};
use crate::vault::xml::{Namespaces, PlainTag};

/// A node that has not been made yet. There is nothing wrong with it, and no name in it is written otherwise than the
/// repository has it.
#[derive(Clone, Copy, Debug)]
pub struct Ahead<'a> {
    /// Its path.
    pub path: &'a str,
    pub(super) tag: &'a PlainTag<'a, 'a>,
}

impl<'a> Ahead<'a> {
    /// Its start tag from the element's name to the end of the last attribute.
    ///
    /// A run of letters, digits and punctuation other than `<`, `>`, `&`, quotes, brackets, braces and commas that is in
    /// a value of the node is also here.
    pub fn written(&self) -> &'a str {
        self.tag.written
    }

    /// The names of its properties, and the text that its values are written in.
    pub fn properties(&self) -> impl ExactSizeIterator<Item = (&'a str, &'a str)> + use<'a> {
        self.tag.attributes()
    }
}

/// Checks of one tag after the other, with what was found out for those before.
#[derive(Debug, Default)]
pub(super) struct Checks {
    /// The prefixes that are known to be [usual](is_usual), as numbers.
    usual: Vec<u64>,
    /// The [state](Namespaces::changes) of the scope that they were found in.
    changes: u64,
    /// The ends of the names of a tag.
    ends: Vec<u64>,
}

/// Most prefixes that are kept in mind.
const MOST_PREFIXES: usize = 16;
/// Most attributes of a tag that is checked: each of them is compared with each.
const MOST_ATTRIBUTES: usize = 32;

impl Checks {
    /// Whether the node of this tag is as written, and has nothing that FileVault would reject.
    pub(super) fn is_right(&mut self, tag: &PlainTag<'_, '_>) -> bool {
        if self.changes != tag.namespaces.changes() {
            self.usual.clear();
            self.changes = tag.namespaces.changes();
        }
        let attributes = tag.attributes();
        if attributes.len() > MOST_ATTRIBUTES || !self.has_usual_prefix(tag.name, tag.namespaces) {
            return false;
        }
        // An element, but no attribute, without prefix is in the default namespace.
        if !tag.name.contains(':') && tag.namespaces.resolve("").is_some() {
            return false;
        }
        self.ends.clear();
        for (index, (name, value)) in attributes.enumerate() {
            let end = number_of_end(name);
            let mut before = self.ends.iter().enumerate().filter(|(_, known)| **known == end);
            if before
                .any(|(earlier, _)| tag.attributes().nth(earlier.min(index)).is_none_or(|(known, _)| known == name))
            {
                return false;
            }
            self.ends.push(end);
            if !self.has_usual_prefix(name, tag.namespaces) || !property::is_right(value) {
                return false;
            }
        }
        true
    }

    /// Whether a name has a prefix that is [usual](is_usual), or none.
    fn has_usual_prefix(&mut self, name: &str, scope: &Namespaces<'_>) -> bool {
        let (prefix, _) = split(name);
        if prefix.is_empty() {
            return true;
        }
        let Some(number) = number(prefix) else { return is_usual(prefix, scope) };
        if self.usual.contains(&number) {
            return true;
        }
        let usual = is_usual(prefix, scope);
        if usual && self.usual.len() < MOST_PREFIXES {
            self.usual.push(number);
        }
        usual
    }
}

/// Whether a prefix is declared and not replaced by another one in the repository.
fn is_usual(prefix: &str, scope: &Namespaces<'_>) -> bool {
    scope.resolve(prefix).is_some_and(|uri| prefixes::usual(uri).is_none_or(|usual| usual == prefix))
}

/// A short text as a number that no other text has.
fn number(text: &str) -> Option<u64> {
    // No name holds a NUL, so that those before it do not count.
    let fits = text.len() <= size_of::<u64>();
    fits.then(|| text.bytes().fold(0, |number, byte| number << 8 | u64::from(byte)))
}

/// The last bytes of a text as a number.
fn number_of_end(text: &str) -> u64 {
    match text.as_bytes().last_chunk::<8>() {
        Some(end) => u64::from_be_bytes(*end),
        None => text.bytes().fold(0, |number, byte| number << 8 | u64::from(byte)),
    }
}
