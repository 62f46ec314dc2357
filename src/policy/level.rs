//! What a configuration or an option can do to a level.

use crate::rules::Level;

/// From which level on findings make the run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// Findings of this level or a higher one.
    Level(Level),
    /// No finding does.
    Never,
}

impl FailOn {
    /// All values, in the order of the help.
    pub const ALL: [Self; 4] =
        [Self::Level(Level::Note), Self::Level(Level::Warning), Self::Level(Level::Error), Self::Never];

    /// The name in options and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Level(level) => level.name(),
            Self::Never => "never",
        }
    }

    /// The value of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.name() == name)
    }

    /// Whether a finding of this level fails the run.
    pub fn is_reached_by(self, level: Level) -> bool {
        match self {
            Self::Level(lowest) => level >= lowest,
            Self::Never => false,
        }
    }
}

impl Default for FailOn {
    fn default() -> Self {
        Self::Level(Level::Warning)
    }
}

/// What `[levels]` says of a rule or family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Not applied.
    Off,
    /// Applied with the rule's own level, even where its family is off.
    On,
    /// Applied with this level.
    At(Level),
}

impl Setting {
    /// The setting of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "off" => Some(Self::Off),
            "on" => Some(Self::On),
            _ => level_from_name(name).map(Self::At),
        }
    }
}

/// The level of that name.
pub(super) fn level_from_name(name: &str) -> Option<Level> {
    [Level::Note, Level::Warning, Level::Error].into_iter().find(|level| level.name() == name)
}
