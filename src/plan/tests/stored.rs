//! Values that the instance stores otherwise than they were sent.

use std::sync::Arc;

use jiff::Timestamp;
use pretty_assertions::assert_eq;

use super::{observed, owned_role, owning, schemas};
use crate::ledger::{Entry, FieldHash, Ledger, Origin, Replaced};
use crate::manifest;
use crate::model::kind::OPPORTUNITY;
use crate::model::{Key, KeyValue, Value};
use crate::plan::{Note, Plan, bind, plan};

/// When the apply began that the ledger knows, and when its write was answered.
const BEGAN: &str = "2026-11-22T10:00:00Z";
const ANSWERED: &str = "2026-11-22T10:00:30.250Z";
const WITHIN: &str = "2026-11-22T10:00:30Z";

/// What the ledger knows of the name, and what is declared and read now.
#[derive(Clone, Copy)]
struct Case {
    sent: &'static str,
    /// What the name was before; nothing if that is not known.
    before: Option<&'static str>,
    declared: &'static str,
    now: &'static str,
    updated: &'static str,
    is_dated: bool,
    /// A stage that is declared, and that the record does not have.
    stage: Option<&'static str>,
}

/// Marketo has cut the name.
const CUT: Case = Case {
    sent: "Chairs and tables",
    before: Some("Stools"),
    declared: "Chairs and tables",
    now: "Chairs",
    updated: WITHIN,
    is_dated: true,
    stage: None,
};

fn planned(case: Case) -> Plan {
    let began: Timestamp = BEGAN.parse().expect("a time");
    let origin = Arc::new(Origin {
        time: began,
        commit: None,
    });
    let mut ledger = Ledger::new([7; 16]);
    let hash = |text: &str| -> Option<FieldHash> {
        let value = if text.is_empty() {
            Value::Null
        } else {
            Value::Text(text.into())
        };
        ledger.digest_unless(false, "name", &value)
    };
    let entry = Entry {
        key: Key::new(vec![KeyValue::Text("A".into())]),
        id: Some("guid-opportunity-0".into()),
        fields: [("name".into(), hash(case.sent))].into_iter().collect(),
        written: case.is_dated.then(|| ANSWERED.parse().expect("a time")),
        replaced: match case.before {
            None => Replaced::Unknown,
            Some("") => Replaced::Nothing,
            Some(before) => Replaced::Values([hash(before)].into()),
        },
        ..owned_role(1, &origin)
    };
    ledger.insert(&OPPORTUNITY, entry);
    let schemas = schemas();
    let held = format!(
        r#"{{"opportunities": [{{"externalOpportunityId": "A", "name": "{}", "updatedAt": "{}"}}]}}"#,
        case.now, case.updated
    );
    let declared = format!(
        "version: 1\nopportunities: [{{ externalOpportunityId: A, name: {:?}{} }}]",
        case.declared,
        case.stage
            .map_or_else(String::new, |stage| format!(", stage: {stage}"))
    );
    let reading = manifest::read([("a.yaml".into(), declared.into_bytes())]);
    let ownership = owning(&ledger, &origin, &reading);
    let leads = super::leads();
    let bound = bind(&reading.desired, &schemas, &leads, ownership);
    plan(&bound, &observed(&held, &schemas))
}

fn is_told(plan: &Plan) -> bool {
    let told = |note: &Note| matches!(note, Note::StoredOtherwise { .. });
    plan.notes.iter().any(told)
}

#[test]
fn what_is_stored_otherwise_is_told_and_not_sent_again() {
    let of_a_new_record = Case {
        before: Some(""),
        ..CUT
    };
    for case in [CUT, of_a_new_record] {
        let plan = planned(case);
        assert!(plan.changes.is_empty() && is_told(&plan));
        assert_eq!(plan.drift.len(), 0, "nobody has changed it");
        assert_eq!(plan.ledger_changes.updates.len(), 0);
    }
}

#[test]
fn what_may_be_something_else_is_sent_again() {
    let cases = [
        (
            "somebody wrote later",
            Case {
                updated: "2026-11-22T10:00:32Z",
                ..CUT
            },
        ),
        (
            "it was not written at all",
            Case {
                now: "Stools",
                ..CUT
            },
        ),
        (
            "it was new, and is still empty",
            Case {
                before: Some(""),
                now: "",
                ..CUT
            },
        ),
        (
            "it was not sent, as the record had it",
            Case {
                before: Some(CUT.sent),
                ..CUT
            },
        ),
        (
            "something else is declared now",
            Case {
                declared: "Lamps",
                ..CUT
            },
        ),
        (
            "it is not known what it was before",
            Case {
                before: None,
                ..CUT
            },
        ),
        (
            "it is not known when we wrote it",
            Case {
                is_dated: false,
                ..CUT
            },
        ),
        (
            "it is not known when it was last written",
            Case { updated: "", ..CUT },
        ),
    ];
    for (what, case) in cases {
        let plan = planned(case);
        assert_eq!((plan.changes.len(), is_told(&plan)), (1, false), "{what}");
    }
}

/// What is known of what the next write of the record replaces in its name.
fn replaced(case: Case) -> Option<FieldHash> {
    let plan = planned(case);
    let [update] = &*plan.ledger_changes.updates else {
        panic!("{:?}", plan.ledger_changes);
    };
    update.entry.replaced("name", FieldHash([1; 8]))
}

#[test]
fn what_a_write_replaces_is_known_of_the_fields_that_it_sends() {
    let ledger = Ledger::new([7; 16]);
    let hash = |text: &str| ledger.digest_unless(false, "name", &Value::Text(text.into()));
    let of_name = Case {
        declared: "Lamps",
        ..CUT
    };
    assert_eq!(replaced(of_name), hash("Chairs"));
    let of_stage = Case {
        stage: Some("Won"),
        ..CUT
    };
    let is_as_declared = Case {
        now: CUT.declared,
        ..of_stage
    };
    assert_eq!(replaced(is_as_declared), None);
    // The name stays stored otherwise while the stage is written.
    assert_eq!(replaced(of_stage), hash("Stools"));
}
