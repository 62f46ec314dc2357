//! The rules as SARIF descriptors.

use crate::report::{RuleInfo, phrases};
use crate::rules::Severity;
use serde_sarif::sarif::{MultiformatMessageString, PropertyBag, ReportingConfiguration, ReportingDescriptor};
use std::collections::BTreeMap;

/// Code scanning takes at most 1,024 characters of a description and 20 tags.
const MAX_DESCRIPTION_CHARS: usize = 1_024;
const MAX_TAGS: usize = 20;

/// All rules that ran, by id.
pub(super) struct Rules<'r> {
    known: BTreeMap<&'r str, Option<&'r RuleInfo>>,
}

impl<'r> Rules<'r> {
    /// The given rules, and what can be said of those that only findings name: `named`.
    pub(super) fn new(rules: &'r [RuleInfo], named: impl Iterator<Item = &'r str>) -> Self {
        let mut known: BTreeMap<&str, Option<&RuleInfo>> = named.map(|id| (id, None)).collect();
        known.extend(rules.iter().map(|rule| (rule.id.as_str(), Some(rule))));
        Self { known }
    }

    /// The index of a rule in [`descriptors`](Self::descriptors).
    pub(super) fn index(&self, id: &str) -> Option<i64> {
        self.known.keys().position(|&known| known == id).and_then(|at| i64::try_from(at).ok())
    }

    /// The descriptors, sorted by id.
    pub(super) fn descriptors(&self) -> Vec<ReportingDescriptor> {
        self.known.iter().map(|(id, rule)| rule.map_or_else(|| unknown(id), descriptor)).collect()
    }
}

fn descriptor(rule: &RuleInfo) -> ReportingDescriptor {
    let title = phrases::sentence(&rule.title);
    let why = section(&rule.help, "## Why it matters").unwrap_or_else(|| title.clone());
    let mut markdown = rule.help.trim().to_owned();
    if !rule.references.is_empty() {
        markdown += "\n\n## References\n";
        for reference in &rule.references {
            markdown += &format!("\n- <{reference}>");
        }
    }
    let since = if rule.since.is_empty() { String::new() } else { format!(" Since aemlint {}.", rule.since) };
    markdown += &format!("\n\nRun `aemlint explain {}` for examples.{since}\n", rule.id);
    let mut text = plain(&rule.help);
    if text.trim().is_empty() {
        text.clone_from(&title);
    }
    let mut properties = BTreeMap::new();
    properties.insert("precision".to_owned(), rule.confidence.name().into());
    match rule.security_severity {
        Some(severity) => properties.insert("security-severity".to_owned(), format!("{severity:.1}").into()),
        None => properties.insert("problem.severity".to_owned(), problem(rule.level).into()),
    };
    let mut tags: Vec<String> = rule.security_severity.map(|_| "security".to_owned()).into_iter().collect();
    tags.extend(std::iter::once(&rule.family).chain(&rule.tags).cloned());
    let mut seen = std::collections::HashSet::new();
    tags.retain(|tag| seen.insert(tag.clone()));
    tags.truncate(MAX_TAGS);
    let mut descriptor = ReportingDescriptor::builder()
        .id(&rule.id)
        .name(pascal_case(&rule.id))
        .short_description(&limited(&title))
        .full_description(&limited(&phrases::sentence(&why)))
        .help(MultiformatMessageString::builder().text(text).markdown(markdown).build())
        .default_configuration(ReportingConfiguration::builder().level(rule.level.name()).build())
        .properties(PropertyBag::builder().tags(tags).additional_properties(properties).build())
        .build();
    descriptor.help_uri.clone_from(&rule.url);
    descriptor
}

/// A rule that only a finding names.
fn unknown(id: &str) -> ReportingDescriptor {
    let text = format!("A finding of the rule '{id}'.");
    ReportingDescriptor::builder()
        .id(id)
        .name(pascal_case(id))
        .short_description(&text)
        .full_description(&text)
        .help(&text)
        .build()
}

fn problem(level: Severity) -> &'static str {
    match level {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "recommendation",
    }
}

/// `missing-scope` as `MissingScope`.
pub(super) fn pascal_case(id: &str) -> String {
    id.split(|c: char| !c.is_ascii_alphanumeric())
        .flat_map(|word| {
            let mut chars = word.chars();
            chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars)
        })
        .collect()
}

/// The first paragraph under a heading, on one line.
fn section(markdown: &str, heading: &str) -> Option<String> {
    let lines = markdown.lines().map(str::trim).skip_while(|line| *line != heading).skip(1);
    let paragraph: Vec<&str> = lines
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let text = paragraph.join(" ").replace(['`', '*'], "");
    (!text.is_empty()).then_some(text)
}

/// Markdown as text: without the marks of headings and code.
fn plain(markdown: &str) -> String {
    let lines = markdown.trim().lines().map(|line| line.trim_start_matches('#').trim().replace(['`', '*'], ""));
    lines.collect::<Vec<_>>().join("\n")
}

fn limited(text: &str) -> String {
    if text.chars().nth(MAX_DESCRIPTION_CHARS).is_none() {
        return text.to_owned();
    }
    text.chars().take(MAX_DESCRIPTION_CHARS - 2).chain("….".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_the_help() {
        let help = "## Why it matters\n\nTokens are\n`empty`.\n\nMore.\n\n## What to do\n\nAdd one.";
        assert_eq!(section(help, "## Why it matters").as_deref(), Some("Tokens are empty."));
        assert_eq!(section(help, "## Other"), None);
        assert_eq!(pascal_case("missing-scope"), "MissingScope");
        assert_eq!(limited(&"é".repeat(2_000)).chars().count(), MAX_DESCRIPTION_CHARS);
    }
}
