//! Usage: the four endpoints, and days in every form of numbers.

use pretty_assertions::assert_eq;

use super::server::{Server, rows};
use crate::api::{ApiError, Counted, Period, UsageDay};

#[tokio::test]
async fn days_come_in_order_with_the_most_first() {
    let answer = r#"{"date":"2015-10-17","total":"1120","users":[{"userId":"a@b","count":20},{"userId":"c@d","count":1100}]},
        {"date":"2015-10-16","total":0}"#;
    let server = Server::start([rows(answer)]).await;
    let client = server.client();
    let usage = client.usage(Counted::Calls, Period::LastSevenDays);
    let day = |date: &str, total, parts: &[(&str, u64)]| UsageDay {
        date: date.into(),
        total,
        parts: parts
            .iter()
            .map(|(who, count)| ((*who).into(), *count))
            .collect(),
    };
    assert_eq!(
        usage.await.expect("two days"),
        [
            day("2015-10-16", 0, &[]),
            day("2015-10-17", 1120, &[("c@d", 1100), ("a@b", 20)]),
        ]
    );
    assert_eq!(
        server.seen()[0].line,
        "GET /rest/v1/stats/usage/last7days.json"
    );
}

#[tokio::test]
async fn errors_are_counted_by_code() {
    let answer = r#"{"date":"2015-10-17","total":1,"errors":[{"errorCode":"604","count":1}]}"#;
    let script = [rows(answer), rows(""), rows("")];
    let server = Server::start(script).await;
    let client = server.client();
    let errors = client.usage(Counted::Errors, Period::Today).await;
    assert_eq!(errors.expect("a day")[0].parts, [("604".into(), 1)]);
    for (counted, period) in [
        (Counted::Errors, Period::LastSevenDays),
        (Counted::Calls, Period::Today),
    ] {
        let days = client.usage(counted, period).await;
        assert_eq!(days.expect("no days"), []);
    }
    let lines: Vec<String> = server.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(
        lines,
        [
            "GET /rest/v1/stats/errors.json",
            "GET /rest/v1/stats/errors/last7days.json",
            "GET /rest/v1/stats/usage.json",
        ]
    );
    assert_eq!(client.calls().usage, 3);
}

#[tokio::test]
async fn a_day_without_a_total_is_an_error() {
    let server = Server::start([rows(r#"{"date":"2015-10-17"}"#)]).await;
    let days = server.client().usage(Counted::Calls, Period::Today).await;
    assert!(matches!(days, Err(ApiError::Protocol { .. })));
}
