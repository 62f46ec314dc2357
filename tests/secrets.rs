//! No output shows a secret: names × values × formats × sinks. The secrets are made here, each other than all others, so that
//! one that is printed is told from everything else.
//!
//! A part of the matrix, chosen by the numbers of name and value; with `AEMLINT_WHOLE_MATRIX=1` all of it, some names at a
//! time so that no report and no run reaches its limits.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "what fails in a test should fail loudly")]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

/// Of so many pairs of a name and a value one is tried.
const SAMPLED: usize = 13;

/// Words that suggest a credential, in the spellings that names have.
fn names() -> Vec<String> {
    let words = [
        "secret",
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "token",
        "accessToken",
        "refreshToken",
        "privateKey",
        "apiKey",
        "subscriptionKey",
        "workingKey",
        "signingKey",
        "encryptionKey",
        "credential",
        "credentials",
        "authorization",
        "keyStorePassword",
        "trustStorePwd",
        "clientSecret",
        "sharedKey",
        "accountKey",
        "hmacKey",
        "pass",
        "auth",
        "private",
    ];
    let mut names = Vec::new();
    for word in words {
        let mut split = String::new();
        for c in word.chars() {
            if c.is_ascii_uppercase() {
                split.push(' ');
            }
            split.push(c.to_ascii_lowercase());
        }
        let parts: Vec<&str> = split.split(' ').collect();
        let capital = |text: &str| text[..1].to_uppercase() + &text[1..];
        names.push(word.to_owned());
        names.push(format!("orders{}", capital(word)));
        names.push(format!("get{}", capital(word)));
        names.push(format!("{word}2"));
        names.push(format!("{word}Prod"));
        names.push(format!("x{}Value", capital(word)));
        names.push(parts.join("."));
        names.push(parts.join("_"));
        names.push(parts.join("-"));
        names.push(parts.concat());
        names.push(format!("acme.{}.dev", parts.join(".")));
        names.push(format!("ACME_{}", parts.join("_").to_uppercase()));
    }
    names
}

/// A value with a core that must not be shown.
struct Value {
    text: String,
    core: String,
}

/// Letters and digits that occur in nothing else.
fn core(seed: usize, alphabet: &[u8], length: usize) -> String {
    let mut state = (seed as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..length).map(|_| char::from(alphabet[usize::try_from(next() % alphabet.len() as u64).unwrap()])).collect()
}

const MIXED: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const HEX: &[u8] = b"0123456789abcdef";
const DIGITS: &[u8] = b"123456789";

/// Forty values, made for the name of that number.
fn values(number: usize) -> Vec<Value> {
    let mixed = |n: usize, length| core(number * 97 + n, MIXED, length);
    let plain = |core: String| Value { text: core.clone(), core };
    let around = |before: &str, core: String, after: &str| Value { text: format!("{before}{core}{after}"), core };
    let base64 = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
    let mut values = vec![
        plain(mixed(0, 8)),
        plain(mixed(1, 12)),
        plain(mixed(2, 16)),
        plain(mixed(3, 24)),
        plain(mixed(4, 40)),
        plain(mixed(5, 88)),
        plain(core(number * 97 + 6, HEX, 32)),
        plain(core(number * 97 + 7, HEX, 40)),
        plain(core(number * 97 + 8, HEX, 64)),
        plain(core(number * 97 + 9, DIGITS, 14)),
        around("", mixed(10, 12), "!"),
        around("P4$", mixed(11, 12), ""),
        around("p8e-", mixed(12, 32), ""),
        around("Basic ", base64(&format!("joe:{}", mixed(13, 14))), ""),
        around("Bearer ", mixed(14, 32), ""),
        around("https://joe:", mixed(15, 12), "@host.acme.test/a"),
        around("jdbc:mysql://db/aem?user=aem&password=", mixed(16, 14), ""),
        around("DefaultEndpointsProtocol=https;AccountKey=", mixed(17, 44), ";EndpointSuffix=core"),
        around("https://blob.acme.test/x?sv=1&sig=", mixed(18, 43), "%3D"),
        around("{\"client_secret\": \"", mixed(19, 16), "\", \"a\": 1}"),
        around("{\"a\": {\"password\": \"", mixed(20, 10), "\"}}"),
        around("<a><password>", mixed(21, 12), "</password></a>"),
        around("", mixed(22, 12), "$[env:STAGE]"),
        around("${env}", mixed(23, 12), ""),
        around("$[secret:NAME;default=", mixed(24, 12), "]"),
        around("Authorization: Basic ", base64(&format!("svc:{}", mixed(25, 10))), ""),
        around("Server=db;User Id=sa;Password=", mixed(26, 12), ";"),
        around("eyJhbGciOiJIUzI1NiJ9.eyJ", mixed(27, 30), ".c2lnbmF0dXJl"),
        around("-----BEGIN PRIVATE KEY-----\n", mixed(28, 64), "\n-----END PRIVATE KEY-----"),
        around("-----BEGIN RSA PRIVATE KEY----- ", mixed(29, 64), " -----END RSA PRIVATE KEY-----"),
        around("client.secret=", mixed(30, 12), "\nurl=https://a.test"),
        around("token:", mixed(31, 20), ""),
        around("user:", mixed(32, 12), ""),
        around("", mixed(33, 12), "é"),
        around("a ", mixed(34, 12), " b"),
        around("https%3A%2F%2Fjoe%3A", mixed(35, 12), "%40host"),
        around("//joe:", mixed(36, 12), "@host/a"),
    ];
    values.push(Value { text: "a\"b".to_owned() + &mixed(37, 12), core: mixed(37, 12) });
    values.push(Value { text: format!("'{}'", mixed(38, 12)), core: mixed(38, 12) });
    values.push(Value { text: format!("\\{}", mixed(39, 12)), core: mixed(39, 12) });
    values
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\n', "&#xa;")
}

/// How many formats a value is written in.
const FORMATS: usize = 5;

/// One file with a property of that name and value, and its path.
fn file(format: usize, number: usize, name: &str, value: &str) -> (String, String) {
    let felix = value.replace('\\', "\\\\").replace('"', "\\\"").replace('=', "\\=").replace(' ', "\\ ");
    let docview = value.replace('\\', "\\\\");
    let docview = if docview.starts_with(['{', '[']) { format!("\\{docview}") } else { docview };
    let root = |attributes: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" xmlns:sling=\"http://sling.apache.org/jcr/sling/1.0\"\n    {attributes}/>\n"
        )
    };
    let config = |end: &str| format!("jcr_root/apps/acme/config/com.acme.Service{number}{end}");
    let url = "https://mc.adobe.io/marketingcloud/smartcontent";
    match format {
        0 => (
            config(".config"),
            format!("service.url=\"{}\"\n{name}=\"{felix}\"\nlast=\"x\"\n", url.replace('=', "\\=")),
        ),
        1 => {
            let object = serde_json::json!({ "service.url": url, name: value, "last": "x" });
            (config(".cfg.json"), serde_json::to_string_pretty(&object).unwrap())
        }
        2 => {
            let attributes = format!(
                "jcr:primaryType=\"nt:unstructured\"\n    serviceUrl=\"{url}\"\n    {name}=\"{}\"",
                xml(&docview)
            );
            (format!("jcr_root/conf/acme/n{number}/.content.xml"), root(&attributes))
        }
        3 => {
            let attributes = format!(
                "jcr:primaryType=\"sling:OsgiConfig\"\n    serviceUrl=\"{url}\"\n    {name}=\"{}\"",
                xml(&docview)
            );
            (config(".xml"), root(&attributes))
        }
        _ => {
            let value = value.replace('\\', "\\\\").replace('\n', "\\n");
            (config(".cfg"), format!("service.url={url}\n{name}={value}\n"))
        }
    }
}

fn run(directory: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aemlint"));
    let output = command.current_dir(directory).args(arguments).env("NO_COLOR", "1").output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// One file of the matrix.
struct Case {
    name: String,
    value: Value,
    /// The number of the value.
    which: usize,
    /// Its path in the report.
    place: String,
}

/// Bytes by which cores are looked up: as many as the shortest one has.
const WINDOW: usize = 8;

/// Finds cores in outputs, however they stand in them.
struct Search<'c> {
    by_beginning: HashMap<&'c [u8], Vec<&'c Case>>,
}

impl<'c> Search<'c> {
    fn new(cases: &'c [Case]) -> Self {
        let mut by_beginning: HashMap<&[u8], Vec<&Case>> = HashMap::new();
        for case in cases {
            by_beginning.entry(&case.value.core.as_bytes()[..WINDOW]).or_default().push(case);
        }
        Self { by_beginning }
    }

    /// The cases whose core stands in a text.
    fn find(&self, text: &str) -> Vec<&'c Case> {
        let bytes = text.as_bytes();
        let mut found = Vec::new();
        for (at, window) in bytes.windows(WINDOW).enumerate() {
            let Some(cases) = self.by_beginning.get(window) else { continue };
            let rest = &bytes[at..];
            // Padding of base64 may be written in another way, and a value be shown under each of its files.
            found
                .extend(cases.iter().filter(|case| rest.starts_with(case.value.core.trim_end_matches('=').as_bytes())));
        }
        found
    }
}

/// How many names are tried at a time in the whole matrix.
const NAMES_AT_A_TIME: usize = 6;

/// The files of the matrix for the names of these numbers, written to `directory`.
fn write_cases(directory: &Path, numbers: Range<usize>, whole: bool) -> Vec<Case> {
    let mut cases = Vec::new();
    let names = names();
    assert!(names.len() >= 300);
    for (at, name) in names.iter().enumerate().take(numbers.end).skip(numbers.start) {
        let count = values(at).len();
        assert_eq!(count, 40);
        for which in 0..count {
            if !whole && (at * 7 + which) % SAMPLED != 0 {
                continue;
            }
            let formats = if whole { 0..FORMATS } else { (at + which) % FORMATS..(at + which) % FORMATS + 1 };
            for format in formats {
                let value = values(at).swap_remove(which);
                let (path, text) = file(format, cases.len() + 1, name, &value.text);
                std::fs::create_dir_all(directory.join(&path).parent().unwrap()).unwrap();
                std::fs::write(directory.join(&path), text).unwrap();
                cases.push(Case { name: name.clone(), value, which, place: path });
            }
        }
    }
    cases
}

/// All that is in the bundles of a directory.
fn bundles(directory: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "bundle") {
            let bytes = std::fs::read(path).unwrap();
            let packed = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
            flate2::read::GzDecoder::new(&bytes[packed..]).read_to_string(&mut text).unwrap();
        }
    }
    text
}

/// What is reported of each sort of value: files with an error, with a warning, and those that are masked only.
#[derive(Default)]
struct Reported {
    counts: BTreeMap<usize, (String, [usize; 3])>,
}

impl Reported {
    /// Counts the cases of one run, by the lines of its concise report.
    fn count(&mut self, cases: &[Case], findings: &str) {
        let level_of = |line: &str| if line.contains(": error[") { 0 } else { 1 };
        let mut levels: HashMap<&str, usize> = HashMap::new();
        for line in findings.lines().filter(|line| line.contains("plain-text-secret") || line.contains("private-key")) {
            let place = line.split(':').next().unwrap();
            let level = levels.entry(place).or_insert(1);
            *level = level_of(line).min(*level);
        }
        for case in cases {
            let form = || case.value.text.replace(&case.value.core, "…").replace('\n', "\\n").replace('|', "/");
            let sort = || (format!("`{}`, … {} long", form(), case.value.core.len()), [0; 3]);
            let (_, counts) = self.counts.entry(case.which).or_insert_with(sort);
            counts[levels.get(case.place.as_str()).copied().unwrap_or(2)] += 1;
        }
    }

    /// A line for each sort of value, the shares in percent of all names and formats.
    fn table(&self) -> String {
        let mut page = String::from("value | error | warning | masked only\n--- | ---: | ---: | ---:\n");
        let mut all = [0_usize; 3];
        let mut line = |form: &str, counts: [usize; 3]| {
            let files: usize = counts.iter().sum();
            let [error, warning, masked] = counts.map(|count| count * 100 / files.max(1));
            let _ = writeln!(page, "{form} | {error} | {warning} | {masked}");
            files
        };
        for (form, counts) in self.counts.values() {
            line(form, *counts);
            (0..3).for_each(|level| all[level] += counts[level]);
        }
        line(&format!("all of {} files", all.iter().sum::<usize>()), all);
        page
    }
}

#[test]
fn no_sink_shows_a_secret() {
    let whole = std::env::var_os("AEMLINT_WHOLE_MATRIX").is_some();
    let all = names().len();
    let step = if whole { NAMES_AT_A_TIME } else { all };
    let mut reported = Reported::default();
    let mut leaks: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for start in (0..all).step_by(step) {
        look_at_all_sinks(start..start + step, whole, &mut reported, &mut leaks);
    }
    println!("{}", reported.table());
    let told: String = leaks.iter().map(|(secret, sinks)| format!("{secret}: {}\n", sinks.join(", "))).collect();
    assert!(leaks.is_empty(), "{} are shown:\n{told}", leaks.len());
}

/// Runs every command on the files of the names of these numbers, and notes the secrets that an output shows.
fn look_at_all_sinks(
    names: Range<usize>,
    whole: bool,
    reported: &mut Reported,
    leaks: &mut BTreeMap<String, Vec<&'static str>>,
) {
    let directory = tempfile::tempdir().unwrap();
    let cases = write_cases(directory.path(), names, whole);
    let search = Search::new(&cases);
    let mut look = |sink: &'static str, output: &str| {
        assert!(output.len() > 1000, "{sink}: {output}");
        for case in search.find(output) {
            leaks.entry(format!("{} = {} in {}", case.name, case.value.text, case.place)).or_default().push(sink);
        }
    };
    for sink in ["text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html", "csv", "grouped"]
    {
        let output = run(directory.path(), &["check", ".", "--no-config", "--max-time", "2h", "--format", sink]);
        assert!(!output.contains("left out of this report"), "{sink} is not whole");
        if sink == "concise" {
            assert!(!output.contains("unread-content"), "not all was read");
            reported.count(&cases, &output);
        }
        look(sink, &output);
    }
    look("facts", &run(directory.path(), &["facts", ".", "--no-config", "--max-time", "2h"]));
    look("inventory", &run(directory.path(), &["inventory", ".", "--no-config", "--max-time", "2h"]));
    std::fs::create_dir(directory.path().join("empty")).unwrap();
    for format in ["text", "markdown", "json", "sarif"] {
        let changes = ["diff", "empty", ".", "--no-config", "--allow-empty", "--max-time", "2h", "--format", format];
        look("diff", &run(directory.path(), &changes));
    }
    run(directory.path(), &["collect", ".", "--max-time", "2h", "--nodes", "-o", "bundles"]);
    look("bundle", &bundles(&directory.path().join("bundles")));
    run(directory.path(), &["check", ".", "--no-config", "--max-time", "2h", "--write-baseline", "baseline.json"]);
    look("baseline", &std::fs::read_to_string(directory.path().join("baseline.json")).unwrap_or_default());
}
