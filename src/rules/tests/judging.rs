//! Rules on one fact: conditions, messages, places, levels, deferral.

use super::*;
use crate::rules::{Confidence, Severity};
use crate::secret::Secret;

const EMPTY: &str = "on = 'node'\nmessage = 'm.'";

#[test]
fn a_rule_fires_where_its_condition_holds_and_underlines_the_property() {
    let rules = rules(&[(
        "no-scope",
        "on = 'token_provider'\nwhen = \"fact.credential == 'oauth' && blank(fact.scopes)\"\n\
         at = ['absent', 'grants']\nmessage = \"'{fact.title}' has no scope: {fact.scopes}.\"\nadvice = 'Add {{one}}.'",
    )]);
    let attributes = |credential: &str| [("credential", credential.into()), ("title", "T".into())];
    let facts = [
        with_property(fact(Kind::TokenProvider, "a", &attributes("oauth")), "grants", "x".into(), 3),
        fact(Kind::TokenProvider, "b", &attributes("jwt")),
    ];
    let findings = judge(&rules, &facts);
    assert_eq!(summary(&findings), [("no-scope".to_owned(), "a".to_owned())]);
    assert_eq!(findings[0].message, "'T' has no scope: (none).");
    assert_eq!(findings[0].advice.as_deref(), Some("Add {one}."));
    assert_eq!(findings[0].location.mark, mark(3));
    assert_eq!((findings[0].severity, findings[0].confidence), (Severity::Error, Confidence::High));
}

#[test]
fn the_first_case_that_holds_speaks() {
    let rules = rules(&[(
        "cases",
        "on = 'endpoint'\nwhen = \"fact.scheme != 'https'\"\nmessage = 'Other {target}.'\ncase = [\
         { when = \"fact.scheme == 'http'\", message = 'Plain.', level = 'note', confidence = 'low' },\
         { on = ['endpoint', 'unread'], when = \"fact.scheme == 'ftp'\" }]",
    )]);
    let facts = ["http", "ftp", "https", "ws"].map(|scheme| fact(Kind::Endpoint, scheme, &[("scheme", scheme.into())]));
    let findings = judge(&rules, &facts);
    let seen: Vec<_> = findings.iter().map(|f| (f.message.as_str(), f.severity, f.confidence)).collect();
    assert_eq!(
        seen,
        [("Other aem-6.5.", Severity::Error, Confidence::High), ("Plain.", Severity::Note, Confidence::Low)],
        "sorted by place: ftp, http"
    );
}

#[test]
fn what_is_not_installed_is_a_warning_at_most_and_says_so() {
    let rules = rules(&[("any", EMPTY)]);
    let mut inactive = fact(Kind::Node, "a", &[]);
    inactive.not_installed = Some("no workspace filter covers it".to_owned());
    let findings = judge(&rules, &[inactive]);
    assert_eq!(findings[0].severity, Severity::Warning);
    assert_eq!(findings[0].message, "m. It is not installed: no workspace filter covers it.");
}

#[test]
fn properties_read_as_plain_values_and_secrets_as_the_mask() {
    let rules = rules(&[(
        "props",
        "on = 'node'\nwhen = \"get(fact.properties, 'n') == 3 && get(fact.properties, 'absent') == null \
         && 'list' in fact.properties && fact.properties['list'].exists(x, x.startsWith('b'))\"\n\
         message = \"{get(fact.properties, 'password')} {fact.properties.list} {text(fact.primary_type)}.\"",
    )]);
    let node = fact(Kind::Node, "a", &[]);
    let node = with_property(node, "n", Value::Int(3), 1);
    let node = with_property(node, "list", vec!["a", "b"].into(), 2);
    let node = with_property(node, "password", Value::Secret(Secret::new("hunter2")), 3);
    assert_eq!(judge(&rules, &[node])[0].message, "******** a, b .");
}

#[test]
fn long_values_are_clipped_in_messages() {
    let rules = rules(&[("any", "on = 'node'\nmessage = '{fact.primary_type}!'")]);
    let findings = judge(&rules, &[fact(Kind::Node, "a", &[("primary_type", "é".repeat(5000).into())])]);
    assert_eq!(findings[0].message, format!("{}…!", "é".repeat(200)));
}

#[test]
fn the_more_specific_rule_speaks_alone_on_a_subject() {
    let rules = rules(&[
        ("general", "on = 'token_provider'\nmessage = 'g.'\ndefers-to = ['specific']"),
        ("specific", "on = 'configuration'\nwhen = \"fact.pid == 'p'\"\nmessage = 's.'"),
        ("fallback", "on = 'configuration'\nmessage = 'f.'\ndefers-to = '*'"),
    ]);
    let mut elsewhere = fact(Kind::TokenProvider, "a", &[]);
    elsewhere.mark = mark(5);
    let facts = [
        fact(Kind::TokenProvider, "a", &[]),
        fact(Kind::Configuration, "a", &[("pid", "p".into())]),
        elsewhere,
        fact(Kind::Configuration, "b", &[("pid", "q".into())]),
    ];
    let expected = [("specific", "a"), ("general", "a"), ("fallback", "b")];
    assert_eq!(summary(&judge(&rules, &facts)), expected.map(|(rule, file)| (rule.to_owned(), file.to_owned())));
}

#[test]
fn facts_of_one_kind_about_one_subject_are_separate_faults() {
    let rules = rules(&[
        ("plain", "on = 'secret'\nwhen = \"fact.state == 'plain'\"\nmessage = '{fact.property}.'\ndefers-to = 'key'"),
        ("key", "on = 'secret'\nwhen = \"fact.shape == 'private-key'\"\nmessage = '{fact.property}.'"),
    ]);
    let secret = |name: &str, shape: &str| {
        fact(Kind::Secret, "a", &[("property", name.into()), ("state", "plain".into()), ("shape", shape.into())])
    };
    let findings = judge(&rules, &[secret("password", "none"), secret("pem", "private-key")]);
    let seen: Vec<_> = findings.iter().map(|f| (f.rule.as_ref(), f.message.as_str())).collect();
    assert_eq!(seen, [("key", "pem."), ("plain", "password.")]);
    assert_ne!(findings[0].fingerprint, findings[1].fingerprint);
}

#[test]
fn a_rule_that_is_not_kept_silences_nobody() {
    let mut rules = rules(&[("general", &format!("{EMPTY}\ndefers-to = 'specific'")), ("specific", EMPTY)]);
    let facts = [fact(Kind::Node, "a", &[])];
    assert_eq!(summary(&judge(&rules, &facts)).len(), 1);
    rules.retain(|id, family| id != "specific" && family == "test");
    assert_eq!(summary(&judge(&rules, &facts)), [("general".to_owned(), "a".to_owned())]);
}

#[test]
fn other_places_that_an_attribute_names_are_related() {
    let rules = rules(&[(
        "old",
        "on = 'token_provider'\nwhen = 'fact.superseded_by != null'\nmessage = 'Old.'\nsee = 'fact.superseded_by'\n\
         related = 'New: {fact.name}.'",
    )]);
    let facts = [
        fact(Kind::TokenProvider, "a", &[("superseded_by", "b".into())]),
        fact(Kind::Configuration, "b", &[]),
        fact(Kind::TokenProvider, "b", &[("name", "n".into())]),
    ];
    let findings = judge(&rules, &facts);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].related[0].location.place.to_string(), "b");
    assert_eq!(findings[0].related[0].message, "New: n.");
}

#[test]
fn fingerprints_survive_moved_lines_and_new_versions_and_differ_for_repeats() {
    let rules = rules(&[("any", "on = 'node'\nat = 'p'\nmessage = 'm.'")]);
    let node = |zip: &str, line| {
        let mut node = with_property(fact(Kind::Node, "x", &[]), "p", Value::Null, line);
        node.place = Place::on_disk(zip).entry("jcr_root/a.xml");
        node.mark = mark(line);
        node
    };
    let print = |facts: &[Fact]| judge(&rules, facts).into_iter().map(|f| f.fingerprint).collect::<Vec<_>>();
    let old = print(&[node("all-1.0.zip", 1)]);
    assert_eq!(old, print(&[node("target/all-2.0.zip", 7)]));
    assert_eq!(old[0].len(), 16);
    let twice = print(&[node("all-1.0.zip", 1), node("all-1.0.zip", 2)]);
    assert_eq!(twice[0], old[0]);
    assert_ne!(twice[0], twice[1]);
}

#[test]
fn the_order_of_findings_does_not_depend_on_the_order_of_facts() {
    let rules = rules(&[("b", EMPTY), ("a", EMPTY)]);
    let mut facts: Vec<Fact> = (0..400).map(|n| fact(Kind::Node, &format!("f{n}"), &[])).collect();
    let forward = judge(&rules, &facts);
    facts.reverse();
    let backward = judge(&rules, &facts);
    assert_eq!(summary(&forward), summary(&backward));
    assert_eq!(summary(&forward)[..2], [("a".to_owned(), "f0".to_owned()), ("b".to_owned(), "f0".to_owned())]);
}

#[test]
fn helper_functions_take_null() {
    for (expression, expected) in [
        ("blank(null) && blank('') && blank(' \\t') && blank([]) && blank({})", true),
        ("blank('x') || blank([1]) || blank(0) || blank(false)", false),
        ("text(null) == '' && text('a') == 'a' && text(['a', 'b']) == 'a, b' && text(1) == '1'", true),
        ("get({'a': 1}, 'a') == 1 && get({'a': 1}, 'b') == null && get(null, 'b') == null", true),
        ("'AbC'.lowerAscii() == 'abc' && ['a', 'b'].join('+') == 'a+b'", true),
    ] {
        let rules =
            rules(&[("any", &format!("on = 'node'\nwhen = \"{}\"\nmessage = 'm.'", expression.replace('\\', "\\\\")))]);
        assert_eq!(judge(&rules, &[fact(Kind::Node, "a", &[])]).len(), usize::from(expected), "{expression}");
    }
}

#[test]
fn a_rule_that_fails_on_a_fact_is_told_and_all_else_is_judged() {
    let rules = rules(&[
        ("any", EMPTY),
        ("starts", "on = 'node'\nwhen = \"fact.primary_type.startsWith('sling')\"\nmessage = 'Sling.'"),
        ("says", "on = 'node'\nwhen = 'blank(fact.primary_type)'\nmessage = '{fact.primary_type.size()}.'"),
        ("unread", "on = 'unread'\nmessage = '{fact.cause}: {fact.reason}.'"),
    ]);
    let facts = [
        fact(Kind::Node, "a", &[("primary_type", "sling:Folder".into())]),
        fact(Kind::Node, "b", &[]),
        with_property(fact(Kind::Node, "b", &[]), "p", "x".into(), 3),
        fact(Kind::Node, "c", &[]),
    ];
    let judgement = judgement(&rules, &facts);
    let of = |rule: &str| {
        let findings = judgement.findings.iter().filter(|finding| finding.rule.as_ref() == rule);
        findings.map(|finding| finding.location.place.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(of("any"), ["a", "b", "b", "c"]);
    assert_eq!((of("starts"), of("says")), (vec!["a".to_owned()], Vec::new()));
    // Each rule at each place.
    assert_eq!(of("unread"), ["b", "b", "c", "c"]);
    assert_eq!(judgement.not_judged.len(), 4);
    let message = &judgement.findings.iter().find(|finding| finding.rule.as_ref() == "unread").unwrap().message;
    assert!(message.starts_with("not-judged: the rule `says` has no result on a fact of kind node: "), "{message}");
    assert!(judgement.findings.iter().any(|finding| finding.message.ends_with("it failed on one more fact.")));
}

#[test]
fn a_rule_that_fails_everywhere_is_told_of_shortly() {
    let rules = rules(&[("starts", "on = 'node'\nwhen = \"fact.primary_type.startsWith('sling')\"\nmessage = 'm.'")]);
    let facts: Vec<Fact> = (0..1000).map(|number| fact(Kind::Node, &format!("{number:04}"), &[])).collect();
    let judgement = judgement(&rules, &facts);
    assert_eq!((judgement.findings.len(), judgement.not_judged.len()), (0, 100));
    let last = judgement.not_judged[99].fact.attribute("reason").and_then(crate::facts::ValueRef::as_text).unwrap();
    assert!(last.ends_with("; it failed on 900 more facts"), "{last}");
}

#[test]
fn a_rule_on_what_is_unread_that_fails_on_that_ends_nothing() {
    let rules = rules(&[("limits", "on = 'unread'\nwhen = 'fact.limit.size() > 0'\nmessage = 'm.'")]);
    let unread = fact(Kind::Unread, "a", &[("reason", "r".into()), ("cause", "c".into())]);
    let judgement = judgement(&rules, &[unread]);
    assert_eq!((judgement.findings.len(), judgement.not_judged.len()), (0, 2));
}
