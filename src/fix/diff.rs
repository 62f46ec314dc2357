//! Unified diffs, as `git apply` takes them, in which no secret is shown.

use crate::escape;
use crate::secret::{self, MASK, State, masks};
use osgi_config::{Item, Scalar};
use similar::{Algorithm, ChangeTag, DiffOp, capture_diff_slices};
use std::borrow::Cow;
use std::fmt::Write as _;
use text_spans::Span;

/// Lines shown around a change.
const CONTEXT: usize = 3;

/// The diff of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileDiff {
    /// The hunks, each with its `@@` line.
    pub(crate) hunks: String,
    /// Whether a changed line holds a secret, so that it is masked and the diff cannot be applied.
    pub(crate) is_masked: bool,
}

/// One line of a diff.
struct Line<'t> {
    tag: ChangeTag,
    text: &'t str,
    /// The text with its secrets masked, if it holds any.
    masked: Option<String>,
    /// The numbers of the line in the old and in the new text, from 0; of one that is in one of them only, where it would be.
    old: usize,
    new: usize,
}

/// The diff from `old` to `new`, the content of the file `name`.
pub(crate) fn diff(name: &str, old: &[u8], new: &[u8]) -> FileDiff {
    let (old, new) = (Text::of(name, old), Text::of(name, new));
    let (old_masks, new_masks) = (masks_of(name, &old), masks_of(name, &new));
    let (old_texts, new_texts) = (old.lines(), new.lines());
    let (old_lines, new_lines) = (with_starts(&old_texts), with_starts(&new_texts));
    let ops = capture_diff_slices(Algorithm::Myers, &old_texts, &new_texts);
    let mut all = Vec::new();
    for op in &ops {
        let (old_range, new_range) = (op.old_range(), op.new_range());
        let is_equal = matches!(op, DiffOp::Equal { .. });
        let tag = if is_equal { ChangeTag::Equal } else { ChangeTag::Delete };
        for (offset, &(start, text)) in old_lines.get(old_range.clone()).unwrap_or_default().iter().enumerate() {
            let new = new_range.start + if is_equal { offset } else { 0 };
            all.push(Line { tag, text, masked: masked(text, start, &old_masks), old: old_range.start + offset, new });
        }
        let inserted = if is_equal { None } else { new_lines.get(new_range.clone()) };
        for (offset, &(start, text)) in inserted.unwrap_or_default().iter().enumerate() {
            let (tag, masked) = (ChangeTag::Insert, masked(text, start, &new_masks));
            all.push(Line { tag, text, masked, old: old_range.end, new: new_range.start + offset });
        }
    }
    hunks(&all)
}

/// The text of a file, whatever it is encoded in.
#[derive(Clone, Debug)]
pub(super) struct Text<'b>(Cow<'b, str>);

impl<'b> Text<'b> {
    /// The text of the file `name` with the content `bytes`.
    pub(super) fn of(name: &str, bytes: &'b [u8]) -> Self {
        Self(match osgi_config::format_of(name) {
            Some(osgi_config::FileFormat::Cfg | osgi_config::FileFormat::Properties) => {
                osgi_config::properties::decode(bytes).into()
            }
            Some(_) => text_spans::utf_8(bytes),
            None => jcr_filevault::decode_xml(bytes).text,
        })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Its lines, each with its line end.
    pub(super) fn lines(&self) -> Vec<&str> {
        self.0.split_inclusive('\n').collect()
    }
}

/// Each line, and where it starts.
fn with_starts<'t>(lines: &[&'t str]) -> Vec<(usize, &'t str)> {
    let mut start = 0;
    let with_start = |line: &&'t str| {
        let here = (start, *line);
        start += line.len();
        here
    };
    lines.iter().map(with_start).collect()
}

/// What is hidden of the text of the file `name`.
pub(super) fn masks_of(name: &str, text: &Text<'_>) -> Vec<Span> {
    masks(text.as_str(), &secrets(name, text.as_str()))
}

/// The values of properties that are named like a secret, as the reader of the format finds them. Placeholders are none.
fn secrets(name: &str, text: &str) -> Vec<Span> {
    if osgi_config::format_of(name).is_some() {
        let read = osgi_config::read_file(name, text.as_bytes(), osgi_config::Target::Cloud);
        let configuration = read.map(|(_, _, configuration)| configuration).unwrap_or_default();
        let all = configuration.properties.iter().chain(&configuration.lost);
        let named = all.filter(|property| secret::is_secret_name(&property.key));
        let is_secret = |item: &&Item<'_>| !matches!(&item.scalar, Scalar::Text(text) if is_shown(text));
        return named
            .flat_map(|property| property.value.items.iter().filter(is_secret).map(|item| item.span))
            .collect();
    }
    let view = jcr_filevault::docview::read(text, "/");
    let properties = view.nodes.iter().flat_map(|node| &node.properties);
    let named = properties.filter(|property| secret::is_secret_name(&property.name));
    named.filter(|property| !property.values.iter().all(|value| is_shown(value))).map(|p| p.value_span).collect()
}

/// Whether a value is shown wherever it stands.
fn is_shown(value: &str) -> bool {
    matches!(secret::state(value), State::Blank | State::Placeholder)
}

/// The line with its secrets masked; `None` if it holds none.
fn masked(line: &str, start: usize, masks: &[Span]) -> Option<String> {
    let end = start + line.len();
    let first = masks.partition_point(|mask| mask.end as usize <= start);
    let own = masks.get(first..).unwrap_or_default().iter().take_while(|mask| (mask.start as usize) < end);
    let mut out = String::new();
    let mut from = 0;
    let mut found = false;
    for mask in own {
        let (begin, stop) = ((mask.start as usize).max(start) - start, (mask.end as usize).min(end) - start);
        // The line end is no secret.
        let stop = stop.min(line.trim_end_matches(['\n', '\r']).len()).max(begin);
        found |= stop > begin;
        out.push_str(line.get(from..begin).unwrap_or_default());
        out.push_str(if stop > begin { MASK } else { "" });
        from = stop;
    }
    out.push_str(line.get(from..).unwrap_or_default());
    found.then_some(out)
}

/// The hunks of a diff. No line around a change holds a secret: there is less around it then.
fn hunks(all: &[Line<'_>]) -> FileDiff {
    let mut shown = vec![false; all.len()];
    let mut diff = FileDiff::default();
    let is_context = |line: &Line<'_>| line.tag == ChangeTag::Equal && line.masked.is_none();
    for (at, line) in all.iter().enumerate().filter(|(_, line)| line.tag != ChangeTag::Equal) {
        diff.is_masked |= line.masked.is_some();
        shown[at] = true;
        for near in (at.saturating_sub(CONTEXT)..at).rev().take_while(|&near| is_context(&all[near])) {
            shown[near] = true;
        }
        let after = (at + 1..all.len().min(at + 1 + CONTEXT)).take_while(|&near| is_context(&all[near]));
        after.for_each(|near| shown[near] = true);
        // A hunk that ends with a change is taken for the end of the file.
        let next = all.get(at + 1);
        diff.is_masked |= next.is_some_and(|next| next.tag == ChangeTag::Equal && next.masked.is_some());
    }
    let mut at = 0;
    while at < all.len() {
        if !shown[at] {
            at += 1;
            continue;
        }
        let length = shown[at..].iter().take_while(|shown| **shown).count();
        hunk(&all[at..at + length], &mut diff.hunks);
        at += length;
    }
    diff
}

fn hunk(lines: &[Line<'_>], out: &mut String) {
    let count = |without: ChangeTag| lines.iter().filter(|line| line.tag != without).count();
    let (old, new) = (count(ChangeTag::Insert), count(ChangeTag::Delete));
    let first = lines.first().map_or((0, 0), |line| (line.old, line.new));
    // An empty range is named by the line before it.
    let range = |start: usize, count: usize| match count {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        _ => format!("{},{count}", start + 1),
    };
    let _ = writeln!(out, "@@ -{} +{} @@", range(first.0, old), range(first.1, new));
    for line in lines {
        out.push(match line.tag {
            ChangeTag::Equal => ' ',
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        });
        let text = line.masked.as_deref().unwrap_or(line.text);
        out.push_str(text);
        if !text.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// The lines before the hunks: which file it is. `moved` is its new path, if it is renamed.
pub(crate) fn header(path: &str, moved: Option<&str>, is_gone: bool, has_hunks: bool) -> String {
    let path = escape::terminal(path);
    let new = moved.map(escape::terminal);
    let to = new.as_deref().unwrap_or(&path);
    let mut out = format!("diff --git a/{path} b/{to}\n");
    if let Some(new) = &new {
        let _ = write!(
            out,
            "similarity index {}%\nrename from {path}\nrename to {new}\n",
            if has_hunks { 90 } else { 100 }
        );
    }
    if is_gone {
        out.push_str("deleted file mode 100644\n");
    }
    if has_hunks {
        let target = if is_gone { "/dev/null".to_owned() } else { format!("b/{to}") };
        let _ = write!(out, "--- a/{path}\n+++ {target}\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(name: &str, old: &str, new: &str) -> FileDiff {
        diff(name, old.as_bytes(), new.as_bytes())
    }

    #[test]
    fn a_hunk_has_the_lines_around_a_change() {
        let old = "a=\"1\"\nb=\"2\"\nc=\"3\"\nd=\"4\"\ne=\"5\"\r\n";
        let new = old.replace("e=\"5\"", "e=\"6\"");
        let found = changed("x.config", old, &new);
        assert_eq!(found.hunks, "@@ -2,4 +2,4 @@\n b=\"2\"\n c=\"3\"\n d=\"4\"\n-e=\"5\"\r\n+e=\"6\"\r\n");
        assert!(!found.is_masked);
        let found = changed("x.config", "a=\"1\"", "a=\"1\"\nb=\"2\"");
        let expected =
            "@@ -1 +1,2 @@\n-a=\"1\"\n\\ No newline at end of file\n+a=\"1\"\n+b=\"2\"\n\\ No newline at end of file\n";
        assert_eq!(found.hunks, expected);
    }

    #[test]
    fn no_secret_is_shown() {
        let old = "client.secret=\"hunter2-hunter2\"\na=\"1\"\nb=\"2\"\n";
        let found = changed("x.config", old, &old.replace("b=\"2\"", "b=\"3\""));
        assert_eq!(found.hunks, "@@ -2,2 +2,2 @@\n a=\"1\"\n-b=\"2\"\n+b=\"3\"\n");
        let found = changed("x.config", old, &old.replace("hunter2-hunter2", "$[secret:NAME]"));
        assert!(found.is_masked && !found.hunks.contains("hunter2"), "{}", found.hunks);
        assert!(found.hunks.contains("$[secret:NAME]"), "{}", found.hunks);
        // The secret follows the change directly, so that the hunk cannot end where it must.
        let old = "b=\"2\"\nclient.secret=\"hunter2-hunter2\"\n";
        let found = changed("x.config", old, &old.replace("b=\"2\"", "b=\"3\""));
        assert!(found.is_masked && !found.hunks.contains("secret"), "{}", found.hunks);
    }

    #[test]
    fn a_renamed_and_a_deleted_file_have_headers_of_their_own() {
        assert_eq!(
            header("a/x.config", Some("a/y.config"), false, false),
            "diff --git a/a/x.config b/a/y.config\nsimilarity index 100%\nrename from a/x.config\nrename to a/y.config\n"
        );
        assert!(header("x", None, true, true).ends_with("deleted file mode 100644\n--- a/x\n+++ /dev/null\n"));
    }
}
