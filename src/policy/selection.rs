//! Which rules are applied, and with which level: the command line, `[levels]` and the rules themselves together.

use super::config::Config;
use super::level::Setting;
use crate::diagnostics::{MistakeSink, UserError, did_you_mean};
use crate::rules::{Severity, UNREAD_RULE};
use std::collections::BTreeMap;
use std::ops::Range;

/// A rule that policy decides about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownRule<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its family.
    pub family: &'a str,
    /// Its own level.
    pub level: Severity,
}

/// The decision for every rule.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    rules: BTreeMap<String, Decision>,
}

#[derive(Clone, Debug)]
struct Decision {
    family: String,
    enabled: bool,
    default: Severity,
    level: Option<Severity>,
}

impl Selection {
    /// Decides, and checks that every name means something.
    pub(super) fn new(
        config: &Config,
        select: &[String],
        ignore: &[String],
        rules: &[KnownRule<'_>],
    ) -> Result<Self, UserError> {
        check_names(config, select, ignore, rules)?;
        let decide = |rule: &KnownRule<'_>| {
            let setting = |name: &str| config.levels.iter().find(|entry| entry.name == name).map(|entry| entry.setting);
            let setting = setting(rule.id).or_else(|| setting(rule.family)).unwrap_or(Setting::On);
            let has = |names: &[String], name: &str| names.iter().any(|given| given == name);
            let enabled = if rule.id == UNREAD_RULE {
                true
            } else if has(ignore, rule.id) {
                false
            } else if has(select, rule.id) {
                true
            } else if has(ignore, rule.family) {
                false
            } else if has(select, rule.family) {
                true
            } else {
                select.is_empty() && setting != Setting::Off
            };
            let level = match setting {
                Setting::At(level) => Some(level),
                Setting::On | Setting::Off => None,
            };
            let decision = Decision { family: rule.family.to_owned(), enabled, default: rule.level, level };
            (rule.id.to_owned(), decision)
        };
        Ok(Self { rules: rules.iter().map(decide).collect() })
    }

    /// Whether a rule is applied.
    pub(super) fn enabled(&self, rule: &str) -> bool {
        self.rules.get(rule).is_none_or(|decision| decision.enabled)
    }

    /// The level of a finding that the rule raised with `level`. A finding that was raised with less than the rule's own
    /// level had a reason for that, and does not rise.
    pub(super) fn level(&self, rule: &str, level: Severity) -> Severity {
        match self.rules.get(rule) {
            Some(Decision { level: Some(wanted), default, .. }) if level < *default => level.min(*wanted),
            Some(Decision { level: Some(wanted), .. }) => *wanted,
            _ => level,
        }
    }

    /// Whether `name` is this rule or its family.
    pub(super) fn means(&self, name: &str, rule: &str) -> bool {
        name == rule || self.rules.get(rule).is_some_and(|decision| decision.family == name)
    }

    /// Whether `name` is a rule or a family.
    pub(super) fn is_known(&self, name: &str) -> bool {
        self.rules.iter().any(|(id, decision)| id == name || decision.family == name)
    }

    /// The rules and families.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().flat_map(|(id, decision)| [id.as_str(), decision.family.as_str()])
    }

    /// Whether any rule that `name` means is applied.
    pub(super) fn any_enabled(&self, name: &str) -> bool {
        self.rules.iter().any(|(id, decision)| decision.enabled && (id == name || decision.family == name))
    }
}

fn check_names(
    config: &Config,
    select: &[String],
    ignore: &[String],
    rules: &[KnownRule<'_>],
) -> Result<(), UserError> {
    let names = || rules.iter().flat_map(|rule| [rule.id, rule.family]);
    let known = |name: &str| names().any(|known| known == name);
    let help = |name: &str| {
        let near = did_you_mean(name, names());
        format!("{near}`aemlint rules list` names all rules and families.")
    };
    for name in select.iter().chain(ignore) {
        if !known(name) {
            return Err(UserError::plain(format!("there is no rule or family `{name}`"), help(name)));
        }
    }
    let always = "It tells what was not analysed. To leave such a file out, use `exclude`; the run is then complete.";
    if ignore.iter().any(|name| name == UNREAD_RULE) {
        return Err(UserError::plain(format!("`{UNREAD_RULE}` cannot be ignored"), always));
    }
    let mut checked = config.checked.clone();
    let mut add = |file: usize, span: &Range<usize>, message: String, label: &str, help: &str| {
        if let Some(checked) = checked.get_mut(file) {
            checked.add(span.clone(), message, label, help);
        }
    };
    for entry in &config.levels {
        if !known(&entry.name) {
            let message = format!("there is no rule or family `{}`", entry.name);
            add(entry.file, &entry.span, message, "not known", &help(&entry.name));
        } else if entry.name == UNREAD_RULE && entry.setting == Setting::Off {
            add(entry.file, &entry.span, format!("`{UNREAD_RULE}` cannot be off"), "always on", always);
        }
    }
    for entry in &config.ignores {
        if !known(&entry.rule) {
            let message = format!("there is no rule or family `{}`", entry.rule);
            add(entry.file, &entry.rule_span, message, "not known", &help(&entry.rule));
        } else if entry.rule == UNREAD_RULE {
            let message = format!("`{UNREAD_RULE}` cannot be ignored");
            add(entry.file, &entry.rule_span, message, "always reported", always);
        }
    }
    UserError::all(checked.iter().filter_map(MistakeSink::error)).map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const RULES: &[KnownRule<'_>] = &[
        KnownRule { id: "jwt-credentials", family: "ims", level: Severity::Error },
        KnownRule { id: "missing-scope", family: "ims", level: Severity::Error },
        KnownRule { id: "private-key", family: "secrets", level: Severity::Error },
        KnownRule { id: UNREAD_RULE, family: "package", level: Severity::Error },
    ];

    fn selection(config: &str, select: &[&str], ignore: &[&str]) -> Result<Selection, UserError> {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let config = Config::parse(Path::new("aemlint.toml"), config).unwrap();
        Selection::new(&config, &names(select), &names(ignore), RULES)
    }

    fn enabled(config: &str, select: &[&str], ignore: &[&str]) -> Vec<&'static str> {
        let selection = selection(config, select, ignore).unwrap();
        RULES.iter().map(|rule| rule.id).filter(|id| selection.enabled(id)).collect()
    }

    #[test]
    fn a_rule_outweighs_its_family_and_the_command_line_the_file() {
        assert_eq!(enabled("", &[], &[]).len(), 4);
        assert_eq!(enabled("", &["ims"], &[]), ["jwt-credentials", "missing-scope", UNREAD_RULE]);
        assert_eq!(enabled("", &["ims"], &["missing-scope"]), ["jwt-credentials", UNREAD_RULE]);
        assert_eq!(enabled("", &["missing-scope"], &["ims"]), ["missing-scope", UNREAD_RULE]);
        assert_eq!(enabled("", &["missing-scope"], &["missing-scope"]), [UNREAD_RULE]);
        assert_eq!(enabled("", &[], &["ims", "package"]), ["private-key", UNREAD_RULE]);
        let off = "[levels]\nims = \"off\"\nmissing-scope = \"on\"\nprivate-key = \"off\"\n";
        assert_eq!(enabled(off, &[], &[]), ["missing-scope", UNREAD_RULE]);
        assert_eq!(enabled(off, &["private-key"], &[]), ["private-key", UNREAD_RULE]);
    }

    #[test]
    fn a_level_is_set_but_a_reason_for_less_stays() {
        let config = "[levels]\nims = \"warning\"\nmissing-scope = \"note\"\nprivate-key = \"error\"";
        let selection = selection(config, &[], &[]).unwrap();
        assert_eq!(selection.level("jwt-credentials", Severity::Error), Severity::Warning);
        assert_eq!(selection.level("jwt-credentials", Severity::Note), Severity::Note);
        assert_eq!(selection.level("missing-scope", Severity::Error), Severity::Note);
        assert_eq!(selection.level("private-key", Severity::Warning), Severity::Warning);
        assert_eq!(selection.level(UNREAD_RULE, Severity::Error), Severity::Error);
    }

    #[test]
    fn an_unknown_name_is_an_error_with_the_nearest_one() {
        let error = selection("", &["mising-scope"], &[]).unwrap_err();
        assert_eq!(error.to_string(), "there is no rule or family `mising-scope`");
        let help = miette::Diagnostic::help(&error.mistakes()[0]).unwrap().to_string();
        assert!(help.contains("Did you mean `missing-scope`?"), "{help}");
        let config = "[levels]\nnope = \"off\"\n[[ignore]]\nrule = \"secret\"\npath = \"a\"\nreason = \"r\"\n";
        assert_eq!(selection(config, &[], &[]).unwrap_err().mistakes().len(), 2);
    }

    #[test]
    fn what_was_not_read_cannot_be_hidden() {
        assert!(selection("", &[], &[UNREAD_RULE]).is_err());
        assert!(selection("[levels]\nunread-content = \"off\"", &[], &[]).is_err());
        assert!(selection("[[ignore]]\nrule = \"unread-content\"\npath = \"a\"\nreason = \"r\"", &[], &[]).is_err());
    }
}
