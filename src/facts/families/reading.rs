//! What the walk and the readers say of the reading itself: contradictions in archives, and what was not analysed.

use crate::facts::vocabulary::fact_kind;

fact_kind! {
    #[derive(Default)]
    ArchiveAnomaly "archive_anomaly" =
        "A contradiction in an archive: two readers can see different things in it." {
        class: String = "class of the contradiction: duplicate-entry, hidden-entry, …",
        detail: String = "what was found",
    }
}

fact_kind! {
    RejectedFile "rejected_file" =
        "A file that AEM rejects, whatever is in it; `error` says why. Of files of configurations the fact `configuration` says so." {
        what: &'static str = "what the file is: docview, workspace-filter or package-properties",
    }
}

fact_kind! {
    #[derive(Default)]
    Unread "unread" = "Something that was not analysed." {
        cause: String = "a word for why it was not analysed: git-lfs-pointer, too-large, …",
        reason: String = "why it was not analysed",
        limit: Option<String> = "the limit that was reached, null if none",
    }
}
