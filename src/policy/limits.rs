//! The limits that a user can set. A new one is a line in [`LIMITS`]: the options, the keys of `[limits]`, their help, the
//! schema and the defaults shown derive from it.

use super::parse_units;
use std::time::Duration;
use zip_audit::Limits;

/// A limit.
#[derive(Debug)]
pub(crate) struct Limit {
    /// Its key below `[limits]` in `aemlint.toml`.
    pub name: &'static str,
    /// Its option on the command line, without dashes in front.
    pub option: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// What it bounds, as a sentence.
    pub about: &'static str,
    get: fn(&Limits) -> u64,
    set: fn(&mut Limits, u64),
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Things, or a ratio.
    Count,
    /// Bytes.
    Bytes,
    /// Bytes of one text, which are bounded by [`Limits::MAX_TEXT`].
    TextBytes,
    /// Milliseconds.
    Milliseconds,
}

/// How many limits there are.
pub(super) const COUNT: usize = LIMITS.len();

/// All limits, in the order of the help.
pub(crate) const LIMITS: &[Limit] = &[
    Limit {
        name: "depth",
        option: "max-depth",
        unit: Unit::Count,
        about: "Archives within archives.",
        get: |limits| limits.depth.into(),
        set: |limits, value| limits.depth = u32::try_from(value).unwrap_or(u32::MAX),
    },
    Limit {
        name: "entries",
        option: "max-entries",
        unit: Unit::Count,
        about: "Entries, all archives of the run together.",
        get: |limits| limits.entries,
        set: |limits, value| limits.entries = value,
    },
    Limit {
        name: "text-size",
        option: "max-text-size",
        unit: Unit::TextBytes,
        about: "Inflated size of one text file, at most 2GiB.",
        get: |limits| limits.text,
        set: |limits, value| limits.text = value,
    },
    Limit {
        name: "inflated",
        option: "max-inflated",
        unit: Unit::Bytes,
        about: "Inflated size of the whole run.",
        get: |limits| limits.inflated,
        set: |limits, value| limits.inflated = value,
    },
    Limit {
        name: "ratio",
        option: "max-ratio",
        unit: Unit::Count,
        about: "Inflated to packed size of one entry larger than 16 MiB.",
        get: |limits| limits.ratio,
        set: |limits, value| limits.ratio = value,
    },
    Limit {
        name: "memory",
        option: "max-memory",
        unit: Unit::Bytes,
        about: "Nested archives in memory at one time; facts of all files; a quarter of it findings and notes.",
        get: |limits| limits.memory,
        set: |limits, value| limits.memory = value,
    },
    Limit {
        name: "time",
        option: "max-time",
        unit: Unit::Milliseconds,
        about: "Wall time of the whole run, such as 90s or 10min.",
        get: |limits| u64::try_from(limits.time.as_millis()).unwrap_or(u64::MAX),
        set: |limits, value| limits.time = Duration::from_millis(value),
    },
];

impl Limit {
    /// The default, as a user would write it.
    pub(crate) fn default_text(&self) -> String {
        self.text_of(&Limits::default())
    }

    /// Its value among these, as a user would write it.
    pub(crate) fn text_of(&self, limits: &Limits) -> String {
        let value = (self.get)(limits);
        match self.unit {
            Unit::Count => value.to_string(),
            Unit::Bytes | Unit::TextBytes => {
                let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
                let whole = units.iter().find(|(shift, _)| value >> shift << shift == value && value >> shift > 0);
                whole.map_or(value.to_string(), |(shift, name)| format!("{}{name}", value >> shift))
            }
            Unit::Milliseconds if value.is_multiple_of(1_000) => format!("{}s", value / 1_000),
            Unit::Milliseconds => format!("{value}ms"),
        }
    }
}

impl Unit {
    /// Reads a value with its unit.
    ///
    /// # Errors
    /// Says what to write instead.
    pub(crate) fn parse(self, text: &str) -> Result<u64, String> {
        match self {
            Self::Count => text.parse().map_err(|_| "write a whole number".to_owned()),
            Self::Bytes => parse_units::size(text),
            Self::TextBytes => parse_units::size(text).and_then(|bytes| match bytes {
                ..=Limits::MAX_TEXT => Ok(bytes),
                _ => Err("use at most 2GiB: no larger text can be analysed".to_owned()),
            }),
            Self::Milliseconds => {
                let time = parse_units::duration(text)?;
                u64::try_from(time.as_millis()).map_err(|_| "use a shorter time".to_owned())
            }
        }
    }
}

/// The limits that a configuration or the command line sets, each in its [`Unit`]; others are left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LimitSettings([Option<u64>; COUNT]);

impl LimitSettings {
    /// The limits for which `value` gives a value.
    pub(crate) fn from_values(mut value: impl FnMut(&Limit) -> Option<u64>) -> Self {
        let mut settings = Self::default();
        for (place, limit) in settings.0.iter_mut().zip(LIMITS) {
            *place = value(limit);
        }
        settings
    }

    /// These, and of `others` what is not set here.
    #[must_use]
    pub(crate) fn or(mut self, others: &Self) -> Self {
        for (own, other) in self.0.iter_mut().zip(others.0) {
            *own = own.or(other);
        }
        self
    }

    /// Whether a limit is set here.
    pub(crate) fn sets(&self, limit: &Limit) -> bool {
        let own = self.0.iter().zip(LIMITS).find(|(_, other)| other.name == limit.name);
        own.is_some_and(|(value, _)| value.is_some())
    }

    /// Sets what is set here in `limits`.
    pub(crate) fn apply(&self, limits: &mut Limits) {
        for (value, limit) in self.0.iter().zip(LIMITS) {
            if let Some(value) = value {
                (limit.set)(limits, *value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_set_and_read_and_its_default_is_read_back() {
        for limit in LIMITS {
            assert_eq!(limit.option, format!("max-{}", limit.name));
            assert_eq!(limit.unit.parse(&limit.default_text()), Ok((limit.get)(&Limits::default())), "{}", limit.name);
            let mut limits = Limits::default();
            LimitSettings::from_values(|other| (other.name == limit.name).then_some(7_000)).apply(&mut limits);
            let changed: Vec<&str> =
                LIMITS.iter().filter(|other| (other.get)(&limits) == 7_000).map(|other| other.name).collect();
            assert_eq!(changed, [limit.name]);
        }
    }

    #[test]
    fn defaults_are_shown_with_the_largest_unit_that_fits() {
        let shown: Vec<String> = LIMITS.iter().map(Limit::default_text).collect();
        assert_eq!(shown, ["16", "2000000", "64MiB", "16GiB", "1000", "256MiB", "600s"]);
    }

    #[test]
    fn the_size_of_a_text_is_bounded() {
        assert_eq!(Unit::TextBytes.parse("64MiB"), Ok(64 << 20));
        assert_eq!(Unit::TextBytes.parse("2GiB"), Ok(Limits::MAX_TEXT));
        assert!(Unit::TextBytes.parse("3GiB").is_err());
    }
}
