//! Which bytes of a file must not be shown: what the reader knows to be secret, and what it may have missed.

use super::assignments::assignments;
use super::masked::masked;
use super::repeated::Repetitions;
use super::{Secret, doctype, has_keyword, runs, shapes};
use std::borrow::Cow;
use text_spans::Span;

/// The spans of `text` to mask, in order, without overlaps: those `given` by the reader and every repetition of their
/// text, whatever has the [shape](mod@shapes) of a secret or may be one (`runs::possible_secrets`), the values of properties
/// whose name [suggests](super::naming) one wherever `name = value`, `name: value`, `name="value"` or `<name>value<` is
/// written, and what a document type definition declares, since a value can be made of that.
///
/// Linear in the text.
pub fn masks(text: &str, given: &[Span]) -> Vec<Span> {
    masks_of_known(text, given, &[])
}

/// The same, and wherever one of the `known` secrets stands, which a reader made of what is written otherwise.
pub(crate) fn masks_of_known(text: &str, given: &[Span], known: &[Secret]) -> Vec<Span> {
    let mut spans: Vec<Span> = given.iter().filter_map(|&span| inside(text, span)).collect();
    spans.extend(shapes(text).into_iter().map(|(span, _)| span));
    spans.extend(assignments(text).into_iter().map(|assignment| assignment.value));
    spans.extend(runs::possible_secrets(text).into_iter().map(|(span, _)| span));
    let declared = doctype::literals(text);
    if !declared.is_empty() && (!spans.is_empty() || has_keyword(text)) {
        spans.extend(declared);
    }
    with_repetitions(text, spans, known)
}

/// The [`masks`] of a text without keywords and shapes, at a part of the cost.
pub(crate) fn masks_of_runs(text: &str) -> Vec<Span> {
    let mut spans: Vec<Span> = runs::possible_secrets(text).into_iter().map(|(span, _)| span).collect();
    if !spans.is_empty() {
        spans.extend(doctype::literals(text));
    }
    with_repetitions(text, spans, &[])
}

fn with_repetitions(text: &str, spans: Vec<Span>, known: &[Secret]) -> Vec<Span> {
    let mut spans = merged(spans);
    let patterns = spans.iter().filter_map(|span| text.get(span.range())).chain(known.iter().map(Secret::expose));
    let repeated = Repetitions::of(patterns).find(text);
    if !repeated.is_empty() {
        spans.extend(repeated);
        spans = merged(spans);
    }
    spans
}

/// The text of a message or a name, with everything in it masked that has the [shape](mod@shapes) of a secret.
pub fn mask_shapes(text: &str) -> Cow<'_, str> {
    let found = shapes(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(masked(text, found.into_iter().map(|(span, _)| span)))
}

/// The span, grown to whole characters and cut at the end of the text; `None` if nothing remains.
fn inside(text: &str, span: Span) -> Option<Span> {
    let span = span.to_characters(text);
    (!span.is_empty()).then_some(span)
}

/// Sorted, with overlapping and touching spans joined.
pub(crate) fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str, given: &[Span]) -> String {
        let mut out = text.to_owned();
        for span in masks(text, given).into_iter().rev() {
            out.replace_range(span.range(), "*");
        }
        out
    }

    #[test]
    fn a_quote_that_is_never_closed_hides_no_name() {
        for (text, expected) in [
            ("a.secret=\"x\nb=1\nclientSecret=\"hunter22\"\n", "a.secret=\"*\"*\"\n"),
            ("a.secret=\"x clientSecret=\"hunter22\"\n", "a.secret=\"*\"*\"\n"),
            ("a.secret=[x\nclientSecret=\"hunt]er22\"\n", "a.secret=[*\"\n"),
        ] {
            assert_eq!(masked(text, &[]), expected);
        }
    }

    #[test]
    fn values_of_secret_names_in_every_format() {
        for (text, expected) in [
            ("clientSecret=\"hunter22\"\nnext=\"1\"", "clientSecret=\"*\"\nnext=\"1\""),
            ("client.secret = T\"a\\\"b\" x", "client.secret = T\"*\" x"),
            ("password=[\"a\",\"b\"]\nx=1", "password=[*]\nx=1"),
            ("password=(\"a\")\nx=1", "password=(*)\nx=1"),
            ("{\"privateKey\": \"abc\", \"a\": 1}", "{\"privateKey\": \"*\", \"a\": 1}"),
            ("<jcr:content clientSecret='abc' a='b'/>", "<jcr:content clientSecret='*' a='b'/>"),
            ("<password>abc</password>", "<password>*</password>"),
            ("db.password: abc def\nx", "db.password: *\nx"),
            ("db.password=abc\\\n  def\nx", "db.password=*\nx"),
            ("getPrivateKey=\"one\ntwo\nthree\"\nx=\"y\"", "getPrivateKey=\"*\"\nx=\"y\""),
            ("clientSecret=\"\"\nx=\"y\"", "clientSecret=\"\"\nx=\"y\""),
            ("clientSecret=\"$[secret:CLIENT]\"", "clientSecret=\"$[secret:CLIENT]\""),
            ("clientSecret=\"$[secret:CLIENT;default=hunter2]\"", "clientSecret=\"*\""),
            (
                "clientId=\"0123\" apiKey=\"abc\" password.policy=\"strict\"",
                "clientId=\"0123\" apiKey=\"*\" password.policy=\"strict\"",
            ),
            (
                "x=\"{\\\"client_secret\\\": \\\"abc\\\", \\\"a\\\": 1}\"",
                "x=\"{\\\"client_secret\\\": \\\"*\\\", \\\"a\\\": 1}\"",
            ),
            ("a=\"{&quot;pwd&quot;: &quot;abc&quot;}\" b=\"c\"", "a=\"{&quot;pwd&quot;: &quot;*&quot;}\" b=\"c\""),
            (
                "sling:key=\"abc\" jcr:lockToken=\"def\" privateKeyAlias=\"ghi\"",
                "sling:key=\"abc\" jcr:lockToken=\"def\" privateKeyAlias=\"ghi\"",
            ),
            (
                "<!DOCTYPE a [<!ENTITY s \"abc\">]><a clientSecret=\"&s;\"/>",
                "<!DOCTYPE a [<!ENTITY s \"*\">]><a clientSecret=\"*\"/>",
            ),
            (
                "hash=6b1e9c40d2f84a6690ab3c5d7e8f1029\nx=7b1e9c40d2f84a6690ab3c5d7e8f1029",
                "hash=6b1e9c40d2f84a6690ab3c5d7e8f1029\nx=*",
            ),
            ("password=\nuser=joe", "password=\nuser=joe"),
            ("# a token in a sentence, and a password", "# a token in a sentence, and a password"),
        ] {
            assert_eq!(masked(text, &[]), expected);
        }
    }

    #[test]
    fn messages_are_masked_by_shape() {
        let text = "'p8e-QUJDREVGR0hJSktMTU5P' is no URL, 'https://joe:pass@host/' is";
        assert_eq!(mask_shapes(text), "'********' is no URL, 'https://joe:********@host/' is");
        assert!(matches!(mask_shapes("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn a_given_secret_is_masked_wherever_it_occurs() {
        let text = "# was: correct-horse\nphrase=\"correct-horse\"\n";
        let at = text.rfind("correct").unwrap();
        assert_eq!(masked(text, &[Span::new(at, at + 13)]), "# was: *\nphrase=\"*\"\n");
    }

    #[test]
    fn spans_that_split_characters_or_leave_the_text_are_mended() {
        assert_eq!(masked("aéb", &[Span::new(2, 99)]), "a*");
        assert_eq!(masked("ab", &[Span::new(5, 9), Span::new(1, 1)]), "ab");
    }
}
