//! The difference as Markdown, fit for a comment on a pull request.
//!
//! Every name is a code span, in which neither markup nor the name of a person has an effect; what does not fit is counted.

use super::model::DiffReport;
use super::phrases;
use crate::diff::NewFinding;
use crate::escape::{self, markdown, markdown_code};
use crate::report::model::RuleInfo;
use crate::report::phrases as common;
use crate::rules::{Finding, Severity};

/// GitHub takes 65,536 characters of a comment.
const MAX_CHARACTERS: usize = 65_000;
/// What the end needs: the number of what is left out, and the end of an element.
const RESERVE: usize = 300;
/// Characters of a name. A code span of it cannot be broken into lines.
const MAX_NAME_CHARS: usize = 300;

pub(super) fn render(report: &DiffReport, rules: &[RuleInfo]) -> String {
    let mut page = Page::default();
    page.add("## aemlint: what changed\n");
    page.add(&format!("\n**{}.**", phrases::findings(report)));
    let others = phrases::other_changes(report);
    page.add(&if others.is_empty() { "\n".to_owned() } else { format!(" {}.\n", others.join(", ")) });
    if let Some(note) = phrases::incomplete(report) {
        page.add(&format!("\n**Incomplete.** {note}\n"));
    }
    let difference = &report.difference;
    let mut new: Vec<&NewFinding> = difference.findings.new.iter().collect();
    new.sort_by_key(|new| std::cmp::Reverse(new.finding.severity));
    page.section("### New findings\n\n", "", new.into_iter().map(|new| new_finding(new, rules)));
    page.section("### Packages\n\n", "", packages(report));
    page.section("### Integrations\n\n", "", integrations(report));
    let hosts = &difference.hosts;
    let added = hosts.added.iter().map(|host| format!("- added {}\n", name(host)));
    let removed = hosts.removed.iter().map(|host| format!("- removed {}\n", name(host)));
    page.section("### Hosts\n\n", "", added.chain(removed));
    page.section("### Secrets and keys\n\n", "", secrets(report));
    let coverage = &difference.coverage;
    let newly = coverage.added.iter().map(|item| ("newly not read", item));
    let again = coverage.removed.iter().map(|item| ("no longer missing", item));
    let missing = newly.chain(again);
    page.section(
        "### Not read\n\n",
        "",
        missing.map(|(what, item)| format!("- {what}: {}: {}\n", name(&item.path), message(&item.reason))),
    );
    let gone = common::worst_first(&difference.findings.gone);
    let heading = format!("<details>\n<summary>Findings that are gone: {}</summary>\n\n", gone.len());
    page.section(&heading, "\n</details>\n", gone.into_iter().map(|gone| finding(gone, "", rules)));
    page.finish()
}

/// Text that does not grow beyond what a comment can hold.
#[derive(Default)]
struct Page {
    text: String,
    characters: usize,
    left_out: usize,
}

impl Page {
    fn add(&mut self, text: &str) {
        self.text += text;
        self.characters += text.chars().count();
    }

    fn has_room_for(&self, characters: usize) -> bool {
        self.characters + characters + RESERVE <= MAX_CHARACTERS
    }

    /// A heading with as many items as there is room for; nothing if there is none.
    fn section(&mut self, heading: &str, end: &str, items: impl Iterator<Item = String>) {
        let mut is_open = false;
        for item in items {
            let lead = if is_open { 0 } else { 1 + heading.chars().count() };
            if self.left_out > 0 || !self.has_room_for(lead + item.chars().count()) {
                self.left_out += 1;
                continue;
            }
            if !is_open {
                self.add("\n");
                self.add(heading);
                is_open = true;
            }
            self.add(&item);
        }
        if is_open {
            self.add(end);
        }
    }

    fn finish(mut self) -> String {
        if self.left_out > 0 {
            let more = common::count(self.left_out as u64, "change is", "changes are");
            self.add(&format!("\n{more} not shown here; `aemlint diff --format json` has all.\n"));
        }
        self.text
    }
}

fn name(name: &str) -> String {
    markdown_code(&escape::clip(name, MAX_NAME_CHARS))
}

fn message(text: &str) -> String {
    markdown(&escape::clip(text, escape::MAX_MESSAGE_CHARS))
}

fn new_finding(new: &NewFinding, rules: &[RuleInfo]) -> String {
    let before = new.previous_level.map(|level| format!(", {} before", level.name())).unwrap_or_default();
    finding(&new.finding, &before, rules)
}

fn finding(finding: &Finding, before: &str, rules: &[RuleInfo]) -> String {
    let rule = name(&finding.rule);
    let url = rules.iter().find(|info| info.id == finding.rule.as_ref()).and_then(|info| info.url.as_deref());
    let rule = url.map_or(rule.clone(), |url| format!("[{rule}]({url})"));
    let level = match finding.severity {
        Severity::Error => "**error**",
        Severity::Warning => "**warning**",
        Severity::Note => "note",
    };
    let place = name(&common::place(&finding.location));
    format!("- {level} {rule}{before}: {}  \n  {place}\n", message(&finding.message))
}

fn packages(report: &DiffReport) -> impl Iterator<Item = String> {
    let packages = &report.difference.packages;
    let added = packages.added.iter().map(|package| format!("- added {}\n", name(&phrases::package(package))));
    let removed = packages.removed.iter().map(|package| format!("- removed {}\n", name(&phrases::package(package))));
    let changed = packages.changed.iter().map(|change| {
        let package = name(&phrases::package_name(&change.group, &change.name));
        format!("- changed {package}: {} → {}\n", version(&change.old), version(&change.new))
    });
    added.chain(removed).chain(changed)
}

fn version(version: &str) -> String {
    if version.is_empty() { "no version".to_owned() } else { name(version) }
}

fn integrations(report: &DiffReport) -> impl Iterator<Item = String> {
    let integrations = &report.difference.integrations;
    let added = integrations.added.iter().map(|item| integration("added", item));
    let removed = integrations.removed.iter().map(|item| integration("removed", item));
    let changed = integrations.changed.iter().map(|change| {
        let mut text = integration("changed", &change.integration);
        for change in &change.changes {
            let [old, new] = phrases::values(change).map(|value| name(&value));
            text += &format!("  - {}: {old} → {new}\n", change.attribute);
        }
        text
    });
    added.chain(removed).chain(changed)
}

fn integration(verb: &str, item: &crate::diff::Integration) -> String {
    let modes =
        if item.run_modes.is_empty() { String::new() } else { format!(" in {}", name(&item.run_modes.join(" or "))) };
    format!(
        "- {verb} {} {}{modes}: {}  \n  {}\n",
        item.integration,
        name(&item.name),
        name(&item.key),
        name(&item.path)
    )
}

fn secrets(report: &DiffReport) -> impl Iterator<Item = String> {
    let secrets = &report.difference.secrets;
    let one = |verb: &'static str| {
        move |item: &crate::diff::SecretEntry| {
            let modes = phrases::run_modes(&item.run_modes);
            format!("- {verb} {}: {} in {}\n", name(&phrases::secret(item)), phrases::state(item), name(&modes))
        }
    };
    let changed = secrets.changed.iter().map(|change| {
        format!("- changed {}: {} → **{}**\n", name(&phrases::secret(&change.secret)), change.old, change.secret.state)
    });
    let added = secrets.added.iter().map(one("added"));
    added.chain(secrets.removed.iter().map(one("removed"))).chain(changed)
}
