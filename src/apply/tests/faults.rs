//! Each way in which the answer to a write is lost, for each verb of each kind: read back, settled, and nothing done twice.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;

use super::bench::{Bench, OPPORTUNITIES, many};
use crate::apply::{Halt, Outcome};
use crate::simulator::{Alteration, Breakdown, CallOperation, Fault, FaultKind, Moment};

const GIVEN: &str = "version: 1\nopportunities: [{ externalOpportunityId: A, name: Chairs }, { externalOpportunityId: B, name: Tables }]";

/// Two records of each kind are created, then updated, then deleted; with what the store holds then beside what is given.
const LIVES: [(&str, [&str; 2]); 6] = [
    (
        "opportunities: [{ externalOpportunityId: C, name: N, stage: Open }, { externalOpportunityId: D, name: N, amount: 1 }]",
        ["C name=N stage=Open", "D name=N amount=1"],
    ),
    (
        "opportunities: [{ externalOpportunityId: C, stage: Won }, { externalOpportunityId: D, amount: null }]",
        ["C name=N stage=Won", "D name=N"],
    ),
    (
        "opportunities: [{ externalOpportunityId: C, ensure: absent }, { externalOpportunityId: D, ensure: absent }]",
        ["", ""],
    ),
    (
        "roles: [{ externalOpportunityId: A, leadId: 1, role: R, isPrimary: true }, { externalOpportunityId: B, leadId: 2, role: R }]",
        ["A / 1 / R isPrimary=true", "B / 2 / R"],
    ),
    (
        "roles: [{ externalOpportunityId: A, leadId: 1, role: R, isPrimary: null }, { externalOpportunityId: B, leadId: 2, role: R, isPrimary: true }]",
        ["A / 1 / R", "B / 2 / R isPrimary=true"],
    ),
    (
        "roles: [{ externalOpportunityId: A, leadId: 1, role: R, ensure: absent }, { externalOpportunityId: B, leadId: 2, role: R, ensure: absent }]",
        ["", ""],
    ),
];

const NEW: &str = "name: N";

/// So short that no test waits for it; there is a look before it and one after it.
const LAG: Duration = Duration::from_millis(5);

const BREAKDOWNS: [Breakdown; 3] = [
    Breakdown::TimeOut,
    Breakdown::BadGateway,
    Breakdown::Disconnect,
];

fn broken(how: Breakdown, when: Moment) -> Fault {
    Fault::new(FaultKind::Break { how, when })
}

fn on_writes(fault: &Fault) -> [Fault; 2] {
    [CallOperation::Sync, CallOperation::Delete].map(|operation| fault.clone().on(operation))
}

/// Each step meets the fault, is complete all the same, takes so many writes and leaves what a run without faults leaves.
async fn lives(bench: &Bench, fault: &Fault, writes: usize) {
    for (step, held) in LIVES {
        let manifest = format!("version: 1\n{step}");
        let before = bench.writes();
        for fault in on_writes(fault) {
            bench.fault(fault);
        }
        let run = bench.apply(&manifest).await;
        bench.simulator.faults().clear();
        assert!(run.report.is_complete(), "{fault:?}: {:#?}", run.report);
        assert_eq!(bench.writes() - before, writes, "{fault:?}: {step}");
        let mut lines = bench.held().await;
        lines.retain(|line| !line.ends_with("name=Chairs") && !line.ends_with("name=Tables"));
        lines.resize(held.len(), String::new());
        assert_eq!(lines, held, "{fault:?}");
        bench.assert_plan_empty(&manifest).await;
    }
}

async fn given() -> Bench {
    let bench = Bench::new().await;
    bench.seed(GIVEN).await;
    bench
}

#[tokio::test]
async fn what_was_done_before_the_answer_was_lost_is_not_sent_again() {
    let bench = given().await;
    for how in BREAKDOWNS {
        lives(&bench, &broken(how, Moment::AfterCommit), 1).await;
    }
}

#[tokio::test]
async fn what_was_not_done_is_sent_again_in_halves_if_the_call_was_too_slow() {
    let bench = given().await;
    lives(
        &bench,
        &broken(Breakdown::Disconnect, Moment::BeforeCommit),
        2,
    )
    .await;
    lives(
        &bench,
        &broken(Breakdown::BadGateway, Moment::BeforeCommit),
        3,
    )
    .await;
    lives(&bench, &broken(Breakdown::TimeOut, Moment::BeforeCommit), 3).await;
}

#[tokio::test]
async fn codes_that_promise_nothing_are_read_back() {
    let bench = given().await;
    for code in ["500", "502", "611", "713"] {
        lives(&bench, &Fault::code(code), 3).await;
    }
}

#[tokio::test]
async fn codes_that_promise_that_nothing_was_done_are_sent_again() {
    let bench = given().await;
    for code in ["601", "602", "606", "608", "614", "615"] {
        lives(&bench, &Fault::code(code), 2).await;
    }
}

#[tokio::test]
async fn a_server_that_never_answers_does_not_keep_a_run_for_ever() {
    let bench = Bench::new().await;
    for how in BREAKDOWNS {
        let before = bench.writes();
        bench.fault(
            broken(how, Moment::BeforeCommit)
                .on(CallOperation::Sync)
                .times(u32::MAX),
        );
        let run = bench.apply(&many(8, NEW)).await;
        bench.simulator.faults().clear();
        let begins = "sent 3 times, but the record does not show the change when read back: ";
        let unknown = |outcome: &Outcome| matches!(outcome, Outcome::Unknown { why } if why.starts_with(begins));
        assert!(run.report.outcomes.iter().all(unknown), "{:#?}", run.report);
        assert!(run.report.halt.is_none());
        // Three times the same; or one, two halves, four quarters.
        let expected = if how == Breakdown::Disconnect { 3 } else { 7 };
        assert_eq!(bench.writes() - before, expected, "{how:?}");
        assert_eq!(bench.held().await, Vec::<String>::new());
    }
    bench.seed(&many(8, NEW)).await;
    assert_eq!(bench.held().await.len(), 8);
    bench.assert_plan_empty(&many(8, NEW)).await;
}

#[tokio::test]
async fn a_server_that_loses_every_answer_is_read_back_each_time() {
    let bench = Bench::new().await;
    for how in BREAKDOWNS {
        for fault in on_writes(&broken(how, Moment::AfterCommit).times(u32::MAX)) {
            bench.fault(fault);
        }
        let before = bench.writes();
        bench.seed(&many(8, NEW)).await;
        let gone = many(8, "ensure: absent");
        bench.seed(&gone).await;
        assert_eq!(bench.writes() - before, 2, "{how:?}");
        bench.simulator.faults().clear();
        assert_eq!(bench.held().await, Vec::<String>::new());
        bench.assert_plan_empty(&gone).await;
    }
}

#[tokio::test]
async fn where_reading_back_fails_the_outcome_is_unknown_and_the_run_ends() {
    let bench = Bench::with(|setup| {
        setup.records = 2;
        setup.settings.concurrency = 1;
    })
    .await;
    let planned = bench.plan(&many(6, NEW)).await;
    bench.fault(
        broken(Breakdown::Disconnect, Moment::AfterCommit)
            .on(CallOperation::Sync)
            .after(1),
    );
    bench.fault(
        broken(Breakdown::BadGateway, Moment::BeforeCommit)
            .on(CallOperation::Query)
            .times(u32::MAX),
    );
    let run = bench.execute(planned, |_, _| {}).await;
    bench.simulator.faults().clear();
    assert_eq!(
        run.lines(),
        [
            "+ opportunity A00: applied",
            "+ opportunity A01: applied",
            "+ opportunity A02: unknown",
            "+ opportunity A03: unknown",
            "+ opportunity A04: not attempted",
            "+ opportunity A05: not attempted",
        ]
    );
    assert!(matches!(run.report.halt, Some(Halt::Api(_))));
    assert_eq!(
        bench.plan(&many(6, NEW)).await.lines(),
        ["+ opportunity A04", "+ opportunity A05"]
    );
    let kept = bench.records().await;
    bench.seed(&many(6, NEW)).await;
    let records = bench.records().await;
    assert!(kept.iter().all(|(key, record)| records[key] == *record));
    bench.assert_plan_empty(&many(6, NEW)).await;
}

#[tokio::test]
async fn one_record_that_was_lost_is_sent_again_by_itself() {
    let bench = Bench::new().await;
    for how in BREAKDOWNS {
        let writes = bench.writes();
        bench.fault(broken(how, Moment::BeforeCommit).on(CallOperation::Sync));
        let run = bench.apply(&many(1, &format!("name: {how:?}"))).await;
        assert!(run.report.is_complete(), "{:#?}", run.report);
        assert_eq!(bench.writes() - writes, 2, "{how:?}");
        assert_eq!(run.journal.details[0].tries, 2, "{how:?}");
    }
    assert_eq!(bench.held().await.len(), 1);
}

#[tokio::test]
async fn what_was_not_there_and_did_not_go_out_again_is_unknown() {
    let bench = Bench::new().await;
    let planned = bench.plan(&many(4, NEW)).await;
    let lost = broken(Breakdown::BadGateway, Moment::BeforeCommit);
    bench.fault(lost.clone().on(CallOperation::Sync).times(2));
    // The first half goes out again, and cannot be read back then.
    bench.fault(lost.on(CallOperation::Query).after(1).times(u32::MAX));
    let run = bench.execute(planned, |_, _| {}).await;
    let why = "sent once, but the record does not show the change when read back".to_owned();
    let expected = [
        Outcome::Unknown { why: why.clone() },
        Outcome::Unknown { why },
    ];
    assert_eq!(run.report.outcomes[2..], expected);
    assert!(matches!(run.report.halt, Some(Halt::Api(_))));
    bench.simulator.faults().clear();
    bench.seed(&many(4, NEW)).await;
    bench.assert_plan_empty(&many(4, NEW)).await;
}

#[tokio::test]
async fn what_takes_effect_only_after_it_was_read_back_is_settled_by_a_second_look() {
    let bench = Bench::with(|setup| setup.settings.read_lag = LAG).await;
    // The second create is refused, because the first one was done after all. Of an update it is looked again.
    for (members, sent) in [(NEW, 2), ("name: N, stage: Won", 1)] {
        let planned = bench.plan(&many(1, members)).await;
        let writes = bench.writes();
        bench.fault(broken(Breakdown::Disconnect, Moment::AfterCommit).on(CallOperation::Sync));
        let unseen = FaultKind::Alter(Alteration::OmitRow(0));
        bench.fault(Fault::new(unseen).on(CallOperation::Query));
        let run = bench.execute(planned, |_, _| {}).await;
        assert_eq!(bench.simulator.faults().waiting(), []);
        assert!(run.report.is_complete(), "{:#?}", run.report);
        assert_eq!(bench.writes() - writes, sent, "{members}");
        bench.assert_plan_empty(&many(1, members)).await;
    }
    assert_eq!(bench.held().await, ["A00 name=N stage=Won"]);
}

#[tokio::test]
async fn a_record_that_vanishes_after_a_lost_answer_is_in_doubt() {
    let bench = Bench::new().await;
    let of = |name: &str| {
        format!("version: 1\nopportunities: [{{ externalOpportunityId: A, name: {name} }}]")
    };
    bench.seed(&of("N")).await;
    let planned = bench.plan(&of("M")).await;
    let (how, when) = (Breakdown::Disconnect, Moment::AfterCommit);
    bench.fault(Fault::new(FaultKind::Break { how, when }).on(CallOperation::Sync));
    // As if somebody had deleted the record before it was looked at.
    let hidden = FaultKind::Alter(Alteration::OmitRow(0));
    bench.fault(Fault::new(hidden).on(CallOperation::Query));
    let run = bench.execute(planned, |_, _| {}).await;
    assert_eq!(
        run.report.outcomes,
        [Outcome::Unknown {
            why: "sent once (update of opportunities: the connection broke); when read back, the record is not there any more"
                .to_owned()
        }]
    );
    assert_eq!(bench.held().await, ["A name=M"]);
    bench.assert_plan_empty(&of("M")).await;
}

fn skipped() -> FaultKind {
    FaultKind::SkipRecord {
        index: 0,
        code: "1003".to_owned(),
        message: "Simulated".to_owned(),
    }
}

#[tokio::test]
async fn a_refusal_after_a_try_that_did_nothing_is_one() {
    let bench = Bench::new().await;
    for members in [NEW, "name: N, stage: Won", "ensure: absent"] {
        let lost = broken(Breakdown::Disconnect, Moment::BeforeCommit);
        let faults = on_writes(&lost).into_iter();
        for fault in faults.chain(on_writes(&Fault::new(skipped()))) {
            bench.fault(fault);
        }
        let run = bench.apply(&many(1, members)).await;
        bench.simulator.faults().clear();
        let [Outcome::Rejected { reasons, .. }] = run.report.outcomes.as_slice() else {
            panic!("{:#?}", run.report);
        };
        assert_eq!(&*reasons[0].code, "1003");
        bench.seed(&many(1, members)).await;
    }
}

#[tokio::test]
async fn a_refusal_of_a_record_that_others_have_changed_is_no_proof() {
    let bench = Bench::new().await;
    bench.seed(&many(1, NEW)).await;
    let planned = bench.plan(&many(1, "name: N, stage: Won")).await;
    let others = json!([{ "externalOpportunityId": "A00", "stage": "Lost" }]);
    bench.change(OPPORTUNITIES, others).await;
    bench.fault(broken(Breakdown::Disconnect, Moment::BeforeCommit).on(CallOperation::Sync));
    bench.fault(Fault::new(skipped()).on(CallOperation::Sync));
    let run = bench.execute(planned, |_, _| {}).await;
    assert_eq!(run.lines(), ["~ opportunity A00: unknown"]);
    assert_eq!(bench.held().await, ["A00 name=N stage=Lost"]);
}
