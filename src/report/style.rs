//! Which forms of report there are, and what the caller decides about their looks.

use std::fmt;
use std::str::FromStr;

/// The forms of report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Snippets with the property underlined, for people at a terminal.
    #[default]
    Text,
    /// One line a finding.
    Concise,
    /// The JSON report, whose schema is in the repository.
    Json,
    /// SARIF 2.1.0, as GitHub code scanning takes it.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab Code Quality.
    Gitlab,
    /// JUnit XML.
    Junit,
    /// Markdown, as for the step summary of GitHub Actions.
    Markdown,
    /// One self-contained page.
    Html,
}

impl Format {
    /// All of them, in the order of the documentation.
    pub const ALL: &[Self] = &[
        Self::Text,
        Self::Concise,
        Self::Json,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Markdown,
        Self::Html,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no [`Format`]'s.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no report format; use one of {}", crate::escape::terminal_name(.0), Format::ALL.iter().map(|format| format.name()).collect::<Vec<_>>().join(", "))]
pub struct UnknownFormat(pub String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.iter().copied().find(|format| format.name() == name).ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

/// What the caller decides about the looks of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// Colours and other terminal attributes (text and concise).
    pub color: bool,
    /// Columns of the terminal (text). Less than 40 counts as 40.
    pub width: usize,
    /// Box-drawing characters rather than ASCII (text).
    pub unicode: bool,
    /// The category under which code scanning files the results (SARIF). It overrides the upload's own, so that it is
    /// written only if it is asked for.
    pub sarif_category: Option<String>,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 100, unicode: true, sarif_category: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for &format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
        let error = "xml".parse::<Format>().unwrap_err();
        assert!(error.to_string().starts_with("`xml` is no report format; use one of text, concise, json"));
    }
}
