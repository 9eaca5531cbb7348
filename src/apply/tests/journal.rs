//! A disk that is full: what cannot be written down is not sent, and a rerun does the rest.

use pretty_assertions::assert_eq;

use super::bench::{Bench, many};
use crate::apply::{Halt, Outcome, with_causes};

const NEW: &str = "name: N";

/// A bench that sends one record a call and one call after the other.
async fn bench() -> Bench {
    Bench::with(|setup| {
        setup.records = 1;
        setup.settings.concurrency = 1;
    })
    .await
}

#[tokio::test]
async fn a_batch_whose_intent_cannot_be_written_down_is_not_sent() {
    let bench = bench().await;
    // The intent and the outcome of the first batch.
    bench.disk.set(Some(2));
    let run = bench.apply(&many(3, NEW)).await;
    assert_eq!(
        run.lines(),
        [
            "+ opportunity A00: applied",
            "+ opportunity A01: not attempted",
            "+ opportunity A02: not attempted",
        ]
    );
    let Some(Halt::Unrecorded(error)) = &run.report.halt else {
        panic!("{:?}", run.report.halt);
    };
    let told = with_causes(&**error);
    assert!(told.ends_with(": no storage space"), "{told}");
    assert_eq!(bench.writes(), 1);
    assert_eq!(run.journal.outcomes, run.report.outcomes);
    bench.disk.set(None);
    bench.seed(&many(3, NEW)).await;
    bench.assert_plan_empty(&many(3, NEW)).await;
}

#[tokio::test]
async fn a_run_whose_outcomes_cannot_be_written_down_goes_no_further() {
    let bench = bench().await;
    bench.disk.set(Some(1));
    let run = bench.apply(&many(2, NEW)).await;
    // The run knows more than its journal.
    assert_eq!(
        run.lines(),
        [
            "+ opportunity A00: applied",
            "+ opportunity A01: not attempted",
        ]
    );
    assert!(matches!(run.report.halt, Some(Halt::Unrecorded(_))));
    assert!(matches!(run.journal.outcomes[0], Outcome::Unknown { .. }));
    assert_eq!(bench.writes(), 1);
    bench.disk.set(None);
    bench.seed(&many(2, NEW)).await;
    bench.assert_plan_empty(&many(2, NEW)).await;
}

#[tokio::test]
async fn nothing_to_do_leaves_an_empty_journal() {
    let bench = bench().await;
    bench.seed(&many(1, NEW)).await;
    let run = bench.apply(&many(1, NEW)).await;
    assert_eq!(run.journal.changes.len(), 0);
    bench.assert_plan_empty(&many(1, NEW)).await;
}
