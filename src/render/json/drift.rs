//! What others changed in Marketo since the last apply.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::types::{ErrorEntry, OPPCTL, ValueEntry};
use crate::model::Sources;
use crate::plan::{Drift, Drifted, FieldChange, Moved, Plan};
use crate::render::account::Account;
use crate::render::complaint::Complaint;
use crate::render::drift::drift_verdict;
use crate::render::headline::plain_headline;

/// What others changed in Marketo since the last apply, format 1.
///
/// Later versions of format 1 may add members; readers pass over those that they do not know.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "oppctl drift, format 1")]
pub struct DriftDocument<'a> {
    /// `MAJOR.MINOR` of the format.
    format_version: &'static str,
    /// The version of oppctl.
    oppctl: &'static str,
    /// What the comparison came to, in one sentence.
    verdict: String,
    /// The exit code of the command.
    exit: Option<u8>,
    /// The name of the instance in the configuration; null if the command failed before it chose one.
    instance: Option<&'a str>,
    /// Why the command could not complete, if that is so.
    error: Option<ErrorEntry<'a>>,
    /// What is wrong in the manifests.
    problems: &'a [Complaint],
    /// The owned records that others have changed.
    records: Vec<DriftEntry<'a>>,
}

/// A record that others have changed.
#[derive(Serialize, JsonSchema)]
struct DriftEntry<'a> {
    kind: &'a str,
    key: &'a str,
    /// The place of its key in the entry that declares it. Lines and columns count from 1.
    file: Cow<'a, str>,
    line: usize,
    column: usize,
    what: What,
    /// The fields that differ, in the order of the manifest.
    fields: Vec<DriftField<'a>>,
}

/// What happened to a record in Marketo.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum What {
    Deleted,
    /// It was deleted, and another record has its key.
    Replaced,
    Changed,
    /// Fields were changed, and no manifest declares the record any more.
    ChangedUndeclared,
}

/// A field that others have changed; without its values if it is sensitive.
#[derive(Serialize, JsonSchema)]
struct DriftField<'a> {
    name: &'a str,
    sensitive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    declared: Option<ValueEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    in_marketo: Option<ValueEntry<'a>>,
    changed_by: ChangedBy,
}

/// Who changed a field since the last apply.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum ChangedBy {
    Marketo,
    /// The manifests, too.
    Both,
    /// The ledger has no hash of it.
    Unknown,
}

/// The document of a comparison. `plan` is the one by which it was made, if the command came to one.
#[must_use]
pub fn drift_document<'a>(account: &'a Account<'a>, plan: Option<&'a Plan>) -> DriftDocument<'a> {
    let drift = plan.map_or(&[][..], |plan| &plan.drift);
    let ending = account.ending;
    let verdict = match plan {
        Some(_) => drift_verdict(drift.len()),
        None => plain_headline(account),
    };
    DriftDocument {
        format_version: "1.2",
        oppctl: OPPCTL,
        verdict,
        exit: ending.map(|ending| ending.exit),
        instance: account.instance.map(|instance| instance.name),
        error: ErrorEntry::of(account),
        problems: &account.complaints,
        records: drift.iter().map(|it| entry(it, account.sources)).collect(),
    }
}

fn entry<'a>(drift: &'a Drift, sources: &'a Sources) -> DriftEntry<'a> {
    let Drift {
        kind,
        shown,
        at,
        what,
    } = drift;
    let column = at.here().map_or(1, |at| sources.position(at).column);
    let (what, fields) = match what {
        Drifted::Gone => (What::Deleted, &[][..]),
        Drifted::Remade => (What::Replaced, &[][..]),
        Drifted::Fields(fields) => (What::Changed, &fields[..]),
        Drifted::Undeclared(fields) => (What::ChangedUndeclared, &fields[..]),
    };
    let mut fields: Vec<&FieldChange> = fields.iter().collect();
    fields.sort_by_key(|field| field.at);
    DriftEntry {
        kind: kind.name,
        key: shown,
        file: at.file(sources).to_string_lossy(),
        line: at.line(sources),
        column,
        what,
        fields: fields.into_iter().map(field).collect(),
    }
}

fn field(field: &FieldChange) -> DriftField<'_> {
    let shown = |value| (!field.sensitive).then_some(ValueEntry(value));
    DriftField {
        name: &field.name,
        sensitive: field.sensitive,
        declared: shown(&field.before),
        in_marketo: shown(&field.after),
        changed_by: match field.moved {
            Some(Moved::Marketo | Moved::You) | None => ChangedBy::Marketo,
            Some(Moved::Both) => ChangedBy::Both,
            Some(Moved::Hidden) => ChangedBy::Unknown,
        },
    }
}

/// The JSON Schema of drifts.
#[must_use]
pub fn drift_schema() -> Schema {
    SchemaSettings::draft07()
        .into_generator()
        .into_root_schema_for::<DriftDocument<'_>>()
}
