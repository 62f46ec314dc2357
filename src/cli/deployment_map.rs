//! `--deployments`: which bundles are one deployment, as a table with the columns `deployment` and `sha256` or `path`.

use crate::bundles::{Directory, Shelf, Shelved, is_sha256};
use crate::diagnostics::UserError;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
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

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Package {
    Sha256(String),
    Path(String),
}

/// What is wrong in a line of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mistake {
    /// From 1.
    line: usize,
    message: String,
    help: &'static str,
}

impl Mistake {
    fn new(line: usize, message: impl Into<String>, help: &'static str) -> Self {
        Self { line, message: message.into(), help }
    }

    fn in_file(self, file: &Path) -> UserError {
        UserError::plain(format!("{}:{}: {}", file.display(), self.line, self.message), self.help)
    }
}

const HEADER_HELP: &str = "Begin the map with the line `deployment,sha256` or `deployment,path`.";
const PATH_HELP: &str =
    "Write the path as the status lines of `aemlint collect` have it, or collect the package first.";
const SHA256_HELP: &str =
    "Write the SHA-256 as the status lines of `aemlint collect` have it, or collect the package first.";

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
            return Err(cannot_read(&format!("it is larger than {MAX_MAP_BYTES} bytes")));
        }
        let text = fs::read_to_string(file).map_err(|error| cannot_read(&error))?;
        Self::parse(&text).map_err(|mistake| mistake.in_file(file))
    }

    fn parse(text: &str) -> Result<Self, Mistake> {
        let mut rows = rows(text.strip_prefix('\u{feff}').unwrap_or(text))?.into_iter();
        let Some((number, header)) = rows.next() else {
            return Err(Mistake::new(1, "the map is empty", HEADER_HELP));
        };
        let (deployment, package, is_sha) = columns(number, &header)?;
        let mut lines = Vec::new();
        for (number, row) in rows {
            if row.len() != header.len() {
                let message = format!("this line has {} columns, and the header has {}", row.len(), header.len());
                let help = "Write as many cells as the header has; put a cell with commas into quotation marks.";
                return Err(Mistake::new(number, message, help));
            }
            let cell = |column: usize| row.get(column).map(String::as_str).unwrap_or_default();
            let (name, package) = (cell(deployment).trim(), cell(package));
            if name.is_empty() {
                let help = "Write the name of a deployment, or leave the line out.";
                return Err(Mistake::new(number, "the deployment has no name", help));
            }
            let package = if is_sha {
                let sha256 = package.trim().to_ascii_lowercase();
                if !is_sha256(&sha256) {
                    return Err(Mistake::new(
                        number,
                        "this is no SHA-256, which has 64 hexadecimal digits",
                        SHA256_HELP,
                    ));
                }
                Package::Sha256(sha256)
            } else if package.is_empty() {
                return Err(Mistake::new(number, "the package has no path", PATH_HELP));
            } else {
                Package::Path(package.to_owned())
            };
            lines.push(Line { number, deployment: name.to_owned(), package });
        }
        if lines.is_empty() {
            return Err(Mistake::new(number, "no line follows the header", "Write a line for each package."));
        }
        Ok(Self(lines))
    }

    /// The names of the deployments, in their order: the number of each is its index.
    pub(super) fn names(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self.0.iter().map(|line| line.deployment.as_str()).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// The lines that say what another line says before, each with the number of that one.
    pub(super) fn repeated_lines(&self) -> Vec<(usize, usize)> {
        let mut first: HashMap<(&str, &Package), usize> = HashMap::new();
        let repeated = self.0.iter().filter_map(|line| {
            let first = *first.entry((&line.deployment, &line.package)).or_insert(line.number);
            (first != line.number).then_some((line.number, first))
        });
        repeated.collect()
    }

    /// The bundles that it names, each with the number of its deployment, in the order of their names.
    ///
    /// # Errors
    /// A line that names no bundle, a directory that cannot be read.
    pub(super) fn choose(&self, directory: &Directory, file: &Path) -> Result<Vec<Chosen>, UserError> {
        let names = self.names();
        let numbers: BTreeMap<&str, u32> = names.iter().map(String::as_str).zip(0..).collect();
        let mut packages = Packages::new(directory);
        let mut chosen: Vec<Chosen> = Vec::new();
        let mut seen = HashSet::new();
        for line in &self.0 {
            let input = numbers.get(line.deployment.as_str()).copied().unwrap_or_default();
            let Some((bundle, path)) = packages.find(&line.package)? else {
                let help = if matches!(line.package, Package::Path(_)) { PATH_HELP } else { SHA256_HELP };
                return Err(Mistake::new(line.number, "there is no bundle of this package", help).in_file(file));
            };
            if seen.insert((input, bundle.clone(), path.clone())) {
                chosen.push(Chosen { bundle, path, input });
            }
        }
        chosen.sort_by(|a, b| (a.input, &a.path, &a.bundle).cmp(&(b.input, &b.path, &b.bundle)));
        Ok(chosen)
    }
}

/// Which columns name the deployment and the package, and whether the latter is a SHA-256.
fn columns(line: usize, header: &[String]) -> Result<(usize, usize, bool), Mistake> {
    let column = |name: &str| header.iter().position(|column| column.trim() == name);
    let missing = |message: &str| {
        let is_separated_otherwise = header.iter().any(|cell| cell.contains([';', '\t']));
        let help = if is_separated_otherwise { "Separate the columns by commas." } else { HEADER_HELP };
        Mistake::new(line, message, help)
    };
    let deployment = column("deployment").ok_or_else(|| missing("there is no column `deployment`"))?;
    match (column("sha256"), column("path")) {
        (Some(sha256), None) => Ok((deployment, sha256, true)),
        (None, Some(path)) => Ok((deployment, path, false)),
        (None, None) => Err(missing("there is no column `sha256` or `path`")),
        (Some(_), Some(_)) => Err(missing("there are both of the columns `sha256` and `path`, of which one is enough")),
    }
}

/// The packages of a directory, which is listed as a whole only where that is needed.
struct Packages<'d> {
    directory: &'d Directory,
    listed: Option<Listed>,
}

/// Bundles with the paths of their packages.
struct Listed {
    by_path: HashMap<String, PathBuf>,
    by_sha256: HashMap<String, (PathBuf, String)>,
}

impl<'d> Packages<'d> {
    fn new(directory: &'d Directory) -> Self {
        Self { directory, listed: None }
    }

    /// The bundle of a package, and the path of the package if it is not the one that the bundle has.
    fn find(&mut self, package: &Package) -> Result<Option<(PathBuf, Option<String>)>, UserError> {
        match package {
            Package::Path(path) => {
                if let Some(bundle) = self.directory.bundle_at(path) {
                    return Ok(Some((bundle, Some(path.clone()))));
                }
                let bundle = self.listed()?.by_path.get(path);
                Ok(bundle.map(|bundle| (bundle.clone(), Some(path.clone()))))
            }
            Package::Sha256(sha256) => {
                // One that is damaged, or whose package lies elsewhere now.
                let bundle = self.directory.bundle(sha256);
                let known = self.listed()?.by_sha256.get(sha256);
                let known = known.map(|(bundle, path)| (bundle.clone(), Some(path.clone())));
                Ok(known.or_else(|| bundle.is_file().then_some((bundle, None))))
            }
        }
    }

    fn listed(&mut self) -> Result<&Listed, UserError> {
        if self.listed.is_none() {
            let packages = shelf(self.directory)?.packages;
            let mut listed = Listed { by_path: HashMap::new(), by_sha256: HashMap::new() };
            for Shelved { path, sha256, bundle } in packages {
                listed.by_path.insert(path.clone(), bundle.clone());
                // Of several paths the first.
                listed.by_sha256.entry(sha256).or_insert((bundle, path));
            }
            self.listed = Some(listed);
        }
        self.listed.as_ref().ok_or_else(|| UserError::plain("the bundles cannot be listed", "Try again."))
    }
}

/// What lies in a directory of bundles.
///
/// # Errors
/// A directory that cannot be read.
pub(super) fn shelf(directory: &Directory) -> Result<Shelf, UserError> {
    directory.shelf().map_err(|error| {
        let message = format!("the directory of bundles {} cannot be read: {error}", directory.path().display());
        UserError::plain(message, "Name the directory that aemlint collect wrote.")
    })
}

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
        let help = "Close it, or double each quotation mark that a cell holds.";
        return Err(Mistake::new(first_line, "a quotation mark is not closed", help));
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
    fn what_a_line_says_again_is_known() {
        let map = DeploymentMap::parse("deployment,path\na,x.zip\nb,x.zip\na,x.zip\na,x.zip\n").unwrap();
        assert_eq!(map.repeated_lines(), [(4, 2), (5, 2)]);
        assert_eq!(map.names(), ["a", "b"]);
    }

    #[test]
    fn columns_that_others_separate_are_told() {
        let mistake = DeploymentMap::parse("deployment;path\nprod;a.zip\n").unwrap_err();
        assert!(mistake.help.contains("commas"), "{mistake:?}");
    }

    #[test]
    fn mistakes_have_their_line() {
        for (text, line) in [
            ("", 1),
            ("\n\ndeployment;path\n", 3),
            ("deployment,path\n", 1),
            ("deployment,path\nprod,\n", 2),
            ("deployment\n", 1),
            ("deployment,path,sha256\n", 1),
            ("deployment,path\nprod\n", 2),
            ("deployment,path\n\n,a.zip\n", 3),
            ("deployment,sha256\nprod,12\n", 2),
            ("deployment,path\nprod,\"a\n", 2),
        ] {
            assert_eq!(DeploymentMap::parse(text).unwrap_err().line, line, "{text}");
        }
    }
}
