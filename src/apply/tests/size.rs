//! Calls of at most 300 records and 1 MB: what is larger is split, by true sizes.

use pretty_assertions::assert_eq;

use super::bench::{Bench, many};
use crate::simulator::Answer;

fn refused(bench: &Bench) -> bool {
    let calls = bench.simulator.calls();
    calls.iter().any(|call| call.answer != Answer::Ok)
}

#[tokio::test]
async fn long_texts_are_split_by_their_bytes() {
    let bench = Bench::new().await;
    // 2,000 characters of four bytes each, 300 times: 2.4 MB.
    let members = format!("name: N, description: {}", "𝄞".repeat(2_000));
    bench.seed(&many(300, &members)).await;
    assert_eq!(bench.writes(), 3);
    let held = bench.held().await;
    assert_eq!(held.len(), 300);
    assert!(
        held.iter()
            .all(|line| line.chars().filter(|c| *c == '𝄞').count() == 2_000)
    );
    assert!(!refused(&bench));
    bench.assert_plan_empty(&many(300, &members)).await;
}

#[tokio::test]
async fn many_records_are_split_by_their_number() {
    let bench = Bench::new().await;
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
