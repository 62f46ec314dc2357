//! The manifest of a bundle: whether it is one, and the content that it brings with it.

/// What of a manifest matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// `Main-Class`: what an archive runs.
    pub main_class: Option<String>,
    /// `Bundle-SymbolicName`; only OSGi bundles have it.
    pub symbolic_name: Option<String>,
    /// `Sling-Initial-Content`: entries of the bundle that become repository content.
    pub initial_content: Vec<InitialContent>,
    /// Whether it asks for the OSGi Configurator (`Require-Capability`), which reads its resources only then.
    pub asks_for_configurator: bool,
}

/// One path of `Sling-Initial-Content`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitialContent {
    /// The folder in the bundle, without slashes at its ends.
    pub entry: String,
    /// Where its content goes, `/` by default; without a final `/` otherwise.
    pub path: String,
    /// The extensions of files of it that are loaded as files rather than as nodes (`ignoreImportProviders`).
    pub kept: Vec<String>,
}

impl Manifest {
    /// Reads the main section. Lines are folded: a line that begins with a blank goes on with the one before.
    pub fn parse(text: &str) -> Self {
        let mut headers: Vec<String> = Vec::new();
        for line in text.lines() {
            match line.strip_prefix(' ') {
                Some(more) => headers.last_mut().into_iter().for_each(|header| header.push_str(more)),
                None if line.is_empty() => break,
                None => headers.push(line.to_owned()),
            }
        }
        let header = |name: &str| {
            headers.iter().filter_map(|header| header.split_once(':')).find(|(key, _)| key.eq_ignore_ascii_case(name))
        };
        let value = |name: &str| header(name).map(|(_, value)| value.trim().to_owned());
        Self {
            main_class: value("Main-Class").filter(|class| !class.is_empty()),
            symbolic_name: value("Bundle-SymbolicName"),
            asks_for_configurator: value("Require-Capability").is_some_and(|value| value.contains("osgi.configurator")),
            initial_content: value("Sling-Initial-Content").map(|value| initial_content(&value)).unwrap_or_default(),
        }
    }

    /// The repository path that the bundle entry `name` is loaded to.
    pub fn content_path(&self, name: &str) -> Option<String> {
        let (content, below) = self.content_of(name)?;
        Some(format!("{}/{below}", content.path.trim_end_matches('/')))
    }

    /// Whether the file `name` is loaded as a file, though one of its extension could be loaded as nodes.
    pub fn is_kept(&self, name: &str) -> bool {
        let has = |extension: &String| name.strip_suffix(extension.as_str()).is_some_and(|stem| stem.ends_with('.'));
        self.content_of(name).is_some_and(|(content, _)| content.kept.iter().any(has))
    }

    /// What of the initial content an entry belongs to, and its path below that.
    fn content_of<'n>(&self, name: &'n str) -> Option<(&InitialContent, &'n str)> {
        let below = |entry: &str| name.strip_prefix(entry)?.strip_prefix('/');
        self.initial_content.iter().find_map(|content| Some((content, below(&content.entry)?)))
    }
}

/// `SLING-INF/content;path:=/apps/x;overwrite:=true,SLING-INF/other`.
fn initial_content(header: &str) -> Vec<InitialContent> {
    clauses(header)
        .into_iter()
        .filter_map(|clause| {
            let mut parts = clause.split(';');
            let entry = parts.next()?.trim().trim_matches('/').to_owned();
            let directives: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once(":=")).collect();
            let directive = |name: &str| {
                let found = directives.iter().find(|(key, _)| key.trim() == name);
                found.map(|(_, value)| value.trim().trim_matches('"'))
            };
            let path = directive("path").unwrap_or("/").to_owned();
            let ignored = directive("ignoreImportProviders").unwrap_or_default();
            let extensions = ignored.split(',').map(str::trim).filter(|extension| !extension.is_empty());
            let kept = extensions.map(str::to_owned).collect();
            (!entry.is_empty()).then_some(InitialContent { entry, path, kept })
        })
        .collect()
}

/// Splits at commas outside double quotes.
fn clauses(header: &str) -> Vec<String> {
    let mut clauses = vec![String::new()];
    let mut quoted = false;
    for c in header.chars() {
        quoted ^= c == '"';
        if c == ',' && !quoted {
            clauses.push(String::new());
        } else if let Some(clause) = clauses.last_mut() {
            clause.push(c);
        }
    }
    clauses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_folded_headers() {
        let manifest = Manifest::parse(
            "Manifest-Version: 1.0\r\nBundle-SymbolicName: a.b\r\nSling-Initial-Content: SLING-INF/apps;overwrite:=true;pat\r\n h:=\"/apps/x\",SLING-INF/root\r\n\r\nName: x\r\nBundle-SymbolicName: no\r\n",
        );
        assert_eq!(manifest.symbolic_name.as_deref(), Some("a.b"));
        assert_eq!(manifest.content_path("SLING-INF/apps/config/A.config").as_deref(), Some("/apps/x/config/A.config"));
        assert_eq!(manifest.content_path("SLING-INF/root/apps/y").as_deref(), Some("/apps/y"));
        assert_eq!(manifest.content_path("SLING-INF/appsx/y"), None);
        assert!(!manifest.is_kept("SLING-INF/apps/a.json") && !manifest.asks_for_configurator);
    }

    #[test]
    fn reads_what_is_not_loaded_as_usual() {
        let manifest = Manifest::parse(
            "Sling-Initial-Content: a;ignoreImportProviders:=\"json,xml\",b\nRequire-Capability: osgi.extender;filter:=\"(osgi.extender=osgi.configurator)\"\n\n",
        );
        assert!(manifest.is_kept("a/x.json") && manifest.is_kept("a/x.jcr.xml") && !manifest.is_kept("b/x.json"));
        assert!(manifest.asks_for_configurator);
    }

    #[test]
    fn odd_manifests() {
        assert_eq!(Manifest::parse(""), Manifest::default());
        assert_eq!(Manifest::parse(" folded first\n: \nSling-Initial-Content: ,;path:=/x"), Manifest::default());
    }
}
