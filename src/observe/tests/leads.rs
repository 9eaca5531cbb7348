//! Leads by a searchable field: which are found, which are not, and in how many calls.

use std::fmt::Write as _;

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::apply::tests::bench::{Bench, Setup};
use crate::simulator::Fault;

const LEADS: &str = "/rest/v1/leads.json";

/// A manifest of one opportunity with a role for each of these lead references.
fn roles(references: impl IntoIterator<Item = String>) -> String {
    let mut manifest =
        "version: 1\nopportunities:\n  - externalOpportunityId: A\n    name: N\n    roles:\n"
            .to_owned();
    for (index, reference) in references.into_iter().enumerate() {
        writeln!(
            manifest,
            "      - {{ lead: {{ {reference} }}, role: R{index} }}"
        )
        .unwrap();
    }
    manifest
}

fn by_email(addresses: &[&str]) -> String {
    roles(addresses.iter().map(|address| format!("email: {address}")))
}

/// Adds `count` leads, each with its own address.
fn many(setup: &mut Setup, count: u32) {
    setup.leads = (1..=count)
        .map(|id| json!({ "id": id, "email": format!("Lead{id}@example.com") }))
        .collect();
}

/// The number of calls for leads.
fn searches(bench: &Bench) -> usize {
    let calls = bench.simulator.calls();
    calls.iter().filter(|call| call.path == LEADS).count()
}

/// The problems of a manifest by line and code.
async fn problems(bench: &Bench, manifest: &str) -> Vec<String> {
    let planned = bench.try_plan(manifest).await.unwrap();
    planned.codes()
}

#[tokio::test]
async fn values_are_found_in_any_letter_case_and_blanks() {
    let bench = Bench::with(|setup| {
        setup.leads = vec![
            json!({ "id": 7, "email": "Ada@Example.com" }),
            json!({ "id": 8, "twitterId": "  Bob B. " }),
            json!({ "id": 9, "email": "c+d@example.com" }),
        ];
    })
    .await;
    let manifest = roles(
        [
            "email: ADA@example.com",
            "email: ada@EXAMPLE.com",
            "twitterId: bob b.",
            "id: 9",
            "email: C+D@example.com",
        ]
        .map(str::to_owned),
    );
    bench.seed(&manifest).await;
    // One call for each of the three fields.
    assert_eq!(searches(&bench), 3);
    assert_eq!(
        bench.held().await[1..],
        [
            "A / 7 / R0",
            "A / 7 / R1",
            "A / 8 / R2",
            "A / 9 / R3",
            "A / 9 / R4"
        ]
    );
    bench.assert_plan_empty(&manifest).await;
}

#[tokio::test]
async fn none_and_several_are_problems_at_their_lines() {
    let bench = Bench::with(|setup| {
        setup
            .leads
            .push(json!({ "id": 4, "email": "Ada@example.com" }));
    })
    .await;
    let manifest = by_email(&["bob@example.com", "eve@example.com", "ADA@example.com"]);
    assert_eq!(
        problems(&bench, &manifest).await,
        ["7 unknown-lead", "8 ambiguous-lead"]
    );
    let manifest = roles([
        "firstName: Ada".to_owned(),
        "email: bob@example.com".to_owned(),
    ]);
    assert_eq!(
        problems(&bench, &manifest).await,
        ["6 unsearchable-lead-field"]
    );
}

#[tokio::test]
async fn more_than_a_call_can_name() {
    let bench = Bench::with(|setup| many(setup, 650)).await;
    // Two spellings of each are one value.
    let addresses = (1..=650).flat_map(|id| {
        [
            format!("email: lead{id}@example.com"),
            format!("email: LEAD{id}@example.com"),
        ]
    });
    let manifest = roles(addresses);
    assert_eq!(problems(&bench, &manifest).await, Vec::<String>::new());
    assert_eq!(searches(&bench), 3);
}

#[tokio::test]
async fn a_value_with_too_many_leads_does_not_hide_the_others() {
    let bench = Bench::with(|setup| {
        many(setup, 100);
        let crowd = (101..=1_101).map(|id| json!({ "id": id, "email": "info@example.com" }));
        setup.leads.extend(crowd);
    })
    .await;
    let references = (1..=100).map(|id| format!("email: lead{id}@example.com"));
    let crowd = "email: info@example.com".to_owned();
    let manifest = roles(std::iter::once(crowd).chain(references));
    assert_eq!(
        problems(&bench, &manifest).await,
        ["6 unsearchable-lead-field"]
    );
    assert!(searches(&bench) <= 16, "{}", searches(&bench));
}

#[tokio::test]
async fn a_field_that_cannot_be_searched_costs_few_calls() {
    let bench = Bench::new().await;
    let manifest = roles((0..600).map(|n| format!("firstName: Ada{n}")));
    assert_eq!(problems(&bench, &manifest).await.len(), 600);
    assert!(searches(&bench) <= 40, "{}", searches(&bench));
}

#[tokio::test]
async fn a_search_that_fails_is_an_error_and_not_an_unknown_lead() {
    let bench = Bench::new().await;
    let manifest = by_email(&["ada@example.com", "bob@example.com"]);
    bench.seed(&manifest).await;
    for code in ["604", "606", "611", "713"] {
        bench.fault(Fault::code(code).prefix(LEADS).times(2));
        bench.assert_plan_empty(&manifest).await;
    }
    for code in ["603", "607", "610", "611"] {
        bench.fault(Fault::code(code).prefix(LEADS).times(u32::MAX));
        let error = bench.try_plan(&manifest).await.err().unwrap();
        assert_eq!(error.refusal().map(|refusal| &*refusal.code), Some(code));
        bench.simulator.faults().clear();
    }
    bench.assert_plan_empty(&manifest).await;
}

#[tokio::test]
async fn two_references_to_one_lead_are_one_record() {
    let bench = Bench::new().await;
    let manifest = "
version: 1
opportunities:
  - externalOpportunityId: A
    name: N
    roles:
      - { lead: { email: ada@example.com }, role: R }
      - { leadId: 1, role: r }
";
    assert_eq!(problems(&bench, manifest).await, ["8 same-lead"]);
}

#[tokio::test]
async fn a_forgotten_role_may_name_its_lead() {
    let bench = Bench::new().await;
    bench.seed(&by_email(&["ada@example.com"])).await;
    let manifest = "version: 1\nroles: [{ externalOpportunityId: A, lead: { email: ada@example.com }, role: R0, ensure: forgotten }]";
    bench.assert_plan_empty(manifest).await;
}

#[tokio::test]
async fn what_is_asked_for_is_what_is_written() {
    let bench = Bench::new().await;
    // An instance that tells case apart would not find it otherwise.
    bench.fault(Fault::code("713").prefix(LEADS).naming("Ada@example.com"));
    let planned = bench.plan(&by_email(&["Ada@example.com"])).await;
    assert_eq!(planned.lines().len(), 2);
    assert_eq!(bench.simulator.faults().waiting(), []);
}
