//! What a run says about itself: whether it saw everything, and what it left out.

use super::artifacts::Artifacts;
use super::elements::{first_character, text};
use crate::escape;
use crate::report::{Report, phrases};
use serde_sarif::sarif::{
    Invocation, Location, Message, Notification, PhysicalLocation, ReportingDescriptor, ReportingDescriptorReference,
};

/// Notifications about things that were not read; of further ones the number.
const MAX_UNREAD_NOTICES: usize = 1_000;

/// The kinds of notification, in the order of their indices.
const KINDS: [(&str, &str, &str, &str); 2] = [
    (
        "not-read",
        "NotRead",
        "Something handed to aemlint was not analysed.",
        "A file or archive entry could not be read, or a limit was reached. The audit is incomplete: raise the limit or \
         mend the file and run again.",
    ),
    (
        "results-left-out",
        "ResultsLeftOut",
        "There are more findings than code scanning takes.",
        "Code scanning keeps 5,000 results of a run, so that only the worst are in this file. Use another report format \
         to see all of them.",
    ),
];

/// The descriptors of the notifications.
pub(super) fn descriptors() -> Vec<ReportingDescriptor> {
    KINDS
        .iter()
        .map(|&(id, name, short, full)| {
            ReportingDescriptor::builder()
                .id(id)
                .name(name)
                .short_description(&short.to_owned())
                .full_description(&full.to_owned())
                .help(&full.to_owned())
                .build()
        })
        .collect()
}

/// The run as such: complete or not, with a notification for each thing that is missing.
pub(super) fn invocation(report: &Report, dropped: usize, artifacts: &mut Artifacts) -> Invocation {
    let mut notices: Vec<Notification> = Vec::new();
    for unread in report.unread.iter().take(MAX_UNREAD_NOTICES) {
        let mut message = format!("'{}' was not analysed: ", text(&unread.place.to_string()));
        message += &phrases::sentence(&escape::terminal_message(&unread.reason));
        if let Some(limit) = &unread.limit {
            message += &format!(" The limit is '{}'.", escape::terminal_name(limit));
        }
        let physical = PhysicalLocation::builder()
            .artifact_location(artifacts.location(&unread.place))
            .region(first_character())
            .build();
        let mut notice = notification(0, "error", message);
        notice.locations = Some(vec![Location::builder().physical_location(physical).build()]);
        notices.push(notice);
    }
    if report.unread.len() > MAX_UNREAD_NOTICES {
        let more = report.unread.len() - MAX_UNREAD_NOTICES;
        notices.push(notification(0, "error", format!("'{more}' more things were not analysed.")));
    }
    if dropped > 0 {
        let message = format!("'{dropped}' findings are left out of this file, the least severe ones.");
        notices.push(notification(1, "warning", message));
    }
    let left_out = &report.summary.left_out;
    if left_out.findings > 0 {
        let message = format!("'{}' findings are left out of this file, which would be too long.", left_out.findings);
        notices.push(notification(1, "warning", message));
    }
    if left_out.unread > 0 {
        let message = format!("'{}' more things were not analysed.", left_out.unread);
        notices.push(notification(0, "error", message));
    }
    let complete = report.unread.is_empty() && report.summary.unread == 0;
    let mut invocation =
        Invocation::builder().execution_successful(complete).exit_code(i64::from(report.summary.exit_code)).build();
    invocation.tool_execution_notifications = (!notices.is_empty()).then_some(notices);
    invocation
}

fn notification(kind: usize, level: &str, message: String) -> Notification {
    let id = KINDS.get(kind).map_or("", |kind| kind.0);
    let descriptor =
        ReportingDescriptorReference::builder().id(id).index(i64::try_from(kind).unwrap_or_default()).build();
    Notification::builder()
        .descriptor(descriptor)
        .level(level)
        .message(Message::builder().text(message).build())
        .build()
}
