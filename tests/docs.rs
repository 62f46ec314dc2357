//! The documentation says what the program does: the pages of the rules and the tables of facts are made from it, and the
//! rule in the guide works. To renew the pages, run `.ci/update`.
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use aemlint::internals::documents::EXTENSIONS;
use aemlint::internals::facts::{AttributeSpec, COMMON, Kind};
use aemlint::internals::rules::{RuleSet, manual_page};
use aemlint::internals::signals::{self, SignalKind};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

fn is_update() -> bool {
    std::env::var_os("AEMLINT_UPDATE").is_some()
}

/// Compares a page with what it should be, or writes it.
fn check(path: &Path, wanted: &str) {
    if is_update() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, wanted).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    assert!(found == wanted, "{} is out of date: run .ci/update", path.display());
}

/// The case is run by the tests of the command line.
#[test]
fn the_transcript_of_a_migration_is_that_of_its_case() {
    let snapshot = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases/migration/expected.snap");
    let snapshot = std::fs::read_to_string(snapshot).unwrap().replace("\r\n", "\n");
    // After the head of the snapshot and what the case is about.
    let steps: Vec<&str> = snapshot.split("\n\n# ").skip(1).collect();
    let mut page = "# A migration, from the first check to the last\n\nWhat [Mending what was found](fix.md) explains, with all that is \
                    printed. A test runs it: the project ships JWT credentials for\nSmart Tags, Target and Brand Portal, and the \
                    vendor's package has one in a package in it.\n"
        .to_owned();
    for step in &steps {
        let (about, rest) = step.split_once('\n').unwrap();
        let (output, exit) = rest.trim_end().rsplit_once("--- exit code ").unwrap();
        let (code, files) = exit.split_once('\n').unwrap_or((exit, ""));
        let (out, err) = output.split_once("\n--- standard error\n").unwrap();
        let err = err.trim();
        let err = if err.is_empty() { String::new() } else { format!("{err}\n") };
        write!(page, "\n## {}\n\n```console\n{out}\n{err}```\n\nExit code {code}.\n", about.trim_end_matches('.'))
            .unwrap();
        for file in files.split("--- ").filter(|file| !file.trim().is_empty()) {
            let (name, content) = file.split_once('\n').unwrap();
            write!(page, "\n`{name}` then:\n\n```text\n{}\n```\n", content.trim_end()).unwrap();
        }
    }
    assert!(steps.len() > 7, "{page}");
    check(&docs().join("migration-transcript.md"), &page);
}

#[test]
fn the_pages_of_the_rules_are_up_to_date() {
    let rules = RuleSet::builtin();
    let mut pages = BTreeMap::new();
    let mut families: BTreeMap<String, String> = BTreeMap::new();
    for meta in rules.metas().unwrap() {
        let file = rules.rule(&meta.id).unwrap();
        pages.insert(format!("{}.md", meta.id), manual_page(file));
        let row = format!("| [{0}]({0}.md) | {1} | {2} |\n", meta.id, meta.level.name(), meta.title);
        families.entry(meta.family.to_string()).or_default().push_str(&row);
    }
    let mut index =
        "# Rules\n\nMade from `rules/<family>/<id>.toml`. `aemlint explain RULE` shows the same pages in the \
                     terminal. How to write rules of your own: [writing-rules.md](../writing-rules.md).\n"
            .to_owned();
    for (family, rows) in families {
        write!(index, "\n## {family}\n\n| rule | level | finds |\n|---|---|---|\n{rows}").unwrap();
    }
    pages.insert("README.md".to_owned(), index);
    let directory = docs().join("rules");
    for (name, page) in &pages {
        check(&directory.join(name), page);
    }
    for entry in std::fs::read_dir(&directory).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(pages.contains_key(&name), "docs/rules/{name} belongs to no rule: delete it");
    }
}

#[test]
fn the_tables_of_facts_are_up_to_date() {
    const MARKER: &str = "run .ci/update -->\n";
    let path = docs().join("facts.md");
    let page = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let (written, _) = page.split_once(MARKER).unwrap();
    for AttributeSpec { name, .. } in COMMON {
        let spec = COMMON.iter().find(|spec| spec.name == *name).unwrap();
        let cell = format!("| {} |", spec.type_name());
        let line = written.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        assert!(line.is_some_and(|line| line.contains(&cell)), "docs/facts.md does not explain `{name}` and its type");
    }
    let mut wanted = format!("{written}{MARKER}\n## Kinds\n\n| kind | what |\n|---|---|\n");
    for kind in Kind::ALL {
        writeln!(wanted, "| [`{0}`](#{0}) | {1} |", kind.name(), kind.about()).unwrap();
    }
    for kind in Kind::ALL {
        let heading = "| attribute | type | what |\n|---|---|---|";
        write!(wanted, "\n### {}\n\n{}\n\n{heading}\n", kind.name(), kind.about()).unwrap();
        for spec in kind.attributes() {
            let about = spec.about.replace('<', "&lt;").replace('|', "\\|");
            writeln!(wanted, "| `{}` | {} | {about} |", spec.name, spec.type_name()).unwrap();
        }
    }
    check(&path, &wanted);
}

/// The blocks of code of a page, with their language.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let parts: Vec<&str> = page.split("\n```").collect();
    parts.iter().skip(1).step_by(2).filter_map(|part| part.split_once('\n')).collect()
}

#[test]
fn the_rule_in_the_guide_works() {
    let page = std::fs::read_to_string(docs().join("writing-rules.md")).unwrap().replace("\r\n", "\n");
    let blocks = blocks(&page);
    let (_, rule) = blocks.iter().find(|(language, text)| *language == "toml" && text.starts_with("title ")).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("policy/acme/crm-without-tls.toml");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, rule).unwrap();
    let run = |arguments: &[&str]| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_aemlint")).args(arguments).current_dir(directory.path()).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, out) = run(&["rules", "test", "policy"]);
    assert_eq!(code, 0, "{out}");
    assert!(page.contains(&format!("$ aemlint rules test policy\n{out}")), "the guide does not show: {out}");

    let configuration = directory.path().join("jcr_root/apps/acme/config/com.acme.crm.impl.CrmClient.cfg.json");
    std::fs::create_dir_all(configuration.parent().unwrap()).unwrap();
    std::fs::write(configuration, r#"{"url": "http://crm.example.com"}"#).unwrap();
    let check = ["check", "jcr_root", "--no-config", "--rules", "policy", "--format", "concise"];
    let (code, out) = run(&check);
    assert_eq!(code, 1);
    assert!(out.contains("The CRM client connects to 'http://crm.example.com' without TLS."), "{out}");

    // An example that is broken on purpose fails, and the line of it is named.
    std::fs::write(&file, rule.replace("https://crm.example.com", "http://crm.example.com")).unwrap();
    let (code, out) = run(&["rules", "test", "policy"]);
    assert_eq!(code, 1);
    assert!(out.contains("crm-without-tls.toml:") && out.contains("the good example raises the rule"), "{out}");
}

#[test]
fn the_examples_of_the_built_in_rules_do_what_they_say() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let output = Command::new(env!("CARGO_BIN_EXE_aemlint")).args(["rules", "test"]).arg(rules).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && out.ends_with(" 0 failed\n"), "{out}");
}

#[test]
fn the_guide_names_every_key_and_function() {
    let page = std::fs::read_to_string(docs().join("writing-rules.md")).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("acme/wrong.toml");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    // The help of these mistakes names all that there is.
    let unknown_function = "title = 'x'\nlevel = 'note'\non = 'node'\nwhen = 'nothing(1)'\nmessage = 'x'\n\
                            help = '''\n## Why it matters\n## What to do\n'''\n\
                            [[example]]\nfile = 'x'\nbad = ''\ngood = ''\n";
    let unknown_key = format!("nothing = 1\n{}", unknown_function.replace("nothing(1)", "true"));
    for rule in [&unknown_key, unknown_function] {
        std::fs::write(&file, rule).unwrap();
        let error = RuleSet::load(directory.path()).and_then(|rules| rules.compile_all());
        let error: &dyn miette::Diagnostic = &error.unwrap_err();
        let help = error.help().unwrap().to_string();
        let names: Vec<&str> = help.split('`').skip(1).step_by(2).collect();
        assert!(names.len() > 20, "{help}");
        for name in names {
            let shown = [format!("`{name}`"), format!("`{name}("), format!(".{name}("), format!("[[{name}]]")];
            assert!(shown.iter().any(|shown| page.contains(shown)), "docs/writing-rules.md does not explain `{name}`");
        }
    }
}

/// The policies are rules of a user's own: they are loaded and tested as such, and the page shows each.
#[test]
fn the_policies_of_the_cookbook_work() {
    let directory = docs().join("cookbook");
    let output = Command::new(env!("CARGO_BIN_EXE_aemlint")).args(["rules", "test"]).arg(&directory).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && out.starts_with("15 rules, ") && out.ends_with(" 0 failed\n"), "{out}{err}");
    let mut page = "# Cookbook: policies of platform teams\n\nEach is a whole rule with its tests, in [docs/cookbook](cookbook). Copy \
                    the file to `policy/<your team>/`, change names and lists\nto yours, run `aemlint rules test policy`, and name the \
                    directory in `aemlint.toml`: `rules = [\"policy\"]`. [Writing rules](writing-rules.md)\nexplains the keys. A test \
                    runs all of them.\n\n| policy | level | what it finds |\n|---|---|---|\n"
        .to_owned();
    let rules = RuleSet::load(&directory).unwrap();
    for meta in rules.metas().unwrap() {
        let (id, level, title) = (&meta.id, meta.level.name(), &meta.title);
        writeln!(page, "| [{id}](cookbook/{id}.toml) | {level} | {title} |").unwrap();
    }
    for meta in rules.metas().unwrap() {
        let text = std::fs::read_to_string(directory.join(format!("{}.toml", meta.id))).unwrap().replace("\r\n", "\n");
        let (logic, rest) = text.split_once("\nhelp = ").unwrap();
        let tables = rest.split("\n[").skip(1).filter(|table| !table.starts_with("[example]]"));
        let tables: Vec<String> = tables.map(|table| format!("\n[{}", table.trim_end())).collect();
        let logic = logic.lines().filter(|line| !line.starts_with("#:schema")).map(str::to_owned);
        let logic: Vec<String> = logic.chain(tables).collect();
        let why = meta.help.split("## What to do").next().unwrap().replace("## Why it matters", "");
        write!(page, "\n## {}\n\n{}\n\n```toml\n{}\n```\n", meta.title, why.trim(), logic.join("\n").trim()).unwrap();
    }
    page += ONE_POLICY;
    check(&docs().join("cookbook.md"), &page);
}

/// How the policies get into every project.
const ONE_POLICY: &str = r#"
## One policy for all projects

Put rules and settings into a directory of their own, with their tests:

```text
aemlint-policy/
  aemlint.toml              rules = ["rules"], and what holds for all: fail-on, [levels], [[vendor]]
  rules/acme/*.toml         the rules
```

`aemlint rules test rules` runs their tests there. Publish the directory as a zip, or as a package of npm, and let each project extend it,
pinned by its hash, so that no new version counts before somebody has looked at it:

```toml
extends = [{ path = "policy/aemlint-policy-2.1.zip", sha256 = "5f1d6f0e5b7a8c2d9e4f3a1b0c6d7e8f9a0b1c2d3e4f5061728394a5b6c7d8e9" }]

[levels]
agent-without-tls = "warning"     # what the project says counts most
```

`aemlint check --show-settings` shows the hash, and which file each setting comes from. [What counts, and what a hash
covers](configuration.md#one-configuration-for-several-projects) says the rest.
"#;

#[test]
fn the_hook_runs_for_every_file_that_is_read() {
    let extensions: Vec<String> = EXTENSIONS.iter().map(|extension| regex::escape(&extension[1..])).collect();
    let of_texts = signals::FAMILIES.iter().flat_map(|family| family.signals);
    let of_texts = of_texts.filter(|signal| signal.kind == SignalKind::ProseExtension);
    let texts: Vec<&str> = of_texts.map(|signal| &signal.literal[1..]).collect();
    let pattern = format!(
        r"(\.({}|zip|jar)|(^|/)META-INF/MANIFEST\.MF|(^|/)jcr_root[^/]*/(.*/)?([^/.]+|[^/]*\.({}))|(^|/)aemlint\.toml)$",
        extensions.join("|"),
        texts.join("|")
    );
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Where the pattern stands, and what is before it.
    for (name, before) in [(".pre-commit-hooks.yaml", "files: &files '"), ("docs/ci.md", "        files: '")] {
        let page = std::fs::read_to_string(root.join(name)).unwrap();
        let (head, rest) = page.split_once(before).unwrap();
        let (_, tail) = rest.split_once('\'').unwrap();
        check(&root.join(name), &format!("{head}{before}{pattern}'{tail}"));
    }
    let pattern = regex::Regex::new(&pattern).unwrap();
    for extension in EXTENSIONS {
        assert!(pattern.is_match(&format!("config/com.foo.Bar{extension}")), "{extension}");
    }
    // Texts matter where they are content.
    assert!(pattern.is_match("src/main/content/jcr_root/apps/acme/readme.md"));
    assert!(pattern.is_match("jcr_root/id_rsa") && !pattern.is_match("jcr_root/apps/acme/a.js"));
    assert!(!pattern.is_match("readme.md"));
}

/// What the extension for VS Code tells the server of, and which folders start it, is what is read.
#[test]
fn the_extension_is_about_every_file_that_is_read() {
    let extensions: Vec<&str> = EXTENSIONS.iter().map(|extension| &extension[1..]).collect();
    let of_texts = signals::FAMILIES.iter().flat_map(|family| family.signals);
    let of_texts = of_texts.filter(|signal| signal.kind == SignalKind::ProseExtension);
    let texts: Vec<&str> = of_texts.map(|signal| &signal.literal[1..]).collect();
    let patterns = [
        format!("**/*.{{{}}}", extensions.join(",")),
        "**/META-INF/MANIFEST.MF".to_owned(),
        format!("**/jcr_root*/**/*.{{{}}}", texts.join(",")),
        "**/aemlint.toml".to_owned(),
    ];
    let extension = Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/vscode");
    let files = serde_json::json!({ "patterns": patterns });
    check(&extension.join("files.json"), &format!("{files:#}\n"));
    // Files of these kinds are everywhere: a folder is one of AEM where they are content, or where aemlint is set up.
    let content = format!("workspaceContains:**/jcr_root*/**/*.{{{}}}", extensions.join(","));
    let languages = ["xml", "json", "jsonc", "properties"].map(|language| format!("onLanguage:{language}"));
    let mut events = languages.to_vec();
    events.extend([content, "workspaceContains:**/aemlint.toml".to_owned()]);
    let path = extension.join("package.json");
    let manifest = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = manifest.split_once("\"activationEvents\": ").unwrap();
    let (_, after) = rest.split_once("],\n").unwrap();
    let events: Vec<String> = events.iter().map(|event| format!("    {event:?}")).collect();
    check(&path, &format!("{before}\"activationEvents\": [\n{}\n  ],\n{after}", events.join(",\n")));
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(manifest.contains(&version), "the extension has another version than aemlint");
}

#[test]
fn the_list_of_signals_is_up_to_date() {
    let mut page =
        "# What integrations are recognised by\n\nMade from the tables in `src/signals`. Hosts and PIDs are compared \
                    as AEM and servers compare them, whatever escapes they are written with.\n"
            .to_owned();
    for family in signals::FAMILIES {
        write!(page, "\n## {}\n\n", family.name).unwrap();
        for kind in SignalKind::ALL {
            let of_kind = family.signals.iter().filter(|signal| signal.kind == kind);
            let literals: Vec<String> = of_kind.map(|signal| format!("`{}`", signal.literal)).collect();
            if !literals.is_empty() {
                writeln!(page, "- {}: {}", kind.about(), literals.join(", ")).unwrap();
            }
        }
    }
    check(&docs().join("signals.md"), &page);
}

#[test]
fn the_table_of_coverage_names_rules_and_cases_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(docs().join("coverage-of-rules.md")).unwrap();
    let rules = RuleSet::builtin();
    let rules: std::collections::BTreeSet<&str> = rules.ids().collect();
    let named = |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let mut lines = 0;
    for line in page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| What ")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
        let [statement, of_rules, shown_by] = cells.as_slice() else { panic!("not three cells: {line}") };
        lines += 1;
        let (of_rules, cases) = (named(of_rules), named(shown_by));
        if of_rules.is_empty() {
            assert!(shown_by.trim().len() > 10, "no reason: {statement}");
            continue;
        }
        for rule in &of_rules {
            assert!(rules.contains(rule.as_str()), "there is no rule `{rule}`: {statement}");
        }
        assert!(!cases.is_empty() || shown_by.trim() == "example", "nothing shows it: {statement}");
        let mut shown: Vec<&String> = Vec::new();
        for case in &cases {
            let snapshot = root.join("testdata/cases").join(case).join("expected.snap");
            let text = std::fs::read_to_string(&snapshot).unwrap_or_else(|_| panic!("there is no case `{case}`"));
            shown.extend(of_rules.iter().filter(|rule| text.contains(rule.as_str())));
        }
        let is_silent = shown_by.contains("(silent)");
        let is_shown = |rule| is_silent || shown.contains(&rule);
        assert!(cases.is_empty() || of_rules.iter().all(is_shown), "no case shows it: {line}");
    }
    assert!(lines > 40, "{lines}");
}
