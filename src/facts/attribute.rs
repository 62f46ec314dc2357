//! The types of attributes of facts.

use super::value::{Value, ValueRef, ValueType, clip_text};
use crate::instances::Certainty;
use crate::secret::State;
use crate::stored::{Stored, array};
use osgi_config::Format;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use text_spans::SourceRange;

/// Declares an enum whose variants have names in rules and in JSON. The first is the default.
macro_rules! named_enum {
    ($(#[$meta:meta])* $kind:ident { $(#[$first_meta:meta])* $first:ident = $first_name:literal, $($(#[$variant_meta:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum $kind {
            $(#[$first_meta])* #[default] $first,
            $($(#[$variant_meta])* $variant,)*
        }

        impl $kind {
            /// The name in rules and in JSON.
            pub const fn name(self) -> &'static str {
                match self {
                    Self::$first => $first_name,
                    $(Self::$variant => $name,)*
                }
            }
        }

        impl $crate::stored::Stored for $kind {
            fn write(&self) -> serde_json::Value {
                self.name().into()
            }

            fn read(json: &serde_json::Value) -> Option<Self> {
                match json.as_str()? {
                    $first_name => Some(Self::$first),
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl $crate::facts::attribute::AttributeType for $kind {
            const TYPE: $crate::facts::value::ValueType = $crate::facts::value::ValueType::Text;

            fn value(&self) -> $crate::facts::ValueRef<'_> {
                $crate::facts::ValueRef::Text(self.name())
            }
        }
    };
}
pub(crate) use named_enum;

/// A type that an attribute can have.
pub(crate) trait AttributeType: Stored {
    /// The type in rules.
    const TYPE: ValueType;
    /// Whether it can be null.
    const NULLABLE: bool = false;

    /// The value as rules and reports see it.
    fn value(&self) -> ValueRef<'_>;

    /// Where it is written, if it is written in one place.
    fn source_range(&self) -> Option<SourceRange> {
        None
    }

    /// Keeps the beginning only of long texts and of long lists.
    fn clip(&mut self, _bytes: usize, _items: usize) {}

    /// Hands every text of it that comes from a file to `change`.
    fn change_texts(&mut self, _change: &mut dyn FnMut(&mut String)) {}
}

/// An attribute that is read from one place, and where that is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attribute<T> {
    /// The value.
    pub value: T,
    /// Where it is written, if it is written in one place.
    pub mark: Option<SourceRange>,
}

/// An attribute without a place of its own.
impl<T> From<T> for Attribute<T> {
    fn from(value: T) -> Self {
        Self { value, mark: None }
    }
}

/// A list that is empty in nearly all facts, and then costs no memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RareList(Option<Box<Attribute<TextList>>>);

impl RareList {
    /// The list that is written at `mark`.
    pub fn new(list: TextList, mark: Option<SourceRange>) -> Self {
        let is_plain = list.is_empty() && mark.is_none();
        Self((!is_plain).then(|| Box::new(Attribute { value: list, mark })))
    }
}

/// A list of texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextList(Vec<Value>);

impl TextList {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The texts.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(Value::as_text)
    }
}

impl<T: Into<String>> FromIterator<T> for TextList {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        Self(texts.into_iter().map(|text| Value::Text(text.into())).collect())
    }
}

/// The place of `properties` among the attributes of a kind. They are kept in the fact, since several kinds have them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnProperties;

named_enum! {
    /// How certain a fact is.
    Confidence {
        /// Found by the reader of the format.
        High = "high",
        /// It depends on an assumption.
        Medium = "medium",
        /// Found in text that could not be parsed, or it depends on an unusual assumption, or on several.
        Low = "low",
    }
}

impl From<Certainty> for Confidence {
    fn from(certainty: Certainty) -> Self {
        match certainty {
            Certainty::High => Self::High,
            Certainty::Medium => Self::Medium,
            Certainty::Low => Self::Low,
        }
    }
}

impl<T: Stored> Stored for Attribute<T> {
    fn write(&self) -> Json {
        Json::Array(vec![self.value.write(), self.mark.write()])
    }

    fn read(json: &Json) -> Option<Self> {
        let [value, mark] = array(json)?;
        Some(Self { value: T::read(value)?, mark: Stored::read(mark)? })
    }
}

impl Stored for RareList {
    fn write(&self) -> Json {
        self.0.write()
    }

    fn read(json: &Json) -> Option<Self> {
        Stored::read(json).map(Self)
    }
}

impl Stored for TextList {
    fn write(&self) -> Json {
        self.0.write()
    }

    fn read(json: &Json) -> Option<Self> {
        Stored::read(json).map(Self)
    }
}

impl Stored for BTreeMap<String, Value> {
    fn write(&self) -> Json {
        self.iter().map(|(key, value)| Json::Array(vec![key.write(), value.write()])).collect()
    }

    fn read(json: &Json) -> Option<Self> {
        json.as_array()?.iter().map(Stored::read).collect()
    }
}

impl Stored for State {
    fn write(&self) -> Json {
        self.name().into()
    }

    fn read(json: &Json) -> Option<Self> {
        json.as_str().and_then(Self::from_name)
    }
}

impl Stored for Format {
    fn write(&self) -> Json {
        self.name().into()
    }

    fn read(json: &Json) -> Option<Self> {
        json.as_str().and_then(Self::from_name)
    }
}

impl Stored for OwnProperties {
    fn write(&self) -> Json {
        Json::Null
    }

    fn read(json: &Json) -> Option<Self> {
        json.is_null().then_some(Self)
    }
}

impl<T: AttributeType> AttributeType for Attribute<T> {
    const TYPE: ValueType = T::TYPE;
    const NULLABLE: bool = T::NULLABLE;

    fn value(&self) -> ValueRef<'_> {
        self.value.value()
    }

    fn source_range(&self) -> Option<SourceRange> {
        self.mark
    }

    fn clip(&mut self, bytes: usize, items: usize) {
        self.value.clip(bytes, items);
    }

    fn change_texts(&mut self, change: &mut dyn FnMut(&mut String)) {
        self.value.change_texts(change);
    }
}

impl<T: AttributeType> AttributeType for Option<T> {
    const TYPE: ValueType = T::TYPE;
    const NULLABLE: bool = true;

    fn value(&self) -> ValueRef<'_> {
        self.as_ref().map_or(ValueRef::Null, T::value)
    }

    fn source_range(&self) -> Option<SourceRange> {
        self.as_ref().and_then(T::source_range)
    }

    fn clip(&mut self, bytes: usize, items: usize) {
        self.iter_mut().for_each(|value| value.clip(bytes, items));
    }

    fn change_texts(&mut self, change: &mut dyn FnMut(&mut String)) {
        self.iter_mut().for_each(|value| value.change_texts(change));
    }
}

impl<T: AttributeType> AttributeType for Box<T> {
    const TYPE: ValueType = T::TYPE;
    const NULLABLE: bool = T::NULLABLE;

    fn value(&self) -> ValueRef<'_> {
        T::value(self)
    }

    fn source_range(&self) -> Option<SourceRange> {
        T::source_range(self)
    }

    fn clip(&mut self, bytes: usize, items: usize) {
        T::clip(self, bytes, items);
    }

    fn change_texts(&mut self, change: &mut dyn FnMut(&mut String)) {
        T::change_texts(self, change);
    }
}

impl AttributeType for RareList {
    const TYPE: ValueType = TextList::TYPE;

    fn value(&self) -> ValueRef<'_> {
        self.0.as_ref().map_or(ValueRef::List(&[]), |list| list.value.value())
    }

    fn source_range(&self) -> Option<SourceRange> {
        self.0.as_ref().and_then(|list| list.mark)
    }

    fn clip(&mut self, bytes: usize, items: usize) {
        self.0.iter_mut().for_each(|list| list.value.clip(bytes, items));
    }

    fn change_texts(&mut self, change: &mut dyn FnMut(&mut String)) {
        self.0.iter_mut().for_each(|list| list.value.change_texts(change));
    }
}

impl AttributeType for TextList {
    const TYPE: ValueType = ValueType::List(&ValueType::Text);

    fn value(&self) -> ValueRef<'_> {
        ValueRef::List(&self.0)
    }

    fn clip(&mut self, bytes: usize, items: usize) {
        self.0.truncate(items);
        self.0.shrink_to_fit();
        self.0.iter_mut().for_each(|text| text.clip(bytes, items));
    }

    fn change_texts(&mut self, change: &mut dyn FnMut(&mut String)) {
        self.0.iter_mut().for_each(|text| text.change_texts(change));
    }
}

impl AttributeType for BTreeMap<String, Value> {
    const TYPE: ValueType = ValueType::Map;

    fn value(&self) -> ValueRef<'_> {
        ValueRef::Map(self)
    }

    fn clip(&mut self, bytes: usize, items: usize) {
        while self.len() > items {
            self.pop_last();
        }
        self.values_mut().for_each(|value| value.clip(bytes, items));
    }

    fn change_texts(&mut self, change: &mut dyn FnMut(&mut String)) {
        self.values_mut().for_each(|value| value.change_texts(change));
    }
}

impl AttributeType for Value {
    const TYPE: ValueType = ValueType::Scalar;
    const NULLABLE: bool = true;

    fn value(&self) -> ValueRef<'_> {
        self.into()
    }

    fn clip(&mut self, bytes: usize, items: usize) {
        Self::clip(self, bytes, items);
    }

    fn change_texts(&mut self, change: &mut dyn FnMut(&mut String)) {
        Self::change_texts(self, change);
    }
}

impl AttributeType for String {
    const TYPE: ValueType = ValueType::Text;

    fn value(&self) -> ValueRef<'_> {
        ValueRef::Text(self)
    }

    fn clip(&mut self, bytes: usize, _items: usize) {
        clip_text(self, bytes);
    }

    fn change_texts(&mut self, change: &mut dyn FnMut(&mut String)) {
        change(self);
    }
}

impl AttributeType for Box<str> {
    const TYPE: ValueType = ValueType::Text;

    fn value(&self) -> ValueRef<'_> {
        ValueRef::Text(self)
    }

    fn change_texts(&mut self, change: &mut dyn FnMut(&mut String)) {
        let mut text = std::mem::take(self).into_string();
        change(&mut text);
        *self = text.into();
    }
}

impl AttributeType for &'static str {
    const TYPE: ValueType = ValueType::Text;

    fn value(&self) -> ValueRef<'_> {
        ValueRef::Text(self)
    }
}

impl AttributeType for bool {
    const TYPE: ValueType = ValueType::Bool;

    fn value(&self) -> ValueRef<'_> {
        ValueRef::Bool(*self)
    }
}

impl AttributeType for i64 {
    const TYPE: ValueType = ValueType::Int;

    fn value(&self) -> ValueRef<'_> {
        ValueRef::Int(*self)
    }
}

impl AttributeType for State {
    const TYPE: ValueType = ValueType::Text;

    fn value(&self) -> ValueRef<'_> {
        ValueRef::Text(self.name())
    }
}

impl AttributeType for Format {
    const TYPE: ValueType = ValueType::Text;

    fn value(&self) -> ValueRef<'_> {
        ValueRef::Text(self.name())
    }
}

impl AttributeType for OwnProperties {
    const TYPE: ValueType = ValueType::Properties;

    fn value(&self) -> ValueRef<'_> {
        ValueRef::Null
    }
}
