//! Every form of report: what it looks like, that it is well formed, and that it never shows a secret.

use super::test_report::{self, SECRETS};
use super::{Format, Report, Style, render};
use crate::policy::{Suppressed, Suppression};
use crate::rules::Severity;
use proptest::prelude::*;
use serde_json::Value;
use zip_audit::Place;

fn shown(format: Format) -> String {
    render(format, &test_report::report(), &test_report::rules(), &Style::default())
}

fn named(name: &str) -> Format {
    name.parse().unwrap()
}

fn snapshot(name: &str) {
    let filters =
        [(r"(?s)<style>.*?</style>", "<style>[style]</style>"), (r"&#39;sha256-[^&]*&#39;", "[hash of the style]")];
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true, filters => filters }, {
        insta::assert_snapshot!(name, shown(named(name)));
    });
}

#[test]
fn text() {
    snapshot("text");
}

#[test]
fn concise() {
    snapshot("concise");
}

#[test]
fn json() {
    snapshot("json");
}

#[test]
fn sarif() {
    snapshot("sarif");
}

#[test]
fn github() {
    snapshot("github");
}

#[test]
fn gitlab() {
    snapshot("gitlab");
}

#[test]
fn junit() {
    snapshot("junit");
}

#[test]
fn markdown() {
    snapshot("markdown");
}

#[test]
fn html() {
    snapshot("html");
}

#[test]
fn no_form_shows_a_secret() {
    for format in Format::all() {
        assert_hides(&shown(format), &SECRETS, format);
    }
}

fn assert_hides(output: &str, secrets: &[&str], format: Format) {
    for secret in secrets {
        for window in secret.as_bytes().windows(8) {
            let window = str::from_utf8(window).unwrap();
            assert!(!output.contains(window), "{format} shows {window}");
        }
    }
}

#[test]
fn names_and_messages_that_look_like_secrets_are_masked_too() {
    let mut report = test_report::report();
    report.findings[0].message = format!("'{}' is no scope.", SECRETS[1]);
    report.findings[0].location.node = Some(format!("/apps/{}", SECRETS[2]));
    report.findings[1].related = report.findings[2].related.clone();
    report.findings[1].related[0].message = format!("https://joe:{}@host/", SECRETS[0]);
    report.unread[0].place = Place::on_disk(format!("{}.zip", SECRETS[1])).entry(SECRETS[2]);
    for format in Format::all() {
        assert_hides(&render(format, &report, &test_report::rules(), &Style::default()), &SECRETS, format);
    }
}

#[test]
fn what_was_not_read_is_listed_even_without_a_rule_for_it() {
    let report = Report { findings: Vec::new(), ..test_report::report() };
    for format in Format::all() {
        let out = render(format, &report, &test_report::rules(), &Style::default());
        assert!(format == named("gitlab") || out.contains("huge.zip"), "{format}");
    }
}

#[test]
fn only_the_caller_decides_about_colour_and_nothing_else_reaches_the_terminal() {
    for format in ["text", "concise", "github", "markdown"].map(named) {
        let plain = shown(format);
        assert!(!plain.chars().any(|c| c.is_control() && c != '\n'), "{format}");
        assert!(!plain.contains('\u{202e}'));
    }
    let colored = Style { color: true, ..Style::default() };
    assert!(render(named("text"), &test_report::report(), &[], &colored).contains("\u{1b}["));
    let ascii = Style { unicode: false, width: Some(60), ..Style::default() };
    let text = render(named("text"), &test_report::report(), &[], &ascii);
    assert!(text.is_ascii(), "{text}");
}

#[test]
fn pages_of_rules_are_links_where_the_terminal_knows_them_and_are_named_once_elsewhere() {
    let mut report = test_report::report();
    report.findings = vec![report.findings[0].clone(); 2];
    let page = "https://example.com/rules/missing-scope.md";
    let text = |links| render(named("text"), &report, &test_report::rules(), &Style { links, ..Style::default() });
    assert_eq!(text(false).matches(page).count(), 1);
    assert!(!text(false).contains('\u{1b}'));
    let link = format!("\u{1b}]8;;{page}\u{1b}\\aemlint explain missing-scope\u{1b}]8;;\u{1b}\\");
    assert_eq!(text(true).matches(&link).count(), 1);
}

#[test]
fn the_overview_sums_up_groups_of_many_packages() {
    let one = test_report::report().findings[0].clone();
    let of_package = |number: usize| {
        let package = crate::facts::Coordinates {
            group: if number < 4 { "com.globex" } else { "com.initech" }.to_owned(),
            name: format!("module{number}"),
            version: "1.0".to_owned(),
        };
        crate::rules::Finding { package: Some(package.into()), ..one.clone() }
    };
    let text = |packages: usize| {
        let findings = (0..packages).map(of_package).collect();
        render(named("text"), &Report { findings, ..Report::default() }, &test_report::rules(), &Style::default())
    };
    assert!(
        text(12).contains("  8 errors  com.initech: 8 packages\n  4 errors  com.globex: 4 packages\n"),
        "{}",
        text(12)
    );
    assert!(!text(6).contains("packages\n"), "{}", text(6));
}

#[test]
fn no_line_of_a_log_is_a_command_but_the_annotations() {
    for format in ["text", "concise", "github"].map(named) {
        for line in shown(format).lines().filter(|line| line.trim_start().starts_with("::")) {
            let is_ours =
                ["::error file=", "::warning file=", "::notice file="].iter().any(|own| line.starts_with(own));
            assert!(format == named("github") && is_ours, "{line}");
        }
    }
}

#[test]
fn annotations_are_capped_with_a_notice() {
    let mut report = test_report::report();
    let one = report.findings[0].clone();
    report.findings = vec![one; 25];
    let out = render(named("github"), &report, &[], &Style::default());
    assert_eq!(out.lines().filter(|line| line.starts_with("::error")).count(), 10);
    assert!(out.contains("::notice title=aemlint::15 more findings are in the log of this step"));
    assert_eq!(out.lines().filter(|line| line.contains("error[missing-scope]")).count(), 15);
}

#[test]
fn the_json_report_has_the_shape_of_its_schema() {
    let schema = report_schema();
    let report: Value = serde_json::from_str(&shown(named("json"))).unwrap();
    conforms(&schema, &schema, &report, "report");
    let empty = render(named("json"), &Report::default(), &[], &Style::default());
    conforms(&schema, &schema, &serde_json::from_str(&empty).unwrap(), "empty report");
}

fn report_schema() -> Value {
    serde_json::from_str(include_str!("../../schemas/report-v1.schema.json")).unwrap()
}

/// Checks the part of JSON Schema that the report's schema uses: `$ref`, `type`, `const`, `enum`, `required`,
/// `properties`, `items`. Properties that the schema does not name are mistakes here, though readers must accept them.
pub(super) fn conforms(root: &Value, schema: &Value, value: &Value, at: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        if let Some(name) = reference.strip_prefix("urn:aemlint:report:v1#/$defs/") {
            let report = report_schema();
            return conforms(&report, &report["$defs"][name], value, at);
        }
        let name = reference.strip_prefix("#/$defs/").unwrap();
        return conforms(root, &root["$defs"][name], value, at);
    }
    if let Some(constant) = schema.get("const") {
        assert_eq!(value, constant, "{at}");
    }
    if let Some(choices) = schema["enum"].as_array() {
        assert!(choices.contains(value), "{at}: {value}");
    }
    let of_type = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("unknown type {other}"),
    };
    match &schema["type"] {
        Value::String(name) => assert!(of_type(name), "{at}: {value}"),
        Value::Array(names) => assert!(names.iter().any(|name| of_type(name.as_str().unwrap())), "{at}: {value}"),
        _ => {}
    }
    let required = schema["required"].as_array().filter(|_| !value.is_null());
    for name in required.into_iter().flatten() {
        assert!(value.get(name.as_str().unwrap()).is_some(), "{at} lacks {name}");
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        let property = &schema["properties"][name];
        assert!(property.is_object(), "{at}.{name} is not in the schema");
        conforms(root, property, inner, &format!("{at}.{name}"));
    }
    for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
        conforms(root, &schema["items"], inner, &format!("{at}[{index}]"));
    }
}

#[test]
fn sarif_keeps_the_worst_when_there_are_too_many() {
    let mut report = test_report::report();
    let (error, warning) = (report.findings[0].clone(), report.findings[1].clone());
    report.findings = vec![warning; 5_000];
    report.findings.push(error);
    let sarif: Value =
        serde_json::from_str(&render(named("sarif"), &report, &test_report::rules(), &Style::default())).unwrap();
    let run = &sarif["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 5_000);
    assert_eq!(run["results"][0]["ruleId"], "missing-scope");
    let notices = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert!(
        notices
            .iter()
            .any(|notice| notice["message"]["text"].as_str().unwrap().starts_with("'1' findings are left out"))
    );
}

#[test]
fn sarif_fingerprints_are_githubs_in_trees_and_ours_in_archives() {
    let sarif: Value = serde_json::from_str(&shown(named("sarif"))).unwrap();
    let hashes: Vec<&str> = sarif["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap())
        .collect();
    // The hash of the tree's line would cover a secret two lines below.
    assert!(hashes.iter().all(|hash| hash.starts_with("0123456789abcdef:") || hash.starts_with("00000000000000aa:")));
    let unique: std::collections::HashSet<&&str> = hashes.iter().collect();
    assert_eq!(unique.len(), hashes.len());

    let place = Place::on_disk("jcr_root/apps/x/config/a.config");
    let text = "Lorem ipsum dolor sit amet.\n".repeat(10);
    let found = test_report::finding(
        "missing-scope",
        Severity::Error,
        "x.",
        test_report::location(place, &text, Some("Lorem"), None),
    );
    let report = Report { findings: vec![found], ..Report::default() };
    let sarif: Value = serde_json::from_str(&render(named("sarif"), &report, &[], &Style::default())).unwrap();
    let hash = &sarif["runs"][0]["results"][0]["partialFingerprints"]["primaryLocationLineHash"];
    assert_eq!(hash, "a7f2ff13bc495cf2:1");
}

#[test]
fn accepted_findings_are_results_marked_as_suppressed_on_request() {
    let mut report = test_report::report();
    let finding = report.findings.remove(0);
    report.suppressed =
        vec![Suppressed { finding, by: Suppression::Entry, reason: "theirs, see \u{1b}".to_owned(), until: None }];
    let style = Style { sarif_include_suppressed: true, ..Style::default() };
    let sarif: Value = serde_json::from_str(&render(named("sarif"), &report, &[], &style)).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let suppression = &results.last().unwrap()["suppressions"][0];
    assert_eq!(suppression["kind"], "external");
    assert_eq!(suppression["status"], "accepted");
    assert_eq!(suppression["justification"], "theirs, see \\u{1b}");
    assert_eq!(results.iter().filter(|result| result.get("suppressions").is_some()).count(), 1);
    let without: Value = serde_json::from_str(&render(named("sarif"), &report, &[], &Style::default())).unwrap();
    assert!(
        without["runs"][0]["results"].as_array().unwrap().iter().all(|result| result.get("suppressions").is_none())
    );
    assert!(!render(named("text"), &report, &[], &Style::default()).contains("missing-scope"));
}

#[test]
fn the_category_is_written_only_when_asked_for() {
    assert!(!shown(named("sarif")).contains("automationDetails"));
    let style = Style { sarif_category: Some("vendor".to_owned()), ..Style::default() };
    let sarif: Value = serde_json::from_str(&render(named("sarif"), &test_report::report(), &[], &style)).unwrap();
    assert_eq!(sarif["runs"][0]["automationDetails"]["id"], "vendor/");
}

#[test]
fn an_empty_report_is_well_formed_in_every_form() {
    for format in Format::all() {
        let out = render(format, &Report::default(), &test_report::rules(), &Style::default());
        assert_eq!(out.is_empty(), format == named("concise"), "{format}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_the_file_and_the_names_reports_are_safe(
        name in any::<String>(),
        before in "(\\PC|\\n|\\t|\u{1b}|\u{7}|é){0,120}",
        secret in "[A-Za-z0-9+/]{12,60}",
        after in "(\\PC|\\n|\\t|\u{1b}|\u{7}|é){0,120}",
        start in 0_usize..200,
        length in 0_usize..200,
        in_archive in any::<bool>(),
    ) {
        let text = format!("{before}\nclient.secret=\"{secret}\"\n{after}");
        let mark = text_spans::Lines::new(&text).mark(text_spans::Span::new(start, start + length));
        let place = if in_archive { Place::on_disk("a.zip").entry(name.as_str()) } else { Place::on_disk(name.as_str()) };
        let excerpts = crate::excerpts::Excerpts::new(&text, &[], &[mark.span], !in_archive);
        let location = crate::facts::Whereabouts { place, mark, node: Some(name), excerpts: excerpts.into() };
        let report = Report { findings: vec![test_report::finding("missing-scope", Severity::Error, "Bad.", location)], ..Report::default() };
        for format in Format::all() {
            let out = render(format, &report, &test_report::rules(), &Style::default());
            prop_assert!(!out.is_empty());
            if !before.contains(&secret) && !after.contains(&secret) {
                for window in secret.as_bytes().windows(8) {
                    prop_assert!(!out.contains(str::from_utf8(window).unwrap()), "{} shows the secret", format);
                }
            }
            if ["text", "concise", "github"].contains(&format.name()) {
                prop_assert!(!out.chars().any(|c| c.is_control() && c != '\n'));
            }
        }
    }
}
