//! The inventory: each integration with its state.

use super::counts::Counts;
use super::findings::filters;
use super::markup::Markup;
use super::states;
use super::table;
use crate::escape;
use crate::integrations::Integration;
use crate::report::model::Report;
use crate::report::phrases;
use std::collections::HashSet;

/// Integrations that are listed.
const MAX_INTEGRATIONS: usize = 5_000;
/// Findings that are named beside a state.
const MAX_FINDINGS: usize = 5;

/// What the filters can leave out.
const FILTERS: [(&str, &str); 5] = [
    ("show-broken", "broken"),
    ("show-legacy", "legacy"),
    ("show-unknown", "unknown"),
    ("show-not-installed", "not installed"),
    ("show-ok", "ok"),
];

pub(super) fn write(out: &mut Markup, report: &Report, counts: &Counts<'_>) {
    let integrations = &report.audit.integrations;
    states::legend(out);
    filters(out, "Show", &FILTERS);
    let anchors: HashSet<&str> = counts.anchors.iter().map(String::as_str).collect();
    let mut sorted: Vec<&Integration> = integrations.iter().collect();
    sorted.sort_by_key(|integration| std::cmp::Reverse(integration.state.badness()));
    let columns = [("Name", false), ("What it is", false), ("State", false), ("Because of", false), ("Where", false)];
    table::wide(out, "Integrations and their states, the worst first", &columns, |out| {
        for integration in sorted.into_iter().take(MAX_INTEGRATIONS) {
            row(out, integration, &anchors);
        }
    });
    let left = integrations.len().saturating_sub(MAX_INTEGRATIONS) + report.audit.more_integrations;
    if left > 0 {
        out.line("p", &[], &format!("{left} more are not listed here; `aemlint inventory` lists all."));
    }
}

fn row(out: &mut Markup, integration: &Integration, anchors: &HashSet<&str>) {
    let clip = |text: &'_ str| escape::clip(text, escape::MAX_NAME_CHARS).into_owned();
    out.element("tr", &[("class", states::class(integration.state))], |out| {
        table::head(out, |out| out.text(&clip(&integration.name)));
        out.element("td", &[], |out| {
            out.text(integration.integration);
            let details = integration.details.iter().map(|(name, value)| format!("{} {value}", name.replace('_', " ")));
            let details: Vec<String> = details.collect();
            if !details.is_empty() {
                out.text(" ");
                out.leaf("span", &[("class", "soft")], &clip(&details.join(", ")));
            }
        });
        states::cell(out, Some(integration.state));
        out.element("td", &[], |out| because(out, integration, anchors));
        out.element("td", &[], |out| {
            if let Some(package) = integration.package.as_deref() {
                out.text(&phrases::coordinates(package));
                out.void("br", &[]);
            }
            if !integration.run_modes.is_empty() {
                out.text(&clip(&format!("run modes {}", integration.run_modes.join(", "))));
                out.void("br", &[]);
            }
            table::path(out, &phrases::place(&integration.location));
        });
    });
    out.literal("\n");
}

/// What the state follows from: findings, linked where the page shows them, and why it is not installed or does nothing.
fn because(out: &mut Markup, integration: &Integration, anchors: &HashSet<&str>) {
    let reasons = [integration.not_installed.as_deref(), integration.overridden.as_deref()];
    for (index, reason) in reasons.into_iter().flatten().enumerate() {
        out.text(if index > 0 { "; " } else { "" });
        out.text(&escape::clip(reason, escape::MAX_NAME_CHARS));
    }
    let mut is_first = reasons.iter().all(Option::is_none);
    for finding in integration.findings.iter().take(MAX_FINDINGS) {
        out.text(if is_first { "" } else { ", " });
        is_first = false;
        let anchor = format!("f-{}", finding.fingerprint);
        if anchors.contains(anchor.as_str()) {
            out.leaf("a", &[("href", &format!("#{anchor}"))], &finding.rule);
        } else {
            out.text(&finding.rule);
        }
    }
    if integration.findings.len() > MAX_FINDINGS {
        out.text(&format!(" and {} more", integration.findings.len() - MAX_FINDINGS));
    }
}
