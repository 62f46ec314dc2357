//! `aemlint inventory --run-modes`: what one instance uses of the configurations of a deployment.

use crate::diagnostics::UserError;
use crate::facts::Fact;
use crate::facts::link::{ConfigurationRole, PidOnInstance};
use crate::instances::{Axes, Mode, Reason, Relation};
use crate::secret::mask_shapes;
use osgi_config::Target;
use serde_json::json;

/// The headings of the columns.
pub(super) const HEADINGS: [&str; 5] = ["PID", "result", "why", "run modes", "place"];

/// The run modes of an option, such as `author,prod`.
///
/// # Errors
/// Run modes that no instance has, or that no instance has together.
pub(super) fn parse_run_modes(list: &str, target: Target) -> Result<Vec<&str>, UserError> {
    let modes: Vec<&str> = list.split([',', '.']).map(str::trim).filter(|mode| !mode.is_empty()).collect();
    let axes = Axes::new(target, &[]);
    let help = "Name the run modes of one instance, such as author,prod.";
    let of: Vec<(&str, Mode)> = modes.iter().map(|mode| (*mode, axes.mode(mode))).collect();
    if let Some((unknown, _)) = of.iter().find(|(_, mode)| *mode == Mode::Unknown) {
        let known = "AEM as a Cloud Service has the run modes author, publish, dev, rde, stage and prod.";
        return Err(UserError::plain(format!("no instance has the run mode '{unknown}'"), known));
    }
    for (place, a) in of.iter().enumerate() {
        for b in of.iter().skip(place + 1).filter(|b| b.0 != a.0) {
            if axes.relation((a.0, &a.1), (b.0, &b.1)) == Relation::Exclusive {
                return Err(UserError::plain(format!("no instance has both run modes '{}' and '{}'", a.0, b.0), help));
            }
        }
    }
    if modes.is_empty() {
        return Err(UserError::plain("--run-modes names no run mode", help));
    }
    Ok(modes)
}

/// What a configuration is to the instance, and why.
fn result(fact: &Fact, role: ConfigurationRole, competitors: usize) -> (&'static str, String) {
    match role {
        ConfigurationRole::Used => ("used", String::new()),
        ConfigurationRole::Tied => {
            ("one of several", format!("{competitors} are equally specific, and the instance uses one of them"))
        }
        ConfigurationRole::Contested => (
            "one of several",
            format!("{competitors} packages write this path, and the one that is installed last is used"),
        ),
        ConfigurationRole::Loses(reason) => ("loses", reason_text(reason).to_owned()),
        ConfigurationRole::Inactive => ("not active", "the instance does not have its run modes".to_owned()),
        ConfigurationRole::NotInstalled => {
            let rejected = || "AEM rejects the file".to_owned();
            ("not installed", fact.not_installed.clone().unwrap_or_else(rejected))
        }
    }
}

fn reason_text(reason: Reason) -> &'static str {
    match reason {
        Reason::Root => "the one that is used lies below /apps, this one below /libs",
        Reason::MoreRunModes => "more run modes of the one that is used match",
        Reason::Inherited => "the one that is used is for rde, which inherits from dev",
    }
}

/// A configuration in the list.
struct Row<'f> {
    pid: &'f str,
    deployment: u32,
    result: &'static str,
    why: String,
    run_modes: Vec<String>,
    place: String,
    path: Option<&'f str>,
    line: u32,
}

fn rows<'f>(pids: &[PidOnInstance<'f>]) -> Vec<Row<'f>> {
    let of_pid = |pid: &PidOnInstance<'f>| {
        let first = pid.configurations.first().map(|(_, role)| *role);
        let competitors = pid.configurations.iter().filter(|(_, role)| Some(*role) == first).count();
        let row = |&(fact, role): &(&'f Fact, ConfigurationRole)| {
            let (result, why) = result(fact, role, competitors);
            Row {
                pid: pid.pid,
                deployment: pid.deployment,
                result,
                why,
                run_modes: fact.run_modes.alternatives(),
                place: mask_shapes(&fact.place.to_string()).into_owned(),
                path: fact.path.as_deref(),
                line: fact.mark.start.line,
            }
        };
        pid.configurations.iter().map(row).collect::<Vec<_>>()
    };
    pids.iter().flat_map(of_pid).collect()
}

/// The cells of each row.
pub(super) fn cells(pids: &[PidOnInstance<'_>]) -> Vec<Vec<String>> {
    let cells = |row: Row<'_>| {
        let run_modes = row.run_modes.join(", ");
        vec![row.pid.to_owned(), row.result.to_owned(), row.why, run_modes, format!("{}:{}", row.place, row.line)]
    };
    rows(pids).into_iter().map(cells).collect()
}

/// The list as JSON.
pub(super) fn json(pids: &[PidOnInstance<'_>]) -> serde_json::Value {
    let row = |row: Row<'_>| {
        json!({
            "pid": row.pid,
            "deployment": row.deployment,
            "result": row.result,
            "why": if row.why.is_empty() { None } else { Some(row.why) },
            "run_modes": row.run_modes,
            "repository_path": row.path,
            "path": row.place,
            "line": row.line,
        })
    };
    rows(pids).into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_modes_of_one_instance() {
        let modes = |list, target| parse_run_modes(list, target).map_err(|error| error.to_string());
        assert_eq!(modes("author, prod", Target::Aem65), Ok(vec!["author", "prod"]));
        assert_eq!(modes("author.emea", Target::Aem65), Ok(vec!["author", "emea"]));
        assert!(modes("author,publish", Target::Aem65).unwrap_err().contains("both"));
        assert!(modes("dev,prod", Target::Aem65).unwrap_err().contains("both"));
        assert!(modes("author,qa", Target::Cloud).unwrap_err().contains("'qa'"));
        assert!(modes(" , ", Target::Aem65).unwrap_err().contains("no run mode"));
    }
}
