//! The SARIF report as code scanning takes it: trees, packages, packages in packages, content that was not read, names
//! that strangers chose; and fingerprints by which an alert is recognised again.
//!
//! With `AEMLINT_SARIF_DIR` set, the reports are kept there, for a validator: `.github/scripts/validate-sarif.sh`.
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Command;
use zip::write::SimpleFileOptions;

const PID: &str = "com.adobe.granite.auth.oauth.accesstoken.provider";
const FILTER: &str = r#"<workspaceFilter version="1.0"><filter root="/apps/x"/></workspaceFilter>"#;
const JWT: &str = "auth.token.provider.title=\"Adobe Target\"\n\
                   auth.access.token.request=\"https://ims-na1.adobelogin.com/ims/exchange/jwt/\"\n\
                   auth.token.provider.keypair.alias=\"acme-target\"\n";

/// Names that break what is not written with care.
const HOSTILE: [&str; 8] =
    ["a b", "%41#?&", "[x](1)`", "\u{1b}[31m", "..%2f..", "a\nb", "::error::x", "\u{fc}\u{2603}\u{202e}"];

fn config(name: &str) -> String {
    format!("jcr_root/apps/x/config/{PID}-{name}.config")
}

/// A package of these files, packed in that year.
fn package(year: u16, files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let time = zip::DateTime::from_date_and_time(year, 2, 3, 4, 5, 6).unwrap();
    let options = SimpleFileOptions::default().last_modified_time(time);
    let filter = [("META-INF/vault/filter.xml".to_owned(), FILTER.as_bytes().to_vec())];
    for (name, bytes) in filter.iter().chain(files) {
        zip.start_file(name.as_str(), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn jwt(name: &str) -> (String, Vec<u8>) {
    (config(name), JWT.into())
}

fn write(directory: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let path = directory.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// The run of a report on everything in a directory; checks what code scanning demands of every report.
fn run(directory: &Path, name: &str, options: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_aemlint"))
        .args(["check", "--no-config", "--quiet", "--format", "sarif", "--fail-on", "never"])
        .args(options)
        .current_dir(directory)
        .output()
        .unwrap();
    if let Some(kept) = std::env::var_os("AEMLINT_SARIF_DIR") {
        fs::create_dir_all(&kept).unwrap();
        fs::write(Path::new(&kept).join(format!("{name}.sarif")), &output.stdout).unwrap();
    }
    let mut sarif: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let run = sarif["runs"][0].take();
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            let text = rule[text]["text"].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{}", rule["id"]);
        }
    }
    for result in results(&run) {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.is_ascii() && !uri.starts_with('/') && !uri.contains([' ', '#', '?', '\\']), "{uri}");
        assert!(!uri.split('/').next().unwrap().contains(':'), "no scheme: {uri}");
        let on_disk = percent_encoding::percent_decode_str(uri).decode_utf8().unwrap();
        assert!(directory.join(&*on_disk).is_file(), "code scanning finds the file: {on_disk}");
        for number in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(place["region"][number].as_u64().is_some_and(|number| number > 0), "{result}");
        }
        assert!(!fingerprint(result).is_empty());
    }
    run
}

fn results(run: &Value) -> &Vec<Value> {
    run["results"].as_array().unwrap()
}

fn fingerprint(result: &Value) -> &str {
    result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap_or_default()
}

fn fingerprints(run: &Value) -> BTreeSet<&str> {
    results(run).iter().map(fingerprint).collect()
}

#[test]
fn findings_in_packages_are_recognised_in_the_next_build() {
    let build = |year: u16, version: &str, jwt_config: &str| {
        let directory = tempfile::tempdir().unwrap();
        let files: Vec<_> = ["one", "two"].map(|name| (config(name), jwt_config.into())).into();
        let inner = package(year, &files);
        let nested = format!("jcr_root/apps/x/install/ui.config-{version}.zip");
        let all = package(year, &[jwt("outer"), (nested, inner)]);
        write(directory.path(), &format!("all-{version}.zip"), all);
        run(directory.path(), "nested", &["--select", "jwt-credentials"])
    };
    let first = build(2020, "1.0.0", JWT);
    let again = build(2024, "1.1.0-SNAPSHOT", &format!("# a comment\n\n{JWT}"));
    assert_eq!(fingerprints(&first).len(), 3, "each finding has its own");
    assert_eq!(fingerprints(&first), fingerprints(&again));
    let changed = build(2020, "1.0.0", &JWT.replace("acme-target", "acme-other"));
    assert_eq!(
        fingerprints(&first).intersection(&fingerprints(&changed)).count(),
        1,
        "a changed value is a new finding"
    );
}

#[test]
fn several_findings_on_one_line_have_fingerprints_of_their_own() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "META-INF/vault/filter.xml", FILTER);
    let names = ["dbPassword", "ftpPassword", "mailPassword", "proxyPassword"];
    let members: Vec<String> =
        names.iter().map(|name| format!("\"{name}\":\"correct-horse-battery-staple\"")).collect();
    let json = format!("{{{}}}", members.join(","));
    write(directory.path(), "jcr_root/apps/x/config/com.acme.Client.cfg.json", &json);
    let run = run(directory.path(), "one-line", &["--select", "plain-text-secret"]);
    assert_eq!(results(&run).len(), names.len());
    assert_eq!(fingerprints(&run).len(), names.len(), "each finding has its own");
    let own = |result: &Value| result["partialFingerprints"]["aemlint/v1"].as_str().unwrap().to_owned();
    assert_eq!(results(&run).iter().map(own).collect::<BTreeSet<_>>().len(), names.len());
}

#[test]
fn findings_in_trees_have_the_fingerprints_that_code_scanning_computes() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "META-INF/vault/filter.xml", FILTER);
    write(directory.path(), &config("lf"), JWT);
    write(directory.path(), &config("crlf"), format!("# \u{1f600}\r\n\r\n{}", JWT.replace('\n', "\r\n")));
    write(directory.path(), &config("twice"), format!("{JWT}{}\n{JWT}", "#".repeat(200)));
    let first = run(directory.path(), "tree", &["--select", "jwt-credentials"]);
    assert_eq!(results(&first).len(), 3);
    for result in results(&first) {
        let place = &result["locations"][0]["physicalLocation"];
        let text =
            fs::read_to_string(directory.path().join(place["artifactLocation"]["uri"].as_str().unwrap())).unwrap();
        let line = usize::try_from(place["region"]["startLine"].as_u64().unwrap()).unwrap();
        assert_eq!(fingerprint(result), github_line_hashes(&text)[line - 1], "{result}");
    }
    write(directory.path(), &config("lf"), format!("# moved\n\n{JWT}"));
    let moved = run(directory.path(), "tree-moved", &["--select", "jwt-credentials"]);
    assert_eq!(fingerprints(&first), fingerprints(&moved));
}

/// What `fingerprints.ts` of github/codeql-action gives each line, written down from its definition rather than as a
/// rolling hash: of the 100 UTF-16 units from the start of the line on, blanks left out, the value of the polynomial.
fn github_line_hashes(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut units: Vec<u64> = Vec::new();
    let mut starts = Vec::new();
    let mut at_start = true;
    for unit in text.encode_utf16().filter(|unit| ![0x20, 0x09].contains(unit)).map(u64::from).chain([65_535]) {
        if at_start {
            starts.push(units.len());
        }
        at_start = unit == 10;
        units.push(unit);
    }
    let mut seen = std::collections::HashMap::new();
    starts
        .into_iter()
        .map(|start| {
            let window = units[start..].iter().copied().chain(std::iter::repeat(0)).take(100);
            let hash = window.fold(0_u64, |hash, unit| hash.wrapping_mul(37).wrapping_add(unit));
            let count = seen.entry(hash).or_insert(0);
            *count += 1;
            format!("{hash:x}:{count}")
        })
        .collect()
}

#[test]
fn the_hashes_of_this_test_are_those_of_code_scanning() {
    // From the tests of codeql-action.
    assert_eq!(github_line_hashes(""), ["c129715d7a2bc9a3:1"]);
    let expected = ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"];
    assert_eq!(github_line_hashes(" a\nb\n  \t\tc\n d"), expected);
    let lorem = github_line_hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10));
    assert_eq!((&*lorem[0], &*lorem[6]), ("a7f2ff13bc495cf2:1", "a7f2ff1481e87703:1"));
}

#[test]
fn names_of_strangers_break_nothing() {
    let directory = tempfile::tempdir().unwrap();
    // No two of them say the same, since copies are one.
    let outer = |holder: &str| {
        let jwt = |name: &&str| (config(name), format!("{JWT}name=\"{holder}\"\n").into_bytes());
        let configs: Vec<(String, Vec<u8>)> = HOSTILE.iter().map(jwt).collect();
        let inner = package(2020, &configs);
        package(2020, &[("jcr_root/apps/x/install/ #1 %41 [a](2).zip".to_owned(), inner), configs[0].clone()])
    };
    write(directory.path(), "jcr_root/apps/x/config/plain.config", "");
    for name in HOSTILE.iter().filter(|name| cfg!(unix) && !name.contains(['/', '\u{1b}', '\n', '\u{202e}'])) {
        write(directory.path(), &format!("{name}.zip"), outer(name));
        write(directory.path(), &format!("jcr:{name}/{}", config(name)), format!("{JWT}name=\"jcr {name}\"\n"));
    }
    let report = run(directory.path(), "hostile", &[]);
    let found = results(&report).len();
    assert!(found >= if cfg!(unix) { 40 } else { 0 }, "{found}");
    assert!(!report.to_string().contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn what_was_not_read_is_a_result_too() {
    let directory = tempfile::tempdir().unwrap();
    let inner = package(2020, &[jwt("deep")]);
    let all = package(2020, &[jwt("outer"), ("jcr_root/apps/x/install/ui.zip".to_owned(), inner)]);
    write(directory.path(), "all.zip", all);
    write(directory.path(), &config("large"), JWT.repeat(100));
    let report = run(directory.path(), "unread", &["--max-depth", "1", "--max-text-size", "1000"]);
    let invocation = &report["invocations"][0];
    assert_eq!((&invocation["executionSuccessful"], &invocation["exitCode"]), (&false.into(), &3.into()));
    let notices = invocation["toolExecutionNotifications"].as_array().unwrap();
    let unread = results(&report).iter().filter(|result| result["ruleId"] == "unread-content");
    assert_eq!((notices.len(), unread.count()), (2, 2), "{report}");
}

/// The text with what a fix of SARIF replaces.
fn fixed(text: &str, fix: &Value) -> String {
    let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let offset = |line: &Value, column: &Value| {
        let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
        let start = starts[number(line) - 1];
        let line: Vec<usize> = text[start..].char_indices().map(|(at, _)| start + at).chain([text.len()]).collect();
        line[number(column) - 1]
    };
    let mut out = text.to_owned();
    for replacement in fix["artifactChanges"][0]["replacements"].as_array().unwrap().iter().rev() {
        let region = &replacement["deletedRegion"];
        let start = offset(&region["startLine"], &region["startColumn"]);
        let end = offset(&region["endLine"], &region["endColumn"]);
        out.replace_range(start..end, replacement["insertedContent"]["text"].as_str().unwrap());
    }
    out
}

#[test]
fn safe_fixes_in_trees_are_suggested_and_no_secret_is_among_them() {
    let directory = tempfile::tempdir().unwrap();
    let rest = "auth.token.provider.scope=\"openid\"\r\n\
                auth.access.token.request=\"https://ims-na1.adobelogin.com/ims/token/v2\"\r\n# caf\u{e9}";
    let launch = format!("auth.token.provider.title=\"Launch\"\r\n{rest}");
    write(directory.path(), &config("launch"), &launch);
    write(directory.path(), "all.zip", package(2020, &[(config("other"), launch.clone().into_bytes())]));
    let secret = format!("auth.ims.client.secret=\"p8e-{}\"\n", "Hunter2hunter2Hunter2");
    let customizer =
        "jcr_root/apps/x/config/com.adobe.granite.auth.ims.impl.IMSAccessTokenRequestCustomizerImpl-launch.config";
    write(directory.path(), customizer, secret);
    let report = run(directory.path(), "fixes", &["--select", "wrong-token-endpoint,missing-client-credentials-grant"]);
    let (mut in_trees, mut in_packages) = (0, 0);
    for result in results(&report) {
        let Some(fix) = result["fixes"].get(0) else {
            in_packages += 1;
            continue;
        };
        in_trees += 1;
        let changed = fixed(&launch, fix);
        let expected = match result["ruleId"].as_str().unwrap() {
            "wrong-token-endpoint" => launch.replace("token/v2", "token/v3"),
            _ => launch.replace(
                "/ims/token/v2\"\r\n",
                "/ims/token/v2\"\r\nauth.token.provider.authorization.grants=\"client_credentials\"\r\n",
            ),
        };
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.split("\r\n").map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&changed), sorted(&expected), "{fix:#}");
        assert!(fix["description"]["text"].as_str().unwrap().ends_with('.'));
    }
    assert_eq!((in_trees, in_packages), (2, 2), "{report:#}");
    let all = run(directory.path(), "fixes-of-all", &[]).to_string();
    assert!(!all.contains("Hunter2"), "{all}");
}

#[test]
fn a_report_of_nothing_is_a_report() {
    let directory = tempfile::tempdir().unwrap();
    let report = run(directory.path(), "empty", &["--allow-empty"]);
    assert!(results(&report).is_empty());
    assert_eq!(report["invocations"][0]["executionSuccessful"], true);
}
