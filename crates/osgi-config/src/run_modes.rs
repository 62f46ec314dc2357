//! Run-mode specifications: `,` is OR, `.` is AND, a leading `-` is NOT (Sling `SlingSettingsService`). The
//! JCR installer knows `,` and `-` since its provider 3.3.0 (SLING-9031).

use std::collections::BTreeSet;
use std::fmt;

/// Groups of run modes of which at most one is set on an instance.
const EXCLUSIVE: [&[&str]; 2] = [&["author", "publish"], &["dev", "stage", "prod"]];

/// Alternatives beyond this number are not told apart: names are not trusted, and their products would explode.
const MAX_ALTERNATIVES: usize = 64;

/// When something is active: a parsed specification. The default is: always.
///
/// # Examples
/// ```
/// use osgi_config::RunModes;
/// let author = RunModes::parse("author.prod");
/// assert_eq!(author.matched(&["author", "prod"]), Some(2));
/// assert!(!author.can_be_active_with(&RunModes::parse("publish")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunModes {
    /// Any of these; none of them means never. One without a literal is always true.
    alternatives: Vec<Vec<Literal>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Literal {
    mode: String,
    negated: bool,
}

impl Default for RunModes {
    fn default() -> Self {
        Self { alternatives: vec![Vec::new()] }
    }
}

impl RunModes {
    /// Active on every instance.
    pub fn always() -> Self {
        Self::default()
    }

    /// Active on no instance.
    pub fn never() -> Self {
        Self { alternatives: Vec::new() }
    }

    /// Parses what stands behind `config.` in the name of a folder. An empty specification is never active.
    pub fn parse(spec: &str) -> Self {
        let mut alternatives = Vec::new();
        for alternative in java_split(spec, ',') {
            let parts = java_split(alternative, '.');
            // Nothing left between dots counts nothing, and a count of nothing is no match.
            if parts.is_empty() {
                continue;
            }
            let literal = |part: &str| match part.strip_prefix('-') {
                Some(mode) => Literal { mode: mode.to_owned(), negated: true },
                None => Literal { mode: part.to_owned(), negated: false },
            };
            alternatives.push(parts.into_iter().map(literal).collect());
        }
        Self { alternatives }.capped()
    }

    /// Too many alternatives become: always. That may let a finding through too many, and hides none.
    fn capped(mut self) -> Self {
        let mut seen = BTreeSet::new();
        self.alternatives.retain(|alternative| seen.insert(alternative.clone()));
        if self.alternatives.len() > MAX_ALTERNATIVES { Self::always() } else { self }
    }

    /// Whether it is active on every instance.
    pub fn is_always(&self) -> bool {
        self.alternatives.iter().any(Vec::is_empty)
    }

    /// Whether no instance can have it active.
    pub fn is_never(&self) -> bool {
        !self.alternatives.iter().any(|alternative| satisfiable(alternative.iter()))
    }

    /// How many parts of the best alternative match on an instance with the run modes `active`; `None` if it is not
    /// active there. What is always active matches with no part.
    pub fn matched(&self, active: &[&str]) -> Option<u32> {
        let holds = |literal: &Literal| active.contains(&literal.mode.as_str()) != literal.negated;
        let score = |alternative: &Vec<Literal>| {
            alternative.iter().all(holds).then(|| u32::try_from(alternative.len()).unwrap_or(u32::MAX))
        };
        self.alternatives.iter().filter_map(score).max()
    }

    /// Whether an instance can have both active. Author and publish exclude each other, so do dev, stage and prod;
    /// any other run mode is free.
    pub fn can_be_active_with(&self, other: &Self) -> bool {
        self.alternatives.iter().any(|a| other.alternatives.iter().any(|b| satisfiable(a.iter().chain(b))))
    }

    /// Active where both are: the run modes of something inside something else that has run modes.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut alternatives = Vec::new();
        for a in &self.alternatives {
            for b in &other.alternatives {
                if satisfiable(a.iter().chain(b)) {
                    let new = |literal: &&Literal| !a.contains(literal);
                    alternatives.push(a.iter().chain(b.iter().filter(new)).cloned().collect());
                }
            }
        }
        Self { alternatives }.capped()
    }

    /// The alternatives, each as it would be written in a folder's name, such as `author.-prod`; none if it is always
    /// active, `(never)` if it never is.
    pub fn alternatives(&self) -> Vec<String> {
        if self.is_always() {
            return Vec::new();
        }
        self.to_string().split(',').map(str::to_owned).collect()
    }

    /// The parts of each alternative: the run modes, and whether the part asks for the mode to be unset.
    pub fn literals(&self) -> impl Iterator<Item = impl Iterator<Item = (&str, bool)>> {
        self.alternatives.iter().map(|alternative| alternative.iter().map(|part| (part.mode.as_str(), part.negated)))
    }

    /// Active where one of both is.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        if self.is_always() || other.is_always() {
            return Self::always();
        }
        Self { alternatives: self.alternatives.iter().chain(&other.alternatives).cloned().collect() }.capped()
    }
}

/// The specification as it would be written in a folder's name; empty for always, `(never)` for never.
impl fmt::Display for RunModes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.alternatives.is_empty() {
            return f.write_str("(never)");
        }
        for (at, alternative) in self.alternatives.iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            for (at, literal) in alternative.iter().enumerate() {
                let dot = if at > 0 { "." } else { "" };
                let not = if literal.negated { "-" } else { "" };
                write!(f, "{dot}{not}{}", literal.mode)?;
            }
        }
        Ok(())
    }
}

/// Whether some set of run modes makes all literals true.
fn satisfiable<'a>(literals: impl Iterator<Item = &'a Literal>) -> bool {
    let (mut set, mut unset) = (BTreeSet::new(), BTreeSet::new());
    for literal in literals {
        // No instance has a run mode without a name.
        if literal.mode.is_empty() && !literal.negated {
            return false;
        }
        if literal.negated { &mut unset } else { &mut set }.insert(literal.mode.as_str());
    }
    set.is_disjoint(&unset)
        && EXCLUSIVE.iter().all(|group| group.iter().filter(|&&mode| set.contains(mode)).count() <= 1)
}

/// `String.split` of Java: empty parts at the end are left out, a text without the separator is one part.
fn java_split(text: &str, separator: char) -> Vec<&str> {
    if !text.contains(separator) {
        return vec![text];
    }
    let mut parts: Vec<&str> = text.split(separator).collect();
    while parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    #[test]
    fn scores_as_the_vectors_say() {
        let vectors = vectors::of("runmode-spec.jsonl", "runmode.match");
        assert_eq!(vectors.len(), 96);
        for vector in vectors {
            let score = RunModes::parse(vector.get("spec")).matched(&vector.run_modes()).unwrap_or(0);
            assert_eq!(u64::from(score), vector.expected.as_u64().unwrap(), "{vector:?}");
        }
    }

    #[test]
    fn a_lone_minus_matches_and_counts() {
        assert_eq!(RunModes::parse("author.-").matched(&["author"]), Some(2));
        assert_eq!(RunModes::parse("author,").matched(&["author"]), Some(1));
    }

    #[test]
    fn knows_which_specifications_exclude_each_other() {
        let together = |a: &str, b: &str| {
            let (a, b) = (RunModes::parse(a), RunModes::parse(b));
            assert_eq!(a.can_be_active_with(&b), b.can_be_active_with(&a));
            assert_eq!(a.can_be_active_with(&b), !a.and(&b).is_never());
            a.can_be_active_with(&b)
        };
        for (a, b) in [("author", "publish"), ("dev", "author.prod"), ("x", "-x"), ("author.publish", "x"), ("", "x")] {
            assert!(!together(a, b), "{a} {b}");
        }
        for (a, b) in [("author", "prod"), ("author,publish", "publish"), ("x", "y"), ("-author", "publish.x")] {
            assert!(together(a, b), "{a} {b}");
        }
        assert!(RunModes::always().can_be_active_with(&RunModes::parse("author")));
        assert!(!RunModes::always().can_be_active_with(&RunModes::never()));
    }

    #[test]
    fn gives_its_parts() {
        let modes = RunModes::parse("author.-prod,emea");
        let parts: Vec<Vec<(&str, bool)>> = modes.literals().map(Iterator::collect).collect();
        assert_eq!(parts, [vec![("author", false), ("prod", true)], vec![("emea", false)]]);
        assert_eq!(RunModes::always().literals().map(Iterator::count).collect::<Vec<_>>(), [0]);
        assert_eq!(RunModes::never().literals().count(), 0);
    }

    #[test]
    fn joins_and_shows() {
        let author = RunModes::parse("author");
        assert_eq!(author.and(&RunModes::parse("prod,author.x")).to_string(), "author.prod,author.x");
        assert_eq!(author.and(&RunModes::always()), author);
        assert_eq!(author.and(&RunModes::parse("publish")).to_string(), "(never)");
        assert_eq!(author.or(&RunModes::parse("publish")).to_string(), "author,publish");
        assert!(author.or(&RunModes::always()).is_always());
        assert_eq!(RunModes::always().to_string(), "");
    }

    #[test]
    fn a_flood_of_alternatives_stays_small() {
        let many: Vec<String> = (0..10_000).map(|n| format!("m{n}")).collect();
        assert!(RunModes::parse(&many.join(",")).is_always());
        let some = RunModes::parse(&many[..60].join(","));
        let others = RunModes::parse(&many[60..120].join(","));
        assert!(some.and(&others).is_always());
    }
}
