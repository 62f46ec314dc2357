//! Secrets in properties and files.

use crate::facts::attribute::{Attribute, Confidence};
use crate::facts::source::FactSource;
use crate::facts::vocabulary::fact_kind;
use crate::secret::State;
use jiff::Timestamp;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use text_spans::SourceRange;

fact_kind! {
    #[derive(Default)]
    Secret "secret" = "A property or file that holds a secret, or should hold one." {
        property: Attribute<Option<String>> = "name of the property, null for a file",
        state: Attribute<State> = "plain, encrypted, hashed, placeholder or blank",
        shape: Attribute<Option<&'static str>> =
            "what its value looks like: private-key, encrypted-private-key, jwt, client-secret, …; null if nothing known",
        expires: Option<String> = "end of validity of a JSON Web Token, RFC 3339; null if none is known",
        value_form: Option<String> = "the form of a readable value, such as `40 characters, hexadecimal`",
        is_part: bool = "whether the secret is a part of the value of the property only",
        sample: bool =
            "whether the value is no secret: a placeholder of documentation such as <ClientSecret>, a label, what somebody masked, a public or expired token",
        confidence: Attribute<Confidence> =
            "high for a secret by name or shape; medium where the value only looks generated, low in text that could not be parsed",
    }
}

/// A moment in seconds since 1970, or the nearest one that can be written.
pub(crate) fn moment(seconds: i64) -> Timestamp {
    let nearest = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(seconds).unwrap_or(nearest)
}

/// One fact for each property of a source that holds a secret, by its name or by what its value looks like.
pub(crate) fn secrets(source: &FactSource<'_>) -> Vec<Secret> {
    let mut facts: Vec<Secret> = Vec::new();
    let mut by_property: HashMap<&str, usize> = HashMap::new();
    for secret in &source.secrets.uses {
        let mark = Some(secret.mark);
        let fact = Secret {
            property: Attribute { value: Some(secret.property.clone()), mark },
            state: Attribute { value: secret.state, mark },
            shape: Attribute { value: secret.shape, mark },
            expires: secret.expires.map(|end| moment(end).to_string()),
            value_form: secret.form.clone(),
            is_part: secret.is_part,
            sample: secret.sample,
            confidence: Attribute { value: secret.confidence, mark },
        };
        // The values of a list are one property; the one that is a secret with the most certainty speaks for it.
        match by_property.entry(&secret.property) {
            Entry::Vacant(entry) => {
                entry.insert(facts.len());
                facts.push(fact);
            }
            Entry::Occupied(entry) => {
                if let Some(known) = facts.get_mut(*entry.get()).filter(|known| known.rank() < fact.rank()) {
                    *known = fact;
                }
            }
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
            expires: None,
            value_form: None,
            is_part: false,
            sample: false,
            confidence: Attribute { value: confidence, mark },
        }
    }

    /// Says that it is none once it expired.
    pub(in crate::facts) fn settle_time(&mut self, now: Timestamp) {
        self.sample |= self.is_expired(now);
    }

    /// Whether it was found in a text that could not be parsed, and is a token that expired: then nothing says that it
    /// was meant to be a secret.
    pub(in crate::facts) fn is_found_expired(&self, now: Timestamp) -> bool {
        self.property.value.is_none() && self.is_expired(now)
    }

    /// Whether it ended before this moment.
    fn is_expired(&self, now: Timestamp) -> bool {
        let end = self.expires.as_deref().and_then(|end| end.parse::<Timestamp>().ok());
        end.is_some_and(|end| end < now)
    }

    /// Of several secrets of a property the one with the highest rank speaks for it: of tokens the one that is valid longest.
    fn rank(&self) -> (u8, bool, Option<&str>) {
        (self.weight(), self.expires.is_none(), self.expires.as_deref())
    }

    /// How much it says about its property.
    fn weight(&self) -> u8 {
        match (self.state.value, self.sample, self.confidence.value) {
            (State::Plain, false, Confidence::High) => 3,
            (State::Plain, false, _) => 2,
            (State::Blank | State::Placeholder, ..) => 0,
            _ => 1,
        }
    }
}
