//! Which requests serve a set of ranges: few of them, and few bytes that no range needs.

use std::ops::Range;

/// Bytes of one request, at most.
pub(super) const MAX_REQUEST_BYTES: u64 = 4 << 20;

/// Ranges, sorted, that hold all bytes of `ranges` but those of `present`, which is sorted; and how many of these bytes no
/// range needs. The smallest holes between ranges are fetched along, as long as that is not more than `max_holes` bytes.
pub(super) fn merge(ranges: &[Range<u64>], present: &[Range<u64>], max_holes: u64) -> (Vec<Range<u64>>, u64) {
    let needed = subtract(&union(ranges), present);
    let mut holes: Vec<(u64, usize)> = Vec::with_capacity(needed.len());
    for (index, (before, after)) in needed.iter().zip(needed.iter().skip(1)).enumerate() {
        holes.push((after.start - before.end, index));
    }
    holes.sort_unstable();
    let mut joined = vec![false; needed.len()];
    let mut fetched_along = 0;
    for (bytes, index) in holes {
        if fetched_along + bytes > max_holes {
            break;
        }
        fetched_along += bytes;
        joined.iter_mut().skip(index).take(1).for_each(|joined| *joined = true);
    }
    let mut merged: Vec<Range<u64>> = Vec::new();
    let mut joins = false;
    for (range, joins_next) in needed.into_iter().zip(joined) {
        match merged.last_mut().filter(|_| joins) {
            Some(last) => last.end = range.end,
            None => merged.push(range),
        }
        joins = joins_next;
    }
    (merged, fetched_along)
}

/// The ranges in pieces that one request fetches, as many of them as make `max_bytes`, and what remains.
pub(super) fn split(ranges: Vec<Range<u64>>, max_bytes: u64) -> (Vec<Range<u64>>, Vec<Range<u64>>) {
    let (mut now, mut later) = (Vec::new(), Vec::new());
    let mut room = max_bytes;
    for Range { mut start, end } in ranges {
        while start < end && room > 0 {
            let bytes = (end - start).min(MAX_REQUEST_BYTES).min(room);
            now.push(start..start + bytes);
            room -= bytes;
            start += bytes;
        }
        if start < end {
            later.push(start..end);
        }
    }
    (now, later)
}

/// The same bytes as sorted ranges that do not touch.
fn union(ranges: &[Range<u64>]) -> Vec<Range<u64>> {
    let mut sorted: Vec<Range<u64>> = ranges.iter().filter(|range| range.start < range.end).cloned().collect();
    sorted.sort_unstable_by_key(|range| range.start);
    let mut union: Vec<Range<u64>> = Vec::with_capacity(sorted.len());
    for range in sorted {
        match union.last_mut().filter(|last| range.start <= last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => union.push(range),
        }
    }
    union
}

/// What of sorted ranges is not in other sorted ranges.
fn subtract(ranges: &[Range<u64>], present: &[Range<u64>]) -> Vec<Range<u64>> {
    let mut left = Vec::with_capacity(ranges.len());
    for range in ranges {
        let mut start = range.start;
        let first = present.partition_point(|known| known.end <= range.start);
        for known in present.iter().skip(first).take_while(|known| known.start < range.end) {
            if start < known.start {
                left.push(start..known.start);
            }
            start = start.max(known.end);
        }
        if start < range.end {
            left.push(start..range.end);
        }
    }
    left
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "lists of ranges with one range")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_smallest_holes_are_fetched_along() {
        let ranges = [0..10, 12..20, 50..60, 61..70];
        assert_eq!(merge(&ranges, &[], 0), (ranges.to_vec(), 0));
        assert_eq!(merge(&ranges, &[], 2), (vec![0..10, 12..20, 50..70], 1));
        assert_eq!(merge(&ranges, &[], 3), (vec![0..20, 50..70], 3));
        assert_eq!(merge(&ranges, &[], 33), (vec![0..70], 33));
        assert_eq!(merge(&[5..9, 0..6], &[2..3, 8..20], 0), (vec![0..2, 3..8], 0));
    }

    #[test]
    fn requests_are_bounded() {
        let (now, later) = split(vec![0..3, 10..10 + 3 * MAX_REQUEST_BYTES], 2 * MAX_REQUEST_BYTES);
        let second = 10 + MAX_REQUEST_BYTES;
        assert_eq!(now, [0..3, 10..second, second..2 * MAX_REQUEST_BYTES + 7]);
        assert_eq!(later, [2 * MAX_REQUEST_BYTES + 7..10 + 3 * MAX_REQUEST_BYTES]);
    }

    fn ranges() -> impl Strategy<Value = Vec<Range<u64>>> {
        proptest::collection::vec((0_u64..200, 0_u64..20).prop_map(|(start, len)| start..start + len), 0..12)
    }

    fn bytes(ranges: &[Range<u64>]) -> BTreeSet<u64> {
        ranges.iter().cloned().flatten().collect()
    }

    proptest! {
        #[test]
        fn all_that_is_needed_is_fetched_once_and_no_more_than_allowed(
            needed in ranges(),
            present in ranges(),
            max_holes in 0_u64..50,
        ) {
            let present = union(&present);
            let (merged, holes) = merge(&needed, &present, max_holes);
            prop_assert!(merged.windows(2).all(|pair| pair[0].end <= pair[1].start));
            let wanted: BTreeSet<u64> = bytes(&needed).difference(&bytes(&present)).copied().collect();
            let fetched = bytes(&merged);
            prop_assert!(fetched.is_superset(&wanted));
            prop_assert_eq!((fetched.len() - wanted.len()) as u64, holes);
            prop_assert!(holes <= max_holes);
        }
    }
}
