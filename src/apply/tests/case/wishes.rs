//! What the manifest of a case says of each record, for rules that know nothing of plans; and a case that follows on another.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::apply::tests::bench::Records;

use super::{Case, Entry, Family, Slot, Spelling, kind_of, role_of};

/// What a manifest says of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// It has these fields; null for no value.
    Present(Map<String, Value>),
    Absent,
    Forgotten,
}

/// What a manifest says, by keys in small letters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) records: BTreeMap<String, Wish>,
    /// The opportunities that have no roles but the declared ones.
    pub(crate) complete: BTreeSet<String>,
}

impl Wishes {
    /// Adds a field to every declared record that can have fields of the instance's own.
    pub(crate) fn mark(&mut self, field: &str, value: &str) {
        for (key, wish) in &mut self.records {
            if let Wish::Present(fields) = wish
                && kind_of(key).extensible
            {
                fields.insert(field.to_owned(), value.into());
            }
        }
    }

    /// The keys of what is to be forgotten.
    pub(crate) fn forgotten(&self) -> Vec<String> {
        let forgotten = self.records.iter();
        let forgotten = forgotten.filter(|(_, wish)| matches!(wish, Wish::Forgotten));
        forgotten.map(|(key, _)| key.clone()).collect()
    }

    /// The keys of what is declared, with the ids that it has.
    pub(crate) fn present(&self, records: &Records) -> BTreeMap<String, Option<String>> {
        let present = self.records.iter();
        let present = present.filter(|(_, wish)| matches!(wish, Wish::Present(_)));
        let id = |key: &String| Some(records.get(key)?["marketoGUID"].as_str()?.to_owned());
        present.map(|(key, _)| (key.clone(), id(key))).collect()
    }
}

impl Slot {
    fn wish(&self) -> Option<Wish> {
        let fields = self.fields.iter();
        let fields = fields.map(|(name, value)| ((*name).to_owned(), value.clone()));
        match self.entry {
            Entry::None => None,
            Entry::Present => Some(Wish::Present(fields.collect())),
            Entry::Absent => Some(Wish::Absent),
            Entry::Forgotten => Some(Wish::Forgotten),
        }
    }

    /// What the manifest says from now on, and whether the record is there.
    fn then(&self, next: &Self, is_there: bool, is_kept: bool) -> Self {
        let said = if is_kept { self } else { next };
        Self {
            held: is_there.then(|| (Spelling::Same, BTreeMap::new())),
            entry: said.entry,
            fields: said.fields.clone(),
        }
    }
}

impl Case {
    pub(crate) fn wishes(&self, prefix: &str) -> Wishes {
        let mut wishes = Wishes::default();
        for (index, family) in self.families.iter().enumerate() {
            let own = format!("{prefix}{index}").to_lowercase();
            for (index, slot) in family.roles.iter().enumerate() {
                let (lead, name) = role_of(index);
                let key = format!("{own} / {lead} / {}", name.to_lowercase());
                wishes.records.extend(slot.wish().map(|wish| (key, wish)));
            }
            if family.prunes() {
                wishes.complete.insert(own.clone());
            }
            let wish = family.own.wish();
            wishes.records.extend(wish.map(|wish| (own, wish)));
        }
        for account in &self.accounts {
            let wish = account.slot.wish();
            let wish = wish.map(|wish| (account.name(prefix), wish));
            wishes.records.extend(wish);
        }
        wishes
    }

    /// The case with fewer roles, and with a name wherever one may be needed.
    pub(crate) fn thinned(mut self, random: &mut fastrand::Rng) -> Self {
        for family in &mut self.families {
            for role in &mut family.roles {
                if random.u8(..3) > 0 {
                    role.held = None;
                    role.entry = Entry::None;
                }
            }
            family.name();
        }
        self
    }

    /// The case in which the instance is empty at first.
    pub(crate) fn emptied(mut self) -> Self {
        for family in &mut self.families {
            for slot in std::iter::once(&mut family.own).chain(&mut family.roles) {
                slot.held = None;
            }
            family.make_possible();
        }
        self
    }

    /// The case in which the manifest does not declare some of the records any more.
    pub(crate) fn less(&self, random: &mut fastrand::Rng) -> Self {
        let mut less = self.clone();
        for family in &mut less.families {
            let is_whole = random.bool();
            let own = std::iter::once(&mut family.own).filter(|_| is_whole);
            for slot in own.chain(&mut family.roles) {
                if slot.entry == Entry::Present && (is_whole || random.bool()) {
                    slot.entry = Entry::None;
                }
            }
            family.is_nested &= family.own.entry != Entry::None;
        }
        for account in &mut less.accounts {
            if account.slot.entry == Entry::Present && random.bool() {
                account.slot.entry = Entry::None;
            }
        }
        less
    }

    /// What becomes of this case once another one's manifest takes the place of its own in part: the instance holds by then what this
    /// one says.
    pub(crate) fn then(&self, next: &Self, random: &mut fastrand::Rng) -> Self {
        let families = self.families.iter().zip(&next.families);
        let families = families.map(|(first, next)| {
            let mut is_kept = || random.u8(..3) > 0;
            let there = |slot: &Slot, is_pruned| slot.expected(is_pruned).is_some();
            let own = there(&first.own, false);
            let own = first.own.then(&next.own, own, is_kept());
            let roles = first
                .roles
                .iter()
                .zip(&next.roles)
                .map(|(role, next)| role.then(next, there(role, first.prunes()), is_kept()));
            let mut family = Family {
                own,
                is_exact: next.is_exact,
                is_nested: next.is_nested,
                roles: roles.collect(),
            };
            family.name();
            family.make_possible();
            family
        });
        Self {
            families: families.collect(),
            accounts: Vec::new(),
            records: self.records,
        }
    }
}

impl Family {
    /// Names what is declared: somebody may have deleted it before it is applied.
    fn name(&mut self) {
        if self.own.entry == Entry::Present {
            self.own
                .fields
                .entry("name")
                .or_insert_with(|| json!("New"));
        }
    }
}
