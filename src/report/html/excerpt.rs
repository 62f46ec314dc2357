//! The lines of a file around what a finding is about, numbered, with the property marked.

use super::markup::Markup;
use crate::escape;
use crate::report::phrases;
use crate::rules::Finding;

/// About what the markup of a line takes beside its text.
const LINE_BYTES: usize = 36;
/// About what the markup of all takes.
const BLOCK_BYTES: usize = 32;

/// About how many bytes the lines take.
pub(super) fn bytes(finding: &Finding) -> usize {
    let location = &finding.location;
    if phrases::is_whole_file(location) {
        return 0;
    }
    location
        .excerpts
        .around(location.mark)
        .map_or(0, |excerpt| BLOCK_BYTES + excerpt.text.len() * 9 / 8 + excerpt.text.split('\n').count() * LINE_BYTES)
}

/// Writes the lines, if there are any.
pub(super) fn write(out: &mut Markup, finding: &Finding) {
    let location = &finding.location;
    let excerpt = if phrases::is_whole_file(location) { None } else { location.excerpts.around(location.mark) };
    let Some(excerpt) = excerpt else { return };
    let (text, label) = escape::terminal_lines(&excerpt.text, excerpt.label);
    out.element("pre", &[("wrap", "")], |out| {
        let mut at = 0;
        for (number, line) in (excerpt.first_line..).zip(text.split('\n')) {
            let end = at + line.len();
            let (from, to) = (label.start.clamp(at, end), label.end.clamp(at, end));
            out.leaf("span", &[("class", "n")], &format!("{number:>4} "));
            let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
            out.text_lines(part(at..from));
            if from < to {
                out.element("mark", &[], |out| out.text_lines(part(from..to)));
            }
            out.text_lines(part(to..end));
            out.literal("\n");
            at = end + 1;
        }
    });
    out.literal("\n");
}
