//! What a mistyped word most likely means, and lists of words in messages.

/// The candidate that a mistyped `word` most likely means: at most a third of its letters differ.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let best = candidates.into_iter().map(|candidate| (strsim::levenshtein(word, candidate), candidate)).min()?;
    (best.0 <= (word.chars().count() / 3).max(2)).then_some(best.1)
}

/// ``Did you mean `x`? `` with the nearest candidate, to be put before a sentence; empty if none is near.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map(|near| format!("Did you mean `{near}`? ")).unwrap_or_default()
}

/// `a, b and c`, each in backquotes.
pub(crate) fn list_words(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => format!("`{one}`"),
        [init @ .., last] => {
            let init: Vec<String> = init.iter().map(|word| format!("`{word}`")).collect();
            format!("{} and `{last}`", init.join(", "))
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
        assert_eq!(nearest("zzz", ids), None);
        assert_eq!(did_you_mean("mising-scope", ids), "Did you mean `missing-scope`? ");
    }

    #[test]
    fn words_are_listed() {
        assert_eq!(list_words(&["a"]), "`a`");
        assert_eq!(list_words(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
