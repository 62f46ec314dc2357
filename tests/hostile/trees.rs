//! Trees: links, special files, names that act on terminals, files that change, and files that want to configure.

use super::canary::{IMS, IMS_TEXT, JWT, LEGACY, TAGS, URL, both, page};
use super::program::{self, Report};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

const CONFIG: &str = "ui.config/src/main/content/jcr_root/apps/system/config";

fn write(root: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    path
}

/// A project with both canaries in it.
fn project() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), &format!("ui.config/src/main/content/{IMS}"), IMS_TEXT.as_bytes());
    write(directory.path(), &format!("ui.content/src/main/content/{TAGS}"), page("", LEGACY).as_bytes());
    directory
}

fn both_found(report: &Report) {
    assert!(report.has(JWT) && report.has(URL), "{:?}", report.rules());
}

fn unread_paths(report: &Report) -> Vec<&str> {
    report.unread().iter().map(|unread| unread["location"]["path"].as_str().unwrap()).collect()
}

#[test]
fn links_are_not_followed_and_named() {
    let project = project();
    let elsewhere = tempfile::tempdir().unwrap();
    let provider = write(elsewhere.path(), "stranger.config", IMS_TEXT.as_bytes());
    let config = project.path().join(CONFIG);
    symlink(&provider, config.join("com.adobe.granite.auth.oauth.accesstoken.provider-linked.config")).unwrap();
    symlink(elsewhere.path(), config.join("folder")).unwrap();
    symlink(project.path(), config.join("loop")).unwrap();
    symlink("/nonexistent/a.config", config.join("dangling.config")).unwrap();
    symlink("/dev/zero", config.join("endless.config")).unwrap();
    let report = program::check(project.path(), ".", &[]);
    both_found(&report);
    assert_eq!(report.code, 3);
    assert_eq!(report.rules().iter().filter(|rule| **rule == JWT).count(), 1, "a link was followed");
    for name in ["linked.config", "folder", "loop", "dangling.config", "endless.config"] {
        assert!(unread_paths(&report).iter().any(|path| path.ends_with(name)), "{name}: {:?}", unread_paths(&report));
    }
}

#[test]
fn special_files_are_not_opened() {
    let project = project();
    let fifo = project.path().join(CONFIG).join("a.config");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    if !made.is_ok_and(|status| status.success()) {
        return;
    }
    let zip = project.path().join("vendor.zip");
    std::process::Command::new("mkfifo").arg(&zip).status().unwrap();
    let report = program::check(project.path(), ".", &[]);
    both_found(&report);
    assert_eq!(report.code, 3);
    assert_eq!(unread_paths(&report).len(), 2, "{:?}", unread_paths(&report));
    // Named by the user: an error or unread, but no waiting.
    let run = program::aemlint(project.path(), ["check", "--no-config", "vendor.zip"]);
    assert!(matches!(run.code, 2 | 3), "{}", run.code);
}

#[test]
fn what_may_not_be_read_is_said() {
    let project = project();
    let file = write(project.path(), &format!("{CONFIG}/locked.config"), b"a=\"b\"\n");
    let folder = project.path().join(CONFIG).join("locked");
    fs::create_dir(&folder).unwrap();
    for path in [&file, &folder] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o0)).unwrap();
    }
    // Whoever runs as root reads everything.
    let readable = fs::File::open(&file).is_ok();
    let report = program::check(project.path(), ".", &[]);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    both_found(&report);
    assert_eq!(report.code, if readable { 1 } else { 3 });
    assert_eq!(report.unread().len(), if readable { 0 } else { 2 }, "{:?}", unread_paths(&report));
}

#[test]
fn directories_named_like_files() {
    let project = project();
    // The same text would be a copy, which is judged once.
    let text = format!("{IMS_TEXT}name=\"other\"\n");
    write(project.path(), &format!("vendor/a.zip/ui/jcr_root/{}", &IMS["jcr_root/".len()..]), text.as_bytes());
    fs::create_dir_all(project.path().join(CONFIG).join("b.config")).unwrap();
    let report = program::check(project.path(), ".", &[]);
    both_found(&report);
    assert_eq!(report.rules().iter().filter(|rule| **rule == JWT).count(), 2);
    assert_eq!(report.code, 1, "{:?}", unread_paths(&report));
}

#[test]
fn names_that_act_on_terminals() {
    let project = project();
    let names = [
        &b"new\nline"[..],
        b"\x1b[2J\x1b]0;title\x07",
        b"carriage\rreturn",
        "bidi\u{202e}gpj.".as_bytes(),
        "c1\u{9b}2J".as_bytes(),
        b"back\x08\x08\x08",
        b"not utf-8 \xff\xfe\x9b",
        b"\n::error file=a::forged",
        b"%0A::warning::forged",
        b"a|b`c`<script>alert(1)</script>",
        b"##vso[task.complete]",
    ];
    for name in names {
        let folder = project
            .path()
            .join("ui.config/src/main/content/jcr_root/apps")
            .join(OsStr::from_bytes(name))
            .join("config");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(IMS.rsplit('/').next().unwrap()), IMS_TEXT).unwrap();
    }
    let report = program::check(project.path(), ".", &[]);
    both_found(&report);
    assert_eq!(report.rules().iter().filter(|rule| **rule == JWT).count(), names.len() + 1);
    for format in super::output::FORMATS {
        let run = program::aemlint(project.path(), ["check", "--no-config", "-v", "--format", format, "."]);
        assert_eq!(run.code, 1, "{format}: {}", run.err);
        super::output::no_command_is_forged(format, &run.out);
        super::output::no_command_is_forged("notes", &run.err);
    }
    // A name that is no file is content that was not read.
    let missing = OsStr::from_bytes(b"\x1b[2J\n::error::x\xff");
    let run = program::aemlint(project.path(), [OsStr::new("check"), OsStr::new("--no-config"), missing]);
    assert_eq!(run.code, 3);
    super::output::no_command_is_forged("text", &run.out);
    super::output::no_command_is_forged("error", &run.err);
}

#[test]
fn files_that_change_while_they_are_read() {
    let directory = tempfile::tempdir().unwrap();
    let package = directory.path().join("package.zip");
    let (small, large) = (both().bytes(), both().with(|archive| archive.prefix = vec![b'x'; 12 << 20]).bytes());
    fs::write(&package, &small).unwrap();
    let tree = write(directory.path(), &format!("content/{IMS}"), IMS_TEXT.as_bytes());
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut round = 0_usize;
            while !done.load(Ordering::Relaxed) {
                round += 1;
                let bytes = if round.is_multiple_of(2) { &small } else { &large };
                // Truncated and written again, as a build does it.
                fs::write(&package, &bytes[..bytes.len() / (round % 3 + 1)]).unwrap();
                fs::write(&tree, &IMS_TEXT[..IMS_TEXT.len() / (round % 3 + 1)]).unwrap();
            }
        });
        for _ in 0..12 {
            // Whatever was seen, it is a report, or the package was empty just then.
            let run = program::aemlint(
                directory.path(),
                ["check", "--no-config", "--format", "json", "package.zip", "content"],
            );
            if run.code != 2 {
                let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
                assert_eq!(report["summary"]["exit_code"], run.code);
            }
        }
        done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn nothing_in_an_archive_configures() {
    use super::zipbytes::{Archive, Entry};
    let config = "ignore = [\"ims\", \"smart-tags\"]\nexclude = [\"**\"]\n[[ignore]]\nrule = \"jwt-credentials\"\npath = \"**\"\nreason = \"x\"\n";
    let comment =
        format!("# aemlint: ignore jwt-credentials -- not today\n# aemlint-ignore jwt-credentials: no\n{IMS_TEXT}");
    let quiet = page("", LEGACY)
        .replace("<jcr:root", "<!-- aemlint: ignore legacy-smart-content-url -- x -->\n<!-- aemlint-ignore-file legacy-smart-content-url: x -->\n<jcr:root");
    let entries = || {
        vec![
            Entry::deflated("aemlint.toml", config.as_bytes()),
            Entry::deflated("jcr_root/aemlint.toml", config.as_bytes()),
            Entry::deflated("jcr_root/apps/system/config/aemlint.toml", config.as_bytes()),
            Entry::deflated(".gitignore", b"*\n"),
            Entry::deflated(".ignore", b"*\n"),
            Entry::deflated(".aemlintignore", b"*\n"),
            Entry::deflated(".gitattributes", b"* linguist-generated\n"),
            Entry::deflated("aemlint-baseline.json", b"{\"version\":1,\"findings\":[]}"),
            Entry::deflated(IMS, comment.as_bytes()),
            Entry::deflated(TAGS, quiet.as_bytes()),
        ]
    };
    let inner = Archive::of(entries()).bytes();
    let outer = Archive::of([Entry::deflated("sub.zip", &inner)].into_iter().chain(entries())).bytes();
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("package.zip"), outer).unwrap();
    // Without --no-config: there is none beside the package.
    let run = program::aemlint(directory.path(), ["check", "--format", "json", "package.zip"]);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let count = |rule| report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == rule).count();
    assert_eq!((count(JWT), count(URL)), (2, 2), "{}", run.out);

    // Nor do files of a tree that is scanned from elsewhere.
    let project = project();
    for name in ["aemlint.toml", "ui.config/aemlint.toml"] {
        write(project.path(), name, config.as_bytes());
    }
    for name in [".gitignore", ".ignore", "ui.config/.gitignore"] {
        write(project.path(), name, b"*\n");
    }
    let input = project.path().to_str().unwrap();
    let run = program::aemlint(directory.path(), ["check", "--format", "json", input]);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let count = |rule| report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == rule).count();
    assert_eq!((count(JWT), count(URL)), (1, 1), "{}", run.out);
}
