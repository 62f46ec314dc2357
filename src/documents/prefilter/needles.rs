//! What a literal must be to be searchable in raw bytes.
//!
//! Never contains a namespace prefix, since prefixes can be renamed. Those of names are without digits, since names that
//! begin with a digit are always written `_x003N_`, and every one would have to be parsed.

use crate::signals::NeedlePlace;

/// The fewest bytes of a needle. A shorter one would be in nearly every file.
const MIN_NEEDLE_BYTES: usize = 3;

/// A literal that cannot be searched in raw bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' cannot be a needle: a needle is at least {MIN_NEEDLE_BYTES} printable ASCII characters, without white space and \
     without < > & ' \" and \\"
)]
pub struct InvalidNeedle(pub String);

/// Checked needles, and which bytes occur in them.
#[derive(Clone, Debug)]
pub(super) struct Needles {
    /// Without those that contain another one and are found with it.
    all: Vec<Needle>,
    bytes: Bytes,
    bytes_of_names: Bytes,
}

/// A checked needle.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    /// In lower case.
    pub(super) literal: Box<str>,
    pub(super) place: NeedlePlace,
}

impl Needle {
    /// Whether it occurs wherever `other` does and counts there too.
    fn stands_for(&self, other: &Self) -> bool {
        matches!(self.place, NeedlePlace::Anywhere) || self.place == other.place
    }
}

/// A set of bytes, upper and lower case alike.
#[derive(Clone, Debug)]
struct Bytes([bool; 256]);

impl Bytes {
    fn of<'n>(needles: impl Iterator<Item = &'n [u8]>) -> Self {
        let mut bytes = Self([false; 256]);
        for byte in needles.flatten() {
            for case in [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()] {
                if let Some(occurs) = bytes.0.get_mut(usize::from(case)) {
                    *occurs = true;
                }
            }
        }
        bytes
    }

    fn contain(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte)).copied().unwrap_or(false)
    }
}

impl Needles {
    /// Checks needles.
    pub(super) fn new<'n>(needles: impl Iterator<Item = (&'n str, NeedlePlace)>) -> Result<Self, InvalidNeedle> {
        let checked = |(literal, place)| checked(literal).map(|literal| Needle { literal, place });
        let all = needles.map(checked).collect::<Result<Vec<_>, _>>()?;
        let bytes = Bytes::of(all.iter().map(|needle| needle.literal.as_bytes()));
        let in_names = all.iter().filter(|needle| needle.place != NeedlePlace::Values);
        let bytes_of_names = Bytes::of(in_names.map(|needle| needle.literal.as_bytes()));
        let found_with_another = |needle: &Needle, index: usize| {
            all.iter().enumerate().any(|(other_index, other)| {
                let (long, short) = (&needle.literal, &other.literal);
                let shorter = short.len() < long.len() || (short == long && other_index != index);
                // Of two that are the same and stand for each other the first is kept.
                let goes_first = short != long || other_index < index || !needle.stands_for(other);
                shorter
                    && goes_first
                    && other.stands_for(needle)
                    && long.as_bytes().windows(short.len()).any(|part| part == short.as_bytes())
            })
        };
        let needed = all.iter().enumerate().filter(|(index, needle)| !found_with_another(needle, *index));
        Ok(Self { all: needed.map(|(_, needle)| needle.clone()).collect(), bytes, bytes_of_names })
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Needle> {
        self.all.iter()
    }

    pub(super) fn get(&self, index: usize) -> Option<&Needle> {
        self.all.get(index)
    }

    /// Whether `byte` occurs in a needle, in either case.
    pub(super) fn contain(&self, byte: u8) -> bool {
        self.bytes.contain(byte)
    }

    /// Whether `byte` occurs in a needle that can be in a name, in either case.
    pub(super) fn contain_in_names(&self, byte: u8) -> bool {
        self.bytes_of_names.contain(byte)
    }
}

/// The needle in lower case.
fn checked(needle: &str) -> Result<Box<str>, InvalidNeedle> {
    let searchable = |byte: u8| byte.is_ascii_graphic() && !b"<>&'\"\\".contains(&byte);
    if needle.len() < MIN_NEEDLE_BYTES || !needle.bytes().all(searchable) {
        return Err(InvalidNeedle(needle.to_owned()));
    }
    Ok(needle.to_ascii_lowercase().into_boxed_str())
}
