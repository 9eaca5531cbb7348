//! The protocol step by step: histories in which exactly one thing happens.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use object_store::memory::InMemory;
use pretty_assertions::assert_eq;
use serde_json::json;
use tokio::time::sleep;

use super::history::History;
use super::marketo::Marketo;
use super::process::Process;
use super::run::{Answer, End, Orders, Scene, Wanted};
use super::{Files, with_files};
use crate::api::ClientSettings;
use crate::apply::tests::bench::OPPORTUNITIES;
use crate::apply::{Halt, Outcome, Urgency};
use crate::plan::Permits;
use crate::simulator::{CallOperation, Fault, FaultKind, InProcess, Options, SimulatedClock};

const TWO: &str = r#"{"version": 1, "opportunities": [
    {"externalOpportunityId": "k-0", "name": "Chairs"},
    {"externalOpportunityId": "k-1", "name": "Tables"}]}"#;

/// An instance without records, and a ledger without entries.
fn scene(files: &Files) -> Scene {
    let history = History::begin();
    let clock = SimulatedClock::of_runtime("2026-03-02T18:00:00Z".parse().unwrap());
    let mut options = Options::new("");
    options.leads = Some(files.leads.clone());
    options.clock = clock.clone();
    let simulator = InProcess::start(options).unwrap();
    let url = "http://127.0.0.1:1".to_owned();
    Scene {
        marketo: Arc::new(Marketo::new(simulator, history.clone())),
        objects: Some(Arc::new(InMemory::new())),
        shelf: Default::default(),
        history,
        clock,
        settings: ClientSettings::new(url, "simulator".into(), "simulator".into()),
        records: 300,
        permits: Permits::NONE,
        marker: None,
    }
}

/// Runs a test on a runtime whose time does not pass by itself.
fn on_paused_time(test: impl AsyncFnOnce(Scene)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    fastrand::seed(1);
    with_files(|files| runtime.block_on(async { test(scene(files)).await }));
}

async fn run(scene: &Scene, number: usize, orders: Orders<'_>) -> End {
    let process = Arc::new(Process::sound(number));
    let end = scene.run(&process, orders, &Arc::default()).await;
    end.expect("a sound process lives")
}

fn asked(after: u64, is_yes: bool) -> Orders<'static> {
    Orders {
        asked: Some(Answer {
            after: Duration::from_secs(after),
            is_yes,
        }),
        ..Orders::of(Wanted::Declared(TWO))
    }
}

#[test]
fn what_a_person_declines_is_neither_sent_nor_journalled() {
    on_paused_time(async |scene| {
        assert!(matches!(
            run(&scene, 0, asked(1, false)).await,
            End::Declined
        ));
        assert_eq!(scene.marketo.records(), Default::default());
        assert_eq!(scene.shelf.ids(), []);
    });
}

#[test]
fn a_plan_that_another_run_overtakes_while_a_person_decides_is_not_sent() {
    on_paused_time(async |scene| {
        let slow = run(&scene, 0, asked(100, true));
        let quick = async {
            sleep(Duration::from_secs(10)).await;
            run(&scene, 1, Orders::of(Wanted::Declared(TWO))).await
        };
        let (slow, quick) = futures_util::future::join(slow, quick).await;
        assert!(matches!(slow, End::Stale), "{slow:?}");
        assert!(matches!(quick, End::Sent(_)), "{quick:?}");
        assert_eq!(scene.marketo.writers(), [1]);
        assert_eq!(scene.shelf.ids().len(), 1);
    });
}

#[test]
fn a_canary_that_was_stored_otherwise_ends_the_run() {
    on_paused_time(async |scene| {
        let field = "name".to_owned();
        let lose = Fault::new(FaultKind::Lose { field, kept: 2 }).on(CallOperation::Sync);
        scene.marketo.simulator.faults().push(lose);
        let orders = Orders {
            canary: NonZeroUsize::new(1),
            ..Orders::of(Wanted::Declared(TWO))
        };
        let End::Sent(sent) = run(&scene, 0, orders).await else {
            panic!("it is sent");
        };
        assert!(matches!(sent.report.halt, Some(Halt::Canary(_))));
        assert!(matches!(sent.report.outcomes[1], Outcome::NotAttempted(_)));
        assert_eq!(scene.marketo.records().len(), 1);
    });
}

#[test]
fn a_canary_that_is_as_planned_is_followed_by_the_rest() {
    on_paused_time(async |scene| {
        let orders = Orders {
            canary: NonZeroUsize::new(1),
            ..Orders::of(Wanted::Declared(TWO))
        };
        let End::Sent(sent) = run(&scene, 0, orders).await else {
            panic!("it is sent");
        };
        assert_eq!(sent.report.tried, Some(1));
        assert!(sent.report.is_complete() && sent.report.halt.is_none());
        assert_eq!(scene.marketo.records().len(), 2);
    });
}

#[test]
fn a_person_who_interrupts_the_question_ends_the_run() {
    on_paused_time(async |scene| {
        for (number, how) in [Urgency::Soon, Urgency::Now, Urgency::Abandon]
            .into_iter()
            .enumerate()
        {
            let orders = Orders {
                stop: Some((0, how)),
                ..asked(100, true)
            };
            let end = run(&scene, number, orders).await;
            assert!(matches!(end, End::Failed), "{end:?}");
            assert_eq!(scene.marketo.records(), Default::default());
            assert_eq!(scene.shelf.ids(), []);
        }
    });
}

#[test]
fn manifests_that_declare_nothing_need_neither_ledger_nor_instance() {
    on_paused_time(async |scene| {
        let empty = r#"{"version": 1, "opportunities": []}"#;
        let end = run(&scene, 0, Orders::of(Wanted::Declared(empty))).await;
        assert!(matches!(end, End::Empty), "{end:?}");
        assert_eq!(scene.marketo.calls(), 0);
    });
}

#[test]
fn two_runs_at_once_do_one_after_the_other_what_is_left() {
    on_paused_time(async |scene| {
        let first = run(&scene, 0, Orders::of(Wanted::Declared(TWO)));
        let second = run(&scene, 1, Orders::of(Wanted::Declared(TWO)));
        let ends = futures_util::future::join(first, second).await;
        let is_sent = |end: &End| matches!(end, End::Sent(sent) if sent.is_kept);
        let is_idle = |end: &End| matches!(end, End::Idle);
        let (one, other) = &ends;
        assert!(
            is_sent(one) && is_idle(other) || is_idle(one) && is_sent(other),
            "{ends:?}"
        );
        let ledger = scene.ledger().await.unwrap();
        assert!(ledger.iter().all(|(_, _, entry)| entry.id.is_some()));
    });
}

#[test]
fn a_journal_ends_with_the_run_and_is_the_undo_of_another() {
    on_paused_time(async |scene| {
        drop(run(&scene, 0, Orders::of(Wanted::Declared(TWO))).await);
        let id = scene.shelf.ids().remove(0);
        let end = run(&scene, 1, Orders::of(Wanted::Undone(&id))).await;
        assert!(matches!(end, End::Sent(_)), "{end:?}");
        assert_eq!(scene.marketo.records(), Default::default());
        let runs: Vec<_> = scene.shelf.runs();
        assert!(runs.iter().all(|run| run.end.is_some()));
        assert_eq!(runs[1].head.undoes.as_ref(), Some(&id));
    });
}

#[test]
fn what_others_wrote_is_adopted_and_stays_without_a_claim() {
    on_paused_time(async |scene| {
        let records = json!([{ "externalOpportunityId": "k-0", "name": "Stools" }]);
        scene.marketo.post(OPPORTUNITIES, records, None).await;
        let end = run(&scene, 0, Orders::of(Wanted::Declared(TWO))).await;
        assert!(matches!(end, End::Sent(_)), "{end:?}");
        let ledger = scene.ledger().await.unwrap();
        assert_eq!(ledger.iter().count(), 2);
    });
}
