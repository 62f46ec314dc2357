//! Accepts findings: plans ignore comments in source files, and `[[ignore]]` entries where no comment can stand.

use super::plan::PlannedFile;
use crate::edits::Edited;
use crate::ignore_comments::{Insertion, Syntax, insertion};
use crate::rules::Finding;
use crate::secret::mask_shapes;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use zip_audit::Place;

/// The reason of ignores for which none is given.
pub(crate) const PLACEHOLDER: &str = "TODO: say why this is accepted";

/// Source files with comments put into them, and how many comments that are.
#[derive(Debug, Default)]
pub(crate) struct CommentPlan {
    /// The files.
    pub(crate) files: Vec<PlannedFile>,
    /// The number of comments in them.
    pub(crate) comments: usize,
}

/// Plans a comment for each of the findings that one can be about. `read` gives the content of a file of a tree.
pub(crate) fn plan_comments<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
    reason: &str,
    read: impl Fn(&Place) -> Option<Vec<u8>>,
) -> CommentPlan {
    let mut by_file: BTreeMap<&Place, Vec<&Finding>> = BTreeMap::new();
    for finding in findings.into_iter().filter(|finding| finding.location.place.inside.is_empty()) {
        by_file.entry(&finding.location.place).or_default().push(finding);
    }
    let mut plan = CommentPlan::default();
    for (place, findings) in by_file {
        let Some(syntax) = Syntax::of(&place.file) else { continue };
        let Some(original) = read(place) else { continue };
        let Some((edited, comments)) = with_comments(&original, syntax, &findings, reason) else { continue };
        plan.comments += comments;
        plan.files.push(PlannedFile { place: place.clone(), original, edited: Edited::Content(edited) });
    }
    plan
}

/// The content with comments put in, and their number; `None` if none can be.
fn with_comments(bytes: &[u8], syntax: Syntax, findings: &[&Finding], reason: &str) -> Option<(Vec<u8>, usize)> {
    let text = text_as_read(bytes, syntax)?;
    let mut insertions: BTreeMap<Insertion, BTreeSet<&str>> = BTreeMap::new();
    for finding in findings {
        if let Some(insertion) = insertion(text, syntax, finding.location.mark.span) {
            insertions.entry(insertion).or_default().insert(&finding.rule);
        }
    }
    let comments = insertions.len();
    let mut edited = text.to_owned();
    // From the last to the first, so that those before keep their places.
    for (insertion, rules) in insertions.into_iter().rev() {
        let rules = rules.into_iter().collect::<Vec<_>>().join(", ");
        edited.insert_str(insertion.offset, &insertion.text(text, syntax, &rules, reason));
    }
    (comments > 0).then(|| (edited.into_bytes(), comments))
}

/// The text of a file, if its readers see the very bytes: else the places of findings are not places in the file.
fn text_as_read(bytes: &[u8], syntax: Syntax) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let read: Cow<'_, str> = match syntax {
        Syntax::Properties => osgi_config::properties::decode(bytes).into(),
        Syntax::Xml => jcr_filevault::decode_xml(bytes).text,
        Syntax::FelixConfig | Syntax::Json => Cow::Borrowed(text),
    };
    (read == text).then_some(text)
}

/// The configuration with an `[[ignore]]` entry for each of the findings added at its end.
pub(crate) fn with_entries<'f>(
    configuration: &str,
    findings: impl IntoIterator<Item = &'f Finding>,
    reason: &str,
) -> String {
    let line_end = if configuration.contains("\r\n") { "\r\n" } else { "\n" };
    let mut entries = BTreeSet::new();
    for finding in findings {
        let mut entry = format!("[[ignore]]\nrule = {}\n", quoted(&finding.rule));
        let path = finding.location.place.to_string();
        // The file stays in a repository: a name like a token must not. What is no glob cannot be written as a path.
        if mask_shapes(&path) == path && globset::Glob::new(&path).is_ok() {
            entry += &format!("path = {}\n", quoted(&path));
        }
        entry += &format!("fingerprint = {}\nreason = {}\n", quoted(&finding.fingerprint), quoted(reason));
        entries.insert(entry.replace('\n', line_end));
    }
    let mut text = configuration.to_owned();
    for entry in entries {
        if !text.is_empty() {
            let is_ended = text.ends_with('\n');
            text += if is_ended {
                line_end
            } else if line_end == "\n" {
                "\n\n"
            } else {
                "\r\n\r\n"
            };
        }
        text += &entry;
    }
    text
}

/// A string of TOML: that of JSON, but for one character.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Whereabouts;
    use text_spans::{SourceRange, Span};

    /// A finding at the place of `at`; of the whole file if that is empty.
    fn finding(rule: &str, place: Place, text: &str, at: &str) -> Finding {
        let start = text.find(at).unwrap_or_default();
        let mark = SourceRange { span: Span::new(start, start + at.len()), ..SourceRange::FILE };
        Finding::sample(rule, Whereabouts { place, mark, node: None, excerpts: Default::default() })
    }

    #[test]
    fn findings_at_one_place_get_one_comment() {
        let text = "{\r\n  \"a\": 1,\r\n  \"b\": 2\r\n}\r\n";
        let place = || Place::on_disk("jcr_root/x.cfg.json");
        let findings = [
            finding("r", place(), text, "\"b\""),
            finding("s", place(), text, "\"b\""),
            finding("t", place(), text, ""),
        ];
        let plan = plan_comments(&findings, "known", |_| Some(text.into()));
        assert_eq!((plan.comments, plan.files.len()), (2, 1));
        let expected =
            "// aemlint-ignore t: known\r\n{\r\n  \"a\": 1,\r\n  // aemlint-ignore r, s: known\r\n  \"b\": 2\r\n}\r\n";
        assert_eq!(plan.files[0].edited, Edited::Content(expected.into()));
    }

    #[test]
    fn only_files_of_trees_whose_bytes_are_known_get_comments() {
        let xml = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a b=\"\u{e9}\"/>";
        for (name, bytes) in
            [("a.zip", xml.as_bytes()), ("a.json", b"{}"), ("a.xml", xml.as_bytes()), ("a.config", b"a=\"\xff\"")]
        {
            let finding = finding("r", Place::on_disk(name), "", "");
            assert_eq!(plan_comments(&[finding], "known", |_| Some(bytes.into())).comments, 0, "{name}");
        }
        let inside = finding("r", Place::on_disk("a.zip").entry("a.config"), "", "");
        assert_eq!(plan_comments(&[inside], "known", |_| Some(b"a=\"1\"".into())).comments, 0);
    }

    #[test]
    fn entries_are_put_at_the_end_of_a_configuration() {
        let named = |name: &str| finding("r", Place::on_disk("a.zip").entry(name), "", "");
        let findings = [named("x/\"b\".config"), named("[x"), named("x/\"b\".config")];
        let text = with_entries("fail-on = \"error\"\r\n", &findings, "known");
        let config = crate::policy::Config::parse(std::path::Path::new("aemlint.toml"), &text).unwrap();
        assert_eq!(config.ignores.len(), 2, "{text}");
        assert_eq!(config.ignores.iter().filter(|ignore| ignore.paths == ["a.zip!/x/\"b\".config"]).count(), 1);
        assert!(config.ignores.iter().all(|ignore| ignore.fingerprint.is_some() && ignore.reason == "known"));
        assert!(!text.replace("\r\n", "").contains('\n'), "{text:?}");
        assert!(with_entries("", &findings, "known").starts_with("[[ignore]]\n"));
    }
}
