//! Tokens: one fetch for all callers, renewal after a refusal, and errors of identity.

use pretty_assertions::assert_eq;

use super::server::{Answer, Server, error, grant, rows};
use crate::api::{ApiError, Call, Disposition};
use crate::model::kind::OPPORTUNITY;

const LEAD: &str = r#"{"id":1,"email":"ada@example.com"}"#;

fn authorization(server: &Server) -> Vec<String> {
    let text = |seen: &super::server::Seen| {
        let header = seen.headers.get("authorization").expect("a token");
        header.to_str().expect("ASCII").to_owned()
    };
    server.seen().iter().map(text).collect()
}

#[tokio::test]
async fn one_token_serves_all_who_wait_for_it() {
    let server = Server::start(vec![rows(LEAD); 20]).await;
    let client = server.client();
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.leads("email", &["ada@example.com"]).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.expect("no panic").expect("a success").len(), 1);
    }
    assert_eq!(server.identity().len(), 1);
    assert_eq!(authorization(&server), vec!["Bearer token-1"; 20]);
    assert_eq!((client.calls().identity, client.calls().leads), (1, 20));
}

#[tokio::test]
async fn identity_is_asked_by_post_with_a_query() {
    let server = Server::start([rows(LEAD)]).await;
    server
        .client()
        .leads("email", &["a"])
        .await
        .expect("a success");
    let asked = &server.identity()[0];
    assert_eq!(
        asked.line,
        "POST /identity/oauth/token?grant_type=client_credentials&client_id=an+id&client_secret=s3cret%2B%2F%3D%26s3cret"
    );
    assert_eq!(asked.body, "");
    assert_eq!(asked.headers["content-length"], "0");
    assert!(!server.seen()[0].line.contains("token"));
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_for_all() {
    for code in ["601", "602"] {
        let server = Server::start(vec![rows(LEAD); 5]).await;
        server.revoke("token-1", code);
        let client = server.client();
        let calls: Vec<_> = (0..5)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { client.leads("email", &["a"]).await })
            })
            .collect();
        for call in calls {
            call.await.expect("no panic").expect("a success");
        }
        // Several calls met the end of the first token, but the second one was fetched only once.
        assert_eq!(server.identity().len(), 2);
        let used = authorization(&server);
        let second = used.iter().filter(|token| *token == "Bearer token-2");
        assert_eq!(second.count(), 5);
    }
}

#[tokio::test]
async fn a_late_refusal_does_not_drop_the_token_that_came_after() {
    let server = Server::start([]).await;
    let client = server.client();
    let core = &client.0;
    let first = core.tokens.current(&core.transport).await.expect("a token");
    core.tokens.discard(&first).await;
    let second = core.tokens.current(&core.transport).await.expect("a token");
    core.tokens.discard(&first).await;
    let third = core.tokens.current(&core.transport).await.expect("a token");
    assert_eq!([&second.header, &third.header], ["Bearer token-2"; 2]);
    assert_eq!(server.identity().len(), 2);
}

#[tokio::test]
async fn a_token_that_is_always_refused_ends_the_call() {
    let server = Server::start(vec![error("601"); 9]).await;
    let failed = server
        .client()
        .describe(&OPPORTUNITY)
        .await
        .expect_err("no token is good");
    assert!(matches!(failed, ApiError::Token { .. }), "{failed}");
    assert_eq!(
        authorization(&server),
        ["Bearer token-1", "Bearer token-2", "Bearer token-3"]
    );
}

#[tokio::test]
async fn a_token_without_time_left_is_asked_for_again() {
    let identity = [grant("old", 0), grant("old", -1), grant("new", 1800)];
    let server = Server::with_identity(identity, [rows(LEAD)]).await;
    server
        .client()
        .leads("email", &["a"])
        .await
        .expect("a success");
    assert_eq!(server.identity().len(), 3);
    assert_eq!(authorization(&server), ["Bearer new"]);

    let server = Server::with_identity(vec![grant("old", 0); 9], []).await;
    let failed = server
        .client()
        .leads("email", &["a"])
        .await
        .expect_err("it never has time");
    assert!(matches!(failed, ApiError::TokenRunsOut), "{failed}");
    assert_eq!(server.identity().len(), 5);
}

#[tokio::test]
async fn a_token_of_any_life_is_used() {
    let huge = Answer::Ok(r#"{"access_token":"t","expires_in":9223372036854775807}"#.to_owned());
    let half = Answer::Ok(r#"{"access_token":"u","expires_in":"a while"}"#.to_owned());
    let server = Server::with_identity([huge, half], [rows(LEAD), error("602"), rows(LEAD)]).await;
    let client = server.client();
    for _ in 0..2 {
        client.leads("email", &["a"]).await.expect("a success");
    }
    assert_eq!(authorization(&server), ["Bearer t", "Bearer t", "Bearer u"]);
}

#[tokio::test]
async fn wrong_credentials_are_not_tried_twice() {
    let refused = Answer::Status(
        401,
        r#"{"error":"invalid_client","error_description":"Bad client credentials"}"#,
    );
    let server = Server::with_identity([refused], []).await;
    let client = server.client();
    for _ in 0..2 {
        let failed = client.describe(&OPPORTUNITY).await.expect_err("401");
        let ApiError::Credentials { description } = &failed else {
            panic!("{failed}");
        };
        assert_eq!(&**description, "Bad client credentials");
        assert_eq!(failed.disposition(), Disposition::Fatal);
    }
    assert_eq!(server.identity().len(), 1);
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn identity_may_fail_for_a_moment() {
    let identity = [Answer::Status(502, "<html>"), Answer::Status(200, "soon")];
    let server = Server::with_identity(identity, [rows(LEAD)]).await;
    server
        .client()
        .leads("email", &["a"])
        .await
        .expect("a success");
    assert_eq!(server.identity().len(), 3);

    let server =
        Server::with_identity([Answer::Status(400, r#"{"error":"invalid_request"}"#)], []).await;
    let failed = server
        .client()
        .leads("email", &["a"])
        .await
        .expect_err("400");
    assert_eq!(failed.call(), Some(Call::IDENTITY));
    assert!(
        matches!(failed, ApiError::NotTheApi { status: 400, .. }),
        "{failed}"
    );
}
