//! Secrets in properties and files.

use crate::facts::attribute::{Attribute, Confidence};
use crate::facts::source::FactSource;
use crate::facts::vocabulary::fact_kind;
use crate::secret::State;
use text_spans::SourceRange;

fact_kind! {
    #[derive(Default)]
    Secret "secret" = "A property or file that holds a secret, or should hold one." {
        property: Attribute<Option<String>> = "name of the property, null for a file",
        state: Attribute<State> = "plain, encrypted, placeholder or blank",
        shape: Attribute<Option<&'static str>> =
            "what its value looks like: private-key, jwt, client-secret, …; null if nothing known",
        sample: bool = "whether the value is a placeholder of documentation, such as <ClientSecret>, and so no secret",
        confidence: Attribute<Confidence> = "low where it was found in text that could not be parsed, else high",
    }
}

/// One fact for each property of a source that holds a secret, by its name or by the shape of its value.
pub(crate) fn secrets(source: &FactSource<'_>) -> Vec<Secret> {
    let mut facts: Vec<Secret> = Vec::new();
    for secret in &source.secrets {
        let mark = Some(secret.mark);
        let fact = Secret {
            property: Attribute { value: Some(secret.property.clone()), mark },
            state: Attribute { value: secret.state, mark },
            shape: Attribute { value: secret.shape, mark },
            sample: secret.sample,
            confidence: Attribute { value: Confidence::High, mark },
        };
        // The values of a list are one property; the first that is readable speaks for it.
        match facts.iter_mut().find(|known| known.property == fact.property) {
            Some(known) if known.is_readable() => {}
            Some(known) => *known = fact,
            None => facts.push(fact),
        }
    }
    facts
}

impl Secret {
    /// A readable secret that is known by the shape of its value only.
    pub(crate) fn of_shape(shape: &'static str, mark: SourceRange, confidence: Confidence) -> Self {
        let mark = Some(mark);
        Self {
            property: Attribute { value: None, mark },
            state: Attribute { value: State::Plain, mark },
            shape: Attribute { value: Some(shape), mark },
            sample: false,
            confidence: Attribute { value: confidence, mark },
        }
    }

    fn is_readable(&self) -> bool {
        self.state.value == State::Plain && !self.sample
    }
}
