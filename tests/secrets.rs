//! No output shows a secret: names × values × formats × sinks. The secrets are made here, each other than all others, so that
//! one that is printed is told from everything else.
//!
//! A part of the matrix, chosen by the numbers of name and value; with `AEMLINT_WHOLE_MATRIX=1` all of it.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "what fails in a test should fail loudly")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
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

#[test]
fn no_sink_shows_a_secret() {
    let whole = std::env::var_os("AEMLINT_WHOLE_MATRIX").is_some();
    let directory = tempfile::tempdir().unwrap();
    let mut cores: BTreeMap<String, (String, String, String)> = BTreeMap::new();
    let names = names();
    assert!(names.len() >= 300);
    let mut number = 0;
    for (at, name) in names.iter().enumerate() {
        let values = values(at);
        assert_eq!(values.len(), 40);
        for (which, value) in values.into_iter().enumerate() {
            if !whole && (at * 7 + which) % SAMPLED != 0 {
                continue;
            }
            let formats = if whole { 0..5 } else { (at + which) % 5..(at + which) % 5 + 1 };
            for format in formats {
                number += 1;
                let (path, text) = file(format, number, name, &value.text);
                let path = directory.path().join(path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, text).unwrap();
                let place = path.strip_prefix(directory.path()).unwrap().to_string_lossy().into_owned();
                cores.insert(value.core.clone(), (name.clone(), value.text.clone(), place));
            }
        }
    }
    let mut leaks: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut search = |sink: &'static str, output: &str| {
        let words: std::collections::HashSet<&str> = output.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        for (core, (name, value, _)) in &cores {
            // Cores stand alone; those of base64 have padding that is split off.
            let core = core.trim_end_matches('=');
            if words.contains(core) || words.iter().any(|word| word.len() > core.len() && word.contains(core)) {
                leaks.entry(format!("{name} = {value}")).or_default().push(sink);
            }
        }
    };
    let mut reported = 0;
    for sink in ["text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html"] {
        let output = run(directory.path(), &["check", ".", "--no-config", "--format", sink]);
        assert!(output.len() > 1000, "{sink}: {output}");
        if sink == "concise" {
            let found = |place: &str| {
                let lines = || output.lines().filter(|line| line.contains(place));
                lines().any(|line| line.contains("plain-text-secret") || line.contains("private-key"))
            };
            reported = cores.values().filter(|(.., place)| found(place)).count();
        }
        search(sink, &output);
    }
    search("facts", &run(directory.path(), &["facts", ".", "--no-config"]));
    search("inventory", &run(directory.path(), &["inventory", ".", "--no-config"]));
    std::fs::create_dir(directory.path().join("empty")).unwrap();
    for format in ["text", "markdown", "json", "sarif"] {
        let changes = ["diff", "empty", ".", "--no-config", "--allow-empty", "--format", format];
        search("diff", &run(directory.path(), &changes));
    }
    run(directory.path(), &["check", ".", "--no-config", "--write-baseline", "baseline.json"]);
    search("baseline", &std::fs::read_to_string(directory.path().join("baseline.json")).unwrap_or_default());
    println!("{number} files, {reported} of {} secrets reported, the others masked only", cores.len());
    let mut told = String::new();
    for (secret, sinks) in &leaks {
        let _ = writeln!(told, "{secret}: {}", sinks.join(", "));
    }
    assert!(leaks.is_empty(), "{} of {number} are shown:\n{told}", leaks.len());
}
