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

/// What these assume, as a sentence; `None` if there is nothing to say. Run modes are left out, since the instances that a
/// judgement is about are named with them.
pub(crate) fn sentence_of(assumptions: &[Assumption]) -> Option<String> {
    let distinct: BTreeSet<&Assumption> = assumptions.iter().collect();
    let clauses: Vec<&str> = distinct.into_iter().filter_map(clause).collect();
    (!clauses.is_empty()).then(|| format!("This holds only if {}.", clauses.join(", and if ")))
}

fn clause(assumption: &Assumption) -> Option<&'static str> {
    match assumption {
        Assumption::RunModes(_) => None,
        Assumption::OrderOfInstallation => Some("the packages are installed in a certain order"),
        Assumption::Build => Some("the build contains certain ones of the modules that write the same paths"),
        Assumption::Choice => Some("the instance uses a certain one of equally specific configurations"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_each_assumption_once() {
        let modes = Assumption::RunModes(BTreeSet::from(["emea".to_owned()]));
        assert_eq!(sentence_of(std::slice::from_ref(&modes)), None);
        assert_eq!(
            sentence_of(&[Assumption::Choice, modes, Assumption::Build, Assumption::Choice]).as_deref(),
            Some(
                "This holds only if the build contains certain ones of the modules that write the same paths, and if \
                 the instance uses a certain one of equally specific configurations."
            )
        );
    }
}
