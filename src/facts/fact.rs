//! A fact: one kind of data, and what all facts have in common.

use super::attribute::Attribute;
use super::families::brand_portal::{BrandPortalConfiguration, BrandPortalTenant, BrandPortalUser, ReplicationAgent};
use super::families::configuration::{Configuration, ConfigurationConflict};
use super::families::content_conflict::ContentConflict;
use super::families::endpoints::Endpoint;
use super::families::ims::{ImsReference, TokenCustomizer, TokenProvider};
use super::families::install_hooks::InstallHook;
use super::families::jwt::JwtIntegration;
use super::families::jwt::parts::JwtPart;
use super::families::keys::KeyMaterial;
use super::families::node::Node;
use super::families::package::Package;
use super::families::reading::{ArchiveAnomaly, RejectedFile, Unread};
use super::families::retired::RetiredService;
use super::families::secrets::Secret;
use super::families::smart_tags::SmartTagsService;
use super::families::unresolved::UnresolvedPlaceholder;
use super::families::variables::Variable;
use super::property::Property;
use super::value::ValueRef;
use super::vocabulary::{AttributeSpec, Attributes, COMMON};
use crate::excerpts::Excerpts;
use crate::stored::{Stored, array};
use osgi_config::RunModes;
use serde_json::Value as Json;
use std::sync::Arc;
use text_spans::SourceRange;
use zip_audit::Place;

/// The name of the attribute that says why AEM rejects a file.
const ERROR: &str = "error";

/// One fact. `aemlint facts` prints it as one line of JSON; a rule sees it as the CEL variable `fact`.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The file it was found in.
    pub place: Place,
    /// The deployment: all that one path argument leads to (or all arguments, with `--together`).
    pub deployment: u32,
    /// The configuration, node or file that it is about. Facts of one source have the same mark (and place):
    /// a token provider, the configuration that it is read from and the endpoints in it have one source.
    pub mark: SourceRange,
    /// Repository path, where there is one.
    pub path: Option<String>,
    /// When it is active: the run modes of its folder and of the packages around it.
    pub run_modes: RunModes,
    /// `None` if it is installed; else why not, as a clause: `no workspace filter covers it`.
    pub not_installed: Option<String>,
    /// For a configuration that is installed and never takes effect: what wins instead, as a clause.
    pub overridden: Option<Arc<str>>,
    /// Why AEM rejects the file or configuration that it was read from; `None` if it does not.
    pub error: Option<Arc<Attribute<String>>>,
    /// What linking decided about its installation.
    pub(crate) installation: Installation,
    /// What kind of thing it is about, and the attributes of that kind.
    pub data: FactData,
    /// The properties of the configuration or node, where its kind has any and they are looked at.
    pub properties: Vec<Property>,
    /// The masked lines of the file that a report may show.
    pub excerpts: Arc<Excerpts>,
}

/// What linking decided about the installation of a fact. The numbers are those of
/// [`Installed`](super::link::Installed).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Installation {
    /// The configuration that it is about, if it is about one that was judged.
    pub(crate) candidate: Option<u32>,
    /// The module of source that it lies in, if it does.
    pub(crate) module: Option<u32>,
    /// The source that it was made of. Facts of one source have the same number; 0 for facts of none.
    pub(crate) source: u32,
    /// The source that says the same at the same repository path, and stands for both.
    pub(crate) copy_of: Option<u32>,
    /// For a conflict between configurations: which one.
    pub(crate) conflict: Option<u32>,
}

impl Installation {
    /// Raises the numbers of sources, so that they are others than those of facts that were linked before.
    pub(crate) fn shift(&mut self, sources: u32) {
        if self.source > 0 {
            self.source = self.source.saturating_add(sources);
        }
        self.copy_of = self.copy_of.map(|of| of.saturating_add(sources));
    }
}

impl Fact {
    /// What kind of thing it is about.
    pub fn kind(&self) -> Kind {
        self.data.kind()
    }

    /// Whether AEM would install it.
    pub fn installed(&self) -> bool {
        self.not_installed.is_none()
    }

    /// Whether some instance may use it: it is installed, and not overridden everywhere.
    pub fn takes_effect(&self) -> bool {
        self.installed() && self.overridden.is_none()
    }

    /// The value of the attribute of that name; `None` if its kind has no such attribute and it is not `error`, which all have.
    pub fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        if name == ERROR {
            return Some(self.error.as_deref().map_or(ValueRef::Null, |error| ValueRef::Text(&error.value)));
        }
        self.data.attributes().get(name).map(|(value, _)| value)
    }

    /// Where a property or an attribute is written: what a rule's `at` looks up.
    pub fn source_range_of(&self, name: &str) -> Option<SourceRange> {
        let property = self.properties.iter().find(|property| property.name == name).map(|property| property.mark);
        property.or_else(|| self.range_of_attribute(name))
    }

    fn range_of_attribute(&self, name: &str) -> Option<SourceRange> {
        if name == ERROR { self.error.as_ref()?.mark } else { self.data.attributes().get(name)?.1 }
    }

    /// The name of the property that is written at the place of this property or attribute; `None` if it is not written in
    /// one.
    pub fn property_at(&self, name: &str) -> Option<&str> {
        if let Some(property) = self.properties.iter().find(|property| property.name == name) {
            return Some(&property.name);
        }
        let mark = self.range_of_attribute(name)?;
        self.property_around(mark).or_else(|| self.attribute("property").and_then(ValueRef::as_text))
    }

    /// The name of the property in which this is written, of those that are looked at.
    pub fn property_around(&self, mark: SourceRange) -> Option<&str> {
        let is_around = |property: &&Property| {
            let span = property.mark.span;
            span.start <= mark.span.start && mark.span.end <= span.end
        };
        self.properties.iter().find(is_around).map(|property| property.name.as_str())
    }
}

impl FactData {
    /// The places of all attributes that have one.
    pub fn source_ranges(&self) -> Vec<SourceRange> {
        let mut found = Vec::new();
        self.attributes().visit(&mut |_, range| found.extend(range));
        found
    }
}

/// Declares [`Kind`] and [`FactData`]: one variant for each struct of a family.
macro_rules! kinds {
    ($($kind:ident,)*) => {
        /// What a fact is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(#[doc = concat!("[`", stringify!($kind), "`]")] $kind,)*
        }

        /// The attributes of a fact, by its kind.
        #[derive(Clone, Debug, PartialEq)]
        pub enum FactData {
            $(#[doc = concat!("[`", stringify!($kind), "`]")] $kind(Box<$kind>),)*
            /// Any kind with any values of attributes, for tests of the code that looks attributes up by name.
            #[cfg(test)]
            Invented(Kind, Invented),
        }

        impl Kind {
            /// Every kind, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The name in rule files and in JSON.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $kind::NAME,)*
                }
            }

            /// What a fact of this kind is about, in one line for the documentation.
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$kind => $kind::ABOUT,)*
                }
            }

            /// The attributes of this kind beside [`COMMON`].
            pub fn attributes(self) -> &'static [AttributeSpec] {
                match self {
                    $(Self::$kind => $kind::SPECS,)*
                }
            }
        }

        impl FactData {
            /// What kind of thing it is about.
            pub fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)*
                    #[cfg(test)]
                    Self::Invented(kind, _) => *kind,
                }
            }

            /// The attributes by name.
            pub fn attributes(&self) -> &dyn Attributes {
                match self {
                    $(Self::$kind(data) => &**data,)*
                    #[cfg(test)]
                    Self::Invented(_, data) => data,
                }
            }

            /// The attributes, to be shortened.
            pub fn attributes_mut(&mut self) -> &mut dyn Attributes {
                match self {
                    $(Self::$kind(data) => &mut **data,)*
                    #[cfg(test)]
                    Self::Invented(_, data) => data,
                }
            }
        }

        impl Stored for FactData {
            fn write(&self) -> Json {
                match self {
                    $(Self::$kind(data) => Json::Array(vec![$kind::NAME.into(), data.write()]),)*
                    #[cfg(test)]
                    Self::Invented(..) => Json::Null,
                }
            }

            fn read(json: &Json) -> Option<Self> {
                let [kind, data] = array(json)?;
                match kind.as_str()? {
                    $($kind::NAME => $kind::read(data).map(Self::from),)*
                    _ => None,
                }
            }
        }

        $(
            impl From<$kind> for FactData {
                fn from(data: $kind) -> Self {
                    Self::$kind(Box::new(data))
                }
            }

            impl OfKind for $kind {
                fn of(fact: &Fact) -> Option<&Self> {
                    match &fact.data {
                        FactData::$kind(data) => Some(data),
                        _ => None,
                    }
                }

                fn of_mut(fact: &mut Fact) -> Option<&mut Self> {
                    match &mut fact.data {
                        FactData::$kind(data) => Some(data),
                        _ => None,
                    }
                }
            }
        )*
    };
}

/// The data of one kind of fact.
pub trait OfKind: Sized {
    /// That of a fact, if it is of this kind.
    fn of(fact: &Fact) -> Option<&Self>;

    /// The same, to be changed.
    fn of_mut(fact: &mut Fact) -> Option<&mut Self>;
}

kinds! {
    Package,
    Configuration,
    ConfigurationConflict,
    ContentConflict,
    Node,
    TokenProvider,
    TokenCustomizer,
    JwtIntegration,
    JwtPart,
    SmartTagsService,
    BrandPortalConfiguration,
    BrandPortalTenant,
    BrandPortalUser,
    ReplicationAgent,
    ImsReference,
    RetiredService,
    UnresolvedPlaceholder,
    Variable,
    Endpoint,
    Secret,
    KeyMaterial,
    InstallHook,
    ArchiveAnomaly,
    Unread,
    RejectedFile,
}

impl Kind {
    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The attribute of that name of a fact of this kind, one of [`COMMON`] or one of its own.
    pub fn attribute(self, name: &str) -> Option<&'static AttributeSpec> {
        self.attributes().iter().chain(COMMON).find(|spec| spec.name == name)
    }

    /// Whether facts of this kind carry the properties of their configuration or node.
    pub fn has_properties(self) -> bool {
        self.attributes().iter().any(|spec| spec.name == "properties")
    }
}

/// Attributes with any values.
#[cfg(test)]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Invented(pub std::collections::BTreeMap<&'static str, super::Value>);

#[cfg(test)]
impl Attributes for Invented {
    fn specs(&self) -> &'static [AttributeSpec] {
        &[]
    }

    fn get(&self, name: &str) -> Option<(ValueRef<'_>, Option<SourceRange>)> {
        self.0.get(name).map(|value| (value.into(), None))
    }

    fn visit(&self, visit: &mut dyn FnMut(ValueRef<'_>, Option<SourceRange>)) {
        self.0.values().for_each(|value| visit(value.into(), None));
    }

    fn clip(&mut self, bytes: usize, items: usize) {
        self.0.values_mut().for_each(|value| value.clip(bytes, items));
    }

    fn change_texts(&mut self, change: &mut dyn FnMut(&mut String)) {
        self.0.values_mut().for_each(|value| value.change_texts(change));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_lead_back_to_their_kind() {
        for &kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
            let names: BTreeSet<_> = kind.attributes().iter().chain(COMMON).map(|spec| spec.name).collect();
            assert_eq!(names.len(), kind.attributes().len() + COMMON.len(), "{} repeats an attribute", kind.name());
        }
        assert_eq!(Kind::from_name("nothing"), None);
    }
}
