//! Records that somebody else creates, deletes or replaces between plan and apply: skipped by the instance and
//! reported, never overwritten.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::bench::{Bench, OPPORTUNITIES, ROLES};

const GIVEN: &str = "
version: 1
opportunities:
  - { externalOpportunityId: A, name: Chairs, roles: [{ leadId: 1, role: R }, { leadId: 2, role: R }] }
  - { externalOpportunityId: B, name: Tables, roles: [{ leadId: 1, role: R }] }
  - { externalOpportunityId: C, name: Lamps }
";

async fn given() -> Bench {
    let bench = Bench::new().await;
    bench.seed(GIVEN).await;
    bench
}

#[tokio::test]
async fn what_appeared_is_not_overwritten() {
    let bench = given().await;
    let manifest = "
version: 1
opportunities:
  - { externalOpportunityId: N, name: Mine, roles: [{ leadId: 1, role: R, isPrimary: true }] }
  - { externalOpportunityId: O, name: Mine }
roles:
  - { externalOpportunityId: C, leadId: 1, role: R, isPrimary: true }
  - { externalOpportunityId: C, leadId: 2, role: R, isPrimary: true }
";
    let planned = bench.plan(manifest).await;
    let theirs = json!({ "input": [{ "externalOpportunityId": "n", "name": "Theirs" }] });
    bench.post(OPPORTUNITIES, &theirs).await;
    let theirs = json!({ "input": [{ "externalOpportunityId": "C", "leadId": 1, "role": "r" }] });
    bench.post(ROLES, &theirs).await;
    let run = bench.execute(planned, |_, _| {}).await;
    assert_eq!(
        run.lines(),
        [
            "+ opportunity N: rejected 1017",
            "+ role N / 1 / R: not attempted, because of + opportunity N",
            "+ opportunity O: applied",
            "+ role C / 1 / R: rejected 1017",
            "+ role C / 2 / R: applied",
        ]
    );
    assert_eq!(
        bench.held().await[6..],
        [
            "C / 1 / r",
            "C / 2 / R isPrimary=true",
            "O name=Mine",
            "n name=Theirs"
        ]
    );
    assert_eq!(
        bench.plan(manifest).await.lines(),
        ["~ opportunity N", "+ role N / 1 / R", "~ role C / 1 / R"]
    );
}

/// Changes to all that is given: two updates and two deletions.
const CHANGED: &str = "
version: 1
opportunities:
  - externalOpportunityId: A
    name: Sofas
    roles:
      - { leadId: 1, role: R, isPrimary: true }
      - { leadId: 2, role: R, ensure: absent }
  - { externalOpportunityId: C, ensure: absent }
";

#[tokio::test]
async fn what_vanished_is_not_created_again() {
    let bench = given().await;
    let planned = bench.plan(CHANGED).await;
    let keys =
        |key: &str, lead: u32| json!({ "externalOpportunityId": key, "leadId": lead, "role": "R" });
    let roles = json!({ "input": [keys("A", 1), keys("A", 2)] });
    bench
        .post("/rest/v1/opportunities/roles/delete.json", &roles)
        .await;
    let both =
        json!({ "input": [{ "externalOpportunityId": "A" }, { "externalOpportunityId": "C" }] });
    bench
        .post("/rest/v1/opportunities/delete.json", &both)
        .await;
    let run = bench.execute(planned, |_, _| {}).await;
    assert_eq!(
        run.lines(),
        [
            "~ opportunity A: rejected 1013",
            "~ role A / 1 / R: rejected 1013",
            "- role A / 2 / R: not attempted, because of ~ opportunity A",
            "- opportunity C: rejected 1013",
        ]
    );
    assert_eq!(bench.held().await, ["B name=Tables", "B / 1 / R"]);
    assert_eq!(
        bench.plan(CHANGED).await.lines(),
        ["+ opportunity A", "+ role A / 1 / R"]
    );
}

#[tokio::test]
async fn what_was_replaced_is_neither_changed_nor_deleted() {
    let bench = given().await;
    let planned = bench.plan(CHANGED).await;
    let keys =
        |key: &str, lead: u32| json!({ "externalOpportunityId": key, "leadId": lead, "role": "R" });
    let roles = json!({ "input": [keys("A", 1), keys("A", 2)] });
    bench
        .post("/rest/v1/opportunities/roles/delete.json", &roles)
        .await;
    bench.replace("A").await;
    bench.replace("C").await;
    bench.post(ROLES, &roles).await;
    let replaced = bench.records().await;
    let run = bench.execute(planned, |_, _| {}).await;
    assert_eq!(
        run.lines(),
        [
            "~ opportunity A: rejected 1013",
            "~ role A / 1 / R: rejected 1013",
            "- role A / 2 / R: not attempted, because of ~ opportunity A",
            "- opportunity C: rejected 1013",
        ]
    );
    assert_eq!(bench.records().await, replaced);
    assert_eq!(
        bench.plan(CHANGED).await.lines(),
        [
            "~ opportunity A",
            "~ role A / 1 / R",
            "- role A / 2 / R",
            "- opportunity C"
        ]
    );
}

#[tokio::test]
async fn what_others_changed_meanwhile_keeps_what_is_not_declared() {
    let bench = given().await;
    let planned = bench.plan(CHANGED).await;
    let theirs =
        json!({ "input": [{ "externalOpportunityId": "A", "name": "Benches", "stage": "Won" }] });
    bench.post(OPPORTUNITIES, &theirs).await;
    let run = bench.execute(planned, |_, _| {}).await;
    assert!(run.report.is_complete());
    assert_eq!(bench.held().await[0], "A name=Sofas stage=Won");
    bench.assert_plan_empty(CHANGED).await;
}
