//! The report for people at a terminal: what there is in numbers, then what is wrong, the worst first, with the lines in
//! question and what to do.

mod drawing;

use super::form::{ReportForm, Style};
use super::groups::{Group, groups};
use super::model::{Report, RuleInfo};
use super::overview::{Overview, PackageCount, RuleCount};
use super::unread::Unread;
use super::{layout, phrases, summary};
use crate::escape;
use crate::rules::{Finding, UNREAD_RULE};
use drawing::{Drawing, place_lines, width};
use std::collections::BTreeSet;

/// Related places shown in full; of further ones the number.
const MAX_RELATED: usize = 10;
/// Things that were not read named in the overview; of further ones the number.
const MAX_UNREAD: usize = 20;
/// Places of findings that are like those before; of further ones the number.
const MAX_FURTHER: usize = 20;
/// Packages of which the groups, mostly one a vendor, are not summed up.
const MAX_PACKAGES_WITHOUT_GROUPS: usize = 10;
/// Findings of which the overview is one line.
const MAX_FINDINGS_OF_LINE: usize = 3;

pub(super) const FORM: ReportForm = ReportForm {
    has_summary: true,
    ..ReportForm::new(
        "text",
        "For people: numbers first, then the lines in question, what is wrong and what to do",
        render,
    )
};

fn render(report: &Report, rules: &[RuleInfo], style: &Style) -> String {
    let mut text = Text { out: String::new(), rules, style, explained: BTreeSet::new() };
    let groups = groups(&report.findings);
    text.overview(report, &unread_apart(report, &groups));
    let drawing = Drawing::new(style);
    for group in &groups {
        text.group(group, &drawing);
    }
    for line in summary::lines(report, width(style)) {
        text.out += &line;
        text.out.push('\n');
    }
    text.out
}

/// What was not read and is not shown in full as a finding.
fn unread_apart<'r>(report: &'r Report, groups: &[Group<'_>]) -> Vec<&'r Unread> {
    let shown = groups.iter().flat_map(|group| &group.shown).filter(|finding| finding.rule.as_ref() == UNREAD_RULE);
    let places: BTreeSet<_> = shown.map(|finding| &finding.location.place).collect();
    report.unread.iter().filter(|thing| !places.contains(&thing.place)).collect()
}

/// The report as far as it is made.
struct Text<'r> {
    out: String,
    rules: &'r [RuleInfo],
    style: &'r Style,
    /// The rules whose pages were named.
    explained: BTreeSet<&'r str>,
}

impl<'r> Text<'r> {
    /// What there is in numbers, and what was not read and is not told below. For a few findings in one package it is a line.
    fn overview(&mut self, report: &Report, unread: &[&Unread]) {
        let overview = Overview::of(report, self.rules);
        let is_short = report.findings.len() <= MAX_FINDINGS_OF_LINE
            && overview.packages.len() <= 1
            && overview.deployments.is_empty();
        if is_short && !report.findings.is_empty() {
            let place: Vec<String> = overview.packages.iter().map(PackageCount::as_place).collect();
            let line = format!("{}{}: {}", summary::found(&report.summary), place.concat(), overview.rules_in_short());
            self.lines("", &line);
        } else if !report.findings.is_empty() {
            self.lines("", &summary::found_in(report));
            self.blank();
            self.rule_table(&overview.rules);
            if overview.packages.len() > MAX_PACKAGES_WITHOUT_GROUPS && overview.groups.len() > 1 {
                self.blank();
                self.packages(&overview.groups);
            }
            if !overview.deployments.is_empty() {
                self.blank();
                self.packages(&overview.deployments);
            }
            // Of the working directory alone it is plain where they are.
            if !matches!(overview.packages.as_slice(), [package] if package.as_place().is_empty()) {
                self.blank();
                self.packages(&overview.packages);
            }
        }
        if !unread.is_empty() {
            self.blank();
        }
        for thing in unread.iter().take(MAX_UNREAD) {
            let path = phrases::path_of(&thing.place);
            self.lines("not read: ", &format!("{path}: {}", phrases::reason(thing)));
        }
        if unread.len() > MAX_UNREAD {
            self.lines("not read: ", &format!("{} more", unread.len() - MAX_UNREAD));
        }
        self.blank();
    }

    /// An empty line, but not before the first one.
    fn blank(&mut self) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    fn rule_table(&mut self, rules: &[RuleCount<'_>]) {
        let widest = |cell: fn(&RuleCount<'_>) -> usize| rules.iter().map(cell).max().unwrap_or_default();
        let number = widest(|rule| rule.number.to_string().len());
        let name = widest(|rule| rule.rule.chars().count());
        let lead = number + name + 13;
        for rule in rules {
            let id = escape::terminal_name(rule.rule);
            let pad = " ".repeat(name.saturating_sub(id.chars().count()));
            let id = self.link(rule.url, &id);
            let indent = " ".repeat(7_usize.saturating_sub(phrases::level(rule.severity).len()));
            let level = phrases::painted_level(self.style.color, rule.severity);
            self.out += &format!("  {level}{indent}  {:>number$}  {id}", rule.number);
            let room = width(self.style).is_none_or(|width| lead + rule.title.chars().count() <= width);
            if room && !rule.title.is_empty() {
                self.out += &format!("{pad}  {}", escape::terminal_name(rule.title));
            }
            self.out.push('\n');
        }
    }

    fn packages(&mut self, packages: &[PackageCount]) {
        let widest = packages.iter().map(|package| package.numbers().len()).max().unwrap_or_default();
        for package in packages {
            self.lines(&format!("  {:widest$}  ", package.numbers()), &package.name);
        }
    }

    fn group(&mut self, group: &Group<'r>, drawing: &Drawing) {
        for finding in &group.shown {
            drawing.draw(&mut self.out, finding);
            self.details(finding);
            self.out.push('\n');
        }
        let Some(first) = group.further.first() else { return };
        let number = phrases::count(group.further.len() as u64, "finding", "findings");
        self.lines("", &format!("{number} more like this: {}", group.name(first)));
        for finding in group.further.iter().take(MAX_FURTHER) {
            self.lines("  - ", &phrases::place(&finding.location));
        }
        if group.further.len() > MAX_FURTHER {
            let more = group.further.len() - MAX_FURTHER;
            self.lines("  - ", &format!("and {more} more: the forms grouped, concise and csv list all of them"));
        }
        self.out.push('\n');
    }

    /// What stands below the lines of a finding.
    fn details(&mut self, finding: &'r Finding) {
        let dots = if self.style.unicode { "…" } else { "..." };
        for related in finding.related.iter().take(MAX_RELATED) {
            self.paragraph("also", &escape::terminal_message(&related.message));
            for line in place_lines(&related.location, Some((&finding.location.place, dots))) {
                self.lines("        ", &line);
            }
        }
        if finding.related.len() > MAX_RELATED {
            let more = finding.related.len() - MAX_RELATED;
            self.paragraph("also", &format!("{more} more, in the other report formats"));
        }
        if let Some(advice) = phrases::advice(finding) {
            self.paragraph("help", &escape::terminal_message(&advice));
        }
        if self.explained.insert(&finding.rule) {
            self.page(&finding.rule);
        }
    }

    /// Where to read on: the page of the rule.
    fn page(&mut self, rule: &str) {
        let explain = format!("aemlint explain {}", escape::terminal(rule));
        let url = self.rules.iter().find(|info| info.id == rule).and_then(|info| info.url.as_deref());
        if self.style.links {
            let link = self.link(url, &explain);
            self.lead("more");
            self.out += &format!(" {link}\n");
            return;
        }
        self.paragraph("more", &format!("`{explain}`"));
        if let Some(url) = url {
            // An address that is broken is none.
            self.out += &format!("        {url}\n");
        }
    }

    /// The text, as a link where the terminal knows links.
    fn link(&self, url: Option<&str>, text: &str) -> String {
        match url.filter(|_| self.style.links) {
            Some(url) => format!("\u{1b}]8;;{}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\", escape::terminal(url)),
            None => text.to_owned(),
        }
    }

    fn lead(&mut self, word: &str) {
        let (color, plain) = if self.style.color { ("\u{1b}[36m", "\u{1b}[0m") } else { ("", "") };
        self.out += &format!("  {color}{word}:{plain}");
    }

    /// A paragraph with a word in front.
    fn paragraph(&mut self, word: &str, text: &str) {
        self.lead(word);
        let indent = word.len() + 4;
        for (number, line) in self.wrapped(indent, text).iter().enumerate() {
            self.out += &if number == 0 { format!(" {line}\n") } else { format!("{}{line}\n", " ".repeat(indent)) };
        }
    }

    /// Lines that begin at the same column, behind `lead`.
    fn lines(&mut self, lead: &str, text: &str) {
        let indent = lead.chars().count();
        for (number, line) in self.wrapped(indent, text).iter().enumerate() {
            let lead = if number == 0 { lead.to_owned() } else { " ".repeat(indent) };
            self.out += &format!("{lead}{line}\n");
        }
    }

    fn wrapped(&self, indent: usize, text: &str) -> Vec<String> {
        layout::wrap(text, width(self.style).map(|width| width - indent))
    }
}
