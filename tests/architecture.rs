//! The direction of the code: a module uses those to its left in the order that `docs/architecture.md` states, and no
//! two files use each other, however long the way around.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::expect_used, reason = "what fails in a test should fail loudly")]

#[path = "architecture/modules.rs"]
mod modules;
#[path = "architecture/tokens.rs"]
mod tokens;

use modules::{Crate, ModulePath};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Circles that are being mended. A circle that is gone or has become smaller must leave this list.
const KNOWN_CIRCLES: &[&[&str]] = &[
    &[
        "crates/jcr-filevault/src/xml/dtd.rs",
        "crates/jcr-filevault/src/xml/entities.rs",
        "crates/jcr-filevault/src/xml/mod.rs",
    ],
    &["crates/osgi-config/src/properties.rs", "crates/osgi-config/src/properties_xml.rs"],
    &[
        "crates/zip-audit/src/archive/directory.rs",
        "crates/zip-audit/src/archive/entry.rs",
        "crates/zip-audit/src/archive/gaps.rs",
        "crates/zip-audit/src/archive/mod.rs",
        "crates/zip-audit/src/archive/second.rs",
        "crates/zip-audit/src/bytes.rs",
        "crates/zip-audit/src/nested.rs",
        "crates/zip-audit/src/tree.rs",
        "crates/zip-audit/src/walk.rs",
    ],
    &[
        "src/documents/prefilter/sieve.rs",
        "src/documents/prefilter/sieve/plan.rs",
        "src/documents/prefilter/sieve/plan/known.rs",
        "src/documents/prefilter/sieve/plan/ordinary.rs",
    ],
    &["src/facts/extract/brief.rs", "src/facts/extract/mod.rs", "src/facts/extract/raw.rs"],
    &["src/facts/link/joins.rs", "src/facts/link/mod.rs", "src/facts/link/packages.rs"],
];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The modules of the product from left to right, as the page says.
fn order() -> Vec<String> {
    let page = fs::read_to_string(repository().join("docs/architecture.md")).unwrap();
    let list = page.split("<!-- order of modules -->").nth(1).expect("the page states the order");
    let list = list.split("```").nth(1).unwrap().trim_start_matches("text");
    list.split_whitespace().filter(|word| *word != "─▶").map(str::to_owned).collect()
}

/// The product and the library crates.
fn crates() -> Vec<Crate> {
    let members = fs::read_dir(repository().join("crates")).unwrap();
    let mut names: Vec<String> =
        members.map(|entry| format!("crates/{}", entry.unwrap().file_name().to_str().unwrap())).collect();
    names.sort();
    names.insert(0, String::new());
    names.iter().map(|name| Crate::read(repository(), name)).collect()
}

#[test]
fn every_module_of_the_product_has_its_place_in_the_order() {
    let product = Crate::read(repository(), "");
    let found: BTreeSet<String> = product.modules.keys().filter_map(|path| path.first().cloned()).collect();
    let stated: BTreeSet<String> = order().into_iter().collect();
    assert_eq!(found, stated, "docs/architecture.md states another list of modules than src/lib.rs");
}

#[test]
fn a_module_uses_only_modules_to_its_left() {
    let order = order();
    let rank = |path: &ModulePath| path.first().map(|top| order.iter().position(|name| name == top).unwrap());
    let product = Crate::read(repository(), "");
    let mut wrong = Vec::new();
    let mut edges = 0;
    for (path, module) in product.modules.iter().filter(|(path, _)| !path.is_empty()) {
        for target in product.dependencies(path) {
            edges += 1;
            if rank(&target) > rank(path) {
                wrong.push(format!("{} uses {}", module.file, product.modules[&target].file));
            }
        }
    }
    assert!(edges > 200, "only {edges} imports were found: the reader of this test is broken");
    assert!(wrong.is_empty(), "against the order {}:\n{}", order.join(" ─▶ "), wrong.join("\n"));
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let found: BTreeSet<BTreeSet<String>> = crates().iter().flat_map(circles).collect();
    let known: BTreeSet<BTreeSet<String>> =
        KNOWN_CIRCLES.iter().map(|circle| circle.iter().map(|file| (*file).to_owned()).collect()).collect();
    let new: Vec<_> = found.difference(&known).collect();
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "circles that are not known: {new:#?}\nknown ones that are gone: {gone:#?}"
    );
}

/// The sets of files that all lead to each other.
fn circles(krate: &Crate) -> Vec<BTreeSet<String>> {
    let edges: BTreeMap<&ModulePath, BTreeSet<ModulePath>> =
        krate.modules.keys().map(|path| (path, krate.dependencies(path))).collect();
    let reach: BTreeMap<&ModulePath, BTreeSet<&ModulePath>> =
        edges.keys().map(|path| (*path, reachable(&edges, path))).collect();
    let mut seen = BTreeSet::new();
    let mut circles = Vec::new();
    for path in edges.keys() {
        let circle: BTreeSet<&ModulePath> =
            reach[path].iter().copied().filter(|other| reach[other].contains(path)).collect();
        if circle.len() > 1 && seen.insert(circle.clone()) {
            circles.push(circle.into_iter().map(|path| krate.modules[path].file.clone()).collect());
        }
    }
    circles
}

fn reachable<'m>(
    edges: &'m BTreeMap<&ModulePath, BTreeSet<ModulePath>>,
    from: &ModulePath,
) -> BTreeSet<&'m ModulePath> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&ModulePath> = edges[from].iter().collect();
    while let Some(path) = open.pop() {
        if found.insert(path) {
            open.extend(&edges[path]);
        }
    }
    found
}

/// What the reader of imports must understand, on a crate of its own.
#[test]
fn imports_are_followed_through_braces_re_exports_and_names_of_modules() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = directory.path().join("src").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("lib.rs", "pub mod a; pub mod b; mod c; mod d;");
    write("a/mod.rs", "mod inner;\nmod other;\npub use inner::{Thing as Renamed, *};\npub use other::Other;");
    write("a/inner.rs", "pub struct Thing; pub fn help() {}");
    write("a/other.rs", "pub struct Other;\n#[cfg(test)]\nmod tests { use crate::b::B; }");
    write(
        "b.rs",
        "use crate::{\n    a::{self, Renamed},\n    c,\n};\npub struct B;\nfn f() { a::Other; a::help(); c::made(); }",
    );
    write("c.rs", "// use crate::b::B;\npub fn made() -> &'static str { \"crate::b::B\" }");
    write("d.rs", "fn f() -> crate::b::B { super::b::B }");
    let read = Crate::read(directory.path(), "");
    let names = |module: &str| -> Vec<String> {
        let found = read.dependencies(&vec![module.to_owned()]);
        found.iter().map(|path| path.join("::")).collect()
    };
    assert_eq!(names("a"), [""; 0]);
    assert_eq!(names("b"), ["a::inner", "a::other", "c"]);
    assert_eq!(names("c"), [""; 0]);
    assert_eq!(names("d"), ["b"]);
    assert_eq!(read.dependencies(&vec!["a".to_owned(), "other".to_owned()]), BTreeSet::new());
}
