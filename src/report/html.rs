//! The report as one page that needs nothing else: no script, no font, no picture, nothing from the network.

use super::form::{ReportForm, Style};
use super::model::{Report, RuleInfo};
use super::{phrases, summary};
use crate::escape;
use crate::rules::Finding;

/// Nothing is loaded or run, whatever a name in the report may hold; only the page's own style applies.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const CSS: &str = "\
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
article { border: 1px solid #8886; border-left-width: .4rem; border-radius: .3rem; padding: .5rem 1rem; margin: 1rem 0; }
article.error { border-left-color: #c62828; }
article.warning { border-left-color: #ef8c00; }
article.note { border-left-color: #1976d2; }
h2 { font-size: 1rem; margin: .3rem 0; }
code, pre { font-family: ui-monospace, monospace; font-size: .875rem; overflow-wrap: anywhere; }
pre { background: #8882; padding: .5rem; overflow-x: auto; }
mark { background: #ffd54f; color: #000; }
.count { color: #888; user-select: none; }
";

/// Places beside the first shown of a finding.
const MOST_RELATED: usize = 50;

pub(super) const FORM: ReportForm = ReportForm {
    name: "html",
    about: "A page for a browser",
    needs_all_rules: false,
    shows_inputs: true,
    has_summary: false,
    render,
};

fn render(report: &Report, rules: &[RuleInfo], _: &Style) -> String {
    let mut out = String::from("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out += &format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n", escape::html(POLICY));
    out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>aemlint report</title>\n";
    out += &format!("<style>\n{CSS}</style>\n</head>\n<body>\n<h1>aemlint report</h1>\n");
    out += &format!("<p>{}</p>\n", escape::html(&phrases::sentence(&summary::line(report))));
    for finding in phrases::worst_first(&report.findings) {
        out += &article(finding, rules);
    }
    let unread = phrases::untold_unread(report);
    if !unread.is_empty() {
        out += "<h1>Not read</h1>\n<ul>\n";
        for thing in unread {
            let path = escape::html(&escape::clip(&thing.place.to_string(), escape::LONGEST_NAME));
            let reason = escape::html(&phrases::reason(thing));
            out += &format!("<li><code>{path}</code>: {reason}</li>\n");
        }
        out += "</ul>\n";
    }
    out += &format!("<footer><p>Made by aemlint {}.</p></footer>\n</body>\n</html>\n", env!("CARGO_PKG_VERSION"));
    out
}

fn article(finding: &Finding, rules: &[RuleInfo]) -> String {
    let level = phrases::level(finding.severity);
    let rule = escape::html(&finding.rule);
    let title = rules.iter().find(|rule| rule.id == finding.rule.as_ref()).map(|rule| rule.title.as_str());
    let title = title.map_or(String::new(), |title| format!(": {}", escape::html(title)));
    let mut out = format!("<article class=\"{level}\">\n<h2>{level} <code>{rule}</code>{title}</h2>\n");
    out += &format!("<p>{}</p>\n", escape::html(&escape::clip(&finding.message, escape::LONGEST_MESSAGE)));
    out += &format!("<p><code>{}</code></p>\n", escape::html(&phrases::place(&finding.location)));
    if let Some(snippet) = snippet(finding) {
        out += &snippet;
    }
    if !finding.related.is_empty() {
        out += "<ul>\n";
        for related in finding.related.iter().take(MOST_RELATED) {
            let place = escape::html(&phrases::place(&related.location));
            let says = escape::html(&escape::clip(&related.message, escape::LONGEST_MESSAGE));
            out += &format!("<li><code>{place}</code>: {says}</li>\n");
        }
        if finding.related.len() > MOST_RELATED {
            out += &format!("<li>{} more places</li>\n", finding.related.len() - MOST_RELATED);
        }
        out += "</ul>\n";
    }
    let advice =
        phrases::advice(finding).map(|advice| escape::html(&escape::clip(&advice, escape::LONGEST_MESSAGE)) + " ");
    let advice = advice.unwrap_or_default();
    out += &format!("<p>{advice}Run <code>aemlint explain {rule}</code> to read more.</p>\n</article>\n");
    out
}

/// The lines of a finding, numbered, with the property marked.
fn snippet(finding: &Finding) -> Option<String> {
    let location = &finding.location;
    if phrases::is_whole_file(location) {
        return None;
    }
    let excerpt = location.excerpts.around(location.mark)?;
    let (text, label) = escape::terminal_lines(&excerpt.text, excerpt.label);
    let mut out = String::from("<pre>");
    let mut at = 0;
    for (number, line) in (excerpt.first_line..).zip(text.split('\n')) {
        let end = at + line.len();
        let (from, to) = (label.start.clamp(at, end), label.end.clamp(at, end));
        out += &format!("<span class=\"count\">{number:>5} </span>{}", escape::html_lines(text.get(at..from)?));
        if from < to {
            out += &format!("<mark>{}</mark>", escape::html_lines(text.get(from..to)?));
        }
        out += &format!("{}\n", escape::html_lines(text.get(to..end)?));
        at = end + 1;
    }
    out += "</pre>\n";
    Some(out)
}
