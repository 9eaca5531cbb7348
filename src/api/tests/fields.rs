//! The schema endpoints: pages of fields, one field by its name, and kinds without these endpoints.

use pretty_assertions::assert_eq;

use super::server::{Server, error, page, rows};
use crate::api::{ApiError, Calls, FieldInfo};
use crate::model::DataType;
use crate::model::kind::{OPPORTUNITY, ROLE};

/// As in the sample of Marketo's documentation.
const NAME: &str = r#"{"displayName":"Name","name":"name","description":null,"dataType":"string","length":255,
    "isHidden":false,"isHtmlEncodingInEmail":true,"isSensitive":false,"isCustom":false,"isApiCreated":false}"#;

const SALARY: &str = r#"{"name":"salary","displayName":"Salary","description":"Yearly","dataType":"currency",
    "isHidden":"true","isSensitive":1,"isCustom":true,"isApiCreated":true,"isNew":[]}"#;

fn name() -> FieldInfo {
    FieldInfo {
        name: "name".into(),
        display_name: Some("Name".into()),
        description: None,
        data_type: DataType::String,
        length: Some(255),
        hidden: false,
        html_encoded: true,
        sensitive: false,
        custom: false,
        api_created: false,
    }
}

fn salary() -> FieldInfo {
    FieldInfo {
        name: "salary".into(),
        display_name: Some("Salary".into()),
        description: Some("Yearly".into()),
        data_type: DataType::Currency,
        length: None,
        hidden: true,
        html_encoded: false,
        sensitive: true,
        custom: true,
        api_created: true,
    }
}

#[tokio::test]
async fn all_pages_are_read() {
    let server = Server::start([page(NAME, "E5ZO+GE4=="), rows(SALARY)]).await;
    let client = server.client();
    let fields = client.fields(&OPPORTUNITY).await.expect("two pages");
    assert_eq!(fields, Some(vec![name(), salary()]));
    let lines: Vec<String> = server.seen().into_iter().map(|seen| seen.line).collect();
    let path = "GET /rest/v1/opportunities/schema/fields.json";
    assert_eq!(
        lines,
        [
            format!("{path}?batchSize=300"),
            format!("{path}?batchSize=300&nextPageToken=E5ZO%2BGE4%3D%3D"),
        ]
    );
    let Calls {
        fields, describe, ..
    } = client.calls();
    assert_eq!((fields, describe), (2, 0));
}

#[tokio::test]
async fn a_kind_without_the_endpoint_costs_no_call() {
    let server = Server::start([]).await;
    let client = server.client();
    assert_eq!(client.fields(&ROLE).await.expect("no call"), None);
    assert_eq!(client.field(&ROLE, "role").await.expect("no call"), None);
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn one_field_is_asked_for_by_name() {
    let server = Server::start([rows(NAME), rows("")]).await;
    let client = server.client();
    let found = client.field(&OPPORTUNITY, "name").await;
    assert_eq!(found.expect("a field"), Some(name()));
    let found = client.field(&OPPORTUNITY, "a/../b?c%").await;
    assert_eq!(found.expect("an empty answer"), None);
    let lines: Vec<String> = server.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(
        lines,
        [
            "GET /rest/v1/opportunities/schema/fields/name.json",
            "GET /rest/v1/opportunities/schema/fields/a%2F%2E%2E%2Fb%3Fc%25.json",
        ]
    );
}

#[tokio::test]
async fn a_missing_field_is_not_an_error() {
    for code in ["610", "702", "1006"] {
        let server = Server::start([error(code)]).await;
        let found = server.client().field(&OPPORTUNITY, "nmae").await;
        assert_eq!(found.expect(code), None);
    }
    let server = Server::start([error("616")]).await;
    let found = server.client().field(&OPPORTUNITY, "name").await;
    assert!(matches!(found, Err(ApiError::Refused { .. })));
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let server = Server::start([error("603")]).await;
    let denied = server.client().fields(&OPPORTUNITY).await;
    assert_eq!(
        denied.expect_err("denied").to_string(),
        "fields of opportunities: access denied (the API user's role needs \
         \"Read-Write Schema Standard Field\" and \"Read-Write Schema Custom Field\"): \
         603 \"message of 603\", request e42b#14272d07d78"
    );
}

#[tokio::test]
async fn a_field_without_a_name_is_an_error() {
    let server = Server::start([rows(r#"{"displayName":"Name"}"#)]).await;
    let read = server.client().fields(&OPPORTUNITY).await;
    assert!(matches!(read, Err(ApiError::Protocol { .. })));
}
