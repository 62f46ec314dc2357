//! Sets of packages and trees, made of the files of the rules' examples.

use super::random::Random;
use aemlint::internals::rules::RuleSet;
use std::fs;
use std::io::Write;
use std::path::Path;

pub type Files = Vec<(String, Vec<u8>)>;

pub fn pack(files: &Files) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut names = std::collections::BTreeSet::new();
    for (name, content) in files.iter().filter(|(name, _)| names.insert(name.clone())) {
        writer.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The files of every example of a built-in rule.
pub fn examples() -> Vec<Files> {
    let rules = RuleSet::builtin();
    let ids: Vec<String> = rules.ids().map(str::to_owned).collect();
    let mut found = Vec::new();
    for id in &ids {
        for example in &rules.rule(id).unwrap().examples {
            let files = example.bad.iter().chain(&example.with).chain(&example.good);
            let files: Files = files.map(|file| (file.file.clone(), file.content.clone())).collect();
            if !files.is_empty() {
                found.push(files);
            }
        }
    }
    assert!(found.len() > 80, "{}", found.len());
    found
}

pub const FILTER: &str = r#"<workspaceFilter version="1.0"><filter root="/apps"/><filter root="/conf"><exclude pattern="/conf/x/.*"/></filter><filter root="/etc"/></workspaceFilter>"#;

fn properties(random: &mut Random) -> String {
    let (name, version) = (random.below(3), random.below(3));
    format!(
        r#"<properties><entry key="group">acme</entry><entry key="name">p{name}</entry><entry key="version">1.{version}</entry></properties>"#
    )
}

/// A package of the files of some examples.
fn package(random: &mut Random, examples: &[Files]) -> Vec<u8> {
    let mut files: Files = Vec::new();
    for _ in 0..1 + random.below(3) {
        files.extend(random.pick(examples).iter().cloned());
    }
    if !random.one_in(4) {
        files.push(("META-INF/vault/filter.xml".to_owned(), FILTER.into()));
        files.push(("META-INF/vault/properties.xml".to_owned(), properties(random).into()));
    }
    if random.one_in(6) {
        files.push(("jcr_root/apps/acme/broken.xml".to_owned(), b"<jcr:root imsConfig=\"a".to_vec()));
    }
    if random.one_in(6) {
        files.push(("jcr_root/apps/acme/install/none.zip".to_owned(), b"no archive".to_vec()));
    }
    if random.one_in(5) {
        let inner = pack(random.pick(examples));
        files.push(("jcr_root/apps/acme/install.author/sub-1.0.zip".to_owned(), inner));
    }
    let mut bytes = pack(&files);
    if random.one_in(8) {
        // Two packages in one file: which of them counts depends on who reads it.
        bytes.extend(pack(random.pick(examples)));
    }
    if random.one_in(8) {
        bytes.truncate(bytes.len() * 2 / 3);
    }
    bytes
}

/// A project with a module or two, now and then with a package in it, with comments that accept findings.
fn tree(directory: &Path, random: &mut Random, examples: &[Files]) {
    let write = |path: &str, bytes: &[u8]| {
        let path = directory.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    for module in 0..1 + random.below(2) {
        for _ in 0..1 + random.below(3) {
            let with_comment = random.one_in(4);
            for (name, content) in random.pick(examples) {
                let is_text = with_comment && name.ends_with(".config");
                let comment: &[u8] = if is_text { b"# aemlint-ignore ims: known\n" } else { b"" };
                write(&format!("ui.{module}/src/main/content/{name}"), &[comment, content].concat());
            }
        }
        if random.one_in(2) {
            write(&format!("ui.{module}/src/main/content/META-INF/vault/filter.xml"), FILTER.as_bytes());
        }
    }
    if random.one_in(3) {
        write("ui.0/src/main/content/jcr_root/apps/acme/install/sub.zip", &package(random, examples));
    }
    write("pom.xml", b"<project/>");
}

/// A set of packages and trees in a directory, by their paths.
pub fn set(directory: &Path, seed: u64, examples: &[Files]) -> Vec<String> {
    let random = &mut Random::new(seed);
    let mut paths = Vec::new();
    let mut last: Option<Vec<u8>> = None;
    for number in 0..1 + random.below(4) {
        let again = last.take().filter(|_| random.one_in(4));
        let bytes = again.unwrap_or_else(|| package(random, examples));
        let path = format!("{}/p{number}-1.{}.zip", ["a", "b"][random.below(2)], random.below(3));
        fs::create_dir_all(directory.join(&path).parent().unwrap()).unwrap();
        fs::write(directory.join(&path), &bytes).unwrap();
        last = Some(bytes);
        paths.push(path);
    }
    if random.one_in(2) {
        tree(&directory.join("t"), random, examples);
        paths.push("t".to_owned());
    }
    paths.sort();
    paths
}
