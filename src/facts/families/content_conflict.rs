//! Content of integrations that several packages write differently: the one that is installed last overwrites the others.

use crate::facts::attribute::{Confidence, TextList};
use crate::facts::fact::{Fact, Kind};
use crate::facts::link::installed::Installed;
use crate::facts::value::ValueRef;
use crate::facts::vocabulary::fact_kind;
use crate::facts::whereabouts::Whereabouts;

/// Most places of one conflict that are named.
const MAX_NAMED_PLACES: usize = 20;

/// The kinds of facts about nodes of integrations. Configurations of OSGi are judged by their PIDs.
const KINDS: &[Kind] = &[
    Kind::BrandPortalConfiguration,
    Kind::ReplicationAgent,
    Kind::ImsReference,
    Kind::JwtIntegration,
    Kind::RetiredService,
];

fact_kind! {
    ContentConflict "content_conflict" = "Content of an integration that several packages write differently to one path." {
        written: String = "what they write, such as brand_portal_configuration: the kind of the facts about it",
        count: i64 = "how many packages write the path differently",
        files: TextList = "places of the content",
        confidence: Confidence = "medium: the order of installation decides, which is not in the files",
    }
}

/// Adds the facts of kind `content_conflict`. `contested` are the facts of the sources that write one path each, in the
/// order of their places.
pub(in crate::facts) fn link(facts: &mut Vec<Fact>, installed: &mut Installed) {
    let mut found = Vec::new();
    for rivals in std::mem::take(&mut installed.contested) {
        let written = rivals.iter().filter_map(|rival| {
            let of_source = facts.get(rival.clone())?;
            Some((of_source.iter().find(|fact| KINDS.contains(&fact.kind()))?, values(of_source)))
        });
        // Each value once: a copy is no rival.
        let mut different: Vec<(&Fact, Vec<ValueRef<'_>>)> = Vec::new();
        for (fact, values) in written {
            if different.iter().all(|(_, known)| *known != values) {
                different.push((fact, values));
            }
        }
        different.sort_by(|(a, _), (b, _)| a.place.cmp(&b.place));
        // The first one was there before the others: what is one too many is the second.
        let Some((subject, _)) = different.get(1) else { continue };
        let rivals = different.iter().take(MAX_NAMED_PLACES);
        let others = rivals.clone().filter(|(fact, _)| fact.place != subject.place);
        let data = ContentConflict {
            written: subject.kind().name().to_owned(),
            count: i64::try_from(different.len()).unwrap_or(i64::MAX),
            files: rivals.clone().map(|(fact, _)| fact.place.to_string()).collect(),
            confidence: Confidence::Medium,
        };
        let others = others.map(|(fact, _)| Whereabouts::of(fact, fact.mark)).collect();
        found.push(installed.add_conflict(subject, data, others));
    }
    facts.extend(found);
}

/// What the facts of a source say, without where it stands. Properties that nothing is known of, such as the time of the
/// last change, do not count.
fn values(facts: &[Fact]) -> Vec<ValueRef<'_>> {
    let of_integrations = facts.iter().filter(|fact| KINDS.contains(&fact.kind()));
    of_integrations
        .flat_map(|fact| {
            let attributes = fact.data.attributes();
            let known = attributes.specs().iter().filter(|spec| spec.name != "properties");
            known.filter_map(move |spec| Some(attributes.get(spec.name)?.0))
        })
        .collect()
}
