//! Retries: for each row of the table, how often a read and a write are sent, and which error the caller gets.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pretty_assertions::assert_eq;

use super::server::{Answer, Server, breaking_server, error, impatient, nobody, rows, settings};
use crate::api::{ApiError, Client, ClientSettings, Disposition, Limit, Notice, Why, encode};
use crate::model::Verb;
use crate::model::kind::OPPORTUNITY;

/// The result of a call: its error without the data, how often it was sent, and whether its outcome is unknown.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    error: &'static str,
    sent: u64,
    is_ambiguous: bool,
}

fn word(error: &ApiError) -> &'static str {
    match error {
        ApiError::BaseUrl { .. } => "base URL",
        ApiError::Setup { .. } => "set-up",
        ApiError::Credentials { .. } => "credentials",
        ApiError::Token { .. } => "token",
        ApiError::Denied { .. } => "denied",
        ApiError::NativeCrmSync { .. } => "native CRM",
        ApiError::Quota { .. } => "quota",
        ApiError::Unavailable { .. } => "unavailable",
        ApiError::Gateway { .. } => "gateway",
        ApiError::Unreachable { .. } => "unreachable",
        ApiError::Untrusted { .. } => "untrusted",
        ApiError::Dropped { .. } => "dropped",
        ApiError::TimedOut { .. } => "timed out",
        ApiError::TokenRunsOut => "token runs out",
        ApiError::NotTheApi { .. } => "not the API",
        ApiError::Protocol { .. } => "protocol",
        ApiError::Unasked { .. } => "unasked",
        ApiError::Contradictory { .. } => "contradictory",
        ApiError::Comma { .. } => "comma",
        ApiError::CallLimit { .. } => "call limit",
        ApiError::CalledOff { .. } => "called off",
        ApiError::NotAsked { .. } => "not asked",
        ApiError::Vanished { .. } => "vanished",
        ApiError::Refused { .. } => "refused",
    }
}

async fn read(settings: ClientSettings) -> Outcome {
    let client = Client::new(settings).expect("good settings");
    let failed = client
        .describe(&OPPORTUNITY)
        .await
        .expect_err("the script has no success");
    assert!(!failed.is_ambiguous(), "reads change nothing");
    outcome(&client, &failed)
}

async fn write(settings: ClientSettings) -> Outcome {
    let client = Client::new(settings).expect("good settings");
    let input = [encode::delete(&OPPORTUNITY, "g")];
    let failed = client
        .write(&OPPORTUNITY, Verb::Delete, &input, &|| true)
        .await
        .expect_err("the script has no success")
        .error;
    outcome(&client, &failed)
}

fn outcome(client: &Client, failed: &ApiError) -> Outcome {
    Outcome {
        error: word(failed),
        sent: client.calls().counted(),
        is_ambiguous: failed.is_ambiguous(),
    }
}

async fn check(answer: Answer, error: &'static str, reads: u64, writes: u64, is_ambiguous: bool) {
    let server = Server::start(vec![answer.clone(); 32]).await;
    // Only if there is no answer; otherwise a slow machine would time out on calls with an answer.
    let settings = match answer {
        Answer::Silence => impatient,
        Answer::Ok(_) | Answer::Status(..) | Answer::RetryAfter(..) | Answer::Redirect(_) => {
            settings
        }
    };
    let read_outcome = read(settings(&server.url)).await;
    let write_outcome = write(settings(&server.url)).await;
    let expected = |sent, is_ambiguous| Outcome {
        error,
        sent,
        is_ambiguous,
    };
    assert_eq!(read_outcome, expected(reads, false), "read: {answer:?}");
    assert_eq!(
        write_outcome,
        expected(writes, is_ambiguous),
        "write: {answer:?}"
    );
}

#[tokio::test]
async fn codes() {
    let rows = [
        ("500", "unavailable", 4, 1, true),
        ("502", "unavailable", 4, 1, true),
        ("600", "refused", 1, 1, false),
        ("601", "token", 3, 3, false),
        ("602", "token", 3, 3, false),
        ("603", "denied", 1, 1, false),
        ("604", "unavailable", 4, 1, true),
        ("605", "refused", 1, 1, false),
        ("606", "unavailable", 10, 10, false),
        ("607", "quota", 1, 1, false),
        ("608", "unavailable", 5, 5, false),
        ("609", "refused", 1, 1, false),
        ("610", "refused", 1, 1, false),
        ("611", "unavailable", 4, 1, true),
        ("612", "refused", 1, 1, false),
        ("614", "unavailable", 5, 5, false),
        ("615", "unavailable", 10, 10, false),
        ("616", "refused", 1, 1, false),
        ("701", "refused", 1, 1, false),
        ("703", "refused", 1, 1, false),
        ("713", "unavailable", 4, 1, true),
        ("718", "refused", 1, 1, false),
        ("1003", "refused", 1, 1, false),
        ("1018", "native CRM", 1, 1, false),
        ("1077", "refused", 1, 1, false),
    ];
    for (code, word, reads, writes, is_ambiguous) in rows {
        check(error(code), word, reads, writes, is_ambiguous).await;
    }
}

#[tokio::test]
async fn statuses_and_bodies() {
    let rows = [
        (
            Answer::Status(502, "<html>Bad gateway"),
            "gateway",
            4,
            1,
            true,
        ),
        (Answer::Status(503, ""), "gateway", 4, 1, true),
        (
            Answer::Status(200, "<html>hello"),
            "not the API",
            4,
            1,
            true,
        ),
        (Answer::Status(200, ""), "not the API", 4, 1, true),
        (Answer::Status(200, "{}"), "not the API", 4, 1, true),
        (
            Answer::Status(500, r#"{"success":true}"#),
            "gateway",
            4,
            1,
            true,
        ),
        (Answer::Status(401, ""), "token", 3, 3, false),
        (Answer::Status(403, "no"), "not the API", 1, 1, false),
        (Answer::Status(404, "no"), "not the API", 1, 1, false),
        (Answer::Status(413, ""), "refused", 1, 1, false),
        (Answer::Status(414, ""), "refused", 1, 1, false),
        (Answer::RetryAfter(429, 3600), "gateway", 10, 10, false),
        (Answer::Redirect("/elsewhere"), "not the API", 1, 1, false),
        (Answer::Silence, "timed out", 4, 1, true),
    ];
    for (answer, word, reads, writes, is_ambiguous) in rows {
        check(answer, word, reads, writes, is_ambiguous).await;
    }
}

#[tokio::test]
async fn a_code_counts_whatever_the_status() {
    let answer = Answer::Status(404, r#"{"success":false,"errors":[{"code":"608"}]}"#);
    check(answer, "unavailable", 5, 5, false).await;
}

#[tokio::test]
async fn connections_that_break_or_do_not_come_about() {
    let url = breaking_server().await;
    let expected = |error, sent, is_ambiguous| Outcome {
        error,
        sent,
        is_ambiguous,
    };
    assert_eq!(read(settings(&url)).await, expected("dropped", 4, false));
    assert_eq!(write(settings(&url)).await, expected("dropped", 1, true));
    // Identity cannot be reached, so the write certainly was not executed.
    let url = nobody().await;
    assert_eq!(
        read(settings(&url)).await,
        expected("unreachable", 0, false)
    );
    assert_eq!(
        write(settings(&url)).await,
        expected("unreachable", 0, false)
    );
}

#[tokio::test]
async fn a_call_survives_a_mix_of_failures() {
    let script = [
        error("606"),
        error("601"),
        Answer::Status(502, ""),
        error("615"),
        error("602"),
        error("611"),
        rows(r#"{"id":1,"email":"a"}"#),
    ];
    let server = Server::start(script).await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listener = {
        let heard = Arc::clone(&heard);
        Arc::new(move |notice: &Notice<'_>| {
            let line = match notice {
                Notice::Retrying { error, .. } => format!("{:?}", error.disposition()),
                Notice::Warning { .. } => "warning".to_owned(),
                Notice::Reading { .. } | Notice::Read { .. } => return,
                Notice::Waiting { why, .. } => {
                    assert!(matches!(why, Why::Refused(_)));
                    return;
                }
            };
            heard.lock().expect("nobody panicked").push(line);
        })
    };
    let client = Client::new(ClientSettings {
        listener: Some(listener),
        ..settings(&server.url)
    })
    .expect("good settings");
    client
        .leads("email", &["a"])
        .await
        .expect("a success at last");
    let expected = [
        Disposition::SlowDown(Limit::Rate),
        Disposition::Renew,
        Disposition::Ambiguous,
        Disposition::SlowDown(Limit::Concurrency),
        Disposition::Renew,
        Disposition::Ambiguous,
    ]
    .map(|disposition| format!("{disposition:?}"));
    assert_eq!(*heard.lock().expect("nobody panicked"), expected);
    assert_eq!(client.calls().leads, 7);
    assert_eq!(client.calls().identity, 3);
}

#[tokio::test]
async fn a_write_is_repeated_where_it_was_not_executed() {
    let script = [
        error("606"),
        error("601"),
        error("608"),
        rows(r#"{"seq":0,"status":"deleted"}"#),
    ];
    let server = Server::start(script).await;
    let client = server.client();
    let input = [encode::delete(&OPPORTUNITY, "g")];
    let written = client
        .write(&OPPORTUNITY, Verb::Delete, &input, &|| true)
        .await
        .expect("a success");
    assert_eq!(written.rows.len(), 1);
    assert!(written.is_repeated);
    let bodies: Vec<String> = server.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(
        bodies,
        vec![r#"{"deleteBy":"idField","input":[{"marketoGUID":"g"}]}"#; 4]
    );
}

#[tokio::test]
async fn a_write_is_not_repeated_after_its_permit_ends() {
    for tries in 0..3 {
        let server = Server::start(vec![error("606"); 3]).await;
        let client = server.client();
        let asked = AtomicU64::new(0);
        let may = || asked.fetch_add(1, Ordering::Relaxed) < tries;
        let failed = client
            .write(
                &OPPORTUNITY,
                Verb::Delete,
                &[encode::delete(&OPPORTUNITY, "g")],
                &may,
            )
            .await
            .expect_err("it is called off")
            .error;
        let expected = Outcome {
            error: "called off",
            sent: tries,
            is_ambiguous: false,
        };
        assert_eq!(outcome(&client, &failed), expected);
        assert_eq!(server.seen().len() as u64, tries);
    }
}

#[tokio::test]
async fn a_repeated_write_says_so_whatever_it_was_refused_with() {
    let refused = r#"{"seq":0,"status":"skipped","reasons":[{"code":"1017","message":"exists"}]}"#;
    for (first, is_repeated) in [
        (None, false),
        (Some(error("601")), true),
        (Some(error("602")), true),
        (Some(error("606")), true),
        (Some(error("608")), true),
        (Some(error("615")), true),
        (Some(Answer::RetryAfter(429, 0)), true),
    ] {
        let shown = format!("{first:?}");
        let whole = first.iter().cloned().chain([error("1013")]);
        let server = Server::start(whole).await;
        let input = [encode::delete(&OPPORTUNITY, "g")];
        let client = server.client();
        let failed = client
            .write(&OPPORTUNITY, Verb::Delete, &input, &|| true)
            .await;
        let failed = failed.expect_err("1013");
        assert_eq!(failed.is_repeated, is_repeated, "{shown}");

        let server = Server::start(first.into_iter().chain([rows(refused)])).await;
        let client = server.client();
        let written = client
            .write(&OPPORTUNITY, Verb::Create, &input, &|| true)
            .await;
        assert_eq!(
            written.expect("a reply").is_repeated,
            is_repeated,
            "{shown}"
        );
    }
}

#[tokio::test]
async fn refusals_that_may_hide_an_execution_are_told_from_those_that_do_not() {
    let envelope = |members: &str| Answer::Ok(format!("{{{members}}}"));
    for (answer, is_doubtful) in [
        (Answer::Status(401, "<html>"), true),
        (Answer::Status(403, "<html>"), true),
        (Answer::Status(413, "<html>"), true),
        (Answer::Redirect("https://login.example"), true),
        (error("4711"), true),
        (error("608"), true),
        (error("606"), true),
        (envelope(r#""success":false"#), true),
        (envelope(r#""success":false,"errors":[]"#), true),
        (
            envelope(
                r#""success":true,"result":[{"seq":0,"status":"deleted"}],"errors":[{"code":"610"}]"#,
            ),
            true,
        ),
        (error("603"), false),
        (error("607"), false),
        (error("610"), false),
        (error("1003"), false),
        (error("1018"), false),
    ] {
        let shown = format!("{answer:?}");
        let server = Server::start(vec![answer.clone(); 32]).await;
        let input = [encode::delete(&OPPORTUNITY, "g")];
        let client = server.client();
        let failed = client
            .write(&OPPORTUNITY, Verb::Delete, &input, &|| true)
            .await;
        assert_eq!(
            failed.expect_err(&shown).error.is_doubtful(),
            is_doubtful,
            "{shown}"
        );
        // A read changes nothing, whatever it is answered with.
        let server = Server::start(vec![answer; 32]).await;
        if let Err(failed) = server.client().describe(&OPPORTUNITY).await {
            assert!(!failed.is_doubtful(), "{shown}");
        }
    }
}

#[tokio::test]
async fn warnings_are_heard_and_do_not_fail() {
    let body = r#"{"success":true,"result":[{"id":1,"email":"a"}],"warnings":["slow today"]}"#;
    let server = Server::start([Answer::Ok(body.to_owned())]).await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listener = {
        let heard = Arc::clone(&heard);
        Arc::new(move |notice: &Notice<'_>| {
            if let Notice::Warning { call, message } = notice {
                heard
                    .lock()
                    .expect("nobody panicked")
                    .push(format!("{call}: {message}"));
            }
        })
    };
    let settings = ClientSettings {
        listener: Some(listener),
        ..settings(&server.url)
    };
    let client = Client::new(settings).expect("good settings");
    client.leads("email", &["a"]).await.expect("a success");
    assert_eq!(
        *heard.lock().expect("nobody panicked"),
        ["query of leads: slow today"]
    );
}

#[test]
fn defaults_outlast_the_server() {
    let settings = ClientSettings::new("https://A.example/rest".to_owned(), "i".into(), "s".into());
    let client = Client::new(settings.clone()).expect("TLS is set up");
    assert_eq!(client.base_url(), "https://a.example");
    assert_eq!((settings.calls_per_20s, settings.concurrency), (50, 5));
    assert!(settings.timeouts.read > Duration::from_secs(30));
    assert!(settings.timeouts.write > Duration::from_secs(60));
    assert!(settings.timeouts.leads > Duration::from_secs(60));
}
