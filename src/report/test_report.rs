//! Findings of every kind for the tests of the reports: in a tree, in a zip, in a zip in a zip, about a whole file, with
//! further places, with hostile names, with secrets near by, and things that were not read.

use super::{Audit, Report, RuleInfo, Summary, Unread};
use crate::excerpts::Excerpts;
use crate::facts::Coordinates;
use crate::facts::Whereabouts;
use crate::rules::{Confidence, Finding, Related, Severity};
use crate::scan::Input;
use std::sync::Arc;
use text_spans::{Lines, SourceRange, Span};
use zip_audit::Place;

/// A secret in the sample's files, by name and by shape, that no report may show.
pub(super) const SECRETS: [&str; 3] = [
    "correct-horse-battery-staple",
    "p8e-Qm9ndXNTZWNyZXRGb3JUZXN0cw",
    "eyJhbGciOiJub25lIn0.eyJpc3MiOiJ0ZXN0In0.Ym9ndXM",
];

/// A location in `text` with `needle` marked; without one the file as such.
pub(super) fn location(place: Place, text: &str, needle: Option<&str>, node: Option<&str>) -> Whereabouts {
    let mark = needle.map_or(SourceRange::FILE, |needle| {
        let at = text.find(needle).unwrap();
        Lines::new(text).mark(Span::new(at, at + needle.len()))
    });
    let secret = text.find(SECRETS[0]).map(|at| Span::new(at, at + SECRETS[0].len()));
    let secrets: Vec<Span> = secret.into_iter().collect();
    let excerpts = Arc::new(Excerpts::new(text, &secrets, &[mark.span], place.inside.is_empty()));
    Whereabouts { place, mark, node: node.map(str::to_owned), excerpts }
}

pub(super) fn finding(rule: &str, level: Severity, message: &str, location: Whereabouts) -> Finding {
    Finding {
        title: rule.replace('-', " ").into(),
        severity: level,
        message: message.to_owned(),
        ..Finding::sample(rule, location)
    }
}

fn provider() -> String {
    format!(
        "# an IMS configuration\nauth.token.provider.title=\"Smart\\ Tags\"\nauth.token.provider.scope=\"\"\n\
         phrase=\"{}\"\nclient.secret=\"{}\"\n",
        SECRETS[0], SECRETS[1]
    )
}

/// The report of a run that found all this.
pub(super) fn report() -> Report {
    let tree = Place::on_disk("ui.apps/src/main/content/jcr_root/apps/acme/config/provider~smart.config");
    let zip = Place::on_disk("vendor/all.zip");
    let nested = zip.entry("jcr_root/apps/acme/install/sub.zip");
    let page = nested.entry("jcr_root/etc/cloudservices/smartcontent/.content.xml");
    let page_text = format!(
        "<?xml version=\"1.0\"?>\n<jcr:root>\n    <jcr:content\n        clientSecret=\"{}\"\n        serviceUrl=\"https://mc.adobe.io/marketingcloud/smartcontent\"\n        token=\"{}\"/>\n</jcr:root>\n",
        SECRETS[1], SECRETS[2]
    );

    let scope = Finding {
        property: Some("auth.token.provider.scope".to_owned()),
        package: Some(Arc::new(Coordinates {
            group: "com.acme".to_owned(),
            name: "acme.ui.apps".to_owned(),
            version: "1.0".to_owned(),
        })),
        advice: Some("Set 'auth.token.provider.scope' to the scopes of the credential".to_owned()),
        ..finding(
            "missing-scope",
            Severity::Error,
            "IMS configuration 'Smart Tags' requests a token without a scope.",
            location(
                tree.clone(),
                &provider(),
                Some("auth.token.provider.scope=\"\""),
                Some("/apps/acme/config/provider~smart"),
            ),
        )
    };
    let legacy = finding(
        "legacy-smart-content-url",
        Severity::Warning,
        "The Smart Content URL 'https://mc.adobe.io/marketingcloud/smartcontent' is no longer served.",
        location(
            page,
            &page_text,
            Some("serviceUrl=\"https://mc.adobe.io/marketingcloud/smartcontent\""),
            Some("/etc/cloudservices/smartcontent/jcr:content"),
        ),
    );
    let first = zip.entry("jcr_root/apps/acme/config/provider~one.config");
    let twice = Finding {
        related: vec![Related {
            message: "The first IMS configuration for Smart Tags is here.".to_owned(),
            location: location(first, &provider(), Some("auth.token.provider.title"), None),
        }],
        fingerprint: "00000000000000aa".to_owned(),
        ..finding(
            "multiple-ims-configurations",
            Severity::Error,
            "Two IMS configurations are active for 'Smart Tags'.",
            location(
                zip.entry("jcr_root/apps/acme/config/provider~two.config"),
                &provider(),
                Some("auth.token.provider.title"),
                None,
            ),
        )
    };
    let hostile =
        Place::on_disk("jcr:odd/\u{1b}[31m::error::x\n%0A#?<b>`|\u{202e}.zip").entry("../../etc/](1) [x] \u{7}");
    let ambiguous = finding(
        "ambiguous-archive",
        Severity::Note,
        "Entry '\u{1b}]0;x\u{7}](9)' is there twice ::error::boo",
        location(hostile, "", None, None),
    );
    let unread_place = zip.entry("jcr_root/content/dam/huge.zip");
    let unread = finding(
        "unread-content",
        Severity::Error,
        "'huge.zip' was not analysed: it is nested too deep.",
        location(unread_place.clone(), "", None, None),
    );
    Report {
        findings: vec![scope, legacy, twice, ambiguous, unread],
        copies: Vec::new(),
        suppressed: Vec::new(),
        suggestions: crate::fix::Suggestions::default(),
        audit: Audit::default(),
        deployments: Vec::new(),
        inputs: vec![Input { path: "vendor/all.zip".to_owned(), size: Some(4_096), sha256: Some("ab".repeat(32)) }],
        unread: vec![Unread {
            place: unread_place,
            reason: "it is nested too deep".to_owned(),
            limit: Some("--max-depth 16".to_owned()),
        }],
        summary: Summary {
            packages: 3,
            deployments: 1,
            files: 812,
            errors: 3,
            warnings: 1,
            notes: 1,
            unread: 1,
            excluded: 2,
            hidden: 1,
            milliseconds: Some(41),
            exit_code: 3,
            ..Summary::default()
        },
    }
}

/// The rules that made it.
pub(super) fn rules() -> Vec<RuleInfo> {
    let rule = |id: &str, title: &str, level, security_severity| RuleInfo {
        id: id.to_owned(),
        family: "ims".to_owned(),
        title: title.to_owned(),
        level,
        confidence: Confidence::High,
        security_severity,
        tags: vec!["oauth".to_owned()],
        help: format!("## Why it matters\n\n{title}: `AEM` cannot use the integration.\n\n## What to do\n\nMend it.\n"),
        references: vec!["https://experienceleague.adobe.com/".to_owned()],
        since: "0.1.0".to_owned(),
        url: Some(format!("https://example.com/rules/{id}.md")),
    };
    vec![
        rule("unread-content", "Content that was not analysed", Severity::Error, None),
        rule("missing-scope", "OAuth credential without a scope", Severity::Error, Some(5.5)),
        rule("legacy-smart-content-url", "Smart Content URL that is no longer served", Severity::Warning, None),
        rule("multiple-ims-configurations", "Several IMS configurations for one solution", Severity::Error, None),
        rule("ambiguous-archive", "Archive that two readers read differently", Severity::Note, Some(7.5)),
        rule("jwt-credentials", "Service Account (JWT) credential", Severity::Error, None),
    ]
}
