//! Create, read, update and delete, with the samples of Adobe's documentation.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{Bench, DELETE, DELETE_ROLES, OPPORTUNITIES, ROLES, bench};

fn samples() -> Value {
    json!({
        "action": "createOrUpdate",
        "dedupeBy": "dedupeFields",
        "input": [
            {
                "externalOpportunityId": "19UYA31581L000000",
                "name": "Chairs",
                "description": "Chairs",
                "amount": "1604.47",
                "leadSource": "Inbound Sales Call/Email"
            },
            {
                "externalOpportunityId": "29UYA31581L000000",
                "name": "Big Dog Day Care-Phase12",
                "description": "Big Dog Day Care-Phase12",
                "amount": "1604.47",
                "leadSource": "Email"
            }
        ]
    })
}

/// The ids of the opportunities with these keys.
async fn ids(bench: &Bench, keys: &str) -> Vec<String> {
    let rows = bench
        .find(OPPORTUNITIES, "dedupeFields", keys, "marketoGUID")
        .await;
    rows.iter()
        .map(|row| row["marketoGUID"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_opportunity_lives_from_create_to_delete() {
    let bench = bench().await;
    let created = bench.post(OPPORTUNITIES, &samples()).await;
    let guid = created["result"][0]["marketoGUID"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(guid.len(), 36);
    assert_eq!(
        created["result"][0],
        json!({ "seq": 0, "marketoGUID": guid, "status": "created" })
    );

    let rows = bench
        .find(
            OPPORTUNITIES,
            "externalOpportunityId",
            "19UYA31581L000000",
            "marketoguid,NAME,amount,stage,leadSource,createdAt",
        )
        .await;
    assert_eq!(
        rows,
        [json!({
            "seq": 0,
            "marketoGUID": guid,
            "name": "Chairs",
            "amount": 1604.47,
            "stage": null,
            "leadSource": "Inbound Sales Call/Email",
            "createdAt": "2026-03-02T18:00:00Z",
        })]
    );

    let again = bench.write(OPPORTUNITIES, &samples()).await;
    assert_eq!(again, ["updated", "updated"]);
    assert_eq!(ids(&bench, "19UYA31581L000000").await, [guid.as_str()]);

    let keys = json!({ "input": [{ "externalOpportunityId": "19uya31581l000000" }] });
    assert_eq!(bench.write(DELETE, &keys).await, ["deleted"]);
    assert_eq!(bench.write(DELETE, &keys).await, ["1013"]);
    assert_eq!(
        bench.write(OPPORTUNITIES, &samples()).await,
        ["created", "updated"]
    );
    assert_ne!(ids(&bench, "19UYA31581L000000").await, [guid]);
}

fn buyer(key: &str, lead: u64) -> Value {
    json!({ "input": [{
        "externalOpportunityId": key, "leadId": lead, "role": "Buyer", "isPrimary": false,
    }] })
}

#[tokio::test]
async fn a_role_needs_its_lead_and_opportunity_and_goes_with_the_latter() {
    let bench = bench().await;
    bench.opportunities(&["A"]).await;
    let lead = bench.leads(&["ada@example.com"]).await[0];
    assert_eq!(bench.write(ROLES, &buyer("A", 999)).await, ["1004"]);
    assert_eq!(bench.write(ROLES, &buyer("B", lead)).await, ["1013"]);
    assert_eq!(bench.write(ROLES, &buyer("A", lead)).await, ["created"]);
    assert_eq!(bench.write(ROLES, &buyer(" a ", lead)).await, ["updated"]);

    let rows = bench
        .find(ROLES, "leadId", &lead.to_string(), "role,leadId,isPrimary")
        .await;
    let guid = rows[0]["marketoGUID"].clone();
    assert_eq!(
        rows,
        [
            json!({ "seq": 0, "marketoGUID": guid, "role": "Buyer", "leadId": lead, "isPrimary": false })
        ]
    );

    let by_id = json!({ "deleteBy": "idField", "input": [{ "marketoGUID": guid }] });
    assert_eq!(bench.write(DELETE_ROLES, &by_id).await, ["deleted"]);
    assert_eq!(bench.write(ROLES, &buyer("A", lead)).await, ["created"]);
    let opportunity = json!({ "input": [{ "externalOpportunityId": "A" }] });
    assert_eq!(bench.write(DELETE, &opportunity).await, ["deleted"]);
    let rows = bench.find(ROLES, "leadId", &lead.to_string(), "role").await;
    assert_eq!(rows, Vec::<Value>::new());
}

#[tokio::test]
async fn booleans_that_were_never_written_are_null_for_opportunities_and_false_for_roles() {
    let bench = bench().await;
    bench.opportunities(&["A"]).await;
    let lead = bench.leads(&["ada@example.com"]).await[0];
    let role = json!({ "externalOpportunityId": "A", "leadId": lead, "role": "Buyer" });
    let bare = json!({ "input": [role] });
    assert_eq!(bench.write(ROLES, &bare).await, ["created"]);
    let won = async || {
        bench
            .find(OPPORTUNITIES, "dedupeFields", "A", "isWon")
            .await
    };
    let primary = async || {
        bench
            .find(ROLES, "leadId", &lead.to_string(), "isPrimary")
            .await
    };
    assert_eq!(won().await[0]["isWon"], Value::Null);
    assert_eq!(primary().await[0]["isPrimary"], false);

    // A null that is written is stored as false.
    let cleared = json!({ "input": [{ "externalOpportunityId": "A", "isWon": null }] });
    assert_eq!(bench.write(OPPORTUNITIES, &cleared).await, ["updated"]);
    assert_eq!(won().await[0]["isWon"], false);
}

#[tokio::test]
async fn the_key_of_a_role_is_described_as_updateable_and_cannot_change() {
    let bench = bench().await;
    bench.opportunities(&["A", "B"]).await;
    let lead = bench.leads(&["ada@example.com"]).await[0];
    assert_eq!(bench.write(ROLES, &buyer("A", lead)).await, ["created"]);
    let find = async |key: &str| {
        let filter = "externalOpportunityId";
        bench
            .find(ROLES, filter, key, "externalOpportunityId,role")
            .await
    };
    let guid = find("A").await[0]["marketoGUID"].clone();
    for (member, value, expected) in [
        ("externalOpportunityId", "B", "1003"),
        ("role", "User", "1003"),
        ("role", "buyer", "updated"),
    ] {
        let record = json!({ "marketoGUID": guid, member: value });
        let body = json!({ "action": "updateOnly", "dedupeBy": "idField", "input": [record] });
        assert_eq!(
            bench.write(ROLES, &body).await,
            [expected],
            "{member} {value}"
        );
    }
    assert_eq!(find("A").await[0]["role"], "Buyer");
    assert_eq!(find("B").await, Vec::<Value>::new());
}

#[tokio::test]
async fn an_update_touches_only_what_it_names_and_null_clears() {
    let bench = bench().await;
    bench.post(OPPORTUNITIES, &samples()).await;
    let update = json!({ "input": [{
        "EXTERNALOPPORTUNITYID": "19UYA31581L000000", "description": null, "LeadSource": "", "stage": "Won",
    }] });
    assert_eq!(bench.write(OPPORTUNITIES, &update).await, ["updated"]);
    let rows = bench
        .find(
            OPPORTUNITIES,
            "idField",
            &ids(&bench, "19UYA31581L000000").await[0],
            "name,description,leadSource,stage,amount",
        )
        .await;
    let guid = rows[0]["marketoGUID"].clone();
    assert_eq!(
        rows,
        [json!({
            "seq": 0, "marketoGUID": guid, "name": "Chairs", "description": null,
            "leadSource": null, "stage": "Won", "amount": 1604.47,
        })]
    );
}

fn sync(action: &str, by: &str, record: &Value) -> Value {
    json!({ "action": action, "dedupeBy": by, "input": [record] })
}

fn key(key: &str) -> Value {
    json!({ "externalOpportunityId": key, "stage": "Won" })
}

fn id(id: &str) -> Value {
    json!({ "marketoGUID": id, "stage": "Won" })
}

#[tokio::test]
async fn actions_and_id_field_guard_a_stale_write() {
    let bench = bench().await;
    bench.opportunities(&["A"]).await;
    let guid = ids(&bench, "A").await.remove(0);
    let gone = "00000000-0000-4000-8000-000000000000";
    let padded = format!("{} ", guid.to_uppercase());
    for (body, expected) in [
        (sync("createOnly", "dedupeFields", &key("A")), "1017"),
        (sync("createOnly", "dedupeFields", &key("B")), "created"),
        (sync("updateOnly", "dedupeFields", &key("C")), "1013"),
        (sync("updateOnly", "dedupeFields", &key("A")), "updated"),
        (sync("updateOnly", "idField", &id(&guid)), "updated"),
        (sync("updateOnly", "idField", &id(&padded)), "updated"),
        (sync("updateOnly", "idField", &id(gone)), "1013"),
        (sync("createOnly", "idField", &id(&guid)), "call 1003"),
        (sync("createOrUpdate", "idField", &id(&guid)), "call 1003"),
        (
            sync("createDuplicate", "dedupeFields", &key("A")),
            "call 1003",
        ),
        (sync("updateOnly", "yoyoto", &id(&guid)), "call 1003"),
    ] {
        assert_eq!(
            bench.write(OPPORTUNITIES, &body).await,
            [expected],
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_query_without_fields_returns_the_documented_ones() {
    let bench = bench().await;
    bench.opportunities(&["A"]).await;
    let query = format!("{OPPORTUNITIES}?filterType=externalOpportunityId&filterValues=A");
    let reply = bench.get(&query).await;
    let row = reply["result"][0].as_object().unwrap();
    let names: Vec<&str> = row.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "seq",
            "marketoGUID",
            "externalOpportunityId",
            "createdAt",
            "updatedAt"
        ]
    );
}
