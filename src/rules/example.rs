//! The `[[example]]` blocks of a rule file: files that the rule must find fault with, and files that it must not.

use super::toml_reader::{File, Table};
use crate::diagnostics::UserError;
use osgi_config::Target;
use std::ops::Range;

/// An example: a bad form, a good form, or both.
#[derive(Clone, Debug)]
pub struct Example {
    /// What it shows.
    pub title: Option<String>,
    /// The files that the rule must find fault with; empty if the example is a good one only.
    pub bad: Vec<ExampleFile>,
    /// The files in which the rule must find nothing; empty if the example is a bad one only.
    pub good: Vec<ExampleFile>,
    /// Files that lie beside either.
    pub with: Vec<ExampleFile>,
    /// The target that the example is for.
    pub target: Target,
    /// Whether the example names it, rather than that the default is taken.
    pub target_named: bool,
    /// The moment at which it is judged, RFC 3339, for rules on validity; `None` is now.
    pub now: Option<String>,
    /// How many findings of the rule the bad form has.
    pub expect: usize,
    /// What the first message must contain.
    pub expect_message: Option<String>,
    pub(super) span: Range<usize>,
}

/// The files of an example, as something that makes facts of them sees them.
#[derive(Clone, Debug)]
pub struct ExampleInput {
    /// The files, with paths from the directory that holds `jcr_root` on.
    pub files: Vec<ExampleFile>,
    /// The target that they are for.
    pub target: Target,
    /// Whether the example names it.
    pub target_named: bool,
    /// The moment at which validity is judged, RFC 3339; `None` is now.
    pub now: Option<String>,
}

/// A file of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleFile {
    /// Its path, from the directory that holds `jcr_root` on.
    pub file: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// Reads the `[[example]]` blocks and checks that there is a bad and a good one.
pub(super) fn read(top: &Table<'_, '_>) -> Result<Vec<Example>, UserError> {
    let examples: Vec<Example> = top.tables("example")?.iter().map(example).collect::<Result<_, _>>()?;
    let help = "Every rule shows at least one bad and one good form: [[example]] with `file`, `bad` and `good`.";
    for (key, has) in
        [("bad", examples.iter().any(|e| !e.bad.is_empty())), ("good", examples.iter().any(|e| !e.good.is_empty()))]
    {
        if !has {
            let span = examples.last().map_or(top.span.clone(), |example| example.span.clone());
            return Err(top.file.error(
                span,
                format!("the rule has no {key} example"),
                format!("no `{key}` here"),
                help,
            ));
        }
    }
    Ok(examples)
}

fn example(table: &Table<'_, '_>) -> Result<Example, UserError> {
    let file = table.string("file")?.map(|text| text.value);
    let good_file = table.string("good-file")?.map(|text| text.value).or_else(|| file.clone());
    let target = table.string("target")?.map(|text| {
        text.value.parse::<Target>().map_err(|_| {
            let message = format!("`{}` is not a target", text.value);
            let names = Target::ALL.map(|target| format!("`{target}`")).join(" or ");
            table.file.error(text.span, message, "not known", format!("Write {names}."))
        })
    });
    let target = target.transpose()?;
    Ok(Example {
        title: table.string("title")?.map(|text| text.value),
        bad: example_files(table, "bad", file.as_deref())?,
        good: example_files(table, "good", good_file.as_deref())?,
        with: example_files(table, "with", None)?,
        target: target.unwrap_or_default(),
        target_named: target.is_some(),
        now: table.string("now")?.map(|text| text.value),
        expect: table.count("expect")?.unwrap_or(1),
        expect_message: table.string("expect-message")?.map(|text| text.value),
        span: table.span.clone(),
    })
}

/// A text for `file`, or a list of `{file, content}`.
fn example_files(table: &Table<'_, '_>, key: &'static str, file: Option<&str>) -> Result<Vec<ExampleFile>, UserError> {
    let Some(value) = table.get(key) else { return Ok(Vec::new()) };
    if value.get_ref().as_str().is_none() {
        let why = "Each file of an example is { file = \"jcr_root/…\", content = '''…''' }, or has base64 for content.";
        let example_file = |table: &Table<'_, '_>| {
            let content = match (table.string("content")?, table.string("base64")?) {
                (Some(text), None) => text.value.into_bytes(),
                (None, Some(text)) => base64(&text.value)
                    .ok_or_else(|| table.file.error(text.span, "not base64", "cannot be decoded", why))?,
                _ => return Err(table.missing("content", why)),
            };
            Ok(ExampleFile { file: table.required("file", why)?.value, content })
        };
        return table.tables(key)?.iter().map(example_file).collect();
    }
    let text = table.string(key)?.unwrap_or_default();
    let Some(file) = file else {
        return Err(file_missing(table.file, text.span, key));
    };
    Ok(vec![ExampleFile { file: file.to_owned(), content: text.value.into_bytes() }])
}

/// Decodes base64 (RFC 4648, standard alphabet), white space left out.
fn base64(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    data_encoding::BASE64_NOPAD.decode(digits.trim_end_matches('=').as_bytes()).ok()
}

fn file_missing(file: File<'_>, span: Range<usize>, key: &str) -> UserError {
    file.error(
        span,
        format!("`{key}` is a text, but the example has no `file`"),
        "in which file?",
        "Name the file, such as file = \"jcr_root/apps/system/config/a.b.C-1.config\".",
    )
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_vectors_of_rfc_4648() {
        for (text, bytes) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9v\nYmFy", "foobar")] {
            assert_eq!(base64(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(base64("a?"), None);
    }
}
