//! Leads: the four actions, queries, and the leads file of a new store.

use std::path::Path;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{LEADS, Options, bench, bench_in, bench_with, code, start};
use crate::simulator::SimulatorError;

#[tokio::test]
async fn each_action_does_what_it_says() {
    let bench = bench().await;
    let sync =
        |action: &str, email: &str| json!({ "action": action, "input": [{ "email": email }] });
    for (body, expected) in [
        (sync("updateOnly", "ada@example.com"), "1004"),
        (sync("createOnly", "ada@example.com"), "created"),
        (sync("createOnly", "ADA@example.com"), "1005"),
        (sync("createOrUpdate", "ada@example.com"), "updated"),
        (sync("updateOnly", "ada@example.com"), "updated"),
        (sync("createDuplicate", "ada@example.com"), "created"),
        (sync("createOrUpdate", "ada@example.com"), "1007"),
        (sync("createSometimes", "ada@example.com"), "call 1003"),
        (json!({ "input": [{ "firstName": "Ada" }] }), "1003"),
        (
            json!({ "input": [{ "email": "x@example.com", "noSuch": 1 }] }),
            "1006",
        ),
        (
            json!({ "input": [{ "email": "x@example.com", "id": 7 }] }),
            "1003",
        ),
        (
            json!({ "lookupField": "userId", "input": [{ "email": "x@example.com" }] }),
            "call 1006",
        ),
        (
            json!({ "lookupField": "id", "input": [{ "id": 1, "firstName": "Ada" }] }),
            "updated",
        ),
        (
            json!({ "lookupField": "id", "input": [{ "id": 99, "firstName": "Ada" }] }),
            "1004",
        ),
    ] {
        assert_eq!(bench.write(LEADS, &body).await, [expected], "{body}");
    }
    let rows = bench
        .find(LEADS, "email", "ada@example.com", "id,firstName")
        .await;
    assert_eq!(
        rows,
        [
            json!({ "id": 1, "firstName": "Ada" }),
            json!({ "id": 2, "firstName": null })
        ]
    );
}

#[tokio::test]
async fn leads_come_with_the_documented_fields_and_nulls() {
    let bench = bench().await;
    bench.leads(&["ada@example.com"]).await;
    let reply = bench
        .get(&format!("{LEADS}?filterType=id&filterValues=1,2"))
        .await;
    assert_eq!(
        reply,
        json!({
            "success": true,
            "moreResult": false,
            "result": [{
                "id": 1,
                "email": "ada@example.com",
                "updatedAt": "2026-03-02T18:00:00Z",
                "createdAt": "2026-03-02T18:00:00Z",
                "firstName": null,
                "lastName": null,
            }],
        })
    );
}

#[tokio::test]
async fn more_than_a_thousand_matches_are_too_many() {
    let bench = bench().await;
    let lead = json!({ "email": "ada@example.com" });
    for count in [300, 300, 300, 100] {
        let body = json!({ "action": "createDuplicate", "input": vec![lead.clone(); count] });
        bench.post(LEADS, &body).await;
    }
    let query = format!("{LEADS}?filterType=email&filterValues=ada@example.com");
    let reply = bench.get(&query).await;
    assert_eq!(reply["result"].as_array().unwrap().len(), 300);
    assert_eq!(reply["moreResult"], true);
    bench
        .post(
            LEADS,
            &json!({ "action": "createDuplicate", "input": [lead] }),
        )
        .await;
    assert_eq!(code(&bench.get(&query).await), "1003");
}

fn with_leads(text: &'static str) -> impl FnOnce(&mut Options, &Path) {
    move |options, directory| {
        let (leads, schema) = (directory.join("leads.yaml"), directory.join("schema.json"));
        std::fs::write(&leads, text).unwrap();
        let custom = json!({ "lead": { "fields": [{ "name": "crmId", "dataType": "string" }] } });
        std::fs::write(&schema, custom.to_string()).unwrap();
        options.leads = Some(leads);
        options.schema = Some(schema);
    }
}

#[tokio::test]
async fn a_new_store_begins_with_the_leads_of_the_file() {
    let bench = bench_with(with_leads(
        "leads:\n  - { id: 456783, email: ada@example.com, crmId: C-1 }\n  - { email: bob@example.com }\n",
    ))
    .await;
    let rows = bench.find(LEADS, "crmId", "c-1", "id,email").await;
    assert_eq!(rows, [json!({ "id": 456_783, "email": "ada@example.com" })]);
    let rows = bench.find(LEADS, "email", "bob@example.com", "id").await;
    assert_eq!(rows, [json!({ "id": 456_784 })]);

    // The file is read only for a new store.
    let directory = bench.stop().await;
    let bench = bench_in(
        directory,
        with_leads("leads:\n  - { email: eve@example.com }\n"),
    )
    .await;
    let rows = bench
        .find(LEADS, "email", "ada@example.com,eve@example.com", "email")
        .await;
    assert_eq!(rows, [json!({ "email": "ada@example.com" })]);
}

#[tokio::test]
async fn a_bad_leads_file_is_reported_and_nothing_is_stored() {
    let problem = async |text: &'static str| {
        let directory = tempfile::tempdir().unwrap();
        let mut options = Options::new(directory.path().join("data"));
        with_leads(text)(&mut options, directory.path());
        let error = start(options).await.err().unwrap();
        // Nothing of the file was stored: a correct file can be used with the same directory.
        let bench = bench_in(directory, with_leads("leads: [{ email: ada@example.com }]")).await;
        assert_eq!(bench.find(LEADS, "id", "1", "id").await.len(), 1);
        error
    };
    for (text, expected) in [
        (
            "leads: [{ email: a@example.com }, { email: nonsense }]",
            (2, "Invalid value for field 'email'"),
        ),
        (
            "leads: [{ shoeSize: 47 }]",
            (1, "Field 'shoeSize' not found"),
        ),
        ("leads: [{ id: 5 }, { id: 5 }]", (2, "Lead already exists")),
        ("leads: [{ id: 0 }]", (1, "Invalid value for field 'id'")),
    ] {
        let error = problem(text).await;
        let SimulatorError::Lead {
            number, problem, ..
        } = error
        else {
            panic!("{error:?}");
        };
        assert_eq!((number, problem.as_str()), expected);
    }
    let error = problem("leads: 5").await;
    assert!(matches!(error, SimulatorError::Yaml { .. }), "{error:?}");
}

#[tokio::test]
async fn a_missing_leads_file_is_reported() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = Options::new(directory.path().join("data"));
    options.leads = Some(directory.path().join("none.yaml"));
    let error = start(options).await.err().unwrap();
    assert!(matches!(error, SimulatorError::File { .. }), "{error:?}");
}

#[tokio::test]
async fn skipped_leads_have_no_seq() {
    let bench = bench().await;
    let body = json!({ "action": "updateOnly", "input": [{ "email": "ada@example.com" }] });
    let reply = bench.post(LEADS, &body).await;
    let reasons = json!([{ "code": "1004", "message": "Lead not found" }]);
    assert_eq!(
        reply["result"],
        json!([{ "status": "skipped", "reasons": reasons }])
    );
    assert_eq!(reply["result"][0].get("seq"), None::<&Value>);
}
