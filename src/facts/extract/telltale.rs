//! The quick look at a value: most hold nothing that any family makes a fact of.

use crate::secret;
use text_spans::TripletScanner;

/// What begins whatever a value can tell: a URL, the name of Adobe, a PEM block, and everything that has the shape of a
/// secret.
const BEGINNINGS: TripletScanner<9> =
    TripletScanner::in_any_case([*b"://", *b"ado", *b"---", *b"iba", *b"mig", *b"ls0", *b"eyj", *b"p8e", *b"s8e"]);

/// Three bytes of the middle of whatever a value can tell that makes a node one of interest. Chosen to be rare in
/// ordinary names and texts: beside the above `mediaportal`, `smarttagging` and `replication`, and the words of secrets and
/// authorizations that are written inside a value: `secret`, `passw`, `pwd`, `authorization`.
const INSIDE: TripletScanner<15> = TripletScanner::in_any_case([
    *b"://", *b"dob", *b"---", *b"8e-", *b"ls0", *b"iba", *b"eyj", *b"mig", *b"iap", *b"rtt", *b"epl", *b"ecr",
    *b"ssw", *b"pwd", *b"zat",
]);

/// Whether the values of a node, as they are written in its start tag, can hold anything that makes it one of interest.
/// Rather says yes.
pub(super) fn is_possible_in_node(written: &str) -> bool {
    INSIDE.any(written.as_bytes())
}

/// Whether a text holds nothing of what [`is_possible`] looks for, no [keyword](secret::has_keyword) of the name of a secret
/// and nothing that [may be one](secret::may_hold_one): then there is nothing in it to mask.
pub(super) fn is_quiet(text: &str) -> bool {
    !is_possible(text) && !secret::has_keyword(text) && !secret::may_hold_one(text)
}

/// Whether a text can hold a URL, `-----BEGIN`, `adobe` in any case, or the [shape](crate::secret::shapes) of a secret.
/// Rather says yes.
pub(super) fn is_possible(text: &str) -> bool {
    BEGINNINGS.any(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{is_possible, is_possible_in_node, is_quiet};
    use crate::secret;

    #[test]
    fn nothing_that_tells_is_passed_over() {
        for literal in secret::shape_literals().chain(["://", "adobe", "AdObE", "-----BEGIN"]) {
            for text in [literal.to_owned(), format!("{}{literal}", "x".repeat(31))] {
                assert!(is_possible(&text) && !is_quiet(&text), "{literal}");
            }
        }
        let types = super::super::TYPE_WORDS;
        for literal in secret::shape_literals().chain(["://", "adobe", "-----BEGIN"]).chain(types) {
            assert!(is_possible_in_node(&format!("a=\"{literal}\"")), "{literal}");
        }
        for stem in secret::keyword_literals() {
            assert!(!is_quiet(stem) && !is_quiet(&stem.to_uppercase()), "{stem}");
        }
        for text in ["", "a", "/apps/site/components", "{Date}2015-05-13T08:41:00.000Z", "nt:unstructured"] {
            assert!(!is_possible(text), "{text}");
        }
    }
}
