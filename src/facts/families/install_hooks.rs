//! Install hooks: code of a package that FileVault runs while it installs the package.
//!
//! By `InstallHookProcessorImpl` of `vault-core`: the properties `installhook.<name>.class` name classes, and each archive
//! directly below `META-INF/vault/hooks` is one whose manifest names its class.

use crate::documents::Manifest;
use crate::facts::attribute::Attribute;
use crate::facts::vocabulary::fact_kind;
use jcr_filevault::PackageProperties;
use text_spans::SourceRange;
use zip_audit::Container;

fact_kind! {
    InstallHook "install_hook" =
        "Code that FileVault runs while it installs the package. What it changes is not known." {
        class: Attribute<String> = "the class that is run",
        in_package: bool = "whether the class comes in an archive of the package, rather than from a bundle",
    }
}

/// The folder of a package whose archives are hooks.
const FOLDER: &str = "META-INF/vault/hooks/";

/// The hooks that the properties of a package name.
pub(crate) fn named(properties: &PackageProperties) -> impl Iterator<Item = InstallHook> {
    let is_hook = |key: &str| {
        let mut parts = key.split('.');
        parts.next() == Some("installhook")
            && parts.next().is_some()
            && parts.next() == Some("class")
            && parts.next().is_none()
    };
    let entries = properties.entries.iter().filter(move |entry| is_hook(&entry.key));
    entries.map(|entry| hook(entry.value.trim(), false))
}

/// The hook that the archive is which a manifest belongs to, if it is one.
pub(crate) fn packed(container: &Container, manifest: &Manifest) -> Option<InstallHook> {
    let path = container.place.inside.last().unwrap_or(&container.place.file);
    let (before, name) = path.rsplit_once(FOLDER)?;
    let is_in_folder = (before.is_empty() || before.ends_with('/')) && !name.contains('/');
    is_in_folder.then_some(())?;
    Some(hook(manifest.main_class.as_deref()?, true))
}

fn hook(class: &str, in_package: bool) -> InstallHook {
    InstallHook { class: Attribute { value: class.to_owned(), mark: Some(SourceRange::FILE) }, in_package }
}
