//! `aemlint rules`: the rules as a list.

use super::args::RuleSource;
use super::console::Console;
use super::setup::Settings;
use crate::report::escape;
use miette::Report;
use std::fmt::Write;

/// Prints id, family, level and title of every rule, in columns.
///
/// # Errors
/// A mistake in a configuration or rule file.
pub(super) fn list(source: &RuleSource, console: &Console) -> Result<u8, Report> {
    let rules = Settings::load(&source.config)?.rules(&source.directories)?;
    let metas = rules.metas()?;
    let width =
        |text: fn(&crate::rules::Meta) -> &str| metas.iter().map(|meta| text(meta).chars().count()).max().unwrap_or(0);
    let (id, family) = (width(|meta| &meta.id), width(|meta| &meta.family));
    let mut out = String::new();
    for meta in metas {
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{:id$}  {:family$}  {:7}  {}",
            escape::terminal(&meta.id),
            escape::terminal(&meta.family),
            meta.level.name(),
            escape::terminal(&meta.title)
        );
    }
    console.print(out.as_bytes())?;
    Ok(0)
}
