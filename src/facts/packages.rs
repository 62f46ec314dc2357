//! Which package a file lies in.

use super::fact::{Fact, OfKind};
use super::families::package::Package;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use zip_audit::Place;

/// What a package calls itself in `META-INF/vault/properties.xml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Coordinates {
    /// Group; empty if there is none.
    pub group: String,
    /// Name.
    pub name: String,
    /// Version; empty if there is none.
    pub version: String,
}

/// `group:name version`, as far as it is known.
impl fmt::Display for Coordinates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts =
            [(&*self.group, ":"), (&*self.name, if self.version.is_empty() { "" } else { " " }), (&*self.version, "")];
        parts.iter().filter(|(part, _)| !part.is_empty()).try_for_each(|(part, after)| write!(f, "{part}{after}"))
    }
}

/// The packages of a scan, by their places.
#[derive(Debug, Default)]
pub struct Packages(HashMap<Place, Option<Arc<Coordinates>>>);

impl Packages {
    /// Those that the facts of kind `package` tell of.
    pub fn of_facts(facts: &[Fact]) -> Self {
        let packages = facts.iter().filter_map(|fact| Some((fact.place.clone(), Package::of(fact)?)));
        Self(packages.map(|(place, package)| (place, coordinates(package))).collect())
    }

    /// The coordinates of the innermost package that holds the place, or is it; `None` if there is none, or if it does not
    /// say what it is called.
    pub fn around(&self, place: &Place) -> Option<&Arc<Coordinates>> {
        if self.0.is_empty() {
            return None;
        }
        place.around().find_map(|around| self.0.get(&around))?.as_ref()
    }
}

fn coordinates(package: &Package) -> Option<Arc<Coordinates>> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let coordinates =
        Coordinates { group: text(&package.group), name: text(&package.name), version: text(&package.version) };
    (!coordinates.name.is_empty()).then(|| Arc::new(coordinates))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::about_file::about_file;

    fn packages(named: &[(Place, &str)]) -> Packages {
        let fact = |(place, name): &(Place, &str)| {
            let name = (!name.is_empty()).then(|| (*name).to_owned());
            about_file(place.clone(), 0, Package { name, ..Package::default() })
        };
        Packages::of_facts(&named.iter().map(fact).collect::<Vec<_>>())
    }

    fn name(packages: &Packages, place: &Place) -> Option<String> {
        packages.around(place).map(|package| package.name.clone())
    }

    #[test]
    fn the_innermost_package_counts() {
        let outer = Place::on_disk("all.zip");
        let (inner, nameless) = (outer.entry("a/sub.zip"), outer.entry("a/old.zip"));
        let packages = packages(&[(outer.clone(), "all"), (inner.clone(), "sub"), (nameless.clone(), "")]);
        for (place, expected) in [
            (outer.entry("jcr_root/a.config"), Some("all")),
            (outer.clone(), Some("all")),
            (inner.clone(), Some("sub")),
            (inner.entry("b.jar").entry("c.json"), Some("sub")),
            (nameless.entry("jcr_root/a.config"), None),
            (Place::on_disk("other.zip").entry("jcr_root/a.config"), None),
        ] {
            assert_eq!(name(&packages, &place).as_deref(), expected, "{place}");
        }
    }

    #[test]
    fn a_module_of_source_holds_what_is_below_it() {
        let on_disk = |path: &str| Place::on_disk(path);
        let modules = packages(&[(on_disk("ui/src"), "ui"), (on_disk("ui/src/jcr_root/x.zip"), "x")]);
        assert_eq!(name(&modules, &on_disk("ui/src/jcr_root/a.xml")).as_deref(), Some("ui"));
        assert_eq!(name(&modules, &on_disk("ui/src/jcr_root/x.zip").entry("b.xml")).as_deref(), Some("x"));
        assert_eq!(name(&modules, &on_disk("ui/src/jcr_root/y.jar").entry("b.xml")).as_deref(), Some("ui"));
        assert_eq!(name(&modules, &on_disk("ui/srcs/a.xml")), None);
        let here = packages(&[(on_disk("."), "here")]);
        assert_eq!(name(&here, &on_disk("jcr_root/a.xml")).as_deref(), Some("here"));
        assert_eq!(name(&packages(&[(on_disk("/"), "root")]), &on_disk("/a.xml")).as_deref(), Some("root"));
    }
}
