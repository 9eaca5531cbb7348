//! A plan is read as it was written: values of every type, every action, and what other versions may add.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;

use super::types::FORMAT;
use super::*;
use crate::ledger::{Origin, Place};
use crate::model::kind::{OPPORTUNITY, ROLE};
use crate::model::{DataType, Key, KeyValue, Sources, Value};
use crate::plan::{
    Action, At, Change, DigestBasis, DigestKind, FieldChange, FieldChanges, Moved, Permits, Plan,
    WhyDelete, digest, effects, stamps,
};

#[expect(clippy::wildcard_enum_match_arm, reason = "all other types hold text")]
fn value(data_type: &DataType) -> BoxedStrategy<Value> {
    let set = match data_type {
        DataType::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
        DataType::Integer => any::<i64>().prop_map(Value::Integer).boxed(),
        DataType::Currency => (any::<i64>(), 0..9_u32)
            .prop_map(|(digits, scale)| Value::Decimal(Decimal::new(digits, scale)))
            .boxed(),
        DataType::Date => (1970..2100_i16, 1..=12_i8, 1..=28_i8)
            .prop_map(|(y, m, d)| Value::Date(Date::constant(y, m, d)))
            .boxed(),
        DataType::Datetime => (0..4_000_000_000_i64)
            .prop_map(|s| Value::Datetime(Timestamp::constant(s, 0).into()))
            .boxed(),
        _ => ".{1,12}".prop_map(|text| Value::Text(text.into())).boxed(),
    };
    prop_oneof![1 => Just(Value::Null), 4 => set].boxed()
}

fn field() -> impl Strategy<Value = FieldChange> {
    let types = vec![
        DataType::Boolean,
        DataType::Integer,
        DataType::Currency,
        DataType::Date,
        DataType::Datetime,
        DataType::String,
        DataType::Other("reference".into()),
    ];
    let moved = select(vec![
        None,
        Some(Moved::You),
        Some(Moved::Marketo),
        Some(Moved::Both),
        Some(Moved::Hidden),
    ]);
    (select(types), "[a-z]{1,6}", moved).prop_flat_map(|(data_type, name, moved)| {
        (value(&data_type), value(&data_type)).prop_map(move |(before, after)| FieldChange {
            name: name.as_str().into(),
            data_type: data_type.clone(),
            before,
            after,
            sensitive: false,
            moved,
            at: None,
        })
    })
}

fn change() -> impl Strategy<Value = Change> {
    let fields = prop::collection::vec(field(), 0..4);
    (fields, 0..7_usize, ".{1,8}", any::<bool>()).prop_map(|(mut fields, sort, text, is_role)| {
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        fields.dedup_by(|a, b| a.name == b.name);
        let id = Box::from("guid");
        let why = [
            WhyDelete::Tombstone,
            WhyDelete::NotListed,
            WhyDelete::Removed,
            WhyDelete::WithParent,
        ];
        let fields = FieldChanges::from(fields);
        let action = match sort {
            0 => Action::Create { fields },
            1 => Action::Adopt { id, fields },
            2 => Action::Update { id, fields },
            sort => Action::Delete {
                id,
                why: why[sort - 3],
                fields,
            },
        };
        let mut parts = vec![KeyValue::Text(text.as_str().into())];
        if is_role {
            parts.extend([KeyValue::Lead(7), KeyValue::Text("User".into())]);
        }
        let origin = Origin {
            time: Timestamp::constant(1_700_000_000, 5),
            commit: (sort % 2 == 0).then(|| "c0ffee".into()),
        };
        let file: Arc<str> = "pipeline/a.yaml".into();
        Change {
            kind: if is_role { &ROLE } else { &OPPORTUNITY },
            key: Key::new(parts),
            shown: text.as_str().into(),
            label: is_role.then(|| text.into()),
            action,
            at: if sort > 4 {
                At::Before {
                    place: Place { file, line: 3 },
                    origin: Arc::new(origin),
                }
            } else {
                At::Saved {
                    file,
                    line: 3,
                    column: 7,
                }
            },
        }
    })
}

static PERMITS: Permits = Permits::NONE;

fn basis<'b>(instance: &'b str, salt: &'b [u8]) -> DigestBasis<'b> {
    DigestBasis {
        instance,
        salt,
        permits: &PERMITS,
        ledger: None,
        kind: DigestKind::Whole,
    }
}

fn text(plan: &Plan) -> String {
    let digest = digest(plan, basis("instance", b"salt"));
    let about = About {
        instance: InstanceEntry {
            name: "local".to_owned(),
            place: "simulator".to_owned(),
            fingerprint: "instance".to_owned(),
        },
        commit: None,
        digest: &digest,
        paths: Vec::new(),
        only: Vec::new(),
        undoes: None,
        permits: Permits::default(),
        confirm: false,
        brief: SavedBrief::default(),
        notes: Vec::new(),
        noted: Vec::new(),
        refusals: Vec::new(),
        calls: SavedCalls {
            plan: 3,
            apply: 1,
            daily: 50_000,
            left: None,
        },
        stamps: &stamps(plan, None, b"salt"),
    };
    serde_json::to_string(&write(plan, &Sources::default(), about)).expect("a plan is JSON")
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(changes in prop::collection::vec(change(), 0..5)) {
        let plan = Plan { changes, ..Plan::default() };
        let saved = read(&text(&plan)).expect("it was written just now");
        let again = Plan { changes: saved.changes, ..Plan::default() };
        assert_eq!(effects(&again), effects(&plan));
        assert_eq!(digest(&again, basis("instance", b"salt")).as_str(), saved.file.digest);
        assert_eq!(text(&again), text(&plan));
    }
}

#[test]
fn members_of_later_versions_are_passed_over_and_other_formats_refused() {
    let plan = text(&Plan::default());
    let ours = format!("\"{FORMAT}\"");
    let later = plan.replacen(&ours, "\"2.99\",\"more\":{\"a\":1}", 1);
    assert!(later != plan && read(&later).is_ok());
    let other = plan.replacen(&ours, "\"1.0\"", 1);
    assert!(is_plan(&other));
    assert!(matches!(read(&other), Err(PlanFileError::Version { .. })));
    assert!(matches!(read("{}"), Err(PlanFileError::NotAPlan(_))));
}

#[test]
fn the_digest_tells_instances_salts_and_values_apart() {
    let change = |amount: i64| Change {
        kind: &OPPORTUNITY,
        key: Key::new(vec![KeyValue::Text("A".into())]),
        shown: "A".into(),
        label: None,
        action: Action::Update {
            id: "guid".into(),
            fields: [FieldChange {
                name: "amount".into(),
                data_type: DataType::Currency,
                before: Value::Null,
                after: Value::Decimal(Decimal::new(amount, 0)),
                sensitive: true,
                moved: None,
                at: None,
            }]
            .into_iter()
            .collect(),
        },
        at: At::Saved {
            file: "a.yaml".into(),
            line: 1,
            column: 1,
        },
    };
    let plan = |amount| Plan {
        changes: vec![change(amount)],
        ..Plan::default()
    };
    let first = digest(&plan(1), basis("instance", b"salt"));
    // Computed with `sha256sum` from the parts and their lengths. Reviews and saved plans rely on it.
    assert_eq!(first.as_str(), "26aca43c9358d1080b5255db698cca93");
    assert_eq!(first, digest(&plan(1), basis("instance", b"salt")));
    assert_ne!(first, digest(&plan(1), basis("other", b"salt")));
    assert_ne!(first, digest(&plan(1), basis("instance", b"pepper")));
    assert_ne!(first, digest(&plan(2), basis("instance", b"salt")));
    let permits = [
        Permits {
            allow_deletes: Some(1),
            ..Permits::NONE
        },
        Permits {
            with_undeclared: true,
            ..Permits::NONE
        },
        Permits {
            adopt_foreign: Some(String::new()),
            ..Permits::NONE
        },
    ];
    for permits in &permits {
        let basis = DigestBasis {
            permits,
            ..basis("instance", b"salt")
        };
        assert_ne!(first, digest(&plan(1), basis), "{permits:?}");
    }
    // The value of a sensitive field is part of the digest, but not of the file.
    assert!(!text(&plan(47_110_815)).contains("47110815"));
}
