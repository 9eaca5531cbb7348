//! The calls of a plan and of an apply are the least that there can be: 300 records a call, and one for the leads that new roles name.
//!
//! `cargo test` takes few of the larger numbers; `CALLS=all cargo test --release calls_are` takes all of them.

use std::fmt::Write as _;

use pretty_assertions::assert_eq;

use super::bench::{Bench, many};
use crate::simulator::CallOperation;

/// So many opportunities with so many roles in all.
fn manifest(opportunities: usize, roles: usize) -> String {
    let mut text = many(opportunities, "name: N");
    text.push_str("roles:\n");
    for role in 0..roles {
        let of = role % opportunities;
        writeln!(
            text,
            "  - {{ externalOpportunityId: A{of:02}, leadId: 1, role: R{role} }}"
        )
        .expect("a text takes all");
    }
    text
}

/// Plans, applies and plans again, and counts the queries and the writes of each.
async fn counted(opportunities: usize, roles: usize) -> [(usize, usize); 3] {
    let bench = Bench::new().await;
    let manifest = manifest(opportunities, roles);
    let mut before = (0, 0);
    let mut since = || {
        let now = (bench.count(CallOperation::Query), bench.writes());
        let counted = (now.0 - before.0, now.1 - before.1);
        before = now;
        counted
    };
    let planned = bench.plan(&manifest).await;
    let plan = since();
    let run = bench.execute(planned, |_, _| {}).await;
    assert!(run.report.is_complete());
    let apply = since();
    bench.assert_plan_empty(&manifest).await;
    [plan, apply, since()]
}

#[tokio::test]
async fn calls_are_the_least_for_any_number_of_records() {
    let few = [1, 299, 300, 301];
    let mut numbers: Vec<(usize, usize)> = { few.into_iter() }
        .flat_map(|opportunities| few.map(|roles| (opportunities, roles)))
        .collect();
    numbers.extend([(10_000, 1), (1, 10_000), (10_000, 10_000)]);
    if std::env::var("CALLS").is_ok_and(|which| which == "all") {
        let others = [299, 300, 301];
        numbers.extend(others.map(|roles| (10_000, roles)));
        numbers.extend(others.map(|opportunities| (opportunities, 10_000)));
    }
    for (opportunities, roles) in numbers {
        let [plan, apply, again] = counted(opportunities, roles).await;
        let calls = opportunities.div_ceil(300) + roles.div_ceil(300);
        let expected = [(calls + 1, 0), (0, calls), (calls, 0)];
        assert_eq!(
            [plan, apply, again],
            expected,
            "{opportunities} and {roles}"
        );
    }
}
