//! Reads that come back late, broken or in another form: never taken for "absent", and never for a change.

use pretty_assertions::assert_eq;

use super::bench::Bench;
use crate::api::{ApiError, Disposition};
use crate::simulator::{Alteration, Breakdown, CallOperation, Fault, FaultKind, Moment};

const MANIFEST: &str = "
version: 1
opportunities:
  - externalOpportunityId: A
    name: Chairs
    amount: 1604.47
    probability: 50
    closeDate: 2026-12-31
    isWon: false
    externalCreatedDate: 2026-03-01T10:00:00Z
    rolesMode: exact
    roles:
      - { leadId: 1, role: Buyer, isPrimary: true }
      - { lead: { email: bob@example.com }, role: User }
  - { externalOpportunityId: B, name: Tables, roles: [{ leadId: 3, role: User }] }
";

const FORMS: [Alteration; 4] = [
    Alteration::NumbersAsText,
    Alteration::TrailingBlank,
    Alteration::LowerCaseNames,
    Alteration::ReverseRows,
];

fn altered(alteration: Alteration) -> Fault {
    Fault::new(FaultKind::Alter(alteration)).on(CallOperation::Query)
}

#[tokio::test]
async fn another_form_of_the_same_values_is_no_change() {
    let bench = Bench::new().await;
    bench.seed(MANIFEST).await;
    for alteration in FORMS {
        bench.fault(altered(alteration).times(u32::MAX));
        bench.assert_plan_empty(MANIFEST).await;
        bench.simulator.faults().clear();
    }
}

#[tokio::test]
async fn what_was_read_in_another_form_is_written_as_it_is_stored() {
    let bench = Bench::new().await;
    for alteration in FORMS {
        bench.seed(MANIFEST).await;
        bench.fault(altered(alteration).times(u32::MAX));
        let changed = MANIFEST
            .replace("probability: 50", "probability: 75")
            .replace("isPrimary: true", "isPrimary: false")
            .replace("role: User }] }", "role: User, ensure: absent }] }");
        let run = bench.apply(&changed).await;
        assert_eq!(
            run.lines(),
            [
                "~ opportunity A: applied",
                "~ role A / 1 / Buyer: applied",
                "- role B / 3 / User: applied",
            ]
        );
        bench.assert_plan_empty(&changed).await;
        bench.simulator.faults().clear();
        bench.assert_plan_empty(&changed).await;
        assert_eq!(bench.held().await[1..3], ["A / 1 / Buyer", "A / 2 / User"]);
    }
}

#[tokio::test]
async fn a_record_that_a_reply_leaves_out_is_not_overwritten() {
    let bench = Bench::new().await;
    bench.seed(MANIFEST).await;
    let records = bench.records().await;
    bench.fault(altered(Alteration::OmitRow(0)).prefix(super::bench::OPPORTUNITIES));
    let run = bench.apply(&MANIFEST.replace("Chairs", "Sofas")).await;
    assert_eq!(run.lines(), ["+ opportunity A: rejected 1017"]);
    assert_eq!(bench.records().await, records);
    bench.assert_plan_empty(MANIFEST).await;
}

#[tokio::test]
async fn reads_are_made_again() {
    let bench = Bench::new().await;
    bench.seed(MANIFEST).await;
    for operation in [
        CallOperation::Identity,
        CallOperation::Describe,
        CallOperation::Query,
    ] {
        for how in [
            Breakdown::TimeOut,
            Breakdown::BadGateway,
            Breakdown::Disconnect,
        ] {
            for when in [Moment::BeforeCommit, Moment::AfterCommit] {
                if operation == CallOperation::Identity && how == Breakdown::TimeOut {
                    // Identity has no codes.
                    continue;
                }
                if operation == CallOperation::Identity {
                    bench.simulator.revoke_tokens();
                }
                let broken = FaultKind::Break { how, when };
                bench.fault(Fault::new(broken).on(operation).times(2));
                bench.assert_plan_empty(MANIFEST).await;
                assert_eq!(bench.simulator.faults().waiting(), []);
            }
        }
        if operation != CallOperation::Identity {
            for code in ["601", "602", "606", "608", "611", "614", "615", "713"] {
                bench.fault(Fault::code(code).on(operation).times(2));
                bench.assert_plan_empty(MANIFEST).await;
                assert_eq!(bench.simulator.faults().waiting(), []);
            }
        }
    }
}

#[tokio::test]
async fn a_read_that_fails_for_good_is_an_error_and_no_plan() {
    let bench = Bench::new().await;
    bench.seed(MANIFEST).await;
    let rows = [
        ("607", Disposition::Quota),
        ("603", Disposition::Denied),
        ("1018", Disposition::NativeCrm),
        ("713", Disposition::Ambiguous),
        ("1003", Disposition::Content),
    ];
    for (code, disposition) in rows {
        for path in ["opportunities.json", "roles.json"] {
            bench.fault(Fault::code(code).suffix(path).times(u32::MAX));
            let error: ApiError = bench.try_plan(MANIFEST).await.err().unwrap();
            assert_eq!(error.disposition(), disposition, "{code}");
            bench.simulator.faults().clear();
        }
    }
    bench.assert_plan_empty(MANIFEST).await;
}
