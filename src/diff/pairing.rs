//! Pairs what is the same on two sides.

use std::collections::{HashMap, VecDeque};

/// The items of two sides.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Paired<T> {
    /// Those that are on both, old and new, in the order of the new ones.
    pub(super) pairs: Vec<(T, T)>,
    /// Those on the old side only, in their order.
    pub(super) old: Vec<T>,
    /// Those on the new side only, in their order.
    pub(super) new: Vec<T>,
}

/// Pairs items by the first key, what is left by the second, and so on; of equal keys the first with the first. Exchanging the
/// sides exchanges the outcome.
pub(super) fn pair<T>(old: Vec<T>, new: Vec<T>, keys: &[&dyn Fn(&T) -> String]) -> Paired<T> {
    let mut old: Vec<Option<T>> = old.into_iter().map(Some).collect();
    let mut new: Vec<Option<T>> = new.into_iter().map(Some).collect();
    let mut pairs: Vec<(usize, T, T)> = Vec::new();
    for key in keys {
        let mut waiting: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (index, item) in old.iter().enumerate() {
            if let Some(item) = item {
                waiting.entry(key(item)).or_default().push_back(index);
            }
        }
        if waiting.is_empty() {
            break;
        }
        for (index, slot) in new.iter_mut().enumerate() {
            let Some(item) = slot.as_ref() else { continue };
            let Some(partner) = waiting.get_mut(&key(item)).and_then(VecDeque::pop_front) else { continue };
            if let (Some(before), Some(after)) = (old.get_mut(partner).and_then(Option::take), slot.take()) {
                pairs.push((index, before, after));
            }
        }
    }
    pairs.sort_by_key(|(index, ..)| *index);
    Paired {
        pairs: pairs.into_iter().map(|(_, before, after)| (before, after)).collect(),
        old: old.into_iter().flatten().collect(),
        new: new.into_iter().flatten().collect(),
    }
}

/// One key of several parts, none of which can be taken for another one.
pub(super) fn key<'p>(parts: impl IntoIterator<Item = &'p str>) -> String {
    let mut key = String::new();
    for part in parts {
        key += &part.len().to_string();
        key.push(':');
        key += part;
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Item = (String, String);

    fn first(item: &Item) -> String {
        item.0.clone()
    }

    fn both(item: &Item) -> String {
        key([item.0.as_str(), item.1.as_str()])
    }

    fn items() -> impl Strategy<Value = Vec<Item>> {
        proptest::collection::vec(("[ab]", "[xy]"), 0..8)
    }

    proptest! {
        #[test]
        fn every_item_is_paired_or_left_and_sides_can_be_exchanged(old in items(), new in items()) {
            let keys: [&dyn Fn(&Item) -> String; 2] = [&both, &first];
            let there = pair(old.clone(), new.clone(), &keys);
            prop_assert_eq!(there.pairs.len() + there.old.len(), old.len());
            prop_assert_eq!(there.pairs.len() + there.new.len(), new.len());
            let back = pair(new, old, &keys);
            prop_assert_eq!(&back.old, &there.new);
            prop_assert_eq!(&back.new, &there.old);
            let mut turned: Vec<(Item, Item)> = back.pairs.into_iter().map(|(a, b)| (b, a)).collect();
            let mut pairs = there.pairs;
            pairs.sort();
            turned.sort();
            prop_assert_eq!(pairs, turned);
        }

        #[test]
        fn a_side_is_equal_to_itself(side in items()) {
            let keys: [&dyn Fn(&Item) -> String; 2] = [&both, &first];
            let same = pair(side.clone(), side, &keys);
            prop_assert!(same.old.is_empty() && same.new.is_empty());
            prop_assert!(same.pairs.iter().all(|(a, b)| a == b));
        }
    }

    #[test]
    fn parts_of_a_key_cannot_be_taken_for_others() {
        assert_ne!(key(["a", "b"]), key(["ab", ""]));
        assert_ne!(key(["1:a"]), key(["a"]));
    }
}
