//! `--deployments`: which bundles are one deployment, as a table with the columns `deployment` and `sha256` or `path`.

use crate::bundles::{Directory, Shelf, is_sha256};
use crate::diagnostics::UserError;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Bytes of the largest map.
const MAX_MAP_BYTES: u64 = 1 << 30;

/// A bundle that is to be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Its file.
    pub(super) bundle: PathBuf,
    /// The path that its package has; none is the one that it was collected under.
    pub(super) path: Option<String>,
    /// The deployment that it belongs to, or its own number.
    pub(super) input: u32,
}

/// The lines of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DeploymentMap(Vec<Line>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    /// From 1.
    number: usize,
    deployment: String,
    package: Package,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Package {
    Sha256(String),
    Path(String),
}

fn mistake(file: &Path, line: usize, message: &str) -> UserError {
    let help = "Write lines of the form deployment,sha256 or deployment,path, with that header.";
    UserError::plain(format!("{}:{line}: {message}", file.display()), help)
}

impl DeploymentMap {
    /// Reads a map.
    ///
    /// # Errors
    /// If it cannot be read, or has a mistake.
    pub(super) fn read(file: &Path) -> Result<Self, UserError> {
        let cannot_read = |error: &dyn std::fmt::Display| {
            let message = format!("the map {} cannot be read: {error}", file.display());
            UserError::plain(message, "Name a CSV file in UTF-8.")
        };
        let size = fs::metadata(file).map_err(|error| cannot_read(&error))?.len();
        if size > MAX_MAP_BYTES {
            return Err(cannot_read(&"it is too large"));
        }
        let text = fs::read_to_string(file).map_err(|error| cannot_read(&error))?;
        Self::parse(&text).map_err(|(line, message)| mistake(file, line, &message))
    }

    fn parse(text: &str) -> Result<Self, Mistake> {
        let mut rows = rows(text.strip_prefix('\u{feff}').unwrap_or(text))?.into_iter();
        let (_, header) = rows.next().ok_or((1, "there is no header".to_owned()))?;
        let column = |name: &str| header.iter().position(|column| column.trim() == name);
        let deployment = column("deployment").ok_or((1, "there is no column `deployment`".to_owned()))?;
        let (package, is_sha) = match (column("sha256"), column("path")) {
            (Some(sha256), None) => (sha256, true),
            (None, Some(path)) => (path, false),
            _ => return Err((1, "there must be one of the columns `sha256` and `path`".to_owned())),
        };
        let mut lines = Vec::new();
        for (number, row) in rows {
            if row.len() != header.len() {
                return Err((number, format!("{} columns, and the header has {}", row.len(), header.len())));
            }
            let cell = |column: usize| row.get(column).map(String::as_str).unwrap_or_default();
            let (name, package) = (cell(deployment).trim(), cell(package));
            if name.is_empty() {
                return Err((number, "the deployment has no name".to_owned()));
            }
            let package = if is_sha {
                let sha256 = package.trim().to_ascii_lowercase();
                if !is_sha256(&sha256) {
                    return Err((number, "this is no SHA-256: 64 hexadecimal digits".to_owned()));
                }
                Package::Sha256(sha256)
            } else {
                Package::Path(package.to_owned())
            };
            lines.push(Line { number, deployment: name.to_owned(), package });
        }
        Ok(Self(lines))
    }

    /// The bundles that it names, each with the number of its deployment, in the order of their names.
    ///
    /// # Errors
    /// A line that names no bundle.
    pub(super) fn choose(&self, shelf: &Shelf, directory: &Directory, file: &Path) -> Result<Vec<Chosen>, UserError> {
        let names: BTreeSet<&str> = self.0.iter().map(|line| line.deployment.as_str()).collect();
        let numbers: BTreeMap<&str, u32> = names.into_iter().zip(0..).collect();
        let mut chosen: Vec<Chosen> = Vec::new();
        let mut seen = BTreeSet::new();
        for line in &self.0 {
            let input = numbers.get(line.deployment.as_str()).copied().unwrap_or_default();
            let found = match &line.package {
                Package::Path(path) => {
                    let package = shelf.packages.iter().find(|package| package.path == *path);
                    package.map(|package| (package.bundle.clone(), Some(package.path.clone())))
                }
                Package::Sha256(sha256) => {
                    let package = shelf.packages.iter().find(|package| package.sha256 == *sha256);
                    let known = package.map(|package| (package.bundle.clone(), Some(package.path.clone())));
                    // One that is damaged, or whose package lies elsewhere now.
                    let bundle = directory.bundle(sha256);
                    known.or_else(|| bundle.is_file().then_some((bundle, None)))
                }
            };
            let Some((bundle, path)) = found else {
                return Err(mistake(file, line.number, "there is no bundle of this package"));
            };
            if seen.insert((input, bundle.clone(), path.clone())) {
                chosen.push(Chosen { bundle, path, input });
            }
        }
        chosen.sort_by(|a, b| (a.input, &a.path, &a.bundle).cmp(&(b.input, &b.path, &b.bundle)));
        Ok(chosen)
    }
}

/// What is wrong in a line of that number.
type Mistake = (usize, String);
/// The number of the line that a row begins with, and its cells.
type Row = (usize, Vec<String>);

/// The rows of a CSV text that are not empty (RFC 4180), each with the number of its line.
fn rows(text: &str) -> Result<Vec<Row>, Mistake> {
    let mut rows = Vec::new();
    let (mut row, mut cell) = (Vec::new(), String::new());
    let (mut line, mut first_line, mut is_quoted) = (1, 1, false);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if cell.is_empty() => is_quoted = true,
            ',' if !is_quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !is_quoted && characters.peek() == Some(&'\n') => {}
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut cell));
                let whole = std::mem::take(&mut row);
                if whole.iter().any(|cell| !cell.is_empty()) {
                    rows.push((first_line, whole));
                }
                line += 1;
                first_line = line;
            }
            c => {
                line += usize::from(c == '\n');
                cell.push(c);
            }
        }
    }
    if is_quoted {
        return Err((first_line, "a quotation mark is not closed".to_owned()));
    }
    row.push(cell);
    if row.iter().any(|cell| !cell.is_empty()) {
        rows.push((first_line, row));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_names_packages_by_path_or_digest() {
        let map = DeploymentMap::parse("\u{feff}path,deployment\r\n\"a, b.zip\",prod\r\n\r\nc.zip,stage\n").unwrap();
        let lines: Vec<(usize, &str)> = map.0.iter().map(|line| (line.number, line.deployment.as_str())).collect();
        assert_eq!(lines, [(2, "prod"), (4, "stage")]);
        assert_eq!(map.0[0].package, Package::Path("a, b.zip".to_owned()));
        let digest = "A".repeat(64);
        let map = DeploymentMap::parse(&format!("deployment,sha256\nprod,{digest}")).unwrap();
        assert_eq!(map.0[0].package, Package::Sha256("a".repeat(64)));
    }

    #[test]
    fn mistakes_have_their_line() {
        for (text, line) in [
            ("", 1),
            ("deployment\n", 1),
            ("deployment,path,sha256\n", 1),
            ("deployment,path\nprod\n", 2),
            ("deployment,path\n\n,a.zip\n", 3),
            ("deployment,sha256\nprod,12\n", 2),
            ("deployment,path\nprod,\"a\n", 2),
        ] {
            assert_eq!(DeploymentMap::parse(text).unwrap_err().0, line, "{text}");
        }
    }
}
