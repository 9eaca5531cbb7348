//! The store of a bench's simulator, looked at and changed past the client.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use pretty_assertions::assert_eq;
use serde_json::{Map, Value, json};

use super::Bench;
use crate::api::MAX_RECORDS;

pub(crate) const OPPORTUNITIES: &str = "/rest/v1/opportunities.json";
pub(crate) const ROLES: &str = "/rest/v1/opportunities/roles.json";
const IDENTITY: &str = "/identity/oauth/token?grant_type=client_credentials&client_id=simulator&client_secret=simulator";

/// Records by their keys as `A` or `A / 1 / Buyer`.
pub(crate) type Records = BTreeMap<String, Map<String, Value>>;

/// Where records are, by what they are told apart, and what they hold.
const STORED: [(&str, &[&str], &str); 2] = [
    (
        OPPORTUNITIES,
        &["externalOpportunityId"],
        "externalOpportunityId,name,stage,type,description,amount,closeDate,isWon,probability,\
         externalCreatedDate,externalSalesPersonId,createdAt,updatedAt",
    ),
    (
        ROLES,
        &["externalOpportunityId", "leadId", "role"],
        "externalOpportunityId,leadId,role,isPrimary,externalCreatedDate,createdAt,updatedAt",
    ),
];

/// Members that the key says already, or that no manifest decides.
const UNTOLD: [&str; 7] = [
    "marketoGUID",
    "key",
    "createdAt",
    "updatedAt",
    "externalOpportunityId",
    "leadId",
    "role",
];

/// The members of a record that a manifest decides, without nulls.
pub(crate) fn decided(record: &Map<String, Value>) -> Map<String, Value> {
    let mut decided = record.clone();
    decided.retain(|name, value| !UNTOLD.contains(&name.as_str()) && !value.is_null());
    decided
}

/// The members of a record that a manifest decides and that have a value. Some instances show one without a value as null, or as
/// false, and 1 as 1.0.
pub(crate) fn told(record: &Map<String, Value>) -> Map<String, Value> {
    let mut told = decided(record);
    told.retain(|_, value| *value != json!(false));
    for value in told.values_mut() {
        let number = value.as_f64().filter(|number| number.fract() == 0.0);
        if let Some(number) = number {
            *value = json!(number as i64);
        }
    }
    told
}

impl Bench {
    /// Posts JSON past the client.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.simulator.url());
        let request = self.http.post(url).json(body);
        self.send(request).await
    }

    /// Lets somebody else create or update records.
    pub(crate) async fn change(&self, path: &str, input: Value) {
        let reply = self.post(path, &json!({ "input": input })).await;
        assert_eq!(reply["success"], true, "{reply}");
    }

    /// Lets somebody else delete records.
    pub(crate) async fn remove(&self, path: &str, input: Value) {
        let path = path.replace(".json", "/delete.json");
        self.change(&path, input).await;
    }

    /// Lets somebody else delete an opportunity, if it is there, and create it anew.
    pub(crate) async fn replace(&self, key: &str) {
        let body = json!({ "input": [{ "externalOpportunityId": key }] });
        self.post("/rest/v1/opportunities/delete.json", &body).await;
        let reply = self.post(OPPORTUNITIES, &body).await;
        assert_eq!(reply["result"][0]["status"], "created", "{reply}");
    }

    /// The records behind all keys that were ever named, with all members.
    pub(crate) async fn records(&self) -> Records {
        let keys: Vec<String> = self.named.borrow().iter().cloned().collect();
        let mut records = Records::new();
        for (path, parts, fields) in STORED {
            let marker = self.marker.as_ref().filter(|_| path == OPPORTUNITIES);
            let marker = marker.map_or_else(String::new, |marker| format!(",{}", marker.field));
            let fields = format!("{fields}{marker}");
            for keys in keys.chunks(MAX_RECORDS) {
                for row in self.rows(path, &keys.join(","), &fields).await {
                    let part = |part: &&str| row[*part].to_string().replace('"', "");
                    let key: Vec<String> = parts.iter().map(part).collect();
                    let twin = records.insert(key.join(" / "), row);
                    assert!(twin.is_none(), "the store has {} twice", key.join(" / "));
                }
            }
        }
        records
    }

    /// The store as text: a line for each record with its key and what else it holds.
    pub(crate) async fn held(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (key, row) in self.records().await {
            let mut line = key;
            for (name, value) in told(&row) {
                let value = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                write!(line, " {name}={value}").unwrap();
            }
            lines.push(line);
        }
        lines
    }

    /// All pages of a query by the opportunity's key.
    async fn rows(&self, path: &str, keys: &str, fields: &str) -> Vec<Map<String, Value>> {
        let mut rows = Vec::new();
        let mut token = None::<String>;
        loop {
            let mut form = vec![
                ("filterType", "externalOpportunityId"),
                ("filterValues", keys),
                ("fields", fields),
            ];
            form.extend(token.as_deref().map(|token| ("nextPageToken", token)));
            let url = format!("{}{path}?_method=GET", self.simulator.url());
            let mut reply = self.send(self.http.post(url).form(&form)).await;
            assert_eq!(reply["success"], true, "{reply}");
            // Some instances leave an empty result out.
            let page = reply["result"].as_array_mut().map(std::mem::take);
            for row in page.unwrap_or_default() {
                let Value::Object(mut row) = row else {
                    panic!("{row}")
                };
                row.remove("seq");
                rows.push(row);
            }
            match reply["nextPageToken"].as_str() {
                Some(next) => token = Some(next.to_owned()),
                None => return rows,
            }
        }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Value {
        let url = format!("{}{IDENTITY}", self.simulator.url());
        let reply = self.http.get(url).send().await.unwrap();
        let token: Value = reply.json().await.unwrap();
        let token = token["access_token"].as_str().unwrap();
        let reply = request.bearer_auth(token).send().await.unwrap();
        reply.json().await.unwrap()
    }
}
