//! Packages at URLs: read by ranges from a server in this process that counts what it sends.
//!
//! Compiled with the feature `remote` only.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::expect_used, reason = "what fails in a test should fail loudly")]

#[path = "support/http_server.rs"]
mod http_server;

use http_server::{Conduct, Server};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use zip::CompressionMethod::{Deflated, Stored};
use zip::write::SimpleFileOptions;

/// A configuration with a finding.
const CONFIG: &str = "jcr_root/apps/x/config/com.adobe.granite.auth.oauth.accesstoken.provider-x.config";
const CONFIG_TEXT: &str = "auth.token.provider.title=\"Smart Tags\"\nauth.token.provider.client.id=\"0a1b2c\"\n\
                           auth.token.provider.type=\"ims\"\nauth.access.token.request.endpoint=\"https://ims-na1.adobelogin.com/ims/token/v3\"\n\
                           auth.token.provider.authorization.grants=\"client_credentials\"\n";
const FILTER: &str =
    "<workspaceFilter version=\"1.0\"><filter root=\"/apps/x\"/><filter root=\"/content\"/></workspaceFilter>";
const PROPERTIES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\
    <!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\"><properties>\
    <entry key=\"group\">acme</entry><entry key=\"name\">x</entry><entry key=\"version\">1.0</entry></properties>";

/// Bytes that do not pack, the same ones for the same seed.
fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..len).map(next).collect()
}

/// A package with `pictures` pictures of 60,000 bytes around its configuration and pages, and an inner package.
fn package(pictures: usize) -> Vec<u8> {
    let inner = zip_of(&[
        ("META-INF/vault/filter.xml".to_owned(), FILTER.into(), true),
        ("META-INF/vault/properties.xml".to_owned(), PROPERTIES.replace(">x<", ">inner<").into(), true),
        (CONFIG.replace("provider-x", "provider-inner"), CONFIG_TEXT.into(), true),
    ]);
    let mut files = vec![
        ("META-INF/vault/filter.xml".to_owned(), FILTER.into(), true),
        ("META-INF/vault/properties.xml".to_owned(), PROPERTIES.into(), true),
        ("jcr_root/etc/packages/inner.zip".to_owned(), inner, true),
        ("jcr_root/etc/packages/empty.zip".to_owned(), zip_of(&[]), false),
    ];
    for number in 0..pictures {
        if number == pictures / 2 {
            files.push((CONFIG.to_owned(), CONFIG_TEXT.into(), true));
        }
        let page = format!("<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" jcr:title=\"{number}\"/>");
        files.push((format!("jcr_root/content/x/{number}/.content.xml"), page.into(), true));
        files.push((format!("jcr_root/content/dam/x/{number}.png"), noise(60_000, number as u64), number % 2 == 0));
    }
    zip_of(&files)
}

fn zip_of(files: &[(String, Vec<u8>, bool)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes, packed) in files {
        let method = if *packed { Deflated } else { Stored };
        writer.start_file(name.as_str(), SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn aemlint(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aemlint"));
    // No proxy stands between the test and its own server.
    for variable in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(variable);
    }
    command.args(arguments).output().unwrap()
}

/// A report without what may differ: the name of the package, its digest, times.
fn comparable(output: &Output, name: &str) -> Value {
    let text = String::from_utf8(output.stdout.clone()).unwrap().replace(name, "PACKAGE");
    let mut report: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text} {output:?}"));
    report["inputs"][0]["sha256"] = Value::Null;
    report
}

fn check(input: &str) -> Output {
    aemlint(&["check", "--no-config", "--format", "json", "--no-times", input])
}

fn write(directory: &TempDir, bytes: &[u8]) -> PathBuf {
    let path = directory.path().join("x.zip");
    std::fs::write(&path, bytes).unwrap();
    path
}

/// The bytes of a package that have to be read: its directory, what can matter, and the front of everything else.
fn needed(bytes: &[u8]) -> u64 {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut needed = bytes.len() as u64 - archive.central_directory_start();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).unwrap();
        let wanted = [".xml", ".config", ".zip"].iter().any(|end| entry.name().unwrap().ends_with(end));
        let packed = entry.compressed_size();
        needed += entry.data_start().unwrap() - entry.header_start() + if wanted { packed } else { packed.min(512) };
    }
    needed
}

#[test]
fn a_large_package_is_read_by_ranges_and_judged_as_the_file() {
    let (directory, bytes) = (TempDir::new().unwrap(), package(400));
    assert!(bytes.len() > 20 << 20);
    let path = write(&directory, &bytes);
    let server = Server::start(bytes.clone(), Conduct::Ranges);
    let url = server.url("dir/x.zip");
    let (local, remote) = (check(path.to_str().unwrap()), check(&url));
    let (from_disk, from_afar) = (comparable(&local, path.to_str().unwrap()), comparable(&remote, &url));
    assert_eq!(from_afar, from_disk);
    assert_eq!(remote.status.code(), local.status.code());
    assert!(
        !from_disk["findings"].as_array().unwrap().is_empty() && from_disk["unread"].as_array().unwrap().is_empty()
    );
    let (sent, needed) = (server.sent(), needed(&bytes));
    println!("package {}, needed {needed}, fetched {sent} in {} requests", bytes.len(), server.requests());
    assert!(sent <= needed + needed / 20, "{sent} bytes were fetched, {needed} were needed");
    assert!(sent < bytes.len() as u64 / 10);
}

#[test]
fn a_small_package_comes_whole_and_all_of_it_is_searched() {
    let (directory, bytes) = (TempDir::new().unwrap(), package(3));
    let path = write(&directory, &bytes);
    let server = Server::start(bytes.clone(), Conduct::Ranges);
    let url = server.url("x.zip");
    let (from_disk, from_afar) = (check(path.to_str().unwrap()), check(&url));
    assert_eq!(comparable(&from_afar, &url), comparable(&from_disk, path.to_str().unwrap()));
    assert_eq!(server.sent(), bytes.len() as u64);
}

#[test]
fn what_contradicts_itself_far_away_is_searched_as_on_disk() {
    let directory = TempDir::new().unwrap();
    // Between prefix and archive, and behind its end, lies a package that no directory lists.
    let bytes = [&noise(100, 1)[..], &package(1), &package(200), &package(2)].concat();
    let path = write(&directory, &bytes);
    let server = Server::start(bytes, Conduct::Ranges);
    let url = server.url("x.zip");
    let (from_disk, from_afar) = (check(path.to_str().unwrap()), check(&url));
    assert_eq!(comparable(&from_afar, &url), comparable(&from_disk, path.to_str().unwrap()));
    assert!(String::from_utf8_lossy(&from_disk.stdout).contains("ambiguous-archive"));
}

#[test]
fn a_server_without_ranges_sends_the_package_once() {
    let (directory, bytes) = (TempDir::new().unwrap(), package(200));
    let path = write(&directory, &bytes);
    let server = Server::start(bytes.clone(), Conduct::WholeOnly);
    let url = server.url("x.zip");
    let (from_disk, from_afar) = (check(path.to_str().unwrap()), check(&url));
    assert_eq!(comparable(&from_afar, &url), comparable(&from_disk, path.to_str().unwrap()));
}

#[test]
fn what_cannot_be_fetched_is_unread_and_names_no_credential() {
    let (directory, bytes) = (TempDir::new().unwrap(), package(1));
    let path = write(&directory, &bytes);
    for (conduct, reason) in [
        (Conduct::Status(404), "does not exist"),
        (Conduct::Status(403), "access is denied"),
        (Conduct::Changing, "changed while it was read"),
        (Conduct::Garbage, "other bytes"),
    ] {
        let server = Server::start(package(200), conduct);
        let url =
            server.url("x.zip").replace("http://", "http://user:hunter2@") + "?sig=hunter2&X-Amz-Signature=hunter2";
        let output = aemlint(&["check", "--no-config", "-v", "--format", "json", &url, path.to_str().unwrap()]);
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(3), "{conduct:?}: {said}");
        assert!(said.contains(reason), "{conduct:?}: {said}");
        assert!(!said.contains("hunter2"), "{conduct:?}: {said}");
        assert!(said.contains(&server.url("x.zip")), "{conduct:?}: {said}");
        assert!(said.contains("missing-scope"), "the package on disk is judged: {said}");
    }
}

#[test]
fn the_password_of_a_url_is_sent_and_not_shown() {
    let server = Server::start(package(200), Conduct::Password);
    let (with, without) = (server.url("x.zip").replace("http://", "http://user:hunter2@"), server.url("x.zip"));
    let output = check(&with);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(text.contains("missing-scope") && text.contains(&without) && !text.contains("hunter2"));
    let refused = check(&without);
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&refused.stdout).contains("access is denied"));
}

#[test]
fn a_server_that_does_not_answer_ends_at_the_limit_of_time() {
    let server = Server::start(Vec::new(), Conduct::Silent);
    let begin = Instant::now();
    let output = aemlint(&["check", "--no-config", "--max-time", "2s", &server.url("x.zip")]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(begin.elapsed() < Duration::from_secs(20));
    let refused = aemlint(&["fix", &server.url("x.zip")]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(!Path::new("x.zip").exists());
}

#[test]
fn a_package_at_a_url_is_collected_once_and_judged_as_at_the_url() {
    let (directory, bytes) = (TempDir::new().unwrap(), package(400));
    let server = Server::start(bytes.clone(), Conduct::Ranges);
    let url = server.url("dir/x.zip");
    let out = directory.path().join("out");
    let with_secret = url.replace("http://", "http://user:hunter2@") + "?sig=hunter2";
    let list = directory.path().join("list");
    std::fs::write(&list, format!("{with_secret}\n")).unwrap();
    let collect = || {
        let (list, out) = (list.to_str().unwrap(), out.to_str().unwrap());
        let output = aemlint(&["collect", "--files-from", list, "-o", out, "--format", "json"]);
        let line = String::from_utf8(output.stdout.clone()).unwrap();
        assert!(!line.contains("hunter2") && !String::from_utf8_lossy(&output.stderr).contains("hunter2"));
        (output.status.code(), serde_json::from_str::<Value>(&line).unwrap())
    };
    let (code, line) = collect();
    assert_eq!(
        (code, &line["path"], &line["status"], &line["bundle"]),
        (Some(0), &Value::from(&*url), &"ok".into(), &"made".into())
    );
    assert_eq!((&line["size"], &line["sha256"]), (&Value::from(bytes.len()), &Value::Null));
    let (sent, needed) = (server.sent(), needed(&bytes));
    assert!(sent <= needed + needed / 20, "{sent} bytes were fetched, {needed} were needed");
    let (_, again) = collect();
    assert_eq!(again["bundle"], "kept");
    assert!(server.sent() - sent <= 1 << 10, "what is kept is not fetched again");
    let judged = check(&url);
    let from = ["check", "--no-config", "--format", "json", "--no-times", "--from", out.to_str().unwrap()];
    let collected = aemlint(&from);
    assert_eq!(String::from_utf8_lossy(&collected.stdout), String::from_utf8_lossy(&judged.stdout));
    assert_eq!(collected.status.code(), judged.status.code());
    for entry in std::fs::read_dir(out.join("paths")).unwrap() {
        assert!(!std::fs::read_to_string(entry.unwrap().path()).unwrap().contains("hunter2"));
    }
}

#[test]
fn what_cannot_be_collected_from_a_url_has_its_reason() {
    let directory = TempDir::new().unwrap();
    let path = write(&directory, &package(1));
    let out = directory.path().join("out");
    let of_a_file = format!("file://{}", path.display());
    for (conduct, reason) in [
        (Conduct::Status(404), "does not exist"),
        (Conduct::Status(403), "access is denied"),
        (Conduct::Changing, "changed while it was read"),
        (Conduct::Garbage, "other bytes"),
    ] {
        let server = Server::start(package(200), conduct);
        let arguments = ["collect", &server.url("x.zip"), &of_a_file, "-o", out.to_str().unwrap(), "--format", "json"];
        let output = aemlint(&arguments);
        let lines: Vec<Value> =
            String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((output.status.code(), lines.len()), (Some(3), 2), "{conduct:?}");
        let line = lines.iter().find(|line| line["path"] == server.url("x.zip")).unwrap();
        assert!(line["reason"].as_str().unwrap().contains(reason), "{conduct:?}: {line}");
        let file = lines.iter().find(|line| line["path"] == path.to_str().unwrap()).unwrap();
        assert_eq!(file["status"], "ok", "{file}");
    }
}
