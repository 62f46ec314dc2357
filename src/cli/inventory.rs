//! `aemlint inventory`: every integration that a package or project sets up, right or wrong.

use super::args::{Inventory, InventoryFormat};
use super::console::Console;
use super::scanning;
use super::setup::Settings;
use crate::escape;
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
    let wanted: Kinds = KINDS.iter().map(|(kind, ..)| *kind).chain([Kind::Package]).collect();
    let target = settings.target(args.setup.target);
    let scanned = scanning::scan(&settings, &args.inputs, &args.limits, target, Sought::kinds(wanted), console)?;
    let rows: Vec<Row> = scanned.facts.iter().filter_map(Row::of).collect();
    let text = match args.format {
        InventoryFormat::Table => table(&rows),
        InventoryFormat::Json => json(&rows),
        InventoryFormat::Csv => csv(&rows),
        InventoryFormat::Markdown => markdown(&rows),
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

    fn cells(&self) -> [String; 6] {
        let details: Vec<String> = self.details.iter().map(|(name, value)| format!("{name}={value}")).collect();
        [
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

fn table(rows: &[Row]) -> String {
    if rows.is_empty() {
        return "No integration was found.\n".to_owned();
    }
    let escaped = |row: &Row| row.cells().map(|cell| escape::terminal_name(&cell));
    let lines: Vec<[String; 6]> =
        std::iter::once(HEADINGS.map(str::to_owned)).chain(rows.iter().map(escaped)).collect();
    let mut widths = [0; 6];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut out = String::new();
    for line in lines {
        let padded: Vec<String> = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        out += padded.join("  ").trim_end();
        out.push('\n');
    }
    out
}

fn json(rows: &[Row]) -> String {
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
    let rows: Vec<serde_json::Value> = rows.iter().map(row).collect();
    let text = format!("{:#}\n", serde_json::Value::from(rows));
    escape::json(&text).into_owned()
}

fn csv(rows: &[Row]) -> String {
    let line = |cells: [String; 6]| cells.map(|cell| escape::csv(&cell)).join(",") + "\r\n";
    std::iter::once(HEADINGS.map(str::to_owned)).chain(rows.iter().map(Row::cells)).map(line).collect()
}

fn markdown(rows: &[Row]) -> String {
    let line = |cells: [String; 6]| format!("| {} |\n", cells.map(|cell| escape::markdown(&cell)).join(" | "));
    let head = format!("| {} |\n|{}\n", HEADINGS.join(" | "), "---|".repeat(HEADINGS.len()));
    rows.iter().map(Row::cells).map(line).fold(head, |text, line| text + &line)
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
        for text in [table(&[row()]), csv(&[row()]), markdown(&[row()]), json(&[row()])] {
            assert!(!text.contains('\u{1b}'), "{text}");
            assert!(text.contains("jwt") && text.contains("author.prod"), "{text}");
        }
        assert!(csv(&[row()]).contains("\"all.zip!/a,b.config:3\""), "{}", csv(&[row()]));
        assert_eq!(markdown(&[row()]).lines().nth(2).unwrap().matches(" | ").count(), 5);
        assert_eq!(table(&[]), "No integration was found.\n");
        let value: serde_json::Value = serde_json::from_str(&json(&[row()])).unwrap();
        assert_eq!(value[0]["name"], "a | b\u{1b}[2J");
    }
}
