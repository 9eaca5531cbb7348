//! The only loop that changes an instance. It sends the batches of a plan wave by wave, reads back what is in doubt, and returns
//! one outcome for each change. All choices are the plan's.

mod batch;
mod blocked;
mod doubts;
mod encode;
mod keep;
mod panicked;
mod part;
mod report;
mod sender;
mod sequence;
mod stop;
#[cfg(test)]
pub(crate) mod tests;
mod waves;

pub use encode::{MARKETO_LIMITS, calls, calls_of};
pub use keep::{Claims, claim, keep};
pub use panicked::{Panicked, caught};
pub use report::{CanaryFailure, Halt, Outcome, Report, Settled, Unrecorded, WhyNot, with_causes};
pub use sender::Target;
pub use sequence::{CallSequence, CallStage, CanaryCalls};
pub use stop::{Stop, Urgency};
pub use waves::{ApplyEvent, Listener, apply};
