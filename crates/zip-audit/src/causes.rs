//! Why something was not read, which limit ended reading, and how an archive can contradict itself.
//!
//! These are causes, not sentences: a program that reports them has words of its own.

/// Declares an enum of which every variant has a name for reports and a description, which is its documentation.
macro_rules! named_enum {
    (
        $(#[$attribute:meta])*
        $enum:ident {
            $($(#[doc = $doc:literal])+ $variant:ident $(($data:ty = $sample:expr))? = $name:literal,)+
        }
    ) => {
        $(#[$attribute])*
        pub enum $enum {
            $($(#[doc = $doc])+ $variant $(($data))?,)+
        }

        impl $enum {
            /// Every variant, in the order of declaration; values that a variant carries are empty.
            pub const ALL: &[Self] = &[$(Self::$variant $(({ let sample: $data = $sample; sample }))?,)+];

            /// The name, unique and in kebab-case, as reports carry it.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $name,)+
                }
            }

            /// What it means, as documented.
            pub fn description(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => concat!($($doc),+).trim_ascii(),)+
                }
            }
        }
    };
}

named_enum! {
    /// Why something was not read, or not to its end. Where a limit is the cause, [`Unread::limit`](crate::Unread::limit)
    /// says which.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    UnreadCause {
        /// Reading it panicked. The words of the panic may quote the file and are dropped.
        InternalError = "internal-error",
        /// It does not exist.
        Missing = "missing",
        /// It is neither an archive nor a file of a content tree.
        NoContent = "no-content",
        /// It is a pointer of Git LFS: the file itself was not fetched.
        LfsPointer = "git-lfs-pointer",
        /// An archive of another kind than zip, or a compressed file, which is not looked into.
        OtherArchive = "other-archive",
        /// It is named like an archive but holds none.
        NotAnArchive = "not-an-archive",
        /// It lies in more archives than the limit allows.
        NestedTooDeep = "nested-too-deep",
        /// An archive that was not opened: the limit on entries and archives of the run was reached before.
        TooManyArchives = "too-many-archives",
        /// An archive with more entries than the limit on entries leaves; the rest of them were not read.
        TooManyEntries = "too-many-entries",
        /// An archive whose directory takes more memory than the limit allows; the rest of the directory was not read.
        DirectoryTooLarge = "directory-too-large",
        /// The run took longer than the limit.
        OutOfTime = "out-of-time",
        /// More than the limit was inflated in this run.
        InflatedTooMuch = "inflated-too-much",
        /// It is larger than the limits for one file allow; what lies behind the limit was not read.
        TooLarge = "too-large",
        /// A nested archive that inflates to more than the limit allows; what lies behind the limit was not read.
        ArchiveTooLarge = "archive-too-large",
        /// A nested archive that does not fit into memory, not read at all.
        NoMemory = "no-memory",
        /// A nested archive that does not fit into memory; its beginning was read.
        CutByMemory = "cut-by-memory",
        /// A nested archive that was put off, and whose ancestors then did not fit into memory again.
        NoMemoryForParents = "no-memory-for-parents",
        /// Its bytes belong to more names than it was visited under.
        TooManyNames = "too-many-names",
        /// An archive whose entries share bytes and inflate to more than the limit together; some were not read.
        SharedBytes = "shared-bytes",
        /// An archive of which too much inflates to nothing sound; the rest was not read.
        DamagedBytes = "damaged-bytes",
        /// Further entries of the archive, this many, that are not listed one by one.
        MoreEntries(u64 = 0) = "more-entries",
        /// Further contradictions of the archive, this many, for which there is no memory.
        MoreAnomalies(u64 = 0) = "more-anomalies",
        /// There is no entry where the directory of the archive says.
        NoEntryThere = "no-entry-there",
        /// It is cut off at the end of the archive.
        CutOff = "cut-off",
        /// It is packed by this method, which is neither stored nor deflated.
        UnknownMethod(u16 = 0) = "unknown-method",
        /// It is encrypted.
        Encrypted = "encrypted",
        /// Its packed data is damaged.
        DamagedData = "damaged-data",
        /// A nested archive whose packed data is damaged; what comes before the damage was read.
        DamagedArchive = "damaged-archive",
        /// Its checksum does not match its content.
        WrongChecksum = "wrong-checksum",
        /// It changed while it was read.
        Changed = "changed",
        /// A symbolic link, which is not followed.
        SymbolicLink = "symbolic-link",
        /// Neither a regular file nor a directory.
        NotRegular = "not-regular",
        /// The system cannot read it, for this reason.
        CannotRead(String = String::new()) = "cannot-read",
        /// The system cannot open it, for this reason.
        CannotOpen(String = String::new()) = "cannot-open",
        /// The system cannot tell what it is, for this reason.
        CannotExamine(String = String::new()) = "cannot-examine",
        /// A directory that the system cannot list, for this reason.
        CannotList(String = String::new()) = "cannot-list",
    }
}

named_enum! {
    /// What ended reading. Those that [`Limits`](crate::Limits) sets have the name of its field; the others are fixed.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    LimitKind {
        /// [`Limits::depth`](crate::Limits::depth), in archives.
        Depth = "depth",
        /// [`Limits::entries`](crate::Limits::entries), in entries.
        Entries = "entries",
        /// [`Limits::text`](crate::Limits::text), in bytes.
        Text = "text",
        /// [`Limits::inflated`](crate::Limits::inflated), in bytes.
        Inflated = "inflated",
        /// [`Limits::ratio`](crate::Limits::ratio), inflated bytes to one packed byte.
        Ratio = "ratio",
        /// [`Limits::memory`](crate::Limits::memory), in bytes.
        Memory = "memory",
        /// [`Limits::time`](crate::Limits::time), in seconds.
        Time = "time",
        /// Fixed: what bytes that several entries share may inflate to together, in bytes.
        SharedBytes = "shared-bytes",
        /// Fixed: what damaged data of one archive may inflate to, in bytes.
        DamagedBytes = "damaged-bytes",
    }
}

named_enum! {
    /// A way in which two readers of one archive can see different things. In the order of the names.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    AnomalyKind {
        /// An entry has a backslash in its name: for some readers a part of the name, for others a step into a folder.
        BackslashName = "backslash-name",
        /// The end record gives another number of entries, or another size, than the directory has.
        CountMismatch = "count-mismatch",
        /// Directory and local header give different checksums.
        CrcMismatch = "crc-mismatch",
        /// The data descriptor behind an entry says something else than the directory.
        DescriptorMismatch = "descriptor-mismatch",
        /// There is no whole directory, or it lists an entry where there is none.
        DirectoryBroken = "directory-broken",
        /// An entry has a directory's name and a file's content.
        DirectoryContent = "directory-content",
        /// The directory lists several entries of one name.
        DuplicateEntry = "duplicate-entry",
        /// An entry is encrypted by only one of its headers.
        EncryptionMismatch = "encryption-mismatch",
        /// The name of an entry leads out of the folder that an archive is unpacked to: by `..`, or to a drive.
        EscapingName = "escaping-name",
        /// There is an entry that the directory does not list.
        HiddenEntry = "hidden-entry",
        /// Directory and local header give different methods of packing.
        MethodMismatch = "method-mismatch",
        /// An entry has several names: in the directory, in its own header, in a Unicode Path field, before a NUL.
        NameMismatch = "name-mismatch",
        /// Entries share bytes.
        Overlap = "overlap",
        /// There are bytes before the first entry.
        PrefixData = "prefix-data",
        /// There are several end records.
        SeveralEndRecords = "several-end-records",
        /// Directory, local header and content give different sizes.
        SizeMismatch = "size-mismatch",
        /// There are bytes after the end of the archive.
        TrailingData = "trailing-data",
        /// There are bytes between the entries that belong to none, or behind the end of an entry's packed data.
        UnclaimedData = "unclaimed-data",
        /// The name of an entry is no UTF-8: some readers guess what it means, others refuse the archive.
        UndecodableName = "undecodable-name",
        /// The zip64 records are missing or contradict the others.
        Zip64Mismatch = "zip64-mismatch",
    }
}

/// A limit that was reached, and what it was set to in the unit of its kind.
pub type Limit = (LimitKind, u64);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[track_caller]
    fn check(names: &[&str], descriptions: &[&str]) {
        let unique: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(unique.len(), names.len(), "names are unique");
        for name in names {
            let kebab = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
            assert!(kebab && !name.is_empty(), "{name}");
        }
        assert!(descriptions.iter().all(|description| description.ends_with('.')), "{descriptions:?}");
    }

    #[test]
    fn every_variant_has_a_name_of_its_own_and_is_documented() {
        let of = |all: &[UnreadCause]| all.iter().map(|one| (one.name(), one.description())).unzip();
        let (names, descriptions): (Vec<_>, Vec<_>) = of(UnreadCause::ALL);
        check(&names, &descriptions);
        let of = |all: &[LimitKind]| all.iter().map(|one| (one.name(), one.description())).unzip();
        let (names, descriptions): (Vec<_>, Vec<_>) = of(LimitKind::ALL);
        check(&names, &descriptions);
        let of = |all: &[AnomalyKind]| all.iter().map(|one| (one.name(), one.description())).unzip();
        let (names, descriptions): (Vec<_>, Vec<_>) = of(AnomalyKind::ALL);
        check(&names, &descriptions);
        assert!(names.is_sorted() && AnomalyKind::ALL.is_sorted(), "reports list anomalies by their names");
    }
}
