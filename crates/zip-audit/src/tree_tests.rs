//! Trees and single files: what is visited, left out, and said.

use super::testing::zipbytes::{Archive, Entry};
use super::testing::{
    Collector, IMS, IMS_TEXT, TAGS, TAGS_TEXT, both, found_all, ims, options, see, see_bytes, see_globs,
};
use super::*;
use std::fs;
use std::path::Path;

fn write(root: &Path, name: &str, bytes: &[u8]) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

const MODULE: &str = "ui.apps/src/main/content";

fn project() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    write(root, &format!("{MODULE}/{IMS}"), IMS_TEXT);
    write(root, &format!("{MODULE}/{TAGS}"), TAGS_TEXT);
    write(root, &format!("{MODULE}/META-INF/vault/filter.xml"), b"<filter/>");
    write(root, &format!("{MODULE}/jcr_root/apps/x/logo.png"), b"pixels");
    write(root, "ui.apps/pom.xml", b"<project/>");
    write(root, "META-INF/maven/pom.xml", b"<project/>");
    directory
}

fn names(seen: &super::testing::Seen, root: &Path) -> Vec<String> {
    let root = root.to_str().unwrap();
    seen.files.iter().map(|(place, ..)| place.strip_prefix(root).unwrap().trim_start_matches('/').to_owned()).collect()
}

#[test]
fn content_trees_are_found_anywhere_and_nothing_else_is_read() {
    let project = project();
    let seen = see(&[project.path()], &options(1));
    let expected = ["META-INF/vault/filter.xml", IMS, TAGS].map(|name| format!("{MODULE}/{name}"));
    assert_eq!(names(&seen, project.path()), expected);
    assert_eq!((seen.outcome.files, seen.outcome.unread.len(), seen.outcome.excluded), (4, 0, 0));
}

#[test]
fn a_part_of_a_tree_is_named_from_the_directory_around_jcr_root() {
    let project = project();
    let module = project.path().join(MODULE);
    let filter = format!("{MODULE}/META-INF/vault/filter.xml");
    let part = see(&[&module.join("jcr_root/apps")], &options(1));
    assert_eq!(names(&part, project.path()), [filter.clone(), format!("{MODULE}/{IMS}")]);
    let file = see(&[&module.join(TAGS)], &options(1));
    assert_eq!(names(&file, project.path()), [filter.clone(), format!("{MODULE}/{TAGS}")]);
    let meta = see(&[&module.join("META-INF/vault/filter.xml")], &options(1));
    assert_eq!(names(&meta, project.path()), [filter]);
}

#[test]
fn archives_in_trees_are_entered() {
    let project = project();
    write(project.path(), "vendor/one.zip", &both().bytes());
    write(project.path(), "vendor/two.dat", &both().bytes());
    write(project.path(), &format!("{MODULE}/jcr_root/apps/x/install/three"), &both().bytes());
    write(project.path(), "vendor/none.zip", b"version https://git-lfs.github.com/spec/v1");
    let seen = see(&[project.path()], &options(1));
    let archives: Vec<_> = seen.outcome.archives.iter().map(|archive| archive.place.file.to_string()).collect();
    assert_eq!(archives.len(), 2, "{archives:?}");
    assert!(archives[0].ends_with("install/three") && archives[1].ends_with("vendor/one.zip"));
    assert_eq!(seen.outcome.unread.len(), 1);
    assert!(seen.outcome.unread[0].place.file.ends_with("vendor/none.zip"));
}

#[test]
fn sidecars_are_left_out_of_trees_and_need_not_be_archives_in_archives() {
    let project = project();
    write(project.path(), &format!("{MODULE}/jcr_root/apps/x/config/._provider.config"), b"\0\x05\x16\x07");
    write(project.path(), &format!("{MODULE}/jcr_root/apps/x/install/._core.jar"), b"\0\x05\x16\x07");
    write(project.path(), "vendor/._one.zip", b"\0\x05\x16\x07");
    let seen = see(&[project.path()], &options(1));
    assert_eq!((seen.files.len(), seen.outcome.unread.len(), seen.outcome.archives.len()), (3, 0, 0));

    let sidecar = |content: &[u8]| Entry::deflated("jcr_root/apps/x/install/._core.jar", content);
    let seen = see_bytes(&Archive::of([sidecar(b"\0\x05\x16\x07")]).bytes(), &options(1));
    assert_eq!((seen.outcome.unread.len(), seen.outcome.archives.len()), (0, 1));
    // One that is an archive is read, and one that is no sidecar is expected to be an archive.
    found_all(&Archive::of([sidecar(&both().bytes())]).bytes(), &[]);
    let core = Entry::deflated("jcr_root/apps/x/install/core.jar", b"\0\x05\x16\x07");
    assert_eq!(see_bytes(&Archive::of([core]).bytes(), &options(1)).outcome.unread.len(), 1);
}

#[test]
fn what_is_left_out_is_counted() {
    let project = project();
    for name in [".git", "node_modules", "ui.apps/target"] {
        write(project.path(), &format!("{name}/jcr_root/a.xml"), b"<a/>");
    }
    let seen = see(&[project.path()], &options(1));
    // What version control keeps is no content, and nothing to speak of.
    assert_eq!((seen.files.len(), seen.outcome.excluded), (3, 2));
    let all = Options { default_excludes: false, ..options(1) };
    assert_eq!(see(&[project.path()], &all).files.len(), 6);
    let seen = see_globs(&[project.path()], &["**/etc/**", "**/*.config"]);
    assert_eq!((seen.files.len(), seen.outcome.excluded, seen.outcome.unread.len()), (1, 4, 0));
}

#[test]
fn inputs_that_cannot_be_walked_are_unread_and_the_others_are_walked() {
    let directory = project();
    write(directory.path(), "notes.txt", b"hello");
    write(directory.path(), "package.zip", &both().bytes());
    let at = |name: &str| directory.path().join(name);
    let seen = see(&[&at("missing.zip"), &at("notes.txt"), &at("package.zip"), &at(MODULE)], &options(1));
    let unread: Vec<_> = seen.outcome.unread.iter().map(|unread| (unread.cause.name(), unread.input)).collect();
    assert_eq!(unread, [("missing", 0), ("no-content", 1)]);
    assert!(seen.outcome.unread[0].place.file.ends_with("missing.zip"));
    assert_eq!(seen.files.len(), 5);
}

#[test]
fn what_is_named_twice_is_read_once() {
    let project = project();
    write(project.path(), "vendor/one.zip", &both().bytes());
    write(project.path(), "vendor/two", &both().bytes());
    write(project.path(), "all/target/all.zip", &both().bytes());
    let see = |names: &[&str]| {
        let paths: Vec<_> = names.iter().map(|name| project.path().join(name)).collect();
        let seen = see(&paths.iter().map(std::path::PathBuf::as_path).collect::<Vec<_>>(), &options(1));
        (seen.outcome.archives.len(), seen.outcome.files)
    };
    assert_eq!(see(&["vendor/one.zip", "./vendor/../vendor/one.zip"]), (1, 2));
    assert_eq!(see(&["vendor", "vendor/one.zip", "vendor"]), (1, 2));
    assert_eq!(see(&["vendor/one.zip", "."]), see(&["."]));
    assert_eq!(see(&[MODULE, ".", "vendor"]), see(&["."]));
    // What a walk of the directory does not come to is read because it is named.
    assert_eq!(see(&["vendor", "vendor/two"]), (2, 4));
    assert_eq!(see(&["all", "all/target"]), (1, 2));
    assert_eq!(see(&["all", "all/target/all.zip"]), (1, 2));
}

#[test]
fn archives_of_other_kinds_and_pointers_are_unread() {
    let project = project();
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
    write(project.path(), "vendor/a.tgz", b"\x1f\x8b");
    // What it holds unpacked is no part of a zip archive.
    write(project.path(), "vendor/b.tar", &[&b"package.zip"[..], &both().bytes()].concat());
    write(project.path(), "vendor/c.zip", pointer);
    write(project.path(), &format!("{MODULE}/jcr_root/d.7z"), b"7z");
    write(project.path(), &format!("{MODULE}/jcr_root/e.config"), pointer);
    write(project.path(), &format!("{MODULE}/jcr_root/f.js.gz"), b"\x1f\x8b");
    write(project.path(), &format!("{MODULE}/jcr_root/g.png"), pointer);
    let seen = see(&[project.path()], &options(1));
    let name = |unread: &Unread| unread.place.file.rsplit('/').next().unwrap().to_owned();
    let mut unread: Vec<_> = seen.outcome.unread.iter().map(|unread| (name(unread), unread.cause.name())).collect();
    unread.sort();
    let expected = [
        ("a.tgz", "other-archive"),
        ("b.tar", "other-archive"),
        ("c.zip", "git-lfs-pointer"),
        ("d.7z", "other-archive"),
        ("e.config", "git-lfs-pointer"),
    ];
    assert_eq!(unread, expected.map(|(name, cause)| (name.to_owned(), cause)));
    assert_eq!((seen.files.len(), seen.outcome.archives.len()), (3, 0));
    for (named, cause) in [("vendor/a.tgz", "other-archive"), ("vendor/c.zip", "git-lfs-pointer")] {
        let seen = see(&[&project.path().join(named)], &options(1));
        assert_eq!(seen.outcome.unread.iter().map(|unread| unread.cause.name()).collect::<Vec<_>>(), [cause]);
    }
    let inside = [Entry::deflated("x/a.tar.gz", b"\x1f\x8b"), Entry::stored("b.config", pointer), ims()];
    let seen = see_bytes(&Archive::of(inside).bytes(), &options(1));
    let unread: Vec<_> = seen.outcome.unread.iter().map(|unread| unread.cause.name()).collect();
    assert_eq!(unread, ["git-lfs-pointer", "other-archive"]);
    assert_eq!(seen.files.len(), 1);
    // By content, a name says nothing.
    write(project.path(), "vendor/h.tgz", &both().bytes());
    assert_eq!(see(&[&project.path().join("vendor/h.tgz")], &options(1)).files.len(), 2);
}

#[test]
fn content_of_a_package_is_never_left_out_by_default() {
    let project = project();
    for name in ["target", "node_modules", ".git"] {
        write(project.path(), &format!("{MODULE}/jcr_root/apps/{name}/config/a.config"), b"a");
        write(project.path(), &format!("{name}/jcr_root/b.xml"), b"<a/>");
    }
    let seen = see(&[project.path()], &options(1));
    assert_eq!((seen.files.len(), seen.outcome.excluded, seen.outcome.content_files), (5, 2, 6));
    assert_eq!(seen.outcome.excluded_names, ["node_modules", "target"]);
}

#[cfg(unix)]
#[test]
fn links_and_special_files_are_said_and_not_followed() {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    let project = project();
    let elsewhere = tempfile::tempdir().unwrap();
    write(elsewhere.path(), "secret.xml", b"<secret/>");
    write(elsewhere.path(), "package.zip", &both().bytes());
    write(elsewhere.path(), "content/jcr_root/a.xml", b"<a/>");
    let content = project.path().join(MODULE).join("jcr_root");
    symlink(elsewhere.path().join("secret.xml"), content.join("link.xml")).unwrap();
    symlink(elsewhere.path(), content.join("folder")).unwrap();
    symlink(elsewhere.path().join("package.zip"), project.path().join("latest")).unwrap();
    symlink(elsewhere.path().join("content"), project.path().join("content")).unwrap();
    symlink(elsewhere.path().join("secret.xml"), project.path().join("harmless")).unwrap();
    symlink(project.path(), project.path().join("loop")).unwrap();
    let _socket = UnixListener::bind(content.join("socket.xml")).unwrap();
    let seen = see(&[project.path()], &options(1));
    assert_eq!(seen.files.len(), 3);
    let unread: Vec<_> =
        seen.outcome.unread.iter().map(|unread| unread.place.file.rsplit('/').next().unwrap()).collect();
    assert_eq!(unread, ["content", "latest", "folder", "link.xml", "socket.xml"]);
    // A link that the user names is followed.
    assert_eq!(see(&[&project.path().join("latest")], &options(1)).files.len(), 2);
}

#[test]
fn trees_are_the_same_for_any_number_of_threads() {
    let project = project();
    for n in 0..700 {
        write(project.path(), &format!("{MODULE}/jcr_root/apps/{}/{n}/.content.xml", n % 20), b"<node/>");
    }
    let one = see(&[project.path()], &options(1));
    assert_eq!(one.files.len(), 703);
    let many = see(&[project.path()], &options(4));
    assert_eq!(many.files, one.files);
    assert_eq!(many.outcome.files, one.outcome.files);
}

#[test]
fn a_file_below_the_start_directory_is_named_from_there() {
    let (options, collector) = (options(1), Collector::default());
    let session = super::session::Session::new(&options, &collector, &FileTree::DISK);
    let started_in = |base: &str, start: &str| super::inputs::started_in(&session, Path::new(base), Path::new(start));
    let start = started_in("/project", "/project/jcr_root/apps").unwrap();
    let container = Container {
        place: Place::on_disk("/project"),
        parent: None,
        kind: ContainerKind::Directory,
        depth: 0,
        input: 0,
        start: Some(start.into()),
    };
    for (name, shown) in [
        ("jcr_root/apps/x/a.config", "x/a.config"),
        ("jcr_root/apps2/a.config", "/project/jcr_root/apps2/a.config"),
        ("META-INF/vault/filter.xml", "/project/META-INF/vault/filter.xml"),
    ] {
        let place = container.place_of(name);
        assert_eq!(place.file.as_ref(), shown);
        assert_eq!(container.path_on_disk(&place).as_ref(), format!("/project/{name}"));
    }
    assert_eq!(started_in("/project", "/project/ui.apps"), None);
    assert_eq!(started_in("ui.apps", "/project"), None);
}
