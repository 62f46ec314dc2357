//! Configurations for tests, from the folders that they lie in.

use super::contest::Candidate;
use osgi_config::{ConfigFolder, Target};

/// Configurations of one PID, one deployment and one package, where nothing else is said.
pub(super) struct Given<'g> {
    paths: Vec<String>,
    folders: Vec<ConfigFolder>,
    pub(super) pids: Vec<&'g str>,
    /// The modules that write them; empty for packages.
    pub(super) modules: Vec<usize>,
    pub(super) contents: Vec<u128>,
    pub(super) deployments: Vec<usize>,
}

impl Given<'_> {
    pub(super) fn new(folders: &[&str]) -> Self {
        let paths: Vec<String> = folders.iter().map(|folder| format!("{folder}/f.config")).collect();
        let folders = paths.iter().map(|path| osgi_config::config_folder(path, Target::Aem65).unwrap()).collect();
        Self { paths, folders, pids: Vec::new(), modules: Vec::new(), contents: Vec::new(), deployments: Vec::new() }
    }

    pub(super) fn candidates(&self) -> Vec<Candidate<'_>> {
        let given = self.paths.iter().zip(&self.folders).enumerate();
        let candidates = given.map(|(index, (path, folder))| Candidate {
            deployment: self.deployments.get(index).copied().unwrap_or(0),
            pid: self.pids.get(index).copied().unwrap_or("a.B"),
            path,
            priority_base: folder.priority_base,
            folder_modes: &folder.run_modes,
            run_modes: &folder.run_modes,
            content: self.contents.get(index).copied().unwrap_or(index as u128),
            origin: self.modules.get(index).copied().unwrap_or(0),
            is_module: !self.modules.is_empty(),
        });
        candidates.collect()
    }
}

/// The folders of these candidates.
pub(super) fn paths(given: &Given<'_>, candidates: &[usize]) -> String {
    let folders: Vec<&str> = candidates.iter().map(|&index| &given.folders[index].path[..]).collect();
    folders.join(" ")
}
