//! Whether the value of a property that may be a secret is reported as one, and with what confidence.
//!
//! Masking does not depend on what is decided here.

use super::no_secret;
use crate::facts::attribute::Confidence;
use crate::secret::{self, Naming, Shape};

/// Characters of the shortest number that is a password.
const MIN_DIGITS: usize = 4;

/// What a value is judged by.
#[derive(Clone, Copy)]
pub(super) struct Circumstances<'c> {
    /// The name of the property.
    pub(super) name: &'c str,
    /// What it says.
    pub(super) naming: Naming,
    /// Whether it belongs to a node rather than to a configuration.
    pub(super) is_node: bool,
    /// Whether it is written inside the value of another property.
    pub(super) is_within: bool,
}

/// What a readable value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// A secret.
    Secret(Confidence),
    /// It stands where a secret belongs, and is none: a label, an example, what somebody masked.
    NoSecret,
    /// It may be a secret and is not reported.
    Unknown,
}

/// Judges a value that is readable.
pub(super) fn judge(value: &str, shape: Option<Shape>, circumstances: &Circumstances<'_>) -> Judgement {
    let Circumstances { name, naming, is_node, is_within } = *circumstances;
    let value = value.trim();
    if let Some(shape) = shape {
        let sample = match shape {
            Shape::PrivateKey | Shape::EncryptedPrivateKey => {
                value.contains("-----BEGIN ") && secret::is_placeholder_key(value)
            }
            Shape::Jwt => no_secret::is_public_token(value),
            Shape::UrlPassword | Shape::ClientSecret => false,
        };
        return if sample { Judgement::NoSecret } else { Judgement::Secret(Confidence::High) };
    }
    if no_secret::is_none(value) || no_secret::is_label(value, name, is_node) {
        return Judgement::NoSecret;
    }
    let is_generated = secret::is_generated(value);
    let confidence = match naming {
        Naming::Secret if no_secret::is_reference(value) => None,
        Naming::Secret if is_within && !is_generated && !is_mixed(value) => None,
        Naming::Secret if value.bytes().all(|byte| byte.is_ascii_digit()) && value.len() < MIN_DIGITS => None,
        Naming::Secret => Some(Confidence::High),
        Naming::Token if no_secret::is_reference(value) => None,
        Naming::Token if is_generated && !(is_node && is_within) => Some(Confidence::High),
        Naming::Token if is_generated || !is_node && !is_within => Some(Confidence::Medium),
        Naming::Key if is_generated || is_user_with_password(name, value) => Some(Confidence::Medium),
        Naming::AnyKey if is_generated && !is_node => Some(Confidence::Medium),
        _ => None,
    };
    confidence.map_or(Judgement::Unknown, Judgement::Secret)
}

/// Whether it has letters and something else, as words of a text have not.
fn is_mixed(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_punctuation())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
        && value.len() >= 6
        && !value.contains(char::is_whitespace)
}

/// `user:password` in a property for credentials.
fn is_user_with_password(name: &str, value: &str) -> bool {
    let is_for_credentials = name.to_ascii_lowercase().contains("cred");
    let pair = value.split_once(':').filter(|(user, password)| {
        !user.is_empty() && is_mixed(password) && !value.contains(char::is_whitespace) && !password.starts_with('/')
    });
    is_for_credentials && pair.is_some()
}
