//! On which instances something is active, and nothing that it needs.

use super::Certainty;
use super::axes::Axes;
use super::contest::{Candidate, Contest};
use super::describe::InstanceSet;
use super::installer::Outcome;
use super::together::Activity;
use super::universe::Universe;
use std::collections::{BTreeMap, BTreeSet};

/// Something is active without what it needs.
#[derive(Clone, Debug)]
pub(crate) struct Gap {
    /// The instances, those on which it is surest.
    pub(crate) instances: InstanceSet,
    /// Whether it is so wherever the subject is active.
    pub(crate) everywhere: bool,
    pub(crate) certainty: Certainty,
}

/// The instances of one deployment where `subject` is active and none of `needed` is. What may be there, depending on
/// chance or on the build, counts as there. `candidates` and `outcome` are those of the [judgement](super::judge).
pub(crate) fn missing(
    candidates: &[Candidate<'_>],
    outcome: &Outcome,
    axes: &Axes,
    subject: Activity<'_>,
    needed: &[Activity<'_>],
) -> Option<Gap> {
    let all = || std::iter::once(&subject).chain(needed);
    let mut contests: BTreeMap<usize, Contest<'_, '_>> = BTreeMap::new();
    for activity in all() {
        if let Activity::Configuration(candidate) = activity {
            let place = outcome.configuration_of.get(*candidate).copied()?;
            let slots = &outcome.configurations.get(place)?.slots;
            contests.entry(place).or_insert_with(|| Contest::new(candidates, slots, axes.target()));
        }
    }
    let of_content = all().filter_map(|activity| match activity {
        Activity::Content { run_modes, .. } => Some(*run_modes),
        Activity::Configuration(_) => None,
    });
    let universe = Universe::new(contests.values().flat_map(Contest::specs).chain(of_content), axes);
    let (mut active_on, mut unsure) = (0, BTreeSet::new());
    let mut members = Vec::new();
    for (member, instance) in universe.instances.iter().enumerate() {
        let active = universe.active(instance);
        let mut there: BTreeSet<usize> = BTreeSet::new();
        let mut rivals: BTreeMap<usize, usize> = BTreeMap::new();
        for (&place, contest) in &contests {
            let winners = contest.decide(&active, &mut 0).winners;
            let before = there.len();
            there.extend(winners.into_iter().flat_map(|slot| contest.active_of(slot, &active)));
            rivals.insert(place, there.len() - before);
        }
        let is_active = |activity: &Activity<'_>| match activity {
            Activity::Configuration(candidate) => there.contains(candidate),
            Activity::Content { run_modes, .. } => active.lists().any(|modes| run_modes.matched(modes).is_some()),
        };
        if !is_active(&subject) {
            continue;
        }
        active_on += 1;
        if needed.iter().any(is_active) {
            continue;
        }
        if let Activity::Configuration(candidate) = subject {
            let place = outcome.configuration_of.get(candidate);
            if place.and_then(|place| rivals.get(place)).is_some_and(|&rivals| rivals > 1) {
                unsure.insert(member);
            }
        }
        members.push(member);
    }
    let everywhere = members.len() == active_on;
    let sure: Vec<usize> = members.iter().copied().filter(|member| !unsure.contains(member)).collect();
    let depends_on_choice = sure.is_empty();
    let set = InstanceSet::new(universe, if depends_on_choice { members } else { sure });
    if set.is_empty() {
        return None;
    }
    let instances = set.surest();
    let mut certainty = instances.certainty();
    if depends_on_choice {
        certainty = certainty.min(Certainty::Medium);
    }
    Some(Gap { instances, everywhere, certainty })
}

#[cfg(test)]
mod tests {
    use super::super::installer::judge;
    use super::super::testing::Given;
    use super::*;
    use osgi_config::{RunModes, Target};

    fn gap(given: &Given<'_>, subject: Activity<'_>, needed: &[usize]) -> Option<String> {
        let axes = Axes::new(Target::Aem65, &[]);
        let candidates = given.candidates();
        let outcome = judge(&candidates, &axes);
        let needed: Vec<Activity<'_>> = needed.iter().map(|&index| Activity::Configuration(index)).collect();
        let gap = missing(&candidates, &outcome, &axes, subject, &needed)?;
        Some(format!("{} {} {:?}", gap.instances, gap.everywhere, gap.certainty))
    }

    #[test]
    fn finds_where_something_is_missing() {
        let mut given = Given::new(&["/apps/a/config.author", "/apps/a/config.dev", "/apps/b/config.dev"]);
        given.pids = vec!["a.B~1", "a.B~2", "a.B~2"];
        let always = RunModes::always();
        let content = Activity::Content { path: "/conf/a", run_modes: &always, module: None };
        let every = Some("on every instance true High");
        assert_eq!(gap(&given, content, &[]).as_deref(), every);
        assert_eq!(gap(&given, content, &[0]).as_deref(), Some("on publish false High"));
        // It may win its tie.
        assert_eq!(
            gap(&given, content, &[1, 0]).as_deref(),
            Some("on publish where run mode dev is not set false High")
        );
        assert_eq!(
            gap(&given, Activity::Configuration(0), &[1]).as_deref(),
            Some("on author where run mode dev is not set false High")
        );
        assert_eq!(gap(&given, Activity::Configuration(1), &[0]).as_deref(), Some("on publish, dev false Medium"));
        assert_eq!(gap(&given, Activity::Configuration(0), &[0]), None);
    }
}
