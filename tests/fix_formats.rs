//! Every rule with a fix, in every format and encoding of a configuration, in trees and in packages: what is mended is gone, nothing
//! else is found, and only the lines meant differ.
#![allow(clippy::unwrap_used, reason = "what fails in a test should fail loudly")]
#![allow(clippy::print_stderr, reason = "the figures are shown where they are asked for")]

use aemlint::internals::rules::RuleSet;
use mending::{ANSWERS, Files, files, json, write_package, write_tree};
use osgi_config::{Property, Scalar, Shape, Target, read_file};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::Path;

#[path = "support/mending.rs"]
mod mending;

/// A form of a configuration: the ends of its file name, and what it is made of.
type Form = (&'static str, fn(&[Property<'_>]) -> Option<Vec<u8>>);

const FORMS: [Form; 8] = [
    (".config", |properties| Some(config(properties, "\n").into_bytes())),
    (".config", |properties| Some(config(properties, "\r\n").into_bytes())),
    (".cfg.json", |properties| json_text(properties).map(String::into_bytes)),
    (".cfg", |properties| line_format(properties).map(String::into_bytes)),
    (".xml", |properties| Some(docview(properties, "UTF-8").into_bytes())),
    (".xml", |properties| Some([b"\xef\xbb\xbf".to_vec(), docview(properties, "UTF-8").into_bytes()].concat())),
    (".xml", |properties| docview(properties, "ISO-8859-1").chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()),
    (".xml", |properties| {
        let units = docview(properties, "UTF-16");
        Some([0xff, 0xfe].into_iter().chain(units.encode_utf16().flat_map(u16::to_le_bytes)).collect())
    }),
];

fn texts(property: &Property<'_>) -> Vec<String> {
    let text = |scalar: &Scalar<'_>| match scalar {
        Scalar::Text(text) => text.to_string(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Double(value) => value.to_string(),
    };
    property.value.items.iter().map(|item| text(&item.scalar)).collect()
}

fn is_list(property: &Property<'_>) -> bool {
    property.value.shape != Shape::Scalar
}

fn is_bool(property: &Property<'_>) -> bool {
    property.value.items.iter().all(|item| matches!(item.scalar, Scalar::Bool(_))) && !is_list(property)
}

fn config(properties: &[Property<'_>], line_end: &str) -> String {
    let quoted = |text: &String| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('=', "\\="));
    let line = |property: &Property<'_>| {
        let items = texts(property).iter().map(quoted).collect::<Vec<_>>().join(",");
        let letter = if is_bool(property) { "B" } else { "" };
        let value = if is_list(property) { format!("[{items}]") } else { format!("{letter}{items}") };
        format!("{}={value}{line_end}", property.key)
    };
    format!("# by hand{line_end}") + &properties.iter().map(line).collect::<String>()
}

fn json_text(properties: &[Property<'_>]) -> Option<String> {
    let value = |property: &Property<'_>| -> Value {
        match texts(property) {
            texts if is_list(property) => texts.into(),
            texts if is_bool(property) => (texts.concat() == "true").into(),
            texts => texts.concat().into(),
        }
    };
    let members: serde_json::Map<String, Value> =
        properties.iter().map(|property| (property.key.to_string(), value(property))).collect();
    serde_json::to_string_pretty(&members).ok()
}

fn line_format(properties: &[Property<'_>]) -> Option<String> {
    let line = |property: &Property<'_>| {
        let texts = texts(property);
        (texts.len() == 1).then(|| format!("{} = {}\n", property.key, texts.concat().replace('\\', "\\\\")))
    };
    properties.iter().map(line).collect()
}

fn docview(properties: &[Property<'_>], encoding: &str) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let attribute = |property: &Property<'_>| {
        let texts: Vec<String> = texts(property).iter().map(|text| escaped(&text.replace('\\', "\\\\"))).collect();
        let value = match texts.concat() {
            _ if is_list(property) => {
                format!("[{}]", texts.iter().map(|text| text.replace(',', "\\,")).collect::<Vec<_>>().join(","))
            }
            text if is_bool(property) => format!("{{Boolean}}{text}"),
            text if text.starts_with(['{', '[']) => format!("\\{text}"),
            text => text,
        };
        format!("\n    {}=\"{value}\"", property.key)
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"{encoding}\"?>\n<jcr:root xmlns:sling=\"http://sling.apache.org/jcr/sling/1.0\" \
         xmlns:jcr=\"http://www.jcp.org/jcr/1.0\"\n    jcr:primaryType=\"sling:OsgiConfig\"\n    note=\"Büro\"{}/>\n",
        properties.iter().map(attribute).collect::<String>()
    )
}

/// The files with every configuration in another form; `None` if one has none.
fn converted(files: &Files, form: Form) -> Option<Files> {
    let convert = |(name, content): &(String, Vec<u8>)| {
        let Some(stem) = name.strip_suffix(".config").filter(|_| osgi_config::format_of(name).is_some()) else {
            return Some((name.clone(), content.clone()));
        };
        let (_, _, read) = read_file(name, content, Target::Cloud)?;
        let is_whole = read.error.is_none() && read.dropped.is_empty();
        let bytes = if is_whole { form.1(&read.properties)? } else { return None };
        Some((format!("{stem}{}", form.0), bytes))
    };
    let converted: Files = files.iter().map(convert).collect::<Option<_>>()?;
    let names: BTreeSet<&String> = converted.iter().map(|(name, _)| name).collect();
    (names.len() == converted.len()).then_some(converted)
}

/// The findings that are there, by rule.
fn by_rule(report: &Value) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        *found.entry(finding["rule"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    found
}

/// The names of the properties that the fixes of a rule edit; `None` if one has another effect, or names them by expressions.
fn edited_names(id: &str, family: &str) -> Option<BTreeSet<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("rules/{family}/{id}.toml"));
    let rule: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
    let mut names = BTreeSet::new();
    for fix in rule.get("fix")?.as_array()? {
        let fix = fix.as_table()?;
        if ["delete", "rename", "repair"].iter().any(|key| fix.contains_key(*key)) {
            return None;
        }
        names.extend(
            fix.get("remove")
                .into_iter()
                .flat_map(|names| names.as_array().unwrap())
                .map(|name| name.as_str().unwrap().to_owned()),
        );
        let tables = ["set", "append", "replace"].into_iter().filter_map(|key| fix.get(key)?.as_table());
        names.extend(tables.flat_map(|table| table.keys().cloned()));
    }
    (!names.iter().any(|name| name.contains('{'))).then_some(names)
}

/// The text of a file for a look at its lines.
fn lines(bytes: &[u8]) -> Vec<String> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).unwrap()
        }
        bytes => bytes.iter().map(|&byte| char::from(byte)).collect(),
    };
    // The comma of a last member, and the end of an element, come and go.
    text.lines().map(|line| line.trim_end_matches(',').trim_end_matches("/>").to_owned()).collect()
}

/// Checks that all lines but those of the properties meant are the same.
fn check_lines(old: &[u8], new: &[u8], names: &BTreeSet<String>, about: &str) {
    let (old, new) = (lines(old), lines(new));
    let changed = old.iter().filter(|line| !new.contains(line)).chain(new.iter().filter(|line| !old.contains(line)));
    // An item of a list can stand on a line of its own.
    let is_item = |line: &str| line.trim_start().starts_with('"') && !line.contains("\": ") && !line.contains('=');
    for line in changed.filter(|line| !is_item(line)) {
        assert!(names.iter().any(|name| line.contains(name.as_str())), "{about}: the line {line:?} changed");
    }
}

/// The content of a file of the tree, or of the package in the package.
fn read(folder: &Path, name: &str) -> Option<Vec<u8>> {
    let Ok(all) = fs::File::open(folder.join("all.zip")) else { return fs::read(folder.join(name)).ok() };
    let mut inner = Vec::new();
    let mut all = zip::ZipArchive::new(all).unwrap();
    all.by_name("jcr_root/apps/x/install/sub.zip").unwrap().read_to_end(&mut inner).unwrap();
    let mut inner = zip::ZipArchive::new(std::io::Cursor::new(inner)).unwrap();
    let mut content = Vec::new();
    inner.by_name(name).ok()?.read_to_end(&mut content).unwrap();
    Some(content)
}

/// `AEMLINT_ALL_FORMS=1` tries every form both in a tree and in a package; otherwise each in one of the two.
#[test]
fn every_fix_mends_every_form_and_nothing_else() {
    let rules = RuleSet::builtin();
    let all = std::env::var_os("AEMLINT_ALL_FORMS").is_some();
    let (mut tried, mut mended) = (0, BTreeSet::new());
    for id in rules.ids() {
        let rule = rules.rule(id).unwrap();
        let Some(first) = rule.meta.family.split('/').next() else { continue };
        let names = edited_names(id, first);
        for (number, example) in rule.examples.iter().filter(|example| !example.bad.is_empty()).enumerate() {
            let files = files(example);
            if !files.iter().any(|(name, _)| name.ends_with(".config")) {
                continue;
            }
            for (index, form) in FORMS.into_iter().enumerate() {
                let Some(files) = converted(&files, form) else { continue };
                for in_package in
                    [false, true].into_iter().filter(|&packed| all || packed == ((index + number) % 2 == 0))
                {
                    let about = format!("{id}, form {index} ({}), in a package: {in_package}", form.0);
                    let folder = tempfile::tempdir().unwrap();
                    let folder = folder.path();
                    fs::write(folder.join("answers.toml"), ANSWERS).unwrap();
                    if in_package {
                        write_package(folder, &files)
                    } else {
                        write_tree(folder, &files)
                    }
                    let options = ["--target", example.target.name()];
                    let before = by_rule(&json(folder, &[&["check", "."][..], &options].concat()));
                    if !before.contains_key(id) {
                        continue;
                    }
                    let fix = [
                        "fix",
                        ".",
                        "--write",
                        "--in-place",
                        "--unsafe-fixes",
                        "--answers",
                        "answers.toml",
                        "--only",
                        id,
                    ];
                    let fixed = json(folder, &[&fix[..], &options].concat());
                    let after = by_rule(&json(folder, &[&["check", "."][..], &options].concat()));
                    for (rule, count) in &after {
                        assert!(count <= before.get(rule).unwrap_or(&0), "{about}: {rule} is new");
                    }
                    tried += 1;
                    if fixed["mended"].as_array().unwrap().is_empty() {
                        continue;
                    }
                    assert!(after.get(id).unwrap_or(&0) < &before[id], "{about}: it is still there");
                    mended.insert((id.to_owned(), form.0));
                    let Some(names) = &names else { continue };
                    for (name, content) in &files {
                        check_lines(content, &read(folder, name).unwrap(), names, &about);
                    }
                }
            }
        }
    }
    if all {
        eprintln!("{tried} tried, {} pairs of rule and format mended", mended.len());
    }
    assert!(mended.len() > 40, "{tried} tried, but only these were mended: {mended:?}");
}
