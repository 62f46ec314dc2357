//! What is extracted from one file, before the files around it are known.

use super::content_class::ContentClass;
use crate::documents::{Location, Manifest};
use crate::facts::attribute::AttributeType;
use crate::facts::fact::{Fact, FactData, Kind, OfKind};
use crate::facts::families::secrets::Secret as SecretFact;
use crate::facts::kinds::Kinds;
use crate::facts::property::Property;
use jcr_filevault::{PackageProperties, WorkspaceFilter};
use jiff::Timestamp;
use osgi_config::Format;
use std::sync::Arc;
use zip_audit::{Container, Place};

/// What is kept of a text, in bytes, when there is no room for all of it.
const MAX_CLIPPED_BYTES: usize = 1024;
/// About what the attributes of a fact take beside the texts in them.
const MAX_DATA_BYTES: usize = 512;
/// What is kept of a list when there is no room for all of it.
const MAX_CLIPPED_ITEMS: usize = 64;

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
    pub sources: Vec<SourceFacts>,
    /// What it is in its package, if it is more than content.
    pub role: Role,
    /// There was more to say than is kept of one file; the rest was left out.
    pub too_many: bool,
    /// The run had to end before all of it was looked at.
    pub is_late: bool,
}

impl FileFacts {
    /// Whether nothing of the file is left to say.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty() && matches!(self.role, Role::Content)
    }

    /// Decides what depends on the moment, and leaves out what nobody wants that other files may have been read for.
    pub fn settle(&mut self, wanted: Kinds, now: Timestamp) {
        for source in &mut self.sources {
            source.settle(wanted, now);
        }
        self.sources.retain(|source| !source.facts.is_empty());
    }

    /// About how many bytes of memory its facts take.
    pub fn weight(&self) -> usize {
        let sources = self
            .sources
            .iter()
            .map(|source| size_of::<SourceFacts>() + source.facts.iter().map(weight_of_fact).sum::<usize>());
        // What all facts of the file share.
        let first = self.sources.iter().flat_map(|source| &source.facts).next();
        let shared =
            first.map_or(0, |fact| fact.excerpts.weight() + fact.error.as_ref().map_or(0, |error| error.value.len()));
        let name = self.place.inside.last().unwrap_or(&self.place.file).len();
        size_of::<Self>() + name + shared + sources.sum::<usize>()
    }

    /// Keeps the beginnings only of its long values.
    pub fn clip(&mut self) {
        for fact in self.sources.iter_mut().flat_map(|source| &mut source.facts) {
            fact.data.attributes_mut().clip(MAX_CLIPPED_BYTES, MAX_CLIPPED_ITEMS);
            if let Some(error) = fact.error.as_mut().filter(|error| error.value.len() > MAX_CLIPPED_BYTES) {
                Arc::make_mut(error).clip(MAX_CLIPPED_BYTES, MAX_CLIPPED_ITEMS);
            }
            fact.properties.truncate(MAX_CLIPPED_ITEMS);
            fact.properties.shrink_to_fit();
            let properties = fact.properties.iter_mut().map(|property| &mut property.value);
            properties.for_each(|value| value.clip(MAX_CLIPPED_BYTES, MAX_CLIPPED_ITEMS));
        }
    }
}

/// About how many bytes of memory a fact takes, without its excerpts and error, which it shares with the others of its file.
fn weight_of_fact(fact: &Fact) -> usize {
    let mut weight = size_of::<Fact>() + MAX_DATA_BYTES + fact.path.as_ref().map_or(0, String::len);
    fact.data.attributes().visit(&mut |value, _| weight += value.weight());
    let property = |property: &Property| size_of::<Property>() + property.name.len() + property.value.weight();
    weight + fact.properties.iter().map(property).sum::<usize>()
}

/// The facts about one configuration, node or file.
#[derive(Debug)]
pub struct SourceFacts {
    /// How it is written down, for an OSGi configuration: only those are found in watched folders.
    pub configuration: Option<Format>,
    /// Whether it is a configuration of which nothing matters but its properties, and those only to rules that look at them.
    pub(in crate::facts) is_ordinary: bool,
    /// Equal for sources that say the same; unknown for what no reader understands.
    pub(in crate::facts) content: Option<ContentClass>,
    /// The facts. Their `installed`, run modes and joins are still to be made, and all but the first have no path yet.
    pub facts: Vec<Fact>,
}

impl SourceFacts {
    fn settle(&mut self, wanted: Kinds, now: Timestamp) {
        for fact in &mut self.facts {
            match &mut fact.data {
                FactData::KeyMaterial(key) => key.settle_time(now),
                FactData::Secret(secret) => secret.settle_time(now),
                _ => {}
            }
        }
        let is_found_expired = |fact: &Fact| SecretFact::of(fact).is_some_and(|secret| secret.is_found_expired(now));
        self.retain(|fact| !is_found_expired(fact));
        self.leave_out(wanted);
    }

    /// Leaves out what nobody wants.
    pub(super) fn leave_out(&mut self, wanted: Kinds) {
        if self.is_ordinary && !wanted.has_properties_of(Kind::Configuration) {
            self.facts.iter_mut().for_each(|fact| fact.properties = Vec::new());
        }
        self.retain(|fact| fact.kind() != Kind::Node || wanted.contains(Kind::Node));
    }

    fn retain(&mut self, is_kept: impl Fn(&Fact) -> bool) {
        if self.facts.iter().all(&is_kept) {
            return;
        }
        // The first one has the path of all.
        let path = self.facts.first_mut().and_then(|first| first.path.take());
        self.facts.retain(is_kept);
        if let Some(first) = self.facts.first_mut() {
            first.path = path;
        }
    }
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
