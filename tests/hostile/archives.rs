//! Archives that lie: whatever the lie, both canaries are found, and the lie is named.

use super::canary::{Case, IMS, IMS_TEXT, both, ims, other, run, tags};
use super::zipbytes::{Archive, Descriptor, Entry};

fn archive(entries: impl IntoIterator<Item = Entry>) -> Vec<u8> {
    Archive::of(entries).bytes()
}

/// An entry without a directory, to be put somewhere.
fn loose(entry: Entry) -> Vec<u8> {
    Archive::of([entry.hidden()]).with(|archive| archive.no_end = true).bytes()
}

/// Both headers of an entry changed.
fn headers(entry: Entry, change: impl Fn(&mut super::zipbytes::Header)) -> Entry {
    entry.with(|entry| {
        change(&mut entry.local);
        change(&mut entry.central);
    })
}

#[test]
fn ordinary_archives_are_not_accused() {
    let streamed = |descriptor| archive([ims().streamed(descriptor), tags().streamed(descriptor)]);
    run([
        Case::new("plain", both().bytes(), &[]),
        Case::new("stored", archive([Entry::stored(IMS, IMS_TEXT.as_bytes()), tags()]), &[]),
        Case::new("signed descriptors", streamed(Descriptor::Signed), &[]),
        Case::new("plain descriptors", streamed(Descriptor::Plain), &[]),
        Case::new("wide descriptors", streamed(Descriptor::Wide), &[]),
        Case::new("zip64", both().with(|archive| archive.wide = true).bytes(), &[]),
        Case::new("a comment", both().with(|archive| archive.comment = b"by hand".to_vec()).bytes(), &[]),
        Case::new("padding", both().with(|archive| archive.entries[0].padding = vec![0; 7]).bytes(), &[]),
    ]);
}

#[test]
fn duplicate_entries() {
    let harmless = || Entry::deflated(IMS, b"name=\"harmless\"\n");
    run([
        Case::new("the canary first", archive([ims(), harmless(), tags()]), &["duplicate-entry"]),
        Case::new("the canary last", archive([harmless(), ims(), tags()]), &["duplicate-entry"]),
        Case::new("in the middle", archive([harmless(), ims(), harmless(), tags()]), &["duplicate-entry"]),
    ]);
}

#[test]
fn hidden_entries() {
    let rest = || Archive::of([other(), tags()]);
    let behind_stream = |cover: Entry| {
        let cover = cover.with(|entry| {
            entry.data.extend(loose(ims()));
            entry.central.packed = entry.data.len() as u64;
            entry.local.packed = entry.data.len() as u64;
        });
        archive([cover, tags()])
    };
    let hidden: &[&str] = &["hidden-entry"];
    run([
        Case::new("first", archive([ims().hidden(), tags()]), hidden),
        Case::new("between", archive([other(), ims().hidden(), tags()]), hidden),
        Case::new("last", archive([tags(), ims().hidden()]), hidden),
        Case::new("streamed", archive([other(), ims().streamed(Descriptor::Signed).hidden(), tags()]), hidden),
        Case::new("in the comment", rest().with(|archive| archive.comment = loose(ims())).bytes(), hidden),
        Case::new("behind the end", rest().with(|archive| archive.suffix = loose(ims())).bytes(), hidden),
        Case::new("before the start", rest().with(|archive| archive.prefix = loose(ims())).bytes(), hidden),
        Case::new(
            "before the directory",
            rest().with(|archive| archive.before_directory = loose(ims())).bytes(),
            hidden,
        ),
        Case::new("behind a deflate stream", behind_stream(Entry::deflated("a.png", b"pixels")), hidden),
        Case::new("behind the deflate stream of a text", behind_stream(other()), &["hidden-entry", "unclaimed-data"]),
        Case::new("in the padding", both().with(|archive| archive.entries[0].padding = loose(other())).bytes(), hidden),
    ]);
}

#[test]
fn end_records_that_lie() {
    let count = |count| both().with(|archive| archive.count = Some(count)).bytes();
    let size = |size| both().with(|archive| archive.directory_size = Some(size)).bytes();
    let empty = || Archive::default().bytes();
    let [first, second] = [archive([ims()]), archive([tags()])];
    let adjusted = Archive::of([tags()]).with(|archive| {
        archive.prefix = first.clone();
        archive.offsets_include_prefix = true;
    });
    let count_lie: &[&str] = &["count-mismatch"];
    let two: &[&str] = &["hidden-entry", "several-end-records"];
    run([
        Case::new("count 0", count(0), count_lie),
        Case::new("count low", count(1), count_lie),
        Case::new("count high", count(900), count_lie),
        Case::new("directory size 0", size(0), count_lie),
        Case::new("directory size low", size(40), count_lie),
        Case::new("directory size high", size(5000), count_lie),
        Case::new("an end record in the comment", both().with(|archive| archive.comment = empty()).bytes(), two),
        Case::new("an end record behind", both().with(|archive| archive.suffix = empty()).bytes(), two),
        Case::new("concatenated, IMS first", [first.clone(), second.clone()].concat(), two),
        Case::new("concatenated, IMS last", [second, first].concat(), two),
        Case::new("concatenated with adjusted offsets", adjusted.bytes(), two),
    ]);
}

#[test]
fn prefixes_and_suffixes() {
    let launcher = |offsets_include_prefix| {
        let launcher = both().with(|archive| {
            archive.prefix = b"#!/bin/sh\nexec java -jar \"$0\"\n".to_vec();
            archive.offsets_include_prefix = offsets_include_prefix;
        });
        launcher.bytes()
    };
    run([
        Case::new("a launcher", launcher(false), &["prefix-data"]),
        Case::new("a launcher in the offsets", launcher(true), &["prefix-data"]),
        Case::new("junk behind", both().with(|archive| archive.suffix = b"junk".to_vec()).bytes(), &["trailing-data"]),
        Case::new(
            "so much behind that no end record is found",
            both().with(|archive| archive.suffix = vec![b'x'; 200_000]).bytes(),
            &["directory-broken"],
        ),
        Case::new(
            "a comment that is not there",
            both().with(|archive| archive.comment_len = Some(500)).bytes(),
            &["directory-broken"],
        ),
    ]);
}

#[test]
fn broken_directories() {
    let whole = archive([ims().streamed(Descriptor::Signed), tags(), other()]);
    let directory = memchr::memmem::find(&whole, b"PK\x01\x02").unwrap();
    let broken: &[&str] = &["directory-broken"];
    let damaged = |at: usize| {
        let mut bytes = whole.clone();
        bytes[directory + at] ^= 0xFF;
        bytes
    };
    let nowhere = Entry::stored("a.xml", b"x").with(|entry| (entry.has_local, entry.offset) = (false, Some(1 << 31)));
    run([
        Case::new("no directory", whole[..directory].to_vec(), broken),
        Case::new("half a directory", whole[..directory + 70].to_vec(), broken),
        Case::new("no end record", whole[..whole.len() - 22].to_vec(), broken),
        Case::new("half an end record", whole[..whole.len() - 5].to_vec(), broken),
        Case::new("the last entry cut off", whole[..directory - 20].to_vec(), broken).incomplete(),
        Case::new("a damaged first record", damaged(0), broken),
        Case::new("an offset past the end", archive([ims(), nowhere, tags()]), broken).incomplete(),
    ]);
}

#[test]
fn sizes_that_lie() {
    let size = |size: u64| archive([headers(ims(), |header| header.size = size), tags()]);
    let central = |size: u64| archive([ims().with(|entry| entry.central.size = size), tags()]);
    let packed = |change: fn(&mut Entry)| archive([ims().with(change), tags()]);
    let lie: &[&str] = &["size-mismatch"];
    run([
        Case::new("size 0", size(0), lie),
        Case::new("size low", size(5), lie),
        Case::new("size high", size(100_000), lie),
        Case::new("size huge", size(u64::from(u32::MAX) - 1), lie),
        Case::new("central size 0", central(0), lie),
        Case::new("central size low", central(5), lie),
        Case::new("central size high", central(100_000), lie),
        Case::new("local packed size low", packed(|entry| entry.local.packed = 3), lie).incomplete(),
        Case::new("local packed size high", packed(|entry| entry.local.packed = 90_000), lie).incomplete(),
        Case::new(
            "central packed size high",
            packed(|entry| entry.central.packed += 40),
            &["overlap", "size-mismatch", "unclaimed-data"],
        ),
        Case::new(
            "central packed size low",
            packed(|entry| entry.central.packed = 3),
            &["size-mismatch", "unclaimed-data"],
        )
        .incomplete(),
    ]);
}

#[test]
fn methods_checksums_and_descriptors_that_lie() {
    let lie = |change: fn(&mut Entry)| archive([ims().with(change), tags()]);
    let streamed = |change: fn(&mut Entry)| archive([ims().streamed(Descriptor::Signed).with(change), tags()]);
    run([
        Case::new("central stored", lie(|entry| entry.central.method = 0), &["method-mismatch", "size-mismatch"])
            .incomplete(),
        Case::new("local stored", lie(|entry| entry.local.method = 0), &["method-mismatch", "size-mismatch"])
            .incomplete(),
        Case::new("local checksum", lie(|entry| entry.local.crc ^= 1), &["crc-mismatch"]),
        Case::new("central checksum", lie(|entry| entry.central.crc ^= 1), &["crc-mismatch"]),
        Case::new("both checksums", lie(|entry| (entry.local.crc, entry.central.crc) = (7, 7)), &[]).incomplete(),
        Case::new("no descriptor", streamed(|entry| entry.descriptor = Descriptor::None), &["descriptor-mismatch"]),
        Case::new(
            "a descriptor with other sizes",
            streamed(|entry| {
                entry.descriptor = Descriptor::None;
                entry.padding = [&b"PK\x07\x08"[..], &[1; 12]].concat();
            }),
            &["descriptor-mismatch", "unclaimed-data"],
        ),
    ]);
}

#[test]
fn zip64_lies() {
    let wide = |change: fn(&mut Archive)| both().with(|archive| archive.wide = true).with(change).bytes();
    let lie: &[&str] = &["zip64-mismatch"];
    run([
        Case::new("a wild locator", wide(|archive| archive.locator = Some(1 << 40)), lie),
        Case::new("a locator of all ones", wide(|archive| archive.locator = Some(u64::MAX)), lie),
        Case::new("counts that differ", wide(|archive| archive.count = Some(1)), lie),
        Case::new(
            "sizes that are nowhere",
            archive([ims().with(|entry| entry.central.packed = u64::from(u32::MAX)), tags()]),
            &["overlap", "size-mismatch", "zip64-mismatch"],
        )
        .incomplete(),
        Case::new(
            "a field that is too short",
            archive([
                ims().with(|entry| {
                    entry.central.size = u64::from(u32::MAX);
                    entry.central.extra = vec![1, 0, 4, 0, 1, 2, 3, 4];
                }),
                tags(),
            ]),
            &["size-mismatch", "zip64-mismatch"],
        ),
    ]);
}

#[test]
fn names_that_differ() {
    let unicode = Entry::deflated("logo.png", IMS_TEXT.as_bytes()).with(|entry| {
        let field = [&[1, 0, 0, 0, 0], IMS.as_bytes()].concat();
        entry.central.extra = [&[0x75, 0x70, field.len() as u8, 0], &field[..]].concat();
    });
    let differ: &[&str] = &["name-mismatch"];
    run([
        Case::new(
            "another central name",
            archive([ims().with(|entry| entry.central.name = b"logo.png".to_vec()), tags()]),
            differ,
        ),
        Case::new(
            "another local name",
            archive([ims().with(|entry| entry.local.name = b"logo.png".to_vec()), tags()]),
            differ,
        ),
        Case::new("a Unicode name", archive([unicode, tags()]), differ),
    ]);
}

#[test]
fn names_that_lead_elsewhere() {
    let named = |name: &str| {
        let name = name.to_owned();
        archive([headers(ims(), |header| header.name = name.clone().into_bytes()), tags()])
    };
    let long = format!("{}{IMS}", "jcr_root/../".repeat(5000));
    run([
        Case::new("absolute", named(&format!("/{IMS}")), &[]),
        Case::new("upwards", named(&format!("../../../{IMS}")), &["escaping-name"]),
        Case::new("through itself", named(&format!("./x/../{IMS}")), &["escaping-name"]),
        Case::new("a drive", named(&format!("C:\\{}", IMS.replace('/', "\\"))), &["escaping-name"]),
        Case::new("backslashes", named(&IMS.replace('/', "\\")), &["backslash-name"]),
        Case::new("long", named(&long), &["escaping-name"]),
        Case::new("another case", named(&IMS.to_uppercase()), &[]),
        Case::new("a directory with content", named(&format!("{IMS}/")), &["directory-content"]),
        Case::new("with a NUL", named(&format!("{IMS}\0.png")), &["name-mismatch"]),
        Case::new("with a blank before", named(&format!(" {IMS}")), &[]),
    ]);
}

#[test]
fn neighbours_that_cannot_be_read() {
    let encrypted = || headers(Entry::stored("a.xml", b"scrambled"), |header| (header.flags, header.crc) = (1, 1));
    let strange = || headers(Entry::stored("b.xml", b"?"), |header| header.method = 12);
    let corrupt = || Entry::deflated("c.xml", &[b'x'; 5000]).with(|entry| entry.data[5] ^= 0xFF);
    let no_zip = || Entry::deflated("d.zip", b"version https://git-lfs.github.com/spec/v1\n");
    run([
        Case::new("encrypted", archive([encrypted(), ims(), tags()]), &[]).incomplete(),
        Case::new("an unknown method", archive([strange(), ims(), tags()]), &[]).incomplete(),
        Case::new("corrupt", archive([corrupt(), ims(), tags()]), &[]).incomplete(),
        Case::new("named like an archive", archive([no_zip(), ims(), tags()]), &[]).incomplete(),
        Case::new("all of them", archive([encrypted(), strange(), corrupt(), no_zip(), ims(), tags()]), &[])
            .incomplete(),
        Case::new("a flag that does not encrypt", archive([headers(ims(), |header| header.flags = 1), tags()]), &[]),
        Case::new(
            "a flag in one header only",
            archive([ims().with(|entry| entry.central.flags = 1), tags()]),
            &["encryption-mismatch"],
        ),
    ]);
}

#[test]
fn nested_archives() {
    let in_archive = |name: &str, method| {
        let inner = archive([Entry::new(name, &both().bytes(), method)]);
        archive([Entry::new("jcr_root/etc/packages/bundle.dat", &inner, method), other()])
    };
    let launcher = both().with(|archive| archive.prefix = b"#!/bin/sh\n".to_vec()).bytes();
    let cut = Entry::deflated("sub.zip", &archive([ims(), tags(), Entry::stored("rest.bin", &[1; 9000])]));
    let cut = cut.with(|entry| {
        let keep = entry.data.len() - 40;
        entry.data.truncate(keep);
        (entry.central.packed, entry.local.packed) = (keep as u64, keep as u64);
    });
    run([
        Case::new("stored zip", in_archive("sub.zip", 0), &[]),
        Case::new("deflated zip", in_archive("sub.zip", 8), &[]),
        Case::new("jar", in_archive("sub.jar", 8), &[]),
        Case::new("without a name for it", in_archive("noext", 8), &[]),
        Case::new("named as a picture", in_archive("a.png", 0), &[]),
        Case::new("named as a text", in_archive("a.xml", 8), &[]),
        Case::new("named as a configuration", in_archive("a.config", 8), &[]),
        Case::new("with a launcher", archive([Entry::deflated("Run.JAR", &launcher)]), &["prefix-data"]),
        Case::new("cut off", archive([cut]), &["directory-broken"]).incomplete(),
        Case::new(
            "hidden in it",
            archive([Entry::deflated("a", &archive([ims().hidden(), tags()]))]),
            &["hidden-entry"],
        ),
    ]);
}
