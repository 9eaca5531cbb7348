//! Writes: the request for each verb and kind, and the result of each record.

use pretty_assertions::assert_eq;

use super::server::{Server, error, rows};
use crate::api::{ApiError, Encoded, Reason, RecordStatus, WriteReply, encode};
use crate::model::Verb;
use crate::model::kind::{OPPORTUNITY, ROLE};
use crate::model::{Key, KeyValue, ObjectKind, Value};

async fn sent(kind: &'static ObjectKind, verb: Verb, input: &[Encoded]) -> (String, String) {
    let server = Server::start([rows("")]).await;
    let written = server
        .client()
        .write(kind, verb, input, &|| true)
        .await
        .expect("a success");
    assert_eq!(written.rows, vec![None; input.len()]);
    let seen = server.seen().remove(0);
    assert_eq!(
        seen.headers["content-type"],
        "application/json; charset=utf-8"
    );
    (seen.line, seen.body)
}

#[tokio::test]
async fn each_verb_has_its_path_and_body() {
    let key = Key::new(vec![KeyValue::Text("A".into())]);
    let name = Value::Text("Stühle".into());
    let create = [encode::create(&OPPORTUNITY, &key, [("name", &name)])];
    let update = [
        encode::update(&ROLE, "g1", [("isPrimary", &Value::Boolean(true))]),
        encode::update(&ROLE, "g2", [("externalCreatedDate", &Value::Null)]),
    ];
    let delete = [encode::delete(&ROLE, "g1"), encode::delete(&ROLE, "g2")];
    let pair = |line: &str, body: &str| (line.to_owned(), body.to_owned());
    assert_eq!(
        sent(&OPPORTUNITY, Verb::Create, &create).await,
        pair(
            "POST /rest/v1/opportunities.json",
            r#"{"action":"createOnly","dedupeBy":"dedupeFields","input":[{"externalOpportunityId":"A","name":"Stühle"}]}"#
        )
    );
    assert_eq!(
        sent(&ROLE, Verb::Update, &update).await,
        pair(
            "POST /rest/v1/opportunities/roles.json",
            r#"{"action":"updateOnly","dedupeBy":"idField","input":[{"marketoGUID":"g1","isPrimary":true},{"marketoGUID":"g2","externalCreatedDate":null}]}"#
        )
    );
    assert_eq!(
        sent(&ROLE, Verb::Delete, &delete).await,
        pair(
            "POST /rest/v1/opportunities/roles/delete.json",
            r#"{"deleteBy":"idField","input":[{"marketoGUID":"g1"},{"marketoGUID":"g2"}]}"#
        )
    );
}

#[tokio::test]
async fn each_record_has_its_outcome() {
    let replied = r#"{"seq":0,"status":"created","marketoGUID":"g0"},
        {"seq":1,"status":"skipped","reasons":[{"code":"1018","message":"CRM Enabled"}]}"#;
    let server = Server::start([rows(replied)]).await;
    let keys = ["A", "B", "C"].map(|text| Key::new(vec![KeyValue::Text(text.into())]));
    let none: [(&str, &Value); 0] = [];
    let input = keys.map(|key| encode::create(&OPPORTUNITY, &key, none));
    let written = server
        .client()
        .write(&OPPORTUNITY, Verb::Create, &input, &|| true)
        .await;
    assert_eq!(
        written.expect("a success"),
        WriteReply {
            request_id: Some("a#1".into()),
            rows: vec![
                Some(RecordStatus::Done {
                    id: Some("g0".into())
                }),
                Some(RecordStatus::Skipped {
                    reasons: vec![Reason {
                        code: "1018".into(),
                        message: "CRM Enabled".into(),
                    }],
                }),
                None,
            ],
            warnings: vec![],
            is_repeated: false,
        }
    );
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let input = [encode::delete(&ROLE, "g")];
    let server = Server::start([error("603"), error("603"), error("603")]).await;
    let client = server.client();
    let write = client
        .write(&ROLE, Verb::Delete, &input, &|| true)
        .await
        .expect_err("603")
        .error;
    let describe = client.describe(&ROLE).await.expect_err("603");
    let leads = client.leads("email", &["a"]).await.expect_err("603");
    let words = [write, describe, leads].map(|failed| {
        assert!(matches!(failed, ApiError::Denied { .. }));
        failed.to_string()
    });
    let expected = [
        ("delete of roles", "Read-Write Opportunity"),
        ("describe of roles", "Read-Only Opportunity"),
        ("query of leads", "Read-Only Lead"),
    ]
    .map(|(call, permission)| {
        format!(
            "{call}: access denied (the API user's role needs \"{permission}\"): 603 \"message of 603\", request e42b#14272d07d78"
        )
    });
    assert_eq!(words, expected);
}

#[tokio::test]
#[should_panic(expected = "1 to 300 records")]
async fn an_empty_write_is_the_callers_mistake() {
    let server = Server::start([]).await;
    drop(
        server
            .client()
            .write(&ROLE, Verb::Delete, &[], &|| true)
            .await,
    );
}
