//! The quick look at a value: most hold nothing that any family makes a fact of.

use crate::secret::{self, MARKS_WITHIN};
use crate::signals::{self, SignalKind};
use text_spans::TripletScanner;

/// Signals in values.
const VALUES: [SignalKind; 3] = [SignalKind::Value, SignalKind::ConfigurationValue, SignalKind::SecretShape];

/// Signals in the values of nodes.
const NODES: [SignalKind; 3] = [SignalKind::Value, SignalKind::SecretShape, SignalKind::ResourceType];

const VALUE_MARKS: [[u8; 3]; signals::count_marks(&VALUES)] = signals::marks(&VALUES);
const NODE_MARKS: [[u8; 3]; signals::count_marks(&NODES)] = signals::marks(&NODES);

/// The marks of whatever a value can tell.
const POSSIBLE: TripletScanner<{ VALUE_MARKS.len() }> = TripletScanner::in_any_case(VALUE_MARKS);

/// The marks of whatever a value can tell that makes a node one of interest.
const INSIDE: TripletScanner<{ NODE_MARKS.len() }> = TripletScanner::exactly(NODE_MARKS);

/// The marks of secrets that are written inside a value.
const WITHIN: TripletScanner<{ MARKS_WITHIN.len() }> = TripletScanner::in_any_case(MARKS_WITHIN);

/// Whether the values of a node, as they are written in its start tag, can hold anything that makes it one of interest.
/// Rather says yes.
pub(super) fn is_possible_in_node(written: &str) -> bool {
    INSIDE.any(written.as_bytes()) || may_name_secret(written)
}

/// Whether a value of a node can hold a secret that is written in it under a name. Rather says yes.
pub(super) fn may_name_secret(value: &str) -> bool {
    WITHIN.any(value.as_bytes())
}

/// Whether a text holds nothing of what [`is_possible`] looks for, no [keyword](secret::has_keyword) of the name of a secret
/// and nothing that [may be one](secret::may_hold_one): then there is nothing in it to mask.
pub(super) fn is_quiet(text: &str) -> bool {
    !is_possible(text) && !secret::has_keyword(text) && !secret::may_hold_one(text)
}

/// Whether a text can hold a URL, `-----BEGIN`, `adobe` in any case, or the [shape](crate::secret::shapes) of a secret.
/// Rather says yes.
pub(super) fn is_possible(text: &str) -> bool {
    POSSIBLE.any(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{NODES, VALUES, is_possible, is_possible_in_node, is_quiet};
    use crate::secret;
    use crate::signals::FAMILIES;

    #[test]
    fn nothing_that_tells_is_passed_over() {
        let signals = || FAMILIES.iter().flat_map(|family| family.signals);
        for signal in signals().filter(|signal| VALUES.contains(&signal.kind)) {
            let literal = signal.literal;
            for text in [literal.to_owned(), literal.to_uppercase(), format!("{}{literal}", "x".repeat(31))] {
                assert!(is_possible(&text) && !is_quiet(&text), "{literal}");
            }
        }
        for signal in signals().filter(|signal| NODES.contains(&signal.kind)) {
            assert!(is_possible_in_node(&format!("a=\"{}\"", signal.literal)), "{}", signal.literal);
        }
        for stem in secret::keyword_literals() {
            assert!(!is_quiet(stem) && !is_quiet(&stem.to_uppercase()), "{stem}");
        }
        for text in ["", "a", "/apps/site/components", "{Date}2015-05-13T08:41:00.000Z", "nt:unstructured"] {
            assert!(!is_possible(text), "{text}");
        }
    }
}
