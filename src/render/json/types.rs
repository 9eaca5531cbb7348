//! The members of reports. Their doc comments are the descriptions of `schemas/report.v1.json`.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::model::Value;
use crate::plan::file::SavedNote;
use crate::plan::{FieldChange, FieldChanges};
use crate::render::account::Account;
use crate::render::complaint::Complaint;
use crate::render::ending::Failure;

/// The version of oppctl that writes.
pub(super) const OPPCTL: &str = env!("CARGO_PKG_VERSION");

/// The format of reports and of lists of runs.
pub(super) const FORMAT: &str = "1.2";

/// A report of oppctl, format 1.
///
/// The result of a command that plans, applies or undoes, or of an earlier run.
/// Later versions of format 1 may add members; readers pass over those that they do not know.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "oppctl report, format 1")]
pub struct ReportDocument<'a> {
    pub(super) version: u32,
    /// `MAJOR.MINOR` of the format.
    pub(super) format_version: &'static str,
    /// The name of the instance in the configuration; null if the command failed before it chose one.
    pub(super) instance: Option<&'a str>,
    /// The exit code of the command; null for a run of the past.
    pub(super) exit: Option<u8>,
    #[serde(flatten)]
    pub(super) run: RunEntry<'a>,
    /// Why the command could not complete, if that is so.
    pub(super) error: Option<ErrorEntry<'a>>,
    /// What can be done about the end of a run that ended early.
    pub(super) hints: &'a [String],
    /// What is wrong in the manifests.
    pub(super) problems: &'a [Complaint],
    /// Why the plan was not to be applied, in words.
    pub(super) refusals: &'a [String],
    /// What is worth knowing of the plan, in words.
    pub(super) notes: &'a [String],
    /// The same notes with their codes and severities.
    pub(super) noted: &'a [SavedNote],
    /// The number of changes in the canary, which were read back as planned before the rest was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tried: Option<usize>,
    /// Records that became the project's own as they were.
    pub(super) adopted: Vec<RecordEntry<'a>>,
    /// What else changes in the ledger, or has changed: records that are forgotten, protected or no longer protected.
    pub(super) ledger: Vec<LedgerEntry<'a>>,
    /// Why changes were not applied: each cause once, the most frequent of each outcome first.
    pub(super) causes: Vec<CauseEntry>,
    pub(super) changes: Vec<ChangeEntry<'a>>,
}

/// Why some changes were not applied.
#[derive(Serialize, JsonSchema)]
pub(super) struct CauseEntry {
    pub(super) outcome: OutcomeName,
    pub(super) reasons: Vec<CauseReasonEntry>,
    /// What `…` stands for in the messages; empty if they are the same.
    pub(super) values: Vec<CauseValueEntry>,
    /// How many changes have met it.
    pub(super) count: usize,
    /// The first of them, by their index in `changes`.
    pub(super) changes: Vec<usize>,
    /// The id of a request that Marketo answered so.
    pub(super) request: Option<String>,
}

/// The outcomes that have causes.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OutcomeName {
    Rejected,
    Unknown,
    NotAttempted,
}

/// A reason with the values of its message left out where they differ.
#[derive(Serialize, JsonSchema)]
pub(super) struct CauseReasonEntry {
    /// Marketo's code; null for a sentence of oppctl.
    pub(super) code: Option<String>,
    pub(super) message: String,
    pub(super) meaning: Option<&'static str>,
    pub(super) advice: Option<String>,
}

/// A value, and how many changes have met it.
#[derive(Serialize, JsonSchema)]
pub(super) struct CauseValueEntry {
    pub(super) value: String,
    pub(super) count: usize,
}

/// A run, or what stands for it where nothing was sent.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunEntry<'a> {
    /// The name of the run, for `history` and `undo`; null where nothing was to be sent.
    pub(super) run: Option<&'a str>,
    /// What it came to, in one sentence.
    pub(super) verdict: String,
    /// Identifies the instance.
    pub(super) fingerprint: Option<&'a str>,
    pub(super) began: Option<String>,
    pub(super) ended: Option<String>,
    pub(super) state: State,
    /// Why it ended early.
    pub(super) why: Option<Cow<'a, str>>,
    /// Why the ledger could not be saved at the end of the run; null if it was saved.
    pub(super) ledger_unsaved: Option<&'a str>,
    pub(super) user: Option<&'a str>,
    pub(super) host: Option<&'a str>,
    /// The address of the log in CI.
    pub(super) ci_run: Option<&'a str>,
    /// The commit of the manifests, where it is known.
    pub(super) commit: Option<&'a str>,
    /// The digest of the plan.
    pub(super) digest: Option<&'a str>,
    /// The run that this one takes back.
    pub(super) undoes: Option<&'a str>,
    /// The version of oppctl.
    pub(super) oppctl: &'a str,
    /// How many calls of Marketo's API it made, those for its plan not counted.
    pub(super) calls: Option<usize>,
    pub(super) planned: CountsEntry,
    pub(super) applied: CountsEntry,
    pub(super) rejected: usize,
    pub(super) unknown: usize,
    pub(super) not_attempted: usize,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    Running,
    /// The process died before it wrote an end to the journal.
    Died,
    /// There was nothing more to send.
    Finished,
    /// A person or the system ended it.
    Interrupted,
    /// Nothing was sent, because something failed or was refused before.
    NotBegun,
    /// The run lost its lock, so another run could have written.
    LockLost,
    /// The journal could not be written.
    Unrecorded,
    /// The instance took no further calls.
    Instance,
    /// Its canary failed; see why.
    Canary,
    /// A mistake in oppctl ended it; see why.
    Panicked,
}

/// How many records there are of each sort.
#[derive(Serialize, JsonSchema)]
pub(super) struct CountsEntry {
    pub(super) create: usize,
    pub(super) adopt: usize,
    pub(super) update: usize,
    pub(super) delete: usize,
}

/// Why a command could not complete.
#[derive(Serialize, JsonSchema)]
pub(super) struct ErrorEntry<'a> {
    pub(super) message: &'a str,
    /// From the outermost cause to the innermost.
    pub(super) causes: &'a [String],
    /// The ways out.
    pub(super) hints: &'a [String],
}

impl<'a> ErrorEntry<'a> {
    /// Why a command could not complete, if that is so.
    pub(super) fn of(account: &Account<'a>) -> Option<Self> {
        let Failure {
            message,
            causes,
            hints,
        } = account.ending?.failure?;
        Some(Self {
            message,
            causes,
            hints,
        })
    }
}

/// A record and the entry that it comes from.
#[derive(Serialize, JsonSchema)]
pub(super) struct RecordEntry<'a> {
    pub(super) kind: &'a str,
    /// The parts of the key, with " / " between them.
    pub(super) key: String,
    pub(super) file: Cow<'a, str>,
    pub(super) line: usize,
}

/// A record whose entry in the ledger changes.
#[derive(Serialize, JsonSchema)]
pub(super) struct LedgerEntry<'a> {
    /// `forget`, `protect` or `unprotect`.
    pub(super) action: &'a str,
    #[serde(flatten)]
    pub(super) record: RecordEntry<'a>,
}

/// A change and what became of it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChangeEntry<'a> {
    #[serde(flatten)]
    pub(super) record: RecordEntry<'a>,
    /// What a person recognises the record by.
    pub(super) label: Option<&'a str>,
    pub(super) action: ActionEntry,
    pub(super) outcome: OutcomeEntry,
    /// Marketo's id of the changed or created record.
    pub(super) marketo_guid: Option<&'a str>,
    /// How often it was sent.
    pub(super) tries: usize,
    /// Why Marketo has rejected it.
    pub(super) reasons: Vec<ReasonEntry<'a>>,
    /// What Adobe's support asks for.
    pub(super) request_id: Option<&'a str>,
    /// Why it was not attempted, or why it is unknown.
    pub(super) why: Option<Cow<'a, str>>,
    #[schemars(with = "Vec<FieldEntry<'a>>")]
    pub(super) fields: FieldEntries<'a>,
}

/// What a change does.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum ActionEntry {
    Create,
    /// It exists, and becomes the project's own.
    Adopt,
    Update,
    Delete,
}

/// What became of a change.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum OutcomeEntry {
    Applied,
    Rejected,
    /// It was never sent.
    NotAttempted,
    /// It was sent, but there was no answer: it may or may not have been written.
    Unknown,
}

/// Why Marketo has rejected a record.
#[derive(Serialize, JsonSchema)]
pub(super) struct ReasonEntry<'a> {
    pub(super) code: &'a str,
    /// Marketo's own words, without the values of sensitive fields.
    pub(super) message: Cow<'a, str>,
}

/// The fields of a change, which are unpacked one by one.
pub(super) struct FieldEntries<'a>(pub(super) &'a FieldChanges);

impl Serialize for FieldEntries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries = serializer.serialize_seq(Some(self.0.len()))?;
        for field in self.0.iter() {
            entries.serialize_element(&FieldEntry::of(&field))?;
        }
        entries.end()
    }
}

/// A field; without its values if it is sensitive.
#[derive(Serialize, JsonSchema)]
pub(super) struct FieldEntry<'a> {
    pub(super) name: &'a str,
    pub(super) sensitive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub(super) before: Option<ValueEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub(super) after: Option<ValueEntry<'a>>,
}

impl<'a> FieldEntry<'a> {
    fn of(field: &'a FieldChange) -> Self {
        let shown = |value| (!field.sensitive).then_some(ValueEntry(value));
        Self {
            name: &field.name,
            sensitive: field.sensitive,
            before: shown(&field.before),
            after: shown(&field.after),
        }
    }
}

/// A value with its own digits.
pub(super) struct ValueEntry<'a>(pub(super) &'a Value);

impl Serialize for ValueEntry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_none(),
            Value::Boolean(value) => serializer.serialize_bool(*value),
            Value::Integer(value) => serializer.serialize_i64(*value),
            Value::Decimal(value) => RawValue::from_string(value.to_string())
                .expect("a decimal is a number of JSON")
                .serialize(serializer),
            Value::Text(_) | Value::Date(_) | Value::Datetime(_) => serializer.collect_str(self.0),
        }
    }
}

/// The JSON Schema of reports.
#[must_use]
pub fn report_schema() -> Schema {
    SchemaSettings::draft07()
        .into_generator()
        .into_root_schema_for::<ReportDocument<'_>>()
}
