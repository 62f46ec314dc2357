//! What the fuzzer starts from: the test vectors, the test packages and archives with every kind of lie.
#![allow(unreachable_pub, reason = "a module of a test")]

use super::invariants::zipbytes::{Archive, Descriptor, Entry};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Seeds larger than this only slow the fuzzer down.
const LARGEST: usize = 8 << 10;

/// The seeds of a target.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = match target {
        "archive" => archives(),
        "docview" => docviews(),
        "config" => texts("felix-config.jsonl").chain(texts("sling-read.jsonl")).collect(),
        "cfg_json" => texts("cfgjson.jsonl").collect(),
        "properties" => properties(),
        "filter" => filters(),
        "mask" => masks(),
        "bundle" => bundles(),
        "scan" => packages(),
        _ => Vec::new(),
    };
    seeds.retain(|seed| seed.len() <= LARGEST);
    seeds.sort();
    seeds.dedup();
    seeds
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn vectors(file: &str) -> impl Iterator<Item = Value> {
    let text = fs::read_to_string(root().join("testdata/vectors").join(file)).unwrap();
    let inputs: Vec<Value> =
        text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["input"].take()).collect();
    inputs.into_iter()
}

fn texts(file: &str) -> impl Iterator<Item = Vec<u8>> {
    vectors(file).filter_map(|input| Some(input.get("text")?.as_str()?.as_bytes().to_vec()))
}

fn docviews() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = texts("docview-doc.jsonl").collect();
    for input in vectors("docview-prop.jsonl") {
        let Some(value) = input.get("value").and_then(Value::as_str) else { continue };
        let value = value.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        seeds.push(format!("<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" a=\"{value}\"/>").into_bytes());
    }
    let with_dtd = "<!DOCTYPE r [<!ENTITY a \"x&#65;\"><!ENTITY b \"&a;&a;\"><!ATTLIST jcr:root c CDATA \"&b;\">]>\n\
                    <jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" d=\"&b;\"><n e='f' e='g'></jcr:root>";
    seeds.push(with_dtd.into());
    seeds.push([&[0xfe, 0xff], &with_dtd.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>()[..]].concat());
    seeds.push(with_dtd.encode_utf16().flat_map(u16::to_le_bytes).collect());
    seeds.push(b"<?xml version='1.0' encoding='ISO-8859-1'?><a b='\xe4'/>".to_vec());
    seeds
}

fn properties() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = texts("sling-read.jsonl").collect();
    seeds.push(b"# c\n! d\na=b\nc : d\\\n   e\nf\\ g h\nk\\u00e4=\\u0041\\t\n a\t=\n".to_vec());
    seeds.push(
        b"<?xml version=\"1.0\"?><!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\">\
          <properties><comment>c</comment><entry key=\"a\">b&amp;</entry><entry key=\"a\">c</entry></properties>"
            .to_vec(),
    );
    seeds
}

fn filters() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for input in vectors("filter.jsonl") {
        let mut seed = input["filterXml"].as_str().unwrap_or_default().as_bytes().to_vec();
        seed.push(0);
        for path in input["paths"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            seed.extend_from_slice(path.as_bytes());
            seed.push(b'\n');
        }
        seeds.push(seed);
    }
    let patterns =
        ["/a/(b|c)*/d{1,3}", "(?i)/A[^/&&[a-z]]+\\\\Qx\\\\E", "(/[a-z]+)+!", "/a(?=/b)\\\\1?+", ".*/x(/.*)?"];
    for pattern in patterns {
        let pattern = pattern.replace("\\\\", "\\").replace('&', "&amp;");
        let seed = format!(
            "<workspaceFilter version=\"1.0\"><filter root=\"/a\" mode=\"merge\"><include pattern=\"{pattern}\"/>\
             <exclude pattern=\"/a/.*\" matchProperties=\"true\"/></filter></workspaceFilter>\0/a/b/c\n/a/x/aaaaaaaaaaaa\n"
        );
        seeds.push(seed.into_bytes());
    }
    seeds
}

fn masks() -> Vec<Vec<u8>> {
    let names: &[&[u8]] = &[
        b"a/b.config",
        b"\xff\x1b[31m::error::x\n##[group]<zz>\xff##vso[x]\xe2\x80\xae|`[a](b)\xffit is \x1b]0;x\x07 \xc2\x9b2J",
        b"content/<zz\">'&\r\n::set-env name=a::b\xff%0A%25#?:,\xff::stop-commands::x\xff```\n<zz",
    ];
    let mut seeds = Vec::new();
    for mode in 0..3_u8 {
        for choice in 0..12_u8 {
            for names in names {
                let mut seed = vec![mode, choice, choice.wrapping_mul(24), 12];
                seed.extend_from_slice(b"\x01\x22\xc3\x40\x95\x66\xf7\x08\x19\xaa\xbb\xcc");
                seed.extend_from_slice(b"a=\"b\"\n# c\xff\nd=\"e\"\n<f g='h'/>\xff");
                seed.extend_from_slice(names);
                seeds.push(seed);
            }
        }
    }
    seeds
}

const CONFIG: &[u8] = b"auth.ims.client.id=\"canary one\"\n";
const XML: &[u8] = b"<jcr:root url=\"https://canary.two/smartcontent\"/>\n";

fn archives() -> Vec<Vec<u8>> {
    let config = || Entry::deflated("jcr_root/a.config", CONFIG);
    let xml = || Entry::stored("jcr_root/.content.xml", XML);
    let both = || Archive::of([config(), xml()]);
    let nested = || Entry::stored("jcr_root/install/b.zip", &both().bytes());
    let streamed = |kind| Archive::of([config().streamed(kind), xml()]).bytes();
    vec![
        both().bytes(),
        Archive::of([nested(), xml()]).bytes(),
        Archive::of([Entry::deflated("b.bin", &both().bytes()), nested()]).bytes(),
        streamed(Descriptor::Signed),
        streamed(Descriptor::Plain),
        streamed(Descriptor::Wide),
        Archive::of([config().hidden(), xml()]).bytes(),
        Archive::of([config(), config(), Entry::stored("jcr_root/a.config", XML)]).bytes(),
        Archive::of([config().with(|entry| entry.local.name = b"jcr_root/b.config".to_vec()), xml()]).bytes(),
        Archive::of([config().with(|entry| entry.central.size = 3), xml()]).bytes(),
        Archive::of([config().with(|entry| entry.offset = Some(5)), xml()]).bytes(),
        Archive::of([xml().with(|entry| entry.has_local = false), config()]).bytes(),
        Archive::of([xml().with(|entry| entry.padding = b"padding".to_vec()), config()]).bytes(),
        both().with(|archive| archive.prefix = b"#!/bin/sh\n".to_vec()).bytes(),
        both().with(|archive| archive.suffix = both().bytes()).bytes(),
        both().with(|archive| archive.comment = both().bytes()).bytes(),
        both().with(|archive| archive.count = Some(1)).bytes(),
        both().with(|archive| archive.wide = true).bytes(),
        both().with(|archive| archive.no_end = true).bytes(),
        both().with(|archive| archive.directory_offset = Some(7)).bytes(),
    ]
}

/// All test cases and the shipped package, packed without compression so that a change of a byte is one of the text.
fn packages() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let mut directories: Vec<PathBuf> = vec![root().join("testdata/packages/acme.all-1.4.0")];
    for case in sorted(&root().join("testdata/cases")) {
        directories.extend(sorted(&case.join("input")).into_iter().filter(|path| path.is_dir()));
    }
    for directory in directories {
        // A tree stands for the package that is built from it.
        let content = directory.join("src/main/content");
        let directory = if content.is_dir() { content } else { directory };
        let mut files = Vec::new();
        collect(&directory, "", &mut files);
        seeds.push(Archive::of(files.iter().map(|(name, content)| Entry::stored(name, content))).bytes());
        let mut text = Vec::new();
        for (name, content) in files.iter().filter(|(name, _)| !name.ends_with(".zip")) {
            text.extend_from_slice(name.as_bytes());
            text.push(b'\n');
            text.extend_from_slice(content);
            text.push(0x1e);
        }
        for carrier in 0..6 {
            seeds.push([&[0x1d, carrier], &b"# a\nb=\"c\"\n\x1e"[..], &text].concat());
        }
        seeds.push(text);
    }
    seeds
}

/// The lines of the bundles of these packages.
fn bundles() -> Vec<Vec<u8>> {
    let packages = packages().into_iter().filter(|seed| seed.starts_with(b"PK"));
    packages.map(super::invariants::packages::lines_of_bundle).collect()
}

fn collect(directory: &Path, prefix: &str, files: &mut Vec<(String, Vec<u8>)>) {
    for path in sorted(directory) {
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() && name.ends_with(".zip") {
            let mut inner = Vec::new();
            collect(&path, "", &mut inner);
            files.push((name, Archive::of(inner.iter().map(|(name, content)| Entry::stored(name, content))).bytes()));
        } else if path.is_dir() {
            collect(&path, &format!("{name}/"), files);
        } else {
            files.push((name, fs::read(&path).unwrap()));
        }
    }
}

fn sorted(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
