//! The inventory: which integrations there are, and which of them work.
//!
//! It is made of linked facts and of what the rules found on them, so that every report that shows it says the same.

mod description;
pub mod map;
mod state;

pub use description::{Description, INTEGRATIONS, describe, name_of};
pub use state::State;

use crate::facts::{Coordinates, Fact, Kind, Packages, Whereabouts};
use crate::rules::{Finding, Severity};
use state::Judge;
use std::sync::Arc;

/// The kinds of facts that the inventory is made of: integrations, and what their states follow from.
pub const KINDS: &[Kind] = &[
    Kind::TokenProvider,
    Kind::JwtIntegration,
    Kind::SmartTagsService,
    Kind::BrandPortalConfiguration,
    Kind::ReplicationAgent,
    Kind::RetiredService,
    Kind::Package,
    Kind::Configuration,
    Kind::TokenCustomizer,
    Kind::ImsReference,
    Kind::UnresolvedPlaceholder,
    Kind::RejectedFile,
];

/// The words for an integration whose file AEM refuses as a whole.
const REJECTED: &str = "AEM rejects the file";

/// An integration of a package or project. Its texts are masked, not escaped.
#[derive(Clone, Debug)]
pub struct Integration {
    /// The kind of fact that it is.
    pub kind: Kind,
    /// What it is, for people: `IMS configuration`, `Brand Portal`, …
    pub integration: &'static str,
    /// What it calls itself, else the name of its node or file.
    pub name: String,
    /// What else tells it from others: names of attributes and values that are known.
    pub details: Vec<(&'static str, String)>,
    /// Whether it works.
    pub state: State,
    /// The findings that the state follows from, the worst first.
    pub findings: Vec<StateFinding>,
    /// When it is active: alternatives, each such as `author.prod`; empty for always.
    pub run_modes: Vec<String>,
    /// Why AEM does not install it, as a clause; `None` if it does.
    pub not_installed: Option<String>,
    /// What wins instead of it wherever it is active, as a clause; `None` if it takes effect somewhere.
    pub overridden: Option<Arc<str>>,
    /// The package that holds it, if that says what it is called.
    pub package: Option<Arc<Coordinates>>,
    /// The deployment that it belongs to.
    pub deployment: u32,
    /// Where it is.
    pub location: Whereabouts,
}

/// A finding that the state of an integration follows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateFinding {
    /// The rule's id.
    pub rule: Arc<str>,
    /// Its severity.
    pub severity: Severity,
    /// Recognises it in the reports of `check`.
    pub fingerprint: String,
}

/// The integrations among the facts of a run, in their order. `findings` are all that the rules found on these facts, whatever
/// is accepted or left out of reports.
pub fn integrations(facts: &[Fact], findings: &[Finding]) -> Vec<Integration> {
    let described: Vec<(&Fact, &Description)> = facts
        .iter()
        .filter_map(|fact| Some((fact, INTEGRATIONS.iter().find(|known| known.kind == fact.kind())?)))
        .collect();
    if described.is_empty() {
        return Vec::new();
    }
    let judge = Judge::new(facts, findings);
    let packages = Packages::of_facts(facts);
    let integration = |(fact, description): (&Fact, &Description)| {
        let (state, evidence) = judge.state(fact);
        let rejected = || fact.error.is_some().then(|| REJECTED.to_owned());
        Integration {
            kind: description.kind,
            integration: description.word,
            name: name_of(fact, description),
            details: describe(fact, description),
            state,
            findings: evidence.into_iter().map(StateFinding::of).collect(),
            run_modes: fact.run_modes.alternatives(),
            not_installed: fact.not_installed.clone().or_else(rejected),
            overridden: fact.overridden.clone(),
            package: packages.around(&fact.place).cloned(),
            deployment: fact.deployment,
            location: Whereabouts::of(fact, fact.mark),
        }
    };
    described.into_iter().map(integration).collect()
}

impl StateFinding {
    /// Of a finding.
    pub fn of(finding: &Finding) -> Self {
        Self { rule: finding.rule.clone(), severity: finding.severity, fingerprint: finding.fingerprint.clone() }
    }
}
