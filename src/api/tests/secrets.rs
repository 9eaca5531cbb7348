//! No text from the client contains the secret or the token, whatever the server answers.

use std::error::Error as _;
use std::time::Duration;

use super::server::{Answer, SECRET, Server, breaking_server, client, grant, nobody, settings};
use crate::api::{ApiError, Client, ClientSettings, Timeouts};
use crate::model::kind::OPPORTUNITY;

const TOKEN: &str = "cdf01657-110d-4155-99a7-f986b2ff13a0:int";
const ENCODED: &str = "s3cret%2B%2F%3D%26s3cret";

/// Everything that an error can print.
fn texts(error: &ApiError) -> String {
    let mut texts = vec![format!("{error} {error:?} {error:#?}")];
    let mut source = error.source();
    while let Some(cause) = source {
        texts.push(format!("{cause} {cause:?}"));
        source = cause.source();
    }
    texts.join(" ")
}

fn check(what: &str, text: &str) {
    for secret in [SECRET, ENCODED, TOKEN, "s3cret", "client_secret="] {
        assert!(!text.contains(secret), "{what} has {secret}: {text}");
    }
}

#[tokio::test]
async fn errors_of_identity_do_not_give_the_secret_away() {
    let echo = Answer::Ok(format!(
        "<html>{SECRET} and {ENCODED} at /identity/oauth/token"
    ));
    let echoing = Server::with_identity(vec![echo; 9], []).await;
    let refusing = Server::with_identity(
        [Answer::Status(
            401,
            r#"{"error":"invalid_client","error_description":"not s3cret+/=&s3cret"}"#,
        )],
        [],
    )
    .await;
    let silent = Server::with_identity(vec![Answer::Silence; 9], []).await;
    let no_patience = ClientSettings {
        timeouts: Timeouts {
            leads: Duration::from_millis(50),
            ..Timeouts::default()
        },
        ..settings(&silent.url)
    };
    let clients = [
        ("an echo", echoing.client()),
        ("a refusal", refusing.client()),
        (
            "a time-out",
            Client::new(no_patience).expect("good settings"),
        ),
        ("nobody", client(&nobody().await)),
    ];
    for (what, client) in clients {
        let failed = client.describe(&OPPORTUNITY).await.expect_err(what);
        check(what, &texts(&failed));
        check(what, &format!("{client:?}"));
    }
}

/// Bodies around a grant or a record that no reader of JSON understands.
fn disguised(json: &str) -> Vec<String> {
    let form = json.replace('"', "").replace(':', "=").replace(',', "&");
    vec![
        format!(")]}}',\n{json}"),
        format!("callback({json})"),
        format!("5f\r\n{json}\r\n0\r\n\r\n"),
        format!("[{json}]"),
        format!("{json}<!-- gw-3 -->"),
        format!("\u{feff}\u{feff}{json}"),
        format!("\"{}\"", json.replace('"', "\\\"")),
        json.replace('"', "'"),
        json.replace("\":", "\\q\":"),
        json.replace("expires_in\":3599", "expires_in\":0x10"),
        json[..json.len() - 4].to_owned(),
        format!("<o><access_token>{TOKEN}</access_token>{json}</o>"),
        format!("access_token: {TOKEN}\nother: {json}\n"),
        form.trim_matches(['{', '}']).to_owned(),
        format!("<html><title>{TOKEN}</title>{json}"),
    ]
}

#[tokio::test]
async fn a_grant_that_is_not_understood_is_not_shown() {
    let grant = format!(r#"{{"access_token":"{TOKEN}","expires_in":3599,"scope":"{SECRET}"}}"#);
    for body in disguised(&grant) {
        // A text of JSON is not one of its readers' mistakes: the next answers are the same.
        let server = Server::with_identity(vec![Answer::Ok(body.clone()); 9], []).await;
        let failed = server.client().describe(&OPPORTUNITY).await;
        // Nothing is sent with half a token, whatever the answer to it would be.
        let failed = failed.expect_err(&body);
        check(
            &body.replace(TOKEN, "…").replace(SECRET, "…"),
            &texts(&failed),
        );
    }
}

#[tokio::test]
async fn records_that_are_not_understood_are_not_shown() {
    let rows =
        r#"{"success":true,"result":[{"email":"ada.lovelace@a.example","expires_in":3599}]}"#;
    for body in disguised(rows) {
        for status in [200, 404, 502] {
            let answer = Answer::Status(status, String::leak(body.clone()));
            let server = Server::start(vec![answer; 9]).await;
            let failed = server.client().describe(&OPPORTUNITY).await;
            let texts = texts(&failed.expect_err(&body));
            assert!(!texts.contains("ada") && !texts.contains(TOKEN), "{texts}");
        }
    }
}

#[tokio::test]
async fn a_mark_before_the_json_is_no_part_of_it() {
    let identity = [Answer::Ok(format!(
        "\u{feff}{{\"access_token\":\"{TOKEN}\",\"expires_in\":3599}}"
    ))];
    let rows = "\u{feff}{\"success\":true,\"result\":[]}";
    let server = Server::with_identity(identity, [Answer::Ok(rows.to_owned())]).await;
    let leads = server.client().leads("email", &["a"]).await;
    assert_eq!(leads.expect("a success"), []);
}

#[tokio::test]
async fn errors_of_calls_do_not_give_the_token_away() {
    let answers = [
        Answer::Status(
            500,
            "Authorization: Bearer cdf01657-110d-4155-99a7-f986b2ff13a0:int",
        ),
        Answer::Status(200, "cdf01657-110d-4155-99a7-f986b2ff13a0:int"),
        Answer::Status(
            200,
            r#"{"success":false,"errors":[{"code":"610","message":"cdf01657-110d-4155-99a7-f986b2ff13a0:int"}]}"#,
        ),
    ];
    for answer in answers {
        let what = format!("{answer:?}");
        let server = Server::with_identity([grant(TOKEN, 3599)], vec![answer; 9]).await;
        let failed = server
            .client()
            .describe(&OPPORTUNITY)
            .await
            .expect_err(&what);
        check("a call", &texts(&failed));
    }
    let broken = client(&breaking_server().await);
    let failed = broken
        .describe(&OPPORTUNITY)
        .await
        .expect_err("a broken connection");
    check("a broken connection", &texts(&failed));
}

#[test]
fn settings_do_not_print_secrets() {
    let url = format!("https://user:{SECRET}@a.example");
    let settings = settings(&url);
    check("settings", &format!("{settings:?}"));
    let failed = Client::new(settings).expect_err("credentials in the URL");
    check("a base URL", &texts(&failed));
}
