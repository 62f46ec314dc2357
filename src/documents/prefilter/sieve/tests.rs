use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The vectors of this processor, and narrower ones that others have.
fn levels() -> Vec<Level> {
    let best = Level::new();
    #[cfg(target_arch = "x86_64")]
    let narrower = [best.as_avx2().map(Level::Avx2), best.as_sse4_2().map(Level::Sse4_2)];
    #[cfg(not(target_arch = "x86_64"))]
    let narrower: [Option<Level>; 0] = [];
    narrower.into_iter().flatten().chain([best]).collect()
}

/// All candidates, as pattern and position.
fn candidates(sieve: &Sieve, bytes: &[u8]) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    sieve.any(bytes, |pattern, at| {
        found.insert((pattern, at));
        false
    });
    found
}

fn occurrences(patterns: &[String], bytes: &[u8]) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    for (index, pattern) in patterns.iter().enumerate() {
        for (at, window) in bytes.windows(pattern.len()).enumerate() {
            if window.eq_ignore_ascii_case(pattern.as_bytes()) {
                found.insert((index, at));
            }
        }
    }
    found
}

proptest! {
    #[test]
    fn every_occurrence_is_a_candidate_whatever_the_width_of_the_vectors(
        patterns in prop::collection::vec("[a-d.]{3,12}", 1..80),
        text in "[a-dA-D. é]{0,300}",
        put in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..6),
    ) {
        let mut bytes = text.into_bytes();
        for (pattern, at) in put {
            let at = at.index(bytes.len() + 1);
            bytes.splice(at..at, patterns[pattern.index(patterns.len())].bytes());
        }
        let wanted: Vec<_> = patterns.iter().map(|pattern| Wanted::Needle(pattern)).collect();
        let sieve = Sieve::new(&wanted);
        let occurring = occurrences(&patterns, &bytes);
        for level in levels() {
            let found = candidates(&Sieve { level, ..sieve.clone() }, &bytes);
            let missed: Vec<_> = occurring.difference(&found).collect();
            prop_assert!(missed.is_empty(), "{level:?} misses {missed:?}");
        }
    }
}

#[test]
fn the_plan_lets_hardly_anything_of_an_ordinary_page_pass() {
    let page = "        <item jcr:primaryType=\"nt:unstructured\" sling:resourceType=\"granite/ui/components/coral/foundation/form/\
        textfield\" fieldLabel=\"Title\" name=\"./jcr:title\" required=\"{Boolean}true\"/>\n"
        .repeat(50);
    let patterns = ["adobe.io", "imsConfig", "transportUri", "secret", "passw", "-----BEGIN", "pwd", "eyJ", "token"];
    let wanted = patterns.map(Wanted::Needle);
    assert_eq!(candidates(&Sieve::new(&wanted), page.as_bytes()).len(), 0);
}

/// Compares the known places with those that are worked out for `patterns`; writes them anew where `AEMLINT_UPDATE` is set.
pub(in super::super) fn assert_known(patterns: &[Wanted<'_>]) {
    let worked_out = plan::work_out(patterns, vec![None; patterns.len()]);
    let places = patterns.iter().zip(&worked_out).map(|(wanted, (bucket, fingerprint))| {
        // Where there is no choice, the fingerprint stands for itself.
        let offset = if wanted.choice() == 1 { 0 } else { fingerprint.offset };
        (wanted.name(), *bucket as u8, offset as u8)
    });
    let places: Vec<_> = places.collect();
    if std::env::var_os("AEMLINT_UPDATE").is_some() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/documents/prefilter/sieve/plan/known.rs");
        let text = std::fs::read_to_string(file).unwrap();
        let (before, _) = text.split_once("= &[").unwrap();
        let lines: String = places.iter().map(|place| format!("    {place:?},\n")).collect();
        std::fs::write(file, format!("{before}= &[\n{lines}];\n")).unwrap();
        return;
    }
    assert_eq!(plan::known::PLACES, places, "run .ci/update");
}
