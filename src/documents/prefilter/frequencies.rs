//! How often each needle stands in the XML files of real projects: what a new one has to be compared with.
//!
//! Measured by `cargo bench --bench corpora -- --dir DIR --frequencies`, which prints the lines below. A needle that counts in
//! files in which nothing is found makes them be parsed for nothing: it should be longer, or count in fewer places.

use super::Occurrences;

const fn of(needle: &'static str, all: u64, counting: u64) -> Occurrences<'static> {
    Occurrences { needle, all, counting }
}

/// Bytes of XML that were measured: the content packages of six public projects.
pub(super) const MEASURED_BYTES: u64 = 14_823_618;

/// Every needle of the built-in families, in alphabetical order.
#[rustfmt::skip]
pub(super) const FREQUENCIES: &[Occurrences<'static>] = &[
    of("-----begin", 0, 0),
    of("-replication", 7, 7),
    of("account", 33, 0),
    of("adobe.io", 0, 0),
    of("adobelogin.com", 0, 0),
    of("api-key", 0, 0),
    of("api.key", 0, 0),
    of("api_key", 0, 0),
    of("apikey", 2, 0),
    of("authorization", 2, 2),
    of("brand-portal.adobe.com", 1, 1),
    of("credential", 2, 1),
    of("dynamictagmanagementpage", 0, 0),
    of("encryption", 3, 0),
    of("ethos.adobe.net", 0, 0),
    of("eventproxy", 0, 0),
    of("exchange", 6, 6),
    of("eyj", 0, 0),
    of("hmac", 0, 0),
    of("ibaakcagea", 0, 0),
    of("ibaakcaqea", 0, 0),
    of("ibadanbgkqhkig9w0baqefaasc", 0, 0),
    of("imsconfig", 0, 0),
    of("keystore", 0, 0),
    of("ls0tls1crudjtibftknswvburuqgufjjvkfursblrvkt", 0, 0),
    of("ls0tls1crudjtibquklwqvrfietfws", 0, 0),
    of("ls0tls1crudjtibsu0egufjjvkfursblrvkt", 0, 0),
    of("marketing.adobe.com", 0, 0),
    of("master", 550, 0),
    of("mediaportal", 2, 2),
    of("mighageambmgbyqgsm49", 0, 0),
    of("omniture.com", 0, 0),
    of("osgiconfig", 1, 1),
    of("p8e-", 0, 0),
    of("passcode", 0, 0),
    of("passphrase", 0, 0),
    of("passw", 48, 2),
    of("pkcs", 0, 0),
    of("private", 5, 0),
    of("pwd", 0, 0),
    of("replication/components/agent", 1, 1),
    of("replication/templates/agent", 0, 0),
    of("s8e-", 0, 0),
    of("searchpromotepage", 0, 0),
    of("secret", 22, 1),
    of("shared", 1175, 0),
    of("signing", 0, 0),
    of("sitecatalystpage", 0, 0),
    of("smarttagging", 0, 0),
    of("subscription", 0, 0),
    of("techacct.adobe.com", 0, 0),
    of("testandtargetpage", 0, 0),
    of("token", 19, 1),
    of("transporturi", 3, 3),
    of("working-key", 0, 0),
    of("working.key", 0, 0),
    of("working_key", 0, 0),
    of("workingkey", 0, 0),
];
