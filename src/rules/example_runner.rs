//! Runs the examples of rule files: a bad form must raise the rule, a good one must not.

use super::evaluate::evaluate;
use super::example::{Example, ExampleInput};
use super::example_details::{SeenFact, seen_facts};
use super::example_fixes;
use super::finding::Finding;
use super::set::RuleSet;
use crate::diagnostics::UserError;
use crate::facts::{Fact, Linked};
use std::fmt;

/// What came of the examples of a set of rules.
#[derive(Clone, Debug, Default)]
pub struct TestReport {
    /// Number of rules.
    pub rules: usize,
    /// Number of forms, good and bad, that were tried.
    pub tried: usize,
    /// Those that did not do what their rule says, in the order of rules and examples.
    pub failures: Vec<Failure>,
    /// What is likely not meant so, as sentences.
    pub notes: Vec<String>,
}

impl TestReport {
    /// Whether every example did what its rule says.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// An example that did not do what its rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The rule's id.
    pub rule: String,
    /// The rule file.
    pub file: String,
    /// The line of the example in the rule file, from 1.
    pub line: usize,
    /// `bad` or `good`.
    pub form: &'static str,
    /// The title of the example, if it has one.
    pub title: Option<String>,
    /// What happened, and what was expected.
    pub reason: String,
    /// The facts of the rule's kinds that the example has.
    pub seen: Vec<SeenFact>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, file, line, form, title, reason, .. } = self;
        write!(f, "{file}:{line}: {rule}: the {form} example")?;
        if let Some(title) = title {
            write!(f, " \"{title}\"")?;
        }
        write!(f, " {reason}")
    }
}

/// Runs the examples of all `rules`. `facts_of` makes the facts of a sample, or says why it cannot.
///
/// All rules take part in judging each example, so that a rule that stays silent for a more specific one shows it.
///
/// # Errors
/// A rule file with a mistake.
pub fn test_rules(
    rules: &RuleSet,
    facts_of: &dyn Fn(&ExampleInput) -> Result<Linked, String>,
) -> Result<TestReport, UserError> {
    test_rules_of(rules, rules.ids(), facts_of)
}

/// Runs the examples of those of the `rules` that have the given ids; the others only take part in judging.
///
/// # Errors
/// An unknown id; a rule file with a mistake.
pub fn test_rules_of<'i>(
    rules: &RuleSet,
    ids: impl IntoIterator<Item = &'i str>,
    facts_of: &dyn Fn(&ExampleInput) -> Result<Linked, String>,
) -> Result<TestReport, UserError> {
    let mut report = TestReport::default();
    for id in ids {
        let rule = rules.rule(id)?;
        report.rules += 1;
        let mut underlined = false;
        for example in &rule.examples {
            for (form, files) in [("bad", &example.bad), ("good", &example.good)] {
                if files.is_empty() {
                    continue;
                }
                report.tried += 1;
                let sample = ExampleInput {
                    files: files.iter().chain(&example.with).cloned().collect(),
                    target: example.target,
                    target_named: example.target_named,
                    now: example.now.clone(),
                };
                let linked = facts_of(&sample);
                let reason = match &linked {
                    Err(reason) => Some(format!("cannot be read: {reason}")),
                    Ok(linked) => {
                        let judgement = evaluate(rules, &linked.facts, &linked.installed, example.target)?;
                        if let Some(failed) = judgement.not_judged.into_iter().next() {
                            return Err(failed.error);
                        }
                        let own = judgement.findings.iter().filter(|finding| *finding.rule == *id);
                        underlined |= own.clone().any(|finding| !is_whole(finding, &linked.facts));
                        match judge(example, form, id, &judgement.findings) {
                            None if form == "bad" && !rule.fixes.is_empty() => {
                                example_fixes::test(rules, id, sample, linked, facts_of)?
                            }
                            reason => reason,
                        }
                    }
                };
                report.failures.extend(reason.map(|reason| {
                    Failure {
                        rule: id.to_owned(),
                        file: rule.name.clone(),
                        line: rule.text[..example.span.start.min(rule.text.len())].matches('\n').count() + 1,
                        form,
                        title: example.title.clone(),
                        reason,
                        seen: linked
                            .as_ref()
                            .map_or_else(|_| Vec::new(), |linked| seen_facts(rule, &linked.facts, example.target)),
                    }
                }));
            }
        }
        // Built-in rules may underline what only some formats have.
        let names: Vec<&str> = rule.cases.iter().flat_map(|case| &case.at).map(|text| text.value.as_str()).collect();
        if !underlined && !names.is_empty() && !rule.meta.built_in {
            let file = &rule.name;
            report.notes.push(format!(
                "{file}: no bad example has what `at` names ({}), so that the whole configuration or node is underlined",
                names.join(", ")
            ));
        }
    }
    Ok(report)
}

/// Whether a finding is about the whole of a fact, and not about one of its properties.
fn is_whole(finding: &Finding, facts: &[Fact]) -> bool {
    let location = &finding.location;
    facts.iter().any(|fact| fact.place == location.place && fact.mark == location.mark)
}

/// What is wrong with the findings on an example.
fn judge(example: &Example, form: &str, id: &str, findings: &[Finding]) -> Option<String> {
    let own: Vec<&Finding> = findings.iter().filter(|finding| finding.rule.as_ref() == id).collect();
    let others: Vec<&str> = findings.iter().map(|finding| finding.rule.as_ref()).filter(|rule| *rule != id).collect();
    if form == "good" {
        return own.first().map(|finding| format!("raises the rule: {}", finding.message));
    }
    if own.len() != example.expect {
        let others = if others.is_empty() { String::new() } else { format!("; others found {}", others.join(", ")) };
        return Some(format!(
            "has {} findings of the rule where {} expected{others}",
            own.len(),
            number(example.expect)
        ));
    }
    let wanted = example.expect_message.as_ref()?;
    let contains = own.first().is_some_and(|finding| finding.message.contains(wanted.as_str()));
    let said = || own.first().map(|finding| finding.message.clone()).unwrap_or_default();
    (!contains).then(|| format!("says \"{}\", which does not contain \"{wanted}\"", said()))
}

fn number(count: usize) -> String {
    if count == 1 { "1 is".to_owned() } else { format!("{count} are") }
}
