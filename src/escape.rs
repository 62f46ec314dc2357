//! One escaping function for each place that text goes to. Names and values come from strangers.
//!
//! Whatever can move a cursor, hide or reorder text, start a command of a build server or break out of markup is made
//! visible or harmless here, and nowhere else.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

/// Characters of a name or path that are shown to people.
pub(crate) const MAX_NAME_CHARS: usize = 200;
/// Characters of a message that are shown to people.
pub(crate) const MAX_MESSAGE_CHARS: usize = 1_000;

/// Bytes of a word, as it is shown, that are certain to stand on one line of a log. Longer words may be broken anywhere.
const MAX_UNBROKEN_BYTES: usize = 32;

/// Text on one line of a terminal or log: control characters, bidirectional marks and invisible characters are shown
/// as `\u{…}`, and what begins a command of a build server (`::` where a line can begin, `##[`, `##vso[`) is broken up.
pub(crate) fn terminal(text: &str) -> Cow<'_, str> {
    let may_begin_command = text.contains("::") || text.ends_with(':') || text.contains("##");
    if !may_begin_command && (is_plain(text, false) || !text.chars().any(is_unsafe)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(escaped(text, 0..0, false).0)
}

/// The lines of an excerpt for a terminal, and where a range of its bytes went. Keeps LF and tab.
pub(crate) fn terminal_lines(text: &str, range: Range<usize>) -> (String, Range<usize>) {
    escaped(text, range, true)
}

fn escaped(text: &str, range: Range<usize>, keep_lines: bool) -> (String, Range<usize>) {
    let mut out = String::with_capacity(text.len() + 16);
    let mut moved = 0..0;
    // Bytes of the word so far, as it is shown, and whether a line may be broken here.
    let (mut word, mut breaks) = (0, true);
    for (at, c) in text.char_indices() {
        let before = out.len();
        if at == range.start {
            moved.start = out.len();
        }
        if at == range.end {
            moved.end = out.len();
        }
        let rest = &text[at..];
        // A position may follow the last colon of a name: `name::5:1`.
        let begins_command = ((breaks || word >= MAX_UNBROKEN_BYTES) && (rest.starts_with("::") || rest == ":"))
            || (c == '#' && (rest.starts_with("##[") || starts_with_ignoring_case(rest, "##vso[")));
        if (keep_lines && matches!(c, '\n' | '\t')) || !(begins_command || is_unsafe(c)) {
            out.push(c);
        } else {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        breaks = !c.is_alphanumeric();
        // White space that is escaped separates no words.
        word = if out[before..].starts_with(char::is_whitespace) { 0 } else { word + out.len() - before };
    }
    if range.start >= text.len() {
        moved.start = out.len();
    }
    if range.end >= text.len() {
        moved.end = out.len();
    }
    (out, moved)
}

/// JSON text as a serializer wrote it: the same document, in which what acts on a terminal or begins a command of a build
/// server is written as `\u` escapes.
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    // A serializer has escaped the control characters of ASCII; the line ends that are left are its own.
    let acts = |c: char| c != '\n' && is_unsafe(c);
    if !text.contains("##") && (is_plain(text, true) || !text.chars().any(acts)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        let begins_command = c == '#' && (rest.starts_with("##[") || starts_with_ignoring_case(rest, "##vso["));
        if acts(c) || begins_command {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.as_bytes().get(..prefix.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(prefix.as_bytes()))
}

/// Whether a text is printable ASCII throughout, in which no character is unsafe; with `lines` it may have line feeds.
/// Nearly all texts are, and this takes a fraction of the time that looking at characters takes.
fn is_plain(text: &str, lines: bool) -> bool {
    let further = if lines { b'\n' } else { b' ' };
    // Without a way out inside of a chunk, so that many bytes are compared at once.
    let plain = |byte: &u8| matches!(byte, b' '..=b'~') | (*byte == further);
    text.as_bytes().chunks(64).all(|chunk| chunk.iter().fold(true, |all, byte| all & plain(byte)))
}

/// Whether a character can act on a terminal or is invisible there.
fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}'
        | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

/// At most `most` characters: the middle of a longer text is left out, since both ends of a path tell the most.
pub(crate) fn clip(text: &str, most: usize) -> Cow<'_, str> {
    // Bytes are never fewer than characters.
    if text.len() <= most || text.chars().nth(most).is_none() {
        return Cow::Borrowed(text);
    }
    let head = most * 2 / 5;
    let tail = most - head - 1;
    let head_end = text.char_indices().nth(head).map_or(text.len(), |(at, _)| at);
    let tail_start = text.char_indices().rev().nth(tail.saturating_sub(1)).map_or(0, |(at, _)| at);
    Cow::Owned(format!("{}…{}", &text[..head_end], &text[tail_start..]))
}

/// A name or path for a terminal: escaped and clipped.
pub(crate) fn terminal_name(text: &str) -> String {
    // Clipped first, so that a name of a megabyte costs nothing; escaping can make it somewhat longer again.
    terminal(&clip(text, MAX_NAME_CHARS)).into_owned()
}

/// A message for a terminal: escaped and clipped.
pub(crate) fn terminal_message(text: &str) -> String {
    terminal(&clip(text, MAX_MESSAGE_CHARS)).into_owned()
}

/// The message of a GitHub workflow command (after `::`).
pub(crate) fn github_data(text: &str) -> String {
    terminal(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a GitHub workflow command, such as `file` or `title`. A file name keeps its characters, so that GitHub
/// finds the file.
pub(crate) fn github_property(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            ':' => out.push_str("%3A"),
            ',' => out.push_str("%2C"),
            '#' if text.contains("##") => out.push_str("\\u{23}"),
            c if is_unsafe(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// A relative path as a URI reference for SARIF: percent-encoded, `./` in front where the first segment would read as
/// a scheme.
pub(crate) fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 8);
    let first = path.split('/').next().unwrap_or_default();
    if first.contains(':') || path.starts_with('/') {
        out.push_str("./");
    }
    for (index, segment) in path.trim_start_matches('/').split('/').enumerate() {
        if index > 0 {
            out.push('/');
        }
        // A segment of dots alone would be resolved away, and with it what a hostile archive is called.
        if matches!(segment, "." | "..") && index > 0 {
            out.push_str(&"%2E".repeat(segment.len()));
            continue;
        }
        for byte in segment.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => out.push(char::from(byte)),
                b'-' | b'.' | b'_' | b'~' | b'!' | b':' | b'@' | b'$' | b',' | b'+' | b'=' => {
                    out.push(char::from(byte))
                }
                _ => {
                    let _ = write!(out, "%{byte:02X}");
                }
            }
        }
    }
    out
}

/// Text in a paragraph, list or table cell of Markdown, also at the beginning of a line.
pub(crate) fn markdown(text: &str) -> String {
    let text = terminal(text);
    let text = text.trim();
    let mut out = String::with_capacity(text.len() + 16);
    // What could begin a list, a heading or the line under one.
    let marker = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let mut after_colon = false;
    for (at, c) in text.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // `://` and `@` would become links of their own accord.
            '/' if after_colon => out.push_str("\\/"),
            '-' | '+' | '=' | '.' | ')' if at == marker => out.extend(['\\', c]),
            // So would `www.`.
            '.' if ends_with_www(&text[..at]) => out.push_str("\\."),
            // GitHub looks for names of people in what is left when the backslashes are gone, but not in code.
            '@' if !text[..at].ends_with(|before: char| before.is_alphanumeric()) => out.push_str("`@`"),
            // For addresses, too.
            '@' if begins_with_domain(&text[at + 1..]) || names_scheme_of_addresses(&text[..at]) => out.push_str("`@`"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '@' | '$' => out.extend(['\\', c]),
            c => out.push(c),
        }
        after_colon = c == ':';
    }
    out
}

/// Whether a text ends with the word `www`, behind which a dot makes a link.
fn ends_with_www(text: &str) -> bool {
    let at = text.len().checked_sub(3);
    at.and_then(|at| text.split_at_checked(at)).is_some_and(|(before, end)| {
        end.eq_ignore_ascii_case("www") && !before.ends_with(|before: char| before.is_alphanumeric())
    })
}

/// Whether a text begins with a name that has a dot in it, as the host of a mail address does.
fn begins_with_domain(text: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    text.get(..end).is_some_and(|name| name.contains('.'))
}

/// Whether a text ends with the beginning of an address of a scheme that makes links without a domain.
fn names_scheme_of_addresses(text: &str) -> bool {
    let start = text.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let word = text.get(start..).unwrap_or_default().to_ascii_lowercase();
    ["mailto:", "xmpp:"].iter().any(|scheme| word.contains(scheme))
}

/// A name as a code span of Markdown. Not for tables, in which a `|` ends the cell even here.
pub(crate) fn markdown_code(text: &str) -> String {
    let text = terminal(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let blank = text.is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let pad = if blank { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Appends text or an attribute's value in HTML.
pub(crate) fn html_into(out: &mut String, text: &str) {
    markup_into(out, &terminal(text));
}

/// Appends several lines of text in HTML.
pub(crate) fn html_lines_into(out: &mut String, text: &str) {
    markup_into(out, &terminal_lines(text, 0..0).0);
}

/// Text or an attribute's value in XML 1.0, which cannot hold most control characters at all.
pub(crate) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    markup_into(&mut out, &terminal(text));
    out
}

fn markup_into(out: &mut String, text: &str) {
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => continue,
        };
        out.push_str(text.get(plain..at).unwrap_or_default());
        out.push_str(escaped);
        plain = at + 1;
    }
    out.push_str(text.get(plain..).unwrap_or_default());
}

/// A cell of a CSV file. What a spreadsheet would run as a formula is prefixed with an apostrophe.
pub(crate) fn csv(text: &str) -> String {
    let text = terminal(text);
    let lead = if text.trim_start().starts_with(['=', '+', '-', '@', '|', '%']) { "'" } else { "" };
    if lead.is_empty() && !text.contains(['"', ',', ';', '\'']) && text.trim() == text {
        return text.into_owned();
    }
    format!("\"{lead}{}\"", text.replace('"', "\"\""))
}

/// A line of a CSV file, with its end (RFC 4180).
pub(crate) fn csv_record<C: AsRef<str>>(cells: impl IntoIterator<Item = C>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|cell| csv(cell.as_ref())).collect();
    cells.join(",") + "\r\n"
}

#[cfg(test)]
mod autolink_tests {
    use super::markdown;

    #[test]
    fn nothing_becomes_a_link_of_its_own_accord() {
        for (text, expected) in [
            ("www.evil.example", "www\\.evil.example"),
            ("(WWW.evil.example)", "(WWW\\.evil.example)"),
            ("xwww.a", "xwww.a"),
            ("mailto:a@x", "mailto:a`@`x"),
            ("xmpp:a@x/y", "xmpp:a`@`x/y"),
            ("joe@evil.example", "joe`@`evil.example"),
            ("0123456789ABCDEF01234567@AdobeOrg", "0123456789ABCDEF01234567\\@AdobeOrg"),
            ("https://evil.example", "https:\\//evil.example"),
        ] {
            assert_eq!(markdown(text), expected);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_acts_on_a_terminal_becomes_visible() {
        assert_eq!(
            terminal("a\u{1b}[31mb\u{9b}c\r\n\u{202e}d\u{200b}"),
            "a\\u{1b}[31mb\\u{9b}c\\u{d}\\u{a}\\u{202e}d\\u{200b}"
        );
        assert_eq!(
            terminal("::error::x ::set a::b ##[group] ##VSO[x]"),
            "\\u{3a}:error::x \\u{3a}:set a::b \\u{23}#[group] \\u{23}#VSO[x]"
        );
        let long = "x".repeat(MAX_UNBROKEN_BYTES);
        assert_eq!(terminal(&format!("{long}::set a-::b")), format!("{long}\\u{{3a}}:set a-\\u{{3a}}:b"));
        let shown_longer = "\u{18}".repeat(6);
        assert_eq!(terminal(&format!("{shown_longer}z::set")), format!("{}z\\u{{3a}}:set", "\\u{18}".repeat(6)));
        let behind_line_feed = format!("{long}\n{}::set", "x".repeat(8));
        assert_eq!(terminal(&behind_line_feed), format!("{long}\\u{{a}}{}\\u{{3a}}:set", "x".repeat(8)));
        assert_eq!(terminal("jcr:content/ä 漢字 😀"), "jcr:content/ä 漢字 😀");
    }

    #[test]
    fn plain_text_holds_nothing_unsafe_and_one_unsafe_character_is_found_anywhere() {
        assert!((' '..='~').all(|c| !is_unsafe(c)));
        let plain = "x".repeat(200);
        assert!(is_plain(&plain, false) && is_plain("", false) && is_plain("a\nb", true));
        for at in [0, 1, 63, 64, 65, 127, 128, 199, 200] {
            for c in ['\u{7}', '\n', '\u{7f}', '\u{ad}', '\u{202e}'] {
                let mut text = plain.clone();
                text.insert(at, c);
                assert!(!is_plain(&text, false) && terminal(&text).contains("\\u{"), "{c:?} at {at}");
                assert!(c == '\n' || json(&text).contains("\\u"), "{c:?} at {at}");
            }
        }
        assert!(matches!(json(&format!("{plain}\n{plain}\n")), Cow::Borrowed(_)));
    }

    #[test]
    fn json_stays_the_same_document() {
        let value = serde_json::json!({ "a\u{9b}": "x\u{202e}\u{1b}[2J\u{e0001}##vso[y] \\u200b # 日本" });
        let text = serde_json::to_string_pretty(&value).unwrap();
        let shown = json(&text);
        assert!(!shown.chars().any(|c| c != '\n' && is_unsafe(c)) && !shown.contains("##vso"), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }

    #[test]
    fn ranges_move_with_the_escaped_text() {
        let (text, range) = terminal_lines("\u{1b}a\n\tkey=\u{7}v", 4..9);
        assert_eq!(text, "\\u{1b}a\n\tkey=\\u{7}v");
        assert_eq!(&text[range], "key=\\u{7}");
    }

    #[test]
    fn long_names_keep_both_ends() {
        let name = format!("begin{}end", "é".repeat(5_000));
        let clipped = clip(&name, 200);
        assert_eq!(clipped.chars().count(), 200);
        assert!(clipped.starts_with("begin") && clipped.ends_with("end"));
        assert_eq!(clip("short", 200), "short");
    }

    #[test]
    fn every_sink() {
        assert_eq!(github_data("100%\n::warning::x"), "100%25\\u{a}\\u{3a}:warning::x");
        assert_eq!(github_property("a:b,c%\r\nd"), "a%3Ab%2Cc%25%0D%0Ad");
        assert_eq!(uri("jcr:content/a b#c?d%é/[x]"), "./jcr:content/a%20b%23c%3Fd%25%C3%A9/%5Bx%5D");
        assert_eq!(uri("a.zip!/../x"), "a.zip!/%2E%2E/x");
        assert_eq!(markdown("[x](http://y) <b>|*_`"), "\\[x\\](http:\\//y) &lt;b&gt;\\|\\*\\_\\`");
        assert_eq!(markdown("@octocat a@b.example"), "`@`octocat a`@`b.example");
        assert_eq!(markdown("- a-b"), "\\- a-b");
        assert_eq!(markdown("1. a.b"), "1\\. a.b");
        assert_eq!(markdown("==="), "\\===");
        assert_eq!(markdown_code("a``b"), "```a``b```");
        assert_eq!(markdown_code("`"), "`` ` ``");
        let mut html = "<p>".to_owned();
        html_into(&mut html, "<a href='x'>&\"\u{0}é");
        assert_eq!(html, "<p>&lt;a href=&#39;x&#39;&gt;&amp;&quot;\\u{0}é");
        assert_eq!(csv("=cmd|'x'"), "\"'=cmd|'x'\"");
        assert_eq!(csv("plain"), "plain");
        assert_eq!(csv("a,\"b\""), "\"a,\"\"b\"\"\"");
    }

    /// Strings made of what does harm.
    fn hostile() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            Just("::error file=x::".to_owned()),
            Just("##[group]".to_owned()),
            Just("##vso[task]".to_owned()),
            Just("\u{1b}]8;;http://x\u{7}".to_owned()),
            Just("</script><b>]]>".to_owned()),
            Just("```\n# x".to_owned()),
            Just("%0A".to_owned()),
            any::<char>().prop_map(String::from),
            "[\\x00-\\x7f]{0,8}",
        ];
        prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn nothing_acts_on_a_terminal(text in hostile()) {
            for out in [terminal(&text).into_owned(), terminal_name(&text), terminal_message(&text)] {
                prop_assert!(!out.chars().any(is_unsafe));
                prop_assert!(!out.split_whitespace().any(|word| word.starts_with("::")));
                prop_assert!(!out.contains("##[") && !out.to_lowercase().contains("##vso["));
            }
            let (out, range) = terminal_lines(&text, 0..text.len());
            prop_assert_eq!(range, 0..out.len());
            prop_assert!(!out.chars().any(|c| is_unsafe(c) && !matches!(c, '\n' | '\t')));
        }

        #[test]
        fn a_workflow_command_stays_one_line_and_one_command(text in hostile()) {
            let line = format!("::error file={}::{}", github_property(&text), github_data(&text));
            prop_assert_eq!(line.lines().count(), 1);
            prop_assert!(!line.contains(['\r', '\n']) && !line.contains("##["));
            prop_assert!(!github_property(&text).contains([':', ',']));
        }

        #[test]
        fn a_uri_is_ascii_and_relative(text in hostile()) {
            let uri = uri(&text);
            let is_allowed = |byte: u8| byte.is_ascii_graphic() && !b"<>\"\\^`{|}#?[]".contains(&byte);
            prop_assert!(uri.bytes().all(is_allowed));
            prop_assert!(!uri.starts_with('/'));
            let scheme = uri.split('/').next().unwrap();
            prop_assert!(!scheme.contains(':'));
        }

        #[test]
        fn json_says_the_same_and_acts_on_nothing(text in hostile()) {
            let plain = serde_json::to_string_pretty(&[&text]).unwrap();
            let out = json(&plain);
            prop_assert_eq!(serde_json::from_str::<Vec<String>>(&out).unwrap(), vec![text]);
            prop_assert!(!out.chars().any(|c| is_unsafe(c) && c != '\n'));
            prop_assert!(!out.contains("##[") && !out.to_lowercase().contains("##vso["));
        }

        #[test]
        fn markup_stays_text(text in hostile()) {
            let (mut html, mut lines) = (String::new(), String::new());
            html_into(&mut html, &text);
            html_lines_into(&mut lines, &text);
            for out in [html, lines, xml(&text)] {
                prop_assert!(!out.contains(['<', '>', '"', '\'']));
            }
            let line = markdown(&text);
            prop_assert!(!line.contains(['<', '>', '\n']));
            let cell = csv(&text);
            prop_assert!(!cell.starts_with(['=', '+', '-', '@']) && !cell.contains('\n'));
        }
    }
}
