//! Texts for people, made from the data of the other stages. The sinks are parameters: only `cli` prints.

mod diagnostics;
mod escape;
mod problem;
mod wording;

pub use diagnostics::{diagnostics, tally};
pub use escape::escaped;
