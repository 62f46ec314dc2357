//! Configurations inside other JSON: the members of `configurations` in a Sling feature model, and those of the resources
//! that a bundle gives to the OSGi Configurator.

use super::OsgiDocument;
use super::pids::is_known as is_integration_name;
use memchr::memmem::Finder;
use osgi_config::{Configuration, FileFormat, Target, cfg_json, pid};
use std::sync::LazyLock;
use text_spans::Span;

/// What every feature model holds that has configurations. Made once, since all JSON files are asked for it.
static CONFIGURATIONS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"configurations\""));

/// Whether a JSON file can be a feature model with configurations.
pub(super) fn mentions_configurations(bytes: &[u8]) -> bool {
    CONFIGURATIONS.find(bytes).is_some()
}

/// The configurations of Adobe integrations in a feature model; `None` if there is none.
///
/// Each member of a feature model's `configurations` is written like a `.cfg.json` file, so its reader is used on it.
pub(super) fn feature_model(text: &str, target: Target) -> Option<Vec<OsgiDocument<'static>>> {
    if !mentions_configurations(text.as_bytes()) {
        return None;
    }
    configurations(text, target, is_integration_name)
}

/// The folder in a bundle whose JSON files the OSGi Configurator reads.
const CONFIGURATOR_FOLDER: &str = "OSGI-INF/configurator/";

/// Whether a file of this path is one that the OSGi Configurator reads, if it lies in a bundle that asks for it.
pub(crate) fn is_configurator_resource(name: &str) -> bool {
    name.strip_prefix(CONFIGURATOR_FOLDER).is_some_and(|below| !below.contains('/'))
}

/// The configurations of a resource of the OSGi Configurator; `None` if there is none.
pub(super) fn configurator_resource(text: &str, target: Target) -> Option<Vec<OsgiDocument<'static>>> {
    configurations(text, target, |name| name.contains('.') && !name.starts_with(':'))
}

/// The objects in a text whose names are PIDs, as `is_pid` says.
fn configurations(text: &str, target: Target, is_pid: fn(&str) -> bool) -> Option<Vec<OsgiDocument<'static>>> {
    let found: Vec<OsgiDocument<'static>> = members(text)
        .into_iter()
        .filter(|(name, _)| is_pid(name))
        .map(|(name, object)| {
            let configuration = shifted(cfg_json::read(text.get(object.range()).unwrap_or_default()), object.start);
            let pid = pid::pid(&name, target);
            OsgiDocument {
                name: name.into(),
                path: None,
                format: FileFormat::CfgJson.into(),
                pid,
                span: Some(object),
                configuration,
            }
        })
        .collect();
    (!found.is_empty()).then_some(found)
}

/// Every member of any object whose value is an object: its name, and where the value stands. Names with escapes are
/// left out: a PID needs none. Goes over the text once and keeps one entry for each open brace.
fn members(text: &str) -> Vec<(String, Span)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut open: Vec<(usize, Option<String>)> = Vec::new();
    let mut last_string: Option<String> = None;
    let mut name: Option<String> = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let end = end_of_string(bytes, at + 1);
                last_string = text.get(at + 1..end).filter(|string| !string.contains('\\')).map(str::to_owned);
                at = end;
            }
            b':' => name = last_string.take(),
            b'{' => open.push((at, name.take())),
            b'}' => {
                if let Some((start, Some(name))) = open.pop() {
                    found.push((name, Span::new(start, at + 1)));
                }
                name = None;
            }
            b',' | b'[' | b']' => name = None,
            _ => {}
        }
        at += 1;
    }
    found
}

fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(step) = memchr::memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()) {
        at += step;
        if bytes.get(at) == Some(&b'"') {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

/// The configuration with all spans moved, since its text is a part of a larger one.
fn shifted(mut configuration: Configuration<'static>, by: u32) -> Configuration<'static> {
    let shift = |span: &mut Span| {
        span.start = span.start.saturating_add(by);
        span.end = span.end.saturating_add(by);
    };
    for property in &mut configuration.properties {
        shift(&mut property.key_span);
        shift(&mut property.value_span);
        property.value.items.iter_mut().for_each(|item| shift(&mut item.span));
    }
    configuration.dropped.iter_mut().for_each(|dropped| shift(&mut dropped.span));
    configuration.error.iter_mut().for_each(|error| shift(&mut error.span));
    configuration
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_integrations_in_a_feature_model() {
        let text = r#"{"id":"a:b:1","configurations":{"com.foo.Bar":{"a":{"b":"}"}},
          "com.adobe.granite.auth.oauth.accesstoken.provider~x":{"auth.token.provider.scope":"openid"}}}"#;
        let found = feature_model(text, Target::Aem65).unwrap();
        assert_eq!(found.len(), 1);
        let property = &found[0].configuration.properties[0];
        assert_eq!(&text[property.key_span.range()], "auth.token.provider.scope");
        assert_eq!(found[0].pid.name.as_deref(), Some("x"));
    }

    #[test]
    fn odd_json() {
        for text in ["", "{", "}}}}", "\"configurations\"", "\"configurations\":{\"a\":{", "\"\\\"configurations\""] {
            assert!(feature_model(text, Target::Aem65).is_none(), "{text}");
        }
    }
}
