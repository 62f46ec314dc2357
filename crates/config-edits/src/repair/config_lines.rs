//! The lines of a `.config` text as their author meant them: one property begins on each, and its value ends on that line or,
//! if it is a list or a text over several lines, on a later one.

/// The text with its values escaped and quoted, and its keys in order; `None` where that can be understood in two ways. The blanks
/// around `=` stay if `keeps_blanks`.
pub(super) fn repaired(text: &str, keeps_blanks: bool) -> Option<(String, Vec<String>)> {
    let mut out = String::with_capacity(text.len() + 16);
    let mut keys = Vec::new();
    let mut open = Open::Nothing;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let is_passed_by = content.trim().is_empty() || content.trim_start().starts_with('#');
        open = match open {
            Open::Nothing if is_passed_by => {
                out.push_str(content);
                Open::Nothing
            }
            Open::Nothing => {
                let (key, value) = content.split_once('=')?;
                let name = key.trim();
                if name.is_empty() || name.contains(|c: char| c.is_whitespace() || "\"\\[](),#".contains(c)) {
                    return None;
                }
                keys.push(name.to_owned());
                let bare = value.trim_start_matches([' ', '\t']);
                if keeps_blanks {
                    out.push_str(content.get(..content.len() - bare.len())?);
                } else {
                    out.push_str(key.trim_end());
                    out.push('=');
                }
                begin(bare, &mut out)?
            }
            Open::List(close) => list_line(content, close, &mut out)?,
            // The quote that ends the text before may be missing.
            Open::Text if is_property(content, |value| !value.trim_start().starts_with('=')) => return None,
            Open::Text => text_line(content, &mut out)?,
        };
        out.push_str(line.get(content.len()..)?);
    }
    matches!(open, Open::Nothing).then_some((out, keys))
}

/// What goes on over the end of a line.
enum Open {
    Nothing,
    /// A list that this bracket ends.
    List(char),
    Text,
}

/// Writes the value that begins a line's `value`, as far as the line goes.
fn begin(value: &str, out: &mut String) -> Option<Open> {
    let after_letter = value
        .get(1..)
        .filter(|rest| value.starts_with(|c: char| c.is_ascii_alphabetic()) && rest.starts_with(['"', '[', '(']));
    let literal = after_letter.unwrap_or(value);
    out.push_str(value.get(..value.len() - literal.len())?);
    match literal.chars().next()? {
        '"' => {
            out.push('"');
            text_line(literal.get(1..)?, out)
        }
        open @ ('[' | '(') => {
            out.push(open);
            list_line(literal.get(1..)?, if open == '[' { ']' } else { ')' }, out)
        }
        _ => unquoted(literal, out),
    }
}

/// A value without quotes.
fn unquoted(value: &str, out: &mut String) -> Option<Open> {
    let bare = value.trim_end();
    let is_two = bare.contains('=') && bare.contains(char::is_whitespace);
    if is_two || bare.contains(['"', '\\', '#', '[', ']', '(', ')', '{', '}']) || bare.ends_with([',', ';']) {
        return None;
    }
    out.push('"');
    out.push_str(&bare.replace('=', "\\="));
    out.push('"');
    out.push_str(value.get(bare.len()..)?);
    Some(Open::Nothing)
}

/// A line within a text: the last one ends with a quote.
fn text_line(line: &str, out: &mut String) -> Option<Open> {
    let bare = line.trim_end();
    let quotes = unescaped_quotes(bare);
    match quotes.last() {
        None => {
            out.push_str(&escaped(line));
            Some(Open::Text)
        }
        Some(&last) if last + 1 == bare.len() => {
            let inner = bare.get(..last)?;
            let is_clear = |&at: &usize| inner.get(at + 1..).is_some_and(|rest| !begins_another(rest));
            if !quotes.iter().take(quotes.len() - 1).all(is_clear) {
                return None;
            }
            out.push_str(&escaped(inner));
            out.push_str(line.get(last..)?);
            Some(Open::Nothing)
        }
        Some(_) => None,
    }
}

/// Whether what stands behind a quote looks like something other than text: a comment, a further item, a further property.
fn begins_another(rest: &str) -> bool {
    let rest = rest.trim_start();
    let is_literal =
        |value: &str| value.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with(['"', '[', '(']);
    let is_item = rest.strip_prefix(',').is_some_and(|item| item.trim_start().starts_with('"'));
    rest.starts_with('#') || is_item || is_property(rest, is_literal)
}

/// Whether a text begins with a name, `=`, and something that is a value.
fn is_property(text: &str, is_value: impl Fn(&str) -> bool) -> bool {
    let text = text.trim_start();
    let behind = text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "._-".contains(c));
    let value = behind.trim_start().strip_prefix('=').map(str::trim_start);
    behind.len() < text.len() && value.is_some_and(|value| !value.is_empty() && is_value(value))
}

/// A line within a list.
fn list_line(line: &str, close: char, out: &mut String) -> Option<Open> {
    let bare = line.trim_end();
    let (items, end, open) = match (bare.strip_suffix(close), bare.strip_suffix('\\')) {
        (Some(items), _) => (items, line.get(items.len()..)?, Open::Nothing),
        (None, Some(items)) => (items, line.get(items.len()..)?, Open::List(close)),
        (None, None) => (line, "", Open::List(close)),
    };
    let mut is_inside = false;
    let mut may_open = true;
    let mut rest = items.chars();
    while let Some(c) = rest.next() {
        match (is_inside, c) {
            (true, '\\') => {
                out.push('\\');
                out.push(rest.next()?);
                continue;
            }
            (true, '=') => out.push('\\'),
            (true, '"') => is_inside = false,
            (true, _) | (false, ' ' | '\t') => {}
            (false, '"') if may_open => (is_inside, may_open) = (true, false),
            (false, ',') => may_open = true,
            (false, _) => return None,
        }
        out.push(c);
    }
    out.push_str(end);
    (!is_inside).then_some(open)
}

/// Where the quotes are that no backslash escapes.
fn unescaped_quotes(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        if c == '"' && !is_escaped {
            found.push(at);
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    found
}

/// The text with a backslash before each `=` and `"` that has none.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let mut is_escaped = false;
    for c in text.chars() {
        if matches!(c, '=' | '"') && !is_escaped {
            out.push('\\');
        }
        out.push(c);
        is_escaped = c == '\\' && !is_escaped;
    }
    out
}
