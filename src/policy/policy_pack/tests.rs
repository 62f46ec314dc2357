//! What a pack is, and what hashes cover.

use super::*;
use std::fs;

#[test]
fn a_path_stays_in_the_pack() {
    let path = |text: &str| path_in_pack("sub/aemlint.toml", text);
    assert_eq!(path("rules").as_deref(), Some("sub/rules"));
    assert_eq!(path("./rules//x/").as_deref(), Some("sub/rules/x"));
    assert_eq!(path("..\\rules").as_deref(), Some("rules"));
    assert_eq!(path("..").as_deref(), Some(""));
    for out in ["../..", "/rules", "\\rules", "C:/rules", "x/../../../rules"] {
        assert_eq!(path(out), None, "{out}");
    }
}

/// As `find -name '*.toml' -printf '%P\0' | xargs -0 sha256sum | LC_ALL=C sort | sha256sum` computes it.
#[test]
fn the_hash_of_a_directory_is_that_of_sorted_lines() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    fs::create_dir_all(root.join("rules/acme")).unwrap();
    fs::write(root.join("aemlint.toml"), "a").unwrap();
    fs::write(root.join("rules/acme/b.toml"), "b").unwrap();
    fs::write(root.join("rules/acme/._b.toml"), "x").unwrap();
    fs::write(root.join("README.md"), "x").unwrap();
    let (a, b) = (sha256_of(b"a"), sha256_of(b"b"));
    assert!(b < a);
    let expected = sha256_of(format!("{b}  rules/acme/b.toml\n{a}  aemlint.toml\n").as_bytes());
    assert_eq!(PolicyPack::of_directory(root).unwrap().sha256, expected);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    fs::create_dir(root.join("policy")).unwrap();
    fs::write(root.join("policy/aemlint.toml"), "").unwrap();
    fs::write(root.join("other.toml"), "").unwrap();
    std::os::unix::fs::symlink("../other.toml", root.join("policy/rule.toml")).unwrap();
    std::os::unix::fs::symlink("..", root.join("policy/up")).unwrap();
    let pack = PolicyPack::of_directory(&root.join("policy")).unwrap();
    assert!(pack.has_file("aemlint.toml") && !pack.has_file("rule.toml") && !pack.has("up"));
}

#[test]
fn a_directory_or_file_without_bounds_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    fs::write(root.join("aemlint.toml"), vec![b'#'; 5 << 20]).unwrap();
    assert!(PolicyPack::of_directory(root).unwrap_err().contains("larger than"));
    fs::write(root.join("aemlint.toml"), "").unwrap();
    let deep = ["x"; MAX_PACK_DEPTH + 2].join("/");
    fs::create_dir_all(root.join(deep).join("y")).unwrap();
    assert!(PolicyPack::of_directory(root).is_err());
}
