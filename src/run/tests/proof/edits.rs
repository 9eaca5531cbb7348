//! What others do in the instance: they know nothing of manifests, and keep to what the instance allows.

use serde_json::{Map, Value, json};

use super::PREFIX;
use super::marketo::Marketo;
use super::naming::users;
use crate::apply::tests::bench::{OPPORTUNITIES, ROLES, Records};
use crate::apply::tests::case::{self, LEADS, accounts, is_account, kind_of, some_fields};
use crate::model::ObjectKind;
use crate::model::kind::{OPPORTUNITY, ROLE};

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
pub(super) fn key_of(kind: &ObjectKind, record: &Map<String, Value>) -> Value {
    let mut key = json!({});
    for part in kind.key {
        let member = if is_account(kind) { "key" } else { part.field };
        if let Some(value) = record.get(member) {
            key[part.field] = value.clone();
        }
    }
    key
}

pub(super) fn path_of(name: &str) -> String {
    case::path_of(kind_of(name))
}

fn is_free(records: &Records, name: &str) -> bool {
    users(name, records.iter()).is_empty()
}

impl Marketo {
    /// Lets somebody else write, amid the calls of a process or on their own.
    pub(super) async fn edit(&self, edit: &Edit, amid: Option<usize>) {
        if self.has_accounts {
            // Drawn apart, so that all else is as in a history without them.
            let mut random = fastrand::Rng::with_seed(!edit.seed);
            if random.u8(..3) == 0 {
                return self.edit_account(edit, amid, &mut random).await;
            }
        }
        let mut random = fastrand::Rng::with_seed(edit.seed);
        let records = self.records();
        let keys: Vec<&String> = { records.keys() }
            .filter(|name| !is_account(kind_of(name)))
            .collect();
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
                if *kind_of(key) == OPPORTUNITY {
                    let mut branded = key_of(&OPPORTUNITY, record);
                    branded["managedBy"] = json!("another/team");
                    self.post(OPPORTUNITIES, json!([branded]), amid).await;
                }
            }
            (What::Managed | What::Unmanaged, Some((key, record))) => {
                let is_role = *kind_of(key) == ROLE;
                let mut edited = key_of(kind_of(key), record);
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
                self.post(&path_of(key), json!([edited]), amid).await;
            }
            (What::Delete | What::Remake, Some((key, record))) => {
                if !is_free(&records, key) {
                    return;
                }
                let path = path_of(key).replace(".json", "/delete.json");
                let kind = kind_of(key);
                self.post(&path, json!([key_of(kind, record)]), amid).await;
                if edit.what == What::Remake {
                    let mut new = key_of(kind, record);
                    if let Some(name) = record.get("name") {
                        new["name"] = name.clone();
                    }
                    self.post(&path_of(key), json!([new]), amid).await;
                }
            }
        }
    }

    /// Lets somebody else write what opportunities name, or who names it.
    async fn edit_account(&self, edit: &Edit, amid: Option<usize>, random: &mut fastrand::Rng) {
        let kinds: Vec<&'static ObjectKind> = accounts().collect();
        let Some(kind) = random.choice(&kinds).copied() else {
            return;
        };
        let (path, part) = (case::path_of(kind), kind.key[0].field);
        let records = self.records();
        let of_kind: Vec<_> = { records.iter() }
            .filter(|(name, _)| kind_of(name) == kind)
            .collect();
        let some = random.choice(&of_kind).copied();
        match (edit.what, some) {
            (What::Race, _) => {
                let key = format!("{PREFIX}{}", random.u8(..2));
                let fields = some_fields(kind, &key, true, random);
                let new = with(json!({ part: key }), fields);
                self.post(&path, json!([new]), amid).await;
            }
            (What::Own, _) | (_, None) => {
                let key = format!("other-{}", random.u8(..2));
                let fields = some_fields(kind, &key, true, random);
                let new = with(json!({ part: key }), fields);
                self.post(&path, json!([new]), amid).await;
            }
            (What::Brand, Some((_, record))) => {
                let lead = random.usize(1..=LEADS);
                if let (Some(field), Some(key)) = (kind.lead_field, record["key"].as_str())
                    && !self.is_lost(lead)
                {
                    self.name_by_lead(lead, field, key).await;
                }
            }
            (What::Managed, Some((name, record))) => {
                let fields = some_fields(kind, name, false, random);
                let edited = with(key_of(kind, record), fields);
                self.post(&path, json!([edited]), amid).await;
            }
            (What::Unmanaged, Some((_, record))) => {
                let key = if random.u8(..4) > 0 {
                    record["key"].clone()
                } else {
                    Value::Null
                };
                self.name_by_some(kind, &key, amid, random).await;
            }
            (What::Delete | What::Remake, Some((name, record))) => {
                let gone = path.replace(".json", "/delete.json");
                self.post(&gone, json!([key_of(kind, record)]), amid).await;
                if edit.what == What::Remake && !self.records().contains_key(name) {
                    let fields = some_fields(kind, name, true, random);
                    let new = with(key_of(kind, record), fields);
                    self.post(&path, json!([new]), amid).await;
                }
            }
        }
    }

    /// Lets some record name this one, or none.
    async fn name_by_some(
        &self,
        kind: &'static ObjectKind,
        key: &Value,
        amid: Option<usize>,
        random: &mut fastrand::Rng,
    ) {
        let records = self.records();
        let naming = records.iter().filter_map(|(name, record)| {
            let mut references = kind_of(name).field_references();
            let (reference, _) = references.find(|(_, to)| *to == kind)?;
            Some((name, record, reference.field))
        });
        let naming: Vec<_> = naming.collect();
        if let Some((name, record, field)) = random.choice(&naming) {
            let mut edited = key_of(kind_of(name), record);
            edited[*field] = key.clone();
            self.post(&path_of(name), json!([edited]), amid).await;
        }
    }
}

/// A record with these fields.
fn with(mut record: Value, fields: Map<String, Value>) -> Value {
    if let Some(members) = record.as_object_mut() {
        members.extend(fields);
    }
    record
}
