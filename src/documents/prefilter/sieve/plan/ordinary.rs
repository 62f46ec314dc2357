//! What an ordinary docview file looks like: how often each byte occurs in one, and which bytes follow each other. The words at
//! the end are among the most frequent in the files of public projects.

use super::super::fingerprint::WIDTH;
use super::super::masks::Masks;

/// What recurs in docview files: the head, and the beginnings and ends of elements, properties and values.
const TEXT: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!--\n Licensed under the Apache License, Version 2.0; you may not \
    use this file except in compliance\n http://www.apache.org/licenses/LICENSE-2.0\n WITHOUT WARRANTIES OR CONDITIONS\n-->\n \
    <jcr:root \
    xmlns:sling=\"http://sling.apache.org/jcr/sling/1.0\" xmlns:granite=\"http://www.adobe.com/jcr/granite/1.0\" \
    xmlns:cq=\"http://www.day.com/jcr/cq/1.0\" xmlns:jcr=\"http://www.jcp.org\n \
    jcr:primaryType=\"nt:unstructured\"\n        sling:resourceType=\"granite/ui/components/coral/foundation/container\"\n \
    jcr:created=\"{Date}2025-03-14T08:47:00.000Z\"\n jcr:lastModifiedBy=\"admin\" text=\"&lt;p>and the other, &lt;/p>&#xa;\" \
    {Date}2019-01-24T16:39:56.255+02:00\"\n {Date}2021-10-05T12:53:55.461Z\"\n x=\"{Decimal}0.7125,255\\,\" \
    x=\"&lt;p>a charge, b&lt;/p>&#xa;&lt;p>c&lt;/p>&#xa;&lt;ul>&#xa;&lt;li>d&lt;/li>&#xa;&lt;/ul>&#xa;&lt;p>&#xa;\" \
    cq:template=\"/conf/wcm/settings/templates/page\"/> fieldLabel=\"{Boolean}true\" name=\"./title\" \
    jcr:description=\"\" cq:tags=\"[a:b,c]\"\n</items>\n</jcr:content>\n</jcr:root>\n \
    http www unstructured dam components false Date ns UTF value admin foundation wknd ui the coral \
    Software sling var image oak this for container in text elements dc file is ip Adobe Resource \
    jackrabbit data en wcm items length us Seq else null iid blue global from Photoshop id element \
    include color html green red plain Macintosh empty document touch mix default acs coverage push use \
    cqdam The Page an adventures we are object config by all param js options jpg hidden context error \
    no component tenant arguments each exif module match section photoshop set gui jQuery Component can \
    False case result slice machine el details layout exports column sType mapping Array PageContent \
    throw xml top Object one val version conf remove trigger mountain indexOf when link filter \
    experience min parent width group position require obj none source AEM ed txt instance button css ll \
    Math array description \
    ";

const WORDS: usize = TEXT.len().div_ceil(64);

/// A set of places in the text, one bit each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places([u64; WORDS]);

/// For each byte of a fingerprint and each half of a byte, the places at which such a byte follows.
static LOW: [[Places; 16]; WIDTH] = places(false);
static HIGH: [[Places; 16]; WIDTH] = places(true);

const fn places(high: bool) -> [[Places; 16]; WIDTH] {
    let mut all = [[Places([0; WORDS]); 16]; WIDTH];
    let mut place = 0;
    while place + WIDTH <= TEXT.len() {
        let mut index = 0;
        while index < WIDTH {
            let byte = TEXT[place + index];
            let half = if high { byte >> 4 } else { byte & 0x0F };
            all[index][half as usize].0[place / 64] |= 1 << (place % 64);
            index += 1;
        }
        place += 1;
    }
    all
}

impl Places {
    pub(super) const ALL: Self = Self([u64::MAX; WORDS]);

    /// The places whose byte at `index` has one of these low halves.
    pub(super) fn with_low(index: usize, halves: u16) -> Self {
        Self::with(LOW.get(index), halves)
    }

    /// The places whose byte at `index` has one of these high halves.
    pub(super) fn with_high(index: usize, halves: u16) -> Self {
        Self::with(HIGH.get(index), halves)
    }

    fn with(table: Option<&[Self; 16]>, mut halves: u16) -> Self {
        let mut all = Self::default();
        while halves != 0 {
            let half = table.and_then(|table| table.get(halves.trailing_zeros() as usize));
            all = all.or(half.copied().unwrap_or_default());
            halves &= halves - 1;
        }
        all
    }

    pub(super) fn or(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, other)| *word |= other);
        self
    }

    pub(super) fn and(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, other)| *word &= other);
        self
    }

    /// How much of the text it is.
    pub(super) fn share(self) -> f32 {
        self.0.iter().map(|word| word.count_ones()).sum::<u32>() as f32 / TEXT.len() as f32
    }
}

/// How much of a file is bytes with certain halves.
pub(super) struct Shares {
    /// By high half, then by whether the low half is above 7, then by the set of low halves.
    by_low: [[[f32; 256]; 2]; 8],
}

impl Shares {
    pub(super) fn new() -> Self {
        // What does not occur in the text does occur now and then.
        let mut counts = [0.3_f32; 128];
        for byte in TEXT {
            for case in [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()] {
                if let Some(count) = counts.get_mut(usize::from(case)) {
                    *count += 0.5;
                }
            }
        }
        let mut by_low = [[[0.0; 256]; 2]; 8];
        for (sums, counts) in by_low.iter_mut().flatten().zip(counts.chunks(8)) {
            for set in 1..256_usize {
                let lowest = counts.get(set.trailing_zeros() as usize).copied().unwrap_or_default();
                sums[set] = sums[set & (set - 1)] + lowest / TEXT.len() as f32;
            }
        }
        Self { by_low }
    }

    pub(super) fn of(&self, masks: Masks) -> f32 {
        let [above, below] = masks.low.to_be_bytes();
        // The first eight high halves are those of ASCII; few of them occur.
        let [_, mut high] = masks.high.to_be_bytes();
        let mut sum = 0.0;
        while high != 0 {
            if let Some([lower, upper]) = self.by_low.get(high.trailing_zeros() as usize) {
                sum += lower[usize::from(below)] + upper[usize::from(above)];
            }
            high &= high - 1;
        }
        sum
    }
}
