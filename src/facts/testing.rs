//! A run in memory, for tests: files of a tree and of archives, read, extracted and linked as in a scan.

use super::extract::{Context, FileFacts, Telling, extract};
use super::link::{Options, link};
use super::value::ValueRef;
use super::{Fact, Kind, Kinds, Walked};
use crate::documents::prefilter::{FACTS, Prefilter};
use crate::documents::{self, Interest};
use crate::instances::{Axes, Deployments};
use osgi_config::Target;
use std::sync::Arc;
use zip_audit::{Container, ContainerKind, File, Place};

/// The time of the tests: 1 June 2026.
const NOW: i64 = 1_780_272_000;

/// Files to be scanned.
pub(super) struct Run {
    files: Vec<(Arc<Container>, String, Vec<u8>)>,
    container: Arc<Container>,
    target: Target,
}

impl Run {
    /// Files in a directory.
    pub(super) fn tree() -> Self {
        Self::new(container(Place::on_disk("src"), ContainerKind::Directory, None, 0))
    }

    /// Files in an archive on disk.
    pub(super) fn zip() -> Self {
        Self::new(container(Place::on_disk("a.zip"), ContainerKind::Archive, None, 1))
    }

    fn new(container: Arc<Container>) -> Self {
        Self { files: Vec::new(), container, target: Target::Aem65 }
    }

    /// For AEM as a Cloud Service.
    pub(super) fn cloud(mut self) -> Self {
        self.target = Target::Cloud;
        self
    }

    /// Adds a file.
    pub(super) fn file(mut self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.files.push((self.container.clone(), name.to_owned(), content.as_ref().to_vec()));
        self
    }

    /// Adds a file below `jcr_root`.
    pub(super) fn content(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.file(&format!("jcr_root{path}"), content)
    }

    /// Adds a workspace filter with these roots.
    pub(super) fn filter(self, roots: &[&str]) -> Self {
        let sets: String = roots.iter().map(|root| format!("<filter root=\"{root}\"/>")).collect();
        self.file("META-INF/vault/filter.xml", format!("<workspaceFilter version=\"1.0\">{sets}</workspaceFilter>"))
    }

    /// The files that follow are in an archive that is an entry of the present container.
    pub(super) fn inside(mut self, entry: &str) -> Self {
        let file = File { container: &self.container, name: entry, bytes: &[], partial: false };
        let parent = (self.container.kind == ContainerKind::Archive).then(|| self.container.clone());
        let depth = self.container.depth + 1;
        self.container = container(file.place(), ContainerKind::Archive, parent, depth);
        self
    }

    /// The files that follow are in an archive on disk of their own.
    pub(super) fn beside(mut self, name: &str) -> Self {
        self.container = container(Place::on_disk(name), ContainerKind::Archive, None, 1);
        self
    }

    /// All facts of the run, those of kind `node` too.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let read = |wanted| self.read(wanted, &Prefilter::parse_everything(), &documents::Everything);
        let facts = read(Kinds::all());
        check_without_properties(&facts, &read(Kinds::all().without_properties_of(Kind::Configuration)));
        check_quick_looks(&facts, &self.read(Kinds::usual(), &FACTS, &Telling));
        facts
    }

    /// The facts of a run if these kinds are wanted, of what the prefilter and the look at nodes let pass.
    fn read(&self, wanted: Kinds, prefilter: &Prefilter, interest: &dyn Interest) -> Vec<Fact> {
        let now = jiff::Timestamp::from_second(NOW).unwrap();
        let context = Context { wanted, deadline: None };
        let mut files: Vec<FileFacts> = self
            .files
            .iter()
            .filter_map(|(container, name, bytes)| {
                assert!(documents::wants(name.as_bytes()), "{name}");
                let file = File { container, name, bytes, partial: false };
                documents::read(&file, self.target, prefilter, interest)
            })
            .map(|document| extract(document, &context))
            .collect();
        files.iter_mut().for_each(|file| file.settle(wanted, now));
        let options = Options {
            target: self.target,
            target_named: true,
            axes: Axes::new(self.target, &[]),
            deployments: Deployments::default(),
            wanted,
        };
        link(files, Walked::default(), &options).facts
    }

    /// The facts of one kind.
    pub(super) fn of(&self, kind: Kind) -> Vec<Fact> {
        self.facts().into_iter().filter(|fact| fact.kind() == kind).collect()
    }

    /// The only fact of one kind.
    pub(super) fn one(&self, kind: Kind) -> Fact {
        let mut facts = self.of(kind);
        assert_eq!(facts.len(), 1, "{kind:?}: {facts:#?}");
        facts.remove(0)
    }

    /// Whether there is no fact of that kind.
    pub(super) fn none(&self, kind: Kind) -> bool {
        self.of(kind).is_empty()
    }
}

fn container(place: Place, kind: ContainerKind, parent: Option<Arc<Container>>, depth: u32) -> Arc<Container> {
    Arc::new(Container { place, parent, kind, depth, input: 0, start: None })
}

/// What is not read or not looked at makes no fact but those of nodes.
fn check_quick_looks(all: &[Fact], less: &[Fact]) {
    let said = |fact: &Fact| (fact.kind() != Kind::Node).then(|| fact.to_json().to_string());
    assert_eq!(
        all.iter().filter_map(said).collect::<Vec<_>>(),
        less.iter().filter_map(said).collect::<Vec<_>>(),
        "a signal is missing in `crate::signals`"
    );
}

/// Without the properties of ordinary configurations the facts are the same.
fn check_without_properties(all: &[Fact], less: &[Fact]) {
    assert_eq!(all.len(), less.len());
    for (fact, other) in all.iter().zip(less) {
        assert_eq!((&fact.place, fact.mark, &fact.path), (&other.place, other.mark, &other.path));
        assert_eq!(fact.data, other.data);
        let left_out = fact.kind() == Kind::Configuration && other.properties.is_empty();
        assert!(left_out || fact.properties == other.properties, "{fact:#?}");
        assert_eq!((fact.installed(), &fact.run_modes), (other.installed(), &other.run_modes));
        let ranges = other.data.source_ranges().into_iter();
        for range in ranges.chain(other.properties.iter().map(|property| property.mark)).chain([fact.mark]) {
            assert_eq!(fact.excerpts.around(range), other.excerpts.around(range), "{fact:#?}");
        }
    }
}

/// An attribute as text; empty if it is null.
pub(super) fn text<'f>(fact: &'f Fact, name: &str) -> &'f str {
    fact.attribute(name).and_then(ValueRef::as_text).unwrap_or_default()
}

/// An attribute as JSON.
pub(super) fn json(fact: &Fact, name: &str) -> serde_json::Value {
    fact.attribute(name).map_or(serde_json::Value::Null, ValueRef::to_json)
}
