//! What is extracted from one file, before the files around it are known.

use crate::documents::{Location, Manifest};
use crate::facts::Fact;
use jcr_filevault::{PackageProperties, WorkspaceFilter};
use osgi_config::{Format, Pid};
use std::cell::OnceCell;
use std::sync::Arc;
use text_spans::{Lines, SourceRange, Span};
use zip_audit::{Container, Place};

/// What is kept of a text, in bytes, and of a list when there is no room for all of it.
const CLIPPED: usize = 1024;
const CLIPPED_ITEMS: usize = 64;

/// The facts of one file, and what the file says about the files around it.
#[derive(Debug)]
pub struct FileFacts {
    /// The file.
    pub place: Place,
    /// What it lies in.
    pub container: Arc<Container>,
    /// The package that it belongs to.
    pub location: Location,
    /// The facts, grouped by what they are about.
    pub subjects: Vec<SubjectFacts>,
    /// What it is in its package, if it is more than content.
    pub role: Role,
    /// There was more to say than is kept of one file; the rest was left out.
    pub too_many: bool,
}

impl FileFacts {
    /// Whether nothing of the file is left to say.
    pub fn is_empty(&self) -> bool {
        self.subjects.is_empty() && matches!(self.role, Role::Content)
    }

    /// About how many bytes of memory its values take.
    pub fn weight(&self) -> usize {
        let facts = self.subjects.iter().flat_map(|subject| &subject.facts);
        facts
            .map(|fact| {
                let attributes = fact.attributes.values().map(|attribute| attribute.value.weight());
                let properties = fact.properties.iter().map(|property| property.name.len() + property.value.weight());
                attributes.sum::<usize>() + properties.sum::<usize>()
            })
            .sum()
    }

    /// Keeps the beginnings only of its long values.
    pub fn clip(&mut self) {
        for fact in self.subjects.iter_mut().flat_map(|subject| &mut subject.facts) {
            let attributes = fact.attributes.values_mut().map(|attribute| &mut attribute.value);
            let properties = fact.properties.iter_mut().map(|property| &mut property.value);
            attributes.chain(properties).for_each(|value| value.clip(CLIPPED, CLIPPED_ITEMS));
        }
    }
}

/// The facts about one configuration, node or file.
#[derive(Debug)]
pub struct SubjectFacts {
    /// Set for an OSGi configuration: only those are found in watched folders.
    pub configuration: Option<Identity>,
    /// The facts. Their `installed`, run modes and joins are still to be made, and all but the first have no path yet.
    pub facts: Vec<Fact>,
}

/// Identifies an OSGi configuration.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The PID as the installer sees it.
    pub pid: Pid,
    /// How it is written down.
    pub format: Format,
    /// Whether its fact is kept without attributes, as nothing is to be said of it unless it is a duplicate.
    pub brief: bool,
}

/// What a file is in its package. Boxed, since most files are nothing but content.
#[derive(Debug, Default)]
pub enum Role {
    /// Content, or nothing known.
    #[default]
    Content,
    /// The workspace filter.
    Filter(Box<WorkspaceFilter>),
    /// The package properties.
    Properties(Box<PackageProperties>),
    /// The manifest of a bundle.
    Manifest(Box<Manifest>),
}

/// Makes the marks of one text.
pub(super) struct Marks<'t> {
    text: &'t str,
    /// Made when the first mark is asked for: of most files none is.
    lines: OnceCell<Lines<'t>>,
}

impl<'t> Marks<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, lines: OnceCell::new() }
    }

    pub(super) fn mark(&self, span: Span) -> SourceRange {
        self.lines().mark(span)
    }

    pub(super) fn lines(&self) -> &Lines<'t> {
        self.lines.get_or_init(|| Lines::new(self.text))
    }
}
