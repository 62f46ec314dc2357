//! What the reader of `aemlint.toml` accepts, and what it says of mistakes.

use crate::diagnostics::UserError;
use crate::policy::config::*;
use crate::policy::level::{FailOn, Setting};
use crate::policy::limits::LimitSettings;
use crate::rules::{Confidence, Severity};
use miette::{GraphicalReportHandler, GraphicalTheme};
use std::path::Path;

fn parse(text: &str) -> Result<Config, UserError> {
    Config::parse(Path::new("project/aemlint.toml"), text)
}

/// The error as a terminal without colour shows it.
fn shown(text: &str) -> String {
    let error = parse(text).unwrap_err();
    render(&error)
}

fn render(error: &UserError) -> String {
    let mut out = String::new();
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(100);
    handler.render_report(&mut out, error).unwrap();
    out.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn rule_paths(config: &Config) -> Vec<String> {
    config.rules.iter().map(|rules| rules.source.to_string()).collect()
}

const FULL: &str = r#"
extends = ["../policy/aemlint.toml", { path = "policy.zip" }]
target = "cloud"
fail-on = "never"
min-severity = "warning"
min-confidence = "medium"
exclude = ["**/dist", "vendor/old/**"]
rules = ["policy/rules"]

[levels]
missing-scope = "off"
secrets = "note"
private-key = "on"

[limits]
depth = 4
entries = 1_000
text-size = "1MiB"
inflated = "2GiB"
ratio = 50
memory = 1024
time = "10min"

[run-modes]
exclusive = [["emea", "apac"], ["b2b", "b2c"]]

[[ignore]]
rule = "jwt-credentials"
path = "vendor/all.zip!/**"
fingerprint = "0123456789abcdef"
reason = "The vendor ships a fix in May."
until = 2027-05-31

[[vendor]]
path = "vendor/**"
group = ["com.acme.*", "day/**"]
level = "warning"
summarise = true
"#;

#[test]
fn every_key_is_read() {
    let config = parse(FULL).unwrap();
    assert_eq!(config.target, Some(Target::Cloud));
    assert_eq!(config.fail_on, Some(FailOn::Never));
    assert_eq!(config.min_severity, Some(Severity::Warning));
    assert_eq!(config.min_confidence, Some(Confidence::Medium));
    let exclude: Vec<&str> = config.exclude.iter().map(|exclude| exclude.glob.as_str()).collect();
    assert_eq!(exclude, ["**/dist", "vendor/old/**"]);
    assert_eq!(rule_paths(&config), ["project/policy/rules"], "directories are relative to the file");
    let levels: Vec<_> = config.levels.iter().map(|entry| (entry.name.as_str(), entry.setting)).collect();
    let expected =
        [("missing-scope", Setting::Off), ("secrets", Setting::At(Severity::Note)), ("private-key", Setting::On)];
    assert_eq!(levels, expected);
    let limits = LimitSettings::from_values(|limit| {
        Some(match limit.name {
            "depth" => 4,
            "entries" => 1000,
            "text-size" => 1 << 20,
            "inflated" => 2 << 30,
            "ratio" => 50,
            "memory" => 1024,
            "time" => 600_000,
            other => panic!("{other}"),
        })
    });
    assert_eq!(config.limits, limits);
    let exclusive: Vec<_> = config.exclusive.iter().map(|group| group.modes.as_slice()).collect();
    assert_eq!(exclusive, [["emea", "apac"], ["b2b", "b2c"]]);
    let [ignore] = config.ignores.as_slice() else { panic!("one entry") };
    assert_eq!((ignore.rule.as_str(), ignore.origin.line), ("jwt-credentials", 27));
    assert_eq!(ignore.paths, ["vendor/all.zip!/**"]);
    assert_eq!(ignore.fingerprint.as_deref(), Some("0123456789abcdef"));
    assert_eq!(ignore.until, Some(jiff::civil::date(2027, 5, 31)));
    let [vendor] = config.vendors.as_slice() else { panic!("one entry") };
    assert_eq!(vendor.paths, ["vendor/**"]);
    assert_eq!(vendor.groups, ["com.acme.*", "day/**"]);
    assert_eq!((vendor.level, vendor.summarise), (Some(Severity::Warning), true));
}

/// The sample above names every key of the schema, so a key that the schema has and the reader forgets shows there.
#[test]
fn the_sample_names_every_key() {
    let schema = crate::policy::schema::schema();
    let mut keys = Vec::new();
    for (name, property) in schema["properties"].as_object().unwrap() {
        keys.push(name.clone());
        // Those below it are names of rules.
        if name == "levels" {
            continue;
        }
        for table in [&property["properties"], &property["items"]["properties"]] {
            keys.extend(table.as_object().into_iter().flatten().map(|(name, _)| name.clone()));
        }
    }
    for key in keys {
        let heading = [format!("[{key}]"), format!("[[{key}]]")];
        let named =
            FULL.lines().any(|line| line.starts_with(&format!("{key} = ")) || heading.iter().any(|h| h == line));
        assert!(named, "{key}");
    }
}

#[test]
fn an_empty_file_changes_nothing() {
    let config = parse("").unwrap();
    let mut limits = zip_audit::Limits::default();
    config.limits.apply(&mut limits);
    assert_eq!(limits, zip_audit::Limits::default());
    assert!(config.levels.is_empty() && config.ignores.is_empty() && config.target.is_none());
}

#[test]
fn an_unknown_key_is_underlined_and_the_nearest_one_named() {
    insta::assert_snapshot!(shown("min-severty = \"note\"\n"));
}

#[test]
fn every_mistake_of_a_file_is_reported() {
    let text = "target = \"6.5\"\n\n[levels]\nmissing-scope = \"err\"\n\n[limits]\ntime = \"soon\"\ntext-size = \"9GiB\"\n\
                \n[[ignore]]\nrule = \"private-key\"\n";
    insta::assert_snapshot!(shown(text));
}

#[test]
fn what_is_no_toml_is_shown_at_its_place() {
    insta::assert_snapshot!(shown("exclude = [\"a\"\n[levels]\n"));
}

#[test]
fn rules_as_a_table_are_told_from_levels() {
    insta::assert_snapshot!(shown("[rules]\nmissing-scope = \"off\"\n"));
}

#[test]
fn a_hash_of_a_value_is_refused_with_the_reason() {
    let text = "[[ignore]]\nrule = \"x\"\nvalue-hash = \"00\"\npath = \"a\"\nreason = \"r\"\n";
    insta::assert_snapshot!(shown(text));
}

#[test]
fn wrong_globs_dates_and_fingerprints_are_mistakes() {
    for text in [
        "exclude = [\"a[\"]",
        "exclude = []",
        "exclude = 3",
        "rules = \"policy\"",
        "[[ignore]]\nrule = \"x\"\nreason = \"r\"\npath = \"a\"\nuntil = 2027-02-30",
        "[[ignore]]\nrule = \"x\"\nreason = \"r\"\npath = \"a\"\nuntil = \"tomorrow\"",
        "[[ignore]]\nrule = \"x\"\nreason = \" \"\npath = \"a\"",
        "[[ignore]]\nrule = \"x\"\nreason = \"r\"\nfingerprint = \"0123\"",
        "ignore = 1",
        "ignore = [1]",
        "limits = []",
        "[limits]\ndepth = -1",
        "[levels]\nx = 1",
        "[[vendor]]\nlevel = \"note\"",
    ] {
        assert_eq!(parse(text).unwrap_err().mistakes().len(), 1, "{text}");
    }
}

#[test]
fn groups_of_run_modes_have_two_names_or_more() {
    for text in ["[]", "[[\"emea\", \"apac\"]]", "[[\"a\", \"b\", \"c\"], [\"a\", \"d\"]]"] {
        assert!(parse(&format!("[run-modes]\nexclusive = {text}")).is_ok(), "{text}");
    }
    for text in [
        "3",
        "\"emea\"",
        "[\"emea\", 3]",
        "[[]]",
        "[[\"a\"]]",
        "[[\"a\", \"a\"]]",
        "[[\"a\", \"b\"], []]",
        "[[1, \"a\"]]",
    ] {
        let error = parse(&format!("[run-modes]\nexclusive = {text}")).unwrap_err();
        let expected = if text.starts_with("[\"") { 2 } else { 1 };
        assert_eq!(error.mistakes().len(), expected, "{text}");
    }
    let text = "[run-modes]\nexclusive = [[\"emea\"], [\"\", \"apac\"], [\"author.emea\", \"apac\"]]\n";
    insta::assert_snapshot!(shown(text));
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let error = Config::read(Path::new("no-such-directory/aemlint.toml")).unwrap_err();
    assert!(error.to_string().contains("no-such-directory/aemlint.toml cannot be read"), "{error}");
}

/// `missing-scop` is misspelt, `own-rule` may be one of a directory of the command line.
#[test]
fn misspelt_rules_are_mistakes_beside_others() {
    let text = "[levels]\nmissing-scop = \"off\"\nown-rule = \"off\"\n\n[[ignore]]\nrule = \"JWT_credentials\"\nreason = \"r\"\n";
    let error = parse(text).unwrap_err();
    let messages: Vec<String> = error.mistakes().iter().map(ToString::to_string).collect();
    let expected = [
        "there is no rule or family `missing-scop`",
        "[[ignore]] has neither `path` nor `fingerprint`",
        "there is no rule or family `JWT_credentials`",
    ];
    assert_eq!(messages, expected);
    let own = format!("rules = [\"policy\"]\n{text}");
    assert_eq!(parse(&own).unwrap_err().mistakes().len(), 1, "a directory of rules may have them");
}

#[test]
fn a_file_of_windows_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("aemlint.toml");
    std::fs::create_dir_all(directory.path().join("policy/rules")).unwrap();
    let text = "\u{feff}fail-on = \"error\"\r\nrules = [\"policy\\\\rules\", 'C:\\other']\r\nexclude = ['vendor\\old']\r\n\
                \r\n[[ignore]]\r\nrule = \"ims\"\r\npath = 'vendor\\all.zip'\r\nreason = \"r\"\r\n";
    std::fs::write(&file, text).unwrap();
    let config = Config::read(&file).unwrap();
    assert_eq!(rule_paths(&config)[0], directory.path().join("policy/rules").display().to_string());
    let line = |key: &str| config.origins[key].line;
    assert_eq!((config.ignores[0].origin.line, line("fail-on"), line("exclude")), (5, 1, 3));
    let wrong = "\u{feff}target = \"cloud\"\r\nfail-on = \"always\"\r\n";
    std::fs::write(&file, wrong).unwrap();
    let shown = render(&Config::read(&file).unwrap_err());
    assert!(shown.contains("aemlint.toml:2:11"), "{shown}");
}
