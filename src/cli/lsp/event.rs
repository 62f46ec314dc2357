//! What the server waits for.

use super::transport::Frame;
use super::workspace::Checked;

/// Something that has happened.
pub(super) enum Event {
    /// The client sent something.
    Frame(Frame),
    /// A check of a folder has ended.
    Checked(Box<Checked>),
}
