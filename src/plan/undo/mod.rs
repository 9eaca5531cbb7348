//! Undoing: the plan that takes an earlier run back, as far as nobody else has written since.
//!
//! A run is known by its changes with what was before ([`Undoing`]); where it is kept does not matter here. Whether a change of
//! unknown outcome happened is not asked: what the instance holds now is compared with before and after, and that decides.

mod back;
mod keep;
mod planner;
mod questions;
mod undoing;

pub use planner::undo;
pub use questions::undo_questions;
pub use undoing::{Made, Others, Taken, Undoing};
