//! What the instance refuses: single records, and whole calls because of some of their records.

use pretty_assertions::assert_eq;

use super::bench::{Bench, many};
use crate::apply::{Halt, Outcome};
use crate::simulator::{Alteration, Breakdown, CallOperation, Fault, FaultKind, Moment};

const NEW: &str = "name: N";
/// Created, updated, deleted.
const LIFE: [&str; 3] = [NEW, "name: N, stage: Won", "ensure: absent"];

/// The indexes of the changes that were refused.
fn rejected(outcomes: &[Outcome]) -> Vec<usize> {
    let outcomes = outcomes.iter().enumerate();
    let rejected = outcomes.filter(|(_, outcome)| matches!(outcome, Outcome::Rejected { .. }));
    rejected.map(|(index, _)| index).collect()
}

#[tokio::test]
async fn a_skipped_record_is_reported_and_the_others_are_applied() {
    let bench = Bench::new().await;
    for (index, members) in LIFE.into_iter().enumerate() {
        let skip = FaultKind::SkipRecord {
            index,
            code: "1003".to_owned(),
            message: "Invalid value for field 'stage'".to_owned(),
        };
        bench.fault(Fault::new(skip.clone()).on(CallOperation::Sync));
        bench.fault(Fault::new(skip).on(CallOperation::Delete));
        let run = bench.apply(&many(3, members)).await;
        bench.simulator.faults().clear();
        let Outcome::Rejected {
            reasons,
            request_id,
        } = &run.report.outcomes[index]
        else {
            panic!("{:#?}", run.report)
        };
        assert_eq!(&*reasons[0].code, "1003");
        assert_eq!(&*reasons[0].message, "Invalid value for field 'stage'");
        assert!(request_id.is_some());
        assert_eq!(rejected(&run.report.outcomes), [index]);
        assert!(run.report.halt.is_none());
        let rest = bench.plan(&many(3, members)).await.lines();
        assert_eq!(
            rest,
            [run.lines()[index].trim_end_matches(": rejected 1003")]
        );
        bench.seed(&many(3, members)).await;
        bench.assert_plan_empty(&many(3, members)).await;
    }
    assert_eq!(bench.held().await, Vec::<String>::new());
}

fn altered(bench: &Bench, alteration: Alteration) {
    for operation in [CallOperation::Sync, CallOperation::Delete] {
        bench.fault(Fault::new(FaultKind::Alter(alteration)).on(operation));
    }
}

#[tokio::test]
async fn rows_are_matched_by_their_number_however_they_look() {
    let bench = Bench::new().await;
    for alteration in [
        Alteration::ReverseRows,
        Alteration::NumbersAsText,
        Alteration::TrailingBlank,
        Alteration::LowerCaseNames,
    ] {
        for members in LIFE {
            let planned = bench.plan(&many(3, members)).await;
            bench.replace("A00").await;
            altered(&bench, alteration);
            let writes = bench.writes();
            let run = bench.execute(planned, |_, _| {}).await;
            bench.simulator.faults().clear();
            assert_eq!(rejected(&run.report.outcomes), [0], "{alteration:?}");
            assert_eq!(run.report.applied(&run.plan).total(), 2);
            assert_eq!(bench.writes() - writes, 1, "{alteration:?}");
            bench.seed(&many(3, members)).await;
            bench.assert_plan_empty(&many(3, members)).await;
        }
    }
    assert_eq!(bench.held().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_record_without_a_row_is_read_back() {
    let bench = Bench::new().await;
    for members in LIFE {
        let planned = bench.plan(&many(3, members)).await;
        altered(&bench, Alteration::OmitRow(1));
        let (writes, queries) = (bench.writes(), bench.count(CallOperation::Query));
        let run = bench.execute(planned, |_, _| {}).await;
        bench.simulator.faults().clear();
        assert!(run.report.is_complete());
        assert_eq!(bench.writes() - writes, 1);
        assert_eq!(bench.count(CallOperation::Query) - queries, 1);
        bench.assert_plan_empty(&many(3, members)).await;
    }
    assert_eq!(bench.held().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_record_without_a_row_that_was_refused_is_not_taken_for_done() {
    let bench = Bench::new().await;
    for members in [LIFE[0], LIFE[1]] {
        let planned = bench.plan(&many(3, members)).await;
        bench.replace("A01").await;
        altered(&bench, Alteration::OmitRow(1));
        let run = bench.execute(planned, |_, _| {}).await;
        bench.simulator.faults().clear();
        // The try without a row may have been good, and the record replaced after it.
        let [first, second, third] = run.report.outcomes.as_slice() else {
            panic!("three records have three outcomes");
        };
        assert!(matches!(second, Outcome::Unknown { .. }));
        for other in [first, third] {
            assert!(matches!(other, Outcome::Applied { .. }));
        }
        bench.seed(&many(3, members)).await;
        bench.assert_plan_empty(&many(3, members)).await;
    }
}

#[tokio::test]
async fn a_call_that_is_refused_because_of_some_records_is_cut_until_the_others_are_applied() {
    let bench = Bench::new().await;
    // Two at the very beginning, three side by side, one at the end.
    let bad = [0, 1, 30, 31, 32, 59];
    for (code, members) in [("718", NEW), ("1003", LIFE[1]), ("4711", NEW)] {
        for index in bad {
            let fault = Fault::code(code)
                .on(CallOperation::Sync)
                .naming(&format!("A{index:02}"));
            bench.fault(fault.times(u32::MAX));
        }
        let writes = bench.writes();
        let run = bench.apply(&many(60, members)).await;
        assert_eq!(rejected(&run.report.outcomes), bad, "{code}");
        assert!(run.report.halt.is_none());
        assert_eq!(bench.held().await.len(), 60 - bad.len());
        assert!(bench.writes() - writes <= 60, "{}", bench.writes() - writes);
        bench.simulator.faults().clear();
        assert_eq!(
            bench.plan(&many(60, members)).await.lines().len(),
            bad.len()
        );
        bench.seed(&many(60, members)).await;
        bench.assert_plan_empty(&many(60, members)).await;
        bench.seed(&many(60, LIFE[2])).await;
    }
}

#[tokio::test]
async fn where_no_call_is_accepted_looking_for_one_record_ends() {
    let bench = Bench::new().await;
    bench.fault(Fault::code("1003").on(CallOperation::Sync).times(u32::MAX));
    let run = bench.apply(&many(90, NEW)).await;
    bench.simulator.faults().clear();
    assert_eq!(rejected(&run.report.outcomes).len(), 90);
    // Sixteen cuts, and the seventeen pieces that they leave.
    assert_eq!(bench.writes(), 33);
    bench.seed(&many(90, NEW)).await;
    bench.assert_plan_empty(&many(90, NEW)).await;
}

#[tokio::test]
async fn a_code_that_no_record_can_be_blamed_for_ends_the_run() {
    let bench = Bench::with(|setup| setup.settings.concurrency = 1).await;
    for code in ["605", "610", "616", "703"] {
        let writes = bench.writes();
        bench.fault(Fault::code(code).on(CallOperation::Sync));
        let run = bench.apply(&many(4, NEW)).await;
        assert!(
            run.lines()
                .iter()
                .all(|line| line.ends_with(": not attempted"))
        );
        assert!(matches!(run.report.halt, Some(Halt::Api(_))), "{code}");
        assert_eq!(bench.writes() - writes, 1);
    }
    assert_eq!(bench.held().await, Vec::<String>::new());
    bench.seed(&many(4, NEW)).await;
    bench.assert_plan_empty(&many(4, NEW)).await;
}

#[tokio::test]
async fn a_gateway_that_takes_less_gets_less() {
    let bench = Bench::new().await;
    let too_large = FaultKind::Break {
        how: Breakdown::TooLarge,
        when: Moment::BeforeCommit,
    };
    bench.fault(Fault::new(too_large).on(CallOperation::Sync).times(3));
    bench.seed(&many(20, NEW)).await;
    // 20, 10 and 5 are too large; 2, 3, 5 and 10 are not.
    assert_eq!(bench.writes(), 7);
    bench.assert_plan_empty(&many(20, NEW)).await;
}
