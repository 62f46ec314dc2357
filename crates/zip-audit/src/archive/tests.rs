//! Archives that lie, each with two canaries: whatever the lie, both must be seen, and the lie must be named.

use crate::testing::zipbytes::{Archive, Descriptor, Entry};
use crate::testing::*;
use crate::types::Options;
use std::collections::BTreeSet;

#[test]
fn ordinary_archives_have_no_anomaly() {
    let wide = |entry: Entry| {
        entry.with(|entry| {
            for header in [&mut entry.local, &mut entry.central] {
                let sizes = [header.size, header.packed].map(u64::to_le_bytes).concat();
                header.extra = [&[1, 0, 16, 0], &sizes[..]].concat();
                (header.size, header.packed) = (u64::from(u32::MAX), u64::from(u32::MAX));
            }
        })
    };
    found_all(&both().bytes(), &[]);
    for descriptor in [Descriptor::Signed, Descriptor::Plain, Descriptor::Wide] {
        found_all(&Archive::of([ims().streamed(descriptor), tags(), other().streamed(descriptor)]).bytes(), &[]);
    }
    found_all(&both().with(|archive| archive.wide = true).bytes(), &[]);
    found_all(&Archive::of([wide(ims()), wide(tags())]).with(|archive| archive.wide = true).bytes(), &[]);
    found_all(&both().with(|archive| archive.comment = b"made by hand".to_vec()).bytes(), &[]);
    found_all(&both().with(|archive| archive.entries[0].padding = vec![0; 7]).bytes(), &[]);
    // Directories are listed twice by many tools, and order is free.
    let folder = || Entry::stored("META-INF/", b"");
    found_all(&Archive::of([folder(), tags(), folder(), ims()]).bytes(), &[]);
}

/// An entry with a directory's name whose packed bytes are these, of which the headers say that they hold nothing.
fn folder_of(packed: &[u8]) -> Entry {
    Entry::deflated("jcr_root/apps/", b"").with(|entry| {
        entry.data = packed.to_vec();
        entry.local.packed = packed.len() as u64;
        entry.central.packed = packed.len() as u64;
    })
}

#[test]
fn a_directory_of_nothing_has_no_anomaly_however_it_is_packed() {
    // A fixed block, a stored one, a flush before either, and many flushes.
    let flush = [0, 0, 0, 0xff, 0xff];
    let streams = [
        vec![3, 0],
        vec![1, 0, 0, 0xff, 0xff],
        [&flush[..], &[3, 0]].concat(),
        [flush.repeat(40), vec![3, 0]].concat(),
    ];
    for packed in &streams {
        found_all(&Archive::of([folder_of(packed), ims(), tags(), folder_of(packed)]).bytes(), &[]);
        for descriptor in [Descriptor::Signed, Descriptor::Plain, Descriptor::Wide] {
            let folder = folder_of(packed).streamed(descriptor);
            found_all(&Archive::of([folder.clone(), ims(), folder, tags()]).bytes(), &[]);
        }
    }
    for method in [0, 8] {
        let none =
            || Entry::stored("a.zip/", b"").with(|entry| (entry.local.method, entry.central.method) = (method, method));
        found_all(&Archive::of([none(), ims(), tags(), none()]).bytes(), &[]);
        let none = || none().streamed(Descriptor::Signed);
        found_all(&Archive::of([none(), ims(), tags(), none()]).bytes(), &[]);
    }
}

#[test]
fn a_directory_with_content_is_read_as_the_file_that_some_see() {
    let name = format!("{IMS}/");
    let with_content = [Entry::deflated(&name, IMS_TEXT), Entry::stored(&name, IMS_TEXT)];
    for folder in with_content {
        found_all(&Archive::of([folder.clone(), tags()]).bytes(), &["directory-content"]);
        found_all(&Archive::of([folder.streamed(Descriptor::Signed), tags()]).bytes(), &["directory-content"]);
    }
    // Its headers say that it is empty.
    let liar = Entry::deflated(&name, IMS_TEXT).with(|entry| (entry.local.size, entry.central.size) = (0, 0));
    found(&Archive::of([liar, tags()]).bytes(), &["directory-content", "size-mismatch"]);
    // One byte, damage, and bytes behind the end of the stream.
    let one = Entry::deflated("x/", b"1");
    for folder in [one, folder_of(&[0xff; 3]), folder_of(&[3, 0, 0]), Entry::stored("x/", b"1")] {
        found(&Archive::of([folder, ims(), tags()]).bytes(), &["directory-content"]);
    }
}

#[test]
fn an_archive_from_the_zip_crate_is_read_the_same() {
    use std::io::{Cursor, Write as _};
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [(IMS, IMS_TEXT), (TAGS, TAGS_TEXT)] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text).unwrap();
    }
    let seen = found_all(&writer.finish().unwrap().into_inner(), &[]);
    assert_eq!((seen.outcome.files, seen.outcome.archives.len()), (2, 1));
}

#[test]
fn entries_of_one_name_are_all_read() {
    let twin = Entry::deflated(IMS, b"harmless");
    found_all(&Archive::of([ims(), twin.clone(), tags()]).bytes(), &["duplicate-entry"]);
    found_all(&Archive::of([twin, ims(), tags()]).bytes(), &["duplicate-entry"]);
}

#[test]
fn entries_outside_the_directory_are_read() {
    found_all(&Archive::of([ims().hidden(), tags()]).bytes(), &["hidden-entry"]);
    found_all(&Archive::of([other(), ims().hidden(), tags()]).bytes(), &["hidden-entry"]);
    found_all(&Archive::of([tags(), ims().hidden()]).bytes(), &["hidden-entry"]);
    let streamed = ims().streamed(Descriptor::Signed).hidden();
    found_all(&Archive::of([other(), streamed, tags()]).bytes(), &["hidden-entry"]);
    let streamed = tags().streamed(Descriptor::Signed).hidden();
    found_all(&Archive::of([ims(), streamed]).bytes(), &["hidden-entry"]);
    // In the comment, behind the end, and before the start.
    let hidden = Archive::of([ims().hidden()]).with(|archive| archive.no_end = true).bytes();
    let rest = || Archive::of([other(), tags()]);
    found_all(&rest().with(|archive| archive.comment = hidden.clone()).bytes(), &["hidden-entry"]);
    found_all(&rest().with(|archive| archive.suffix = hidden.clone()).bytes(), &["hidden-entry"]);
    found_all(&rest().with(|archive| archive.prefix = hidden.clone()).bytes(), &["hidden-entry"]);
    found_all(&rest().with(|archive| archive.before_directory = hidden.clone()).bytes(), &["hidden-entry"]);
}

#[test]
fn an_entry_behind_the_end_of_a_deflate_stream_is_read() {
    let hidden = Archive::of([ims().hidden()]).with(|archive| archive.no_end = true).bytes();
    // Only what is inflated anyway is measured.
    let classes: [&[&str]; 2] = [&["hidden-entry"], &["hidden-entry", "unclaimed-data"]];
    for (cover, classes) in [Entry::deflated("a.png", b"pixels"), other()].into_iter().zip(classes) {
        let cover = cover.with(|entry| {
            entry.data.extend(&hidden);
            entry.central.packed = entry.data.len() as u64;
            entry.local.packed = entry.data.len() as u64;
        });
        found_all(&Archive::of([cover, tags()]).bytes(), classes);
    }
}

/// An archive that is not read whole, in which an entry is hidden behind the stream of a picture.
fn large_with_hidden() -> Archive {
    let hidden = Archive::of([ims().hidden()]).with(|archive| archive.no_end = true).bytes();
    let cover = Entry::deflated("a.png", b"pixels").with(|entry| {
        entry.data.extend(&hidden);
        entry.central.packed = entry.data.len() as u64;
        entry.local.packed = entry.data.len() as u64;
    });
    Archive::of([Entry::stored("film.bin", &vec![1; 9 << 20]), cover, tags()])
}

#[test]
fn packed_bytes_of_large_archives_are_searched_where_something_can_see_into_them() {
    let large = large_with_hidden().bytes();
    let seen = see_bytes(&large, &options(1));
    assert!(seen.has(TAGS_TEXT) && !seen.has(IMS_TEXT) && seen.classes().is_empty(), "{:?}", seen.outcome);
    for threads in 1..3 {
        let seen = see_bytes(&large, &Options { search_packed: true, ..options(threads) });
        assert!(seen.has(TAGS_TEXT) && seen.has(IMS_TEXT), "{:?}", seen.outcome);
        assert_eq!(seen.classes(), BTreeSet::from(["hidden-entry"]));
    }
    // What contradicts itself in another way is searched; an archive in an archive is.
    let contradicting = large_with_hidden().with(|archive| archive.count = Some(1)).bytes();
    found_all(&contradicting, &["count-mismatch", "hidden-entry"]);
    let trailing = large_with_hidden().with(|archive| archive.suffix = b"junk".to_vec()).bytes();
    found_all(&trailing, &["trailing-data", "hidden-entry"]);
    found_all(&Archive::of([Entry::stored("inner.zip", &large)]).bytes(), &["hidden-entry"]);
}

#[test]
fn names_that_differ_are_all_used() {
    let renamed = ims().with(|entry| entry.central.name = b"logo.png".to_vec());
    let seen = found_all(&Archive::of([renamed, tags()]).bytes(), &["name-mismatch"]);
    assert!(seen.names().contains(IMS));
    let renamed = ims().with(|entry| entry.local.name = b"logo.png".to_vec());
    found_all(&Archive::of([renamed, tags()]).bytes(), &["name-mismatch"]);
    let unicode = Entry::deflated("logo.png", IMS_TEXT).with(|entry| {
        let field = [&[1, 0, 0, 0, 0], IMS.as_bytes()].concat();
        entry.central.extra = [&[0x75, 0x70, field.len() as u8, 0], &field[..]].concat();
    });
    let seen = found_all(&Archive::of([unicode, tags()]).bytes(), &["name-mismatch"]);
    assert!(seen.names().contains(IMS));
}

#[test]
fn counts_and_sizes_of_the_directory_are_not_believed() {
    for count in [0, 1, 3, 900] {
        found_all(&both().with(|archive| archive.count = Some(count)).bytes(), &["count-mismatch"]);
    }
    for size in [0, 40, 5000] {
        found_all(&both().with(|archive| archive.directory_size = Some(size)).bytes(), &["count-mismatch"]);
    }
}

#[test]
fn a_forged_end_record_hides_nothing() {
    // The empty directory of the last end record is what many readers believe.
    let empty = Archive::default().bytes();
    let forged = both().with(|archive| archive.comment = empty.clone());
    found_all(&forged.bytes(), &["hidden-entry", "several-end-records"]);
    let forged = both().with(|archive| archive.suffix = empty.clone());
    found_all(&forged.bytes(), &["hidden-entry", "several-end-records"]);
    // Two archives one behind the other.
    let first = Archive::of([ims()]).bytes();
    let joined = [first.clone(), Archive::of([tags()]).bytes()].concat();
    found_all(&joined, &["hidden-entry", "several-end-records"]);
    let adjusted = Archive::of([tags()]).with(|archive| {
        archive.prefix = first;
        archive.offsets_include_prefix = true;
    });
    found_all(&adjusted.bytes(), &["hidden-entry", "several-end-records"]);
}

#[test]
fn a_prefix_and_a_suffix_do_not_hide_the_archive() {
    for offsets_include_prefix in [false, true] {
        let launcher = both().with(|archive| {
            archive.prefix = b"#!/bin/sh\nexec java -jar \"$0\"\n".to_vec();
            archive.offsets_include_prefix = offsets_include_prefix;
        });
        found_all(&launcher.bytes(), &["prefix-data"]);
    }
    found_all(&both().with(|archive| archive.suffix = b"junk".to_vec()).bytes(), &["trailing-data"]);
    // So long that no end record is found; the local headers still are.
    found_all(&both().with(|archive| archive.suffix = vec![b'x'; 200_000]).bytes(), &["directory-broken"]);
    let lie = both().with(|archive| archive.comment_len = Some(500));
    found_all(&lie.bytes(), &["directory-broken"]);
}

#[test]
fn a_cut_off_archive_is_read_as_far_as_it_goes() {
    let whole = Archive::of([ims().streamed(Descriptor::Signed), tags(), other()]).bytes();
    let directory = memchr::memmem::find(&whole, b"PK\x01\x02").unwrap();
    for end in directory..whole.len() {
        let seen = see_bytes(&whole[..end], &options(1));
        assert!(seen.has(IMS_TEXT) && seen.has(TAGS_TEXT) && seen.has(b"<other/>"), "cut at {end}");
        assert!(seen.classes().contains("directory-broken"), "cut at {end}");
    }
    for end in 4..directory {
        let seen = see_bytes(&whole[..end], &options(1));
        assert!(seen.classes().contains("directory-broken"), "cut at {end}");
    }
    let seen = found(&Archive::of([ims(), tags(), other()]).bytes()[..directory - 20], &["directory-broken"]);
    assert!(!seen.outcome.unread.is_empty());
}

#[test]
fn lies_about_sizes_and_methods_hide_nothing() {
    let lie = |change: fn(&mut Entry)| Archive::of([ims().with(change), tags()]).bytes();
    for size in [0, 1, 5, 1000, u64::from(u32::MAX) - 1] {
        let both_lie = ims().with(|entry| (entry.central.size, entry.local.size) = (size, size));
        found_all(&Archive::of([both_lie, tags()]).bytes(), &["size-mismatch"]);
        let one_lies = ims().with(|entry| entry.central.size = size);
        found_all(&Archive::of([one_lies, tags()]).bytes(), &["size-mismatch"]);
    }
    let seen = found(&lie(|entry| entry.central.packed = 3), &["size-mismatch", "unclaimed-data"]);
    assert!(!seen.outcome.unread.is_empty());
    found(&lie(|entry| entry.local.packed = 3), &["size-mismatch"]);
    found(&lie(|entry| entry.central.method = 0), &["method-mismatch", "size-mismatch"]);
    found(&lie(|entry| entry.local.method = 0), &["method-mismatch", "size-mismatch"]);
    found(&lie(|entry| entry.local.crc ^= 1), &["crc-mismatch"]);
    found(&lie(|entry| entry.central.crc ^= 1), &["crc-mismatch"]);
    let damaged = found(&lie(|entry| (entry.local.crc, entry.central.crc) = (7, 7)), &[]);
    assert_eq!(damaged.outcome.unread.len(), 1);
    let streamed = ims().streamed(Descriptor::Signed).with(|entry| entry.descriptor = Descriptor::None);
    found_all(&Archive::of([streamed, tags()]).bytes(), &["descriptor-mismatch"]);
    let wide = lie(|entry| entry.central.packed = u64::from(u32::MAX));
    found(&wide, &["overlap", "size-mismatch", "zip64-mismatch"]);
}

#[test]
fn zip64_records_that_lead_astray_do_not_hide_the_directory() {
    let wild = both().with(|archive| {
        archive.wide = true;
        archive.locator = Some(1 << 40);
    });
    found_all(&wild.bytes(), &["zip64-mismatch"]);
    let disagree = both().with(|archive| {
        archive.wide = true;
        archive.count = Some(1);
    });
    found_all(&disagree.bytes(), &["zip64-mismatch"]);
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_read() {
    let secret = Entry::stored("a.xml", b"scrambled").with(|entry| {
        (entry.local.flags, entry.central.flags) = (1, 1);
        (entry.local.crc, entry.central.crc) = (1, 1);
    });
    let strange = Entry::stored("b.xml", b"?").with(|entry| (entry.local.method, entry.central.method) = (12, 12));
    let corrupt = Entry::deflated("c.xml", &[b'x'; 5000]).with(|entry| entry.data[5] ^= 0xFF);
    let seen = found(&Archive::of([secret, strange, corrupt, ims(), tags()]).bytes(), &[]);
    assert_eq!(seen.outcome.unread.len(), 3, "{:?}", seen.outcome.unread);
    // A flag alone does not encrypt.
    let pretended = ims().with(|entry| (entry.local.flags, entry.central.flags) = (1, 1));
    found_all(&Archive::of([pretended, tags()]).bytes(), &[]);
    let pretended = ims().with(|entry| entry.central.flags = 1);
    found_all(&Archive::of([pretended, tags()]).bytes(), &["encryption-mismatch"]);
}

#[test]
fn records_that_point_nowhere_are_said() {
    let nowhere = Entry::stored("a.xml", b"x").with(|entry| (entry.has_local, entry.offset) = (false, Some(5)));
    let seen = found(&Archive::of([ims(), nowhere, tags()]).bytes(), &["directory-broken", "overlap"]);
    assert_eq!(seen.outcome.unread.len(), 1);
    let wild = Entry::stored("a.xml", b"x").with(|entry| (entry.has_local, entry.offset) = (false, Some(1 << 31)));
    found(&Archive::of([ims(), wild, tags()]).bytes(), &["directory-broken"]);
}

#[test]
fn nested_archives_are_found_by_content() {
    for name in ["sub.zip", "sub.bin", "sub.xml", "noext"] {
        for method in [0, 8] {
            let inner = Archive::of([Entry::new(name, &both().bytes(), method)]).bytes();
            let outer = Archive::of([Entry::new("install/bundle.dat", &inner, method), other()]).bytes();
            let seen = found_all(&outer, &[]);
            let chain = format!("package.zip!/install/bundle.dat!/{name}!/{IMS}");
            assert!(seen.files.iter().any(|(place, ..)| place.ends_with(&chain)), "{:?}", seen.files);
            assert_eq!(seen.outcome.archives.iter().map(|archive| archive.depth).collect::<Vec<_>>(), [1, 2, 3]);
        }
    }
    let launcher = both().with(|archive| archive.prefix = b"#!/bin/sh\n".to_vec()).bytes();
    found_all(&Archive::of([Entry::deflated("Run.JAR", &launcher)]).bytes(), &["prefix-data"]);
    let seen = see_bytes(&Archive::of([Entry::deflated("a.zip", b"version https://git-lfs")]).bytes(), &options(1));
    assert_eq!(seen.outcome.unread.len(), 1);
}

#[test]
fn a_damaged_nested_archive_is_read_as_far_as_it_goes() {
    let inner = Archive::of([ims(), tags(), Entry::stored("rest.bin", &[1; 9000])]).bytes();
    let damaged = Entry::deflated("sub.zip", &inner).with(|entry| {
        let keep = entry.data.len() - 40;
        entry.data.truncate(keep);
        (entry.central.packed, entry.local.packed) = (keep as u64, keep as u64);
    });
    let seen = found(&Archive::of([damaged]).bytes(), &["directory-broken"]);
    assert!(!seen.outcome.unread.is_empty());
}

#[test]
fn a_panic_of_the_visitor_ends_one_file_only() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let seen = see_bytes(&Archive::of([Entry::stored("panic.xml", b"x"), ims(), tags()]).bytes(), &options(1));
    std::panic::set_hook(hook);
    assert!(seen.has(IMS_TEXT) && seen.has(TAGS_TEXT));
    let [unread] = &seen.outcome.unread[..] else { panic!("{:?}", seen.outcome.unread) };
    assert_eq!(unread.cause, crate::UnreadCause::InternalError);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let package = |n: u32| {
        let files =
            (0..300).map(|m| Entry::deflated(format!("jcr_root/{m}/.content.xml"), format!("<n{n}/>").as_bytes()));
        let lies = [ims().hidden(), tags(), tags(), Entry::deflated("x.zip", b"nothing")];
        Archive::of(files.chain(lies)).bytes()
    };
    let outer = Archive::of((0..20).map(|n| Entry::new(format!("{n}.zip"), &package(n), (n % 2 * 8) as u16)));
    let bytes = outer.with(|archive| archive.prefix = vec![b'x'; 9 << 20]).bytes();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("package.zip");
    std::fs::write(&path, bytes).unwrap();
    let one = see(&[&path], &options(1));
    assert_eq!(one.outcome.archives.len(), 21);
    for threads in [2, 7] {
        let many = see(&[&path], &options(threads));
        assert_eq!(many.files, one.files);
        assert_eq!(format!("{:?}", many.outcome), format!("{:?}", one.outcome));
    }
}

#[test]
fn an_archive_in_memory_is_read_like_a_file() {
    let nested = Entry::stored("jcr_root/etc/sub.zip", &both().bytes());
    let bytes = Archive::of([nested, ims().hidden(), other()]).bytes();
    let (file, memory) = (see_bytes(&bytes, &options(1)), see_memory(&bytes, &options(1)));
    assert!(memory.has(IMS_TEXT) && memory.has(TAGS_TEXT));
    assert_eq!(memory.names(), file.names());
    assert_eq!(memory.classes(), file.classes());
    assert_eq!(memory.outcome.archives.len(), 2);
    assert!(memory.files.iter().all(|(place, ..)| place.starts_with("package.zip!/")));
    assert_eq!(see_memory(b"no archive", &options(1)).outcome.unread.len(), 1);
}

#[test]
fn an_entry_without_a_name_is_read() {
    let nested = Entry::deflated("", &both().bytes()).hidden();
    found(&Archive::of([other(), nested]).bytes(), &["hidden-entry"]);
}

#[test]
fn names_that_readers_take_differently_are_said() {
    for (name, class) in [
        (&b"jcr_root\\apps\\x.png"[..], "backslash-name"),
        (b"jcr_root/apps/\xfc.png", "undecodable-name"),
        (b"jcr_root/../x.png", "escaping-name"),
        (b"C:/x.png", "escaping-name"),
    ] {
        found_all(&both().with(|archive| archive.entries.push(Entry::stored(name, b"x"))).bytes(), &[class]);
    }
    // All names at once, and one that is odd in a file that is no package.
    let names = both().with(|archive| {
        for entry in &mut archive.entries {
            for header in [&mut entry.local, &mut entry.central] {
                header.name.iter_mut().filter(|byte| **byte == b'/').for_each(|byte| *byte = b'\\');
            }
        }
    });
    found_all(&names.bytes(), &["backslash-name"]);
    let pictures = Archive::of([Entry::stored(b"Gr\x81n.png", b"x"), Entry::stored(b"../b.png", b"x")]);
    assert!(see_bytes(&pictures.bytes(), &options(1)).classes().is_empty());
}

#[test]
fn bytes_behind_a_deflate_stream_are_said() {
    let hidden: Vec<u8> = (0..600_u32).map(|n| (n * 7 % 251) as u8).collect();
    let with = |slack: &[u8]| {
        let archive = both().with(|archive| {
            let entry = &mut archive.entries[0];
            entry.data.extend_from_slice(slack);
            for header in [&mut entry.local, &mut entry.central] {
                header.packed += slack.len() as u64;
            }
        });
        archive.bytes()
    };
    let seen = found_all(&with(&hidden), &["unclaimed-data"]);
    assert!(seen.outcome.anomalies[0].detail.contains("600 bytes behind the packed data"), "{:?}", seen.outcome);
    found_all(&with(&[0; 600]), &[]);
}

#[test]
fn what_the_disk_does_not_give_is_said() {
    // A hidden entry in a gap, before which lies an entry that nobody asks for.
    // What comes last is read first, to find the directory.
    let last = || Entry::stored("z.png", &[7; 90_000]);
    let hidden = Archive::of([ims(), Entry::stored("a.png", &[7; 9000]), tags().hidden(), last()]).bytes();
    let at = |needle: &[u8]| memchr::memmem::find(&hidden, needle).unwrap() as u64;
    let (gap, directory) = (at(TAGS_TEXT), at(b"PK\x01\x02"));
    let whole = see_source(broken(&hidden, 0..0), &options(1));
    assert!(whole.has(TAGS_TEXT) && whole.outcome.unread.is_empty(), "{:?}", whole.outcome);
    for range in [gap..gap + 1, directory..directory + 1, 0..1, 31..32] {
        let seen = see_source(broken(&hidden, range.clone()), &options(1));
        let causes: BTreeSet<&str> = seen.outcome.unread.iter().map(|unread| unread.cause.name()).collect();
        assert!(causes.contains("cannot-read"), "{range:?}: {:?}", seen.outcome);
        assert!(seen.outcome.unread.iter().all(|unread| unread.cause.name() != "no-entry-there"), "{:?}", seen.outcome);
    }
    // An archive in it that is packed.
    let nested = Archive::of([Entry::deflated("b.zip", &both().bytes()), last()]).bytes();
    let seen = see_source(broken(&nested, 200..201), &options(1));
    let causes: Vec<&str> = seen.outcome.unread.iter().map(|unread| unread.cause.name()).collect();
    assert_eq!(causes, ["cannot-read", "cannot-read"], "{:?}", seen.outcome);
}
