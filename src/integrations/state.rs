//! Whether an integration works, as far as its files show it.

use crate::facts::families::ims::{Credential, ImsReference, TokenCustomizer, TokenProvider};
use crate::facts::families::jwt::JwtIntegration;
use crate::facts::{Fact, Kind, OfKind, ValueRef};
use crate::rules::{Finding, Severity, UNREAD_RULE};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use zip_audit::Place;

/// The families whose errors say that an integration does not work.
const FAMILIES: [&str; 3] = ["ims", "smart-tags", "brand-portal"];
/// The family of rules on services that have ended.
const RETIRED: &str = "retired";
/// How the names of rules on what is out of date begin.
const LEGACY: &str = "legacy-";
/// The rule on credentials that have ended.
const ENDED_CREDENTIAL: &str = "jwt-credentials";
/// The rules on what keeps AEM from installing a configuration.
const NOT_INSTALLED: [&str; 3] = ["rejected-configuration", "rejected-package", "inactive-configuration"];
/// The rules on what cannot be known.
const UNKNOWN: [&str; 6] = [
    "unresolved-placeholder",
    "unresolved-ims-reference",
    "missing-client-secret",
    "lost-property",
    ENDED_CREDENTIAL,
    UNREAD_RULE,
];

/// Whether an integration works. Of the states that hold it has the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// AEM does not install it.
    NotInstalled,
    /// There is an error in it.
    Broken,
    /// It is of a kind that Adobe replaced, or its credential or service has ended.
    Legacy,
    /// A placeholder, an unreadable part of its file or what it refers to cannot be known.
    Unknown,
    /// Nothing is known against it.
    Ok,
}

impl State {
    /// All of them, in the order in which they are tried.
    pub const ALL: [Self; 5] = [Self::NotInstalled, Self::Broken, Self::Legacy, Self::Unknown, Self::Ok];

    /// How much it counts where the worst of several comes first.
    pub fn badness(self) -> u8 {
        match self {
            Self::Broken => 4,
            Self::Legacy => 3,
            Self::Unknown => 2,
            Self::NotInstalled => 1,
            Self::Ok => 0,
        }
    }

    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotInstalled => "not installed",
            Self::Broken => "broken",
            Self::Legacy => "legacy",
            Self::Unknown => "unknown",
            Self::Ok => "ok",
        }
    }
}

/// What decides about the states of the integrations of a run.
pub(super) struct Judge<'f> {
    findings: HashMap<u32, Vec<&'f Finding>>,
    /// The findings that say why AEM does not install a file, by that file.
    not_installed: HashMap<&'f Place, Vec<&'f Finding>>,
    facts: HashMap<u32, Vec<&'f Fact>>,
    /// What adds client secrets, by deployment and the name that IMS configurations call it by.
    customizers: HashMap<(u32, &'f str), Vec<&'f Fact>>,
    unread: HashSet<&'f Place>,
}

impl<'f> Judge<'f> {
    pub(super) fn new(facts: &'f [Fact], findings: &'f [Finding]) -> Self {
        let mut judge = Self {
            findings: HashMap::new(),
            not_installed: HashMap::new(),
            facts: HashMap::new(),
            customizers: HashMap::new(),
            unread: HashSet::new(),
        };
        for fact in facts {
            judge.note(fact);
        }
        for finding in findings {
            if NOT_INSTALLED.contains(&&*finding.rule) {
                judge.not_installed.entry(&finding.location.place).or_default().push(finding);
            }
            for source in &finding.sources {
                judge.findings.entry(*source).or_default().push(finding);
            }
        }
        judge
    }

    fn note(&mut self, fact: &'f Fact) {
        match fact.kind() {
            Kind::Unread => drop(self.unread.insert(&fact.place)),
            Kind::TokenCustomizer => {
                let name = TokenCustomizer::of(fact).and_then(|customizer| customizer.customizer.value.as_text());
                name.into_iter().for_each(|name| {
                    self.customizers.entry((fact.deployment, name.trim())).or_default().push(fact);
                });
            }
            Kind::ImsReference | Kind::UnresolvedPlaceholder => {
                self.facts.entry(fact.installation.source).or_default().push(fact);
            }
            _ => {}
        }
    }

    /// The state of the integration that a fact is, and the findings that it follows from, the worst first.
    pub(super) fn state(&self, fact: &Fact) -> (State, Vec<&'f Finding>) {
        let own = self.of_source(fact);
        let evidence = |says_so: &dyn Fn(&Finding) -> bool| {
            let mut found: Vec<&Finding> = own.iter().copied().filter(|finding| says_so(finding)).collect();
            found.sort_by_key(|finding| Reverse(finding.severity));
            found
        };
        if !fact.installed() || fact.error.is_some() {
            return (State::NotInstalled, self.not_installed.get(&fact.place).cloned().unwrap_or_default());
        }
        // What is wrong with a configuration that another one overrides everywhere is as wrong, if not as urgent.
        let errors = |finding: &Finding| {
            let severity = if fact.overridden.is_some() { finding.uncapped } else { finding.severity };
            severity == Severity::Error && FAMILIES.contains(&&*finding.family)
        };
        let mut broken = evidence(&errors);
        broken.extend(self.of_customizers(fact).filter(|finding| errors(finding)));
        if !broken.is_empty() {
            return (State::Broken, broken);
        }
        let legacy = evidence(&|finding| {
            let ended = finding.rule.as_ref() == ENDED_CREDENTIAL && finding.severity >= Severity::Warning;
            let legacy = finding.rule.starts_with(LEGACY) && finding.severity >= Severity::Warning;
            ended || legacy || finding.family.as_ref() == RETIRED
        });
        if !legacy.is_empty() || has_ended(fact) {
            return (State::Legacy, legacy);
        }
        let unknown = evidence(&|finding| UNKNOWN.contains(&&*finding.rule));
        if !unknown.is_empty() || self.is_unknown(fact) {
            return (State::Unknown, unknown);
        }
        (State::Ok, Vec::new())
    }

    fn of_source(&self, fact: &Fact) -> &[&'f Finding] {
        self.findings.get(&fact.installation.source).map_or(&[], Vec::as_slice)
    }

    /// The findings on what adds the client secret to the token requests of an IMS configuration.
    fn of_customizers<'a>(&'a self, fact: &'a Fact) -> impl Iterator<Item = &'f Finding> + 'a {
        let name = TokenProvider::of(fact).and_then(|provider| provider.customizer.value.as_text()).map(str::trim);
        let there = name.and_then(|name| self.customizers.get(&(fact.deployment, name))).into_iter().flatten();
        let active = there.filter(|customizer| customizer.run_modes.can_be_active_with(&fact.run_modes));
        active.flat_map(|customizer| self.of_source(customizer)).copied()
    }

    fn is_unknown(&self, fact: &Fact) -> bool {
        let is_full = |name: &str| matches!(fact.attribute(name), Some(ValueRef::List(values)) if !values.is_empty());
        let is_true = |name: &str| matches!(fact.attribute(name), Some(ValueRef::Bool(true)));
        let beside = self.facts.get(&fact.installation.source).into_iter().flatten();
        let open = |fact: &&Fact| ImsReference::of(fact).is_none_or(|reference| !reference.resolved);
        is_full("unknown")
            || is_full("samples")
            || is_true("partial")
            || is_true("undecided")
            || TokenProvider::of(fact).is_some_and(|provider| provider.customizer_found == Some(false))
            || beside.copied().any(|fact| open(&fact))
            || self.unread.contains(&fact.place)
    }
}

/// Whether the credential or the service of an integration has ended.
fn has_ended(fact: &Fact) -> bool {
    if let Some(provider) = TokenProvider::of(fact) {
        let is_hidden = |name: &str| {
            let unknown = fact.attribute("unknown");
            matches!(unknown, Some(ValueRef::List(names)) if names.iter().any(|known| known.as_text() == Some(name)))
        };
        return provider.credential == Credential::Jwt && !(is_hidden("client_id") && is_hidden("claims"));
    }
    if let Some(carrier) = JwtIntegration::of(fact) {
        return carrier.deprecated && !carrier.undecided;
    }
    fact.kind() == Kind::RetiredService
}
