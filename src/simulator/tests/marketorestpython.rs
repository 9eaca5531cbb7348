//! Companies and sales persons as marketorestpython 0.5.25 calls them: the bytes that this client sends, which is the one that
//! most people use.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Bench, bench};

/// The type of its queries, and of its other calls.
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

/// The text of a reply to a request of the client, with its head.
async fn exchange(
    bench: &Bench,
    line: &str,
    encoding: &str,
    body: Option<(&str, &str)>,
) -> Vec<u8> {
    let addr = bench.simulator.addr();
    let mut request = format!(
        "{line} HTTP/1.1\r\nHost: {addr}\r\nUser-Agent: python-requests/2.34.2\r\nAccept-Encoding: {encoding}\r\nAccept: */*\r\nConnection: keep-alive\r\nAuthorization: Bearer {}\r\n",
        bench.token
    );
    if let Some((kind, body)) = body {
        let length = body.len();
        request =
            format!("{request}Content-type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}");
    } else {
        request.push_str("\r\n");
    }
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut reply = Vec::new();
    while !is_whole(&reply) {
        assert_ne!(stream.read_buf(&mut reply).await.unwrap(), 0);
    }
    reply
}

/// Whether a reply has been read to its end.
fn is_whole(reply: &[u8]) -> bool {
    let text = String::from_utf8_lossy(reply);
    let Some((head, _)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    match length {
        Some(length) => reply.len() == head.len() + 4 + length.parse::<usize>().unwrap(),
        None => reply.ends_with(b"\r\n0\r\n\r\n"),
    }
}

/// The reply to a POST of the client, without its request id.
async fn post(bench: &Bench, target: &str, kind: &str, body: &str) -> Value {
    let line = format!("POST {target}");
    let reply = exchange(bench, &line, "gzip, deflate", Some((kind, body))).await;
    let text = String::from_utf8(reply).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    let mut reply: Value = serde_json::from_str(body).unwrap();
    reply.as_object_mut().unwrap().remove("requestId");
    reply
}

#[tokio::test]
async fn describe_is_answered() {
    let bench = bench().await;
    for name in ["companies", "salespersons"] {
        let line = format!("GET /rest/v1/{name}/describe.json");
        let reply = exchange(&bench, &line, "gzip", None).await;
        let text = String::from_utf8_lossy(&reply);
        assert!(text.starts_with("HTTP/1.1 200 OK"), "{text}");
    }
}

#[tokio::test]
async fn the_life_of_a_company() {
    let bench = bench().await;
    let path = "/rest/v1/companies.json";
    let sync = r#"{"input": [{"externalCompanyId": "C", "company": "Chairs & S\u00f6hne"}, {"externalCompanyId": "D d"}], "action": "createOrUpdate", "dedupeBy": "dedupeFields"}"#;
    assert_eq!(
        post(&bench, path, JSON, sync).await["result"],
        json!([
            { "seq": 0, "status": "created", "id": 1 },
            { "seq": 1, "status": "created", "id": 2 },
        ])
    );
    // A list of fields becomes a parameter each.
    let query = "filterValues=C%2CD+d&filterType=externalCompanyId&fields=id&fields=company";
    assert_eq!(
        post(&bench, &format!("{path}?_method=GET"), FORM, query).await["result"],
        json!([
            { "seq": 0, "id": 1, "company": "Chairs & Söhne" },
            { "seq": 1, "id": 2, "company": null },
        ])
    );
    // The token of the next page stands in the URL.
    let query = "filterValues=1%2C2&filterType=id&fields=id%2Ccompany&batchSize=1";
    let page = post(&bench, &format!("{path}?_method=GET"), FORM, query).await;
    let token = page["nextPageToken"].as_str().unwrap().replace('=', "%3D");
    let target = format!("{path}?_method=GET&nextPageToken={token}");
    let last = post(&bench, &target, FORM, query).await;
    assert_eq!(
        last["result"],
        json!([{ "seq": 0, "id": 2, "company": null }])
    );
    assert_eq!(last.get("nextPageToken"), None);
    let delete = r#"{"input": [{"externalCompanyId": "C"}], "deleteBy": "dedupeFields"}"#;
    let target = "/rest/v1/companies/delete.json";
    assert_eq!(
        post(&bench, target, JSON, delete).await["result"],
        json!([{ "seq": 0, "id": 1, "status": "deleted" }])
    );
    let reasons = json!([{ "code": "1013", "message": "Record not found" }]);
    assert_eq!(
        post(&bench, target, JSON, delete).await["result"],
        json!([{ "seq": 0, "status": "skipped", "reasons": reasons }])
    );
}

#[tokio::test]
async fn the_life_of_a_sales_person() {
    let bench = bench().await;
    let path = "/rest/v1/salespersons.json";
    let sync = r#"{"input": [{"externalSalesPersonId": "sam@test.com", "email": "sam@test.com", "firstName": "Sam", "lastName": "Sanosin"}], "action": "createOrUpdate", "dedupeBy": "dedupeFields"}"#;
    for status in ["created", "updated"] {
        assert_eq!(
            post(&bench, path, JSON, sync).await["result"],
            json!([{ "seq": 0, "status": status, "id": 1 }])
        );
    }
    let query = "filterValues=sam%40test.com&filterType=dedupeFields";
    let times = "2026-03-02T18:00:00Z";
    assert_eq!(
        post(&bench, &format!("{path}?_method=GET"), FORM, query).await["result"],
        json!([{
            "seq": 0, "id": 1, "externalSalesPersonId": "sam@test.com", "email": "sam@test.com",
            "firstName": "Sam", "lastName": "Sanosin", "createdAt": times, "updatedAt": times,
        }])
    );
    let delete = r#"{"input": [{"id": 1}], "deleteBy": "idField"}"#;
    let target = "/rest/v1/salespersons/delete.json";
    assert_eq!(
        post(&bench, target, JSON, delete).await["result"],
        json!([{ "seq": 0, "id": 1, "status": "deleted" }])
    );
}
