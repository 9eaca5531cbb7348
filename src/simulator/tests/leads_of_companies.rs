//! Leads that refer to companies and sales persons. Source: Adobe REST documentation, "Companies" and "Sales Persons".

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{
    Bench, COMPANIES, DELETE_COMPANIES, DELETE_SALES_PERSONS, LEADS, Options, bench, bench_with,
    code, start, with_leads,
};
use crate::simulator::SimulatorError;

/// The answer to a sync of one lead.
async fn sync(bench: &Bench, members: Value) -> Vec<String> {
    let mut lead = json!({ "email": "ada@example.com" });
    let own = lead.as_object_mut().unwrap();
    own.extend(members.as_object().unwrap().clone());
    bench.write(LEADS, &json!({ "input": [lead] })).await
}

fn of(company: &str) -> Value {
    json!({ "externalCompanyId": company })
}

/// The lead with these fields.
async fn ada(bench: &Bench, fields: &str) -> Value {
    let rows = bench.find(LEADS, "email", "ada@example.com", fields).await;
    rows[0].clone()
}

#[tokio::test]
async fn a_lead_has_the_values_of_its_company() {
    let bench = bench().await;
    assert_eq!(
        sync(&bench, json!({ "company": "Own", "industry": "Own" })).await,
        ["created"]
    );
    let company = json!({ "input": [
        { "externalCompanyId": "C", "company": "Chairs", "annualRevenue": 5, "billingCity": "Kiel" },
        { "externalCompanyId": "D", "company": "Desks" },
    ] });
    bench.write(COMPANIES, &company).await;
    let fields = "company,annualRevenue,billingCity,industry,externalCompanyId";
    assert_eq!(sync(&bench, of("c")).await, ["updated"]);
    assert_eq!(
        ada(&bench, fields).await,
        json!({
            "company": "Chairs", "annualRevenue": 5.0, "billingCity": "Kiel", "industry": null,
            "externalCompanyId": "c",
        })
    );
    // They are those that the company has now.
    let later = json!({ "input": [{ "externalCompanyId": "C", "industry": "Wood" }] });
    bench.write(COMPANIES, &later).await;
    assert_eq!(ada(&bench, "industry").await["industry"], "Wood");
    // It joins another one, and leaves the first by that only.
    assert_eq!(sync(&bench, of("D")).await, ["updated"]);
    assert_eq!(ada(&bench, "company").await["company"], "Desks");
    assert_eq!(
        sync(&bench, json!({ "externalCompanyId": null })).await,
        ["1003"]
    );
}

#[tokio::test]
async fn fields_of_the_company_are_not_written_by_its_leads() {
    let bench = bench().await;
    bench.companies(&["C"]).await;
    assert_eq!(sync(&bench, json!({ "company": "Own" })).await, ["created"]);
    assert_eq!(
        sync(
            &bench,
            json!({ "externalCompanyId": "C", "company": "Other" })
        )
        .await,
        ["1021"]
    );
    assert_eq!(sync(&bench, of("C")).await, ["updated"]);
    assert_eq!(sync(&bench, json!({ "site": "x" })).await, ["1021"]);
    assert_eq!(
        sync(&bench, json!({ "firstName": "Ada" })).await,
        ["updated"]
    );
    let body = json!({ "input": [
        { "email": "bob@example.com", "externalCompanyId": "C", "website": "https://example.com" },
        { "email": "eve@example.com", "externalCompanyId": "C", "lastName": "Eve" },
    ] });
    assert_eq!(bench.write(LEADS, &body).await, ["1021", "created"]);
}

#[tokio::test]
async fn an_unknown_company_or_sales_person_is_refused_as_for_opportunities() {
    let bench = bench().await;
    assert_eq!(sync(&bench, of("anything")).await, ["created"]);
    bench.companies(&["C"]).await;
    bench.sales_persons(&["S"]).await;
    for (members, expected) in [
        (of("X"), "1013"),
        (of("C"), "updated"),
        (json!({ "externalSalesPersonId": "X" }), "call 718"),
        (json!({ "externalSalesPersonId": "S" }), "updated"),
        (json!({ "externalSalesPersonId": null }), "updated"),
    ] {
        assert_eq!(sync(&bench, members.clone()).await, [expected], "{members}");
    }
}

#[tokio::test]
async fn a_lead_uses_its_company_and_its_sales_person() {
    let bench = bench().await;
    bench.companies(&["C", "D"]).await;
    bench.sales_persons(&["S"]).await;
    let both = json!({ "externalCompanyId": "C", "externalSalesPersonId": "S" });
    assert_eq!(sync(&bench, both).await, ["created"]);
    let company = json!({ "input": [{ "externalCompanyId": "C" }] });
    let person = json!({ "input": [{ "externalSalesPersonId": "S" }] });
    assert_eq!(bench.write(DELETE_COMPANIES, &company).await, ["1022"]);
    assert_eq!(bench.write(DELETE_SALES_PERSONS, &person).await, ["1022"]);
    let free = json!({ "externalCompanyId": "D", "externalSalesPersonId": null });
    assert_eq!(sync(&bench, free).await, ["updated"]);
    assert_eq!(bench.write(DELETE_COMPANIES, &company).await, ["deleted"]);
    assert_eq!(
        bench.write(DELETE_SALES_PERSONS, &person).await,
        ["deleted"]
    );
}

#[tokio::test]
async fn a_lead_whose_company_is_gone_has_its_own_values_again() {
    let bench =
        bench_with(|options, _| options.answers.set("deleteCompanyInUse", "orphan").unwrap()).await;
    bench.companies(&["C"]).await;
    assert_eq!(sync(&bench, json!({ "company": "Own" })).await, ["created"]);
    assert_eq!(sync(&bench, of("C")).await, ["updated"]);
    assert_eq!(ada(&bench, "company").await["company"], Value::Null);
    let company = json!({ "input": [{ "externalCompanyId": "C" }] });
    assert_eq!(bench.write(DELETE_COMPANIES, &company).await, ["deleted"]);
    assert_eq!(
        ada(&bench, "company,externalCompanyId").await,
        json!({ "company": "Own", "externalCompanyId": "C" })
    );
}

#[tokio::test]
async fn leads_are_not_found_by_what_they_refer_to() {
    let bench = bench().await;
    for filter in ["externalCompanyId", "externalSalesPersonId", "company"] {
        let query = format!("{LEADS}?filterType={filter}&filterValues=C");
        assert_eq!(code(&bench.get(&query).await), "1003", "{filter}");
    }
}

#[tokio::test]
async fn leads_of_the_file_refer_to_its_companies() {
    let file = "companies: [{ externalCompanyId: C, company: Chairs }]\nleads: [{ email: ada@example.com, externalCompanyId: C }]";
    let bench = bench_with(with_leads(file)).await;
    assert_eq!(ada(&bench, "company").await["company"], "Chairs");
    let file = "companies: []\nleads: [{ email: ada@example.com, externalCompanyId: C }]";
    let directory = tempfile::tempdir().unwrap();
    let mut options = Options::new(directory.path().join("data"));
    with_leads(file)(&mut options, directory.path());
    let error = start(options).await.err().unwrap();
    assert!(
        matches!(
            error,
            SimulatorError::Lead {
                what: "lead",
                number: 1,
                ..
            }
        ),
        "{error:?}"
    );
}
