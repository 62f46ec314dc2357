//! Extraction: the facts of one document, made while its text is at hand.
//!
//! Secrets are wrapped before anything else looks at a value (see `source`), and every fact carries the positions of what
//! it mentions. What depends on other files is left to `facts::link`.

mod content_class;
mod file;
mod no_content;
mod node_filter;
mod stored;
mod telltale;
#[cfg(test)]
mod tests;
mod text_signals;
mod unparsed_text;

pub(in crate::facts) use content_class::ContentClass;
pub use file::{FileFacts, Role, SourceFacts};
pub use node_filter::Telling;
pub(crate) use stored::{Relocation, write_place};

use super::attribute::{Attribute, Confidence};
use super::fact::{Fact, FactData, Installation, Kind};
use super::families::configuration::Configuration;
use super::families::ims::{self, Credential};
use super::families::keys::KeyMaterial;
use super::families::reading::RejectedFile;
use super::families::secrets::Secret as SecretFact;
use super::families::{brand_portal, endpoints, jwt, keys, node, retired, secrets, smart_tags, unresolved, variables};
use super::kinds::Kinds;
use super::property::Property;
use super::source::FactSource;
use super::source::damaged_secrets::DamagedSecrets;
use super::source::source_ranges::SourceRanges;
use crate::documents::{self, Document, KeyFile, KeyKind, Location, OsgiDocument, pids};
use crate::excerpts::Excerpts;
use crate::secret::{self, Repetitions, Secret, Shape};
use crate::signals;
use node_filter::can_matter;
use osgi_config::{Format, RunModes};
use std::borrow::Cow;
use std::sync::Arc;
use text_signals::TextSignals;
use text_spans::{ReadError, SourceRange, Span};
use zip_audit::{Container, ContainerKind, Place};

/// Most facts that are made of one file, facts of nodes not counted: a file can name an endpoint any number of times.
const MAX_FACTS_PER_FILE: usize = 5_000;

/// What extraction depends on beside the document.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The kinds that are looked at. Others may be left out where that saves time.
    pub wanted: Kinds,
}

/// Extracts the facts of a document.
pub fn extract(document: Document<'_>, context: &Context) -> FileFacts {
    let Document { place, container, location, text, content, partial, cut, .. } = document;
    let broken = is_broken(&content, partial);
    let mut extraction = Extraction {
        place: &place,
        container: &container,
        location: &location,
        text: &text,
        partial,
        cut,
        context,
        ranges: SourceRanges::new(&text),
        signals: TextSignals::new(&text),
        sources: Vec::new(),
        shown: Shown::default(),
        contents: Vec::new(),
        secrets: Vec::new(),
        known_secrets: Vec::new(),
        none: None,
        error: None,
        room: MAX_FACTS_PER_FILE,
        too_many: false,
    };
    // What the file is, why AEM refuses it, and whether that counts only if a fact comes of the file.
    let mut rejected = None;
    let role = match content {
        documents::Content::Configurations(configurations) => {
            configurations.into_iter().for_each(|configuration| extraction.configuration(configuration));
            Role::Content
        }
        documents::Content::DocView { nodes, configurations, error, has_root } => {
            rejected = error.clone().map(|error| ("docview", error, has_root));
            extraction.error = error;
            let spans: Vec<Option<Span>> = configurations.iter().map(|configuration| configuration.span).collect();
            configurations.into_iter().for_each(|configuration| extraction.configuration(configuration));
            // A configuration node has been judged as a configuration.
            nodes.iter().for_each(|node| extraction.node(node, spans.contains(&Some(node.span))));
            Role::Content
        }
        documents::Content::Keys(keys) => {
            extraction.keys(&keys);
            Role::Content
        }
        documents::Content::Filter(filter) => {
            rejected = filter.error.clone().map(|error| ("workspace-filter", error, false));
            Role::Filter(filter.into())
        }
        documents::Content::PackageProperties(properties) => {
            // The build of a tree makes its own.
            let error = properties.error.clone().filter(|_| container.kind == ContainerKind::Archive);
            rejected = error.map(|error| ("package-properties", error, false));
            Role::Properties(properties.into())
        }
        documents::Content::Manifest(manifest) => Role::Manifest(manifest.into()),
        documents::Content::Raw => Role::Content,
    };
    if broken {
        extraction.unparsed_text();
    }
    if let Some((what, error, if_any)) = rejected
        && (!if_any || extraction.has_facts())
    {
        extraction.rejected(what, error);
    }
    let too_many = extraction.too_many;
    let sources = extraction.finish();
    FileFacts { place, container, location, sources, role, too_many }
}

/// Whether something may have been missed by the reader.
fn is_broken(content: &documents::Content<'_>, partial: bool) -> bool {
    let is_damaged = |configuration: &OsgiDocument<'_>| {
        configuration.configuration.error.is_some() || !configuration.configuration.dropped.is_empty()
    };
    match content {
        documents::Content::Raw => true,
        documents::Content::Configurations(configurations) => partial || configurations.iter().any(is_damaged),
        documents::Content::DocView { configurations, error, .. } => {
            partial || error.is_some() || configurations.iter().any(is_damaged)
        }
        _ => false,
    }
}

/// Whether a fact already says that its file holds a JWT credential. A token provider of which the reader saw only the
/// OAuth part does not.
fn shows_jwt(fact: &Fact) -> bool {
    match &fact.data {
        FactData::JwtIntegration(_) => true,
        FactData::TokenProvider(provider) => matches!(provider.credential, Credential::Jwt | Credential::Mixed),
        _ => false,
    }
}

/// What a source is, beside its facts.
#[derive(Clone, Copy, Debug, Default)]
struct SourceKind {
    /// How it is written down, for an OSGi configuration.
    configuration: Option<Format>,
    /// Whether it is a configuration with nothing to say of but how it is identified.
    is_ordinary: bool,
}

/// What a source says, which tells it from others.
enum Content {
    /// Properties of a configuration or node.
    Properties(Vec<Property>),
    /// The text of the whole file.
    Text,
}

/// What reports may show. Of each part only so much is kept, so that what is wanted of one takes nothing from another.
#[derive(Default)]
struct Shown {
    /// What facts are about, and what belongs to them.
    facts: Vec<Span>,
    /// The properties of ordinary configurations.
    ordinary: Vec<Span>,
    /// What only facts on nodes are about.
    nodes: Vec<Span>,
}

/// One document on its way to facts.
struct Extraction<'d> {
    place: &'d Place,
    container: &'d Container,
    location: &'d Location,
    text: &'d str,
    /// Whether some of the file could not be read.
    partial: bool,
    /// Whether its bytes are not all there.
    cut: bool,
    context: &'d Context,
    ranges: SourceRanges<'d>,
    signals: TextSignals<'d>,
    sources: Vec<SourceFacts>,
    /// What reports may show.
    shown: Shown,
    /// Sources of which it is still to be said what they hold, when it is known what to mask in it.
    contents: Vec<(usize, Content)>,
    /// What they must not.
    secrets: Vec<Span>,
    /// The texts of these, as far as they are masked wherever else they stand.
    known_secrets: Vec<Secret>,
    /// Stands for the excerpts until all of them are known.
    none: Option<Arc<Excerpts>>,
    /// Why FileVault rejects the whole docview file, unless a configuration in it says so.
    error: Option<ReadError>,
    /// How many more facts may be made.
    room: usize,
    /// More were left out.
    too_many: bool,
}

impl Extraction<'_> {
    fn configuration(&mut self, document: OsgiDocument<'_>) {
        let is_ordinary = !self.partial && self.signals.is_ordinary(&document);
        let kind = SourceKind { configuration: Some(document.format), is_ordinary };
        if is_ordinary && !self.context.wanted.has_properties_of(Kind::Configuration) {
            let mark = document.span.map_or(SourceRange::FILE, |span| self.ranges.range(span));
            let content = Content::Properties(content_class::properties(&document.configuration));
            let OsgiDocument { path, pid, format, .. } = document;
            let data = vec![Configuration::ordinary(pid, format).into()];
            self.push_facts(mark, path, Vec::new(), kind, data, Some(content));
            return;
        }
        let damaged = DamagedSecrets::of(&document, self.text);
        let source = FactSource::of_configuration(&document, self.partial, &self.ranges, &damaged);
        let known = pids::known(&document.name);
        let mut facts: Vec<FactData> = vec![Configuration::new(&document, self.cut, &self.ranges, &damaged).into()];
        let mut integration = known.is_some();
        match known.as_ref().map(|known| (known, known.factory)) {
            Some((known, signals::ims::TOKEN_PROVIDER)) => {
                facts.push(ims::token_provider(&source, known, &document.name).into());
            }
            Some((known, signals::ims::TOKEN_CUSTOMIZER)) => {
                facts.push(ims::token_customizer(&source, known, &document.name).into());
            }
            _ => {
                let jwt = jwt::integration(&source, known.as_ref());
                integration |= jwt.is_some();
                let part = if jwt.is_none() && known.is_none() { jwt::parts::part(&source) } else { None };
                facts.extend(jwt.map(FactData::from));
                facts.extend(part.map(FactData::from));
            }
        }
        facts.extend(variables::variables(&source).into_iter().map(FactData::from));
        facts.extend(ims::references(&source).into_iter().map(FactData::from));
        self.values(&source, integration, &mut facts);
        self.push(source, kind, facts);
    }

    fn node(&mut self, node: &jcr_filevault::Node<'_>, is_configuration: bool) {
        let all = self.context.wanted.contains(Kind::Node);
        if (is_configuration || !can_matter(node)) && !all {
            return;
        }
        let source = FactSource::of_node(node, self.partial, &self.ranges);
        let mut facts: Vec<FactData> = Vec::new();
        if all {
            facts.push(node::node(&source).into());
        }
        if !is_configuration {
            let service = smart_tags::service(&source);
            let legacy = smart_tags::is_legacy_page(&source);
            // The legacy Smart Tags page is a JWT credential too, and has a fact of its own that says so.
            let jwt = jwt::integration(&source, None).filter(|_| !legacy);
            let agent = brand_portal::agent(&source);
            let portal = brand_portal::configuration(&source).filter(|_| agent.is_none());
            let adobe_agent = agent.as_ref().is_some_and(brand_portal::ReplicationAgent::is_adobe);
            let integration = service.is_some() || jwt.is_some() || portal.is_some() || adobe_agent;
            facts.extend(service.map(FactData::from));
            facts.extend(jwt.map(FactData::from));
            facts.extend(portal.map(FactData::from));
            facts.extend(agent.map(FactData::from));
            facts.extend(ims::references(&source).into_iter().map(FactData::from));
            facts.extend(brand_portal::user(&source).map(FactData::from));
            facts.extend(keys::key_node(&source).map(FactData::from));
            self.reject(&mut facts);
            self.values(&source, integration, &mut facts);
        }
        self.push(source, SourceKind::default(), facts);
    }

    /// Says on the cloud services and agents of a docview file why FileVault rejects the file.
    fn reject(&self, facts: &mut [FactData]) {
        let Some(error) = self.error.as_ref().filter(|_| !self.cut) else { return };
        for place in facts.iter_mut().filter_map(no_content::error_of) {
            let mark = Some(self.ranges.range(error.span));
            *place = Some(Box::new(Attribute { value: error.reason.clone(), mark }));
        }
    }

    /// Whether there is anything to say of the file but that it has nodes.
    fn has_facts(&self) -> bool {
        self.sources.iter().flat_map(|source| &source.facts).any(|fact| fact.kind() != Kind::Node)
    }

    /// The fact that AEM refuses the file. What was cut off proves nothing about the file that AEM gets.
    fn rejected(&mut self, what: &'static str, error: ReadError) {
        if self.cut {
            return;
        }
        // Of package properties no text is kept.
        let mark = if self.text.is_empty() { SourceRange::FILE } else { self.ranges.range(error.span) };
        let data = RejectedFile { what, error: Attribute { value: error.reason, mark: Some(mark) } };
        self.push_facts(mark, self.location.file_path(), Vec::new(), SourceKind::default(), vec![data.into()], None);
    }

    /// What single values show, whatever they belong to.
    fn values(&self, source: &FactSource<'_>, integration: bool, facts: &mut Vec<FactData>) {
        facts.extend(retired::services(source).into_iter().map(FactData::from));
        facts.extend(endpoints::endpoints(source, integration).into_iter().map(FactData::from));
        facts.extend(secrets::secrets(source).into_iter().map(FactData::from));
        if integration {
            let is_built = self.container.kind == ContainerKind::Archive;
            facts.extend(unresolved::unresolved(source, is_built).map(FactData::from));
        }
        facts.extend(keys::certificates(source).into_iter().map(FactData::from));
    }

    fn keys(&mut self, keys: &[KeyFile]) {
        for key in keys {
            let mark = key.span.map_or(SourceRange::FILE, |span| self.ranges.range(span));
            let mut facts: Vec<FactData> = vec![KeyMaterial::new(key, Some(mark)).into()];
            if let KeyKind::PrivateKey { protected } = key.kind {
                let block = key.span.and_then(|span| self.text.get(span.range())).unwrap_or_default();
                let shape = if protected { Shape::EncryptedPrivateKey } else { Shape::PrivateKey };
                let fact = SecretFact::of_shape(shape.name(), mark, Confidence::High);
                facts.push(SecretFact { sample: secret::is_placeholder_key(block), ..fact }.into());
                self.secrets.extend(key.span);
            }
            let content = (!self.text.is_empty()).then_some(Content::Text);
            self.push_facts(mark, self.location.file_path(), Vec::new(), SourceKind::default(), facts, content);
        }
    }

    /// Searches the text as such, for what the reader did not get to.
    fn unparsed_text(&mut self) {
        let (found, secrets) = unparsed_text::search(self.text, MAX_FACTS_PER_FILE, |span| self.ranges.range(span));
        self.secrets.extend(secrets);
        let facts = || self.sources.iter().flat_map(|source| &source.facts);
        let known: Vec<(Kind, SourceRange)> =
            facts().flat_map(|fact| fact.data.source_ranges().into_iter().map(|range| (fact.kind(), range))).collect();
        for data in found {
            let mark = data.source_ranges().first().copied().unwrap_or(SourceRange::FILE);
            let kind = data.kind();
            // What a reader found as well is already known, with more certainty.
            let is_known = known
                .iter()
                .any(|(other, at)| *other == kind && at.span.start <= mark.span.start && mark.span.end <= at.span.end);
            let one_of_its_kind =
                kind == Kind::JwtIntegration && self.sources.iter().flat_map(|source| &source.facts).any(shows_jwt);
            if !is_known && !one_of_its_kind {
                self.push_facts(mark, self.location.file_path(), Vec::new(), SourceKind::default(), vec![data], None);
            }
        }
    }

    fn push(&mut self, source: FactSource<'_>, kind: SourceKind, facts: Vec<FactData>) {
        if facts.is_empty() {
            return;
        }
        self.secrets.extend(&source.secrets.spans);
        self.known_secrets.extend(source.secrets.known);
        let content = Content::Properties(source.properties.clone());
        self.push_facts(source.mark, source.path, source.properties, kind, facts, Some(content));
    }

    fn push_facts(
        &mut self,
        mark: SourceRange,
        mut path: Option<String>,
        mut properties: Vec<Property>,
        kind: SourceKind,
        facts: Vec<FactData>,
        content: Option<Content>,
    ) {
        let counted = facts.iter().filter(|data| data.kind() != Kind::Node).count();
        let Some(room) = self.room.checked_sub(counted) else {
            self.too_many = true;
            return;
        };
        self.room = room;
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
        let SourceKind { configuration, is_ordinary } = kind;
        self.contents.extend(content.map(|content| (self.sources.len(), content)));
        self.sources.push(SourceFacts { configuration, is_ordinary, content: None, facts });
    }

    /// Gives every fact the masked lines of the file.
    fn finish(mut self) -> Vec<SourceFacts> {
        if self.sources.is_empty() {
            return self.sources;
        }
        self.mask_repetitions();
        self.classify_contents();
        let excerpts = Arc::new(self.excerpts());
        for fact in self.sources.iter_mut().flat_map(|source| &mut source.facts) {
            fact.excerpts = Arc::clone(&excerpts);
        }
        self.sources.shrink_to_fit();
        self.sources
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
            fact.properties.iter_mut().for_each(|property| mask_property(property, &mut mask));
        }
        for (_, content) in &mut self.contents {
            if let Content::Properties(properties) = content {
                properties.iter_mut().for_each(|property| mask_property(property, &mut mask));
            }
        }
    }

    /// Says of each source which content it has, as far as that can be said without what is masked.
    fn classify_contents(&mut self) {
        for (source, content) in std::mem::take(&mut self.contents) {
            let class = match content {
                Content::Properties(properties) => ContentClass::of_properties(&properties),
                Content::Text => ContentClass::of_text(&secret::masked(self.text, self.masks())),
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

/// Masks the name and the value of a property.
fn mask_property(property: &mut Property, mask: &mut dyn FnMut(&mut String)) {
    mask(&mut property.name);
    property.value.change_texts(mask);
}
