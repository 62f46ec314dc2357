//! Facts from a text that no reader could parse: what nothing else than an integration's value looks like.

use crate::documents::raw;
use crate::facts::attribute::{Attribute, Confidence, OwnProperties, TextList};
use crate::facts::fact::FactData;
use crate::facts::families::endpoints::Endpoint;
use crate::facts::families::ims::{self, claims};
use crate::facts::families::jwt::JwtIntegration;
use crate::facts::families::secrets::{Secret, moment};
use crate::facts::source::{no_secret, urls};
use crate::secret::{self, Shape};
use crate::signals::jwt::TECHNICAL_ACCOUNT;
use text_spans::{SourceRange, Span};

/// Whether a technical account is named, in any case. The text may be as large as a text can be: no copy is made of it.
fn names_technical_account(text: &str) -> bool {
    const HOST: &[u8] = TECHNICAL_ACCOUNT.as_bytes();
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'@', bytes)
        .any(|at| bytes.get(at..at + HOST.len()).is_some_and(|found| found.eq_ignore_ascii_case(HOST)))
}

/// Searches a text. Everything found has low confidence. Returns the facts, of endpoints and of secrets not many more than
/// `most` each, and where secrets stand, all of them.
pub(super) fn search(text: &str, most: usize, mark: impl Fn(Span) -> SourceRange) -> (Vec<FactData>, Vec<Span>) {
    let decoded = raw::decode(text);
    let mut facts: Vec<FactData> = Vec::new();
    let mut exchange = None;
    // One more than is kept, so that the rest is noticed.
    for url in urls::find_all(&decoded.text).filter(urls::Found::is_adobe).take(most + 1) {
        let at = mark(decoded.span(url.start..url.end));
        if url.is_jwt_exchange() {
            exchange.get_or_insert(at);
        }
        facts.push(Endpoint { confidence: Confidence::Low, ..Endpoint::of_url(&url, Some(at)) }.into());
    }
    let shapes = secret::shapes(&decoded.text);
    let secrets: Vec<(Span, Shape)> = shapes.iter().map(|(span, shape)| (decoded.span(span.range()), *shape)).collect();
    let mut made = 0;
    for (&(at, shape), &(span, _)) in shapes.iter().zip(&secrets) {
        // One more than is kept here, too.
        if made > most {
            break;
        }
        // With what stands before a token, which says whether it is a public one.
        let from = (at.start as usize).saturating_sub(3);
        let value =
            decoded.text.get(from..at.end as usize).or_else(|| decoded.text.get(at.range())).unwrap_or_default();
        let is_none = match shape {
            Shape::PrivateKey | Shape::EncryptedPrivateKey => secret::is_placeholder_key(value),
            Shape::Jwt => no_secret::is_public_token(value),
            Shape::ClientSecret | Shape::UrlPassword => false,
        };
        if !is_none {
            let expires = if shape == Shape::Jwt { no_secret::expiry_of_token(value) } else { None };
            let expires = expires.map(|end| moment(end).to_string());
            let fact = Secret::of_shape(shape.name(), mark(span), Confidence::Low);
            facts.push(Secret { expires, ..fact }.into());
            made += 1;
        }
    }
    let key = secrets
        .iter()
        .find(|(_, shape)| matches!(shape, Shape::PrivateKey | Shape::EncryptedPrivateKey))
        .map(|(span, _)| mark(*span));
    let account = names_technical_account(&decoded.text);
    if let Some(at) = exchange.or(key.filter(|_| account)) {
        let words = decoded.text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')));
        let metascopes: Vec<&str> = words.clone().filter(|word| word.starts_with("ent_")).collect();
        let claimed = claims::metascopes([decoded.text.as_str()]);
        let metascopes: Vec<&str> = metascopes.into_iter().chain(claimed).collect();
        let client = words.into_iter().find(|word| ims::is_service_credential(Some(word), &[]));
        facts.push(
            JwtIntegration {
                product: "text that could not be parsed",
                undecided: false,
                split: false,
                by_names: false,
                deprecated: !ims::is_service_credential(client, &metascopes),
                evidence: Attribute { value: None, mark: Some(at) },
                samples: TextList::default().into(),
                confidence: Confidence::Low,
                properties: OwnProperties,
            }
            .into(),
        );
    }
    (facts, secrets.into_iter().map(|(span, _)| span).collect())
}
