//! What others do in the instance: they know nothing of manifests, and keep to what the instance allows.

use serde_json::{Value, json};

use super::PREFIX;
use super::marketo::Marketo;
use crate::apply::tests::bench::{OPPORTUNITIES, ROLES, Records};

/// Something that somebody does, to whatever is there by then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edit {
    what: What,
    /// Decides on the record and on its values.
    seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// Writes a field that manifests write too.
    Managed,
    /// Writes a field that none does.
    Unmanaged,
    /// Creates an opportunity of their own.
    Own,
    /// Creates a record that a manifest may be about to create.
    Race,
    /// Writes the marker of another owner, where the instance has the field.
    Brand,
    Delete,
    /// Deletes and creates anew.
    Remake,
}

impl Edit {
    pub(super) fn draw(random: &mut fastrand::Rng) -> Self {
        let what = match random.u8(..14) {
            0..4 => What::Managed,
            4 => What::Unmanaged,
            5 => What::Own,
            6..9 => What::Race,
            9..11 => What::Delete,
            11 => What::Brand,
            _ => What::Remake,
        };
        let seed = random.u64(..);
        Self { what, seed }
    }
}

/// The members of a record that name it.
pub(super) fn key_of(record: &serde_json::Map<String, Value>) -> Value {
    let mut key = json!({});
    for name in ["externalOpportunityId", "leadId", "role"] {
        if let Some(value) = record.get(name) {
            key[name] = value.clone();
        }
    }
    key
}

pub(super) fn path_of(key: &str) -> &'static str {
    if key.contains(" / ") {
        ROLES
    } else {
        OPPORTUNITIES
    }
}

fn is_free(records: &Records, key: &str) -> bool {
    let below = format!("{key} / ");
    !records.keys().any(|other| other.starts_with(&below))
}

impl Marketo {
    /// Lets somebody else write, amid the calls of a process or on their own.
    pub(super) async fn edit(&self, edit: &Edit, amid: Option<usize>) {
        let mut random = fastrand::Rng::with_seed(edit.seed);
        let records = self.records();
        let keys: Vec<&String> = records.keys().collect();
        let some = random.choice(&keys).map(|key| (*key, &records[*key]));
        match (edit.what, some) {
            (What::Own, _) | (_, None) => {
                let key = format!("other-{}", random.u8(..4));
                let name = format!("Theirs {}", random.u8(..));
                let record = json!([{ "externalOpportunityId": key, "name": name }]);
                self.post(OPPORTUNITIES, record, amid).await;
            }
            (What::Race, _) => {
                let family = random.u8(..3);
                let key = format!("{PREFIX}{family}");
                if records.contains_key(&key) {
                    let (lead, role) = (random.u8(1..=3), *random.choice(&["R", "Sé"]).unwrap());
                    if self.is_lost(lead.into()) {
                        return;
                    }
                    let mut new = json!({ "externalOpportunityId": key, "leadId": lead });
                    new["role"] = json!(role);
                    self.post(ROLES, json!([new]), amid).await;
                } else {
                    let new = json!({ "externalOpportunityId": key, "name": "Raced" });
                    self.post(OPPORTUNITIES, json!([new]), amid).await;
                }
            }
            (What::Brand, Some((key, record))) => {
                if path_of(key) == OPPORTUNITIES {
                    let mut branded = key_of(record);
                    branded["managedBy"] = json!("another/team");
                    self.post(OPPORTUNITIES, json!([branded]), amid).await;
                }
            }
            (What::Managed | What::Unmanaged, Some((key, record))) => {
                let is_role = path_of(key) == ROLES;
                let mut edited = key_of(record);
                match (edit.what, is_role) {
                    (What::Managed, true) => edited["isPrimary"] = json!(random.bool()),
                    (What::Managed, false) if random.bool() => {
                        edited["stage"] = json!(format!("Theirs {}", random.u8(..3)));
                    }
                    (What::Managed, false) => edited["amount"] = json!(random.u8(..)),
                    // No case writes a type; roles have no field that none writes.
                    (_, false) => edited["type"] = json!(format!("Theirs {}", random.u8(..))),
                    (_, true) => edited["isPrimary"] = json!(random.bool()),
                }
                self.post(path_of(key), json!([edited]), amid).await;
            }
            (What::Delete | What::Remake, Some((key, record))) => {
                if !is_free(&records, key) {
                    return;
                }
                let path = path_of(key).replace(".json", "/delete.json");
                self.post(&path, json!([key_of(record)]), amid).await;
                if edit.what == What::Remake {
                    let mut new = key_of(record);
                    if let Some(name) = record.get("name") {
                        new["name"] = name.clone();
                    }
                    self.post(path_of(key), json!([new]), amid).await;
                }
            }
        }
    }
}
