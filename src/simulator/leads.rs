//! Leads: created and updated by a lookup field.
//!
//! Source: Adobe REST documentation, "Leads", section "Create and update". Rows have no `seq`, and
//! a missing lead is 1004, an existing one 1005. Queries are those of `query`.

use jiff::Timestamp;

use super::codes::{Failure, Reason};
use super::faults::Skip;
use super::kinds::{Field, LEAD};
use super::lookup::{Cursor, Lookup, page};
use super::reply::{Reply, Row};
use super::request::{Members, input, members, text_member};
use super::schema::Schema;
use super::sync::{Refusal, Values, done, each, typed};
use super::tables::Writer;
use super::value::{Record, fold, instant, raw, text};

/// A sync call for leads that keeps to the rules as a whole.
pub(super) struct LeadSync<'s> {
    action: Action,
    lookup: &'s Field,
    input: Vec<Members>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    CreateOnly,
    UpdateOnly,
    CreateOrUpdate,
    CreateDuplicate,
}

impl<'s> LeadSync<'s> {
    /// Reads a sync call.
    pub(super) fn parse(schema: &'s Schema, json: &[u8]) -> Result<Self, Failure> {
        let body = members(json)?;
        let action = match text_member(&body, "action")?.as_deref() {
            None | Some("createOrUpdate") => Action::CreateOrUpdate,
            Some("createOnly") => Action::CreateOnly,
            Some("updateOnly") => Action::UpdateOnly,
            Some("createDuplicate") => Action::CreateDuplicate,
            Some(other) => return Err(Failure::invalid(format!("Invalid action '{other}'"))),
        };
        let name = text_member(&body, "lookupField")?.unwrap_or_else(|| "email".to_owned());
        let lookup = schema
            .searchable(&name)
            .ok_or_else(|| Reason::new("1006", format!("Lookup field '{name}' not found")))?;
        Ok(Self {
            action,
            lookup,
            input: input(&body)?,
        })
    }

    /// Applies the leads in their order, but not those that a fault skips.
    pub(super) fn apply(
        &self,
        schema: &Schema,
        store: &mut Writer<'_>,
        now: Timestamp,
        skip: Option<&Skip>,
    ) -> Result<Reply, Failure> {
        let rows = each(&self.input, skip, |lead| {
            self.lead(schema, store, now, lead)
        })?;
        Ok(Reply::of(rows))
    }

    fn lead(
        &self,
        schema: &Schema,
        store: &mut Writer<'_>,
        now: Timestamp,
        sent: &Members,
    ) -> Result<Row, Refusal> {
        let values = typed(schema, sent)?;
        if self.action == Action::CreateDuplicate {
            return self.create(store, values, now);
        }
        let mut matches = self.matches(store, &values)?;
        match (self.action, matches.pop(), matches.is_empty()) {
            (_, Some(_), false) => Err(Reason::of("1007").into()),
            (Action::CreateOnly, Some(_), true) => Err(Reason::of("1005").into()),
            (Action::UpdateOnly, None, _) => Err(Reason::of("1004").into()),
            // Marketo numbers leads itself.
            (_, None, _) if self.lookup.name == LEAD.id => Err(Reason::of("1004").into()),
            (_, None, _) => self.create(store, values, now),
            (_, Some(old), true) => self.update(store, &old, values, now),
        }
    }

    /// Up to two leads with the record's value of the lookup field.
    fn matches(&self, store: &Writer<'_>, values: &Values<'_>) -> Result<Vec<Record>, Refusal> {
        let name = self.lookup.name.as_ref();
        let value = values.get(name).and_then(|(_, value)| value.as_deref());
        let Some(value) = value.and_then(text) else {
            return Err(Reason::invalid(format!("{name} not specified")).into());
        };
        let lookup = Lookup::by(&LEAD, self.lookup, vec![fold(&value)]);
        let found = page(&store.tables, &LEAD, &lookup, &Cursor::default(), 2)?;
        Ok(found.records)
    }

    fn create(
        &self,
        store: &mut Writer<'_>,
        values: Values<'_>,
        now: Timestamp,
    ) -> Result<Row, Refusal> {
        let record = insert(store, values, now, &[])?;
        Ok(done("created", &LEAD, &record))
    }

    fn update(
        &self,
        store: &mut Writer<'_>,
        old: &Record,
        values: Values<'_>,
        now: Timestamp,
    ) -> Result<Row, Refusal> {
        let mut record = old.clone();
        for (name, (field, value)) in values {
            if name == LEAD.id && self.lookup.name == LEAD.id {
                continue;
            }
            writable(field, &[])?;
            match value {
                Some(value) => record.insert(name.to_owned(), value),
                None => record.remove(name),
            };
        }
        record.insert("updatedAt".to_owned(), instant(now));
        let key = record
            .get(LEAD.id)
            .and_then(|id| text(id))
            .map(|id| fold(&id));
        let key = key.expect("each lead is stored with its id");
        store.replace(&LEAD, &key, old, &record)?;
        Ok(done("updated", &LEAD, &record))
    }
}

/// Stores a new lead; of Marketo's own fields it may bring those of `given`.
pub(super) fn insert(
    store: &mut Writer<'_>,
    values: Values<'_>,
    now: Timestamp,
    given: &[&str],
) -> Result<Record, Refusal> {
    let mut record = Record::new();
    for (name, (field, value)) in values {
        writable(field, given)?;
        if let Some(value) = value {
            record.insert(name.to_owned(), value);
        }
    }
    let last = store.last_lead()?;
    let number = match record.get(LEAD.id).and_then(|id| text(id)) {
        Some(id) => id.parse().ok().filter(|&id| id > 0),
        None => last.checked_add(1),
    };
    let number: u64 = number.ok_or_else(|| Reason::invalid("Invalid value for field 'id'"))?;
    let key = number.to_string();
    if store.tables.contains(&LEAD, &key)? {
        return Err(Reason::of("1005").into());
    }
    record.insert(LEAD.id.to_owned(), raw(number));
    // The one partition that every instance has.
    record
        .entry("leadPartitionId".to_owned())
        .or_insert_with(|| raw(1));
    record.insert("createdAt".to_owned(), instant(now));
    record.insert("updatedAt".to_owned(), instant(now));
    store.insert(&LEAD, &key, &record)?;
    store.set_last_lead(last.max(number))?;
    Ok(record)
}

fn writable(field: &Field, given: &[&str]) -> Result<(), Refusal> {
    let name = field.name.as_ref();
    if field.updateable || given.contains(&name) {
        return Ok(());
    }
    Err(Reason::invalid(format!("Field '{name}' is not updateable")).into())
}
