//! The whole life of records under every setting of every switch of the simulator: whatever an instance answers where
//! the documentation is silent, the same manifests lead to the same records.

use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use pretty_assertions::assert_eq;

use super::bench::Bench;
use crate::simulator::{Answers, PRESETS, Preset};

const BORN: &str = "
version: 1
opportunities:
  - externalOpportunityId: A
    name: Chairs
    stage: Open
    amount: 1604.470
    closeDate: 2026-12-31
    externalCreatedDate: 2026-03-01T10:00:00+01:00
    probability: 50
    expectedRevenue: 12345678.90
    quantity: 0.00025
    isWon: true
    roles:
      - { leadId: 1, role: Buyer, isPrimary: true }
      - { lead: { email: bob@example.com }, role: User }
  - { externalOpportunityId: B, name: Tables, roles: [{ leadId: 1, role: Buyer }] }
";

const GROWN: &str = "
version: 1
opportunities:
  - externalOpportunityId: A
    name: Chairs and tables
    stage: null
    amount: 10000000
    expectedRevenue: null
    rolesMode: exact
    roles:
      - { leadId: 1, role: Buyer, isPrimary: false }
  - { externalOpportunityId: B, ensure: absent, roles: [{ leadId: 1, role: Buyer }] }
";

const GONE: &str = "
version: 1
opportunities:
  - { externalOpportunityId: A, ensure: absent, rolesMode: exact }
";

/// Every preset as it is, and with every other value of each switch alone.
fn all_answers() -> Vec<(String, Answers)> {
    let mut all: Vec<(String, Answers)> = Vec::new();
    for preset in PRESETS {
        let settings = (Preset::MEMBER, preset.name);
        all.push((preset.name.to_owned(), Answers::of([settings]).unwrap()));
        for switch in Answers::all() {
            for value in switch.values {
                let answers = Answers::of([settings, (switch.name, value)]).unwrap();
                if all.iter().all(|(_, other)| *other != answers) {
                    all.push((
                        format!("{}, {} = {value}", preset.name, switch.name),
                        answers,
                    ));
                }
            }
        }
    }
    all
}

/// How many lives go on beside each other.
const AT_A_TIME: usize = 8;

#[tokio::test]
async fn the_life_of_records_is_the_same_under_every_answer() {
    let lives = all_answers().into_iter().map(|(case, answers)| async {
        let bench = Bench::with(|setup| setup.options.answers = answers).await;
        let life = AssertUnwindSafe(async {
            for stage in [BORN, GROWN, GONE] {
                drop(bench.apply(stage).await);
                bench.assert_plan_empty(stage).await;
            }
            bench.held().await
        });
        (case, life.catch_unwind().await.ok())
    });
    // Some answers are waited for.
    let mut ended = stream::iter(lives).buffer_unordered(AT_A_TIME);
    let mut failed = Vec::new();
    while let Some((case, held)) = ended.next().await {
        if held != Some(Vec::new()) {
            failed.push((case, held));
        }
    }
    assert_eq!(failed, []);
}

const WON: &str = "
version: 1
opportunities:
  - externalOpportunityId: A
    name: Chairs
    isWon: true
    roles: [{ leadId: 1, role: Buyer, isPrimary: true }]
";

const CLEARED: &str = "
version: 1
opportunities:
  - externalOpportunityId: A
    name: Chairs
    isWon: null
    roles: [{ leadId: 1, role: Buyer, isPrimary: null }]
";

#[tokio::test]
async fn a_cleared_boolean_is_no_change_however_it_is_stored() {
    for (name, value) in [("nullBoolean", "false"), ("nullBoolean", "null")] {
        for preset in PRESETS {
            let settings = [(Preset::MEMBER, preset.name), (name, value)];
            let answers = Answers::of(settings).unwrap();
            let bench = Bench::with(|setup| setup.options.answers = answers).await;
            for stage in [WON, CLEARED, WON, CLEARED] {
                drop(bench.apply(stage).await);
                bench.assert_plan_empty(stage).await;
            }
            // As its first manifest too.
            drop(bench.apply(GONE).await);
            drop(bench.apply(CLEARED).await);
            bench.assert_plan_empty(CLEARED).await;
        }
    }
}

#[tokio::test]
async fn an_instance_that_fails_at_a_null_boolean_is_asked_a_few_times_and_no_more() {
    let answers = Answers::of([("nullBoolean", "611")]).unwrap();
    let bench = Bench::with(|setup| setup.options.answers = answers).await;
    drop(bench.apply(WON).await);
    let before = bench.simulator.calls().len();
    let run = bench.apply(CLEARED).await;
    assert!(!run.report.is_complete(), "{:#?}", run.lines());
    assert!(bench.simulator.calls().len() - before < 40);
    // What was not written is still planned.
    assert!(!bench.plan(CLEARED).await.lines().is_empty());
}
