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
    ("brand-portal.adobe.com", 2, 4),
    ("marketing.adobe.com", 2, 0),
    ("ethos.adobe.net", 15, 4),
    ("mediaportal", 2, 3),
    ("replication/components/agent", 0, 2),
    ("replication/templates/agent", 0, 2),
    ("transporturi", 9, 4),
    ("-replication", 0, 3),
    ("osgiconfig", 14, 6),
    ("adobe.io", 2, 4),
    ("imsconfig", 14, 5),
    ("adobelogin.com", 14, 2),
    ("exchange", 14, 3),
    ("eventproxy", 3, 0),
    ("keystore", 13, 2),
    ("sitecatalystpage", 13, 9),
    ("testandtargetpage", 9, 12),
    ("dynamictagmanagementpage", 15, 1),
    ("searchpromotepage", 2, 5),
    ("secret", 15, 0),
    ("passw", 1, 0),
    ("passphrase", 9, 3),
    ("passcode", 1, 0),
    ("pwd", 0, 0),
    ("pkcs", 1, 0),
    ("token", 14, 1),
    ("private", 3, 2),
    ("encryption", 9, 4),
    ("signing", 14, 1),
    ("hmac", 1, 0),
    ("master", 13, 1),
    ("shared", 15, 0),
    ("account", 4, 1),
    ("credentials", 1, 7),
    ("smarttagging", 14, 7),
    ("techacct.adobe.com", 1, 3),
    ("-----begin", 13, 2),
    ("omniture.com", 4, 2),
    ("ibadanbgkqhkig9w0baqefaasc", 2, 8),
    ("mighageambmgbyqgsm49", 3, 12),
    ("ibaakcaqea", 2, 1),
    ("ibaakcagea", 2, 1),
    ("ls0tls1crudjtibquklwqvrfietfws", 15, 15),
    ("ls0tls1crudjtibsu0egufjjvkfursblrvkt", 4, 24),
    ("ls0tls1crudjtibftknswvburuqgufjjvkfursblrvkt", 4, 32),
    ("eyj", 3, 0),
    ("p8e-", 4, 0),
    ("s8e-", 4, 0),
    ("<!", 5, 0),
    ("&#", 6, 0),
    ("&#x4", 7, 0),
    ("&#xaa", 7, 0),
    ("<?", 8, 0),
    ("_x00", 0, 0),
    ("%", 10, 0),
    ("\\", 11, 0),
    ("user@", 12, 0),
];
