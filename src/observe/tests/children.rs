//! All children of a parent, over any number of pages.

use std::fmt::Write as _;

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::apply::tests::bench::{Bench, ROLES};
use crate::plan::Counts;
use crate::simulator::{CallOperation, Fault};

/// The counts of a plan that only deletes.
fn deletes(count: usize) -> Counts {
    Counts {
        delete: count,
        ..Counts::default()
    }
}

/// A manifest of one opportunity with exactly these roles.
fn exact(leads: std::ops::RangeInclusive<u32>) -> String {
    let mut manifest = "version: 1\nopportunities:\n  - externalOpportunityId: A\n    name: N\n    rolesMode: exact\n    roles:\n".to_owned();
    for lead in leads {
        writeln!(manifest, "      - {{ leadId: {lead}, role: R }}").unwrap();
    }
    manifest
}

#[tokio::test]
async fn roles_beyond_a_page_are_seen() {
    let bench = Bench::with(|setup| {
        setup.leads = (1..=650).map(|id| json!({ "id": id })).collect();
    })
    .await;
    bench.seed(&exact(1..=650)).await;
    let queries = bench.count(CallOperation::Query);
    bench.assert_plan_empty(&exact(1..=650)).await;
    // The opportunity, and three pages of its roles; no role is asked for by its key.
    assert_eq!(bench.count(CallOperation::Query) - queries, 4);
    let run = bench.apply(&exact(649..=650)).await;
    assert!(run.report.is_complete());
    assert_eq!(run.plan.counts(), deletes(648));
    assert_eq!(
        bench.held().await,
        ["A name=N", "A / 649 / R", "A / 650 / R"]
    );
    bench.assert_plan_empty(&exact(649..=650)).await;
}

#[tokio::test]
async fn pages_that_are_refused_are_read_again_from_the_first() {
    let bench = Bench::with(|setup| {
        setup.leads = (1..=301).map(|id| json!({ "id": id })).collect();
    })
    .await;
    bench.seed(&exact(1..=301)).await;
    let queries = bench.count(CallOperation::Query);
    bench.fault(
        Fault::code("1003")
            .prefix(ROLES)
            .on(CallOperation::Query)
            .after(1),
    );
    bench.assert_plan_empty(&exact(1..=301)).await;
    // The opportunity, the first page, the refused one, and both pages.
    assert_eq!(bench.count(CallOperation::Query) - queries, 5);
    bench.fault(
        Fault::code("1003")
            .prefix(ROLES)
            .on(CallOperation::Query)
            .after(1)
            .times(3),
    );
    let error = bench.try_plan(&exact(1..=301)).await.err();
    assert!(
        error.is_some(),
        "a part of a list does not pass for the list"
    );
}

#[tokio::test]
async fn tombstones_and_forgotten_roles_are_listed_ones() {
    let bench = Bench::new().await;
    bench.seed(&exact(1..=3)).await;
    let manifest = "
version: 1
opportunities:
  - externalOpportunityId: a
    rolesMode: exact
    roles:
      - { leadId: 1, role: R, ensure: forgotten }
      - { lead: { email: bob@example.com }, role: R, ensure: forgotten }
      - { leadId: 3, role: r, ensure: absent }
";
    let run = bench.apply(manifest).await;
    assert_eq!(run.lines(), ["- role a / 3 / r: applied"]);
    assert_eq!(bench.held().await, ["A name=N", "A / 1 / R", "A / 2 / R"]);
    bench.assert_plan_empty(manifest).await;
}

#[tokio::test]
async fn exact_roles_of_a_new_opportunity() {
    let bench = Bench::new().await;
    let run = bench.apply(&exact(1..=2)).await;
    assert_eq!(
        run.lines(),
        [
            "+ opportunity A: applied",
            "+ role A / 1 / R: applied",
            "+ role A / 2 / R: applied"
        ]
    );
    bench.assert_plan_empty(&exact(1..=2)).await;
}

#[tokio::test]
async fn a_tombstone_with_exact_roles_takes_them_all_along() {
    let bench = Bench::new().await;
    bench.seed(&exact(1..=3)).await;
    let tombstone = "version: 1\nopportunities: [{ externalOpportunityId: A, ensure: absent, rolesMode: exact }]";
    let run = bench.apply(tombstone).await;
    assert!(run.report.is_complete());
    assert_eq!(run.plan.counts(), deletes(4));
    assert_eq!(bench.held().await, Vec::<String>::new());
    bench.assert_plan_empty(tombstone).await;
}

#[tokio::test]
async fn a_forgotten_opportunity_keeps_its_roles_whatever_its_mode() {
    let bench = Bench::new().await;
    bench.seed(&exact(1..=3)).await;
    let forgotten = "
version: 1
opportunities:
  - externalOpportunityId: A
    ensure: forgotten
    rolesMode: exact
    roles:
      - { leadId: 1, role: R, isPrimary: true, ensure: present }
";
    let run = bench.apply(forgotten).await;
    assert_eq!(run.lines(), ["~ role A / 1 / R: applied"]);
    assert_eq!(
        bench.held().await[1..],
        ["A / 1 / R isPrimary=true", "A / 2 / R", "A / 3 / R"]
    );
    bench.assert_plan_empty(forgotten).await;
}
