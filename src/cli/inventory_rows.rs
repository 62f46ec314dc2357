//! The rows of the inventory, in every form.

use super::{bounded_list, columns};
use crate::facts::{Coordinates, Whereabouts};
use crate::integrations::{Integration, State, StateFinding};
use crate::report::{count, redact};
use crate::secret::mask_shapes;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use text_spans::SourceRange;
use zip_audit::Place;

/// The headings of the columns for people.
const HEADINGS: [&str; 7] = ["integration", "name", "state", "details", "run modes", "package", "place"];

/// The columns of comma-separated values; those of further attributes stand behind them.
const COLUMNS: [&str; 16] = [
    "integration",
    "name",
    "state",
    "findings",
    "run_modes",
    "installed",
    "package_group",
    "package_name",
    "package_version",
    "file",
    "inside",
    "line",
    "node",
    "tenant",
    "client_id",
    "org_id",
];

/// Attributes that have a column of their own.
const OWN_COLUMNS: [&str; 3] = ["tenant", "client_id", "org_id"];

/// A thing in the inventory. Its texts are masked, not escaped.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) integration: &'static str,
    pub(super) name: String,
    /// What it is beside integrations, in the order of the list; 0 for an integration.
    pub(super) order: usize,
    /// Its state in a word.
    pub(super) state: &'static str,
    /// Where it stands among the states, the worst first.
    pub(super) rank: usize,
    pub(super) findings: Vec<StateFinding>,
    pub(super) details: Vec<(&'static str, String)>,
    pub(super) run_modes: Vec<String>,
    pub(super) not_installed: Option<String>,
    pub(super) overridden: Option<Arc<str>>,
    pub(super) package: Option<Arc<Coordinates>>,
    pub(super) location: Whereabouts,
}

impl From<Integration> for Row {
    fn from(integration: Integration) -> Self {
        let worst_first = [State::Broken, State::Legacy, State::Unknown, State::NotInstalled, State::Ok];
        Self {
            integration: integration.integration,
            name: integration.name,
            order: 0,
            state: integration.state.name(),
            rank: worst_first.iter().position(|state| *state == integration.state).unwrap_or_default(),
            findings: integration.findings,
            details: integration.details,
            run_modes: integration.run_modes,
            not_installed: integration.not_installed,
            overridden: integration.overridden,
            package: integration.package,
            location: integration.location,
        }
    }
}

/// The indices of the rows, the worst first.
pub(super) fn worst_first(rows: &[Row]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&index| rows.get(index).map(|row| (row.order, row.rank)));
    order
}

impl Row {
    /// The row that stands for others which are left out.
    pub(super) fn left_out(number: usize) -> Self {
        Self {
            integration: "left out",
            name: bounded_list::left_out(number),
            order: usize::MAX,
            state: "unknown",
            rank: usize::MAX,
            findings: Vec::new(),
            details: Vec::new(),
            run_modes: Vec::new(),
            not_installed: None,
            overridden: None,
            package: None,
            location: Whereabouts {
                place: Place::on_disk("."),
                mark: SourceRange::FILE,
                node: None,
                excerpts: Arc::default(),
            },
        }
    }

    /// The cells for people.
    fn cells(&self) -> Vec<String> {
        let details: Vec<String> = self.details.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let package = self.package.as_ref();
        vec![
            self.integration.to_owned(),
            self.name.clone(),
            self.state_and_why(),
            details.join(" "),
            self.run_modes.join(", "),
            package.map(|package| mask_shapes(&package.to_string()).into_owned()).unwrap_or_default(),
            format!("{}:{}", mask_shapes(&self.location.place.to_string()), self.location.mark.start.line),
        ]
    }

    /// The state and what it follows from.
    fn state_and_why(&self) -> String {
        let rules: BTreeSet<&str> = self.findings.iter().map(|finding| &*finding.rule).collect();
        let rules = rules.into_iter().collect::<Vec<_>>().join(", ");
        let mut why: Vec<String> = Vec::new();
        why.extend(self.not_installed.clone());
        why.extend(self.overridden.as_ref().map(|winner| format!("overridden: {winner}")));
        why.extend((!rules.is_empty()).then_some(rules));
        if why.is_empty() { self.state.to_owned() } else { format!("{}: {}", self.state, why.join("; ")) }
    }

    fn csv(&self, further: &[&str]) -> Vec<String> {
        let attribute = |name: &str| {
            let found = self.details.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let package = self.package.as_deref().cloned().unwrap_or_default();
        let place = &self.location.place;
        let masked = |text: &str| mask_shapes(text).into_owned();
        let inside: Vec<String> = place.inside.iter().map(|name| masked(name)).collect();
        let findings: Vec<&str> = self.findings.iter().map(|finding| &*finding.rule).collect();
        let first = [
            self.integration.to_owned(),
            self.name.clone(),
            self.state.to_owned(),
            findings.join(" "),
            self.run_modes.join(" "),
            self.not_installed.is_none().to_string(),
            masked(&package.group),
            masked(&package.name),
            masked(&package.version),
            masked(&place.file),
            inside.join(" "),
            self.location.mark.start.line.to_string(),
            masked(self.location.node.as_deref().unwrap_or_default()),
        ];
        first.into_iter().chain(OWN_COLUMNS.iter().chain(further).map(|name| attribute(name))).collect()
    }

    fn json(&self) -> serde_json::Value {
        let details: serde_json::Map<_, _> =
            self.details.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
        let finding = |finding: &StateFinding| json!({"rule": *finding.rule, "level": finding.severity.name(), "fingerprint": finding.fingerprint});
        let package = |package: &Arc<Coordinates>| json!({"group": package.group, "name": package.name, "version": package.version});
        let place = &self.location.place;
        let mut value = json!({
            "integration": self.integration,
            "name": self.name,
            "state": self.state,
            "findings": self.findings.iter().map(finding).collect::<Vec<_>>(),
            "details": details,
            "run_modes": self.run_modes,
            "installed": self.not_installed.is_none(),
            "not_installed": self.not_installed,
            "overridden": self.overridden.as_deref(),
            "package": self.package.as_ref().map(package),
            "path": place.to_string(),
            "file": *place.file,
            "inside": place.inside.iter().map(|name| name.to_string()).collect::<Vec<_>>(),
            "line": self.location.mark.start.line,
            "node": self.location.node,
        });
        redact::json(&mut value);
        value
    }
}

/// What there is and in what state, the worst first, in a list as wide as the terminal.
pub(super) fn table(rows: &[Row], width: usize) -> String {
    format!("{}\n\n{}", numbers(rows), columns::list(&HEADINGS, &cells(rows), width))
}

/// The same as a Markdown table.
pub(super) fn markdown(rows: &[Row]) -> String {
    format!("{}\n\n{}", numbers(rows), columns::markdown(&HEADINGS, &cells(rows)))
}

/// Every attribute in a column, in the order of places.
pub(super) fn csv(rows: &[Row]) -> String {
    let names: BTreeSet<&str> = rows.iter().flat_map(|row| &row.details).map(|(name, _)| *name).collect();
    let further: Vec<&str> = names.into_iter().filter(|name| !OWN_COLUMNS.contains(name)).collect();
    let headings: Vec<&str> = COLUMNS.into_iter().chain(further.iter().copied()).collect();
    let cells: Vec<Vec<String>> = rows.iter().map(|row| row.csv(&further)).collect();
    columns::csv(&headings, &cells)
}

/// Every attribute, in the order of places.
pub(super) fn json(rows: &[Row]) -> serde_json::Value {
    rows.iter().map(Row::json).collect()
}

fn cells(rows: &[Row]) -> Vec<Vec<String>> {
    let mut sorted: Vec<&Row> = rows.iter().collect();
    sorted.sort_by_key(|row| (row.order, row.rank));
    sorted.into_iter().map(Row::cells).collect()
}

/// How many things there are of each state, with its rank.
type StateCounts<'r> = BTreeMap<(usize, &'r str), u64>;

/// `9 integrations: 2 broken, 1 legacy, 6 ok; 3 secrets: 1 plain, 2 encrypted`.
fn numbers(rows: &[Row]) -> String {
    let mut kinds: Vec<(&str, &str, StateCounts<'_>)> = vec![("integration", "integrations", BTreeMap::new())];
    for row in rows {
        let (one, many) = match row.integration {
            "secret" => ("secret", "secrets"),
            "key" => ("key", "keys"),
            "reference" => ("reference", "references"),
            "endpoint" => ("endpoint", "endpoints"),
            _ => ("integration", "integrations"),
        };
        let known = kinds.iter().position(|(kind, ..)| *kind == one);
        let place = known.unwrap_or_else(|| {
            kinds.push((one, many, BTreeMap::new()));
            kinds.len() - 1
        });
        if let Some((.., states)) = kinds.get_mut(place) {
            *states.entry((row.rank, row.state)).or_default() += 1;
        }
    }
    let of_kind = |(one, many, states): &(&str, &str, StateCounts<'_>)| {
        let all = count(states.values().sum(), one, many);
        let each: Vec<String> = states.iter().map(|((_, state), number)| format!("{number} {state}")).collect();
        if each.is_empty() { all } else { format!("{all}: {}", each.join(", ")) }
    };
    kinds.iter().map(of_kind).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::excerpts::Excerpts;
    use text_spans::{Lines, Span};

    fn row() -> Row {
        Row {
            integration: "IMS configuration",
            name: "a | b\u{1b}[2J".to_owned(),
            order: 0,
            state: "ok",
            rank: 4,
            findings: Vec::new(),
            details: vec![("credential", "jwt".to_owned()), ("tenant", "=acme".to_owned())],
            run_modes: vec!["author.prod".to_owned()],
            not_installed: None,
            overridden: None,
            package: None,
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
        let rows = [row()];
        let json = crate::escape::json(&format!("{:#}\n", json(&rows))).into_owned();
        let (csv, markdown) = (csv(&rows), markdown(&rows));
        for text in [&table(&rows, 100), &csv, &markdown, &json] {
            assert!(!text.contains('\u{1b}'), "{text}");
            assert!(text.contains("jwt") && text.contains("author.prod"), "{text}");
        }
        assert!(csv.contains("all.zip,\"a,b.config\",3,"), "{csv}");
        assert!(csv.contains("\"'=acme\""), "{csv}");
        assert!(csv.starts_with("integration,name,state,findings,") && csv.contains(",org_id,credential\r\n"), "{csv}");
        assert_eq!(markdown.lines().nth(4).unwrap().matches(" | ").count(), 6);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value[0]["name"], "a | b\u{1b}[2J");
    }

    #[test]
    fn the_worst_comes_first_and_numbers_before_all() {
        let broken = Row { state: "broken", rank: 0, name: "second".to_owned(), ..row() };
        let secret =
            Row { integration: "secret", order: 1, state: "plain", rank: 0, name: "token".to_owned(), ..row() };
        let text = table(&[row(), broken, secret], 400);
        assert!(text.starts_with("2 integrations: 1 broken, 1 ok; 1 secret: 1 plain\n\n"), "{text}");
        assert!(text.find("second") < text.find("a | b"), "{text}");
    }
}
