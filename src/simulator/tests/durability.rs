//! Answered writes are on disk, however the simulator ends.

use pretty_assertions::assert_eq;
use serde_json::json;
use tokio::net::TcpStream;

use super::{OPPORTUNITIES, Options, bench, bench_in, start};
use crate::simulator::{SimulatorError, StoreError};

#[tokio::test]
async fn records_survive_a_restart() {
    let bench = bench().await;
    bench.opportunities(&["A", "B"]).await;
    let fields = "marketoGUID,name,createdAt";
    let before = bench
        .find(OPPORTUNITIES, "dedupeFields", "A,B", fields)
        .await;
    let again = bench_in(bench.stop().await, |_, _| {}).await;
    let after = again
        .find(OPPORTUNITIES, "dedupeFields", "A,B", fields)
        .await;
    assert_eq!(before, after);
    assert_eq!(after.len(), 2);
}

#[tokio::test]
async fn an_answered_write_is_on_disk_at_once() {
    let bench = bench().await;
    bench.opportunities(&["A"]).await;
    // The file after a power cut: the simulator has not closed it.
    let crashed = tempfile::tempdir().unwrap();
    let data = crashed.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let file = "data/marketo.redb";
    std::fs::copy(bench.directory.path().join(file), crashed.path().join(file)).unwrap();
    let again = bench_in(crashed, |_, _| {}).await;
    let rows = again.find(OPPORTUNITIES, "dedupeFields", "A", "name").await;
    assert_eq!(rows.len(), 1);
    let twice = json!({ "action": "createOnly", "input": [{ "externalOpportunityId": "A" }] });
    assert_eq!(again.write(OPPORTUNITIES, &twice).await, ["1017"]);
}

#[tokio::test]
async fn an_instance_is_the_same_after_a_restart_and_no_other_is() {
    let one = bench().await;
    let id = one.simulator.id().to_owned();
    let again = bench_in(one.stop().await, |_, _| {}).await;
    assert_eq!(again.simulator.id(), id);
    assert_ne!(bench().await.simulator.id(), id);
}

#[tokio::test]
async fn a_client_that_is_stuck_in_a_request_does_not_hold_the_shutdown() {
    let bench = bench().await;
    let stuck = TcpStream::connect(bench.simulator.addr()).await.unwrap();
    stuck.writable().await.unwrap();
    stuck
        .try_write(b"GET /identity/oauth/token HTTP/1.1\r\nHost")
        .unwrap();
    bench.opportunities(&["A"]).await;
    let again = bench_in(bench.stop().await, |_, _| {}).await;
    let rows = again.find(OPPORTUNITIES, "dedupeFields", "A", "name").await;
    assert_eq!(rows.len(), 1);
}

#[tokio::test]
async fn a_store_serves_one_simulator_at_a_time() {
    let bench = bench().await;
    let options = Options::new(bench.directory.path().join("data"));
    let error = start(options).await.err().unwrap();
    let in_use = matches!(error, SimulatorError::Store(StoreError::InUse { .. }));
    assert!(in_use, "{error:?}");
}
