//! The daily quota, the 20-second window, and calls at the same time.

use std::time::Duration;

use jiff::Timestamp;
use pretty_assertions::assert_eq;
use serde_json::json;

use super::{
    Bench, CallLimits, DESCRIBE, OPPORTUNITIES, SimulatedClock, bench_in, bench_with, code,
};
use crate::simulator::instance::meter::Meter;
use crate::simulator::store::usage::UsageHistory;

/// A bench with these limits, and its clock.
async fn limited(limits: CallLimits, start: &str) -> (Bench, SimulatedClock) {
    let clock = SimulatedClock::fixed(start.parse().unwrap());
    let shared = clock.clone();
    let bench = bench_with(|options, _| {
        options.limits = limits;
        options.clock = shared;
    })
    .await;
    (bench, clock)
}

/// The answers to `count` calls.
async fn calls(bench: &Bench, count: usize) -> Vec<String> {
    let mut answers = Vec::new();
    for _ in 0..count {
        answers.push(code(&bench.get(DESCRIBE).await));
    }
    answers
}

#[tokio::test]
async fn the_window_rolls() {
    let limits = CallLimits {
        calls_per_window: Some(3),
        ..CallLimits::none()
    };
    let (bench, clock) = limited(limits, "2026-03-02T18:00:00Z").await;
    assert_eq!(calls(&bench, 2).await, ["ok", "ok"]);
    clock.advance(Duration::from_secs(10));
    assert_eq!(calls(&bench, 2).await, ["ok", "606"]);
    clock.advance(Duration::from_millis(9_999));
    assert_eq!(calls(&bench, 1).await, ["606"]);
    // The first two are 20 seconds old now, the third is 10.
    clock.advance(Duration::from_millis(1));
    assert_eq!(calls(&bench, 3).await, ["ok", "ok", "606"]);
    let reply = bench.get(DESCRIBE).await;
    let message = "Max rate limit '3' exceeded with in '20' secs";
    assert_eq!(
        reply["errors"],
        json!([{ "code": "606", "message": message }])
    );
}

#[tokio::test]
async fn identity_and_refused_calls_are_free() {
    let limits = CallLimits {
        calls_per_window: Some(2),
        daily: Some(2),
        ..CallLimits::none()
    };
    let (bench, _) = limited(limits, "2026-03-02T18:00:00Z").await;
    for _ in 0..5 {
        super::new_token(&bench.http, &bench.simulator).await;
        assert_eq!(code(&bench.get(OPPORTUNITIES).await), "1003");
    }
    assert_eq!(calls(&bench, 3).await, ["ok", "ok", "607"]);
}

#[tokio::test]
async fn the_quota_comes_back_at_midnight_central() {
    let limits = CallLimits {
        daily: Some(1),
        ..CallLimits::none()
    };
    // 23:59:59 in Chicago, in winter and in summer.
    for start in ["2026-01-15T05:59:59Z", "2026-07-15T04:59:59Z"] {
        let (bench, clock) = limited(limits, start).await;
        assert_eq!(calls(&bench, 2).await, ["ok", "607"]);
        clock.advance(Duration::from_secs(1));
        assert_eq!(calls(&bench, 2).await, ["ok", "607"]);
    }
}

#[tokio::test]
async fn the_quota_survives_a_restart() {
    let limits = CallLimits {
        daily: Some(2),
        ..CallLimits::none()
    };
    let (bench, _) = limited(limits, "2026-03-02T18:00:00Z").await;
    assert_eq!(calls(&bench, 1).await, ["ok"]);
    let again = bench_in(bench.stop().await, |options, _| options.limits = limits).await;
    assert_eq!(calls(&again, 2).await, ["ok", "607"]);
    let tomorrow = bench_in(again.stop().await, |options, _| {
        options.limits = limits;
        options.clock.advance(Duration::from_hours(24));
    })
    .await;
    assert_eq!(calls(&tomorrow, 1).await, ["ok"]);
}

#[tokio::test]
async fn too_many_calls_at_the_same_time_are_615() {
    let limits = CallLimits {
        concurrency: Some(0),
        ..CallLimits::none()
    };
    let (bench, _) = limited(limits, "2026-03-02T18:00:00Z").await;
    assert_eq!(calls(&bench, 1).await, ["615"]);
    assert_eq!(bench.simulator.peak_concurrency(), 0);
}

#[test]
fn the_end_of_a_call_makes_room_for_another() {
    let now: Timestamp = "2026-03-02T18:00:00Z".parse().unwrap();
    let meter = Meter::new(CallLimits::default(), UsageHistory::default());
    let running: Vec<_> = (0..10)
        .map(|_| meter.admit("ada@example.com", now).ok().unwrap())
        .collect();
    assert!(meter.admit("ada@example.com", now).is_err());
    drop(running);
    assert!(meter.admit("ada@example.com", now).is_ok());
    assert_eq!(meter.peak(), 10);
    assert_eq!(meter.history().calls(meter.day(now)), 11);
}

#[test]
fn the_default_limits_are_those_of_marketo() {
    let limits = CallLimits {
        calls_per_window: Some(100),
        concurrency: Some(10),
        daily: Some(50_000),
    };
    assert_eq!(CallLimits::default(), limits);
}
