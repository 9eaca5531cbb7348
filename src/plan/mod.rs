//! Planning: what must change so that an instance holds what the manifests declare. Pure: no I/O, no clock, no failure.
//!
//! [`bind`] gives every entry its key and typed values in one instance, [`questions`] says which records to read, [`plan`] compares
//! the answers and [`complete`] adds what is known only then. A [`DealView`] tells what the plan does to the deals. [`guard`] refuses
//! more than a person expects, and [`waves`] splits the changes into calls, those of a [`canary`] first if one is wanted. `plan` alone decides; `apply` makes no choices. [`undo`] plans
//! the other way: from a run that was applied to what was before it.

mod as_applied;
mod basis;
mod batch;
mod bind;
mod canary;
mod change;
mod changed_part;
mod claim;
mod complete;
mod counts;
mod coverage;
mod deal;
mod deal_moves;
mod deletion;
mod difference;
mod digest;
mod drift;
mod edited;
mod field_change;
mod field_changes;
pub mod file;
mod guard;
mod guard_limit;

mod hidden;
mod label;
mod lead_check;
mod leads;
mod ledger_changes;
mod ledger_planner;
mod mask;
mod missing;
mod moves;
mod narrowing;
mod not_undone;
mod note;
mod observed;
mod ownership;
mod parent;
mod permits;
mod pipeline;
mod plan_value;
mod planner;
mod question;
mod record_plan;
mod reference;
mod referred;
mod referring;
mod refusal;
mod remembered;
mod removal;
mod rename;
mod renaming;
mod sides;
mod surroundings;
#[cfg(test)]
mod tests;
mod unclear;
mod undo;
mod unknown;
mod unknown_removals;
mod unread;
mod used;
mod waiting;
mod written;

pub use as_applied::{NOT_READ, as_applied, unread};
pub use basis::PlanBasis;
pub use batch::{Batch, BatchLimits, Wave, stages, waves, waves_of};
pub use bind::{Bound, DesiredRecord, Schemas, bind};
pub use canary::{Canary, canary};
pub use change::{Action, ActionName, At, Change, WhyDelete};
pub use changed_part::ChangedPart;
pub use complete::complete;
pub use counts::Counts;
pub use coverage::{Coverage, ReviewedPlan, Today};
pub use deal::{Deal, DealFields, DealMove, DealState, DealView, Unseen, factor, number};
pub use deal_moves::DealMoves;
pub use difference::{Difference, Differing};
pub use digest::{
    DigestBasis, DigestKind, Effect, PlanDigest, digest, digest_word, effects, short_digest,
    whole_digest,
};
pub use drift::{Drift, Drifted};
pub use field_change::{FieldChange, Moved};
pub use field_changes::FieldChanges;
pub use guard::{
    DeleteCeiling, GuardBasis, Guards, PERCENT_COUNTS_FROM, guard, most_by_percent, note_unjudged,
};
pub use guard_limit::{GuardLimit, SetBy};
pub use hidden::{hidden_change, hide_fields, hide_named};
pub use lead_check::leads_to_check;
pub use leads::{Leads, Matches};
pub use ledger_changes::{
    EntryUpdate, ForgottenEntry, LedgerAction, LedgerChange, LedgerChangeRef, LedgerChanges,
    ProtectionChange, WhyForgotten,
};
pub use mask::{MASK, Mask, masked};
pub use missing::Missing;
pub use moves::{MovedRecord, Moves};
pub use not_undone::{NotUndone, WhyNotUndone};
pub use note::Note;
pub use observed::Observed;
pub use ownership::{Marker, Ownership, Owning};
pub use parent::parent_of;
pub use permits::Permits;
pub use pipeline::Pipeline;
pub use plan_value::Plan;
pub use planner::plan;
pub use question::{
    Question, applied_since, further_questions, owned_and_missing, questions, widen,
    written_and_missing,
};
pub use record_plan::{RecordPlan, RecordPlans, Stamp, Stamps, record_plans, stamps};
pub use reference::{BlockedEntry, Lost, LostLead};
pub use referred::{ReferredQuestions, referred_questions};
pub use referring::{Named, named_key};
pub use refusal::{
    AmountJump, PercentBase, Protection, Refusal, Threshold, UpdateThreshold, Users,
};
pub use remembered::remembered_schemas;
pub use removal::Removal;
pub use rename::{Rename, Renamed, Successor};
pub use sides::{Sides, Sum};
pub use undo::{
    OtherRuns, OwnedInRun, ProtectionInRun, RunChange, RunToUndo, undo, undo_questions,
};
pub use unknown::{UnknownRecord, WhyUnknown};
pub use used::{UseQuestion, Uses, use_questions, used};
pub use written::{UPDATED_AT, is_last_writer, updated};
