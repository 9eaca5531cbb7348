//! API users and their permissions.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{
    Bench, DELETE, DELETE_ROLES, DESCRIBE, LEADS, OPPORTUNITIES, Options, ROLES, bench_with, code,
    start, token_of,
};

async fn with_users(text: &str) -> Bench {
    bench_with(|options, directory| {
        let path = directory.join("users.yaml");
        std::fs::write(&path, text).unwrap();
        options.users = Some(path);
    })
    .await
}

/// The answers to a user's calls: an `x` for each call without permission.
async fn denied(bench: &mut Bench, client: &str) -> String {
    bench.token = token_of(bench, client).await;
    let gets = [
        DESCRIBE,
        OPPORTUNITIES,
        ROLES,
        "/rest/v1/opportunities/schema/fields.json",
        LEADS,
        "/rest/v1/leads/partitions.json",
        "/rest/v1/stats/usage.json",
        "/rest/v1/stats/errors/last7days.json",
    ];
    let posts = [OPPORTUNITIES, ROLES, DELETE, DELETE_ROLES, LEADS];
    let mut text = String::new();
    let mut note = |reply: &Value| {
        text.push(if code(reply) == "603" { 'x' } else { '.' });
    };
    for path in gets {
        note(&bench.get(path).await);
    }
    for path in posts {
        note(&bench.post(path, &json!({ "input": [] })).await);
    }
    // A query by POST is a query.
    let query = format!("{OPPORTUNITIES}?_method=GET");
    note(&bench.form(&query, &[("filterType", "x")]).await);
    text
}

#[tokio::test]
async fn each_permission_opens_its_calls() {
    let mut bench = with_users(
        "users:
  - { clientId: none, clientSecret: none, permissions: [] }
  - { clientId: reader, clientSecret: reader, permissions: [Read-Only Opportunity] }
  - { clientId: writer, clientSecret: writer, permissions: [Read-Write Opportunity] }
  - { clientId: lead, clientSecret: lead, permissions: [Read-Only Lead] }
  - { clientId: leads, clientSecret: leads, permissions: [Read-Write Lead] }
  - { clientId: schema, clientSecret: schema, permissions: [Read-Write Schema Custom Field] }
  - { clientId: all, clientSecret: all }
",
    )
    .await;
    for (client, expected) in [
        ("none", "xxxxxx..xxxxxx"),
        ("reader", "...xxx..xxxxx."),
        ("writer", "...xxx......x."),
        ("lead", "xxxx....xxxxxx"),
        ("leads", "xxxx....xxxx.x"),
        ("schema", "xxx.xx..xxxxxx"),
        ("all", ".............."),
        ("simulator", ".............."),
    ] {
        assert_eq!(denied(&mut bench, client).await, expected, "{client}");
    }
}

#[tokio::test]
async fn an_entry_can_replace_the_user_with_all_permissions() {
    let mut bench = with_users(
        "users: [{ clientId: simulator, clientSecret: simulator, permissions: [Read-Only Opportunity] }]",
    )
    .await;
    assert_eq!(denied(&mut bench, "simulator").await, "...xxx..xxxxx.");
}

#[tokio::test]
async fn each_user_has_a_different_token() {
    let mut bench = with_users("users: [{ clientId: ada, clientSecret: ada }]").await;
    let first = bench.token.clone();
    let second = token_of(&bench, "ada").await;
    assert_ne!(first, second);
    assert_eq!(token_of(&bench, "simulator").await, first);
    for token in [first, second] {
        bench.token = token;
        assert_eq!(code(&bench.get(DESCRIBE).await), "ok");
    }
}

#[tokio::test]
async fn a_bad_users_file_is_reported() {
    for (text, expected) in [
        (
            "users: [{ clientId: a, clientSecret: a, permissions: [Read-Only Oportunity] }]",
            "user 1: there is no permission `Read-Only Oportunity`; did you mean `Read-Only Opportunity`?",
        ),
        (
            "users: [{ clientId: a, clientSecret: a }, { clientId: a, clientSecret: b }]",
            "user 2: another user has the client id a",
        ),
        (
            "users: [{ clientId: a, clientSecret: '' }]",
            "user 1: clientId and clientSecret cannot be empty",
        ),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let mut options = Options::new(directory.path().join("data"));
        let path = directory.path().join("users.yaml");
        std::fs::write(&path, text).unwrap();
        options.users = Some(path);
        let error = start(options).await.err().unwrap().to_string();
        assert!(error.ends_with(expected), "{error}");
    }
}
