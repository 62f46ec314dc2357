//! Adobe IMS configurations (token providers), their customizers, and the cloud configurations that name them.

pub(crate) mod claims;
pub(in crate::facts) mod link;
pub(in crate::facts) mod old_names;
mod provider;
mod reference;
pub(in crate::facts) mod referred;
mod solution;
mod vocabulary;

pub(crate) use link::bare_reference;
pub(crate) use provider::{is_service_credential, token_customizer, token_provider};
pub(crate) use reference::{is_reference_name, references};
pub use vocabulary::{Credential, ImsReference, TokenCustomizer, TokenProvider};
