//! The brief of a plan in words. They are the same in every format, and are plain text: each format escapes them in its own way.

mod findings;
mod patterns;
mod refusals;
mod saved;
mod verdict;

pub(super) use crate::model::grouped as count;
pub(super) use saved::{saved_brief, without_brief};
use verdict::verdict;
pub(super) use verdict::{PlanSubject, in_ledger, loud, tally};
