//! The text of a rule file, and what its path says of the rule.

use super::file;
use crate::diagnostics::UserError;

/// A rule file of the user's that has been read.
#[derive(Debug)]
pub(crate) struct RuleText {
    /// The family: the name of the folder.
    pub(super) family: String,
    /// The id: the name of the file.
    pub(super) id: String,
    /// The file, as the user would name it.
    pub(super) name: String,
    pub(super) text: String,
}

impl RuleText {
    /// The file `name`, which lies at `path` (separators `/`) below a directory that is called `directory`:
    /// `<family>/<id>.toml`, or `<id>.toml`, whose family is what can be used of the name of the directory itself.
    pub(crate) fn new(directory: &str, path: &str, name: String, text: String) -> Self {
        let (folder, file) = path.rsplit_once('/').map_or((None, path), |(folder, file)| (Some(folder), file));
        let family = match folder {
            Some(folder) => folder.rsplit('/').next().unwrap_or(folder).to_owned(),
            None => family_of(directory),
        };
        let id = file.strip_suffix(".toml").unwrap_or(file).to_owned();
        Self { family, id, name, text }
    }

    /// What is said of a rule file that cannot be read.
    pub(crate) fn unreadable(name: &str, error: &std::io::Error) -> UserError {
        UserError::plain(format!("{name} cannot be read: {error}"), "A rule file is UTF-8 text.")
    }
}

/// What can be used of the name of a directory.
fn family_of(directory: &str) -> String {
    let words = directory.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let family = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    if file::is_kebab_case(&family) { family } else { "custom".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn family_and_id_are_names_of_folder_and_file() {
        let parts = |directory: &str, path: &str| {
            let rule = RuleText::new(directory, path, path.to_owned(), String::new());
            (rule.family, rule.id)
        };
        let pair = |family: &str, id: &str| (family.to_owned(), id.to_owned());
        assert_eq!(parts("policy", "acme/no-http.toml"), pair("acme", "no-http"));
        assert_eq!(parts("policy", "x/acme/no-http.toml"), pair("acme", "no-http"));
        assert_eq!(parts("Our Rules_2", "no-http.toml"), pair("our-rules-2", "no-http"));
        assert_eq!(parts("", "no-http.toml"), pair("custom", "no-http"));
        assert_eq!(parts("1", "one"), pair("custom", "one"));
    }
}
