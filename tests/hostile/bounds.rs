//! Bombs: each ends within the bounds of every run, and what a limit cut off is said with exit code 3.
//!
//! Small in the ordinary test run, so that a debug build is done with them in seconds; as large as they are meant to be
//! with `AEMLINT_HOSTILE_FULL=1`.

use super::canary::{IMS, IMS_TEXT, JWT, LEGACY, TAGS, URL, both, check_entry, ims, page, tags};
use super::program::{self, Report, full};
use super::quine::quine;
use super::zipbytes::{Archive, Entry};

/// The `full` size, or the one for ordinary runs.
fn size(large: usize, small: usize) -> usize {
    if full() { large } else { small }
}

fn million() -> usize {
    size(1_000_000, 30_000)
}

fn check(bytes: &[u8], more: &[&str]) -> Report {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("bomb.zip"), bytes).unwrap();
    program::check(directory.path(), "bomb.zip", more)
}

/// A limit was reached, and that is said.
fn cut(report: &Report) {
    assert_eq!(report.code, 3, "{}", report.json["summary"]);
    assert!(report.peak < 256 << 10, "{} MiB", report.peak >> 10);
}

/// Text that packs about as well as content does, so that no limit of the ratio is reached.
fn prose(length: usize) -> String {
    let mut text = String::with_capacity(length + 8);
    let mut n = 0_u32;
    while text.len() < length {
        text += &format!("{:x} ", n.wrapping_mul(2_654_435_761) >> 12);
        n += 1;
    }
    text
}

/// A deflate stream of so many MiB of zeros, made without deflating them all; and their checksum.
fn zeros(mebibytes: usize) -> (Vec<u8>, u32) {
    let block = vec![0; 1 << 20];
    let mut compress = flate2::Compress::new(flate2::Compression::best(), false);
    let mut chunk = Vec::with_capacity(1 << 16);
    // Ends at a whole byte and refers to nothing before it, so that it can be repeated.
    compress.compress_vec(&block, &mut chunk, flate2::FlushCompress::Full).unwrap();
    let mut crc = libdeflater::Crc::new();
    let mut stream = Vec::with_capacity(chunk.len() * mebibytes + 2);
    for _ in 0..mebibytes {
        stream.extend(&chunk);
        crc.update(&block);
    }
    stream.extend([3, 0]);
    (stream, crc.sum())
}

/// An entry that inflates to so many MiB of zeros.
fn inflating(name: &str, mebibytes: usize) -> Entry {
    let (stream, crc) = zeros(mebibytes);
    Entry::deflated(name, b"").with(|entry| {
        for header in [&mut entry.local, &mut entry.central] {
            (header.packed, header.size, header.crc) = (stream.len() as u64, (mebibytes as u64) << 20, crc);
        }
        entry.data = stream.clone();
    })
}

#[test]
fn one_entry_that_inflates_without_end() {
    for name in ["jcr_root/a/.content.xml", "a.zip", "a.config", "a.json", "META-INF/vault/filter.xml"] {
        let bomb = inflating(name, size(4095, 200));
        // With the default an archive of 256 MiB may be held, and that is the bound of the whole run here.
        let text = if full() { "64MiB" } else { "4MiB" };
        let limits = ["--max-memory", "128MiB", "--max-text-size", text];
        let report = check(&Archive::of([bomb, ims(), tags()]).bytes(), &limits);
        cut(&report);
        assert!(report.has(JWT) && report.has(URL), "{name}");
    }
}

#[test]
fn many_large_texts() {
    // Each thread has one at hand, but only one of them may be as large as this.
    let text = |n: usize| {
        page("", LEGACY).replace("</jcr:root>", &format!("<n{n} a=\"{}\"/></jcr:root>", prose(size(50 << 20, 9 << 20))))
    };
    let count = size(8, 3);
    let texts = (0..count).map(|n| Entry::deflated(format!("jcr_root/conf/n{n}/.content.xml"), text(n).as_bytes()));
    let report = check(&Archive::of(texts.collect::<Vec<_>>()).bytes(), &["--threads", "8"]);
    assert_eq!(report.rules(), vec![URL; count]);
}

#[test]
fn many_entries_over_the_same_bytes() {
    // 4.5 GB, were each of them inflated.
    let bomb = inflating("0.xml", 40);
    let more = (1..112).map(|n| {
        bomb.clone().with(|entry| {
            entry.central.name = format!("{n}.xml").into_bytes();
            (entry.has_local, entry.offset) = (false, Some(0));
        })
    });
    let report = check(&Archive::of([bomb.clone()].into_iter().chain(more).chain([ims(), tags()])).bytes(), &[]);
    cut(&report);
    assert!(report.has(JWT) && report.has(URL) && report.has("ambiguous-archive"));
}

#[test]
fn entries_that_quote_each_other() {
    // Each stream begins with a stored block that quotes the next header, and goes on in the next stream: Fifield's
    // construction, all entries share the last one's zeros.
    let (mut data, _) = zeros(40);
    let mut length = 40 << 20;
    let mut entries = Vec::new();
    for n in (0..112).rev() {
        let entry = Entry::deflated(format!("{n:03}.xml"), b"").with(|entry| {
            for header in [&mut entry.local, &mut entry.central] {
                (header.packed, header.size, header.crc) = (data.len() as u64, length, 0);
            }
        });
        let header = Archive::of([entry.clone().hidden()]).with(|archive| archive.no_end = true).bytes();
        let header = &header[..30 + entry.local.name.len()];
        length += header.len() as u64;
        let quoted = header.len() as u16;
        let quote = [&[0][..], &quoted.to_le_bytes(), &(!quoted).to_le_bytes()].concat();
        entries.push((entry, header.len() + quote.len()));
        data = if n == 0 { [header, &data].concat() } else { [&quote, header, &data].concat() };
    }
    entries.reverse();
    let mut offset = 0;
    let records: Vec<Entry> = (entries.into_iter())
        .map(|(entry, len)| {
            let record = entry.with(|entry| (entry.has_local, entry.offset) = (false, Some(offset)));
            offset += len as u64;
            record
        })
        .collect();
    let bytes = Archive::of(records.into_iter().chain([ims(), tags()])).with(|archive| {
        archive.prefix = data;
        archive.offsets_include_prefix = true;
    });
    let report = check(&bytes.bytes(), &[]);
    cut(&report);
    assert!(report.has("ambiguous-archive"));
    assert!(report.has(JWT) && report.has(URL));
}

#[test]
fn archives_that_fan_out() {
    // As 42.zip: sixteen archives in each, down to four gigabytes of zeros in each of a million.
    let mut bytes = Archive::of([inflating("0.dll", size(4095, 16))]).bytes();
    for _ in 0..5 {
        bytes = Archive::of((0..16).map(|n| Entry::deflated(format!("lib {n:x}.zip"), &bytes))).bytes();
    }
    let few: &[&str] = if full() { &[] } else { &["--max-entries", "40000"] };
    cut(&check(&bytes, few));
}

#[test]
fn text_in_archives_that_fan_out() {
    let mut bytes = Archive::of([inflating("jcr_root/a/.content.xml", size(60, 16))]).bytes();
    for _ in 0..5 {
        bytes = Archive::of((0..16).map(|n| Entry::deflated(format!("{n:x}.zip"), &bytes))).bytes();
    }
    // The default lets 16 GiB be inflated and searched, which takes longer than a test should.
    let few = ["--max-inflated", if full() { "2GiB" } else { "200MiB" }];
    cut(&check(&bytes, &few));
}

#[test]
fn an_archive_that_holds_itself() {
    let report = check(&quine("r.zip"), &[]);
    cut(&report);
    assert_eq!(report.limits(), ["--max-depth 16"]);
}

#[test]
fn two_thousand_levels() {
    let mut bytes = both().bytes();
    for _ in 0..2000 {
        bytes = Archive::of([Entry::stored("inner.zip", &bytes)]).bytes();
    }
    cut(&check(&bytes, &[]));
    // Deep enough for the stack of anything that recurses.
    let all = check(&bytes, &["--max-depth", "3000"]);
    assert_eq!(all.code, 1, "{:?}", all.unread());
    assert!(all.has(JWT) && all.has(URL));
}

#[test]
fn a_million_entries() {
    let many = (0..million()).map(|n| Entry::stored(format!("jcr_root/etc/{n}/.content.xml"), b"<jcr:root/>"));
    let archive = Archive::of(many.chain([ims(), tags()])).with(|archive| archive.wide = true);
    let report = check(&archive.bytes(), &[]);
    assert!(report.has(JWT) && report.has(URL));
    assert_eq!(report.code, 1, "{:?}", report.unread());
    let report = check(&archive.bytes(), &["--max-entries", "1000"]);
    cut(&report);
}

#[test]
fn a_million_lies() {
    // Each entry is a duplicate, has another name in its own header, and a wrong checksum.
    let many = (0..million()).map(|_| {
        Entry::stored("a.xml", b"<a/>").with(|entry| {
            entry.local.name = b"b.xml".to_vec();
            entry.local.crc = 1;
        })
    });
    let archive = Archive::of(many.chain([ims(), tags()])).with(|archive| archive.wide = true);
    let report = check(&archive.bytes(), &[]);
    assert!(report.has(JWT) && report.has(URL) && report.has("ambiguous-archive"));
    assert!(report.findings().len() < 300, "{} findings", report.findings().len());
}

/// Nothing is asked of these but an end in time, and that the canary in the same package is found.
fn survives(name: &str, what: &str, content: &[u8]) {
    let bytes = Archive::of([Entry::deflated(name, content), ims(), tags()]).bytes();
    let report = check(&bytes, &[]);
    let what = what.get(..20).unwrap_or(what);
    assert!(report.has(JWT) && report.has(URL), "{what} in {name}: {:?}", report.rules());
}

#[test]
fn xml_without_end() {
    let n = million();
    let document = |body: String| page("", LEGACY).replace("</jcr:root>", &format!("{body}</jcr:root>"));
    let found = |what: &str, text: String| {
        let report = check_entry(TAGS, text.as_bytes());
        assert!(report.has(URL), "{what}: {:?} {:?}", report.rules(), report.unread());
    };
    found("nested elements", document(format!("{}{}", "<a>".repeat(n), "</a>".repeat(n))));
    found("elements that stay open", document("<a b=\"c\">".repeat(n)));
    found("attributes", document(format!("<a {}/>", (0..n).map(|n| format!("a{n}=\"\" ")).collect::<String>())));
    found("equal attributes", document(format!("<a {}/>", "b=\"\" ".repeat(n))));
    found("namespaces", document(format!("<a {}/>", (0..n).map(|n| format!("xmlns:n{n}=\"u\" ")).collect::<String>())));
    found("siblings", document("<a b=\"c\"/>".repeat(n)));
    found("closing tags", document("</a>".repeat(n)));
    found("character references", document(format!("<a b=\"{}\"/>", "&#97;".repeat(n))));
    found("docview lists", document(format!("<a b=\"[{}]\"/>", "a,".repeat(n))));
    for open in ["<!--", "<![CDATA[", "<?", "<", "&", "<a b=\"", "]]>", "<!DOCTYPE a [", "[", "\\"] {
        survives(TAGS, open, open.repeat(n).as_bytes());
        survives(TAGS, open, document(open.repeat(n)).as_bytes());
    }
}

#[test]
fn entities_without_end() {
    let laughs = |levels: usize| {
        let mut dtd = String::from("<!ENTITY l0 'ha'>");
        for level in 1..levels {
            dtd += &format!("<!ENTITY l{level} '{}'>", format!("&l{};", level - 1).repeat(10));
        }
        dtd
    };
    let with =
        |dtd: &str, value: &str| page(&format!("<!DOCTYPE jcr:root [{dtd}]>\n"), LEGACY).replace("Canary", value);
    let long = format!("<!ENTITY long '{}'>", "x".repeat(100_000));
    let defaults: String = (0..size(10_000, 1000)).map(|n| format!("<!ATTLIST b a{n} CDATA 'x'>")).collect();
    for (what, text) in [
        ("a billion laughs", with(&laughs(12), "&l11;")),
        ("long ones", with(&long, &"&long;".repeat(size(50_000, 2000)))),
        ("many", with(&(0..million()).map(|n| format!("<!ENTITY e{n} 'x'>")).collect::<String>(), "&e1;")),
        (
            "defaults",
            with(&defaults, "x").replace("</jcr:root>", &format!("{}</jcr:root>", "<b/>".repeat(size(10_000, 1000)))),
        ),
    ] {
        let report = check_entry(TAGS, text.as_bytes());
        assert!(report.has(URL), "{what}: {:?} {:?}", report.rules(), report.unread());
    }
}

#[test]
fn configurations_without_end() {
    let n = million();
    let json = IMS.replace(".provider-canary.config", ".provider~canary.cfg.json");
    for (what, text) in [
        ("open", "[".repeat(n)),
        ("closed", format!("{}{}", "[".repeat(n), "]".repeat(n))),
        ("objects", "{\"a\":".repeat(n)),
        ("members", format!("{{{}\"z\":1}}", (0..n / 5).map(|n| format!("\"k{n}\":1,")).collect::<String>())),
        ("equal members", format!("{{{}\"z\":1}}", "\"k\":1,".repeat(n))),
        ("comments", "/*".repeat(n)),
        ("line comments", "//\n".repeat(n)),
        ("escapes", format!("{{\"a\":\"{}\"}}", "\\u0061".repeat(n))),
        ("quotes", "\"".repeat(n)),
    ] {
        survives(&json, what, text.as_bytes());
        survives("jcr_root/apps/acme/feature.json", what, text.as_bytes());
    }
    for (what, text) in [
        ("lines", "a=\"b\"\n".repeat(n)),
        ("quotes", "\"".repeat(n)),
        ("open lists", "a=[".repeat(n)),
        ("open strings", "a=\"\n".repeat(n)),
        ("continuations", "a=\\\n".repeat(n)),
        ("backslashes", "\\".repeat(n)),
        ("a list", format!("a=[{}]\n", "\"b\",".repeat(n))),
        ("placeholders", format!("a=\"{}\"\n", "$[env:a;default=".repeat(n))),
        ("braces", format!("a=\"{}\"\n", "${".repeat(n))),
        ("one long line", format!("a=\"{}\"\n", "x".repeat(8 * n))),
    ] {
        for name in [IMS.to_owned(), IMS.replace(".config", ".cfg"), "jcr_root/a.properties".to_owned()] {
            survives(&name, what, text.as_bytes());
        }
    }
}

#[test]
fn long_lines_are_clipped_in_reports() {
    let title = prose(size(30 << 20, 1 << 20));
    let long = page("", LEGACY).replace("Canary", &title).replace('\n', " ");
    let directory = tempfile::tempdir().unwrap();
    let bytes = Archive::of([Entry::deflated(TAGS, long.as_bytes())]).bytes();
    std::fs::write(directory.path().join("package.zip"), bytes).unwrap();
    for format in super::output::FORMATS {
        let run = program::aemlint(directory.path(), ["check", "--no-config", "--format", format, "package.zip"]);
        assert_eq!(run.code, 1);
        assert!(run.out.len() < 200_000, "{} bytes as {format}", run.out.len());
    }
}

#[test]
fn findings_without_end() {
    for (n, code) in [(1000, 1), (size(1_000_000, 6_000), 3)] {
        let nodes: String = (0..n).map(|n| format!("<n{n} url=\"https://mc.adobe.io/x\"/>")).collect();
        let text = page("", LEGACY).replace("</jcr:root>", &format!("{nodes}</jcr:root>"));
        let report = check_entry(TAGS, text.as_bytes());
        assert!(report.has(URL));
        assert_eq!(report.code, code);
        // What comes behind many others is found, or it is said that there is more.
        let junk = format!("{{ ,, {} \"{LEGACY}\"", "\"https://mc.adobe.io/x\" ".repeat(n));
        let report = check_entry("jcr_root/apps/acme/a.json", junk.as_bytes());
        assert_eq!((report.has(URL), report.code), (code == 1, code));
    }
}

#[test]
fn patterns_without_end() {
    // Filters are regular expressions from the package.
    let filter = |pattern: &str| {
        format!(
            "<workspaceFilter version=\"1.0\"><filter root=\"/apps\"><include pattern=\"{pattern}\"/></filter></workspaceFilter>"
        )
    };
    let name = format!("jcr_root/apps/{}/config/a.config", "a".repeat(200));
    for pattern in
        ["(a+)+$", "(a|a)*$", "(a*)*b", "(.*a){25}", "(/[^/]+)+/x", "((a{1,100}){1,100}){1,100}", "(?=(a+))*b"]
    {
        let entries = [
            Entry::deflated("META-INF/vault/filter.xml", filter(pattern).as_bytes()),
            Entry::deflated(&name, IMS_TEXT.as_bytes()),
            ims(),
            tags(),
        ];
        let report = check(&Archive::of(entries).bytes(), &[]);
        assert!(report.has(JWT) && report.has(URL), "{pattern}");
    }
    let many = format!("<workspaceFilter>{}</workspaceFilter>", "<filter root=\"/a\"/>".repeat(million()));
    survives("META-INF/vault/filter.xml", "filters", many.as_bytes());
}

/// Every run mode that is neither service nor environment doubles the instances, as long as all are told apart.
#[test]
fn run_modes_without_end() {
    const PROVIDER: &str = "com.adobe.granite.auth.oauth.accesstoken.provider";
    const CUSTOMIZER: &str = "com.adobe.granite.auth.ims.impl.IMSAccessTokenRequestCustomizerImpl";
    let number = size(2_000, 300);
    let filter = "<workspaceFilter version=\"1.0\"><filter root=\"/apps\"/></workspaceFilter>";
    let mut entries = vec![Entry::deflated("META-INF/vault/filter.xml", filter.as_bytes()), ims(), tags()];
    for n in 0..number {
        let folder = format!("jcr_root/apps/a{}/config.m{}", n % 10, n % 200);
        let provider = format!(
            "auth.token.provider.title=\"Smart Tags {n}\"\nauth.token.provider.authorization.grants=\"client_credentials\"\n\
             token.request.customizer.type=\"t{}\"\n",
            n % 40
        );
        let customizer = format!("customizer.type=\"t{}\"\n", (n + 1) % 40);
        entries.push(Entry::deflated(format!("{folder}/{PROVIDER}-{n}.config"), provider.as_bytes()));
        entries.push(Entry::deflated(format!("{folder}/{CUSTOMIZER}-{n}.config"), customizer.as_bytes()));
        entries.push(Entry::deflated(format!("{folder}/{n}/com.acme.Same.config"), format!("a=\"{n}\"\n").as_bytes()));
    }
    let report = check(&Archive::of(entries).bytes(), &[]);
    assert!(report.has(JWT) && report.has(URL));
    // Not all instances were told apart, and that is said.
    assert_eq!(report.code, 3);
}
