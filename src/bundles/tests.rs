//! What is read of a bundle that somebody made up: nothing of it may end the process or be taken without bounds.

use super::header::{ReadingOptions, first_line};
use super::reader::{BundleError, Wanted, read_from, summarize_from};
use super::writer::{self, Package};
use crate::facts::Kinds;
use crate::rules::{RuleSet, evaluate};
use crate::scan::{self, Digesting, Kept, Options, Sought};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use osgi_config::Target;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::io::{Read, Write};
use std::sync::LazyLock;
use zip_audit::Limits;

const SHA256: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn options(kinds: Kinds) -> Options {
    Options::new(Sought::kinds(kinds), Timestamp::UNIX_EPOCH)
}

/// The lines of a bundle of files that have something of everything.
static LINES: LazyLock<Vec<Json>> = LazyLock::new(|| {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("ui/jcr_root/apps/x/config.author");
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let provider = "com.adobe.granite.auth.oauth.accesstoken.provider-1.config";
    write(provider, "auth.token.provider.title=\"a\"\nclient.secret=\"p8e-hunter2-x9\"\nb=[\"1\",\"2\"]\nd=D\"0.1\"\n");
    write("com.acme.A.cfg.json", "{\n  // aemlint-ignore missing-scope: why\n  \"a\": 1.5, \"b\": true\n}");
    write("com.acme.B.config", "broken");
    let page = r#"<jcr:root xmlns:jcr="http://www.jcp.org/jcr/1.0" xmlns:sling="http://sling.apache.org/jcr/sling/1.0" jcr:primaryType="sling:OsgiConfig" imsConfig="x" url="https://mc.adobe.io"/>"#;
    write("com.acme.C.xml", page);
    let metadata = directory.path().join("ui/META-INF/vault");
    std::fs::create_dir_all(&metadata).unwrap();
    let filter = r#"<workspaceFilter version="1.0"><filter root="/apps"><exclude pattern="/apps/y/.*"/></filter></workspaceFilter>"#;
    std::fs::write(metadata.join("filter.xml"), filter).unwrap();
    let read = scan::read(&[directory.path().to_owned()], &options(Kinds::all()), Digesting::All);
    let package = Package { path: "tree".to_owned(), size: 1, sha256: SHA256.to_owned() };
    let noted = ReadingOptions {
        limits: Limits::default(),
        exclude: Vec::new(),
        default_excludes: true,
        search_packed: false,
        nodes: true,
    };
    let (bytes, _) = writer::write(&package, &noted, read.reading).unwrap();
    let header = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let mut text = String::new();
    GzDecoder::new(&bytes[header..]).read_to_string(&mut text).unwrap();
    assert!(!text.contains("hunter2"), "a secret is in a bundle");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
});

fn pack(lines: &[Json]) -> Vec<u8> {
    let mut packed = GzEncoder::new(first_line(SHA256).into_bytes(), Compression::fast());
    for line in lines {
        writeln!(packed, "{line}").unwrap();
    }
    packed.finish().unwrap()
}

/// Reads a bundle and judges what it holds.
fn judge(bytes: &[u8]) -> Result<usize, BundleError> {
    let kept = Kept::new(Limits::default().memory);
    let kinds = Kinds::all();
    let wanted = Wanted { path: Some("a.zip"), input: 0, target: Target::Aem65, kinds, kept: &kept };
    let bundle = read_from(bytes, SHA256, wanted)?;
    let scanned = scan::link(bundle.reading, &options(kinds));
    let judgement = evaluate(&RuleSet::builtin(), &scanned.facts, &scanned.installed, Target::Aem65).unwrap();
    for finding in &judgement.findings {
        if let Some(excerpt) = finding.location.excerpts.around(finding.location.mark) {
            assert!(excerpt.text.get(excerpt.label).is_some());
        }
    }
    Ok(scanned.facts.len())
}

#[test]
fn a_bundle_is_read_whole_or_not_at_all() {
    let whole = pack(&LINES);
    assert!(judge(&whole).unwrap() >= 4);
    assert!(summarize_from(&whole[..], SHA256).is_ok());
    for length in (0..whole.len()).step_by(7) {
        assert!(judge(&whole[..length]).is_err(), "{length}");
        assert!(summarize_from(&whole[..length], SHA256).is_err(), "{length}");
    }
    assert_eq!(judge(&[&whole[..], b"x"].concat()), Err(BundleError::Damaged));
}

#[test]
fn what_inflates_without_bounds_is_not_held() {
    // One line that never ends, and many that say the same.
    let mut packed = GzEncoder::new(first_line(SHA256).into_bytes(), Compression::fast());
    writeln!(packed, "{}", LINES[0]).unwrap();
    let piece = vec![b' '; 1 << 20];
    (0..writer::MAX_LINE_BYTES / piece.len() + 1).for_each(|_| packed.write_all(&piece).unwrap());
    assert_eq!(judge(&packed.finish().unwrap()), Err(BundleError::Damaged));
    let mut packed = GzEncoder::new(first_line(SHA256).into_bytes(), Compression::fast());
    writeln!(packed, "{}", LINES[0]).unwrap();
    let note = json!(["m", "x".repeat(1 << 20)]).to_string();
    (0..300).for_each(|_| writeln!(packed, "{note}").unwrap());
    assert!(matches!(judge(&packed.finish().unwrap()), Err(BundleError::TooLarge(_))));
}

/// A place in a JSON value, by the numbers of members on the way.
fn at<'j>(json: &'j mut Json, way: &[usize]) -> &'j mut Json {
    let mut here = json;
    for &step in way {
        let is_empty = here.as_array().is_none_or(Vec::is_empty);
        if is_empty {
            break;
        }
        let items = here.as_array_mut().unwrap();
        let step = step % items.len();
        here = &mut items[step];
    }
    here
}

fn value() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        (0_u64..4).prop_map(Json::from),
        ".{0,8}".prop_map(Json::from),
        Just(json!([])),
        Just(json!([[], null, "", 0])),
        Just(json!({ "m": [["a", 1]] })),
        Just(json!({ "d": 9_221_120_237_041_090_560_u64 })),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_bundle_is_read_or_refused(
        changes in prop::collection::vec((any::<usize>(), prop::collection::vec(any::<usize>(), 1..9), value()), 1..4),
        moved in prop::option::of((any::<usize>(), any::<usize>())),
    ) {
        let mut lines = LINES.clone();
        for (line, way, value) in changes {
            let line = line % lines.len();
            *at(&mut lines[line], &way) = value;
        }
        if let Some((from, to)) = moved {
            let line = lines[from % LINES.len()].clone();
            lines.insert(to % LINES.len(), line);
        }
        let _ = judge(&pack(&lines));
    }

    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300), with_header: bool) {
        let header = if with_header { first_line(SHA256).into_bytes() } else { Vec::new() };
        prop_assert!(judge(&[header, bytes].concat()).is_err());
    }
}
