//! Random records that get other keys: everything goes on under the new ones, whatever goes wrong in between, and an undo brings it back.

use std::collections::BTreeSet;

use pretty_assertions::assert_eq;
use proptest::strategy::Strategy as _;
use serde_json::{Value, json};

use super::bench::Bench;
use super::case::{Case, Contents, case};
use super::properties::{check, fault, struck};
use super::world::{contents, folded};
use crate::ledger::Ledger;
use crate::simulator::{Alteration, CallOperation, Fault, FaultKind};

/// What stands before a key that is new.
const NEW: &str = "new-";

/// The manifest of a case in which all records that are there have new keys; and these old keys, in small letters.
fn renamed(case: &Case, prefix: &str) -> (String, BTreeSet<String>) {
    let mut manifest: Value = serde_json::from_str(&case.manifest(prefix)).unwrap();
    let key = |entry: &Value| entry["externalOpportunityId"].as_str().unwrap().to_owned();
    let mut old = BTreeSet::new();
    for entry in manifest["opportunities"].as_array_mut().unwrap() {
        if entry["ensure"] == "present" {
            let was = key(entry);
            entry["renamedFrom"] = json!(was);
            entry["externalOpportunityId"] = json!(format!("{NEW}{was}"));
            old.insert(was.to_lowercase());
        }
    }
    for role in manifest["roles"].as_array_mut().unwrap() {
        let was = key(role);
        if old.contains(&was.to_lowercase()) {
            role["externalOpportunityId"] = json!(format!("{NEW}{was}"));
        }
    }
    (manifest.to_string(), old)
}

/// The same contents under the new keys.
fn moved(before: &Contents, old: &BTreeSet<String>) -> Contents {
    let moved = before.iter().map(|(key, record)| {
        let own = key.split(" / ").next().unwrap_or(key);
        match old.contains(own) {
            true => (format!("{NEW}{key}"), record.clone()),
            false => (key.clone(), record.clone()),
        }
    });
    moved.collect()
}

/// The instance and the ledger where the case is applied, and further values and a role of somebody else.
async fn applied(bench: &Bench, prefix: &str, case: &Case) -> Contents {
    bench.ledger.replace(Some(Ledger::new([3; 16])));
    bench.send_at_most(case.records);
    case.given(bench, prefix).await;
    bench.seed(&case.manifest(prefix)).await;
    for key in bench
        .records()
        .await
        .keys()
        .filter(|key| !key.contains('/'))
    {
        let edit = json!([{ "externalOpportunityId": key, "type": "theirs" }]);
        bench.change(super::bench::OPPORTUNITIES, edit).await;
    }
    for index in 0..9 {
        bench.name(&format!("{NEW}{prefix}{index}"));
    }
    bench.clock.advance(std::time::Duration::from_secs(60));
    contents(&folded(bench.records().await))
}

#[test]
fn all_that_a_record_has_goes_on_under_its_new_key_and_comes_back() {
    check(48, case(), &async |bench, prefix, case| {
        let before = applied(bench, prefix, &case).await;
        let (manifest, old) = renamed(&case, prefix);
        let run = bench.apply(&manifest).await;
        assert_eq!(run.plan.refusals, []);
        assert_eq!(
            contents(&folded(bench.records().await)),
            moved(&before, &old)
        );
        bench.assert_plan_empty(&manifest).await;
        bench.undo(&run.journal).await;
        assert_eq!(contents(&folded(bench.records().await)), before);
        bench.assert_plan_empty(&case.manifest(prefix)).await;
    });
}

/// Whether no read says that a record is not there which is.
fn is_honest(fault: &Fault) -> bool {
    let is_missing = matches!(&fault.kind, FaultKind::Answer { code, .. } if code == "702");
    let hides = is_missing || matches!(fault.kind, FaultKind::Alter(Alteration::OmitRow(_)));
    !(hides && fault.operation == Some(CallOperation::Query))
}

#[test]
fn after_any_fault_a_rerun_ends_the_renames() {
    check(
        96,
        (
            case(),
            fault().prop_filter("what is read is believed", is_honest),
        ),
        &async |bench, prefix, (case, fault)| {
            let before = applied(bench, prefix, &case).await;
            let (manifest, old) = renamed(&case, prefix);
            let expected = moved(&before, &old);
            drop(struck(bench, &manifest, fault).await);
            // Each record is there under one of its keys, or under both.
            let between = contents(&folded(bench.records().await));
            for (key, record) in &before {
                let is_kept = between.contains_key(key)
                    || between.get(&format!("{NEW}{key}")) == Some(record);
                assert!(is_kept, "{key}");
            }
            bench.seed(&manifest).await;
            assert_eq!(contents(&folded(bench.records().await)), expected);
            bench.assert_plan_empty(&manifest).await;
        },
    );
}
