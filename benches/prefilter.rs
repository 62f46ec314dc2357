//! `cargo bench --bench prefilter`: bytes per second of the prefilter, beside inflating the same files.
#![allow(missing_docs, clippy::expect_used)]

use aemlint::documents::prefilter::{FACTS, Prefilter};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use libdeflater::{CompressionLvl, Compressor, Decompressor, crc32};

#[path = "corpora/content.rs"]
#[allow(dead_code)]
mod content;

fn main() {
    divan::main();
}

/// Pages of 1 to 10 KiB, as in the corpora.
fn pages() -> Vec<Vec<u8>> {
    (0..200)
        .map(|number| {
            let random = &mut content::Random::of(9, number);
            let size = 1_000 + random.below(9_000);
            content::page(random, size, None).into_bytes()
        })
        .collect()
}

fn bytes(pages: &[Vec<u8>]) -> BytesCount {
    BytesCount::new(pages.iter().map(Vec::len).sum::<usize>())
}

#[divan::bench]
fn may_skip(bencher: Bencher<'_, '_>) {
    let (pages, prefilter) = (pages(), &*FACTS);
    assert!(pages.iter().all(|page| prefilter.may_skip(page)));
    bencher.counter(bytes(&pages)).bench(|| pages.iter().filter(|page| prefilter.may_skip(black_box(page))).count());
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
    bencher.counter(bytes(&pages)).bench_local(|| {
        packed.iter().fold(0, |sum, (packed, size)| {
            inflater.deflate_decompress(packed, &mut room[..*size]).expect("packed by ourselves");
            sum ^ crc32(&room[..*size])
        })
    });
}

#[divan::bench]
fn build() -> Prefilter {
    Prefilter::for_facts(black_box(["further"])).expect("the needles are valid")
}
