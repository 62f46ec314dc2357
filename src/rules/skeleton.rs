//! The beginning of a rule of one's own: a whole rule file, with examples that pass.

use super::file::is_kebab_case;
use crate::diagnostics::UserError;

const TEXT: &str = r#"#:schema https://raw.githubusercontent.com/aemlint/aemlint/main/schemas/rule.schema.json
# What each key means: docs/writing-rules.md. What a rule can see: `aemlint facts PATH`.
# `aemlint rules test` on this file runs the examples below; with -v it shows what the rule saw.
title = "The example service is configured"
level = "warning"
on = "configuration"
when = "fact.pid == 'com.example.Service'"
message = "`{fact.pid}` is configured here."
help = '''
## Why it matters

Say what goes wrong, where and for whom.

## What to do

Say what to write instead.
'''
references = ["https://experienceleague.adobe.com/en/docs/experience-manager"]

[[example]]
file = "jcr_root/apps/site/config/com.example.Service.config"
bad = 'enabled=B"true"'
good-file = "jcr_root/apps/site/config/com.example.Other.config"
good = 'enabled=B"true"'
"#;

/// The text of a new rule file for the rule `id` of `family`.
///
/// # Errors
/// A name that no rule or family can have.
pub fn rule_skeleton(family: &str, id: &str) -> Result<&'static str, UserError> {
    for (word, what) in [(id, "rule id"), (family, "family")] {
        if !is_kebab_case(word) {
            let help = "A rule lies at FAMILY/ID.toml. Both are lower-case words joined by hyphens, such as \
                        acme/no-debug-logging.toml.";
            return Err(UserError::plain(format!("`{word}` is not a {what}"), help));
        }
    }
    Ok(TEXT)
}
