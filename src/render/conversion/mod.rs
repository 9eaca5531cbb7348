//! What a conversion read into a file, what is wrong with it, and what became of it.

mod columns;
mod group;
mod hints;
mod problems;
mod report;
mod told;

pub use hints::{hints_for_columns, hints_for_problems};
pub use report::{ConversionReport, conversion_head};
