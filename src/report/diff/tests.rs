use super::*;
use crate::diff::FindingsDifference;
use crate::diff::{
    AttributeChange, Changes, Difference, Integration, IntegrationChange, NewFinding, PackageChange, SecretChange,
    SecretEntry,
};
use crate::facts::Coordinates;
use crate::report::test_report::{self, SECRETS};
use crate::report::tests::conforms;
use crate::rules::{Finding, Severity};
use serde_json::{Value, json};
use std::sync::Arc;

/// What markup, a terminal and GitHub would act on.
const HOSTILE: &str =
    "`` | @octocat <script>alert(1)</script> #12 [x](http://evil.example) \u{1b}[31m\u{202e}\n# heading";

fn none<T, C>() -> Changes<T, C> {
    Changes { added: Vec::new(), removed: Vec::new(), changed: Vec::new() }
}

fn integration(key: &str) -> Integration {
    Integration {
        integration: "IMS configuration",
        key: key.to_owned(),
        name: HOSTILE.to_owned(),
        run_modes: vec!["author.dev".to_owned()],
        path: format!("{HOSTILE}.zip"),
        package: None,
        attributes: Vec::new(),
    }
}

fn secret(state: &'static str) -> SecretEntry {
    SecretEntry {
        kind: "secret",
        key: HOSTILE.to_owned(),
        property: Some(HOSTILE.to_owned()),
        state,
        run_modes: Vec::new(),
        path: HOSTILE.to_owned(),
        package: None,
    }
}

/// A report in which every section has something, with so many integrations added.
fn report(integrations: usize) -> DiffReport {
    let package =
        || Arc::new(Coordinates { group: HOSTILE.to_owned(), name: HOSTILE.to_owned(), version: "1.0".to_owned() });
    let found = test_report::report().findings;
    let change = AttributeChange { attribute: "title", old: Value::Null, new: json!(HOSTILE) };
    let new = |finding: &Finding| NewFinding { finding: finding.clone(), previous_level: Some(Severity::Note) };
    let changed = PackageChange {
        group: "com.acme".to_owned(),
        name: "acme".to_owned(),
        old: "1.0".to_owned(),
        new: String::new(),
    };
    DiffReport {
        old: Compared { inputs: test_report::report().inputs, ..Compared::default() },
        new: Compared { is_incomplete: true, ..Compared::default() },
        difference: Difference {
            packages: Changes { added: vec![package()], removed: vec![package()], changed: vec![changed] },
            integrations: Changes {
                added: (0..integrations).map(|number| integration(&format!("pid~{number}"))).collect(),
                removed: Vec::new(),
                changed: vec![IntegrationChange { integration: integration("pid"), changes: vec![change] }],
            },
            hosts: Changes { added: vec![HOSTILE.to_owned()], ..none() },
            secrets: Changes {
                added: vec![secret("plain")],
                removed: Vec::new(),
                changed: vec![SecretChange { secret: secret("plain"), old: "encrypted" }],
            },
            coverage: none(),
            findings: FindingsDifference {
                new: found.iter().take(2).map(new).collect(),
                gone: found.iter().skip(2).cloned().collect(),
                unchanged: found,
            },
        },
        exit_code: 3,
    }
}

fn shown(format: DiffFormat, report: &DiffReport) -> String {
    render_diff(format, report, &test_report::rules(), &DiffStyle { all: true })
}

#[test]
fn no_form_shows_a_secret_or_something_that_acts() {
    let report = report(3);
    for format in DiffFormat::ALL {
        let text = shown(format, &report);
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{format} shows:\n{text}");
        assert!(SECRETS.iter().all(|secret| !text.contains(secret)), "{format} shows:\n{text}");
        assert!(text.ends_with('\n'), "{format}");
    }
}

#[test]
fn a_comment_fits_and_says_how_much_is_left_out() {
    let small = shown(DiffFormat::Markdown, &report(1));
    assert!(!small.contains("not shown here"), "{small}");
    let large = shown(DiffFormat::Markdown, &report(5_000));
    assert!(large.chars().count() <= 65_000, "{}", large.chars().count());
    let items = large.lines().filter(|line| line.starts_with("- ")).count();
    let left_out: usize = large
        .lines()
        .last()
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .parse()
        .expect("the last line begins with a number");
    assert_eq!(items + left_out, small.lines().filter(|line| line.starts_with("- ")).count() + 4_999);
}

#[test]
fn every_form_keeps_its_bound_and_says_what_is_left_out() {
    let report = report(5_000);
    for format in DiffFormat::ALL {
        let most = 64 << 10;
        let within =
            |most| formats::render_within(format, &report, &test_report::rules(), &DiffStyle { all: true }, most);
        let (whole, text) = (within(usize::MAX), within(most));
        assert!(text.len() <= most.max(whole.len().min(70_000)), "{format}: {} bytes", text.len());
        let says = ["left out", "left_out", "not shown here"].iter().any(|words| text.contains(words));
        assert!(says || text == whole, "{format}: {text}");
    }
    let text = formats::render_within(DiffFormat::Json, &report, &[], &DiffStyle::default(), 64 << 10);
    let shown: Value = serde_json::from_str(&text).unwrap();
    let added = shown["integrations"]["added"].as_array().unwrap().len();
    assert!(added > 0 && shown["summary"]["left_out"].as_u64().unwrap() >= (5_000 - added) as u64);
    assert_eq!(shown["summary"]["new"], 2, "the numbers are those of all findings");
}

/// In code spans nothing acts: what is outside of them is looked at.
#[test]
fn names_are_inert_in_a_comment() {
    let text = shown(DiffFormat::Markdown, &report(1));
    for line in text.lines() {
        let mut outside = String::new();
        let mut rest = line;
        while let Some(start) = rest.find('`') {
            let fence = rest[start..].chars().take_while(|&c| c == '`').count();
            outside += &rest[..start];
            let after = &rest[start + fence..];
            let end = (0..after.len()).find(|&at| {
                after[at..].starts_with(&"`".repeat(fence))
                    && !after[at + fence..].starts_with('`')
                    && !after[..at].ends_with('`')
            });
            rest = &after[end.unwrap_or_else(|| panic!("an open code span: {line}")) + fence..];
        }
        outside += rest;
        assert!(
            !outside.contains("@octocat") && !outside.contains("<script") && !outside.contains("evil.example"),
            "{line}"
        );
    }
}

#[test]
fn the_json_form_has_the_shape_of_its_schema() {
    let schema: Value = serde_json::from_str(include_str!("../../../schemas/diff-v1.schema.json")).unwrap();
    let mut shown: Value = serde_json::from_str(&shown(DiffFormat::Json, &report(2))).unwrap();
    for new in shown["findings"]["new"].as_array_mut().unwrap() {
        let level = new.as_object_mut().unwrap().remove("previous_level").unwrap();
        assert_eq!(level, "note");
        conforms(&schema, &schema["$defs"]["new_finding"]["allOf"][0], new, "new");
    }
    shown["findings"]["new"] = json!([]);
    conforms(&schema, &schema, &shown, "difference");
    let empty = DiffReport {
        old: Compared::default(),
        new: Compared::default(),
        difference: crate::diff::compare(Default::default(), Default::default()),
        exit_code: 0,
    };
    let empty: Value =
        serde_json::from_str(&render_diff(DiffFormat::Json, &empty, &[], &DiffStyle::default())).unwrap();
    let members: Vec<&String> = empty.as_object().unwrap().keys().collect();
    assert_eq!(members, ["version", "tool", "old", "new", "findings", "summary"]);
    assert_eq!(empty["findings"], json!({"unchanged": 0}));
}

#[test]
fn every_result_of_sarif_says_its_state() {
    let states = |all: bool| {
        let text = render_diff(DiffFormat::Sarif, &report(1), &test_report::rules(), &DiffStyle { all });
        let sarif: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false, "one side is incomplete");
        let results = sarif["runs"][0]["results"].as_array().unwrap().clone();
        results.iter().map(|result| result["baselineState"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let count = |states: &[String], state: &str| states.iter().filter(|found| *found == state).count();
    let changes = states(false);
    assert_eq!((count(&changes, "new"), count(&changes, "absent"), changes.len()), (2, 3, 5));
    let all = states(true);
    assert_eq!((count(&all, "unchanged"), all.len()), (5, 10));
}
