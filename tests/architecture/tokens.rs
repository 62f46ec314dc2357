//! The words of a Rust file, without what is no code: comments, strings, and items that only tests see.

/// Splits `text` into identifiers, `::` and single characters.
pub fn tokens(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let first = bytes[at];
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some(length) = string(rest) {
            length
        } else if first.is_ascii_alphabetic() || first == b'_' {
            let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            tokens.push(rest[..length].to_owned());
            length
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            let length = rest.chars().next().map_or(1, char::len_utf8);
            if !first.is_ascii_whitespace() {
                tokens.push(rest[..length].to_owned());
            }
            length
        };
        at += length;
    }
    tokens
}

/// The length of a block comment; they nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of a string, byte string, raw string or character that `text` begins with.
fn string(text: &str) -> Option<usize> {
    let unprefixed = text.strip_prefix(['b', 'c']).unwrap_or(text);
    let prefix = text.len() - unprefixed.len();
    if let Some(raw) = unprefixed.strip_prefix('r') {
        let hashes = raw.bytes().take_while(|byte| *byte == b'#').count();
        if raw[hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let body = hashes + 1;
            return Some(prefix + 1 + body + raw[body..].find(&end)? + end.len());
        }
    }
    if unprefixed.starts_with('"') {
        return Some(prefix + quoted(unprefixed, b'"')?);
    }
    let inner = unprefixed.strip_prefix('\'')?;
    let character = inner.chars().next()?;
    // `'a` without an end is a lifetime.
    let is_character = character == '\\' || inner[character.len_utf8()..].starts_with('\'');
    is_character.then(|| quoted(unprefixed, b'\'')).flatten().map(|length| prefix + length)
}

/// The length of a literal up to the `quote` that ends it.
fn quoted(text: &str, quote: u8) -> Option<usize> {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let is_end = byte == quote && !escaped;
        escaped = byte == b'\\' && !escaped;
        is_end
    })?;
    Some(end + 2)
}

/// Removes every item that has `#[cfg(test)]` in front of it, and returns the names of modules in files among them.
pub fn without_tests(tokens: &[String]) -> (Vec<String>, Vec<String>) {
    let marker = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut kept, mut modules, mut at) = (Vec::new(), Vec::new(), 0);
    while at < tokens.len() {
        if !tokens[at..].iter().map(String::as_str).take(marker.len()).eq(marker) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        at += marker.len();
        let start = at;
        at += item_length(&tokens[at..]);
        let item = &tokens[start..at];
        if let Some(place) = item.iter().position(|token| token == "mod")
            && item.last().is_some_and(|token| token == ";")
        {
            modules.extend(item.get(place + 1).cloned());
        }
    }
    (kept, modules)
}

/// The number of tokens of the item that comes first: up to a `;` or a closing brace outside of all brackets.
fn item_length(tokens: &[String]) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth = depth.saturating_sub(1);
                if depth == 0 && token == "}" {
                    return index + 1;
                }
            }
            ";" if depth == 0 => return index + 1,
            _ => {}
        }
    }
    tokens.len()
}
