//! Facts that a rule cannot judge: its condition or its message has no value on them. The rule is told as such, and the
//! other rules and facts are judged.

use crate::diagnostics::UserError;
use crate::facts::{Fact, not_judged};
use std::collections::BTreeMap;
use zip_audit::Place;

/// Places of one rule that are listed; further facts are counted.
const MAX_LISTED_PLACES: usize = 100;

/// A fact that a rule cannot judge.
#[derive(Clone, Debug)]
pub struct NotJudged {
    /// A fact of kind `unread` that says so, at the place of the other one.
    pub fact: Fact,
    /// Why, with the place in the rule file.
    pub error: UserError,
}

/// What a rule could not do with a fact.
pub(super) struct Failure<'a> {
    /// The rule's id.
    pub(super) rule: &'a str,
    /// The fact.
    pub(super) fact: &'a Fact,
}

/// Lists failures, which are in the order of the facts, for each rule the first at each of its first places.
/// `error_of` finds out again why the failure of this index happened: errors are larger than what is kept of them.
pub(super) fn list<'a>(failures: &[Failure<'a>], error_of: impl Fn(usize) -> Option<UserError>) -> Vec<NotJudged> {
    let mut by_rule: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, failure) in failures.iter().enumerate() {
        by_rule.entry(failure.rule).or_default().push(index);
    }
    let mut listed = Vec::new();
    for (rule, indices) in by_rule {
        let mut last: Option<&Place> = None;
        let all = indices.len();
        let first_of_place = |&index: &usize| {
            let place = failures.get(index).map(|failure| &failure.fact.place);
            std::mem::replace(&mut last, place) != place
        };
        let indices: Vec<usize> = indices.into_iter().filter(first_of_place).take(MAX_LISTED_PLACES).collect();
        let more = all - indices.len();
        for (number, &index) in indices.iter().enumerate() {
            let (Some(Failure { fact, .. }), Some(error)) = (failures.get(index), error_of(index)) else { continue };
            let more = if number + 1 == indices.len() { more } else { 0 };
            listed.push(NotJudged { fact: not_judged(fact, &reason(rule, fact, &error, more)), error });
        }
    }
    listed
}

/// Why, as a clause.
fn reason(rule: &str, fact: &Fact, error: &UserError, more: usize) -> String {
    let kind = fact.kind().name();
    let why = error.label();
    let rest = match more {
        0 => String::new(),
        1 => "; it failed on one more fact".to_owned(),
        more => format!("; it failed on {more} more facts"),
    };
    format!("the rule `{rule}` has no result on a fact of kind {kind}: {why}{rest}")
}
