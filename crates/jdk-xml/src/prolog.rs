//! What may stand in front of a document's root element and between its parts: the XML declaration, processing
//! instructions, comments. They hold nothing that is wanted; what counts is whether a JDK takes them.

use crate::attributes::{end_of_name, is_qualified_name, skip_space};
use crate::report::Report;
use text_spans::Span;

/// Notes what is wrong with the XML declaration that begins at `start`, if one does.
pub(crate) fn check_declaration(text: &str, start: usize, report: &mut Report) {
    let Some(inside) = text.get(start..).and_then(|rest| rest.strip_prefix("<?")) else { return };
    let Some(len) = memchr::memmem::find(inside.as_bytes(), b"?>") else { return };
    let Some(inside) = inside.get(..len).filter(|inside| is_declaration(inside)) else { return };
    match pseudo_attributes(inside.get("xml".len()..).unwrap_or_default()) {
        Ok(version) => report.is_xml_1_1 = version == "1.1",
        Err(reason) => report.fail(Span::new(start, start + len + "<??>".len()), reason),
    }
}

/// Whether a processing instruction is an XML declaration: `xml-stylesheet` is none.
pub(crate) fn is_declaration(inside: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | ':');
    inside.strip_prefix("xml").is_some_and(|rest| !rest.starts_with(goes_on))
}

/// The version, if the inside of an XML declaration is right.
fn pseudo_attributes(inside: &str) -> Result<&str, &'static str> {
    let mut rest = inside;
    let mut version = None;
    let mut last = 0;
    loop {
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        if trimmed.is_empty() {
            break;
        }
        if trimmed.len() == rest.len() {
            return Err("white space is missing in the XML declaration");
        }
        let (name, value, after) = pseudo_attribute(trimmed).ok_or("the XML declaration is not written as one")?;
        // Each once, in this order.
        let order = match name {
            "version" if matches!(value, "1.0" | "1.1") => 1,
            "version" => return Err("the version in the XML declaration is neither 1.0 nor 1.1"),
            "encoding" if is_encoding_name(value) => 2,
            "encoding" => return Err("the encoding in the XML declaration is no name of one"),
            "standalone" if matches!(value, "yes" | "no") => 3,
            "standalone" => return Err("`standalone` in the XML declaration is neither yes nor no"),
            _ => return Err("the XML declaration has something other than version, encoding and standalone"),
        };
        if order <= last {
            return Err("the XML declaration must have version, encoding and standalone in this order");
        }
        last = order;
        if order == 1 {
            version = Some(value);
        }
        rest = after;
    }
    version.ok_or("the XML declaration has no version")
}

/// `name = "value"` at the start of a text, and what follows.
fn pseudo_attribute(text: &str) -> Option<(&str, &str, &str)> {
    const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];
    let end = text.find(|c: char| !c.is_ascii_alphabetic())?;
    let (name, rest) = text.split_at_checked(end)?;
    let rest = rest.trim_start_matches(SPACE).strip_prefix('=')?.trim_start_matches(SPACE);
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, after) = rest.get(1..)?.split_once(quote)?;
    Some((name, value, after))
}

/// Whether a text has the form of the name of an encoding.
fn is_encoding_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

/// Notes what is wrong with a processing instruction, whose `inside` stands without `<?` and `?>` at `span`.
pub(crate) fn check_instruction(inside: &str, span: Span, report: &mut Report) {
    let bytes = inside.as_bytes();
    let end = end_of_name(bytes, 0);
    let target = bytes.get(..end).unwrap_or_default();
    if target.eq_ignore_ascii_case(b"xml") {
        report.fail(span, "an XML declaration that is not at the start");
    } else if !is_qualified_name(target) || target.contains(&b':') {
        report.fail(span, "a processing instruction without a name");
    } else if end < bytes.len() && skip_space(bytes, end) == end {
        report.fail(span, "white space is missing behind the name of a processing instruction");
    }
}

/// Notes what is wrong with a comment, whose `inside` stands without `<!--` and `-->` at `span`.
pub(crate) fn check_comment(inside: &str, span: Span, report: &mut Report) {
    if inside.ends_with('-') || memchr::memmem::find(inside.as_bytes(), b"--").is_some() {
        report.fail(span, "`--` in a comment");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_is_one_or_is_refused() {
        let version = |inside: &str| pseudo_attributes(inside).ok().map(str::to_owned);
        for right in [
            " version=\"1.0\"",
            " version='1.0' ",
            "\n version = '1.0'\tencoding=\"UTF-8\" standalone='no'",
            " version='1.0' standalone='yes'",
        ] {
            assert_eq!(version(right).as_deref(), Some("1.0"), "{right}");
        }
        assert_eq!(version(" version='1.1'").as_deref(), Some("1.1"));
        for wrong in [
            "",
            " encoding='UTF-8'",
            " version='1.2'",
            " version='1.0'encoding='UTF-8'",
            " version='1.0' encoding='UT/F-8'",
            " version='1.0' encoding=''",
            " encoding='UTF-8' version='1.0'",
            " version='1.0' standalone='maybe'",
            " version='1.0' version='1.0'",
            " version='1.0' eng='UTF-8'",
            " version='1.0\"",
            " version=1.0",
            "version='1.0'",
            " ]]>version='1.0'",
        ] {
            assert_eq!(version(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn instructions_and_comments_have_rules_too() {
        let wrong = |check: fn(&str, Span, &mut Report), inside: &str| {
            let mut report = Report::default();
            check(inside, Span::default(), &mut report);
            report.error.is_some()
        };
        for right in ["p", "p x?", "xml-stylesheet href='a'", "p\n"] {
            assert!(!wrong(check_instruction, right), "{right}");
        }
        for bad in ["", "xml", "XML version='1.0'", "xm&lt;l", " p", "1p", "p:q"] {
            assert!(wrong(check_instruction, bad), "{bad}");
        }
        assert!(!wrong(check_comment, " a - b ") && !wrong(check_comment, ""));
        assert!(wrong(check_comment, " a -- b ") && wrong(check_comment, "-"));
    }
}
