//! A plan and the end of a run at a terminal, or in the log of a CI system: the answer stands last.
//!
//! Every text is complete without colours. Lines may be wider than the terminal; [`super::Width`] parts them when they are printed.

mod changes;
mod deletions;
mod ending;
mod impact;
mod look;
mod patterns;
mod text;

pub(super) use ending::RunEnding;
pub(super) use text::PlanText;
