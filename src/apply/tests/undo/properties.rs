//! Random manifests against random instances: an apply and its undo leave what was there, whatever went wrong in between.

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use serde_json::json;

use crate::apply::tests::bench::{Bench, OPPORTUNITIES, Run};
use crate::apply::tests::case::{Contents, case};
use crate::apply::tests::properties::{check, fault, struck};
use crate::apply::tests::world::{contents, folded};
use crate::ledger::Ledger;
use crate::plan::{Permits, Plan};

/// What an undo restores: what was there before, but for names that cannot be cleared.
fn restored(before: &Contents, after: &Contents) -> Contents {
    let mut restored = before.clone();
    for (key, record) in &mut restored {
        let name = after.get(key).and_then(|record| record.get("name"));
        if let Some(name) = name.filter(|_| !record.contains_key("name")) {
            record.insert("name".to_owned(), name.clone());
        }
    }
    restored
}

/// The keys of what a plan deletes, in small letters: these have another id once they are created again.
fn deleted(plan: &Plan) -> Vec<String> {
    let changes = plan.changes.iter();
    let deletes = changes.filter(|change| change.verb() == crate::model::Verb::Delete);
    deletes
        .map(|change| change.key.to_string().to_lowercase())
        .collect()
}

#[test]
fn an_undo_restores_what_was_there_and_an_undo_of_it_brings_it_back() {
    check(24, case(), &async |bench, prefix, case| {
        bench.send_at_most(case.records);
        case.given(bench, prefix).await;
        let before = folded(bench.records().await);
        let run = bench.apply(&case.manifest(prefix)).await;
        let after = contents(&folded(bench.records().await));
        let undone = bench.undo(&run.journal).await;
        let back = folded(bench.records().await);
        assert_eq!(contents(&back), restored(&contents(&before), &after));
        let deleted = deleted(&run.plan);
        for (key, record) in before.iter().filter(|(key, _)| !deleted.contains(key)) {
            assert_eq!(back[key]["marketoGUID"], record["marketoGUID"], "{key}");
        }
        bench.undo(&undone.journal).await;
        assert_eq!(contents(&folded(bench.records().await)), after);
        bench.assert_plan_empty(&case.manifest(prefix)).await;
    });
}

#[test]
fn an_undo_after_any_fault_restores_what_was_there() {
    check(
        32,
        (case(), fault()),
        &async |bench, prefix, (case, fault)| {
            bench.send_at_most(case.records);
            case.given(bench, prefix).await;
            let before = contents(&folded(bench.records().await));
            let run: Option<Run> = struck(bench, &case.manifest(prefix), fault).await;
            let between = contents(&folded(bench.records().await));
            if let Some(run) = run {
                bench.undo(&run.journal).await;
            }
            let back = contents(&folded(bench.records().await));
            assert_eq!(back, restored(&before, &between));
        },
    );
}

#[test]
fn an_undo_leaves_what_others_have_written_since() {
    check(
        24,
        (case(), any::<u8>()),
        &async |bench, prefix, (case, seed)| {
            bench.send_at_most(case.records);
            case.given(bench, prefix).await;
            let before = contents(&folded(bench.records().await));
            let run = bench.apply(&case.manifest(prefix)).await;
            let after = bench.records().await;
            // Somebody writes one field of an opportunity; deleting its roles or itself is what may be left then.
            let opportunities: Vec<&String> =
                after.keys().filter(|key| !key.contains('/')).collect();
            let Some(edited) = opportunities.get(usize::from(seed) % opportunities.len().max(1))
            else {
                return;
            };
            let edit = json!([{ "externalOpportunityId": edited, "stage": "theirs" }]);
            bench.change(OPPORTUNITIES, edit).await;
            bench.undo(&run.journal).await;
            let before = restored(&before, &contents(&folded(after.clone())));
            let back = contents(&folded(bench.records().await));
            let edited = edited.to_lowercase();
            for key in before.keys().chain(back.keys()) {
                if *key != edited {
                    assert_eq!(back.get(key), before.get(key), "{key}");
                }
            }
            let created = run.plan.counts().create > 0 && !before.contains_key(&edited);
            if !created {
                let mut wanted = before[&edited].clone();
                wanted.insert("stage".to_owned(), json!("theirs"));
                assert_eq!(back[&edited], wanted);
            } else {
                assert_eq!(back[&edited]["stage"], "theirs");
            }
        },
    );
}

/// The keys that a ledger has, in small letters.
fn owned(bench: &Bench) -> Vec<String> {
    let ledger = bench.ledger.borrow();
    let entries = ledger.as_ref().unwrap().iter();
    entries
        .map(|(_, _, entry)| entry.key.to_string().to_lowercase())
        .collect()
}

#[test]
fn after_an_undo_the_manifests_of_before_have_nothing_to_do_and_nothing_more_is_owned() {
    check(
        24,
        (case(), case()),
        &async |bench, prefix, (first, second)| {
            bench.ledger.replace(Some(Ledger::new([3; 16])));
            bench.permit(Permits {
                with_undeclared: true,
                ..Permits::default()
            });
            bench.send_at_most(first.records);
            first.given(bench, prefix).await;
            let (one, two) = (first.manifest(prefix), second.manifest(prefix));
            bench.seed(&one).await;
            let (before, had) = (contents(&folded(bench.records().await)), owned(bench));
            let planned = bench.try_plan(&two).await.unwrap();
            // Manifests that contradict what is owned are none to apply.
            if planned.plan.problems.is_empty() && planned.refusals().is_empty() {
                let run = bench.execute(planned, |_, _| {}).await;
                assert!(run.report.is_complete(), "{:#?}", run.lines());
                let after = contents(&folded(bench.records().await));
                bench.undo(&run.journal).await;
                let back = contents(&folded(bench.records().await));
                assert_eq!(back, restored(&before, &after));
            }
            let has = owned(bench);
            let more: Vec<&String> = has.iter().filter(|key| !had.contains(key)).collect();
            assert_eq!(more, Vec::<&String>::new());
            bench.assert_plan_empty(&one).await;
            bench.ledger.replace(None);
        },
    );
}
