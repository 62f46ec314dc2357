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
    ("brand-portal.adobe.com", 5, 4),
    ("marketing.adobe.com", 13, 1),
    ("ethos.adobe.net", 9, 4),
    ("mediaportal", 2, 2),
    ("replication/components/agent", 0, 2),
    ("replication/templates/agent", 0, 2),
    ("transporturi", 15, 4),
    ("-replication", 0, 3),
    ("osgiconfig", 14, 6),
    ("adobe.io", 2, 4),
    ("imsconfig", 14, 5),
    ("adobelogin.com", 1, 2),
    ("exchange", 14, 3),
    ("eventproxy", 9, 1),
    ("techacct.adobe.com", 14, 3),
    ("keystore", 13, 2),
    ("-----begin", 4, 0),
    ("omniture.com", 4, 5),
    ("sitecatalystpage", 13, 9),
    ("testandtargetpage", 13, 8),
    ("dynamictagmanagementpage", 9, 1),
    ("searchpromotepage", 15, 4),
    ("secret", 9, 0),
    ("passw", 5, 1),
    ("passphrase", 15, 3),
    ("passcode", 9, 3),
    ("pwd", 0, 0),
    ("pkcs", 1, 0),
    ("token", 1, 1),
    ("private", 13, 2),
    ("encryption", 3, 3),
    ("signing", 14, 2),
    ("hmac", 14, 0),
    ("master", 13, 1),
    ("shared", 15, 0),
    ("account", 15, 1),
    ("credential", 2, 6),
    ("subscription", 1, 1),
    ("apikey", 1, 2),
    ("api_key", 1, 3),
    ("api-key", 1, 3),
    ("api.key", 1, 3),
    ("workingkey", 1, 6),
    ("working_key", 1, 7),
    ("working-key", 1, 7),
    ("working.key", 1, 7),
    ("authorization", 13, 6),
    ("ibadanbgkqhkig9w0baqefaasc", 14, 8),
    ("mighageambmgbyqgsm49", 3, 12),
    ("ibaakcaqea", 14, 1),
    ("ibaakcagea", 14, 1),
    ("ls0tls1crudjtibquklwqvrfietfws", 5, 14),
    ("ls0tls1crudjtibsu0egufjjvkfursblrvkt", 0, 24),
    ("ls0tls1crudjtibftknswvburuqgufjjvkfursblrvkt", 0, 32),
    ("eyj", 3, 0),
    ("p8e-", 4, 0),
    ("s8e-", 4, 0),
    ("smarttagging", 14, 7),
    ("<!", 6, 0),
    ("&#", 6, 0),
    ("&#x4", 7, 0),
    ("&#xaa", 7, 0),
    ("<?", 8, 0),
    ("_x00", 5, 0),
    ("%", 10, 0),
    ("\\", 11, 0),
    ("user@", 12, 0),
];
