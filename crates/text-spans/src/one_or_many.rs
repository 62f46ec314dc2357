//! A list that nearly always has one element, and then needs no memory of its own.
//!
//! The vectors of the `smallvec` crate do the same, but are invariant in what they hold: a list of texts that are borrowed
//! from a file could not be used where shorter borrows are expected.

use std::ops::{Deref, DerefMut};

/// A list of values, mostly of one. It can do what a slice can.
#[derive(Clone)]
pub enum OneOrMany<T> {
    /// The usual case.
    One(T),
    /// None, or several; after changes also one.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// The list without elements.
    pub const fn new() -> Self {
        Self::Many(Vec::new())
    }

    /// Appends an element.
    pub fn push(&mut self, value: T) {
        match std::mem::take(self) {
            Self::One(first) => *self = Self::Many(vec![first, value]),
            Self::Many(values) if values.is_empty() => *self = Self::One(value),
            Self::Many(mut values) => {
                values.push(value);
                *self = Self::Many(values);
            }
        }
    }

    /// The list with every element replaced.
    pub fn map<U>(self, change: impl Fn(T) -> U) -> OneOrMany<U> {
        match self {
            Self::One(value) => OneOrMany::One(change(value)),
            Self::Many(values) => OneOrMany::Many(values.into_iter().map(change).collect()),
        }
    }
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Deref for OneOrMany<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

impl<T> DerefMut for OneOrMany<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match self {
            Self::One(value) => std::slice::from_mut(value),
            Self::Many(values) => values,
        }
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for OneOrMany<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.deref().fmt(f)
    }
}

impl<T: PartialEq> PartialEq for OneOrMany<T> {
    fn eq(&self, other: &Self) -> bool {
        self.deref() == other.deref()
    }
}

impl<T> From<Vec<T>> for OneOrMany<T> {
    fn from(values: Vec<T>) -> Self {
        Self::Many(values)
    }
}

impl<T> FromIterator<T> for OneOrMany<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut values = values.into_iter();
        match (values.next(), values.next()) {
            (None, _) => Self::new(),
            (Some(one), None) => Self::One(one),
            (Some(first), Some(second)) => Self::Many([first, second].into_iter().chain(values).collect()),
        }
    }
}

impl<'f, T> IntoIterator for &'f OneOrMany<T> {
    type Item = &'f T;
    type IntoIter = std::slice::Iter<'f, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_list_however_many_there_are() {
        for values in [vec![], vec![1], vec![1, 2], vec![1, 2, 3]] {
            let collected: OneOrMany<i32> = values.iter().copied().collect();
            let mut pushed = OneOrMany::default();
            values.iter().for_each(|&value| pushed.push(value));
            assert_eq!((&*collected, &*pushed), (&*values, &*values));
            assert_eq!(collected, OneOrMany::from(values.clone()));
            pushed.iter_mut().for_each(|value| *value += 1);
            assert_eq!(&*pushed, &*collected.map(|value| value + 1));
        }
    }

    #[test]
    fn one_needs_no_memory_of_its_own() {
        assert!(matches!([1].into_iter().collect::<OneOrMany<_>>(), OneOrMany::One(1)));
        let mut list = OneOrMany::new();
        list.push(1);
        assert!(matches!(list, OneOrMany::One(1)));
    }
}
