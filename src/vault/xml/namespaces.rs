//! Namespace prefixes in scope. Each look-up takes the same time, however many prefixes are bound.

use std::borrow::Cow;
use std::collections::HashMap;

/// The namespace that `xml:` is always bound to.
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The prefixes in scope at one point of a document.
#[derive(Debug, Default)]
pub(crate) struct Namespaces<'x> {
    bindings: Vec<Binding<'x>>,
    /// The innermost binding of each prefix, as an index.
    innermost: HashMap<&'x str, usize>,
}

#[derive(Debug)]
struct Binding<'x> {
    prefix: &'x str,
    uri: Cow<'x, str>,
    /// The binding of the same prefix that this one hides.
    hidden: Option<usize>,
}

impl<'x> Namespaces<'x> {
    /// The namespace that a prefix is bound to; the empty prefix is the default namespace.
    pub(crate) fn resolve(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(XML);
        }
        let binding = self.bindings.get(*self.innermost.get(prefix)?)?;
        (!binding.uri.is_empty()).then_some(binding.uri.as_ref())
    }

    /// How many bindings there are; [`truncate`](Self::truncate) leads back here.
    pub(super) fn len(&self) -> usize {
        self.bindings.len()
    }

    pub(super) fn bind(&mut self, prefix: &'x str, uri: Cow<'x, str>) {
        let hidden = self.innermost.insert(prefix, self.bindings.len());
        self.bindings.push(Binding { prefix, uri, hidden });
    }

    pub(super) fn truncate(&mut self, len: usize) {
        while self.bindings.len() > len {
            let Some(binding) = self.bindings.pop() else { return };
            match binding.hidden {
                Some(index) => self.innermost.insert(binding.prefix, index),
                None => self.innermost.remove(binding.prefix),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_bindings_hide_outer_ones_until_they_end() {
        let mut scope = Namespaces::default();
        scope.bind("a", "1".into());
        let outer = scope.len();
        scope.bind("a", "2".into());
        scope.bind("a", "".into());
        assert_eq!(scope.resolve("a"), None);
        scope.truncate(outer + 1);
        assert_eq!(scope.resolve("a"), Some("2"));
        scope.truncate(outer);
        assert_eq!(scope.resolve("a"), Some("1"));
        scope.truncate(0);
        assert_eq!(scope.resolve("a"), None);
    }
}
