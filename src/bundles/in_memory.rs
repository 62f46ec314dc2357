//! Bundles of packages that are in memory: for the tests and the fuzzer, which hold the law of bundles and read what is no
//! bundle.

use super::header::ReadingOptions;
use super::reader::{Wanted, read_from};
use super::writer::{self, Package};
use crate::scan::{self, Kept, Options, Scanned, Sought};

/// The bundle of a package that is in memory, as `aemlint collect` writes it for the file `name` of this SHA-256.
///
/// # Errors
/// Why there is none.
pub fn collect_bytes(name: &str, bytes: Vec<u8>, sha256: &str, options: &Options) -> Result<Vec<u8>, String> {
    let options = Options { sought: Sought::kinds(options.sought.kinds), ..options.clone() };
    let package = Package { path: name.to_owned(), size: bytes.len() as u64, sha256: sha256.to_owned() };
    let noted = ReadingOptions {
        limits: options.walk.limits.clone(),
        exclude: Vec::new(),
        default_excludes: true,
        search_packed: false,
        nodes: false,
    };
    let reading = scan::read_bytes(name, bytes, &options);
    let written = writer::write(&package, &noted, reading);
    written.map(|(bundle, _)| bundle).map_err(|error| error.to_string())
}

/// Judges a bundle that is in memory, whose name is this SHA-256, as `aemlint check --from` does.
///
/// # Errors
/// Why it is not read, as a clause about it.
pub fn scan_bundle(bundle: &[u8], sha256: &str, options: &Options) -> Result<Scanned, String> {
    let kept = Kept::new(options.walk.limits.memory);
    let Options { target, sought, .. } = options;
    let wanted = Wanted { path: None, input: 0, target: *target, kinds: sought.kinds, kept: &kept };
    let read = read_from(bundle, sha256, wanted).map_err(|error| error.reason())?;
    Ok(scan::link(read.reading, options))
}
