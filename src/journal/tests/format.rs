//! The sample is written exactly as it is stored, and read as it was.

use std::path::Path;

use pretty_assertions::assert_eq;

use super::sample::{key, place, plan, sample, sample_head, settled};
use crate::apply::tests::bench::log::kept;
use crate::journal::{Adopted, ChangeDetails, End, EndReason, Tally, read};
use crate::model::Value;
use crate::model::kind::OPPORTUNITY;
use crate::plan::{Action, At, Counts, FieldChange, LedgerAction, LedgerChange};

const SAMPLE: &str = include_str!("../../../tests/data/journal/v1.jsonl");

/// The same, by an older oppctl, which wrote no checksums.
pub(super) const OLDER: &str = include_str!("../../../tests/data/journal/v1-without-sums.jsonl");

#[test]
fn version_1_is_written_as_it_is_stored() {
    let log = sample(false);
    let written = String::from_utf8(log.text.borrow().clone()).unwrap();
    assert_eq!(written, SAMPLE);
}

#[test]
fn version_1_is_read() {
    let run = read(&mut SAMPLE.as_bytes(), Path::new("v1.jsonl"));
    let run = run.unwrap().unwrap();
    let mut plan = plan();
    assert_eq!(run.head, sample_head(&plan));
    // The values of the sensitive field are not stored.
    let Action::Update { fields, .. } = &mut plan.changes[1].action else {
        panic!("the second change updates");
    };
    let stored = fields.iter().map(|field| match field.sensitive {
        true => FieldChange {
            before: Value::Null,
            after: Value::Null,
            ..field
        },
        false => field,
    });
    *fields = stored.collect();
    let changes: Vec<String> = run.changes.iter().map(kept).collect();
    assert_eq!(changes, plan.changes.iter().map(kept).collect::<Vec<_>>());
    let places: Vec<&At> = run.changes.iter().map(|change| &change.at).collect();
    assert_eq!(
        places,
        plan.changes
            .iter()
            .map(|change| &change.at)
            .collect::<Vec<_>>()
    );
    let details = |owned, left_out: &[&str], tries| ChangeDetails {
        owned,
        left_out: left_out.iter().map(|name| (*name).into()).collect(),
        tries,
    };
    assert_eq!(
        run.details,
        [
            details(false, &[], 2),
            details(true, &["salary"], 1),
            details(false, &[], 0),
            details(true, &[], 3),
        ]
    );
    let adopted = plan.ledger_changes.updates.pop().unwrap();
    assert_eq!(
        run.adopted,
        [Adopted {
            kind: adopted.kind,
            key: adopted.entry.key,
            id: adopted.entry.id,
            place: adopted.entry.declared,
        }]
    );
    let changed = |action, entry: &str, id: &str, line| LedgerChange {
        action,
        kind: &OPPORTUNITY,
        key: key(entry),
        id: Some(id.into()),
        place: place(line),
        change: None,
    };
    assert_eq!(
        run.ledger,
        [
            changed(LedgerAction::Protect, "C", "guid-c", 20),
            changed(LedgerAction::Forget, "D", "guid-d", 30),
        ]
    );
    for settled in settled() {
        if settled.change == 1 {
            let shown = format!("{:?}", run.outcomes[1]);
            assert!(shown.contains("'salary': '(sensitive)'"), "{shown}");
        } else {
            assert_eq!(run.outcomes[settled.change], settled.outcome);
        }
    }
    assert_eq!(
        run.end,
        Some(End {
            time: run.head.began,
            calls: 7,
            how: EndReason::Interrupted,
            unsaved: Some("the store is full".into()),
        })
    );
    let tally = Tally {
        applied: Counts {
            create: 1,
            ..Counts::default()
        },
        rejected: 1,
        unknown: 1,
        not_attempted: 1,
    };
    assert_eq!(run.tally(), tally);
    assert_eq!(run.unwritten(), 0);
}

#[test]
fn a_journal_without_checksums_is_read() {
    let read = |text: &str| read(&mut text.as_bytes(), Path::new("v1.jsonl"));
    let [older, newer] = [OLDER, SAMPLE].map(|text| format!("{:?}", read(text).unwrap()));
    assert_eq!(older, newer);
}

#[test]
fn what_is_unknown_is_passed_over() {
    let later = OLDER
        .replace("{\"oppctl\":", "{\"mood\":\"good\",\"oppctl\":")
        .replace("{\"change\":{", "{\"change\":{\"mood\":[1],")
        .replace(
            "{\"end\":",
            "{\"weather\":{\"rain\":true}}\n{\"mood\":1,\"end\":",
        );
    let read = |text: &str| {
        let run = read(&mut text.as_bytes(), Path::new("v1.jsonl"));
        format!("{:?}", run.unwrap())
    };
    assert_eq!(read(&later), read(OLDER));
}
