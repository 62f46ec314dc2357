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
    ("brand-portal.adobe.com", 1, 3),
    ("marketing.adobe.com", 2, 0),
    ("ethos.adobe.net", 7, 4),
    ("mediaportal", 11, 2),
    ("replication/components/agent", 0, 21),
    ("replication/templates/agent", 0, 20),
    ("transporturi", 1, 2),
    ("-replication", 9, 0),
    ("osgiconfig", 0, 0),
    ("adobe.io", 3, 4),
    ("imsconfig", 2, 1),
    ("adobelogin.com", 1, 9),
    ("exchange", 11, 1),
    ("eventproxy", 5, 5),
    ("techacct.adobe.com", 7, 7),
    ("keystore", 5, 1),
    ("-----begin", 9, 2),
    ("omniture.com", 5, 5),
    ("sitecatalystpage", 5, 8),
    ("testandtargetpage", 11, 12),
    ("dynamictagmanagementpage", 4, 8),
    ("searchpromotepage", 2, 5),
    ("secret", 5, 2),
    ("passw", 1, 0),
    ("passphrase", 11, 3),
    ("passcode", 1, 0),
    ("pwd", 10, 0),
    ("pkcs", 1, 0),
    ("token", 4, 1),
    ("private", 0, 2),
    ("encryption", 5, 3),
    ("signing", 4, 1),
    ("hmac", 2, 0),
    ("master", 9, 2),
    ("shared", 2, 1),
    ("account", 1, 0),
    ("credential", 11, 6),
    ("subscription", 0, 0),
    ("apikey", 4, 2),
    ("api_key", 4, 3),
    ("api-key", 9, 3),
    ("api.key", 9, 3),
    ("workingkey", 4, 6),
    ("working_key", 4, 7),
    ("working-key", 9, 7),
    ("working.key", 9, 7),
    ("authorization", 5, 4),
    ("ibadanbgkqhkig9w0baqefaasc", 4, 6),
    ("mighageambmgbyqgsm49", 8, 16),
    ("ibaakcaqea", 1, 3),
    ("ibaakcagea", 1, 3),
    ("ls0tls1crudjtibquklwqvrfietfws", 0, 15),
    ("ls0tls1crudjtibsu0egufjjvkfursblrvkt", 3, 23),
    ("ls0tls1crudjtibftknswvburuqgufjjvkfursblrvkt", 3, 31),
    ("eyj", 3, 0),
    ("p8e-", 5, 0),
    ("s8e-", 5, 0),
    ("smarttagging", 4, 6),
    ("<!", 6, 0),
    ("&#", 13, 0),
    ("&#x4", 8, 0),
    ("&#xaa", 7, 0),
    ("<?", 10, 0),
    ("_x00", 7, 0),
    ("U+00AD", 12, 0),
    ("U+200B", 12, 0),
    ("U+2060", 6, 0),
    ("U+FEFF", 12, 0),
    ("%", 13, 0),
    ("\\", 14, 0),
    ("user@", 15, 0),
];
