//! Every example of Marketo's documentation, under the preset `documented`: the test creates what the example requires, sends the documented request and
//! compares the answer with the documented one.
//!
//! Ids, times and tokens are equal if they have the same form. Everything else must be equal: members, types, statuses,
//! values. If the page shows only a part of a list, that part is compared.

use std::path::Path;

use pretty_assertions::assert_eq;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Bench, OPPORTUNITIES, Options, ROLES, bench_with};
use crate::simulator::Answers;
use crate::tests::{Example, examples};

/// The leads in the examples.
const LEADS: &str =
    "leads: [{ id: 1 }, { id: 1872 }, { id: 273891 }, { id: 456783 }, { id: 456784 }]";

#[tokio::test]
async fn every_documented_request_is_answered_as_documented() {
    for example in examples() {
        let bench = bench_with(prepare).await;
        let ids = presuppose(&bench, &example).await;
        let mut answer = answer(&bench, &example, &ids).await;
        let mut documented = match example.response() {
            Some(response) => response,
            None => like_another(&example),
        };
        if example.name() == ("Opportunities", "Describe") {
            shorten(&mut answer, &documented);
        }
        take_forms(&mut answer);
        take_forms(&mut documented);
        assert_eq!(answer, documented, "{:?}", example.name());
    }
}

fn prepare(options: &mut Options, directory: &Path) {
    let leads = directory.join("leads.yaml");
    std::fs::write(&leads, LEADS).unwrap();
    options.leads = Some(leads);
    options.answers = Answers::preset("documented").unwrap();
}

/// Creates what the example requires. Returns each documented id with the one that the simulator assigned.
async fn presuppose(bench: &Bench, example: &Example) -> Vec<(String, String)> {
    let [chairs, phase] = ["19UYA31581L000000", "29UYA31581L000000"];
    let buyer =
        json!({ "externalOpportunityId": chairs, "leadId": 456_783, "role": "Technical Buyer" });
    match example.name() {
        ("Opportunities" | "Opportunity Roles", "Describe")
        | ("Opportunities", "By Name" | "Browse") => {}
        ("Opportunities", "Query") => return queried(bench, example).await,
        // The first is updated, the second created.
        ("Opportunities", "Create and Update") => bench.opportunities(&[chairs]).await,
        ("Opportunities", "Delete") => bench.opportunities(&[chairs, phase]).await,
        ("Opportunity Roles", "Query") => {
            let body = example.body().unwrap();
            let input = body["input"].as_array().unwrap();
            let parents: Vec<&str> = input
                .iter()
                .map(|role| role["externalOpportunityId"].as_str().unwrap())
                .collect();
            bench.opportunities(&parents).await;
            create(bench, ROLES, input).await;
        }
        ("Opportunity Roles", "Create and Update" | "Delete") => {
            bench.opportunities(&[chairs]).await;
            create(bench, ROLES, &[buyer]).await;
        }
        unknown => panic!("nobody said what {unknown:?} presupposes"),
    }
    Vec::new()
}

/// Creates the opportunities that the documented query finds.
async fn queried(bench: &Bench, example: &Example) -> Vec<(String, String)> {
    let mut found = example.response().unwrap()["result"].take();
    let found = found.as_array_mut().unwrap();
    let documented: Vec<String> = found
        .iter_mut()
        .map(|row| {
            let row = row.as_object_mut().unwrap();
            row.remove("seq");
            let id = row.remove("marketoGUID").unwrap();
            // The trailing blank on the page is not part of the id.
            id.as_str().unwrap().trim().to_owned()
        })
        .collect();
    let given = create(bench, OPPORTUNITIES, found).await;
    documented.into_iter().zip(given).collect()
}

fn guid(row: &Value) -> String {
    row["marketoGUID"].as_str().unwrap().to_owned()
}

/// Creates records and returns their ids.
async fn create(bench: &Bench, path: &str, input: &[Value]) -> Vec<String> {
    let reply = bench.post(path, &json!({ "input": input })).await;
    let rows = reply["result"].as_array().unwrap();
    rows.iter().map(guid).collect()
}

/// The simulator's answer to the documented request.
async fn answer(bench: &Bench, example: &Example, ids: &[(String, String)]) -> Value {
    let (method, target) = example.request();
    let mut url = bench.url(target);
    for (documented, given) in ids {
        url = url.replace(documented, given);
    }
    let method: Method = method.parse().unwrap();
    let mut request = bench.http.request(method, url).bearer_auth(&bench.token);
    if let Some(body) = example.body() {
        request = request.json(&body);
    }
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()["content-type"],
        "application/json;charset=UTF-8"
    );
    response.json().await.unwrap()
}

/// A reply that a page describes only as "the same type of response as a standard GET query": the one of
/// "Opportunities", with the requested fields.
fn like_another(example: &Example) -> Value {
    assert_eq!(example.name(), ("Opportunity Roles", "Query"));
    let examples = examples();
    let mut others = examples.iter();
    let other = others.find(|other| other.name() == ("Opportunities", "Query"));
    let mut reply = other.unwrap().response().unwrap();
    let body = example.body().unwrap();
    let rows = body["input"].as_array().unwrap().iter().enumerate();
    let row = |(seq, input): (usize, &Value)| {
        let mut row = input.clone();
        row["seq"] = json!(seq);
        // With the trailing blank of that reply.
        row["marketoGUID"] = json!("dff23271-f996-47d7-984f-f2676861b5fa ");
        row
    };
    reply["result"] = rows.map(row).collect();
    reply
}

/// The members of a described field with their JSON types.
fn members(field: &Value) -> Vec<(String, &'static str)> {
    let members = field.as_object().unwrap().iter();
    members
        .map(|(name, value)| (name.clone(), json_type(value)))
        .collect()
}

/// Reduces a description to the part that the page shows. Checks first that the fields which the page cuts off have the
/// same members.
fn shorten(answer: &mut Value, documented: &Value) {
    let documented = &documented["result"][0];
    let shown = documented["fields"].as_array().unwrap();
    let shapes: Vec<_> = shown.iter().map(members).collect();
    let described = answer["result"][0].as_object_mut().unwrap();
    let fields = described["fields"].as_array_mut().unwrap();
    for field in fields.iter() {
        assert!(shapes.contains(&members(field)), "{field}");
    }
    fields.retain(|field| shown.iter().any(|shown| shown["name"] == field["name"]));
    let searchable = described["searchableFields"].as_array_mut().unwrap();
    for by in searchable.iter() {
        let names = by.as_array().unwrap();
        assert!(names.iter().all(Value::is_string), "{by}");
    }
    let shown = documented["searchableFields"].as_array().unwrap();
    searchable.retain(|by| shown.contains(by));
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Replaces each text that differs from call to call with the name of its form.
fn take_forms(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(form) = form(text) {
                form.clone_into(text);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(take_forms),
        Value::Object(members) => members.values_mut().for_each(take_forms),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The form of a text: `x` stands for a hexadecimal digit, `9` for a decimal one.
fn form(text: &str) -> Option<&'static str> {
    const GUID: &str = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    const GUID_AND_BLANK: &str = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx ";
    const DATETIME: &str = "9999-99-99T99:99:99Z";
    let fixed = [GUID, GUID_AND_BLANK, DATETIME];
    fixed
        .into_iter()
        .find(|form| has_form(text, form))
        .or_else(|| is_request_id(text).then_some("a request id"))
        .or_else(|| is_page_token(text).then_some("a page token"))
}

fn has_form(text: &str, form: &str) -> bool {
    let fits = |(byte, form): (u8, u8)| match form {
        b'x' => is_lower_hex(byte),
        b'9' => byte.is_ascii_digit(),
        other => byte == other,
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}

fn is_hex_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_lower_hex)
}

/// For example `e42b#14272d07d78`.
fn is_request_id(text: &str) -> bool {
    text.split_once('#')
        .is_some_and(|(first, second)| is_hex_number(first) && is_hex_number(second))
}

fn is_base32(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'2'..=b'7')
}

/// For example `E5ZONGE4SAHALYYW6FS25KB5BM======`.
fn is_page_token(text: &str) -> bool {
    let letters = text.trim_end_matches('=');
    letters.len() < text.len() && text.len().is_multiple_of(8) && letters.bytes().all(is_base32)
}

fn is_lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}
