//! The limits of an instance: never met by a client that keeps them, and survived where others use them up.
//!
//! Time is virtual here. The runtime's clock stands still, also while calls are in flight; whenever the client says
//! that it waits, that clock and the simulator's are moved on together. So the simulator sees calls as dense as they
//! can be, and a run of minutes takes no time.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use pretty_assertions::assert_eq;
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::{Instant, advance};

use super::bench::{Bench, many};
use crate::api::{Notice, Timeouts};
use crate::simulator::{CallLimits, CallOperation, CallOutcome, Fault, SimulatedClock};

const NEW: &str = "name: N";

/// A clock that moves for waits only: of the runtime as long as the sender is there, and of a simulator.
fn still() -> Sender<()> {
    let (sender, held) = channel::<()>();
    // A blocking task keeps the runtime from moving its clock when nothing but the network is awaited.
    drop(spawn_blocking(move || held.recv().ok()));
    sender
}

/// A bench whose client may make so many calls in 20 seconds and at a time, one record each.
async fn bench(limits: CallLimits, calls_per_20s: usize, concurrency: usize) -> Bench {
    Bench::with(|setup| {
        setup.records = 1;
        setup.options.limits = limits;
        let hour = Duration::from_hours(1);
        setup.settings.timeouts = Timeouts {
            connect: hour,
            read: hour,
            leads: hour,
            write: hour,
        };
        setup.settings.calls_per_20s = calls_per_20s;
        setup.settings.concurrency = concurrency;
        let clock = setup.options.clock.clone();
        setup.settings.listener = Some(Arc::new(move |notice: &Notice<'_>| match notice {
            Notice::Waiting { wait, .. } => pass(&clock, *wait),
            Notice::Retrying { .. }
            | Notice::Warning { .. }
            | Notice::Reading { .. }
            | Notice::Read { .. } => {}
        }));
    })
    .await
}

/// How often everything else has its turn before time passes.
const YIELDS: usize = 5_000;

/// Moves both clocks on; the runtime's timers count whole milliseconds, so one more.
fn pass(clock: &SimulatedClock, wait: Duration) {
    let (clock, wait) = (clock.clone(), wait + Duration::from_millis(1));
    drop(tokio::spawn(async move {
        // Calls that are in flight come to their ends first, as they would while real time passes.
        for _ in 0..YIELDS {
            yield_now().await;
        }
        clock.advance(wait);
        advance(wait).await;
    }));
}

/// How often a limit was met.
fn met(bench: &Bench, code: &str) -> usize {
    let code = CallOutcome::Code(code.to_owned());
    let calls = bench.simulator.calls();
    calls.iter().filter(|call| call.answer == code).count()
}

#[tokio::test(start_paused = true)]
async fn a_run_as_fast_as_the_limits_allow_never_meets_them() {
    let _still = still();
    let bench = bench(CallLimits::default(), 100, 10).await;
    let start = Instant::now();
    bench.seed(&many(250, NEW)).await;
    let took = start.elapsed();
    assert_eq!(
        (met(&bench, "606"), met(&bench, "615"), met(&bench, "607")),
        (0, 0, 0)
    );
    assert!(bench.simulator.peak_concurrency() <= 10);
    assert_eq!(bench.writes(), 250);
    // 253 calls are three windows, so two waits; at most a twentieth more than that.
    let least = Duration::from_secs(40);
    assert!((least..=least * 21 / 20).contains(&took), "{took:?}");
    bench.clock.advance(Duration::from_secs(20));
    assert_eq!(bench.held().await.len(), 250);
    bench.assert_plan_empty(&many(250, NEW)).await;
}

#[tokio::test(start_paused = true)]
async fn limits_that_others_use_up_are_survived() {
    let _still = still();
    let limits = CallLimits {
        calls_per_window: Some(30),
        concurrency: Some(2),
        daily: None,
    };
    let bench = bench(limits, 100, 10).await;
    bench.seed(&many(80, NEW)).await;
    assert!(met(&bench, "606") > 0 && met(&bench, "615") > 0);
    assert!(bench.simulator.peak_concurrency() <= 2);
    bench.clock.advance(Duration::from_secs(20));
    assert_eq!(bench.held().await.len(), 80);
    bench.assert_plan_empty(&many(80, NEW)).await;
}

#[tokio::test(start_paused = true)]
async fn bursts_of_refusals_are_survived_wherever_they_fall() {
    let _still = still();
    let bench = bench(CallLimits::none(), 100, 5).await;
    for operation in [
        CallOperation::Describe,
        CallOperation::Query,
        CallOperation::Sync,
        CallOperation::Delete,
    ] {
        for code in ["606", "615"] {
            bench.fault(Fault::code(code).on(operation).after(1).times(4));
        }
    }
    bench.seed(&many(12, NEW)).await;
    bench.seed(&many(12, "ensure: absent")).await;
    assert_eq!(bench.simulator.faults().waiting().len(), 0);
    assert_eq!((met(&bench, "606"), met(&bench, "615")), (16, 16));
    assert_eq!(bench.held().await, Vec::<String>::new());
    bench.assert_plan_empty(&many(12, "ensure: absent")).await;
}
