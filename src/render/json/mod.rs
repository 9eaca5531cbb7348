//! Machine formats of what was done, version 1: the report of a run, and the list of runs.
//!
//! Their types are their own and only gain members. Plans have a format of their own: see [`crate::plan::file`].

mod report;
mod runs;
mod types;

pub use report::report_document;
pub use runs::RunsDocument;
pub use types::{ReportDocument, report_schema};
