//! Wraps the values that must not be shown, and notes those that are secrets.
//!
//! Two decisions, of which the first never depends on the second: what is masked, by the name of the property and by
//! everything in the value that may be a secret; and what is reported, which [`judge`] decides.

use super::doc_placeholders;
use super::judgement::{Circumstances, Judgement, judge};
use super::no_secret;
use crate::documents::{OsgiDocument, pids};
use crate::facts::attribute::Confidence;
use crate::facts::value::Value;
use crate::secret::{self, Naming, Run, Secret, Shape, State};
use osgi_config::Scalar;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::collections::HashSet;
use text_spans::{SourceRange, Span};

/// Digits of the shortest number that is masked where the name only suggests a secret.
const MIN_DIGITS: usize = 5;
/// Bytes of the shortest name of a property that may itself hold a secret.
const MIN_SECRET_NAME_BYTES: usize = 16;

/// A property that holds a secret, by its name or by what its value looks like.
#[derive(Clone, Debug)]
pub(crate) struct SecretUse {
    pub(crate) property: String,
    pub(crate) state: State,
    pub(crate) shape: Option<&'static str>,
    /// Whether the value is no secret: a placeholder of documentation, a label, what somebody masked.
    pub(crate) sample: bool,
    pub(crate) confidence: Confidence,
    /// When a token expires, in seconds since 1970: from then on it is no secret.
    pub(crate) expires: Option<i64>,
    /// The form of a readable value, such as `40 characters, hexadecimal`.
    pub(crate) form: Option<String>,
    /// Whether it is a part of the value only.
    pub(crate) is_part: bool,
    pub(crate) mark: SourceRange,
}

/// A property while its values are looked at.
pub(super) struct Named<'n> {
    name: &'n str,
    naming: Naming,
    /// Whether its value is public if it is the id of a client.
    may_be_public: bool,
    mark: SourceRange,
}

/// Finds the secrets among the properties of a configuration or node.
pub(crate) struct SecretFinder {
    /// Whether it is a node rather than a configuration.
    is_node: bool,
    /// Whether it is one of Adobe's own services, where an API key is the public id of the client.
    is_adobe: bool,
    /// Properties that hold secrets.
    pub(crate) uses: Vec<SecretUse>,
    /// The names of those that hold a private key.
    pub(crate) private_keys: HashSet<String>,
    /// Where what must not be shown stands.
    pub(crate) spans: Vec<Span>,
    /// The texts of secrets that are masked wherever else they stand.
    pub(crate) known: Vec<Secret>,
}

/// `apiKey`, `aio.api.key`.
fn is_api_key(name: &str) -> bool {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    letters.to_ascii_lowercase().ends_with("apikey")
}

/// Whether a value is the id of a client of Adobe's: 32 hexadecimal digits, or that of an AEM as a Cloud Service.
fn is_client_id(value: &str) -> bool {
    value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit()) || value.starts_with("cm-p")
}

/// Whether a node is the configuration of one of Adobe's services.
pub(super) fn is_adobe_service(node: &jcr_filevault::Node<'_>) -> bool {
    node.path.contains("/cloudservices/")
        || node.path.contains("/cloudconfigs/")
        || node.properties.iter().any(|property| property.values.iter().any(|value| names_adobe(value)))
}

/// Whether a configuration is that of a client of Adobe's services.
pub(super) fn is_adobe_client(document: &OsgiDocument<'_>) -> bool {
    let texts = |property: &osgi_config::Property<'_>| {
        property.value.items.iter().any(|item| matches!(&item.scalar, Scalar::Text(text) if names_adobe(text)))
    };
    pids::is_known(&document.name) || document.configuration.properties.iter().any(texts)
}

/// Whether a value names a host of Adobe's, an organization or a technical account.
fn names_adobe(value: &str) -> bool {
    value.len() > "adobe.io".len()
        && [".adobe.io", "adobelogin.com", "@AdobeOrg", "techacct.adobe.com"].iter().any(|part| value.contains(part))
}

/// The name of a property as it may be shown: one with a secret in it carries a value.
pub(in crate::facts) fn shown_name(name: &str) -> String {
    if name.len() < MIN_SECRET_NAME_BYTES {
        return name.to_owned();
    }
    let spans = possible_secrets(name);
    secret::masked(name, spans)
}

/// Where something in a text may be a secret, in order, without overlaps.
fn possible_secrets(text: &str) -> Vec<Span> {
    let mut spans: Vec<Span> = secret::shapes(text).into_iter().map(|(span, _)| span).collect();
    if secret::may_hold_one(text) {
        spans.extend(secret::possible_secrets(text).into_iter().map(|(span, _)| span));
    }
    if secret::has_keyword(text) {
        spans.extend(secret::assignments(text).into_iter().map(|assignment| assignment.value));
    }
    secret::merged(spans)
}

impl SecretFinder {
    pub(super) fn new(is_node: bool, is_adobe: bool) -> Self {
        Self { is_node, is_adobe, uses: Vec::new(), private_keys: HashSet::new(), spans: Vec::new(), known: Vec::new() }
    }

    /// The property of that name, whose values are looked at next.
    pub(super) fn named<'n>(&self, name: &'n str, mark: SourceRange) -> Named<'n> {
        let naming = secret::naming(name);
        let may_be_public = naming == Naming::Key && self.is_adobe && is_api_key(name);
        Named { name, naming, may_be_public, mark }
    }

    /// One text value: wrapped if it is a secret, by the property's name or by what stands in it.
    pub(super) fn text(&mut self, named: &Named<'_>, text: &str, span: Span) -> Value {
        if named.may_be_public && is_client_id(text) {
            return Value::Text(text.to_owned());
        }
        let shapes = secret::shapes(text);
        if named.naming == Naming::Open {
            return self.text_of_open_name(named, text, span, &shapes);
        }
        let state = secret::state(text);
        if matches!(state, State::Blank | State::Placeholder) {
            if named.naming >= Naming::Token {
                self.note(named, state, None, false, Confidence::High, None);
            }
            return Value::Text(text.to_owned());
        }
        if matches!(text, "true" | "false") {
            return Value::Text(text.to_owned());
        }
        if state == State::Plain {
            self.judge_named(named, text, &shapes);
            if doc_placeholders::is_sample_secret(text) {
                return Value::Text(text.to_owned());
            }
            self.keep(text);
        } else if named.naming >= Naming::Token {
            self.note(named, state, None, false, Confidence::High, None);
        }
        self.spans.push(span);
        Value::Secret(Secret::new(text))
    }

    /// The value of a property whose name says nothing: masked where something in it may be a secret.
    fn text_of_open_name(&mut self, named: &Named<'_>, text: &str, span: Span, shapes: &[(Span, Shape)]) -> Value {
        let has_keyword = secret::has_keyword(text);
        let may_hold_one = secret::may_hold_one(text);
        let is_escaped = memchr::memchr(b'%', text.as_bytes()).is_some() && hides_secret(text);
        if shapes.is_empty() && !has_keyword && !may_hold_one && !is_escaped {
            return Value::Text(text.to_owned());
        }
        let assignments = if has_keyword { secret::assignments(text) } else { Vec::new() };
        let runs = if may_hold_one { secret::possible_secrets(text) } else { Vec::new() };
        let runs: Vec<(Span, Run)> =
            runs.into_iter().filter(|&(_, run)| run != Run::Long || !is_identifier(named.name, text)).collect();
        if shapes.is_empty() && assignments.is_empty() && runs.is_empty() && !is_escaped {
            return Value::Text(text.to_owned());
        }
        let noted = self.uses.len();
        for &(at, shape) in shapes {
            let value = text.get(at.range()).unwrap_or_default();
            // What stands before a token says whether it is a public one.
            let judged = if shape == Shape::Jwt { text } else { value };
            self.judge_part(named, judged, value, Some(shape), Naming::Open);
        }
        for assignment in &assignments {
            let value = text.get(assignment.value.range()).unwrap_or_default();
            let name = text.get(assignment.name.range()).unwrap_or_default();
            // Of a node with a URL every value is looked at; of others only what the quick look at their tags searches for.
            let is_searched = !self.is_node || secret::is_searched_within(name) || text.contains("://");
            if assignment.is_strict && is_searched {
                let value = first_of(value);
                self.judge_part(named, value, value, None, assignment.naming);
            }
            self.keep(first_of(value));
        }
        for &(at, run) in &runs {
            let value = text.get(at.range()).unwrap_or_default();
            self.judge_run(named, text, value, run);
            self.keep(value);
        }
        let all = shapes.iter().map(|(span, _)| *span).chain(assignments.iter().map(|assignment| assignment.value));
        let all = secret::merged(all.chain(runs.iter().map(|(span, _)| *span)).collect());
        let is_literal = span.len() == text.len();
        if shapes.is_empty() && assignments.is_empty() && is_literal && !is_escaped {
            let at = span.start;
            self.spans.extend(all.iter().map(|part| Span { start: at + part.start, end: at + part.end }));
        } else {
            self.spans.push(span);
        }
        let covered: usize = all.iter().map(|span| span.len()).sum();
        let is_whole = covered >= text.trim().len();
        self.uses.iter_mut().skip(noted).for_each(|secret| secret.is_part = !is_whole);
        if is_escaped || !shapes.is_empty() && is_whole {
            return Value::Secret(Secret::new(text));
        }
        // Something beside the secret may matter to rules: the host of a URL that holds a password.
        Value::Text(secret::masked(text, all))
    }

    /// A number: wrapped if the name says that it is a secret, or suggests it and the number is a long one.
    pub(super) fn number(&mut self, named: &Named<'_>, text: &str, span: Span, number: Value) -> Value {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let is_open = named.naming == Naming::Open || named.naming <= Naming::AnyKey && digits < MIN_DIGITS;
        if is_open {
            return number;
        }
        self.judge_named(named, text, &[]);
        self.keep(text);
        self.spans.push(span);
        Value::Secret(Secret::new(text))
    }

    /// Judges the whole value of a property whose name says something.
    fn judge_named(&mut self, named: &Named<'_>, text: &str, shapes: &[(Span, Shape)]) {
        let shape = shapes.first().map(|&(_, shape)| shape);
        let (judgement, form) = (self.judgement(named.name, text, shape, named.naming, false), secret::form_of(text));
        match judgement {
            Judgement::Secret(confidence) => {
                self.note(named, State::Plain, shape, false, confidence, Some(form));
                self.note_expiry(shape, text);
            }
            Judgement::NoSecret => self.note(named, State::Plain, shape, true, Confidence::High, Some(form)),
            Judgement::Unknown => {
                let runs = if secret::may_hold_one(text) { secret::possible_secrets(text) } else { Vec::new() };
                for (at, run) in runs {
                    let value = text.get(at.range()).unwrap_or_default();
                    self.judge_run(named, text, value, run);
                }
                self.judge_named_within(named, text);
            }
        }
    }

    /// Judges what stands under a name of its own in the value of a property whose name says something, such as the password
    /// in a connection string.
    fn judge_named_within(&mut self, named: &Named<'_>, text: &str) {
        let noted = self.uses.len();
        let assignments = if secret::has_keyword(text) { secret::assignments(text) } else { Vec::new() };
        for assignment in assignments.iter().filter(|assignment| assignment.is_strict) {
            let value = first_of(text.get(assignment.value.range()).unwrap_or_default());
            self.judge_part(named, value, value, None, assignment.naming);
        }
        self.uses.iter_mut().skip(noted).for_each(|secret| secret.is_part = true);
    }

    /// Judges a part of the value of a property whose name says nothing.
    fn judge_part(&mut self, named: &Named<'_>, judged: &str, value: &str, shape: Option<Shape>, naming: Naming) {
        if shape.is_none() && secret::state(value) != State::Plain {
            return;
        }
        let form = secret::form_of(value);
        match self.judgement(named.name, judged, shape, naming, shape.is_none()) {
            Judgement::Secret(confidence) => {
                self.keep(value);
                self.note(named, State::Plain, shape, false, confidence, Some(form));
                self.note_expiry(shape, judged);
            }
            Judgement::NoSecret if shape.is_some() => {
                self.note(named, State::Plain, shape, true, Confidence::High, Some(form));
            }
            Judgement::NoSecret | Judgement::Unknown => {}
        }
    }

    /// Judges what has the form of credentials. In a node only where something says that they are for an authorization:
    /// the prefilter searches for that word.
    fn judge_run(&mut self, named: &Named<'_>, text: &str, value: &str, run: Run) {
        let mentions = secret::mentions_authorization;
        let is_searched = !self.is_node || named.naming >= Naming::Key || mentions(named.name) || mentions(text);
        let confidence = match run {
            Run::Basic => Confidence::High,
            Run::Bearer | Run::Signature => Confidence::Medium,
            Run::UserInfo if secret::is_generated(value) => Confidence::Medium,
            Run::UserInfo | Run::Long => return,
        };
        if is_searched {
            self.note(named, State::Plain, None, false, confidence, Some(secret::form_of(value)));
        }
    }

    fn judgement(&self, name: &str, value: &str, shape: Option<Shape>, naming: Naming, is_within: bool) -> Judgement {
        judge(value, shape, &Circumstances { name, naming, is_node: self.is_node, is_within })
    }

    fn note(
        &mut self,
        named: &Named<'_>,
        state: State,
        shape: Option<Shape>,
        sample: bool,
        confidence: Confidence,
        form: Option<String>,
    ) {
        if matches!(shape, Some(Shape::PrivateKey | Shape::EncryptedPrivateKey)) {
            self.private_keys.insert(named.name.to_owned());
        }
        self.uses.push(SecretUse {
            property: named.name.to_owned(),
            state,
            shape: shape.map(Shape::name),
            sample,
            confidence,
            form,
            is_part: false,
            expires: None,
            mark: named.mark,
        });
    }

    /// Notes of the last secret when it expires, if it is a token.
    fn note_expiry(&mut self, shape: Option<Shape>, value: &str) {
        if shape == Some(Shape::Jwt)
            && let Some(last) = self.uses.last_mut()
        {
            last.expires = no_secret::expiry_of_token(value);
        }
    }

    /// Keeps a text that is masked wherever else it stands.
    fn keep(&mut self, text: &str) {
        let text = text.trim();
        if secret::is_searched(text) {
            self.known.push(Secret::new(text));
        }
    }
}

/// Whether hexadecimal digits in the value of a property of this name identify something.
fn is_identifier(name: &str, text: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_hexadecimal = |word: &str| word.bytes().all(|byte| byte.is_ascii_hexdigit());
    ["id", "uuid", "guid", "hash", "sha1", "sha256", "md5", "digest", "checksum", "etag", "fingerprint", "revision"]
        .iter()
        .any(|end| name.ends_with(end))
        && text.split(|c: char| !c.is_ascii_alphanumeric()).all(is_hexadecimal)
        // An API key of Adobe is the id of a client.
        || name.ends_with("key") && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a text names a secret only after its percent signs are decoded.
fn hides_secret(text: &str) -> bool {
    match percent_decode_str(text).decode_utf8_lossy() {
        Cow::Borrowed(_) => false,
        Cow::Owned(decoded) => {
            secret::assignments(&decoded).len() > secret::assignments(text).len()
                || secret::shapes(&decoded).len() > secret::shapes(text).len()
        }
    }
}

/// The value at the beginning of what follows a name: up to what separates it from the next.
fn first_of(value: &str) -> &str {
    let ends = |c: char| matches!(c, ';' | '&' | ',' | '"' | '\'' | '<' | '>' | ')' | '}' | ']') || c.is_whitespace();
    value.trim_start_matches(['"', '\'', '\\']).split(ends).next().unwrap_or_default().trim_end_matches('\\')
}
