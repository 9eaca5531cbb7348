//! Machine formats of what was done, version 1: the report of a run, the list of runs, the events of a
//! run, what a check of manifests found, and what others have changed.
//!
//! Their types are their own and only gain members. Plans have a format of their own: see [`crate::plan::file`].

mod drift;
mod events;
mod report;
mod runs;
mod status;
mod types;
mod validation;

pub use drift::{DriftDocument, drift_document, drift_schema};
pub use events::{EventDocument, EventLog, event_schema};
pub use report::report_document;
pub use runs::RunsDocument;
pub use status::{StatusDocument, status_document, status_schema};
pub use types::{ReportDocument, report_schema};
pub use validation::{ValidationDocument, validation_document, validation_schema};
