//! How many findings there are of each rule, and nothing else: `aemlint check --statistics`.

use super::model::{Report, RuleInfo};
use super::overview::{Overview, RuleCount};
use super::{Format, phrases};
use crate::escape;
use serde_json::json;

/// A form of statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatisticsForm {
    /// Columns for people.
    Text,
    /// A JSON array.
    Json,
    /// Comma-separated values with a header.
    Csv,
    /// A Markdown table.
    Markdown,
}

impl StatisticsForm {
    /// The one that a form of report has; `None` if it has none.
    pub fn of(format: Format) -> Option<Self> {
        match format.name() {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "markdown" => Some(Self::Markdown),
            _ => None,
        }
    }
}

/// The number of findings of each rule and severity, the worst first, with a line end at its end.
pub fn statistics(form: StatisticsForm, report: &Report, rules: &[RuleInfo]) -> String {
    let rules = Overview::of(report, rules).rules;
    match form {
        StatisticsForm::Text => rules.iter().map(text).collect(),
        StatisticsForm::Json => {
            let list: serde_json::Value = rules.iter().map(json).collect();
            escape::json(&format!("{list:#}\n")).into_owned()
        }
        StatisticsForm::Csv => {
            let lines = rules.iter().map(|rule| escape::csv_record(cells(rule)));
            std::iter::once("number,level,rule,title,url\r\n".to_owned()).chain(lines).collect()
        }
        StatisticsForm::Markdown => {
            let lines = rules.iter().map(|rule| {
                let cells = cells(rule).map(|cell| escape::markdown(&cell));
                format!("| {} |\n", cells[..4].join(" | "))
            });
            std::iter::once("| number | level | rule | title |\n|---|---|---|---|\n".to_owned()).chain(lines).collect()
        }
    }
}

fn text(rule: &RuleCount<'_>) -> String {
    let name = escape::terminal_name(rule.rule);
    format!(
        "{:>6}  {:7}  {name:36}  {}\n",
        rule.number,
        phrases::level(rule.severity),
        escape::terminal_name(rule.title)
    )
}

fn json(rule: &RuleCount<'_>) -> serde_json::Value {
    json!({
        "number": rule.number,
        "level": rule.severity.name(),
        "rule": rule.rule,
        "title": rule.title,
        "url": rule.url,
    })
}

fn cells(rule: &RuleCount<'_>) -> [String; 5] {
    let url = rule.url.unwrap_or_default().to_owned();
    [
        rule.number.to_string(),
        phrases::level(rule.severity).to_owned(),
        rule.rule.to_owned(),
        rule.title.to_owned(),
        url,
    ]
}
