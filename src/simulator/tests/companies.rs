//! Companies: what a live instance and the documentation say of them.
//!
//! Source: replies of a live instance of October and December 2016, which nuxeo/mkto-pd-sync-app has in `tests/resources`, and
//! Adobe REST documentation, "Companies".

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{
    Bench, COMPANIES, DELETE, DELETE_COMPANIES, DESCRIBE_COMPANIES, OPPORTUNITIES, Options, bench,
    bench_in, bench_with, code, field_lines, new_token, start, with_leads,
};
use crate::simulator::records::listed;
use crate::simulator::store::error::StoreError;
use crate::simulator::store::record::KeyFolding;
use crate::simulator::store::record_store::{RecordStore, database};
use crate::simulator::{Answers, Crm, SimulatorError};

const FIELDS: &str = "/rest/v1/companies/schema/fields.json";

async fn documented() -> Bench {
    bench_with(|options, _| options.answers = Answers::preset("documented").unwrap()).await
}

#[tokio::test]
async fn they_are_described_as_by_a_live_instance() {
    let bench = bench().await;
    let described = bench.get(DESCRIBE_COMPANIES).await["result"][0].clone();
    assert_eq!(
        field_lines(&described),
        [
            "createdAt datetime fixed",
            "externalCompanyId string 50 fixed",
            "id integer fixed",
            "updatedAt datetime fixed",
            "annualRevenue currency",
            "company string 255",
            "companyNotes text",
            "externalSalesPersonId string 50",
            "industry string 255",
            "jigsawCompanyId string 50",
            "jigsawCompanyStatus string 50",
            "mainPhone string 255",
            "numberOfEmployees integer",
            "sicCode string 40",
            "site string 255",
            "website string 255",
        ]
    );
    let displays = described["fields"].as_array().unwrap().iter();
    let displays: Vec<&str> = displays
        .map(|field| field["displayName"].as_str().unwrap())
        .collect();
    assert_eq!(
        displays,
        [
            "Created At",
            "External Company Id",
            "Id",
            "Updated At",
            "Annual Revenue",
            "Company Name",
            "Company Notes",
            "externalSalesPersonId",
            "Industry",
            "jigsawCompanyId",
            "jigsawCompanyStatus",
            "Main Phone",
            "Num Employees",
            "SIC Code",
            "Site",
            "Website",
        ]
    );
    let mut head = described;
    head.as_object_mut().unwrap().shift_remove("fields");
    assert_eq!(
        head,
        json!({
            "name": "Company",
            "description": "Map for API company fields",
            "createdAt": "2015-06-20T01:18:37Z",
            "updatedAt": "2015-06-20T01:18:37Z",
            "idField": "id",
            "dedupeFields": ["externalCompanyId"],
            "searchableFields": [
                ["externalCompanyId"],
                ["id"],
                ["externalSalesPersonId"],
                ["jigsawCompanyId"],
                ["jigsawCompanyStatus"],
                ["company"],
            ],
        })
    );
}

#[tokio::test]
async fn they_are_described_as_on_the_page() {
    let bench = documented().await;
    let mut described = bench.get(DESCRIBE_COMPANIES).await["result"][0].clone();
    let lines = field_lines(&described);
    let shown = [
        "createdAt datetime fixed",
        "externalCompanyId string 100 fixed",
        "id integer fixed",
        "updatedAt datetime fixed",
        "annualRevenue currency",
        "company string 255",
    ];
    assert_eq!(lines[..6], shown);
    described.as_object_mut().unwrap().shift_remove("fields");
    assert_eq!(
        described,
        json!({
            "name": "Company",
            "description": "Company object",
            "createdAt": "2015-05-11T17:11:32Z",
            "updatedAt": "2015-05-11T17:11:32Z",
            "idField": "id",
            "dedupeFields": ["externalCompanyId"],
            "searchableFields": [["externalCompanyId"], ["id"], ["company"]],
        })
    );
}

#[tokio::test]
async fn a_row_is_that_of_a_live_instance() {
    let bench = bench().await;
    let company = json!({
        "externalCompanyId": "testFlaskCompany",
        "company": "Test Flask Company",
        "annualRevenue": 1_000_000,
        "numberOfEmployees": 10,
        "industry": "Finance",
        "mainPhone": "0123456789",
        "billingStreet": "11th St",
        "billingCity": "New York",
        "billingState": "NY",
        "billingCountry": "United States",
    });
    let body = json!({ "input": [company] });
    assert_eq!(bench.write(COMPANIES, &body).await, ["created"]);
    let fields = "id,site,sicCode,createdAt,website,billingState,externalCompanyId,numberOfEmployees,billingCity,billingCountry,mainPhone,billingStreet,company,annualRevenue,updatedAt,companyNotes,industry,billingPostalCode";
    let query = format!("{COMPANIES}?filterType=id&filterValues=1&fields={fields}");
    assert_eq!(
        bench.get(&query).await,
        json!({
            "result": [{
                "seq": 0,
                "id": 1,
                "site": null,
                "sicCode": null,
                "createdAt": "2026-03-02T18:00:00Z",
                "website": null,
                "billingState": "NY",
                "externalCompanyId": "testFlaskCompany",
                "numberOfEmployees": 10,
                "billingCity": "New York",
                "billingCountry": "United States",
                "mainPhone": "0123456789",
                "billingStreet": "11th St",
                "company": "Test Flask Company",
                // Not 1000000.0, as an opportunity has it.
                "annualRevenue": 1_000_000,
                "updatedAt": "2026-03-02T18:00:00Z",
                "companyNotes": null,
                "industry": "Finance",
                "billingPostalCode": null,
            }],
            "success": true,
        })
    );
}

#[tokio::test]
async fn the_requests_of_the_page_are_answered_as_it_shows() {
    let bench = documented().await;
    let [google, yahoo] = ["19UYA31581L000000", "29UYA31581L000000"];
    bench.companies(&[google]).await;
    let sync = json!({ "action": "createOrUpdate", "dedupeBy": "dedupeFields", "input": [
        { "externalCompanyId": google, "company": "Google" },
        { "externalCompanyId": yahoo, "company": "Yahoo" },
    ] });
    assert_eq!(
        bench.post(COMPANIES, &sync).await,
        json!({ "success": true, "result": [
            { "seq": 0, "status": "updated", "id": 1 },
            { "seq": 1, "status": "created", "id": 2 },
        ] })
    );
    let query = format!("{COMPANIES}?filterType=id&filterValues=1,2");
    assert_eq!(
        bench.get(&query).await,
        json!({ "success": true, "result": [
            { "seq": 0, "id": 1, "externalCompanyId": google, "company": "Google" },
            { "seq": 1, "id": 2, "externalCompanyId": yahoo, "company": "Yahoo" },
        ] })
    );
    let delete = json!({ "deleteBy": "dedupeFields", "input": [
        { "externalCompanyId": google },
        { "externalCompanyId": yahoo },
        { "externalCompanyId": "39UYA31581L000000" },
    ] });
    let reasons = json!([{ "code": "1013", "message": "Record not found" }]);
    assert_eq!(
        bench.post(DELETE_COMPANIES, &delete).await,
        json!({ "success": true, "result": [
            { "seq": 0, "id": 1, "status": "deleted" },
            { "seq": 1, "id": 2, "status": "deleted" },
            { "seq": 2, "status": "skipped", "reasons": reasons },
        ] })
    );
}

#[tokio::test]
async fn their_fields_are_those_of_the_page() {
    let bench = documented().await;
    let reply = bench.get(&format!("{FIELDS}?batchSize=5")).await;
    assert_eq!(reply["moreResult"], true);
    let field = |display: &str, name: &str, data_type: &str, length: Option<u32>, encoded: bool| {
        let mut field = json!({
            "displayName": display, "name": name, "description": null, "dataType": data_type,
            "isHidden": false, "isHtmlEncodingInEmail": encoded, "isSensitive": false,
            "isCustom": false, "isApiCreated": false,
        });
        if let Some(length) = length {
            field["length"] = length.into();
        }
        field
    };
    assert_eq!(
        reply["result"],
        json!([
            field("Company Name", "company", "string", Some(255), true),
            field("Site", "site", "string", Some(255), true),
            field("Website", "website", "url", Some(255), true),
            field("Main Phone", "mainPhone", "string", Some(255), true),
            field("Annual Revenue", "annualRevenue", "currency", None, false),
        ])
    );
    let one = bench
        .get("/rest/v1/companies/schema/fields/industry.json")
        .await;
    assert_eq!(
        one["result"],
        json!([field("Industry", "industry", "string", Some(255), true)])
    );
    // A token belongs to the fields of one object.
    let token = reply["nextPageToken"].as_str().unwrap().replace('=', "%3D");
    let other =
        format!("/rest/v1/opportunities/schema/fields.json?batchSize=5&nextPageToken={token}");
    assert_eq!(code(&bench.get(&other).await), "1003");
}

#[tokio::test]
async fn a_query_without_fields_has_keys_and_times() {
    let bench = bench().await;
    let body = json!({ "input": [{ "externalCompanyId": "C", "company": "Chairs" }] });
    bench.post(COMPANIES, &body).await;
    let query = format!("{COMPANIES}?filterType=company&filterValues=chairs");
    let reply = bench.get(&query).await;
    assert_eq!(
        reply["result"],
        json!([{
            "seq": 0, "id": 1, "externalCompanyId": "C", "company": "Chairs",
            "createdAt": "2026-03-02T18:00:00Z", "updatedAt": "2026-03-02T18:00:00Z",
        }])
    );
}

#[tokio::test]
async fn they_are_found_by_searchable_fields_only() {
    let bench = bench().await;
    let company =
        |key: &str| json!({ "externalCompanyId": key, "company": "Twins", "billingCountry": "x" });
    let body = json!({ "input": [company("A"), company("B")] });
    bench.post(COMPANIES, &body).await;
    for (filter, value, found) in [
        ("company", "TWINS", 2),
        ("id", "2", 1),
        ("idField", "2", 1),
        ("dedupeFields", "a", 1),
        ("externalCompanyId", "a,b,c", 2),
        ("externalSalesPersonId", "sp", 0),
        ("jigsawCompanyId", "j", 0),
        ("jigsawCompanyStatus", "j", 0),
    ] {
        let rows = bench.find(COMPANIES, filter, value, "company").await;
        assert_eq!(rows.len(), found, "{filter}");
    }
    let query = format!("{COMPANIES}?filterType=billingCountry&filterValues=x");
    assert_eq!(code(&bench.get(&query).await), "1003");
    let query = format!("{COMPANIES}?filterType=id&filterValues=x");
    assert_eq!(code(&bench.get(&query).await), "1001");
}

#[tokio::test]
async fn an_id_is_a_number_also_where_it_is_sent_as_text() {
    let bench = bench().await;
    bench.companies(&["A", "B", "C"]).await;
    let by_id = |id: Value| json!({ "action": "updateOnly", "dedupeBy": "idField", "input": [{ "id": id, "site": "x" }] });
    for (id, expected) in [
        (json!(2), "updated"),
        (json!("2"), "updated"),
        (json!(9), "1013"),
        (json!("two"), "1003"),
    ] {
        assert_eq!(bench.write(COMPANIES, &by_id(id)).await, [expected]);
    }
    let delete = |id: Value| json!({ "deleteBy": "idField", "input": [{ "id": id }] });
    let reply = bench.post(DELETE_COMPANIES, &delete(json!("3"))).await;
    assert_eq!(
        reply["result"],
        json!([{ "seq": 0, "id": 3, "status": "deleted" }])
    );
    assert_eq!(
        bench.write(DELETE_COMPANIES, &delete(json!(3))).await,
        ["1013"]
    );
    // An id is never given again.
    let again = json!({ "input": [{ "externalCompanyId": "C" }] });
    assert_eq!(bench.post(COMPANIES, &again).await["result"][0]["id"], 4);
}

#[tokio::test]
async fn writes_follow_the_rules_of_the_other_objects() {
    let bench = bench().await;
    bench.companies(&["A"]).await;
    for (body, expected) in [
        (
            json!({ "input": [{ "externalCompanyId": "B" }, { "externalCompanyId": "b" }] }),
            vec!["created", "1036"],
        ),
        (
            json!({ "action": "createOnly", "input": [{ "externalCompanyId": "a" }] }),
            vec!["1017"],
        ),
        (
            json!({ "action": "updateOnly", "input": [{ "externalCompanyId": "X" }] }),
            vec!["1013"],
        ),
        (json!({ "input": [{ "company": "no key" }] }), vec!["1003"]),
        (
            json!({ "input": [{ "externalCompanyId": "A", "id": 7 }] }),
            vec!["1003"],
        ),
        (
            json!({ "input": [{ "externalCompanyId": "A", "noSuch": 7 }] }),
            vec!["1006"],
        ),
        (
            json!({ "input": [{ "externalCompanyId": "x".repeat(51) }] }),
            vec!["1003"],
        ),
        (
            json!({ "dedupeBy": "idField", "action": "updateOnly", "input": [{ "id": 1, "externalCompanyId": "Z" }] }),
            vec!["1003"],
        ),
        (
            json!({ "dedupeBy": "idField", "input": [{ "id": 1 }] }),
            vec!["call 1003"],
        ),
        // Field names are compared without case.
        (
            json!({ "input": [{ "EXTERNALcompanyid": "A", "COMPANY": "Chairs" }] }),
            vec!["updated"],
        ),
    ] {
        assert_eq!(bench.write(COMPANIES, &body).await, expected, "{body}");
    }
    let rows = bench.find(COMPANIES, "id", "1", "company").await;
    assert_eq!(rows[0]["company"], "Chairs");
}

#[tokio::test]
async fn native_crm_sync_makes_them_read_only() {
    let before = bench().await;
    before.companies(&["A"]).await;
    let bench = bench_in(before.stop().await, |options, _| options.crm = Crm::Sfdc).await;
    assert_eq!(code(&bench.get(DESCRIBE_COMPANIES).await), "ok");
    assert_eq!(bench.find(COMPANIES, "id", "1", "site").await.len(), 1);
    let body = json!({ "input": [{ "externalCompanyId": "A" }] });
    for path in [COMPANIES, DELETE_COMPANIES] {
        assert_eq!(bench.write(path, &body).await, ["1018"], "{path}");
    }
}

#[tokio::test]
async fn they_have_permissions_of_their_own() {
    let mut bench = bench_with(|options, directory| {
        let path = directory.join("users.yaml");
        let users = "users: [{ clientId: simulator, clientSecret: simulator, permissions: [Read-Only Company] }]";
        std::fs::write(&path, users).unwrap();
        options.users = Some(path);
    })
    .await;
    bench.token = new_token(&bench.http, &bench.simulator).await;
    assert_eq!(code(&bench.get(DESCRIBE_COMPANIES).await), "ok");
    let query = format!("{COMPANIES}?filterType=id&filterValues=1");
    assert_eq!(code(&bench.get(&query).await), "ok");
    let body = json!({ "input": [{ "externalCompanyId": "A" }] });
    for path in [COMPANIES, DELETE_COMPANIES] {
        assert_eq!(code(&bench.post(path, &body).await), "603", "{path}");
    }
    assert_eq!(code(&bench.get(FIELDS).await), "603");
    let other = "/rest/v1/opportunities/describe.json";
    assert_eq!(code(&bench.get(other).await), "603");
}

#[tokio::test]
async fn one_that_an_opportunity_uses_is_not_deleted() {
    let bench = bench().await;
    bench.companies(&["C"]).await;
    let sync = json!({ "input": [{ "externalOpportunityId": "A", "externalCompanyId": " c" }] });
    assert_eq!(bench.write(OPPORTUNITIES, &sync).await, ["created"]);
    let delete = json!({ "input": [{ "externalCompanyId": "C" }] });
    assert_eq!(bench.write(DELETE_COMPANIES, &delete).await, ["1022"]);
    let opportunity = json!({ "input": [{ "externalOpportunityId": "A" }] });
    assert_eq!(bench.write(DELETE, &opportunity).await, ["deleted"]);
    assert_eq!(bench.write(DELETE_COMPANIES, &delete).await, ["deleted"]);
}

#[tokio::test]
async fn an_orphan_keeps_the_id_of_its_company() {
    let bench =
        bench_with(|options, _| options.answers.set("deleteCompanyInUse", "orphan").unwrap()).await;
    bench.companies(&["C"]).await;
    let sync = json!({ "input": [{ "externalOpportunityId": "A", "externalCompanyId": "C" }] });
    bench.post(OPPORTUNITIES, &sync).await;
    let delete = json!({ "input": [{ "externalCompanyId": "C" }] });
    assert_eq!(bench.write(DELETE_COMPANIES, &delete).await, ["deleted"]);
    let fields = "externalCompanyId";
    let rows = bench.find(OPPORTUNITIES, "dedupeFields", "A", fields).await;
    assert_eq!(rows[0]["externalCompanyId"], "C");
}

/// The answer to an opportunity with this company.
async fn link(bench: &Bench, company: &str) -> Vec<String> {
    let sync = json!({ "input": [{ "externalOpportunityId": "A", "externalCompanyId": company }] });
    bench.write(OPPORTUNITIES, &sync).await
}

#[tokio::test]
async fn links_are_checked_once_the_instance_knows_a_company() {
    let bench = bench().await;
    assert_eq!(link(&bench, "anything").await, ["created"]);
    bench.companies(&["C"]).await;
    assert_eq!(link(&bench, "other").await, ["1013"]);
    assert_eq!(link(&bench, "c ").await, ["updated"]);
    // A link may be written where the record is named by its id.
    let rows = bench.find(OPPORTUNITIES, "dedupeFields", "A", "name").await;
    let by_id = |company: &str| {
        json!({ "action": "updateOnly", "dedupeBy": "idField", "input": [
            { "marketoGUID": rows[0]["marketoGUID"], "externalCompanyId": company },
        ] })
    };
    assert_eq!(bench.write(OPPORTUNITIES, &by_id("C")).await, ["updated"]);
    assert_eq!(bench.write(OPPORTUNITIES, &by_id("X")).await, ["1013"]);
    // Nor are they forgotten with the last one.
    let free = json!({ "input": [{ "externalOpportunityId": "A", "externalCompanyId": null }] });
    assert_eq!(bench.write(OPPORTUNITIES, &free).await, ["updated"]);
    let delete = json!({ "input": [{ "externalCompanyId": "C" }] });
    assert_eq!(bench.write(DELETE_COMPANIES, &delete).await, ["deleted"]);
    assert_eq!(link(&bench, "C").await, ["1013"]);
}

#[tokio::test]
async fn the_leads_file_lists_them_by_key_or_with_fields() {
    let file = "companies: [acme, ' ACME', { externalCompanyId: globex, company: Globex, annualRevenue: 5 }]";
    let bench = bench_with(with_leads(file)).await;
    let rows = bench
        .find(
            COMPANIES,
            "dedupeFields",
            "ACME,Globex",
            "externalCompanyId,company",
        )
        .await;
    assert_eq!(
        rows,
        [
            json!({ "seq": 0, "id": 1, "externalCompanyId": "acme", "company": null }),
            json!({ "seq": 1, "id": 2, "externalCompanyId": "globex", "company": "Globex" }),
        ]
    );
}

#[tokio::test]
async fn a_bad_company_of_the_file_is_reported() {
    for (file, expected) in [
        (
            "companies: [a, { company: x }]",
            Some(("company", 2, "externalCompanyId not specified")),
        ),
        (
            "companies: [a, { externalCompanyId: A }]",
            Some(("company", 2, "Object already exists")),
        ),
        (
            "companies: [{ externalCompanyId: a, shoes: 1 }]",
            Some(("company", 1, "Field 'shoes' not found")),
        ),
        ("companies: [5]", None),
        ("companies: 5", None),
        ("companies: []\ncompanies: []", None),
        ("firms: []", None),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let mut options = Options::new(directory.path().join("data"));
        with_leads(file)(&mut options, directory.path());
        let error = start(options).await.err().unwrap();
        match (error, expected) {
            (
                SimulatorError::Lead {
                    what,
                    number,
                    problem,
                    ..
                },
                Some(expected),
            ) => assert_eq!((what, number, problem.as_str()), expected),
            (SimulatorError::Yaml { .. }, None) => {}
            (error, _) => panic!("{file}: {error:?}"),
        }
    }
}

#[tokio::test]
async fn a_store_of_an_older_version_gets_records_for_its_keys() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let folding = KeyFolding::of(&Answers::default());
    let older = RecordStore::open(database(&data).unwrap(), &data, folding, |writer| {
        writer.set("companies", r#"["acme","globex"]"#)?;
        writer.set("sales persons", r#"["sp-1"]"#)
    });
    drop::<Result<_, StoreError>>(older);
    for _ in 0..2 {
        let store = RecordStore::open(database(&data).unwrap(), &data, folding, |_| Ok(()));
        let store: RecordStore = store.map_err(|error: StoreError| error).unwrap();
        listed::adopt(&store, "2026-01-01T00:00:00Z".parse().unwrap()).unwrap();
    }
    let bench = bench_in(directory, |_, _| {}).await;
    let rows = bench
        .find(COMPANIES, "dedupeFields", "acme,globex", "createdAt")
        .await;
    let times = "2026-01-01T00:00:00Z";
    assert_eq!(
        rows,
        [
            json!({ "seq": 0, "id": 1, "createdAt": times }),
            json!({ "seq": 1, "id": 2, "createdAt": times }),
        ]
    );
    assert_eq!(link(&bench, "Globex").await, ["created"]);
    assert_eq!(link(&bench, "initech").await, ["1013"]);
    for (person, expected) in [("SP-1", "updated"), ("sp-2", "call 718")] {
        let sync =
            json!({ "input": [{ "externalOpportunityId": "A", "externalSalesPersonId": person }] });
        assert_eq!(bench.write(OPPORTUNITIES, &sync).await, [expected]);
    }
}

#[tokio::test]
async fn they_can_have_custom_fields() {
    let bench = bench_with(|options, directory| {
        let path = directory.join("schema.yaml");
        let fields = "company: { fields: [{ name: tier, dataType: string, length: 5 }] }";
        std::fs::write(&path, fields).unwrap();
        options.schema = Some(path);
    })
    .await;
    let body = json!({ "input": [{ "externalCompanyId": "C", "tier": "gold" }] });
    assert_eq!(bench.write(COMPANIES, &body).await, ["created"]);
    let rows = bench.find(COMPANIES, "tier", "gold", "tier").await;
    assert_eq!(rows.len(), 1);
}
