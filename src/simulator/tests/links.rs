//! Opportunities that refer to companies and sales persons.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{Bench, OPPORTUNITIES, bench_in, bench_with};

async fn seeded(leads: &'static str) -> Bench {
    bench_with(|options, directory| {
        let path = directory.join("leads.yaml");
        std::fs::write(&path, leads).unwrap();
        options.leads = Some(path);
    })
    .await
}

async fn sync(bench: &Bench, members: Value) -> Vec<String> {
    let mut record = json!({ "externalOpportunityId": "A" });
    let own = record.as_object_mut().unwrap();
    own.extend(members.as_object().unwrap().clone());
    bench
        .write(OPPORTUNITIES, &json!({ "input": [record] }))
        .await
}

fn company(id: &str) -> Value {
    json!({ "externalCompanyId": id })
}

fn person(id: &str) -> Value {
    json!({ "externalSalesPersonId": id })
}

#[tokio::test]
async fn listed_ids_are_the_only_ones() {
    let bench = seeded("companies: [acme, Globex]\nsalesPersons: [sp-1]").await;
    for (members, expected) in [
        (company("acme"), "created"),
        (company(" GLOBEX "), "updated"),
        (company("initech"), "1013"),
        (person("sp-1"), "updated"),
        (person("sp-2"), "call 718"),
        (json!({ "externalCompanyId": null }), "updated"),
    ] {
        assert_eq!(sync(&bench, members.clone()).await, [expected], "{members}");
    }
    // The store keeps them, so the file is not needed again.
    let again = bench_in(bench.stop().await, |_, _| {}).await;
    assert_eq!(sync(&again, company("initech")).await, ["1013"]);
}

#[tokio::test]
async fn a_refused_call_changes_nothing() {
    let bench = seeded("salesPersons: []").await;
    let body = json!({ "input": [
        { "externalOpportunityId": "A" },
        { "externalOpportunityId": "B", "externalSalesPersonId": "sp-1" },
    ] });
    assert_eq!(bench.write(OPPORTUNITIES, &body).await, ["call 718"]);
    let found = bench
        .find(OPPORTUNITIES, "dedupeFields", "A,B", "name")
        .await;
    assert_eq!(found, Vec::<Value>::new());
}

#[tokio::test]
async fn without_a_list_any_id_is_stored() {
    let bench = seeded("companies: []").await;
    let both = json!({ "externalSalesPersonId": "anyone" });
    assert_eq!(sync(&bench, both).await, ["created"]);
    let company = json!({ "externalCompanyId": "any" });
    assert_eq!(sync(&bench, company).await, ["1013"]);
}
