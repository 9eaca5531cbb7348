//! Refusals with their level and code, and the stored values of each data type.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{Bench, DELETE, DELETE_ROLES, OPPORTUNITIES, ROLES, bench, bench_with};

#[tokio::test]
async fn records_are_refused_one_by_one() {
    let bench = bench().await;
    let long = "x".repeat(256);
    let cases = [
        (json!({ "externalOpportunityId": "A", "noSuch": 1 }), "1006"),
        // The field is checked before the value, the value before the key.
        (json!({ "noSuch": 1, "amount": "x" }), "1006"),
        (json!({ "amount": "x" }), "1003"),
        (json!({ "name": "no key" }), "1003"),
        (json!({ "externalOpportunityId": " ", "name": "A" }), "1003"),
        (
            json!({ "externalOpportunityId": null, "name": "A" }),
            "1003",
        ),
        (
            json!({ "externalOpportunityId": ["A"], "name": "A" }),
            "1003",
        ),
        (
            json!({ "externalOpportunityId": "A", "name": null }),
            "1003",
        ),
        (json!({ "externalOpportunityId": "A", "name": "" }), "1003"),
        (
            json!({ "externalOpportunityId": "A", "name": long }),
            "1003",
        ),
        (json!({ "externalOpportunityId": "x".repeat(51) }), "1003"),
        (
            json!({ "externalOpportunityId": "A", "name": true }),
            "1003",
        ),
        (
            json!({ "externalOpportunityId": "A", "createdAt": "2026-01-01T00:00:00Z" }),
            "1003",
        ),
        (
            json!({ "externalOpportunityId": "A", "marketoGUID": "x" }),
            "1003",
        ),
        (json!({ "externalOpportunityId": "A", "seq": 0 }), "1006"),
        (json!({ "externalOpportunityId": "A" }), "created"),
        (
            json!({ "externalOpportunityId": " a ", "name": "twice" }),
            "1036",
        ),
    ];
    let (input, expected): (Vec<Value>, Vec<&str>) = cases.into_iter().unzip();
    let done = bench.write(OPPORTUNITIES, &json!({ "input": input })).await;
    assert_eq!(done, expected);
}

#[tokio::test]
async fn a_skipped_record_has_its_index_and_no_id() {
    let bench = bench().await;
    let body = json!({ "input": [{ "externalOpportunityId": "A" }, { "noSuch": 1 }] });
    let reply = bench.post(OPPORTUNITIES, &body).await;
    assert_eq!(
        reply["result"][1],
        json!({
            "seq": 1,
            "status": "skipped",
            "reasons": [{ "code": "1006", "message": "Field 'noSuch' not found" }],
        })
    );
}

#[tokio::test]
async fn roles_need_every_part_of_their_key() {
    let bench = bench().await;
    let full = json!({ "externalOpportunityId": "A", "leadId": 1, "role": "Buyer" });
    for part in ["externalOpportunityId", "leadId", "role"] {
        let mut record = full.clone();
        record.as_object_mut().unwrap().remove(part);
        let body = json!({ "input": [record] });
        assert_eq!(bench.write(ROLES, &body).await, ["1003"], "{part}");
        assert_eq!(bench.write(DELETE_ROLES, &body).await, ["1003"], "{part}");
    }
}

#[tokio::test]
async fn deletes_contain_only_keys_or_ids() {
    let bench = bench().await;
    bench.opportunities(&["A", "B"]).await;
    let body = json!({ "input": [
        { "externalOpportunityId": "A", "name": "A" },
        { "externalOpportunityId": "A", "noSuch": 1 },
        { "externalOpportunityId": "B" },
        { "externalOpportunityId": "b" },
        { "externalOpportunityId": "C" },
        { "marketoGUID": "00000000-0000-4000-8000-000000000000" },
    ] });
    let expected = ["1003", "1006", "deleted", "1036", "1013", "1003"];
    assert_eq!(bench.write(DELETE, &body).await, expected);
}

fn many(count: usize) -> Vec<Value> {
    vec![json!({ "externalOpportunityId": "A" }); count]
}

#[tokio::test]
async fn calls_are_refused_as_a_whole() {
    let bench = bench().await;
    for (body, expected) in [
        (json!({}), "call 1003"),
        (json!({ "input": null }), "call 1003"),
        (json!({ "input": [] }), "call 1003"),
        (json!({ "input": many(301) }), "call 1003"),
        (json!({ "input": {} }), "call 609"),
        (json!({ "input": ["A"] }), "call 609"),
        (json!({ "input": many(1), "action": {} }), "call 609"),
        (json!([]), "call 609"),
    ] {
        for path in [OPPORTUNITIES, ROLES, DELETE] {
            if path == DELETE && body.get("action").is_some() {
                continue;
            }
            assert_eq!(bench.write(path, &body).await, [expected], "{path} {body}");
        }
    }
    let none = bench.find(OPPORTUNITIES, "dedupeFields", "A", "name").await;
    assert_eq!(none, Vec::<Value>::new());
}

#[tokio::test]
async fn a_key_may_not_change_but_may_be_repeated() {
    let bench = bench().await;
    bench.opportunities(&["A"]).await;
    let rows = bench.find(OPPORTUNITIES, "dedupeFields", "A", "name").await;
    let guid = &rows[0]["marketoGUID"];
    let rename = |key: &str| {
        let record = json!({ "marketoGUID": guid, "externalOpportunityId": key });
        json!({ "action": "updateOnly", "dedupeBy": "idField", "input": [record] })
    };
    assert_eq!(bench.write(OPPORTUNITIES, &rename("B")).await, ["1003"]);
    assert_eq!(bench.write(OPPORTUNITIES, &rename("A")).await, ["updated"]);
}

/// A bench with a custom field of opportunities for each data type without a standard field.
async fn typed_bench() -> Bench {
    bench_with(|options, directory| {
        let path = directory.join("schema.yaml");
        let types = [
            "email",
            "percent",
            "phone",
            "score",
            "text",
            "textarea",
            "url",
            "reference",
            "formula",
            "link",
        ];
        let fields: Vec<Value> = types
            .iter()
            .map(|name| json!({ "name": format!("{name}X"), "dataType": name }))
            .chain([
                json!({ "name": "short", "dataType": "string", "length": 3 }),
                json!({ "name": "once", "dataType": "string", "updateable": false }),
            ])
            .collect();
        let schema = json!({ "opportunity": { "fields": fields } });
        std::fs::write(&path, schema.to_string()).unwrap();
        options.schema = Some(path);
    })
    .await
}

#[tokio::test]
async fn each_data_type_takes_its_forms_and_answers_one() {
    let bench = typed_bench().await;
    // The sent JSON text and the returned one.
    let cases = [
        ("amount", r#""1604.470""#, "1604.47"),
        ("amount", "12345678901234567.89", "1.2345678901234568E16"),
        ("amount", "12345678", "1.2345678E7"),
        ("amount", "0.00012", "1.2E-4"),
        ("amount", "1e3", "1000.0"),
        ("quantity", "-0.5", "-0.5"),
        ("probability", r#""40""#, "40"),
        ("percentX", "12.50", "12.5"),
        ("percentX", "12", "12"),
        ("fiscalYear", "2026", "2026"),
        ("scoreX", "-7", "-7"),
        ("isWon", r#""TRUE""#, "true"),
        ("closeDate", r#""2026-12-31""#, r#""2026-12-31""#),
        (
            "externalCreatedDate",
            r#""2010-05-07T15:41:32.9-05:00""#,
            r#""2010-05-07T20:41:32Z""#,
        ),
        (
            "externalCreatedDate",
            r#""2010-05-07T15:41:32+0200""#,
            r#""2010-05-07T13:41:32Z""#,
        ),
        (
            "description",
            r#""Grüße 😀\n\"x\"""#,
            r#""Grüße 😀\n\"x\"""#,
        ),
        ("stage", "12", r#""12""#),
        ("emailX", r#""ada@example.com""#, r#""ada@example.com""#),
        ("phoneX", r#""+49 40 1""#, r#""+49 40 1""#),
        (
            "urlX",
            r#""https://example.com/""#,
            r#""https://example.com/""#,
        ),
        ("short", r#""äöü""#, r#""äöü""#),
    ];
    for (field, sent, answered) in cases {
        let body = format!(r#"{{"input":[{{"externalOpportunityId":"A","{field}":{sent}}}]}}"#);
        let request = bench
            .http
            .post(bench.url(OPPORTUNITIES))
            .header("content-type", "application/json; charset=utf-8")
            .body(body);
        let reply = bench.send(request).await;
        assert_ne!(
            reply["result"][0]["status"], "skipped",
            "{field} {sent} {reply}"
        );
        let query =
            format!("{OPPORTUNITIES}?filterType=dedupeFields&filterValues=A&fields={field}");
        let request = bench.http.get(bench.url(&query)).bearer_auth(&bench.token);
        let text = request.send().await.unwrap().text().await.unwrap();
        let member = format!(r#""{field}":{answered}}}"#);
        assert!(text.contains(&member), "{member} is not in {text}");
    }
}

#[tokio::test]
async fn each_data_type_refuses_what_it_does_not_take() {
    let bench = typed_bench().await;
    for (field, value) in [
        ("amount", json!("not money")),
        ("amount", json!("1_000")),
        ("amount", json!(true)),
        ("quantity", json!("14c")),
        ("percentX", json!("100%")),
        ("probability", json!(12.5)),
        ("fiscalYear", json!(14.1)),
        ("fiscalYear", json!("99999999999999999999")),
        ("scoreX", json!("high")),
        ("isWon", json!("other")),
        ("isWon", json!(1)),
        ("closeDate", json!("yesterday")),
        ("closeDate", json!("2026-02-30")),
        ("closeDate", json!("20261231")),
        ("closeDate", json!(20261231)),
        ("externalCreatedDate", json!("yesterday")),
        ("externalCreatedDate", json!("2026-12-31")),
        ("externalCreatedDate", json!("2026-12-31T10:00:00")),
        ("emailX", json!("ada@")),
        ("emailX", json!("ada@exämple.com")),
        ("textX", json!("x".repeat(30_001))),
        ("textareaX", json!("ä".repeat(15_001))),
        ("short", json!("abcd")),
        ("name", json!({ "a": 1 })),
    ] {
        let body = json!({ "input": [{ "externalOpportunityId": "A", field: value }] });
        assert_eq!(
            bench.write(OPPORTUNITIES, &body).await,
            ["1003"],
            "{field} {value}"
        );
    }
}

fn once(value: &str) -> Value {
    json!({ "input": [{ "externalOpportunityId": "A", "once": value }] })
}

#[tokio::test]
async fn a_field_that_is_not_updateable_is_written_once() {
    let bench = typed_bench().await;
    assert_eq!(
        bench.write(OPPORTUNITIES, &once("first")).await,
        ["created"]
    );
    assert_eq!(
        bench.write(OPPORTUNITIES, &once("first")).await,
        ["updated"]
    );
    assert_eq!(bench.write(OPPORTUNITIES, &once("second")).await, ["1003"]);
}
