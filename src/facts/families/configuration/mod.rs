//! OSGi configurations, whatever they are written in.

mod conflict;
pub(in crate::facts) mod link;

pub use conflict::ConfigurationConflict;

use crate::documents::{OsgiDocument, pids};
use crate::facts::attribute::{Attribute, OwnProperties, RareList, TextList};
use crate::facts::source::damaged_secrets::DamagedSecrets;
use crate::facts::source::shown_name;
use crate::facts::source::source_ranges::SourceRanges;
use crate::facts::vocabulary::fact_kind;
use osgi_config::{self, Format, Pid};
use text_spans::Span;

fact_kind! {
    Configuration "configuration" = "An OSGi configuration, whatever it is written in." {
        pid: String = "PID: `factory~name` or the singleton PID",
        factory: Option<String> = "factory PID, null for a singleton",
        name: Option<String> = "name of the factory instance, null for a singleton",
        format: Format = "config, cfg.json, cfg, properties or osgi-node",
        properties: OwnProperties = "the properties by key",
        dropped: RareList = "keys that the installer silently loses, or whose value it cuts short",
        cut: RareList = "those of them that arrive with a part of their value",
        dropped_reason: Option<Box<Attribute<String>>> = "why, with the lines if there are several reasons",
        file_rejected: bool =
            "whether its `error` is that of a docview file around it, of which a fact `rejected_file` tells",
        partial: bool =
            "whether its file was cut off or could not be decoded, so that an error may be due to that",
        integration: bool = "whether its PID is one of an Adobe integration",
        duplicate_of: RareList = "places of the configurations that it is in conflict with (`configuration_conflict`)",
    }
}

impl Configuration {
    /// A configuration of which there is nothing to say but how it is identified.
    pub(crate) fn ordinary(pid: Pid, format: Format) -> Self {
        Self {
            pid: pid.pid,
            factory: pid.factory,
            name: pid.name,
            format,
            properties: OwnProperties,
            dropped: RareList::default(),
            cut: RareList::default(),
            dropped_reason: None,
            file_rejected: false,
            partial: false,
            integration: false,
            duplicate_of: RareList::default(),
        }
    }

    /// The fact of a configuration. `partial` is whether the file was cut or could not be decoded.
    pub(crate) fn new(
        document: &OsgiDocument<'_>,
        partial: bool,
        ranges: &SourceRanges<'_>,
        damaged: &DamagedSecrets,
    ) -> Self {
        let configuration = &document.configuration;
        let keys = dropped(configuration, damaged);
        let shown = |key: &&str| shown_name(key);
        let cut: TextList = keys.iter().filter(|key| arrives_in_part(configuration, key)).map(shown).collect();
        let at_first = configuration.dropped.first().map(|dropped| ranges.range(dropped.span));
        let reason = reasons(configuration, ranges).map(|reason| Box::new(Attribute { value: reason, mark: at_first }));
        Self {
            dropped: RareList::new(keys.iter().map(shown).collect(), at_first),
            cut: RareList::new(cut, at_first),
            dropped_reason: reason,
            partial,
            integration: pids::is_known(&document.name),
            ..Self::ordinary(document.pid.clone(), document.format)
        }
    }
}

/// Most keys and reasons that are reported of one file.
const MAX_REPORTED_KEYS: usize = 20;

/// The keys that do not arrive as they are written: those that the reader says it dropped, and what stands behind the
/// place where it stopped.
fn dropped<'c>(configuration: &'c osgi_config::Configuration<'_>, damaged: &DamagedSecrets) -> Vec<&'c str> {
    let read = configuration.dropped.iter().filter_map(|dropped| dropped.key.as_deref());
    let behind = configuration.lost.iter().map(|property| damaged.name(&property.key, property.key_span));
    let mut keys: Vec<&str> = Vec::new();
    for key in read.chain(behind) {
        if keys.len() < MAX_REPORTED_KEYS && !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// Whether a key arrives with another value than the whole one: that of a repeated key is the whole later one.
fn arrives_in_part(configuration: &osgi_config::Configuration<'_>, key: &str) -> bool {
    let arrives = configuration.properties.iter().find(|property| property.key == key);
    let at = |span: Span| arrives.is_some_and(|property| property.key_span.start == span.start);
    configuration.lost.iter().any(|property| property.key == key && at(property.key_span))
}

/// Why, each reason once; with lines where there are several.
fn reasons(configuration: &osgi_config::Configuration<'_>, ranges: &SourceRanges<'_>) -> Option<String> {
    let mut found: Vec<(&str, u32)> = Vec::new();
    for dropped in configuration.dropped.iter().take(MAX_REPORTED_KEYS) {
        // What follows on the same line follows from the first fault of it.
        let line = ranges.range(dropped.span).start.line;
        if !found.iter().any(|(reason, other)| *reason == dropped.reason || *other == line) {
            found.push((&dropped.reason, line));
        }
    }
    match found.as_slice() {
        [] => None,
        [(reason, _)] => Some((*reason).to_owned()),
        several => {
            let several: Vec<String> = several.iter().map(|(reason, line)| format!("line {line}: {reason}")).collect();
            Some(several.join("; "))
        }
    }
}
