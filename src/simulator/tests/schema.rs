//! Describe, the schema endpoints, and the schema file.

use std::path::PathBuf;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{
    Bench, DESCRIBE, DESCRIBE_ROLES, Options, bench, bench_with, code, field_lines, start,
};
use crate::simulator::SimulatorError;

const FIELDS: &str = "/rest/v1/opportunities/schema/fields.json";

async fn with_schema(text: &'static str) -> Bench {
    bench_with(|options, directory| {
        let path = directory.join("schema.yaml");
        std::fs::write(&path, text).unwrap();
        options.schema = Some(path);
    })
    .await
}

/// The fields of a description whose display names are API names, as of a live instance.
fn lines(described: &Value) -> Vec<String> {
    for field in described["fields"].as_array().unwrap() {
        assert_eq!(field["displayName"], field["name"]);
    }
    field_lines(described)
}

#[tokio::test]
async fn opportunities_are_described_as_by_a_live_instance() {
    let bench = bench().await;
    let described = bench.get(DESCRIBE).await["result"][0].clone();
    assert_eq!(
        lines(&described),
        [
            "createdAt datetime fixed",
            "externalOpportunityId string 50 fixed",
            "marketoGUID string 36 fixed",
            "updatedAt datetime fixed",
            "amount currency",
            "closeDate date",
            "description string 2000",
            "expectedRevenue currency",
            "externalCompanyId string 50",
            "externalCreatedDate datetime",
            "externalSalesPersonId string 50",
            "fiscal string 255",
            "fiscalQuarter integer",
            "fiscalYear integer",
            "forecastCategoryName string 255",
            "isClosed boolean",
            "isWon boolean",
            "lastActivityDate date",
            "leadSource string 255",
            "name string 255",
            "nextStep string 255",
            "probability integer",
            "quantity float",
            "stage string 255",
            "type string 255",
        ]
    );
    let searchable = "externalOpportunityId marketoGUID externalCompanyId externalSalesPersonId";
    let searchable: Vec<[&str; 1]> = searchable.split(' ').map(|name| [name]).collect();
    let mut head = described;
    head.as_object_mut().unwrap().shift_remove("fields");
    assert_eq!(
        head,
        json!({
            "name": "opportunity",
            "displayName": "Opportunity",
            "description": "Marketo Opportunity",
            "createdAt": "2015-04-25T01:02:24Z",
            "updatedAt": "2015-04-25T01:02:24Z",
            "idField": "marketoGUID",
            "dedupeFields": ["externalOpportunityId"],
            "searchableFields": searchable,
        })
    );
}

#[tokio::test]
async fn roles_are_described_as_by_a_live_instance() {
    let bench = bench().await;
    let described = bench.get(DESCRIBE_ROLES).await["result"][0].clone();
    assert_eq!(
        lines(&described),
        [
            "createdAt datetime fixed",
            "marketoGUID string 36 fixed",
            "updatedAt datetime fixed",
            "externalCreatedDate datetime",
            "externalOpportunityId string",
            "isPrimary boolean",
            "leadId integer",
            "role string 255",
        ]
    );
    assert_eq!(
        described["searchableFields"],
        json!([
            ["externalOpportunityId", "leadId", "role"],
            ["marketoGUID"],
            ["externalOpportunityId"],
            ["leadId"],
        ])
    );
}

#[tokio::test]
async fn custom_fields_are_described_among_the_others() {
    let bench = with_schema(
        "opportunity:\n  fields:\n    - { name: region, displayName: Region, dataType: string, length: 40 }\n    - { name: margin, dataType: percent }\n",
    )
    .await;
    let described = bench.get(DESCRIBE).await["result"][0].clone();
    let searchable = described["searchableFields"].as_array().unwrap();
    assert_eq!(searchable.last(), Some(&json!(["region"])));
    let fields = described["fields"].as_array().unwrap();
    let find = |name: &str| fields.iter().find(|field| field["name"] == name).unwrap();
    assert_eq!(
        *find("region"),
        json!({ "name": "region", "displayName": "Region", "dataType": "string", "length": 40, "updateable": true })
    );
    assert_eq!(
        *find("margin"),
        json!({ "name": "margin", "displayName": "margin", "dataType": "percent", "updateable": true })
    );
}

/// The name in each row of a reply.
fn names(reply: &Value) -> Vec<String> {
    let rows = reply["result"].as_array().unwrap();
    rows.iter()
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn schema_fields_come_in_pages() {
    let bench = with_schema(
        "opportunity: { fields: [{ name: secret, dataType: text, isSensitive: true, description: Hush }] }",
    )
    .await;
    let first = bench.get(&format!("{FIELDS}?batchSize=5")).await;
    assert_eq!(
        names(&first),
        [
            "externalOpportunityId",
            "name",
            "description",
            "type",
            "stage"
        ]
    );
    assert_eq!(
        first["result"][0],
        json!({
            "displayName": "SFDC Oppty Id",
            "name": "externalOpportunityId",
            "description": null,
            "dataType": "string",
            "length": 50,
            "isHidden": false,
            "isHtmlEncodingInEmail": true,
            "isSensitive": false,
            "isCustom": false,
            "isApiCreated": false,
        })
    );
    let mut seen = names(&first);
    let mut reply = first;
    while let Some(token) = reply["nextPageToken"].as_str() {
        let token = token.replace('=', "%3D");
        reply = bench
            .get(&format!("{FIELDS}?batchSize=5&nextPageToken={token}"))
            .await;
        seen.extend(names(&reply));
    }
    assert_eq!(reply["moreResult"], false);
    let all = names(&bench.get(FIELDS).await);
    assert_eq!(seen, all);
    assert_eq!(all.len(), 26);
    assert_eq!(
        code(&bench.get(&format!("{FIELDS}?batchSize=0")).await),
        "1003"
    );
}

#[tokio::test]
async fn one_schema_field_comes_by_its_name() {
    let bench = bench().await;
    let one = bench
        .get("/rest/v1/opportunities/schema/fields/Amount.json")
        .await;
    assert_eq!(one["result"][0]["name"], "amount");
    assert_eq!(one["result"][0]["displayName"], "Amount");
    let none = bench
        .get("/rest/v1/opportunities/schema/fields/noSuch.json")
        .await;
    assert_eq!(code(&none), "1006");
}

#[tokio::test]
async fn a_bad_schema_file_is_reported() {
    let error = async |text: &str| {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("schema.yaml");
        std::fs::write(&path, text).unwrap();
        let mut options = Options::new(directory.path().join("data"));
        options.schema = Some(path);
        start(options).await.err().unwrap()
    };
    for text in [
        "opportunity: { fields: [{ name: x, dataType: strnig }] }",
        "opportunity: { fields: [{ dataType: string }] }",
        "opportunity: { fields: [{ name: x, dataType: string, size: 4 }] }",
        "opportunityRole: { fields: [] }",
    ] {
        let error = error(text).await;
        assert!(
            matches!(error, SimulatorError::Yaml { .. }),
            "{text}: {error:?}"
        );
    }
    for (text, wrong) in [
        (
            "opportunity: { fields: [{ name: Amount, dataType: string }] }",
            "Amount",
        ),
        (
            "lead: { fields: [{ name: 9lives, dataType: string }] }",
            "9lives",
        ),
        (
            "opportunity: { fields: [{ name: noSuch, isHidden: true }] }",
            "noSuch",
        ),
        (
            "opportunity: { fields: [{ name: amount, updateable: false }] }",
            "amount",
        ),
    ] {
        let error = error(text).await;
        let SimulatorError::Schema { field, .. } = error else {
            panic!("{error:?}");
        };
        assert_eq!(field, wrong);
    }
}

#[tokio::test]
async fn each_file_has_the_bound_of_a_manifest() {
    type Choose = fn(&mut Options, PathBuf);
    let files: [Choose; 4] = [
        |options, path| options.schema = Some(path),
        |options, path| options.leads = Some(path),
        |options, path| options.users = Some(path),
        |options, path| options.faults = Some(path),
    ];
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("large.yaml");
    // A file with a hole, which needs no room on the disk.
    let file = std::fs::File::create(&path).unwrap();
    file.set_len(256 * 1024 * 1024 + 1).unwrap();
    for (choose, number) in files.iter().zip(0..) {
        let mut options = Options::new(directory.path().join(format!("data{number}")));
        choose(&mut options, path.clone());
        let error = start(options).await.err().unwrap();
        let SimulatorError::File { source, .. } = error else {
            panic!("{error:?}");
        };
        assert_eq!(
            source.to_string(),
            "the file has 257 MiB; the limit is 256 MiB"
        );
    }
}

#[tokio::test]
async fn the_file_marks_standard_and_custom_fields() {
    let bench = with_schema(
        "opportunity:
  fields:
    - { name: Amount, isSensitive: true, isHidden: true, description: What it is worth }
    - { name: margin, dataType: currency, isSensitive: true, isHtmlEncodingInEmail: false, isApiCreated: true }
",
    )
    .await;
    let field = async |name: &str| {
        let path = format!("/rest/v1/opportunities/schema/fields/{name}.json");
        bench.get(&path).await["result"][0].take()
    };
    assert_eq!(
        field("amount").await,
        json!({
            "displayName": "Amount", "name": "amount", "description": "What it is worth",
            "dataType": "currency", "isHidden": true, "isHtmlEncodingInEmail": true,
            "isSensitive": true, "isCustom": false, "isApiCreated": false,
        })
    );
    assert_eq!(
        field("margin").await,
        json!({
            "displayName": "margin", "name": "margin", "description": null,
            "dataType": "currency", "isHidden": false, "isHtmlEncodingInEmail": false,
            "isSensitive": true, "isCustom": true, "isApiCreated": true,
        })
    );
}
