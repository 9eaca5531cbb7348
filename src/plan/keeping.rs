//! What a plan means for the ledger: which entries an apply keeps, which it lets go of, and what the hashes tell of the instance.

use crate::ledger::{Entry, Place};
use crate::model::{Key, ObjectKind, Span};

use super::change::FieldChange;

/// What an apply changes in the ledger; nothing without a ledger.
#[derive(Debug, Default)]
pub struct Keeping {
    pub kept: Vec<Kept>,
    pub dropped: Vec<Dropped>,
}

/// An entry that is new or differs from that of the ledger.
#[derive(Debug)]
pub struct Kept {
    pub kind: &'static ObjectKind,
    /// Without an id where the record has to be created first.
    pub entry: Entry,
    /// The change of the instance on which it depends; the index of that change.
    pub change: Option<usize>,
    /// Whether the record exists and was not the project's own, or only claimed.
    pub adopts: bool,
    /// Whether an earlier run has claimed it, and has not said whether it created it.
    pub is_claimed: bool,
}

/// An entry that goes without a change of the instance.
#[derive(Debug)]
pub struct Dropped {
    pub kind: &'static ObjectKind,
    pub key: Key,
    pub place: Place,
    pub why: WhyDropped,
}

/// Why the ledger lets go of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyDropped {
    /// `ensure: forgotten`.
    Forgotten,
    /// No manifest wants it any more, and the instance does not have it.
    Gone,
    /// No manifest declares it any more, and the instance has another record with this key.
    Remade,
    /// The run that is undone had taken it over.
    Undone,
}

/// A record of the ledger that is in the instance not what it was after the last apply.
#[derive(Debug)]
pub struct Drift {
    pub kind: &'static ObjectKind,
    /// The key in the words of the manifest.
    pub shown: Box<str>,
    pub at: Span,
    pub what: Drifted,
}

/// What has become of a record in the instance.
#[derive(Debug)]
pub enum Drifted {
    /// It was deleted.
    Gone,
    /// It was deleted, and another one has its key.
    Remade,
    /// Fields have other values: before is what the manifests want, after is what the instance has, which may be the same by now.
    Fields(Vec<FieldChange>),
}

impl Keeping {
    /// Whether the ledger stays as it is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.dropped.is_empty()
    }

    /// The records that become the project's own as they are, without a change of the instance.
    pub fn adopted(&self) -> impl Iterator<Item = &Kept> {
        let adopted = |kept: &&Kept| kept.adopts && kept.change.is_none();
        self.kept.iter().filter(adopted)
    }
}
