//! Undoing: the plan that takes an earlier run back, except where others have written since.
//!
//! A run is known by its changes and by what the records were before ([`RunToUndo`]). Where that is stored does not matter here.
//! Whether a change of unknown outcome was made is decided by what the instance has now, compared with before and after, and by
//! what other runs did ([`OtherRuns`]).

mod fields;
mod ledger;
mod lost;
mod planner;
mod questions;
mod run;

pub use planner::undo;
pub use questions::undo_questions;
pub use run::{OtherRuns, OwnedInRun, ProtectionInRun, RunChange, RunToUndo};
