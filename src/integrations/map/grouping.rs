//! Draws alike nodes of a map as one, so that a map of hundreds stays a picture.

use super::graph::{IntegrationMap, Layer, Node};
use std::collections::{BTreeMap, BTreeSet};

/// What nodes have in common that are drawn as one: layer, kind, state and, where they are kept apart by it, a text.
type Group<'n> = (Layer, &'static str, u8, &'n str);

/// The same map with at most `most` nodes, if groups can make that of it: alike ones are drawn as one, and no more than is needed.
pub(crate) fn group(map: &IntegrationMap, most: usize) -> IntegrationMap {
    if map.nodes.len() <= most {
        return map.clone();
    }
    // The layers with the most detail first; at first what different packages bring stays apart.
    let steps: [(&[Layer], bool); 4] = [
        (&[Layer::Agent], true),
        (&[Layer::Agent, Layer::ImsConfiguration, Layer::Service], true),
        (&[Layer::Agent, Layer::ImsConfiguration, Layer::Service, Layer::Package], false),
        (&[Layer::Agent, Layer::ImsConfiguration, Layer::Service, Layer::Package, Layer::Tenant], false),
    ];
    let mut grouped = map.clone();
    for (layers, by_package) in steps {
        grouped = join(map, layers, by_package);
        if grouped.nodes.len() <= most {
            break;
        }
    }
    grouped
}

/// The map in which the nodes of these layers are drawn by groups.
fn join(map: &IntegrationMap, layers: &[Layer], by_package: bool) -> IntegrationMap {
    let mut groups: BTreeMap<Group<'_>, usize> = BTreeMap::new();
    let mut nodes: Vec<Node> = Vec::new();
    let mut moved = Vec::with_capacity(map.nodes.len());
    for node in &map.nodes {
        if !layers.contains(&node.layer) {
            moved.push(nodes.len());
            nodes.push(node.clone());
            continue;
        }
        let package = if by_package { node.package.as_str() } else { "" };
        let group = (node.layer, node.kind, node.state.map_or(0, |state| state as u8 + 1), package);
        let at = *groups.entry(group).or_insert(nodes.len());
        match nodes.get_mut(at) {
            Some(known) => {
                known.count += node.count;
                if known.detail != node.detail {
                    known.detail.clear();
                }
                if known.package != node.package {
                    known.package.clear();
                }
            }
            None => nodes.push(node.clone()),
        }
        moved.push(at);
    }
    let at = |index: &usize| moved.get(*index).copied();
    let edges: BTreeSet<(usize, usize)> =
        map.edges.iter().filter_map(|(from, to)| Some((at(from)?, at(to)?))).collect();
    IntegrationMap { nodes, edges: edges.into_iter().collect(), other_packages: map.other_packages }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrations::State;

    fn map(packages: usize, agents: usize) -> IntegrationMap {
        let node = |layer, name: String, package: usize, state| Node {
            layer,
            kind: "thing",
            name,
            package: format!("p{package}"),
            state: Some(state),
            ..Node::blank()
        };
        let mut map = IntegrationMap::default();
        for package in 0..packages {
            map.nodes.push(node(Layer::Package, format!("p{package}"), package, State::Ok));
        }
        for package in 0..packages {
            for agent in 0..agents {
                let state = if agent == 0 { State::Broken } else { State::Ok };
                map.edges.push((package, map.nodes.len()));
                map.nodes.push(node(Layer::Agent, format!("a{agent}"), package, state));
            }
        }
        map
    }

    fn things(map: &IntegrationMap) -> usize {
        map.nodes.iter().map(|node| node.count).sum()
    }

    #[test]
    fn a_small_map_stays_as_it_is() {
        let small = map(3, 4);
        assert_eq!(group(&small, 15), small);
    }

    #[test]
    fn agents_are_joined_before_packages_and_states_stay_apart() {
        let grouped = group(&map(3, 20), 60);
        assert_eq!(grouped.nodes.len(), 9);
        assert_eq!(grouped.edges.len(), 6);
        assert_eq!(things(&grouped), 63);
        let counts: Vec<usize> = grouped.nodes.iter().map(|node| node.count).collect();
        assert_eq!(counts, [1, 1, 1, 1, 19, 1, 19, 1, 19]);
    }

    #[test]
    fn however_many_there_are_the_picture_is_small_and_counts_all() {
        let big = map(300, 3);
        let grouped = group(&big, 60);
        assert!(grouped.nodes.len() <= 60, "{}", grouped.nodes.len());
        assert_eq!(things(&grouped), things(&big));
        assert!(grouped.edges.iter().all(|&(from, to)| from < to && to < grouped.nodes.len()));
    }
}
