//! What is kept of a run until it is reported, bounded: small archives that make many findings, long names and
//! contradictions, and what grows faster than its input.
//!
//! Ordinary runs use a small `--max-memory`, so that little input reaches it.

use super::canary::{IMS_TEXT, JWT, LEGACY, TAGS, URL, ims, page, tags};
use super::program::{self, Report, full};
use super::zipbytes::{Archive, Entry};

/// The `full` size, or the one for ordinary runs.
fn size(large: usize, small: usize) -> usize {
    if full() { large } else { small }
}

fn check(bytes: &[u8], more: &[&str]) -> Report {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("bomb.zip"), bytes).unwrap();
    program::check(directory.path(), "bomb.zip", more)
}

/// So many copies of an archive in an archive, and the canaries.
fn copies(archive: &Archive, number: usize) -> Vec<u8> {
    let bytes = archive.bytes();
    let copies = (0..number).map(|n| Entry::deflated(format!("c{n}.zip"), &bytes));
    Archive::of(copies.chain([ims(), tags()])).bytes()
}

/// `--max-memory` for ordinary runs.
fn limits(little: &'static str) -> Vec<&'static str> {
    if full() { Vec::new() } else { vec!["--max-memory", little] }
}

/// The limit was reached, that is said in few words, and the report is short.
fn cut(report: &Report) {
    assert_eq!(report.code, 3, "{}", report.json["summary"]);
    assert!(report.limits().iter().any(|limit| limit.starts_with("--max-memory ")), "{:?}", report.limits());
    let most = if full() { 1 << 20 } else { 192 << 10 };
    assert!(report.peak < most, "{} MiB", report.peak >> 10);
    assert!(report.bytes <= 16 << 20, "{} bytes", report.bytes);
}

#[test]
fn findings_in_many_archives() {
    let configs = (0..50).map(|n| {
        let name = format!("jcr_root/apps/a/config/com.adobe.granite.auth.oauth.accesstoken.provider-{n}.config");
        Entry::deflated(name, IMS_TEXT.as_bytes())
    });
    let report = check(&copies(&Archive::of(configs.collect::<Vec<_>>()), size(28_000, 60)), &limits("2MiB"));
    cut(&report);
    assert!(report.has(JWT));
}

#[test]
fn names_in_many_archives() {
    let unreadable = (0..100).map(|n| {
        let name = format!("jcr_root/apps/{n}/{}.config", "x".repeat(60_000));
        Entry::stored(name, b"a").with(|entry| {
            entry.local.method = 99;
            entry.central.method = 99;
        })
    });
    cut(&check(&copies(&Archive::of(unreadable.collect::<Vec<_>>()), size(1_200, 3)), &limits("8MiB")));
}

#[test]
fn archives_with_long_names() {
    let none = Archive::of([]).bytes();
    let long = (0..size(2_000, 100)).map(|n| Entry::stored(format!("{n}{}.zip", "x".repeat(60_000)), &none));
    let number = size(60, 4);
    cut(&check(&copies(&Archive::of(long.collect::<Vec<_>>()), number), &limits("8MiB")));
}

#[test]
fn contradictions_in_many_archives() {
    let lies = (0..12).map(|n| {
        let name = |letter: &str| format!("jcr_root/apps/{n}/{}.config", letter.repeat(60_000)).into_bytes();
        Entry::stored(name("x"), b"a").with(|entry| {
            entry.local.name = name("y");
            (entry.local.crc, entry.local.size) = (1, 2);
        })
    });
    let archive = Archive::of(lies.collect::<Vec<_>>());
    cut(&check(&copies(&archive, size(4_000, 120)), &limits("4MiB")));
    // What describes a contradiction is short, however long the names are.
    let report = check(&archive.bytes(), &[]);
    assert!(report.has("ambiguous-archive"));
    for finding in report.findings() {
        let message = finding["message"].as_str().unwrap();
        assert!(message.chars().count() < 3_000, "{} characters", message.chars().count());
    }
}

#[test]
fn properties_without_end() {
    let number = size(200_000, 4_000);
    let attributes: String = (0..number).map(|n| format!("a{n}=\"{n}\" ")).collect();
    let text = page("", LEGACY).replacen("url=", &format!("{attributes} url="), 1);
    let many = (0..size(160, 8)).map(|n| Entry::deflated(format!("jcr_root/etc/n{n}/.content.xml"), text.as_bytes()));
    let bytes = Archive::of(many.chain([ims(), tags()])).bytes();
    let report = check(&bytes, &limits("8MiB"));
    assert!(report.has(URL), "{}", report.json["summary"]);
}

/// Each of these took a time that grew with the square of its size.
#[test]
fn nothing_is_quadratic() {
    let number = size(512_000, 30_000);
    let config = |line: &dyn Fn(usize) -> String| {
        let text: String = (0..number).map(line).collect();
        check(&Archive::of([Entry::deflated("jcr_root/apps/a/config/a.config", text.as_bytes()), ims()]).bytes(), &[])
    };
    let secrets = config(&|n| format!("a{n}.secret=\"hT8sv{n}dkQz\"\n"));
    assert!(secrets.has(JWT) && secrets.code == 3);
    let plain = config(&|n| format!("a{n}.title=\"{n}\"\n"));
    assert!(plain.has(JWT));
    // Many names, or directories, on one local header.
    for name in ["jcr_root/a.xml", "jcr_root/a/"] {
        let first = Entry::stored(name, b"<a/>");
        let more = (1..number).map(|n| {
            first.clone().with(|entry| {
                entry.central.name =
                    format!("jcr_root/{n:x}{}", if name.ends_with('/') { "/" } else { ".xml" }).into_bytes();
                (entry.has_local, entry.offset) = (false, Some(0));
            })
        });
        let archive =
            Archive::of([first.clone()].into_iter().chain(more).chain([ims()])).with(|archive| archive.wide = true);
        let report = check(&archive.bytes(), &[]);
        assert!(report.has(JWT) && report.has("ambiguous-archive"), "{name}");
    }
}

/// A text that is too much for its reader is searched, and everything in it looks like a secret.
#[test]
fn secrets_in_one_value_without_end() {
    let url = ["https://u:", "hT8svdkQz@x,"].concat();
    let list = format!("clientSecret=\"[{}]\" url=", url.repeat(size(60 << 20, 1 << 20) / url.len()));
    let text = page("", LEGACY).replacen("url=", &list, 1);
    let report =
        check(&Archive::of([Entry::deflated(TAGS, text.as_bytes()), ims()]).bytes(), &["--max-ratio", "100000"]);
    assert!(report.has(JWT), "{}", report.json["summary"]);
    assert!(report.peak < 1 << 20, "{} MiB", report.peak >> 10);
}

/// A configuration of 64 MiB is none: each of its values comes to a hundred times of what it is written with.
#[test]
fn values_of_a_few_bytes() {
    let large = size(60 << 20, 6 << 20);
    let name = |extension: &str| format!("jcr_root/apps/a/config/com.acme.Large{extension}");
    for (extension, start, piece, end) in
        [(".cfg.json", "{\"z\":1", ",\"a\":1", "}"), (".config", "", "a=b\n", ""), (".config", "", "a=\"b\"\n", "")]
    {
        let text = [start, &piece.repeat(large / piece.len()), end].concat();
        let report = check(&Archive::of([Entry::deflated(name(extension), text.as_bytes()), ims()]).bytes(), &[]);
        assert!(report.has(JWT) && report.code == 3, "{extension}");
        assert!(report.peak < 256 << 10, "{extension}: {} MiB", report.peak >> 10);
    }
}
