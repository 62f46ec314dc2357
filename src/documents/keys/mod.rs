//! Key material in files: PEM texts, certificates and keys in DER, keystores.

mod binary;
mod file;
mod kind;
mod text;

pub use file::BEGINNINGS;
pub(super) use file::{begins_like_key, binary_key, is_key_name};
pub use kind::{Holds, KeyFile, KeyKind, StoreFormat};
pub use text::in_text;
pub(super) use text::{decode, in_prose, is_prose};
