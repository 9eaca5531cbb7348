//! Tables and JSON documents of the commands that only show something: what an instance says, what the ledger and the journals have.
//!
//! Each document is version 1 and has types of its own, which only gain members. A command serialises the document or prints
//! the table.

mod describe;
mod fields;
mod import;
mod ledger;
mod records;
mod runs;
mod simulator;
mod table;
mod usage;

pub use describe::{DescribeDocument, describe_table};
pub use fields::{FieldsByKind, FieldsDocument, fields_table};
pub use import::{ImportOmissions, ImportSummary};
pub use ledger::{LedgerDocument, ShownRecordDocument, ledger_table};
pub use records::{RecordsDocument, masked_record, record_text};
pub use runs::{journals_kept, journals_removed, runs_table};
pub use simulator::{FaultsDocument, SwitchesDocument, faults_table, switches_table};
pub use usage::{InstanceUsage, UsageDocument, usage_table};

/// The format of these documents, beside their `version`, which is its first part.
const FORMAT: &str = "1.0";
