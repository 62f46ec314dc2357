//! What is collected of one document on its way to facts: the facts with their places, the secrets that are masked, and the
//! lines that reports may show.

use super::content_class::ContentClass;
use super::file::SourceFacts;
use super::text_signals::TextSignals;
use crate::documents::Location;
use crate::excerpts::Excerpts;
use crate::facts::attribute::Attribute;
use crate::facts::fact::{Fact, FactData, Installation, Kind, OfKind};
use crate::facts::families::configuration::Configuration;
use crate::facts::kinds::Kinds;
use crate::facts::property::Property;
use crate::facts::source::FactSource;
use crate::facts::source::source_ranges::SourceRanges;
use crate::secret::{self, Repetitions, Secret};
use osgi_config::{Format, RunModes};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;
use text_spans::{SourceRange, Span};
use zip_audit::{Container, Place};

/// Most facts that are made of one file, facts of nodes not counted: a file can name an endpoint any number of times.
pub(super) const MAX_FACTS_PER_FILE: usize = 5_000;

/// What extraction depends on beside the document.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The kinds that are looked at. Others may be left out where that saves time.
    pub wanted: Kinds,
    /// When the run has to end; `None` if it has to at no time.
    pub deadline: Option<Instant>,
}

impl Context {
    /// Whether the run should have ended.
    fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}

/// What a source is, beside its facts.
#[derive(Clone, Debug, Default)]
pub(super) struct SourceKind {
    /// How it is written down, for an OSGi configuration.
    pub(super) configuration: Option<Format>,
    /// Whether it is a configuration with nothing to say of but how it is identified.
    pub(super) is_ordinary: bool,
    /// Why AEM rejects this source, whatever it does with the rest of the file.
    pub(super) error: Option<Arc<Attribute<String>>>,
}

/// What a source says, which tells it from others.
pub(super) enum SourceContent {
    /// Properties of a configuration or node.
    Properties(Vec<Property>),
    /// The text of the whole file.
    Text,
}

/// What reports may show. Of each part only so much is kept, so that what is wanted of one takes nothing from another.
#[derive(Default)]
pub(super) struct Shown {
    /// What facts are about, and what belongs to them.
    facts: Vec<Span>,
    /// The properties of ordinary configurations.
    ordinary: Vec<Span>,
    /// What only facts on nodes are about.
    nodes: Vec<Span>,
}

/// One document on its way to facts.
pub(super) struct Extraction<'d> {
    pub(super) place: &'d Place,
    pub(super) container: &'d Container,
    pub(super) location: &'d Location,
    pub(super) text: &'d str,
    /// Whether some of the file could not be read.
    pub(super) partial: bool,
    /// Whether its bytes are not all there.
    pub(super) cut: bool,
    pub(super) context: &'d Context,
    pub(super) ranges: SourceRanges<'d>,
    pub(super) signals: TextSignals<'d>,
    pub(super) sources: Vec<SourceFacts>,
    /// What reports may show.
    pub(super) shown: Shown,
    /// Sources of which it is still to be said what they hold, when it is known what to mask in it.
    contents: Vec<(usize, SourceContent)>,
    /// What they must not.
    pub(super) secrets: Vec<Span>,
    /// The texts of these, as far as they are masked wherever else they stand.
    pub(super) known_secrets: Vec<Secret>,
    /// Stands for the excerpts until all of them are known.
    pub(super) none: Option<Arc<Excerpts>>,
    /// Why AEM rejects the whole file.
    pub(super) error: Option<Arc<Attribute<String>>>,
    /// How many more facts may be made.
    pub(super) room: usize,
    /// More were left out.
    pub(super) too_many: bool,
    /// The run had to end before all of the file was looked at.
    pub(super) is_late: bool,
    /// How often it was asked whether the run has to end.
    asked: u8,
}

impl<'d> Extraction<'d> {
    /// Nothing yet of a document of which all could be read.
    pub(super) fn new(
        place: &'d Place,
        container: &'d Container,
        location: &'d Location,
        text: &'d str,
        context: &'d Context,
    ) -> Self {
        Self {
            place,
            container,
            location,
            text,
            partial: false,
            cut: false,
            context,
            ranges: SourceRanges::new(text),
            signals: TextSignals::new(text),
            sources: Vec::new(),
            shown: Shown::default(),
            contents: Vec::new(),
            secrets: Vec::new(),
            known_secrets: Vec::new(),
            none: None,
            error: None,
            room: MAX_FACTS_PER_FILE,
            too_many: false,
            is_late: false,
            asked: 0,
        }
    }

    /// Whether the run has to end. The clock is looked at now and then only.
    pub(super) fn is_late(&mut self) -> bool {
        self.asked = self.asked.wrapping_add(1);
        self.is_late = self.is_late || self.asked % 64 == 1 && self.context.is_late();
        self.is_late
    }

    /// Whether there is anything to say of the file but that it has nodes.
    pub(super) fn has_facts(&self) -> bool {
        self.sources.iter().flat_map(|source| &source.facts).any(|fact| fact.kind() != Kind::Node)
    }

    /// Adds what a source says, and its secrets.
    pub(super) fn push(&mut self, source: FactSource<'_>, kind: SourceKind, facts: Vec<FactData>) {
        if facts.is_empty() {
            return;
        }
        self.secrets.extend(&source.secrets.spans);
        self.known_secrets.extend(source.secrets.known);
        let content = SourceContent::Properties(source.properties.clone());
        self.push_facts(source.mark, source.path, source.properties, kind, facts, Some(content));
    }

    /// Adds facts of one place; past the limit of a file they are left out.
    pub(super) fn push_facts(
        &mut self,
        mark: SourceRange,
        mut path: Option<String>,
        mut properties: Vec<Property>,
        kind: SourceKind,
        mut facts: Vec<FactData>,
        content: Option<SourceContent>,
    ) {
        let counts = |data: &FactData| data.kind() != Kind::Node;
        if facts.iter().filter(|data| counts(data)).count() > self.room {
            self.too_many = true;
            facts.truncate(self.room);
            if facts.is_empty() {
                return;
            }
        }
        let counted = facts.iter().filter(|data| counts(data)).count();
        self.room -= counted;
        if counted > 0 { &mut self.shown.facts } else { &mut self.shown.nodes }.push(mark.span);
        let last_with_properties = facts.iter().rposition(|data| data.kind().has_properties());
        let has_properties = |data: &FactData| data.kind() != Kind::Node && data.kind().has_properties();
        let marks_of_properties = properties.iter().map(|property| property.mark.span);
        if kind.is_ordinary {
            self.shown.ordinary.extend(marks_of_properties);
        } else if facts.iter().any(has_properties) {
            self.shown.facts.extend(marks_of_properties);
        } else if last_with_properties.is_some() {
            self.shown.nodes.extend(marks_of_properties);
        }
        let none = Arc::clone(self.none.get_or_insert_default());
        let SourceKind { configuration, is_ordinary, error } = kind;
        self.shown.facts.extend(error.iter().filter_map(|error| error.mark).map(|mark| mark.span));
        let facts = facts
            .into_iter()
            .enumerate()
            .map(|(index, data)| {
                let is_node = data.kind() == Kind::Node;
                let shown = if is_node { &mut self.shown.nodes } else { &mut self.shown.facts };
                data.attributes().visit(&mut |_, range| shown.extend(range.map(|range| range.span)));
                Fact {
                    place: self.place.clone(),
                    deployment: self.container.input,
                    mark,
                    // Linking sets all others.
                    path: path.take(),
                    // Linking sets both.
                    run_modes: RunModes::never(),
                    not_installed: None,
                    overridden: None,
                    error: error.clone(),
                    installation: Installation::default(),
                    properties: match last_with_properties {
                        Some(last) if last == index => std::mem::take(&mut properties),
                        Some(_) if data.kind().has_properties() => properties.clone(),
                        _ => Vec::new(),
                    },
                    data,
                    excerpts: Arc::clone(&none),
                }
            })
            .collect();
        if self.sources.is_empty() {
            // Kept for the whole run, and most files have one.
            self.sources.reserve_exact(1);
        }
        self.contents.extend(content.map(|content| (self.sources.len(), content)));
        self.sources.push(SourceFacts { configuration, is_ordinary, content: None, facts });
    }

    /// Gives every fact the masked lines of the file.
    pub(super) fn finish(mut self) -> Vec<SourceFacts> {
        if self.sources.is_empty() {
            return self.sources;
        }
        self.reject_all();
        self.mask_repetitions();
        self.classify_contents();
        let excerpts = Arc::new(self.excerpts());
        for fact in self.sources.iter_mut().flat_map(|source| &mut source.facts) {
            fact.excerpts = Arc::clone(&excerpts);
        }
        self.sources.shrink_to_fit();
        self.sources
    }

    /// Says on every fact why AEM rejects the file, if it does. What was cut off proves nothing about the file that AEM gets:
    /// there only the configuration says so, which says that it is partial, too.
    fn reject_all(&mut self) {
        let file = self.error.take();
        for fact in self.sources.iter_mut().flat_map(|source| &mut source.facts) {
            if self.cut {
                fact.error = fact.error.take().filter(|_| fact.kind() == Kind::Configuration);
                continue;
            }
            if let (None, Some(error)) = (&fact.error, &file) {
                fact.error = Some(Arc::clone(error));
                if let Some(configuration) = Configuration::of_mut(fact) {
                    configuration.file_rejected = true;
                }
            }
        }
    }

    /// Masks the text of a secret wherever else it stands in what is known of the file: in a title, in a name.
    fn mask_repetitions(&mut self) {
        self.known_secrets.sort_unstable_by(|a, b| a.expose().cmp(b.expose()));
        self.known_secrets.dedup_by(|a, b| a.expose() == b.expose());
        if self.known_secrets.is_empty() {
            return;
        }
        let known = Repetitions::of(self.known_secrets.iter().map(Secret::expose));
        let mut mask = |text: &mut String| {
            if let Cow::Owned(masked) = known.mask(text) {
                *text = masked;
            }
        };
        for fact in self.sources.iter_mut().flat_map(|source| &mut source.facts) {
            fact.data.attributes_mut().change_texts(&mut mask);
            if let Some(error) = &mut fact.error {
                mask_error(error, &known);
            }
            fact.properties.iter_mut().for_each(|property| mask_property(property, &mut mask));
        }
        for (_, content) in &mut self.contents {
            if let SourceContent::Properties(properties) = content {
                properties.iter_mut().for_each(|property| mask_property(property, &mut mask));
            }
        }
    }

    /// Says of each source which content it has, as far as that can be said without what is masked.
    fn classify_contents(&mut self) {
        for (source, content) in std::mem::take(&mut self.contents) {
            let class = match content {
                SourceContent::Properties(properties) => ContentClass::of_properties(&properties),
                SourceContent::Text => ContentClass::of_text(&secret::masked(self.text, self.masks())),
            };
            if let Some(source) = self.sources.get_mut(source) {
                source.content = Some(class);
            }
        }
    }

    /// What of the text is masked.
    fn masks(&self) -> Vec<Span> {
        if self.secrets.is_empty() && self.known_secrets.is_empty() {
            // Many small files have nothing to mask, which is found out faster than what there is.
            return self.signals.masks();
        }
        secret::masks_of_known(self.text, &self.secrets, &self.known_secrets)
    }

    fn excerpts(&self) -> Excerpts {
        let on_disk = self.place.inside.is_empty();
        let masks = self.masks();
        let Shown { facts, ordinary, nodes } = &self.shown;
        // Of most files nothing but the beginning is shown.
        let shows_beginning = facts.as_slice() == [SourceRange::FILE.span] && ordinary.is_empty() && nodes.is_empty();
        let beginning = (masks.is_empty() && !on_disk && shows_beginning).then(|| Excerpts::beginning(self.text));
        beginning
            .flatten()
            .unwrap_or_else(|| Excerpts::masked(self.ranges.lines(), &masks, &[facts, ordinary, nodes], on_disk))
    }
}

/// Masks the reason of an error, which facts share.
fn mask_error(error: &mut Arc<Attribute<String>>, known: &Repetitions<'_>) {
    if let Cow::Owned(masked) = known.mask(&error.value) {
        *error = Arc::new(Attribute { value: masked, mark: error.mark });
    }
}

/// Masks the name and the value of a property.
fn mask_property(property: &mut Property, mask: &mut dyn FnMut(&mut String)) {
    mask(&mut property.name);
    property.value.change_texts(mask);
}
