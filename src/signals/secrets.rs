//! Secrets, by the name of a property or by the shape of a value. What makes a name one of a secret, and what a secret looks
//! like, is said in [`mod@crate::secret`].

use super::{Signal, SignalKind};
use crate::secret::SHAPE_LITERALS;

/// Of the words that make a name one of a secret at least one that is always there, since words can be joined in any way.
const WORDS: [&str; 25] = [
    "secret",
    "passw",
    "passphrase",
    "passcode",
    "pwd",
    "pkcs",
    "token",
    "private",
    "encryption",
    "signing",
    "hmac",
    "master",
    "shared",
    "account",
    "credential",
    "authorization",
    // Keys of services, in every spelling.
    "subscription",
    "apikey",
    "api_key",
    "api-key",
    "api.key",
    "workingkey",
    "working_key",
    "working-key",
    "working.key",
];

pub(super) const SIGNALS: &[Signal] = &signals();

const fn signals() -> [Signal; WORDS.len() + SHAPE_LITERALS.len()] {
    let mut signals = [Signal::new(SignalKind::SecretName, WORDS[0]); WORDS.len() + SHAPE_LITERALS.len()];
    let mut index = 0;
    while index < WORDS.len() {
        signals[index] = Signal::new(SignalKind::SecretName, WORDS[index]).as_needle();
        index += 1;
    }
    index = 0;
    while index < SHAPE_LITERALS.len() {
        signals[WORDS.len() + index] = shape(SHAPE_LITERALS[index]);
        index += 1;
    }
    signals
}

/// The prefilter finds passwords in URLs by what they are, and PEM blocks by what certificates begin with too.
const fn shape(literal: &'static str) -> Signal {
    let signal = Signal::new(SignalKind::SecretShape, literal);
    match literal.as_bytes() {
        [b':' | b'-', ..] => signal,
        _ => signal.as_needle(),
    }
}
