//! The first line of a bundle, and the options that the package was read with.

use crate::stored::{Stored, array};
use serde::Deserialize as _;
use serde_json::Value as Json;
use zip_audit::Limits;

/// What every bundle begins with.
const MAGIC: &str = "aemlint bundle";
/// The number of the format. What follows the first line belongs to a version of the product, too.
const FORMAT: u32 = 2;
/// Bytes of the longest first line.
pub(super) const MAX_HEADER_BYTES: u64 = 256;

/// The first line: `aemlint bundle 1 0.1.0 <sha256>`.
pub(super) fn first_line(sha256: &str) -> String {
    format!("{MAGIC} {FORMAT} {} {sha256}\n", env!("CARGO_PKG_VERSION"))
}

/// What is wrong with a first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum HeaderError {
    /// It is not that of a bundle.
    NoBundle,
    /// It was written by another version.
    OtherVersion(String),
}

/// The SHA-256 of the package that a first line names.
pub(super) fn read_first_line(line: &str) -> Result<&str, HeaderError> {
    let rest = line.strip_prefix(MAGIC).and_then(|rest| rest.strip_prefix(' ')).ok_or(HeaderError::NoBundle)?;
    let mut words = rest.trim_end_matches('\n').split(' ');
    let (Some(format), Some(version), Some(sha256), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(HeaderError::NoBundle);
    };
    let is_version = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    if format.parse::<u32>().is_err() || version.is_empty() || !version.chars().all(is_version) {
        return Err(HeaderError::NoBundle);
    }
    if format != FORMAT.to_string() || version != env!("CARGO_PKG_VERSION") {
        return Err(HeaderError::OtherVersion(version.to_owned()));
    }
    if is_sha256(sha256) { Ok(sha256) } else { Err(HeaderError::NoBundle) }
}

/// Whether a text is a SHA-256 as files are named by it: 64 hexadecimal digits in lower case.
pub(crate) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// What decides how much of a package is read. Bundles of one package that were read differently are different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReadingOptions {
    /// Where reading ends.
    pub(crate) limits: Limits,
    /// Globs of what is left out.
    pub(crate) exclude: Vec<String>,
    /// Whether directories such as `target` are left out.
    pub(crate) default_excludes: bool,
    /// Whether packed bytes are searched.
    pub(crate) search_packed: bool,
    /// Whether there are facts on every node.
    pub(crate) nodes: bool,
}

impl Stored for ReadingOptions {
    fn write(&self) -> Json {
        Json::Array(vec![
            serde_json::to_value(&self.limits).unwrap_or_default(),
            self.exclude.write(),
            self.default_excludes.write(),
            self.search_packed.write(),
            self.nodes.write(),
        ])
    }

    fn read(json: &Json) -> Option<Self> {
        let [limits, exclude, default_excludes, search_packed, nodes] = array(json)?;
        Some(Self {
            limits: Limits::deserialize(limits).ok()?,
            exclude: Stored::read(exclude)?,
            default_excludes: Stored::read(default_excludes)?,
            search_packed: Stored::read(search_packed)?,
            nodes: Stored::read(nodes)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines() {
        let sha256 = "0".repeat(64);
        assert_eq!(read_first_line(&first_line(&sha256)), Ok(sha256.as_str()));
        assert_eq!(
            read_first_line(&format!("aemlint bundle 3 9.0.0 {sha256}\n")),
            Err(HeaderError::OtherVersion("9.0.0".to_owned()))
        );
        for line in ["", "PK", "aemlint bundle\n", "aemlint bundle 2 0.1.0 ../x\n", "aemlint bundle x y z\n"] {
            assert_eq!(read_first_line(line), Err(HeaderError::NoBundle), "{line}");
        }
    }

    #[test]
    fn options_are_read_back() {
        let options = ReadingOptions {
            limits: Limits { time: std::time::Duration::from_millis(1_500), ..Limits::default() },
            exclude: vec!["vendor/**".to_owned()],
            default_excludes: true,
            search_packed: false,
            nodes: true,
        };
        assert_eq!(ReadingOptions::read(&options.write()), Some(options));
    }
}
