//! Machine formats of what was done, version 1: the report of a run, the list of runs, and the events of a run.
//!
//! Their types are their own and only gain members. Plans have a format of their own: see [`crate::plan::file`].

mod events;
mod report;
mod runs;
mod types;

pub use events::{EventDocument, EventLog, event_schema};
pub use report::report_document;
pub use runs::RunsDocument;
pub use types::{ReportDocument, report_schema};
