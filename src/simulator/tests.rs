//! Tests of the simulator over real HTTP on loopback, one file per topic.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and says where"
)]

mod answers;
mod companies;
mod crm;
mod documented;
mod durability;
mod faults;
mod leads;
mod leads_of_companies;
mod life_cycle;
mod limits;
mod links;
mod marketorestpython;
mod partitions;
mod queries;
mod rules;
mod sales_persons;
mod schema;
mod scripts;
mod tokens;
mod usage;
mod users;
mod wire;

use std::path::Path;

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{CallLimits, Options, RunningSimulator, SimulatedClock, start};

const OPPORTUNITIES: &str = "/rest/v1/opportunities.json";
const ROLES: &str = "/rest/v1/opportunities/roles.json";
const DELETE: &str = "/rest/v1/opportunities/delete.json";
const DELETE_ROLES: &str = "/rest/v1/opportunities/roles/delete.json";
const DESCRIBE: &str = "/rest/v1/opportunities/describe.json";
const DESCRIBE_ROLES: &str = "/rest/v1/opportunities/roles/describe.json";
const COMPANIES: &str = "/rest/v1/companies.json";
const DELETE_COMPANIES: &str = "/rest/v1/companies/delete.json";
const DESCRIBE_COMPANIES: &str = "/rest/v1/companies/describe.json";
const SALES_PERSONS: &str = "/rest/v1/salespersons.json";
const DELETE_SALES_PERSONS: &str = "/rest/v1/salespersons/delete.json";
const DESCRIBE_SALES_PERSONS: &str = "/rest/v1/salespersons/describe.json";
const LEADS: &str = "/rest/v1/leads.json";
const IDENTITY: &str = "/identity/oauth/token?grant_type=client_credentials&client_id=simulator&client_secret=simulator";

/// A simulator with its own directory, and a client with a token.
struct Bench {
    simulator: RunningSimulator,
    http: Client,
    token: String,
    clock: SimulatedClock,
    directory: TempDir,
}

/// A simulator without limits, with a clock that does not advance by itself.
async fn bench() -> Bench {
    bench_with(|_, _| {}).await
}

/// The same with changed options. The function also gets the directory, for files.
async fn bench_with(change: impl FnOnce(&mut Options, &Path)) -> Bench {
    let directory = tempfile::tempdir().unwrap();
    bench_in(directory, change).await
}

/// The same in a directory that may have been used before.
async fn bench_in(directory: TempDir, change: impl FnOnce(&mut Options, &Path)) -> Bench {
    let mut options = Options::new(directory.path().join("data"));
    options.limits = CallLimits::none();
    options.clock = SimulatedClock::fixed("2026-03-02T18:00:00.75Z".parse().unwrap());
    change(&mut options, directory.path());
    let clock = options.clock.clone();
    let simulator = start(options).await.unwrap();
    let http = client();
    let token = new_token(&http, &simulator).await;
    Bench {
        simulator,
        http,
        token,
        clock,
        directory,
    }
}

fn client() -> Client {
    // Only the first call in a process succeeds.
    drop(rustls::crypto::ring::default_provider().install_default());
    // Nothing is encrypted, and reading the system's certificates takes half the time of a test.
    Client::builder().tls_certs_only([]).build().unwrap()
}

/// A token of another user, whose secret is the same as the client id.
async fn token_of(bench: &Bench, client: &str) -> String {
    let url = bench.url(&IDENTITY.replace("simulator", client));
    let reply: Value = bench
        .http
        .get(url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    reply["access_token"].as_str().unwrap().to_owned()
}

async fn new_token(http: &Client, simulator: &RunningSimulator) -> String {
    let url = format!("{}{IDENTITY}", simulator.url());
    let reply: Value = http.get(url).send().await.unwrap().json().await.unwrap();
    reply["access_token"].as_str().unwrap().to_owned()
}

impl Bench {
    /// Stops the simulator and returns its directory.
    async fn stop(self) -> TempDir {
        self.simulator.shutdown().await.unwrap();
        self.directory
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.simulator.url())
    }

    /// The reply to a call, without its request id.
    async fn send(&self, request: RequestBuilder) -> Value {
        let request = request.bearer_auth(&self.token);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        let mut reply: Value = response.json().await.unwrap();
        let id = reply.as_object_mut().unwrap().remove("requestId");
        assert!(id.unwrap().as_str().unwrap().contains('#'));
        reply
    }

    async fn get(&self, path: &str) -> Value {
        self.send(self.http.get(self.url(path))).await
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        self.send(self.http.post(self.url(path)).json(body)).await
    }

    async fn form(&self, path: &str, form: &[(&str, &str)]) -> Value {
        self.send(self.http.post(self.url(path)).form(form)).await
    }

    /// The statuses, or the codes, of the records of a write.
    async fn write(&self, path: &str, body: &Value) -> Vec<String> {
        let reply = self.post(path, body).await;
        let Some(rows) = reply["result"].as_array() else {
            return vec![format!("call {}", code(&reply))];
        };
        let outcome = |row: &Value| match row["reasons"][0]["code"].as_str() {
            Some(code) => code.to_owned(),
            None => row["status"].as_str().unwrap().to_owned(),
        };
        rows.iter().map(outcome).collect()
    }

    /// Creates opportunities with these keys.
    async fn opportunities(&self, keys: &[&str]) {
        let input: Vec<Value> = keys
            .iter()
            .map(|key| json!({ "externalOpportunityId": key, "name": key }))
            .collect();
        let done = self.write(OPPORTUNITIES, &json!({ "input": input })).await;
        assert!(done.iter().all(|status| status == "created"), "{done:?}");
    }

    /// Creates companies with these keys.
    async fn companies(&self, keys: &[&str]) {
        let input: Vec<Value> = keys
            .iter()
            .map(|key| json!({ "externalCompanyId": key }))
            .collect();
        let done = self.write(COMPANIES, &json!({ "input": input })).await;
        assert!(done.iter().all(|status| status == "created"), "{done:?}");
    }

    /// Creates sales persons with these keys.
    async fn sales_persons(&self, keys: &[&str]) {
        let input: Vec<Value> = keys
            .iter()
            .map(|key| json!({ "externalSalesPersonId": key }))
            .collect();
        let done = self.write(SALES_PERSONS, &json!({ "input": input })).await;
        assert!(done.iter().all(|status| status == "created"), "{done:?}");
    }

    /// Creates leads with these addresses and returns their ids.
    async fn leads(&self, addresses: &[&str]) -> Vec<u64> {
        let input: Vec<Value> = addresses
            .iter()
            .map(|email| json!({ "email": email }))
            .collect();
        let reply = self.post(LEADS, &json!({ "input": input })).await;
        let rows = reply["result"].as_array().unwrap();
        rows.iter().map(|row| row["id"].as_u64().unwrap()).collect()
    }

    /// The rows of a query by one field.
    async fn find(&self, path: &str, filter: &str, values: &str, fields: &str) -> Vec<Value> {
        let form = [
            ("filterType", filter),
            ("filterValues", values),
            ("fields", fields),
        ];
        let reply = self.form(&format!("{path}?_method=GET"), &form).await;
        reply["result"].as_array().unwrap().clone()
    }
}

/// Options with a leads file of this text.
fn with_leads(text: &'static str) -> impl FnOnce(&mut Options, &Path) {
    move |options, directory| {
        let path = directory.join("leads.yaml");
        std::fs::write(&path, text).unwrap();
        options.leads = Some(path);
    }
}

/// The fields of a description, a line each: name, type, length, and `fixed` if they are not updateable.
fn field_lines(described: &Value) -> Vec<String> {
    let fields = described["fields"].as_array().unwrap().iter();
    let line = |field: &Value| {
        let length = field["length"].as_u64();
        let text = |name: &str| field[name].as_str().unwrap().to_owned();
        let words = [
            Some(text("name")),
            Some(text("dataType")),
            length.map(|length| length.to_string()),
            (field["updateable"] == false).then(|| "fixed".to_owned()),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    fields.map(line).collect()
}

/// The response-level code of a reply; `ok` if it has none.
fn code(reply: &Value) -> String {
    let code = reply["errors"][0]["code"].as_str();
    code.unwrap_or("ok").to_owned()
}
