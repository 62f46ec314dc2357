//! Ordinary configurations. Most files that are read are one, and nothing is said of it but how it is identified, so
//! that as little as possible is done for it.

use super::file::{FileFacts, Identity, Role, SubjectFacts};
use super::subject::Attributes;
use super::{Context, configuration};
use crate::documents::{Content, Document};
use crate::excerpts::Excerpts;
use crate::facts::{Fact, Kind};
use crate::secret;
use osgi_config::RunModes;
use std::sync::Arc;
use text_spans::{Lines, SourceRange};

/// What is to be shown of a file that is nothing but an ordinary configuration and wanted in brief; `None` for any other
/// document.
pub(super) fn look(document: &Document<'_>, context: &Context) -> Option<Excerpts> {
    let Content::Configurations(configurations) = &document.content else { return None };
    let [configuration] = configurations.as_slice() else { return None };
    // The member of a feature model is not all that there is.
    if !context.wanted.is_brief(Kind::Configuration) || document.partial || configuration.span.is_some() {
        return None;
    }
    let look = configuration::Look::new(&document.text);
    let on_disk = document.place.inside.is_empty();
    configuration::is_ordinary(configuration, &look).then(|| excerpts(&look, on_disk))
}

/// The facts of a document that a [`look`] was enough for.
pub(super) fn extract(document: Document<'_>, excerpts: Excerpts) -> FileFacts {
    let Document { place, container, location, content, .. } = document;
    let configurations = match content {
        Content::Configurations(configurations) => configurations,
        _ => Vec::new(),
    };
    let excerpts = Arc::new(excerpts);
    let subjects = configurations.into_iter().map(|configuration| {
        let fact = Fact {
            kind: Kind::Configuration,
            place: place.clone(),
            deployment: container.input,
            mark: SourceRange::FILE,
            path: configuration.path,
            // Linking tells.
            run_modes: RunModes::never(),
            not_installed: None,
            attributes: Attributes::new(),
            properties: Vec::new(),
            excerpts: Arc::clone(&excerpts),
        };
        let identity = Identity { pid: configuration.pid, format: configuration.format, brief: true };
        SubjectFacts { configuration: Some(identity), facts: vec![fact] }
    });
    FileFacts { subjects: subjects.collect(), place, container, location, role: Role::Content, too_many: false }
}

/// What is shown of the file as a whole.
fn excerpts(look: &configuration::Look<'_>, on_disk: bool) -> Excerpts {
    let masks = if look.may_be_masked() { secret::masks(look.text(), &[]) } else { Vec::new() };
    let beginning = if masks.is_empty() && !on_disk { Excerpts::beginning(look.text()) } else { None };
    beginning.unwrap_or_else(|| Excerpts::masked(&Lines::new(look.text()), &masks, &[SourceRange::FILE.span], on_disk))
}
