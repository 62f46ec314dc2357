//! The help of a rule as HTML: headings, paragraphs, lists, code. It knows the subset of Markdown that rule files use and shows
//! the rest as it is written. A link is shown as its text and address, since only the page of a rule is linked.

use super::markup::Markup;

/// Writes Markdown. Its headings become those of level 4.
pub(super) fn write(out: &mut Markup, markdown: &str) {
    let mut lines = markdown.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim_start().starts_with("```") {
            let code: Vec<&str> = lines.by_ref().take_while(|line| !line.trim_start().starts_with("```")).collect();
            block_of_code(out, &code);
        } else if let Some(heading) = line.strip_prefix('#') {
            out.element("h4", &[], |out| inline(out, heading.trim_start_matches('#').trim()));
            out.literal("\n");
        } else if let Some((ordered, text)) = item(line) {
            let mut items = vec![text.to_owned()];
            while let Some(next) = lines.peek().copied().filter(|line| continues_list(line)) {
                match (item(next), items.last_mut()) {
                    (Some((_, text)), _) => items.push(text.to_owned()),
                    (None, Some(last)) => *last += &format!(" {}", next.trim()),
                    (None, None) => {}
                }
                lines.next();
            }
            out.block(if ordered { "ol" } else { "ul" }, &[], |out| {
                for item in &items {
                    out.element("li", &[], |out| inline(out, item));
                    out.literal("\n");
                }
            });
        } else if line.starts_with("    ") {
            block_of_code(out, &[line.trim_start()]);
        } else if !line.trim().is_empty() {
            let mut text = line.trim().to_owned();
            let is_more = |line: &&str| {
                !line.trim().is_empty() && item(line).is_none() && !line.starts_with('#') && !line.starts_with("```")
            };
            while let Some(next) = lines.next_if(is_more) {
                text += &format!(" {}", next.trim());
            }
            out.element("p", &[], |out| inline(out, &text));
            out.literal("\n");
        }
    }
}

fn block_of_code(out: &mut Markup, lines: &[&str]) {
    out.element("pre", &[("wrap", "")], |out| out.text_lines(&lines.join("\n")));
    out.literal("\n");
}

/// The text of a line that begins an item of a list, and whether the list is numbered.
fn item(line: &str) -> Option<(bool, &str)> {
    let line = line.trim_start();
    if let Some(text) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some((false, text.trim()));
    }
    let (number, text) = line.split_once(". ")?;
    let is_number = !number.is_empty() && number.len() <= 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| (true, text.trim()))
}

/// Whether a line goes on with a list: an item, or the indented rest of one.
fn continues_list(line: &str) -> bool {
    item(line).is_some() || (line.starts_with(' ') && !line.trim().is_empty() && !line.trim_start().starts_with("```"))
}

/// Text with code, emphasis and links in it.
fn inline(out: &mut Markup, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['`', '*', '[', '<']) {
        let (before, from) = rest.split_at(at);
        out.text(before);
        let span = [("`", "`", "code"), ("**", "**", "strong"), ("*", "*", "em"), ("<http", ">", "code")];
        let found = span.iter().find_map(|&(open, close, name)| {
            let inner = from.strip_prefix(open)?;
            let end = inner.find(close).filter(|&end| end > 0)?;
            Some((name, inner.get(..end)?, inner.get(end + close.len()..)?, open))
        });
        rest = if let Some((name, inner, after, open)) = found {
            let address = open.strip_prefix('<').unwrap_or_default();
            out.leaf(name, &[], &format!("{address}{inner}"));
            after
        } else if let Some((text, address, after)) = link(from) {
            out.text(&format!("{text} ({address})"));
            after
        } else {
            let first = from.chars().next().map_or(from.len(), char::len_utf8);
            let (sign, after) = from.split_at(first);
            out.text(sign);
            after
        };
    }
    out.text(rest);
}

/// The text and the address of a link at the beginning of a text, and what follows.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (label, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (address, after) = rest.split_once(')')?;
    Some((label, address, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(markdown: &str) -> String {
        let mut out = Markup::default();
        write(&mut out, markdown);
        out.into_string()
    }

    #[test]
    fn the_forms_that_help_has() {
        let help = "## Why it matters\n\nA *token* has\n**no**\n`scope`.\n\n- one\n  more\n- two:\n  `a=\"b\"`\n\n1. first\n2. second\n\n```\n<a>\n  b\n```\n\nSee [the page](https://example.com/x) and <https://example.com>.";
        let expected = "<h4>Why it matters</h4>\n<p>A <em>token</em> has <strong>no</strong> <code>scope</code>.</p>\n\
                        <ul>\n<li>one more</li>\n<li>two: <code>a=&quot;b&quot;</code></li>\n</ul>\n\
                        <ol>\n<li>first</li>\n<li>second</li>\n</ol>\n<pre wrap=\"\">&lt;a&gt;\n  b</pre>\n\
                        <p>See the page (https://example.com/x) and <code>https://example.com</code>.</p>\n";
        assert_eq!(html(help), expected);
    }

    #[test]
    fn markup_of_a_rule_is_text() {
        assert_eq!(html("a <b>x</b> `<i>` [x"), "<p>a &lt;b&gt;x&lt;/b&gt; <code>&lt;i&gt;</code> [x</p>\n");
        assert_eq!(html("`open and ** and <httpx"), "<p>`open and ** and &lt;httpx</p>\n");
    }
}
