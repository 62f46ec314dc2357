//! The type letters of Felix `.config` files and the values they stand for (`ConfigurationHandler` of configadmin 1.9.22
//! and later).

use std::borrow::Cow;

use super::configuration::{Item, Scalar, Shape, Value};
use super::java;
use text_spans::OneOrMany;

/// A type letter: what its values are called boxed (scalars, collections) and plain (arrays of primitives).
#[derive(Clone, Copy, Debug)]
pub(super) struct TypeCode {
    letter: char,
    boxed: &'static str,
    element: &'static str,
}

impl TypeCode {
    /// No letter is written: a string.
    pub(super) const STRING: Self = Self { letter: 'T', boxed: "String", element: "String" };

    /// The type that a letter stands for.
    pub(super) fn of(letter: char) -> Option<Self> {
        let (boxed, element) = match letter {
            'T' => return Some(Self::STRING),
            'I' => ("Integer", "Integer"),
            'i' => ("Integer", "int"),
            'L' => ("Long", "Long"),
            'l' => ("Long", "long"),
            'F' => ("Float", "Float"),
            'f' => ("Float", "float"),
            'D' => ("Double", "Double"),
            'd' => ("Double", "double"),
            'X' => ("Byte", "Byte"),
            'x' => ("Byte", "byte"),
            'S' => ("Short", "Short"),
            's' => ("Short", "short"),
            'C' => ("Character", "Character"),
            'c' => ("Character", "char"),
            'B' => ("Boolean", "Boolean"),
            'b' => ("Boolean", "boolean"),
            _ => return None,
        };
        Some(Self { letter, boxed, element })
    }

    /// The name of the type in messages.
    pub(super) fn name(self) -> &'static str {
        self.boxed
    }

    /// Converts one written value. `Ok(None)` is a value that silently vanishes: an empty `Character`.
    /// `Err` is a number that Java refuses, which fails the whole file.
    pub(super) fn convert(self, text: Cow<'_, str>) -> Result<Option<Scalar<'_>>, NotANumber> {
        let int = |range| java::parse_integer(&text, 10, range).ok_or(NotANumber);
        let scalar = match self.letter.to_ascii_uppercase() {
            'I' => Scalar::Int(int(i64::from(i32::MIN)..=i64::from(i32::MAX))?),
            'L' => Scalar::Int(int(i64::MIN..=i64::MAX)?),
            'X' => Scalar::Int(int(i64::from(i8::MIN)..=i64::from(i8::MAX))?),
            'S' => Scalar::Int(int(i64::from(i16::MIN)..=i64::from(i16::MAX))?),
            // Floating-point values are written as the integer that has the same bits.
            'F' => {
                let bits = int(i64::from(i32::MIN)..=i64::from(i32::MAX))?;
                Scalar::Double(java::widen(f32::from_bits((bits & 0xFFFF_FFFF) as u32)))
            }
            'D' => Scalar::Double(f64::from_bits(int(i64::MIN..=i64::MAX)? as u64)),
            'C' => match text.chars().next() {
                Some(c) => {
                    Scalar::Text(if c.len_utf16() == 1 { c } else { char::REPLACEMENT_CHARACTER }.to_string().into())
                }
                None => return Ok(None),
            },
            'B' => Scalar::Bool(text.eq_ignore_ascii_case("true")),
            _ => Scalar::Text(text),
        };
        Ok(Some(scalar))
    }

    /// The value made of `items`. An empty collection has lost its type.
    pub(super) fn value(self, shape: Shape, items: OneOrMany<Item<'_>>) -> Value<'_> {
        let type_name = match shape {
            Shape::Scalar => self.boxed,
            Shape::Array => self.element,
            Shape::Vector if items.is_empty() => "Object",
            Shape::Vector => self.boxed,
        };
        Value { shape, type_name, items }
    }
}

/// The text is not a number of the type's syntax and range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotANumber;
