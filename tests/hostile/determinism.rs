//! The same report for any number of threads, and whether or not files are left unparsed.

use super::canary::{JWT, LEGACY, URL, both, ims, other, page, tags};
use super::program::aemlint;
use super::support::encoder::{ROLES, Role, TRICKS, encode, ordinary};
use super::support::random::Random;
use super::zipbytes::{Archive, Descriptor, Entry};
use std::path::Path;

/// The report without the time that it took.
fn report(directory: &Path, more: &[&str]) -> (i32, String) {
    let run = aemlint(directory, [&["check", "--no-config", "--no-times", "--format", "json", "."], more].concat());
    assert_ne!(run.code, 2, "{}", run.err);
    (run.code, run.out)
}

/// Packages with all kinds of trouble, and a tree.
fn trouble(directory: &Path) {
    let loose = Archive::of([ims().hidden()]).with(|archive| archive.no_end = true).bytes();
    let package = |n: u64| {
        let mut random = Random::new(n);
        let pages = (0..40).map(|m| {
            let text = ["mc.adobe.io", "ims-na1.adobelogin.com", "smartcontent.adobe.io"][m % 3];
            let role = [Role::Host, Role::Value][m % 2];
            let tricks = [*random.pick(&TRICKS), *random.pick(&TRICKS)];
            Entry::deflated(format!("jcr_root/content/{m}/.content.xml"), &encode(&mut random, text, role, &tricks))
        });
        let lies = [
            ims(),
            ims(),
            tags().streamed(Descriptor::Signed),
            tags().with(|entry| entry.local.name = b"a.xml".to_vec()),
            other().with(|entry| entry.padding = loose.clone()),
            Entry::deflated("a.zip", b"nothing"),
            Entry::stored("b.xml", b"?").with(|entry| (entry.local.method, entry.central.method) = (12, 12)),
            Entry::deflated("c.xml", &[b'x'; 5000]).with(|entry| entry.data[5] ^= 0xFF),
            Entry::deflated("sub", &both().bytes()),
        ];
        Archive::of(pages.collect::<Vec<_>>().into_iter().chain(lies)).bytes()
    };
    for n in 0..6 {
        std::fs::write(directory.join(format!("{n}.zip")), package(n)).unwrap();
    }
    let outer = Archive::of((6..12).map(|n| Entry::new(format!("{n}.zip"), &package(n), (n % 2 * 8) as u16)));
    // Large enough to be worth several threads, and to be read piece by piece.
    let outer = outer.with(|archive| archive.prefix = vec![b'x'; 9 << 20]);
    std::fs::write(directory.join("outer.zip"), outer.bytes()).unwrap();
    for n in 0..80 {
        let folder = directory.join(format!("ui.content/jcr_root/content/{n}"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(".content.xml"), page("", LEGACY)).unwrap();
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    trouble(directory.path());
    let one = report(directory.path(), &["--threads", "1"]);
    assert_eq!(one.0, 3);
    assert!(one.1.contains(JWT) && one.1.contains(URL));
    for threads in ["2", "8", "8"] {
        assert_eq!(report(directory.path(), &["--threads", threads]), one, "{threads} threads");
    }
    let facts = |threads| aemlint(directory.path(), ["facts", "--no-config", "--threads", threads, "."]).out;
    assert_eq!(facts("8"), facts("1"));
}

#[test]
fn leaving_files_unparsed_changes_nothing() {
    const TEXTS: [&str; 8] = [
        "mc.adobe.io",
        "ims-na1.adobelogin.com",
        "smartcontent.adobe.io",
        "acme.brand-portal.adobe.com",
        "com.adobe.granite.auth.oauth.accesstoken.provider",
        "clientSecret",
        "cq/replication/components/agent",
        "sling:OsgiConfig",
    ];
    let directory = tempfile::tempdir().unwrap();
    let mut random = Random::new(2026);
    let mut entries = Vec::new();
    for n in 0..1500 {
        let text = TEXTS[n % TEXTS.len()];
        let role = *random.pick(&ROLES);
        // A colon or a slash is part of no name.
        let role = if text.contains(['/', ':']) && role != Role::SystemViewValue { Role::Value } else { role };
        let count = random.below(4);
        let tricks: Vec<_> = (0..count).map(|_| *random.pick(&TRICKS)).collect();
        let mut document = encode(&mut random, text, role, &tricks);
        if random.one_in(5) {
            // Damaged, so that the raw search is asked too.
            let at = random.below(document.len());
            document[at] = b"<>&\"\0\xFF"[random.below(6)];
        }
        if random.one_in(10) {
            document = ordinary(&mut random);
        }
        let name = if random.one_in(3) { format!("page{n}.xml") } else { format!("{n}/.content.xml") };
        entries.push(Entry::deflated(format!("jcr_root/content/{name}"), &document));
    }
    std::fs::write(directory.path().join("package.zip"), Archive::of(entries).bytes()).unwrap();
    let parsed = report(directory.path(), &["--no-prefilter"]);
    assert!(parsed.1.contains("\"rule\""), "{}", parsed.1);
    assert_eq!(report(directory.path(), &[]), parsed);
}
