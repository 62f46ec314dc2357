//! What is shown, what is accepted, and the exit code.

use crate::facts::Whereabouts;
use crate::ignore_comments::{Syntax, comments};
use crate::policy::globs::Base;
use crate::policy::*;
use crate::rules::{Confidence, Finding, Severity, UNREAD_RULE};
use std::path::Path;
use std::sync::Arc;
use text_spans::{SourceRange, Span};
use zip_audit::Place;

const RULES: &[KnownRule<'_>] = &[
    KnownRule { id: "jwt-credentials", family: "ims", level: Severity::Error },
    KnownRule { id: "missing-scope", family: "ims", level: Severity::Error },
    KnownRule { id: UNREAD_RULE, family: "package", level: Severity::Error },
];

fn policy_of(config: &str, overrides: &PolicyOverrides) -> Policy {
    let config = Config::parse(Path::new("aemlint.toml"), config).unwrap();
    Policy::new(&config, overrides, RULES, Base::default(), jiff::civil::date(2027, 1, 15)).unwrap()
}

fn place(path: &str) -> Place {
    let mut names = path.split("!/");
    let file = Place::on_disk(names.next().unwrap_or_default());
    names.fold(file, |place, name| place.entry(name))
}

/// A finding at the byte `at` of a file; its fingerprint is that of rule and path.
fn finding(rule: &str, path: &str, level: Severity, at: u32) -> Finding {
    let family = RULES.iter().find(|known| known.id == rule).unwrap().family;
    let mark = SourceRange { span: Span { start: at, end: at + 1 }, ..SourceRange::FILE };
    let sum = rule.bytes().chain(path.bytes()).fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let location = Whereabouts { place: place(path), mark, node: None, excerpts: Arc::default() };
    Finding {
        family: family.into(),
        severity: level,
        message: format!("A finding in '{path}'."),
        fingerprint: format!("{sum:016x}"),
        ..Finding::sample(rule, location)
    }
}

fn error(rule: &str, path: &str) -> Finding {
    finding(rule, path, Severity::Error, 0)
}

fn shown(outcome: &PolicyOutcome) -> Vec<String> {
    outcome.findings.iter().map(|f| format!("{} {} {}", f.severity.name(), f.rule, f.location.place)).collect()
}

#[test]
fn the_exit_code_follows_the_level_that_fails() {
    let code = |config: &str, levels: &[Severity], incomplete: bool| {
        let policy = policy_of(config, &PolicyOverrides::default());
        let findings: Vec<_> = levels.iter().map(|level| finding("missing-scope", "a", *level, 0)).collect();
        policy.exit_code(&findings, incomplete)
    };
    use Severity::{Error, Note, Warning};
    assert_eq!(code("", &[], false), 0);
    assert_eq!(code("", &[Note], false), 0);
    assert_eq!(code("", &[Note, Warning], false), 1);
    assert_eq!(code("fail-on = \"error\"", &[Warning], false), 0);
    assert_eq!(code("fail-on = \"error\"", &[Error], false), 1);
    assert_eq!(code("fail-on = \"note\"", &[Note], false), 1);
    assert_eq!(code("fail-on = \"never\"", &[Error], false), 0);
    assert_eq!(code("fail-on = \"never\"", &[], true), 3);
    assert_eq!(code("", &[Error], true), 3);
    let overrides = PolicyOverrides { fail_on: Some(FailOn::Never), ..PolicyOverrides::default() };
    assert_eq!(policy_of("fail-on = \"note\"", &overrides).exit_code(&[error("missing-scope", "a")], false), 0);
}

#[test]
fn levels_and_thresholds_decide_what_is_shown() {
    let config = "min-severity = \"warning\"\n[levels]\nims = \"warning\"\nmissing-scope = \"note\"\n";
    let policy = policy_of(config, &PolicyOverrides::default());
    let mut unsure = error("jwt-credentials", "b");
    unsure.confidence = Confidence::Low;
    let findings = vec![error("jwt-credentials", "a"), unsure.clone(), error("missing-scope", "a")];
    let outcome = policy.apply(findings, Context::default());
    assert_eq!(shown(&outcome), ["warning jwt-credentials a", "warning jwt-credentials b"]);
    assert_eq!((outcome.hidden.below_severity, outcome.hidden.total()), (1, 1));

    let overrides = PolicyOverrides { min_confidence: Some(Confidence::Medium), ..PolicyOverrides::default() };
    let outcome = policy_of("", &overrides).apply(vec![unsure], Context::default());
    assert_eq!((outcome.findings.len(), outcome.hidden.below_confidence), (0, 1));
}

#[test]
fn what_is_not_installed_stays_below_error() {
    let mut finding = error("missing-scope", "a");
    (finding.severity, finding.at_most) = (Severity::Warning, Severity::Warning);
    let outcome = policy_of("[levels]\nmissing-scope = \"error\"\n", &PolicyOverrides::default())
        .apply(vec![finding], Context::default());
    assert_eq!(shown(&outcome), ["warning missing-scope a"]);
}

#[test]
fn an_entry_accepts_by_rule_path_and_fingerprint_until_its_day() {
    let inner = "vendor/all.zip!/jcr_root/apps/x/a.config";
    let fingerprint = error("missing-scope", "b").fingerprint;
    let config = format!(
        "[[ignore]]\nrule = \"ims\"\npath = \"vendor/*.zip\"\nreason = \"theirs\"\nuntil = 2027-01-15\n\
         [[ignore]]\nrule = \"missing-scope\"\nfingerprint = \"{fingerprint}\"\nreason = \"known\"\n\
         [[ignore]]\nrule = \"missing-scope\"\npath = \"c\"\nreason = \"old\"\nuntil = 2027-01-14\n\
         [[ignore]]\nrule = \"jwt-credentials\"\npath = \"gone\"\nreason = \"fixed\"\n"
    );
    let findings = || vec![error("jwt-credentials", inner), error("missing-scope", "b"), error("missing-scope", "c")];
    let outcome = policy_of(&config, &PolicyOverrides::default()).apply(findings(), Context::default());
    assert_eq!(shown(&outcome), ["error missing-scope c"]);
    let reasons: Vec<_> = outcome.suppressed.iter().map(|s| (s.by, s.reason.as_str())).collect();
    assert_eq!(reasons, [(Suppression::Entry, "theirs"), (Suppression::Entry, "known")]);
    assert_eq!(outcome.hidden.ignored, 2);
    let notes: Vec<_> = outcome.notes.iter().map(|note| (note.place.as_deref().unwrap(), &note.message)).collect();
    assert_eq!(notes.len(), 2);
    assert_eq!(notes[0].0, "aemlint.toml:10");
    assert!(notes[0].1.contains("ended on 2027-01-14, yesterday"), "{}", notes[0].1);
    assert_eq!(notes[1].0, "aemlint.toml:15");
    assert!(notes[1].1.contains("accepts nothing"), "{}", notes[1].1);

    let overrides = PolicyOverrides { no_ignores: true, ..PolicyOverrides::default() };
    let outcome = policy_of(&config, &overrides).apply(findings(), Context::default());
    assert_eq!((outcome.findings.len(), outcome.notes.len()), (3, 0), "an auditor sees everything");

    let overrides = PolicyOverrides { select: vec!["jwt-credentials".to_owned()], ..PolicyOverrides::default() };
    let outcome = policy_of(&config, &overrides).apply(findings(), Context::default());
    let unused: Vec<_> = outcome.notes.iter().filter(|note| note.message.contains("accepts nothing")).collect();
    assert_eq!(unused.len(), 1, "an entry for a rule that is not applied is not called unused: {unused:?}");
}

#[test]
fn a_comment_accepts_in_a_tree_and_never_in_an_archive() {
    let text = "a=\"1\"\n# aemlint-ignore missing-scope: the platform adds it\nb=\"2\"\nc=\"3\"\n# aemlint-ignore nope: x\nd=\"\"\n";
    let at = |needle: &str| u32::try_from(text.find(needle).unwrap()).unwrap();
    let all = |path: &str| {
        let found = comments(text, Syntax::FelixConfig);
        let findings = vec![
            finding("missing-scope", path, Severity::Error, at("b=")),
            finding("jwt-credentials", path, Severity::Error, at("b=")),
            finding("missing-scope", path, Severity::Error, at("c=")),
        ];
        let context = Context { comments: [(place(path), found)].into(), ..Context::default() };
        (findings, context)
    };
    let policy_with = |no_ignores| policy_of("", &PolicyOverrides { no_ignores, ..PolicyOverrides::default() });
    let (findings, context) = all("jcr_root/a.config");
    let outcome = policy_with(false).apply(findings, context);
    assert_eq!(shown(&outcome).len(), 2);
    assert_eq!(outcome.suppressed[0].by, Suppression::Comment);
    assert_eq!(outcome.suppressed[0].reason, "the platform adds it");
    let [note] = outcome.notes.as_slice() else { panic!("{:?}", outcome.notes) };
    assert_eq!(note.place.as_deref(), Some("jcr_root/a.config:5"));
    assert!(note.message.contains("is no rule or family"));

    let (findings, context) = all("all.zip!/jcr_root/a.config");
    assert_eq!(policy_with(false).apply(findings, context).findings.len(), 3);
    let (findings, context) = all("jcr_root/a.config");
    assert_eq!(policy_with(true).apply(findings, context).findings.len(), 3);
}

#[test]
fn a_comment_at_the_top_covers_what_the_file_as_a_whole_lacks() {
    let text = "# aemlint-ignore missing-scope: the platform adds it\na=\"1\"\n";
    let context =
        Context { comments: [(place("a.config"), comments(text, Syntax::FelixConfig))].into(), ..Context::default() };
    let mut whole = error("missing-scope", "a.config");
    whole.location.mark = SourceRange::FILE;
    let outcome = policy_of("", &PolicyOverrides::default()).apply(vec![whole], context);
    assert!(outcome.findings.is_empty());
}

#[test]
fn the_baseline_hides_what_it_records_and_names_what_is_gone() {
    let policy = policy_of("", &PolicyOverrides::default());
    let recorded = || Context { records: true, ..Context::default() };
    let old = policy.apply(vec![error("missing-scope", "a"), error("jwt-credentials", "b")], recorded());
    let (baseline, gone) = policy.rewrite(None, &old, false);
    assert_eq!((baseline.len(), gone), (2, 0));

    let now = vec![error("missing-scope", "a"), error("missing-scope", "new"), error("missing-scope", "a")];
    let context = Context { baseline: Some(baseline.clone()), ..recorded() };
    let outcome = policy.apply(now, context);
    assert_eq!(shown(&outcome), ["error missing-scope new", "error missing-scope a"], "a second one is new");
    assert_eq!(outcome.hidden.baseline, 1);
    assert!(outcome.notes[0].message.contains("jwt-credentials in b"), "{:?}", outcome.notes);
    let (rewritten, gone) = policy.rewrite(Some(baseline.clone()), &outcome, false);
    assert_eq!((rewritten.len(), gone), (3, 1));

    let (kept, gone) = policy.rewrite(Some(baseline.clone()), &outcome, true);
    assert_eq!((kept.len(), gone), (4, 0), "an incomplete audit cannot tell that something is gone");
    let overrides = PolicyOverrides { select: vec!["missing-scope".to_owned()], ..PolicyOverrides::default() };
    let narrow = policy_of("", &overrides);
    let (kept, gone) = narrow.rewrite(Some(baseline), &outcome, false);
    assert_eq!((kept.len(), gone), (4, 0), "nor can a run without the rule");
}

#[test]
fn what_was_not_read_is_shown_whatever_is_hidden() {
    let config = "min-severity = \"error\"\nmin-confidence = \"high\"\n[levels]\nunread-content = \"note\"\n";
    let overrides = PolicyOverrides { select: vec!["missing-scope".to_owned()], ..PolicyOverrides::default() };
    let context = Context { records: true, ..Context::default() };
    let outcome = policy_of(config, &overrides).apply(vec![error(UNREAD_RULE, "a.zip")], context);
    assert_eq!(shown(&outcome), ["note unread-content a.zip"]);
    assert!(outcome.records.is_empty(), "and no baseline records it");
}

#[test]
fn packages_of_vendors_come_last_at_their_level_and_in_summary() {
    let config = "[[vendor]]\npath = \"vendor/**\"\nlevel = \"warning\"\n\
                  [[vendor]]\ngroup = \"com.acme.*\"\nsummarise = true\n";
    let inner = |name: &str| format!("all.zip!/jcr_root/etc/packages/acme.zip!/jcr_root/apps/{name}");
    let package = |path: &str, group: &str, name: &str| Package {
        place: place(path),
        group: group.to_owned(),
        name: name.to_owned(),
    };
    let context = Context {
        packages: vec![
            package("all.zip", "my", "all"),
            package("all.zip!/jcr_root/etc/packages/acme.zip", "com.acme.site", "site"),
            package("tree", "com.acme.tree", "tree"),
        ],
        ..Context::default()
    };
    let findings = vec![
        error("missing-scope", "vendor/x.zip!/a"),
        error("missing-scope", &inner("a")),
        error("missing-scope", "all.zip!/jcr_root/apps/own"),
        error("missing-scope", &inner("b")),
        error("jwt-credentials", &inner("b")),
        error("missing-scope", "tree/jcr_root/a"),
        error("missing-scope", "trees/jcr_root/a"),
    ];
    let outcome = policy_of(config, &PolicyOverrides::default()).apply(findings, context.clone());
    assert_eq!(
        shown(&outcome),
        [
            "error missing-scope all.zip!/jcr_root/apps/own".to_owned(),
            "error missing-scope trees/jcr_root/a".to_owned(),
            "warning missing-scope vendor/x.zip!/a".to_owned(),
            format!("error missing-scope {}", inner("a")),
            format!("error jwt-credentials {}", inner("b")),
            "error missing-scope tree/jcr_root/a".to_owned(),
        ]
    );
    let summary = &outcome.findings[3];
    assert!(summary.message.starts_with("2 findings in the package 'com.acme.site:site'"), "{}", summary.message);
    assert_eq!(summary.related.len(), 1);

    let again = vec![error("missing-scope", &inner("z")), error("missing-scope", &inner("b"))];
    let other = policy_of(config, &PolicyOverrides::default()).apply(again, context);
    assert_eq!(other.findings[0].fingerprint, summary.fingerprint, "the summary is the same thing");
}
