//! A person who interrupts: soon is after the calls in flight, now is at once and leaves them unknown.

use pretty_assertions::assert_eq;

use super::bench::{Bench, many};
use crate::apply::{ApplyEvent, Halt, Urgency};

const NEW: &str = "name: N, roles: [{ leadId: 1, role: R }]";

/// A bench that sends one record a call and so many calls at a time.
async fn bench(concurrency: usize) -> Bench {
    Bench::with(|setup| {
        setup.records = 1;
        setup.settings.concurrency = concurrency;
    })
    .await
}

/// Asks for an end at the first outcome; the lines of what became of the opportunities, and how often the run told
/// that it ends.
async fn stopped(bench: &Bench, urgency: Urgency) -> (Vec<String>, usize) {
    let planned = bench.plan(&many(6, NEW)).await;
    let mut told = 0;
    let run = bench
        .execute(planned, |event, stop| match event {
            ApplyEvent::Sending(_) | ApplyEvent::Looking(_) | ApplyEvent::Tried(_) => {}
            ApplyEvent::Settled(_) => drop(stop.send_replace(urgency)),
            ApplyEvent::Stopping => told += 1,
        })
        .await;
    assert!(matches!(run.report.halt, Some(Halt::Interrupted)));
    let (roles, opportunities): (Vec<_>, Vec<_>) = run
        .lines()
        .into_iter()
        .partition(|line| line.starts_with("+ role"));
    assert!(roles.iter().all(|line| line.ends_with(": not attempted")));
    (opportunities, told)
}

#[tokio::test]
async fn soon_finishes_what_is_in_flight_and_starts_nothing() {
    let bench = bench(3).await;
    let (lines, told) = stopped(&bench, Urgency::Soon).await;
    assert_eq!(
        lines,
        [
            "+ opportunity A00: applied",
            "+ opportunity A01: applied",
            "+ opportunity A02: applied",
            "+ opportunity A03: not attempted",
            "+ opportunity A04: not attempted",
            "+ opportunity A05: not attempted",
        ]
    );
    assert_eq!((bench.writes(), told), (3, 1));
    assert_eq!(
        bench.held().await,
        ["A00 name=N", "A01 name=N", "A02 name=N"]
    );
    bench.seed(&many(6, NEW)).await;
    bench.assert_plan_empty(&many(6, NEW)).await;
}

#[tokio::test]
async fn now_leaves_what_is_in_flight_unknown() {
    let bench = bench(3).await;
    let (lines, told) = stopped(&bench, Urgency::Now).await;
    let count = |end| lines.iter().filter(|line| line.ends_with(end)).count();
    assert_eq!(
        (
            count(": applied"),
            count(": unknown"),
            count(": not attempted")
        ),
        (1, 2, 3)
    );
    assert_eq!(told, 1);
    // What was in flight may still be written while the next run reads; then a further one sees it.
    let mut reruns = 0;
    while !bench.apply(&many(6, NEW)).await.report.is_complete() {
        reruns += 1;
        assert!(reruns < 5);
    }
    assert_eq!(bench.held().await.len(), 12);
    bench.assert_plan_empty(&many(6, NEW)).await;
}

#[tokio::test]
async fn an_end_that_was_asked_for_before_the_first_call_sends_nothing() {
    let bench = bench(2).await;
    let planned = bench.plan(&many(2, NEW)).await;
    let run = bench.execute_under(Urgency::Soon, planned, |_, _| {}).await;
    assert!(matches!(run.report.halt, Some(Halt::Interrupted)));
    assert!(
        run.lines()
            .iter()
            .all(|line| line.ends_with(": not attempted"))
    );
    assert_eq!(bench.writes(), 0);
    bench.seed(&many(2, NEW)).await;
    bench.assert_plan_empty(&many(2, NEW)).await;
}
