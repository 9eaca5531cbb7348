//! Nothing to do: no write at all.

use pretty_assertions::assert_eq;

use super::bench::Bench;

const MANIFEST: &str = "
version: 1
opportunities:
  - externalOpportunityId: A
    name: Chairs
    amount: '1604.470'
    closeDate: 2026-12-31
    stage:
    externalCreatedDate: 2026-03-01T10:00:00+01:00
    roles:
      - { leadId: 1, role: Buyer, isPrimary: true }
      - { lead: { email: BOB@example.com }, role: User }
  - { externalOpportunityId: Gone, ensure: absent }
  - { externalOpportunityId: Never, ensure: forgotten }
";

#[tokio::test]
async fn what_is_as_declared_is_left_alone() {
    let bench = Bench::new().await;
    bench.seed(MANIFEST).await;
    let (held, writes) = (bench.records().await, bench.writes());
    bench.clock.advance(std::time::Duration::from_secs(60));
    let run = bench.apply(MANIFEST).await;
    assert!(run.plan.is_empty() && run.report.is_complete());
    assert_eq!((bench.writes(), bench.records().await), (writes, held));
    assert_eq!(
        bench.held().await,
        [
            "A name=Chairs amount=1604.47 closeDate=2026-12-31 externalCreatedDate=2026-03-01T09:00:00Z",
            "A / 1 / Buyer isPrimary=true",
            "A / 2 / User",
        ]
    );
    bench.assert_plan_empty(MANIFEST).await;
}
