//! Random manifests against random instances: an apply reaches what is declared, touches nothing else, and after any
//! single fault a rerun gets there.
//!
//! What is to be expected is computed from the case by rules of its own, which know nothing of plans.

use std::cell::Cell;

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{FileFailurePersistence, TestRunner};
use serde_json::json;
use tokio::runtime::Builder;

use super::bench::{Bench, Run};
use super::case::{LEADS, case};
use super::world::{World, assert_untouched, contents, folded};
use crate::simulator::{Alteration, Breakdown, CallOperation, Fault, FaultKind, Moment};

/// Runs a property on one bench, each case with keys of its own.
pub(super) fn check<C: std::fmt::Debug>(
    cases: u32,
    strategy: impl Strategy<Value = C>,
    property: &impl AsyncFn(&Bench, &str, C),
) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let bench = runtime.block_on(Bench::with(|setup| {
        let lead = |id| json!({ "id": id, "email": format!("lead{id}@Example.com") });
        setup.leads = (1..=LEADS).map(lead).collect();
    }));
    let number = Cell::new(0);
    let mut runner = TestRunner::new(ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        source_file: Some(file!()),
        max_shrink_iters: 400,
        ..ProptestConfig::default()
    });
    let checked = runner.run(&strategy, |case| {
        number.set(number.get() + 1);
        bench.forget();
        runtime.block_on(property(&bench, &format!("k{}-", number.get()), case));
        Ok(())
    });
    if let Err(error) = checked {
        panic!("{error}");
    }
}

#[test]
fn an_apply_reaches_what_is_declared_and_touches_nothing_else() {
    check(32, case(), &async |bench, prefix, case| {
        let (manifest, expected) = (case.manifest(prefix), case.expected(prefix));
        bench.send_at_most(case.records);
        case.given(bench, prefix).await;
        let before = folded(bench.records().await);
        bench.clock.advance(std::time::Duration::from_secs(60));
        bench.seed(&manifest).await;
        let after = folded(bench.records().await);
        assert_eq!(contents(&after), expected);
        assert_untouched(&before, &after, &expected);
        // Twice is once.
        let writes = bench.writes();
        assert!(bench.apply(&manifest).await.plan.is_empty());
        assert_eq!(bench.writes(), writes);
        assert_eq!(folded(bench.records().await), after);
    });
}

pub(super) fn fault() -> impl Strategy<Value = Fault> {
    let codes = [
        "601", "602", "603", "604", "606", "607", "608", "611", "614", "615", "702", "713", "718",
        "1003", "1018", "999",
    ];
    let code = select(codes.to_vec()).prop_map(|code| FaultKind::Answer {
        code: code.to_owned(),
        message: None,
    });
    let how = select(vec![
        Breakdown::TimeOut,
        Breakdown::BadGateway,
        Breakdown::Disconnect,
    ]);
    let when = select(vec![Moment::BeforeCommit, Moment::AfterCommit]);
    let broken = (how, when).prop_map(|(how, when)| FaultKind::Break { how, when });
    let skip = (0..3_usize).prop_map(|index| FaultKind::SkipRecord {
        index,
        code: "1014".to_owned(),
        message: "Simulated".to_owned(),
    });
    let alteration = prop_oneof![
        (0..3_usize).prop_map(Alteration::OmitRow),
        Just(Alteration::ReverseRows),
        Just(Alteration::NumbersAsText),
        Just(Alteration::TrailingBlank),
        Just(Alteration::LowerCaseNames),
    ];
    let records = select(vec![
        CallOperation::Query,
        CallOperation::Sync,
        CallOperation::Delete,
    ]);
    let any = prop_oneof![
        1 => select(vec![CallOperation::Describe, CallOperation::Identity]),
        5 => records.clone(),
    ];
    let kinds = prop_oneof![
        4 => (any, prop_oneof![code, broken]),
        1 => (records, prop_oneof![skip, alteration.prop_map(FaultKind::Alter)]),
    ];
    let times = prop_oneof![3 => Just(1), 1 => Just(3), 1 => Just(u32::MAX)];
    (kinds, 0..5_u32, times).prop_map(|((operation, kind), after, times)| {
        Fault::new(kind).on(operation).after(after).times(times)
    })
}

/// Applies under a fault. Nothing comes of it where the plan cannot be made, or has problems because a read left
/// something out.
pub(super) async fn struck(bench: &Bench, manifest: &str, fault: Fault) -> Option<Run> {
    bench.fault(fault);
    let planned = bench.try_plan(manifest).await;
    let run = match planned {
        Ok(planned) if planned.plan.problems.is_empty() => {
            Some(bench.execute(planned, |_, _| {}).await)
        }
        Ok(_) | Err(_) => None,
    };
    bench.simulator.faults().clear();
    run
}

#[test]
fn after_any_fault_a_rerun_reaches_what_is_declared() {
    check(
        64,
        (case(), fault()),
        &async |bench, prefix, (case, fault)| {
            let (manifest, expected) = (case.manifest(prefix), case.expected(prefix));
            bench.send_at_most(case.records);
            case.given(bench, prefix).await;
            let before = folded(bench.records().await);
            bench.clock.advance(std::time::Duration::from_secs(60));
            let run = struck(bench, &manifest, fault).await;
            let between = folded(bench.records().await);
            let world = World {
                before: &before,
                after: &between,
                expected: &expected,
            };
            world.assert_all_or_nothing();
            if let Some(run) = &run {
                world.assert_honest(run);
            }
            bench.seed(&manifest).await;
            let after = folded(bench.records().await);
            assert_eq!(contents(&after), expected);
            assert_untouched(&before, &after, &expected);
            assert_untouched(&between, &after, &expected);
            bench.assert_plan_empty(&manifest).await;
        },
    );
}
