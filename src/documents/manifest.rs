//! The manifest of a bundle: whether it is one, and the content that it brings with it.

/// What of a manifest matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// `Bundle-SymbolicName`; only OSGi bundles have it.
    pub symbolic_name: Option<String>,
    /// `Sling-Initial-Content`: entries of the bundle that become repository content.
    pub initial_content: Vec<InitialContent>,
}

/// One path of `Sling-Initial-Content`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitialContent {
    /// The folder in the bundle, without slashes at its ends.
    pub entry: String,
    /// Where its content goes, `/` by default; without a final `/` otherwise.
    pub path: String,
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
            symbolic_name: value("Bundle-SymbolicName"),
            initial_content: value("Sling-Initial-Content").map(|value| initial_content(&value)).unwrap_or_default(),
        }
    }

    /// The repository path that the bundle entry `name` is loaded to.
    pub fn content_path(&self, name: &str) -> Option<String> {
        self.initial_content.iter().find_map(|content| {
            let below = name.strip_prefix(content.entry.as_str())?.strip_prefix('/')?;
            Some(format!("{}/{below}", content.path.trim_end_matches('/')))
        })
    }
}

/// `SLING-INF/content;path:=/apps/x;overwrite:=true,SLING-INF/other`.
fn initial_content(header: &str) -> Vec<InitialContent> {
    clauses(header)
        .into_iter()
        .filter_map(|clause| {
            let mut parts = clause.split(';');
            let entry = parts.next()?.trim().trim_matches('/').to_owned();
            let path = parts.filter_map(|part| part.split_once(":=")).find(|(key, _)| key.trim() == "path");
            let path = path.map_or("/", |(_, path)| path.trim().trim_matches('"'));
            (!entry.is_empty()).then(|| InitialContent { entry, path: path.to_owned() })
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
    }

    #[test]
    fn odd_manifests() {
        assert_eq!(Manifest::parse(""), Manifest::default());
        assert_eq!(Manifest::parse(" folded first\n: \nSling-Initial-Content: ,;path:=/x"), Manifest::default());
    }
}
