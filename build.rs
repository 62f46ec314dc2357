//! Embeds the built-in rule files: makes a table of what is needed of each before it is parsed.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=rules");
    println!("cargo:rerun-if-changed=build.rs");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join("builtin_rules.rs");
    let written = table(&root.join("rules")).and_then(|table| {
        fs::write(&out, table).map_err(|error| format!("{} cannot be written: {error}", out.display()))
    });
    if let Err(error) = written {
        println!("cargo::error={error}");
    }
}

/// The table of all rules, sorted by id.
fn table(rules: &Path) -> Result<String, String> {
    let mut rows = Vec::new();
    for folder in folders_and_files(rules)?.into_iter().filter(|path| path.is_dir()) {
        for file in folders_and_files(&folder)? {
            if file.extension().is_some_and(|extension| extension == "toml") {
                rows.push((stem(&file)?, row(&stem(&folder)?, &file)?));
            }
        }
    }
    rows.sort();
    if let Some(twice) = rows.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!("two rule files have the id {}; an id is unique over all families", twice[0].0));
    }
    let rows: Vec<String> = rows.into_iter().map(|(_, row)| row).collect();
    Ok(format!(
        "/// Every built-in rule, sorted by id.\npub(super) static BUILTIN: &[Builtin] = &[\n{}];\n",
        rows.concat()
    ))
}

fn folders_and_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> Result<String, String> {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    stem.map(str::to_owned).ok_or_else(|| format!("{}: the name is not UTF-8", path.display()))
}

fn row(family: &str, file: &Path) -> Result<String, String> {
    let fail = |what: &str| format!("{}: {what}", file.display());
    let text = fs::read_to_string(file).map_err(|error| fail(&error.to_string()))?;
    let rule: toml::Table = text.parse().map_err(|error| fail(&format!("not TOML: {error}")))?;
    for key in ["title", "level", "help"] {
        if rule.get(key).and_then(toml::Value::as_str).is_none_or(|text| text.trim().is_empty()) {
            return Err(fail(&format!("`{key}` is missing or is no text")));
        }
    }
    let cases = rule.get("case").and_then(toml::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut kinds = strings(rule.get("on")).ok_or_else(|| fail("`on` is not a string or a list of strings"))?;
    let own = !cases.is_empty() && cases.iter().all(|case| case.get("on").is_some());
    if own {
        kinds.clear();
    }
    for case in cases {
        kinds.extend(
            strings(case.get("on")).ok_or_else(|| fail("`on` of a case is not a string or a list of strings"))?,
        );
    }
    kinds.sort();
    kinds.dedup();
    if kinds.is_empty() {
        return Err(fail("`on` is missing: name the kind of fact that the rule looks at"));
    }
    let needles = strings(rule.get("needles")).ok_or_else(|| fail("`needles` is not a list of strings"))?;
    let no_cases = [toml::Value::Table(toml::Table::new())];
    let mut written = String::new();
    for case in if cases.is_empty() { &no_cases } else { cases } {
        // What a case does not say, the top of the file says; the conditions of both must hold.
        let own = strings(case.get("on")).unwrap_or_default();
        let on = if own.is_empty() { strings(rule.get("on")).unwrap_or_default() } else { own };
        let when: Vec<&str> =
            [rule.get("when"), case.get("when")].into_iter().flatten().filter_map(toml::Value::as_str).collect();
        written.push_str(&format!("BuiltinCase {{ on: {}, when: &{when:?} }}, ", variants(&on)));
    }
    Ok(format!(
        "    Builtin {{ id: {:?}, family: {family:?}, on: {}, needles: &{needles:?}, cases: &[{written}], \
         text: include_str!({:?}) }},\n",
        stem(file)?,
        variants(&kinds),
        file.display().to_string(),
    ))
}

/// The kinds of these names, as the table writes them. A name that is none does not compile.
fn variants(names: &[String]) -> String {
    let variants: Vec<String> = names.iter().map(|name| format!("Kind::{}", camel_case(name))).collect();
    format!("&[{}]", variants.join(", "))
}

/// `token_provider` as `TokenProvider`, which is how the variants of `Kind` are called.
fn camel_case(name: &str) -> String {
    let words = name.split('_').map(|word| word.split_at(word.len().min(1)));
    words.map(|(first, rest)| first.to_ascii_uppercase() + rest).collect()
}

/// A string or a list of strings; empty if absent, `None` if it is anything else.
fn strings(value: Option<&toml::Value>) -> Option<Vec<String>> {
    match value {
        None => Some(Vec::new()),
        Some(toml::Value::String(text)) => Some(vec![text.clone()]),
        Some(toml::Value::Array(items)) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        Some(_) => None,
    }
}
