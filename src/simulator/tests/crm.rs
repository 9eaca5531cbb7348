//! An instance with native CRM sync: opportunities are read-only, roles do not exist.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::{
    Bench, DELETE, DELETE_ROLES, DESCRIBE, LEADS, OPPORTUNITIES, ROLES, bench, bench_in, code,
};
use crate::simulator::Crm;

/// An instance on which the opportunity A existed before the sync.
async fn synced(crm: Crm) -> Bench {
    let before = bench().await;
    before.opportunities(&["A"]).await;
    bench_in(before.stop().await, |options, _| options.crm = crm).await
}

#[tokio::test]
async fn opportunities_can_be_read_and_not_written() {
    for crm in [Crm::Sfdc, Crm::Dynamics] {
        let bench = synced(crm).await;
        assert_eq!(code(&bench.get(DESCRIBE).await), "ok");
        let found = bench.find(OPPORTUNITIES, "dedupeFields", "A", "name").await;
        assert_eq!(found.len(), 1);
        let body = json!({ "input": [{ "externalOpportunityId": "A" }, { "noSuch": 1 }] });
        for path in [OPPORTUNITIES, DELETE] {
            assert_eq!(bench.write(path, &body).await, ["1018", "1018"], "{path}");
        }
        // Errors of the whole call come first.
        assert_eq!(bench.write(DELETE, &json!({})).await, ["call 1003"]);
        let found = bench.find(OPPORTUNITIES, "dedupeFields", "A", "name").await;
        assert_eq!(found.len(), 1);
    }
}

#[tokio::test]
async fn roles_are_not_exposed() {
    let bench = synced(Crm::Sfdc).await;
    let describe = "/rest/v1/opportunities/roles/describe.json";
    assert_eq!(code(&bench.get(describe).await), "610");
    assert_eq!(code(&bench.get(ROLES).await), "610");
    let body = json!({ "input": [{ "marketoGUID": "x" }] });
    for path in [ROLES, DELETE_ROLES] {
        assert_eq!(code(&bench.post(path, &body).await), "610", "{path}");
    }
}

#[tokio::test]
async fn leads_are_not_affected() {
    let bench = synced(Crm::Sfdc).await;
    let body = json!({ "input": [{ "email": "ada@example.com" }] });
    assert_eq!(bench.write(LEADS, &body).await, ["created"]);
}

#[test]
fn crms_have_names() {
    for (name, crm) in Crm::ALL {
        assert_eq!((name.parse(), crm.to_string().as_str()), (Ok(crm), name));
    }
    assert_eq!("hubspot".parse::<Crm>(), Err(()));
}
