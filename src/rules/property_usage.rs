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
    use crate::rules::expression::Template;

    #[test]
    fn built_in_rules_on_configurations_look_at_attributes_only() {
        let rules = RuleSet::builtin();
        let mut seen = 0;
        for set_rule in rules.rules() {
            let (id, rule) = (&set_rule.id, set_rule.file().unwrap());
            let all = set_rule.compiled().unwrap();
            let keys = || all.per.iter().chain(&all.distinct);
            let related = all.related(rule).unwrap();
            let cases = rule.cases.iter().zip(&all.cases);
            for (case, compiled) in cases.filter(|(case, _)| case.on.contains(&Kind::Configuration)) {
                let texts = compiled.texts(rule, case).unwrap();
                let parts = texts.at.iter().chain([&texts.message]).chain(&texts.advice).chain(related);
                let parts = parts.flat_map(Template::expressions);
                for expression in compiled.when.iter().chain(&texts.see).chain(keys()).chain(parts) {
                    assert!(!expression.reads_properties(), "{id}: {}", expression.source());
                }
                for at in &case.at {
                    assert!(
                        Kind::Configuration.attribute(&at.value).is_some() && at.value != "properties",
                        "{id}: {}",
                        at.value
                    );
                }
                seen += 1;
            }
        }
        assert!(seen >= 3, "{seen}");
        assert!(!looks_at_properties(&rules, Kind::Configuration));
        assert!(looks_at_properties(&rules, Kind::TokenProvider));
    }
}
