//! Lines of text in a certain number of columns.

use unicode_width::UnicodeWidthStr;

/// The columns that a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// The text in lines of at most `width` columns, at least one line. Lines end between words; a word that is longer than a line
/// ends it behind a `/`, else behind another separator of names, else anywhere. A command in backticks stays in one piece where it fits.
pub(crate) fn wrap(text: &str, width: Option<usize>) -> Vec<String> {
    let Some(width) = width.map(|width| width.max(1)) else {
        return vec![text.split_whitespace().collect::<Vec<_>>().join(" ")];
    };
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words(text) {
        if !line.is_empty() && columns(&line) + 1 + columns(&word) <= width {
            line.push(' ');
            line += &word;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let mut pieces = break_name(&word, width);
        line = pieces.pop().unwrap_or_default();
        lines.extend(pieces);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// The words of a text; those between two backticks are one.
fn words(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut is_open = false;
    for word in text.split_whitespace() {
        match found.last_mut().filter(|_| is_open) {
            Some(last) => *last = format!("{last} {word}"),
            None => found.push(word.to_owned()),
        }
        is_open ^= word.matches('`').count() % 2 == 1;
    }
    if !is_open {
        return found;
    }
    // A backtick that nothing closes holds nothing together.
    text.split_whitespace().map(str::to_owned).collect()
}

/// A name, such as a path, in pieces of at most `width` columns.
pub(crate) fn break_name(name: &str, width: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = name;
    while columns(rest) > width {
        let mut end = 0;
        let (mut slash, mut separator) = (None, None);
        let mut taken = 0;
        for (at, c) in rest.char_indices() {
            let next = at + c.len_utf8();
            taken += rest.get(at..next).map_or(0, columns);
            if taken > width && end > 0 {
                break;
            }
            end = next;
            match c {
                '/' => slash = Some(next),
                ' ' | '.' | '-' | '_' | ',' | '=' | '&' | '?' => separator = Some(next),
                _ => {}
            }
        }
        // A piece that is nearly empty is not worth its line.
        let cut = slash.filter(|cut| *cut > end / 5).or(separator.filter(|cut| *cut > end / 3)).unwrap_or(end);
        let (piece, after) = rest.split_at(cut);
        pieces.push(piece.trim_end().to_owned());
        rest = after.trim_start();
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(rest.to_owned());
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_end_between_words_and_paths_behind_slashes() {
        assert_eq!(wrap("one two  three", Some(8)), ["one two", "three"]);
        assert_eq!(wrap("one\ntwo", None), ["one two"]);
        assert_eq!(wrap("", Some(8)), [""]);
        assert_eq!(wrap("in vendor/a.zip!/jcr_root/apps", Some(12)), ["in", "vendor/", "a.zip!/", "jcr_root/", "apps"]);
        assert_eq!(wrap("run `aemlint explain x` now", Some(20)), ["run", "`aemlint explain x`", "now"]);
        assert_eq!(wrap("a ` b", Some(3)), ["a `", "b"]);
        assert_eq!(break_name("com.adobe.granite.auth", 12), ["com.adobe.", "granite.auth"]);
        assert_eq!(break_name("日本語", 4), ["日本", "語"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_wider(text in "[a-z/ .`é日]{0,60}", width in 2usize..20) {
            let lines = wrap(&text, Some(width));
            let bare = |text: &str| text.replace(char::is_whitespace, "");
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
            for line in &lines {
                prop_assert!(columns(line) <= width, "{:?}", lines);
            }
        }
    }
}
