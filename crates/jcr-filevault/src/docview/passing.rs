//! What is known of a node before it is made: whether FileVault would certainly accept it, and how it is written.
//!
//! Only for tags in which every name and value means what is written.

use super::{prefixes, property};
use jdk_xml::{Namespaces, TagPreview};

/// A node that has not been made yet. There is nothing wrong with it, and no name in it is written otherwise than the
/// repository has it.
#[derive(Clone, Copy, Debug)]
pub struct Ahead<'a> {
    /// Its path.
    pub path: &'a str,
    pub(super) raw_tag: &'a TagPreview<'a, 'a>,
}

impl<'a> Ahead<'a> {
    /// Its start tag from the element's name to the end of the last attribute.
    ///
    /// A run of letters, digits and punctuation other than `<`, `>`, `&`, quotes, brackets, braces and commas that is in
    /// a value of the node is also here.
    pub fn written(&self) -> &'a str {
        self.raw_tag.written
    }

    /// The names of its properties.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &'a str> + use<'a> {
        self.raw_tag.names()
    }
}

/// Checks of one tag after the other, with what was found out for those before.
#[derive(Debug, Default)]
pub(super) struct Checks {
    /// The prefixes that are known to be [usual](is_usual), as numbers.
    usual: Vec<u64>,
    /// The [state](Namespaces::changes) of the scope that they were found in.
    changes: u64,
}

/// Most prefixes that are remembered.
const MAX_KNOWN_PREFIXES: usize = 16;
/// Most attributes of a tag that is checked: each of them is compared with each.
const MAX_CHECKED_ATTRIBUTES: usize = 32;

impl Checks {
    /// Whether the node of this tag is named as written, and certainly has nothing that FileVault would reject.
    pub(super) fn is_well_formed(&mut self, tag: &TagPreview<'_, '_>) -> bool {
        if self.changes != tag.namespaces.changes() {
            self.usual.clear();
            self.changes = tag.namespaces.changes();
        }
        if tag.names().len() > MAX_CHECKED_ATTRIBUTES || !self.has_usual_prefix(tag.name, tag.prefix, tag.namespaces) {
            return false;
        }
        // An element, but no attribute, without prefix is in the default namespace.
        if tag.prefix == 0 && tag.namespaces.resolve("").is_some() {
            return false;
        }
        let mut ends = [0; MAX_CHECKED_ATTRIBUTES];
        for ((name, prefix, braced), slot) in tag.attributes().zip(0..MAX_CHECKED_ATTRIBUTES) {
            let end = number_of_end(name);
            let known = ends.get(..slot).unwrap_or_default();
            // Seldom do different names end with the same eight bytes.
            if known.iter().fold(false, |any, known| any | (*known == end))
                && tag.names().take(slot).any(|known| known == name)
            {
                return false;
            }
            if let Some(slot) = ends.get_mut(slot) {
                *slot = end;
            }
            if !self.has_usual_prefix(name, prefix, tag.namespaces)
                || braced.is_some_and(|value| !property::is_well_formed(value))
            {
                return false;
            }
        }
        true
    }

    /// Whether a name has a prefix, of so many bytes, that is [usual](is_usual), or none.
    fn has_usual_prefix(&mut self, name: &str, prefix: usize, scope: &Namespaces<'_>) -> bool {
        if prefix == 0 {
            return true;
        }
        let number = number(name, prefix);
        if number.is_some_and(|number| self.usual.contains(&number)) {
            return true;
        }
        let usual = name.get(..prefix).is_some_and(|prefix| is_usual(prefix, scope));
        if let Some(number) = number.filter(|_| usual && self.usual.len() < MAX_KNOWN_PREFIXES) {
            self.usual.push(number);
        }
        usual
    }
}

/// Whether a prefix is declared and not replaced by another one in the repository.
fn is_usual(prefix: &str, scope: &Namespaces<'_>) -> bool {
    scope.resolve(prefix).is_some_and(|uri| prefixes::is_in_repository(prefix, uri))
}

/// The first bytes of a name, if they are few enough, as a number that no others have: no name holds a NUL.
fn number(name: &str, prefix: usize) -> Option<u64> {
    if prefix >= size_of::<u64>() {
        return None;
    }
    Some(match name.as_bytes().first_chunk() {
        Some(first) => u64::from_le_bytes(*first) & ((1 << (8 * prefix)) - 1),
        None => name.bytes().take(prefix).rev().fold(0, |number, byte| number << 8 | u64::from(byte)),
    })
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
    use super::super::split;
    use super::*;

    proptest::proptest! {
        #[test]
        fn prefixes_have_numbers_of_their_own(one in "[ab]{0,4}:[ab]{0,9}", other in "[ab]{0,4}:[ab]{0,9}") {
            let prefix = |name: &str| split(name).0.len();
            let same = split(&one).0 == split(&other).0;
            proptest::prop_assert_eq!(number(&one, prefix(&one)) == number(&other, prefix(&other)), same);
            proptest::prop_assert_eq!(number("a23456789:b", 9), None);
        }
    }
}
