//! `aemlint inventory`: every integration that a package or project sets up, right or wrong.

use super::args::{Inventory, InventoryFormat};
use super::columns;
use super::console::Console;
use super::instance_list::{self, parse_run_modes};
use super::scanning;
use super::setup::Settings;
use crate::escape;
use crate::facts::link::configurations_on;
use crate::facts::{Fact, Kind, Kinds, ValueRef};
use crate::scan::Sought;
use crate::secret::mask_shapes;
use miette::Report;
use serde_json::json;

/// The kinds of facts that are integrations, with the attributes that name one and those that tell it from others.
const KINDS: &[(Kind, &str, &[&str], &[&str])] = &[
    (Kind::TokenProvider, "IMS configuration", &["title", "name"], &["credential", "solution", "client_id", "org_id"]),
    (Kind::JwtIntegration, "JWT integration", &["product"], &["deprecated"]),
    (Kind::SmartTagsService, "Smart Tags service", &["service_url"], &["region", "api_key", "org_id"]),
    (Kind::BrandPortalConfiguration, "Brand Portal", &["name"], &["tenant", "ims_configuration", "agent_count"]),
    (Kind::ReplicationAgent, "replication agent", &["transport_uri"], &["enabled", "tenant"]),
];

/// The headings of the columns.
const HEADINGS: [&str; 6] = ["integration", "name", "details", "run modes", "installed", "place"];

/// A line of the list.
struct Row {
    integration: &'static str,
    name: String,
    details: Vec<(&'static str, String)>,
    run_modes: Vec<String>,
    not_installed: Option<String>,
    place: String,
    line: u32,
}

/// Prints the integrations in the inputs.
///
/// # Errors
/// A mistake in the configuration, an input that cannot be read.
pub(super) fn run(args: &Inventory, console: &Console) -> Result<u8, Report> {
    let settings = Settings::for_inputs(&args.setup.source.config, &args.inputs)?;
    let target = settings.target(args.setup.target);
    let run_modes = args.run_modes.as_deref().map(|list| parse_run_modes(list, target.target)).transpose()?;
    let kinds = KINDS.iter().map(|(kind, ..)| *kind).chain([Kind::Package]);
    let wanted: Kinds = if run_modes.is_some() { [Kind::Configuration].into_iter().collect() } else { kinds.collect() };
    let wanted = wanted.without_properties_of(Kind::Configuration);
    let scanned = scanning::scan(&settings, &args.inputs, &args.limits, target, Sought::kinds(wanted), console)?;
    let text = match run_modes {
        Some(modes) => {
            let pids = configurations_on(&scanned.facts, target.target, &modes);
            let cells = instance_list::cells(&pids);
            list(args.format, &instance_list::HEADINGS, &cells, || instance_list::json(&pids))
        }
        None => {
            let rows: Vec<Row> = scanned.facts.iter().filter_map(Row::of).collect();
            let cells: Vec<Vec<String>> = rows.iter().map(Row::cells).collect();
            list(args.format, &HEADINGS, &cells, || json(&rows))
        }
    };
    console.print(text.as_bytes())?;
    if scanned.is_incomplete() {
        let count = scanned.unread().count();
        console
            .note(&format!("aemlint: not read: {count} (`aemlint check` tells what and why); the list is incomplete"));
    }
    Ok(scanning::exit_code(&scanned))
}

impl Row {
    fn of(fact: &Fact) -> Option<Self> {
        let (_, integration, names, details) = KINDS.iter().find(|(kind, ..)| *kind == fact.kind())?;
        let text = |name: &str| fact.attribute(name).and_then(text).map(|text| mask_shapes(&text).into_owned());
        Some(Self {
            integration,
            name: names.iter().find_map(|name| text(name)).unwrap_or_default(),
            details: details.iter().filter_map(|name| Some((*name, text(name)?))).collect(),
            run_modes: fact.run_modes.alternatives(),
            not_installed: fact.not_installed.clone(),
            place: mask_shapes(&fact.place.to_string()).into_owned(),
            line: fact.mark.start.line,
        })
    }

    fn cells(&self) -> Vec<String> {
        let details: Vec<String> = self.details.iter().map(|(name, value)| format!("{name}={value}")).collect();
        vec![
            self.integration.to_owned(),
            self.name.clone(),
            details.join(" "),
            self.run_modes.join(", "),
            self.not_installed.as_ref().map_or("yes".to_owned(), |reason| format!("no: {reason}")),
            format!("{}:{}", self.place, self.line),
        ]
    }
}

/// A value as a word; `None` for null, blank and secret ones, which tell nothing.
fn text(value: ValueRef<'_>) -> Option<String> {
    let json = value.to_json();
    let text = match &json {
        serde_json::Value::Null => return None,
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    (!text.trim().is_empty()).then_some(text)
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

fn json(rows: &[Row]) -> serde_json::Value {
    let row = |row: &Row| {
        let details: serde_json::Map<_, _> =
            row.details.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
        json!({
            "integration": row.integration,
            "name": row.name,
            "details": details,
            "run_modes": row.run_modes,
            "installed": row.not_installed.is_none(),
            "not_installed": row.not_installed,
            "path": row.place,
            "line": row.line,
        })
    };
    rows.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row {
        Row {
            integration: "IMS configuration",
            name: "a | b\u{1b}[2J".to_owned(),
            details: vec![("credential", "jwt".to_owned())],
            run_modes: vec!["author.prod".to_owned()],
            not_installed: None,
            place: "all.zip!/a,b.config".to_owned(),
            line: 3,
        }
    }

    #[test]
    fn names_from_packages_are_escaped_in_every_form() {
        let form = |format| list(format, &HEADINGS, &[row().cells()], || json(&[row()]));
        let [table, csv, markdown, json] =
            [InventoryFormat::Table, InventoryFormat::Csv, InventoryFormat::Markdown, InventoryFormat::Json].map(form);
        for text in [&table, &csv, &markdown, &json] {
            assert!(!text.contains('\u{1b}'), "{text}");
            assert!(text.contains("jwt") && text.contains("author.prod"), "{text}");
        }
        assert!(csv.contains("\"all.zip!/a,b.config:3\""), "{csv}");
        assert_eq!(markdown.lines().nth(2).unwrap().matches(" | ").count(), 5);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value[0]["name"], "a | b\u{1b}[2J");
    }
}
