//! Lead partitions, and users who do not see all of them.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{Bench, LEADS, Options, bench_with, code, start};

const PARTITIONS: &str = "/rest/v1/leads/partitions.json";

/// Ada is in partition 1, Bob in 2, Eve in both; the user sees 1.
async fn divided() -> Bench {
    let leads = "
leads:
  - { id: 1, email: ada@example.com }
  - { id: 2, email: bob@example.com, leadPartitionId: 2 }
  - { id: 3, email: eve@example.com }
  - { id: 4, email: eve@example.com, leadPartitionId: 2 }
partitions: [{ id: 2, name: Europe }]
";
    let users = "
users:
  - { clientId: simulator, clientSecret: simulator, partitions: [1] }
  - { clientId: all, clientSecret: all }
";
    bench_with(|options, directory| {
        let (first, second) = (directory.join("leads.yaml"), directory.join("users.yaml"));
        std::fs::write(&first, leads).unwrap();
        std::fs::write(&second, users).unwrap();
        options.leads = Some(first);
        options.users = Some(second);
    })
    .await
}

async fn ids(bench: &Bench, filter: &str, values: &str) -> Vec<Value> {
    let rows = bench.find(LEADS, filter, values, "id").await;
    rows.into_iter().map(|mut row| row["id"].take()).collect()
}

#[tokio::test]
async fn leads_of_other_partitions_do_not_exist() {
    let mut bench = divided().await;
    let all = "ada@example.com,bob@example.com,eve@example.com";
    assert_eq!(ids(&bench, "email", all).await, [1, 3]);
    assert_eq!(ids(&bench, "id", "1,2,3,4").await, [1, 3]);
    assert_eq!(ids(&bench, "leadPartitionId", "1,2").await, [1, 3]);
    let update = json!({ "action": "updateOnly", "input": [{ "email": "bob@example.com" }] });
    assert_eq!(bench.write(LEADS, &update).await, ["1004"]);
    // This user sees only one Eve.
    let update = json!({ "input": [{ "email": "eve@example.com" }] });
    assert_eq!(bench.write(LEADS, &update).await, ["updated"]);

    bench.token = super::token_of(&bench, "all").await;
    assert_eq!(ids(&bench, "email", all).await, [1, 2, 3, 4]);
    assert_eq!(ids(&bench, "leadPartitionId", "2").await, [2, 4]);
    assert_eq!(bench.write(LEADS, &update).await, ["1007"]);
}

#[tokio::test]
async fn users_see_only_their_partitions_listed() {
    let mut bench = divided().await;
    let one = json!({ "id": 1, "name": "Default", "description": "" });
    let two = json!({ "id": 2, "name": "Europe", "description": "" });
    assert_eq!(bench.get(PARTITIONS).await["result"], json!([one]));
    bench.token = super::token_of(&bench, "all").await;
    assert_eq!(bench.get(PARTITIONS).await["result"], json!([one, two]));
    assert_eq!(code(&bench.post(PARTITIONS, &json!({})).await), "605");
}

/// A call that creates a lead in a partition.
fn create(partition: &str) -> Value {
    json!({ "action": "createDuplicate", "partitionName": partition, "input": [{ "email": "new@example.com" }] })
}

#[tokio::test]
async fn new_leads_go_to_the_partition_that_is_named() {
    let mut bench = divided().await;
    assert_eq!(bench.write(LEADS, &create("Europe")).await, ["1008"]);
    assert_eq!(bench.write(LEADS, &create("Asia")).await, ["1010"]);
    assert_eq!(bench.write(LEADS, &create("default")).await, ["created"]);
    bench.token = super::token_of(&bench, "all").await;
    assert_eq!(bench.write(LEADS, &create("Europe")).await, ["created"]);
    let rows = bench
        .find(LEADS, "email", "new@example.com", "leadPartitionId")
        .await;
    assert_eq!(
        rows,
        [
            json!({ "leadPartitionId": 1 }),
            json!({ "leadPartitionId": 2 })
        ]
    );
}

#[tokio::test]
async fn a_lead_in_an_unlisted_partition_is_reported() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = Options::new(directory.path().join("data"));
    let path = directory.path().join("leads.yaml");
    std::fs::write(&path, "leads: [{ leadPartitionId: 7 }]").unwrap();
    options.leads = Some(path);
    let error = start(options).await.err().unwrap().to_string();
    assert!(
        error.ends_with("leads.yaml, lead 1: there is no partition 7"),
        "{error}"
    );
}
