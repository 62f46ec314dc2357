//! The JSON Schemas of configuration and rule files accept what aemlint accepts.
#![allow(clippy::unwrap_used, reason = "what fails in a test should fail loudly")]

use boon::{Compiler, Schemas};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn json(path: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(root().join(path)).unwrap()).unwrap()
}

/// A TOML file as an editor checks it: as JSON, dates as strings.
fn as_json(text: &str) -> Value {
    fn convert(value: toml::Value) -> Value {
        match value {
            toml::Value::Datetime(date) => date.to_string().into(),
            toml::Value::Array(items) => items.into_iter().map(convert).collect(),
            toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, convert(value))).collect(),
            toml::Value::String(text) => text.into(),
            toml::Value::Integer(number) => number.into(),
            toml::Value::Float(number) => number.into(),
            toml::Value::Boolean(flag) => flag.into(),
        }
    }
    convert(toml::Value::Table(text.parse().unwrap()))
}

/// Why a schema refuses a text; `None` if it accepts it.
fn refusal(schema: &str, text: &str) -> Option<String> {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let schema = json(schema);
    let id = schema["$id"].as_str().unwrap().to_owned();
    compiler.add_resource(&id, schema).unwrap();
    let index = compiler.compile(&id, &mut schemas).unwrap();
    schemas.validate(&as_json(text), index).err().map(|error| format!("{error:#}"))
}

const RULE: &str = "schemas/rule.schema.json";
const CONFIG: &str = "schemas/aemlint-toml.schema.json";

fn toml_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(toml_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files
}

#[test]
fn every_rule_is_valid() {
    let files = [toml_files(&root().join("rules")), toml_files(&root().join("docs/cookbook"))].concat();
    assert!(files.len() > 50);
    for file in files {
        let refusal = refusal(RULE, &fs::read_to_string(&file).unwrap());
        assert_eq!(refusal, None, "{}", file.display());
    }
}

#[test]
fn every_example_of_a_configuration_is_valid() {
    let mut tried = 0;
    for page in ["docs/configuration.md", "docs/audit.md", "README.md", "docs/ci.md", "docs/editor.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        for block in text.split("\n```toml\n").skip(1).filter_map(|rest| rest.split("\n```").next()) {
            // Helix has a TOML file of its own.
            if !block.contains("language-servers") {
                assert_eq!(refusal(CONFIG, block), None, "{page}: {block}");
                tried += 1;
            }
        }
    }
    for file in toml_files(&root().join("testdata/cases")) {
        if file.file_name().is_some_and(|name| name == "aemlint.toml") {
            let text = fs::read_to_string(&file).unwrap();
            let path = file.to_string_lossy();
            let is_wrong_on_purpose = path.contains("unknown-") || path.contains("wrong");
            if !is_wrong_on_purpose {
                assert_eq!(refusal(CONFIG, &text), None, "{path}: {text}");
            }
            tried += 1;
        }
    }
    assert!(tried >= 5, "{tried}");
}

#[test]
fn mistakes_are_refused() {
    assert!(refusal(CONFIG, "fail-on = 'fatal'").is_some());
    assert!(refusal(CONFIG, "[[ignore]]\nrule = 'x'").is_some());
    let rule = fs::read_to_string(root().join("rules/ims/missing-scope.toml")).unwrap();
    assert!(refusal(RULE, &rule.replace("\non ", "\nonn ")).is_some());
    assert!(refusal(RULE, &format!("at-moost = 1\n{rule}")).is_some());
}

#[test]
fn the_program_prints_the_schemas() {
    for (name, path) in [
        ("config", CONFIG),
        ("rule", RULE),
        ("report", "schemas/report-v1.schema.json"),
        ("facts", "schemas/facts-v1.schema.json"),
        ("diff", "schemas/diff-v1.schema.json"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_aemlint")).args(["schema", name]).output().unwrap();
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(printed, json(path), "{name}");
        assert!(printed["$id"].is_string(), "{name}");
    }
}
