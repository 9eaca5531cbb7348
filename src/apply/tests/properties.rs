//! Random manifests against random instances: an apply reaches what is declared, touches nothing else, and after any
//! single fault a rerun gets there.
//!
//! What is to be expected is computed from the case by rules of its own, which know nothing of plans.

mod case;

use std::cell::Cell;

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{FileFailurePersistence, TestRunner};
use serde_json::json;
use tokio::runtime::Builder;

use self::case::{Contents, LEADS, case};
use super::bench::{Bench, Records, Run, told};
use crate::apply::Outcome;
use crate::simulator::{Alteration, Breakdown, Fault, FaultKind, Moment, Operation};

/// Records by keys in small letters.
fn folded(records: Records) -> Records {
    let records = records.into_iter();
    records
        .map(|(key, record)| (key.to_lowercase(), record))
        .collect()
}

fn contents(records: &Records) -> Contents {
    let records = records.iter();
    records
        .map(|(key, record)| (key.clone(), told(record)))
        .collect()
}

/// Asserts that what an apply need not touch is as it was, to the second, and that nothing was deleted and made anew.
fn assert_untouched(before: &Records, after: &Records, expected: &Contents) {
    for (key, old) in before {
        let wanted = expected.get(key);
        if wanted == Some(&told(old)) {
            assert_eq!(after.get(key), Some(old), "{key}");
        } else if wanted.is_some() {
            assert_eq!(after[key]["marketoGUID"], old["marketoGUID"], "{key}");
        }
    }
}

/// Runs a property on one bench, each case with keys of its own.
fn check<C: std::fmt::Debug>(
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

fn fault() -> impl Strategy<Value = Fault> {
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
    let records = select(vec![Operation::Query, Operation::Sync, Operation::Delete]);
    let any = prop_oneof![
        1 => select(vec![Operation::Describe, Operation::Identity]),
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
async fn struck(bench: &Bench, manifest: &str, fault: Fault) -> Option<Run> {
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

/// An instance before and after a run under a fault.
struct World<'w> {
    before: &'w Records,
    after: &'w Records,
    expected: &'w Contents,
}

impl World<'_> {
    fn is_as_before(&self, key: &str) -> bool {
        self.after.get(key) == self.before.get(key)
    }

    fn is_as_expected(&self, key: &str) -> bool {
        self.after.get(key).map(told).as_ref() == self.expected.get(key)
    }

    /// Each record is as it was, to the second, or as it is to be.
    fn assert_all_or_nothing(&self) {
        for key in self
            .before
            .keys()
            .chain(self.after.keys())
            .chain(self.expected.keys())
        {
            let (before, after) = (self.before.get(key), self.after.get(key));
            assert!(
                self.is_as_before(key) || self.is_as_expected(key),
                "{key}: {before:?} became {after:?}"
            );
        }
    }

    /// What the report says is so.
    fn assert_honest(&self, run: &Run) {
        assert_eq!(run.report.outcomes.len(), run.plan.changes.len());
        for (change, outcome) in run.plan.changes.iter().zip(&run.report.outcomes) {
            let key = change.key.to_string().to_lowercase();
            let is_so = match outcome {
                Outcome::Applied { .. } => self.is_as_expected(&key),
                Outcome::Rejected { .. } | Outcome::NotAttempted(_) => self.is_as_before(&key),
                Outcome::Unknown { .. } => true,
            };
            assert!(
                is_so,
                "{key} is not {outcome:?}: {:?}",
                self.after.get(&key)
            );
        }
    }
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
