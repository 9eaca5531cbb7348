//! The bodies of writes, and the results that replies have for each record.

use pretty_assertions::assert_eq;

use super::*;
use crate::api::encode;
use crate::model::kind::OPPORTUNITY;

fn read(verb: Verb, count: usize, replied: &[&str]) -> Vec<Option<RecordStatus>> {
    let replied: Vec<Box<RawValue>> = replied
        .iter()
        .map(|row| serde_json::from_str(row).expect("JSON"))
        .collect();
    rows(&OPPORTUNITY, verb, count, &replied, &Words::default())
}

fn done(id: &str) -> Option<RecordStatus> {
    Some(RecordStatus::Done {
        id: Some(id.into()),
    })
}

#[test]
fn rows_are_matched_by_seq() {
    let replied = [
        r#"{"seq":2,"status":"created","marketoGUID":"g2"}"#,
        r#"{"seq":"0","status":"Created","marketoguid":" g0 "}"#,
        r#"{"seq":1,"status":"skipped","reasons":[{"code":1017,"message":"Object already exists"}]}"#,
    ];
    let skipped = Some(RecordStatus::Skipped {
        reasons: vec![Reason {
            code: "1017".into(),
            message: "Object already exists".into(),
        }],
    });
    let expected = [done("g0"), skipped, done("g2")];
    assert_eq!(read(Verb::Create, 3, &replied), expected);
}

#[test]
fn a_missing_or_contradictory_row_is_unknown() {
    let created = r#"{"seq":0,"status":"created","marketoGUID":"g"}"#;
    let rows: [(&[&str], &str); 9] = [
        (&[], "no rows"),
        (&[created, created], "two rows for one record"),
        (&[r#"{"seq":7,"status":"created"}"#], "out of range"),
        (&[r#"{"seq":-1,"status":"created"}"#], "negative"),
        (&[r#"{"seq":0,"status":"queued"}"#], "unheard-of status"),
        (
            &[r#"{"seq":0,"status":"updated"}"#],
            "status of another verb",
        ),
        (&[r#"{"seq":0}"#], "no status"),
        (&["7"], "not an object"),
        (
            &[r#"{"status":"created"}"#, r#"{"status":"created"}"#],
            "no seq, other count",
        ),
    ];
    for (replied, why) in rows {
        assert_eq!(read(Verb::Create, 1, replied), [None], "{why}");
    }
    // A row without `seq` among rows with one names no record.
    let mixed = [created, r#"{"status":"created"}"#];
    assert_eq!(read(Verb::Create, 2, &mixed), [done("g"), None]);
}

#[test]
fn without_any_seq_the_order_counts_if_the_number_is_right() {
    let replied = [
        r#"{"status":"deleted","marketoGUID":"a"}"#,
        r#"{"status":"skipped"}"#,
        r#"{"status":"deleted"}"#,
    ];
    let expected = [
        done("a"),
        Some(RecordStatus::Skipped { reasons: vec![] }),
        Some(RecordStatus::Done { id: None }),
    ];
    assert_eq!(read(Verb::Delete, 3, &replied), expected);
}

#[test]
fn only_what_holds_for_every_record_holds_for_the_instance() {
    let skipped = |code: &str| {
        Some(RecordStatus::Skipped {
            reasons: vec![Reason {
                code: code.into(),
                message: "CRM Enabled".into(),
            }],
        })
    };
    let of_all = read_only(&[skipped("1018"), skipped("1018")]);
    assert_eq!(of_all.map(|reason| reason.code), Some("1018".into()));
    assert_eq!(read_only(&[skipped("1018"), done("g")]), None);
    assert_eq!(read_only(&[skipped("1018"), None]), None);
    assert_eq!(read_only(&[skipped("1018"), skipped("1017")]), None);
}

#[test]
fn the_overhead_covers_every_verb() {
    let input = [
        encode::delete(&OPPORTUNITY, "a"),
        encode::delete(&OPPORTUNITY, "b"),
    ];
    let sizes: usize = input.iter().map(|record| record.len() + 1).sum();
    for verb in [Verb::Create, Verb::Update, Verb::Delete] {
        let body = body(verb, &input);
        assert!(body.len() <= sizes + BODY_OVERHEAD, "{body}");
    }
}
