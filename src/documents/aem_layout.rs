//! Where content lies in packages and source trees of AEM, for the walk of the inputs.

use super::installed_name::installed_name;
use super::layout::{is_package_entry, is_sidecar};
use super::source_tree;
use super::wanted::wants_anywhere;
use std::path::Path;
use zip_audit::{ContentFolder, FileTree, Layout};

/// The layout of AEM packages and of the projects that build them.
#[derive(Clone, Copy, Debug)]
pub struct AemLayout;

impl Layout for AemLayout {
    fn wants_anywhere(&self, name: &[u8]) -> bool {
        wants_anywhere(name)
    }

    fn installed_name(&self, name: &[u8]) -> Option<String> {
        installed_name(name)
    }

    fn is_sidecar(&self, name: &[u8]) -> bool {
        is_sidecar(name)
    }

    fn relies_on_names(&self, name: &[u8]) -> bool {
        is_package_entry(name)
    }

    fn is_content_folder(&self, tree: &FileTree, directory: &Path, name: &str) -> bool {
        source_tree::is_content_folder(tree, directory, name)
    }

    fn companion_folders(&self, base: &Path, name: &str) -> Vec<ContentFolder> {
        source_tree::metadata_of(base, name)
    }
}
