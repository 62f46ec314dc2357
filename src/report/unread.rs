//! What was not analysed, as reports list it beside the findings.

use crate::facts::{Fact, Kind, ValueRef};
use zip_audit::Place;

/// Something that was not analysed: an `unread` fact in brief.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// What it is.
    pub place: Place,
    /// Why, as a clause.
    pub reason: String,
    /// The limit that was reached.
    pub limit: Option<String>,
}

impl Unread {
    /// Those of a scan, in the order of places.
    pub fn from_facts<'f>(facts: impl IntoIterator<Item = &'f Fact>) -> Vec<Self> {
        let text = |fact: &Fact, name| fact.attribute(name).and_then(ValueRef::as_text).map(str::to_owned);
        let unread = facts.into_iter().filter(|fact| fact.kind() == Kind::Unread).map(|fact| Self {
            place: fact.place.clone(),
            reason: text(fact, "reason").unwrap_or_default(),
            limit: text(fact, "limit"),
        });
        let mut unread: Vec<Self> = unread.collect();
        unread.sort();
        unread
    }
}
