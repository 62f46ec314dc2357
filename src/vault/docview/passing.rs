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

    /// The names of its properties.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &'a str> + use<'a> {
        self.tag.names()
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
        let names = tag.names();
        if names.len() > MOST_ATTRIBUTES || !self.has_usual_prefix(tag.name, tag.namespaces) {
            return false;
        }
        // An element, but no attribute, without prefix is in the default namespace.
        if !tag.name.contains(':') && tag.namespaces.resolve("").is_some() {
            return false;
        }
        self.ends.clear();
        for (index, name) in names.enumerate() {
            let end = number_of_end(name);
            // Seldom do different names end with the same eight bytes.
            if self.ends.contains(&end) && tag.names().take(index).any(|known| known == name) {
                return false;
            }
            self.ends.push(end);
            if !self.has_usual_prefix(name, tag.namespaces) || tag.braced_value(index).is_some_and(is_wrong) {
                return false;
            }
        }
        true
    }

    /// Whether a name has a prefix that is [usual](is_usual), or none.
    fn has_usual_prefix(&mut self, name: &str, scope: &Namespaces<'_>) -> bool {
        if numbered_prefix(name).is_some_and(|number| self.usual.contains(&number)) {
            return true;
        }
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

/// A short prefix as a number that no other prefix has: no name holds a NUL.
fn number(prefix: &str) -> Option<u64> {
    let fits = prefix.len() < size_of::<u64>();
    fits.then(|| prefix.bytes().rev().fold(0, |number, byte| number << 8 | u64::from(byte)))
}

/// The [number] of the prefix of a name, if a colon is among its first eight bytes, all looked at together.
fn numbered_prefix(name: &str) -> Option<u64> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let first = u64::from_le_bytes(*name.as_bytes().first_chunk()?);
    // The colons become NUL; the lowest bit that is set then is in the first of them.
    let marked = first ^ (ONES * u64::from(b':'));
    let colons = marked.wrapping_sub(ONES) & !marked & (ONES << 7);
    (colons != 0).then(|| first & ((1 << (colons.trailing_zeros() & !7)) - 1))
}

/// Whether FileVault might reject a value.
fn is_wrong(value: &str) -> bool {
    !property::is_right(value)
}

/// The last bytes of a text as a number.
fn number_of_end(text: &str) -> u64 {
    match text.as_bytes().last_chunk::<8>() {
        Some(end) => u64::from_be_bytes(*end),
        None => text.bytes().fold(0, |number, byte| number << 8 | u64::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn prefixes_have_the_same_number_however_it_is_found(name in "[a:;9é]{0,12}") {
            let (prefix, local) = split(&name);
            let has_colon = !prefix.is_empty() || local.len() < name.len();
            let expected = number(prefix).filter(|_| has_colon && name.len() >= 8);
            proptest::prop_assert_eq!(numbered_prefix(&name), expected);
        }
    }
}
