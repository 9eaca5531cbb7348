//! What is shown, made from the data of the other stages: texts for people, Markdown for pull requests, pages of HTML, and the
//! machine formats of what was done. The sinks are parameters: only `cli` prints.

mod account;
mod advice;
mod alike;
mod amounts;
mod annotation;
mod basis;
mod before;
mod brief;
mod by_file;
mod canary;
mod cause_values;
mod causes;
mod change_fields;
mod checkout;
mod command;
mod complaint;
mod conversion;
mod counting;
mod detail;
mod diagnostics;
#[cfg(test)]
mod diagnostics_tests;
mod diff;
mod difference;
mod doctor;
mod drift;
mod ending;
mod escape;
mod explain;
mod field_problem;
mod file_permits;
mod flags;
mod formatting;
mod headline;
mod history;
mod html;
mod init;
mod instance_check;
mod instances;
mod json;
mod keys;
mod ledger_changes;
mod listing;
mod markdown;
mod moved;
mod next_step;
mod not_undone;
mod note_lines;
mod notes;
mod outcome_list;
mod own_reports;
mod place;
mod plan;
mod plan_facts;
mod plan_file;
mod plan_summary;
mod problem;
mod progress;
mod pull;
mod rebuild;
mod recreation;
mod refusal;
mod refusal_hint;
mod refused_records;
mod rename_problem;
mod renames;
mod run_report;
mod run_words;
mod saved_plan;
mod shortened;
mod stale;
mod status;
mod style;
mod surroundings;
mod terminal;
mod waiting;
mod why;
mod why_children;
mod width;
mod wording;

pub use account::{Account, InstanceFacts, RunFacts, Unexpected};
pub use advice::api_advice;
pub use annotation::{Marks, code_quality, github_annotations, github_outputs, sarif};
pub use basis::snapshot_written;
pub use before::before_hint;
pub use checkout::lag;
pub use complaint::{Complaint, complaints};
pub use conversion::{ConversionReport, conversion_head, hints_for_columns, hints_for_problems};
pub use counting::{counted, counted_entries, share};
pub use detail::Detail;
pub use diagnostics::{diagnostics, grouped_diagnostics, tally};
pub use difference::difference;
pub use doctor::{Check, CheckState, DoctorDocument, doctor_text};
pub use drift::{drift, drift_verdict};
pub use ending::{Ending, Failure, Verdict};
pub use escape::{EscapedJson, escaped, escaped_json};
pub use explain::{Family as PageFamily, Page, Part as PagePart, explained, like, listed};
pub use file_permits::refusals_of;
pub use flags::{command_tip, flag_tip, with_children_flag, with_undeclared_flag};
pub use formatting::{Formatting, file_line, format_change};
pub use headline::verdict;
pub use history::{PastRun, history};
pub use html::{html, html_of_drift};
pub use init::{InitFile, InitState, init_report};
pub use instance_check::instance_check;
pub use instances::instance_verdicts;
pub use json::{
    DriftDocument, EventDocument, EventLog, ReportDocument, RunsDocument, StatusDocument,
    ValidationDocument, drift_document, drift_schema, event_schema, report_document, report_schema,
    status_document, status_schema, validation_document, validation_schema,
};
pub use keys::{childless, first_lines, key_argument, key_with_exact, kinds_to_choose, not_found};
pub use ledger_changes::kept;
pub use listing::{
    DescribeDocument, FaultsDocument, FieldsByKind, FieldsDocument, ImportOmissions, ImportSummary,
    InstanceUsage, LedgerDocument, RecordsDocument, ShownRecordDocument, SwitchesDocument,
    UsageDocument, describe_table, faults_table, fields_table, journals_kept, journals_removed,
    ledger_table, masked_record, record_text, runs_table, switches_table, usage_table,
};
pub use markdown::{MarkdownLimit, markdown, markdown_of_drift};
pub use notes::{idle_pattern, imprecise, notes, stray, unmasked};
pub use own_reports::is_report;
pub use plan::plan;
pub use plan_facts::{Costs, PlanFacts, UndoFacts};
pub use plan_file::plan_file;
pub use plan_summary::{Head, question};
pub use problem::unasked;
pub use progress::{ProgressFacts, spoken};
pub use pull::{diff, pull_question, pull_summary, removal_question};
pub use rebuild::rebuild_text;
pub use refusal::refusals;
pub use renames::waiting_renames;
pub use run_report::{report, run_verdict, ways_out};
pub use saved_plan::saved_plan;
pub use stale::stale;
pub use status::{StatusPage, status};
pub use waiting::waiting;
pub use why::{WhyPage, why};
pub use width::Width;

pub use crate::plan::MASK;
pub use crate::plan::file::Severity;
pub use surroundings::Surroundings;
