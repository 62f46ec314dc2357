//! `aemlint explain`: the manual page of a rule.

use super::args;
use super::console::{self, Console};
use super::setup::Settings;
use crate::report::escape;
use crate::rules::{Exhibit, RuleFile};
use miette::Report;

/// Text is wrapped at this column, or at the edge of a narrower terminal.
const WIDTH: usize = 100;

/// Prints the manual page of a rule.
///
/// # Errors
/// If there is no such rule, or a rule or configuration file has a mistake.
pub(super) fn run(args: &args::Explain, console: &Console) -> Result<u8, Report> {
    let rules = Settings::load(&args.source.config)?.rules(&args.source.directories)?;
    let rule = rules.rule(&args.rule)?;
    let width = console::width().unwrap_or(WIDTH).clamp(40, WIDTH);
    let page = Page { color: console.stdout_color, width, out: String::new() }.of(rule);
    console.print(page.as_bytes())?;
    Ok(0)
}

/// A page that is being written.
struct Page {
    color: bool,
    width: usize,
    out: String,
}

impl Page {
    fn of(mut self, rule: &RuleFile) -> String {
        let meta = &rule.meta;
        self.heading(&format!("{}: {}", meta.id, meta.title));
        let security = meta.security_severity.map(|number| format!(", security severity {number}")).unwrap_or_default();
        self.line(&format!(
            "family {}, level {}, confidence {}{security}",
            meta.family,
            meta.level.name(),
            meta.confidence.name()
        ));
        self.markdown(&meta.help);
        for example in &rule.examples {
            for (name, exhibits) in [("Wrong", &example.bad), ("Right", &example.good)] {
                let title = example.title.as_ref().map(|title| format!(": {title}")).unwrap_or_default();
                for exhibit in exhibits {
                    self.heading(&format!("{name}{title}"));
                    self.exhibit(exhibit);
                }
            }
        }
        if !meta.references.is_empty() {
            self.heading("References");
            for reference in &meta.references {
                self.line(&format!("- {reference}"));
            }
        }
        self.out
    }

    fn heading(&mut self, text: &str) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        let text = escape::terminal(text);
        self.out += &if self.color { format!("\u{1b}[1m{text}\u{1b}[0m\n") } else { format!("{text}\n") };
    }

    fn line(&mut self, text: &str) {
        self.out += &escape::terminal(text);
        self.out.push('\n');
    }

    fn exhibit(&mut self, exhibit: &Exhibit) {
        self.line(&exhibit.file);
        self.out.push('\n');
        for line in exhibit.content.trim_matches('\n').lines() {
            self.line(&format!("    {line}"));
        }
    }

    /// Headings stand out, paragraphs and list items are wrapped, blocks of code stay as they are.
    fn markdown(&mut self, text: &str) {
        let mut paragraph = String::new();
        let mut in_code = false;
        for line in text.trim().lines() {
            let fence = line.trim_start().starts_with("```");
            let heading = line.strip_prefix('#').map(|rest| rest.trim_start_matches('#').trim());
            let item = line.trim_start().starts_with("- ") || line.starts_with('|');
            if fence || in_code || heading.is_some() || item || line.trim().is_empty() {
                self.paragraph(&mut paragraph);
            }
            if fence {
                in_code = !in_code;
            } else if in_code {
                self.line(&format!("    {line}"));
            } else if let Some(heading) = heading {
                self.heading(heading);
            } else if line.trim().is_empty() {
                self.blank();
            } else {
                if !paragraph.is_empty() {
                    paragraph.push(' ');
                }
                paragraph += line.trim_end();
            }
        }
        self.paragraph(&mut paragraph);
    }

    fn blank(&mut self) {
        if !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn paragraph(&mut self, text: &mut String) {
        let mut column = 0;
        let indent = if text.starts_with("- ") { "  " } else { "" };
        for word in std::mem::take(text).split_whitespace() {
            let word = escape::terminal(word).into_owned();
            let length = word.chars().count();
            if column > 0 && column + 1 + length > self.width {
                self.out.push('\n');
                self.out += indent;
                column = indent.len();
            } else if column > 0 {
                self.out.push(' ');
                column += 1;
            }
            self.out += &word;
            column += length;
        }
        if column > 0 {
            self.out.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_wrapped_and_code_is_not() {
        let mut page = Page { color: false, width: 40, out: String::new() };
        page.markdown(
            "## Why it matters\nOne two three four five six seven eight nine ten.\n\n- a list item that is long \
             enough to be wrapped\n- second\n\n```\nkey = \"a long line of code that is never wrapped at all\"\n```\n## Next\nend",
        );
        insta::assert_snapshot!(page.out, @r#"
        Why it matters
        One two three four five six seven eight
        nine ten.

        - a list item that is long enough to be
          wrapped
        - second

            key = "a long line of code that is never wrapped at all"

        Next
        end
        "#);
    }

    #[test]
    fn every_rule_has_a_page() {
        let rules = crate::rules::RuleSet::builtin();
        for id in rules.ids() {
            let page = Page { color: true, width: 80, out: String::new() }.of(rules.rule(id).unwrap());
            for part in [id, "Why it matters", "What to do", "Wrong", "Right"] {
                assert!(page.contains(part), "the page of {id} has no {part:?}");
            }
        }
    }
}
