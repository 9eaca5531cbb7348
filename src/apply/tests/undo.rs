//! Undo: what a run did is taken back wherever nobody else has written since, and what others wrote stays.

mod properties;

use std::sync::Arc;
use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;

use super::bench::{Bench, OPPORTUNITIES, Planned, ROLES, Setup};
use crate::journal::{End, Run, RunHead};
use crate::ledger::{Entry, Ledger};
use crate::model::Value;
use crate::plan::{Counts, FieldChange, Marker, Note, Permits, WhyForgotten};
use crate::simulator::{Answers, Moment, PRESETS};

const BEFORE: &str = "
version: 1
opportunities:
  - { externalOpportunityId: A, name: Chairs, amount: 1, stage: Open, roles: [{ leadId: 1, role: R, isPrimary: true }] }
  - { externalOpportunityId: B, name: Tables, amount: 2, roles: [{ leadId: 2, role: R }] }
";

/// Updates A, deletes B and its role, creates C.
const AFTER: &str = "
version: 1
opportunities:
  - { externalOpportunityId: A, name: Chairs, amount: 10, stage: null, roles: [{ leadId: 1, role: R, isPrimary: false }] }
  - { externalOpportunityId: B, ensure: absent, roles: [{ leadId: 2, role: R }] }
  - { externalOpportunityId: C, name: New, amount: 3, roles: [{ leadId: 3, role: R }] }
";

fn with_ledger(setup: &mut Setup) {
    setup.ledger = Some(Ledger::new([3; 16]));
}

fn owned(bench: &Bench) -> Vec<String> {
    let ledger = bench.ledger.borrow();
    let entries = ledger.as_ref().unwrap().iter();
    let shown = entries.map(|(_, _, entry)| entry.key.to_string());
    shown.collect()
}

#[tokio::test]
async fn a_run_that_did_nothing_has_nothing_to_undo() {
    let bench = Bench::new().await;
    bench.seed(BEFORE).await;
    let run = bench.apply(BEFORE).await;
    assert!(bench.undo(&run.journal).await.plan.is_empty());
    bench.assert_plan_empty(BEFORE).await;
}

#[tokio::test]
async fn creates_updates_and_deletes_are_taken_back_and_brought_back() {
    let bench = Bench::new().await;
    bench.name("C");
    bench.seed(BEFORE).await;
    let before = bench.held().await;
    let run = bench.apply(AFTER).await;
    let after = bench.held().await;
    let undone = bench.undo(&run.journal).await;
    assert_eq!(
        undone.lines(),
        [
            "~ opportunity A: applied",
            "~ role A / 1 / R: applied",
            "+ opportunity B: applied",
            "+ role B / 2 / R: applied",
            "- opportunity C: applied",
            "- role C / 3 / R: applied",
        ]
    );
    assert_eq!(bench.held().await, before);
    bench.assert_plan_empty(BEFORE).await;
    // The undo is a run like any other.
    let redone = bench.undo(&undone.journal).await;
    assert_eq!(bench.held().await, after);
    bench.assert_plan_empty(AFTER).await;
    bench.undo(&redone.journal).await;
    assert_eq!(bench.held().await, before);
    bench.assert_plan_empty(BEFORE).await;
}

#[tokio::test]
async fn a_boolean_that_had_no_value_goes_back_to_false_and_is_not_undone_twice() {
    let unset = "version: 1\nopportunities: [{ externalOpportunityId: A, name: Chairs, roles: [{ leadId: 1, role: R }] }]";
    let with = |value: &str| {
        format!(
            "version: 1\nopportunities: [{{ externalOpportunityId: A, name: Chairs, isWon: {value}, roles: [{{ leadId: 1, role: R, isPrimary: {value} }}] }}]"
        )
    };
    for preset in PRESETS {
        let answers = Answers::preset(preset.name).unwrap();
        let bench = Bench::with(|setup| setup.options.answers = answers).await;
        bench.seed(unset).await;
        let run = bench.apply(&with("true")).await;
        let undone = bench.undo(&run.journal).await;
        let lines = ["~ opportunity A: applied", "~ role A / 1 / R: applied"];
        assert_eq!(undone.lines(), lines);
        bench.assert_plan_empty(unset).await;
        let again = bench.plan_undo(&run.journal, &[]).await;
        assert_eq!(again.lines(), Vec::<String>::new());
        assert_eq!(again.left(), Vec::<String>::new());
        // It reads as `false` now, and nothing brings its emptiness back.
        bench.apply(&with("false")).await;
        bench.assert_plan_empty(unset).await;
    }
}

#[tokio::test]
async fn what_others_changed_since_stays_unless_it_is_forced() {
    let bench = Bench::new().await;
    bench.name("C");
    bench.seed(BEFORE).await;
    let run = bench.apply(AFTER).await;
    let edit = json!([
        { "externalOpportunityId": "A", "amount": 11, "description": "theirs" },
        { "externalOpportunityId": "C", "name": "Theirs" },
    ]);
    bench.change(OPPORTUNITIES, edit).await;
    let planned = bench.plan_undo(&run.journal, &[]).await;
    assert_eq!(
        planned.left(),
        [
            "opportunity A: changed amount 10→11",
            "opportunity C: edited name New→Theirs",
        ]
    );
    // The stage of A goes back all the same.
    assert_eq!(
        planned.lines(),
        [
            "~ opportunity A",
            "~ role A / 1 / R",
            "+ opportunity B",
            "+ role B / 2 / R",
            "- role C / 3 / R",
        ]
    );
    bench.undo(&run.journal).await;
    assert_eq!(
        bench.held().await,
        [
            "A name=Chairs stage=Open description=theirs amount=11",
            "A / 1 / R isPrimary=true",
            "B name=Tables amount=2",
            "B / 2 / R",
            "C name=Theirs amount=3",
        ]
    );
    let forced = bench.plan_undo(&run.journal, &["amount", "name"]).await;
    assert_eq!(forced.left(), Vec::<String>::new());
    assert_eq!(forced.lines(), ["~ opportunity A", "- opportunity C"]);
    bench.execute(forced, |_, _| {}).await;
    let held = bench.held().await;
    assert_eq!(
        held[0],
        "A name=Chairs stage=Open description=theirs amount=1"
    );
    bench.assert_plan_empty(BEFORE).await;
}

#[tokio::test]
async fn records_that_others_deleted_or_made_anew_are_left() {
    let bench = Bench::new().await;
    bench.name("C");
    bench.seed(BEFORE).await;
    let run = bench.apply(AFTER).await;
    let role = |key: &str, lead: u8| json!([{ "externalOpportunityId": key, "leadId": lead, "role": "R" }]);
    bench.remove(ROLES, role("A", 1)).await;
    bench.remove(ROLES, role("C", 3)).await;
    bench.replace("A").await;
    bench.replace("C").await;
    let taken = json!([{ "externalOpportunityId": "B", "name": "Theirs" }]);
    bench.change(OPPORTUNITIES, taken).await;
    let planned = bench.plan_undo(&run.journal, &[]).await;
    assert_eq!(
        planned.left(),
        [
            "opportunity A: remade",
            "role A / 1 / R: gone",
            "opportunity B: taken",
            "role B / 2 / R: another opportunity",
            "opportunity C: remade",
        ]
    );
    assert_eq!(planned.lines(), Vec::<String>::new());
    let gone = json!([{ "externalOpportunityId": "B" }]);
    bench.remove(OPPORTUNITIES, gone).await;
    let planned = bench.plan_undo(&run.journal, &[]).await;
    assert_eq!(planned.lines(), ["+ opportunity B", "+ role B / 2 / R"]);
    let only =
        "version: 1\nroles: [{ externalOpportunityId: B, leadId: 2, role: R, ensure: absent }]";
    bench.undo(&run.journal).await;
    let run = bench.apply(only).await;
    bench
        .remove(OPPORTUNITIES, json!([{ "externalOpportunityId": "B" }]))
        .await;
    let planned = bench.plan_undo(&run.journal, &[]).await;
    assert_eq!(planned.left(), ["role B / 2 / R: no opportunity"]);
    assert_eq!(planned.lines(), Vec::<String>::new());
    bench.assert_plan_empty(only).await;
}

#[tokio::test]
async fn roles_of_others_keep_an_opportunity_unless_that_is_allowed() {
    let bench = Bench::new().await;
    let one = "version: 1\nopportunities: [{ externalOpportunityId: A, name: N }]";
    let run = bench.apply(one).await;
    let role = json!([{ "externalOpportunityId": "A", "leadId": 1, "role": "Theirs" }]);
    bench.change(ROLES, role).await;
    let planned = bench.plan_undo(&run.journal, &[]).await;
    assert_eq!(planned.refusals(), ["undeclared children"]);
    bench.permit(Permits {
        with_undeclared: true,
        ..Permits::default()
    });
    bench.undo(&run.journal).await;
    assert_eq!(bench.held().await, Vec::<String>::new());
    let gone = one.replace("name: N", "ensure: absent");
    bench.assert_plan_empty(&gone).await;
}

#[tokio::test]
async fn what_is_protected_or_marked_by_others_is_refused() {
    let marker = |setup: &mut Setup| {
        with_ledger(setup);
        setup.schema = Some(
            json!({ "opportunity": { "fields": [{ "name": "owner", "dataType": "string" }] } }),
        );
        setup.marker = Some(Marker {
            field: "owner".into(),
            value: "ours".into(),
        });
    };
    let bench = Bench::with(marker).await;
    let one = "version: 1\nopportunities:\n  - { externalOpportunityId: A, name: N, lifecycle: { protect: true } }\n  - { externalOpportunityId: B, name: N }";
    let run = bench.apply(one).await;
    let edit = one.replace("B, name: N", "B, name: M");
    let edited = bench.apply(&edit).await;
    let planned = bench.plan_undo(&run.journal, &["name"]).await;
    assert_eq!(planned.refusals(), ["protected"]);
    let theirs = json!([{ "externalOpportunityId": "B", "owner": "theirs" }]);
    bench.change(OPPORTUNITIES, theirs).await;
    let planned = bench.plan_undo(&edited.journal, &[]).await;
    assert_eq!(planned.refusals(), ["foreign"]);
    bench.permit(Permits {
        adopt_foreign: Some("theirs".to_owned()),
        ..Permits::default()
    });
    bench.undo(&edited.journal).await;
    assert_eq!(owned(&bench), ["A", "B"]);
    bench.apply(one).await;
    bench.assert_plan_empty(one).await;
}

#[tokio::test]
async fn a_run_whose_outcomes_are_unknown_is_undone_by_what_is_there() {
    for when in [Moment::BeforeCommit, Moment::AfterCommit] {
        let bench = Bench::new().await;
        bench.name("C");
        bench.seed(BEFORE).await;
        let before = bench.held().await;
        let run = bench.apply_unheard(AFTER, when).await;
        assert!(run.lines().iter().any(|line| line.ends_with(": unknown")));
        bench.undo(&run.journal).await;
        assert_eq!(bench.held().await, before);
        bench.assert_plan_empty(BEFORE).await;
    }
}

#[tokio::test]
async fn what_a_run_may_have_created_is_deleted_only_if_it_is_just_so() {
    let bench = Bench::new().await;
    bench.name("C");
    let declared = "version: 1\nopportunities: [{ externalOpportunityId: C, name: New }]";
    let run = bench.apply_unheard(declared, Moment::BeforeCommit).await;
    // Somebody has made it by hand, and then written more.
    let same = json!([{ "externalOpportunityId": "C", "name": "New" }]);
    bench.change(OPPORTUNITIES, same).await;
    let unsure = |planned: &Planned| {
        let mut notes = planned.plan.notes.iter();
        notes.any(|note| matches!(note, Note::Unsure { records: 1 }))
    };
    let planned = bench.plan_undo(&run.journal, &[]).await;
    assert_eq!(planned.lines(), ["- opportunity C"]);
    assert!(unsure(&planned));
    let more = json!([{ "externalOpportunityId": "C", "description": "Theirs" }]);
    bench.change(OPPORTUNITIES, more).await;
    let planned = bench.plan_undo(&run.journal, &[]).await;
    assert_eq!(planned.lines(), Vec::<String>::new());
    assert_eq!(
        planned.left(),
        ["opportunity C: edited description →Theirs"]
    );
    assert!(!unsure(&planned));
    let forced = bench.plan_undo(&run.journal, &["description"]).await;
    assert_eq!(forced.lines(), ["- opportunity C"]);
}

#[tokio::test]
async fn what_a_later_run_created_is_not_taken_for_the_doing_of_one_that_died() {
    let bench = Bench::new().await;
    bench.name("C");
    let declared = "version: 1\nopportunities: [{ externalOpportunityId: C, name: New }]";
    let lost = bench.apply_unheard(declared, Moment::BeforeCommit).await;
    assert!(lost.journal.has_unknown());
    let rerun = bench.apply(declared).await;
    assert!(!rerun.journal.has_unknown());
    let planned = bench
        .plan_undo_before(&lost.journal, &[], &[&rerun.journal])
        .await;
    assert_eq!(planned.lines(), Vec::<String>::new());
    let name = &rerun.journal.head.id;
    assert_eq!(
        planned.left(),
        [format!("opportunity C: created by {name}")]
    );
    bench.undo(&rerun.journal).await;
    assert_eq!(bench.held().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_another_run_deleted_is_not_created_again_for_one_that_may_have() {
    let bench = Bench::new().await;
    bench.name("C");
    bench
        .seed("version: 1\nopportunities: [{ externalOpportunityId: C, name: N }]")
        .await;
    let declared = "version: 1\nopportunities: [{ externalOpportunityId: C, ensure: absent }]";
    let lost = bench.apply_unheard(declared, Moment::BeforeCommit).await;
    let rerun = bench.apply(declared).await;
    let alone = bench.plan_undo(&lost.journal, &[]).await;
    assert_eq!(alone.lines(), ["+ opportunity C"]);
    let planned = bench
        .plan_undo_before(&lost.journal, &[], &[&rerun.journal])
        .await;
    assert_eq!(planned.lines(), Vec::<String>::new());
    let name = &rerun.journal.head.id;
    assert_eq!(
        planned.left(),
        [format!("opportunity C: deleted by {name}")]
    );
}

#[tokio::test]
async fn the_ledger_knows_what_is_owned_again_and_what_is_not_any_more() {
    let bench = Bench::with(with_ledger).await;
    bench.name("C");
    bench.seed(BEFORE).await;
    let run = bench.apply(AFTER).await;
    assert_eq!(owned(&bench), ["A", "C", "A / 1 / R", "C / 3 / R"]);
    let undone = bench.undo(&run.journal).await;
    assert_eq!(undone.plan.owned, Some(4));
    assert_eq!(owned(&bench), ["A", "B", "A / 1 / R", "B / 2 / R"]);
    // What is back already is counted, and nothing is to be done.
    let again = bench.undo(&run.journal).await;
    assert_eq!(again.lines(), Vec::<String>::new());
    assert_eq!(again.plan.unchanged.values().sum::<usize>(), 6);
    // With the manifests of before there is nothing to do, and nobody has drifted.
    let planned = bench.plan(BEFORE).await;
    assert_eq!((planned.lines(), planned.plan.drift.len()), (Vec::new(), 0));
    // With those of after the same is done again.
    assert_eq!(bench.plan(AFTER).await.lines().len(), 6);
    bench.assert_plan_empty(BEFORE).await;
    // What was created again is known by its values, too.
    let others = json!([{ "externalOpportunityId": "B", "amount": 7 }]);
    bench.change(OPPORTUNITIES, others).await;
    assert_eq!(bench.plan(BEFORE).await.plan.drift.len(), 1);
}

#[tokio::test]
async fn what_was_claimed_before_it_was_adopted_stays_owned() {
    let bench = Bench::with(with_ledger).await;
    let of = |name: &str| {
        format!("version: 1\nopportunities: [{{ externalOpportunityId: A, name: {name} }}]")
    };
    bench.seed(&of("N")).await;
    // As if that run had ended before it knew that it had created the record.
    unsettle(bench.ledger.borrow_mut().as_mut().unwrap());
    let run = bench.apply(&of("M")).await;
    let expected = Counts {
        adopt: 1,
        ..Counts::default()
    };
    assert_eq!(run.plan.counts(), expected);
    bench.undo(&run.journal).await;
    assert_eq!(bench.held().await, ["A name=N"]);
    assert_eq!(owned(&bench), ["A"]);
    bench.assert_plan_empty(&of("N")).await;
}

/// Makes a claim of each entry.
fn unsettle(ledger: &mut Ledger) {
    let entries = ledger.iter().map(|(kind, _, entry)| (kind, entry.clone()));
    for (kind, entry) in entries.collect::<Vec<_>>() {
        ledger.insert(kind, Entry { id: None, ..entry });
    }
}

#[tokio::test]
async fn what_was_adopted_is_not_owned_any_more_and_so_never_deleted() {
    let bench = Bench::with(with_ledger).await;
    let theirs = json!([
        { "externalOpportunityId": "A", "name": "Theirs" },
        { "externalOpportunityId": "B", "name": "Tables", "amount": 2 },
    ]);
    bench.change(OPPORTUNITIES, theirs).await;
    let both = "version: 1\nopportunities:\n  - { externalOpportunityId: A, name: Ours }\n  - { externalOpportunityId: B, name: Tables }";
    let run = bench.apply(both).await;
    assert_eq!(run.lines(), ["> opportunity A: applied"]);
    assert_eq!(owned(&bench), ["A", "B"]);
    // One that died before it had written its end is known by its entries.
    let dead = Run {
        end: None,
        ..run.journal.clone()
    };
    for journal in [&run.journal, &dead] {
        let planned = bench.plan_undo(journal, &[]).await;
        let dropped = planned.plan.ledger_changes.forgotten.iter();
        assert_eq!(
            dropped.map(|dropped| dropped.why).collect::<Vec<_>>(),
            [WhyForgotten::Undone, WhyForgotten::Undone]
        );
    }
    bench.undo(&run.journal).await;
    assert_eq!(owned(&bench), Vec::<String>::new());
    // The commit is reverted: nobody declares them any more.
    let other = "version: 1\nopportunities: [{ externalOpportunityId: X, ensure: absent }]";
    bench.assert_plan_empty(other).await;
    assert_eq!(
        bench.held().await,
        ["A name=Theirs", "B name=Tables amount=2"]
    );
}

#[tokio::test]
async fn what_took_the_place_of_an_adopted_record_is_not_let_go_of_with_it() {
    let bench = Bench::with(with_ledger).await;
    bench.name("A");
    let declared = "version: 1\nopportunities: [{ externalOpportunityId: A, name: N }]";
    let theirs = json!([{ "externalOpportunityId": "A", "name": "N" }]);
    bench.change(OPPORTUNITIES, theirs).await;
    let adopting = bench.apply(declared).await;
    assert_eq!(adopting.journal.adopted.len(), 1);
    bench
        .remove(OPPORTUNITIES, json!([{ "externalOpportunityId": "A" }]))
        .await;
    bench.clock.advance(Duration::from_mins(5));
    let creating = bench.apply_unheard(declared, Moment::AfterCommit).await;
    assert_eq!(creating.lines(), ["+ opportunity A: unknown"]);
    bench.undo(&adopting.journal).await;
    assert_eq!(owned(&bench), ["A"], "a claim of the other run");
    bench.apply(declared).await;
    bench.undo(&adopting.journal).await;
    assert_eq!(owned(&bench), ["A"], "its record");
    bench.undo(&creating.journal).await;
    assert_eq!(owned(&bench), Vec::<String>::new());
    assert_eq!(bench.held().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_was_perhaps_adopted_is_let_go_of_only_if_no_other_run_has_adopted_it() {
    let bench = Bench::with(with_ledger).await;
    bench.name("A");
    let theirs = json!([{ "externalOpportunityId": "A", "name": "Theirs" }]);
    bench.change(OPPORTUNITIES, theirs).await;
    let declared = "version: 1\nopportunities: [{ externalOpportunityId: A, name: Ours }]";
    let lost = bench.apply_unheard(declared, Moment::BeforeCommit).await;
    assert_eq!(lost.lines(), ["> opportunity A: unknown"]);
    assert_eq!(owned(&bench), Vec::<String>::new());
    bench.clock.advance(Duration::from_mins(5));
    bench.apply(declared).await;
    bench.undo(&lost.journal).await;
    assert_eq!(owned(&bench), ["A"]);
}

#[tokio::test]
async fn a_run_whose_ledger_was_not_saved_has_taken_over_nothing() {
    let bench = Bench::with(with_ledger).await;
    let declared = "version: 1\nopportunities:\n  - { externalOpportunityId: A, name: N }\n  - { externalOpportunityId: B, name: N }";
    let before = bench.ledger.borrow().clone();
    bench.seed(declared).await;
    let saved = bench.ledger.replace(before);
    // It has lost its lock to the run above while it was frozen, and knows nothing of it.
    let change = json!([{ "externalOpportunityId": "B", "name": "Changed" }]);
    bench.change(OPPORTUNITIES, change).await;
    bench.clock.advance(Duration::from_mins(5));
    let mut run = bench.apply(declared).await.journal;
    assert_eq!((run.adopted.len(), run.changes.len()), (1, 1));
    bench.ledger.replace(saved);
    for end in [
        None,
        run.end.clone().map(|end| End {
            unsaved: Some("the lock was lost".into()),
            ..end
        }),
    ] {
        run.end = end;
        let planned = bench.plan_undo(&run, &[]).await;
        assert!(
            planned.plan.ledger_changes.forgotten.is_empty(),
            "{:?}",
            run.end
        );
    }
    bench.undo(&run).await;
    assert_eq!(owned(&bench), ["A", "B"]);
    assert_eq!(bench.held().await, ["A name=N", "B name=Changed"]);
}

#[tokio::test]
async fn a_record_that_was_not_owned_is_not_owned_when_it_is_created_again() {
    let bench = Bench::with(with_ledger).await;
    let exact = |mode: &str| {
        format!(
            "version: 1\nopportunities: [{{ externalOpportunityId: A, name: N, rolesMode: {mode} }}]"
        )
    };
    bench.seed(&exact("additive")).await;
    let role = json!([{ "externalOpportunityId": "A", "leadId": 1, "role": "Theirs" }]);
    bench.change(ROLES, role).await;
    let run = bench.apply(&exact("exact")).await;
    assert_eq!(run.lines(), ["- role A / 1 / Theirs: applied"]);
    bench.undo(&run.journal).await;
    assert_eq!(owned(&bench), ["A"]);
    assert_eq!(bench.held().await, ["A name=N", "A / 1 / Theirs"]);
    bench.assert_plan_empty(&exact("additive")).await;
}

#[tokio::test]
async fn what_the_ledger_does_not_have_any_more_is_left() {
    let bench = Bench::with(with_ledger).await;
    let declared = |a: &str| {
        format!(
            "version: 1\nopportunities:\n  - {{ externalOpportunityId: A, name: N{a} }}\n  - {{ externalOpportunityId: B, name: N }}"
        )
    };
    let created = bench.apply(&declared("")).await;
    let updated = bench.apply(&declared(", amount: 2")).await;
    let adopted = {
        let theirs = json!([{ "externalOpportunityId": "C", "name": "Theirs" }]);
        bench.change(OPPORTUNITIES, theirs).await;
        let three = format!(
            "{}\n  - {{ externalOpportunityId: C, name: Ours }}",
            declared(", amount: 2")
        );
        bench.apply(&three).await
    };
    let forgotten = format!(
        "{}\n  - {{ externalOpportunityId: C, name: Ours, ensure: forgotten }}",
        declared(", amount: 2, ensure: forgotten")
    );
    bench.apply(&forgotten).await;
    assert_eq!(owned(&bench), ["B"]);
    // Whoever owns A and C now, they stay as they are.
    for (run, force, left) in [
        (&created, "amount", "opportunity A: not owned"),
        (&updated, "amount", "opportunity A: not owned"),
    ] {
        let planned = bench.plan_undo(&run.journal, &[force]).await;
        assert_eq!(planned.left(), [left]);
    }
    let undone = bench.undo(&created.journal).await;
    assert_eq!(undone.lines(), ["- opportunity B: applied"]);
    assert_eq!(bench.held().await, ["A name=N amount=2", "C name=Ours"]);
    // What the run adopted was not owned before it.
    bench.undo(&adopted.journal).await;
    assert_eq!(bench.held().await, ["A name=N amount=2", "C name=Theirs"]);
    // A run that had no ledger owned nothing, so there is nothing that the project could have let go of.
    let stateless = Run {
        head: RunHead {
            origin: None,
            ..updated.journal.head.clone()
        },
        ..updated.journal.clone()
    };
    assert_eq!(
        bench.plan_undo(&stateless, &[]).await.lines(),
        ["~ opportunity A"]
    );
}

/// The keys of the records that are protected.
fn protected(bench: &Bench) -> Vec<String> {
    let ledger = bench.ledger.borrow();
    let entries = ledger.as_ref().unwrap().iter();
    let protected = entries.filter(|(_, _, entry)| entry.protected.is_some());
    protected
        .map(|(_, _, entry)| entry.key.to_string())
        .collect()
}

#[tokio::test]
async fn protections_are_taken_back_and_brought_back() {
    let bench = Bench::with(with_ledger).await;
    let declared = |a: &str, b: &str| {
        format!(
            "version: 1\nopportunities:\n  - {{ externalOpportunityId: A, name: N{a} }}\n  - {{ externalOpportunityId: B, name: N{b} }}"
        )
    };
    let protect = ", lifecycle: { protect: true }";
    let plain = declared("", "");
    bench.seed(&plain).await;
    // It begins for A alone, and for B together with an update.
    let begins = bench
        .apply(&declared(protect, &format!(", amount: 1{protect}")))
        .await;
    assert_eq!(protected(&bench), ["A", "B"]);
    let ends = bench.apply(&declared("", ", amount: 2")).await;
    assert_eq!(protected(&bench), Vec::<String>::new());
    bench.clock.advance(Duration::from_secs(1));
    bench.undo(&ends.journal).await;
    assert_eq!(protected(&bench), ["A", "B"]);
    bench
        .assert_plan_empty(&declared(protect, &format!(", amount: 1{protect}")))
        .await;
    // Protected by another run since: that stays.
    bench.undo(&begins.journal).await;
    assert_eq!(protected(&bench), ["A", "B"]);
    bench.apply(&plain).await;
    bench.clock.advance(Duration::from_secs(1));
    let again = bench.apply(&declared(protect, "")).await;
    bench.undo(&again.journal).await;
    assert_eq!(protected(&bench), Vec::<String>::new());
    bench.assert_plan_empty(&plain).await;
    // To forget a protected record ends its protection too.
    bench.apply(&declared(protect, "")).await;
    let forgotten = bench
        .apply(&declared(&format!("{protect}, ensure: forgotten"), ""))
        .await;
    let seen = forgotten.plan.ledger_changes.seen();
    let seen: Vec<_> = seen.map(|change| change.action.word()).collect();
    assert_eq!(seen, ["unprotect", "forget"]);
    bench.undo(&forgotten.journal).await;
    assert_eq!(
        (owned(&bench), protected(&bench)),
        (vec!["A".into(), "B".into()], vec!["A".into()])
    );
}

/// The journal of a run that leaves out sensitive values.
fn without_values(mut journal: Run) -> Run {
    for (change, details) in journal.changes.iter_mut().zip(&mut journal.details) {
        let mut fields: Vec<FieldChange> = change.fields().iter().collect();
        for field in fields.iter_mut().filter(|field| field.sensitive) {
            details.left_out.push(Arc::clone(&field.name));
            (field.before, field.after) = (Value::Null, Value::Null);
        }
        *change.action.fields_mut() = fields.into();
    }
    journal
}

#[tokio::test]
async fn edits_of_sensitive_fields_are_told_by_the_time() {
    let bench = Bench::with(|setup| {
        setup.schema = Some(json!({ "opportunity": { "fields": [
            { "name": "description", "isSensitive": true },
            { "name": "name", "isSensitive": true },
        ] } }));
    })
    .await;
    let declared = "version: 1\nopportunities:\n  - { externalOpportunityId: A, name: N, description: Ours }\n  - { externalOpportunityId: B, name: N }";
    let run = without_values(bench.apply(declared).await.journal);
    bench.clock.advance(Duration::from_secs(2));
    let theirs = json!([{ "externalOpportunityId": "A", "description": "Theirs" }]);
    bench.change(OPPORTUNITIES, theirs).await;
    let planned = bench.plan_undo(&run, &[]).await;
    assert_eq!(
        (planned.lines(), planned.left()),
        (
            vec!["- opportunity B".to_owned()],
            vec!["opportunity A: perhaps edited name description".to_owned()]
        )
    );
    let forced = bench.plan_undo(&run, &["description", "name"]).await;
    assert_eq!(forced.lines(), ["- opportunity A", "- opportunity B"]);
    // Without its name no opportunity can be created again, nor can its roles.
    let roles = declared.replace("B, name: N", "B, name: N, roles: [{ leadId: 1, role: R }]");
    bench.apply(&roles).await;
    let absent = "version: 1\nopportunities: [{ externalOpportunityId: B, ensure: absent, roles: [{ leadId: 1, role: R }] }]";
    let deleted = without_values(bench.apply(absent).await.journal);
    let planned = bench.plan_undo(&deleted, &[]).await;
    assert_eq!(
        (planned.lines(), planned.left()),
        (
            vec![],
            vec![
                "opportunity B: required, not stored name".to_owned(),
                "role B / 1 / R: no opportunity".to_owned(),
            ]
        )
    );
}
