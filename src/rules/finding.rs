//! What a rule found, with everything a report needs to say it.

use super::fix::Fix;
use super::severity::{Confidence, Severity};
use crate::facts::{Coordinates, Whereabouts};
use std::sync::Arc;

/// One finding. Holds no secret: messages are made from masked values.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule's id.
    pub rule: Arc<str>,
    /// The rule's family.
    pub family: Arc<str>,
    /// What the rule finds, as a headline without a period.
    pub title: Arc<str>,
    /// Its severity after capping (not installed: at most warning) and policy.
    pub severity: Severity,
    /// As `severity`, but not capped by what AEM installs and uses: how bad it is where it takes effect.
    pub uncapped: Severity,
    /// The highest severity that policy can give it: warning for what AEM does not install, else error.
    pub at_most: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What is wrong here, one or two sentences that end with a period.
    pub message: String,
    /// What to do, in one or two sentences, where the rule has a short form.
    pub advice: Option<String>,
    /// Where.
    pub location: Whereabouts,
    /// The name of the property that is underlined, if it is one.
    pub property: Option<String>,
    /// The package that holds the file, if it says what it is called.
    pub package: Option<Arc<Coordinates>>,
    /// The other places of a finding on several.
    pub related: Vec<Related>,
    /// Recognises the finding again after lines moved and zips were rebuilt: 16 hex digits. A function of rule,
    /// package coordinates or path, repository path and property; never of a line number, a version or a secret.
    pub fingerprint: String,
    /// For a finding on several things together: what they have in common, such as the solution of IMS configurations.
    pub group: Option<String>,
    /// The deployment that it belongs to.
    pub deployment: u32,
    /// The sources of the facts that it is about: the numbers of their [`Installation`](crate::facts::Fact), without those of
    /// its further places that only explain it.
    pub sources: Vec<u32>,
    /// Equal for findings on the same fault in copies of one file.
    pub same_fault: Option<SameFault>,
    /// The instances that it is about, each such as `author, stage`, where it is about certain ones.
    pub instances: Vec<String>,
    /// What mends it, where its rule knows that.
    pub fix: Option<Box<Fix>>,
}

impl Finding {
    /// About how many bytes of memory it takes. Names of files and what it quotes of them belong to facts.
    pub(super) fn weight(&self) -> usize {
        let texts =
            |message: &str, location: &Whereabouts| message.len() + location.node.as_ref().map_or(0, String::len);
        let related = self.related.iter().map(|it| size_of::<Related>() + texts(&it.message, &it.location));
        let instances = self.instances.iter().map(|instance| size_of::<String>() + instance.len());
        let more = self.advice.as_ref().map_or(0, String::len) + self.property.as_ref().map_or(0, String::len);
        size_of::<Self>()
            + texts(&self.message, &self.location)
            + more
            + related.sum::<usize>()
            + instances.sum::<usize>()
    }
}

/// A fault that copies of one file have in common: numbers of the rule, of its case and of the fact.
pub type SameFault = (usize, usize, usize);

/// A further place of a finding.
#[derive(Clone, Debug)]
pub struct Related {
    /// What is there.
    pub message: String,
    /// Where.
    pub location: Whereabouts,
}

/// A rule whose conditions hold on a fact. The numbers are indices.
#[derive(Clone, Debug)]
pub(super) struct Match {
    pub(super) rule: usize,
    pub(super) fact: usize,
    pub(super) case: usize,
    /// For counting rules: what the facts are grouped by, and what tells those of a group apart.
    pub(super) group: String,
    pub(super) distinct: Option<String>,
}

#[cfg(test)]
impl Finding {
    /// An error of high confidence at a place, for tests that change what they are about.
    pub(crate) fn sample(rule: &str, location: Whereabouts) -> Self {
        Self {
            rule: rule.into(),
            family: "ims".into(),
            title: "A rule".into(),
            severity: Severity::Error,
            uncapped: Severity::Error,
            at_most: Severity::Error,
            confidence: Confidence::High,
            message: String::new(),
            advice: None,
            location,
            property: None,
            package: None,
            related: Vec::new(),
            fingerprint: "0123456789abcdef".to_owned(),
            instances: Vec::new(),
            sources: Vec::new(),
            same_fault: None,
            group: None,
            deployment: 0,
            fix: None,
        }
    }
}
