//! Notes: what a person should know about a plan. A note changes nothing.

use std::sync::Arc;

use jiff::Timestamp;

use crate::model::{Key, ObjectKind, Span, WhyAll};
use crate::words::words;

use super::changed_part::ChangedPart;
use super::field_change::FieldChange;
use super::not_undone::NotUndone;
use super::reference::BlockedEntry;
use super::rename::Renamed;
use super::unknown::UnknownRecord;

/// Something that a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// An entry cannot be planned, because the lead that it names is missing or doubled.
    Blocked(BlockedEntry),
    /// The instance writes a key in another letter case.
    OtherCase {
        kind: &'static ObjectKind,
        declared: Box<str>,
        observed: Key,
        at: Span,
    },
    /// A record has the project's marker, but is neither declared nor owned.
    Orphan { kind: &'static ObjectKind, key: Key },
    /// An owned record stays because an entry in a file that the run leaves out might declare it. The key of that entry names a
    /// lead that was not looked up.
    Undecided { kind: &'static ObjectKind, key: Key },
    /// An owned record that no manifest declares has another key in the instance now. It stays, and stays owned.
    OtherKey {
        kind: &'static ObjectKind,
        key: Key,
        now: Key,
    },
    /// A complete list of children leaves a record out that no entry could declare, because of its key. It stays.
    NotDeclarable {
        kind: &'static ObjectKind,
        key: Key,
        /// The list.
        at: Span,
    },
    /// Several records of the instance have the key of one entry, or of one owned record. None of them is touched.
    Doubled {
        kind: &'static ObjectKind,
        shown: Box<str>,
        ids: Vec<Box<str>>,
    },
    /// An undo leaves a record, or some of its fields, as they are.
    NotUndone(NotUndone),
    /// The number of records that an undo creates again, because the run deleted them.
    Recreated { records: usize },
    /// The number of records to delete that an earlier run may or may not have created: it got no answer.
    Unsure { records: usize },
    /// What reviewed plans contain beside today's plan: the number of records of which something is there already, and of which
    /// another reviewed plan replaces something.
    Reviewed { done: usize, superseded: usize },
    /// A file beside the manifests that reads as one, and that no pattern matches.
    Stray { file: Box<str> },
    /// A pattern of the manifests that matches no file.
    IdlePattern { pattern: Box<str> },
    /// Marketo stored a value otherwise than it was sent. It is not sent again.
    StoredOtherwise {
        kind: &'static ObjectKind,
        shown: Box<str>,
        /// From the value that is stored to the one that was sent.
        field: FieldChange,
        at: Span,
    },
    /// A declared number with more digits than Marketo is known to keep.
    Imprecise { name: Arc<str>, at: Span },
    /// `ignoreChanges` names a field that the record does not write, and the configuration does not take that for an error.
    IgnoresUnwritten { name: Box<str>, at: Span },
    /// It was not checked whether what records name is there; what could not be read, and why.
    Unchecked { what: &'static str, why: Box<str> },
    /// The ledger has no version, although so many runs have saved one: it was lost or moved, and owns nothing.
    LedgerLost { runs: usize },
    /// The file with the fields of the instance is not what the instance says by now; the fields that differ.
    FieldsOutdated { file: Box<str>, fields: Vec<String> },
    /// A record goes on under another key: it is created again, and the old one is deleted.
    Renamed(Renamed),
    /// An entry names an old key that the project does not own, and its record is new here.
    NotRenamed {
        kind: &'static ObjectKind,
        from: Box<str>,
        to: Key,
    },
    /// Others have changed these fields of an owned record since the last apply, and no manifest declares it any more.
    Edited {
        kind: &'static ObjectKind,
        key: Key,
        fields: Vec<Arc<str>>,
    },
    /// The run is narrowed to the records of these patterns.
    Narrowed {
        patterns: Vec<Box<str>>,
        /// How many entries are left out.
        entries: usize,
        /// How many owned records that no manifest declares are left out: a whole run would delete them.
        undeclared: usize,
    },
    /// The plan is of the records whose declaration changed.
    ChangedSince(ChangedPart),
    /// The plan is of all records, although only the changed ones were asked for; why.
    AllPlanned { revision: Box<str>, why: WhyAll },
    /// The plan compares with what was last applied, and nothing was read.
    AsLastApplied,
    /// The plan compares with a snapshot that was made then.
    AsOf { time: Timestamp },
    /// Nothing is planned of a record, because it is not known.
    Unknown(UnknownRecord),
    /// It is not known of all fields of a kind whether they are sensitive, so their values are not masked; why.
    Unmasked { why: Box<str> },
}

impl Note {
    words! {
        /// Its name in machine formats and in the configuration.
        pub fn word -> &'static str;
        /// The names of all of them.
        const WORDS;

        Self::Blocked(_) => "blocked",
        Self::OtherCase { .. } => "other-case",
        Self::Orphan { .. } => "orphan",
        Self::Undecided { .. } => "undecided",
        Self::OtherKey { .. } => "other-key",
        Self::NotDeclarable { .. } => "not-declarable",
        Self::Doubled { .. } => "doubled",
        Self::NotUndone(_) => "not-undone",
        Self::Recreated { .. } => "recreated",
        Self::Unsure { .. } => "unsure",
        Self::Reviewed { .. } => "reviewed",
        Self::Stray { .. } => "stray-manifest",
        Self::IdlePattern { .. } => "idle-pattern",
        Self::StoredOtherwise { .. } => "stored-otherwise",
        Self::Imprecise { .. } => "imprecise-number",
        Self::IgnoresUnwritten { .. } => "ignores-unwritten",
        Self::Unchecked { .. } => "unchecked-references",
        Self::LedgerLost { .. } => "ledger-lost",
        Self::FieldsOutdated { .. } => "fields-outdated",
        Self::Renamed(_) => "renamed",
        Self::NotRenamed { .. } => "not-renamed",
        Self::Edited { .. } => "edited-since",
        Self::Narrowed { .. } => "narrowed",
        Self::ChangedSince(_) => "changed-since",
        Self::AllPlanned { .. } => "changed-since-all",
        Self::AsLastApplied => "as-last-applied",
        Self::AsOf { .. } => "as-of",
        Self::Unknown(_) => "not-known",
        Self::Unmasked { .. } => "unmasked",
    }

    /// How many records, fields or files it is about.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Recreated { records } | Self::Unsure { records } => *records,
            Self::Reviewed { done, superseded } => done + superseded,
            Self::Blocked(_)
            | Self::OtherCase { .. }
            | Self::Orphan { .. }
            | Self::Undecided { .. }
            | Self::OtherKey { .. }
            | Self::NotDeclarable { .. }
            | Self::Doubled { .. }
            | Self::NotUndone(_)
            | Self::Stray { .. }
            | Self::IdlePattern { .. }
            | Self::StoredOtherwise { .. }
            | Self::Imprecise { .. }
            | Self::IgnoresUnwritten { .. }
            | Self::Unchecked { .. }
            | Self::LedgerLost { .. }
            | Self::FieldsOutdated { .. }
            | Self::Renamed(_)
            | Self::NotRenamed { .. }
            | Self::Edited { .. }
            | Self::Narrowed { .. }
            | Self::ChangedSince(_)
            | Self::AllPlanned { .. }
            | Self::AsLastApplied
            | Self::AsOf { .. }
            | Self::Unknown(_)
            | Self::Unmasked { .. } => 1,
        }
    }
}
