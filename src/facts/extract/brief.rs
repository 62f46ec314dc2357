//! Ordinary configurations. Most files that are read are one, and nothing is said of it but how it is identified, so
//! that as little as possible is done for it.

use super::file::{FileFacts, Identity, Role, SubjectFacts};
use super::subject::Attributes;
use super::{Context, configuration};
use crate::documents::{Content, Document};
use crate::facts::{Fact, Kind};
use crate::osgi::RunModes;
use crate::secret;
use crate::text::{Excerpts, Lines, Mark};
use std::sync::Arc;

/// The facts of a file that is nothing but an ordinary configuration and wanted in brief; `None` for any other document,
/// of which nothing is taken then.
pub(super) fn extract(document: &mut Document<'_>, context: &Context) -> Option<FileFacts> {
    let Content::Configurations(configurations) = &mut document.content else { return None };
    let [configuration] = configurations.as_slice() else { return None };
    // The member of a feature model is not all that there is.
    if !context.wanted.is_brief(Kind::Configuration) || document.partial || configuration.span.is_some() {
        return None;
    }
    let look = configuration::Look::new(&document.text);
    if !configuration::is_ordinary(configuration, &look) {
        return None;
    }
    let on_disk = document.place.inside.is_empty();
    let excerpts = excerpts(&look, on_disk);
    let configuration = configurations.pop()?;
    let fact = Fact {
        kind: Kind::Configuration,
        place: document.place.clone(),
        deployment: document.container.input,
        mark: Mark::FILE,
        path: configuration.path,
        // Linking tells.
        run_modes: RunModes::never(),
        not_installed: None,
        attributes: Attributes::new(),
        properties: Vec::new(),
        excerpts: Arc::new(excerpts),
    };
    let identity = Identity { pid: configuration.pid, format: configuration.format, brief: true };
    Some(FileFacts {
        place: document.place.clone(),
        container: document.container.clone(),
        location: document.location.clone(),
        subjects: vec![SubjectFacts { configuration: Some(identity), facts: vec![fact] }],
        role: Role::Content,
        too_many: false,
    })
}

/// What is shown of the file as a whole.
fn excerpts(look: &configuration::Look<'_>, on_disk: bool) -> Excerpts {
    let masks = if look.is_quiet() { Vec::new() } else { secret::masks(look.text(), &[]) };
    let beginning = if masks.is_empty() && !on_disk { Excerpts::beginning(look.text()) } else { None };
    beginning.unwrap_or_else(|| Excerpts::masked(&Lines::new(look.text()), &masks, &[Mark::FILE.span], on_disk))
}
