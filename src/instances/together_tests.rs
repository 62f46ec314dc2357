//! What is counted together, and under which assumptions.

use super::installer::{Outcome, judge};
use super::testing::Given;
use super::{Activity, Axes, FactActivity, together};
use osgi_config::{RunModes, Target};

/// Whether more than one of these are active together, each with what it counts as.
fn conflict(given: &Given<'_>, keys: &[Option<&str>]) -> Option<String> {
    let axes = Axes::new(Target::Aem65, &[]);
    let candidates = given.candidates();
    let outcome = judge(&candidates, &axes);
    let fact = |(index, key): (usize, &Option<&'static str>)| FactActivity {
        activity: Activity::Configuration(index),
        counts_as: *key,
    };
    let keys: Vec<Option<&'static str>> =
        keys.iter().map(|key| key.map(|key| if key == "t1" { "t1" } else { "t2" })).collect();
    let facts: Vec<FactActivity<'_>> = keys.iter().enumerate().map(fact).collect();
    let found = together(&candidates, &outcome, &axes, &facts, 1)?;
    Some(format!("{} {} {:?} {:?}", found.count, found.instances, found.certainty, found.assumptions))
}

#[test]
fn counts_winners_once_a_pid() {
    let mut given = Given::new(&["/apps/a/config", "/apps/a/config.author"]);
    assert_eq!(conflict(&given, &[None, None]), None);
    given.pids = vec!["a.B~1", "a.B~2"];
    assert_eq!(conflict(&given, &[None, None]).as_deref(), Some("2 on author High []"));
    assert_eq!(conflict(&given, &[Some("t1"), Some("t1")]), None);
    let mut given = Given::new(&["/apps/a/config.author", "/apps/a/config.publish"]);
    given.pids = vec!["a.B~1", "a.B~2"];
    assert_eq!(conflict(&given, &[None, None]), None);
    let mut given = Given::new(&["/apps/a/config.author", "/apps/a/config.emea"]);
    given.pids = vec!["a.B~1", "a.B~2"];
    let assumed = "2 on author where run mode emea is set Medium [RunModes({\"emea\"})]";
    assert_eq!(conflict(&given, &[None, None]).as_deref(), Some(assumed));
}

#[test]
fn a_more_specific_one_that_does_not_count_takes_the_place() {
    let mut given = Given::new(&["/apps/a/config", "/apps/a/config", "/apps/a/config.author"]);
    given.pids = vec!["a.B~1", "a.B~2", "a.B~2"];
    // The third is not among the facts.
    assert_eq!(conflict(&given, &[None, None]).as_deref(), Some("2 on publish High []"));
}

#[test]
fn what_is_assumed_is_said() {
    // Two modules write one path, one of them with another tenant.
    let mut given = Given::new(&["/apps/a/config", "/apps/a/config", "/apps/b/config"]);
    given.pids = vec!["a.B~1", "a.B~1", "a.B~2"];
    given.modules = vec![1, 2, 3];
    let keys = [Some("t1"), Some("t2"), Some("t1")];
    assert_eq!(conflict(&given, &keys).as_deref(), Some("2 on every instance Medium [Build]"));
    given.modules = Vec::new();
    assert_eq!(conflict(&given, &keys).as_deref(), Some("2 on every instance Medium [OrderOfInstallation]"));
    let mut given = Given::new(&["/apps/a/config", "/apps/c/config", "/apps/b/config"]);
    given.pids = vec!["a.B~1", "a.B~1", "a.B~2"];
    assert_eq!(conflict(&given, &keys).as_deref(), Some("2 on every instance Medium [Choice]"));
    // Each in one of two modules that are alternatives.
    let mut given = Given::new(&["/apps/a/config", "/apps/b/config", "/apps/c/config", "/apps/c/config"]);
    given.pids = vec!["a.B~1", "a.B~2", "a.C", "a.C"];
    given.modules = vec![1, 2, 1, 2];
    assert_eq!(conflict(&given, &[None, None]).as_deref(), Some("2 on every instance Low [Build]"));
}

#[test]
fn content_counts_by_its_path() {
    let (author, publish) = (RunModes::parse("author"), RunModes::always());
    let fact = |path, run_modes, key| FactActivity {
        activity: Activity::Content { path, run_modes, module: None },
        counts_as: Some(key),
    };
    let axes = Axes::new(Target::Aem65, &[]);
    let count = |facts: &[FactActivity<'_>]| {
        together(&[], &Outcome::default(), &axes, facts, 1).map(|found| (found.instances.to_string(), found.facts))
    };
    let facts = [fact("/conf/a", &author, "t1"), fact("/conf/b", &publish, "t2"), fact("/conf/c", &publish, "t2")];
    assert_eq!(count(&facts), Some(("on author".to_owned(), vec![0, 1, 2])));
    assert_eq!(count(&facts[1..]), None);
    assert_eq!(count(&[fact("/conf/a", &author, "t1"), fact("/conf/a", &publish, "t2")]), None);
}
