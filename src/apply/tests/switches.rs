//! The whole life of records under every setting of every switch of the simulator: whatever an instance answers where
//! the documentation is silent, the same manifests lead to the same records.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use pretty_assertions::assert_eq;

use super::bench::Bench;
use crate::simulator::Answers;

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
    amount: 2000
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

#[tokio::test]
async fn the_life_of_records_is_the_same_under_every_answer() {
    let mut failed = Vec::new();
    for switch in Answers::all() {
        for value in switch.values {
            let bench = Bench::with(|setup| {
                setup.options.answers.set(switch.name, value).unwrap();
            })
            .await;
            let life = AssertUnwindSafe(async {
                for stage in [BORN, GROWN, GONE] {
                    drop(bench.apply(stage).await);
                    bench.assert_plan_empty(stage).await;
                }
                bench.held().await
            });
            match life.catch_unwind().await {
                Ok(held) => assert_eq!(held, Vec::<String>::new(), "{} = {value}", switch.name),
                Err(_) => failed.push(format!("{} = {value}", switch.name)),
            }
        }
    }
    assert_eq!(failed, Vec::<String>::new());
}
