//! Bombs and limits: where reading ends, and that it is said.

use super::testing::zipbytes::{Archive, Entry};
use super::testing::*;
use super::*;
use std::time::Duration;

#[test]
fn nesting_ends_at_its_limit() {
    let mut bytes = both().bytes();
    for _ in 0..2000 {
        bytes = Archive::of([Entry::stored("inner", &bytes)]).bytes();
    }
    let seen = see_bytes(&bytes, &options(1));
    assert_eq!(seen.limits(), [(LimitKind::Depth, 16)].into());
    assert_eq!(seen.outcome.archives.len(), 16);
    let mut bytes = both().bytes();
    for _ in 0..15 {
        bytes = Archive::of([Entry::deflated("inner", &bytes)]).bytes();
    }
    found_all(&bytes, &[]);
}

#[test]
fn limits_are_said_once_and_what_came_before_is_kept() {
    let many = Archive::of((0..500).map(|n| Entry::stored(format!("{n}.xml"), b"<x/>"))).bytes();
    let mut few = options(1);
    few.limits.entries = 132;
    let seen = see_bytes(&many, &few);
    assert_eq!((seen.files.len(), seen.limits()), (100, [(LimitKind::Entries, 132)].into()));
    assert_eq!(seen.outcome.unread.len(), 1);

    let mut small = options(1);
    small.limits.text = 1000;
    let seen = see_bytes(&Archive::of([Entry::deflated("a.xml", &[b'x'; 5000]), ims(), tags()]).bytes(), &small);
    assert!(seen.files.iter().any(|(_, bytes, partial)| bytes.len() == 1000 && *partial));
    assert_eq!(seen.limits(), [(LimitKind::Text, 1000)].into());

    let bomb = Archive::of([Entry::deflated("a.xml", &vec![0; 40 << 20]), ims(), tags()]).bytes();
    let mut strict = options(1);
    strict.limits.ratio = 10;
    assert_eq!(see_bytes(&bomb, &strict).limits(), [(LimitKind::Ratio, 10)].into());
    let mut strict = options(1);
    (strict.limits.inflated, strict.limits.ratio) = (1 << 20, 5000);
    assert_eq!(see_bytes(&bomb, &strict).limits(), [(LimitKind::Inflated, 1048576)].into());
    let mut strict = options(1);
    strict.limits.time = Duration::ZERO;
    let seen = see_bytes(&both().bytes(), &strict);
    assert_eq!((seen.files.len(), seen.limits()), (0, [(LimitKind::Time, 0)].into()));
}

#[test]
fn what_does_not_fit_into_memory_now_is_read_later() {
    let filler: Vec<u8> = (0..40_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let leaf = |n: u32| {
        let text = format!("<leaf n=\"{n}\"/>");
        Archive::of([Entry::stored("a.bin", &filler), Entry::deflated("leaf.xml", text.as_bytes())]).bytes()
    };
    let middle = |n: u32| Archive::of((0..4).map(|m| Entry::deflated("sub.zip", &leaf(n * 4 + m)))).bytes();
    let middles: Vec<_> = (0..4).map(|n| Entry::deflated(format!("{n}.zip"), &middle(n))).collect();
    let outer = Archive::of(middles).bytes();
    for (memory, threads) in [(256 << 20, 1), (900 << 10, 1), (900 << 10, 4), (1300 << 10, 2)] {
        let mut tight = options(threads);
        tight.limits.memory = memory;
        let seen = see_bytes(&outer, &tight);
        assert_eq!(seen.outcome.unread, [], "{memory}");
        assert_eq!(seen.files.len(), 16, "{memory} {threads}");
    }
    let mut tight = options(2);
    tight.limits.memory = 100 << 10;
    assert_eq!(see_bytes(&outer, &tight).limits(), [(LimitKind::Memory, 102400)].into());
}

#[test]
fn many_entries_over_the_same_bytes_end_soon() {
    // All records point at one deflated stream that inflates to 40 MiB: 4.5 GB if each were read.
    let bomb = Entry::deflated("0.xml", &vec![0; 40 << 20]);
    let more = (1..110).map(|n| {
        bomb.clone().with(|entry| {
            entry.central.name = format!("{n}.xml").into_bytes();
            (entry.has_local, entry.offset) = (false, Some(0));
        })
    });
    let bytes = Archive::of([bomb.clone()].into_iter().chain(more).chain([tags()])).bytes();
    let seen = see_bytes(&bytes, &options(1));
    assert!(seen.classes().contains("overlap"));
    assert!(seen.has(TAGS_TEXT));
}

#[test]
fn fan_out_ends_at_its_limits() {
    // As 42.zip: sixteen archives in each, all the way down.
    let mut bytes = Archive::of([Entry::deflated("0.dll", &vec![0; 1 << 20])]).bytes();
    for _ in 0..5 {
        bytes = Archive::of((0..16).map(|n| Entry::deflated(format!("{n}.zip"), &bytes))).bytes();
    }
    let mut few = options(2);
    few.limits.entries = 100_000;
    let seen = see_bytes(&bytes, &few);
    assert_eq!(seen.limits(), [(LimitKind::Entries, 100000)].into());
    assert!(seen.outcome.archives.len() < 3200);
}

#[test]
fn overlapping_entries_that_quote_each_other_end_soon() {
    // Each header quotes the next one, so that all streams share the last one's bytes: Fifield's construction.
    let kernel = zipbytes_kernel();
    let count = 400;
    let mut entries = Vec::new();
    let mut data = kernel.clone();
    let mut size = 20_u64 << 20;
    for n in (0..count).rev() {
        let entry = Entry::deflated(format!("{n:03}.xml"), b"").with(|entry| {
            for header in [&mut entry.local, &mut entry.central] {
                (header.packed, header.size, header.crc) = (data.len() as u64, size, 0);
            }
        });
        let header = Archive::of([entry.clone().with(|entry| entry.has_central = false)])
            .with(|archive| archive.no_end = true)
            .bytes();
        let header = header[..30 + entry.local.name.len()].to_vec();
        // A stored, not final block that holds the header of the entry behind.
        let quoted = [&[0][..], &(header.len() as u16).to_le_bytes(), &(!(header.len() as u16)).to_le_bytes()].concat();
        size += header.len() as u64;
        entries.push((header.clone(), entry));
        data = [quoted, header, data].concat();
    }
    entries.reverse();
    let mut out = Vec::new();
    let mut listed = Vec::new();
    for (at, (header, entry)) in entries.iter().enumerate() {
        if at > 0 {
            out.extend(
                [&[0][..], &(header.len() as u16).to_le_bytes(), &(!(header.len() as u16)).to_le_bytes()].concat(),
            );
        }
        let offset = out.len() as u64;
        out.extend(header);
        listed.push(entry.clone().with(|entry| (entry.has_local, entry.offset) = (false, Some(offset))));
    }
    out.extend(&kernel);
    let bytes =
        Archive::of(listed).with(|archive| (archive.prefix, archive.offsets_include_prefix) = (out, true)).bytes();
    let seen = see_bytes(&bytes, &options(2));
    assert!(seen.classes().contains("overlap"));
    assert!(
        seen.outcome.unread.iter().any(|unread| unread.cause == UnreadCause::SharedBytes),
        "{:?}",
        seen.outcome.unread
    );
}

fn zipbytes_kernel() -> Vec<u8> {
    super::testing::zipbytes::deflate(&vec![b'a'; 20 << 20])
}

#[test]
fn a_million_lies_are_a_few_lines() {
    let hidden = (0..3000).map(|n| Entry::stored(format!("{n}.xml"), b"<x/>").hidden());
    let secret = (0..3000).map(|n| Entry::stored(format!("s{n}.bin"), b"").with(|entry| entry.central.method = 12));
    let seen = see_bytes(&Archive::of(hidden.chain(secret).chain([ims()])).bytes(), &options(3));
    assert!(seen.outcome.unread.len() < 110);
    assert!(seen.outcome.anomalies.iter().all(|anomaly| anomaly.detail.len() < 500));
    assert!(seen.outcome.anomalies.iter().any(|anomaly| anomaly.detail.ends_with("and 2997 more")));
    assert_eq!(seen.files.len(), 3001);
}

#[test]
fn a_limit_that_leaves_many_archives_out_is_said_shortly() {
    let inner = Archive::of([Entry::stored("a.xml", b"<a/>")]).bytes();
    let outer = Archive::of((0..2000).map(|n| Entry::deflated(format!("{n}.zip"), &inner))).bytes();
    let mut few = options(2);
    few.limits.entries = 2000 + 32 + 33 * 10;
    // Of several threads each can meet the limit inside of an archive, which is one line more.
    few.threads = Some(1);
    let seen = see_bytes(&outer, &few);
    assert!(!seen.files.is_empty() && seen.files.len() <= 10);
    assert_eq!(seen.outcome.unread.len(), 101);
}
