//! Names that want to act: on terminals, build servers, reports and pages.

use super::canary::{IMS, IMS_TEXT, JWT, LEGACY, TAGS, page};
use super::program::{self, aemlint};
use super::zipbytes::{Archive, Entry};

/// Every form of a report.
pub const FORMATS: [&str; 9] = ["text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html"];

/// Checks that no line of an output is a command that a name wanted to be, and that no markup of a name is alive.
pub fn no_command_is_forged(format: &str, output: &str) {
    for line in output.lines() {
        let start = line.trim_start();
        let own =
            format == "github" && ["::error ", "::warning ", "::notice "].iter().any(|own| start.starts_with(own));
        assert!(!start.starts_with("::") || own, "{format}: {line}");
        assert!(!line.contains("##vso[") && !line.contains("##["), "{format}: {line}");
        if format == "github" && own {
            // What follows the properties is a message, in which nothing begins a command of its own.
            let (properties, _) = start[2..].split_once("::").unwrap();
            assert!(!properties.contains("file=forged") && !properties.contains(",line=9"), "{line}");
        }
    }
    let output = &if format == "markdown" { without_code(output) } else { output.to_owned() };
    if matches!(format, "html" | "junit" | "markdown") {
        for markup in ["<script>alert", "<img src=x", "</failure><", "]]><"] {
            assert!(!output.contains(markup), "{format} holds {markup}");
        }
    }
}

/// Markdown without its code spans, in which nothing is alive.
fn without_code(markdown: &str) -> String {
    let mut out = String::new();
    let mut rest = markdown;
    while let Some(at) = rest.find('`') {
        let (before, fenced) = rest.split_at(at);
        out += before;
        let inside = fenced.trim_start_matches('`');
        let fence = &fenced[..fenced.len() - inside.len()];
        let line = inside.split('\n').next().unwrap();
        let end = line
            .match_indices(fence)
            .map(|(at, _)| at)
            .find(|at| !line[..*at].ends_with('`') && !line[at + fence.len()..].starts_with('`'));
        match end {
            Some(end) => rest = &inside[end + fence.len()..],
            None => {
                out += fence;
                rest = inside;
            }
        }
    }
    out + rest
}

const NAMES: [&str; 16] = [
    "\n::error file=forged::message",
    "\r\n::error file=forged::message",
    "%0A::error file=forged::message",
    "%250A::error::message",
    ",file=forged,line=9::message",
    "##vso[task.setvariable]x",
    "\u{1b}[2J\u{1b}]8;;http://a\u{7}link\u{1b}]8;;\u{7}",
    "\u{9b}31m\u{9d}0;t\u{9c}",
    "\u{202e}gpj.exe\u{2066}",
    "\u{200b}\u{feff}\u{200f}",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "]]></failure><failure>",
    "a|b`c``d```e](http://evil)[f",
    "# heading\n\n| table |\n|---|",
    "=cmd|' /C calc'!A0",
];

#[test]
fn names_reach_no_sink_raw() {
    let mut entries = Vec::new();
    for (n, name) in NAMES.iter().enumerate() {
        let folder = format!("jcr_root/apps/{n}{name}/config");
        entries.push(Entry::deflated(format!("{folder}/{}", IMS.rsplit('/').next().unwrap()), IMS_TEXT.as_bytes()));
        // Named in what was not read and in contradictions too.
        entries.push(Entry::deflated(format!("{n}{name}.zip"), b"nothing"));
        entries.push(Entry::deflated(format!("{n}{name}.xml"), b"<a/>"));
        entries.push(Entry::deflated(format!("{n}{name}.xml"), b"<b/>"));
        // And in keys, values, node names and property names.
        let text = name.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let text: String =
            text.chars().map(|c| if c.is_control() { format!("&#{};", u32::from(c)) } else { c.into() }).collect();
        let title = page("", &format!("{LEGACY}/{text}")).replace("Canary", &text);
        entries.push(Entry::deflated(TAGS.replace("acme", &format!("n{n}")), title.as_bytes()));
        let json = serde_json::json!({ "auth.token.provider.title": name, "auth.token.provider.client.id": name,
            "auth.access.token.request": format!("https://ims-na1.adobelogin.com/ims/exchange/jwt/{name}"), *name: name });
        let path = format!("jcr_root/apps/n{n}/config/com.adobe.granite.auth.oauth.accesstoken.provider~{n}.cfg.json");
        entries.push(Entry::deflated(path, json.to_string().as_bytes()));
        let properties =
            format!("<properties><entry key=\"name\">{text}</entry><entry key=\"group\">{text}</entry></properties>");
        let inner = Archive::of([
            Entry::deflated("META-INF/vault/properties.xml", properties.as_bytes()),
            super::canary::ims(),
        ]);
        entries.push(Entry::deflated(format!("jcr_root/etc/packages/{n}{name}"), &inner.bytes()));
    }
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("package.zip"), Archive::of(entries).bytes()).unwrap();
    let report = program::check(directory.path(), "package.zip", &[]);
    assert!(report.rules().iter().filter(|rule| **rule == JWT).count() >= 2 * NAMES.len(), "{:?}", report.rules());
    for format in FORMATS {
        let run = aemlint(directory.path(), ["check", "--no-config", "-v", "--format", format, "package.zip"]);
        no_command_is_forged(format, &run.out);
        no_command_is_forged("notes", &run.err);
    }
    for color in ["always", "never"] {
        let run = aemlint(directory.path(), ["inventory", "--no-config", "--color", color, "package.zip"]);
        no_command_is_forged("inventory", &run.out);
    }
    for format in ["json", "csv", "markdown"] {
        let run = aemlint(directory.path(), ["inventory", "--no-config", "--format", format, "package.zip"]);
        no_command_is_forged(format, &run.out);
        if format == "csv" {
            assert!(!run.out.lines().any(|line| line.split(',').any(|cell| cell.starts_with('='))), "{}", run.out);
        }
    }
    std::fs::create_dir(directory.path().join("empty")).unwrap();
    for format in ["text", "markdown", "json", "sarif"] {
        for (old, new) in [("empty", "package.zip"), ("package.zip", "empty")] {
            let run = aemlint(directory.path(), ["diff", "--no-config", "-v", "--all", "--format", format, old, new]);
            no_command_is_forged(format, &run.out);
            no_command_is_forged("notes", &run.err);
        }
    }
    aemlint(directory.path(), ["facts", "--no-config", "package.zip"]);
    let run = aemlint(directory.path(), ["check", "--no-config", "--write-baseline", "baseline.json", "package.zip"]);
    no_command_is_forged("text", &run.out);
    let baseline = std::fs::read_to_string(directory.path().join("baseline.json")).unwrap();
    assert!(!baseline.chars().any(program::acts_on_a_terminal), "{baseline}");
}

#[test]
fn sarif_names_are_uris() {
    let directory = tempfile::tempdir().unwrap();
    let entries = NAMES.map(|name| {
        Entry::deflated(format!("jcr_root/apps/{name}/{}", IMS.rsplit('/').next().unwrap()), IMS_TEXT.as_bytes())
    });
    std::fs::write(directory.path().join("package.zip"), Archive::of(entries).bytes()).unwrap();
    let run = aemlint(directory.path(), ["check", "--no-config", "--format", "sarif", "package.zip"]);
    let sarif: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let mut uris = Vec::new();
    collect(&sarif["runs"], "uri", &mut uris);
    assert!(uris.len() > NAMES.len());
    for uri in uris {
        assert!(uri.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"{}|\\^`".contains(&byte)), "{uri}");
    }
}

/// The texts of all members of this name.
fn collect<'v>(value: &'v serde_json::Value, name: &str, found: &mut Vec<&'v str>) {
    match value {
        serde_json::Value::Object(members) => {
            for (key, value) in members {
                if key == name {
                    found.extend(value.as_str());
                }
                collect(value, name, found);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, name, found)),
        _ => {}
    }
}
