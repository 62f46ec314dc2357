//! `cargo bench --bench readers`: bytes per second of each reader and of the prefilter, beside inflating such files.
#![allow(missing_docs, clippy::expect_used)]

use aemlint::internals::documents::{
    self,
    prefilter::{FACTS, Prefilter},
};
use aemlint::internals::facts::{self, Kind, Kinds};
use aemlint::internals::secret;
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use libdeflater::{CompressionLvl, Compressor, Decompressor, crc32};
use zip_audit::{Container, ContainerKind, File, Place};

use std::sync::Arc;

#[path = "corpora/content.rs"]
#[allow(dead_code)]
mod content;
#[path = "corpora/vocabulary.rs"]
mod vocabulary;

use content::Random;

fn main() {
    divan::main();
}

/// Two hundred files of one kind, as in the corpora.
fn files(make: impl Fn(&mut Random) -> Vec<u8>) -> Vec<Vec<u8>> {
    (0..200).map(|number| make(&mut Random::of(9, number))).collect()
}

/// Docview pages of 1 to 10 KiB.
fn pages() -> Vec<Vec<u8>> {
    files(|random| {
        let size = 1_000 + random.below(9_000);
        content::page(random, size, None).into_bytes()
    })
}

/// Measures `read` on all `files` by turns.
fn measure<T>(bencher: Bencher<'_, '_>, files: &[Vec<u8>], read: impl Fn(&[u8]) -> T + Sync) {
    let bytes = files.iter().map(Vec::len).sum::<usize>();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        for file in files {
            black_box(read(black_box(file)));
        }
    });
}

#[divan::bench]
fn prefilter(bencher: Bencher<'_, '_>) {
    let pages = pages();
    assert!(pages.iter().all(|page| FACTS.may_skip(page)), "a page that is parsed measures something else");
    measure(bencher, &pages, |page| FACTS.may_skip(page));
}

#[divan::bench]
fn prefilter_built() -> Prefilter {
    Prefilter::for_facts(black_box(["further"])).expect("the needles are valid")
}

#[divan::bench]
fn docview(bencher: Bencher<'_, '_>) {
    measure(bencher, &pages(), |page| {
        let mut nodes = 0;
        let text = jcr_filevault::decode_xml(page).text;
        let count = &mut |node: &mut jcr_filevault::Node<'_>| nodes += black_box(node).properties.len();
        jcr_filevault::docview::read_with(&text, "/content/site/page", &|_| false, count);
        nodes
    });
}

#[divan::bench]
fn felix_config(bencher: Bencher<'_, '_>) {
    measure(bencher, &files(content::config), |file| {
        osgi_config::read_file("com.example.Service.config", file, osgi_config::Target::Aem65)
            .map(|(.., read)| black_box(read).properties.len())
    });
}

/// All that is done with files of the package entry `name`, from their bytes to their facts.
fn facts_of(bencher: Bencher<'_, '_>, name: &str, files: &[Vec<u8>]) {
    let place = Place::on_disk("package.zip");
    let container = Container { place, parent: None, kind: ContainerKind::Archive, depth: 1, input: 0, start: None };
    let container = Arc::new(container);
    let wanted = Kinds::usual().without_properties_of(Kind::Configuration);
    let context = facts::Context { wanted, deadline: None };
    measure(bencher, files, |bytes| {
        let file = File { container: &container, name, bytes, partial: false };
        let document = documents::read(&file, osgi_config::Target::Aem65, &FACTS, &facts::Telling);
        document.map(|document| facts::extract(document, &context))
    });
}

#[divan::bench]
fn facts_of_an_ordinary_configuration(bencher: Bencher<'_, '_>) {
    facts_of(bencher, "jcr_root/apps/site/config/com.example.Service.config", &files(content::config));
}

#[divan::bench]
fn facts_of_a_page_with_a_finding(bencher: Bencher<'_, '_>) {
    let pages = files(|random| content::planted_page(random, 3_000, 1));
    facts_of(bencher, "jcr_root/apps/site/components/part/.content.xml", &pages);
}

#[divan::bench]
fn cfg_json(bencher: Bencher<'_, '_>) {
    let files = files(|random| content::json(random, 2_000));
    measure(bencher, &files, |file| {
        osgi_config::read_file("com.example.Service.cfg.json", file, osgi_config::Target::Aem65)
            .map(|(.., read)| black_box(read).properties.len())
    });
}

#[divan::bench]
fn shapes_of_secrets(bencher: Bencher<'_, '_>) {
    measure(bencher, &pages(), |page| secret::shapes(&String::from_utf8_lossy(page)));
}

#[divan::bench]
fn inflate_and_checksum(bencher: Bencher<'_, '_>) {
    let pages = pages();
    let mut compressor = Compressor::new(CompressionLvl::new(6).expect("the level exists"));
    let packed: Vec<(Vec<u8>, usize)> = (pages.iter())
        .map(|page| {
            let mut packed = vec![0; compressor.deflate_compress_bound(page.len())];
            let length = compressor.deflate_compress(page, &mut packed).expect("the buffer is large enough");
            packed.truncate(length);
            (packed, page.len())
        })
        .collect();
    let mut inflater = Decompressor::new();
    let mut room = vec![0; 1 << 16];
    let bytes = pages.iter().map(Vec::len).sum::<usize>();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        packed.iter().fold(0, |sum, (packed, size)| {
            inflater.deflate_decompress(packed, &mut room[..*size]).expect("packed by ourselves");
            sum ^ crc32(&room[..*size])
        })
    });
}
