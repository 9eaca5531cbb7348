//! What a reviewer looks at first.

use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::model::Level;
use crate::words::words;

/// Something that a reviewer looks at first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub code: FindingCode,
    /// How grave it is in this configuration.
    pub level: Level,
    /// What it is about where that is no change: the name of a field, of a stage.
    pub subject: Option<Box<str>>,
    /// How many fields, records or entries it is about.
    pub count: usize,
    /// The sum of the differences of the amounts, or of the amounts.
    pub amount: Option<Decimal>,
    /// The changes that it is about, those with the largest amounts first.
    pub places: Vec<FindingPlace>,
}

/// A change that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingPlace {
    /// Its index in the plan.
    pub change: usize,
    /// The field that it is about, if it is about one that changes.
    pub field: Option<Arc<str>>,
    /// When the record was written last in Marketo.
    pub day: Option<Date>,
}

/// What was found. The words are stable: machines and the configuration name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingCode {
    /// The checkout is behind what was applied last.
    Behind,
    /// Entries cannot be planned.
    Blocked,
    /// Amounts become many times larger or smaller.
    AmountFactor,
    /// Records are deleted and created again under another key.
    KeyChanged,
    DeletesWon,
    /// A decided deal becomes open.
    Reopens,
    /// A field was changed by the manifests and in Marketo.
    Conflict,
    /// Somebody changed a field in Marketo, and the plan sets it back.
    OverwritesMarketo,
    /// Somebody deleted a record in Marketo, and the plan creates it again.
    Recreates,
    /// The sum of the open deals moves by a large share.
    AmountSum,
    WinsWithoutAmount,
    /// A deal gets a close date in the past, and stays open.
    PastCloseDate,
    /// A stage that no record has, and that resembles one that is used, or is not in the configured list.
    StageUnknown,
    /// Two children of one parent are each to be the main one.
    PrimaryTwice,
    /// Records are not declared any more, and stay in Marketo: there is no ledger.
    LeftBehind,
    /// It is not known which fields are sensitive.
    Unmasked,
    /// The configuration names a field that the instance does not have.
    UnknownField,
    /// The working tree is not what was committed.
    UnappliedCommit,
}

impl FindingCode {
    words! {
        /// Its name in machine formats.
        pub fn word -> &'static str;
        /// The names of all of them, the gravest first.
        const WORDS;

        Self::Behind => "behind",
        Self::Blocked => "blocked",
        Self::AmountFactor => "amount-factor",
        Self::KeyChanged => "key-changed",
        Self::DeletesWon => "deletes-won",
        Self::Reopens => "reopens",
        Self::Conflict => "conflict",
        Self::OverwritesMarketo => "overwrites-marketo",
        Self::Recreates => "recreates",
        Self::AmountSum => "amount-sum",
        Self::WinsWithoutAmount => "wins-without-amount",
        Self::PastCloseDate => "past-close-date",
        Self::StageUnknown => "stage-unknown",
        Self::PrimaryTwice => "primary-twice",
        Self::LeftBehind => "left-behind",
        Self::Unmasked => "unmasked",
        Self::UnknownField => "unknown-field",
        Self::UnappliedCommit => "unapplied-commit",
    }
}

impl Finding {
    /// A finding of no change.
    pub(super) fn bare(code: FindingCode) -> Self {
        Self {
            code,
            level: Level::Warning,
            subject: None,
            count: 1,
            amount: None,
            places: Vec::new(),
        }
    }

    /// A finding of these changes, if there are any.
    pub(super) fn of(code: FindingCode, places: Vec<FindingPlace>) -> Option<Self> {
        (!places.is_empty()).then(|| Self {
            count: places.len(),
            places,
            ..Self::bare(code)
        })
    }
}
