//! Fingerprints: recognise a finding again after lines moved, zips were rebuilt and versions went up.

use super::finding::Finding;
use crate::facts::{Fact, Value};
use crate::secret::mask_shapes;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use zip_audit::Place;

/// The attributes that tell facts of one subject apart. None of them can hold a secret.
const TELLING: &[&str] = &["pid", "property", "tenant", "reference", "consumer", "class", "form", "product"];

/// The hash of what tells a finding from others.
pub(super) type FingerprintInput = [u8; 32];

/// The hash of all that a fingerprint is made from: rule, path, repository path, property, its value where that is no secret, and what
/// else tells the fact apart. Never a line number, the version in the name of an archive, or a secret, also not one in a name.
pub(super) fn input(rule: &str, fact: &Fact, at: &str, group: &str) -> FingerprintInput {
    let telling = TELLING.iter().filter_map(|name| fact.attribute(name)?.as_text());
    let path = fact.path.as_deref().unwrap_or_default();
    let property = fact.properties.iter().find(|property| property.name == at).map(|property| &property.value);
    let value = property.and_then(plain).unwrap_or_default();
    // Each part has its length before it, so that no two lists of parts give the same bytes.
    let mut hash = Sha256::new();
    for part in [rule, &stable_path(&fact.place), path, at, &value, group].into_iter().chain(telling) {
        let part = mask_shapes(part);
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(&*part);
    }
    hash.finalize().into()
}

/// A value as text, if nothing in it is a secret: a hash of a short secret gives it away.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(mask_shapes(text).into_owned()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Int(value) => Some(value.to_string()),
        Value::Double(value) => Some(value.to_string()),
        Value::List(values) => values.iter().map(plain).collect::<Option<Vec<_>>>().map(|values| values.join("\n")),
        Value::Null | Value::Map(_) | Value::Secret(_) => None,
    }
}

/// Gives each finding its fingerprint; findings that nothing tells apart are numbered in their order.
pub(super) fn number(findings: Vec<(FingerprintInput, Finding)>) -> Vec<Finding> {
    let mut seen: HashMap<FingerprintInput, usize> = HashMap::new();
    let finish = |(input, mut finding): (FingerprintInput, Finding)| {
        let before = seen.entry(input).or_insert(0);
        let digest: FingerprintInput = if *before == 0 {
            input
        } else {
            Sha256::new_with_prefix(input).chain_update(before.to_le_bytes()).finalize().into()
        };
        *before += 1;
        let digits = digest.iter().take(8).flat_map(|byte| [byte >> 4, byte & 15]);
        finding.fingerprint = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect();
        finding
    };
    findings.into_iter().map(finish).collect()
}

/// The path of a file without what changes from build to build: of a file on disk the path from `jcr_root` on if it
/// is absolute, else as it is; of an archive its name without directory and version; of an archive in an archive its
/// path without the version.
fn stable_path(place: &Place) -> String {
    let file: &str = &mask_shapes(&place.file);
    let outer = if !place.inside.is_empty() || is_archive(file) {
        without_version(file.rsplit('/').next().unwrap_or(file))
    } else if file.starts_with('/') || file.starts_with("../") || file.get(1..2) == Some(":") {
        file.rfind("/jcr_root/").map_or(file, |at| &file[at + 1..]).to_owned()
    } else {
        file.to_owned()
    };
    let inner = place.inside.iter().map(|name| mask_shapes(name));
    let inner = inner.map(|name| if is_archive(&name) { without_version(&name) } else { name.into_owned() });
    [outer].into_iter().chain(inner).collect::<Vec<_>>().join("!/")
}

fn is_archive(name: &str) -> bool {
    let extension = name.rsplit('.').next().unwrap_or_default();
    extension.eq_ignore_ascii_case("zip") || extension.eq_ignore_ascii_case("jar")
}

/// `install/site.core-1.2.3-SNAPSHOT.jar` as `install/site.core.jar`.
pub(crate) fn without_version(path: &str) -> String {
    let (folder, name) =
        path.rsplit_once('/').map_or(("", path), |(folder, _)| (&path[..=folder.len()], &path[folder.len() + 1..]));
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let words: Vec<&str> = stem.split('-').collect();
    let versions = words.iter().rev().take_while(|word| is_version_word(word)).count();
    let kept = words.len() - versions.min(words.len() - 1);
    let numbers = words[kept..].iter().any(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let stem = if numbers { words[..kept].join("-") } else { stem.to_owned() };
    format!("{folder}{stem}.{extension}")
}

/// A part of a version: a number with what follows, or one of Maven's qualifiers.
fn is_version_word(word: &str) -> bool {
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    word.starts_with(|c: char| c.is_ascii_digit())
        || ["snapshot", "release", "final", "ga", "rc", "cr", "m", "sp", "alpha", "beta"]
            .into_iter()
            .any(|qualifier| letters.eq_ignore_ascii_case(qualifier))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_archives_do_not_count() {
        for (name, expected) in [
            ("install/site.core-1.2.3-SNAPSHOT.jar", "install/site.core.jar"),
            ("site.all-1.0.zip", "site.all.zip"),
            ("site.all-2.zip", "site.all.zip"),
            ("my-2-column-1.0.zip", "my-2-column.zip"),
            ("a-1.0.0-rc1.zip", "a.zip"),
            ("a-1.0.0-20240101.123456-7.zip", "a.zip"),
            ("core-final.jar", "core-final.jar"),
            ("1.0.zip", "1.0.zip"),
            ("all.zip", "all.zip"),
        ] {
            assert_eq!(without_version(name), expected);
        }
    }

    #[test]
    fn paths_are_the_same_from_build_to_build() {
        let inside = |file: &str, name: &str| stable_path(&Place::on_disk(file).entry(name));
        let expected = "all.zip!/jcr_root/apps/x/install/sub.zip";
        assert_eq!(inside("target/all-1.0.zip", "jcr_root/apps/x/install/sub-1.0.zip"), expected);
        assert_eq!(inside("/tmp/all-2.0.zip", "jcr_root/apps/x/install/sub-1.1.zip"), expected);
        let tree = stable_path(&Place::on_disk("/home/a/ui/jcr_root/apps/x/config/a.config"));
        assert_eq!(tree, "jcr_root/apps/x/config/a.config");
        assert_eq!(stable_path(&Place::on_disk("ui/jcr_root/apps/a.config")), "ui/jcr_root/apps/a.config");
    }
}
