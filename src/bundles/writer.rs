//! Writes a bundle.

use super::causes::{is_passing, write_ambiguity, write_unread};
use super::header::{ReadingOptions, first_line};
use crate::facts::Kind;
use crate::facts::extract::{FileFacts, write_place};
use crate::facts::walked::{self, NotAnalysed};
use crate::ignore_comments::Comments;
use crate::scan::{Extracted, Input, Reading, Seen};
use crate::secret::mask_shapes;
use crate::stored::Stored;
use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use osgi_config::Target;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;
use zip_audit::{Container, ContainerKind, Place};

/// Bytes of the longest line of a bundle.
pub(super) const MAX_LINE_BYTES: usize = 64 << 20;
/// Bytes of memory that the facts of a file may take as they are, so that no line gets longer than that.
const MAX_FILE_BYTES: usize = 8 << 20;

/// What a bundle is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// The path under which it was collected, as reports show it.
    pub(crate) path: String,
    /// Bytes of the file, or of all files of the tree.
    pub(crate) size: u64,
    /// SHA-256 in hexadecimal.
    pub(crate) sha256: String,
}

/// What is in a bundle, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Files and entries that were seen, archives not counted.
    pub(crate) files: u64,
    /// Facts for AEM 6.5 but those on nodes, before they are linked.
    pub(crate) facts: u64,
    /// What was not read, or not wholly.
    pub(crate) unread: u64,
    /// What can be read differently.
    pub(crate) anomalies: u64,
}

/// The last line: what was seen, and what tells whether the bundle is to be made anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) seen: Seen,
    pub(crate) counts: Counts,
    /// Why something was not read, as a clause; of several the first.
    pub(crate) reason: Option<String>,
    /// Whether something was not read that may be read another time.
    pub(crate) is_passing: bool,
    /// Whether there is something to judge: for every consumer of configurations, and for each.
    pub(crate) judgeable: Vec<bool>,
    /// The number of lines before.
    pub(crate) lines: u64,
}

impl Stored for End {
    fn write(&self) -> Json {
        let Self { seen, counts, reason, is_passing, judgeable, lines } = self;
        let numbers = [seen.files, seen.excluded, seen.excluded_by_default];
        let counts = [counts.files, counts.facts, counts.unread, counts.anomalies];
        Json::Array(vec![
            numbers.to_vec().write(),
            seen.excluded_names.write(),
            counts.to_vec().write(),
            reason.write(),
            is_passing.write(),
            judgeable.write(),
            lines.write(),
        ])
    }

    fn read(json: &Json) -> Option<Self> {
        let [numbers, names, counts, reason, is_passing, judgeable, lines] = crate::stored::array(json)?;
        let [files, excluded, excluded_by_default] = Vec::<u64>::read(numbers)?.try_into().ok()?;
        let seen = Seen { files, excluded, excluded_by_default, excluded_names: Stored::read(names)? };
        let [files, facts, unread, anomalies] = Vec::<u64>::read(counts)?.try_into().ok()?;
        Some(Self {
            seen,
            counts: Counts { files, facts, unread, anomalies },
            reason: Stored::read(reason)?,
            is_passing: Stored::read(is_passing)?,
            judgeable: Stored::read(judgeable)?,
            lines: Stored::read(lines)?,
        })
    }
}

/// The number by which lines say for whom they are: 0 for all.
pub(super) fn number_of(target: Option<Target>) -> u64 {
    let position = target.and_then(|target| Target::ALL.iter().position(|other| *other == target));
    position.map_or(0, |position| position as u64 + 1)
}

/// The bytes of the bundle of a package, and what is in it.
///
/// # Errors
/// None that could happen: it is written to memory.
pub(super) fn write(package: &Package, options: &ReadingOptions, reading: Reading) -> io::Result<(Vec<u8>, End)> {
    let header = first_line(&package.sha256);
    let packed = GzBuilder::new().mtime(0).write(header.into_bytes(), Compression::default());
    let mut writer = Writer { packed, lines: 0, containers: HashMap::new() };
    writer.package(package, options)?;
    let Reading { common, special, modules, comments, digests, seen, .. } = reading;
    let (mut counts, mut judgeable, mut passing) =
        (Counts { files: seen.files, ..Counts::default() }, Vec::new(), false);
    let parts = special.into_iter().map(|(target, part)| (Some(target), part));
    let mut reason = None;
    for (target, part) in [(None, common)].into_iter().chain(parts) {
        judgeable.push(part.is_judgeable);
        reason = reason.or_else(|| part.walked.unread.first().map(walked::reason));
        passing |= part.walked.unread.iter().any(|unread| is_passing(&unread.cause));
        if target.is_none_or(|target| target == Target::default()) {
            counts.add(&part);
        }
        writer.part(target, part)?;
    }
    for (_, folder) in modules {
        writer.line("m", vec![Json::from(&*folder)])?;
    }
    for Input { path, size, sha256 } in digests {
        writer.line("d", vec![path.write(), size.write(), sha256.write()])?;
    }
    for (place, comments) in comments {
        writer.line("i", vec![write_place(&place), comments.write()])?;
    }
    let end = End { seen, counts, reason, is_passing: passing, judgeable, lines: writer.lines };
    writer.line("z", vec![end.write()])?;
    Ok((writer.packed.finish()?, end))
}

impl Counts {
    fn add(&mut self, part: &Extracted) {
        let facts = part.files.iter().flat_map(|file| &file.sources).flat_map(|source| &source.facts);
        self.facts += facts.filter(|fact| fact.kind() != Kind::Node).count() as u64;
        self.unread += part.walked.unread.len() as u64;
        self.anomalies += part.walked.ambiguous.len() as u64;
    }
}

/// Lines on their way into a bundle.
struct Writer {
    packed: GzEncoder<Vec<u8>>,
    lines: u64,
    /// The numbers of the containers that were written.
    containers: HashMap<Place, u64>,
}

impl Writer {
    /// Writes a line, in which everything is masked that looks like a secret.
    fn line(&mut self, tag: &str, values: Vec<Json>) -> io::Result<()> {
        self.line_with(tag, values, None)
    }

    /// The same with a value at its end that was masked before, whose offsets count.
    fn line_with(&mut self, tag: &str, mut values: Vec<Json>, masked: Option<Json>) -> io::Result<()> {
        values.iter_mut().for_each(mask);
        values.insert(0, tag.into());
        values.extend(masked);
        serde_json::to_writer(&mut self.packed, &values)?;
        self.packed.write_all(b"\n")?;
        self.lines += 1;
        Ok(())
    }

    fn package(&mut self, package: &Package, options: &ReadingOptions) -> io::Result<()> {
        let Package { path, size, sha256 } = package;
        self.line("p", vec![path.write(), size.write(), sha256.write(), options.write()])
    }

    fn part(&mut self, target: Option<Target>, part: Extracted) -> io::Result<()> {
        let Extracted { mut files, mut walked, .. } = part;
        let target = number_of(target);
        files.sort_by(|a, b| a.place.cmp(&b.place));
        for mut file in files {
            if file.weight() > MAX_FILE_BYTES {
                file.clip();
                walked.unread.push(NotAnalysed::clipped(file.place.clone(), file.container.input));
            }
            self.file(target, &file)?;
        }
        let mut unread: Vec<Json> = walked.unread.iter().filter_map(write_unread).collect();
        let mut ambiguous: Vec<Json> = walked.ambiguous.iter().map(write_ambiguity).collect();
        for (tag, list) in [("u", &mut unread), ("a", &mut ambiguous)] {
            list.sort_by_cached_key(Json::to_string);
            list.dedup();
            for json in list.drain(..) {
                self.line(tag, vec![Json::from(target), json])?;
            }
        }
        Ok(())
    }

    fn file(&mut self, target: u64, file: &FileFacts) -> io::Result<()> {
        let container = self.container(&file.container)?;
        let excerpts = file.excerpts().map_or(Json::Null, Stored::write);
        self.line_with("f", vec![Json::from(target), file.write(container)], Some(excerpts))?;
        file.sources.iter().try_for_each(|source| self.line("s", vec![source.write()]))
    }

    /// The number of a container, which is written if it is new, after those around it.
    fn container(&mut self, container: &Arc<Container>) -> io::Result<u64> {
        // Outermost first, so that nesting costs no stack.
        let mut chain = vec![container];
        while let Some(parent) = chain.last().and_then(|last| last.parent.as_ref()) {
            chain.push(parent);
        }
        let mut number = None;
        for container in chain.into_iter().rev() {
            let next = self.containers.len() as u64;
            let known = self.containers.get(&container.place).copied();
            if known.is_none() {
                let is_archive = container.kind == ContainerKind::Archive;
                let start = container.start.as_ref().map(|start| (start.base.clone(), start.name.clone()));
                let values = vec![
                    write_place(&container.place),
                    number.write(),
                    is_archive.write(),
                    container.depth.write(),
                    start.write(),
                ];
                self.line("c", values)?;
                self.containers.insert(container.place.clone(), next);
            }
            number = Some(known.unwrap_or(next));
        }
        Ok(number.unwrap_or_default())
    }
}

/// Masks every text in a value that has the shape of a secret: names that somebody chose.
fn mask(json: &mut Json) {
    let mut open = vec![json];
    while let Some(value) = open.pop() {
        match value {
            Json::String(text) => {
                if let Cow::Owned(masked) = mask_shapes(text) {
                    *text = masked;
                }
            }
            Json::Array(items) => open.extend(items),
            Json::Object(members) => open.extend(members.values_mut()),
            _ => {}
        }
    }
}

impl Stored for Comments {
    fn write(&self) -> Json {
        let comment = |comment: &crate::ignore_comments::Comment| {
            Json::Array(vec![
                comment.line.write(),
                comment.rules.write(),
                comment.reason.write(),
                comment.covers.write(),
            ])
        };
        Json::Array(vec![self.valid.iter().map(comment).collect(), self.mistakes.write()])
    }

    fn read(json: &Json) -> Option<Self> {
        let [valid, mistakes] = crate::stored::array(json)?;
        let comment = |json: &Json| {
            let [line, rules, reason, covers] = crate::stored::array(json)?;
            Some(crate::ignore_comments::Comment {
                line: Stored::read(line)?,
                rules: Stored::read(rules)?,
                reason: Stored::read(reason)?,
                covers: Stored::read(covers)?,
            })
        };
        Some(Self {
            valid: valid.as_array()?.iter().map(comment).collect::<Option<_>>()?,
            mistakes: Stored::read(mistakes)?,
        })
    }
}
