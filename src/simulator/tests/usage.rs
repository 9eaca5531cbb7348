//! The counts of the usage endpoints.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{Bench, DESCRIBE, OPPORTUNITIES, bench, bench_in, bench_with};

const USAGE: &str = "/rest/v1/stats/usage.json";
const USAGE_WEEK: &str = "/rest/v1/stats/usage/last7days.json";
const ERRORS: &str = "/rest/v1/stats/errors.json";
const ERRORS_WEEK: &str = "/rest/v1/stats/errors/last7days.json";

fn total(row: &Value) -> (String, u64) {
    let date = row["date"].as_str().unwrap().to_owned();
    (date, row["total"].as_u64().unwrap())
}

async fn totals(bench: &Bench, path: &str) -> Vec<(String, u64)> {
    let reply = bench.get(path).await;
    let rows = reply["result"].as_array().unwrap();
    rows.iter().map(total).collect()
}

#[tokio::test]
async fn a_simulator_that_is_dropped_keeps_its_counts() {
    let bench = bench().await;
    bench.get(DESCRIBE).await;
    let before = totals(&bench, USAGE).await;
    let Bench {
        simulator,
        directory,
        ..
    } = bench;
    drop(simulator);
    let bench = bench_in(directory, |_, _| {}).await;
    let kept = totals(&bench, USAGE).await;
    assert!(kept[0].1 >= before[0].1, "{kept:?}");
}

#[tokio::test]
async fn calls_are_counted_by_user_and_errors_by_code() {
    let mut bench = bench_with(|options, directory| {
        let path = directory.join("users.yaml");
        let users = "users: [{ clientId: ada, clientSecret: ada, user: ada@example.com }]";
        std::fs::write(&path, users).unwrap();
        options.users = Some(path);
    })
    .await;
    bench.get(DESCRIBE).await;
    bench.get(OPPORTUNITIES).await;
    bench.get("/rest/v1/nothing.json").await;
    bench.token = super::token_of(&bench, "ada").await;
    bench.get(OPPORTUNITIES).await;
    assert_eq!(
        bench.get(USAGE).await,
        json!({ "success": true, "result": [{
            "date": "2026-03-02",
            "total": 2,
            "users": [
                { "userId": "ada@example.com", "count": 1 },
                { "userId": "api@simulator.example", "count": 1 },
            ],
        }] })
    );
    assert_eq!(
        bench.get(ERRORS).await["result"],
        json!([{
            "date": "2026-03-02",
            "total": 3,
            "errors": [{ "errorCode": "1003", "count": 2 }, { "errorCode": "610", "count": 1 }],
        }])
    );
}

#[tokio::test]
async fn a_week_has_seven_days_which_begin_at_midnight_central() {
    let bench = bench_with(|options, _| options.token_life = Duration::from_hours(1000)).await;
    for day in 0..9 {
        for _ in 0..=day {
            bench.get(DESCRIBE).await;
        }
        bench.get(OPPORTUNITIES).await;
        bench.clock.advance(Duration::from_hours(24));
    }
    let day = |day: u32, count| (format!("2026-03-{day:02}"), count);
    // Noon in Chicago, in summer time; then 23:00 and midnight.
    let days =
        [(5, 4), (6, 5), (7, 6), (8, 7), (9, 8), (10, 9)].map(|(date, count)| day(date, count));
    assert_eq!(
        totals(&bench, USAGE_WEEK).await,
        [&days[..], &[day(11, 1)]].concat()
    );
    let errors = totals(&bench, ERRORS_WEEK).await;
    assert_eq!((&errors[5], &errors[6]), (&day(10, 1), &day(11, 0)));
    bench.clock.advance(Duration::from_hours(10));
    assert_eq!(totals(&bench, USAGE).await, [day(11, 3)]);
    bench.clock.advance(Duration::from_hours(1));
    assert_eq!(totals(&bench, USAGE).await, [day(12, 1)]);
}

#[tokio::test]
async fn counts_outlive_a_restart() {
    let first = bench().await;
    first.opportunities(&["A"]).await;
    first.get(DESCRIBE).await;
    first.get(OPPORTUNITIES).await;
    let again = bench_in(first.stop().await, |options, _| {
        options.clock.advance(Duration::from_hours(24));
    })
    .await;
    assert_eq!(
        totals(&again, USAGE_WEEK).await[5..],
        [("2026-03-02".to_owned(), 2), ("2026-03-03".to_owned(), 1)]
    );
    let errors = totals(&again, ERRORS_WEEK).await;
    assert_eq!(errors[5], ("2026-03-02".to_owned(), 1));
}
