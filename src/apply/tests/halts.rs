//! Runs that cannot go on: what was not sent is said to be not attempted, and a rerun resumes.

use pretty_assertions::assert_eq;

use super::bench::{Bench, many};
use crate::api::Disposition;
use crate::apply::Halt;
use crate::simulator::{Breakdown, CallOperation, Fault, FaultKind, Moment};

const NEW: &str = "name: N, roles: [{ leadId: 1, role: R }]";

/// A bench that sends two records a call and one call after the other.
async fn bench() -> Bench {
    Bench::with(|setup| {
        setup.records = 2;
        setup.settings.concurrency = 1;
    })
    .await
}

#[tokio::test]
async fn the_run_ends_where_no_further_call_makes_sense_and_a_rerun_resumes() {
    for (code, disposition) in [
        ("607", Disposition::Quota),
        ("603", Disposition::Denied),
        ("1018", Disposition::NativeCrm),
    ] {
        let bench = bench().await;
        bench.fault(
            Fault::code(code)
                .on(CallOperation::Sync)
                .after(1)
                .times(u32::MAX),
        );
        let run = bench.apply(&many(4, NEW)).await;
        let writes = bench.writes();
        bench.simulator.faults().clear();
        assert_eq!(
            run.lines(),
            [
                "+ opportunity A00: applied",
                "+ role A00 / 1 / R: not attempted",
                "+ opportunity A01: applied",
                "+ role A01 / 1 / R: not attempted",
                "+ opportunity A02: not attempted",
                "+ role A02 / 1 / R: not attempted",
                "+ opportunity A03: not attempted",
                "+ role A03 / 1 / R: not attempted",
            ]
        );
        let Some(Halt::Api(error)) = &run.report.halt else {
            panic!("{:#?}", run.report)
        };
        assert_eq!(error.disposition(), disposition);
        assert_eq!(writes, 2);
        assert_eq!(bench.held().await, ["A00 name=N", "A01 name=N"]);
        let kept = bench.records().await;
        let rest = bench.apply(&many(4, NEW)).await;
        assert!(rest.report.is_complete());
        assert_eq!(rest.plan.changes.len(), 6);
        let records = bench.records().await;
        assert!(kept.iter().all(|(key, record)| records[key] == *record));
        bench.assert_plan_empty(&many(4, NEW)).await;
    }
}

#[tokio::test]
async fn of_calls_in_flight_each_has_its_own_outcome() {
    let bench = Bench::with(|setup| setup.records = 1).await;
    bench.fault(
        Fault::code("607")
            .on(CallOperation::Sync)
            .naming("A02")
            .times(u32::MAX),
    );
    let run = bench.apply(&many(20, "name: N")).await;
    bench.simulator.faults().clear();
    assert!(matches!(&run.report.halt, Some(Halt::Api(_))));
    let (held, lines) = (bench.held().await, run.lines());
    let applied = lines.iter().filter(|line| line.ends_with(": applied"));
    let applied: Vec<&str> = applied.map(|line| &line[14..17]).collect();
    let held: Vec<&str> = held.iter().map(|line| &line[..3]).collect();
    assert_eq!(applied, held);
    assert_eq!(lines[2], "+ opportunity A02: not attempted");
    assert_eq!(lines[19], "+ opportunity A19: not attempted");
    bench.seed(&many(20, "name: N")).await;
    bench.assert_plan_empty(&many(20, "name: N")).await;
}

#[tokio::test]
async fn what_was_sent_once_and_could_not_be_sent_again_is_unknown() {
    let bench = bench().await;
    let cut = FaultKind::Break {
        how: Breakdown::Disconnect,
        when: Moment::BeforeCommit,
    };
    bench.fault(Fault::new(cut).on(CallOperation::Sync));
    bench.fault(Fault::code("607").on(CallOperation::Sync).after(1));
    let run = bench.apply(&many(3, "name: N")).await;
    assert_eq!(
        run.lines(),
        [
            "+ opportunity A00: unknown",
            "+ opportunity A01: unknown",
            "+ opportunity A02: not attempted",
        ]
    );
    assert_eq!(bench.held().await, Vec::<String>::new());
    bench.seed(&many(3, "name: N")).await;
    bench.assert_plan_empty(&many(3, "name: N")).await;
}
