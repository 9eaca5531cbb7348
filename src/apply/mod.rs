//! Applying: the only loop with effects. It sends the batches of a plan wave by wave, settles what is in doubt by reading
//! back, and answers with one outcome for each change. It makes no choice that the plan has not made.

mod batch;
mod encode;
mod keep;
mod report;
#[cfg(test)]
pub(crate) mod tests;
mod waves;

pub use encode::{ROOM, calls, calls_of};
pub use keep::{Claims, claim, settle};
pub use report::{CanaryFailure, Halt, Outcome, Report, Settled, Unrecorded, WhyNot, with_causes};
pub use waves::{ApplyEvent, CallSequence, CanaryCalls, Listener, Stop, Urgency, apply};
