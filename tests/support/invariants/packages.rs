//! The whole scan of a package: walk, readers, facts, rules, every report. Skipping what cannot matter changes nothing,
//! judging a bundle gives what judging the package gives, reports can be read again, and a secret that a reader can tell is
//! in none of them.

use super::secrets::Canary;
use super::zipbytes::{Archive, Entry};
use super::{WALK, sinks};
use aemlint::internals::bundles;
use aemlint::internals::documents::prefilter::Prefilter;
use aemlint::internals::facts::{Fact, Kind, Kinds};
use aemlint::internals::report::{Report, RuleInfo, Summary, Unread, redact_json};
use aemlint::internals::rules::{self, Finding, RuleSet};
use aemlint::internals::scan::{self, Scanned, Sought};
use aemlint::internals::secret::mask_shapes;
use osgi_config::Target;
use std::sync::LazyLock;

/// The built-in rules and what they need.
struct Bench {
    rules: RuleSet,
    infos: Vec<RuleInfo>,
    filtered: scan::Options,
    full: scan::Options,
}

static BENCH: LazyLock<Bench> = LazyLock::new(|| {
    let rules = RuleSet::builtin();
    let infos = rules.metas().unwrap_or_else(|error| panic!("{error}")).into_iter().map(RuleInfo::from).collect();
    let filtered = scan::Options {
        walk: WALK.clone(),
        target: Target::Aem65,
        target_named: true,
        grouping: scan::Grouping::Usual,
        exclusive: Vec::new(),
        sought: Sought { kinds: Kinds::usual(), ..Sought::by_rules(&rules) },
        allow_empty: true,
        digests: false,
        now: jiff::Timestamp::UNIX_EPOCH,
    };
    let everything = Sought { prefilter: Prefilter::parse_everything(), ..filtered.sought.clone() };
    let full = scan::Options { sought: everything, ..filtered.clone() };
    Bench { rules, infos, filtered, full }
});

/// Between the files of a package that is written as text.
const NEXT_FILE: u8 = 0x1e;

/// An archive as it is; or a text: `name`, line feed, content, and so on, separated by bytes 0x1e. If the text begins
/// with a byte 0x1d, the second byte chooses one of the [`CARRIERS`] of a secret, which is added to the package with the
/// text up to the first separator in it.
pub fn check(data: &[u8]) {
    if data.starts_with(b"PK") {
        judge(data.to_vec(), None);
    } else if let [0x1d, carrier, rest @ ..] = data {
        carry(usize::from(*carrier), rest);
    } else {
        judge(pack(data, None), None);
    }
}

fn judge(bytes: Vec<u8>, canary: Option<&Canary>) {
    let bench = &*BENCH;
    let choice = bytes.iter().map(|&byte| usize::from(byte)).sum();
    let filtered = scan::scan_bytes(NAME, bytes.clone(), &bench.filtered);
    let findings = findings(&filtered);
    let full = self::findings(&scan::scan_bytes(NAME, bytes.clone(), &bench.full));
    // Broken XML in which nothing can matter is not parsed, and then nobody complains.
    let say = |findings: &[Finding]| {
        let told = findings.iter().filter(|finding| &*finding.rule != "unread-content");
        told.map(said).collect::<Vec<_>>()
    };
    assert_eq!(say(&findings), say(&full), "skipping files changes the findings");

    let bundle = bundles::collect_bytes(NAME, bytes.clone(), SHA256, &bench.filtered).unwrap();
    judge_bundle(&bundle, Some(&filtered)).unwrap();
    let leaks = |text: &str| canary.is_some_and(|canary| canary.is_in(text.as_bytes()));
    for fact in &filtered.facts {
        let json = fact.to_json().to_string();
        assert!(!leaks(&json), "a fact shows the secret: {json}");
        assert!(!leaks(&format!("{fact:?}")), "the debug form of a fact shows the secret: {fact:?}");
    }
    let unread = Unread::from_facts(&filtered.facts);
    let summary = Summary {
        packages: filtered.facts.iter().filter(|fact| fact.kind() == Kind::Package).count() as u64,
        files: filtered.files,
        errors: findings.len() as u64,
        unread: unread.len() as u64,
        exit_code: 1,
        ..Summary::default()
    };
    let report = Report { findings, unread, summary, ..Report::default() };
    sinks::render_one(&report, &bench.infos, choice, |format, out| assert!(!leaks(out), "{format} shows:\n{out}"));
}

/// What a package is called here.
const NAME: &str = "vendor/input.zip";
/// The SHA-256 that its bundle is given: nothing depends on which it is.
const SHA256: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// The first line of every bundle here.
static HEADER: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let empty = Archive::of(std::iter::empty::<Entry>()).bytes();
    let bundle = bundles::collect_bytes(NAME, empty, SHA256, &BENCH.filtered).unwrap_or_default();
    bundle.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default().to_vec()
});

/// The lines of a bundle: it is read and judged, or refused.
pub fn bundle(data: &[u8]) {
    let mut packed = flate2::write::GzEncoder::new(HEADER.clone(), flate2::Compression::none());
    let _ = std::io::Write::write_all(&mut packed, data);
    let _ = judge_bundle(&packed.finish().unwrap_or_default(), None);
}

/// The bundle of a package of which nothing is changed.
pub fn lines_of_bundle(package: Vec<u8>) -> Vec<u8> {
    let bundle = bundles::collect_bytes(NAME, package, SHA256, &BENCH.filtered).unwrap_or_default();
    let packed = bundle.get(HEADER.len()..).unwrap_or_default();
    let mut lines = Vec::new();
    let _ = std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(packed), &mut lines);
    lines
}

/// Judges a bundle; with `expected` it must say what was found in its package.
fn judge_bundle(bundle: &[u8], expected: Option<&Scanned>) -> Result<(), String> {
    let scanned = bundles::scan_bundle(bundle, SHA256, &BENCH.filtered)?;
    let found = findings(&scanned);
    if let Some(expected) = expected {
        let facts = |scanned: &Scanned| scanned.facts.iter().map(shown).collect::<Vec<_>>();
        assert_eq!(facts(&scanned), facts(expected), "the facts of a bundle are others");
        let all = |findings: &[Finding]| {
            findings.iter().map(|finding| mask_shapes(&said(finding)).into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(all(&found), all(&findings(expected)), "the findings of a bundle are others");
    }
    Ok(())
}

/// A fact as `aemlint facts` prints it.
fn shown(fact: &Fact) -> String {
    let mut json = fact.to_json();
    redact_json(&mut json);
    json.to_string()
}

fn findings(scanned: &Scanned) -> Vec<Finding> {
    for unread in Unread::from_facts(&scanned.facts) {
        assert!(!unread.reason.contains("internal error"), "{unread:?}");
    }
    match rules::evaluate(&BENCH.rules, &scanned.facts, &scanned.installed, Target::Aem65) {
        Ok(judgement) => {
            assert!(judgement.not_judged.is_empty(), "a built-in rule fails: {:?}", judgement.not_judged);
            judgement.findings
        }
        Err(error) => panic!("a built-in rule fails: {error}"),
    }
}

fn said(finding: &Finding) -> String {
    let Finding { rule, message, severity, fingerprint, location, .. } = finding;
    format!("{severity:?} {rule} {message} {fingerprint} {} {:?}", location.place, location.mark.span)
}

/// The package that a text describes, and one more file.
fn pack(text: &[u8], more: Option<(&str, Vec<u8>)>) -> Vec<u8> {
    let mut entries = Vec::new();
    for file in text.split(|&byte| byte == NEXT_FILE).filter(|file| !file.is_empty()).take(16) {
        let mut parts = file.splitn(2, |&byte| byte == b'\n');
        let name = parts.next().unwrap_or_default();
        entries.push(Entry::stored(name, parts.next().unwrap_or_default()));
    }
    entries.extend(more.map(|(name, content)| Entry::stored(name, &content)));
    Archive::of(entries).bytes()
}

/// Files with a secret: name, text before, text behind.
const CARRIERS: &[(&str, &str, &str)] = &[
    (
        "jcr_root/apps/a/config/com.adobe.granite.auth.ims.impl.IMSAccessTokenRequestCustomizerImpl-a.config",
        "auth.ims.client.secret=\"",
        "\"\n",
    ),
    (
        "jcr_root/apps/a/config/com.adobe.granite.auth.ims.impl.IMSAccessTokenRequestCustomizerImpl~a.cfg.json",
        "{\"auth.ims.client.secret\":\"",
        "\"}",
    ),
    ("jcr_root/apps/a/config/com.acme.Client.cfg", "client.secret=", "\n"),
    (
        "jcr_root/apps/a/config/com.acme.Client.xml",
        "<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" jcr:primaryType=\"sling:OsgiConfig\" clientSecret=\"",
        "\"/>",
    ),
    (
        "jcr_root/conf/a/.content.xml",
        "<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" jcr:primaryType=\"cq:Page\"><jcr:content \
         serviceUrl=\"https://smartcontent.adobe.io\" clientSecret=\"",
        "\"/></jcr:root>",
    ),
    ("jcr_root/apps/a/config/com.acme.Client.config", "accessToken=\"", "\""),
];

/// A carrier behind what the input says comes before it in the same file: readers lose their way in all kinds of
/// manners, the secret stays hidden.
fn carry(carrier: usize, rest: &[u8]) {
    let (name, open, close) = CARRIERS.get(carrier % CARRIERS.len()).copied().unwrap_or_default();
    let canary = Canary::new(rest.get(..16).unwrap_or_default(), false);
    if canary.is_in(rest) {
        return;
    }
    let mut parts = rest.splitn(2, |&byte| byte == NEXT_FILE);
    let mut content = parts.next().unwrap_or_default().to_vec();
    content.push(b'\n');
    content.extend_from_slice(open.as_bytes());
    content.extend_from_slice(canary.text.as_bytes());
    content.extend_from_slice(close.as_bytes());
    judge(pack(parts.next().unwrap_or_default(), Some((name, content))), Some(&canary));
}
