//! The families of integrations and of other things that facts are about.
//!
//! A family is one file or folder: the kinds of facts with their attributes, how they are recognised and extracted, and
//! how they are linked.

pub mod brand_portal;
pub mod configuration;
pub mod content_conflict;
pub mod endpoints;
pub mod ims;
pub mod install_hooks;
pub mod jwt;
pub mod keys;
pub mod node;
pub mod package;
pub mod reading;
pub mod retired;
pub mod secrets;
pub mod smart_tags;
pub mod unresolved;
pub mod variables;
