//! Values of options: sizes, times, names, `FORMAT=FILE`.

use crate::facts::Kind;
pub use crate::policy::units::{duration, size};
use crate::policy::{FailOn, Target};
use crate::report::Format;
use crate::rules::{Confidence, Severity};
use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::path::PathBuf;
use zip_audit::Limits;

/// A further report: `--output FORMAT=FILE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputSpec {
    /// Its form.
    pub format: Format,
    /// The file that it is written to.
    pub file: PathBuf,
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Text => "For people: the lines in question, what is wrong and what to do",
            Self::Concise => "One line for each finding",
            Self::Json => "For programs; the schema is in the repository",
            Self::Sarif => "SARIF 2.1.0, for GitHub code scanning and others",
            Self::Github => "Annotations of GitHub Actions",
            Self::Gitlab => "GitLab Code Quality",
            Self::Junit => "JUnit XML",
            Self::Markdown => "Tables for a summary or a comment",
            Self::Html => "A page for a browser",
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}

/// Reads `FORMAT=FILE`.
pub fn output(text: &str) -> Result<OutputSpec, String> {
    let formats = || Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let known = || formats().map(|value| value.get_name().to_owned()).collect::<Vec<_>>().join(", ");
    let Some((format, file)) = text.split_once('=') else {
        return Err(format!("write FORMAT=FILE, such as sarif=aemlint.sarif; FORMAT is one of {}", known()));
    };
    let format = Format::from_str(format, false).map_err(|_| format!("FORMAT is one of {}", known()))?;
    if file.is_empty() {
        return Err("the name of the file is missing after `=`".to_owned());
    }
    Ok(OutputSpec { format, file: file.into() })
}

/// Reads the size limit of one text, which spans restrict to [`Limits::MAX_TEXT`].
pub fn text_size(text: &str) -> Result<u64, String> {
    let bytes = size(text)?;
    if bytes > Limits::MAX_TEXT {
        return Err("use at most 2GiB: no larger text can be analysed".to_owned());
    }
    Ok(bytes)
}

/// Reads a number of threads.
pub fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=1024) => Ok(number),
        _ => Err("write a number from 1 to 1024".to_owned()),
    }
}

/// Reads the name of a kind of fact.
pub fn kind() -> impl TypedValueParser<Value = Kind> {
    named(Kind::ALL.iter().map(|kind| (kind.name(), *kind)).collect())
}

/// Reads a level.
pub fn level() -> impl TypedValueParser<Value = Severity> {
    named([Severity::Note, Severity::Warning, Severity::Error].map(|level| (level.name(), level)).to_vec())
}

/// Reads a confidence.
pub fn confidence() -> impl TypedValueParser<Value = Confidence> {
    named([Confidence::Low, Confidence::Medium, Confidence::High].map(|sure| (sure.name(), sure)).to_vec())
}

/// Reads a level or `never`.
pub fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    named(FailOn::ALL.iter().map(|fail_on| (fail_on.name(), *fail_on)).collect())
}

/// Reads the AEM that packages are for.
pub fn target() -> impl TypedValueParser<Value = Target> {
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
    fn the_size_of_a_text_is_bounded() {
        assert_eq!(text_size("64MiB"), Ok(64 << 20));
        assert_eq!(text_size("2GiB"), Ok(Limits::MAX_TEXT));
        assert!(text_size("3GiB").is_err());
    }

    #[test]
    fn a_further_report_names_form_and_file() {
        let spec = output("sarif=out/a=b.sarif").unwrap();
        assert_eq!(spec.file, PathBuf::from("out/a=b.sarif"));
        assert!(output("sarif").unwrap_err().contains("FORMAT=FILE"));
        assert!(output("pdf=x").unwrap_err().contains("markdown"));
        assert!(output("sarif=").is_err());
    }
}
