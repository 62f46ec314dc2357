//! Which configurations win, lose and tie.

use super::contest::Reason;
use super::installer::{Outcome, judge, judge_at};
use super::testing::{Given, paths};
use super::{Assumption, Axes, Certainty};
use osgi_config::Target;

fn tie(given: &Given<'_>, outcome: &Outcome) -> Option<String> {
    let [tie] = &outcome.configurations.first()?.ties[..] else { return None };
    Some(format!("{} {} {:?}", paths(given, &tie.candidates), tie.instances, tie.certainty))
}

fn ties(target: Target, folders: &[&str]) -> Option<String> {
    let given = Given::new(folders);
    let outcome = judge(&given.candidates(), &Axes::new(target, &[]));
    tie(&given, &outcome)
}

#[test]
fn the_more_specific_folder_wins() {
    let given = Given::new(&["/apps/a/config", "/apps/a/config.author", "/libs/a/config.author.prod"]);
    let outcome = judge(&given.candidates(), &Axes::new(Target::Aem65, &[]));
    let wins: Vec<String> = outcome.standings.iter().map(|standing| standing.wins.to_string()).collect();
    assert_eq!(wins, ["on publish", "on author", "on no instance"]);
    let losses: Vec<Vec<(usize, Reason)>> = outcome
        .standings
        .iter()
        .map(|standing| standing.losses.iter().map(|loss| (loss.to, loss.reason)).collect())
        .collect();
    assert_eq!(losses, [vec![(1, Reason::MoreRunModes)], vec![], vec![(1, Reason::Root)]]);
    assert!(outcome.configurations[0].ties.is_empty());
}

#[test]
fn equal_ranks_are_left_to_chance() {
    let table: [(&[&str], Option<&str>); 7] = [
        (
            &["/apps/a/config.author", "/apps/a/config.dev"],
            Some("/apps/a/config.author /apps/a/config.dev on author, dev High"),
        ),
        (&["/apps/a/config.dev", "/apps/a/config.prod"], None),
        (
            &["/apps/a/config.emea", "/apps/a/config.apac"],
            Some("/apps/a/config.apac /apps/a/config.emea where run modes apac and emea are set Low"),
        ),
        (
            &["/apps/a/config.emea", "/apps/a/config.author"],
            Some("/apps/a/config.author /apps/a/config.emea on author where run mode emea is set Medium"),
        ),
        (
            &["/apps/a/config.prod", "/apps/a/config.prod-emea"],
            Some("/apps/a/config.prod-emea /apps/a/config.prod on prod where run mode prod-emea is set Low"),
        ),
        (&["/apps/a/config", "/apps/a/install"], Some("/apps/a/config /apps/a/install on every instance High")),
        (&["/apps/a/config", "/libs/a/config"], None),
    ];
    for (folders, expected) in table {
        assert_eq!(ties(Target::Aem65, folders).as_deref(), expected);
    }
    let cloud = ["/apps/a/config.qa", "/apps/a/config.uat"];
    assert_eq!(ties(Target::Cloud, &cloud), None);
    let cloud = ["/apps/a/config.author", "/apps/b/config.author", "/apps/b/config.author.dev"];
    let expected = "/apps/a/config.author /apps/b/config.author on author, prod and on author, stage High";
    assert_eq!(ties(Target::Cloud, &cloud).as_deref(), Some(expected));
}

#[test]
fn a_third_folder_settles_a_tie() {
    let given = Given::new(&["/apps/a/config.author", "/apps/a/config.prod", "/apps/a/config.author.prod"]);
    let outcome = judge(&given.candidates(), &Axes::new(Target::Aem65, &[]));
    let configuration = &outcome.configurations[0];
    assert!(configuration.ties.is_empty());
    assert_eq!(outcome.standings[2].wins.to_string(), "on author, prod");
}

#[test]
fn a_rapid_development_environment_inherits_dev() {
    let given = Given::new(&["/apps/a/config", "/apps/a/config.dev", "/apps/a/config.rde"]);
    let axes = Axes::new(Target::Cloud, &[]);
    let outcome = judge(&given.candidates(), &axes);
    let wins: Vec<String> = outcome.standings.iter().map(|standing| standing.wins.to_string()).collect();
    assert_eq!(wins, ["on prod and on stage", "on dev", "on rde"]);
    let at = judge_at(&given.candidates()[..2], &axes, &["author", "rde"]);
    assert_eq!(at[0].winners, [1]);
    let at = judge_at(&given.candidates(), &axes, &["author", "rde"]);
    assert_eq!(at[0].losers, [(1, Reason::Inherited), (0, Reason::MoreRunModes)]);
}

#[test]
fn alternatives_of_a_build_meet_under_an_assumption_only() {
    // Two modules have one file in common, and each has another one of the same PID.
    let mut given = Given::new(&["/apps/a/config", "/apps/a/config", "/apps/b/config", "/apps/c/config"]);
    let tied = |given: &Given<'_>| {
        let outcome = judge(&given.candidates(), &Axes::new(Target::Aem65, &[]));
        outcome
            .configurations
            .last()
            .map(|last| last.ties.iter().map(|tie| (tie.certainty, tie.assumptions.clone())).collect::<Vec<_>>())
    };
    given.modules = vec![1, 2, 1, 2];
    given.pids = vec!["a.A", "a.A", "a.B", "a.B"];
    assert_eq!(tied(&given), Some(vec![(Certainty::Low, vec![Assumption::Build])]));
    given.modules = vec![1, 2, 1, 3];
    assert_eq!(tied(&given), Some(vec![(Certainty::High, vec![])]));
    given.modules = vec![1, 2, 1, 1];
    assert_eq!(tied(&given), Some(vec![(Certainty::High, vec![])]));
    // One path is one thing.
    given.pids = vec!["b.A", "b.A", "a.B", "a.C"];
    assert_eq!(tied(&given), Some(vec![]));
}

#[test]
fn equal_values_are_known() {
    let mut given = Given::new(&["/apps/a/config", "/apps/b/config"]);
    let same = |given: &Given<'_>| {
        judge(&given.candidates(), &Axes::new(Target::Aem65, &[])).configurations[0].ties[0].same_content
    };
    assert!(!same(&given));
    given.contents = vec![7, 7];
    assert!(same(&given));
}

#[test]
fn deployments_are_judged_apart() {
    let mut given = Given::new(&["/apps/a/config", "/apps/b/config"]);
    given.deployments = vec![0, 1];
    let outcome = judge(&given.candidates(), &Axes::new(Target::Aem65, &[]));
    assert_eq!(outcome.configurations.len(), 2);
    assert!(outcome.configurations.iter().all(|configuration| configuration.ties.is_empty()));
    assert!(outcome.standings.iter().all(|standing| standing.wins.is_every_instance()));
}
