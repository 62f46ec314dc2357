//! What was not read and what can be read differently, written and read back.

use crate::facts::extract::{Relocation, write_place};
use crate::facts::walked::{Ambiguity, Cause, NotAnalysed};
use crate::stored::{Stored, array};
use serde_json::Value as Json;
use zip_audit::{Limit, LimitKind, UnreadCause};

pub(super) fn write_unread(unread: &NotAnalysed) -> Option<Json> {
    let NotAnalysed { place, cause, limit, .. } = unread;
    Some(Json::Array(vec![write_place(place), write_cause(cause)?, write_limit(limit.as_ref())]))
}

pub(super) fn read_unread(json: &Json, input: u32, relocation: &mut Relocation) -> Option<NotAnalysed> {
    let [place, cause, limit] = array(json)?;
    Some(NotAnalysed {
        place: relocation.read_place(place)?,
        cause: read_cause(cause)?,
        limit: read_limit(limit)?,
        input,
    })
}

pub(super) fn write_ambiguity(ambiguity: &Ambiguity) -> Json {
    let (place, class, detail) = ambiguity.parts();
    Json::Array(vec![write_place(place), class.write(), detail.into()])
}

pub(super) fn read_ambiguity(json: &Json, input: u32, relocation: &mut Relocation) -> Option<Ambiguity> {
    let [place, class, detail] = array(json)?;
    Some(Ambiguity::new(relocation.read_place(place)?, Stored::read(class)?, Stored::read(detail)?, input))
}

/// Those that a reading has: others come from judging.
fn write_cause(cause: &Cause) -> Option<Json> {
    let (name, detail) = match cause {
        Cause::NotRead(cause) => (cause.name(), detail_of(cause)),
        Cause::NotUnderstood(clause) => ("not-understood", Json::from(clause.as_str())),
        Cause::TooManyFacts => ("too-many-facts", Json::Null),
        Cause::ValuesClipped(files) => ("values-clipped", Json::from(*files)),
        Cause::FactsLeftOut(files) => ("facts-left-out", Json::from(*files)),
        Cause::FindingsLeftOut(_)
        | Cause::UndecidedPattern
        | Cause::TooManyInstances
        | Cause::NothingToJudge { .. }
        | Cause::Bundle { .. } => return None,
    };
    Some(Json::Array(vec![name.into(), detail]))
}

fn read_cause(json: &Json) -> Option<Cause> {
    let [name, detail] = array(json)?;
    Some(match name.as_str()? {
        "not-understood" => Cause::NotUnderstood(Stored::read(detail)?),
        "too-many-facts" => Cause::TooManyFacts,
        "values-clipped" => Cause::ValuesClipped(Stored::read(detail)?),
        "facts-left-out" => Cause::FactsLeftOut(Stored::read(detail)?),
        name => Cause::NotRead(read_unread_cause(name, detail)?),
    })
}

fn detail_of(cause: &UnreadCause) -> Json {
    match cause {
        UnreadCause::MoreEntries(count) | UnreadCause::MoreAnomalies(count) => Json::from(*count),
        UnreadCause::UnknownMethod(method) => Json::from(*method),
        UnreadCause::CannotRead(error)
        | UnreadCause::CannotOpen(error)
        | UnreadCause::CannotExamine(error)
        | UnreadCause::CannotList(error) => Json::from(error.as_str()),
        _ => Json::Null,
    }
}

fn read_unread_cause(name: &str, detail: &Json) -> Option<UnreadCause> {
    let cause = UnreadCause::ALL.iter().find(|cause| cause.name() == name)?;
    Some(match cause {
        UnreadCause::MoreEntries(_) => UnreadCause::MoreEntries(Stored::read(detail)?),
        UnreadCause::MoreAnomalies(_) => UnreadCause::MoreAnomalies(Stored::read(detail)?),
        UnreadCause::UnknownMethod(_) => UnreadCause::UnknownMethod(detail.as_u64()?.try_into().ok()?),
        UnreadCause::CannotRead(_) => UnreadCause::CannotRead(Stored::read(detail)?),
        UnreadCause::CannotOpen(_) => UnreadCause::CannotOpen(Stored::read(detail)?),
        UnreadCause::CannotExamine(_) => UnreadCause::CannotExamine(Stored::read(detail)?),
        UnreadCause::CannotList(_) => UnreadCause::CannotList(Stored::read(detail)?),
        other => other.clone(),
    })
}

/// Whether reading once more may get further: what is not said of the package itself.
pub(super) fn is_passing(cause: &Cause) -> bool {
    use UnreadCause as It;
    matches!(
        cause,
        Cause::NotRead(
            It::InternalError
                | It::Missing
                | It::OutOfTime
                | It::NoMemory
                | It::CutByMemory
                | It::NoMemoryForParents
                | It::Changed
                | It::CannotRead(_)
                | It::CannotOpen(_)
                | It::CannotExamine(_)
                | It::CannotList(_)
        )
    )
}

fn write_limit(limit: Option<&Limit>) -> Json {
    limit.map_or(Json::Null, |(kind, value)| Json::Array(vec![kind.name().into(), Json::from(*value)]))
}

fn read_limit(json: &Json) -> Option<Option<Limit>> {
    if json.is_null() {
        return Some(None);
    }
    let [name, value] = array(json)?;
    let kind = LimitKind::ALL.iter().find(|kind| Some(kind.name()) == name.as_str())?;
    Some(Some((*kind, value.as_u64()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_read_back() {
        let mut causes: Vec<Cause> = UnreadCause::ALL.iter().cloned().map(Cause::NotRead).collect();
        causes.push(Cause::NotRead(UnreadCause::MoreEntries(7)));
        causes.push(Cause::NotRead(UnreadCause::UnknownMethod(12)));
        causes.push(Cause::NotRead(UnreadCause::CannotRead("denied".to_owned())));
        causes.extend([Cause::NotUnderstood("x".to_owned()), Cause::TooManyFacts, Cause::ValuesClipped(2)]);
        causes.push(Cause::FactsLeftOut(3));
        for cause in causes {
            assert_eq!(read_cause(&write_cause(&cause).unwrap()), Some(cause));
        }
        for &kind in LimitKind::ALL {
            assert_eq!(read_limit(&write_limit(Some(&(kind, 9)))), Some(Some((kind, 9))));
        }
    }
}
