//! Picks the reader of a file.

use super::installed_name::installed_name;
use super::irrelevant::{self, Look};
use super::nodes::Nodes;
use super::pids::is_known as is_integration_name;
use super::prefilter::Prefilter;
use super::{Content, Document, Interest, Location, Manifest, Notes, OsgiDocument};
use super::{embedded, initial_content, inline_file, keys, osgi_node, sling_xml, source_tree};
use jcr_filevault::{self, PackageProperties, WorkspaceFilter};
use osgi_config::{self, FileFormat, Target, pid};
use std::borrow::Cow;
use text_spans::{ReadError, utf_8};
use zip_audit::File;

/// Reads a file as what it is. `None` if nothing in it can matter; `prefilter` says so for XML.
///
/// `interest` says which nodes of docview files anybody will look at; the others are read and forgotten.
///
/// A file of an unknown kind, or one that bears no integration's name outside a content tree, is [`Content::Raw`]: its
/// text is still searched.
pub fn read<'b>(
    file: &File<'b>,
    target: Target,
    prefilter: &Prefilter,
    interest: &dyn Interest,
) -> Option<Document<'b>> {
    let look = if prefilter.parses_everything() { Look::Open } else { irrelevant::look(file, prefilter) };
    if look == Look::Irrelevant {
        return None;
    }
    let place = file.place();
    let location = Location::of(file.container, file.name, &place);
    let reading = Reading { file, location: &location, target, prefilter, look, interest, base: base(file, &location) };
    let (text, content, lossy, notes) = reading.content()?;
    Some(Document {
        place,
        container: file.container.clone(),
        name: file.name,
        location,
        text,
        content,
        partial: lossy || file.partial,
        cut: file.partial,
        notes,
    })
}

/// One file on its way to a document.
struct Reading<'b, 'a> {
    file: &'a File<'b>,
    location: &'a Location,
    target: Target,
    prefilter: &'a Prefilter,
    look: Look,
    interest: &'a dyn Interest,
    /// The last segment of the name: below `jcr_root` the one that the file gets in the repository.
    base: Cow<'b, str>,
}

/// See [`Reading::base`].
fn base<'b>(file: &File<'b>, location: &Location) -> Cow<'b, str> {
    let installed = location.below_content().and_then(|_| installed_name(file.name.as_bytes()));
    installed.map_or_else(|| file.name.rsplit('/').next().unwrap_or_default().into(), Cow::Owned)
}

/// Whether an extension is one of JSON files that can be feature models.
fn is_json(extension: &str) -> bool {
    ["json", "slingosgifeature"].iter().any(|json| extension.eq_ignore_ascii_case(json))
}

/// Why not every property of a node is judged.
const MANY_PROPERTIES: &str = "an element has more than 10,000 attributes, for which Java refuses the file";
/// Why not every node of a file is judged.
const MANY_NODES: &str = "more of its nodes can matter than are kept at one time";

/// Bytes of the largest file that is read as configurations. A property comes to many times of what it is written with.
const MAX_CONFIGURATION_BYTES: usize = 4 << 20;
/// Why a larger one is not.
const TOO_LARGE: &str = "it is larger than files with configurations are; it was searched as plain text only";

/// Text, content, whether something could not be decoded or parsed, and what must be said of that.
type Read<'b> = (Cow<'b, str>, Content<'b>, bool, Notes);

/// A file that was read without anything to say of it.
fn plainly<'b>(text: impl Into<Cow<'b, str>>, content: Content<'b>) -> Read<'b> {
    (text.into(), content, false, Notes::default())
}

/// What must be said of an XML file that a reader went through.
fn notes(decoded: &jcr_filevault::Decoded<'_>, partial: bool, error: Option<&ReadError>, internal_dtd: bool) -> Notes {
    let reason = error.map_or("a limit was reached", |error| error.reason.as_str());
    let unread = partial
        .then(|| format!("not all of it can be read as XML ({reason}); the rest was searched as plain text only"));
    Notes { unread: unread.or_else(|| undecoded(decoded)), internal_dtd }
}

/// Bytes that are wrong in a known encoding are lost, and they alone. In another encoding nobody can tell what is lost.
fn undecoded(decoded: &jcr_filevault::Decoded<'_>) -> Option<String> {
    decoded.guessed.then(|| "its encoding is not known, or it is not what the file declares".to_owned())
}

/// The mistake at which Java stops: that of the decoding, or that of the document.
fn first_error(decoded: Option<ReadError>, read: Option<ReadError>) -> Option<ReadError> {
    match (decoded, read) {
        (Some(decoded), Some(read)) if read.span.start < decoded.span.start => Some(read),
        (decoded, read) => decoded.or(read),
    }
}

/// The path of a file of initial content in its bundle, as if its top were the repository's. Where it goes is known when the
/// manifest is.
fn path_in_bundle(entry: &str) -> String {
    let ends = ["/.content.xml", ".jcr.xml", ".xml", ".json"];
    format!("/{}", ends.iter().find_map(|end| entry.strip_suffix(end)).unwrap_or(entry))
}

impl<'b> Reading<'b, '_> {
    fn content(&self) -> Option<Read<'b>> {
        if let Location::MetaInf { below, .. } = self.location {
            match below.as_str() {
                "MANIFEST.MF" => {
                    let text = utf_8(self.file.bytes);
                    let manifest = Manifest::parse(&text);
                    return Some(plainly("", Content::Manifest(manifest)));
                }
                "vault/filter.xml" => return Some(self.filter()),
                "vault/properties.xml" => {
                    let mut decoded = jcr_filevault::decode_xml(self.file.bytes);
                    let mut properties = PackageProperties::parse(&decoded.text);
                    properties.error = first_error(decoded.error.take(), properties.error);
                    let PackageProperties { partial, internal_dtd, .. } = properties;
                    let notes = notes(&decoded, partial, properties.error.as_ref(), internal_dtd);
                    return Some((Cow::Borrowed(""), Content::PackageProperties(properties), false, notes));
                }
                _ => {}
            }
        }
        if keys::is_key_name(&self.base) {
            return Some(self.key_file());
        }
        if keys::begins_like_key(self.file.bytes)
            && let Some(read) = self.keys()
        {
            return Some(read);
        }
        if keys::is_prose(self.base.as_bytes()) {
            return self.prose();
        }
        let extension = self.base.rsplit_once('.').map_or("", |(_, extension)| extension);
        if extension.eq_ignore_ascii_case("xml") {
            return self.xml();
        }
        if self.file.bytes.len() > MAX_CONFIGURATION_BYTES && self.may_be_configurations(extension) {
            let unread = Some(TOO_LARGE.to_owned());
            let notes = Notes { unread, internal_dtd: false };
            return Some((utf_8(self.file.bytes), Content::Raw, true, notes));
        }
        if let Some(read) = self.configuration() {
            return Some(read);
        }
        let text = utf_8(self.file.bytes);
        if is_json(extension) {
            let entry = self.entry_in_bundle();
            let configurations = if entry.as_deref().is_some_and(embedded::is_configurator_resource) {
                embedded::configurator_resource(&text, self.target)
            } else {
                embedded::feature_model(&text, self.target)
            };
            if let Some(configurations) = configurations {
                return Some(plainly(text, Content::Configurations(configurations)));
            }
            if let Some(entry) = entry.filter(|_| initial_content::mentions_nodes(text.as_bytes())) {
                return Some(self.initial_content(text, &entry));
            }
        }
        Some(plainly(text, Content::Raw))
    }

    fn filter(&self) -> Read<'b> {
        let mut decoded = jcr_filevault::decode_xml(self.file.bytes);
        let mut filter = WorkspaceFilter::parse(&decoded.text);
        filter.error = first_error(decoded.error.take(), filter.error);
        let notes = notes(&decoded, filter.partial, filter.error.as_ref(), filter.internal_dtd);
        (decoded.text, Content::Filter(filter), decoded.guessed, notes)
    }

    /// Whether a file that is no XML would be read as configurations, as far as its name and place show it, or for JSON the
    /// words in it.
    fn may_be_configurations(&self, extension: &str) -> bool {
        let lower = self.base.to_ascii_lowercase();
        let is_known = || is_integration_name(&self.base) || is_integration_name(&lower);
        let in_folder = || self.is_in_folder(self.location.file_path().as_deref());
        let is_typed = lower.ends_with(".cfg.json") || lower.ends_with(".config");
        if is_json(extension) {
            let bytes = self.file.bytes;
            let entry = self.entry_in_bundle();
            return is_typed
                || entry.as_deref().is_some_and(embedded::is_configurator_resource)
                || entry.is_some() && initial_content::mentions_nodes(bytes)
                || embedded::mentions_configurations(bytes);
        }
        match extension.to_ascii_lowercase().as_str() {
            "config" | "cfg" | "properties" => is_typed || is_known() || in_folder(),
            _ => false,
        }
    }

    /// Whether a file, at this path if it is content, lies in a folder that configurations are taken from.
    fn is_in_folder(&self, path: Option<&str>) -> bool {
        match (path, self.location) {
            (Some(path), _) => osgi_config::config_folder(path, self.target).is_some(),
            (None, Location::Elsewhere { root }) if root.tree => {
                source_tree::watched_run_modes(&self.file.container.path_on_disk(&self.file.place())).is_some()
            }
            (None, _) => false,
        }
    }

    /// The path of a file in its bundle, if it may be in one: in an archive, or as a resource in a source tree.
    fn entry_in_bundle(&self) -> Option<Cow<'b, str>> {
        match self.location {
            Location::Elsewhere { root } if !root.tree => Some(self.file.name.into()),
            Location::Elsewhere { .. } => {
                let path = self.file.container.path_on_disk(&self.file.place());
                source_tree::entry_in_bundle(&path).map(|entry| entry.to_owned().into())
            }
            _ => None,
        }
    }

    /// A configuration file: one in a place where configurations are looked for, or one that bears the name of an
    /// integration wherever it is.
    fn configuration(&self) -> Option<Read<'b>> {
        let path = self.location.file_path();
        let name = path.as_deref().and_then(|path| path.rsplit('/').next()).unwrap_or(&self.base);
        let integration = || is_integration_name(name) || is_integration_name(&self.base);
        let in_folder = || self.is_in_folder(path.as_deref());
        // The installer is case sensitive, an auditor is not: `.CONFIG` is read as what it was meant to be.
        let (format, text, configuration) = osgi_config::read_file(name, self.file.bytes, self.target)
            .or_else(|| osgi_config::read_file(&name.to_ascii_lowercase(), self.file.bytes, self.target))?;
        let typed = matches!(format, FileFormat::CfgJson | FileFormat::Config) && configuration.error.is_none();
        // The cheapest question first: where folders are named like that costs the most.
        if !((path.is_some() && typed) || integration() || in_folder()) {
            return None;
        }
        let pid = pid::pid(name, self.target);
        let name = if name == self.base { self.base.clone() } else { Cow::Owned(name.to_owned()) };
        let document = OsgiDocument { name, path, format: format.into(), pid, span: None, configuration };
        Some(plainly(text, Content::Configurations(vec![document])))
    }

    fn xml(&self) -> Option<Read<'b>> {
        let bytes = self.file.bytes;
        let root = self.location.below_content().and_then(|below| jcr_filevault::root_path(below, bytes));
        let matters = self.look == Look::Matters
            || self.prefilter.mentions(root.as_deref().unwrap_or(self.file.name))
            || self.prefilter.can_matter(bytes)
            || matches!(self.location, Location::Elsewhere { .. }) && sling_xml::may_join_texts(bytes);
        if !matters && !self.prefilter.parses_everything() {
            return None;
        }
        // With or without the prefilter the same is said: of a file in which nothing can matter, nothing.
        let said = |notes: Notes| if matters { notes } else { Notes::default() };
        let mut decoded = jcr_filevault::decode_xml(bytes);
        let guessed = decoded.guessed;
        let text: &str = &decoded.text;
        // Initial content of a bundle lies anywhere; where it goes is known when the manifest is.
        let entry = if root.is_none() { self.entry_in_bundle() } else { None };
        let root = match (root, self.location) {
            (None, Location::Elsewhere { .. }) if jcr_filevault::is_docview(text) => {
                Some(path_in_bundle(entry.as_deref().unwrap_or(self.file.name)))
            }
            (root, _) => root,
        };
        if let Some(entry) = entry.filter(|_| root.is_none())
            && let Some(form) = sling_xml::form(text, &entry)
        {
            return Some(self.sling_xml(decoded, form, &entry, &said));
        }
        let Some(root) = root else {
            let notes = Notes { unread: undecoded(&decoded), internal_dtd: false };
            return Some((decoded.text, Content::Raw, guessed, said(notes)));
        };
        let (mut docview, nodes, configurations) = match &decoded.text {
            Cow::Borrowed(text) => self.docview(text, &root),
            Cow::Owned(text) => {
                let (docview, nodes, configurations) = self.docview(text, &root);
                let configurations = configurations.into_iter().map(OsgiDocument::into_owned).collect();
                (docview, nodes.into_iter().map(jcr_filevault::Node::into_owned).collect(), configurations)
            }
        };
        docview.error = first_error(decoded.error.take(), docview.error);
        let partial = guessed || docview.partial;
        let notes = notes(&decoded, docview.partial, docview.error.as_ref(), docview.internal_dtd);
        // A file that cannot be read to its end is told of as such, with the reason.
        let error = docview.error.filter(|_| !docview.partial && matters);
        let content = Content::DocView { nodes, configurations, error, has_root: docview.has_root };
        Some((decoded.text, content, partial, said(notes)))
    }

    /// Reads a docview file: its outcome, the nodes that somebody looks at, and those that are configurations.
    fn docview<'t>(
        &self,
        text: &'t str,
        root: &str,
    ) -> (jcr_filevault::docview::Outcome, Vec<jcr_filevault::Node<'t>>, Vec<OsgiDocument<'t>>) {
        let mut nodes = Nodes::new(self.interest, self.target);
        let passes = |node: &jcr_filevault::docview::Ahead<'_>| {
            !osgi_node::is_possible(node) && !inline_file::is_possible(node) && self.interest.passes(node)
        };
        let mut docview = jcr_filevault::docview::read_with(text, root, &passes, &mut |node| nodes.add(node));
        let Nodes { nodes, configurations, dropped, shortened, .. } = nodes;
        for (span, reason) in [(shortened, MANY_PROPERTIES), (dropped, MANY_NODES)] {
            if let Some(span) = span {
                docview.partial = true;
                docview.error.get_or_insert(ReadError { span, reason: reason.to_owned() });
            }
        }
        (docview, nodes, configurations)
    }

    /// JSON that becomes content when the manifest of its bundle says so.
    fn initial_content(&self, text: Cow<'b, str>, entry: &str) -> Read<'b> {
        let mut nodes = Nodes::new(self.interest, self.target);
        let error = initial_content::read(&text, &path_in_bundle(entry), &mut nodes);
        let Nodes { nodes, configurations, dropped, .. } = nodes;
        let unread = dropped.is_some().then(|| MANY_NODES.to_owned());
        let partial = error.is_some() || dropped.is_some();
        let notes = Notes { unread, internal_dtd: false };
        (text, Content::DocView { nodes, configurations, error, has_root: true }, partial, notes)
    }

    /// XML of the content loader that becomes content when the manifest of its bundle says so. What is wrong with it is not
    /// told as an error: the content loader reads more leniently.
    fn sling_xml(
        &self,
        decoded: jcr_filevault::Decoded<'b>,
        form: sling_xml::Form,
        entry: &str,
        said: &dyn Fn(Notes) -> Notes,
    ) -> Read<'b> {
        let mut nodes = Nodes::new(self.interest, self.target);
        let outcome = sling_xml::read(&decoded.text, form, &path_in_bundle(entry), &mut nodes);
        let Nodes { nodes, configurations, dropped, .. } = nodes;
        let cut = dropped.map(|span| ReadError { span, reason: MANY_NODES.to_owned() });
        let partial = outcome.partial || cut.is_some();
        let notes = notes(&decoded, partial, cut.as_ref().or(outcome.error.as_ref()), outcome.internal_dtd);
        let lossy = decoded.guessed || decoded.error.is_some() || outcome.error.is_some() || partial;
        let content = Content::DocView { nodes, configurations, error: None, has_root: true };
        (decoded.text, content, lossy, said(notes))
    }

    /// A file that is named like key material. One that is none is searched as text.
    fn key_file(&self) -> Read<'b> {
        self.keys().unwrap_or_else(|| plainly(keys::decode(self.file.bytes), Content::Raw))
    }

    /// Key material, as far as the file is that.
    fn keys(&self) -> Option<Read<'b>> {
        let text = keys::decode(self.file.bytes);
        let found = keys::in_text(&text);
        if !found.is_empty() {
            return Some(plainly(text, Content::Keys(found)));
        }
        // A PEM text that holds neither a key nor a certificate is no keystore, whatever its name is.
        let key =
            keys::binary_key(&self.base, self.file.bytes, !self.file.partial).filter(|_| !text.contains("-----BEGIN "));
        key.map(|key| plainly("", Content::Keys(vec![key])))
    }

    /// A text of which nothing matters but the private keys in it.
    fn prose(&self) -> Option<Read<'b>> {
        // A search in bytes is enough to see that most have none, in whatever encoding.
        let marks = [&b"PRIVATE KEY"[..], b"P\0R\0I\0V\0A\0T\0E\0"];
        if !marks.iter().any(|mark| memchr::memmem::find(self.file.bytes, mark).is_some()) {
            return None;
        }
        let text = keys::decode(self.file.bytes);
        let found = keys::in_prose(&text);
        (!found.is_empty()).then(|| plainly(text, Content::Keys(found)))
    }
}
