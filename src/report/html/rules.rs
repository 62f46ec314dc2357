//! Each rule that found something, explained once.

use super::counts::Counts;
use super::help;
use super::markup::Markup;
use std::collections::BTreeMap;

pub(super) fn write(out: &mut Markup, counts: &Counts<'_>) {
    let rules: BTreeMap<&str, _> = counts.by_rule.iter().map(|rule| (rule.id, rule)).collect();
    for (id, rule) in rules {
        out.block("article", &[("id", &format!("rule-{id}"))], |out| {
            out.line("h3", &[], rule.title);
            out.element("p", &[], |out| {
                out.code(id);
                if let Some(url) = rule.info.and_then(|info| info.url.as_deref()) {
                    out.text(" · ");
                    out.leaf("a", &[("href", url), ("rel", "noreferrer")], "Page of the rule, with examples");
                }
            });
            out.literal("\n");
            if let Some(info) = rule.info {
                help::write(out, &info.help);
            }
        });
    }
}
