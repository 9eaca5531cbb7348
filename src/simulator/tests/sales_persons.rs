//! Sales persons: what the documentation says of them. Source: Adobe REST documentation, "Sales Persons". No reply of a live
//! instance is known.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{
    Bench, COMPANIES, DELETE, DELETE_COMPANIES, DELETE_SALES_PERSONS, DESCRIBE_SALES_PERSONS,
    OPPORTUNITIES, SALES_PERSONS, bench, bench_in, bench_with, code, field_lines, new_token,
    with_leads,
};
use crate::simulator::{Answers, Crm};

async fn documented() -> Bench {
    bench_with(|options, _| options.answers = Answers::preset("documented").unwrap()).await
}

#[tokio::test]
async fn they_are_described_as_on_the_page() {
    let bench = documented().await;
    let field = |name: &str, display: &str, data_type: &str, length: Option<u32>| {
        let mut field = json!({
            "name": name, "displayName": display, "dataType": data_type, "updateable": false,
        });
        if let Some(length) = length {
            field["length"] = length.into();
        }
        field
    };
    assert_eq!(
        bench.get(DESCRIBE_SALES_PERSONS).await,
        json!({ "success": true, "result": [{
            "name": "SalesPerson",
            "createdAt": "2015-02-03T22:36:23Z",
            "updatedAt": "2015-02-03T22:36:24Z",
            "idField": "id",
            "dedupeFields": ["externalSalesPersonId"],
            "searchableFields": [["email"], ["id"], ["externalSalesPersonId"]],
            "fields": [
                field("id", "Marketo Id", "integer", None),
                field("createdAt", "Created At", "datetime", None),
                field("updatedAt", "Updated At", "datetime", None),
                field("email", "Email", "string", Some(255)),
                field("externalSalesPersonId", "External Sales Person Id", "string", Some(255)),
            ],
        }] })
    );
}

#[tokio::test]
async fn describe_lists_all_fields_unless_it_is_that_of_the_page() {
    let bench = bench().await;
    let described = bench.get(DESCRIBE_SALES_PERSONS).await["result"][0].clone();
    assert_eq!(
        field_lines(&described),
        [
            "createdAt datetime fixed",
            "email string 255 fixed",
            "externalSalesPersonId string 50 fixed",
            "id integer fixed",
            "updatedAt datetime fixed",
            "firstName string 255",
            "lastName string 255",
        ]
    );
}

#[tokio::test]
async fn the_requests_of_the_page_are_answered_as_it_shows() {
    let bench = documented().await;
    bench.sales_persons(&["sam@test.com"]).await;
    let sync = json!({ "action": "createOrUpdate", "dedupeBy": "dedupeFields", "input": [
        { "externalSalesPersonId": "sam@test.com", "firstName": "Sam", "lastName": "Sanosin" },
        { "externalSalesPersonId": "david@test.com", "email": "david@test.com", "firstName": "David", "lastName": "Aulassak" },
    ] });
    assert_eq!(
        bench.post(SALES_PERSONS, &sync).await,
        json!({ "success": true, "result": [
            { "seq": 0, "status": "updated", "id": 1 },
            { "seq": 1, "status": "created", "id": 2 },
        ] })
    );
    let delete = json!({ "deleteBy": "dedupeFields", "input": [
        { "externalSalesPersonId": "sam@test.com" },
        { "externalSalesPersonId": "david@test.com" },
        { "externalSalesPersonId": "raj@test.com" },
    ] });
    let reasons = json!([{ "code": "1013", "message": "Record not found" }]);
    assert_eq!(
        bench.post(DELETE_SALES_PERSONS, &delete).await,
        json!({ "success": true, "result": [
            { "seq": 0, "id": 1, "status": "deleted" },
            { "seq": 1, "id": 2, "status": "deleted" },
            { "seq": 2, "status": "skipped", "reasons": reasons },
        ] })
    );
}

#[tokio::test]
async fn a_query_without_fields_has_all_that_have_a_value() {
    let bench = bench().await;
    let body = json!({ "input": [
        { "externalSalesPersonId": "sam@test.com" },
        { "externalSalesPersonId": "david@test.com", "email": "d@test.com", "lastName": "Aulassak" },
    ] });
    bench.post(SALES_PERSONS, &body).await;
    let query =
        format!("{SALES_PERSONS}?filterType=dedupeFields&filterValues=david@test.com,sam@test.com");
    let times = "2026-03-02T18:00:00Z";
    assert_eq!(
        bench.get(&query).await,
        json!({ "success": true, "result": [
            {
                "seq": 0, "id": 2, "externalSalesPersonId": "david@test.com", "email": "d@test.com",
                "lastName": "Aulassak", "createdAt": times, "updatedAt": times,
            },
            // As the page shows one without more.
            {
                "seq": 1, "id": 1, "externalSalesPersonId": "sam@test.com",
                "createdAt": times, "updatedAt": times,
            },
        ] })
    );
    // Fields that are asked for are null without a value.
    let rows = bench.find(SALES_PERSONS, "id", "1", "email").await;
    assert_eq!(rows, [json!({ "seq": 0, "id": 1, "email": null })]);
}

#[tokio::test]
async fn keys_and_addresses_are_written_once() {
    let bench = bench().await;
    let sync = |email: &str, name: &str| json!({ "input": [{ "externalSalesPersonId": "S", "email": email, "firstName": name }] });
    for (body, expected) in [
        (sync("a@example.com", "Ada"), "created"),
        (sync("a@example.com", "Eve"), "updated"),
        (sync("b@example.com", "Eve"), "1003"),
    ] {
        assert_eq!(bench.write(SALES_PERSONS, &body).await, [expected]);
    }
    let rename = json!({ "action": "updateOnly", "dedupeBy": "idField", "input": [
        { "id": 1, "externalSalesPersonId": "T" },
    ] });
    assert_eq!(bench.write(SALES_PERSONS, &rename).await, ["1003"]);
    for (filter, found) in [("email", "a@example.com"), ("id", "1"), ("idField", "1")] {
        let rows = bench.find(SALES_PERSONS, filter, found, "firstName").await;
        assert_eq!(rows[0]["firstName"], "Eve", "{filter}");
    }
    let query = format!("{SALES_PERSONS}?filterType=firstName&filterValues=Eve");
    assert_eq!(code(&bench.get(&query).await), "1003");
}

#[tokio::test]
async fn they_have_no_endpoints_for_fields() {
    let bench = bench().await;
    let fields = "/rest/v1/salespersons/schema/fields.json";
    assert_eq!(code(&bench.get(fields).await), "610");
}

#[tokio::test]
async fn companies_and_opportunities_refer_to_them() {
    let bench = bench().await;
    bench.sales_persons(&["S"]).await;
    for (path, key) in [
        (COMPANIES, "externalCompanyId"),
        (OPPORTUNITIES, "externalOpportunityId"),
    ] {
        for (person, expected) in [("s ", "created"), ("T", "call 718")] {
            let body = json!({ "input": [{ key: "A", "externalSalesPersonId": person }] });
            assert_eq!(bench.write(path, &body).await, [expected], "{path}");
        }
        let fields = "externalSalesPersonId";
        let rows = bench.find(path, fields, "S", fields).await;
        assert_eq!(rows.len(), 1, "{path}");
    }
}

/// The answer to the delete of the sales person S.
async fn delete(bench: &Bench) -> Vec<String> {
    let body = json!({ "input": [{ "externalSalesPersonId": "S" }] });
    bench.write(DELETE_SALES_PERSONS, &body).await
}

#[tokio::test]
async fn one_that_is_in_use_is_not_deleted() {
    let bench = bench().await;
    bench.sales_persons(&["S"]).await;
    let of = |person: Value| json!({ "input": [{ "externalOpportunityId": "A", "externalSalesPersonId": person }] });
    bench.write(OPPORTUNITIES, &of(json!("S"))).await;
    assert_eq!(delete(&bench).await, ["1022"]);
    bench.write(OPPORTUNITIES, &of(Value::Null)).await;
    let opportunity = json!({ "input": [{ "externalOpportunityId": "A" }] });
    assert_eq!(bench.write(DELETE, &opportunity).await, ["deleted"]);
    let company = json!({ "input": [{ "externalCompanyId": "C", "externalSalesPersonId": "S" }] });
    assert_eq!(bench.write(COMPANIES, &company).await, ["created"]);
    assert_eq!(delete(&bench).await, ["1022"]);
    let free = json!({ "input": [{ "externalCompanyId": "C", "externalSalesPersonId": null }] });
    assert_eq!(bench.write(COMPANIES, &free).await, ["updated"]);
    assert_eq!(delete(&bench).await, ["deleted"]);
}

/// A company with its sales person, where only the uses count that the page names.
async fn documented_uses() -> Bench {
    let bench = bench_with(|options, _| {
        let only = "documentedUses";
        options.answers.set("deleteSalesPersonInUse", only).unwrap();
    })
    .await;
    bench.sales_persons(&["S"]).await;
    let company = json!({ "input": [{ "externalCompanyId": "C", "externalSalesPersonId": "S" }] });
    bench.write(COMPANIES, &company).await;
    bench
}

#[tokio::test]
async fn a_deleted_company_goes_on_using_its_sales_person() {
    let bench = documented_uses().await;
    let gone = json!({ "input": [{ "externalCompanyId": "C" }] });
    assert_eq!(bench.write(DELETE_COMPANIES, &gone).await, ["deleted"]);
    assert_eq!(delete(&bench).await, ["1022"]);
    // Another company with its key does not set it free.
    assert_eq!(bench.write(COMPANIES, &gone).await, ["created"]);
    assert_eq!(delete(&bench).await, ["1022"]);
}

#[tokio::test]
async fn a_living_company_is_no_use_that_the_page_names() {
    let bench = documented_uses().await;
    assert_eq!(delete(&bench).await, ["deleted"]);
}

#[tokio::test]
async fn native_crm_sync_makes_them_read_only() {
    let before = bench().await;
    before.sales_persons(&["S"]).await;
    let bench = bench_in(before.stop().await, |options, _| {
        options.crm = Crm::Dynamics;
    })
    .await;
    assert_eq!(code(&bench.get(DESCRIBE_SALES_PERSONS).await), "ok");
    assert_eq!(bench.find(SALES_PERSONS, "id", "1", "email").await.len(), 1);
    let body = json!({ "input": [{ "externalSalesPersonId": "S" }] });
    for path in [SALES_PERSONS, DELETE_SALES_PERSONS] {
        assert_eq!(bench.write(path, &body).await, ["1018"], "{path}");
    }
}

#[tokio::test]
async fn they_have_permissions_of_their_own() {
    let mut bench = bench_with(|options, directory| {
        let path = directory.join("users.yaml");
        let users = "users: [{ clientId: simulator, clientSecret: simulator, permissions: [Read-Only Sales Person] }]";
        std::fs::write(&path, users).unwrap();
        options.users = Some(path);
    })
    .await;
    bench.token = new_token(&bench.http, &bench.simulator).await;
    assert_eq!(code(&bench.get(DESCRIBE_SALES_PERSONS).await), "ok");
    let body = json!({ "input": [{ "externalSalesPersonId": "S" }] });
    for path in [SALES_PERSONS, DELETE_SALES_PERSONS] {
        assert_eq!(code(&bench.post(path, &body).await), "603", "{path}");
    }
}

#[tokio::test]
async fn the_leads_file_lists_them_before_the_companies_that_refer_to_them() {
    let file = "companies: [{ externalCompanyId: C, externalSalesPersonId: S }]\nsalesPersons: [{ externalSalesPersonId: S, lastName: Sanosin }]";
    let bench = bench_with(with_leads(file)).await;
    let rows = bench
        .find(SALES_PERSONS, "dedupeFields", "s", "lastName")
        .await;
    assert_eq!(rows[0]["lastName"], "Sanosin");
    let fields = "externalSalesPersonId";
    let rows = bench.find(COMPANIES, "dedupeFields", "c", fields).await;
    assert_eq!(rows[0]["externalSalesPersonId"], "S");
}
