//! The findings: by severity, then by rule, each with its place and lines.

use super::counts::{Counts, RuleFindings};
use super::excerpt;
use super::markup::Markup;
use crate::escape;
use crate::report::model::Report;
use crate::report::phrases::{self, count};
use crate::rules::{Confidence, Finding, Severity};

/// Bytes of lines of files that the page shows; what is beyond is said without its lines, which keeps a page of 25,000
/// findings below 12 MB.
const MAX_EXCERPTS_BYTES: usize = 3 << 20;
/// Places beside the first that are shown of a finding.
const MAX_RELATED: usize = 20;
/// The same of a finding that is shown without its lines.
const MAX_RELATED_IN_BRIEF: usize = 2;

/// What the filters can leave out: the id of the box, its label.
const FILTERS: [(&str, &str); 4] = [
    ("show-error", "errors"),
    ("show-warning", "warnings"),
    ("show-note", "notes"),
    ("show-uncertain", "less than certain ones"),
];

pub(super) fn write(out: &mut Markup, report: &Report, counts: &Counts<'_>) {
    let shown = with_lines(report, counts);
    let brief = report.findings.len() - shown.iter().filter(|shown| **shown).count();
    filters(out, "Show", &FILTERS);
    if brief > 0 {
        let number = count(brief as u64, "finding is", "findings are");
        let text = format!("{number} shown without the lines of the file, to keep this page small.");
        out.line("p", &[], &text);
    }
    for (severity, heading) in [(Severity::Error, "Errors"), (Severity::Warning, "Warnings"), (Severity::Note, "Notes")]
    {
        let rules: Vec<&RuleFindings<'_>> = counts.by_rule.iter().filter(|rule| rule.severity == severity).collect();
        if rules.is_empty() {
            continue;
        }
        let number: usize = rules.iter().map(|rule| rule.findings.len()).sum();
        let level = phrases::level(severity);
        out.block("div", &[("class", &format!("level {level}"))], |out| {
            out.line("h3", &[("id", &format!("findings-{level}"))], &format!("{heading} ({number})"));
            for rule in rules {
                of_rule(out, report, counts, rule, &shown);
            }
        });
    }
}

/// Boxes that leave parts of the page out, for browsers that know `:has()`; without a style sheet they are not shown.
pub(super) fn filters(out: &mut Markup, legend: &str, filters: &[(&'static str, &'static str)]) {
    out.block("fieldset", &[("class", "filters"), ("hidden", "")], |out| {
        out.leaf("legend", &[], legend);
        for (id, label) in filters {
            out.element("label", &[("for", id)], |out| {
                out.void("input", &[("type", "checkbox"), ("id", id), ("checked", "")]);
                out.text(" ");
                out.text(label);
            });
            out.literal("\n");
        }
    });
}

/// Which findings are shown with their lines, as far as there is room: the first of every rule before the second of any.
fn with_lines(report: &Report, counts: &Counts<'_>) -> Vec<bool> {
    let ranked = counts.by_rule.iter().flat_map(|rule| rule.findings.iter().enumerate());
    let mut ranked: Vec<(usize, usize)> = ranked.map(|(rank, &index)| (rank, index)).collect();
    ranked.sort_by_key(|&(rank, _)| rank);
    let mut shown = vec![false; report.findings.len()];
    let mut room = MAX_EXCERPTS_BYTES;
    for (_, index) in ranked {
        let bytes = report.findings.get(index).map(excerpt::bytes).unwrap_or_default();
        let Some(left) = room.checked_sub(bytes) else { break };
        room = left;
        shown.get_mut(index).into_iter().for_each(|shown| *shown = true);
    }
    shown
}

/// The findings of a rule at one level, below its title.
fn of_rule(out: &mut Markup, report: &Report, counts: &Counts<'_>, rule: &RuleFindings<'_>, shown: &[bool]) {
    let findings: Vec<(usize, &Finding)> =
        rule.findings.iter().filter_map(|&index| Some((index, report.findings.get(index)?))).collect();
    // What all say is said once.
    let advice = findings.first().and_then(|(_, finding)| phrases::advice(finding));
    let advice =
        advice.filter(|advice| findings.iter().all(|(_, other)| phrases::advice(other).as_ref() == Some(advice)));
    out.block("details", &[("open", ""), ("id", &rule.anchor())], |out| {
        out.element("summary", &[], |out| {
            out.leaf("h4", &[], rule.title);
            out.text(&format!(" – {} ", count(findings.len() as u64, "finding", "findings")));
            out.element("span", &[("class", "soft")], |out| out.code(rule.id));
        });
        out.literal("\n");
        out.block("div", &[("class", "inside")], |out| {
            out.element("p", &[], |out| {
                if let Some(advice) = &advice {
                    out.text(&escape::clip(advice, escape::MAX_MESSAGE_CHARS));
                    out.text(" ");
                }
                out.leaf("a", &[("href", &format!("#rule-{}", rule.id))], "Why it matters, and what to do");
            });
            out.literal("\n");
            let is_shown = |index: usize| shown.get(index).copied().unwrap_or_default();
            let (full, brief): (Vec<_>, Vec<_>) = findings.iter().partition(|(index, _)| is_shown(*index));
            let anchor = |index: usize| counts.anchors.get(index).map(String::as_str).unwrap_or_default();
            for (index, finding) in full {
                whole(out, report, finding, anchor(index), advice.is_none());
            }
            if !brief.is_empty() {
                out.block("ul", &[("class", "brief")], |out| {
                    let mut said = "";
                    for (index, finding) in brief {
                        in_brief(out, finding, anchor(index), finding.message != said);
                        said = &finding.message;
                    }
                });
            }
        });
    });
}

fn whole(out: &mut Markup, report: &Report, finding: &Finding, anchor: &str, with_advice: bool) {
    let class = if finding.confidence == Confidence::High { "finding" } else { "finding uncertain" };
    out.block("article", &[("id", anchor), ("class", class)], |out| {
        out.line("p", &[], &escape::clip(&finding.message, escape::MAX_MESSAGE_CHARS));
        out.element("p", &[], |out| out.code(&phrases::place(&finding.location)));
        out.literal("\n");
        let details = details(report, finding);
        if !details.is_empty() {
            out.line("p", &[("class", "soft")], &details.join(" · "));
        }
        excerpt::write(out, finding);
        related(out, finding, MAX_RELATED);
        if let Some(advice) = phrases::advice(finding).filter(|_| with_advice) {
            out.line("p", &[], &escape::clip(&advice, escape::MAX_MESSAGE_CHARS));
        }
    });
}

/// What a finding says beside its message and place.
fn details(report: &Report, finding: &Finding) -> Vec<String> {
    let mut details = Vec::new();
    if let Some(package) = finding.package.as_deref() {
        details.push(format!("package {}", phrases::coordinates(package)));
    }
    if report.summary.deployments > 1 {
        details.push(format!("deployment {}", phrases::deployment(report, finding)));
    }
    if !finding.instances.is_empty() {
        details.push(format!("on {}", finding.instances.join("; ")));
    }
    // The path of a file in a content tree says where it is in the repository, too.
    let place = &finding.location.place;
    let file = place.inside.last().unwrap_or(&place.file);
    let node = finding.location.node.as_deref().filter(|node| !file.ends_with(&format!("jcr_root{node}")));
    if let Some(node) = node {
        details.push(escape::clip(node, escape::MAX_NAME_CHARS).into_owned());
    }
    if finding.confidence != Confidence::High {
        details.push(format!("confidence {}", finding.confidence.name()));
    }
    details
}

fn in_brief(out: &mut Markup, finding: &Finding, anchor: &str, with_message: bool) {
    let class = [("id", anchor), ("class", "uncertain")];
    let is_certain = finding.confidence == Confidence::High;
    out.element("li", if is_certain { &class[..1] } else { &class }, |out| {
        if with_message {
            out.text(&escape::clip(&finding.message, escape::MAX_MESSAGE_CHARS));
            out.text(" ");
        }
        out.code(&phrases::place(&finding.location));
        related(out, finding, MAX_RELATED_IN_BRIEF);
    });
    out.literal("\n");
}

/// The further places of a finding.
fn related(out: &mut Markup, finding: &Finding, most: usize) {
    if finding.related.is_empty() {
        return;
    }
    out.block("ul", &[], |out| {
        for related in finding.related.iter().take(most) {
            out.element("li", &[], |out| {
                out.code(&phrases::place(&related.location));
                out.text(": ");
                out.text(&escape::clip(&related.message, escape::MAX_MESSAGE_CHARS));
            });
            out.literal("\n");
        }
        if finding.related.len() > most {
            out.line("li", &[], &format!("{} more places", finding.related.len() - most));
        }
    });
}
