//! The words of the corpora, by how often they stand in real content.
//!
//! `words.txt` holds the 2,000 words that are most frequent in the values of 7,400 files of six public AEM projects (XML,
//! HTML, scripts, JSON; English and German text, names of code), each with how often it was counted. Every second word is
//! held out: nothing in aemlint was chosen with it in view.

use std::sync::LazyLock;

use crate::content::Random;

static ALL: &str = include_str!("words.txt");
static USUAL: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::new(0));
static HELD_OUT: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::new(1));

/// One half of the words.
pub(crate) struct Vocabulary {
    /// For each word how many are counted up to it.
    sums: Vec<usize>,
    words: Vec<&'static str>,
}

impl Vocabulary {
    fn new(first: usize) -> Self {
        let mut vocabulary = Self { sums: Vec::new(), words: Vec::new() };
        let mut sum = 0;
        for (count, word) in ALL.lines().skip(first).step_by(2).filter_map(|line| line.split_once(' ')) {
            sum += count.parse().unwrap_or(0);
            vocabulary.sums.push(sum);
            vocabulary.words.push(word);
        }
        vocabulary
    }

    /// A word, as often as it stands in real content.
    pub(crate) fn word(random: &mut Random) -> &'static str {
        let vocabulary: &Self = if random.is_held_out() { &HELD_OUT } else { &USUAL };
        let at = random.below(vocabulary.sums.last().copied().unwrap_or(1));
        let index = vocabulary.sums.partition_point(|sum| *sum <= at);
        vocabulary.words.get(index).copied().unwrap_or_default()
    }
}
