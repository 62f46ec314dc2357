//! Why an object could not be read, in own words.
//!
//! The messages of clients and servers hold URLs with their queries, and some servers repeat what was signed and with which
//! key. So nothing of them is shown but the number of a status.

use object_store::Error;
use object_store::client::{HttpError, HttpErrorKind};
use std::error::Error as _;
use zip_audit::UnreadCause;

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// There is no such object.
    NotFound,
    /// The credentials are missing or do not allow it.
    Denied,
    /// The server does not give ranges of an object.
    NoRanges,
    /// The object is another one than before.
    Changed,
    /// The run took longer than its limit.
    OutOfTime,
    /// Another reason, as a clause.
    Other(String),
}

impl Failure {
    /// What an error of a client means.
    pub(super) fn of(error: &Error) -> Self {
        match error {
            Error::NotFound { .. } => Self::NotFound,
            Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => Self::Denied,
            Error::NotSupported { .. } | Error::NotImplemented { .. } => Self::NoRanges,
            Error::Precondition { .. } => Self::Changed,
            _ => Self::of_chain(error),
        }
    }

    fn of_chain(error: &Error) -> Self {
        let mut next: Option<&(dyn std::error::Error + 'static)> = error.source();
        while let Some(error) = next {
            if let Some(http) = error.downcast_ref::<HttpError>() {
                return Self::Other(clause(http.kind()).to_owned());
            }
            match status(&error.to_string()) {
                Some(401 | 403) => return Self::Denied,
                Some(404 | 410) => return Self::NotFound,
                Some(status) => return Self::Other(format!("the server answered with status {status}")),
                None => next = error.source(),
            }
        }
        Self::Other("the store cannot be used; check the environment variables that configure it".to_owned())
    }

    /// As the cause of an object that was not opened.
    pub(super) fn into_cause(self) -> UnreadCause {
        match self {
            Self::NotFound => UnreadCause::Missing,
            other => UnreadCause::CannotOpen(other.clause()),
        }
    }

    /// As a clause of a message.
    pub(super) fn clause(self) -> String {
        match self {
            Self::NotFound => "the object is no longer there".to_owned(),
            Self::Denied => {
                "access is denied; credentials are taken from the environment variables of the store".to_owned()
            }
            Self::NoRanges => "the server does not give ranges of it; download it first".to_owned(),
            Self::Changed => "the object changed while it was read".to_owned(),
            Self::OutOfTime => "the time of the run is up".to_owned(),
            Self::Other(clause) => clause,
        }
    }
}

fn clause(kind: HttpErrorKind) -> &'static str {
    match kind {
        HttpErrorKind::Connect => "no connection to the server can be made",
        HttpErrorKind::Timeout => "the server does not answer in time",
        HttpErrorKind::Decode => "the answer of the server cannot be understood",
        _ => "the connection to the server was lost",
    }
}

/// The status that a message of the client speaks of.
fn status(message: &str) -> Option<u16> {
    let (_, after) = message.split_once("status code: ")?;
    after.get(..3)?.parse().ok().filter(|status| (100..600).contains(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_servers_words_is_repeated() {
        let told = |text: &str| {
            let error = Error::Generic { store: "HTTP", source: text.to_owned().into() };
            Failure::of(&error)
        };
        let secret = "performing GET https://h/a?sig=secret - Server returned non-2xx status code: ";
        assert_eq!(told(&format!("{secret}403 Forbidden: secret")), Failure::Denied);
        assert_eq!(told(&format!("{secret}404 Not Found: ")), Failure::NotFound);
        assert_eq!(told(&format!("{secret}500 secret")).clause(), "the server answered with status 500");
        assert!(!told("missing secret").clause().contains("secret"));
    }
}
