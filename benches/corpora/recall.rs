//! Compares the planted findings with those that `aemlint` reported.

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::{fs, iter};

use serde_json::Value;

use crate::corpus::Corpus;

/// The rule that the planted URL breaks.
const RULE: &str = "legacy-smart-content-url";

/// How many lost ones are named.
const SHOWN: usize = 10;

/// Prints how many of the planted findings are in the JSON report, and which are not.
pub(crate) fn print(corpus: &Corpus, report: &Path) -> io::Result<()> {
    let report: Value = match serde_json::from_slice(&fs::read(report)?) {
        Ok(report) => report,
        Err(error) => {
            println!("recall: no JSON report: {error}");
            return Ok(());
        }
    };
    let findings = report.get("findings").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    // A rule may count: then one finding stands for all places that are related to it.
    let places = findings.iter().filter(|finding| text(finding, "rule") == Some(RULE)).flat_map(|finding| {
        let related = finding.get("related").and_then(Value::as_array).into_iter().flatten();
        iter::once(finding).chain(related).filter_map(|place| text(place.get("location")?, "path"))
    });
    let reported: HashSet<&str> = places.filter_map(|path| below(path, &corpus.path)).collect();
    let lost: Vec<&String> = corpus.planted.iter().filter(|path| !reported.contains(path.as_str())).collect();
    println!(
        "recall: {} of {} planted findings reported, {} findings in all, {} unread",
        corpus.planted.len() - lost.len(),
        corpus.planted.len(),
        findings.len(),
        report.get("unread").and_then(Value::as_array).map_or(0, Vec::len),
    );
    for path in lost.iter().take(SHOWN) {
        println!("  lost: {path}");
    }
    if lost.len() > SHOWN {
        println!("  and {} more", lost.len() - SHOWN);
    }
    Ok(())
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

/// What of `path` is below the corpus: paths are shown relative to where `aemlint` was started where that is shorter.
fn below<'a>(path: &'a str, corpus: &Path) -> Option<&'a str> {
    let folder = corpus.file_name()?.to_str()?;
    let (_, below) = path.split_once(&format!("{folder}/"))?;
    Some(below)
}
