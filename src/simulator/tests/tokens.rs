//! The lifetime of tokens, and refusals of the identity endpoint.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{Bench, DESCRIBE, IDENTITY, SimulatedClock, bench, bench_with, code, new_token};

async fn on_a_clock() -> (Bench, SimulatedClock) {
    let clock = SimulatedClock::fixed("2026-03-02T18:00:00Z".parse().unwrap());
    let shared = clock.clone();
    let bench = bench_with(|options, _| options.clock = shared).await;
    (bench, clock)
}

async fn identity(bench: &Bench) -> Value {
    let request = bench.http.get(bench.url(IDENTITY));
    request.send().await.unwrap().json().await.unwrap()
}

fn token(left: u64, token: &str) -> Value {
    json!({
        "access_token": token, "token_type": "bearer", "expires_in": left, "scope": "api@simulator.example",
    })
}

#[tokio::test]
async fn a_token_stays_the_same_while_its_seconds_count_down() {
    let (bench, clock) = on_a_clock().await;
    assert_eq!(identity(&bench).await, token(3600, &bench.token));
    clock.advance(Duration::from_millis(3_599_500));
    assert_eq!(identity(&bench).await, token(0, &bench.token));
    assert_eq!(code(&bench.get(DESCRIBE).await), "ok");
    clock.advance(Duration::from_millis(500));
    let fresh = identity(&bench).await;
    assert_ne!(fresh["access_token"], bench.token.as_str());
    assert_eq!(fresh["expires_in"], 3600);
}

#[tokio::test]
async fn an_expired_token_is_602_once_and_then_601() {
    let (mut bench, clock) = on_a_clock().await;
    clock.advance(Duration::from_secs(3600));
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(code(&bench.get(DESCRIBE).await));
    }
    assert_eq!(answers, ["602", "601", "601"]);
    bench.token = new_token(&bench.http, &bench.simulator).await;
    assert_eq!(code(&bench.get(DESCRIBE).await), "ok");
    bench.simulator.expire_tokens();
    assert_eq!(code(&bench.get(DESCRIBE).await), "602");
    bench.token = new_token(&bench.http, &bench.simulator).await;
    bench.simulator.revoke_tokens();
    assert_eq!(code(&bench.get(DESCRIBE).await), "601");
}

#[tokio::test]
async fn only_the_header_counts() {
    let bench = bench().await;
    let answer = async |path: &str, header: Option<&str>| {
        let mut request = bench.http.get(bench.url(path));
        if let Some(value) = header {
            request = request.header("authorization", value);
        }
        let reply: Value = request.send().await.unwrap().json().await.unwrap();
        code(&reply)
    };
    assert_eq!(answer(DESCRIBE, None).await, "603");
    assert_eq!(answer(DESCRIBE, Some("Bearer ")).await, "603");
    assert_eq!(answer(DESCRIBE, Some("Basic c2ltOnNpbQ==")).await, "603");
    assert_eq!(answer(DESCRIBE, Some("Bearer nonsense")).await, "601");
    let in_url = format!("{DESCRIBE}?access_token={}", bench.token);
    assert_eq!(answer(&in_url, None).await, "603");
    assert_eq!(
        answer(DESCRIBE, Some(&format!("bearer {}", bench.token))).await,
        "ok"
    );
}

#[tokio::test]
async fn identity_takes_a_form_and_refuses_strangers() {
    let bench = bench().await;
    let ask = async |form: &[(&str, &str)]| {
        let request = bench
            .http
            .post(bench.url("/identity/oauth/token"))
            .form(form);
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap();
        (status, body)
    };
    let grant = ("grant_type", "client_credentials");
    let id = ("client_id", "simulator");
    let (status, body) = ask(&[grant, id, ("client_secret", "simulator")]).await;
    assert_eq!((status, &body["access_token"]), (200, &json!(bench.token)));
    let (status, body) = ask(&[grant, id, ("client_secret", "wrong")]).await;
    let bad = json!({ "error": "invalid_client", "error_description": "Bad client credentials" });
    assert_eq!((status, body), (401, bad));
    let (status, body) = ask(&[grant, ("client_id", "nobody")]).await;
    let unknown = "No client with requested id: nobody";
    assert_eq!((status, &body["error_description"]), (401, &json!(unknown)));
    let (status, body) = ask(&[id]).await;
    assert_eq!((status, &body["error"]), (400, &json!("invalid_request")));
    let (status, body) = ask(&[("grant_type", "password"), id]).await;
    assert_eq!(
        (status, &body["error"]),
        (400, &json!("unsupported_grant_type"))
    );
}

#[tokio::test]
async fn a_secret_does_not_show_in_the_log_of_calls() {
    let bench = bench().await;
    let calls = bench.simulator.calls();
    assert_eq!(calls[0].path, "/identity/oauth/token");
}
