//! Runs as JSON, version 1: types of their own, which only gain members.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::api::Reason;
use crate::apply::Outcome;
use crate::journal::{Aside, End, Head, How, Run, RunId, Summary, Tally};
use crate::model::Value;
use crate::plan::{Action, At, Change, FieldChange};

/// The runs of an instance, the newest first.
#[derive(Serialize)]
pub struct RunsDocument<'a> {
    version: u32,
    instance: &'a str,
    runs: Vec<RunEntry<'a>>,
}

/// One run with its changes.
#[derive(Serialize)]
pub struct RunDocument<'a> {
    version: u32,
    instance: &'a str,
    #[serde(flatten)]
    run: RunEntry<'a>,
    /// Records that became the project's own as they were.
    adopted: Vec<RecordEntry<'a>>,
    changes: Vec<ChangeEntry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunEntry<'a> {
    run: &'a str,
    fingerprint: &'a str,
    began: String,
    ended: Option<String>,
    state: &'static str,
    why: Option<&'a str>,
    user: &'a str,
    host: &'a str,
    ci_run: Option<&'a str>,
    commit: Option<&'a str>,
    digest: Option<&'a str>,
    undoes: Option<&'a str>,
    oppctl: &'a str,
    calls: Option<usize>,
    planned: Counts,
    applied: Counts,
    rejected: usize,
    unknown: usize,
    not_attempted: usize,
}

#[derive(Serialize)]
struct Counts {
    create: usize,
    adopt: usize,
    update: usize,
    delete: usize,
}

#[derive(Serialize)]
struct RecordEntry<'a> {
    kind: &'a str,
    key: String,
    file: &'a str,
    line: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChangeEntry<'a> {
    #[serde(flatten)]
    record: RecordEntry<'a>,
    action: &'static str,
    outcome: &'static str,
    /// The id of the record: that which was changed, or that which was created.
    marketo_guid: Option<&'a str>,
    tries: usize,
    reasons: Vec<ReasonEntry<'a>>,
    request_id: Option<&'a str>,
    why: Option<&'a str>,
    fields: Vec<FieldEntry<'a>>,
}

#[derive(Serialize)]
struct ReasonEntry<'a> {
    code: &'a str,
    message: &'a str,
}

/// A field; without its values if it is sensitive.
#[derive(Serialize)]
struct FieldEntry<'a> {
    name: &'a str,
    sensitive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Shown<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Shown<'a>>,
}

/// A value with its own digits.
struct Shown<'a>(&'a Value);

impl Serialize for Shown<'_> {
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

impl<'a> RunsDocument<'a> {
    /// The document of these runs.
    #[must_use]
    pub fn of(instance: &'a str, runs: &'a [Summary]) -> Self {
        let runs = runs.iter().map(|summary| {
            let Summary {
                head,
                tally,
                end,
                is_running,
            } = summary;
            entry(head, tally, end.as_ref(), *is_running)
        });
        Self {
            version: 1,
            instance,
            runs: runs.collect(),
        }
    }
}

impl<'a> RunDocument<'a> {
    /// The document of a run.
    #[must_use]
    pub fn of(instance: &'a str, run: &'a Run, is_running: bool) -> Self {
        let adopted = run.adopted.iter().map(|adopted| RecordEntry {
            kind: adopted.kind.name,
            key: adopted.key.to_string(),
            file: &adopted.place.file,
            line: adopted.place.line,
        });
        let changes = run.changes.iter().zip(&run.outcomes).zip(&run.asides);
        let changes =
            changes.filter_map(|((change, outcome), aside)| change_entry(change, outcome, aside));
        Self {
            version: 1,
            instance,
            run: entry(&run.head, &run.tally(), run.end.as_ref(), is_running),
            adopted: adopted.collect(),
            changes: changes.collect(),
        }
    }
}

fn entry<'a>(
    head: &'a Head,
    tally: &Tally,
    end: Option<&'a End>,
    is_running: bool,
) -> RunEntry<'a> {
    let Head {
        id,
        began,
        instance: _,
        fingerprint,
        owner,
        commit,
        digest,
        undoes,
        program,
        counts: planned,
    } = head;
    let Tally {
        applied,
        rejected,
        unknown,
        not_attempted,
    } = *tally;
    let (state, why) = match end.map(|end| &end.how) {
        None if is_running => ("running", None),
        None => ("died", None),
        Some(How::Finished) => ("finished", None),
        Some(How::Interrupted) => ("interrupted", None),
        Some(How::NotBegun(why)) => ("not-begun", Some(why)),
        Some(How::LockLost(why)) => ("lock-lost", Some(why)),
        Some(How::Unrecorded(why)) => ("unrecorded", Some(why)),
        Some(How::Instance(why)) => ("instance", Some(why)),
    };
    RunEntry {
        run: id.as_str(),
        fingerprint,
        began: began.to_string(),
        ended: end.map(|end| end.time.to_string()),
        state,
        why: why.map(String::as_str),
        user: &owner.user,
        host: &owner.host,
        ci_run: owner.run.as_deref(),
        commit: commit.as_deref(),
        digest: digest.as_deref(),
        undoes: undoes.as_ref().map(RunId::as_str),
        oppctl: program,
        calls: end.map(|end| end.calls),
        planned: counts(*planned),
        applied: counts(applied),
        rejected,
        unknown,
        not_attempted,
    }
}

fn counts([create, adopt, update, delete]: [usize; 4]) -> Counts {
    Counts {
        create,
        adopt,
        update,
        delete,
    }
}

fn change_entry<'a>(
    change: &'a Change,
    outcome: &'a Outcome,
    aside: &Aside,
) -> Option<ChangeEntry<'a>> {
    // A journal has no place in files that are open.
    let At::Before { place, origin: _ } = &change.at else {
        return None;
    };
    let (action, id) = match &change.action {
        Action::Create { .. } => ("create", None),
        Action::Adopt { id, .. } => ("adopt", Some(&**id)),
        Action::Update { id, .. } => ("update", Some(&**id)),
        Action::Delete { id, .. } => ("delete", Some(&**id)),
    };
    let mut entry = ChangeEntry {
        record: RecordEntry {
            kind: change.kind.name,
            key: change.key.to_string(),
            file: &place.file,
            line: place.line,
        },
        action,
        outcome: "applied",
        marketo_guid: id,
        tries: aside.tries,
        reasons: Vec::new(),
        request_id: None,
        why: None,
        fields: change.fields().iter().map(field_entry).collect(),
    };
    match outcome {
        Outcome::Applied { id } => entry.marketo_guid = entry.marketo_guid.or(id.as_deref()),
        Outcome::Rejected {
            reasons,
            request_id,
        } => {
            entry.outcome = "rejected";
            let reasons = reasons
                .iter()
                .map(|Reason { code, message }| ReasonEntry { code, message });
            entry.reasons = reasons.collect();
            entry.request_id = request_id.as_deref();
        }
        Outcome::Unknown { why } => {
            entry.outcome = "unknown";
            entry.why = Some(why);
        }
        Outcome::NotAttempted(_) => entry.outcome = "notAttempted",
    }
    Some(entry)
}

fn field_entry(field: &FieldChange) -> FieldEntry<'_> {
    let shown = |value| (!field.sensitive).then_some(Shown(value));
    FieldEntry {
        name: &field.name,
        sensitive: field.sensitive,
        before: shown(&field.before),
        after: shown(&field.after),
    }
}
