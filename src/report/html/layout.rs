//! Places the nodes of a layered graph: columns from left to right, few crossings, neighbours level with each other.
//!
//! Edges over several columns are led through the columns between by waypoints. The result depends on the input alone: all
//! numbers are integers, and ties keep the order of the input.

/// Passes over all columns that sort them by their neighbours, and then that level them.
const PASSES: usize = 8;
/// Between two things in one column.
const GAP: i64 = 16;
/// What a waypoint takes of a column.
const WAYPOINT_HEIGHT: i64 = 6;

/// A graph to place.
#[derive(Debug)]
pub(super) struct Graph<'g> {
    /// For each node its layer; the layers that have none get no column.
    pub(super) layers: &'g [usize],
    /// For each node its height.
    pub(super) heights: &'g [i64],
    /// Pairs of nodes, each from a layer to one further right; others are not drawn.
    pub(super) edges: &'g [(usize, usize)],
}

/// Where everything goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// For each node its column and the middle of its height.
    pub(super) nodes: Vec<(usize, i64)>,
    /// For each edge that is drawn the column and the height of each thing that it touches, from its source to its target.
    pub(super) routes: Vec<Vec<(usize, i64)>>,
    /// Number of columns.
    pub(super) columns: usize,
    /// Height of the whole.
    pub(super) height: i64,
}

/// A node or a waypoint.
struct Item {
    column: usize,
    height: i64,
    middle: i64,
    left: Vec<usize>,
    right: Vec<usize>,
}

/// Places the nodes and leads the edges.
pub(super) fn place(graph: &Graph<'_>) -> Layout {
    let mut used: Vec<usize> = graph.layers.to_vec();
    used.sort_unstable();
    used.dedup();
    let column = |layer: &usize| used.binary_search(layer).unwrap_or_default();
    let sized = graph.layers.iter().zip(graph.heights);
    let mut items: Vec<Item> = sized.map(|(layer, &height)| Item::new(column(layer), height)).collect();
    let chains = chains(&mut items, graph.edges);
    let mut columns = sorted_columns(&items, used.len());
    level(&mut items, &mut columns);
    let top = items.iter().map(|item| item.middle - item.height / 2).min().unwrap_or_default();
    items.iter_mut().for_each(|item| item.middle -= top);
    let at = |index: usize| items.get(index).map(|item| (item.column, item.middle)).unwrap_or_default();
    Layout {
        nodes: (0..graph.layers.len()).map(at).collect(),
        routes: chains.iter().map(|chain| chain.iter().map(|&index| at(index)).collect()).collect(),
        columns: used.len(),
        height: items.iter().map(|item| item.middle + (item.height + 1) / 2).max().unwrap_or_default(),
    }
}

impl Item {
    fn new(column: usize, height: i64) -> Self {
        Self { column, height, middle: 0, left: Vec::new(), right: Vec::new() }
    }
}

/// Links the items of each edge, with new waypoints between those that are further apart than a column.
fn chains(items: &mut Vec<Item>, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut chains = Vec::new();
    for &(from, to) in edges {
        let (Some(start), Some(end)) = (items.get(from).map(|item| item.column), items.get(to).map(|item| item.column))
        else {
            continue;
        };
        if start >= end {
            continue;
        }
        let mut chain = vec![from];
        for column in start + 1..end {
            chain.push(items.len());
            items.push(Item::new(column, WAYPOINT_HEIGHT));
        }
        chain.push(to);
        for pair in chain.windows(2) {
            if let &[left, right] = pair {
                items.get_mut(left).into_iter().for_each(|item| item.right.push(right));
                items.get_mut(right).into_iter().for_each(|item| item.left.push(left));
            }
        }
        chains.push(chain);
    }
    chains
}

/// The items of each column, in the order with the fewest crossings that was seen.
fn sorted_columns(items: &[Item], count: usize) -> Vec<Vec<usize>> {
    let mut columns = vec![Vec::new(); count];
    for (index, item) in items.iter().enumerate() {
        columns.get_mut(item.column).into_iter().for_each(|column| column.push(index));
    }
    let mut best = (crossings(items, &columns), columns.clone());
    for pass in 0..PASSES {
        let to_the_right = pass % 2 == 0;
        let mut ranks = ranks(items.len(), &columns);
        let order: Vec<usize> = if to_the_right { (0..count).collect() } else { (0..count).rev().collect() };
        for column in order {
            let Some(column) = columns.get_mut(column) else { continue };
            let key = |index: &usize| {
                let item = items.get(*index);
                let neighbours = item.map(|item| if to_the_right { &item.left } else { &item.right });
                let neighbours = neighbours.map(Vec::as_slice).unwrap_or_default();
                let rank = |index: usize| ranks.get(index).copied().unwrap_or_default();
                match neighbours.len() {
                    0 => rank(*index) * 1_000,
                    number => neighbours.iter().map(|&other| rank(other)).sum::<usize>() * 1_000 / number,
                }
            };
            column.sort_by_cached_key(key);
            for (rank, &index) in column.iter().enumerate() {
                ranks.get_mut(index).into_iter().for_each(|slot| *slot = rank);
            }
        }
        let crossings = crossings(items, &columns);
        if crossings < best.0 {
            best = (crossings, columns.clone());
        }
    }
    best.1
}

/// For each item its place in its column.
fn ranks(items: usize, columns: &[Vec<usize>]) -> Vec<usize> {
    let mut ranks = vec![0; items];
    for column in columns {
        for (rank, &index) in column.iter().enumerate() {
            ranks.get_mut(index).into_iter().for_each(|slot| *slot = rank);
        }
    }
    ranks
}

/// How often edges cross between neighbouring columns.
fn crossings(items: &[Item], columns: &[Vec<usize>]) -> usize {
    let ranks = ranks(items.len(), columns);
    let rank = |index: usize| ranks.get(index).copied().unwrap_or_default();
    let mut count = 0;
    for column in columns {
        let edges = column.iter().flat_map(|&from| {
            let targets = items.get(from).map(|item| item.right.as_slice()).unwrap_or_default();
            targets.iter().map(move |&to| (rank(from), rank(to)))
        });
        let mut edges: Vec<(usize, usize)> = edges.collect();
        edges.sort_unstable();
        // The targets so far, sorted: those further down are crossed.
        let mut seen: Vec<usize> = Vec::with_capacity(edges.len());
        for (_, to) in edges {
            let at = seen.partition_point(|&other| other <= to);
            count += seen.len() - at;
            seen.insert(at, to);
        }
    }
    count
}

/// Moves the items of each column towards the middle of their neighbours, as far as their order and size allow.
fn level(items: &mut [Item], columns: &mut [Vec<usize>]) {
    for column in columns.iter() {
        let mut y = 0;
        for &index in column {
            if let Some(item) = items.get_mut(index) {
                item.middle = y + item.height / 2;
                y += item.height + GAP;
            }
        }
    }
    for pass in 0..PASSES {
        let count = columns.len();
        for step in 0..count {
            let at = if pass % 2 == 0 { step } else { count - 1 - step };
            let Some(column) = columns.get(at) else { continue };
            let wanted: Vec<i64> = column.iter().map(|&index| wanted(items, index)).collect();
            let heights: Vec<i64> = column.iter().filter_map(|&index| Some(items.get(index)?.height)).collect();
            for (&index, middle) in column.iter().zip(apart(&wanted, &heights)) {
                items.get_mut(index).into_iter().for_each(|item| item.middle = middle);
            }
        }
    }
}

/// The middle of the neighbours of an item; its own where it has none.
fn wanted(items: &[Item], index: usize) -> i64 {
    let Some(item) = items.get(index) else { return 0 };
    let middles = item.left.iter().chain(&item.right).filter_map(|&other| Some(items.get(other)?.middle));
    let (sum, count) = middles.fold((0, 0), |(sum, count), middle| (sum + middle, count + 1));
    if count == 0 { item.middle } else { sum / count }
}

/// The middles next to the wanted ones, by least squares, at which things of these heights in this order do not touch.
fn apart(wanted: &[i64], heights: &[i64]) -> Vec<i64> {
    // With what lies above each taken off, what is left only must not decrease: neighbours that would are pooled.
    let mut offsets = Vec::with_capacity(heights.len());
    let mut offset = 0;
    for (index, height) in heights.iter().enumerate() {
        let above = index.checked_sub(1).and_then(|above| heights.get(above));
        offset += above.map_or(0, |above| above / 2 + (height + 1) / 2 + GAP);
        offsets.push(offset);
    }
    let mut pools: Vec<(i64, i64)> = Vec::new();
    for (wanted, offset) in wanted.iter().zip(&offsets) {
        let mut pool = (wanted - offset, 1);
        while let Some(&(sum, count)) = pools.last() {
            if sum * pool.1 <= pool.0 * count {
                break;
            }
            pools.pop();
            pool = (sum + pool.0, count + pool.1);
        }
        pools.push(pool);
    }
    let placed = pools.iter().flat_map(|&(sum, count)| (0..count).map(move |_| sum.div_euclid(count)));
    placed.zip(&offsets).map(|(base, offset)| base + offset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_free_of_overlaps(layout: &Layout, heights: &[i64]) -> bool {
        layout.nodes.iter().enumerate().all(|(one, &(column, middle))| {
            layout.nodes.iter().enumerate().skip(one + 1).all(|(other, &(other_column, other_middle))| {
                column != other_column || (middle - other_middle).abs() >= (heights[one] + heights[other]) / 2
            })
        })
    }

    #[test]
    fn a_chain_is_a_straight_line_and_empty_layers_have_no_column() {
        let graph = Graph { layers: &[0, 1, 4], heights: &[40, 60, 40], edges: &[(0, 1), (1, 2), (0, 2), (2, 0)] };
        let layout = place(&graph);
        assert_eq!(layout.columns, 3);
        assert_eq!(layout.nodes.iter().map(|node| node.0).collect::<Vec<_>>(), [0, 1, 2]);
        // The edge back is not drawn; the long one has a waypoint.
        assert_eq!(layout.routes.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 3]);
        assert!(layout.height >= 60);
    }

    #[test]
    fn edges_are_uncrossed() {
        let edges = [(0, 5), (1, 4), (2, 3)];
        let graph = Graph { layers: &[0, 0, 0, 1, 1, 1], heights: &[40; 6], edges: &edges };
        let layout = place(&graph);
        for (from, to) in edges {
            assert_eq!(layout.nodes[from].1, layout.nodes[to].1, "{layout:?}");
        }
    }

    #[test]
    fn nothing_is_placed_nowhere() {
        let layout = place(&Graph { layers: &[], heights: &[], edges: &[(0, 1)] });
        assert_eq!(layout, Layout { nodes: Vec::new(), routes: Vec::new(), columns: 0, height: 0 });
    }

    proptest! {
        #[test]
        fn nothing_overlaps_and_all_lies_inside(
            nodes in prop::collection::vec((0_usize..5, 20_i64..90), 1..40),
            ends in prop::collection::vec((0_usize..40, 0_usize..40), 0..80),
        ) {
            let layers: Vec<usize> = nodes.iter().map(|node| node.0).collect();
            let heights: Vec<i64> = nodes.iter().map(|node| node.1).collect();
            let graph = Graph { layers: &layers, heights: &heights, edges: &ends };
            let layout = place(&graph);
            prop_assert!(is_free_of_overlaps(&layout, &heights));
            for ((_, middle), height) in layout.nodes.iter().zip(&heights) {
                prop_assert!(middle - height / 2 >= 0 && middle + height / 2 <= layout.height);
            }
            prop_assert_eq!(layout, place(&graph));
        }
    }
}
