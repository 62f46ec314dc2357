//! The report as one page that an auditor hands on: nothing else is loaded, no script is run, and what a server or a browser
//! may forbid, the style, it does without.

mod accepted;
mod counts;
mod coverage;
mod drawing;
mod excerpt;
mod findings;
mod help;
mod inputs;
mod integrations;
mod layout;
mod map;
mod markup;
mod nodes;
mod packages;
mod rules;
mod states;
mod style;
mod summary;
mod table;
#[cfg(test)]
mod tests;

use super::form::{ReportForm, Style};
use super::model::{Report, RuleInfo};
use crate::escape;
use counts::Counts;
use markup::Markup;

pub(super) const FORM: ReportForm =
    ReportForm { shows_inputs: true, shows_audit: true, ..ReportForm::new("html", "A page for a browser", render) };

/// A section: its id, its heading, and what writes it.
type Section<'a> = (&'static str, &'static str, &'a dyn Fn(&mut Markup));

fn render(report: &Report, rules: &[RuleInfo], _: &Style) -> String {
    let counts = Counts::new(report, rules);
    let all: [(bool, Section<'_>); 9] = [
        (true, ("summary", "Summary", &|out| summary::write(out, report, &counts))),
        (true, ("inputs", "What was audited", &|out| inputs::write(out, report))),
        (true, ("map", "Map of the integrations", &|out| map::write(out, report))),
        (true, ("packages", "Packages", &|out| packages::write(out, report))),
        (true, ("integrations", "Integrations", &|out| integrations::write(out, report, &counts))),
        (!report.findings.is_empty(), ("findings", "Findings", &|out| findings::write(out, report, &counts))),
        (true, ("coverage", "What was read", &|out| coverage::write(out, report))),
        (!report.suppressed.is_empty(), ("accepted", "Accepted findings", &|out| accepted::write(out, report))),
        (!report.findings.is_empty(), ("rules", "Rules", &|out| rules::write(out, &counts))),
    ];
    let sections: Vec<Section<'_>> = all.into_iter().filter(|(there, _)| *there).map(|(_, section)| section).collect();
    let title = format!("aemlint report: {}", subject(report));
    let mut page = Markup::with_capacity(64 * 1024 + 1024 * report.findings.len());
    page.literal("<!DOCTYPE html>\n");
    page.block("html", &[("lang", "en")], |out| {
        head(out, &title);
        out.block("body", &[], |out| {
            out.block("header", &[], |out| {
                out.line("h1", &[], &title);
                out.block("nav", &[("aria-label", "Sections")], |out| {
                    out.block("ul", &[], |out| {
                        for (id, heading, _) in &sections {
                            out.element("li", &[], |out| out.leaf("a", &[("href", &format!("#{id}"))], heading));
                            out.literal("\n");
                        }
                    });
                });
            });
            out.block("main", &[], |out| {
                for (id, heading, write) in &sections {
                    out.block("section", &[("id", id)], |out| {
                        out.line("h2", &[], heading);
                        write(out);
                    });
                }
            });
            out.block("footer", &[], |out| {
                out.line("p", &[], &format!("Made by aemlint {}.", env!("CARGO_PKG_VERSION")));
            });
        });
    });
    page.into_string()
}

fn head(out: &mut Markup, title: &str) {
    out.block("head", &[], |out| {
        out.void("meta", &[("charset", "utf-8")]);
        out.literal("\n");
        out.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &style::policy())]);
        out.literal("\n");
        for (name, content) in [("viewport", "width=device-width, initial-scale=1"), ("color-scheme", "light dark")] {
            out.void("meta", &[("name", name), ("content", content)]);
            out.literal("\n");
        }
        out.line("title", &[], title);
        out.element("style", &[], |out| out.literal(style::STYLE_SHEET));
        out.literal("\n");
    });
}

/// What was audited, for the title: the package, else the path, and how many there are besides.
fn subject(report: &Report) -> String {
    let Some(first) = report.inputs.first() else { return "nothing".to_owned() };
    let name = inputs::package(&report.audit, &first.path);
    let name = if name.is_empty() { escape::clip(&first.path, escape::MAX_NAME_CHARS).into_owned() } else { name };
    match report.inputs.len() {
        1 => name,
        2 => format!("{name} and 1 more"),
        number => format!("{name} and {} more", number - 1),
    }
}
