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
use super::process::{Death, Process, Trouble};
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

const FOUR: &str = r#"{"version": 1, "opportunities": [
    {"externalOpportunityId": "k-0", "name": "Chairs"},
    {"externalOpportunityId": "k-1", "name": "Tables"},
    {"externalOpportunityId": "k-2", "name": "Lamps"},
    {"externalOpportunityId": "k-3", "name": "Desks"}]}"#;

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
        marketo: Arc::new(Marketo::new(simulator, history.clone(), Duration::ZERO)),
        objects: Some(Arc::new(InMemory::new())),
        shelf: Default::default(),
        history,
        clock,
        settings: ClientSettings::new(url, "simulator".into(), "simulator".into()),
        records: 300,
        permits: Permits::NONE,
        marker: None,
        project: None,
        commits: None,
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
    live(scene, Process::sound(number), orders).await.1
}

/// A run by a process that does not die.
async fn live(scene: &Scene, process: Process, orders: Orders<'_>) -> (Arc<Process>, End) {
    let process = Arc::new(process);
    let end = scene.run(&process, orders, &Arc::default()).await;
    (process, end.expect("it lives"))
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

/// Other keys than before: two records are replaced.
const RENAMED: &str = r#"{"version": 1, "opportunities": [
    {"externalOpportunityId": "k-2", "name": "Chairs"},
    {"externalOpportunityId": "k-3", "name": "Tables"}]}"#;

#[test]
fn the_deletes_of_a_canary_wait_for_all_that_is_written() {
    on_paused_time(async |scene| {
        drop(run(&scene, 0, Orders::of(Wanted::Declared(TWO))).await);
        let skip = FaultKind::SkipRecord {
            index: 0,
            code: "1013".to_owned(),
            message: "Simulated".to_owned(),
        };
        // The canary's call is the first one.
        let fault = Fault::new(skip).on(CallOperation::Sync).after(1);
        scene.marketo.simulator.faults().push(fault);
        let orders = Orders {
            canary: NonZeroUsize::new(1),
            ..Orders::of(Wanted::Declared(RENAMED))
        };
        let End::Sent(sent) = run(&scene, 1, orders).await else {
            panic!("it is sent");
        };
        assert_eq!(sent.report.tried, Some(1));
        assert!(sent.report.halt.is_none());
        let records = scene.marketo.records();
        let keys: Vec<&str> = records.keys().map(String::as_str).collect();
        assert_eq!(keys, ["k-0", "k-1", "k-2"]);
        let End::Sent(sent) = run(&scene, 2, orders).await else {
            panic!("it is sent");
        };
        // The one that was left, and the first of the deletes.
        assert_eq!(sent.report.tried, Some(2));
        let records = scene.marketo.records();
        let keys: Vec<&str> = records.keys().map(String::as_str).collect();
        assert_eq!(keys, ["k-2", "k-3"]);
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
    on_paused_time(async |mut scene| {
        // With a ledger an empty list removes what it has.
        scene.objects = None;
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

#[test]
fn the_lock_is_released_last() {
    on_paused_time(async |scene| {
        let orders = Orders::of(Wanted::Declared(TWO));
        let (process, _) = live(&scene, Process::sound(0), orders).await;
        let stored = process.stored();
        let folders = stored.iter().filter_map(|path| path.split('/').nth(1));
        let folders: Vec<_> = folders.filter(|it| !it.starts_with("probe")).collect();
        // The lock, the claims, the outcomes, the lock.
        assert_eq!(folders, ["lock", "ledger", "ledger", "lock"]);
    });
}

#[test]
fn what_was_not_deleted_is_still_owned() {
    on_paused_time(async |scene| {
        drop(run(&scene, 0, Orders::of(Wanted::Declared(TWO))).await);
        let skip = FaultKind::SkipRecord {
            index: 0,
            code: "1013".to_owned(),
            message: "Record not found".to_owned(),
        };
        let faults = scene.marketo.simulator.faults();
        faults.push(Fault::new(skip).on(CallOperation::Delete));
        let one = r#"{"version": 1, "opportunities": [
            {"externalOpportunityId": "k-0", "name": "Chairs"}]}"#;
        for (number, owned) in [(1, 2), (2, 1)] {
            let end = run(&scene, number, Orders::of(Wanted::Declared(one))).await;
            assert!(matches!(end, End::Sent(_)), "{end:?}");
            let ledger = scene.ledger().await.unwrap();
            assert_eq!((number, ledger.iter().count()), (number, owned));
            assert_eq!(scene.marketo.records().len(), owned);
        }
    });
}

/// Wherever a machine falls asleep for longer than its lock lasts, the run does nothing more after another one took over.
#[test]
fn a_run_that_has_lost_its_lock_changes_nothing_more() {
    const SLEEP: Duration = Duration::from_secs(300);
    let (mut at, mut overtaken) = (0, 0);
    let mut is_through = false;
    while !is_through {
        on_paused_time(async |mut scene| {
            scene.records = 1;
            let trouble = Trouble {
                freeze: Some((at, SLEEP)),
                ..Trouble::default()
            };
            let sleeper = Process::new(0, Death::Never, false, trouble);
            let sleeper = live(&scene, sleeper, Orders::of(Wanted::Declared(FOUR)));
            let other = async {
                // By then a lock of the one that sleeps has expired.
                sleep(SLEEP / 2).await;
                run(&scene, 1, Orders::of(Wanted::Declared(FOUR))).await
            };
            let ((sleeper, end), _) = futures_util::future::join(sleeper, other).await;
            is_through = !sleeper.was_frozen();
            let writers = scene.marketo.writers();
            let after = writers.iter().skip_while(|by| **by == 0);
            assert!(after.clone().all(|by| *by == 1), "{at}: {writers:?}");
            if let End::Sent(sent) = end {
                let halt = sent.report.halt;
                overtaken += usize::from(matches!(halt, Some(Halt::LockLost(_))));
            }
            let again = run(&scene, 2, Orders::of(Wanted::Declared(FOUR))).await;
            assert!(matches!(again, End::Idle), "{at}: {again:?}");
            let ledger = scene.ledger().await.unwrap();
            assert_eq!((at, ledger.iter().count()), (at, 4));
        });
        at += 1;
    }
    // Once amid each call at least.
    assert!(overtaken >= 4, "{overtaken} of {at} lost their lock");
}
