//! Refusals: what a person has to allow before a plan is applied.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::ledger::Origin;
use crate::model::{Key, ObjectKind, Record, Value};
use crate::words::words;

use super::bind::Schemas;
use super::change::{At, WhyDelete};
use super::deal::number;
use super::guard_limit::{GuardLimit, SetBy};
use super::mask::MASK;
use super::ownership::Ownership;
use super::sides::Sides;

/// Why a plan is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    TooManyDeletes {
        /// The number of planned deletions, which a person must name to allow them: with the undeclared children of the records to
        /// delete, which are deleted too once they are allowed.
        deletes: usize,
        /// How many of them are such children.
        children: usize,
        threshold: Threshold,
    },
    TooManyUpdates {
        updates: usize,
        threshold: UpdateThreshold,
    },
    TooManyCreates {
        creates: usize,
        /// `maxCreates`.
        limit: GuardLimit<usize>,
    },
    /// Amounts become more than so many times larger or smaller.
    AmountFactor {
        /// `maxAmountFactor`.
        limit: GuardLimit<u32>,
        jumps: Vec<AmountJump>,
    },
    /// The sum of the open deals moves by more than so many percent, or has too many digits to tell.
    PipelineMoved {
        /// `maxPipelineChange`.
        limit: GuardLimit<Decimal>,
        open: Sides,
    },
    /// The field by which a guard judges is sensitive, or the instance has none of that name.
    BlindGuard {
        guard: &'static str,
        by: SetBy,
        field: Box<str>,
        is_sensitive: bool,
    },
    /// A record to be deleted is protected.
    Protected {
        kind: &'static ObjectKind,
        shown: Box<str>,
        by: Protection,
        at: At,
    },
    /// A record has the marker of another owner.
    Foreign {
        kind: &'static ObjectKind,
        shown: Box<str>,
        owner: Box<str>,
        at: At,
        /// Whether it is to be deleted; otherwise it is to be adopted or updated.
        deletes: bool,
    },
    /// A record to be deleted has children that no manifest declares, or that the run to undo did not create.
    UndeclaredChildren {
        parent: &'static ObjectKind,
        shown: Box<str>,
        kind: &'static ObjectKind,
        children: Vec<Key>,
        /// What asks for the deletion of the parent.
        why: WhyDelete,
        at: At,
    },
    /// A record to be deleted has children that share a key with each other.
    DoubledChildren {
        parent: &'static ObjectKind,
        shown: Box<str>,
        kind: &'static ObjectKind,
        children: Vec<Key>,
        at: At,
    },
    /// A record to be deleted is named by others that stay, or it is not known whether it is.
    Used {
        kind: &'static ObjectKind,
        key: Key,
        users: Vec<Users>,
        /// What the instance does not tell of, and why.
        unknown: Vec<(&'static str, Box<str>)>,
        /// Whether no permit lifts it: the plan itself lets them name it, or Marketo goes on counting what it deletes too.
        is_final: bool,
        at: At,
    },
    /// Records would be deleted because no manifest declares them any more, and a file that the run does not read declares them.
    Unread {
        /// In the form in which files are shown.
        file: Box<str>,
        /// Whether it is a manifest of another instance; else no pattern matches it.
        is_of_other_instance: bool,
        /// By kind; not empty.
        records: BTreeMap<&'static ObjectKind, Vec<Key>>,
    },
    /// An undo would delete a record that has sensitive values of one which the run deleted: nothing else has them.
    LostValues {
        kind: &'static ObjectKind,
        /// The key of the record that the run deleted.
        from: Box<str>,
        /// The key of the one that the undo would delete.
        to: Box<str>,
        fields: Vec<Arc<str>>,
        at: At,
    },
    /// An apply would make more calls than the run may.
    TooManyCalls {
        /// Those that planning has made.
        made: usize,
        needed: usize,
        limit: usize,
    },
    /// An apply would need more calls than the day has left.
    OverQuota {
        needed: usize,
        left: usize,
        daily: usize,
        at: Timestamp,
    },
    /// The plan shows something that the configuration has raised to an error.
    Raised {
        /// The word of the finding or the note.
        word: &'static str,
        count: usize,
        /// The number that was allowed on the command line.
        allowed: Option<usize>,
    },
}

impl Refusal {
    words! {
        /// Its name in machine formats.
        pub fn code -> &'static str;
        /// The names of all of them.
        const CODES;

        Self::TooManyDeletes { .. } => "too-many-deletes",
        Self::TooManyUpdates { .. } => "too-many-updates",
        Self::TooManyCreates { .. } => "too-many-creates",
        Self::AmountFactor { .. } => "amount-factor",
        Self::PipelineMoved { .. } => "pipeline-change",
        Self::BlindGuard { .. } => "blind-guard",
        Self::Protected { .. } => "protected",
        Self::Foreign { .. } => "foreign",
        Self::DoubledChildren { .. } => "doubled-children",
        Self::UndeclaredChildren { .. } => "undeclared-children",
        Self::Used { .. } => "used",
        Self::Unread { .. } => "unread",
        Self::LostValues { .. } => "lost-values",
        Self::TooManyCalls { .. } => "too-many-calls",
        Self::OverQuota { .. } => "over-quota",
        Self::Raised { .. } => "raised",
    }
}

/// Records of one sort that name a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Users {
    /// What people call one of them, and several.
    pub words: [&'static str; 2],
    pub keys: Vec<Box<str>>,
}

/// What protects a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protection {
    /// The ledger, since this apply.
    Since(Arc<Origin>),
    /// Its instance, which protects all.
    Instance,
}

/// An amount that becomes many times larger or smaller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmountJump {
    pub shown: Box<str>,
    pub before: Value,
    pub after: Value,
    pub at: At,
}

/// The limit of updates that a plan exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateThreshold {
    /// `maxUpdates`.
    Count(GuardLimit<usize>),
    /// `maxUpdatePercent`.
    Percent {
        limit: GuardLimit<usize>,
        of: PercentBase,
    },
}

/// The limit of deletions that a plan exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// `guards.maxDeletes`, and whether `guards.maxDeletePercent` is exceeded too.
    Count {
        limit: usize,
        percent: Option<(usize, PercentBase)>,
    },
    /// `guards.maxDeletePercent`.
    Percent { limit: usize, of: PercentBase },
    /// The number that was allowed on the command line.
    Allowed(usize),
    /// `maxDeletes` of the policy.
    PolicyCount(usize),
    /// `maxDeletePercent` of the policy.
    PolicyPercent { limit: usize, of: PercentBase },
    /// No manifest declares a record any more, so every number has to be allowed.
    NothingDeclared,
}

/// The records of which the percentage is taken, and their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PercentBase {
    Owned(usize),
    Declared(usize),
}

impl AmountJump {
    /// How far it goes.
    pub(super) fn distance(&self) -> Option<Decimal> {
        let (before, after) = (number(&self.before)?, number(&self.after)?);
        after.checked_sub(before).map(|distance| distance.abs())
    }
}

/// The other owner that a record names, unless a person has allowed to adopt the records of that owner.
pub(super) fn refused_owner(
    ownership: &Ownership<'_>,
    schemas: &Schemas,
    kind: &ObjectKind,
    record: &Record,
) -> Option<Box<str>> {
    let owner = ownership.foreign(kind, record)?;
    let is_allowed = |allowed: &str| allowed == owner.to_string();
    if ownership
        .permits
        .adopt_foreign
        .as_deref()
        .is_some_and(is_allowed)
    {
        return None;
    }
    Some(shown_owner(ownership, schemas, kind, &owner))
}

/// The owner as it may be shown: not if the instance marks the field of the marker as sensitive.
pub(super) fn shown_owner(
    ownership: &Ownership<'_>,
    schemas: &Schemas,
    kind: &ObjectKind,
    owner: &Value,
) -> Box<str> {
    let is_sensitive = ownership.marker(kind).is_some_and(|marker| {
        let schema = schemas.get(kind);
        schema.is_some_and(|schema| schema.is_sensitive(&marker.field))
    });
    if is_sensitive {
        MASK.into()
    } else {
        owner.to_string().into()
    }
}
