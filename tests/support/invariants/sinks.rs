//! What must hold for every report, whatever names, messages and texts are in it.

use aemlint::internals::report::{Format, Report, RuleInfo, Style, render};

/// What a hostile text may use to break out of markup; no report contains it raw.
pub const TAG: &str = "<zz";

/// Renders the form that `choice` says, checks it and hands it to `look`. One for each input: rendering costs more than
/// everything before it.
pub fn render_one(report: &Report, rules: &[RuleInfo], choice: usize, look: impl FnOnce(Format, &str)) {
    let Some(format) = Format::all().nth(choice % Format::all().len()) else { return };
    let out = render(format, report, rules, &Style::default());
    check(format, &out, report);
    look(format, &out);
}

/// Characters that act on a terminal or reorder its text.
fn acts(c: char) -> bool {
    c != '\n'
        && c != '\t'
        && (c.is_control()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}'))
}

#[track_caller]
fn check(format: Format, out: &str, report: &Report) {
    assert!(out.is_empty() || out.ends_with('\n'), "{format}: no line end at the end");
    match format.name() {
        "json" | "sarif" | "gitlab" => {
            let value: serde_json::Value =
                serde_json::from_str(out).unwrap_or_else(|error| panic!("{format}: {error}"));
            if format.name() == "sarif" {
                uris(&value);
            }
        }
        "junit" => well_formed(out),
        _ => {}
    }
    // Lines of CSV end like that.
    let lines = if format.name() == "csv" { out.replace("\r\n", "\n") } else { out.to_owned() };
    if let Some(c) = lines.chars().find(|&c| acts(c)) {
        panic!("{format}: {c:?} in {out:?}");
    }
    let lower = out.to_ascii_lowercase();
    assert!(!lower.contains("##[") && !lower.contains("##vso["), "{format}: a command of Azure Pipelines: {out}");
    if format.name() == "github" {
        let commands = out.lines().filter(|line| line.trim_start().starts_with("::")).count();
        assert!(
            commands <= report.findings.len() + report.unread.len() + 1,
            "{format}: more commands than findings: {out}"
        );
        for line in out.lines().filter(|line| line.trim_start().starts_with("::")) {
            let known = ["::error ", "::warning ", "::notice ", "::error::", "::warning::", "::notice::"];
            assert!(known.iter().any(|known| line.starts_with(known)), "{format}: a forged command: {line:?}");
        }
    } else {
        assert!(!out.lines().any(|line| line.trim_start().starts_with("::")), "{format}: a workflow command: {out}");
    }
    if ["html", "markdown", "junit"].contains(&format.name()) {
        // In a fenced block of Markdown everything is text.
        let mut fence = None;
        for line in out.lines() {
            let ticks = line.len() - line.trim_start_matches('`').len();
            match fence {
                None if format.name() == "markdown" && ticks >= 3 => fence = Some(ticks),
                Some(open) if ticks >= open && line.trim_end().len() == ticks => fence = None,
                Some(_) => {}
                None => assert!(
                    format.name() == "markdown" && line.contains('`') || !line.contains(TAG),
                    "{format}: {line:?}"
                ),
            }
        }
        assert_eq!(fence, None, "{format}: an open fence");
    }
}

fn uris(value: &serde_json::Value) {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            serde_json::Value::Object(members) => {
                if let Some(uri) = members.get("artifactLocation").and_then(|location| location.get("uri")) {
                    let uri = uri.as_str().unwrap_or_default();
                    assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()), "{uri:?} is no URI");
                    assert!(
                        !uri.starts_with('/') && !uri.split('/').next().unwrap_or_default().contains(':'),
                        "{uri:?}"
                    );
                }
                open.extend(members.values());
            }
            serde_json::Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
}

fn well_formed(out: &str) {
    let mut reader = quick_xml::Reader::from_str(out);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return,
            Ok(quick_xml::events::Event::Start(element) | quick_xml::events::Event::Empty(element)) => {
                for attribute in element.attributes() {
                    assert!(attribute.is_ok(), "an attribute of {element:?}");
                }
            }
            Ok(_) => {}
            Err(error) => panic!("not well-formed: {error}: {out}"),
        }
    }
}
