//! Random cases: what an instance holds, what a manifest says, and what comes of both by rules that know nothing of plans.

mod accounts;
mod wishes;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use self::accounts::Account;
pub(crate) use self::accounts::{accounts, is_account, kind_of, name_of, path_of, some_fields};
pub(crate) use self::wishes::{Wish, Wishes};
use crate::apply::tests::bench::{Bench, OPPORTUNITIES, ROLES, told};

/// Leads 1 to this have roles.
pub(crate) const LEADS: usize = 3;
const NAMES: [&str; 2] = ["R", "Sé"];

/// What the instance holds and what the manifest says of one record.
#[derive(Clone, Debug)]
struct Slot {
    /// Whether it is there, in capital letters or as the manifest writes it, and what it holds.
    held: Option<(Spelling, Fields)>,
    entry: Entry,
    /// The fields that the manifest writes.
    fields: Fields,
}

/// What records hold, by their keys in small letters.
pub(crate) type Contents = BTreeMap<String, Map<String, Value>>;

/// Values by field; null is written as such in a manifest and is nothing in an instance.
type Fields = BTreeMap<&'static str, Value>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
    Same,
    Capitals,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    None,
    Present,
    Absent,
    Forgotten,
}

/// An opportunity with all roles that it can have: each lead in each role.
#[derive(Clone, Debug)]
struct Family {
    own: Slot,
    is_exact: bool,
    /// Whether the manifest writes the roles below their opportunity.
    is_nested: bool,
    roles: Vec<Slot>,
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    families: Vec<Family>,
    /// What opportunities may name; none unless a test adds them.
    accounts: Vec<Account>,
    /// The most records of a call.
    pub(crate) records: usize,
}

fn value(name: &'static str) -> BoxedStrategy<Value> {
    let texts = [
        "Chairs",
        "no",
        "0042",
        "1e3",
        "ünï 𝄞",
        " blanks ",
        "a: \"b\" # c\n\td",
        "null",
    ];
    match name {
        "amount" => select(vec![
            json!(0),
            json!(-1.5),
            json!(1604.47),
            json!(12_000_000),
        ])
        .boxed(),
        "closeDate" => select(vec![json!("2026-12-31"), json!("2000-02-29")]).boxed(),
        "isWon" | "isPrimary" => any::<bool>().prop_map(Value::from).boxed(),
        "externalCreatedDate" => select(vec![
            json!("2026-03-01T09:00:00Z"),
            json!("1969-12-31T23:59:59Z"),
        ])
        .boxed(),
        _ => select(texts.to_vec()).prop_map(Value::from).boxed(),
    }
}

/// Any of these fields; in a manifest some of them null.
fn fields(names: &'static [&'static str], nulls: bool) -> impl Strategy<Value = Fields> {
    let field = move |name: &'static str| {
        let null = if nulls && name != "name" { 1 } else { 0 };
        let some = prop_oneof![null => Just(Value::Null), 3 => value(name)];
        prop::option::of(some).prop_map(move |value| (name, value))
    };
    let fields: Vec<_> = names.iter().map(|name| field(name)).collect();
    fields.prop_map(|fields| {
        let written = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        written.collect()
    })
}

fn slot(names: &'static [&'static str]) -> impl Strategy<Value = Slot> {
    let spelling = prop_oneof![3 => Just(Spelling::Same), 1 => Just(Spelling::Capitals)];
    let entry = prop_oneof![
        2 => Just(Entry::None),
        5 => Just(Entry::Present),
        2 => Just(Entry::Absent),
        1 => Just(Entry::Forgotten),
    ];
    let held = prop::option::of((spelling, fields(names, false)));
    (held, entry, fields(names, true)).prop_map(|(held, entry, fields)| Slot {
        held,
        entry,
        fields,
    })
}

/// Any case that a manifest and an instance can be, small.
pub(crate) fn case() -> impl Strategy<Value = Case> {
    cases(1..=3, &[2, 5, 300])
}

/// Any case of so many opportunities, which go out in calls of one of these sizes.
pub(crate) fn cases(
    keys: RangeInclusive<usize>,
    records: &[usize],
) -> impl Strategy<Value = Case> + use<> {
    let own = slot(&[
        "name",
        "stage",
        "description",
        "amount",
        "closeDate",
        "isWon",
    ]);
    let roles = prop::collection::vec(
        slot(&["isPrimary", "externalCreatedDate"]),
        LEADS * NAMES.len(),
    );
    let family =
        (own, any::<bool>(), any::<bool>(), roles).prop_map(|(own, is_exact, is_nested, roles)| {
            let mut family = Family {
                own,
                is_exact,
                is_nested,
                roles,
            };
            family.make_possible();
            family
        });
    (
        prop::collection::vec(family, keys),
        select(records.to_vec()),
    )
        .prop_map(|(families, records)| Case {
            families,
            accounts: Vec::new(),
            records,
        })
}

impl Family {
    /// Takes back what a manifest or an instance cannot be: roles without an opportunity, deletions of an opportunity
    /// whose roles stay, new opportunities without a name.
    fn make_possible(&mut self) {
        let Self {
            own,
            is_exact,
            is_nested,
            roles,
        } = self;
        *is_nested &= own.entry != Entry::None;
        if own.held.is_none() && own.entry == Entry::Present {
            own.fields.entry("name").or_insert_with(|| json!("New"));
        }
        for role in roles {
            if own.held.is_none() {
                role.held = None;
            }
            let is_kept = matches!(role.entry, Entry::Present | Entry::Forgotten);
            let is_left = role.entry == Entry::None && role.held.is_some() && !*is_exact;
            if own.entry == Entry::Absent && (is_kept || is_left) {
                role.entry = Entry::Absent;
            }
            let has_parent = own.held.is_some() || own.entry == Entry::Present;
            if role.entry == Entry::Present && !has_parent {
                role.entry = Entry::None;
            }
        }
    }

    /// Whether roles that the manifest does not list are deleted.
    fn prunes(&self) -> bool {
        self.is_exact && matches!(self.own.entry, Entry::Present | Entry::Absent)
    }
}

impl Slot {
    /// What the instance is to hold in the end, without what `told` leaves out.
    fn expected(&self, is_pruned: bool) -> Option<Map<String, Value>> {
        let held = self.held.as_ref().map(|(_, fields)| fields);
        let mut fields = held.cloned();
        match self.entry {
            Entry::None if is_pruned => fields = None,
            Entry::None | Entry::Forgotten => {}
            Entry::Absent => fields = None,
            Entry::Present => {
                let fields = fields.get_or_insert_default();
                fields.extend(self.fields.clone());
            }
        }
        let fields = fields?.into_iter();
        let fields = fields.map(|(name, value)| (name.to_owned(), value));
        Some(told(&fields.collect()))
    }

    fn manifest(&self, key: &[(&str, Value)]) -> Option<Value> {
        let ensure = match self.entry {
            Entry::None => return None,
            Entry::Present => "present",
            Entry::Absent => "absent",
            Entry::Forgotten => "forgotten",
        };
        let mut entry: Map<String, Value> = Map::new();
        entry.extend(
            key.iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone())),
        );
        entry.insert("ensure".to_owned(), ensure.into());
        if self.entry == Entry::Present {
            entry.extend(
                self.fields
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), value.clone())),
            );
        }
        Some(entry.into())
    }
}

fn cased(text: &str, spelling: Spelling) -> String {
    match spelling {
        Spelling::Same => text.to_owned(),
        Spelling::Capitals => text.to_uppercase(),
    }
}

/// The index of a family and of a role's slot, as keys.
fn role_of(index: usize) -> (usize, &'static str) {
    (index % LEADS + 1, NAMES[index / LEADS])
}

impl Case {
    /// The manifest; JSON is YAML.
    pub(crate) fn manifest(&self, prefix: &str) -> String {
        let (mut opportunities, mut roles) = (Vec::new(), Vec::new());
        for (index, family) in self.families.iter().enumerate() {
            let key = json!(format!("{prefix}{index}"));
            let mut nested = Vec::new();
            for (index, slot) in family.roles.iter().enumerate() {
                let (lead, name) = role_of(index);
                // Every other role names its lead by e-mail.
                let by_email = json!({ "email": format!("LEAD{lead}@example.com") });
                let lead = if index % 2 == 0 {
                    ("leadId", json!(lead))
                } else {
                    ("lead", by_email)
                };
                let mut parts = vec![lead, ("role", json!(name))];
                if family.is_nested {
                    nested.extend(slot.manifest(&parts));
                } else {
                    parts.push(("externalOpportunityId", key.clone()));
                    roles.extend(slot.manifest(&parts));
                }
            }
            let parts = [("externalOpportunityId", key.clone())];
            if let Some(mut entry) = family.own.manifest(&parts) {
                entry["rolesMode"] = json!(if family.is_exact { "exact" } else { "additive" });
                entry["roles"] = nested.into();
                opportunities.push(entry);
            }
        }
        let mut manifest = json!({ "version": 1, "opportunities": opportunities, "roles": roles });
        let sections = manifest.as_object_mut().expect("it is a mapping");
        sections.extend(self.account_sections(prefix));
        manifest.to_string()
    }

    /// Brings the instance to where the case begins.
    pub(crate) async fn given(&self, bench: &Bench, prefix: &str) {
        for index in 0..self.families.len() {
            bench.name(&format!("{prefix}{index}"));
        }
        for (path, records) in self.held(prefix) {
            if !records.is_empty() {
                let reply = bench.post(path, &json!({ "input": records })).await;
                let rows = reply["result"].as_array().unwrap();
                assert!(rows.iter().all(|row| row["status"] == "created"), "{reply}");
            }
        }
    }

    /// What the instance holds where the case begins, by path.
    pub(crate) fn held(&self, prefix: &str) -> [(&'static str, Vec<Value>); 2] {
        let (mut opportunities, mut roles) = (Vec::new(), Vec::new());
        for (index, family) in self.families.iter().enumerate() {
            let key = format!("{prefix}{index}");
            let push = |list: &mut Vec<Value>, held: &Fields, key: Value| {
                let mut record = key;
                for (name, value) in held {
                    record[*name] = value.clone();
                }
                list.push(record);
            };
            if let Some((spelling, held)) = &family.own.held {
                let key = json!({ "externalOpportunityId": cased(&key, *spelling) });
                push(&mut opportunities, held, key);
            }
            for (index, slot) in family.roles.iter().enumerate() {
                let (lead, name) = role_of(index);
                if let Some((spelling, held)) = &slot.held {
                    let (key, name) = (cased(&key, *spelling), cased(name, *spelling));
                    let key = json!({ "externalOpportunityId": key, "leadId": lead, "role": name });
                    push(&mut roles, held, key);
                }
            }
        }
        [(OPPORTUNITIES, opportunities), (ROLES, roles)]
    }

    /// Puts this word before every description, so that it can be told from all other values.
    pub(crate) fn keep_secrets(&mut self, word: &str) {
        for family in &mut self.families {
            let held = family.own.held.as_mut().map(|(_, held)| held);
            for fields in held.into_iter().chain([&mut family.own.fields]) {
                if let Some(Value::String(text)) = fields.get_mut("description") {
                    *text = format!("{word} {text}");
                }
            }
        }
    }

    /// What the instance is to hold in the end, by keys in small letters.
    pub(crate) fn expected(&self, prefix: &str) -> Contents {
        let mut expected = BTreeMap::new();
        for (index, family) in self.families.iter().enumerate() {
            let key = format!("{prefix}{index}").to_lowercase();
            for (index, slot) in family.roles.iter().enumerate() {
                let (lead, name) = role_of(index);
                let record = slot.expected(family.prunes());
                let key = format!("{key} / {lead} / {}", name.to_lowercase());
                expected.extend(record.map(|record| (key, record)));
            }
            expected.extend(family.own.expected(false).map(|record| (key, record)));
        }
        expected
    }
}
