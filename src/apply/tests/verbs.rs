//! Create, update and delete of both kinds: exactly what is declared, in the fewest calls.

use pretty_assertions::assert_eq;

use super::bench::Bench;
use crate::simulator::Answers;

const BEFORE: &str = "
version: 1
opportunities:
  - externalOpportunityId: A
    name: Chairs
    stage: Open
    amount: 10
    roles:
      - { leadId: 1, role: Buyer, isPrimary: true }
      - { leadId: 2, role: User }
  - externalOpportunityId: B
    name: Tables
    roles:
      - { leadId: 1, role: Buyer }
";

const AFTER: &str = "
version: 1
opportunities:
  - externalOpportunityId: A
    stage: Won
    amount: null
    roles:
      - { leadId: 1, role: Buyer, isPrimary: }
      - { lead: { email: bob@example.com }, role: User, ensure: absent }
      - { lead: { email: cyd@example.com }, role: User, isPrimary: false }
  - externalOpportunityId: B
    ensure: absent
    roles:
      - { leadId: 1, role: Buyer, ensure: absent }
  - externalOpportunityId: C
    name: Lamps
    roles:
      - { leadId: 3, role: Buyer }
";

#[tokio::test]
async fn each_verb_of_each_kind() {
    let bench = Bench::new().await;
    bench.seed(BEFORE).await;
    let (kept, writes) = (bench.records().await, bench.writes());
    let run = bench.apply(AFTER).await;
    assert_eq!(
        run.lines(),
        [
            "~ opportunity A: applied",
            "~ role A / 1 / Buyer: applied",
            "- role A / bob@example.com / User: applied",
            "+ role A / cyd@example.com / User: applied",
            "- opportunity B: applied",
            "- role B / 1 / Buyer: applied",
            "+ opportunity C: applied",
            "+ role C / 3 / Buyer: applied",
        ]
    );
    assert_eq!(
        bench.held().await,
        [
            "A name=Chairs stage=Won",
            "A / 1 / Buyer",
            "A / 3 / User",
            "C name=Lamps",
            "C / 3 / Buyer",
        ]
    );
    let records = bench.records().await;
    for key in ["A", "A / 1 / Buyer"] {
        assert_eq!(records[key]["marketoGUID"], kept[key]["marketoGUID"]);
    }
    // Two kinds, three verbs.
    assert_eq!(bench.writes() - writes, 6);
    bench.assert_plan_empty(AFTER).await;
}

#[tokio::test]
async fn a_tombstone_deletes_one_record_and_stays() {
    let bench = Bench::new().await;
    bench.seed(BEFORE).await;
    let tombstone =
        "version: 1\nroles: [{ externalOpportunityId: A, leadId: 1, role: Buyer, ensure: absent }]";
    let run = bench.apply(tombstone).await;
    assert_eq!(run.lines(), ["- role A / 1 / Buyer: applied"]);
    assert_eq!(
        bench.held().await,
        [
            "A name=Chairs stage=Open amount=10",
            "A / 2 / User",
            "B name=Tables",
            "B / 1 / Buyer"
        ]
    );
    bench.assert_plan_empty(tombstone).await;
}

#[tokio::test]
async fn a_tombstone_of_a_parent_leaves_roles_that_nobody_declares() {
    let bench = Bench::new().await;
    bench.seed(BEFORE).await;
    let refuse =
        |answers: &mut Answers| answers.set("deleteOpportunityWithRoles", "inUse").unwrap();
    let bench = bench.answering(refuse).await;
    let tombstone = "version: 1\nopportunities: [{ externalOpportunityId: B, ensure: absent }]";
    let run = bench.apply(tombstone).await;
    assert_eq!(run.lines(), ["- opportunity B: rejected 1022"]);
    assert_eq!(bench.held().await[3..], ["B name=Tables", "B / 1 / Buyer"]);
    assert_eq!(bench.plan(tombstone).await.lines(), ["- opportunity B"]);
}

#[tokio::test]
async fn keys_that_differ_from_the_stored_ones_in_case_only_are_the_same() {
    let bench = Bench::new().await;
    bench.seed(BEFORE).await;
    let kept = bench.records().await;
    let folded = "
version: 1
opportunities:
  - externalOpportunityId: a
    stage: Won
    rolesMode: exact
    roles:
      - { leadId: 1, role: BUYER, isPrimary: false }
  - externalOpportunityId: b
    ensure: absent
    roles:
      - { leadId: 1, role: buyer, ensure: absent }
";
    let run = bench.apply(folded).await;
    assert_eq!(
        run.lines(),
        [
            "~ opportunity a: applied",
            "- role A / 2 / User: applied",
            "~ role a / 1 / BUYER: applied",
            "- opportunity b: applied",
            "- role b / 1 / buyer: applied",
        ]
    );
    assert_eq!(run.plan.notes.len(), 4);
    assert_eq!(
        bench.held().await,
        ["A name=Chairs stage=Won amount=10", "A / 1 / Buyer"]
    );
    let records = bench.records().await;
    assert_eq!(records["A"]["marketoGUID"], kept["A"]["marketoGUID"]);
    bench.assert_plan_empty(folded).await;
}
