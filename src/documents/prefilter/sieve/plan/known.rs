//! The places of the patterns that are searched when only the built-in rules are loaded, worked out beforehand.
//!
//! Working them out takes longer than all the rest of a small run. A test makes sure that they are still what
//! [`work_out`](super::work_out) gives, and writes them anew with `.ci/update`.

use super::super::fingerprint::Fingerprint;
use super::super::wanted::Wanted;

/// The bucket and the fingerprint of a pattern, if it is known.
pub(super) fn place(wanted: &Wanted<'_>) -> Option<(usize, Fingerprint)> {
    let (_, bucket, offset) = PLACES.iter().find(|(name, ..)| *name == wanted.name())?;
    Some((usize::from(*bucket), wanted.fingerprint(usize::from(*offset))))
}

/// Of each pattern its name, its bucket, and the byte of it at which its fingerprint begins.
pub(in super::super) const PLACES: &[(&str, u8, u8)] = &[
    ("brand-portal.adobe.com", 9, 5),
    ("marketing.adobe.com", 2, 8),
    ("ethos.adobe.net", 7, 4),
    ("mediaportal", 9, 4),
    ("replication/components/agent", 15, 2),
    ("replication/templates/agent", 15, 2),
    ("transporturi", 5, 4),
    ("-replication", 15, 3),
    ("osgiconfig", 4, 1),
    ("adobe.io", 3, 4),
    ("imsconfig", 15, 1),
    ("adobelogin.com", 2, 8),
    ("exchange", 11, 1),
    ("eventproxy", 5, 5),
    ("techacct.adobe.com", 7, 7),
    ("keystore", 0, 2),
    ("-----begin", 9, 2),
    ("omniture.com", 5, 5),
    ("sitecatalystpage", 0, 9),
    ("testandtargetpage", 11, 12),
    ("dynamictagmanagementpage", 3, 0),
    ("searchpromotepage", 15, 5),
    ("secret", 11, 0),
    ("passw", 4, 0),
    ("passphrase", 11, 3),
    ("passcode", 4, 0),
    ("pwd", 0, 0),
    ("pkcs", 1, 0),
    ("token", 1, 1),
    ("private", 5, 0),
    ("encryption", 4, 4),
    ("signing", 2, 1),
    ("hmac", 2, 0),
    ("master", 5, 2),
    ("shared", 11, 0),
    ("account", 15, 0),
    ("credential", 11, 6),
    ("subscription", 9, 2),
    ("apikey", 1, 2),
    ("api_key", 1, 3),
    ("api-key", 1, 3),
    ("api.key", 1, 3),
    ("workingkey", 1, 6),
    ("working_key", 1, 7),
    ("working-key", 1, 7),
    ("working.key", 1, 7),
    ("authorization", 4, 7),
    ("ibadanbgkqhkig9w0baqefaasc", 8, 14),
    ("mighageambmgbyqgsm49", 4, 16),
    ("ibaakcaqea", 1, 3),
    ("ibaakcagea", 1, 3),
    ("ls0tls1crudjtibquklwqvrfietfws", 11, 15),
    ("ls0tls1crudjtibsu0egufjjvkfursblrvkt", 1, 24),
    ("ls0tls1crudjtibftknswvburuqgufjjvkfursblrvkt", 1, 32),
    ("eyj", 3, 0),
    ("p8e-", 5, 0),
    ("s8e-", 5, 0),
    ("smarttagging", 2, 6),
    ("<!", 6, 0),
    ("&#", 12, 0),
    ("&#x4", 8, 0),
    ("&#xaa", 7, 0),
    ("<?", 10, 0),
    ("_x00", 7, 0),
    ("%", 12, 0),
    ("\\", 13, 0),
    ("user@", 14, 0),
];
