//! The judgements against a slow and plain model of the installer, which tries every set of run modes; and what the
//! judgements cost.

use super::universe::MAX_INSTANCES;
use super::*;
use osgi_config::{RunModes, Target};
use proptest::prelude::*;
use std::collections::BTreeSet;

const POOL: [&str; 10] = ["author", "publish", "dev", "prod", "prod-emea", "stage", "rde", "emea", "apac", "x"];

/// A configuration as the model sees it: nothing but texts.
#[derive(Clone, Debug)]
struct Plain {
    pid: &'static str,
    root: &'static str,
    spec: String,
    /// The run modes of a package around it, if it lies in one.
    around: String,
    file: &'static str,
}

impl Plain {
    fn path(&self) -> String {
        let dot = if self.spec.is_empty() { "" } else { "." };
        format!("{}/config{dot}{}/{}", self.root, self.spec, self.file)
    }
}

/// How many parts of a specification match, read as the page on run modes says.
fn matches(spec: &str, modes: &BTreeSet<&str>) -> Option<usize> {
    if spec.is_empty() {
        return Some(0);
    }
    let count = |alternative: &str| {
        let parts: Vec<&str> = alternative.split('.').collect();
        let holds = |part: &&str| match part.strip_prefix('-') {
            Some(mode) => !modes.contains(mode),
            None => modes.contains(*part),
        };
        parts.iter().all(holds).then_some(parts.len())
    };
    spec.split(',').filter_map(count).max()
}

/// Whether some instance has exactly these of the run modes of [`POOL`].
fn exists(target: Target, modes: &BTreeSet<&str>) -> bool {
    let of = |names: &[&str]| names.iter().filter(|name| modes.contains(**name)).count();
    let one_service = of(&["author", "publish"]) == 1;
    match target {
        Target::Cloud => {
            one_service && of(&["dev", "prod", "stage", "rde"]) == 1 && of(&["prod-emea", "emea", "apac", "x"]) == 0
        }
        Target::Aem65 => {
            let environments = of(&["dev", "prod", "prod-emea", "stage", "rde"]);
            let region_beside = environments == 2 && of(&["prod", "prod-emea"]) == 2;
            // The test's configuration says that no instance is both emea and apac.
            one_service && (environments <= 1 || region_beside) && of(&["emea", "apac"]) < 2
        }
    }
}

/// The paths that win a PID, by the order of the installer: one that nothing but its path puts first shares its place.
fn winners(target: Target, all: &[Plain], pid: &str, modes: &BTreeSet<&str>) -> BTreeSet<usize> {
    let mut with_dev = modes.clone();
    if target == Target::Cloud && modes.contains("rde") {
        with_dev.insert("dev");
    }
    let mut best = (0, false);
    let mut found = BTreeSet::new();
    for (index, plain) in all.iter().enumerate().filter(|(_, plain)| plain.pid == pid) {
        for (own, modes) in [(true, modes), (false, &with_dev)] {
            let (Some(count), Some(_)) = (matches(&plain.spec, modes), matches(&plain.around, modes)) else { continue };
            let base = match target {
                Target::Aem65 if plain.root.starts_with("/libs") => 100,
                Target::Aem65 => 200,
                Target::Cloud => 1,
            };
            let priority = (base + count, own);
            if priority > best {
                best = priority;
                found.clear();
            }
            if priority == best {
                found.insert(index);
            }
        }
    }
    found
}

fn spec() -> impl Strategy<Value = String> {
    let part = (prop::sample::select(&POOL[..]), prop::bool::weighted(0.2))
        .prop_map(|(mode, negated)| if negated { format!("-{mode}") } else { mode.to_owned() });
    let alternative = prop::collection::vec(part, 1..3).prop_map(|parts| parts.join("."));
    prop_oneof![
        1 => Just(String::new()),
        5 => prop::collection::vec(alternative, 1..3).prop_map(|alternatives| alternatives.join(",")),
    ]
}

fn plain() -> impl Strategy<Value = Plain> {
    let root = prop::sample::select(&["/apps/a", "/apps/b", "/apps/b", "/libs/a"][..]);
    let pid = prop::sample::select(&["a.B~one", "a.B~two", "a.C"][..]);
    let around = prop_oneof![4 => Just(String::new()), 1 => spec()];
    let file = prop::sample::select(&["f.config", "f.cfg.json"][..]);
    (pid, root, spec(), around, file).prop_map(|(pid, root, spec, around, file)| Plain {
        pid,
        root,
        spec,
        around,
        file,
    })
}

/// What the judgement is given for the plain configurations.
struct Given {
    paths: Vec<String>,
    modes: Vec<(RunModes, RunModes)>,
}

fn modes_of(spec: &str) -> RunModes {
    if spec.is_empty() { RunModes::always() } else { RunModes::parse(spec) }
}

impl Given {
    fn new(all: &[Plain]) -> Self {
        let modes = |plain: &Plain| {
            let folder = modes_of(&plain.spec);
            let run_modes = folder.and(&modes_of(&plain.around));
            (folder, run_modes)
        };
        Self { paths: all.iter().map(Plain::path).collect(), modes: all.iter().map(modes).collect() }
    }

    fn candidates<'g>(&'g self, all: &[Plain]) -> Vec<Candidate<'g>> {
        let candidate = |(index, plain): (usize, &Plain)| Candidate {
            deployment: 0,
            pid: plain.pid,
            path: &self.paths[index],
            priority_base: if plain.root.starts_with("/libs") { 100 } else { 200 },
            folder_modes: &self.modes[index].0,
            run_modes: &self.modes[index].1,
            content: index as u128,
            origin: 0,
            is_module: false,
        };
        all.iter().enumerate().map(candidate).collect()
    }
}

fn all_sets(target: Target) -> Vec<BTreeSet<&'static str>> {
    let set =
        |bits: usize| POOL.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, mode)| *mode).collect();
    (0..1 << POOL.len()).map(set).filter(|set| exists(target, set)).collect()
}

/// The run modes that the instances of one PID are told apart by.
fn in_play<'a>(target: Target, specs: impl Iterator<Item = &'a str>) -> BTreeSet<&'static str> {
    let words: BTreeSet<String> =
        specs.flat_map(|spec| spec.split([',', '.'])).map(|part| part.trim_start_matches('-').to_owned()).collect();
    let named = |mode: &str| words.contains(mode);
    let environments = ["dev", "prod", "stage", "rde"];
    let cloud = target == Target::Cloud;
    POOL.into_iter()
        .filter(|mode| match *mode {
            "author" | "publish" => named("author") || named("publish"),
            mode if cloud && environments.contains(&mode) => environments.into_iter().any(named),
            mode => named(mode) && !cloud,
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Winners and instances are those of the plain model.
    #[test]
    fn judges_as_the_plain_model_does(
        mut all in prop::collection::vec(plain(), 1..8),
        target in prop::sample::select(&Target::ALL[..]),
    ) {
        // One path is one thing; what is written to it twice is not the subject here.
        let mut seen = BTreeSet::new();
        all.retain(|plain| seen.insert((plain.pid, plain.path())));
        let given = Given::new(&all);
        let candidates = given.candidates(&all);
        let axes = Axes::new(target, &[vec!["emea".into(), "apac".into()]]);
        let outcome = judge(&candidates, &axes);
        let sets = all_sets(target);
        let pids: BTreeSet<&str> = all.iter().map(|plain| plain.pid).collect();
        let mut most = (0, Vec::new());
        for set in &sets {
            let modes: Vec<&str> = set.iter().copied().collect();
            let at: BTreeSet<usize> = judge_at(&candidates, &axes, &modes).into_iter().flat_map(|result| result.winners).collect();
            let expected: BTreeSet<usize> = pids.iter().flat_map(|pid| winners(target, &all, pid, set)).collect();
            prop_assert_eq!(&at, &expected, "{:?}", set);
            let active = pids.iter().filter(|pid| !winners(target, &all, pid, set).is_empty()).count();
            if active > most.0 {
                most = (active, Vec::new());
            }
            if active == most.0 {
                most.1.push(set.clone());
            }
        }
        for pid in &pids {
            let of_pid = || all.iter().filter(|plain| plain.pid == *pid);
            let play = in_play(target, of_pid().flat_map(|plain| [&plain.spec[..], &plain.around[..]]));
            // A specification that no instance meets is never, and its run modes play no part any more.
            for (index, _) in all.iter().enumerate().filter(|(_, plain)| plain.pid == *pid) {
                let standing = &outcome.standings[index];
                let shown = |set: &InstanceSet| -> Vec<BTreeSet<String>> {
                    set.run_modes().map(|modes| modes.into_iter().map(str::to_owned).collect()).collect()
                };
                let told: BTreeSet<String> = candidates
                    .iter()
                    .filter(|candidate| candidate.pid == *pid)
                    .flat_map(|candidate| [candidate.folder_modes, candidate.run_modes])
                    .flat_map(|spec| spec.literals().flatten().map(|(mode, _)| mode.to_owned()).collect::<Vec<_>>())
                    .collect();
                let told = in_play(target, told.iter().map(String::as_str));
                prop_assert!(told.is_subset(&play));
                let project = |set: &BTreeSet<&str>| -> BTreeSet<String> {
                    set.iter().filter(|mode| told.contains(**mode)).map(|mode| (*mode).to_owned()).collect()
                };
                let expected = |tied: bool| -> BTreeSet<BTreeSet<String>> {
                    sets.iter()
                        .filter(|set| {
                            let winners = winners(target, &all, pid, set);
                            winners.contains(&index) && (!tied || winners.len() > 1)
                        })
                        .map(project)
                        .collect()
                };
                let tied = &outcome.configurations[outcome.configuration_of[index]].ties;
                let tied = tied.iter().filter(|tie| tie.candidates.contains(&index));
                let ties: Vec<BTreeSet<String>> = tied.flat_map(|tie| shown(&tie.instances)).collect();
                let wins = shown(&standing.wins);
                prop_assert_eq!(wins.len(), wins.iter().collect::<BTreeSet<_>>().len(), "an instance twice");
                prop_assert_eq!(wins.into_iter().collect::<BTreeSet<_>>(), expected(false));
                prop_assert_eq!(ties.into_iter().collect::<BTreeSet<_>>(), expected(true));
            }
        }
        let facts: Vec<FactActivity<'_>> = (0..all.len())
            .map(|index| FactActivity { activity: Activity::Configuration(index), counts_as: None })
            .collect();
        let conflict = together(&candidates, &outcome, &axes, &facts, 1);
        prop_assert_eq!(conflict.is_some(), most.0 > 1);
        if let Some(conflict) = together(&candidates, &outcome, &axes, &facts, most.0.saturating_sub(1)) {
            prop_assert_eq!(conflict.count, most.0);
            let sure = |set: &BTreeSet<&str>| {
                let free = ["emea", "apac", "x"].iter().any(|mode| set.contains(mode));
                let region = set.contains("prod") && set.contains("prod-emea");
                !free && !region
            };
            prop_assert_eq!(conflict.certainty == Certainty::High, most.1.iter().any(sure));
        }
        prop_assert!(together(&candidates, &outcome, &axes, &facts, most.0).is_none());
    }
}

/// Judges so many configurations, `per_pid` of each PID, in 200 folders of run modes, and returns the outcome.
fn flood(number: usize, per_pid: usize, mode: impl Fn(usize) -> String) -> Outcome {
    let specs: Vec<RunModes> = (0..200).map(|folder| RunModes::parse(&mode(folder))).collect();
    let names: Vec<(String, String)> = (0..number)
        .map(|n| {
            (format!("a.B~{}", n / per_pid), format!("/apps/r{}/config.{}/f.config", n % per_pid / 200, mode(n % 200)))
        })
        .collect();
    let candidates: Vec<Candidate<'_>> = names
        .iter()
        .enumerate()
        .map(|(n, (pid, path))| Candidate {
            deployment: 0,
            pid,
            path,
            priority_base: 200,
            folder_modes: &specs[n % 200],
            run_modes: &specs[n % 200],
            content: 0,
            origin: 0,
            is_module: false,
        })
        .collect();
    judge(&candidates, &Axes::new(Target::Aem65, &[]))
}

#[test]
fn the_work_grows_linearly() {
    let free = |folder: usize| format!("m{folder}");
    let mixed = |folder: usize| match folder % 3 {
        0 => format!("author.dev{folder}"),
        1 => format!("publish.m{folder}"),
        _ => format!("m{folder}.-m{}", folder + 1),
    };
    for (per_pid, mode) in [(1, &free as &dyn Fn(usize) -> String), (10, &free), (1, &mixed), (200, &mixed)] {
        let (half, whole) = (flood(1000, per_pid, mode), flood(2000, per_pid, mode));
        assert_eq!(whole.standings.len(), 2000);
        assert!(whole.steps <= 2 * half.steps + 1000, "{per_pid}: {} {}", half.steps, whole.steps);
        assert!(whole.steps <= 2000 * 2 * MAX_INSTANCES as u64, "{per_pid}: {}", whole.steps);
        let bound = whole.configurations.iter().filter(|configuration| configuration.bound_reached).count();
        assert_eq!(bound > 0, per_pid == 200, "{per_pid}");
        assert!(whole.standings.iter().all(|standing| !standing.wins.is_empty()));
    }
}
