//! What is to change, and why it cannot.

/// A change of one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The property gets this value; it is added if it is not there. A list that gets one text stays a list.
    Set {
        /// The name of the property.
        name: String,
        /// Its new value.
        value: NewValue,
    },
    /// The property goes. Nothing changes if it is not there.
    Remove {
        /// The name of the property.
        name: String,
    },
    /// Those of the items that the property lacks are added: to a list as further items, to a text behind what is in it,
    /// with the separator that it uses. A property that is not there is added.
    Append {
        /// The name of the property.
        name: String,
        /// The items.
        items: Vec<String>,
    },
    /// A part of the value becomes another text, wherever in a text or list it is. It must be there exactly once.
    Replace {
        /// The name of the property.
        name: String,
        /// The part that goes.
        old: String,
        /// What takes its place.
        new: String,
    },
    /// The property gets another name and keeps its value. Nothing changes if it is not there.
    Rename {
        /// The name of the property.
        name: String,
        /// The new name.
        to: String,
    },
}

/// A new value of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewValue {
    /// A string.
    Text(String),
    /// A boolean. In the place of a text it is the text `true` or `false`.
    Bool(bool),
    /// A string in the place of a single value: a list of several is left alone.
    Only(String),
    /// A list of strings. In the place of a single text a list of one is that text.
    Texts(Vec<String>),
}

impl NewValue {
    /// The text that stands for a single value.
    pub(crate) fn single(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Only(text) => Some(text),
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            Self::Texts(_) => None,
        }
    }

    /// All texts of it.
    pub(crate) fn texts(&self) -> Vec<String> {
        match self {
            Self::Texts(texts) => texts.clone(),
            single => single.single().map(str::to_owned).into_iter().collect(),
        }
    }
}

impl Change {
    /// The name of the property that changes.
    pub fn name(&self) -> &str {
        match self {
            Self::Set { name, .. }
            | Self::Remove { name }
            | Self::Append { name, .. }
            | Self::Replace { name, .. }
            | Self::Rename { name, .. } => name,
        }
    }
}

/// Why an edit was not made. No message holds a value of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// There is no editor for files of this name or form.
    #[error("there is no editor for files of this form")]
    NoEditor,
    /// The file, or the part that is to change, cannot be read as a whole, so that its spans prove nothing.
    #[error("the file has mistakes, which must be mended by hand first: {0}")]
    Damaged(String),
    /// The file is written in an encoding that cannot be written here.
    #[error("the file is written in an encoding that cannot be written, or has bytes that are wrong in it")]
    Encoding,
    /// Something is wrong that has no one right form, or nothing is.
    #[error("it is not certain what the file is meant to say")]
    Unclear,
    /// The node is not in the file.
    #[error("the node that is to change is not in the file")]
    NoSuchNode,
    /// Another property has the new name already.
    #[error("there is a property `{0}` already")]
    NameTaken(String),
    /// The format has no form for the value, or the result was read back as something else than intended.
    #[error("the format cannot express the new value of `{0}` here")]
    NotExpressible(String),
}
