//! The facts of one file, written where they outlive the process and read back.
//!
//! A line for the file and one for each source. Places of what lies beside on disk are moved with the package: one that was
//! collected under a path may be judged under another.

use super::file::{FileFacts, Role, SourceFacts};
use crate::documents::{InitialContent, Location, Manifest, NoContent, Root};
use crate::excerpts::Excerpts;
use crate::facts::fact::{Fact, FactData, Installation};
use crate::facts::kinds::Kinds;
use crate::facts::property::Property;
use crate::stored::{Stored, array};
use jcr_filevault::{FilterSet, ImportMode, PackageProperties, Pattern, WorkspaceFilter};
use osgi_config::RunModes;
use serde_json::Value as Json;
use std::collections::HashSet;
use std::sync::Arc;
use text_spans::{ReadError, SourceRange, Span};
use zip_audit::{Container, Place};

/// The package properties that linking looks at.
const PROPERTIES: [&str; 4] = ["group", "name", "version", "packageType"];

/// What is read under another path than it was collected under, and with one copy of equal names.
#[derive(Debug)]
pub(crate) struct Relocation {
    from: String,
    to: String,
    names: HashSet<Arc<str>>,
}

impl Relocation {
    /// From the path that a package was collected under to the one that it is to have.
    pub(crate) fn new(from: &str, to: &str) -> Self {
        Self { from: from.to_owned(), to: to.to_owned(), names: HashSet::new() }
    }

    /// The name of something on disk.
    pub(crate) fn on_disk(&mut self, name: &str) -> Arc<str> {
        let name = match name.strip_prefix(&self.from) {
            _ if self.from == self.to => name.to_owned(),
            Some("") => self.to.clone(),
            Some(below) if below.starts_with('/') => format!("{}{below}", self.to),
            _ if self.from == "." && !name.starts_with(['/', '.']) => format!("{}/{name}", self.to),
            _ => name.to_owned(),
        };
        self.name(&name)
    }

    fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        let name: Arc<str> = name.into();
        self.names.insert(name.clone());
        name
    }

    /// The place of what [`write_place`] made.
    pub(crate) fn read_place(&mut self, json: &Json) -> Option<Place> {
        let (file, inside) = json.as_array()?.split_first()?;
        let file = self.on_disk(file.as_str()?);
        let inside = inside.iter().map(|name| Some(self.name(name.as_str()?))).collect::<Option<_>>()?;
        Some(Place { file, inside })
    }

    fn read_root(&mut self, json: &Json) -> Option<Root> {
        let [place, folder, tree] = array(json)?;
        Some(Root { place: self.read_place(place)?, folder: Stored::read(folder)?, tree: Stored::read(tree)? })
    }

    fn read_location(&mut self, json: &Json) -> Option<Location> {
        let [what, root, below, why] = array(json)?;
        let root = self.read_root(root)?;
        let below: Option<String> = Stored::read(below)?;
        Some(match what.as_u64()? {
            0 => Location::Content { root, below: below? },
            1 => Location::MetaInf { root, below: below? },
            2 => Location::NoContent { root, below, why: no_content(why.as_u64()?)? },
            3 => Location::Elsewhere { root },
            _ => return None,
        })
    }
}

/// A place: the file on disk, and the entries of archives that lead to it.
pub(crate) fn write_place(place: &Place) -> Json {
    [&place.file].into_iter().chain(place.inside.iter()).map(|name| Json::from(&**name)).collect()
}

fn write_root(root: &Root) -> Json {
    Json::Array(vec![write_place(&root.place), root.folder.write(), root.tree.write()])
}

const NO_CONTENT: [NoContent; 4] =
    [NoContent::OtherFolder, NoContent::Sidecar, NoContent::Template, NoContent::Checkout];

fn no_content(number: u64) -> Option<NoContent> {
    NO_CONTENT.get(usize::try_from(number).ok()?).copied()
}

fn write_location(location: &Location) -> Json {
    let (what, below, why) = match location {
        Location::Content { below, .. } => (0, Some(below), None),
        Location::MetaInf { below, .. } => (1, Some(below), None),
        Location::NoContent { below, why, .. } => (2, below.as_ref(), NO_CONTENT.iter().position(|other| other == why)),
        Location::Elsewhere { .. } => (3, None, None),
    };
    let below = below.cloned().write();
    Json::Array(vec![Json::from(what), write_root(location.root()), below, why.map_or(Json::Null, Json::from)])
}

impl FileFacts {
    /// The file, without its sources and the lines that it shows: what lies in the container of that number.
    pub(crate) fn write(&self, container: u64) -> Json {
        let place = write_place(&self.place);
        let location = write_location(&self.location);
        Json::Array(vec![container.write(), place, location, self.role.write(), self.too_many.write()])
    }

    /// The lines that the file shows. They are masked.
    pub(crate) fn excerpts(&self) -> Option<&Excerpts> {
        self.sources.iter().flat_map(|source| &source.facts).next().map(|fact| &*fact.excerpts)
    }

    /// A file without sources, in one of these containers.
    pub(crate) fn read(json: &Json, containers: &[Arc<Container>], relocation: &mut Relocation) -> Option<Self> {
        let [container, place, location, role, too_many] = array(json)?;
        Some(Self {
            container: containers.get(usize::try_from(container.as_u64()?).ok()?)?.clone(),
            place: relocation.read_place(place)?,
            location: relocation.read_location(location)?,
            sources: Vec::new(),
            role: Stored::read(role)?,
            too_many: Stored::read(too_many)?,
            is_late: false,
        })
    }

    /// Adds what is wanted of the source that [`SourceFacts::write`] wrote.
    pub(crate) fn add_source(&mut self, json: &Json, excerpts: &Arc<Excerpts>, wanted: Kinds) -> Option<()> {
        let mut source = SourceFacts::read(json, &self.place, self.container.input, excerpts)?;
        source.leave_out(wanted);
        if !source.facts.is_empty() {
            self.sources.push(source);
        }
        Some(())
    }
}

impl SourceFacts {
    /// The source with all its facts.
    pub(crate) fn write(&self) -> Json {
        let first = self.facts.first();
        let fact = |fact: &Fact| {
            let error = fact.error.as_deref().map_or(Json::Null, Stored::write);
            Json::Array(vec![fact.data.write(), fact.properties.write(), error])
        };
        Json::Array(vec![
            self.configuration.write(),
            self.is_ordinary.write(),
            self.content.write(),
            first.map_or(SourceRange::FILE, |first| first.mark).write(),
            first.and_then(|first| first.path.clone()).write(),
            self.facts.iter().map(fact).collect(),
        ])
    }

    fn read(json: &Json, place: &Place, input: u32, excerpts: &Arc<Excerpts>) -> Option<Self> {
        let [configuration, is_ordinary, content, mark, path, facts] = array(json)?;
        let mark = Stored::read(mark)?;
        let mut path: Option<String> = Stored::read(path)?;
        let mut fact = |json: &Json| {
            let [data, properties, error] = array(json)?;
            let properties: Vec<Property> = Stored::read(properties)?;
            Some(Fact {
                place: place.clone(),
                deployment: input,
                mark,
                path: path.take(),
                run_modes: RunModes::never(),
                not_installed: None,
                overridden: None,
                error: if error.is_null() { None } else { Some(Arc::new(Stored::read(error)?)) },
                installation: Installation::default(),
                data: FactData::read(data)?,
                properties,
                excerpts: Arc::clone(excerpts),
            })
        };
        Some(Self {
            configuration: Stored::read(configuration)?,
            is_ordinary: Stored::read(is_ordinary)?,
            content: Stored::read(content)?,
            facts: facts.as_array()?.iter().map(&mut fact).collect::<Option<_>>()?,
        })
    }
}

impl Stored for Role {
    fn write(&self) -> Json {
        let (what, value) = match self {
            Self::Content => return Json::Null,
            Self::Filter(filter) => (0, filter.write()),
            Self::Properties(properties) => (1, properties.write()),
            Self::Manifest(manifest) => (2, manifest.write()),
        };
        Json::Array(vec![Json::from(what), value])
    }

    fn read(json: &Json) -> Option<Self> {
        if json.is_null() {
            return Some(Self::Content);
        }
        let [what, value] = array(json)?;
        Some(match what.as_u64()? {
            0 => Self::Filter(Stored::read(value)?),
            1 => Self::Properties(Stored::read(value)?),
            2 => Self::Manifest(Stored::read(value)?),
            _ => return None,
        })
    }
}

/// Why a file is refused. Where that stands in it is not kept: the fact on it says so.
fn write_error(error: Option<&ReadError>) -> Json {
    error.map(|error| error.reason.clone()).write()
}

fn read_error(json: &Json) -> Option<Option<ReadError>> {
    let reason: Option<String> = Stored::read(json)?;
    Some(reason.map(|reason| ReadError { span: Span::default(), reason }))
}

/// What decides which paths are covered.
impl Stored for WorkspaceFilter {
    fn write(&self) -> Json {
        let pattern = |pattern: &Pattern| Json::Array(vec![pattern.include.write(), pattern.source.write()]);
        let set = |set: &FilterSet| Json::Array(vec![set.root().into(), set.patterns.iter().map(pattern).collect()]);
        Json::Array(vec![self.sets.iter().map(set).collect(), write_error(self.error.as_ref())])
    }

    fn read(json: &Json) -> Option<Self> {
        let [sets, error] = array(json)?;
        let pattern = |json: &Json| {
            let (include, source) = Stored::read(json)?;
            Some(Pattern::new(include, source, Span::default()))
        };
        let set = |json: &Json| {
            let [root, patterns] = array(json)?;
            let patterns = patterns.as_array()?.iter().map(pattern).collect::<Option<_>>()?;
            Some(FilterSet::new(root.as_str()?, Span::default(), ImportMode::default(), patterns))
        };
        let sets = sets.as_array()?.iter().map(set).collect::<Option<_>>()?;
        Some(Self { sets, error: read_error(error)?, internal_dtd: false, partial: false })
    }
}

/// What identifies a package: other properties may hold anything.
impl Stored for PackageProperties {
    fn write(&self) -> Json {
        let entry = |key: &&str| {
            let value = self.get(key)?;
            Some(Json::Array(vec![(*key).into(), value.into()]))
        };
        Json::Array(vec![PROPERTIES.iter().filter_map(entry).collect(), write_error(self.error.as_ref())])
    }

    fn read(json: &Json) -> Option<Self> {
        let [entries, error] = array(json)?;
        let entries: Vec<(String, String)> = Stored::read(entries)?;
        Some(Self::with_entries(entries, read_error(error)?))
    }
}

impl Stored for Manifest {
    fn write(&self) -> Json {
        let Self { main_class, symbolic_name, initial_content, asks_for_configurator } = self;
        Json::Array(vec![
            main_class.write(),
            symbolic_name.write(),
            initial_content.write(),
            asks_for_configurator.write(),
        ])
    }

    fn read(json: &Json) -> Option<Self> {
        let [main_class, symbolic_name, initial_content, asks_for_configurator] = array(json)?;
        Some(Self {
            main_class: Stored::read(main_class)?,
            symbolic_name: Stored::read(symbolic_name)?,
            initial_content: Stored::read(initial_content)?,
            asks_for_configurator: Stored::read(asks_for_configurator)?,
        })
    }
}

impl Stored for InitialContent {
    fn write(&self) -> Json {
        Json::Array(vec![self.entry.write(), self.path.write(), self.kept.write()])
    }

    fn read(json: &Json) -> Option<Self> {
        let [entry, path, kept] = array(json)?;
        Some(Self { entry: Stored::read(entry)?, path: Stored::read(path)?, kept: Stored::read(kept)? })
    }
}
