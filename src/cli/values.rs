//! Values of options: sizes, times, names, `FORMAT=FILE`.

use crate::facts::Kind;
use crate::policy::{FailOn, Target};
use crate::remote::local_path;
use crate::report::{DiffFormat, Format};
use crate::rules::{Confidence, Severity};
use clap::ValueEnum;
use clap::builder::{PathBufValueParser, PossibleValue, PossibleValuesParser, TypedValueParser};
use std::path::PathBuf;
use std::str::FromStr;

/// Reads the path or the URL of an input.
pub(super) fn input() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| local_path(path).map_err(|error| error.to_string()))
}

/// A further report: `--output FORMAT=FILE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OutputSpec {
    /// Its form.
    pub format: Format,
    /// The file that it is written to.
    pub file: PathBuf,
}

/// The forms of `aemlint inventory`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum InventoryFormat {
    /// Columns for a terminal
    Table,
    /// One JSON array
    Json,
    /// Comma-separated values with a header
    Csv,
    /// A Markdown table
    Markdown,
}

/// A further list: `--output FORMAT=FILE` of `aemlint inventory`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InventoryOutput {
    /// Its form.
    pub format: InventoryFormat,
    /// The file that it is written to.
    pub file: PathBuf,
}

/// Reads the name of a form of report.
pub(super) fn format() -> impl TypedValueParser<Value = Format> {
    let values = Format::all().map(|format| PossibleValue::new(format.name()).help(format.about()));
    PossibleValuesParser::new(values).try_map(|name: String| name.parse::<Format>())
}

/// Reads `FORMAT=FILE` of `aemlint check`.
pub(super) fn output(text: &str) -> Result<OutputSpec, String> {
    let known: Vec<&str> = Format::all().map(Format::name).collect();
    let (format, file) = format_and_file(text, "sarif=aemlint.sarif", &known)?;
    Ok(OutputSpec { format, file })
}

/// A further report on a difference: `--output FORMAT=FILE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DiffOutput {
    /// Its form.
    pub format: DiffFormat,
    /// The file that it is written to.
    pub file: PathBuf,
}

/// Reads the name of a form of report on a difference.
pub(super) fn diff_format() -> impl TypedValueParser<Value = DiffFormat> {
    let values = DiffFormat::ALL.map(|format| PossibleValue::new(format.name()).help(format.about()));
    PossibleValuesParser::new(values).try_map(|name: String| name.parse::<DiffFormat>())
}

/// Reads `FORMAT=FILE` for a report on a difference.
pub(super) fn diff_output(text: &str) -> Result<DiffOutput, String> {
    let (format, file) = format_and_file(text, "markdown=diff.md", &DiffFormat::ALL.map(DiffFormat::name))?;
    Ok(DiffOutput { format, file })
}

/// Reads `FORMAT=FILE` of `aemlint inventory`.
pub(super) fn inventory_output(text: &str) -> Result<InventoryOutput, String> {
    let values: Vec<PossibleValue> =
        InventoryFormat::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect();
    let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
    let (format, file) = format_and_file(text, "csv=inventory.csv", &names)?;
    Ok(InventoryOutput { format, file })
}

impl FromStr for InventoryFormat {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        <Self as ValueEnum>::from_str(name, false)
    }
}

/// The form that a file is most likely meant to have whose name ends like this.
const FORM_OF_EXTENSION: [(&str, &str); 7] = [
    (".csv", "csv"),
    (".html", "html"),
    (".json", "json"),
    (".md", "markdown"),
    (".sarif", "sarif"),
    (".txt", "text"),
    (".xml", "junit"),
];

/// Reads `FORMAT=FILE`, where FORMAT is one of the known names.
fn format_and_file<T: FromStr>(text: &str, example: &str, names: &[&str]) -> Result<(T, PathBuf), String> {
    let known = names.join(", ");
    let Some((format, file)) = text.split_once('=') else {
        let meant =
            FORM_OF_EXTENSION.iter().find(|(extension, form)| text.ends_with(extension) && names.contains(form));
        let example = meant.map_or(example.to_owned(), |(_, form)| format!("{form}={text}"));
        return Err(format!("write FORMAT=FILE, such as {example}; FORMAT is one of {known}"));
    };
    let format = format.parse().map_err(|_| format!("FORMAT is one of {known}"))?;
    if file.is_empty() {
        return Err("the name of the file is missing after `=`".to_owned());
    }
    Ok((format, file.into()))
}

/// Reads the reason of ignores, which has to fit into a comment of any kind of file.
pub(super) fn reason(text: &str) -> Result<String, String> {
    let reason = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if reason.is_empty() {
        return Err("write why the findings are accepted".to_owned());
    }
    let ends_comments = reason.contains("--") || reason.contains("*/") || reason.ends_with('-');
    if ends_comments { Err("write it without -- and */, which end comments".to_owned()) } else { Ok(reason) }
}

/// Reads a number of threads.
pub(super) fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=1024) => Ok(number),
        _ => Err("write a number from 1 to 1024".to_owned()),
    }
}

/// Reads the name of a kind of fact.
pub(super) fn kind() -> impl TypedValueParser<Value = Kind> {
    named(Kind::ALL.iter().map(|kind| (kind.name(), *kind)).collect())
}

/// Reads a level.
pub(super) fn level() -> impl TypedValueParser<Value = Severity> {
    named(Severity::ALL.map(|level| (level.name(), level)).to_vec())
}

/// Reads a confidence.
pub(super) fn confidence() -> impl TypedValueParser<Value = Confidence> {
    named(Confidence::ALL.map(|sure| (sure.name(), sure)).to_vec())
}

/// Reads a level or `never`.
pub(super) fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    named(FailOn::ALL.iter().map(|fail_on| (fail_on.name(), *fail_on)).collect())
}

/// Reads the AEM that packages are for.
pub(super) fn target() -> impl TypedValueParser<Value = Target> {
    named(Target::ALL.map(|target| (target.name(), target)).to_vec())
}

/// A parser for a closed list of names, which help and completions show.
fn named<T: Copy + Send + Sync + 'static>(names: Vec<(&'static str, T)>) -> impl TypedValueParser<Value = T> {
    let list: Vec<&'static str> = names.iter().map(|(name, _)| *name).collect();
    PossibleValuesParser::new(list).try_map(move |text: String| {
        names.iter().find(|(name, _)| *name == text).map(|(_, value)| *value).ok_or("unknown name")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_fits_into_a_comment() {
        assert_eq!(reason(" known,\n see X-1 ").as_deref(), Ok("known, see X-1"));
        for wrong in [" ", "a -- b", "a */ b", "a -"] {
            assert!(reason(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_further_report_names_form_and_file() {
        let spec = output("sarif=out/a=b.sarif").unwrap();
        assert_eq!(spec.file, PathBuf::from("out/a=b.sarif"));
        assert!(output("sarif").unwrap_err().contains("FORMAT=FILE"));
        assert!(output("out/a.html").unwrap_err().contains("html=out/a.html"));
        assert!(inventory_output("a.sarif").unwrap_err().contains("csv=inventory.csv"));
        assert!(output("pdf=x").unwrap_err().contains("markdown"));
        assert!(output("sarif=").is_err());
    }
}
