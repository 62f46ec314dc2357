//! Connects the stations: walks the inputs, reads every file that can matter, extracts its facts and links them.
//!
//! Files are read and forgotten one by one, in parallel; only facts outlive their file.

use crate::documents::{self, AemLayout, Location, NoContent, prefilter::Prefilter, templates};
use crate::facts::walked::{Ambiguity, Cause, NotAnalysed};
use crate::facts::{self, Fact, FileFacts, Installed, Kind, Kinds, Linked, Walked};
use crate::ignore_comments::{Comments, Syntax, comments, comments_without_effect, is_marked};
use crate::instances::{Axes, Deployments, Holder, Part};
use crate::rules::{Needles, RuleSet, looks_at_properties};
use crate::workers::{self, lock};
use inputs::DigestedFiles;
use jiff::Timestamp;
use judgeable::Judgeable;
use osgi_config::Target;
use reading::Modules;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use zip_audit::{
    ArchiveFile, Container, ContainerKind, File, InvalidPath, Layout, Limit, LimitKind, Outcome, Place, UnreadCause,
    Visitor,
};

pub use crate::instances::Grouping;
pub use examples::facts_of_example;

mod examples;
mod given;
mod inputs;
mod judgeable;
mod kept;
mod listing;
mod originals;
mod overlay;
mod reading;

pub use given::{Given, scan_given};
pub use inputs::Input;
pub(crate) use inputs::{digest_file, digest_of_nothing, hexadecimal};
pub(crate) use kept::Kept;
pub use listing::{Handling, list_files};
pub use originals::{Original, originals};
pub(crate) use overlay::sibling;
pub use overlay::{Overlay, moved};
pub(crate) use reading::{Extracted, Reading, Seen};

/// How to scan.
#[derive(Clone, Debug)]
pub struct Options {
    /// How to walk the inputs.
    pub walk: zip_audit::Options,
    /// The consumer of configurations.
    pub target: Target,
    /// Whether an option or a configuration names the target, rather than that the default was taken.
    pub target_named: bool,
    /// What is taken to end up in one AEM.
    pub grouping: Grouping,
    /// Groups of run modes of which an instance has at most one, beyond those that exclude each other anyway.
    pub exclusive: Vec<Vec<String>>,
    /// What is looked for.
    pub sought: Sought,
    /// Whether inputs in which there is nothing to judge are no reason to call the scan incomplete.
    pub allow_empty: bool,
    /// Whether to find out sizes and digests of the inputs.
    pub digests: bool,
    /// The time that the validity of certificates is measured against.
    pub now: Timestamp,
}

impl Options {
    /// A scan by one thread with the usual limits, which leaves nothing out but what is left out everywhere.
    pub fn new(sought: Sought, now: Timestamp) -> Self {
        Self {
            walk: zip_audit::Options { threads: Some(1), ..zip_audit::Options::default() },
            target: Target::Aem65,
            target_named: true,
            grouping: Grouping::default(),
            exclusive: Vec::new(),
            sought,
            allow_empty: false,
            digests: false,
            now,
        }
    }
}

/// What a scan looks for.
#[derive(Clone, Debug)]
pub struct Sought {
    /// The kinds of facts.
    pub kinds: Kinds,
    /// Which XML files need no parser.
    pub prefilter: Prefilter,
}

impl Sought {
    /// Facts of these kinds.
    pub fn kinds(kinds: Kinds) -> Self {
        let open = if kinds.contains(Kind::Node) { BTreeSet::from([Kind::Node]) } else { BTreeSet::new() };
        Self { kinds, prefilter: prefilter(&Needles { open, ..Needles::default() }) }
    }

    /// The same, and facts of these kinds.
    #[must_use]
    pub fn with(mut self, kinds: impl IntoIterator<Item = Kind>) -> Self {
        kinds.into_iter().for_each(|kind| self.kinds.insert(kind));
        self
    }

    /// What these rules judge, and the packages, which a policy can name.
    pub fn by_rules(rules: &RuleSet) -> Self {
        let kinds: Kinds = rules.kinds().into_iter().chain([Kind::Package]).collect();
        let with_properties = looks_at_properties(rules, Kind::Configuration);
        let kinds = if with_properties { kinds } else { kinds.without_properties_of(Kind::Configuration) };
        Self { kinds, prefilter: prefilter(&rules.needles()) }
    }
}

/// By how much numbers grow when what was linked by itself is joined.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shift {
    /// Numbers of sources.
    pub(crate) sources: u32,
    /// Indices of facts.
    pub(crate) facts: usize,
}

/// What a scan found, before any judgement.
#[derive(Debug)]
pub struct Scanned {
    /// All facts, linked and in a certain order.
    pub facts: Vec<Fact>,
    /// What the instances of each deployment end up with.
    pub installed: Installed,
    /// Number of files and entries seen, archives not counted.
    pub files: u64,
    /// Directories and files that were left out, by default or by `--exclude`.
    pub excluded: u64,
    /// Which globs of the excludes left something out: their numbers in the set, sorted.
    pub matched_excludes: Vec<usize>,
    /// Number of deployments: how many AEMs what was found is taken to end up in.
    pub deployments: u32,
    /// The names of the deployments, by their numbers, where they have names: a map gives them.
    pub deployment_names: Vec<String>,
    /// The ignore comments of files in source trees.
    pub comments: BTreeMap<Place, Comments>,
    /// The packages and trees that were read, where their digests were wanted.
    pub inputs: Vec<Input>,
}

impl Scanned {
    /// Adds what was found in further deployments, which were linked by themselves. Returns by how much the numbers of their
    /// sources and facts grew.
    pub(crate) fn join(&mut self, other: Self) -> Shift {
        let sources = self.facts.iter().map(|fact| fact.installation.source).max().unwrap_or_default();
        let shift = Shift { sources, facts: self.facts.len() };
        let Self { facts, files, excluded, deployments, comments, inputs, .. } = other;
        self.facts.extend(facts.into_iter().map(|mut fact| {
            fact.installation.shift(sources);
            fact
        }));
        self.files += files;
        self.excluded += excluded;
        self.deployments += deployments;
        self.comments.extend(comments);
        self.inputs.extend(inputs);
        self.inputs.sort();
        self.inputs.dedup();
        shift
    }

    /// What was not analysed: facts of kind `unread`, which are there whatever kinds were wanted.
    pub fn unread(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|fact| fact.kind() == Kind::Unread)
    }

    /// Whether something was not analysed.
    pub fn is_incomplete(&self) -> bool {
        self.unread().next().is_some()
    }
}

/// Scans the inputs. `progress` is told now and then how many bytes of how many are done. An input that cannot be read at
/// all is a fact of kind `unread`.
pub fn scan(inputs: &[PathBuf], options: &Options, progress: &(dyn Fn(u64, u64) + Sync)) -> Scanned {
    scan_with(inputs, options, &Overlay::default(), progress)
}

/// Scans as [`scan`] does, with some files taken to be other than they are.
pub fn scan_with(
    inputs: &[PathBuf],
    options: &Options,
    overlay: &Overlay,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Scanned {
    let reader = Reader { overlay: Some(overlay), ..Reader::new(options, progress) };
    let outcome = zip_audit::walk(inputs, &options.walk, &reader);
    let places: Vec<Place> = zip_audit::places(inputs, &options.walk);
    link(reader.reading(places, outcome), options)
}

/// Of what the digests are found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Digesting {
    /// Of nothing.
    None,
    /// Of trees, without the archives in them.
    Trees,
    /// Of trees with the archives in them, and of each of these.
    All,
}

/// What was read, and the files on disk that were read as archives.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) reading: Reading,
    pub(crate) archives: Vec<ArchiveFile>,
}

/// Reads inputs for every consumer of configurations, and decides nothing about them.
pub(crate) fn read(inputs: &[PathBuf], options: &Options, digesting: Digesting) -> Read {
    let options = Options { digests: digesting != Digesting::None, ..options.clone() };
    let reader = Reader::for_all_targets(&options);
    let outcome = zip_audit::walk(inputs, &options.walk, &reader);
    let archives = outcome.archive_files.clone();
    let digested = if digesting == Digesting::All { archives.clone() } else { Vec::new() };
    let places: Vec<Place> = zip_audit::places(inputs, &options.walk);
    Read { reading: reader.reading(places, Outcome { archive_files: digested, ..outcome }), archives }
}

/// Scans as [`scan_with`] does, until `stop` is set; then there is no result.
pub(crate) fn scan_until(
    inputs: &[PathBuf],
    options: &Options,
    overlay: &Overlay,
    stop: Option<&AtomicBool>,
) -> Option<Scanned> {
    let reader = Reader { overlay: Some(overlay), stop, ..Reader::new(options, &|_, _| {}) };
    let outcome = zip_audit::walk(inputs, &options.walk, &reader);
    let places: Vec<Place> = zip_audit::places(inputs, &options.walk);
    (!reader.is_stopped()).then(|| link(reader.reading(places, outcome), options))
}

/// Whether a scan of `directory` reads the file at `path`, which exists: it is in it, is content, and is not left out.
pub(crate) fn is_read(directory: &Path, path: &Path, options: &Options) -> bool {
    let reader = Reader::new(options, &|_, _| {});
    zip_audit::is_read(directory, path, &options.walk, &reader)
}

/// Scans one package that is in memory, as [`scan`] would if it were the file `name` on disk.
pub fn scan_bytes(name: &str, bytes: Vec<u8>, options: &Options) -> Scanned {
    let reader = Reader::new(options, &|_, _| {});
    let outcome = zip_audit::walk_bytes(name, bytes, &options.walk, &reader);
    link(reader.reading(vec![Place::on_disk(name)], outcome), options)
}

/// Reads one package that is in memory as [`read`] would if it were the file `name` on disk.
pub(crate) fn read_bytes(name: &str, bytes: Vec<u8>, options: &Options) -> Reading {
    let reader = Reader::for_all_targets(options);
    let outcome = zip_audit::walk_bytes(name, bytes, &options.walk, &reader);
    reader.reading(vec![Place::on_disk(name)], outcome)
}

/// Scans files that are in memory, pairs of path and content, as [`scan`] would if they lay in the current directory.
///
/// # Errors
/// A path that leads out of the directory, or that two files have; then nothing was scanned.
pub fn scan_files(
    files: impl IntoIterator<Item = (String, Vec<u8>)>,
    options: &Options,
) -> Result<Scanned, InvalidPath> {
    let reader = Reader::new(options, &|_, _| {});
    let outcome = zip_audit::walk_files(files, &options.walk, &reader)?;
    Ok(link(reader.reading(vec![Place::on_disk(".")], outcome), options))
}

/// The prefilter for rules with these needles: what makes a fact, and what the rules look for beyond.
///
/// A rule on nodes that names no needle looks at every node, so that nothing can be skipped.
fn prefilter(needles: &Needles) -> Prefilter {
    if needles.open.contains(&Kind::Node) {
        return Prefilter::parse_everything();
    }
    Prefilter::for_facts(&needles.literals).unwrap_or_else(|_| Prefilter::parse_everything())
}

/// Why a file that looks like content of a package is none, as far as the file itself shows it.
fn no_content(document: &documents::Document<'_>) -> Option<NoContent> {
    match document.location {
        Location::NoContent { why: NoContent::OtherFolder, .. } if templates::has_moustache(&document.text) => {
            Some(NoContent::Template)
        }
        Location::NoContent { why, .. } => Some(why),
        _ => None,
    }
}

/// Whether a file is the workspace filter of an archive that covers only what is still to be named, such as
/// `/apps/{{app}}`: the archive is no package, but a template of one.
fn is_filter_of_template(file: &FileFacts) -> bool {
    let Some(filter) = file.workspace_filter() else { return false };
    let is_template = |set: &jcr_filevault::FilterSet| templates::is_template_path(set.root());
    file.container.kind == ContainerKind::Archive && !filter.sets.is_empty() && filter.sets.iter().all(is_template)
}

/// Forgets all but the secrets and keys of archives that are templates as a whole.
fn keep_only_secrets_of_templates(reading: &mut Reading) {
    let filters = reading.common.files.iter().filter(|file| is_filter_of_template(file));
    let archives: BTreeSet<Place> = filters.map(|file| file.container.place.clone()).collect();
    if !archives.is_empty() {
        let special = reading.special.iter_mut().map(|(_, part)| part);
        special.chain([&mut reading.common]).for_each(|part| keep_only_secrets(part, &archives));
    }
}

/// Forgets all but the secrets and keys of these archives.
fn keep_only_secrets(part: &mut Extracted, archives: &BTreeSet<Place>) {
    let Extracted { files, walked, .. } = part;
    let content = files.iter_mut().filter(|file| archives.contains(&file.container.place));
    content.filter(|file| file.workspace_filter().is_none()).for_each(FileFacts::keep_only_secrets);
    let lies_in_one = |place: &Place| {
        let around = place.inside.split_last().map(|(_, around)| Place { inside: around.into(), ..place.clone() });
        around.is_some_and(|around| archives.contains(&around))
    };
    walked.unread.retain(|unread| !(matches!(unread.cause, Cause::NotUnderstood(_)) && lies_in_one(&unread.place)));
}

/// Makes facts of the files of a walk.
struct Reader<'a> {
    options: &'a Options,
    overlay: Option<&'a Overlay>,
    /// Set from outside when nobody waits for the result any more.
    stop: Option<&'a AtomicBool>,
    context: facts::Context,
    progress: &'a (dyn Fn(u64, u64) + Sync),
    found: Found,
    /// For a reading that is for every consumer of configurations: what only one of them sees so.
    special: Vec<(Target, Found)>,
    modules: Mutex<Modules>,
    comments: Mutex<BTreeMap<Place, Comments>>,
    digested: Option<DigestedFiles>,
    kept: Kept,
}

/// What files say, while they are read.
#[derive(Default)]
struct Found {
    files: Mutex<Vec<FileFacts>>,
    walked: Mutex<Walked>,
    judgeable: Judgeable,
}

impl Found {
    fn into_extracted(self) -> Extracted {
        Extracted {
            files: self.files.into_inner().unwrap_or_else(PoisonError::into_inner),
            walked: self.walked.into_inner().unwrap_or_else(PoisonError::into_inner),
            is_judgeable: self.judgeable.is_found(),
        }
    }
}

impl Visitor for Reader<'_> {
    fn layout(&self) -> &dyn Layout {
        &AemLayout
    }

    fn wants(&self, name: &[u8]) -> bool {
        documents::wants(name) && !self.is_stopped()
    }

    fn beginnings(&self) -> &[&[u8]] {
        &documents::BEGINNINGS
    }

    fn wants_look(&self, name: &[u8]) -> bool {
        documents::wants_look(name) && !self.is_stopped()
    }

    fn wants_beginning(&self, name: &[u8], first: &[u8]) -> bool {
        documents::wants_beginning(name, first) && !self.is_stopped()
    }

    fn is_ordinary(&self, archive: &Arc<Container>, name: &str) -> bool {
        let is_ordinary =
            self.overlay.is_none_or(Overlay::is_empty) && documents::is_ordinary(name, &self.options.sought.prefilter);
        if is_ordinary {
            self.found.judgeable.look_at_place(&File { container: archive, name, bytes: &[], partial: false });
        }
        is_ordinary
    }

    fn holds_nothing(&self, bytes: &[u8]) -> bool {
        documents::holds_nothing(bytes, &self.options.sought.prefilter)
    }

    fn file(&self, file: File<'_>) {
        match self.overlay {
            _ if self.is_stopped() => {}
            Some(overlay) => overlay.look(file, |file| self.read(file)),
            None => self.read(file),
        }
    }

    fn progress(&self, done: u64, total: u64) {
        (self.progress)(done, total);
    }
}

impl<'a> Reader<'a> {
    fn is_stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    fn read(&self, file: File<'_>) {
        if file.container.kind == ContainerKind::Directory {
            self.module(&file);
            self.ignore_comments(&file);
            if let Some(digested) = &self.digested {
                digested.add(&file);
            }
        }
        self.found.judgeable.look_at_place(&file);
        let Some(document) = self.document(&file, self.options.target) else { return };
        if self.special.is_empty() || !document.depends_on_target() {
            return self.take(&file, document, &self.found);
        }
        let mut document = Some(document);
        for (target, found) in &self.special {
            let own = document.take_if(|_| *target == self.options.target);
            if let Some(own) = own.or_else(|| self.document(&file, *target)) {
                self.take(&file, own, found);
            }
        }
    }

    fn document<'b>(&self, file: &File<'b>, target: Target) -> Option<documents::Document<'b>> {
        let all = self.options.sought.kinds.contains(Kind::Node);
        let interest: &dyn documents::Interest = if all { &documents::Everything } else { &facts::Telling };
        documents::read(file, target, &self.options.sought.prefilter, interest)
    }

    /// Takes from a document what it says.
    fn take(&self, file: &File<'_>, mut document: documents::Document<'_>, found: &Found) {
        found.judgeable.look_at_content(&document);
        let notes = std::mem::take(&mut document.notes);
        let no_content = no_content(&document);
        // How AEM would read what it does not read matters to nobody.
        if notes.internal_dtd && no_content.is_none() && self.kept.take_note(file) {
            lock(&found.walked).ambiguous.push(Ambiguity::internal_dtd(file.place(), file.container.input));
        }
        if let Some(reason) =
            notes.unread.filter(|_| matches!(no_content, None | Some(NoContent::OtherFolder | NoContent::Checkout)))
        {
            self.unread(file, Cause::NotUnderstood(reason), None, found);
        }
        let mut facts = facts::extract(document, &self.context);
        match no_content {
            None => {}
            Some(NoContent::OtherFolder | NoContent::Checkout) => facts.forget_mistakes(),
            Some(NoContent::Sidecar | NoContent::Template) => facts.keep_only_secrets(),
        }
        found.judgeable.look_at_facts(&facts);
        if facts.is_late {
            let limit = (LimitKind::Time, self.options.walk.limits.time.as_secs());
            self.unread(file, Cause::NotRead(UnreadCause::OutOfTime), Some(limit), found);
        }
        if facts.too_many {
            self.unread(file, Cause::TooManyFacts, None, found);
        }
        if !facts.is_empty() && self.kept.take_facts(&mut facts, file.bytes.len()) {
            lock(&found.files).push(facts);
        }
    }

    fn new(options: &'a Options, progress: &'a (dyn Fn(u64, u64) + Sync)) -> Self {
        let context = facts::Context {
            wanted: options.sought.kinds,
            deadline: Instant::now().checked_add(options.walk.limits.time),
        };
        Self {
            options,
            overlay: None,
            stop: None,
            context,
            progress,
            found: Found::default(),
            special: Vec::new(),
            modules: Mutex::default(),
            comments: Mutex::default(),
            digested: options.digests.then(DigestedFiles::default),
            kept: Kept::new(options.walk.limits.memory),
        }
    }

    /// One that reads for every consumer of configurations.
    fn for_all_targets(options: &'a Options) -> Self {
        let special = Target::ALL.iter().map(|&target| (target, Found::default())).collect();
        Self { special, ..Self::new(options, &|_, _| {}) }
    }

    /// Notes why a file is not analysed as a whole.
    fn unread(&self, file: &File<'_>, cause: Cause, limit: Option<Limit>, found: &Found) {
        if self.kept.take_note(file) {
            let unread = NotAnalysed { place: file.place(), cause, limit, input: file.container.input };
            lock(&found.walked).unread.push(unread);
        }
    }

    /// Notes the content module that a file on disk belongs to, even if nothing else is said of the file.
    fn module(&self, file: &File<'_>) {
        let location = Location::of(file.container, file.name, &file.place());
        let Some(folder) = location.module() else { return };
        lock(&self.modules).insert((file.container.input, folder.into()));
    }

    /// What was read, linked.
    fn scanned(self, inputs: &[Place], outcome: Outcome) -> Scanned {
        let options = self.options;
        link(self.reading(inputs.to_vec(), outcome), options)
    }

    /// What was read.
    fn reading(self, inputs: Vec<Place>, outcome: Outcome) -> Reading {
        let Self { options, found, special, modules, comments, digested, kept, .. } = self;
        let digests = digested.map(|digested| {
            workers::with(options.walk.threads, outcome.archive_files.len(), || digested.into_inputs(&inputs, &outcome))
        });
        let mut common = found.into_extracted();
        common.is_judgeable |= outcome.content_files > 0;
        common.walked.unread.extend(kept.left_out());
        common.walked.unread.extend(outcome.unread.into_iter().map(NotAnalysed::from));
        common.walked.ambiguous.extend(outcome.anomalies.into_iter().map(Ambiguity::from));
        let mut reading = Reading {
            inputs,
            common,
            special: special.into_iter().map(|(target, found)| (target, found.into_extracted())).collect(),
            modules: modules.into_inner().unwrap_or_else(PoisonError::into_inner),
            comments: comments.into_inner().unwrap_or_else(PoisonError::into_inner),
            digests: digests.unwrap_or_default(),
            matched_excludes: outcome.matched_excludes,
            seen: Seen {
                files: outcome.files,
                excluded: outcome.excluded,
                excluded_by_default: outcome.excluded_by_default,
                excluded_names: outcome.excluded_names,
            },
        };
        keep_only_secrets_of_templates(&mut reading);
        reading
    }

    /// Only files of a source tree are asked: what is in an archive comes from others and configures nothing.
    fn ignore_comments(&self, file: &File<'_>) {
        let found = match Syntax::of(file.name) {
            Some(syntax) => comments(&jcr_filevault::decode_xml(file.bytes).text, syntax),
            None if is_marked(file.bytes) => comments_without_effect(&text_spans::utf_8(file.bytes)),
            None => return,
        };
        if !found.valid.is_empty() || !found.mistakes.is_empty() {
            lock(&self.comments).insert(file.place(), found);
        }
    }
}

/// Decides what inputs that were read make of their deployments: links the facts of all files.
pub(crate) fn link(mut reading: Reading, options: &Options) -> Scanned {
    reading.settle_target(options.target);
    let nothing = if options.allow_empty { Vec::new() } else { reading.nothing_to_judge() };
    let Reading { common, modules, comments, digests, seen, matched_excludes, .. } = reading;
    let Extracted { mut files, mut walked, .. } = common;
    walked.unread.extend(nothing);
    files.iter_mut().for_each(|file| file.settle(options.sought.kinds, options.now));
    files.retain(|file| !file.is_empty());
    let deployments = deployments(options.grouping, &files, &modules);
    let number = deployments.count();
    let link = facts::link::Options {
        target: options.target,
        target_named: options.target_named,
        axes: Axes::new(options.target, &options.exclusive),
        deployments,
        wanted: options.sought.kinds,
    };
    let Linked { facts, installed } =
        workers::with(options.walk.threads, files.len(), || facts::link(files, walked, &link));
    Scanned {
        facts,
        installed,
        files: seen.files,
        excluded: seen.excluded,
        matched_excludes,
        deployments: number,
        deployment_names: Vec::new(),
        comments,
        inputs: digests,
    }
}

/// What ends up in one AEM, of the files that were read and the modules that were seen.
fn deployments(grouping: Grouping, files: &[FileFacts], modules: &Modules) -> Deployments {
    let is_archive = |file: &FileFacts| file.container.kind == ContainerKind::Archive;
    // Files of one archive are mostly neighbours.
    let archives = files.chunk_by(|a, b| a.place.file == b.place.file).filter_map(<[FileFacts]>::first);
    let around: BTreeMap<&str, Arc<str>> = archives
        .filter(|file| is_archive(file))
        .filter_map(|file| Some((file.place.file.as_ref(), Location::module_around(&file.container)?)))
        .collect();
    let read = files.iter().map(|file| {
        let holder = match around.get(&*file.place.file) {
            Some(folder) => Holder::Module(folder),
            None if is_archive(file) => Holder::Package,
            None => file.location.module().map_or(Holder::Nothing, Holder::Module),
        };
        Part { input: file.container.input, file: &file.place.file, holder }
    });
    let seen =
        modules.iter().map(|(input, folder)| Part { input: *input, file: folder, holder: Holder::Module(folder) });
    Deployments::new(grouping, read.chain(seen))
}
