//! Findings that repeat: many of one rule at the same property, as when a package has a folder for each environment.

use super::phrases;
use crate::escape;
use crate::rules::{Finding, Severity};
use std::collections::{HashMap, HashSet};

/// Findings of a kind that are shown in full.
const MAX_SHOWN: usize = 3;
/// Kinds of findings of one rule: of a rule with more, the property does not matter.
const MAX_KINDS: usize = 3;

/// Findings that are shown together, in their order.
pub(super) struct Group<'r> {
    /// Those that are shown in full.
    pub(super) shown: Vec<&'r Finding>,
    /// Those that are like them.
    pub(super) further: Vec<&'r Finding>,
    /// The property that they have in common.
    property: Option<&'r str>,
}

/// What findings of a kind have in common.
type Key<'r> = (Severity, &'r str, Option<&'r str>);

/// The findings, the worst first. Where there are many of a kind, the first shows some of them and all others with them.
pub(super) fn groups(findings: &[Finding]) -> Vec<Group<'_>> {
    let mut properties: HashMap<(Severity, &str), HashSet<Option<&str>>> = HashMap::new();
    for finding in findings {
        properties.entry((finding.severity, &finding.rule)).or_default().insert(finding.property.as_deref());
    }
    let key = |finding| key_of(finding, &properties);
    let mut numbers: HashMap<Key<'_>, usize> = HashMap::new();
    findings.iter().for_each(|finding| *numbers.entry(key(finding)).or_default() += 1);
    let mut places: HashMap<Key<'_>, usize> = HashMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for finding in phrases::worst_first(findings) {
        let kind = key(finding);
        if numbers.get(&kind).is_none_or(|number| *number <= MAX_SHOWN) {
            groups.push(Group { shown: vec![finding], further: Vec::new(), property: kind.2 });
            continue;
        }
        let place = *places.entry(kind).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) if group.shown.len() < MAX_SHOWN => group.shown.push(finding),
            Some(group) => group.further.push(finding),
            None => groups.push(Group { shown: vec![finding], further: Vec::new(), property: kind.2 }),
        }
    }
    groups
}

fn key_of<'r>(finding: &'r Finding, properties: &HashMap<(Severity, &str), HashSet<Option<&str>>>) -> Key<'r> {
    let kinds = properties.get(&(finding.severity, &*finding.rule)).map_or(0, HashSet::len);
    (finding.severity, &finding.rule, finding.property.as_deref().filter(|_| kinds <= MAX_KINDS))
}

impl Group<'_> {
    /// What its findings have in common: `missing-scope at 'auth.token.provider.scope'`. Escaped for a terminal.
    pub(super) fn name(&self, finding: &Finding) -> String {
        let rule = escape::terminal_name(&finding.rule);
        match self.property {
            Some(property) => format!("{rule} at '{}'", escape::terminal_name(property)),
            None => rule,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::test_report::{finding, location};
    use zip_audit::Place;

    fn findings(number: usize, rule: &str, property: impl Fn(usize) -> Option<String>) -> Vec<Finding> {
        let one = |number| {
            let location = location(Place::on_disk(format!("{number}.config")), "a=1\n", Some("a=1"), None);
            Finding { property: property(number), ..finding(rule, Severity::Note, "It is wrong.", location) }
        };
        (0..number).map(one).collect()
    }

    fn shape(findings: &[Finding]) -> Vec<(usize, usize)> {
        groups(findings).iter().map(|group| (group.shown.len(), group.further.len())).collect()
    }

    #[test]
    fn three_of_a_kind_are_shown_and_the_others_follow() {
        let same = |_| Some("scope".to_owned());
        assert_eq!(shape(&findings(3, "missing-scope", same)), [(1, 0), (1, 0), (1, 0)]);
        assert_eq!(shape(&findings(8, "missing-scope", same)), [(3, 5)]);
        let mut mixed = findings(4, "missing-scope", same);
        mixed.insert(1, Finding { severity: Severity::Error, ..mixed[0].clone() });
        assert_eq!(shape(&mixed), [(1, 0), (3, 1)]);
        let two = |number: usize| Some(format!("p{}", number % 2));
        assert_eq!(shape(&findings(8, "missing-scope", two)), [(3, 1), (3, 1)]);
    }

    #[test]
    fn of_a_rule_that_fires_everywhere_the_property_does_not_matter() {
        let every = |number: usize| Some(format!("p{number}"));
        assert_eq!(shape(&findings(40, "plain-text-secret", every)), [(3, 37)]);
        assert_eq!(shape(&findings(3, "plain-text-secret", every)).len(), 3);
    }
}
