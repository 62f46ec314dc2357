//! No report shows a secret, nor eight bytes of one, wherever in a hostile text it stands; and no text, name or message
//! reaches a sink unescaped.
//!
//! The secret is made here, of letters and digits in turn, so that a leak is told from everything else that a report
//! says: a run of eight such characters that is part of the secret occurs nowhere by chance.

use super::sinks;
use aemlint::internals::excerpts::Excerpts;
use aemlint::internals::facts::{Coordinates, Whereabouts};
use aemlint::internals::report::{Report, RuleInfo, Summary, Unread};
use aemlint::internals::rules::{Confidence, Finding, Related, Severity};
use aemlint::internals::scan::Input;
use aemlint::internals::secret;
use std::collections::HashSet;
use std::sync::Arc;
use text_spans::{Lines, SourceRange, Span};
use zip_audit::Place;

/// Shortest part of a secret that counts as shown.
const WINDOW: usize = 8;
/// What may stand within a secret.
const SEPARATORS: &[&str] = &["\n", "\u{1b}[31m", "é", "\u{202e}", "\\", "\t", " ", "+/="];

/// A secret, as nothing else that is printed looks.
pub struct Canary {
    pub text: String,
    windows: HashSet<[u8; WINDOW]>,
}

impl Canary {
    /// A secret of two characters for each byte of `seed` and some more; with `separated` it is more than one word.
    pub fn new(seed: &[u8], separated: bool) -> Self {
        let mut text = String::new();
        for (at, &byte) in (0_u8..)
            .zip(seed.iter().take(48).chain(&[7, 81, 22, 154, 61, 3, 90, 200, 117, 9, 33, 250, 48, 66, 171, 12]))
        {
            if separated && at > 0 && at % 6 == 0 {
                text.push_str(SEPARATORS.get(usize::from(byte) % SEPARATORS.len()).copied().unwrap_or(" "));
            }
            // Letters beyond those of hexadecimal digits.
            text.push(char::from(b'g' + byte % 20));
            text.push(char::from(b'0' + (byte / 20 + at) % 10));
        }
        let mut windows = HashSet::new();
        for run in text.split(|c: char| !c.is_ascii_alphanumeric()) {
            windows.extend(run.as_bytes().windows(WINDOW).filter_map(|window| <[u8; WINDOW]>::try_from(window).ok()));
        }
        Self { text, windows }
    }

    /// Whether eight bytes of the secret are in the text.
    pub fn is_in(&self, text: &[u8]) -> bool {
        // Only what alternates like the secret does is looked up.
        let mut run = 0;
        let mut last_was_digit = false;
        for (at, &byte) in text.iter().enumerate() {
            let is_digit = byte.is_ascii_digit();
            if !is_digit && !byte.is_ascii_lowercase() {
                run = 0;
                continue;
            }
            run = if run == 0 || is_digit == last_was_digit { 1 } else { run + 1 };
            last_was_digit = is_digit;
            let window = text.get((at + 1).saturating_sub(WINDOW)..=at);
            if run >= WINDOW && window.is_some_and(|window| self.windows.contains(window)) {
                return true;
            }
        }
        false
    }
}

/// How a property with a secret may be written: before and behind the value.
const WRITTEN: &[(&str, &str)] = &[
    ("client_secret=\"", "\""),
    ("client.secret = ", ""),
    ("auth.ims.client.secret=\"", "\" "),
    ("\"clientSecret\": \"", "\","),
    ("  \"password\":\"", "\"}"),
    ("<clientSecret>", "</clientSecret>"),
    ("sling:privateKey='", "'"),
    ("transportPassword=\"{String}", "\"/>"),
    ("api.token: ", ""),
    ("getPkcs8=T\"", "\""),
    ("passwords=[\"x\",\"", "\"]"),
    ("refreshToken=( \\\r\n  \"", "\", \\\r\n  )"),
];

/// What looks like a secret whatever it is called.
const SHAPED: &[(&str, &str)] = &[
    ("eyJhbGciOiJub25lIn0.eyJ", ".c2ln"),
    ("p8e-", ""),
    ("-----BEGIN PRIVATE KEY-----\n", "\n-----END PRIVATE KEY-----\n"),
    ("-----BEGIN RSA PRIVATE KEY-----\\r\\n", "\\r\\n-----END RSA PRIVATE KEY-----\\r\\n"),
    ("https://admin:", "@author.acme.com/"),
];

/// The bytes of the input that say how the rest is used.
struct Dice<'d> {
    data: &'d [u8],
}

impl<'d> Dice<'d> {
    fn byte(&mut self) -> usize {
        let (&first, rest) = self.data.split_first().unwrap_or((&0, &[]));
        self.data = rest;
        usize::from(first)
    }

    fn take(&mut self, len: usize) -> &'d [u8] {
        let (taken, rest) = self.data.split_at(len.min(self.data.len()));
        self.data = rest;
        taken
    }
}

/// The first bytes choose the secret and where it stands; the rest are a text around it and the names in the report,
/// separated by bytes 0xff.
pub fn check(data: &[u8]) {
    let mut dice = Dice { data };
    let (mode, choice, mark, len) = (dice.byte() % 3, dice.byte(), dice.byte(), dice.byte() % 48);
    let seed = dice.take(len);
    let parts: Vec<String> =
        dice.data.splitn(7, |&byte| byte == 0xff).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    let part = |at: usize| parts.get(at).map_or("", String::as_str);
    let (before, behind) = (part(0), part(1));

    let (canary, text, given) = match mode {
        // What a reader knows to be secret, whatever it is.
        0 => {
            let canary = Canary::new(seed, choice % 2 == 1);
            let text = format!("{before}{}{behind}", canary.text);
            let span = Span::new(before.len(), before.len() + canary.text.len());
            (canary, text, vec![span])
        }
        // What is named like a secret, in a text that nobody could read.
        1 => {
            let canary = Canary::new(seed, false);
            let (open, close) = WRITTEN.get(choice % WRITTEN.len()).copied().unwrap_or_default();
            (Canary::new(seed, false), format!("{before}\n{open}{}{close}\n{behind}", canary.text), Vec::new())
        }
        // What looks like one.
        _ => {
            let canary = Canary::new(seed, false);
            let (open, close) = SHAPED.get(choice % SHAPED.len()).copied().unwrap_or_default();
            (Canary::new(seed, false), format!("{before}\n{open}{}{close}\n{behind}", canary.text), Vec::new())
        }
    };
    // Where the rest of the input says a part of the secret itself, there is nothing to hide.
    if canary.is_in(dice.data) {
        return;
    }
    let shaped = |text: &str| {
        let (open, close) = SHAPED.get(choice % SHAPED.len()).copied().unwrap_or_default();
        if mode == 2 { format!("{text} {open}{}{close} {text}", canary.text) } else { text.to_owned() }
    };
    let report = report(&text, &given, mark, [&shaped(part(2)), &shaped(part(3)), &shaped(part(4)), &shaped(part(5))]);
    let masked = secret::masks(&text, &given);
    assert!(masked.is_sorted_by(|a, b| a.end < b.start), "masks overlap or touch");
    for span in &masked {
        assert!(text.get(span.range()).is_some() && !span.is_empty(), "{span:?}");
    }
    let excerpts =
        report.findings.first().map(|finding| format!("{:?}", finding.location.excerpts)).unwrap_or_default();
    assert!(!canary.is_in(excerpts.as_bytes()), "excerpts hold the secret {:?}: {excerpts}", canary.text);
    sinks::render_one(&report, &RULES, mark / 24, |format, out| {
        assert!(!canary.is_in(out.as_bytes()), "{format} shows the secret {:?}:\n{out}", canary.text);
    });
}

static RULES: std::sync::LazyLock<Vec<RuleInfo>> = std::sync::LazyLock::new(|| {
    vec![RuleInfo {
        id: "a-rule".to_owned(),
        family: "ims".to_owned(),
        title: "A rule".to_owned(),
        level: Severity::Error,
        confidence: Confidence::High,
        security_severity: Some(5.5),
        tags: vec!["oauth".to_owned()],
        help: "## Why it matters\n\nIt does.\n\n## What to do\n\nMend it.\n".to_owned(),
        references: vec!["https://experienceleague.adobe.com/".to_owned()],
        since: "0.1.0".to_owned(),
        url: None,
    }]
});

/// A report with a finding on disk and one in an archive, both in `text`, and `names` wherever a stranger's words go.
fn report(text: &str, given: &[Span], mark: usize, names: [&str; 4]) -> Report {
    let [file, entry, message, node] = names;
    let lines = Lines::new(text);
    // Anything can be underlined: a line of the file, what a reader points at, everything.
    let line = text.split_inclusive('\n').nth(mark % 8).unwrap_or(text);
    let start = text.len().min(line.as_ptr() as usize - text.as_ptr() as usize);
    let spans =
        [Span::new(start, start + line.len()), given.first().copied().unwrap_or_default(), Span::new(0, text.len())];
    let span = spans.get(mark / 8 % 3).copied().unwrap_or_default();
    let excerpts = Arc::new(Excerpts::new(text, given, &spans, true));
    let location = |place: Place, mark: SourceRange| Whereabouts {
        place,
        mark,
        node: Some(format!("/apps/{node}")),
        excerpts: excerpts.clone(),
    };
    let on_disk = Place::on_disk(format!("jcr_root/{file}"));
    let inside = Place::on_disk(file).entry(entry).entry(format!("jcr_root/apps/{entry}"));
    let finding = |location: Whereabouts, related| Finding {
        rule: "a-rule".into(),
        family: "ims".into(),
        title: "A rule".into(),
        severity: Severity::Error,
        uncapped: Severity::Error,
        at_most: Severity::Error,
        confidence: Confidence::High,
        message: format!("'{message}' is wrong."),
        advice: Some(message.to_owned()),
        location,
        property: Some(message.to_owned()),
        package: Some(Arc::new(Coordinates {
            group: message.to_owned(),
            name: message.to_owned(),
            version: message.to_owned(),
        })),
        related,
        fingerprint: "0123456789abcdef".to_owned(),
        deployment: 0,
        instances: Vec::new(),
        sources: Vec::new(),
        same_fault: None,
        group: None,
        fix: None,
    };
    let first = location(on_disk, lines.mark(span));
    let second = location(inside.clone(), lines.mark(span));
    let whole = location(inside.clone(), SourceRange::FILE);
    let related = vec![Related { message: message.to_owned(), location: second.clone() }];
    Report {
        findings: vec![finding(first, related), finding(second, Vec::new()), finding(whole, Vec::new())],
        inputs: vec![Input { path: message.to_owned(), size: None, sha256: None }],
        unread: vec![Unread { place: inside, reason: format!("it cannot be read: {message}"), limit: None }],
        summary: Summary { packages: 1, files: 1, errors: 3, unread: 1, exit_code: 3, ..Summary::default() },
        ..Report::default()
    }
}
