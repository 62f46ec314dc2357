//! Extraction: the facts of one document, made while its text is at hand.
//!
//! One file a family of integrations. Secrets are wrapped before anything else looks at a value (see `subject`), and
//! every fact carries the positions of what it mentions. What depends on other files is left to `facts::link`.

mod brand_portal;
mod brief;
mod claims;
pub(super) mod configuration;
mod endpoints;
mod file;
mod hidden;
mod ims;
mod jwt;
mod keys;
mod no_content;
mod node;
mod raw;
mod samples;
mod secrets;
mod smart_tags;
mod solution;
mod subject;
mod telltale;
#[cfg(test)]
mod tests;
mod urls;

pub use file::{FileFacts, Identity, Role, SubjectFacts};

use super::{Fact, Kind, Kinds};
use crate::documents::{Content, Document, Interest, OsgiDocument, pids};
use crate::excerpts::Excerpts;
use crate::secret;
use file::Marks;
use hidden::Hidden;
use jcr_filevault::{self, docview::Ahead};
use jiff::Timestamp;
use osgi_config::RunModes;
use std::sync::Arc;
use subject::{Attributes, Subject};
use text_spans::{SourceRange, Span, TripletScanner};

/// Most facts that are made of one file, nodes that somebody asked for not counted: a file can name an endpoint a million
/// times.
const MOST: usize = 5_000;

/// What extraction depends on beside the document.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The kinds that somebody will look at. Others may be left out where that saves time, and those that are wanted in
    /// brief be kept without what nobody looks at.
    pub wanted: Kinds,
    /// The time that the validity of certificates is measured against.
    pub now: Timestamp,
}

/// Extracts the facts of a document.
pub fn extract(document: Document<'_>, context: &Context) -> FileFacts {
    match brief::look(&document, context) {
        Some(excerpts) => brief::extract(document, excerpts),
        None => extract_all(document, context),
    }
}

/// The facts of any document.
fn extract_all(document: Document<'_>, context: &Context) -> FileFacts {
    let mut extraction = Extraction {
        document: &document,
        context,
        marks: Marks::new(&document.text),
        subjects: Vec::new(),
        shown: Vec::new(),
        secrets: Vec::new(),
        none: None,
        rejected: false,
        room: MOST,
        too_many: false,
    };
    match &document.content {
        Content::Configurations(configurations) => {
            configurations.iter().for_each(|configuration| extraction.configuration(configuration));
        }
        Content::DocView { nodes, configurations, .. } => {
            configurations.iter().for_each(|configuration| extraction.configuration(configuration));
            nodes.iter().for_each(|node| extraction.node(node, configurations));
        }
        Content::Keys(keys) => extraction.keys(keys),
        Content::Filter(_) | Content::PackageProperties(_) | Content::Manifest(_) | Content::Raw => {}
    }
    if extraction.is_broken() {
        extraction.raw();
    }
    let too_many = extraction.too_many;
    let subjects = extraction.finish();
    let role = match document.content {
        Content::Filter(filter) => Role::Filter(filter.into()),
        Content::PackageProperties(properties) => Role::Properties(properties.into()),
        Content::Manifest(manifest) => Role::Manifest(manifest.into()),
        _ => Role::Content,
    };
    FileFacts {
        place: document.place,
        container: document.container,
        location: document.location,
        subjects,
        role,
        too_many,
    }
}

/// Whether a fact already says that its file holds a JWT credential. A token provider of which the reader saw only the
/// OAuth part does not.
fn tells_of_jwt(fact: &Fact) -> bool {
    let credential = || fact.attribute("credential").and_then(super::Value::as_text);
    fact.kind == Kind::JwtIntegration
        || fact.kind == Kind::TokenProvider && matches!(credential(), Some("jwt" | "mixed"))
}

/// One document on its way to facts.
struct Extraction<'d> {
    document: &'d Document<'d>,
    context: &'d Context,
    marks: Marks<'d>,
    subjects: Vec<SubjectFacts>,
    /// What reports may want to show.
    shown: Vec<Span>,
    /// What they must not.
    secrets: Vec<Span>,
    /// Stands for them until all are known.
    none: Option<Arc<Excerpts>>,
    /// Whether a fact says that the whole file is rejected.
    rejected: bool,
    /// How many more facts may be made.
    room: usize,
    /// More were left out.
    too_many: bool,
}

impl Extraction<'_> {
    fn configuration(&mut self, document: &OsgiDocument<'_>) {
        if self.context.wanted.is_brief(Kind::Configuration)
            && !self.document.partial
            && configuration::is_ordinary(document, &configuration::Look::new(&self.document.text))
        {
            let mark = document.span.map_or(SourceRange::FILE, |span| self.marks.mark(span));
            let identity = Identity { pid: document.pid.clone(), format: document.format, brief: true };
            let facts = [(Kind::Configuration, Attributes::new())];
            self.push_facts(mark, document.path.clone(), Vec::new(), Some(identity), facts);
            return;
        }
        let hidden = Hidden::of(document, &self.document.text);
        let subject = Subject::of_configuration(document, self.document.partial, &self.marks, &hidden);
        let known = pids::known(&document.name);
        let mut facts = vec![(
            Kind::Configuration,
            configuration::configuration(document, self.document.cut, &self.marks, &hidden),
        )];
        match known.as_ref().map(|known| (known, known.factory)) {
            Some((known, pids::TOKEN_PROVIDER)) => {
                facts.push((Kind::TokenProvider, ims::token_provider(&subject, known, &document.name)))
            }
            Some((known, pids::TOKEN_CUSTOMIZER)) => {
                facts.push((Kind::TokenCustomizer, ims::token_customizer(&subject, known, &document.name)));
            }
            _ => facts.extend(jwt::integration(&subject, known.as_ref()).map(|fact| (Kind::JwtIntegration, fact))),
        }
        facts.extend(ims::references(&subject));
        let integration = known.is_some() || facts.iter().any(|(kind, _)| *kind == Kind::JwtIntegration);
        self.values(&subject, integration, &mut facts);
        let identity = Identity { pid: document.pid.clone(), format: document.format, brief: false };
        self.push(subject, Some(identity), facts);
    }

    fn node(&mut self, node: &jcr_filevault::Node<'_>, configurations: &[OsgiDocument<'_>]) {
        let all = self.context.wanted.contains(Kind::Node);
        // A configuration node has been judged as a configuration.
        let is_configuration = configurations.iter().any(|configuration| configuration.span == Some(node.span));
        if (is_configuration || !can_matter(node)) && !all {
            return;
        }
        let subject = Subject::of_node(node, self.document.partial, &self.marks);
        let mut facts = Vec::new();
        if all {
            facts.push((Kind::Node, node::node(&subject)));
        }
        if !is_configuration {
            let service = smart_tags::service(&subject);
            let legacy = smart_tags::is_legacy_page(&subject);
            // The legacy Smart Tags page is a JWT credential too, and has a fact of its own that says so.
            let jwt = jwt::integration(&subject, None).filter(|_| !legacy);
            let agent = brand_portal::agent(&subject);
            let portal = brand_portal::configuration(&subject).filter(|_| agent.is_none());
            let adobe_agent = agent.as_ref().is_some_and(is_adobe_agent);
            let integration = service.is_some() || jwt.is_some() || portal.is_some() || adobe_agent;
            facts.extend(service.map(|fact| (Kind::SmartTagsService, fact)));
            facts.extend(jwt.map(|fact| (Kind::JwtIntegration, fact)));
            facts.extend(portal.map(|fact| (Kind::BrandPortalConfiguration, fact)));
            facts.extend(agent.map(|fact| (Kind::ReplicationAgent, fact)));
            facts.extend(ims::references(&subject));
            facts.extend(brand_portal::user(&subject).map(|fact| (Kind::BrandPortalUser, fact)));
            facts.extend(keys::keystore_node(&subject).map(|fact| (Kind::KeyMaterial, fact)));
            self.reject(&mut facts);
            self.values(&subject, integration, &mut facts);
        }
        self.push(subject, None, facts);
    }

    /// Says on the first cloud service or agent of a docview file why FileVault rejects the file.
    fn reject(&mut self, facts: &mut [(Kind, Attributes)]) {
        let Content::DocView { error: Some(error), .. } = &self.document.content else { return };
        let can_say_so =
            |(kind, _): &&mut (Kind, Attributes)| kind.attributes().iter().any(|spec| spec.name == "error");
        if self.rejected || self.document.cut {
            return;
        }
        if let Some((_, attributes)) = facts.iter_mut().find(can_say_so) {
            let mark = Some(self.marks.mark(error.span));
            attributes.insert("error", super::Attribute { value: error.reason.as_str().into(), mark });
            self.rejected = true;
        }
    }

    /// What single values tell, whatever they belong to.
    fn values(&self, subject: &Subject<'_>, integration: bool, facts: &mut Vec<(Kind, Attributes)>) {
        let endpoints = endpoints::endpoints(subject, integration);
        facts.extend(endpoints.into_iter().map(|fact| (Kind::Endpoint, fact)));
        facts.extend(secrets::secrets(subject).into_iter().map(|fact| (Kind::Secret, fact)));
        let certificates = keys::certificates(subject, self.context.now);
        facts.extend(certificates.into_iter().map(|fact| (Kind::KeyMaterial, fact)));
    }

    fn keys(&mut self, keys: &[crate::documents::KeyFile]) {
        for key in keys {
            let mark = key.span.map_or(SourceRange::FILE, |span| self.marks.mark(span));
            let mut facts = vec![(Kind::KeyMaterial, keys::material(&key.kind, Some(mark), self.context.now))];
            if key.kind == crate::documents::KeyKind::PrivateKey {
                facts.push((Kind::Secret, secrets::attributes(None, "plain", Some("private-key"), Some(mark), "high")));
                self.secrets.extend(key.span);
            }
            self.push_facts(mark, self.document.location.file_path(), Vec::new(), None, facts);
        }
    }

    /// Whether something may have been missed by the reader.
    fn is_broken(&self) -> bool {
        let rejected = |configuration: &OsgiDocument<'_>| configuration.configuration.error.is_some();
        match &self.document.content {
            Content::Raw => true,
            Content::Configurations(configurations) | Content::DocView { configurations, .. } => {
                self.document.partial
                    || configurations.iter().any(rejected)
                    || configurations.iter().any(|configuration| !configuration.configuration.dropped.is_empty())
            }
            _ => false,
        }
    }

    /// Searches the text as such, for what the reader did not get to.
    fn raw(&mut self) {
        let (found, secrets) = raw::search(&self.document.text, |span| self.marks.mark(span));
        self.secrets.extend(secrets);
        let known: Vec<(Kind, SourceRange)> = self
            .subjects
            .iter()
            .flat_map(|subject| &subject.facts)
            .flat_map(|fact| {
                fact.attributes.values().filter_map(|attribute| attribute.mark).map(|mark| (fact.kind, mark))
            })
            .collect();
        for (kind, attributes) in found {
            let mark = attributes.values().find_map(|attribute| attribute.mark).unwrap_or(SourceRange::FILE);
            // What a reader found as well is already told, with more certainty.
            let told = known
                .iter()
                .any(|(other, at)| *other == kind && at.span.start <= mark.span.start && mark.span.end <= at.span.end);
            let one_of_its_kind = kind == Kind::JwtIntegration
                && self.subjects.iter().flat_map(|subject| &subject.facts).any(tells_of_jwt);
            if !told && !one_of_its_kind {
                let path = self.document.location.file_path();
                self.push_facts(mark, path, Vec::new(), None, [(kind, attributes)]);
            }
        }
    }

    fn push(&mut self, subject: Subject<'_>, configuration: Option<Identity>, facts: Vec<(Kind, Attributes)>) {
        if facts.is_empty() {
            return;
        }
        self.secrets.extend(&subject.secret_spans);
        self.push_facts(subject.mark, subject.path, subject.properties, configuration, facts);
    }

    fn push_facts(
        &mut self,
        mark: SourceRange,
        mut path: Option<String>,
        mut properties: Vec<super::Property>,
        configuration: Option<Identity>,
        facts: impl IntoIterator<Item = (Kind, Attributes)> + AsRef<[(Kind, Attributes)]>,
    ) {
        let counted = facts.as_ref().iter().filter(|(kind, _)| *kind != Kind::Node).count();
        let Some(room) = self.room.checked_sub(counted) else {
            self.too_many = true;
            return;
        };
        self.room = room;
        self.shown.push(mark.span);
        let has_properties = |kind: Kind| kind.attributes().iter().any(|spec| spec.name == "properties");
        let last_with_properties = facts.as_ref().iter().rposition(|(kind, _)| has_properties(*kind));
        if last_with_properties.is_some() {
            self.shown.extend(properties.iter().map(|property| property.mark.span));
        }
        let none = Arc::clone(self.none.get_or_insert_default());
        let facts = facts
            .into_iter()
            .enumerate()
            .map(|(index, (kind, attributes))| {
                self.shown.extend(attributes.values().filter_map(|attribute| attribute.mark).map(|mark| mark.span));
                Fact {
                    kind,
                    place: self.document.place.clone(),
                    deployment: self.document.container.input,
                    mark,
                    // Linking tells all others.
                    path: path.take(),
                    // Linking tells.
                    run_modes: RunModes::never(),
                    not_installed: None,
                    attributes,
                    properties: match last_with_properties {
                        Some(last) if last == index => std::mem::take(&mut properties),
                        Some(_) if has_properties(kind) => properties.clone(),
                        _ => Vec::new(),
                    },
                    excerpts: Arc::clone(&none),
                }
            })
            .collect();
        if self.subjects.is_empty() {
            // Kept for the whole run, and most files have one.
            self.subjects.reserve_exact(1);
        }
        self.subjects.push(SubjectFacts { configuration, facts });
    }

    /// Gives every fact the masked lines of the file.
    fn finish(mut self) -> Vec<SubjectFacts> {
        if self.subjects.is_empty() {
            return self.subjects;
        }
        let on_disk = self.document.place.inside.is_empty();
        // Many small files have nothing to mask, which is found out faster than what there is.
        let excerpts = if self.secrets.is_empty() && telltale::is_quiet(&self.document.text) {
            Excerpts::masked(self.marks.lines(), &[], &self.shown, on_disk)
        } else {
            Excerpts::of_lines(self.marks.lines(), &self.secrets, &self.shown, on_disk)
        };
        let excerpts = Arc::new(excerpts);
        for fact in self.subjects.iter_mut().flat_map(|subject| &mut subject.facts) {
            fact.excerpts = Arc::clone(&excerpts);
        }
        self.subjects.shrink_to_fit();
        self.subjects
    }
}

/// Whether an agent sends to Brand Portal, now or in the days of the legacy gateway.
fn is_adobe_agent(agent: &Attributes) -> bool {
    let is = |name: &str, wanted: fn(&super::Value) -> bool| {
        agent.get(name).is_some_and(|attribute| wanted(&attribute.value))
    };
    is("tenant", |value| value.as_text().is_some()) || is("legacy", |value| *value == super::Value::Bool(true))
}

/// Interest in the nodes that any family could make a fact of.
#[derive(Clone, Copy, Debug)]
pub struct Telling;

impl Interest for Telling {
    fn keeps(&self, node: &jcr_filevault::Node<'_>) -> bool {
        can_matter(node)
    }

    fn passes(&self, node: &Ahead<'_>) -> bool {
        !path_can_matter(node.path)
            && !telltale::is_possible_in_node(node.written())
            && !node.names().any(name_can_matter)
    }
}

/// Whether any family could make a fact of a node. A quick look, so that ordinary content costs little.
fn can_matter(node: &jcr_filevault::Node<'_>) -> bool {
    path_can_matter(&node.path) || node.properties.iter().any(property_can_matter)
}

/// Whether the path of a node makes it one of interest.
fn path_can_matter(path: &str) -> bool {
    const PARTS: [&str; 5] = ["/cloudservices/", "/cloudconfigs/", "/etc/replication/", "/keystore", "-replication"];
    const BEGINNINGS: TripletScanner<4> = TripletScanner::exactly([*b"/cl", *b"/et", *b"/ke", *b"-re"]);
    BEGINNINGS.any(path.as_bytes()) && PARTS.iter().any(|part| path.contains(part))
}

/// What the resource types and templates that families know have in their names.
const TYPE_WORDS: [&str; 3] = ["mediaportal", "smarttagging", "replication"];

/// Whether a resource type or template is one of those that families know.
fn type_can_matter(value: &str) -> bool {
    const BEGINNINGS: TripletScanner<3> = TripletScanner::exactly([*b"med", *b"sma", *b"rep"]);
    BEGINNINGS.any(value.as_bytes()) && TYPE_WORDS.iter().any(|word| value.contains(word))
}

/// Whether a property of this name is of interest, whatever its value.
fn name_can_matter(name: &str) -> bool {
    // The beginnings are compared faster than the names.
    name.starts_with("ims") && ims::is_reference_name(name)
        || name.starts_with("rep:") && name == "rep:authorizableId"
        || secret::is_secret_name(name)
}

fn property_can_matter(property: &jcr_filevault::NodeProperty<'_>) -> bool {
    name_can_matter(&property.name)
        || matches!(&*property.name, "sling:resourceType" | "cq:template")
            && property.values.iter().any(|value| type_can_matter(value))
        || property.values.iter().any(|value| {
            telltale::is_possible(value)
                && (value.contains("://")
                    || value.contains("adobe")
                    || value.contains("-----BEGIN")
                    || !secret::shapes(value).is_empty())
        })
}
