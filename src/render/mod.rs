//! Texts for people, made from the data of the other stages. The sinks are parameters: only `cli` prints.

mod ahead;
mod diagnostics;
#[cfg(test)]
mod diagnostics_tests;
mod diff;
mod escape;
mod history;
mod history_json;
mod keeping;
mod left;
mod note;
mod place;
mod plan;
mod problem;
mod refusal;
mod report;
mod stale;
mod style;
mod summary;
mod wording;
mod words;

pub use ahead::{native_crm, quota_renewal};
pub use diagnostics::{diagnostics, tally};
pub use escape::escaped;
pub use history::{ended, history};
pub use history_json::{RunDocument, RunsDocument};
pub use keeping::{drift, kept};
pub use note::notes;
pub use plan::{Detail, plan};
pub use refusal::refusals;
pub use report::{Tail, report};
pub use stale::{differ, difference};
pub use summary::{Head, read_from};
pub use words::{counted, share};

pub use crate::plan::MASK;
