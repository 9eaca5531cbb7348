//! From a plan to its file.

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::brief::{SavedBrief, SavedNote};
use super::types::{
    FORMAT, InstanceEntry, PlanFile, SavedAction, SavedBasis, SavedCalls, SavedChange, SavedCounts,
    SavedField, SavedMoved, SavedPart, SavedPlace, SavedRecord, SavedUnknown, SavedWhyDelete,
    SavedWhyUnknown, UndoEntry,
};
use crate::model::{Key, ObjectKind, Sources, Value};
use crate::plan::{
    Action, At, Change, ChangedPart, Counts, FieldChange, LedgerAction, MASK, Moved, Permits, Plan,
    PlanBasis, PlanDigest, Stamp, Stamps, UnknownRecord, WhyDelete, WhyUnknown,
};

/// What a file says about a plan that the plan itself does not know.
#[derive(Debug)]
pub struct About<'a> {
    pub instance: InstanceEntry,
    pub commit: Option<&'a str>,
    pub digest: &'a PlanDigest,
    pub paths: Vec<String>,
    pub only: Vec<String>,
    pub undoes: Option<UndoEntry>,
    pub permits: Permits,
    pub confirm: bool,
    pub brief: SavedBrief,
    pub notes: Vec<String>,
    pub noted: Vec<SavedNote>,
    pub refusals: Vec<String>,
    pub calls: SavedCalls,
    pub stamps: &'a Stamps,
}

/// The changes of a plan, as its file has them. Each becomes an entry while it is written: all of them together need more memory than
/// the plan.
#[derive(Clone, Copy, Debug)]
pub struct WrittenChanges<'p> {
    changes: &'p [Change],
    sources: &'p Sources,
    stamps: &'p Stamps,
}

impl WrittenChanges<'_> {
    fn entry(&self, change: &Change) -> SavedChange {
        let mut entry = self::change(change, self.sources);
        let stamp = self.stamps.get(&(change.kind, change.key.folded()));
        if let Some(Stamp { touched, hidden }) = stamp {
            entry.touched = touched.map(|time| time.to_string());
            entry.hidden = hidden.as_deref().map(str::to_owned);
        }
        entry
    }
}

impl Serialize for WrittenChanges<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.changes.iter().map(|change| self.entry(change)))
    }
}

/// The file of a plan.
#[must_use]
pub fn write<'p>(
    plan: &'p Plan,
    sources: &'p Sources,
    about: About<'p>,
) -> PlanFile<WrittenChanges<'p>> {
    let changes = WrittenChanges {
        changes: &plan.changes,
        sources,
        stamps: about.stamps,
    };
    let About {
        instance,
        commit,
        digest,
        paths,
        only,
        undoes,
        permits,
        confirm,
        brief,
        notes,
        noted,
        refusals,
        calls,
        stamps,
    } = about;
    let Counts {
        create,
        adopt,
        update,
        delete,
    } = plan.counts();
    let records = |action: LedgerAction| {
        let of_action = plan.ledger_changes.seen_of(action);
        of_action
            .map(|change| record(change.kind, change.key, stamps))
            .collect()
    };
    PlanFile {
        format_version: FORMAT.to_owned(),
        oppctl_version: env!("CARGO_PKG_VERSION").to_owned(),
        verdict: Some(brief.verdict.clone()),
        instance,
        commit: commit.map(str::to_owned),
        digest: digest.to_string(),
        paths,
        only,
        changed_since: plan.changed_part().map(SavedPart::of),
        basis: SavedBasis::of(&plan.basis),
        not_known: plan.unknown().map(|it| unknown(it, sources)).collect(),
        undoes,
        permits,
        confirm,
        counts: SavedCounts {
            create,
            adopt,
            update,
            delete,
            unchanged: plan.unchanged.values().sum(),
            declared: plan.declared,
            owned: plan.owned,
        },
        brief: Some(brief),
        changes,
        adopted: records(LedgerAction::Adopt),
        forgotten: records(LedgerAction::Forget),
        protected: records(LedgerAction::Protect),
        unprotected: records(LedgerAction::Unprotect),
        notes,
        noted,
        refusals,
        calls,
        seal: String::new(),
    }
}

impl SavedBasis {
    /// What a plan compares the manifests with, if that is not what the instance has.
    #[must_use]
    pub fn of(basis: &PlanBasis) -> Option<Self> {
        match basis {
            PlanBasis::Instance => None,
            PlanBasis::Ledger => Some(Self::Ledger),
            PlanBasis::Snapshot { time } => Some(Self::Snapshot {
                time: time.to_string(),
            }),
        }
    }
}

fn unknown(unknown: &UnknownRecord, sources: &Sources) -> SavedUnknown {
    let UnknownRecord {
        kind,
        shown,
        at,
        why,
    } = unknown;
    SavedUnknown {
        kind: kind.name.to_owned(),
        shown: shown.to_string(),
        place: at.map(|at| place(&At::Here(at), sources)),
        why: match why {
            WhyUnknown::Lead { .. } => SavedWhyUnknown::Lead,
            WhyUnknown::Claimed => SavedWhyUnknown::Claimed,
            WhyUnknown::NotAsked => SavedWhyUnknown::NotAsked,
            WhyUnknown::Renamed => SavedWhyUnknown::Renamed,
            WhyUnknown::AppliedSince => SavedWhyUnknown::AppliedSince,
        },
    }
}

impl SavedPart {
    /// The part that a plan looked at.
    #[must_use]
    pub fn of(part: &ChangedPart) -> Self {
        Self {
            revision: part.revision.to_string(),
            base: part.base.to_string(),
            looked_at: part.entries,
            not_looked_at: part.not_looked_at(),
        }
    }
}

fn change(change: &Change, sources: &Sources) -> SavedChange {
    let Change {
        kind,
        key,
        shown,
        label,
        action,
        at,
    } = change;
    let (action, id, why) = match action {
        Action::Create { .. } => (SavedAction::Create, None, None),
        Action::Adopt { id, .. } => (SavedAction::Adopt, Some(id), None),
        Action::Update { id, .. } => (SavedAction::Update, Some(id), None),
        Action::Delete { id, why, .. } => {
            let why = match why {
                WhyDelete::Tombstone => SavedWhyDelete::Tombstone,
                WhyDelete::NotListed => SavedWhyDelete::NotListed,
                WhyDelete::Removed => SavedWhyDelete::Removed,
                WhyDelete::WithParent => SavedWhyDelete::WithParent,
                WhyDelete::Undone => SavedWhyDelete::Undone,
            };
            (SavedAction::Delete, Some(id), Some(why))
        }
    };
    SavedChange {
        kind: kind.name.to_owned(),
        key: key.clone(),
        shown: shown.to_string(),
        label: label.as_deref().map(str::to_owned),
        action,
        why,
        id: id.map(ToString::to_string),
        place: place(at, sources),
        fields: change.fields().iter().map(|it| field(&it)).collect(),
        touched: None,
        hidden: None,
    }
}

fn place(at: &At, sources: &Sources) -> SavedPlace {
    let (column, origin) = match at {
        At::Here(span) => (Some(sources.position(*span).column), None),
        At::Saved { column, .. } => (Some(*column), None),
        At::Before { origin, .. } => (None, Some(origin)),
    };
    SavedPlace {
        file: at.file(sources).display().to_string(),
        line: at.line(sources),
        column,
        applied: origin.map(|origin| origin.time.to_string()),
        commit: origin.and_then(|origin| origin.commit.as_deref().map(str::to_owned)),
    }
}

fn field(field: &FieldChange) -> SavedField {
    let FieldChange {
        name,
        data_type,
        before,
        after,
        sensitive,
        moved,
        at: _,
    } = field;
    SavedField {
        name: name.to_string(),
        data_type: data_type.name().to_owned(),
        sensitive: *sensitive,
        before: side(before, *sensitive),
        after: side(after, *sensitive),
        moved: moved.map(|moved| match moved {
            Moved::You => SavedMoved::You,
            Moved::Marketo => SavedMoved::Marketo,
            Moved::Both => SavedMoved::Both,
            Moved::Hidden => SavedMoved::NotKnown,
        }),
    }
}

fn record(kind: &'static ObjectKind, key: &Key, stamps: &Stamps) -> SavedRecord {
    let touched = stamps
        .get(&(kind, key.folded()))
        .and_then(|stamp| stamp.touched);
    SavedRecord {
        kind: kind.name.to_owned(),
        key: key.clone(),
        touched: touched.map(|time| time.to_string()),
    }
}

/// One side of a field. The value of a sensitive field is masked, unless there is none.
fn side(value: &Value, sensitive: bool) -> Box<RawValue> {
    if sensitive && !value.is_null() {
        raw(&Value::Text(MASK.into()))
    } else {
        raw(value)
    }
}

/// A value as JSON; a decimal keeps its digits.
fn raw(value: &Value) -> Box<RawValue> {
    let text = value.to_string();
    let raw = match value {
        Value::Null => to_raw_value(&()),
        Value::Text(_) | Value::Date(_) | Value::Datetime(_) => to_raw_value(&text),
        Value::Boolean(_) | Value::Integer(_) | Value::Decimal(_) => RawValue::from_string(text),
    };
    raw.expect("a value is JSON")
}
