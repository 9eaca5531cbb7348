//! Tokens that end in the middle of a run: one new one for all calls in flight, and no call is lost.

use pretty_assertions::assert_eq;

use super::bench::{Bench, many};
use crate::apply::{ApplyEvent, Halt};
use crate::simulator::{
    Breakdown, CallOperation, CallOutcome, Fault, FaultKind, Moment, RunningSimulator,
};

const NEW: &str = "name: N";

/// Applies 40 records, one a call and five calls at a time; ends the token once some are written. The codes of
/// refused calls.
async fn ended(end: impl Fn(&RunningSimulator)) -> Vec<String> {
    let bench = Bench::with(|setup| {
        setup.records = 1;
        setup.settings.concurrency = 5;
    })
    .await;
    let planned = bench.plan(&many(40, NEW)).await;
    let (from, mut settled) = (bench.simulator.calls().len(), 0);
    let run = bench
        .execute(planned, |event, _| {
            if let ApplyEvent::Settled(changes) = event {
                settled += changes.len();
                if settled == 7 {
                    end(&bench.simulator);
                }
            }
        })
        .await;
    assert!(run.report.is_complete());
    let calls = bench.simulator.calls().split_off(from);
    let asked = calls
        .iter()
        .filter(|call| call.operation == CallOperation::Identity);
    assert_eq!(asked.count(), 1, "one new token for all who wait");
    let refused = |answer: &CallOutcome| match answer {
        CallOutcome::Code(code) => Some(code.clone()),
        CallOutcome::Ok | CallOutcome::Http(_) | CallOutcome::Cut => None,
    };
    let codes: Vec<String> = calls
        .iter()
        .filter_map(|call| refused(&call.answer))
        .collect();
    assert!((1..=5).contains(&codes.len()), "{codes:?}");
    assert_eq!(bench.held().await.len(), 40);
    bench.assert_plan_empty(&many(40, NEW)).await;
    codes
}

#[tokio::test]
async fn an_expired_token_is_renewed_once() {
    let codes = ended(RunningSimulator::expire_tokens).await;
    assert_eq!(codes[0], "602");
    assert!(codes[1..].iter().all(|code| code == "601"), "{codes:?}");
}

#[tokio::test]
async fn a_revoked_token_is_renewed_once() {
    let codes = ended(RunningSimulator::revoke_tokens).await;
    assert!(codes.iter().all(|code| code == "601"), "{codes:?}");
}

#[tokio::test]
async fn a_token_that_ends_by_the_clock_between_plan_and_apply_is_renewed() {
    let bench = Bench::new().await;
    let planned = bench.plan(&many(3, NEW)).await;
    bench.clock.advance(std::time::Duration::from_hours(1));
    let run = bench.execute(planned, |_, _| {}).await;
    assert!(run.report.is_complete());
    bench.assert_plan_empty(&many(3, NEW)).await;
}

#[tokio::test]
async fn without_a_new_token_nothing_is_sent_and_nothing_is_unknown() {
    let bench = Bench::with(|setup| setup.settings.concurrency = 1).await;
    let planned = bench.plan(&many(3, NEW)).await;
    bench.simulator.revoke_tokens();
    for how in [Breakdown::BadGateway, Breakdown::Disconnect] {
        let when = Moment::BeforeCommit;
        let broken = Fault::new(FaultKind::Break { how, when });
        bench.fault(broken.on(CallOperation::Identity).times(2));
    }
    let run = bench.execute(planned, |_, _| {}).await;
    assert_eq!(bench.simulator.faults().waiting(), []);
    assert!(
        run.lines()
            .iter()
            .all(|line| line.ends_with(": not attempted"))
    );
    assert!(matches!(&run.report.halt, Some(Halt::Api(error)) if !error.is_ambiguous()));
    assert_eq!(bench.held().await, Vec::<String>::new());
    bench.seed(&many(3, NEW)).await;
    bench.assert_plan_empty(&many(3, NEW)).await;
}
