//! Calls of at most 300 records and 1 MB of body and 8 KB of URI: what is larger is split, by true sizes.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::bench::{Bench, many};
use crate::simulator::{CallLimits, CallOperation, CallOutcome};

/// An instance with all of its limits.
async fn limited() -> Bench {
    Bench::with(|setup| setup.options.limits = CallLimits::default()).await
}

fn refused(bench: &Bench) -> bool {
    let calls = bench.simulator.calls();
    calls.iter().any(|call| call.answer != CallOutcome::Ok)
}

#[tokio::test]
async fn long_texts_are_split_by_their_bytes() {
    let bench = limited().await;
    // 2,000 characters of four bytes each, 300 times: 2.4 MB.
    let members = |text: &str| format!("name: N, description: {}", text.repeat(2_000));
    for (round, text) in (1..).zip(["𝄞", "🪑"]) {
        // Created, then updated.
        let manifest = many(300, &members(text));
        bench.seed(&manifest).await;
        assert_eq!(bench.writes(), 3 * round);
        let held = bench.held().await;
        assert_eq!(held.len(), 300);
        let whole = |line: &String| line.matches(text).count() == 2_000;
        assert!(held.iter().all(whole));
        assert!(!refused(&bench));
        bench.assert_plan_empty(&manifest).await;
    }
}

#[tokio::test]
async fn the_longest_keys_are_asked_for_300_a_call() {
    let bench = limited().await;
    // 50 characters of four bytes each, which a form sends as twelve: 300 of them take 180 KB.
    let key = |n: usize| format!("{n:03}{}", "𝄞".repeat(47));
    let opportunities: Vec<_> = (0..300)
        .map(|n| {
            json!({
                "externalOpportunityId": key(n),
                "name": "N",
                "roles": [{ "leadId": 1, "role": "𝄞".repeat(50) }],
            })
        })
        .collect();
    let manifest = json!({ "version": 1, "opportunities": opportunities }).to_string();
    bench.seed(&manifest).await;
    // Opportunities by key, and roles first by key and then by opportunity.
    let exact = manifest.replace(r#""name":"N""#, r#""name":"N","rolesMode":"exact""#);
    bench.assert_plan_empty(&exact).await;
    // Before that, once for the lead of the new roles.
    assert_eq!(bench.count(CallOperation::Query), 5);
    let gone = manifest.replace(r#""name":"N""#, r#""ensure":"absent""#);
    let gone = gone.replace(r#""role":"#, r#""ensure":"absent","role":"#);
    bench.seed(&gone).await;
    assert_eq!(bench.writes(), 4);
    assert!(!refused(&bench));
    assert_eq!(bench.held().await, Vec::<String>::new());
    bench.assert_plan_empty(&gone).await;
}

#[tokio::test]
async fn many_records_are_split_by_their_number() {
    let bench = limited().await;
    bench.seed(&many(301, "name: N")).await;
    assert_eq!(bench.writes(), 2);
    bench.seed(&many(301, "name: M")).await;
    assert_eq!(bench.writes(), 4);
    bench.seed(&many(301, "ensure: absent")).await;
    assert_eq!(bench.writes(), 6);
    assert!(!refused(&bench));
    assert_eq!(bench.held().await, Vec::<String>::new());
    bench.assert_plan_empty(&many(301, "ensure: absent")).await;
}
