//! `aemlint explain`: the manual page of a rule.

use super::args;
use super::console::{self, Console};
use super::setup::Settings;
use crate::rules::{Style, manual_page, render_markdown};
use miette::Report;

/// Text is wrapped at this column, or at the edge of a narrower terminal.
const WIDTH: usize = 100;

/// Prints the manual page of a rule.
///
/// # Errors
/// If there is no such rule, or a rule or configuration file has a mistake.
pub(super) fn run(args: &args::Explain, console: &Console) -> Result<u8, Report> {
    let rules = Settings::load(&args.source.config)?.rules(&args.source.directories)?;
    let page = manual_page(rules.rule(&args.rule)?);
    let style = Style { width: console::width().unwrap_or(WIDTH).min(WIDTH), color: console.stdout_color };
    console.print(render_markdown(&page, style).as_bytes())?;
    Ok(0)
}
