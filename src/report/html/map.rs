//! The map of the integrations: a drawing, and the same as a table.

use super::drawing;
use super::markup::Markup;
use super::nodes::{kind, name, title};
use super::states;
use super::table;
use crate::escape;
use crate::integrations::map::{IntegrationMap, Layer, group};
use crate::report::model::Report;
use crate::report::phrases::count;
use std::collections::{BTreeMap, BTreeSet};

/// More nodes than this are drawn as groups.
const MAX_NODES: usize = 60;

pub(super) fn write(out: &mut Markup, report: &Report) {
    let whole = &report.audit.map;
    let map = group(whole, MAX_NODES);
    if !map.nodes.is_empty() {
        out.line(
            "p",
            &[],
            "From left to right: what brings it, what gets the tokens, what uses them, and where it sends.",
        );
        if map.nodes.len() < whole.nodes.len() {
            let text = format!(
                "There are {} things to show, more than a drawing holds: alike ones in one state are drawn as one.",
                whole.nodes.len()
            );
            out.line("p", &[], &text);
        }
        if map.other_packages > 0 {
            let packages = count(map.other_packages as u64, "package", "packages");
            out.line("p", &[], &format!("The map leaves out {packages} without an integration."));
        }
        let columns: BTreeSet<Layer> = map.nodes.iter().map(|node| node.layer).collect();
        let class = format!("map columns-{}", columns.len());
        let attributes =
            [("class", class.as_str()), ("role", "region"), ("aria-label", "Drawing of the map"), ("tabindex", "0")];
        out.block("div", &attributes, |out| drawing::draw(out, &map, &describe(&map)));
    }
    as_table(out, &map);
}

/// The drawing in a sentence.
fn describe(map: &IntegrationMap) -> String {
    let mut numbers: BTreeMap<Layer, usize> = BTreeMap::new();
    map.nodes.iter().for_each(|node| *numbers.entry(node.layer).or_default() += node.count);
    let words = |layer| match layer {
        Layer::Package => ("package or folder", "packages and folders"),
        Layer::ImsConfiguration => ("IMS configuration", "IMS configurations"),
        Layer::Service => ("service", "services"),
        Layer::Tenant => ("tenant", "tenants"),
        Layer::Agent => ("replication agent", "replication agents"),
    };
    let parts = numbers.into_iter().map(|(layer, number)| count(number as u64, words(layer).0, words(layer).1));
    let parts: Vec<String> = parts.collect();
    format!("{}, and how they lead to each other; the table after the drawing says the same.", parts.join(", "))
}

/// The map as a table: a row for each node, with the nodes that it leads to.
fn as_table(out: &mut Markup, map: &IntegrationMap) {
    let columns = [("Name", false), ("What it is", false), ("State", false), ("Package", false), ("Leads to", false)];
    table::wide(out, "The map as a table", &columns, |out| {
        if map.nodes.is_empty() {
            table::row(out, |out| out.leaf("td", &[("colspan", "5")], "No integration was found."));
        }
        for (index, node) in map.nodes.iter().enumerate() {
            table::row(out, |out| {
                table::head(out, |out| out.text(&name(node)));
                let detail = Some(&node.detail).filter(|detail| !detail.is_empty());
                let detail = detail.map(|detail| format!(" ({detail})")).unwrap_or_default();
                table::text(out, &format!("{}{detail}", kind(node)));
                states::cell(out, node.state);
                table::text(out, &escape::clip(&node.package, escape::MAX_NAME_CHARS));
                let targets = map.edges.iter().filter(|edge| edge.0 == index);
                let targets: Vec<String> = targets.filter_map(|edge| map.nodes.get(edge.1)).map(title).collect();
                table::text(out, &targets.join(", "));
            });
        }
    });
}
