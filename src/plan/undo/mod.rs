//! Undoing: the plan that takes an earlier run back, except where others have written since.
//!
//! A run is known by its changes and by what the records were before ([`RunToUndo`]). This module does not care where that is stored.
//! Nor does it ask whether a change of unknown outcome was made: it compares what the instance holds now with before and after.

mod fields;
mod ledger;
mod planner;
mod questions;
mod run;

pub use planner::undo;
pub use questions::undo_questions;
pub use run::{OtherRuns, RunAdoption, RunChange, RunToUndo};
