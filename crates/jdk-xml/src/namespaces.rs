//! Namespace prefixes in scope. The time of a look-up is bounded, however many prefixes are bound.

use std::borrow::Cow;
use std::collections::HashMap;

/// The namespace that `xml:` is always bound to.
pub(crate) const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// So many bindings are searched one by one; with more there is a table.
const MAX_LISTED_BINDINGS: usize = 16;

/// The prefixes in scope at one point of the document `'t`.
#[derive(Debug, Default)]
pub struct Namespaces<'t> {
    bindings: Vec<Binding<'t>>,
    /// The innermost binding of each prefix, as an index, while there are more than [`MAX_LISTED_BINDINGS`].
    innermost: HashMap<Cow<'t, str>, usize>,
    /// How often the bindings have changed.
    changes: u64,
}

#[derive(Debug)]
struct Binding<'t> {
    prefix: Cow<'t, str>,
    uri: Cow<'t, str>,
    /// The binding of the same prefix that this one hides.
    hidden: Option<usize>,
}

impl<'t> Namespaces<'t> {
    /// The namespace that a prefix is bound to; the empty prefix is the default namespace.
    pub fn resolve(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(XML);
        }
        let binding = self.bindings.get(self.find(prefix)?)?;
        (!binding.uri.is_empty()).then_some(binding.uri.as_ref())
    }

    /// The innermost binding of a prefix.
    fn find(&self, prefix: &str) -> Option<usize> {
        if self.bindings.len() > MAX_LISTED_BINDINGS {
            return self.innermost.get(prefix).copied();
        }
        self.bindings.iter().rposition(|binding| binding.prefix == prefix)
    }

    /// Whether one of the bindings from the index `from` on is that of a prefix.
    pub(crate) fn is_bound_since(&self, from: usize, prefix: &str) -> bool {
        self.find(prefix).is_some_and(|index| index >= from)
    }

    /// How many bindings there are; [`truncate`](Self::truncate) leads back here.
    pub(crate) fn len(&self) -> usize {
        self.bindings.len()
    }

    /// A number that is another one whenever other prefixes are in scope than before.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    pub(crate) fn bind(&mut self, prefix: Cow<'t, str>, uri: Cow<'t, str>) {
        self.changes += 1;
        let hidden = self.find(&prefix);
        self.bindings.push(Binding { prefix, uri, hidden });
        let last = self.bindings.len() - 1;
        // The table is made of all that there are when it is needed for the first time.
        let from = if self.bindings.len() == MAX_LISTED_BINDINGS + 1 { 0 } else { last };
        if self.bindings.len() > MAX_LISTED_BINDINGS {
            let new = self.bindings.iter().enumerate().skip(from);
            self.innermost.extend(new.map(|(index, binding)| (binding.prefix.clone(), index)));
        }
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.changes += u64::from(self.bindings.len() > len);
        while self.bindings.len() > len {
            let Some(binding) = self.bindings.pop() else { return };
            if self.bindings.len() == MAX_LISTED_BINDINGS {
                // Its memory goes too: emptying a large table again and again would take quadratic time.
                self.innermost = HashMap::new();
            } else if self.bindings.len() > MAX_LISTED_BINDINGS {
                match binding.hidden {
                    Some(index) => self.innermost.insert(binding.prefix, index),
                    None => self.innermost.remove(&binding.prefix),
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_bindings_hide_outer_ones_until_they_end() {
        let mut scope = Namespaces::default();
        scope.bind("a".into(), "1".into());
        let outer = scope.len();
        scope.bind("a".into(), "2".into());
        scope.bind("a".into(), "".into());
        assert_eq!(scope.resolve("a"), None);
        scope.truncate(outer + 1);
        assert_eq!(scope.resolve("a"), Some("2"));
        scope.truncate(outer);
        assert_eq!(scope.resolve("a"), Some("1"));
        scope.truncate(0);
        assert_eq!(scope.resolve("a"), None);
    }

    proptest::proptest! {
        #[test]
        fn the_innermost_binding_wins_with_and_without_a_table(
            steps in proptest::collection::vec((0_usize..30, 0_usize..60, "[a-d]{0,2}"), 0..80),
        ) {
            let mut scope = Namespaces::default();
            let mut expected: Vec<(String, String)> = Vec::new();
            for (number, (grow, keep, prefix)) in steps.into_iter().enumerate() {
                if grow < 24 {
                    scope.bind(prefix.clone().into(), number.to_string().into());
                    expected.push((prefix.clone(), number.to_string()));
                } else {
                    scope.truncate(keep);
                    expected.truncate(keep);
                }
                let found = expected.iter().rev().find(|(known, _)| *known == prefix).map(|(_, uri)| uri.as_str());
                proptest::prop_assert_eq!(scope.resolve(&prefix), found);
            }
        }
    }
}
