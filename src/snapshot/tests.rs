//! A snapshot is read as it was written, and a damaged one is an error.

use std::path::Path;
use std::sync::Arc;

use pretty_assertions::assert_eq;

use super::{Snapshot, SnapshotError, SnapshotInstance, read, write};
use crate::api::{AnsweredKind, AnsweredRecord, Answers, CallRefusal, Told};
use crate::model::kind::{OPPORTUNITY, ROLE};
use crate::model::{DataType, Field, Fields, Key, KeyValue, Record, Schema, Value};

fn key(text: &str) -> Key {
    Key::new(vec![KeyValue::Text(text.into())])
}

/// A snapshot with each sort of answer and each type of value.
fn snapshot() -> Snapshot {
    let values = [
        (
            "amount",
            Value::Decimal("1200.50".parse().expect("it is a number")),
        ),
        (
            "closeDate",
            Value::Date("2026-12-31".parse().expect("it is a date")),
        ),
        ("isWon", Value::Boolean(true)),
        ("name", Value::Text("Chairs \"é\"".into())),
        ("quantity", Value::Integer(-3)),
        ("stage", Value::Null),
        (
            "updatedAt",
            Value::Datetime("2026-11-30T18:00:00Z".parse().expect("it is an instant")),
        ),
    ];
    let asked: Arc<[Arc<str>]> = values.iter().map(|(name, _)| Arc::from(*name)).collect();
    let record = Record {
        id: "GUID-1".into(),
        key: key("A-1"),
        fields: Fields::of(&asked, values.map(|(_, value)| value)),
    };
    let name = Field {
        name: "name".into(),
        data_type: DataType::String,
        length: Some(50),
        updateable: true,
        sensitive: false,
    };
    let mut of_kind = AnsweredKind {
        described: Some(Told::Answer(Schema::new(&OPPORTUNITY, vec![name]))),
        listed: Some(Told::Refused(CallRefusal {
            code: "603".into(),
            message: "Access denied".into(),
            request_id: None,
        })),
        ..AnsweredKind::default()
    };
    of_kind
        .records
        .insert("guid-1".into(), AnsweredRecord { record, asked });
    let found = [("A-1", vec!["GUID-1".into()]), ("A-2", Vec::new())];
    for (text, ids) in found {
        of_kind.keys.insert(key(text).folded(), (key(text), ids));
    }
    of_kind
        .values
        .insert(("owner__c".into(), "us".into()), vec!["GUID-1".into()]);
    let mut of_roles = AnsweredKind::default();
    of_roles
        .children
        .insert(key("A-1").folded(), (key("A-1"), Vec::new()));
    let mut answers = Answers::default();
    answers.kinds.insert(&OPPORTUNITY, of_kind);
    answers.kinds.insert(&ROLE, of_roles);
    let email = |text: &str| ("email".into(), text.into());
    let ada = Told::Answer(vec![(1001, "Ada@example.com".into())]);
    answers.leads.insert(email("ada@example.com"), ada);
    answers.lead_values.insert(("id".into(), 1002), None);
    Snapshot {
        instance: SnapshotInstance {
            name: "production".to_owned(),
            place: "https://123-abc-456.mktorest.com".to_owned(),
            fingerprint: "123-abc-456-de258f21".to_owned(),
        },
        time: "2026-11-30T18:04:05.678Z".parse().expect("it is a time"),
        answers,
    }
}

#[test]
fn what_is_read_is_what_was_written() {
    let written = write(&snapshot());
    let again = read(Path::new("kept.age"), &written).expect("it was written just now");
    assert_eq!(
        String::from_utf8(write(&again)).expect("JSON is UTF-8"),
        String::from_utf8(written).expect("JSON is UTF-8")
    );
}

#[test]
fn a_damaged_one_is_an_error() {
    let written = write(&snapshot());
    let path = Path::new("kept.age");
    for end in 0..written.len() {
        assert!(read(path, &written[..end]).is_err(), "{end}");
    }
    let text = String::from_utf8(written).expect("JSON is UTF-8");
    for (from, to) in [
        ("[[\"A-1\"],[0]]", "[[\"A-1\"],[1]]"),
        ("\"list\":0", "\"list\":1"),
        ("\"1200.50\"", "\"much\""),
        ("[\"A-1\"],\"list\"", "[\"A-1\",7],\"list\""),
        ("\"oppctl\":\"snapshot\"", "\"oppctl\":\"plan\""),
    ] {
        assert!(text.contains(from), "{from} in {text}");
        let damaged = text.replace(from, to);
        let read = read(path, damaged.as_bytes());
        assert!(
            matches!(read, Err(SnapshotError::NotASnapshot { .. })),
            "{to}"
        );
    }
    let newer = text.replace("\"format_version\":\"1.0\"", "\"format_version\":\"2.0\"");
    let read = read(path, newer.as_bytes());
    assert!(matches!(read, Err(SnapshotError::Newer { .. })));
}
