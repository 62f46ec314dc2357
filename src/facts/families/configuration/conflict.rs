//! The vocabulary of conflicts between configurations.

use crate::facts::attribute::{Confidence, TextList, named_enum};
use crate::facts::vocabulary::fact_kind;

fact_kind! {
    ConfigurationConflict "configuration_conflict" =
        "Configurations of one PID of which several are equally specific, or which several packages write to one path." {
        pid: String = "the PID",
        cause: ConflictCause = "priority (at different paths, equally specific) or installation (packages that write one path)",
        count: i64 = "how many paths, or how many packages, compete",
        files: TextList = "places of the configurations",
        same_values: bool = "whether all have equal values, so that it does not matter which one is used",
        instances: TextList = "the instances that it happens on, such as `author, stage`",
        on_instances: String = "the same for a sentence, such as `on author, stage`",
        decision: &'static str = "how an instance decides, as a clause",
        confidence: Confidence = "high; medium or low where it depends on an assumption",
        assumption: Option<String> = "what it depends on, as a sentence",
    }
}

named_enum! {
    /// Why nothing decides between configurations.
    ConflictCause {
        /// They lie at different paths, and none is more specific.
        Priority = "priority",
        /// Several packages write the same path.
        Installation = "installation",
    }
}
