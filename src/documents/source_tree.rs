//! Source trees: where the build of a module looks for content and for the metadata of its package, and where else there
//! are configurations.
//!
//! Follows the defaults of `filevault-package-maven-plugin` 1.3 (`jcrRootSourceDirectory`, `metaInfVaultDirectory`).

use osgi_config::RunModes;
use std::path::{Path, PathBuf};
use zip_audit::{ContentFolder, FileTree};

/// The folders of a module that can hold `jcr_root` and `META-INF/vault`.
const PACKAGE_FOLDERS: [&str; 4] = ["src/main/content", "src/content", "src/main", ""];
/// The elements of a POM that name the folder of the content: of `filevault-package-maven-plugin`, and of
/// `content-package-maven-plugin` before it.
const CONTENT_ELEMENTS: [&str; 2] = ["jcrRootSourceDirectory", "builtContentDirectory"];
/// Most bytes of a POM that are looked at.
const MAX_POM_BYTES: u64 = 1 << 20;

/// The other folders in which the build looks for the `META-INF/vault` of the content in `folder`, both as paths with
/// `/`, without a final one.
pub(crate) fn metadata_folders(folder: &str) -> impl Iterator<Item = String> {
    let module_of = |inner: &&str| match folder.strip_suffix(*inner) {
        Some("") if !inner.is_empty() => Some(""),
        Some(module) if inner.is_empty() => Some(module),
        Some(module) => module.strip_suffix('/').map(|module| if module.is_empty() { "/" } else { module }),
        None => None,
    };
    let module = PACKAGE_FOLDERS.iter().find_map(module_of).unwrap_or(folder);
    let places = PACKAGE_FOLDERS.iter().rev().map(move |inner| match (module, *inner) {
        (module, "") => module.to_owned(),
        ("", inner) => inner.to_owned(),
        (module, inner) => format!("{}/{inner}", module.trim_end_matches('/')),
    });
    places.filter(move |place| place != folder)
}

/// The folder below an instance of AEM from which the file installer of Sling takes configurations, bundles and packages.
const INSTALL_FOLDER: (&str, &str) = ("crx-quickstart", "install");
/// Folders of resources of a bundle that become content or configurations.
const BUNDLE_FOLDERS: [&str; 2] = ["SLING-INF", "OSGI-INF"];
/// What of the second one matters: the rest is made by the build.
const CONFIGURATOR: &str = "configurator";
/// Where `slingfeature-maven-plugin` looks for feature models.
const FEATURES: &str = "src/main/features";

/// The run modes for which a file on disk is installed by the file installer, if its folder is one of those.
pub(crate) fn watched_run_modes(path: &str) -> Option<RunModes> {
    let mut folders = path.rsplit_once('/')?.0.split('/').peekable();
    while let Some(folder) = folders.next() {
        if folder == INSTALL_FOLDER.0
            && let Some(run_modes) = folders.peek().copied().and_then(install_run_modes)
        {
            return Some(run_modes);
        }
    }
    None
}

/// The run modes in the name of a folder of the file installer.
fn install_run_modes(name: &str) -> Option<RunModes> {
    let rest = name.strip_prefix(INSTALL_FOLDER.1)?;
    match rest.strip_prefix('.') {
        Some(spec) => Some(RunModes::parse(spec)),
        None => rest.is_empty().then(RunModes::always),
    }
}

/// The path that a file on disk has in the bundle that it is a resource of, as far as its folders show it.
pub(crate) fn entry_in_bundle(path: &str) -> Option<&str> {
    let mut at = 0;
    for folder in path.split('/') {
        if BUNDLE_FOLDERS.contains(&folder) {
            return path.get(at..);
        }
        at += folder.len() + 1;
    }
    None
}

/// Whether all files in the folder `name` of a directory count, though it holds no content of a package.
fn is_other_folder(directory: &Path, name: &str) -> bool {
    match name {
        "SLING-INF" => true,
        CONFIGURATOR => directory.ends_with(BUNDLE_FOLDERS[1]),
        "features" => directory.join(name).ends_with(FEATURES),
        _ => install_run_modes(name).is_some() && directory.ends_with(INSTALL_FOLDER.0),
    }
}

/// Whether all files in the folder `name` of a directory count: it holds content of a package, resources of a bundle,
/// feature models, or what the file installer takes.
///
/// Content is `jcr_root`; what another build of the module takes for it: `jcr_root-cloud` beside a `META-INF/vault`, or what
/// the POM of the module names; and a `META-INF` beside `jcr_root` or with `vault` in it.
pub(crate) fn is_content_folder(tree: &FileTree, directory: &Path, name: &str) -> bool {
    let has_vault = || tree.is_directory(&directory.join("META-INF").join("vault"));
    if is_other_folder(directory, name) {
        return true;
    }
    match name.strip_prefix("jcr_root") {
        None => name == "META-INF" && (tree.is_directory(&directory.join("jcr_root")) || has_vault()),
        Some("") => true,
        Some(rest) => rest.starts_with('-') && has_vault() || pom_names(tree, directory, name),
    }
}

/// Whether the POM of the module around a directory names `name` as a folder of content.
fn pom_names(tree: &FileTree, directory: &Path, name: &str) -> bool {
    // The module is at most three levels up, as in src/main/content.
    let read = |folder: &Path| tree.read_start(&folder.join("pom.xml"), MAX_POM_BYTES);
    let pom = directory.ancestors().take(4).find_map(read);
    pom.is_some_and(|text| names_content(&String::from_utf8_lossy(&text), name))
}

/// Whether the text of a POM names a folder of content whose last segment is `name`.
fn names_content(pom: &str, name: &str) -> bool {
    CONTENT_ELEMENTS.iter().any(|element| {
        // The name stands in the start tag and in the end tag, perhaps behind a prefix; several folders are a list.
        let tag = format!("{element}>");
        let mut rest = pom;
        while let Some((_, from)) = rest.split_once(&tag) {
            let Some((value, after)) = from.split_once(&tag) else { return false };
            let value = value.rsplit_once("</").map_or(value, |(value, _)| value);
            if value.split([',', '<', '>']).any(|path| last_segment(path.trim()) == name) {
                return true;
            }
            rest = after;
        }
        false
    })
}

fn last_segment(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// The folders that can hold the metadata of the package that `name`, a part of a folder of content in `base`, belongs to.
pub(crate) fn metadata_of(base: &Path, name: &str) -> Vec<ContentFolder> {
    let first = name.split('/').next().unwrap_or_default();
    if first == "META-INF" || is_other_folder(base, first) {
        return Vec::new();
    }
    let folder = |base| ContentFolder { base, name: "META-INF/vault".to_owned() };
    metadata_directories(base).into_iter().map(folder).collect()
}

/// The directories that can hold the `META-INF/vault` of the content in a directory on disk, that one first.
fn metadata_directories(base: &Path) -> Vec<PathBuf> {
    let folder = base.to_string_lossy().replace('\\', "/");
    let folder = folder.strip_prefix("./").unwrap_or(if folder == "." { "" } else { &folder });
    let others = metadata_folders(folder).map(|other| if other.is_empty() { ".".into() } else { PathBuf::from(other) });
    [base.to_owned()].into_iter().chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_lies_in_the_places_of_the_plugin() {
        let of = |folder: &str| metadata_folders(folder).collect::<Vec<_>>();
        assert_eq!(of("ui/src/main/content"), ["ui", "ui/src/main", "ui/src/content"]);
        assert_eq!(of("ui"), ["ui/src/main", "ui/src/content", "ui/src/main/content"]);
        assert_eq!(of("src/main"), ["", "src/content", "src/main/content"]);
        assert_eq!(of("/src/content"), ["/", "/src/main", "/src/main/content"]);
        // A name that only ends alike.
        assert_eq!(of("a/xsrc/main")[0], "a/xsrc/main/src/main");
        let directories = metadata_directories(Path::new("./src/main/content"));
        assert_eq!(directories[..2], [PathBuf::from("./src/main/content"), PathBuf::from(".")]);
    }

    #[test]
    fn folders_of_an_instance_and_of_bundles_are_looked_at() {
        let is = |directory: &str, name: &str| is_content_folder(&FileTree::DISK, Path::new(directory), name);
        for (directory, name) in [
            ("a/crx-quickstart", "install"),
            ("crx-quickstart", "install.author.prod"),
            ("core/src/main/resources", "SLING-INF"),
            ("core/src/main/resources/OSGI-INF", "configurator"),
            ("features/src/main", "features"),
        ] {
            assert!(is(directory, name), "{directory}/{name}");
        }
        for (directory, name) in [
            ("a", "install"),
            ("crx-quickstart", "installer"),
            ("src/main", "configurator"),
            ("src", "features"),
            ("core/src/main/resources", "OSGI-INF"),
        ] {
            assert!(!is(directory, name), "{directory}/{name}");
        }
        let run_modes = |path: &str| watched_run_modes(path);
        assert_eq!(run_modes("a/crx-quickstart/install/x/a.config"), Some(RunModes::always()));
        assert_eq!(run_modes("crx-quickstart/install.author/a.config"), Some(RunModes::parse("author")));
        assert_eq!((run_modes("crx-quickstart/install"), run_modes("crx-quickstart/conf/a.config")), (None, None));
        assert_eq!(entry_in_bundle("a/src/SLING-INF/b/c.json"), Some("SLING-INF/b/c.json"));
        assert_eq!(entry_in_bundle("a/src/c.json"), None);
    }

    #[test]
    fn a_pom_names_folders_of_content() {
        let pom = |value: &str| format!("<a><jcrRootSourceDirectory>{value}</jcrRootSourceDirectory></a>");
        for value in ["${basedir}/src/main/jcr_root_cloud", "jcr_root_cloud/", "a/jcr_root,\n b/jcr_root_cloud "] {
            assert!(names_content(&pom(value), "jcr_root_cloud"), "{value}");
        }
        for value in ["jcr_root", "jcr_root_cloud/x", "", "my_jcr_root_cloud"] {
            assert!(!names_content(&pom(value), "jcr_root_cloud"), "{value}");
        }
        let property = "<vault.jcrRootSourceDirectory>x/jcr_root2</vault.jcrRootSourceDirectory>";
        assert!(names_content(property, "jcr_root2"));
        assert!(!names_content("<exclude>jcr_root2</exclude>", "jcr_root2"));
        assert!(!names_content("<jcrRootSourceDirectory>jcr_root2", "jcr_root2"));
    }

    #[test]
    fn a_folder_of_another_build_lies_beside_metadata_or_is_named() {
        let module = tempfile::tempdir().unwrap();
        let main = module.path().join("src/main");
        std::fs::create_dir_all(&main).unwrap();
        let is = |name: &str| is_content_folder(&FileTree::DISK, &main, name);
        assert_eq!(["jcr_root", "jcr_root-cloud", "jcr_root2", "x"].map(is), [true, false, false, false]);
        std::fs::create_dir_all(main.join("META-INF/vault")).unwrap();
        assert_eq!(["jcr_root-cloud", "jcr_root.bak", "jcr_root2"].map(is), [true, false, false]);
        let pom = "<project><jcrRootSourceDirectory>src/main/jcr_root2</jcrRootSourceDirectory></project>";
        std::fs::write(module.path().join("pom.xml"), pom).unwrap();
        assert_eq!(["jcr_root2", "jcr_root3"].map(is), [true, false]);
        // The metadata lies beside content, or is that of a package itself.
        assert!(is("META-INF"));
        let is = |name: &str| is_content_folder(&FileTree::DISK, module.path(), name);
        std::fs::create_dir_all(module.path().join("META-INF/maven")).unwrap();
        assert!(!is("META-INF"));
        std::fs::create_dir_all(module.path().join("jcr_root")).unwrap();
        assert!(is("META-INF"));
    }
}
