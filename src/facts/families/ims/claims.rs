//! The default claims of an IMS configuration: each element is the text of one member of a JSON object.

use crate::facts::Value;
use std::collections::BTreeMap;

/// Reads the claims. An element that is no JSON member is split at its first colon, so that nothing is lost.
pub(crate) fn parse<'e>(elements: impl IntoIterator<Item = &'e str>) -> BTreeMap<String, Value> {
    let mut claims = BTreeMap::new();
    for element in elements {
        match object(element) {
            Some(members) => claims.extend(members.into_iter().map(|(name, value)| (name, plain(value)))),
            None => claims.extend(lenient(element)),
        }
    }
    claims
}

/// An element as a JSON object: it is one, or members of one.
fn object(element: &str) -> Option<serde_json::Map<String, serde_json::Value>> {
    let element = element.trim().trim_end_matches(',');
    serde_json::from_str(element).or_else(|_| serde_json::from_str(&format!("{{{element}}}"))).ok()
}

fn lenient(element: &str) -> Option<(String, Value)> {
    let bare =
        |text: &str| text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '\\')).to_owned();
    // A claim name may itself be a URL.
    let colon = match element.rfind("\":").map(|at| at + 1) {
        Some(at) => at,
        None => element.match_indices(':').map(|(at, _)| at).find(|&at| !element[at..].starts_with("://"))?,
    };
    let (name, value) = element.split_at(colon);
    Some((bare(name), Value::Text(bare(value.get(1..).unwrap_or_default()))))
}

fn plain(value: serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(value),
        serde_json::Value::String(value) => Value::Text(value),
        serde_json::Value::Number(number) => {
            number.as_i64().map(Value::Int).or_else(|| number.as_f64().map(Value::Double)).unwrap_or(Value::Null)
        }
        other => Value::Text(other.to_string()),
    }
}

/// The metascopes that claims ask for: the last segment of claim names such as
/// `https://ims-na1.adobelogin.com/s/ent_stocksearch_sdk`.
pub(crate) fn metascopes<'c>(claims: impl IntoIterator<Item = &'c str>) -> Vec<&'c str> {
    claims
        .into_iter()
        .filter_map(|claim| claim.split_once("/s/"))
        .map(|(_, scope)| scope.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or_default())
        .filter(|scope| scope.starts_with("ent_") || *scope == "event_receiver_api")
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(claims: &BTreeMap<String, Value>, name: &str) -> Option<String> {
        claims.get(name).and_then(Value::as_text).map(str::to_owned)
    }

    #[test]
    fn members_as_adobe_documents_them() {
        let claims =
            parse(["\"iss\" : \"X@AdobeOrg\"", "\"https://ims-na1.adobelogin.com/s/ent_stocksearch_sdk\": true"]);
        assert_eq!(text(&claims, "iss").as_deref(), Some("X@AdobeOrg"));
        assert_eq!(metascopes(claims.keys().map(String::as_str)), ["ent_stocksearch_sdk"]);
    }

    #[test]
    fn whole_objects_and_several_members_in_one_element() {
        let claims = parse(["{\"iss\":\"X\",\"exp\":1}", "\"aud\":\"https://h/c/1\",\"sub\":\"a\","]);
        assert_eq!(claims.len(), 4);
        assert_eq!(claims.get("exp"), Some(&Value::Int(1)));
    }

    #[test]
    fn broken_members_are_not_lost() {
        assert_eq!(text(&parse(["iss: X@AdobeOrg"]), "iss").as_deref(), Some("X@AdobeOrg"));
        assert_eq!(text(&parse(["\"iss\": \"X@AdobeOrg"]), "iss").as_deref(), Some("X@AdobeOrg"));
        let claims = parse(["https://h/s/ent_x_sdk: true"]);
        assert_eq!(text(&claims, "https://h/s/ent_x_sdk").as_deref(), Some("true"));
        assert!(parse(["nothing", "", "://"]).is_empty());
    }
}
