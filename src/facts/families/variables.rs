//! Variables of an environment of AEM as a Cloud Service, which configurations name in placeholders.

use crate::facts::attribute::{Attribute, named_enum};
use crate::facts::property::Property;
use crate::facts::source::{FactSource, texts};
use crate::facts::vocabulary::fact_kind;
use crate::secret::{self, Naming};
use osgi_config::placeholders::{PlaceholderKind, find, has_placeholder};
use std::collections::BTreeSet;

fact_kind! {
    #[derive(Default)]
    Variable "variable" = "A variable of the environment that a configuration takes a value from, `$[env:NAME]` or `$[secret:NAME]`." {
        name: Attribute<String> = "its name",
        source: VariableSource = "env or secret",
        property: Attribute<String> = "the property that it supplies, or supplies a part of",
        valid: bool =
            "whether AEM as a Cloud Service takes such a name: 2 to 100 letters, digits and underscores, no digit first",
        reserved: bool = "whether it begins with a prefix that Adobe keeps for itself: INTERNAL_, ADOBE_ or CONST_",
        supplies_secret: bool =
            "whether it is the whole value of a property that is named after a password, a secret, a token or a private key",
    }
}

named_enum! {
    /// What a variable is taken from.
    VariableSource {
        /// The variables of the environment.
        Environment = "env",
        /// Its secrets.
        Secret = "secret",
    }
}

/// Most variables of one configuration: more than any has.
const MAX_VARIABLES: usize = 500;

/// The prefixes that Adobe keeps for itself.
const RESERVED: [&str; 3] = ["INTERNAL_", "ADOBE_", "CONST_"];

/// The variables that a configuration names, each once for a property. What the build still has to put in is unknown.
pub(crate) fn variables(source: &FactSource<'_>) -> Vec<Variable> {
    let mut found = Vec::new();
    for property in &source.properties {
        let mut seen = BTreeSet::new();
        for text in texts(&property.value).filter(|text| has_placeholder(text)) {
            for placeholder in find(text) {
                let from = match placeholder.kind {
                    PlaceholderKind::Env => VariableSource::Environment,
                    PlaceholderKind::Secret => VariableSource::Secret,
                    _ => continue,
                };
                let is_known = !has_placeholder(&placeholder.name) && !placeholder.name.contains(['$', '@']);
                if found.len() < MAX_VARIABLES && is_known && seen.insert((from.name(), placeholder.name.clone())) {
                    let is_whole = placeholder.range.len() == text.trim().len();
                    found.push(variable(property, placeholder.name, from, is_whole));
                }
            }
        }
    }
    found
}

fn variable(property: &Property, name: String, source: VariableSource, is_whole: bool) -> Variable {
    let mark = Some(property.mark);
    Variable {
        valid: is_valid(&name),
        reserved: RESERVED.iter().any(|prefix| name.starts_with(prefix)),
        supplies_secret: is_whole && secret::naming(&property.name) >= Naming::Token,
        name: Attribute { value: name, mark },
        source,
        property: Attribute { value: property.name.clone(), mark },
    }
}

fn is_valid(name: &str) -> bool {
    (2..=100).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in ["AB", "_a", "a1", "SMART_TAGS_SECRET", &"A".repeat(100)] {
            assert!(is_valid(name), "{name}");
        }
        for name in ["", "A", "1A", "a-b", "a.b", "a b", "ä1", &"A".repeat(101)] {
            assert!(!is_valid(name), "{name}");
        }
    }
}
