//! The two canaries, and the check that an archive shows them.

use super::mending;
use super::program::{self, Report};
use super::zipbytes::{Archive, Entry};

pub const IMS: &str = "jcr_root/apps/system/config/com.adobe.granite.auth.oauth.accesstoken.provider-canary.config";
pub const IMS_TEXT: &str = "\
name=\"Canary\"
auth.token.provider.title=\"Canary\"
auth.token.provider.endpoint=\"https://ims-na1.adobelogin.com\"
auth.access.token.request=\"https://ims-na1.adobelogin.com/ims/exchange/jwt/\"
auth.token.provider.keypair.alias=\"canary\"
auth.token.provider.client.id=\"0123456789abcdef0123456789abcdef\"
token.request.customizer.type=\"Adobe Target\"
";
pub const TAGS: &str = "jcr_root/conf/acme/settings/cloudconfigs/smarttag/.content.xml";
pub const LEGACY: &str = "https://mc.adobe.io/marketingcloud/smartcontent";
/// The rules that the two raise.
pub const JWT: &str = "jwt-credentials";
pub const URL: &str = "legacy-smart-content-url";

/// The page with a URL in it, with a declaration before it or not.
pub fn page(declaration: &str, url: &str) -> String {
    format!(
        "{declaration}<jcr:root xmlns:sling=\"http://sling.apache.org/jcr/sling/1.0\" \
         xmlns:cq=\"http://www.day.com/jcr/cq/1.0\" xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" jcr:primaryType=\"cq:Page\">\n  \
         <jcr:content jcr:primaryType=\"cq:PageContent\" jcr:title=\"Canary\" serviceUrl=\"{url}\"/>\n</jcr:root>\n"
    )
}

/// The token provider.
pub fn ims() -> Entry {
    Entry::deflated(IMS, IMS_TEXT.as_bytes())
}

/// The Smart Tags page.
pub fn tags() -> Entry {
    Entry::deflated(TAGS, page("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", LEGACY).as_bytes())
}

/// An entry of no interest.
pub fn other() -> Entry {
    Entry::deflated("META-INF/maven/pom.xml", b"<project><modelVersion>4.0.0</modelVersion></project>")
}

pub fn both() -> Archive {
    Archive::of([ims(), tags()])
}

/// What must be seen in an input besides the canaries.
pub struct Case {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    /// The classes of contradictions, sorted.
    pub classes: &'static [&'static str],
    /// Whether something in it cannot be read.
    pub incomplete: bool,
    /// The canaries that must be found.
    pub canaries: &'static [&'static str],
}

impl Case {
    /// An archive with both canaries and these contradictions.
    pub fn new(name: &'static str, bytes: Vec<u8>, classes: &'static [&'static str]) -> Self {
        Self { name, bytes, classes, incomplete: false, canaries: &[JWT, URL] }
    }

    /// Something in it cannot be read, and that must be said.
    #[must_use]
    pub fn incomplete(self) -> Self {
        Self { incomplete: true, ..self }
    }

    /// What is wrong with the outcome, if anything.
    fn fault(&self) -> Option<String> {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("package.zip"), &self.bytes).unwrap();
        let report = program::check(directory.path(), "package.zip", &[]);
        let missing: Vec<_> = self.canaries.iter().filter(|rule| !report.has(rule)).collect();
        if !missing.is_empty() {
            return Some(format!("missed {missing:?}: {}", report.json));
        }
        let classes = program::classes(directory.path(), "package.zip");
        if classes != self.classes {
            return Some(format!("contradictions {classes:?}, expected {:?}", self.classes));
        }
        if report.has("ambiguous-archive") == self.classes.is_empty() {
            return Some(format!("ambiguous-archive: {:?}", report.rules()));
        }
        let code = if self.incomplete { 3 } else { 1 };
        if report.code != code {
            return Some(format!("exit {} instead of {code}: {:?}", report.code, report.unread()));
        }
        mending::fault(directory.path(), "package.zip", self.classes, self.incomplete)
    }
}

/// Runs all cases; says of every one that fails why.
pub fn run(cases: impl IntoIterator<Item = Case>) {
    let faults: Vec<String> = (cases.into_iter())
        .filter_map(|case| {
            let fault = std::panic::catch_unwind(|| case.fault());
            let fault = fault.unwrap_or_else(|panic| {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                Some(text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("panic").to_owned())
            });
            fault.map(|fault| format!("{}: {fault}", case.name))
        })
        .collect();
    assert!(faults.is_empty(), "{} cases fail:\n{}", faults.len(), faults.join("\n"));
}

/// Checks a single entry in an otherwise ordinary package.
pub fn check_entry(name: &str, content: &[u8]) -> Report {
    let directory = tempfile::tempdir().unwrap();
    let bytes = Archive::of([other(), Entry::deflated(name, content)]).bytes();
    std::fs::write(directory.path().join("package.zip"), bytes).unwrap();
    mending::mend(directory.path(), "package.zip");
    program::check(directory.path(), "package.zip", &[])
}
