//! What a report that is handed on says beside the findings: inventory and map, packages, how and when it was made.

use super::args::Check;
use super::setup::Settings;
use crate::facts::families::package::Package;
use crate::facts::{Coordinates, OfKind};
use crate::integrations::map::map_integrations;
use crate::integrations::{self, Integration};
use crate::policy::{Extended, Policy};
use crate::report::{Audit, AuditedPackage};
use crate::rules::Finding;
use crate::scan::Scanned;
use jiff::Timestamp;

/// The variable that builds set to a time, in seconds since 1970, to make the same bytes whenever they run.
const SOURCE_DATE: &str = "SOURCE_DATE_EPOCH";

/// Makes it of a scan and of all that the rules found, each at the level that the configuration gives its rule.
pub(super) fn audit(
    args: &Check,
    settings: &Settings,
    policy: &Policy,
    scanned: &Scanned,
    findings: &[Finding],
) -> Audit {
    let integrations: Vec<Integration> = integrations::integrations(&scanned.facts, findings);
    let map = map_integrations(&scanned.facts, &integrations);
    let packages = scanned.facts.iter().filter_map(|fact| Some((fact, Package::of(fact)?)));
    let packages =
        packages.map(|(fact, package)| AuditedPackage { place: fact.place.clone(), coordinates: coordinates(package) });
    Audit {
        date: (!args.report.no_times).then(|| date(std::env::var(SOURCE_DATE).ok().as_deref(), Timestamp::now())),
        options: options(args, settings, policy),
        packages: packages.collect(),
        more_packages: 0,
        more_integrations: 0,
        integrations,
        map,
    }
}

fn coordinates(package: &Package) -> Coordinates {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Coordinates { group: text(&package.group), name: text(&package.name), version: text(&package.version) }
}

/// The time that a build sets, else now, to the second.
fn date(source_date: Option<&str>, now: Timestamp) -> String {
    let set = source_date.and_then(|seconds| seconds.trim().parse().ok());
    let time = set.and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or(now);
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// What decided what was read and how it was judged, whether by option, by configuration or by default.
fn options(args: &Check, settings: &Settings, policy: &Policy) -> Vec<(&'static str, String)> {
    let config = &settings.config;
    let target = settings.target(args.setup.target);
    let default = if target.named { "" } else { " (default)" };
    let mut options = vec![("Judged for", format!("{}{default}", target.target.name()))];
    if args.inputs.reading.together {
        options.push(("Deployments", "all inputs together are one".to_owned()));
    }
    if args.inputs.reading.apart {
        options.push(("Deployments", "each package and module is one".to_owned()));
    }
    options.extend(policy.describe());
    let file = config.file.as_ref().map_or("none".to_owned(), |file| file.display().to_string());
    options.push(("Configuration", file));
    options.extend(config.extended.iter().map(|extended| ("Extended", extended_text(extended))));
    let excluded: Vec<String> = config.exclude.iter().map(|exclude| exclude.glob.clone()).collect();
    if let Some(baseline) = &args.policy.baseline {
        options.push(("Baseline", baseline.display().to_string()));
    }
    let lists = [
        ("Rules selected", &args.policy.counting.select),
        ("Rules left out", &args.policy.counting.ignore),
        ("Excluded by option", &args.inputs.reading.walk.exclude),
        ("Excluded by the configuration", &excluded),
    ];
    options.extend(lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|(name, list)| (name, list.join(", "))));
    let given = args.setup.source.directories.iter().map(|directory| directory.display().to_string());
    let directories: Vec<String> = config.rules.iter().map(|rules| rules.source.to_string()).chain(given).collect();
    if !directories.is_empty() {
        options.push(("Further rules", directories.join(", ")));
    }
    options
}

fn extended_text(extended: &Extended) -> String {
    let hash = extended.sha256.as_ref().map(|hash| format!(", pinned by sha256: {hash}"));
    format!("{}{}", extended.file, hash.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_that_a_build_sets_counts() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        assert_eq!(date(None, now), "2027-01-15T08:00:00Z");
        assert_eq!(date(Some("1767225600"), now), "2026-01-01T00:00:00Z");
        for unusable in ["", "soon", "99999999999999999999"] {
            assert_eq!(date(Some(unusable), now), "2027-01-15T08:00:00Z");
        }
    }
}
