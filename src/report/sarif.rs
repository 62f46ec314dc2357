//! SARIF 2.1.0, shaped so that GitHub code scanning shows everything that a finding knows.
//!
//! A finding in a plain file points at its line. A finding in an archive points at the archive, which is what the
//! repository holds; its message begins with the entry and links to the exact place in it. Nothing is a function of
//! where the report was made: all paths are relative, and lines in archives are recognised again by the finding's own
//! fingerprint, which neither a moved line nor a rebuilt archive changes.

mod artifacts;
mod elements;
mod notices;
mod rules;

use super::form::{ReportForm, Style};
use super::model::{Report, RuleInfo};
use super::phrases;
use crate::escape;
use crate::facts::Whereabouts;
use crate::fix::{Replacement, Suggestions};
use crate::policy::{Suppressed, Suppression};
use crate::rules::{Finding, Severity};
use artifacts::Artifacts;
use elements::{exact_region, first_character, links_escaped, region, text};
use serde_sarif::sarif::{
    ArtifactChange, ArtifactContent, Fix, Location, LogicalLocation, Message, PhysicalLocation, Region,
    Replacement as SarifReplacement, Result as SarifResult, ResultLevel, Run, RunAutomationDetails, Sarif,
    Suppression as SarifSuppression, ToolComponent,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Code scanning keeps this many results of a run.
const MAX_RESULTS: usize = 5_000;
/// Code scanning takes at most 1,000 locations of a result and shows 100.
const MAX_RELATED_PLACES: usize = 100;

pub(super) const FORM: ReportForm = ReportForm {
    needs_all_rules: true,
    ..ReportForm::new("sarif", "SARIF 2.1.0, for GitHub code scanning and others", render)
};

/// The report as SARIF. `category` becomes the run's automation id; it would override the one of an upload.
fn render(report: &Report, rules: &[RuleInfo], style: &Style) -> String {
    let findings = phrases::worst_first(report.findings.iter().chain(&report.copies));
    render_results(report, findings.into_iter().map(|finding| (finding, None)).collect(), rules, style)
}

/// A finding, and whether another run has it, too, if there is one to compare with.
pub(super) type Compared<'r> = (&'r Finding, Option<&'static str>);

/// These findings as SARIF, of which the first are kept if they are too many, with all else that the report says.
pub(super) fn render_results(
    report: &Report,
    mut findings: Vec<Compared<'_>>,
    rules: &[RuleInfo],
    style: &Style,
) -> String {
    let dropped = findings.len().saturating_sub(MAX_RESULTS);
    findings.truncate(MAX_RESULTS);
    let accepted = if style.sarif_include_suppressed { report.suppressed.as_slice() } else { &[] };
    let accepted = &accepted[..accepted.len().min(MAX_RESULTS - findings.len())];

    let named = findings.iter().map(|(finding, _)| *finding).chain(accepted.iter().map(|accepted| &accepted.finding));
    let rules = rules::Rules::new(rules, named.map(|finding| finding.rule.as_ref()));
    let mut writer = Writer {
        rules: &rules,
        suggestions: &report.suggestions,
        artifacts: Artifacts::default(),
        occurrences: HashMap::new(),
        lines: HashSet::new(),
    };
    let mut results: Vec<SarifResult> = findings
        .into_iter()
        .map(|(finding, state)| SarifResult { baseline_state: state.map(Into::into), ..writer.result(finding) })
        .collect();
    results.extend(accepted.iter().map(|accepted| writer.suppressed(accepted)));
    let invocation = notices::invocation(report, dropped, &mut writer.artifacts);

    let driver = ToolComponent::builder()
        .name("aemlint")
        .full_name("aemlint, an auditor of Adobe Experience Manager content packages")
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .information_uri(INFORMATION_URI)
        .rules(rules.descriptors())
        .notifications(notices::descriptors())
        .build();
    let mut run = Run::builder()
        .tool(driver)
        .results(results)
        .invocations(vec![invocation])
        .column_kind("unicodeCodePoints")
        .build();
    run.artifacts = writer.artifacts.into_list();
    run.automation_details = style
        .sarif_category
        .as_deref()
        .map(|category| RunAutomationDetails::builder().id(format!("{}/", category.trim_end_matches('/'))).build());
    let sarif = Sarif::builder().schema(SCHEMA).version("2.1.0").runs(vec![run]).build();
    // Serialising structs of strings and numbers into a string cannot fail.
    let text = serde_json::to_string_pretty(&sarif).unwrap_or_default();
    let mut out = escape::json(&text).into_owned();
    out.push('\n');
    out
}

/// The name of the fingerprint that code scanning looks at.
const LINE_FINGERPRINT: &str = "primaryLocationLineHash";
/// The name of a finding's own fingerprint, and the version of how it is made.
const OWN_FINGERPRINT: &str = "aemlint/v1";
/// The schema that code scanning validates against.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The home page of the tool; the one URL in a report that is not the rule author's.
const INFORMATION_URI: &str = "https://github.com/aemlint/aemlint";

struct Writer<'r> {
    rules: &'r rules::Rules<'r>,
    suggestions: &'r Suggestions,
    artifacts: Artifacts,
    /// How often a fingerprint occurred.
    occurrences: HashMap<&'r str, u32>,
    /// The lines, by rule, file and hash, that a finding was recognised by.
    lines: HashSet<(&'r str, &'r str, String)>,
}

impl<'r> Writer<'r> {
    /// A finding that somebody accepted. Code scanning shows it as open all the same; other viewers hide it.
    fn suppressed(&mut self, accepted: &'r Suppressed) -> SarifResult {
        let kind = if accepted.by == Suppression::Comment { "inSource" } else { "external" };
        let mut suppression = SarifSuppression::builder().kind(kind).status("accepted").build();
        let reason = accepted.reason.trim();
        suppression.justification = (!reason.is_empty()).then(|| escape::terminal_message(reason));
        let mut result = self.result(&accepted.finding);
        result.suppressions = Some(vec![suppression]);
        result
    }

    fn result(&mut self, finding: &'r Finding) -> SarifResult {
        let location = &finding.location;
        let in_archive = !location.place.inside.is_empty();
        let mut related: Vec<Location> = Vec::new();
        let mut message = String::new();
        if in_archive {
            message += &format!("In '{}'", text(&location.place.inside.join("!/")));
            if let Some(node) = &location.node {
                message += &format!(" at '{}'", text(node));
            }
            message += ": ";
        }
        message += &phrases::sentence(&links_escaped(&escape::terminal_message(&finding.message)));
        if let Some(advice) = phrases::advice(finding) {
            message += " ";
            message += &links_escaped(&escape::terminal_message(&advice));
        }
        if in_archive {
            related.push(self.inner(location, 1, "The entry of the archive."));
            message += " See [the entry](1).";
        }
        let rest = &finding.related[..finding.related.len().min(MAX_RELATED_PLACES)];
        if !rest.is_empty() {
            let mut links = Vec::with_capacity(rest.len());
            for other in rest {
                let id = i64::try_from(related.len() + 1).unwrap_or(i64::MAX);
                let says = phrases::sentence(&escape::terminal_message(&other.message));
                related.push(self.inner(&other.location, id, &says));
                links.push(format!("[{}]({id})", link_text(&other.location)));
            }
            message += &format!(" Related: {}.", links.join(", "));
            if finding.related.len() > rest.len() {
                message += &format!(" {} more are not listed here.", finding.related.len() - rest.len());
            }
        }
        let mut result = SarifResult::builder()
            .rule_id(finding.rule.to_string())
            .level(level(finding.severity))
            .message(Message::builder().text(message).build())
            .locations(vec![self.primary(location)])
            .partial_fingerprints(self.fingerprint(finding))
            .build();
        result.rule_index = self.rules.index(&finding.rule);
        result.related_locations = (!related.is_empty()).then_some(related);
        result.fixes = self.fixes(finding);
        result
    }

    /// The location by which GitHub files the alert: a file of the repository.
    fn primary(&mut self, location: &Whereabouts) -> Location {
        let file = zip_audit::Place::on_disk(location.place.file.clone());
        let region = if location.place.inside.is_empty() { region(location.mark) } else { first_character() };
        let mut primary = Location::builder().physical_location(self.physical(&file, region)).build();
        primary.logical_locations = logical(location);
        primary
    }

    /// The true place, in an archive or not, as a numbered location that the message links to.
    fn inner(&mut self, location: &Whereabouts, id: i64, message: &str) -> Location {
        let physical = self.physical(&location.place, region(location.mark));
        let mut inner = Location::builder()
            .id(id)
            .physical_location(physical)
            .message(Message::builder().text(message).build())
            .build();
        inner.logical_locations = logical(location);
        inner
    }

    /// What mends a finding in a file of a tree.
    fn fixes(&mut self, finding: &Finding) -> Option<Vec<Fix>> {
        let (place, replacements) = (&finding.fix.as_ref()?.place, self.suggestions.get(finding)?.iter());
        let change = ArtifactChange::builder()
            .artifact_location(self.artifacts.location(place))
            .replacements(replacements.map(replacement).collect::<Vec<_>>())
            .build();
        let mut fix = Fix::builder().artifact_changes(vec![change]).build();
        let title = finding.fix.as_ref().map(|fix| phrases::sentence(&escape::terminal_message(&fix.title)));
        fix.description = title.map(|title| Message::builder().text(title).build());
        Some(vec![fix])
    }

    fn physical(&mut self, place: &zip_audit::Place, region: Region) -> PhysicalLocation {
        PhysicalLocation::builder().artifact_location(self.artifacts.location(place)).region(region).build()
    }

    /// What a finding is recognised by: its own fingerprint, and the one that code scanning looks at. That is the hash of its
    /// line, as an upload computes it, so that alerts stay the same whoever uploads. It tells one finding of a rule on a
    /// line; for further ones, and for those in archives, it is the finding's own, too.
    fn fingerprint(&mut self, finding: &'r Finding) -> BTreeMap<String, String> {
        let seen = self.occurrences.entry(&finding.fingerprint).or_insert(0);
        *seen += 1;
        let own = format!("{}:{seen}", finding.fingerprint);
        let location = &finding.location;
        let of_line = location.place.inside.is_empty().then(|| location.excerpts.line_hash(location.mark.start.line));
        let file: &str = &location.place.file;
        let of_line = of_line.flatten().filter(|hash| self.lines.insert((&finding.rule, file, (*hash).to_owned())));
        let line = of_line.map_or_else(|| own.clone(), str::to_owned);
        BTreeMap::from([(OWN_FINGERPRINT.to_owned(), own), (LINE_FINGERPRINT.to_owned(), line)])
    }
}

/// A replacement. What is inserted is always written, empty or not: there are readers that expect it.
fn replacement(replacement: &Replacement) -> SarifReplacement {
    let inserted = ArtifactContent::builder().text(replacement.text.clone()).build();
    SarifReplacement::builder().deleted_region(exact_region(replacement.range)).inserted_content(inserted).build()
}

fn level(level: Severity) -> ResultLevel {
    match level {
        Severity::Error => ResultLevel::Error,
        Severity::Warning => ResultLevel::Warning,
        Severity::Note => ResultLevel::Note,
    }
}

fn logical(location: &Whereabouts) -> Option<Vec<LogicalLocation>> {
    let node = location.node.as_deref()?;
    let node = escape::terminal(&escape::clip(node, escape::MAX_MESSAGE_CHARS)).into_owned();
    Some(vec![LogicalLocation::builder().fully_qualified_name(node).kind("resource").build()])
}

/// The text of a link to a related place: its last name.
fn link_text(location: &Whereabouts) -> String {
    let path = location.place.to_string();
    let name = path.rsplit('/').find(|name| !name.is_empty()).unwrap_or("place").to_owned();
    let name = escape::terminal_name(&name).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
    format!("{name}:{}", location.mark.start.line)
}
