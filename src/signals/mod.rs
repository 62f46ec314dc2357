//! What each family of integrations is recognised by, declared once: one table a family.
//!
//! What decides whether something can matter is made of these tables: the literals of the prefilter, the look at a node
//! or value before it is judged, the names of files that are read, and the list in the documentation. The families in
//! [`mod@crate::facts`] compare with the constants that stand beside the tables.

pub(crate) mod brand_portal;
pub(crate) mod configuration;
pub(crate) mod endpoints;
pub(crate) mod ims;
pub(crate) mod jwt;
pub(crate) mod keys;
pub(crate) mod retired;
pub(crate) mod secrets;
pub(crate) mod smart_tags;
pub(crate) mod variables;

mod signal;

pub use signal::{NeedlePlace, Signal, SignalKind};

/// The signals of one family.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// The name of its file or folder in `facts::families`.
    pub name: &'static str,
    /// What it is recognised by.
    pub signals: &'static [Signal],
}

/// Every family that is recognised by something.
pub const FAMILIES: [Family; 10] = [
    Family { name: "brand_portal", signals: brand_portal::SIGNALS },
    Family { name: "configuration", signals: configuration::SIGNALS },
    Family { name: "endpoints", signals: endpoints::SIGNALS },
    Family { name: "ims", signals: ims::SIGNALS },
    Family { name: "jwt", signals: jwt::SIGNALS },
    Family { name: "keys", signals: keys::SIGNALS },
    Family { name: "retired", signals: retired::SIGNALS },
    Family { name: "secrets", signals: secrets::SIGNALS },
    Family { name: "smart_tags", signals: smart_tags::SIGNALS },
    Family { name: "variables", signals: variables::SIGNALS },
];

const PROPERTY: [SignalKind; 1] = [SignalKind::Property];
const PROPERTIES: [&str; count(&PROPERTY)] = literals(&PROPERTY);

/// Lengths of the names of properties that are signals, as bits.
const PROPERTY_LENGTHS: u64 = {
    let (mut lengths, mut index) = (0, 0);
    while index < PROPERTIES.len() {
        assert!(PROPERTIES[index].len() < 64, "the name of a property is longer than is known here");
        lengths |= 1 << PROPERTIES[index].len();
        index += 1;
    }
    lengths
};

/// Whether a property of this name is of interest to a family, whatever its value.
pub(crate) fn is_property(name: &str) -> bool {
    // Called for every property of every node: nearly all names have another length or begin otherwise.
    name.len() < 64 && PROPERTY_LENGTHS >> name.len() & 1 == 1 && PROPERTIES.contains(&name)
}

/// What the prefilter searches, and where each counts: of these and of passwords in URLs at least one occurs, in any ASCII
/// case, in every XML file that makes a fact other than `node`.
pub fn needles() -> impl Iterator<Item = (&'static str, NeedlePlace)> {
    let signals = FAMILIES.iter().flat_map(|family| family.signals);
    signals.filter(|signal| !signal.needle.is_empty()).map(|signal| (signal.needle, signal.place()))
}

/// How many signals of these kinds there are.
pub(crate) const fn count(kinds: &[SignalKind]) -> usize {
    let (mut found, mut family) = (0, 0);
    while family < FAMILIES.len() {
        let mut rest = FAMILIES[family].signals;
        while let [signal, tail @ ..] = rest {
            found += signal.is_any(kinds) as usize;
            rest = tail;
        }
        family += 1;
    }
    found
}

/// The literals of the signals of these kinds, of which there are `N`.
pub(crate) const fn literals<const N: usize>(kinds: &[SignalKind]) -> [&'static str; N] {
    let mut literals = [""; N];
    let (mut found, mut family) = (0, 0);
    while family < FAMILIES.len() {
        let mut rest = FAMILIES[family].signals;
        while let [signal, tail @ ..] = rest {
            if signal.is_any(kinds) {
                literals[found] = signal.literal;
                found += 1;
            }
            rest = tail;
        }
        family += 1;
    }
    literals
}

/// How many different [marks](Signal::mark) the signals of these kinds have.
pub(crate) const fn count_marks(kinds: &[SignalKind]) -> usize {
    // There are fewer marks than signals.
    let (_, found) = distinct_marks::<{ count_all() }>(kinds);
    found
}

/// The different [marks](Signal::mark) of the signals of these kinds, of which there are `N`.
pub(crate) const fn marks<const N: usize>(kinds: &[SignalKind]) -> [[u8; 3]; N] {
    distinct_marks(kinds).0
}

const fn distinct_marks<const N: usize>(kinds: &[SignalKind]) -> ([[u8; 3]; N], usize) {
    let mut marks = [[0; 3]; N];
    let (mut found, mut family) = (0, 0);
    while family < FAMILIES.len() {
        let mut rest = FAMILIES[family].signals;
        while let [signal, tail @ ..] = rest {
            if signal.is_any(kinds) && !holds(&marks, found, signal.mark) {
                marks[found] = signal.mark;
                found += 1;
            }
            rest = tail;
        }
        family += 1;
    }
    (marks, found)
}

const fn holds(marks: &[[u8; 3]], length: usize, mark: [u8; 3]) -> bool {
    let mut index = 0;
    while index < length {
        let other = marks[index];
        if other[0] == mark[0] && other[1] == mark[1] && other[2] == mark[2] {
            return true;
        }
        index += 1;
    }
    false
}

const fn count_all() -> usize {
    let (mut found, mut family) = (0, 0);
    while family < FAMILIES.len() {
        found += FAMILIES[family].signals.len();
        family += 1;
    }
    found
}
