//! Repairs files of which readers lose or reject something, where only one reading of what is written is possible.
//!
//! Nothing is removed but byte order marks and commas too many: the rest is escapes and quotes that are missing. The result is
//! read by every reader of the format, and what was not certain is left alone.

mod config_lines;
mod encrypted_values;

use crate::change::EditError;
use crate::replacement::{self, Replacement};
use crate::wrong_bytes::Decoded;
use osgi_config::reading::read_config;
use osgi_config::{Configuration, FileFormat, Target, format_of};

const MARK: char = '\u{FEFF}';

/// Repairs the file `name` with the content `bytes`: in `.config` files unescaped `=` and `"` within values, values without quotes
/// and white space around `=`, which the older handler does not know; in `.cfg.json` files commas too many; in docview files
/// encrypted values that are taken for a type; and in all but the last a byte order mark that the reader does not know.
///
/// # Errors
/// [`EditError::Unclear`] if something else is wrong, or more than one reading is possible; then nothing is changed.
pub fn repair(name: &str, bytes: &[u8]) -> Result<Vec<u8>, EditError> {
    match format_of(name) {
        Some(FileFormat::Config) => of_utf_8(bytes, config),
        Some(FileFormat::CfgJson) => of_utf_8(bytes, json),
        Some(FileFormat::Cfg | FileFormat::Properties) => properties(bytes).ok_or(EditError::Unclear),
        None if name.to_ascii_lowercase().ends_with(".xml") => encrypted_values::escape(bytes),
        None => Err(EditError::NoEditor),
    }
}

fn of_utf_8(bytes: &[u8], repair: fn(&str) -> Option<String>) -> Result<Vec<u8>, EditError> {
    let decoded = Decoded::of(bytes);
    // Which wrong byte is where cannot be told after edits at several places.
    let text = if matches!(decoded.text, std::borrow::Cow::Borrowed(_)) {
        &decoded.text
    } else {
        return Err(EditError::Encoding);
    };
    repair(text).filter(|repaired| repaired != text).map(String::into_bytes).ok_or(EditError::Unclear)
}

/// Whether a reader took all of a text.
fn is_whole(configuration: &Configuration<'_>) -> bool {
    configuration.error.is_none() && configuration.dropped.is_empty()
}

/// Repairs a `.config` text, as little as the two handlers need.
fn config(text: &str) -> Option<String> {
    let text = text.trim_start_matches(MARK);
    let repaired = |keeps_blanks| {
        let (repaired, keys) = config_lines::repaired(text, keeps_blanks)?;
        let is_right = |target| {
            let configuration = read_config(&repaired, target);
            is_whole(&configuration)
                && configuration.properties.iter().map(|property| &*property.key).eq(keys.iter().map(String::as_str))
        };
        (is_right(Target::Cloud) && is_right(Target::Aem65)).then_some(repaired)
    };
    repaired(true).or_else(|| repaired(false))
}

/// Repairs a `.cfg.json` text.
fn json(text: &str) -> Option<String> {
    let text = text.trim_start_matches(MARK);
    let commas = commas_too_many(text).into_iter().map(|at| Replacement::remove(at, at + 1)).collect();
    let repaired = replacement::apply(text, commas)?;
    is_whole(&osgi_config::cfg_json::read(&repaired)).then_some(repaired)
}

/// The commas behind which an object or list ends.
fn commas_too_many(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut last_comma = None;
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        match (c, rest.peek().map(|(_, next)| *next)) {
            ('"', _) => {
                while let Some((_, c)) = rest.next() {
                    match c {
                        '\\' => drop(rest.next()),
                        '"' => break,
                        _ => {}
                    }
                }
                last_comma = None;
            }
            ('/', Some('/')) => while rest.next_if(|(_, c)| *c != '\n').is_some() {},
            ('/', Some('*')) => {
                rest.next();
                let mut star = false;
                for (_, c) in rest.by_ref() {
                    if star && c == '/' {
                        break;
                    }
                    star = c == '*';
                }
            }
            (',', _) => last_comma = Some(at),
            ('}' | ']', _) => found.extend(last_comma.take()),
            (c, _) if c.is_whitespace() => {}
            _ => last_comma = None,
        }
    }
    found
}

/// Repairs a file in the line format, of which a byte order mark is taken for a part of the first key.
fn properties(bytes: &[u8]) -> Option<Vec<u8>> {
    let repaired = bytes.strip_prefix("\u{FEFF}".as_bytes())?;
    let text = osgi_config::properties::decode(repaired);
    is_whole(&osgi_config::properties::read(&text)).then(|| repaired.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(name: &str, text: &str) -> Result<String, EditError> {
        repair(name, text.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn values_of_config_files_are_escaped_and_quoted() {
        let config = |text: &str| repaired("a.config", text).ok();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(config("a=\"x=\"\r\nb=\"2\""), some("a=\"x\\=\"\r\nb=\"2\""));
        assert_eq!(config("# c\na=\"x\\=y=z\"\n"), some("# c\na=\"x\\=y\\=z\"\n"));
        assert_eq!(config("a=T\"say \"yes\"\" \nb=\"2\"\n"), some("a=T\"say \\\"yes\\\"\" \nb=\"2\"\n"));
        assert_eq!(config("a=plain text\nb=I\"2\"\n"), some("a=\"plain text\"\nb=I\"2\"\n"));
        assert_eq!(config("a=\"1\"\nb=abc==\n"), some("a=\"1\"\nb=\"abc\\=\\=\"\n"));
        assert_eq!(config("a=[\"x=1\",\"y\"]\nb=(\"z=\")\n"), some("a=[\"x\\=1\",\"y\"]\nb=(\"z\\=\")\n"));
        assert_eq!(
            config("a=[ \\\n  \"x=1\", \\\n  \"y\", \\\n  ]\n"),
            some("a=[ \\\n  \"x\\=1\", \\\n  \"y\", \\\n  ]\n")
        );
        assert_eq!(config("k=\"BEGIN\nabc==\nEND\"\nb=\"2\"\n"), some("k=\"BEGIN\nabc\\=\\=\nEND\"\nb=\"2\"\n"));
        // The older handler takes no blank before `=`.
        assert_eq!(config("a = \"x\"\nb=\"y\"\n"), some("a=\"x\"\nb=\"y\"\n"));
        assert_eq!(config("\u{FEFF}a=\"1\"\n"), some("a=\"1\"\n"));
    }

    #[test]
    fn what_has_more_than_one_reading_is_left_alone() {
        for text in [
            "a=\"1\"\n",
            "a=\"x\" b=\"y=\"\n",
            "a=\"x\", \"y=\"\n",
            "a=\"x=\" # \"y\"\n",
            "a=\"x=\nb=\"2\"\n",
            "a=1 b=2\n",
            "a=[\"x\"y=\"]\n",
            "a=\"1\"\n)\nb=\"x=\"\n",
            "a=\"x=\"\na=\"2\"\n",
            "a=I\"x=\"\n",
        ] {
            assert_eq!(repaired("a.config", text), Err(EditError::Unclear), "{text}");
        }
        assert_eq!(repair("a.config", b"a=\"\xff=\"\n"), Err(EditError::Encoding));
        assert_eq!(repaired("a.txt", "a"), Err(EditError::NoEditor));
    }

    #[test]
    fn commas_and_byte_order_marks_go() {
        let text = "\u{FEFF}{\n  // \",}\n  \"a\": [\"x,]\", ], /* } */\n  \"b\": true, // c\n}\n";
        let expected = "{\n  // \",}\n  \"a\": [\"x,]\" ], /* } */\n  \"b\": true // c\n}\n";
        assert_eq!(repaired("a.cfg.json", text).as_deref(), Ok(expected));
        assert_eq!(repaired("a.cfg.json", "{\"a\": 1, \"A\": 2}"), Err(EditError::Unclear));
        assert_eq!(repaired("a.cfg.json", "{\"a\": 1}"), Err(EditError::Unclear));
        assert_eq!(repaired("a.cfg", "\u{FEFF}a=1\n").as_deref(), Ok("a=1\n"));
        assert_eq!(repaired("a.cfg", "a=1\n"), Err(EditError::Unclear));
    }
}
