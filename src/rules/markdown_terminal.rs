//! Renders the Markdown of manual pages for a terminal: headings, paragraphs, lists, code. It knows the subset that
//! rule files use and shows the rest as it is written.

/// Narrower than this nothing is wrapped any further.
const NARROWEST: usize = 40;

/// How to render.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether to use colours and bold type.
    pub color: bool,
}

/// The `markdown` as text of at most `style.width` columns, code lines excepted. Control characters are left out.
pub fn render_markdown(markdown: &str, style: Style) -> String {
    let mut out = String::new();
    let mut paragraph = Paragraph::default();
    let mut code = false;
    for line in markdown.lines() {
        let line: String = line.chars().filter(|c| !c.is_control() || *c == '\t').collect();
        if line.starts_with("```") {
            paragraph.flush(&mut out, style);
            code = !code;
        } else if code || (line.starts_with("    ") && paragraph.is_empty()) {
            let text = if code { line.as_str() } else { line.trim_start() };
            out.push_str(&format!("    {}\n", paint(text, "36", style)));
        } else if let Some(heading) = line.strip_prefix('#') {
            paragraph.flush(&mut out, style);
            let heading = heading.trim_start_matches('#').trim();
            out.push_str(&format!("{}\n", paint(&plain(heading), "1", style)));
        } else if line.trim().is_empty() {
            paragraph.flush(&mut out, style);
            if !out.is_empty() && !out.ends_with("\n\n") {
                out.push('\n');
            }
        } else {
            if marker(&line).is_some() {
                paragraph.flush(&mut out, style);
            }
            paragraph.add(&line);
        }
    }
    paragraph.flush(&mut out, style);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// Lines that belong together, to be wrapped anew.
#[derive(Default)]
struct Paragraph {
    marker: String,
    words: Vec<String>,
}

impl Paragraph {
    fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    fn add(&mut self, line: &str) {
        let mut text = line.trim();
        if self.words.is_empty()
            && let Some(length) = marker(line)
        {
            self.marker = format!("{} ", &text[..length]);
            text = text[length..].trim_start();
        }
        self.words.extend(text.split_whitespace().map(str::to_owned));
    }

    fn flush(&mut self, out: &mut String, style: Style) {
        let marker = std::mem::take(&mut self.marker);
        let words = std::mem::take(&mut self.words);
        if words.is_empty() {
            return;
        }
        let width = style.width.max(NARROWEST);
        let indent = " ".repeat(marker.chars().count());
        let mut lines = vec![marker];
        let mut column = indent.len();
        let mut first = true;
        for word in &words {
            let length = plain(word).chars().count();
            if !first && column + 1 + length > width {
                lines.push(indent.clone());
                column = indent.len();
                first = true;
            }
            if let Some(line) = lines.last_mut() {
                if !first {
                    line.push(' ');
                    column += 1;
                }
                line.push_str(word);
            }
            column += length;
            first = false;
        }
        // Spans may run over the end of a line, so they are looked for in the whole paragraph.
        out.push_str(&spans(&lines.join("\n"), style));
        out.push('\n');
    }
}

/// The length of the list marker that a line begins with: `-`, `*` or a number.
fn marker(line: &str) -> Option<usize> {
    let line = line.trim_start();
    if line.starts_with("- ") || line.starts_with("* ") {
        return Some(1);
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0 && line[digits..].starts_with(". ")).then_some(digits + 1)
}

/// The text without the signs of code, emphasis and links.
fn plain(text: &str) -> String {
    spans(text, Style { width: 0, color: false })
}

/// Replaces `` `code` ``, `*emphasis*`, `**strong**` and `<https://…>` by coloured text.
fn spans(text: &str, style: Style) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['`', '*', '<']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        let found = [("`", "`", "36"), ("**", "**", "1"), ("*", "*", "3"), ("<https://", ">", "4")]
            .into_iter()
            .find_map(|(open, close, color)| {
                let inner = tail.strip_prefix(open)?;
                let length = inner.find(close).filter(|length| *length > 0 && !inner.starts_with(' '))?;
                let kept = if open == "<https://" { 1..open.len() + length } else { open.len()..open.len() + length };
                Some((&tail[kept], open.len() + length + close.len(), color))
            });
        match found {
            Some((inner, length, color)) => {
                out.push_str(&paint(inner, color, style));
                rest = &tail[length..];
            }
            None => {
                out.push_str(&tail[..1]);
                rest = &tail[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn paint(text: &str, color: &str, style: Style) -> String {
    if style.color && !text.is_empty() { format!("\u{1b}[{color}m{text}\u{1b}[0m") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# id: Title\n\n## Why it matters\n\nSome **strong** words and `some code` that go on for longer \
                        than one line holds.\n\n1. First\n   goes on\n2. Second with *emphasis*\n\n- `a *b* c`\n\n    \
                        indented = code\n\n```json\n{ \"a\":  1 }\n```\n\n- <https://example.com/a>\n";

    #[test]
    fn paragraphs_and_lists_are_wrapped_and_code_is_kept() {
        insta::assert_snapshot!(render_markdown(PAGE, Style { width: 44, color: false }), @r#"
        id: Title

        Why it matters

        Some strong words and some code that go on
        for longer than one line holds.

        1. First goes on
        2. Second with emphasis

        - a *b* c

            indented = code

            { "a":  1 }

        - https://example.com/a
        "#);
    }

    #[test]
    fn colours_only_where_they_are_wanted_and_no_control_characters_of_the_text() {
        let colored = render_markdown("`a\u{1b}[31m`", Style { width: 80, color: true });
        assert_eq!(colored, "\u{1b}[36ma[31m\u{1b}[0m\n");
        assert!(!render_markdown(PAGE, Style { width: 80, color: false }).contains('\u{1b}'));
    }

    #[test]
    fn lone_signs_stay() {
        let text = "a < b, 2 * 3 * 4, an `open tick";
        assert_eq!(render_markdown(text, Style { width: 80, color: false }), format!("{text}\n"));
    }
}
