//! Describe, query and leads: the requests, and how replies of every known form are read.

use std::sync::Arc;

use pretty_assertions::assert_eq;

use super::server::{Answer, Server, error, page, rows};
use crate::api::{ApiError, FieldNote, Filter, Lead};
use crate::model::kind::{OPPORTUNITY, ROLE};
use crate::model::{
    DataType, Field, Fields, Form, Key, KeyValue, ObjectKind, Record, Schema, Value,
};

fn opportunities() -> Schema {
    let extra = [
        ("amount", DataType::Currency),
        ("closeDate", DataType::Date),
    ];
    let mut fields = Schema::documented(&OPPORTUNITY).fields().to_vec();
    fields.extend(extra.map(|(name, data_type)| Field {
        name: name.into(),
        data_type,
        length: None,
        updateable: true,
        sensitive: false,
    }));
    Schema::new(&OPPORTUNITY, fields)
}

fn names(names: &[&str]) -> Vec<Arc<str>> {
    names.iter().map(|name| Arc::from(*name)).collect()
}

fn opportunity(id: &str, key: &str, fields: &[(&str, Value)]) -> Record {
    let fields = fields
        .iter()
        .map(|(name, value)| (Arc::from(*name), value.clone()));
    Record {
        id: id.into(),
        key: Key::new(vec![KeyValue::Text(key.into())]),
        fields: fields.collect::<Fields>(),
    }
}

fn role(opportunity: &str, lead: i64, name: &str) -> Key {
    Key::new(vec![
        KeyValue::Text(opportunity.into()),
        KeyValue::Lead(lead),
        KeyValue::Text(name.into()),
    ])
}

fn by_key(values: &[&str]) -> Filter<'static> {
    Filter::Field {
        name: "externalOpportunityId",
        values: values.iter().map(ToString::to_string).collect(),
    }
}

async fn query_error(kind: &'static ObjectKind, script: Vec<Answer>) -> (ApiError, usize) {
    let server = Server::start(script).await;
    let schema = Schema::documented(kind);
    let failed = server.client().query(&schema, &by_key(&["A"]), &[]).await;
    (failed.expect_err("no complete list"), server.seen().len())
}

#[tokio::test]
async fn a_query_by_one_field_is_a_form() {
    let server = Server::start([rows("")]).await;
    let schema = opportunities();
    let fields = names(&["name", "amount", "name", "externalOpportunityId"]);
    let found = server
        .client()
        .query(&schema, &by_key(&["A 1", "B+2&x", "ü"]), &fields)
        .await;
    assert_eq!(found.expect("an empty answer"), []);
    let seen = &server.seen()[0];
    assert_eq!(seen.line, "POST /rest/v1/opportunities.json?_method=GET");
    assert_eq!(
        seen.headers["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(seen.headers["accept-encoding"], "gzip");
    assert_eq!(
        seen.headers["user-agent"],
        concat!("oppctl/", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(
        seen.body,
        "filterType=externalOpportunityId&filterValues=A+1%2CB%2B2%26x%2C%C3%BC&fields=marketoGUID%2CexternalOpportunityId%2Cname%2Camount&batchSize=300"
    );
}

#[tokio::test]
async fn a_query_by_a_compound_key_is_json() {
    let script = [
        page(
            r#"{"marketoGUID":"g1","externalOpportunityId":"A","leadId":7,"role":"Buyer","isPrimary":true}"#,
            "T=",
        ),
        rows(r#"{"marketoGUID":"g2","externalOpportunityId":"A","leadId":"8","role":"Buyer"}"#),
    ];
    let server = Server::start(script).await;
    let schema = Schema::documented(&ROLE);
    let keys = [role("A", 7, "Buyer"), role("A", 8, "Buyer")];
    let keys: Vec<&Key> = keys.iter().collect();
    let found = server
        .client()
        .query(&schema, &Filter::Keys(&keys), &names(&["isPrimary"]))
        .await
        .expect("two records");
    let found: Vec<_> = found
        .iter()
        .map(|record| (&*record.id, &record.key, record.fields.get("isPrimary")))
        .collect();
    let expected = [
        ("g1", keys[0], Value::Boolean(true)),
        ("g2", keys[1], Value::Null),
    ];
    assert_eq!(found, expected);

    let seen = server.seen();
    assert_eq!(
        seen[0].line,
        "POST /rest/v1/opportunities/roles.json?_method=GET"
    );
    assert_eq!(
        seen[0].headers["content-type"],
        "application/json; charset=utf-8"
    );
    let question = r#"{"filterType":"dedupeFields","fields":["marketoGUID","externalOpportunityId","leadId","role","isPrimary"],"batchSize":300,"input":[{"externalOpportunityId":"A","leadId":7,"role":"Buyer"},{"externalOpportunityId":"A","leadId":8,"role":"Buyer"}]"#;
    assert_eq!(seen[0].body, format!("{question}}}"));
    assert_eq!(
        seen[1].body,
        format!(r#"{question},"nextPageToken":"T="}}"#)
    );
}

#[tokio::test]
async fn a_query_by_a_single_key_asks_by_its_field_and_nothing_asks_nothing() {
    let server = Server::start([rows("")]).await;
    let client = server.client();
    let schema = opportunities();
    let key = Key::new(vec![KeyValue::Text("A".into())]);
    let found = client.query(&schema, &Filter::Keys(&[&key]), &[]).await;
    assert_eq!(found.expect("an empty answer"), []);
    let seen = server.seen();
    assert!(
        seen[0]
            .body
            .starts_with("filterType=externalOpportunityId&filterValues=A&")
    );

    for filter in [by_key(&[]), Filter::Keys(&[])] {
        assert_eq!(
            client.query(&schema, &filter, &[]).await.expect("nothing"),
            []
        );
    }
    assert_eq!(client.leads("email", &[]).await.expect("nothing"), []);
    assert_eq!(client.calls().counted(), 1);
}

#[tokio::test]
async fn values_are_typed_and_names_found_in_any_case() {
    let row = r#"
        {"seq":0,"marketoGUID":"dff23271 ","externalOpportunityId":"A","name":"","amount":"1604.470","closeDate":null},
        {"MARKETOGUID":"g2","externalopportunityid":"B","NAME":"x","amount":12345678901234567.890,"closedate":"2026-12-31"},
        {"marketoGUID":"g3","externalOpportunityId":12,"amount":1.6E3,"unasked":[1]}"#;
    let server = Server::start([rows(row)]).await;
    let schema = opportunities();
    let fields = names(&["name", "amount", "closeDate", "marketoGUID"]);
    let filter = by_key(&["A", "B", "12"]);
    let found = server.client().query(&schema, &filter, &fields).await;
    let amount = |text| Value::observed(Form::Number, text, &DataType::Currency);
    let text = |text: &str| Value::Text(text.into());
    let date = Value::observed(Form::Text, "2026-12-31", &DataType::Date);
    let expected = [
        // The field keeps the value of the reply. The id is trimmed, because writes need it.
        opportunity(
            "dff23271",
            "A",
            &[
                ("amount", amount("1604.47")),
                ("marketoGUID", text("dff23271 ")),
            ],
        ),
        opportunity(
            "g2",
            "B",
            &[
                ("name", text("x")),
                ("amount", amount("12345678901234567.89")),
                ("closeDate", date),
                ("marketoGUID", text("g2")),
            ],
        ),
        opportunity(
            "g3",
            "12",
            &[("amount", amount("1600")), ("marketoGUID", text("g3"))],
        ),
    ];
    assert_eq!(found.expect("three records"), expected);
}

#[tokio::test]
async fn all_pages_are_read_and_repeat_every_parameter() {
    let row = |id: &str| format!(r#"{{"marketoGUID":"{id}","externalOpportunityId":"{id}"}}"#);
    let script = [
        page(&row("a"), "E5ZONGE4SAHALYYW6FS25KB5BM======"),
        // The same record again, because the list changed while it was read.
        page(&format!("{},{}", row("a"), row("b")), "F="),
        rows(&row("c")),
    ];
    let server = Server::start(script).await;
    let found = server
        .client()
        .query(&opportunities(), &by_key(&["a", "b", "c"]), &[])
        .await;
    let found = found.expect("three records");
    let ids: Vec<&str> = found.iter().map(|record| &*record.id).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    let bodies: Vec<String> = server.seen().into_iter().map(|seen| seen.body).collect();
    let first = "filterType=externalOpportunityId&filterValues=a%2Cb%2Cc&fields=marketoGUID%2CexternalOpportunityId&batchSize=300";
    assert_eq!(bodies[0], first);
    assert_eq!(
        bodies[1],
        format!("{first}&nextPageToken=E5ZONGE4SAHALYYW6FS25KB5BM%3D%3D%3D%3D%3D%3D")
    );
    assert_eq!(bodies[2], format!("{first}&nextPageToken=F%3D"));
}

#[tokio::test]
async fn a_refused_page_token_restarts_the_query_once() {
    let row = r#"{"marketoGUID":"a","externalOpportunityId":"a"}"#;
    for code in ["1003", "702"] {
        let script = [page(row, "T"), error(code), page(row, "U"), rows("")];
        let server = Server::start(script).await;
        let found = server
            .client()
            .query(&opportunities(), &by_key(&["a"]), &[])
            .await;
        assert_eq!(found.expect("one record").len(), 1);
        assert_eq!(server.seen().len(), 4);

        let again = vec![page(row, "T"), error(code), page(row, "U"), error(code)];
        let (failed, calls) = query_error(&OPPORTUNITY, again).await;
        assert!(matches!(failed, ApiError::Refused { .. }), "{failed}");
        assert_eq!(calls, 4);
    }
}

#[tokio::test]
async fn no_data_is_an_empty_answer() {
    let server = Server::start([error("702"), Answer::Ok(r#"{"success":true}"#.to_owned())]).await;
    let client = server.client();
    for _ in 0..2 {
        let found = client.query(&opportunities(), &by_key(&["x"]), &[]).await;
        assert_eq!(found.expect("an empty answer"), []);
    }
}

#[tokio::test]
async fn an_incomplete_answer_is_an_error_and_never_absence() {
    let good = r#"{"marketoGUID":"a","externalOpportunityId":"a"}"#;
    let scripts = [
        vec![Answer::Ok(
            r#"{"success":true,"result":[],"moreResult":true}"#.to_owned(),
        )],
        vec![page(good, "T"), page(good, "T")],
        vec![page(good, "T"), page(good, "U"), page(good, "T")],
        (0..40)
            .map(|index| page("", &format!("T{index}")))
            .collect(),
        vec![rows(&vec![good; 301].join(","))],
        vec![rows(r#"{"externalOpportunityId":"a"}"#)],
        vec![rows(r#"{"marketoGUID":" ","externalOpportunityId":"a"}"#)],
        vec![rows(r#"{"marketoGUID":"a","externalOpportunityId":null}"#)],
        vec![rows(r#"{"marketoGUID":"a"}"#)],
        vec![rows("7")],
    ];
    for script in scripts {
        let shown = format!("{script:?}");
        let (failed, _) = query_error(&OPPORTUNITY, script).await;
        assert!(
            matches!(failed, ApiError::Protocol { .. }),
            "{shown}: {failed}"
        );
    }
    let lead = r#"{"marketoGUID":"a","externalOpportunityId":"a","leadId":"seven","role":"b"}"#;
    let (failed, _) = query_error(&ROLE, vec![rows(lead)]).await;
    assert!(matches!(failed, ApiError::Protocol { .. }), "{failed}");
}

#[tokio::test]
async fn a_token_without_a_word_on_more_rows_is_followed() {
    let row = |id: &str| format!(r#"{{"marketoGUID":"{id}","externalOpportunityId":"{id}"}}"#);
    let silent = format!(
        r#"{{"success":true,"result":[{}],"nextPageToken":"T="}}"#,
        row("a")
    );
    let last = format!(
        r#"{{"success":true,"result":[{}],"moreResult":false,"nextPageToken":"U="}}"#,
        row("b")
    );
    let server = Server::start([Answer::Ok(silent), Answer::Ok(last)]).await;
    let filter = by_key(&["a", "b"]);
    let found = server.client().query(&opportunities(), &filter, &[]).await;
    assert_eq!(found.expect("two records").len(), 2);
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn rows_that_nobody_asked_for_are_an_error_that_names_both() {
    let row = r#"{"marketoGUID":"g1","externalOpportunityId":"B","name":"secret name"}"#;
    let (a, b) = (
        Key::new(vec![KeyValue::Text("A".into())]),
        by_key(&["A", "C", "D", "E"]),
    );
    let ids = Filter::Field {
        name: "marketoGUID",
        values: vec!["g2".to_owned()],
    };
    let name = Filter::Field {
        name: "name",
        values: vec!["another".to_owned()],
    };
    let query = "query of opportunities";
    for (filter, expected) in [
        (Filter::Keys(&[&a]), "asked for A, the instance answered B"),
        (
            b,
            "asked for externalOpportunityId A, C, D, 1 more, the instance answered B",
        ),
        (ids, "asked for marketoGUID g2, the instance answered B"),
        (name, "asked for name another, the instance answered B"),
    ] {
        let server = Server::start([rows(row)]).await;
        let found = server
            .client()
            .query(&opportunities(), &filter, &names(&["name"]))
            .await;
        let failed = found.expect_err("B");
        assert!(matches!(failed, ApiError::Unasked { .. }), "{failed}");
        assert_eq!(failed.to_string(), format!("{query}: {expected}"));
    }
    // Letter case, blanks and accents are the instance's own business.
    for (asked, answered) in [("b", "B"), ("B ", "B"), ("Angelique", "Angélique")] {
        let row = format!(r#"{{"marketoGUID":"g1","externalOpportunityId":"{answered}"}}"#);
        let server = Server::start([rows(&row)]).await;
        let key = Key::new(vec![KeyValue::Text(asked.into())]);
        let found = server
            .client()
            .query(&opportunities(), &Filter::Keys(&[&key]), &[])
            .await;
        assert_eq!(found.expect(asked).len(), 1);
    }
}

#[tokio::test]
async fn half_a_surrogate_pair_is_left_out() {
    let row = r#"{"marketoGUID":"g1","externalOpportunityId":"A","name":"a\ud83db\ud83d\ude00"}"#;
    let server = Server::start([rows(row)]).await;
    let found = server
        .client()
        .query(&opportunities(), &by_key(&["A"]), &names(&["name"]))
        .await;
    assert_eq!(
        found.expect("a record")[0].fields.get("name"),
        Value::Text("ab😀".into())
    );
}

#[tokio::test]
async fn a_large_compressed_page_is_read() {
    let rows_of: Vec<String> = (0..300)
        .map(|index| {
            format!(
                r#"{{"marketoGUID":"g{index}","externalOpportunityId":"k{index}","name":"Chairs"}}"#
            )
        })
        .collect();
    let server = Server::start([rows(&rows_of.join(","))]).await;
    let fields = names(&["name"]);
    let keys: Vec<String> = (0..300).map(|index| format!("k{index}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let found = server
        .client()
        .query(&opportunities(), &by_key(&keys), &fields)
        .await;
    assert_eq!(found.expect("300 records").len(), 300);
}

#[tokio::test]
async fn a_value_with_a_comma_is_an_error() {
    let server = Server::start([]).await;
    let client = server.client();
    let leads = client.leads("email", &["a,b@example.com"]).await;
    let key = Key::new(vec![KeyValue::Text("A,B".into())]);
    let query = client
        .query(&opportunities(), &Filter::Keys(&[&key]), &[])
        .await;
    for failed in [leads.map(drop), query.map(drop)] {
        assert!(matches!(failed, Err(ApiError::Comma { .. })));
    }
    assert_eq!(client.calls().counted(), 0);
}

#[tokio::test]
#[should_panic(expected = "at most 300")]
async fn more_than_300_values_are_the_callers_mistake() {
    let server = Server::start([]).await;
    let values = vec!["x"; 301];
    drop(server.client().leads("email", &values).await);
}

#[tokio::test]
async fn a_description_is_read_with_what_it_leaves_out() {
    let described = r#"{"name":"opportunity","displayName":"Opportunity","createdAt":"2015-02-05T22:29:10Z",
        "idField":"marketoGUID","dedupeFields":["externalOpportunityId"],
        "searchableFields":[["externalOpportunityId"],["marketoGUID"]],
        "fields":[
            {"name":"marketoGUID","displayName":"Marketo GUID","dataType":"string","length":36,"updateable":false},
            {"name":"amount","dataType":"currency","updateable":true,"crmManaged":false},
            {"name":"shape","displayName":"Shape","dataType":"polygon","length":"255"},
            {"displayName":"nameless"}
        ]}"#;
    let server = Server::start([rows(described)]).await;
    let description = server
        .client()
        .describe(&OPPORTUNITY)
        .await
        .expect("a description");
    assert_eq!(
        server.seen()[0].line,
        "GET /rest/v1/opportunities/describe.json"
    );
    let field = |name: &str, data_type, length, updateable| Field {
        name: name.into(),
        data_type,
        length,
        updateable,
        sensitive: false,
    };
    assert_eq!(
        description.schema.fields(),
        [
            field("marketoGUID", DataType::String, Some(36), false),
            field("amount", DataType::Currency, None, true),
            field("shape", DataType::Other("polygon".into()), Some(255), true),
        ]
    );
    let notes = ["marketoGUID", "amount"].map(|name| &description.notes[name]);
    let note = |display_name: Option<&str>, crm_managed| FieldNote {
        display_name: display_name.map(Into::into),
        crm_managed,
    };
    assert_eq!(
        notes,
        [&note(Some("Marketo GUID"), None), &note(None, Some(false))]
    );
    assert_eq!(&*description.name, "opportunity");
    assert_eq!(description.display_name.as_deref(), Some("Opportunity"));
    assert_eq!(description.id_field.as_deref(), Some("marketoGUID"));
    assert_eq!(description.dedupe_fields, ["externalOpportunityId".into()]);
    let searchable = [
        vec!["externalOpportunityId".into()],
        vec!["marketoGUID".into()],
    ];
    assert_eq!(description.searchable, searchable);
}

#[tokio::test]
async fn a_description_without_fields_is_an_error() {
    let scripts = [
        rows(""),
        rows(r#"{"name":"opportunityRole"}"#),
        rows(r#"{"fields":[]}"#),
        rows(r#"{"fields":7}"#),
    ];
    for answer in scripts {
        let server = Server::start([answer]).await;
        let failed = server
            .client()
            .describe(&ROLE)
            .await
            .expect_err("no fields");
        assert!(matches!(failed, ApiError::Protocol { .. }), "{failed}");
        assert_eq!(
            server.seen()[0].line,
            "GET /rest/v1/opportunities/roles/describe.json"
        );
    }
}

#[tokio::test]
async fn leads_are_found_over_all_pages() {
    let script = [
        page(
            r#"{"id":1,"email":"Ada@example.com"},{"id":"2","Email":"bob+x@example.com"}"#,
            "T=",
        ),
        rows(r#"{"id":3,"email":"ada@example.com"}"#),
    ];
    let server = Server::start(script).await;
    let values = ["ada@example.com", "bob+x@example.com"];
    let found = server
        .client()
        .leads("email", &values)
        .await
        .expect("three leads");
    let lead = |id, value: &str| Lead {
        id,
        value: value.into(),
    };
    let expected = [
        lead(1, "Ada@example.com"),
        lead(2, "bob+x@example.com"),
        lead(3, "ada@example.com"),
    ];
    assert_eq!(found, expected);
    let seen = server.seen();
    assert_eq!(seen[0].line, "POST /rest/v1/leads.json?_method=GET");
    let first = "filterType=email&filterValues=ada%40example.com%2Cbob%2Bx%40example.com&fields=id%2Cemail&batchSize=300";
    assert_eq!(seen[0].body, first);
    assert_eq!(seen[1].body, format!("{first}&nextPageToken=T%3D"));
}

#[tokio::test]
async fn a_lead_without_what_was_asked_is_an_error() {
    for row in [
        r#"{"id":1}"#,
        r#"{"email":"a"}"#,
        r#"{"id":"x","email":"a"}"#,
        "7",
    ] {
        let server = Server::start([rows(row)]).await;
        let failed = server
            .client()
            .leads("email", &["a"])
            .await
            .expect_err("no lead");
        assert!(matches!(failed, ApiError::Protocol { .. }), "{failed}");
    }
}
