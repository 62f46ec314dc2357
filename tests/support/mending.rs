//! Runs `aemlint fix` on the examples of rules.

use aemlint::internals::rules::Example;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// An answer to every key.
pub(crate) const ANSWERS: &str = r#"
region = "emea"
org-id = "0123456789ABCDEF01234567@AdobeOrg"
client-id = "0123456789abcdef0123456789abcdef"
client-secret = "{0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d}"
scope = "openid, AdobeID"
ims-configuration = "brand-portal"
keep-tenant = "acme"
"#;

/// The program in a folder.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aemlint"));
    command.args(arguments).arg("--no-config").current_dir(folder).env_clear();
    command
}

/// Runs a command that prints JSON.
pub(crate) fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = command(folder, arguments).args(["--format", "json"]).output().unwrap();
    assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Files by their paths.
pub(crate) type Files = Vec<(String, Vec<u8>)>;

/// The files of the bad form of an example.
pub(crate) fn files(example: &Example) -> Files {
    example.bad.iter().chain(&example.with).map(|file| (file.file.clone(), file.content.clone())).collect()
}

pub(crate) fn write_tree(folder: &Path, files: &Files) {
    for (name, content) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// The same as a package in a package.
pub(crate) fn write_package(folder: &Path, files: &Files) {
    let inner = pack(files);
    fs::write(folder.join("all.zip"), pack(&vec![("jcr_root/apps/x/install/sub.zip".to_owned(), inner)])).unwrap();
}

fn pack(files: &Files) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
