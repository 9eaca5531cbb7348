//! The records of a case that others name in fields, by the table of kinds; and who names which of them.

use serde_json::{Map, Value, json};

use super::{Case, Entry, Fields, Slot, Spelling, cased};
use crate::model::kind::{KINDS, OPPORTUNITY, ROLE};
use crate::model::{DataType, ObjectKind};

/// How many records of such a kind a case has at most, and how many fields they have.
const COUNT: usize = 2;
const FIELDS: usize = 4;

/// A record that others may name.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) kind: &'static ObjectKind,
    /// The index in its key.
    pub(super) index: usize,
    pub(super) slot: Slot,
}

/// The kinds whose records others name in fields.
pub(crate) fn accounts() -> impl Iterator<Item = &'static ObjectKind> {
    KINDS.into_iter().filter(|kind| is_account(kind))
}

/// Whether records of a kind are named by others in fields.
pub(crate) fn is_account(kind: &ObjectKind) -> bool {
    let mut fields = KINDS.into_iter().flat_map(ObjectKind::field_references);
    fields.any(|(_, named)| named == kind)
}

/// A record's key in small letters, with the kind before it where keys alone do not tell: `a`, `a / 1 / r`, `company: a`.
pub(crate) fn name_of(kind: &ObjectKind, key: &str) -> String {
    let key = key.to_lowercase();
    if is_account(kind) {
        format!("{}: {key}", kind.name.to_lowercase())
    } else {
        key
    }
}

/// The kind of a record with such a name.
pub(crate) fn kind_of(name: &str) -> &'static ObjectKind {
    let account = name.split_once(": ").and_then(|(word, _)| {
        let mut accounts = accounts();
        accounts.find(|kind| kind.name.to_lowercase() == word)
    });
    match account {
        Some(kind) => kind,
        None if name.contains(" / ") => &ROLE,
        None => &OPPORTUNITY,
    }
}

/// Where records of a kind are written.
pub(crate) fn path_of(kind: &ObjectKind) -> String {
    format!("/rest/v1/{}.json", kind.path)
}

/// The fields of a kind that cases write, with a way to draw values.
fn written(kind: &'static ObjectKind) -> impl Iterator<Item = (&'static str, DataType)> {
    let fields = kind.documented.iter().chain(kind.standard);
    let is_reference = |name: &str| kind.references.iter().any(|it| it.field == name);
    let fields = fields.filter(move |field| {
        field.updateable && !is_reference(field.name) && !kind.is_key(field.name)
    });
    fields
        .take(FIELDS)
        .map(|field| (field.name, field.data_type.clone()))
}

fn value(
    kind: &ObjectKind,
    (name, of): (&str, &DataType),
    index: usize,
    random: &mut fastrand::Rng,
) -> Value {
    if kind.create_only.contains(&name) {
        // Somebody may have another one for it, which stays.
        let index = if random.u8(..16) == 0 { 9 } else { index };
        json!(format!("person{index}@example.com"))
    } else if matches!(of, DataType::Currency | DataType::Integer) {
        json!(random.u16(1..900))
    } else {
        json!(*random.choice(&["Chairs", "no", "0042", "ünï 𝄞"]).unwrap())
    }
}

fn fields(
    kind: &'static ObjectKind,
    index: usize,
    nulls: bool,
    random: &mut fastrand::Rng,
) -> Fields {
    let mut fields = Fields::new();
    for (name, of) in written(kind) {
        // A record without one that a manifest declares is a mistake of the manifest.
        let is_fixed = kind.create_only.contains(&name);
        let is_left_out = if is_fixed && !nulls {
            random.u8(..16) == 0
        } else {
            random.bool()
        };
        if is_left_out {
            continue;
        }
        let is_null = nulls && !is_fixed && random.u8(..4) == 0;
        let value = value(kind, (name, &of), index, random);
        fields.insert(name, if is_null { Value::Null } else { value });
    }
    fields
}

/// Some fields of a record that others may name, as somebody may write them: of a new one or of one that is there.
pub(crate) fn some_fields(
    kind: &'static ObjectKind,
    key: &str,
    is_new: bool,
    random: &mut fastrand::Rng,
) -> Map<String, Value> {
    let digit = key.chars().next_back().and_then(|digit| digit.to_digit(10));
    let index = digit.map_or(9, |digit| digit as usize);
    let mut fields = fields(kind, index, false, random);
    fields.retain(|name, _| is_new || !kind.create_only.contains(name));
    let fields = fields.into_iter();
    fields
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

impl Account {
    fn draw(
        kind: &'static ObjectKind,
        index: usize,
        is_first: bool,
        random: &mut fastrand::Rng,
    ) -> Self {
        let held = (is_first && random.bool()).then(|| {
            let spelling = match random.u8(..4) {
                0 => Spelling::Capitals,
                _ => Spelling::Same,
            };
            (spelling, fields(kind, index, false, random))
        });
        let entry = match random.u8(..10) {
            0..2 => Entry::None,
            2 => Entry::Forgotten,
            3 => Entry::Absent,
            _ => Entry::Present,
        };
        let fields = fields(kind, index, true, random);
        let slot = Slot {
            held,
            entry,
            fields,
        };
        Self { kind, index, slot }
    }

    fn key(&self, prefix: &str) -> String {
        format!("{prefix}{}", self.index)
    }

    /// Its name among all records.
    pub(super) fn name(&self, prefix: &str) -> String {
        name_of(self.kind, &self.key(prefix))
    }
}

impl Case {
    /// Adds records that opportunities name, and which ones they name. Some of it is as it was in the case before.
    pub(crate) fn with_accounts(
        &mut self,
        before: Option<&Self>,
        prefix: &str,
        random: &mut fastrand::Rng,
    ) {
        for kind in accounts() {
            for index in 0..COUNT {
                let old = before.into_iter().flat_map(|before| &before.accounts);
                let mut old = old.filter(|old| *old.kind == *kind && old.index == index);
                let old = old.next().filter(|_| random.u8(..3) > 0);
                let account = match old {
                    Some(old) => old.clone(),
                    None => Account::draw(kind, index, before.is_none(), random),
                };
                self.accounts.push(account);
            }
        }
        let accounts = self.accounts.clone();
        for account in &mut self.accounts {
            link(
                account.kind,
                &mut account.slot,
                None,
                &accounts,
                prefix,
                random,
            );
        }
        for (index, family) in self.families.iter_mut().enumerate() {
            let before = before.and_then(|before| before.families.get(index));
            let old = before.map(|before| &before.own.fields);
            link(
                &OPPORTUNITY,
                &mut family.own,
                old,
                &accounts,
                prefix,
                random,
            );
        }
    }

    /// What the manifest lists by sections, beside opportunities and roles.
    pub(super) fn account_sections(&self, prefix: &str) -> Map<String, Value> {
        let mut sections = Map::new();
        for account in &self.accounts {
            let key = [(account.kind.key[0].field, json!(account.key(prefix)))];
            let entry = account.slot.manifest(&key);
            let section = sections
                .entry(account.kind.plural)
                .or_insert_with(|| json!([]));
            section
                .as_array_mut()
                .expect("a section is a list")
                .extend(entry);
        }
        sections
    }

    /// What the instance holds where the case begins, by path; each after what it names.
    pub(crate) fn held_accounts(&self, prefix: &str) -> Vec<(String, Vec<Value>)> {
        let held = accounts().map(|kind| {
            let of_kind = self.accounts.iter().filter(|account| account.kind == kind);
            let records = of_kind.filter_map(|account| {
                let (spelling, fields) = account.slot.held.as_ref()?;
                let mut record = json!(fields);
                record[kind.key[0].field] = json!(cased(&account.key(prefix), *spelling));
                Some(record)
            });
            (path_of(kind), records.collect())
        });
        held.collect()
    }
}

/// Lets the instance and the manifest name records in the fields of a slot.
fn link(
    kind: &'static ObjectKind,
    slot: &mut Slot,
    old: Option<&Fields>,
    accounts: &[Account],
    prefix: &str,
    random: &mut fastrand::Rng,
) {
    for (reference, to) in kind.field_references() {
        let name = reference.field;
        let of_kind: Vec<&Account> = accounts.iter().filter(|it| it.kind == to).collect();
        let is_absent = |key: &Value| {
            let mut of_kind = of_kind.iter();
            of_kind.any(|it| it.slot.entry == Entry::Absent && *key == json!(it.key(prefix)))
        };
        if let Some((_, held)) = &mut slot.held {
            let there: Vec<_> = of_kind.iter().filter(|it| it.slot.held.is_some()).collect();
            if let Some(some) = random.choice(&there).filter(|_| random.bool()) {
                held.insert(name, json!(some.key(prefix)));
            }
        }
        let drawn = match random.u8(..60) {
            0..18 => None,
            18..26 => Some(Value::Null),
            26 => Some(json!(format!("{prefix}9"))),
            27 => Some(json!("other-1")),
            _ => random.choice(&of_kind).map(|it| json!(it.key(prefix))),
        };
        let kept = old.filter(|_| random.u8(..3) > 0);
        let said = kept.map_or(drawn, |old| old.get(name).cloned());
        let Some(said) = said else {
            slot.fields.remove(name);
            continue;
        };
        // A manifest that names what it declares absent is none.
        let said = if is_absent(&said) { Value::Null } else { said };
        slot.fields.insert(name, said);
    }
}
