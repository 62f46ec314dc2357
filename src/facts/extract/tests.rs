//! Every family on realistic files, in the formats in which they occur.

mod brand_portal;
mod ims;
mod jwt;
mod keys;
mod passing;
mod rejected;
mod retired;
mod secrets;
mod smart_tags;
