//! A run with an example of everything, and its journal.

use std::sync::Arc;

use crate::api::Reason;
use crate::apply::tests::bench::log::{Log, head};
use crate::apply::{ApplyEvent, Halt, Outcome, Report, Settled, WhyNot};
use crate::journal::{JournalWriter, Opening, RunHead, Sink};
use crate::ledger::{self, Applied, Entry, Ledger, Origin, Place, Replaced};
use crate::model::kind::{OPPORTUNITY, ROLE};
use crate::model::{DataType, Key, KeyValue, ObjectKind, Sources, Value, Verb};
use crate::plan::{
    Action, At, Batch, Change, EntryUpdate, FieldChange, ForgottenEntry, LedgerChanges, Plan,
    ProtectionChange, WhyDelete, WhyForgotten,
};

/// A field that changes.
pub(super) fn field(
    name: &str,
    data_type: DataType,
    before: Value,
    after: Value,
    sensitive: bool,
) -> FieldChange {
    FieldChange {
        name: name.into(),
        data_type,
        before,
        after,
        sensitive,
        moved: None,
        at: None,
    }
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.into())
}

pub(super) fn key(text: &str) -> Key {
    Key::new(vec![KeyValue::Text(text.into())])
}

/// A change of an entry that was on this line when the commit `0ld` was applied.
pub(super) fn change(kind: &'static ObjectKind, key: Key, action: Action, line: u32) -> Change {
    Change {
        kind,
        shown: key.to_string().into(),
        key,
        label: None,
        action,
        at: At::Before {
            place: place(line),
            origin: Arc::new(Origin {
                time: "2026-03-01T18:00:00Z".parse().unwrap(),
                commit: Some("0ld".into()),
            }),
        },
    }
}

pub(super) fn place(line: u32) -> Place {
    Place {
        file: "pipeline/main.yaml".into(),
        line,
    }
}

/// Fields of several types, one of them sensitive.
fn updated() -> Vec<FieldChange> {
    let amount = |text: &str| Value::Decimal(text.parse().unwrap());
    vec![
        field(
            "amount",
            DataType::Currency,
            amount("1604.470"),
            amount("1750"),
            false,
        ),
        field(
            "salary",
            DataType::String,
            text("51000"),
            text("52000"),
            true,
        ),
        field(
            "closeDate",
            DataType::Date,
            Value::Date("2026-12-31".parse().unwrap()),
            Value::Null,
            false,
        ),
    ]
}

/// A plan with an example of everything.
pub(super) fn plan() -> Plan {
    let role = |lead| {
        let name = KeyValue::Text("Champion".into());
        Key::new(vec![KeyValue::Text("B".into()), KeyValue::Lead(lead), name])
    };
    let deleted = vec![field(
        "externalCreatedDate",
        DataType::Datetime,
        Value::Datetime("2026-03-01T09:00:00Z".parse().unwrap()),
        Value::Null,
        false,
    )];
    let flag = |value| {
        vec![field(
            "isPrimary",
            DataType::Boolean,
            Value::Null,
            Value::Boolean(value),
            false,
        )]
    };
    let name = vec![
        field(
            "name",
            DataType::String,
            Value::Null,
            text("Ch\"ai\nrs"),
            false,
        ),
        field(
            "size",
            DataType::Integer,
            Value::Null,
            Value::Integer(-7),
            false,
        ),
    ];
    let mut changes = vec![
        change(
            &OPPORTUNITY,
            key("A"),
            Action::Create {
                fields: name.into(),
            },
            3,
        ),
        change(
            &OPPORTUNITY,
            key("B"),
            Action::Update {
                id: "guid-b".into(),
                fields: updated().into(),
            },
            7,
        ),
        change(
            &ROLE,
            role(1001),
            Action::Adopt {
                id: "guid-b1".into(),
                fields: flag(true).into(),
            },
            9,
        ),
        change(
            &ROLE,
            role(1002),
            Action::Delete {
                id: "guid-b2".into(),
                why: WhyDelete::Removed,
                fields: deleted.into(),
            },
            10,
        ),
    ];
    changes[1].label = Some("Tables".into());
    changes[2].shown = "B / ada@example.com / Champion".into();
    Plan {
        changes,
        ledger_changes: LedgerChanges {
            updates: vec![EntryUpdate {
                kind: &OPPORTUNITY,
                entry: entry(key("C"), "guid-c", 20),
                change: None,
                adopts: true,
                is_claimed: false,
                protection: Some(ProtectionChange::Begins),
            }],
            forgotten: vec![ForgottenEntry {
                kind: &OPPORTUNITY,
                key: key("D"),
                id: Some("guid-d".into()),
                place: place(30),
                is_protected: false,
                why: WhyForgotten::Forgotten,
            }],
        },
        ..Plan::default()
    }
}

fn entry(key: Key, id: &str, line: u32) -> Entry {
    Entry {
        key,
        id: Some(id.into()),
        fields: Applied::default(),
        written: None,
        replaced: Replaced::default(),
        protected: None,
        declared: place(line),
        origin: Arc::new(Origin {
            time: "2026-03-01T18:00:00Z".parse().unwrap(),
            commit: None,
        }),
    }
}

/// What the project owns before the run.
fn ledger() -> Ledger {
    let mut ledger = Ledger::new([7; 16]);
    let plan = plan();
    ledger.insert(&OPPORTUNITY, entry(key("B"), "guid-b", 7));
    ledger.insert(&ROLE, entry(plan.changes[3].key.clone(), "guid-b2", 10));
    ledger
}

/// The time at which the sample's run begins, and at which its clock stands still.
pub(super) const BEGAN: &str = "2026-03-02T18:00:00Z";

pub(super) fn sample_head(plan: &Plan) -> RunHead {
    let mut head = head(BEGAN.parse().unwrap(), plan);
    head.owner.run = Some("https://ci.example.com/7".to_owned());
    head.digest = Some("d19e57".into());
    head
}

/// Begins the journal of a run of this plan, without sensitive values.
pub(super) fn begin<'p>(log: &Log, plan: &'p Plan, sensitive: bool) -> JournalWriter<'p> {
    begin_on(Box::new(log.clone()), plan, sensitive)
}

/// The same, written there.
pub(super) fn begin_on(sink: Box<dyn Sink>, plan: &Plan, sensitive: bool) -> JournalWriter<'_> {
    let head = sample_head(plan);
    let opening = Opening {
        head: &head,
        plan,
        sources: &Sources::default(),
        ledger: Some(&ledger()),
        sensitive,
    };
    let clock = ledger::Clock::new(|| BEGAN.parse().unwrap());
    JournalWriter::begin(sink, "run.jsonl".into(), clock, &opening).unwrap()
}

/// The outcomes of the sample's changes, in the order in which they become known.
pub(super) fn settled() -> [Settled; 4] {
    let settled = |change, tries, outcome| Settled {
        change,
        outcome,
        tries,
        at: tokio::time::Instant::now(),
    };
    let reason = Reason {
        code: "1006".into(),
        message: "Invalid value for field 'salary': '52000'".into(),
    };
    [
        settled(
            0,
            2,
            Outcome::Applied {
                id: Some("guid-a".into()),
            },
        ),
        settled(
            1,
            1,
            Outcome::Rejected {
                reasons: vec![reason],
                request_id: Some("e42b#14272d07d78".into()),
            },
        ),
        settled(
            3,
            3,
            Outcome::Unknown {
                why: "timed out".to_owned(),
            },
        ),
        settled(2, 0, Outcome::NotAttempted(WhyNot::Referred(1))),
    ]
}

/// The whole journal of the sample.
pub(super) fn sample(sensitive: bool) -> Log {
    let log = Log::default();
    sample_on(Box::new(log.clone()), sensitive);
    log
}

/// The whole journal of the sample, written there.
pub(super) fn sample_on(sink: Box<dyn Sink>, sensitive: bool) {
    let plan = plan();
    let mut journal = begin_on(sink, &plan, sensitive);
    let [created, rejected, unknown, left] = settled();
    let mut send = |kind: &'static ObjectKind, verb, settled: Settled| {
        let batch = Batch {
            kind,
            verb,
            changes: vec![settled.change],
        };
        journal.note(ApplyEvent::Sending(&batch)).unwrap();
        journal.note(ApplyEvent::Settled(&[settled])).unwrap();
    };
    send(&OPPORTUNITY, Verb::Create, created);
    send(&OPPORTUNITY, Verb::Update, rejected);
    send(&ROLE, Verb::Delete, unknown);
    journal.note(ApplyEvent::Settled(&[left])).unwrap();
    journal.note(ApplyEvent::Stopping).unwrap();
    let mut report = Report {
        outcomes: plan
            .changes
            .iter()
            .map(|_| Outcome::NotAttempted(WhyNot::Halted))
            .collect(),
        halt: Some(Halt::Interrupted),
        tried: None,
    };
    for Settled {
        change, outcome, ..
    } in settled()
    {
        report.outcomes[change] = outcome;
    }
    journal.end(&report, 7, Some("the store is full")).unwrap();
}
