//! The vocabulary that rules are written in: what the attributes of facts are called, and which values they have.
//!
//! Each kind of fact is a struct that [`fact_kind!`] declares beside the code that makes it. An attribute is declared
//! once: its name, its type and what it says.

use super::value::{ValueRef, ValueType};
use text_spans::SourceRange;

/// An attribute in the vocabulary of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributeSpec {
    /// The name in rules and in JSON.
    pub name: &'static str,
    /// What it says, in one line for the documentation.
    pub about: &'static str,
    /// The type of its value where it is not null.
    pub value_type: ValueType,
    /// Whether it can be null.
    pub nullable: bool,
}

impl AttributeSpec {
    /// The type as the documentation shows it, `string or null`.
    pub fn type_name(&self) -> String {
        let name = self.value_type.name();
        if self.nullable { format!("{} or null", name.replace(" or ", ", ")) } else { name }
    }

    const fn new(name: &'static str, about: &'static str, value_type: ValueType) -> Self {
        Self { name, about, value_type, nullable: false }
    }

    const fn or_null(self) -> Self {
        Self { nullable: true, ..self }
    }
}

/// The attributes that every fact has.
pub const COMMON: &[AttributeSpec] = &[
    AttributeSpec::new("kind", "the kind of the fact", ValueType::Text),
    AttributeSpec::new("file", "the path of the file or archive on disk", ValueType::Text),
    AttributeSpec::new("path", "repository path, where there is one", ValueType::Text).or_null(),
    AttributeSpec::new(
        "name_in_archive",
        "the path of the file in the archive, null for a file on disk",
        ValueType::Text,
    )
    .or_null(),
    AttributeSpec::new(
        "run_modes",
        "alternatives, each such as `author.-prod`; empty if it is always active",
        ValueType::List(&ValueType::Text),
    ),
    AttributeSpec::new("installed", "whether AEM would install it", ValueType::Bool),
    AttributeSpec::new("not_installed", "why AEM would not, as a clause", ValueType::Text).or_null(),
    AttributeSpec::new(
        "overridden",
        "for a configuration that is installed and never takes effect, what wins instead, as a clause",
        ValueType::Text,
    )
    .or_null(),
    AttributeSpec::new(
        "error",
        "why AEM rejects the file or configuration that it was read from; null if it does not",
        ValueType::Text,
    )
    .or_null(),
];

/// The attributes of one kind of fact, whichever it is.
pub trait Attributes {
    /// Their names and types, in the order of the documentation.
    fn specs(&self) -> &'static [AttributeSpec];

    /// The value and the place of the attribute of that name; `None` if the kind has no such attribute.
    fn get(&self, name: &str) -> Option<(ValueRef<'_>, Option<SourceRange>)>;

    /// Calls `visit` with the value and the place of every attribute, in the order of [`specs`](Self::specs).
    fn visit(&self, visit: &mut dyn FnMut(ValueRef<'_>, Option<SourceRange>));

    /// Keeps the beginning only of long texts and of long lists.
    fn clip(&mut self, bytes: usize, items: usize);

    /// Hands every text that comes from a file to `change`.
    fn change_texts(&mut self, change: &mut dyn FnMut(&mut String));
}

/// Declares the struct of a kind of fact: its name in rules, what it is about, and each attribute once, with its name, its
/// type and what it says in one line.
macro_rules! fact_kind {
    ($(#[$meta:meta])* $kind:ident $kind_name:literal = $kind_about:literal { $($field:ident: $type:ty = $about:literal,)* }) => {
        #[doc = $kind_about]
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[allow(rustdoc::invalid_html_tags, reason = "placeholders of documentation are written in angle brackets")]
        pub struct $kind {
            $(#[doc = $about] pub $field: $type,)*
        }

        impl $kind {
            /// The name in rule files and in JSON.
            pub const NAME: &'static str = $kind_name;
            /// What it is about, in one line for the documentation.
            pub const ABOUT: &'static str = $kind_about;
            /// The names, types and meanings of the attributes, in the order of the documentation.
            pub const SPECS: &'static [$crate::facts::vocabulary::AttributeSpec] = &[
                $($crate::facts::vocabulary::AttributeSpec {
                    name: stringify!($field),
                    about: $about,
                    value_type: <$type as $crate::facts::attribute::AttributeType>::TYPE,
                    nullable: <$type as $crate::facts::attribute::AttributeType>::NULLABLE,
                },)*
            ];
        }

        /// The attributes in their order.
        impl $crate::stored::Stored for $kind {
            fn write(&self) -> serde_json::Value {
                serde_json::Value::Array(vec![$($crate::stored::Stored::write(&self.$field)),*])
            }

            fn read(json: &serde_json::Value) -> Option<Self> {
                let mut values = json.as_array().filter(|values| values.len() == Self::SPECS.len())?.iter();
                Some(Self { $($field: $crate::stored::Stored::read(values.next()?)?,)* })
            }
        }

        impl $crate::facts::vocabulary::Attributes for $kind {
            fn specs(&self) -> &'static [$crate::facts::vocabulary::AttributeSpec] {
                Self::SPECS
            }

            fn get(&self, name: &str) -> Option<($crate::facts::ValueRef<'_>, Option<::text_spans::SourceRange>)> {
                use $crate::facts::attribute::AttributeType;
                match name {
                    $(stringify!($field) => Some((self.$field.value(), self.$field.source_range())),)*
                    _ => None,
                }
            }

            fn visit(&self, visit: &mut dyn FnMut($crate::facts::ValueRef<'_>, Option<::text_spans::SourceRange>)) {
                use $crate::facts::attribute::AttributeType;
                $(visit(self.$field.value(), self.$field.source_range());)*
            }

            fn clip(&mut self, bytes: usize, items: usize) {
                use $crate::facts::attribute::AttributeType;
                $(self.$field.clip(bytes, items);)*
            }

            fn change_texts(&mut self, change: &mut dyn FnMut(&mut String)) {
                use $crate::facts::attribute::AttributeType;
                $(self.$field.change_texts(change);)*
            }
        }
    };
}
pub(crate) use fact_kind;

/// Declares the struct of a kind of fact about an integration: as [`fact_kind!`], with the attributes at the end that say how
/// far its source could be read.
macro_rules! integration_kind {
    ($(#[$meta:meta])* $kind:ident $name:literal = $about:literal { $($fields:tt)* } properties = $properties:literal) => {
        $crate::facts::vocabulary::fact_kind! {
            $(#[$meta])* $kind $name = $about {
                $($fields)*
                samples: $crate::facts::attribute::Attribute<$crate::facts::attribute::TextList> =
                    "names of the properties that still hold a placeholder of documentation, such as <OrgID>",
                unknown: $crate::facts::attribute::TextList =
                    "names of the attributes whose value a placeholder supplies",
                partial: bool =
                    "whether its file is rejected, cut or unreadable in part, so that an absent property proves nothing",
                properties: $crate::facts::attribute::OwnProperties = $properties,
            }
        }
    };
}
pub(crate) use integration_kind;
