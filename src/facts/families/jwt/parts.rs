//! Credentials whose parts stand in several configurations: one service reads the account, another one the key.
//!
//! What belongs together is told by the Java package of the PIDs, and in a bundle by the folder.

use super::evidence::Evidence;
use super::{JwtIntegration, Origin, origin};
use crate::facts::attribute::{Attribute, Confidence, OwnProperties, TextList};
use crate::facts::fact::{Fact, FactData, OfKind};
use crate::facts::link::deployment::{MAX_COMPARED_FACTS, of_kind};
use crate::facts::source::{FactSource, SourceKind};
use crate::facts::vocabulary::fact_kind;
use std::collections::BTreeMap;

fact_kind! {
    #[derive(Default)]
    JwtPart "jwt_part" = "A configuration with a part of what makes up a JWT credential, and nothing that completes it." {
        parts: TextList =
            "metascope, audience, account, key, account-name, key-name (named only), host, oauth (which speaks against it)",
        evidence: Attribute<Option<String>> = "the property that shows the first of them",
        java_package: String = "the Java package of its PID",
        service_credentials: bool = "whether it is one of the AEM Developer Console, which is not deprecated",
        undecided: bool = "whether placeholders hide whether it is",
        samples: Attribute<TextList> =
            "names of the properties that still hold a placeholder of documentation, such as <OrgID>",
        properties: OwnProperties = "the properties by key",
    }
}

/// Dots of the shortest Java package that belongs to one service or project: `com.acme.project`.
const MIN_PACKAGE_DOTS: usize = 2;

/// The part that a configuration has, if it has one that another one can complete.
pub(crate) fn part(source: &FactSource<'_>) -> Option<JwtPart> {
    let SourceKind::Osgi(document) = source.kind else { return None };
    let evidence = Evidence::of(source);
    let parts = evidence.parts();
    let (first, property) = *parts.first()?;
    if matches!(first, "host" | "oauth") {
        return None;
    }
    let pid = document.pid.factory.as_deref().unwrap_or(&document.pid.pid);
    let package = pid.rsplit_once('.').map_or("", |(package, _)| package);
    let origin = origin(source);
    Some(JwtPart {
        parts: parts.iter().map(|(part, _)| *part).collect(),
        evidence: Attribute { value: Some(property.to_owned()), mark: source.source_range_of(property) },
        java_package: package.to_owned(),
        service_credentials: origin == Origin::AemDeveloperConsole,
        undecided: origin == Origin::Unknown,
        samples: source.samples(),
        properties: OwnProperties,
    })
}

/// Makes one JWT integration of parts that are enough together: of the fact whose part tells the most.
pub(in crate::facts) fn link(facts: &mut [Fact], indices: &[usize]) {
    let mut groups: BTreeMap<(bool, String), Vec<usize>> = BTreeMap::new();
    for (index, fact, part) in of_kind::<JwtPart>(facts, indices) {
        if part.java_package.matches('.').count() >= MIN_PACKAGE_DOTS {
            groups.entry((false, part.java_package.clone())).or_default().push(index);
        }
        groups.extend(folder_in_bundle(fact).map(|folder| ((true, folder), Vec::new())));
    }
    for (index, fact, _) in of_kind::<JwtPart>(facts, indices) {
        if let Some(group) = folder_in_bundle(fact).and_then(|folder| groups.get_mut(&(true, folder))) {
            group.push(index);
        }
    }
    for group in groups.into_values().filter(|group| (2..=MAX_COMPARED_FACTS).contains(&group.len())) {
        join(facts, &group);
    }
}

/// The folder of a bundle that a configuration lies in, outside of the content of packages.
fn folder_in_bundle(fact: &Fact) -> Option<String> {
    let (entry, around) = fact.place.inside.split_last()?;
    let is_content = entry.starts_with("jcr_root/") || entry.contains("/jcr_root/");
    let folder = entry.rsplit_once('/')?.0;
    (!is_content).then(|| format!("{}!/{}!/{folder}", fact.place.file, around.join("!/")))
}

fn join(facts: &mut [Fact], group: &[usize]) {
    let parts = |facts: &[Fact]| -> Vec<JwtPart> {
        group.iter().filter_map(|&index| JwtPart::of(facts.get(index)?)).cloned().collect()
    };
    let of_group = parts(facts);
    let shown = of_group.iter().flat_map(|part| {
        let property = part.evidence.value.as_deref().unwrap_or_default();
        part.parts.iter().map(move |name| (name, property))
    });
    let evidence = Evidence::of_parts(shown);
    let is_shown = evidence.verdict().is_some_and(|shown| !shown.by_names);
    if !is_shown || evidence.has_oauth() {
        return;
    }
    let is_sure = evidence.has_metascope();
    let telling = |part: &JwtPart| {
        let order = ["metascope", "audience", "account", "key"];
        part.parts.iter().filter_map(|name| order.iter().position(|known| *known == name)).min().unwrap_or(order.len())
    };
    let best = of_group.iter().enumerate().min_by_key(|(_, part)| telling(part));
    let Some((at, best)) = best else { return };
    let Some(fact) = group.get(at).and_then(|&index| facts.get_mut(index)) else { return };
    let has = |is_it: fn(&JwtPart) -> bool| of_group.iter().any(is_it);
    fact.data = FactData::from(JwtIntegration {
        product: "a hand-written service",
        deprecated: !has(|part| part.service_credentials),
        undecided: has(|part| part.undecided) && !is_sure,
        split: true,
        by_names: false,
        evidence: best.evidence.clone(),
        samples: best.samples.clone(),
        confidence: if is_sure { Confidence::High } else { Confidence::Medium },
        properties: OwnProperties,
    });
}
