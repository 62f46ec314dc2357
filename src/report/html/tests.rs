use super::FORM;
use crate::integrations::map::{IntegrationMap, Layer, Node};
use crate::integrations::{Integration, State, StateFinding};
use crate::policy::{Suppressed, Suppression};
use crate::report::model::{Audit, AuditedPackage, Report, RuleInfo};
use crate::report::{Format, Style, render, test_report};
use crate::rules::Severity;
use crate::scan::Input;
use quick_xml::events::Event;
use std::collections::{BTreeMap, BTreeSet};
use zip_audit::Place;

const HOSTILE: &str = "</style><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\u{202e}\u{0}";

/// A report in which every section has something to say.
fn report() -> Report {
    let mut report = test_report::report();
    let accepted = report.findings[3].clone();
    let reason = "theirs, ticket 12".to_owned();
    report.suppressed = vec![Suppressed { finding: accepted, by: Suppression::Entry, reason, until: None }];
    report.inputs = vec![Input { path: "vendor/all.zip".to_owned(), size: Some(1_234), sha256: Some("ab".repeat(32)) }];
    let broken = Integration {
        kind: crate::facts::Kind::TokenProvider,
        integration: "IMS configuration",
        name: "Smart Tags".to_owned(),
        details: vec![("client_id", "7f3a".to_owned())],
        state: State::Broken,
        findings: vec![StateFinding {
            rule: "missing-scope".into(),
            severity: Severity::Error,
            fingerprint: "0123456789abcdef".to_owned(),
        }],
        run_modes: vec!["author".to_owned()],
        not_installed: None,
        overridden: None,
        package: None,
        deployment: 0,
        location: report.findings[0].location.clone(),
    };
    let ok = Integration { state: State::Ok, name: "Stock".to_owned(), findings: Vec::new(), ..broken.clone() };
    report.audit = Audit {
        date: Some("2026-11-28T10:41:00Z".to_owned()),
        options: vec![("Judged for", "aem-6.5 (default)".to_owned())],
        packages: vec![AuditedPackage {
            place: Place::on_disk("vendor/all.zip"),
            coordinates: crate::facts::Coordinates {
                group: "com.acme".to_owned(),
                name: "all".to_owned(),
                version: "1.4.0".to_owned(),
            },
        }],
        integrations: vec![ok, broken],
        more_packages: 0,
        more_integrations: 0,
        map: map(2),
    };
    report
}

/// A map of one package with so many IMS configurations, of which the first is for Smart Tags.
fn map(configurations: usize) -> IntegrationMap {
    let node = |layer, kind, name: String, state| Node { layer, kind, name, state: Some(state), ..Node::blank() };
    let mut nodes = vec![node(Layer::Package, "package", "all".to_owned(), State::Broken)];
    let mut edges = Vec::new();
    for number in 0..configurations {
        let state = if number % 2 == 0 { State::Broken } else { State::Ok };
        edges.push((0, nodes.len()));
        nodes.push(node(Layer::ImsConfiguration, "IMS configuration", format!("ims {number}"), state));
    }
    edges.push((1, nodes.len()));
    nodes.push(node(Layer::Service, "Adobe service", "Smart Tags".to_owned(), State::Broken));
    IntegrationMap { nodes, edges, other_packages: 1 }
}

fn html(report: &Report) -> String {
    render("html".parse::<Format>().unwrap(), report, &rules(), &Style::default())
}

fn rules() -> Vec<RuleInfo> {
    let mut rules = test_report::rules();
    rules.iter_mut().for_each(|rule| rule.url = Some(format!("https://example.com/{}.md", rule.id)));
    rules
}

/// What a page holds, read as XML.
#[derive(Default)]
struct Page {
    /// All elements with their attributes, in the order of the page.
    elements: Vec<(String, BTreeMap<String, String>)>,
    /// The texts of elements by their names.
    texts: Vec<(String, String)>,
}

impl Page {
    fn read(html: &str) -> Self {
        let body = html.strip_prefix("<!DOCTYPE html>\n").unwrap();
        let mut reader = quick_xml::Reader::from_str(body);
        let mut page = Self::default();
        let mut open: Vec<String> = Vec::new();
        loop {
            let event = reader.read_event().unwrap();
            match &event {
                Event::Start(tag) | Event::Empty(tag) => {
                    let name = tag.name().as_ref().to_owned();
                    let attributes = tag.attributes().map(|attribute| {
                        let attribute = attribute.unwrap();
                        let value = attribute.value.to_string();
                        (attribute.key.as_ref().to_owned(), value)
                    });
                    page.elements.push((name.clone(), attributes.collect()));
                    if matches!(event, Event::Start(_)) {
                        open.push(name);
                        page.texts.push((open.last().unwrap().clone(), String::new()));
                    }
                }
                Event::End(_) => drop(open.pop()),
                Event::Text(text) => {
                    let text = text.to_string();
                    page.texts.push((open.last().cloned().unwrap_or_default(), text));
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert!(open.is_empty(), "{open:?}");
        page
    }

    fn attributes<'p>(&'p self, element: &'p str, attribute: &'p str) -> Vec<&'p str> {
        let named = self.elements.iter().filter(|(name, _)| name == element);
        named.filter_map(|(_, attributes)| attributes.get(attribute)).map(String::as_str).collect()
    }

    fn ids(&self) -> Vec<&str> {
        self.elements.iter().filter_map(|(_, attributes)| attributes.get("id")).map(String::as_str).collect()
    }
}

#[test]
fn the_sections_have_their_ids_in_their_order() {
    let page = Page::read(&html(&report()));
    let all = ["summary", "inputs", "map", "packages", "integrations", "findings", "coverage", "accepted", "rules"];
    assert_eq!(page.attributes("section", "id"), all);
    let empty = Page::read(&html(&Report::default()));
    assert_eq!(empty.attributes("section", "id"), ["summary", "inputs", "map", "packages", "integrations", "coverage"]);
    let headings: Vec<usize> =
        page.elements.iter().filter_map(|(name, _)| name.strip_prefix('h')?.parse().ok()).collect();
    assert_eq!(headings.iter().filter(|&&level| level == 1).count(), 1);
    assert!(headings.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{headings:?}");
}

#[test]
fn ids_are_unique_and_every_link_in_the_page_leads_somewhere() {
    let mut report = report();
    let again = report.findings[0].clone();
    report.findings.extend([again.clone(), again]);
    let page = Page::read(&html(&report));
    let ids = page.ids();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "{ids:?}");
    for anchor in ["f-0123456789abcdef", "f-0123456789abcdef-2", "f-0123456789abcdef-5", "f-00000000000000aa"] {
        assert!(unique.contains(anchor), "{anchor}");
    }
    for link in page.attributes("a", "href") {
        match link.strip_prefix('#') {
            Some(id) => assert!(unique.contains(id), "{link}"),
            None => assert!(link.starts_with("https://example.com/"), "{link}"),
        }
    }
    for label in page.attributes("label", "for") {
        assert!(unique.contains(label));
    }
    for (name, attributes) in page.elements.iter().filter(|(_, attributes)| attributes.contains_key("rel")) {
        assert_eq!((name.as_str(), attributes["rel"].as_str()), ("a", "noreferrer"));
    }
}

#[test]
fn nothing_but_the_style_sheet_needs_leave_and_the_svg_has_no_style() {
    let text = html(&report());
    let page = Page::read(&text);
    for element in ["script", "link", "iframe", "img", "object", "form"] {
        assert!(!page.elements.iter().any(|(name, _)| name == element), "{element}");
    }
    for (name, attributes) in &page.elements {
        let bad = attributes.keys().find(|key| key.starts_with("on") || *key == "style" || *key == "src");
        assert_eq!(bad, None, "{name}");
    }
    assert_eq!(page.elements.iter().filter(|(name, _)| name == "style").count(), 1);
    let policies = page.attributes("meta", "content");
    assert!(policies.iter().any(|policy| policy.starts_with("default-src &#39;none&#39;; style-src &#39;sha256-")));
}

#[test]
fn hostile_names_are_text_wherever_they_stand() {
    let mut report = report();
    for finding in &mut report.findings {
        finding.message = HOSTILE.to_owned();
        finding.advice = Some(HOSTILE.to_owned());
        finding.location.place = Place::on_disk(HOSTILE).entry(HOSTILE);
        finding.location.node = Some(HOSTILE.to_owned());
    }
    report.inputs[0].path = HOSTILE.to_owned();
    report.unread[0].reason = HOSTILE.to_owned();
    report.suppressed[0].reason = HOSTILE.to_owned();
    report.audit.packages[0].coordinates.name = HOSTILE.to_owned();
    report.audit.options[0].1 = HOSTILE.to_owned();
    report.audit.integrations[0].name = HOSTILE.to_owned();
    report.audit.map.nodes.iter_mut().for_each(|node| node.name = HOSTILE.to_owned());
    let text = html(&report);
    assert!(!text.contains("<script") && !text.contains("<img") && !text.contains(['\u{202e}', '\u{0}']));
    assert_eq!(text.matches("</style>").count(), 1);
    Page::read(&text);
}

#[test]
fn the_table_says_what_the_drawing_shows() {
    let report = report();
    let text = html(&report);
    let page = Page::read(&text);
    let (drawing, table) = text.split_once("role=\"img\"").unwrap().1.split_once("</svg>").unwrap();
    let table = table.split_once("</table>").unwrap().0;
    for node in &report.audit.map.nodes {
        assert!(drawing.contains(&format!(">{}</text>", node.name)), "{}", node.name);
        assert!(table.contains(&format!("<th scope=\"row\">{}</th>", node.name)), "{}", node.name);
    }
    assert_eq!(table.matches("<th scope=\"row\">").count(), report.audit.map.nodes.len());
    assert!(table.contains("IMS configuration ims 0, IMS configuration ims 1"));
    let svg = page.elements.iter().filter(|(_, attributes)| attributes.get("role").is_some_and(|role| role == "img"));
    let svg: Vec<_> = svg.collect();
    assert_eq!(svg.len(), 1);
    assert!(svg[0].1.contains_key("viewBox"));
    let texts: Vec<&str> =
        page.texts.iter().filter(|(name, _)| name == "text").map(|(_, text)| text.as_str()).collect();
    assert!(texts.contains(&"✗ broken") && texts.contains(&"✓ ok"));
    let empty = html(&Report::default());
    assert!(empty.contains("No integration was found.") && !empty.contains("role=\"img\""));
}

#[test]
fn a_large_map_is_drawn_by_groups_that_count_everything() {
    let mut report = report();
    report.audit.map = map(500);
    let text = html(&report);
    assert!(text.contains("250 IMS configurations</text>") && text.contains("There are 502 things to show"));
    let table = text.split_once("The map as a table</caption>").unwrap().1.split_once("</table>").unwrap().0;
    assert!(table.matches("<tr>").count() <= 61);
}

#[test]
fn the_same_report_is_the_same_page_and_only_the_date_differs() {
    let (one, mut other) = (report(), report());
    assert_eq!(html(&one), html(&one));
    other.audit.date = Some("2027-01-01T00:00:00Z".to_owned());
    let differing = |a: &str, b: &str| a.lines().zip(b.lines()).filter(|(a, b)| a != b).count();
    assert_eq!(differing(&html(&one), &html(&other)), 1);
    other.summary.milliseconds = Some(99_999);
    other.audit.date = one.audit.date.clone();
    assert_eq!(html(&one), html(&other));
}

#[test]
fn thousands_of_findings_stay_a_page_that_opens() {
    let mut report = report();
    let one = report.findings[0].clone();
    report.findings = (0..25_000)
        .map(|number| {
            let mut finding = one.clone();
            finding.fingerprint = format!("{number:016x}");
            finding
        })
        .collect();
    let text = html(&report);
    assert!(text.len() < 12_000_000, "{}", text.len());
    assert_eq!(text.matches("id=\"f-").count(), 25_000);
    let lines = text.matches("<pre wrap").count();
    assert!((1_000..20_000).contains(&lines), "{lines}");
    assert!(text.contains("findings are shown without the lines of the file"));
}

#[test]
fn the_verdict_is_in_words() {
    let verdict = |exit_code, findings: bool| {
        let mut report = report();
        report.summary.exit_code = exit_code;
        if !findings {
            report.findings.clear();
            (report.summary.errors, report.summary.warnings, report.summary.notes) = (0, 0, 0);
        }
        let text = html(&report);
        let at = text.find("class=\"verdict").unwrap();
        text[at..].split_once("</p>").unwrap().0.split_once('>').unwrap().1.to_owned()
    };
    assert_eq!(verdict(1, true), "<strong>Fails</strong>: 3 errors, 1 warning and 1 note.");
    assert_eq!(
        verdict(0, true),
        "<strong>Passes</strong>: 3 errors, 1 warning and 1 note, none at a level that fails."
    );
    assert_eq!(verdict(0, false), "<strong>Passes</strong>: nothing was found.");
    assert!(verdict(3, true).starts_with("<strong>Incomplete</strong>: 1 thing was not read"));
    assert_eq!(FORM.name, "html");
}
