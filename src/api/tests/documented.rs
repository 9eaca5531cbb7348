//! Every example of Marketo's documentation: what the client reads from the reply, and where its own request differs from the
//! documented one.
//!
//! The client uses POST where the page uses GET, always names its fields, never upserts, and updates and deletes by id. Paths and
//! names of members are those of the pages.

use std::collections::BTreeMap;
use std::sync::Arc;

use pretty_assertions::assert_eq;
use serde_json::{Value as Json, json};

use super::server::{Answer, Seen, Server, rows};
use crate::api::{Description, Encoded, FieldInfo, Filter, RecordStatus, WriteReply, encode};
use crate::model::kind::{OPPORTUNITY, ROLE};
use crate::model::{
    DataType, Field, Fields, Form, Key, KeyPart, KeyType, KeyValue, ObjectKind, Record, Schema,
    Value, Verb,
};
use crate::tests::{Example, examples};

const UPSERTED: [&str; 2] = [
    "dff23271-f996-47d7-984f-f2676861b5fb",
    "cff23271-f996-47d7-984f-f2676861b5fb",
];

#[tokio::test]
async fn every_documented_reply_is_understood() {
    for example in examples() {
        match example.name() {
            ("Opportunities", "Describe") => describe_opportunities(&example).await,
            ("Opportunities", "Query") => query_opportunities(&example).await,
            ("Opportunities", "Create and Update") => sync(&OPPORTUNITY, &example).await,
            ("Opportunities", "By Name") => field(&example).await,
            ("Opportunities", "Browse") => fields(&example).await,
            ("Opportunities", "Delete") => delete(&OPPORTUNITY, &example, &UPSERTED).await,
            ("Opportunity Roles", "Describe") => describe_roles(&example).await,
            ("Opportunity Roles", "Query") => query_roles(&example).await,
            ("Opportunity Roles", "Create and Update") => sync(&ROLE, &example).await,
            ("Opportunity Roles", "Delete") => delete(&ROLE, &example, &UPSERTED[..1]).await,
            unknown => panic!("no call of the client is compared with {unknown:?}"),
        }
    }
}

async fn describe_opportunities(example: &Example) {
    let described = describe(&OPPORTUNITY, example).await;
    assert_eq!(
        described.searchable,
        [["externalOpportunityId".into()], ["marketoGUID".into()]]
    );
    assert_eq!(
        words(&described),
        [
            "opportunity \"Opportunity\": id marketoGUID, key externalOpportunityId",
            "marketoGUID \"Marketo GUID\" string 36 fixed",
            "createdAt \"Created At\" datetime fixed",
            "updatedAt \"Updated At\" datetime fixed",
            "externalOpportunityId \"External Opportunity Id\" string 50 fixed",
        ]
    );
}

async fn describe_roles(example: &Example) {
    let described = describe(&ROLE, example).await;
    let searchable: Vec<String> = described.searchable.iter().map(|by| by.join("+")).collect();
    assert_eq!(
        searchable,
        [
            "externalOpportunityId+leadId+role",
            "marketoGUID",
            "leadId",
            "externalOpportunityId",
        ]
    );
    assert_eq!(
        words(&described),
        [
            "opportunityRole \"Opportunity Role\": id marketoGUID, key externalOpportunityId+leadId+role",
            "marketoGUID \"Marketo GUID\" string 36 fixed",
            "externalOpportunityId \"External Opportunity Id\" string 50 fixed",
            "leadId \"Lead Id\" integer fixed",
            "role \"Role\" string 50 fixed",
            "isPrimary \"Is Primary\" boolean updateable",
            "externalCreatedDate \"External Created Date\" datetime updateable",
        ]
    );
}

async fn describe(kind: &'static ObjectKind, example: &Example) -> Description {
    let server = served(example).await;
    let described = server.client().describe(kind).await;
    assert_eq!(one(&server).line, example.call.request);
    described.expect("a description")
}

/// A description as text: the object, then each field.
fn words(described: &Description) -> Vec<String> {
    let object = format!(
        "{} {:?}: id {}, key {}",
        described.name,
        described.display_name.as_deref().unwrap_or_default(),
        described.id_field.as_deref().unwrap_or_default(),
        described.dedupe_fields.join("+"),
    );
    let fields = described.schema.fields().iter().map(|field| {
        let note = &described.notes[&field.name];
        assert_eq!((note.crm_managed, field.sensitive), (None, false));
        format!(
            "{} {:?} {}{} {}",
            field.name,
            note.display_name.as_deref().unwrap_or_default(),
            field.data_type,
            (field.length).map_or_else(String::new, |length| format!(" {length}")),
            if field.updateable {
                "updateable"
            } else {
                "fixed"
            },
        )
    });
    std::iter::once(object).chain(fields).collect()
}

async fn query_opportunities(example: &Example) {
    let server = served(example).await;
    let schema = opportunities();
    let (path, documented) = parameters(example.request().1);
    let filter = Filter::Field {
        name: &documented["filterType"],
        values: documented["filterValues"]
            .split(',')
            .map(str::to_owned)
            .collect(),
    };
    let fields: Vec<Arc<str>> = ["name", "description", "amount", "source"]
        .map(Arc::from)
        .into();
    let found = server.client().query(&schema, &filter, &fields).await;
    // The ids without the blank, and the amount as a number.
    let record = |id: &str, key: &str, name: &str, source: &str| {
        let text = |name: &str, text: &str| (Arc::from(name), Value::Text(text.into()));
        let amount = Value::observed(Form::Number, "1604.47", &DataType::Currency);
        Record {
            id: id.into(),
            key: Key::new(vec![KeyValue::Text(key.into())]),
            fields: Fields::from_iter([
                text("name", name),
                text("description", name),
                (Arc::from("amount"), amount),
                text("source", source),
            ]),
        }
    };
    assert_eq!(
        found.expect("two records"),
        [
            record(
                "dff23271-f996-47d7-984f-f2676861b5fa",
                "19UYA31581L000000",
                "Chairs",
                "Inbound Sales Call/Email"
            ),
            record(
                "dff23271-f996-47d7-984f-f2676861b5fc",
                "29UYA31581L000000",
                "Big Dog Day Care-Phase12",
                "Email"
            ),
        ]
    );
    let seen = one(&server);
    assert_eq!(seen.line, format!("POST {path}?_method=GET"));
    let mut expected = documented;
    // The client never leaves the fields to the server.
    let fields = "marketoGUID,externalOpportunityId,name,description,amount,source";
    expected.insert("fields".to_owned(), fields.to_owned());
    expected.insert("batchSize".to_owned(), "300".to_owned());
    assert_eq!(parameters(&format!("?{}", seen.body)).1, expected);
}

async fn query_roles(example: &Example) {
    assert_eq!(example.response(), None);
    let server = Server::start([rows("")]).await;
    let mut expected = example.body().expect("a body");
    let input = expected["input"].as_array().expect("keys");
    let keys: Vec<Key> = input.iter().map(|input| key(&ROLE, input)).collect();
    let keys: Vec<&Key> = keys.iter().collect();
    let schema = Schema::documented(&ROLE);
    let client = server.client();
    let found = client.query(&schema, &Filter::Keys(&keys), &[]).await;
    assert_eq!(found.expect("an empty answer"), []);
    let seen = one(&server);
    assert_eq!(seen.line, example.call.request);
    expected["fields"][0] = json!("marketoGUID");
    expected["batchSize"] = json!(300);
    assert_eq!(json(&seen.body), expected);
}

/// The reply to an upsert, with one row for each of the verbs that the client uses instead. A row with the status of the other
/// verb says nothing about its record.
async fn sync(kind: &'static ObjectKind, example: &Example) {
    let body = example.body().expect("a body");
    let records = body["input"].as_array().expect("records");
    let [updated, created] = UPSERTED.map(done);
    for (verb, action, by, outcome) in [
        (Verb::Create, "createOnly", "dedupeFields", [None, created]),
        (Verb::Update, "updateOnly", "idField", [updated, None]),
    ] {
        let server = served(example).await;
        let encoded = records.iter().map(|record| encoded(kind, verb, record));
        let input: Vec<Encoded> = encoded.collect();
        let written = server.client().write(kind, verb, &input, &|| true).await;
        assert_eq!(
            written.expect("a success"),
            WriteReply {
                request_id: Some("e42b#14272d07d78".into()),
                rows: outcome.into(),
                warnings: vec![],
                is_repeated: false,
            }
        );
        let seen = one(&server);
        assert_eq!(seen.line, example.call.request);
        let mut expected = body.clone();
        expected["action"] = json!(action);
        expected["dedupeBy"] = json!(by);
        expected["input"] = records.iter().map(|it| sent(kind, verb, it)).collect();
        assert_eq!(json(&seen.body), expected);
    }
}

/// The documented record, as the client encodes it.
fn encoded(kind: &'static ObjectKind, verb: Verb, record: &Json) -> Encoded {
    let schemas = [opportunities(), Schema::documented(&ROLE)];
    let schema = schemas.iter().find(|schema| schema.kind == kind);
    let value = |(name, value): (&String, &Json)| {
        let (form, text) = match value {
            Json::String(text) => (Form::Text, text.clone()),
            Json::Bool(flag) => (Form::Boolean, flag.to_string()),
            Json::Null | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
                panic!("no record has {value} as {name}")
            }
        };
        let field = schema.and_then(|schema| schema.field(name));
        let data_type = &field.expect("a described field").data_type;
        (name.clone(), Value::observed(form, &text, data_type))
    };
    let members = record.as_object().expect("a record").iter();
    let fields: Vec<(String, Value)> = members
        .filter(|(name, _)| !is_key(kind, name))
        .map(value)
        .collect();
    let fields = fields.iter().map(|(name, value)| (name, value));
    if verb == Verb::Create {
        encode::create(kind, &key(kind, record), fields)
    } else {
        encode::update(kind, UPSERTED[0], fields)
    }
}

/// The documented record as the client sends it: for an update with the id instead of the key, and with the amount as a number.
fn sent(kind: &ObjectKind, verb: Verb, record: &Json) -> Json {
    let mut members = record.as_object().expect("a record").clone();
    if verb == Verb::Update {
        members.retain(|name, _| !is_key(kind, name));
        members.insert("marketoGUID".to_owned(), json!(UPSERTED[0]));
    }
    if let Some(amount) = members.get_mut("amount") {
        *amount = json!(1604.47);
    }
    Json::Object(members)
}

fn is_key(kind: &ObjectKind, name: &str) -> bool {
    kind.key.iter().any(|part| part.field == name)
}

fn done(id: &str) -> Option<RecordStatus> {
    let id = Some(id.into());
    Some(RecordStatus::Done { id })
}

async fn delete(kind: &'static ObjectKind, example: &Example, ids: &[&str]) {
    let server = served(example).await;
    let input: Vec<Encoded> = ids.iter().map(|id| encode::delete(kind, id)).collect();
    let written = server
        .client()
        .write(kind, Verb::Delete, &input, &|| true)
        .await;
    let rows: Vec<Option<RecordStatus>> = ids.iter().map(|id| done(id)).collect();
    assert_eq!(written.expect("a success").rows, rows);
    let seen = one(&server);
    assert_eq!(seen.line, example.call.request);
    let mut expected = example.body().expect("a body");
    expected["deleteBy"] = json!("idField");
    expected["input"] = ids.iter().map(|id| json!({ "marketoGUID": id })).collect();
    assert_eq!(json(&seen.body), expected);
}

async fn field(example: &Example) {
    let server = served(example).await;
    let client = server.client();
    let found = client.field(&OPPORTUNITY, "externalOpportunityId").await;
    assert_eq!(
        found.expect("a field"),
        Some(text_field("externalOpportunityId", "SFDC Oppty Id", 50))
    );
    assert_eq!(one(&server).line, example.call.request);
}

async fn fields(example: &Example) {
    let server = Server::start([Answer::Ok(example.reply().to_owned()), rows("")]).await;
    let found = server.client().fields(&OPPORTUNITY).await;
    assert_eq!(
        found.expect("two pages"),
        Some(vec![
            text_field("externalOpportunityId", "SFDC Oppty Id", 50),
            text_field("name", "Name", 255),
            text_field("description", "Description", 2000),
            text_field("type", "Type", 255),
            text_field("stage", "Stage", 255),
        ])
    );
    let first = example.call.request.replace("=5", "=300");
    let second = format!("{first}&nextPageToken=E5ZONGE4SAHALYYW6FS25KB5BM%3D%3D%3D%3D%3D%3D");
    let lines: Vec<String> = server.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(lines, [first, second]);
}

fn text_field(name: &str, display: &str, length: u32) -> FieldInfo {
    FieldInfo {
        name: name.into(),
        display_name: Some(display.into()),
        description: None,
        data_type: DataType::String,
        length: Some(length),
        hidden: false,
        html_encoded: true,
        sensitive: false,
        custom: false,
        api_created: false,
    }
}

/// A server that sends the documented reply once.
async fn served(example: &Example) -> Server {
    Server::start([Answer::Ok(example.reply().to_owned())]).await
}

/// The one request that a server saw.
fn one(server: &Server) -> Seen {
    let mut seen = server.seen();
    assert_eq!(seen.len(), 1);
    seen.remove(0)
}

/// The fields of the examples, with the type of the one that is not text.
fn opportunities() -> Schema {
    let mut fields = Schema::documented(&OPPORTUNITY).fields().to_vec();
    for (name, data_type) in [("amount", DataType::Currency), ("source", DataType::String)] {
        fields.push(Field {
            name: name.into(),
            data_type,
            length: None,
            updateable: true,
            sensitive: false,
        });
    }
    Schema::new(&OPPORTUNITY, fields)
}

/// The key of a documented record.
fn key(kind: &ObjectKind, record: &Json) -> Key {
    let part = |part: &KeyPart| match part.holds {
        KeyType::Text { .. } => KeyValue::Text(record[part.field].as_str().expect("a text").into()),
        KeyType::Lead { .. } => KeyValue::Lead(record[part.field].as_i64().expect("an id")),
    };
    Key::new(kind.key.iter().map(part).collect())
}

/// A path and its parameters.
fn parameters(target: &str) -> (&str, BTreeMap<String, String>) {
    let (path, query) = target.split_once('?').expect("a query");
    let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
    (path, pairs.collect())
}

fn json(text: &str) -> Json {
    serde_json::from_str(text).expect("JSON")
}
