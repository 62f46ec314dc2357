//! The states of integrations in signs and words.

use super::markup::Markup;
use crate::integrations::State;

/// The sign of a state, which is never alone.
pub(super) fn sign(state: State) -> &'static str {
    match state {
        State::Broken => "✗",
        State::Legacy => "!",
        State::Ok => "✓",
        State::Unknown => "?",
        State::NotInstalled => "–",
    }
}

/// Sign and word: `✗ broken`.
pub(super) fn in_words(state: State) -> String {
    format!("{} {}", sign(state), state.name())
}

/// The class that filters know it by.
pub(super) fn class(state: State) -> &'static str {
    match state {
        State::Broken => "state-broken",
        State::Legacy => "state-legacy",
        State::Ok => "state-ok",
        State::Unknown => "state-unknown",
        State::NotInstalled => "state-not-installed",
    }
}

/// A cell with a state; an empty one if there is none.
pub(super) fn cell(out: &mut Markup, state: Option<State>) {
    let class = match state {
        Some(State::Broken) => "state bad",
        Some(State::Legacy) => "state warn",
        Some(State::Ok) => "state good",
        Some(State::Unknown | State::NotInstalled) | None => "state",
    };
    out.leaf("td", &[("class", class)], &state.map(in_words).unwrap_or_default());
}

/// What the states mean.
pub(super) fn legend(out: &mut Markup) {
    out.block("p", &[("class", "soft")], |out| {
        let meanings = [
            (State::Broken, "an error keeps it from working"),
            (State::Legacy, "it works with what Adobe has ended or replaced"),
            (State::Unknown, "something that decides about it cannot be known from the files"),
            (State::NotInstalled, "AEM does not install it"),
            (State::Ok, "nothing is known against it"),
        ];
        for (index, (state, meaning)) in meanings.into_iter().enumerate() {
            out.text(if index > 0 { "; " } else { "" });
            out.leaf("strong", &[], &in_words(state));
            out.text(&format!(": {meaning}"));
        }
        out.text(".");
    });
}
