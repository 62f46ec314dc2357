//! Tells how much of a fact rules look at, so that what nobody looks at need not be kept.

use super::builtin::BUILTIN;
use super::set::RuleSet;
use crate::facts::Kind;

/// Whether a rule of a set that began with the built-in ones may look at the properties of facts of this kind.
///
/// Said of every rule of a user's own. The built-in rules on configurations look at attributes only, which a test makes
/// sure of, so that they need not be parsed for an answer.
pub fn looks_at_properties(rules: &RuleSet, kind: Kind) -> bool {
    let is_own = |id: &str| !BUILTIN.iter().any(|builtin| builtin.id == id);
    if kind != Kind::Configuration {
        return true;
    }
    rules.ids().filter(|id| is_own(id)).any(|id| rules.meta(id).is_ok_and(|meta| meta.on.contains(&kind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_rules_on_configurations_look_at_attributes_only() {
        let rules = RuleSet::builtin();
        let mut seen = 0;
        for id in rules.ids() {
            let rule = rules.rule(id).unwrap();
            for case in rule.cases.iter().filter(|case| case.on.contains(&Kind::Configuration)) {
                let counting = rule.counting.iter().flat_map(|counting| counting.per.iter().chain(&counting.distinct));
                let texts = case.when.iter().chain([&case.message]).chain(&case.advice).chain(&case.see);
                for text in texts.chain(&rule.related).chain(counting) {
                    assert!(!text.value.contains("fact.properties"), "{id}: {}", text.value);
                    // The fact as a whole, or a member of it by another name than it is written with.
                    let others = text.value.match_indices("fact").filter(|(at, _)| {
                        let before = text.value[..*at].chars().next_back();
                        let after = text.value[at + 4..].chars().next();
                        !before.is_some_and(char::is_alphanumeric) && after != Some('.') && after != Some('o')
                    });
                    assert_eq!(others.count(), 0, "{id}: {}", text.value);
                }
                for at in &case.at {
                    let known = Kind::Configuration.attributes().iter().any(|spec| spec.name == at.value);
                    assert!(known && at.value != "properties", "{id}: {}", at.value);
                }
                seen += 1;
            }
        }
        assert!(seen >= 4, "{seen}");
        assert!(!looks_at_properties(&rules, Kind::Configuration));
        assert!(looks_at_properties(&rules, Kind::TokenProvider));
    }
}
