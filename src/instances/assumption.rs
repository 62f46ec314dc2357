//! What a judgement assumes, in words.

use std::collections::BTreeSet;

/// What a judgement assumes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Assumption {
    /// These run modes, which an instance may have or not, are set together on one.
    RunModes(BTreeSet<String>),
    /// Which of several packages that write one path is installed last.
    OrderOfInstallation,
    /// Modules that write the same path, of which usually one is built, are all part of the build; or a certain one is.
    Build,
    /// Of configurations that are equally specific, which one the instance took.
    Choice,
}

/// What these assume, as a sentence; `None` if there are none.
pub(crate) fn sentence_of(assumptions: &[Assumption]) -> Option<String> {
    let distinct: BTreeSet<&Assumption> = assumptions.iter().collect();
    let clauses: Vec<String> = distinct.into_iter().map(clause).collect();
    (!clauses.is_empty()).then(|| format!("This holds only if {}.", clauses.join(", and if ")))
}

fn clause(assumption: &Assumption) -> String {
    match assumption {
        Assumption::RunModes(modes) => {
            let modes: Vec<&str> = modes.iter().map(String::as_str).collect();
            match &modes[..] {
                [] => "an instance without run modes is used".to_owned(),
                [one] => format!("an instance has the run mode {one}"),
                [some @ .., last] => format!("one instance has the run modes {} and {last}", some.join(", ")),
            }
        }
        Assumption::OrderOfInstallation => "the packages are installed in a certain order".to_owned(),
        Assumption::Build => "the build contains certain ones of the modules that write the same paths".to_owned(),
        Assumption::Choice => "the instance took a certain one of equally specific configurations".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_each_assumption_once() {
        let modes = |modes: &[&str]| Assumption::RunModes(modes.iter().map(|mode| (*mode).to_owned()).collect());
        assert_eq!(sentence_of(&[]), None);
        assert_eq!(
            sentence_of(&[Assumption::Choice, modes(&["apac", "emea"]), Assumption::Choice]).as_deref(),
            Some(
                "This holds only if one instance has the run modes apac and emea, and if the instance took a certain \
                 one of equally specific configurations."
            )
        );
        assert_eq!(
            sentence_of(&[modes(&["emea"])]).as_deref(),
            Some("This holds only if an instance has the run mode emea.")
        );
    }
}
