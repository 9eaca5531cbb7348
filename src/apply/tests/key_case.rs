//! Instances that tell keys apart which differ only in letter case: a ledger cannot own two such records, so none is lost or written
//! in place of the other.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::bench::{Bench, ROLES, Setup};
use crate::ledger::Ledger;
use crate::plan::Note;
use crate::simulator::Answers;

const LOWER: &str = "
version: 1
opportunities:
  - { externalOpportunityId: A, name: Chairs, roles: [{ leadId: 1, role: buyer }] }
  - { externalOpportunityId: B, name: Tables }
";

fn exact(setup: &mut Setup) {
    setup.ledger = Some(Ledger::new([3; 16]));
    setup.options.answers = Answers::of([("keyCase", "exact")]).unwrap();
}

#[tokio::test]
async fn an_owned_record_in_another_case_is_no_new_one() {
    let bench = Bench::with(exact).await;
    bench.seed(LOWER).await;
    let before = bench.records().await;
    for upper in [
        LOWER.replace("buyer", "Buyer"),
        LOWER.replace("externalOpportunityId: A", "externalOpportunityId: a"),
    ] {
        let planned = bench.plan(&upper).await;
        assert_eq!(planned.lines(), Vec::<String>::new());
        let notes = planned.plan.notes.iter();
        let notes = notes.filter(|note| matches!(note, Note::OtherCase { .. }));
        assert!(notes.count() > 0);
    }
    let upper = LOWER.replace("role: buyer", "role: Buyer, isPrimary: true");
    let run = bench.apply(&upper).await;
    assert_eq!(run.lines(), ["~ role A / 1 / Buyer: applied"]);
    assert_eq!(bench.records().await.len(), before.len());
    bench.assert_plan_empty(&upper).await;
}

#[tokio::test]
async fn of_two_roles_that_differ_in_case_none_is_touched() {
    let bench = Bench::with(exact).await;
    bench.seed(LOWER).await;
    let role = json!([{ "externalOpportunityId": "A", "leadId": 1, "role": "Buyer" }]);
    bench.change(ROLES, role).await;
    let complete = LOWER.replace("name: Chairs,", "name: Chairs, rolesMode: exact,");
    let planned = bench.plan(&complete).await;
    assert_eq!(planned.lines(), Vec::<String>::new());
    let mut notes = planned.plan.notes.iter();
    let doubled = notes.find_map(|note| {
        if let Note::Doubled { shown, ids, .. } = note {
            Some((&**shown, ids.len()))
        } else {
            None
        }
    });
    assert_eq!(doubled, Some(("A / 1 / buyer", 2)));
    // Nor do they go with their opportunity, whatever is allowed.
    let without = "version: 1\nopportunities: [{ externalOpportunityId: B, name: Tables }]\n";
    let refusals = bench.plan(without).await.refusals();
    assert_eq!(refusals, ["doubled children"]);
}
