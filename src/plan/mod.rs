//! Planning: what must change so that an instance holds what the manifests declare. Pure: no I/O, no clock, no failure.
//!
//! [`bind`] gives every entry its key and typed values in one instance, [`questions`] says which records
//! have to be read for that, [`plan`] compares the answers, [`guard`] refuses too many deletions and
//! [`waves`] splits the changes into calls. `plan` alone decides; `apply` makes no choice any more.

mod batch;
mod bind;
mod change;
mod guard;
mod observed;
mod planner;
mod question;
#[cfg(test)]
mod tests;

pub use batch::{Batch, Room, Wave, waves};
pub use bind::{Bound, Leads, Matches, Schemas, Target, bind};
pub use change::{Action, Change, FieldChange, Note, Plan, WhyDelete};
pub use guard::{Guards, PERCENT_COUNTS_FROM, Refusal, Threshold, guard};
pub use observed::Observed;
pub use planner::plan;
pub use question::{Question, parent_of, questions};
