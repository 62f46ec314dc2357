//! Extraction: the facts of one document, made while its text is at hand.
//!
//! Secrets are wrapped before anything else looks at a value (see `source`), and every fact carries the positions of what
//! it mentions. What depends on other files is left to `facts::link`.

mod content_class;
mod extraction;
mod file;
mod no_content;
mod node_filter;
mod package_properties;
mod stored;
mod telltale;
#[cfg(test)]
mod tests;
mod text_signals;
mod unparsed_text;

pub(in crate::facts) use content_class::ContentClass;
pub use extraction::Context;
pub use file::{FileFacts, Role, SourceFacts};
pub use node_filter::Telling;
pub(crate) use stored::{Relocation, write_place};

use super::attribute::{Attribute, Confidence};
use super::fact::{Fact, FactData, Kind};
use super::families::configuration::Configuration;
use super::families::ims::{self, Credential};
use super::families::install_hooks::InstallHook;
use super::families::keys::KeyMaterial;
use super::families::reading::RejectedFile;
use super::families::secrets::Secret as SecretFact;
use super::families::{
    brand_portal, endpoints, install_hooks, jwt, keys, node, retired, secrets, smart_tags, unresolved, variables,
};
use super::source::FactSource;
use super::source::damaged_secrets::DamagedSecrets;
use crate::documents::{Content, Document, KeyFile, KeyKind, OsgiDocument, pids};
use crate::secret::{self, Shape};
use crate::signals;
use extraction::{Extraction, MAX_FACTS_PER_FILE, SourceContent, SourceKind};
use node_filter::can_matter;
use std::collections::BTreeSet;
use std::sync::Arc;
use text_spans::{ReadError, SourceRange, Span};
use zip_audit::ContainerKind;

/// Extracts the facts of a document.
pub fn extract(document: Document<'_>, context: &Context) -> FileFacts {
    let Document { place, container, location, text, content, partial, cut, .. } = document;
    let broken = is_broken(&content, partial);
    let mut extraction = Extraction::new(&place, &container, &location, &text, context);
    (extraction.partial, extraction.cut) = (partial, cut);
    // What the file is, why AEM refuses it, and whether that counts only if a fact comes of the file.
    let mut rejected = None;
    let role = match content {
        Content::Configurations(configurations) => {
            // A file of its own. In a larger one each configuration has its own mistakes.
            if let [OsgiDocument { span: None, configuration, .. }] = configurations.as_slice() {
                extraction.error = configuration.error.as_ref().map(|error| extraction.error_at(error));
            }
            configurations.into_iter().for_each(|configuration| extraction.configuration(configuration));
            Role::Content
        }
        Content::DocView { nodes, configurations, error, has_root } => {
            rejected = error.map(|error| ("docview", error, has_root));
            let spans: BTreeSet<Span> = configurations.iter().filter_map(|configuration| configuration.span).collect();
            configurations.into_iter().for_each(|configuration| extraction.configuration(configuration));
            // A configuration node has been judged as a configuration.
            nodes.iter().for_each(|node| extraction.node(node, spans.contains(&node.span)));
            Role::Content
        }
        Content::Keys(keys) => {
            extraction.keys(&keys);
            Role::Content
        }
        Content::Filter(filter) => {
            rejected = filter.error.clone().map(|error| ("workspace-filter", error, false));
            Role::Filter(filter.into())
        }
        Content::PackageProperties(properties) => {
            // The build of a tree makes its own.
            let error = properties.error.clone().filter(|_| container.kind == ContainerKind::Archive);
            rejected = error.map(|error| ("package-properties", error, false));
            extraction.install_hooks(install_hooks::named(&properties));
            extraction.package_properties(&properties);
            Role::Properties(properties.into())
        }
        Content::Manifest(manifest) => {
            extraction.install_hooks(install_hooks::packed(&container, &manifest));
            Role::Manifest(manifest.into())
        }
        Content::Raw => Role::Content,
    };
    if broken && !extraction.is_late() {
        extraction.unparsed_text();
    }
    if let Some((what, error, if_any)) = rejected {
        extraction.error = Some(extraction.error_at(&error));
        if !if_any || extraction.has_facts() {
            extraction.rejected(what);
        }
    }
    let Extraction { too_many, is_late, .. } = extraction;
    let sources = extraction.finish();
    FileFacts { place, container, location, sources, role, too_many, is_late }
}

/// Whether something may have been missed by the reader.
fn is_broken(content: &Content<'_>, partial: bool) -> bool {
    let is_damaged = |configuration: &OsgiDocument<'_>| {
        configuration.configuration.error.is_some() || !configuration.configuration.dropped.is_empty()
    };
    match content {
        Content::Raw => true,
        Content::Configurations(configurations) => partial || configurations.iter().any(is_damaged),
        Content::DocView { configurations, error, .. } => {
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

impl Extraction<'_> {
    fn configuration(&mut self, document: OsgiDocument<'_>) {
        if self.is_late() {
            return;
        }
        let is_ordinary = !self.partial && self.signals.is_ordinary(&document);
        let error = document.configuration.error.as_ref().map(|error| self.error_at(error));
        let kind = SourceKind { configuration: Some(document.format), is_ordinary, error };
        if is_ordinary && !self.context.wanted.has_properties_of(Kind::Configuration) {
            let mark = document.span.map_or(SourceRange::FILE, |span| self.ranges.range(span));
            let content = SourceContent::Properties(content_class::properties(&document.configuration));
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
        if (is_configuration || !can_matter(node)) && !all || self.is_late() {
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
            self.values(&source, integration, &mut facts);
        }
        self.push(source, SourceKind::default(), facts);
    }

    /// Why AEM rejects the file or a configuration in it. Of package properties no text is kept.
    fn error_at(&self, error: &ReadError) -> Arc<Attribute<String>> {
        let mark = if self.text.is_empty() { SourceRange::FILE } else { self.ranges.range(error.span) };
        Arc::new(Attribute { value: error.reason.clone(), mark: Some(mark) })
    }

    /// The fact that AEM rejects the file. What was cut off proves nothing about the file that AEM gets.
    fn rejected(&mut self, what: &'static str) {
        let mark = self.error.as_ref().and_then(|error| error.mark).filter(|_| !self.cut);
        if let Some(mark) = mark {
            let data = vec![RejectedFile { what }.into()];
            self.push_facts(mark, self.location.file_path(), Vec::new(), SourceKind::default(), data, None);
        }
    }

    /// The facts of install hooks. Of the files that name them no text is kept.
    fn install_hooks(&mut self, hooks: impl IntoIterator<Item = InstallHook>) {
        for hook in hooks {
            self.push_facts(SourceRange::FILE, None, Vec::new(), SourceKind::default(), vec![hook.into()], None);
        }
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
            let content = (!self.text.is_empty()).then_some(SourceContent::Text);
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
}
