//! Draws the map as SVG with presentation attributes alone, so that it needs no style sheet and fits light and dark.

use super::layout::{self, Graph, Layout};
use super::markup::Markup;
use super::nodes;
use super::states;
use crate::escape;
use crate::integrations::State;
use crate::integrations::map::{IntegrationMap, Node};

/// Units of the drawing, which are CSS pixels where it is shown at its full width.
const NODE_WIDTH: i64 = 188;
const COLUMN_GAP: i64 = 58;
const MARGIN: i64 = 8;
/// The strip at the left of a node that shows the colour of its state.
const STRIP: i64 = 6;
const PADDING: i64 = 9;
const NAME_LINE: i64 = 17;
const SMALL_LINE: i64 = 15;
/// Characters of a fixed width that fit into a line of a node.
const NAME_CELLS: usize = 21;
const SMALL_CELLS: usize = 25;
/// Lines that a name may take.
const MAX_NAME_LINES: usize = 2;

/// Writes the drawing.
pub(super) fn draw(out: &mut Markup, map: &IntegrationMap, description: &str) {
    let labels: Vec<Label> = map.nodes.iter().map(Label::of).collect();
    let heights: Vec<i64> = labels.iter().map(Label::height).collect();
    let layers: Vec<usize> = map.nodes.iter().map(|node| node.layer as usize).collect();
    let layout = layout::place(&Graph { layers: &layers, heights: &heights, edges: &map.edges });
    let columns = i64::try_from(layout.columns).unwrap_or_default();
    let width = columns * (NODE_WIDTH + COLUMN_GAP) - COLUMN_GAP + 2 * MARGIN;
    let view_box = format!("0 0 {width} {}", layout.height + 2 * MARGIN);
    let attributes = [
        ("xmlns", "http://www.w3.org/2000/svg"),
        ("role", "img"),
        ("aria-labelledby", "map-title map-description"),
        ("viewBox", view_box.as_str()),
        ("width", "100%"),
        ("font-family", "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"),
        ("fill", "currentColor"),
    ];
    out.block("svg", &attributes, |out| {
        out.line("title", &[("id", "map-title")], "Map of the integrations");
        out.line("desc", &[("id", "map-description")], description);
        edges(out, &layout);
        for ((node, label), ((column, middle), height)) in
            map.nodes.iter().zip(&labels).zip(layout.nodes.iter().zip(&heights))
        {
            label.draw(out, node, (x(*column), MARGIN + middle - height / 2), *height);
        }
    });
}

/// The left side of a column.
fn x(column: usize) -> i64 {
    MARGIN + i64::try_from(column).unwrap_or_default() * (NODE_WIDTH + COLUMN_GAP)
}

/// All edges, as curves between columns and straight lines through them, with an arrow at their ends.
fn edges(out: &mut Markup, layout: &Layout) {
    let attributes = [("fill", "none"), ("stroke", "currentColor"), ("stroke-opacity", "0.6"), ("stroke-width", "1.3")];
    out.block("g", &attributes, |out| {
        for route in &layout.routes {
            let mut path = String::new();
            for pair in route.windows(2) {
                let &[(from, from_y), (to, to_y)] = pair else { continue };
                let (start, end) = (x(from) + NODE_WIDTH, x(to));
                let (from_y, to_y) = (from_y + MARGIN, to_y + MARGIN);
                let bend = COLUMN_GAP / 2;
                path += &if path.is_empty() { format!("M{start} {from_y}") } else { format!("H{start}") };
                path += &format!("C{} {from_y} {} {to_y} {end} {to_y}", start + bend, end - bend);
            }
            path += "m-6 -4l6 4l-6 4";
            out.void("path", &[("d", &path)]);
            out.literal("\n");
        }
    });
}

/// The text of a node.
struct Label {
    kind: String,
    name: Vec<String>,
    state: String,
}

impl Label {
    fn of(node: &Node) -> Self {
        let name = if node.count > 1 { String::new() } else { node.name.clone() };
        let state = node.state.map(states::in_words);
        let detail = Some(node.detail.clone()).filter(|detail| !detail.is_empty());
        let state: Vec<String> = state.into_iter().chain(detail).collect();
        Self {
            kind: lines(&nodes::kind(node), SMALL_CELLS, 1).concat(),
            name: lines(&name, NAME_CELLS, MAX_NAME_LINES),
            state: lines(&state.join(" · "), SMALL_CELLS, 1).concat(),
        }
    }

    fn height(&self) -> i64 {
        let names = i64::try_from(self.name.len()).unwrap_or_default();
        2 * PADDING + SMALL_LINE + names * NAME_LINE + if self.state.is_empty() { 0 } else { SMALL_LINE }
    }

    fn draw(&self, out: &mut Markup, node: &Node, (x, y): (i64, i64), height: i64) {
        let number = |number: i64| number.to_string();
        let (x_text, y_text, height_text) = (number(x), number(y), number(height));
        let at = [("x", x_text.as_str()), ("y", y_text.as_str()), ("height", height_text.as_str())];
        let strong = node.state == Some(State::Broken);
        let dashes = if node.state == Some(State::NotInstalled) { "4 3" } else { "none" };
        let width = number(NODE_WIDTH);
        let frame = [
            ("width", width.as_str()),
            ("rx", "4"),
            ("fill", "none"),
            ("stroke", "currentColor"),
            ("stroke-width", if strong { "2.5" } else { "1" }),
            ("stroke-dasharray", dashes),
        ];
        let strip = number(STRIP);
        out.element("g", &[], |out| {
            let frame: Vec<(&'static str, &str)> = at.iter().chain(&frame).copied().collect();
            out.void("rect", &frame);
            if let Some(state) = node.state {
                let fill = [("width", strip.as_str()), ("fill", color(state))];
                let strip: Vec<(&'static str, &str)> = at.iter().chain(&fill).copied().collect();
                out.void("rect", &strip);
            }
            let left = number(x + STRIP + PADDING);
            let mut baseline = y + PADDING + SMALL_LINE - 4;
            let mut line = |out: &mut Markup, text: &str, size: &str, advance: i64| {
                let place = [("x", left.as_str()), ("y", &number(baseline)), ("font-size", size)];
                out.leaf("text", &place, text);
                baseline += advance;
            };
            line(out, &self.kind, "11", NAME_LINE);
            for name in &self.name {
                line(out, name, "13", NAME_LINE);
            }
            if !self.state.is_empty() {
                line(out, &self.state, "11", SMALL_LINE);
            }
        });
        out.literal("\n");
    }
}

/// Colours that are seen on white and on black; the sign and the word say the same.
fn color(state: State) -> &'static str {
    match state {
        State::Broken => "#d93a34",
        State::Legacy => "#b8740a",
        State::Ok => "#2f8f46",
        State::Unknown | State::NotInstalled => "#7d838b",
    }
}

/// A text in lines of at most so many cells, broken behind what separates words if there is such a place; what does not fit
/// is left out of its middle.
fn lines(text: &str, cells: usize, most: usize) -> Vec<String> {
    let text = escape::terminal_name(text);
    let mut room = cells * most;
    loop {
        let lines = broken(&escape::clip(&text, room), cells);
        // Wide characters and early breaks take more than was left.
        if lines.len() <= most || room < cells / 2 {
            return lines.into_iter().take(most).collect();
        }
        room -= 1;
    }
}

/// Cells of a fixed width that a character takes: two for what is written in squares.
fn width_of(c: char) -> usize {
    if c >= '\u{1100}' && c != '…' && c != '·' { 2 } else { 1 }
}

fn broken(text: &str, cells: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let mut used = 0;
        let mut fits = rest.len();
        let mut separator = None;
        for (at, c) in rest.char_indices() {
            used += width_of(c);
            if used > cells {
                fits = at;
                break;
            }
            if matches!(c, ' ' | '/' | '-' | '.' | ':' | '_') {
                separator = Some(at + c.len_utf8());
            }
        }
        // A separator early in the line would leave it nearly empty.
        let end = if fits == rest.len() { fits } else { separator.filter(|at| at * 2 > fits).unwrap_or(fits) };
        let (line, after) = rest.split_at(end.max(rest.chars().next().map_or(1, char::len_utf8)));
        lines.push(line.trim_end().to_owned());
        rest = after.trim_start();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_broken_where_words_end_and_keep_both_ends() {
        assert_eq!(lines("Smart Tags", 21, 2), ["Smart Tags"]);
        assert_eq!(lines("com.acme.integration.smart-tags", 21, 2), ["com.acme.integration.", "smart-tags"]);
        let long = lines(&format!("begin{}end", "x".repeat(300)), 21, 2);
        assert_eq!(long.len(), 2);
        assert!(long[0].starts_with("begin") && long[1].ends_with("end") && long.concat().contains('…'), "{long:?}");
        assert!(lines("", 21, 2).is_empty());
    }

    #[test]
    fn wide_and_hostile_characters_stay_in_the_box() {
        for text in ["漢字".repeat(40), "\u{202e}<b>".repeat(40), "/".repeat(500), "W".repeat(43)] {
            let lines = lines(&text, 21, 2);
            assert!(lines.len() <= 2);
            for line in lines {
                assert!(line.chars().map(width_of).sum::<usize>() <= 21, "{line}");
                assert!(!line.contains('\u{202e}'));
            }
        }
    }
}
