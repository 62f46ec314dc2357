//! Documents: what a file of a package or source tree is, by name and content, and what its reader makes of it.
//!
//! [`read`] picks the reader; it knows formats, not meanings. A document lives as long as its text is at hand: what
//! must outlive it is extracted by [`crate::facts`].

mod aem_layout;
mod embedded;
mod initial_content;
mod inline_file;
mod installed_name;
mod interest;
mod irrelevant;
mod keys;
mod layout;
mod manifest;
mod nodes;
mod osgi_node;
pub(crate) mod pids;
pub mod prefilter;
pub mod raw;
mod reading;
mod sling_xml;
pub(crate) mod source_tree;
pub(crate) mod templates;
mod wanted;

pub use aem_layout::AemLayout;
pub(crate) use embedded::is_configurator_resource;
pub use interest::{Everything, Interest};
pub use irrelevant::{holds_nothing, is_ordinary};
pub use keys::{BEGINNINGS, Holds, KeyFile, KeyKind, StoreFormat, in_text as keys_in_text};
pub use layout::{Location, NoContent, Root};
pub use manifest::{InitialContent, Manifest};
pub use reading::read;
pub use wanted::{EXTENSIONS, wants, wants_beginning, wants_look};

use jcr_filevault::{self, PackageProperties, WorkspaceFilter};
use osgi_config::{Configuration, Format, Pid};
use std::borrow::Cow;
use std::sync::Arc;
use text_spans::{ReadError, Span};
use zip_audit::{Container, Place};

/// A file that was read. What it says is borrowed from the file's bytes `'b`, as far as nothing in it is escaped.
#[derive(Debug)]
pub struct Document<'b> {
    /// Where it is.
    pub place: Place,
    /// What it lies in.
    pub container: Arc<Container>,
    /// Its path inside the container.
    pub name: &'b str,
    /// The package that it belongs to and where AEM would put it.
    pub location: Location,
    /// The decoded text that every span refers to; empty for a binary file.
    pub text: Cow<'b, str>,
    /// What it says.
    pub content: Content<'b>,
    /// Whether some of it could not be read: bytes that could not be decoded, broken XML, a cut entry.
    pub partial: bool,
    /// Whether its bytes are not all there, so that mistakes in it prove nothing about the file that AEM gets.
    pub cut: bool,
    /// What must be said of the reading itself.
    pub notes: Notes,
}

impl Document<'_> {
    /// Whether another consumer of configurations may see another document: one that holds configurations, or that may be
    /// one elsewhere.
    pub(crate) fn depends_on_target(&self) -> bool {
        match &self.content {
            Content::Configurations(_) => true,
            Content::DocView { configurations, .. } => !configurations.is_empty(),
            Content::Raw => !self.name.to_ascii_lowercase().ends_with(".xml"),
            Content::Filter(_) | Content::PackageProperties(_) | Content::Manifest(_) | Content::Keys(_) => false,
        }
    }
}

/// What must be said of how a file was read, whatever it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Why not all of it was read as what it is; that part was searched as plain text. Without any value from the file.
    pub unread: Option<String>,
    /// It is an XML file with declarations of entities or default values, which not every reader applies.
    pub internal_dtd: bool,
}

/// What a document says.
#[derive(Debug)]
pub enum Content<'b> {
    /// OSGi configurations: one in a file of its own, or the members of a feature model.
    Configurations(Vec<OsgiDocument<'b>>),
    /// A docview file: its nodes, and the `sling:OsgiConfig` nodes among them as configurations.
    DocView {
        /// Every node, in document order.
        nodes: Vec<jcr_filevault::Node<'b>>,
        /// The configurations among them.
        configurations: Vec<OsgiDocument<'b>>,
        /// Why FileVault rejects the file, if it does.
        error: Option<ReadError>,
        /// Whether it has a root element. Without one it is no XML.
        has_root: bool,
    },
    /// `META-INF/vault/filter.xml`.
    Filter(WorkspaceFilter),
    /// `META-INF/vault/properties.xml`.
    PackageProperties(PackageProperties),
    /// The manifest of a bundle.
    Manifest(Manifest),
    /// Certificates, private keys, a keystore.
    Keys(Vec<KeyFile>),
    /// A text that no reader understands, or not to its end; searched for tell-tale values.
    Raw,
}

/// One OSGi configuration in a document.
#[derive(Debug)]
pub struct OsgiDocument<'b> {
    /// The name that the PID is read from: a file name with its extension, or a node name.
    pub name: Cow<'b, str>,
    /// Repository path of the file or node.
    pub path: Option<String>,
    /// How it is written down.
    pub format: Format,
    /// The PID as the consumer of configurations sees it.
    pub pid: Pid,
    /// The element or member, where it does not fill a file of its own.
    pub span: Option<Span>,
    /// What it says.
    pub configuration: Configuration<'b>,
}

impl OsgiDocument<'_> {
    /// The same, borrowed from nothing.
    fn into_owned(self) -> OsgiDocument<'static> {
        OsgiDocument {
            name: Cow::Owned(self.name.into_owned()),
            path: self.path,
            format: self.format,
            pid: self.pid,
            span: self.span,
            configuration: self.configuration.into_owned(),
        }
    }
}
