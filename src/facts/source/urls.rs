//! Finds URLs in property values and compares them as servers would: host in lower case, percent-decoded, without a
//! final dot; user information and default ports left out; paths decoded.

use crate::signals::brand_portal::{FIRST_GATEWAY, TENANTS};
use crate::signals::ims::JWT_EXCHANGE;
use crate::signals::{self, SignalKind};
use osgi_config::placeholders::{self, PlaceholderDefault};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use url::Url;

const DOMAIN: [SignalKind; 1] = [SignalKind::Domain];
const HOST: [SignalKind; 1] = [SignalKind::Host];

/// Domains of Adobe that integrations talk to.
const DOMAINS: [&str; signals::count(&DOMAIN)] = signals::literals(&DOMAIN);
/// Single hosts of Adobe.
const HOSTS: [&str; signals::count(&HOST)] = signals::literals(&HOST);

/// How many URLs of one value are looked at.
const MAX_URLS_PER_VALUE: usize = 64;
/// Longest URL that is looked at.
const MAX_URL_BYTES: usize = 2048;
/// How many further URLs may follow in one URL, as in its query or a list without spaces: it ends before the next one. So
/// each byte of a text is looked at a bounded number of times.
const MAX_URLS_WITHIN: usize = 8;

/// A URL in a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found<'v> {
    /// As written, without user information, query and fragment: those may hold secrets.
    pub(crate) url: Cow<'v, str>,
    /// Scheme, lower case.
    pub(crate) scheme: Cow<'v, str>,
    /// Host, normalised.
    pub(crate) host: Cow<'v, str>,
    /// Path, percent-decoded.
    pub(crate) path: Cow<'v, str>,
    /// Where it starts in the value.
    pub(crate) start: usize,
    /// One past its end in the value.
    pub(crate) end: usize,
}

/// The `http` and `https` URLs in a value, be it the whole value or a part of it; of very many the first.
pub(crate) fn find(value: &str) -> Vec<Found<'_>> {
    find_all(value).take(MAX_URLS_PER_VALUE).collect()
}

/// Every `http` and `https` URL in a text, in order.
pub(crate) fn find_all(value: &str) -> impl Iterator<Item = Found<'_>> {
    schemes(value).filter_map(move |at| {
        let before = value.get(..at).unwrap_or_default();
        let scheme_at = before.len() - before.bytes().rev().take(5).take_while(u8::is_ascii_alphabetic).count();
        let scheme = before.get(scheme_at..).unwrap_or_default().to_ascii_lowercase();
        let scheme = if scheme.ends_with("https") {
            "https"
        } else if scheme.ends_with("http") {
            "http"
        } else {
            return None;
        };
        let start = at - scheme.len();
        let rest = value.get(start..).unwrap_or_default();
        let written = rest.get(..end_of_url(rest, scheme.len() + 3)).unwrap_or_default();
        // The bracket that closes a placeholder is a part of the URL; others close what the URL stands in.
        let written = match osgi_config::placeholders::find(written).last() {
            Some(last) if last.range.end == written.len() => written,
            _ => written.trim_end_matches(['.', ',', ';', ')', ']', '}']),
        };
        parse(written).map(|url| Found { start, end: start + written.len(), ..url })
    })
}

/// Where the URL at the beginning of a text ends, whose scheme is so long with its `://`.
fn end_of_url(text: &str, scheme: usize) -> usize {
    let mut within = 0;
    for (at, c) in text.char_indices() {
        if at >= MAX_URL_BYTES || c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '\\' | '`') {
            return at;
        }
        if c == ':' && at >= scheme && text.get(at..).is_some_and(|rest| rest.starts_with("://")) {
            within += 1;
            if within > MAX_URLS_WITHIN {
                let before = text.get(..at).unwrap_or_default();
                return before.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
            }
        }
    }
    text.len()
}

/// The URL that a value as a whole is, with or without a scheme.
pub(crate) fn whole(value: &str) -> Option<Found<'_>> {
    let value = value.trim();
    if value.len() > MAX_URL_BYTES || has_white_space(value) {
        return None;
    }
    match split_at_scheme(value) {
        Some(_) => parse(value),
        None => parse(&format!("https://{}", value.trim_start_matches('/')))
            .map(|found| Found { url: Cow::Borrowed(value), ..found.into_owned() }),
    }
}

/// A value with the defaults of the placeholders in it in their places: what it is where nothing else is put in.
pub(crate) fn with_defaults(value: &str) -> Cow<'_, str> {
    let mut text = String::new();
    let mut from = 0;
    for placeholder in placeholders::find(value) {
        if let PlaceholderDefault::Text(default) = placeholder.default {
            text.push_str(value.get(from..placeholder.range.start).unwrap_or_default());
            text.push_str(&default);
            from = placeholder.range.end;
        }
    }
    if from == 0 {
        return Cow::Borrowed(value);
    }
    text.push_str(value.get(from..).unwrap_or_default());
    Cow::Owned(text)
}

/// Where a `://` is. Most values have not even a colon.
fn schemes(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b':', bytes).filter(|&at| bytes.get(at + 1..at + 3) == Some(b"//"))
}

/// Whether there is a `://` in a text, without which there is no URL in it.
pub(crate) fn has_scheme(text: &str) -> bool {
    schemes(text).next().is_some()
}

/// What is before and behind the first `://`.
fn split_at_scheme(text: &str) -> Option<(&str, &str)> {
    let at = schemes(text).next()?;
    Some((text.get(..at)?, text.get(at + 3..)?))
}

fn has_white_space(text: &str) -> bool {
    if text.is_ascii() {
        return text.bytes().any(|byte| matches!(byte, b'\t'..=b'\r' | b' '));
    }
    text.chars().any(char::is_whitespace)
}

fn parse(written: &str) -> Option<Found<'_>> {
    plain(written).or_else(|| parse_any(written))
}

/// A URL of the simple form that nearly all have, of which every part is what it looks like: plain host names, no
/// port, no escapes, no `.` at the beginning of a segment.
fn plain(written: &str) -> Option<Found<'_>> {
    let (scheme, rest) = split_at_scheme(written)?;
    let scheme = ["https", "http"].into_iter().find(|known| scheme.eq_ignore_ascii_case(known))?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let is_label = |label: &str| {
        label.starts_with(|c: char| c.is_ascii_alphabetic())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            // Those of other scripts, in their ASCII form, have rules of their own.
            && !label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
    };
    let in_path = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.' | b'~');
    let simple = host.split('.').all(is_label) && path.bytes().all(in_path) && !path.contains("/.");
    simple.then(|| Found {
        url: Cow::Borrowed(written),
        scheme: Cow::Borrowed(scheme),
        host: if host.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(host.to_ascii_lowercase())
        } else {
            Cow::Borrowed(host)
        },
        path: Cow::Borrowed(if path.is_empty() { "/" } else { path }),
        start: 0,
        end: written.len(),
    })
}

fn parse_any(written: &str) -> Option<Found<'static>> {
    // `Url` maps other characters to ASCII (IDNA); Java's HTTP clients, which connect to these hosts, do not.
    let authority = written.split_once("://")?.1.split(['/', '?', '#']).next()?;
    if !percent_decode_str(authority).all(|byte| byte.is_ascii()) {
        return None;
    }
    let url = Url::parse(written).ok()?;
    let host = percent_decode_str(url.host_str()?).decode_utf8_lossy().trim_end_matches('.').to_ascii_lowercase();
    let path = percent_decode_str(url.path()).decode_utf8_lossy().into_owned();
    Some(Found {
        url: without_private_parts(written).into(),
        scheme: url.scheme().to_owned().into(),
        host: host.into(),
        path: path.into(),
        start: 0,
        end: written.len(),
    })
}

/// Whether a path has several `/` in a row.
fn has_run(path: &str) -> bool {
    path.as_bytes().windows(2).any(|pair| pair == b"//")
}

/// The URL as written, without user information, query and fragment.
fn without_private_parts(written: &str) -> String {
    let end = written.find(['?', '#']).unwrap_or(written.len());
    let written = written.get(..end).unwrap_or_default();
    let Some((scheme, rest)) = written.split_once("://") else { return written.to_owned() };
    let authority_end = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(authority_end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

impl Found<'_> {
    /// The same, borrowed from nothing.
    pub(crate) fn into_owned(self) -> Found<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Found {
            url: owned(self.url),
            scheme: owned(self.scheme),
            host: owned(self.host),
            path: owned(self.path),
            start: self.start,
            end: self.end,
        }
    }

    /// Whether the host is `domain` or lies below it.
    pub(crate) fn host_is_below(&self, domain: &str) -> bool {
        self.host == domain || self.host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
    }

    /// Whether it is a host of Adobe that integrations talk to.
    pub(crate) fn is_adobe(&self) -> bool {
        DOMAINS.iter().any(|domain| self.host_is_below(domain)) || HOSTS.contains(&&*self.host)
    }

    /// The path with runs of `/` as one and without a final one, in lower case.
    fn plain_path(&self) -> Cow<'_, str> {
        let path = self.path.trim_matches('/');
        if !has_run(path) && !path.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Cow::Borrowed(path);
        }
        let segments: Vec<&str> = self.path.split('/').filter(|segment| !segment.is_empty()).collect();
        segments.join("/").to_ascii_lowercase().into()
    }

    /// The path with runs of `/` as one: what servers make of it. A final `/` stays.
    pub(crate) fn canonical_path(&self) -> Cow<'_, str> {
        if self.path.starts_with('/') && !has_run(&self.path) {
            return Cow::Borrowed(&self.path);
        }
        let segments: Vec<&str> = self.path.split('/').filter(|segment| !segment.is_empty()).collect();
        let end = if self.path.ends_with('/') && !segments.is_empty() { "/" } else { "" };
        format!("/{}{end}", segments.join("/")).into()
    }

    /// Whether it exchanges a JWT for a token: `/ims/exchange/jwt`, `/ims/exchange/v1/jwt`.
    pub(crate) fn is_jwt_exchange(&self) -> bool {
        JWT_EXCHANGE.contains(&&*self.plain_path())
    }

    /// Whether it is the OAuth token endpoint, `/ims/token/…`.
    pub(crate) fn is_oauth_token(&self) -> bool {
        let path = self.plain_path();
        path == "ims/token" || path.starts_with("ims/token/")
    }

    /// Whether it is a Smart Content service: regional, or the legacy one.
    pub(crate) fn is_smart_content(&self) -> bool {
        self.host == "smartcontent.adobe.io" || self.is_legacy_smart_content()
    }

    /// Whether it is `mc.adobe.io/marketingcloud/smartcontent`; other paths of that host are live services.
    pub(crate) fn is_legacy_smart_content(&self) -> bool {
        self.host == "mc.adobe.io"
            && self
                .plain_path()
                .strip_prefix("marketingcloud/smartcontent")
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The region of a Smart Content URL: its first path segment.
    pub(crate) fn smart_content_region(&self) -> Option<&str> {
        (self.host == "smartcontent.adobe.io").then(|| self.path.split('/').find(|segment| !segment.is_empty()))?
    }

    /// Whether it is the retired OAuth gateway of Brand Portal, or one of its stop-gaps.
    pub(crate) fn is_legacy_gateway(&self) -> bool {
        match &*self.host {
            "legacy-oauth.cloud.adobe.io" | "hypnosisprod.ethos11-prod-or1.ethos.adobe.net" => true,
            FIRST_GATEWAY => {
                let path = self.plain_path();
                path == "developer" || path.starts_with("developer/")
            }
            _ => false,
        }
    }

    /// The Brand Portal tenant that the host names. `downloads-*` hosts serve files of all tenants.
    pub(crate) fn tenant(&self) -> Option<&str> {
        let tenant = self.host.strip_suffix(TENANTS)?.strip_suffix('.')?;
        let plain = !tenant.is_empty() && !tenant.contains('.') && !tenant.starts_with("downloads-");
        (plain && tenant.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')).then_some(tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_without_spaces_is_searched_in_linear_time() {
        let list = "https://a.test/b,".repeat(20_000);
        let lengths = find_all(&list).map(|found| found.end - found.start);
        assert_eq!(lengths.max(), Some("https://a.test/b,".len() * (MAX_URLS_WITHIN + 1) - 1));
        assert_eq!(find_all(&list).count(), 20_000);
        let nested = "https://a.test/?to=https://b.test/?to=https://c.test/d";
        let found: Vec<usize> = find(nested).iter().map(|found| found.end).collect();
        assert_eq!(found, [nested.len(); 3]);
    }

    #[test]
    fn a_host_with_characters_that_only_look_like_ascii_is_another_host() {
        assert_eq!(find("https://mc.\u{ff41}dobe.io/x"), []);
        assert_eq!(find("https://mc.adobe\u{3002}io/x"), []);
        assert_eq!(find("https://mc.%EF%BD%81dobe.io/x"), []);
    }

    proptest::proptest! {
        #[test]
        fn a_simple_url_is_read_as_any_other(
            written in "(https?|HTTPS|ftp)://([a-zA-Z0-9-]{1,3}\\.){0,3}(xn--a|[a-z0-9.:@%-]{0,6})(/[a-zA-Z0-9._~%?#-]{0,4}){0,4}",
        ) {
            if let Some(found) = plain(&written) {
                proptest::prop_assert_eq!(Some(found), parse_any(&written));
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn simple_paths_are_told_as_any_other(path in "/?([a-cA-C/.é]{0,2}/?){0,4}") {
            let found = Found { path: path.as_str().into(), ..one("http://a.b") };
            let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
            let end = if path.ends_with('/') && !segments.is_empty() { "/" } else { "" };
            proptest::prop_assert_eq!(found.plain_path(), segments.join("/").to_ascii_lowercase());
            proptest::prop_assert_eq!(found.canonical_path(), format!("/{}{end}", segments.join("/")));
        }
    }

    #[test]
    fn defaults_of_placeholders_are_what_a_value_is_without_them() {
        for (value, expected) in [
            ("https://a/b", "https://a/b"),
            ("$[env:X;default=https://a/b]", "https://a/b"),
            ("https://$[env:H]/ims/$[env:X;default=exchange]/jwt", "https://$[env:H]/ims/exchange/jwt"),
            ("$[env:X;default=$[env:Y;default=a]]b", "ab"),
            ("$[env:X]", "$[env:X]"),
        ] {
            assert_eq!(with_defaults(value), expected);
        }
    }

    #[test]
    fn white_space_is_that_of_unicode() {
        for c in (0..0x3100).filter_map(char::from_u32) {
            for text in [format!("a{c}b"), format!("é{c}")] {
                assert_eq!(has_white_space(&text), c.is_whitespace(), "{c:?}");
            }
        }
    }

    #[test]
    fn the_urls_of_integrations_are_simple() {
        for url in [
            "https://mc.adobe.io/marketingcloud/smartcontent",
            "HTTPS://ims-na1.adobelogin.com/ims/token/v3",
            "http://a.b",
        ] {
            assert_eq!(plain(url), parse_any(url));
            assert!(plain(url).is_some(), "{url}");
        }
    }

    fn one(value: &str) -> Found<'_> {
        let mut found = find(value);
        assert_eq!(found.len(), 1, "{value}");
        found.remove(0)
    }

    #[test]
    fn hosts_are_compared_as_servers_do() {
        for spelling in [
            "https://smartcontent.adobe.io/na",
            "HTTPS://SmartContent.Adobe.IO./na",
            "https://user:pass@smartcontent.adobe.io:443/na",
            "https://smartcontent%2Eadobe%2Eio/n%61",
        ] {
            let url = one(spelling);
            assert_eq!((&*url.host, url.smart_content_region()), ("smartcontent.adobe.io", Some("na")), "{spelling}");
        }
        assert!(!one("https://smartcontent.adobe.io.evil.example/na").is_smart_content());
        assert!(!one("https://notadobe.io/").is_adobe());
    }

    #[test]
    fn private_parts_of_a_url_are_left_out() {
        assert_eq!(one("https://me:p8e-secret@x.adobe.io/a?token=abc#d").url, "https://x.adobe.io/a");
    }

    #[test]
    fn exchange_endpoints_with_and_without_a_final_slash() {
        for path in ["exchange/jwt", "exchange/jwt/", "exchange/v1/jwt", "exchange/v1/jwt/", "/exchange//jwt"] {
            assert!(one(&format!("https://ims-na1.adobelogin.com/ims/{path}")).is_jwt_exchange(), "{path}");
        }
        let token = one("https://ims-na1.adobelogin.com/ims/token/v3");
        assert!(token.is_oauth_token() && !token.is_jwt_exchange());
    }

    #[test]
    fn only_the_smart_content_path_of_the_old_host_is_legacy() {
        assert!(one("see https://mc.adobe.io/marketingcloud/smartcontent, please").is_legacy_smart_content());
        assert!(one("https://mc.adobe.io/marketingcloud/smartcontent/v1").is_legacy_smart_content());
        assert!(!one("https://mc.adobe.io/marketingcloud/smartcontents").is_legacy_smart_content());
        assert!(!one("https://mc.adobe.io/acme/campaign/profileAndServices").is_legacy_smart_content());
    }

    #[test]
    fn tenants() {
        assert_eq!(whole("https://Acme.brand-portal.adobe.com/").unwrap().tenant(), Some("acme"));
        assert_eq!(whole("acme.brand-portal.adobe.com.").unwrap().tenant(), Some("acme"));
        assert_eq!(whole("https://downloads-na1.brand-portal.adobe.com").unwrap().tenant(), None);
        assert_eq!(whole("https://brand-portal.adobe.com").unwrap().tenant(), None);
        assert!(whole("not a url").is_none());
    }

    #[test]
    fn paths_are_compared_as_servers_do() {
        for (path, expected) in [("", "/"), ("/", "/"), ("//a//b", "/a/b"), ("/a/./b/../c/", "/a/c/"), ("/%61", "/a")] {
            assert_eq!(one(&format!("https://x.adobe.io{path}")).canonical_path(), expected, "{path}");
        }
    }

    #[test]
    fn several_urls_and_odd_texts() {
        assert!(find("http://a.b,https://c.d/e\"").iter().any(|url| url.host == "c.d" && url.path == "/e"));
        assert_eq!(find("http://a.b https://c.d/e").len(), 2);
        assert_eq!(find("://").len(), 0);
        assert_eq!(find("ä://x").len(), 0);
        assert_eq!(find("xhttps://a.b").len(), 1);
    }
}
