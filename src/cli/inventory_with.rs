//! What the inventory lists beside integrations, where that is asked for.

use super::inventory_rows::Row;
use crate::facts::families::endpoints::Endpoint;
use crate::facts::families::ims::ImsReference;
use crate::facts::families::keys::KeyMaterial;
use crate::facts::families::secrets::Secret;
use crate::facts::{Fact, Kind, OfKind, Packages, Whereabouts};
use crate::integrations::{Description, State, StateFinding, describe, name_of};
use crate::rules::{Finding, Severity};
use crate::signals::ims::JWT_EXCHANGE;
use clap::ValueEnum;
use std::collections::HashMap;
use text_spans::SourceRange;
use zip_audit::Place;

/// What the inventory can list beside integrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Further {
    /// Properties and files that hold a secret, or should hold one
    Secrets,
    /// Certificates, private keys and keystores
    Keys,
    /// Properties that name an IMS configuration
    References,
    /// Adobe URLs, and URLs that integrations connect to
    Endpoints,
}

impl Further {
    /// The kind of facts.
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Secrets => Kind::Secret,
            Self::Keys => Kind::KeyMaterial,
            Self::References => Kind::ImsReference,
            Self::Endpoints => Kind::Endpoint,
        }
    }

    fn description(self) -> Description {
        match self {
            Self::Secrets => Description::new(Kind::Secret, "secret", &["property"], &["shape", "value_form"]),
            Self::Keys => {
                let details = &["form", "issuer", "not_after"];
                Description::new(Kind::KeyMaterial, "key", &["subject", "keystore"], details)
            }
            Self::References => {
                Description::new(Kind::ImsReference, "reference", &["reference"], &["consumer", "solution"])
            }
            Self::Endpoints => Description::new(Kind::Endpoint, "endpoint", &["url"], &["host", "property"]),
        }
    }
}

/// The rows of what is wanted, kind by kind in the order of places. `findings` are those on all facts.
pub(super) fn rows(facts: &[Fact], findings: &[Finding], wanted: &[Further]) -> Vec<Row> {
    let mut there: HashMap<(&Place, SourceRange), Vec<&Finding>> = HashMap::new();
    for finding in findings.iter().filter(|_| !wanted.is_empty()) {
        let related = finding.related.iter().map(|related| &related.location);
        for location in std::iter::once(&finding.location).chain(related) {
            there.entry((&location.place, location.mark)).or_default().push(finding);
        }
    }
    let packages = Packages::of_facts(facts);
    let all: [Further; 4] = [Further::Secrets, Further::Keys, Further::References, Further::Endpoints];
    let of_kind = |further: Further| {
        let description = further.description();
        let (packages, there) = (&packages, &there);
        facts.iter().filter(move |fact| fact.kind() == further.kind()).map(move |fact| {
            let mark = mark(fact).unwrap_or(fact.mark);
            let found = there.get(&(&fact.place, mark)).map(Vec::as_slice).unwrap_or_default();
            let of_kind: Vec<&Finding> = found.iter().copied().filter(|finding| is_about(further, finding)).collect();
            let (state, rank) = state(fact, &of_kind);
            Row {
                integration: description.word,
                name: name_of(fact, &description),
                order: 1 + further as usize,
                state,
                rank,
                findings: of_kind.into_iter().map(StateFinding::of).collect(),
                details: describe(fact, &description),
                run_modes: fact.run_modes.alternatives(),
                not_installed: fact.not_installed.clone(),
                overridden: fact.overridden.clone(),
                package: packages.around(&fact.place).cloned(),
                location: Whereabouts::of(fact, mark),
            }
        })
    };
    all.into_iter().filter(|further| wanted.contains(further)).flat_map(of_kind).collect()
}

/// Where the fact is written.
fn mark(fact: &Fact) -> Option<SourceRange> {
    let name = match fact.kind() {
        Kind::Secret => "property",
        Kind::KeyMaterial => "form",
        Kind::ImsReference => "reference",
        _ => "url",
    };
    fact.source_range_of(name)
}

/// Whether a finding at the place of such a thing is about the thing.
fn is_about(further: Further, finding: &Finding) -> bool {
    let is_secret = finding.family.as_ref() == "secrets";
    match further {
        Further::Secrets | Further::Keys => is_secret,
        Further::References | Further::Endpoints => !is_secret,
    }
}

/// The state in a word, and where it stands among the states of its kind, the worst first.
fn state(fact: &Fact, findings: &[&Finding]) -> (&'static str, usize) {
    if let Some(secret) = Secret::of(fact) {
        let state = if secret.sample { "sample" } else { secret.state.value.name() };
        let order = ["plain", "hashed", "encrypted", "placeholder", "sample", "blank"];
        return (state, order.iter().position(|known| *known == state).unwrap_or(order.len()));
    }
    if let Some(key) = KeyMaterial::of(fact) {
        return match key.days_left.value {
            Some(days) if days < 0 => ("expired", 0),
            Some(_) => ("valid", 2),
            None => ("packaged", 1),
        };
    }
    if let Some(reference) = ImsReference::of(fact) {
        return if reference.resolved { ("resolved", 1) } else { ("unresolved", 0) };
    }
    let ended =
        Endpoint::of(fact).is_some_and(|endpoint| JWT_EXCHANGE.contains(&endpoint.url_path.value.trim_matches('/')));
    if !fact.installed() {
        return (State::NotInstalled.name(), 3);
    }
    let worst = findings.iter().map(|finding| finding.severity).max();
    let is_unknown = Endpoint::of(fact).is_some_and(|endpoint| endpoint.placeholder || endpoint.sample);
    let is_legacy = findings.iter().any(|finding| finding.rule.starts_with("legacy-") || &*finding.family == "retired");
    match worst {
        Some(Severity::Error) if !is_legacy => (State::Broken.name(), 0),
        Some(Severity::Error | Severity::Warning) if is_legacy => (State::Legacy.name(), 1),
        _ if ended => (State::Legacy.name(), 1),
        _ if is_unknown => (State::Unknown.name(), 2),
        _ => (State::Ok.name(), 4),
    }
}
