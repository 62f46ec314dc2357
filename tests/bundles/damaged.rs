//! Bundles that are damaged, foreign or hostile: each is named, the exit code is 3, and the others are judged.

use super::random::Random;
use super::{aemlint, bundles, lines, three};
use serde_json::Value;
use std::fs;
use std::path::Path;

#[test]
fn damaged_and_foreign_bundles_are_named_and_the_others_judged() {
    let directory = three();
    let root = directory.path();
    aemlint(root, &["collect", "a.zip", "b.zip", "-o", "out"]);
    let there = bundles(&root.join("out"));
    let whole = fs::read(&there[0]).unwrap();
    let judged = || {
        let output = aemlint(root, &["check", "--from", "out", "--format", "json", "--no-config"]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let unread = report["unread"].as_array().unwrap().clone();
        (output.status.code(), unread, report["summary"]["packages"].as_u64().unwrap())
    };
    assert_eq!(judged().2, 2);
    let version = |bytes: &[u8]| String::from_utf8_lossy(bytes).replacen(env!("CARGO_PKG_VERSION"), "99.0.0", 1);
    let end = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let other = [version(&whole[..end]).as_bytes(), &whole[end..]].concat();
    let mut flipped = whole.clone();
    let middle = whole.len() / 2;
    flipped[middle] ^= 0x10;
    let longer = [&whole[..], b"x"].concat();
    let stranger = fs::read(&there[1]).unwrap();
    for (bytes, word) in [
        (b"PK\x03\x04".to_vec(), "damaged"),
        (Vec::new(), "damaged"),
        (whole[..whole.len() - 9].to_vec(), "damaged"),
        (flipped, "damaged"),
        (longer, "damaged"),
        (other, "version 99.0.0"),
        (stranger, "another package"),
    ] {
        fs::write(&there[0], bytes).unwrap();
        let (code, unread, packages) = judged();
        assert_eq!((code, packages), (Some(3), 1), "{word}");
        assert_eq!(unread.len(), 1);
        assert!(unread[0].to_string().contains(word), "{unread:?}");
    }
    // What is not whole is collected again.
    let again = aemlint(root, &["collect", "a.zip", "b.zip", "-o", "out", "--format", "json"]);
    let made = lines(&again).iter().filter(|line| line["bundle"] == "made").count();
    assert_eq!(made, 1);
    assert_eq!(fs::read(&there[0]).unwrap(), whole);
}

/// Judges the two bundles in `out`: the exit code, what was not read, the number of packages.
fn judge(root: &Path) -> (Option<i32>, Vec<Value>, u64) {
    let output = aemlint(root, &["check", "--from", "out", "--format", "json", "--no-config", "--no-times"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let unread = report["unread"].as_array().unwrap().clone();
    (output.status.code(), unread, report["summary"]["packages"].as_u64().unwrap())
}

/// Cuts, flips, doubles or overwrites bytes.
fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(bytes.len());
    match random.below(5) {
        0 => bytes.truncate(at),
        1 => bytes[at] ^= 1 << random.below(8),
        2 => {
            let end = at + random.below(bytes.len() - at);
            bytes.drain(at..end);
        }
        3 => {
            let piece = bytes[at..].to_vec();
            bytes.extend(piece);
        }
        _ => bytes[at..].iter_mut().for_each(|byte| *byte = random.next().to_le_bytes()[0]),
    }
}

#[test]
fn whatever_is_damaged_is_named_and_nothing_else_is_judged_differently() {
    let directory = three();
    let root = directory.path();
    aemlint(root, &["collect", "a.zip", "b.zip", "-o", "out"]);
    let there = bundles(&root.join("out"));
    let whole = fs::read(&there[0]).unwrap();
    let intact = judge(root);
    let random = &mut Random::new(7);
    let (mut damaged, mut harmless) = (0, 0);
    for round in 0..60 {
        let mut bytes = whole.clone();
        damage(&mut bytes, random);
        fs::write(&there[0], &bytes).unwrap();
        let judged = judge(root);
        // A few bits of the header of a gzip stream say when and where it was packed.
        if bytes == whole || judged == intact {
            harmless += 1;
            continue;
        }
        damaged += 1;
        let (code, unread, packages) = judged;
        assert_eq!((code, packages, unread.len()), (Some(3), 1, 1), "{round}: {unread:?}");
        let place = unread[0]["location"]["file"].as_str().unwrap();
        assert_eq!(Path::new(place), there[0].strip_prefix(root).unwrap(), "{round}");
    }
    assert!(damaged > 50 && harmless < 10, "{damaged} {harmless}");
}
