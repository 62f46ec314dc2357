//! Secrets, by the name of a property or by the shape of a value. What makes a name one of a secret, and what a secret looks
//! like, is said in [`mod@crate::secret`].

use super::{Signal, SignalKind};
use crate::secret::SHAPE_LITERALS;

/// Words that count in values too: beside one, what has the form of credentials is taken for some.
const WORDS_IN_VALUES: [&str; 1] = ["authorization"];

/// Of the words that make a name one of a secret at least one that is always there, since words can be joined in any way.
const WORDS: [&str; 24] = [
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

const COUNT: usize = WORDS.len() + WORDS_IN_VALUES.len() + SHAPE_LITERALS.len();

const fn signals() -> [Signal; COUNT] {
    let mut signals = [Signal::new(SignalKind::SecretName, WORDS[0]); COUNT];
    let mut index = 0;
    while index < COUNT {
        signals[index] = if index < WORDS.len() {
            Signal::new(SignalKind::SecretName, WORDS[index]).as_needle()
        } else if index < WORDS.len() + WORDS_IN_VALUES.len() {
            Signal::new(SignalKind::SecretName, WORDS_IN_VALUES[index - WORDS.len()]).as_needle().in_values()
        } else {
            shape(SHAPE_LITERALS[index - WORDS.len() - WORDS_IN_VALUES.len()])
        };
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
