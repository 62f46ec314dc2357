//! The manual page of a rule: Markdown for the documentation and for SARIF, and a rendering of it for the terminal.

use super::example::ExampleFile;
use super::file::RuleFile;
use super::fix_source;
use std::fmt::Write as _;

/// The page of a rule as Markdown: what `docs/rules/<id>.md` holds and `aemlint explain` renders.
pub fn manual_page(rule: &RuleFile) -> String {
    let meta = &rule.meta;
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(page, "# {}: {}\n", meta.id, meta.title);
    let mut facts = vec![
        format!("family `{}`", meta.family),
        format!("level `{}`", meta.level.name()),
        format!("confidence `{}`", meta.confidence.name()),
    ];
    facts.extend(meta.security_severity.map(|severity| format!("security severity {severity:.1}")));
    facts.extend(meta.since.as_ref().map(|version| format!("since {version}")));
    let _ = writeln!(page, "{}.\n\n{}\n", capitalised(&facts.join(", ")), meta.help);
    if !rule.fixes.is_empty() {
        let _ = writeln!(page, "## What `aemlint fix` does\n\n{}", fix_source::describe(&rule.fixes));
    }
    for example in &rule.examples {
        let title = example.title.as_deref().map(|title| format!(": {title}")).unwrap_or_default();
        let _ = writeln!(page, "## Example{title}\n");
        for (form, files) in [("Bad", &example.bad), ("Good", &example.good)] {
            if files.is_empty() {
                continue;
            }
            let _ = writeln!(page, "### {form}\n");
            for file in files {
                example_file(&mut page, file);
            }
        }
    }
    if !meta.references.is_empty() {
        let _ = writeln!(page, "## References\n");
        for reference in &meta.references {
            let _ = writeln!(page, "- <{reference}>");
        }
    }
    page
}

fn example_file(page: &mut String, example_file: &ExampleFile) {
    let name = example_file.file.rsplit('/').next().unwrap_or_default();
    let language = match name.rsplit('.').next().unwrap_or_default() {
        "json" => "json",
        "xml" => "xml",
        "config" | "cfg" | "properties" => "properties",
        _ => "text",
    };
    match std::str::from_utf8(&example_file.content) {
        Ok(text) => {
            let _ = writeln!(page, "`{}`\n\n```{language}\n{}\n```\n", example_file.file, text.trim_end());
        }
        Err(_) => {
            let _ = writeln!(page, "`{}` (binary, {} bytes)\n", example_file.file, example_file.content.len());
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}
