//! Reads that lag: for some seconds a process does not see what it has written.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::marketo::Effect;
use crate::apply::tests::bench::Records;
use crate::apply::tests::case::{is_account, kind_of};
use crate::model::ObjectKind;
use crate::model::kind::KINDS;

/// What a query asks for.
struct Asked {
    kind: &'static ObjectKind,
    fields: Vec<String>,
    /// One of these has to fit: the members and their values, in small letters.
    any: Vec<BTreeMap<String, String>>,
}

/// The records as a process sees them whose own writes of the last `lag` it does not.
pub(super) fn seen(mut records: Records, effects: &[Effect], by: usize, lag: Duration) -> Records {
    let now = Instant::now();
    for effect in effects.iter().rev() {
        if effect.by != Some(by) || effect.at + lag <= now {
            continue;
        }
        match &effect.before {
            Some(before) => drop(records.insert(effect.key.clone(), before.clone())),
            None => drop(records.remove(&effect.key)),
        }
    }
    records
}

/// What a query is answered where these records are seen.
pub(super) fn answer(path: &str, body: &[u8], seen: &Records) -> Value {
    let asked = Asked::of(path, body);
    let found = seen.iter().filter(|(key, record)| {
        let is_asked = kind_of(key) == asked.kind;
        is_asked
            && asked
                .any
                .iter()
                .any(|wanted| fits(asked.kind, wanted, record))
    });
    let rows = found.enumerate().map(|(seq, (_, record))| {
        let mut row = Map::from_iter([("seq".to_owned(), json!(seq))]);
        for name in &asked.fields {
            row.insert(name.clone(), held(asked.kind, record, name));
        }
        Value::Object(row)
    });
    let rows: Vec<_> = rows.collect();
    json!({ "requestId": "lag#1", "success": true, "result": rows })
}

fn fits(kind: &ObjectKind, wanted: &BTreeMap<String, String>, record: &Map<String, Value>) -> bool {
    wanted.iter().all(|(name, value)| {
        let held = held(kind, record, name);
        if held.is_null() {
            value.is_empty()
        } else {
            text(&held) == *value
        }
    })
}

/// What the instance has in this field.
fn held(kind: &ObjectKind, record: &Map<String, Value>, name: &str) -> Value {
    let held = |name: &str| record.get(name).cloned().unwrap_or_default();
    if !is_account(kind) {
        held(name)
    } else if name == kind.id_field {
        let id = held("marketoGUID");
        let id = id.as_str().and_then(|id| id.parse::<i64>().ok());
        json!(id)
    } else if name == kind.key[0].field {
        held("key")
    } else {
        held(name)
    }
}

fn text(value: &Value) -> String {
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    text.to_lowercase()
}

impl Asked {
    fn of(path: &str, body: &[u8]) -> Self {
        let path = path
            .trim_start_matches("/rest/v1/")
            .trim_end_matches(".json");
        let mut kinds = KINDS.into_iter();
        let kind = kinds
            .find(|kind| kind.path == path)
            .expect("it is asked for records");
        if let Ok(body) = serde_json::from_slice::<Value>(body) {
            let members = |row: &Value| {
                let row = row.as_object().unwrap().iter();
                row.map(|(name, value)| (name.clone(), text(value)))
                    .collect()
            };
            let names = |list: &Value| list.as_str().unwrap().to_owned();
            return Self {
                kind,
                fields: body["fields"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(names)
                    .collect(),
                any: body["input"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(members)
                    .collect(),
            };
        }
        let form: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
        let values = form["filterValues"].split(',');
        let name = &form["filterType"];
        let row = |value: &str| BTreeMap::from([(name.clone(), value.to_lowercase())]);
        Self {
            kind,
            fields: form["fields"].split(',').map(str::to_owned).collect(),
            any: values.map(row).collect(),
        }
    }
}
