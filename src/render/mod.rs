//! What is shown, made from the data of the other stages: texts for people, Markdown for pull requests, and the machine formats of
//! what was done. The sinks are parameters: only `cli` prints.

mod account;
mod ahead;
mod by_file;
mod canary;
mod change_fields;
mod detail;
mod diagnostics;
#[cfg(test)]
mod diagnostics_tests;
mod diff;
mod drift;
mod escape;
mod facts;
mod flags;
mod history;
mod json;
mod keeping;
mod left;
mod listing;
mod markdown;
mod note;
mod outcome_list;
mod place;
mod plan;
mod plan_file;
mod problem;
mod recreation;
mod refusal;
mod report;
mod saved;
mod stale;
mod style;
mod summary;
mod wording;
mod words;

pub use account::{Account, Ending, Failure, InstanceFacts, Ran, Unexpected, Verdict};
pub use canary::failed as canary_failed;
pub use detail::Detail;
pub use diagnostics::{diagnostics, tally};
pub use drift::drift;
pub use escape::{escaped, escaped_json};
pub use facts::{Costs, PlanFacts, UndoFacts};
pub use flags::{with_children_flag, with_undeclared_flag};
pub use history::{ended, history};
pub use json::{Complaint, ReportDocument, RunsDocument, report_document, report_schema};
pub use keeping::kept;
pub use listing::{
    DescribeDocument, FaultsDocument, FieldsByKind, FieldsDocument, ImportOmissions, ImportSummary,
    InstanceUsage, LedgerDocument, OwnedRecordDocument, RecordsDocument, SwitchesDocument,
    UsageDocument, describe_table, faults_table, fields_table, ledger_table, masked_record,
    record_text, runs_table, switches_table, usage_table,
};
pub use markdown::markdown;
pub use note::notes;
pub use plan::plan;
pub use plan_file::plan_file;
pub use refusal::refusals;
pub use report::{Tail, report, ways_out};
pub use saved::saved_plan;
pub use stale::difference;
pub use summary::Head;
pub use words::{counted, share};

pub use crate::plan::MASK;
