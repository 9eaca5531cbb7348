//! Parents before children, and the other way round for deletions; nothing on top of what failed.

use pretty_assertions::assert_eq;

use super::bench::{Bench, OPPORTUNITIES, ROLES};
use crate::simulator::{CallOperation, Fault, FaultKind};

const NEW: &str = "
version: 1
opportunities:
  - { externalOpportunityId: A, name: Chairs, roles: [{ leadId: 1, role: Buyer }] }
  - { externalOpportunityId: B, name: Tables, roles: [{ leadId: 1, role: Buyer }, { leadId: 2, role: User }] }
roles:
  - { externalOpportunityId: Old, leadId: 1, role: Buyer }
";

const OLD: &str = "version: 1\nopportunities: [{ externalOpportunityId: Old, name: Lamps }]";

const GONE: &str = "
version: 1
opportunities:
  - { externalOpportunityId: A, ensure: absent, roles: [{ leadId: 1, role: Buyer, ensure: absent }] }
  - externalOpportunityId: B
    ensure: absent
    roles:
      - { leadId: 1, role: Buyer, ensure: absent }
      - { leadId: 2, role: User, ensure: absent }
";

fn skip(index: usize, code: &str) -> Fault {
    Fault::new(FaultKind::SkipRecord {
        index,
        code: code.to_owned(),
        message: "Simulated".to_owned(),
    })
}

/// The paths of the writes since the first `from` calls.
fn written(bench: &Bench, from: usize) -> Vec<String> {
    let calls = bench.simulator.calls().split_off(from);
    let writes = calls
        .into_iter()
        .filter(|call| matches!(call.operation, CallOperation::Sync | CallOperation::Delete));
    writes.map(|call| call.path).collect()
}

#[tokio::test]
async fn writes_go_down_and_deletions_go_up() {
    let bench = Bench::new().await;
    bench.seed(OLD).await;
    let from = bench.simulator.calls().len();
    bench.seed(NEW).await;
    assert_eq!(written(&bench, from), [OPPORTUNITIES, ROLES]);
    let from = bench.simulator.calls().len();
    bench.seed(GONE).await;
    assert_eq!(
        written(&bench, from),
        [
            "/rest/v1/opportunities/roles/delete.json",
            "/rest/v1/opportunities/delete.json"
        ]
    );
    assert_eq!(bench.held().await, ["Old name=Lamps", "Old / 1 / Buyer"]);
    bench.assert_plan_empty(GONE).await;
}

#[tokio::test]
async fn roles_of_a_failed_opportunity_are_not_attempted() {
    let bench = Bench::new().await;
    bench.seed(OLD).await;
    bench.fault(skip(1, "1014").on(CallOperation::Sync));
    let run = bench.apply(NEW).await;
    assert_eq!(
        run.lines(),
        [
            "+ opportunity A: applied",
            "+ role A / 1 / Buyer: applied",
            "+ opportunity B: rejected 1014",
            "+ role B / 1 / Buyer: not attempted, because of + opportunity B",
            "+ role B / 2 / User: not attempted, because of + opportunity B",
            "+ role Old / 1 / Buyer: applied",
        ]
    );
    assert!(run.report.halt.is_none() && !run.report.is_complete());
    assert_eq!(
        bench.held().await,
        [
            "A name=Chairs",
            "A / 1 / Buyer",
            "Old name=Lamps",
            "Old / 1 / Buyer"
        ]
    );
    let rest = bench.apply(NEW).await;
    assert_eq!(
        rest.lines(),
        [
            "+ opportunity B: applied",
            "+ role B / 1 / Buyer: applied",
            "+ role B / 2 / User: applied",
        ]
    );
    bench.assert_plan_empty(NEW).await;
}

#[tokio::test]
async fn a_wave_of_nothing_but_orphans_sends_nothing() {
    let bench = Bench::new().await;
    let one = "version: 1\nopportunities: [{ externalOpportunityId: A, name: N, roles: [{ leadId: 1, role: R }] }]";
    bench.fault(skip(0, "1014").on(CallOperation::Sync));
    let planned = bench.plan(one).await;
    let mut settled = 0;
    let run = bench
        .execute(planned, |event, _| {
            if let crate::apply::ApplyEvent::Settled(changes) = event {
                settled += changes.len();
            }
        })
        .await;
    assert_eq!(
        run.lines(),
        [
            "+ opportunity A: rejected 1014",
            "+ role A / 1 / R: not attempted, because of + opportunity A",
        ]
    );
    assert_eq!((bench.writes(), settled), (1, 2));
    bench.seed(one).await;
    bench.assert_plan_empty(one).await;
}

#[tokio::test]
async fn an_opportunity_whose_role_stays_is_not_attempted() {
    let bench = Bench::new().await;
    bench.seed(OLD).await;
    bench.seed(NEW).await;
    bench.fault(skip(2, "1022").on(CallOperation::Delete));
    let run = bench.apply(GONE).await;
    assert_eq!(
        run.lines(),
        [
            "- opportunity A: applied",
            "- role A / 1 / Buyer: applied",
            "- opportunity B: not attempted, because of - role B / 2 / User",
            "- role B / 1 / Buyer: applied",
            "- role B / 2 / User: rejected 1022",
        ]
    );
    assert_eq!(
        bench.held().await,
        [
            "B name=Tables",
            "B / 2 / User",
            "Old name=Lamps",
            "Old / 1 / Buyer"
        ]
    );
    bench.seed(GONE).await;
    bench.assert_plan_empty(GONE).await;
}

/// A record that gets another key is a create and a delete.
const RENAMED: &str = "
version: 1
opportunities:
  - { externalOpportunityId: A-new, name: Chairs, roles: [{ leadId: 1, role: Buyer }] }
  - { externalOpportunityId: A, ensure: absent, roles: [{ leadId: 1, role: Buyer, ensure: absent }] }
  - externalOpportunityId: B
    name: Tables
    roles:
      - { leadId: 1, role: Buyer, ensure: absent }
      - { leadId: 2, role: User }
";

#[tokio::test]
async fn nothing_is_deleted_while_what_may_replace_it_is_missing() {
    let bench = Bench::new().await;
    bench.seed(OLD).await;
    bench.seed(NEW).await;
    let before = bench.held().await;
    bench.fault(skip(0, "1013").on(CallOperation::Sync));
    let run = bench.apply(RENAMED).await;
    assert_eq!(
        run.lines(),
        [
            "+ opportunity A-new: rejected 1013",
            "+ role A-new / 1 / Buyer: not attempted, because of + opportunity A-new",
            "- opportunity A: not attempted, because of + opportunity A-new",
            "- role A / 1 / Buyer: not attempted, because of + opportunity A-new",
            "- role B / 1 / Buyer: not attempted, because of + opportunity A-new",
        ]
    );
    assert_eq!(bench.held().await, before);
    // A rerun does the rest.
    assert!(bench.apply(RENAMED).await.report.is_complete());
    bench.assert_plan_empty(RENAMED).await;
}

#[tokio::test]
async fn a_refused_update_keeps_what_is_to_be_deleted_of_its_own_opportunity() {
    const CHANGED: &str = "
version: 1
opportunities:
  - { externalOpportunityId: A, name: Chairs, roles: [{ leadId: 1, role: Buyer, ensure: absent }] }
  - externalOpportunityId: B
    name: Tables
    roles:
      - { leadId: 1, role: Buyer, isPrimary: true }
      - { leadId: 2, role: User, ensure: absent }
";
    let bench = Bench::new().await;
    bench.seed(OLD).await;
    bench.seed(NEW).await;
    bench.fault(skip(0, "1013").on(CallOperation::Sync));
    let run = bench.apply(CHANGED).await;
    assert_eq!(
        run.lines(),
        [
            "- role A / 1 / Buyer: applied",
            "~ role B / 1 / Buyer: rejected 1013",
            "- role B / 2 / User: not attempted, because of ~ role B / 1 / Buyer",
        ]
    );
    assert!(bench.apply(CHANGED).await.report.is_complete());
    bench.assert_plan_empty(CHANGED).await;
}
