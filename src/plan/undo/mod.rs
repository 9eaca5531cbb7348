//! Undoing: the plan that takes an earlier run back, except where others have written since.
//!
//! A run is known by its changes and by what the records were before ([`RunToUndo`]). Where that is stored does not
//! matter here. Whether a change of unknown outcome was made does not matter either: what the instance holds now is compared with
//! before and after.

mod fields;
mod ledger;
mod planner;
mod questions;
mod run;

pub use planner::undo;
pub use questions::undo_questions;
pub use run::{OtherRuns, RunAdoption, RunChange, RunToUndo};
