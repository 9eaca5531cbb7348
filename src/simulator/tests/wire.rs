//! The forms of HTTP: paths, methods, content types, sizes, compression, versions.

use pretty_assertions::assert_eq;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::{
    DELETE, DESCRIBE, IDENTITY, OPPORTUNITIES, Options, ROLES, bench, bench_with, code, start,
};
use crate::simulator::{CallOperation, CallOutcome, LoggedCall, SimulatorError};

#[tokio::test]
async fn paths_and_methods_are_known_or_refused() {
    let bench = bench().await;
    for (method, path, expected) in [
        (Method::GET, "/", "610"),
        (Method::GET, "/rest/v1/oportunities.json", "610"),
        (Method::GET, "/rest//v1/opportunities.json", "610"),
        (
            Method::GET,
            "/rest/v1/opportunities/schema/fieldsx.json",
            "610",
        ),
        (
            Method::GET,
            "/rest/v1/opportunities/roles/schema/fields.json",
            "610",
        ),
        (Method::GET, DELETE, "605"),
        (Method::POST, DESCRIBE, "605"),
        (Method::PUT, OPPORTUNITIES, "605"),
        (
            Method::POST,
            "/rest/v1/opportunities.json?_method=DELETE",
            "605",
        ),
        (
            Method::POST,
            "/rest/v1/opportunities/describe.json?_method=GET",
            "ok",
        ),
    ] {
        let request = bench.http.request(method.clone(), bench.url(path));
        assert_eq!(
            code(&bench.send(request).await),
            expected,
            "{method} {path}"
        );
    }
    let reply = bench.get(DELETE).await;
    let message = "Request method 'GET' not supported";
    assert_eq!(reply["errors"][0]["message"], message);
    // A form cannot call the endpoint of another method either.
    let form = bench.form(DELETE, &[("_method", "GET")]).await;
    assert_eq!(code(&form), "605");
}

#[tokio::test]
async fn pages_of_others_are_not_answered() {
    let bench = bench_with(|options, _| options.control = true).await;
    let port = bench.simulator.addr().port();
    let rows = [
        ("host", format!("localhost:{port}"), true),
        ("host", format!("[::1]:{port}"), true),
        ("origin", format!("http://localhost:{port}"), true),
        ("host", "evil.example".to_owned(), false),
        ("host", format!("127.0.0.1.evil.example:{port}"), false),
        ("origin", "http://evil.example".to_owned(), false),
        ("origin", "null".to_owned(), false),
        ("origin", "file://".to_owned(), false),
    ];
    let before = bench.simulator.calls().len();
    for (header, value, is_answered) in &rows {
        for path in [IDENTITY, DESCRIBE, "/simulator/faults"] {
            let request = bench.http.get(bench.url(path)).bearer_auth(&bench.token);
            let reply = request.header(*header, value).send().await.unwrap();
            let expected = if *is_answered { 200 } else { 403 };
            assert_eq!(reply.status(), expected, "{header}: {value} {path}");
            let text = reply.text().await.unwrap();
            assert!(!text.contains("evil"), "{text}");
            assert_eq!(text.contains("\"error\":"), !is_answered, "{text}");
        }
    }
    // What is refused here is no call of the API.
    assert_eq!(bench.simulator.calls().len() - before, 2 * 3);
    let fault = bench
        .http
        .post(bench.url("/simulator/faults"))
        .header("host", "evil.example")
        .json(&json!({ "code": "606" }));
    assert_eq!(fault.send().await.unwrap().status(), 403);
    assert!(bench.simulator.faults().waiting().is_empty());
}

#[tokio::test]
async fn bodies_are_json_of_the_right_type() {
    let bench = bench().await;
    let send = async |kind: Option<&str>, path: &str, body: &'static str| {
        let mut request = bench.http.post(bench.url(path)).body(body);
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        code(&bench.send(request).await)
    };
    let query = "/rest/v1/opportunities.json?_method=GET&filterType=dedupeFields&filterValues=A";
    let json = Some("application/json");
    for (kind, path, body, expected) in [
        (None, OPPORTUNITIES, "{}", "612"),
        (Some("text/plain"), OPPORTUNITIES, "{}", "612"),
        (
            Some("application/x-www-form-urlencoded"),
            OPPORTUNITIES,
            "a=b",
            "612",
        ),
        (Some("text/plain"), query, "", "612"),
        (
            Some("Application/JSON;charset=utf-8"),
            OPPORTUNITIES,
            "{}",
            "1003",
        ),
        (json, OPPORTUNITIES, "", "609"),
        (json, OPPORTUNITIES, "{", "609"),
        (json, OPPORTUNITIES, "null", "609"),
        (json, OPPORTUNITIES, "{} {}", "609"),
    ] {
        assert_eq!(
            send(kind, path, body).await,
            expected,
            "{kind:?} {path} {body}"
        );
    }
    let broken = bench
        .http
        .post(bench.url(OPPORTUNITIES))
        .header("content-type", "application/json")
        .body(b"{\"input\":[{\"name\":\"\xff\"}]}".to_vec());
    assert_eq!(code(&bench.send(broken).await), "609");
}

#[tokio::test]
async fn bodies_that_mean_another_call_are_refused_and_unknown_members_are_listed() {
    let (sender, mut news) = tokio::sync::mpsc::unbounded_channel();
    let bench = bench_with(|options, _| {
        options.control = true;
        options.ignored = Some(sender);
    })
    .await;
    let records = json!([{ "externalOpportunityId": "A" }]);
    let filter = format!("{OPPORTUNITIES}?filterType=dedupeFields&filterValues=A");
    let query = format!("{ROLES}?_method=GET");
    let role = json!([{ "externalOpportunityId": "A", "leadId": 1, "role": "Buyer" }]);
    for (path, body, expected) in [
        (
            OPPORTUNITIES,
            json!({ "filterType": "dedupeFields", "input": records }),
            "1003",
        ),
        (
            OPPORTUNITIES,
            json!({ "fields": ["name"], "input": records }),
            "1003",
        ),
        (&filter, json!({ "input": records }), "1003"),
        (
            DELETE,
            json!({ "dedupeBy": "idField", "input": records }),
            "1003",
        ),
        (
            OPPORTUNITIES,
            json!({ "lookupField": "name", "input": records }),
            "ok",
        ),
        (
            OPPORTUNITIES,
            json!({ "lookupField": "name", "input": records }),
            "ok",
        ),
        (
            DELETE,
            json!({ "action": "delete", "input": records }),
            "ok",
        ),
        (
            &query,
            json!({ "filterType": "dedupeFields", "batch": 1, "input": role }),
            "ok",
        ),
        (
            "/rest/v1/opportunities/delete.json?dedupeBy=idField",
            json!({ "input": records }),
            "1003",
        ),
        (
            "/rest/v1/opportunities/delete.json?deleteBy=idField",
            json!({ "input": records }),
            "ok",
        ),
    ] {
        assert_eq!(
            code(&bench.post(path, &body).await),
            expected,
            "{path} {body}"
        );
    }
    let searched = format!("{filter}&filterField=x&filterField=y");
    assert_eq!(code(&bench.get(&searched).await), "ok");
    let ignored = [
        (OPPORTUNITIES, "query", "filterField", 1),
        (OPPORTUNITIES, "sync", "lookupField", 2),
        (DELETE, "delete", "action", 1),
        (DELETE, "delete", "deleteBy", 1),
        (ROLES, "query", "batch", 1),
    ];
    let rows = ignored.map(|(path, operation, member, calls)| json!({ "path": path, "operation": operation, "member": member, "calls": calls }));
    let request = bench.http.get(bench.url("/simulator/ignored"));
    let listed: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(listed, json!({ "ignored": rows }));
    assert_eq!(bench.simulator.ignored_members().len(), 5);
    let mut first = Vec::new();
    while let Ok(member) = news.try_recv() {
        first.push(member.to_string());
    }
    let told = [
        "a sync of /rest/v1/opportunities.json has no member `lookupField`: ignored",
        "a delete of /rest/v1/opportunities/delete.json has no member `action`: ignored",
        "a query of /rest/v1/opportunities/roles.json has no member `batch`: ignored",
        "a delete of /rest/v1/opportunities/delete.json has no member `deleteBy`: ignored",
        "a query of /rest/v1/opportunities.json has no member `filterField`: ignored",
    ];
    assert_eq!(first, told);
}

#[tokio::test]
async fn the_list_of_ignored_members_stays_small() {
    let bench = bench().await;
    let mut body = json!({ "input": [{ "externalOpportunityId": "A" }] });
    for number in 0..1_200 {
        body[format!("{number}{}", "x".repeat(500))] = json!(0);
    }
    assert_eq!(code(&bench.post(OPPORTUNITIES, &body).await), "ok");
    let ignored = bench.simulator.ignored_members();
    assert_eq!(ignored.len(), 1_000);
    assert!(ignored.iter().all(|(it, _)| it.member.len() == 100));
}

#[tokio::test]
async fn what_is_too_large_is_refused_by_the_gateway() {
    let bench = bench().await;
    let body = json!({ "input": [{ "name": "x".repeat(1024 * 1024) }] });
    let request = bench.http.post(bench.url(OPPORTUNITIES)).json(&body);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 413);
    assert_eq!(response.headers()["content-type"], "text/html");
    let values = "x".repeat(8 * 1024);
    let path = format!("{OPPORTUNITIES}?filterType=dedupeFields&filterValues={values}");
    let request = bench.http.get(bench.url(&path));
    assert_eq!(request.send().await.unwrap().status(), 414);
}

#[tokio::test]
async fn long_replies_are_compressed_and_short_ones_are_not() {
    let bench = bench().await;
    // A client that shows the header and does not decompress.
    let plain = Client::builder().no_gzip().build().unwrap();
    let encoding = async |path: &str| {
        let request = plain.get(bench.url(path)).header("accept-encoding", "gzip");
        let response = request.bearer_auth(&bench.token).send().await.unwrap();
        let value = response.headers().get("content-encoding").cloned();
        value.map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(encoding(DESCRIBE).await.as_deref(), Some("gzip"));
    assert_eq!(encoding(DELETE).await, None);
    assert_eq!(code(&bench.get(DESCRIBE).await), "ok");
}

#[tokio::test]
async fn both_versions_of_http_are_spoken_and_calls_are_logged() {
    let bench = bench().await;
    let second = Client::builder().http2_prior_knowledge().build().unwrap();
    let path = format!("{ROLES}?filterType=leadId&filterValues=1");
    let request = second.get(bench.url(&path)).bearer_auth(&bench.token);
    let reply: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(code(&reply), "ok");
    bench.get("/rest/v1/nothing.json").await;
    let call = |method: &str, path: &str, protocol, operation, answer| LoggedCall {
        method: method.to_owned(),
        path: path.to_owned(),
        protocol,
        operation,
        answer,
    };
    let lost = CallOutcome::Code("610".to_owned());
    assert_eq!(
        bench.simulator.calls(),
        [
            call(
                "GET",
                "/identity/oauth/token",
                "HTTP/1.1",
                CallOperation::Identity,
                CallOutcome::Ok
            ),
            call(
                "GET",
                ROLES,
                "HTTP/2",
                CallOperation::Query,
                CallOutcome::Ok
            ),
            call(
                "GET",
                "/rest/v1/nothing.json",
                "HTTP/1.1",
                CallOperation::Unknown,
                lost
            ),
        ]
    );
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = Options::new(directory.path());
    options.listen = "0.0.0.0:0".parse().unwrap();
    let error = start(options).await.err().unwrap();
    assert!(matches!(error, SimulatorError::NotLoopback(_)), "{error:?}");
}

#[tokio::test]
async fn a_port_in_use_is_reported() {
    let bench = bench().await;
    let directory = tempfile::tempdir().unwrap();
    let mut options = Options::new(directory.path());
    options.listen = bench.simulator.addr();
    let error = start(options).await.err().unwrap();
    assert!(matches!(error, SimulatorError::Bind { .. }), "{error:?}");
}
