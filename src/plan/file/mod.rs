//! The plan as a file, version 2: `plan --out` writes it, `apply --plan` checks it and `show` reads it.
//!
//! It has types of its own, so that the rest of the program can change without the format. Readers ignore members that they do not
//! know and refuse another major version. The file has no values of sensitive fields: an apply reads them again.

mod brief;
mod read;
mod seal;
mod types;
mod write;

pub use brief::{
    Exact, FoundRecord, SavedBrief, SavedDeal, SavedFinding, SavedFindingPlace, SavedImpact,
    SavedNote, SavedPattern, SavedPlace, SavedRefusal, SavedSides, SavedSum, Severity,
};
pub use read::{PlanFileError, SavedPlan, is_plan, read};
pub use seal::SealKey;
pub use types::{
    InstanceEntry, PlanFile, SavedBasis, SavedCalls, SavedCounts, SavedPart, SavedUnknown,
    UndoEntry, plan_schema,
};
pub use write::{About, WrittenChanges, write};

#[cfg(test)]
mod tests;
