//! Values that must never leave the process: what is one, by property name and by shape, and the type that hides it.

mod assignments;
mod doctype;
mod generated;
mod masked;
mod masks;
mod names;
mod repeated;
mod runs;
mod shapes;
mod state;

pub(crate) use assignments::{MARKS_WITHIN, assignments, is_named_within, is_searched_within, mentions_authorization};
pub use generated::form_of;
pub(crate) use generated::is_generated;
pub(crate) use masked::masked;
pub use masks::{mask_shapes, masks};
pub(crate) use masks::{masks_of_known, masks_of_runs, merged};
pub(crate) use names::is_invisible;
#[cfg(test)]
pub(crate) use names::keyword_literals;
pub use names::{Naming, has_keyword, is_secret_name, naming};
pub(crate) use repeated::{Repetitions, is_searched};
pub(crate) use runs::{Run, may_hold_one, possible_secrets};
pub(crate) use shapes::{SHAPE_LITERALS, is_placeholder_key};
pub use shapes::{Shape, shapes};
pub use state::state;

use std::fmt;

/// What stands in for every secret, in every output. Its width says nothing about the secret's length.
pub const MASK: &str = "********";

/// How the value of a property that holds a secret is written. The names are part of the facts' contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// A literal value, or a placeholder with a literal default: readable by everybody.
    Plain,
    /// Encrypted by AEM's crypto support, `{hex}`.
    Encrypted,
    /// The hash of a password, such as `{SHA-256}…`.
    Hashed,
    /// A placeholder (`$[secret:…]`, `$[env:…]`, `${…}`): the value comes from elsewhere.
    Placeholder,
    /// Absent, empty or blank.
    #[default]
    Blank,
}

impl State {
    /// The state of that name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Plain, Self::Encrypted, Self::Hashed, Self::Placeholder, Self::Blank]
            .into_iter()
            .find(|state| state.name() == name)
    }

    /// The name in facts: `plain`, `encrypted`, `hashed`, `placeholder`, `blank`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Encrypted => "encrypted",
            Self::Hashed => "hashed",
            Self::Placeholder => "placeholder",
            Self::Blank => "blank",
        }
    }
}

/// A secret value. `Debug` and `Display` print [`MASK`]; there is no `Serialize`.
///
/// The reader's text is wrapped as soon as [`crate::facts`] decides, by property name or by shape, that it is one.
#[derive(Clone)]
pub struct Secret(String);

/// Secrets cannot be told apart: values compare in the process as what is kept of them does, where each is a mask.
impl PartialEq for Secret {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Secret {}

impl Secret {
    /// Wraps `value`.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for judging its shape. Never format what this returns.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatting_shows_the_mask_only() {
        let secret = Secret::new("p8e-very-secret");
        assert_eq!(format!("{secret} {secret:?}"), "******** ********");
        assert_eq!(secret.expose(), "p8e-very-secret");
    }
}
