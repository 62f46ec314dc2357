//! What is written to the repository: versions of one package, copies, and what overwrites what.

use super::version::compare_versions;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

/// Higher versions of a package that are looked at for one path.
const MAX_VERSIONS: usize = 64;

/// What brings content into a deployment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'o> {
    /// The number of the deployment that holds it.
    pub(crate) deployment: usize,
    pub(crate) kind: OriginKind<'o>,
}

/// See [`Origin`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum OriginKind<'o> {
    /// A package. Without a name it has no other versions.
    Package { group: &'o str, name: &'o str, version: &'o str },
    /// A content module of a source tree.
    Module,
}

/// A file or node that is written to the repository.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Write<'w> {
    /// The number of its origin.
    pub(crate) origin: usize,
    /// The repository path.
    pub(crate) path: &'w str,
    /// Equal for equal bytes.
    pub(crate) content: u128,
}

/// What becomes of something that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is installed.
    Installed,
    /// The same content at the same path as this write, which stands for both.
    Copy {
        /// The place of the other write.
        of: usize,
    },
    /// A higher version of its package, this origin, replaces it.
    Superseded {
        /// The number of the origin.
        by: usize,
    },
    /// Other modules write other content there; one of them is built.
    Alternative {
        /// The place of the first of them.
        first: usize,
    },
    /// Other packages write other content there; which one is installed last is not known.
    Contested {
        /// The place of the first of them.
        first: usize,
    },
}

impl Fate {
    /// Whether it may be what the repository has in the end, and is not counted as something else already.
    pub(crate) fn counts(self) -> bool {
        !matches!(self, Self::Copy { .. } | Self::Superseded { .. })
    }
}

/// Decides about all writes. `replaces` says whether an origin, a higher version of the package of another one, replaces
/// what that writes to a path.
pub(crate) fn install(
    origins: &[Origin<'_>],
    writes: &[Write<'_>],
    replaces: impl Fn(usize, usize, &str) -> bool,
) -> Vec<Fate> {
    let higher = Versions::new(origins);
    let mut fates = vec![Fate::Installed; writes.len()];
    let mut order: Vec<usize> = (0..writes.len()).collect();
    let key = |place: &usize| {
        let write = writes.get(*place)?;
        Some((origins.get(write.origin)?.deployment, write.path))
    };
    // Of equal writes the first one stands for all.
    order.sort_by(|a, b| key(a).cmp(&key(b)).then(a.cmp(b)));
    for group in order.chunk_by(|a, b| key(a) == key(b)) {
        let mut contents: BTreeMap<u128, usize> = BTreeMap::new();
        let mut rivals: Vec<usize> = Vec::new();
        for &place in group {
            let Some(write) = writes.get(place) else { continue };
            let fate = match higher.of(write.origin).find(|&by| replaces(by, write.origin, write.path)) {
                Some(by) => Fate::Superseded { by },
                None => match contents.get(&write.content) {
                    Some(&of) => Fate::Copy { of },
                    None => {
                        contents.insert(write.content, place);
                        rivals.push(place);
                        Fate::Installed
                    }
                },
            };
            fates.get_mut(place).into_iter().for_each(|of| *of = fate);
        }
        let Some(&first) = rivals.first().filter(|_| rivals.len() > 1) else { continue };
        // A copy of a module's file in a package makes the package a rival, too.
        let is_module = |place: &usize| {
            let origin = writes.get(*place).and_then(|write| origins.get(write.origin));
            origin.is_some_and(|origin| matches!(origin.kind, OriginKind::Module))
        };
        let counts = |place: &&usize| !matches!(fates.get(**place), Some(Fate::Superseded { .. }));
        let fate = if group.iter().filter(counts).all(is_module) {
            Fate::Alternative { first }
        } else {
            Fate::Contested { first }
        };
        for place in rivals {
            fates.get_mut(place).into_iter().for_each(|of| *of = fate);
        }
    }
    fates
}

/// The versions of packages.
#[derive(Debug)]
pub(crate) struct Versions {
    /// The origins of each package, from the highest version down, and their places by origin.
    packages: Vec<Vec<usize>>,
    /// For each origin its package, and how many of that package's origins have a higher version.
    place: HashMap<usize, (usize, usize)>,
}

impl Versions {
    /// The versions of the packages among these origins.
    pub(crate) fn new(origins: &[Origin<'_>]) -> Self {
        // By deployment, group and name: the numbers and versions.
        type ByName<'o> = BTreeMap<(usize, &'o str, &'o str), Vec<(usize, &'o str)>>;
        let mut by_name = ByName::new();
        for (number, origin) in origins.iter().enumerate() {
            if let OriginKind::Package { group, name, version } = origin.kind
                && !name.is_empty()
            {
                by_name.entry((origin.deployment, group, name)).or_default().push((number, version));
            }
        }
        let (mut packages, mut place) = (Vec::new(), HashMap::new());
        for mut versions in by_name.into_values() {
            versions.sort_by(|(a, version_a), (b, version_b)| compare_versions(version_b, version_a).then(a.cmp(b)));
            let mut higher = 0;
            for (at, &(number, version)) in versions.iter().enumerate() {
                let before = at.checked_sub(1).and_then(|before| versions.get(before));
                if before.is_some_and(|(_, before)| compare_versions(before, version) == Ordering::Greater) {
                    higher = at;
                }
                place.insert(number, (packages.len(), higher));
            }
            packages.push(versions.into_iter().map(|(number, _)| number).collect::<Vec<_>>());
        }
        Self { packages, place }
    }

    /// The origins with a higher version of the same package, the highest first.
    pub(crate) fn of(&self, origin: usize) -> impl Iterator<Item = usize> {
        let (package, higher) = self.place.get(&origin).copied().unwrap_or_default();
        let versions = self.packages.get(package).map_or(&[][..], Vec::as_slice);
        versions.iter().copied().take(higher.min(MAX_VERSIONS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: Origin<'_> = Origin { deployment: 0, kind: OriginKind::Module };

    fn package(name: &'static str, version: &'static str) -> Origin<'static> {
        Origin { deployment: 0, kind: OriginKind::Package { group: "acme", name, version } }
    }

    /// The fates of writes to one path: origin and content of each.
    fn fates(origins: &[Origin<'_>], writes: &[(usize, u128)], covers: impl Fn(usize, &str) -> bool) -> Vec<Fate> {
        let writes: Vec<Write<'_>> =
            writes.iter().map(|&(origin, content)| Write { origin, path: "/apps/a", content }).collect();
        install(origins, &writes, |by, _, path| covers(by, path))
    }

    #[test]
    fn the_highest_version_counts() {
        let origins = [package("a", "1.9"), package("a", "1.10"), package("a", "1.10-SNAPSHOT"), package("b", "1")];
        let all = fates(&origins, &[(0, 1), (1, 2), (2, 3)], |_, _| true);
        assert_eq!(all, [Fate::Superseded { by: 1 }, Fate::Installed, Fate::Superseded { by: 1 }]);
        // What the filter of no higher version covers stays.
        assert_eq!(fates(&origins, &[(0, 1)], |_, _| false), [Fate::Installed]);
        assert_eq!(fates(&origins, &[(0, 1)], |origin, _| origin == 2), [Fate::Superseded { by: 2 }]);
        // Even where the higher one has no such file: it deletes what it covers.
        assert_eq!(fates(&origins, &[(0, 1), (3, 1)], |_, _| true), [Fate::Superseded { by: 1 }, Fate::Installed]);
        let elsewhere = [package("a", "1"), Origin { deployment: 1, ..package("a", "2") }];
        assert_eq!(fates(&elsewhere, &[(0, 1), (1, 2)], |_, _| true), [Fate::Installed; 2]);
        let nameless = [package("", "1"), package("", "2")];
        assert_eq!(fates(&nameless, &[(0, 1), (1, 1)], |_, _| true), [Fate::Installed, Fate::Copy { of: 0 }]);
    }

    #[test]
    fn copies_are_one_and_the_rest_are_rivals() {
        let origins = [MODULE, MODULE, package("a", "1"), package("b", "1"), package("b", "1")];
        let none = |_: usize, _: &str| true;
        assert_eq!(fates(&origins, &[(0, 1), (1, 1)], none), [Fate::Installed, Fate::Copy { of: 0 }]);
        assert_eq!(fates(&origins, &[(0, 1), (1, 2)], none), [Fate::Alternative { first: 0 }; 2]);
        assert_eq!(fates(&origins, &[(2, 1), (3, 2)], none), [Fate::Contested { first: 0 }; 2]);
        assert_eq!(fates(&origins, &[(3, 1), (4, 2)], none), [Fate::Contested { first: 0 }; 2]);
        let mixed = fates(&origins, &[(0, 1), (1, 2), (2, 2)], none);
        assert_eq!(mixed, [Fate::Contested { first: 0 }, Fate::Contested { first: 0 }, Fate::Copy { of: 1 }]);
    }
}
