//! The one style sheet of the page, and the policy that lets it in by its hash and nothing else.

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

/// The style sheet. The page reads well without it: it is all that a server may forbid.
pub(super) const STYLE_SHEET: &str = include_str!("style.css");

/// The policy of the page: nothing is loaded or run, whatever a name in the report may hold, and of styles only the page's own
/// applies.
pub(super) fn policy() -> String {
    let hash = BASE64.encode(&Sha256::digest(STYLE_SHEET));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_loads_nothing_and_does_not_end_its_element() {
        for forbidden in ["url(", "@import", "@font-face", "</", "<!--"] {
            assert!(!STYLE_SHEET.contains(forbidden), "{forbidden}");
        }
        assert!(!policy().contains("unsafe"));
    }
}
