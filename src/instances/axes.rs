//! Which run modes an instance can have together: the axes along which they exclude each other.

use osgi_config::Target;
use std::collections::{BTreeMap, BTreeSet};

/// The table of names; a test reads every line of it.
const TABLE: &str = include_str!("run-modes.txt");

/// A row of the table of run modes.
#[derive(Clone, Copy, Debug)]
struct Row {
    target: &'static str,
    axis: &'static str,
    name: &'static str,
}

fn rows() -> impl Iterator<Item = Row> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut columns = line.split_whitespace();
        Some(Row { target: columns.next()?, axis: columns.next()?, name: columns.next()? })
    })
}

/// What one run mode is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Of the axis of which exactly one is set: author or publish.
    Service,
    /// An environment.
    Environment(Environment),
    /// It may be set or not.
    Free,
    /// No instance has it: any mode that the Cloud Service does not document.
    Unknown,
}

/// The name of an environment, in its parts and in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Environment {
    /// The name with its number: `prod`, `test2`.
    pub(crate) name: String,
    /// The region, or whatever else is attached: `emea` of `prod-emea`.
    pub(crate) region: Option<String>,
}

/// Whether an instance can have two run modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Relation {
    /// Nothing speaks against it.
    Compatible,
    /// It is possible and unusual: an environment, and the same with a region.
    Unlikely,
    /// No instance has both.
    Exclusive,
}

/// The axes of run modes of one target.
#[derive(Clone, Debug)]
pub(crate) struct Axes {
    target: Target,
    services: Vec<&'static str>,
    environments: Vec<&'static str>,
    regions: BTreeSet<&'static str>,
    /// For each run mode of a group of the configuration: the numbers of its groups.
    groups: BTreeMap<String, BTreeSet<usize>>,
}

impl Axes {
    /// The axes of `target`, and groups of run modes of which at most one is set, such as `["emea", "apac"]`.
    pub(crate) fn new(target: Target, exclusive: &[Vec<String>]) -> Self {
        let of = |axis: &str| -> Vec<&'static str> {
            rows().filter(|row| row.target == target.name() && row.axis == axis).map(|row| row.name).collect()
        };
        let mut groups: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (number, group) in exclusive.iter().enumerate() {
            for mode in group {
                groups.entry(mode.clone()).or_default().insert(number);
            }
        }
        let mut environments = of("environment");
        // A longer name comes first, so that it is not taken for a shorter one with something attached.
        environments.sort_by_key(|name| std::cmp::Reverse(name.len()));
        Self { target, services: of("service"), environments, regions: of("region").into_iter().collect(), groups }
    }

    /// The target that the axes are those of.
    pub(crate) fn target(&self) -> Target {
        self.target
    }

    /// The run modes of the service, `author` first.
    pub(crate) fn services(&self) -> &[&'static str] {
        &self.services
    }

    /// The environments of which exactly one is set; none if an instance may do without.
    pub(crate) fn required_environments(&self) -> &[&'static str] {
        match self.target {
            Target::Aem65 => &[],
            Target::Cloud => &self.environments,
        }
    }

    /// What a run mode is. Run modes are case sensitive, the names of environments are recognised in any case.
    pub(crate) fn mode(&self, mode: &str) -> Mode {
        if self.services.contains(&mode) {
            return Mode::Service;
        }
        match self.target {
            Target::Cloud if self.environments.contains(&mode) => {
                Mode::Environment(Environment { name: mode.to_owned(), region: None })
            }
            Target::Cloud => Mode::Unknown,
            Target::Aem65 if mode.is_empty() => Mode::Unknown,
            Target::Aem65 => self.environment(&mode.to_lowercase()).map_or(Mode::Free, Mode::Environment),
        }
    }

    /// `prod`, `test2`, `dev-01`, `prod-emea`, `prod2_us-east`, `emea-prod`.
    fn environment(&self, mode: &str) -> Option<Environment> {
        let behind = self.environments.iter().find_map(|name| {
            let rest = mode.strip_prefix(name)?;
            let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
            let separated = rest.strip_prefix(['-', '_', '.']);
            // `dev01`, or `dev-01`, but not the date in `dev-01a`.
            let (number, rest) = match separated {
                Some(rest) if digits(rest) > 0 => {
                    let (number, rest) = rest.split_at_checked(digits(rest))?;
                    if rest.is_empty() || rest.starts_with(['-', '_']) { (number, rest) } else { ("", separated?) }
                }
                Some(_) => ("", rest),
                None => rest.split_at_checked(digits(rest))?,
            };
            let region = match rest.strip_prefix(['-', '_']) {
                Some(region) => Some(region).filter(|region| !region.is_empty()),
                None if rest.is_empty() => None,
                None => separated.map(|_| rest).or(Some("")),
            };
            // Something behind the name that nothing separates: another word.
            (region != Some(""))
                .then(|| Environment { name: format!("{name}{number}"), region: region.map(str::to_owned) })
        });
        behind.or_else(|| {
            let at = mode.find(['-', '_'])?;
            let (region, rest) = (mode.get(..at)?, mode.get(at + 1..)?);
            let found = self.regions.contains(region).then(|| self.environment(rest))??;
            found.region.is_none().then(|| Environment { region: Some(region.to_owned()), ..found })
        })
    }

    /// Whether an instance can have both of two different run modes.
    pub(crate) fn relation(&self, a: (&str, &Mode), b: (&str, &Mode)) -> Relation {
        let grouped = |(a, b): (&str, &str)| match (self.groups.get(a), self.groups.get(b)) {
            (Some(a), Some(b)) => !a.is_disjoint(b),
            _ => false,
        };
        if grouped((a.0, b.0)) {
            return Relation::Exclusive;
        }
        match (a.1, b.1) {
            (Mode::Service, Mode::Service) | (Mode::Unknown, _) | (_, Mode::Unknown) => Relation::Exclusive,
            (Mode::Environment(one), Mode::Environment(other)) => {
                let same_place = one.name == other.name && one.region.is_none() != other.region.is_none();
                if same_place { Relation::Unlikely } else { Relation::Exclusive }
            }
            // `prod-author` is no run mode of a publish instance.
            (Mode::Service, Mode::Environment(environment)) => self.beside(a.0, environment),
            (Mode::Environment(environment), Mode::Service) => self.beside(b.0, environment),
            _ => Relation::Compatible,
        }
    }

    fn beside(&self, service: &str, environment: &Environment) -> Relation {
        let region = environment.region.as_deref();
        let other = self.services.iter().any(|&named| named != service && region == Some(named));
        if other { Relation::Exclusive } else { Relation::Compatible }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_its_source() {
        for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let [target, axis, _, source] = columns[..] else { panic!("{line}") };
            assert!(Target::ALL.iter().any(|known| known.name() == target), "{line}");
            assert!(["service", "environment", "region"].contains(&axis), "{line}");
            assert!(TABLE.lines().any(|line| line.starts_with(&format!("# {source} "))), "{line}");
        }
    }

    fn relation(axes: &Axes, a: &str, b: &str) -> Relation {
        let (mode_a, mode_b) = (axes.mode(a), axes.mode(b));
        let found = axes.relation((a, &mode_a), (b, &mode_b));
        assert_eq!(found, axes.relation((b, &mode_b), (a, &mode_a)), "{a} {b}");
        found
    }

    #[test]
    fn environments_exclude_each_other() {
        let axes = Axes::new(Target::Aem65, &[]);
        for (a, b) in [
            ("author", "publish"),
            ("dev", "prod"),
            ("local", "development"),
            ("staging", "production"),
            ("test", "test2"),
            ("test1", "test2"),
            ("prod-emea", "prod-apac"),
            ("prod-emea", "stage-emea"),
            ("prod-emea", "stage"),
            ("dev01", "dev02"),
            ("dev-01", "prod"),
            ("emea-prod", "emea-stage"),
            ("Prod", "stage"),
            ("sit", "uat"),
            ("prod-author", "publish"),
            ("preprod", "prod"),
            ("pre-prod", "prod"),
            ("qa_eu", "prod_eu"),
            ("int", "qa"),
        ] {
            assert_eq!(relation(&axes, a, b), Relation::Exclusive, "{a} {b}");
        }
        for (a, b) in [("prod", "prod-emea"), ("test2", "test2-us"), ("prod", "emea-prod"), ("dev-01", "dev01-eu")] {
            assert_eq!(relation(&axes, a, b), Relation::Unlikely, "{a} {b}");
        }
        for (a, b) in [
            ("author", "prod"),
            ("emea", "apac"),
            ("emea", "prod"),
            ("nonprod", "dev"),
            ("non-prod", "dev"),
            ("intranet", "prod"),
            ("author", "prod-author"),
            ("devices", "prod"),
            ("liveblog", "prod"),
        ] {
            assert_eq!(relation(&axes, a, b), Relation::Compatible, "{a} {b}");
        }
    }

    #[test]
    fn groups_of_the_configuration_exclude_each_other() {
        let axes = Axes::new(Target::Aem65, &[vec!["emea".into(), "apac".into()], vec!["b2b".into(), "b2c".into()]]);
        assert_eq!(relation(&axes, "emea", "apac"), Relation::Exclusive);
        assert_eq!(relation(&axes, "emea", "b2b"), Relation::Compatible);
        let axes = Axes::new(Target::Aem65, &[vec!["prod".into(), "prod-emea".into()]]);
        assert_eq!(relation(&axes, "prod", "prod-emea"), Relation::Exclusive);
    }

    #[test]
    fn the_cloud_service_has_the_documented_modes_only() {
        let axes = Axes::new(Target::Cloud, &[]);
        for mode in ["qa", "uat", "preview", "prod-emea", "emea", "Dev", "dev2", ""] {
            assert_eq!(axes.mode(mode), Mode::Unknown, "{mode}");
        }
        assert_eq!(relation(&axes, "rde", "dev"), Relation::Exclusive);
        assert_eq!(relation(&axes, "author", "stage"), Relation::Compatible);
        assert_eq!(axes.required_environments().len(), 4);
    }
}
