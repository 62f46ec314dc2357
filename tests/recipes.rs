//! Follows recipes of `docs/architecture.md` on a copy of the repository: each names all files to touch, and what comes out
//! compiles without a warning.
//!
//! Building the copy takes minutes: `cargo test --test recipes -- --ignored`, which `.ci/run` does.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails in a test should fail loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// A recipe and what it asks for, done once.
struct Recipe {
    /// Its first words.
    name: &'static str,
    /// The edits of files that are there: a text that is in them once, and what takes its place.
    edits: &'static [(&'static str, &'static str, &'static str)],
    /// The files that it adds, with the name for them on the page.
    files: &'static [(&'static str, &'static str, &'static str)],
}

const RECIPES: &[Recipe] = &[
    Recipe {
        name: "Add a form of report.",
        edits: &[
            ("src/report/mod.rs", "mod concise;\n", "mod concise;\nmod counts;\n"),
            ("src/report/formats.rs", "bounded, concise, csv, ", "bounded, concise, counts, csv, "),
            ("src/report/formats.rs", "    html::FORM,\n];", "    html::FORM,\n    counts::FORM,\n];"),
        ],
        files: &[(
            "src/report/counts.rs",
            "src/report/<form>.rs",
            r#"//! The numbers of a run alone.

use super::form::{ReportForm, Style};
use super::model::{Report, RuleInfo};

pub(super) const FORM: ReportForm = ReportForm::new("counts", "Numbers", render);

fn render(report: &Report, _: &[RuleInfo], _: &Style) -> String {
    format!("{} {}\n", report.summary.errors, report.summary.warnings)
}
"#,
        )],
    },
    Recipe {
        name: "Add a limit.",
        edits: &[
            (
                "crates/zip-audit/src/types.rs",
                "    /// Wall time of the whole run.\n    pub time: Duration,\n",
                "    /// Wall time of the whole run.\n    pub time: Duration,\n    /// Characters of one name.\n    pub name: u64,\n",
            ),
            (
                "crates/zip-audit/src/types.rs",
                "            time: Duration::from_secs(600),\n",
                "            time: Duration::from_secs(600),\n            name: 4_096,\n",
            ),
            (
                "src/policy/limits.rs",
                "        set: |limits, value| limits.time = Duration::from_millis(value),\n    },\n",
                r#"        set: |limits, value| limits.time = Duration::from_millis(value),
    },
    Limit {
        name: "name",
        option: "max-name",
        unit: Unit::Count,
        about: "Characters of one name.",
        get: |limits| limits.name,
        set: |limits, value| limits.name = value,
    },
"#,
            ),
        ],
        files: &[],
    },
    Recipe {
        name: "Add a kind of fact.",
        edits: &[
            ("src/facts/families/mod.rs", "pub mod smart_tags;\n", "pub mod smart_tags;\npub mod themes;\n"),
            (
                "src/facts/fact.rs",
                "use super::families::smart_tags::SmartTagsService;\n",
                "use super::families::smart_tags::SmartTagsService;\nuse super::families::themes::Theme;\n",
            ),
            ("src/facts/fact.rs", "    Unread,\n    RejectedFile,\n}", "    Unread,\n    RejectedFile,\n    Theme,\n}"),
            (
                "src/facts/extract/mod.rs",
                "secrets, smart_tags, unresolved, variables,\n};",
                "secrets, smart_tags, themes, unresolved,\n    variables,\n};",
            ),
            (
                "src/facts/extract/mod.rs",
                "            facts.extend(jwt.map(FactData::from));\n            facts.extend(portal",
                "            facts.extend(themes::theme(&source).map(FactData::from));\n            facts.extend(jwt.map(FactData::from));\n            facts.extend(portal",
            ),
        ],
        files: &[(
            "src/facts/families/themes.rs",
            "src/facts/families/<family>.rs",
            r#"//! Themes of sites.

use crate::facts::attribute::Attribute;
use crate::facts::source::FactSource;
use crate::facts::value::Value;
use crate::facts::vocabulary::fact_kind;

fact_kind! {
    #[derive(Default)]
    Theme "theme" = "A theme of a site." {
        prefix: Attribute<Value> = "themePrefix",
    }
}

/// The theme that a node is, if it is one.
pub(crate) fn theme(source: &FactSource<'_>) -> Option<Theme> {
    let prefix = source.attribute("themePrefix");
    (prefix.value != Value::Null).then_some(Theme { prefix })
}
"#,
        )],
    },
];

#[test]
#[ignore = "builds a copy of the repository"]
fn recipes_name_all_files_to_touch() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("recipes");
    // The target directory stays, so that dependencies are built once.
    let (copy, target) = (scratch.join("repository"), scratch.join("target"));
    let page = fs::read_to_string(repository.join("docs/architecture.md")).unwrap();
    if copy.exists() {
        fs::remove_dir_all(&copy).unwrap();
    }
    copy_directory(repository, &copy).unwrap();
    let before = contents(&copy).unwrap();
    check(&copy, &target, "the repository as it is");
    for recipe in RECIPES {
        let named = recipe.follow(&copy, &page);
        check(&copy, &target, recipe.name);
        let after = contents(&copy).unwrap();
        let changed: BTreeSet<&PathBuf> =
            after.iter().filter(|(path, text)| before.get(*path) != Some(*text)).map(|(path, _)| path).collect();
        let expected: BTreeSet<&PathBuf> = named.iter().collect();
        assert_eq!(changed, expected, "{}", recipe.name);
        assert!(before.keys().all(|path| after.contains_key(path)), "{}: a file is gone", recipe.name);
        for path in changed {
            match before.get(path) {
                Some(text) => fs::write(copy.join(path), text).unwrap(),
                None => fs::remove_file(copy.join(path)).unwrap(),
            }
        }
    }
}

impl Recipe {
    /// Does what the recipe asks for. Returns the files that it touched, all of which the page names.
    fn follow(&self, copy: &Path, page: &str) -> BTreeSet<PathBuf> {
        let start = page.find(&format!("**{}**", self.name)).expect("the page has the recipe");
        let text = page[start..].split("\n\n").next().unwrap();
        // `src/report/` and then `mod.rs` name a file of the folder.
        let is_named = |path: &str| {
            let (folder, file) = path.rsplit_once('/').unwrap();
            text.contains(&format!("`{path}`"))
                || text.contains(&format!("`{folder}/`")) && text.contains(&format!("`{file}`"))
        };
        let mut touched = BTreeSet::new();
        for (path, old, new) in self.edits {
            assert!(is_named(path), "{}: the page does not name {path}", self.name);
            let file = copy.join(path);
            let text = fs::read_to_string(&file).unwrap().replace("\r\n", "\n");
            assert_eq!(text.matches(old).count(), 1, "{path} has changed: renew the edit here and look at the recipe");
            fs::write(&file, text.replace(old, new)).unwrap();
            touched.insert(PathBuf::from(path));
        }
        for (path, name, text) in self.files {
            assert!(is_named(name), "{}: the page does not name {name}", self.name);
            fs::write(copy.join(path), text).unwrap();
            touched.insert(PathBuf::from(path));
        }
        touched
    }
}

/// Compiles library and program of the copy without a warning.
fn check(copy: &Path, target: &Path, what: &str) {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["check", "--offline", "--locked", "--quiet"])
        .current_dir(copy)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("warning"), "{what}:\n{said}");
}

/// Whether something at the top of the repository is neither built nor the history.
fn is_source(name: &str) -> bool {
    !matches!(name, "target" | ".git" | "fuzz")
}

fn copy_directory(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() && is_source(&entry.file_name().to_string_lossy()) {
            copy_directory(&entry.path(), &target)?;
        } else if kind.is_file() && entry.file_name() != ".git" {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// The bytes of all files below a directory, by their paths in it.
fn contents(directory: &Path) -> io::Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut open = vec![directory.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.insert(path.strip_prefix(directory).unwrap_or(&path).to_path_buf(), fs::read(&path)?);
            }
        }
    }
    Ok(files)
}
