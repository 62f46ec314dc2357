//! What only the user knows and a fix has to: the keys, what fits them, and the answers of a run.

use crate::facts::{Fact, Value, ValueRef};
use osgi_config::Target;
use std::collections::BTreeMap;

/// Something that a fix has to know and that no file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnswerKey {
    /// The region of the Smart Content service.
    Region,
    /// The organization id of a credential.
    OrgId,
    /// The client id of a credential.
    ClientId,
    /// The client secret of a credential, encrypted or as a placeholder.
    ClientSecret,
    /// The scopes of a credential.
    Scope,
    /// The IMS configuration that a cloud service is to use.
    ImsConfiguration,
    /// The Brand Portal tenant to keep, of several.
    KeepTenant,
    /// The placeholder for a secret: not a value of the user, but `--placeholders`.
    Placeholder,
}

impl AnswerKey {
    /// Every key, in the order of the documentation.
    pub const ALL: [Self; 8] = [
        Self::Region,
        Self::OrgId,
        Self::ClientId,
        Self::ClientSecret,
        Self::Scope,
        Self::ImsConfiguration,
        Self::KeepTenant,
        Self::Placeholder,
    ];

    /// The name in rule files, options and answer files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::OrgId => "org-id",
            Self::ClientId => "client-id",
            Self::ClientSecret => "client-secret",
            Self::Scope => "scope",
            Self::ImsConfiguration => "ims-configuration",
            Self::KeepTenant => "keep-tenant",
            Self::Placeholder => "placeholder",
        }
    }

    /// The key of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// What fits, as the end of a sentence that begins with "write".
    pub fn takes(self) -> &'static str {
        match self {
            Self::Region => "na, emea or apac",
            Self::OrgId => "the organization id of the credential: 24 hexadecimal digits and @AdobeOrg",
            Self::ClientId => "the client id of the credential, one word",
            Self::ClientSecret => {
                "the secret as AEM encrypts it, {…}, or with --target cloud a placeholder, $[secret:NAME]; never the \
                 plain text, which would stay in the history of the shell"
            }
            Self::Scope => "the scopes of the credential, separated by commas",
            Self::ImsConfiguration => "the name or title of an IMS configuration",
            Self::KeepTenant => "one of the Brand Portal tenants that are configured; the others are deleted",
            Self::Placeholder => "the option --placeholders, with --target cloud and --unsafe-fixes",
        }
    }

    /// Whether `value` fits.
    pub fn fits(self, value: &str, target: Target) -> bool {
        let is_word =
            |text: &str| !text.is_empty() && !text.contains(char::is_whitespace) && !text.contains(['<', '>']);
        match self {
            Self::Region => matches!(value, "na" | "emea" | "apac"),
            Self::OrgId => value
                .strip_suffix("@AdobeOrg")
                .is_some_and(|id| id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit())),
            Self::ClientId | Self::KeepTenant => is_word(value),
            Self::ClientSecret => {
                let encrypted = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
                let encrypted = encrypted.is_some_and(|hex| {
                    !hex.is_empty() && hex.len() % 2 == 0 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
                });
                encrypted || target == Target::Cloud && is_secret_variable(value)
            }
            Self::Scope => value.split(|c: char| c == ',' || c.is_whitespace()).any(|word| !word.is_empty()),
            Self::ImsConfiguration => !value.trim().is_empty(),
            Self::Placeholder => false,
        }
    }
}

/// Whether a value is `$[secret:NAME]` with a name that Cloud Manager takes.
fn is_secret_variable(value: &str) -> bool {
    let name = value.strip_prefix("$[secret:").and_then(|rest| rest.strip_suffix(']'));
    name.is_some_and(|name| {
        (2..=100).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && !["INTERNAL_", "ADOBE_", "CONST_"].iter().any(|reserved| name.starts_with(reserved))
    })
}

/// The answers of a run.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// By aim (the name of a solution or of a factory instance; none for all) and key.
    given: BTreeMap<(Option<String>, AnswerKey), String>,
    /// Whether secrets without an answer become placeholders of variables.
    pub placeholders: bool,
}

impl Answers {
    /// Adds an answer; of two with the same aim and key the first counts.
    pub fn add(&mut self, aim: Option<String>, key: AnswerKey, value: String) {
        self.given.entry((aim, key)).or_insert(value);
    }

    /// An answer to every key that fits every target: those with which the fixes of examples are tested.
    pub fn samples() -> Self {
        let mut answers = Self::default();
        for (key, value) in [
            (AnswerKey::Region, "emea"),
            (AnswerKey::OrgId, "0123456789ABCDEF01234567@AdobeOrg"),
            (AnswerKey::ClientId, "0123456789abcdef0123456789abcdef"),
            (AnswerKey::ClientSecret, "{0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d}"),
            (AnswerKey::Scope, "openid, AdobeID"),
            (AnswerKey::ImsConfiguration, "brand-portal"),
            (AnswerKey::KeepTenant, "acme"),
        ] {
            answers.add(None, key, value.to_owned());
        }
        answers.placeholders = true;
        answers
    }

    /// The aims and keys that have an answer.
    pub fn keys(&self) -> impl Iterator<Item = (Option<&str>, AnswerKey)> {
        self.given.keys().map(|(aim, key)| (aim.as_deref(), *key))
    }

    /// All answers to `key`, whatever their aim.
    pub fn to(&self, key: AnswerKey) -> impl Iterator<Item = &str> {
        self.given.iter().filter(move |((_, given), _)| *given == key).map(|(_, answer)| answer.as_str())
    }

    /// The answer to `key` that has no aim.
    pub fn for_all(&self, key: AnswerKey) -> Option<&str> {
        self.given.get(&(None, key)).map(String::as_str)
    }

    /// The answer to `key` for a fact: one for its factory instance, else one for its solution, else one for all.
    pub fn answer(&self, key: AnswerKey, fact: &Fact) -> Option<String> {
        if key == AnswerKey::Placeholder {
            return self.placeholders.then(|| placeholder(fact)).flatten();
        }
        let own = ["instance", "solution"].map(|name| fact.attribute(name).and_then(ValueRef::as_text));
        let aims = own.into_iter().chain([instance_in_name(fact)]).flatten().map(|aim| Some(aim.to_owned()));
        aims.chain([None]).filter_map(|aim| self.given.get(&(aim, key))).next().cloned()
    }

    /// All answers for a fact as expressions see them, by name.
    pub(super) fn of(&self, fact: &Fact) -> BTreeMap<String, Value> {
        let answers = AnswerKey::ALL.into_iter().filter_map(|key| Some((key, self.answer(key, fact)?)));
        answers.map(|(key, answer)| (key.name().to_owned(), Value::Text(answer))).collect()
    }
}

/// The last segment of the file in which a fact was found.
fn file_name(fact: &Fact) -> &str {
    let name = fact.place.inside.last().unwrap_or(&fact.place.file);
    name.rsplit('/').next().unwrap_or(name)
}

/// The factory instance that the name of the file of a fact ends with.
fn instance_in_name(fact: &Fact) -> Option<&str> {
    let stem = stem(file_name(fact))?;
    let at = stem.find('~').or_else(|| stem.find('-')).or_else(|| stem.rfind('.'))?;
    stem.get(at + 1..)
}

/// The name of a configuration file without its extension.
fn stem(name: &str) -> Option<&str> {
    [".cfg.json", ".config", ".cfg", ".properties", ".xml"].iter().find_map(|end| name.strip_suffix(end))
}

/// The placeholder for the secret that a fact is about: its variable is named after configuration and property, so that the
/// files of all environments name the same one.
fn placeholder(fact: &Fact) -> Option<String> {
    let property = fact.attribute("property").and_then(ValueRef::as_text).unwrap_or("client_secret");
    let stem = stem(file_name(fact))?;
    // The last part of the PID, and the instance.
    let class = stem.split(['~', '-']).next().unwrap_or(stem);
    let short = class.rfind('.').map_or(0, |dot| dot + 1);
    let name = format!("{}_{property}", stem.get(short..)?);
    let upper: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).take(100).collect();
    let name = upper.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
    let variable = format!("$[secret:{name}]");
    is_secret_variable(&variable).then_some(variable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_takes_what_fits_it() {
        let fits = |name: &str, value: &str| AnswerKey::from_name(name).unwrap().fits(value, Target::Cloud);
        for (name, right, wrong) in [
            ("region", "emea", "eu"),
            ("org-id", "0123456789ABCDEF01234567@AdobeOrg", "<OrgID>"),
            ("client-id", "abc", " "),
            ("client-secret", "{0a1b}", "p8e-plain"),
            ("client-secret", "$[secret:TARGET_SECRET]", "$[secret:1]"),
            ("client-secret", "$[secret:AB]", "$[secret:ADOBE_X]"),
            ("scope", "openid, AdobeID", ", "),
            ("ims-configuration", "Brand Portal", ""),
            ("keep-tenant", "acme", " "),
        ] {
            assert!(fits(name, right) && !fits(name, wrong), "{name}");
        }
        assert!(!AnswerKey::ClientSecret.fits("$[secret:TARGET_SECRET]", Target::Aem65));
        assert_eq!(AnswerKey::from_name("tenant"), None);
    }
}
