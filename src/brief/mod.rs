//! What a plan means to people: what to look at first, what it does to the pipeline, what is deleted, and the shapes of its updates.
//! Pure: from the plan, the records that were read, and the configuration.
//!
//! It holds data and no words; `render` words it. A sensitive value is never in it, and nothing is computed from one.

mod basis;
mod changed_deal;
mod deals;
mod findings;
mod key_changed;
mod look;
mod make;
mod numbers;
mod patterns;
mod primaries;
mod raised;
mod seen;
#[cfg(test)]
mod tests;

pub use basis::BriefBasis;
pub use deals::DealRow;
pub use findings::{Finding, FindingCode, FindingPlace};
pub use make::Brief;
pub use patterns::{Pattern, Shape};
pub use raised::raised;
pub use seen::Seen;
