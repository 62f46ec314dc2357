//! `aemlint inventory`: every integration that a package or project sets up, right or wrong.

use super::args::{Inventory, InventoryFormat, PolicyOptions};
use super::columns;
use super::console::Console;
use super::instance_list::{self, parse_run_modes};
use super::scanning;
use super::setup::Settings;
use crate::escape;
use crate::facts::link::configurations_on;
use crate::facts::{Kind, Kinds};
use crate::integrations::{self, Integration};
use crate::report::redact;
use crate::rules::{Judgement, evaluate, merge_copies};
use crate::scan::{Scanned, Sought};
use crate::secret::mask_shapes;
use miette::Report;
use serde_json::json;

/// The headings of the columns.
const HEADINGS: [&str; 7] = ["integration", "name", "state", "details", "run modes", "installed", "place"];

/// Prints the integrations in the inputs.
///
/// # Errors
/// A mistake in the configuration, an input that cannot be read.
pub(super) fn run(args: &Inventory, console: &Console) -> Result<u8, Report> {
    let settings = Settings::for_inputs(&args.setup.source.config, &args.inputs)?;
    let target = settings.target(args.setup.target);
    if let Some(list) = args.run_modes.as_deref() {
        return on_instance(args, &settings, &parse_run_modes(list, target.target)?, console);
    }
    let mut rules = settings.rules(&args.setup.source.directories)?;
    let policy = settings.policy(&PolicyOptions::default(), &rules)?;
    rules.retain(|id, _| policy.enabled(id));
    let sought = Sought::by_rules(&rules).with(integrations::KINDS.iter().copied());
    let scanned = scanning::scan(&settings, &args.inputs, &args.limits, target, sought, console)?;
    let Judgement { findings, not_judged } = evaluate(&rules, &scanned.facts, &scanned.installed, target.target)?;
    let (findings, _) = merge_copies(policy.rate(findings));
    let rows = integrations::integrations(&scanned.facts, &findings);
    let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let text = list(args.format, &HEADINGS, &cells, || rows.iter().map(json).collect());
    console.print(text.as_bytes())?;
    note_unread(&scanned, not_judged.len(), console);
    Ok(if not_judged.is_empty() { scanning::exit_code(&scanned) } else { 3 })
}

/// Prints what an instance with these run modes uses of the configurations in the inputs.
fn on_instance(args: &Inventory, settings: &Settings, modes: &[&str], console: &Console) -> Result<u8, Report> {
    let target = settings.target(args.setup.target);
    let kinds: Kinds = [Kind::Configuration].into_iter().collect();
    let sought = Sought::kinds(kinds.without_properties_of(Kind::Configuration));
    let scanned = scanning::scan(settings, &args.inputs, &args.limits, target, sought, console)?;
    let pids = configurations_on(&scanned.facts, target.target, modes);
    let cells = instance_list::cells(&pids);
    let text = list(args.format, &instance_list::HEADINGS, &cells, || instance_list::json(&pids));
    console.print(text.as_bytes())?;
    note_unread(&scanned, 0, console);
    Ok(scanning::exit_code(&scanned))
}

/// Says what was not read or judged.
fn note_unread(scanned: &Scanned, not_judged: usize, console: &Console) {
    let count = scanned.unread().count() + not_judged;
    if count > 0 {
        console.note(&format!(
            "aemlint: not read or judged: {count} (`aemlint check` lists what and why); the list is incomplete"
        ));
    }
}

fn cells(row: &Integration) -> Vec<String> {
    let details: Vec<String> = row.details.iter().map(|(name, value)| format!("{name}={value}")).collect();
    vec![
        row.integration.to_owned(),
        row.name.clone(),
        row.state.name().to_owned(),
        details.join(" "),
        row.run_modes.join(", "),
        row.not_installed.as_ref().map_or("yes".to_owned(), |reason| format!("no: {reason}")),
        format!("{}:{}", mask_shapes(&row.location.place.to_string()), row.location.mark.start.line),
    ]
}

/// An integration as JSON.
fn json(row: &Integration) -> serde_json::Value {
    let details: serde_json::Map<_, _> =
        row.details.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
    let findings: serde_json::Value = row
        .findings
        .iter()
        .map(|finding| {
            json!({"rule": *finding.rule, "level": finding.severity.name(), "fingerprint": finding.fingerprint})
        })
        .collect();
    let package = row.package.as_ref();
    let package =
        package.map(|package| json!({"group": package.group, "name": package.name, "version": package.version}));
    let place = &row.location.place;
    let mut value = json!({
        "integration": row.integration,
        "name": row.name,
        "state": row.state.name(),
        "findings": findings,
        "details": details,
        "run_modes": row.run_modes,
        "installed": row.not_installed.is_none(),
        "not_installed": row.not_installed,
        "overridden": row.overridden.as_deref(),
        "package": package,
        "path": place.to_string(),
        "file": *place.file,
        "inside": place.inside.iter().map(|name| name.to_string()).collect::<Vec<_>>(),
        "line": row.location.mark.start.line,
        "node": row.location.node,
    });
    redact::json(&mut value);
    value
}

/// The list in one of its forms.
fn list(
    format: InventoryFormat,
    headings: &[&str],
    cells: &[Vec<String>],
    json: impl Fn() -> serde_json::Value,
) -> String {
    match format {
        InventoryFormat::Table if cells.is_empty() => "No integration was found.\n".to_owned(),
        InventoryFormat::Table => columns::table(headings, cells),
        InventoryFormat::Json => escape::json(&format!("{:#}\n", json())).into_owned(),
        InventoryFormat::Csv => columns::csv(headings, cells),
        InventoryFormat::Markdown => columns::markdown(headings, cells),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::excerpts::Excerpts;
    use crate::facts::Whereabouts;
    use crate::integrations::State;
    use std::sync::Arc;
    use text_spans::{Lines, Span};
    use zip_audit::Place;

    fn row() -> Integration {
        Integration {
            kind: Kind::TokenProvider,
            integration: "IMS configuration",
            name: "a | b\u{1b}[2J".to_owned(),
            details: vec![("credential", "jwt".to_owned())],
            state: State::Ok,
            findings: Vec::new(),
            run_modes: vec!["author.prod".to_owned()],
            not_installed: None,
            overridden: None,
            package: None,
            deployment: 0,
            location: Whereabouts {
                place: Place::on_disk("all.zip").entry("a,b.config"),
                mark: Lines::new("\n\na").mark(Span::new(2, 3)),
                node: None,
                excerpts: Arc::new(Excerpts::default()),
            },
        }
    }

    #[test]
    fn names_from_packages_are_escaped_in_every_form() {
        let form = |format| list(format, &HEADINGS, &[cells(&row())], || [row()].iter().map(json).collect());
        let [table, csv, markdown, json] =
            [InventoryFormat::Table, InventoryFormat::Csv, InventoryFormat::Markdown, InventoryFormat::Json].map(form);
        for text in [&table, &csv, &markdown, &json] {
            assert!(!text.contains('\u{1b}'), "{text}");
            assert!(text.contains("jwt") && text.contains("author.prod"), "{text}");
        }
        assert!(csv.contains("\"all.zip!/a,b.config:3\""), "{csv}");
        assert_eq!(markdown.lines().nth(2).unwrap().matches(" | ").count(), 6);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value[0]["name"], "a | b\u{1b}[2J");
    }
}
