//! What a configuration or an option can do to a level.

use crate::rules::Severity;

/// From which level on findings make the run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailOn {
    /// Findings of this level or a higher one.
    AtLeast(Severity),
    /// No finding does.
    Never,
}

impl FailOn {
    /// All values, in the order of the help.
    pub(crate) const ALL: [Self; 4] =
        [Self::AtLeast(Severity::Note), Self::AtLeast(Severity::Warning), Self::AtLeast(Severity::Error), Self::Never];

    /// The name in options and files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AtLeast(level) => level.name(),
            Self::Never => "never",
        }
    }

    /// The value of that name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.name() == name)
    }

    /// Whether a finding of this level fails the run.
    pub(crate) fn is_reached_by(self, level: Severity) -> bool {
        match self {
            Self::AtLeast(lowest) => level >= lowest,
            Self::Never => false,
        }
    }
}

impl Default for FailOn {
    fn default() -> Self {
        Self::AtLeast(Severity::Warning)
    }
}

/// What `[levels]` says of a rule or family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// Not applied.
    Off,
    /// Applied with the rule's own level, even where its family is off.
    On,
    /// Applied with this level.
    At(Severity),
}

impl Setting {
    /// The name in files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::At(level) => level.name(),
        }
    }

    /// The setting of that name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "off" => Some(Self::Off),
            "on" => Some(Self::On),
            _ => Severity::from_name(name).map(Self::At),
        }
    }
}
