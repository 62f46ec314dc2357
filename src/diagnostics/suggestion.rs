//! What a mistyped word most likely means, and lists of words in messages.

/// Candidates that are named where a word is only a part of several.
const MAX_SUGGESTIONS: usize = 3;

/// The candidate that a mistyped `word` most likely means: at most a third of its letters differ. Upper and lower case, `-`
/// and `_` are the same.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = folded(word);
    let distance = |candidate: &'a str| (strsim::levenshtein(&word, &folded(candidate)), candidate);
    let best = candidates.into_iter().map(distance).min()?;
    (best.0 <= (word.chars().count() / 3).max(2)).then_some(best.1)
}

/// ``Did you mean `x`? `` with the nearest candidate, else with those that `word` is a part of, to be put before a sentence;
/// empty if there is none.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let mut all: Vec<&str> = candidates.into_iter().collect();
    all.sort_unstable_by_key(|candidate| (candidate.len(), *candidate));
    all.dedup();
    let found = match nearest(word, all.iter().copied()) {
        Some(near) => vec![near],
        None => all.into_iter().filter(|candidate| holds_parts(candidate, word)).take(MAX_SUGGESTIONS).collect(),
    };
    if found.is_empty() { String::new() } else { format!("Did you mean {}? ", joined(&found, "or")) }
}

fn folded(word: &str) -> String {
    word.to_lowercase().replace('_', "-")
}

/// Whether each part of `word` begins a part of `candidate`: `jwt` of `jwt-credentials`.
fn holds_parts(candidate: &str, word: &str) -> bool {
    let (candidate, word) = (folded(candidate), folded(word));
    let parts = || word.split('-').filter(|part| !part.is_empty());
    // A letter or two begin too much.
    parts().any(|part| part.len() > 2) && parts().all(|part| candidate.split('-').any(|other| other.starts_with(part)))
}

/// `a, b and c`, each in backquotes.
pub(crate) fn list_words(words: &[&str]) -> String {
    joined(words, "and")
}

fn joined(words: &[&str], word: &str) -> String {
    match words {
        [] => String::new(),
        [one] => format!("`{one}`"),
        [init @ .., last] => {
            let init: Vec<String> = init.iter().map(|word| format!("`{word}`")).collect();
            format!("{} {word} `{last}`", init.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_finds_a_typo_and_nothing_far_away() {
        let ids = ["missing-scope", "missing-client-id", "jwt-credentials"];
        assert_eq!(nearest("mising-scope", ids), Some("missing-scope"));
        assert_eq!(nearest("jwt-credential", ids), Some("jwt-credentials"));
        assert_eq!(nearest("Missing_Scope", ids), Some("missing-scope"));
        assert_eq!(nearest("zzz", ids), None);
        assert_eq!(did_you_mean("mising-scope", ids), "Did you mean `missing-scope`? ");
    }

    #[test]
    fn a_part_of_a_name_is_enough() {
        let ids = ["missing-scope", "missing-client-id", "jwt-credentials", "ims", "missing-org", "missing-x-api-key"];
        assert_eq!(did_you_mean("JWT", ids), "Did you mean `jwt-credentials`? ");
        assert_eq!(did_you_mean("client-id", ids), "Did you mean `missing-client-id`? ");
        let three = "Did you mean `missing-org`, `missing-scope` or `missing-client-id`? ";
        assert_eq!(did_you_mean("missing", ids), three);
        assert_eq!(did_you_mean("is", ids), "Did you mean `ims`? ");
        assert_eq!(did_you_mean("x", ["missing-x-api-key"]), "");
        assert_eq!(did_you_mean("-", ids[..3].iter().copied()), "");
    }

    #[test]
    fn words_are_listed() {
        assert_eq!(list_words(&["a"]), "`a`");
        assert_eq!(list_words(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
