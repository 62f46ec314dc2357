//! Sets of kinds of facts.

use super::fact::Kind;

/// A set of [`Kind`]s, and of which of them the properties are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds {
    kinds: u32,
    without_properties: u32,
}

impl Kinds {
    /// Every kind but `node`: a node fact for every node of a package is only made on request.
    pub fn usual() -> Self {
        Kind::ALL.iter().copied().filter(|&kind| kind != Kind::Node).collect()
    }

    /// Every kind.
    pub fn all() -> Self {
        Kind::ALL.iter().copied().collect()
    }

    /// Adds a kind.
    pub fn insert(&mut self, kind: Kind) {
        self.kinds |= Self::bit(kind);
    }

    /// The same set, without the properties of facts of this kind. Only `configuration` makes a difference: one of
    /// which no family makes a fact then keeps its name only, which is most of what a run would have to remember.
    #[must_use]
    pub fn without_properties_of(self, kind: Kind) -> Self {
        Self { without_properties: self.without_properties | Self::bit(kind), ..self }
    }

    /// Whether the properties of facts of this kind are looked at.
    pub fn has_properties_of(self, kind: Kind) -> bool {
        self.without_properties & Self::bit(kind) == 0
    }

    /// Whether `kind` is in the set.
    pub fn contains(self, kind: Kind) -> bool {
        self.kinds & Self::bit(kind) != 0
    }

    fn bit(kind: Kind) -> u32 {
        1 << kind as u32
    }
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        let mut set = Self::default();
        kinds.into_iter().for_each(|kind| set.insert(kind));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_kinds() {
        let mut kinds = Kinds::usual();
        assert!(kinds.contains(Kind::Secret) && !kinds.contains(Kind::Node));
        kinds.insert(Kind::Node);
        assert_eq!(kinds, Kinds::all());
    }
}
