//! Reads the answers that the user gives. No message repeats a value: it could be a secret.

use crate::diagnostics::{did_you_mean, read_text};
use crate::rules::{AnswerKey, Answers};
use osgi_config::Target;
use std::path::Path;

/// Why answers cannot be used: what happened, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AnswerError {
    /// What happened.
    pub(crate) message: String,
    /// What to do.
    pub(crate) help: String,
}

impl AnswerError {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

/// Reads `[AIM:]KEY=VALUE` of each of `given`, then the answer file, whose answers count less.
///
/// # Errors
/// An unknown key, a value that does not fit its key, a file that cannot be read.
pub(crate) fn read(given: &[String], file: Option<&Path>, target: Target) -> Result<Answers, AnswerError> {
    let mut answers = Answers::default();
    for answer in given {
        let Some((name, value)) = answer.split_once('=') else {
            let help = "Write --set KEY=VALUE, or --set AIM:KEY=VALUE for one solution or factory instance.";
            return Err(AnswerError::new("an answer has no `=`", help));
        };
        add(&mut answers, name, value, target, "--set")?;
    }
    if let Some(file) = file {
        for (name, value) in of_file(file)? {
            add(&mut answers, &name, &value, target, &file.display().to_string())?;
        }
    }
    Ok(answers)
}

fn add(answers: &mut Answers, name: &str, value: &str, target: Target, source: &str) -> Result<(), AnswerError> {
    let (aim, name) = match name.rsplit_once(':') {
        Some((aim, name)) if !aim.trim().is_empty() => (Some(aim.trim().to_owned()), name.trim()),
        _ => (None, name.trim()),
    };
    let settable = || AnswerKey::ALL.into_iter().filter(|key| *key != AnswerKey::Placeholder);
    let Some(key) = settable().find(|key| key.name() == name) else {
        let names: Vec<&str> = settable().map(AnswerKey::name).collect();
        // What is no key may be a value that was meant for one.
        let hint = did_you_mean(name, names.iter().copied());
        let help = format!("{hint}The keys are {}.", names.join(", "));
        return Err(AnswerError::new(format!("{source} has an answer to an unknown key"), help));
    };
    if !key.fits(value, target) {
        let message = format!("the answer to {} ({source}) does not fit", key.name());
        return Err(AnswerError::new(message, format!("Write {}.", key.takes())));
    }
    answers.add(aim, key, value.to_owned());
    Ok(())
}

/// Most bytes of an answer file.
const MAX_ANSWERS_BYTES: u64 = 1 << 20;

/// The pairs of an answer file.
fn of_file(file: &Path) -> Result<Vec<(String, String)>, AnswerError> {
    let name = file.display();
    let help = "Write one KEY = \"VALUE\" a line; put a key with an aim in quotes: \"target:scope\" = \"openid\".";
    let text = read_text(file, MAX_ANSWERS_BYTES).map_err(|error| {
        AnswerError::new(format!("the answer file {name} cannot be read: {error}"), "Name a file in UTF-8.")
    })?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
        AnswerError::new(format!("line {line} of the answer file {name} is not TOML"), help)
    })?;
    let pair = |(key, value): (String, toml::Value)| match value {
        toml::Value::String(value) => Ok((key, value)),
        _ => Err(AnswerError::new(format!("an answer in {name} is not a string"), help)),
    };
    table.into_iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(answers: &[&str]) -> Result<Answers, AnswerError> {
        read(&answers.iter().map(|answer| (*answer).to_owned()).collect::<Vec<_>>(), None, Target::Aem65)
    }

    #[test]
    fn an_answer_has_a_known_key_and_a_value_that_fits() {
        let answers = given(&["region=emea", "target:scope=openid=x, AdobeID"]).unwrap();
        let keys: Vec<_> = answers.keys().collect();
        assert_eq!(keys, [(None, AnswerKey::Region), (Some("target"), AnswerKey::Scope)]);
        for wrong in ["region", "regoin=na", "region=mars", "placeholder=x", "org-id=<OrgID>"] {
            assert!(given(&[wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn no_message_repeats_a_value() {
        for wrong in ["client-secret=p8e-Hunter2", "p8e-Hunter2", "p8e-Hunter2=client-secret"] {
            let error = given(&[wrong]).unwrap_err();
            assert!(!format!("{error:?}").contains("Hunter2"), "{error:?}");
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("answers.toml");
        for text in [
            "region = \"na\"\nclient-secret = p8e-Hunter2\n",
            "client-secret = \"p8e-Hunter2\"",
            "scope = [\"Hunter2\"]",
        ] {
            std::fs::write(&file, text).unwrap();
            let error = read(&[], Some(&file), Target::Aem65).unwrap_err();
            assert!(!format!("{error:?}").contains("Hunter2"), "{error:?}");
        }
    }

    #[test]
    fn an_option_outweighs_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("answers.toml");
        std::fs::write(&file, "region = \"na\"\n\"target:scope\" = \"openid\"\n").unwrap();
        let answers = read(&["region=apac".to_owned()], Some(&file), Target::Aem65).unwrap();
        assert_eq!(answers.keys().count(), 2);
        assert!(format!("{answers:?}").contains("apac") && !format!("{answers:?}").contains("\"na\""));
    }
}
