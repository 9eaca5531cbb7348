//! Sync of leads: creates and updates leads, which a lookup field identifies.
//!
//! Rows have no `seq`. The code of a missing lead is 1004, of an existing one 1005. Source: Adobe
//! REST documentation, "Leads", section "Create and update". `query` has the queries of leads.

use super::envelope::CallKind;
use super::ids::{new_id, note_id};
use super::inherited;
use super::references::check_references;
use super::refusal::RecordRefusal;
use super::rules::Rules;
use super::values::{NamedBy, Values, typed};
use super::write::{WriteCall, WritePass, done};
use crate::simulator::instance::profile::DEFAULT_PARTITION;
use crate::simulator::objects::field::ObjectField;
use crate::simulator::objects::table::LEAD;
use crate::simulator::store::lookup::{Cursor, Lookup, PageRequest};
use crate::simulator::store::record::{StoredRecord, fold};
use crate::simulator::store::tables::StoreWriter;
use crate::simulator::wire::codes::{CallFailure, CodedReason};
use crate::simulator::wire::ignored::IgnoredMembers;
use crate::simulator::wire::json::{instant, raw, text};
use crate::simulator::wire::reply::ResultRow;
use crate::simulator::wire::request::{
    JsonMembers, ReceivedCall, action, input, members, text_member,
};

/// A sync call for leads whose call-level checks have passed.
pub(in crate::simulator) struct LeadSyncCall<'s> {
    action: LeadAction,
    lookup: &'s ObjectField,
    /// The partition of new leads, or the reason for refusing them.
    partition: Result<u64, CodedReason>,
    input: Vec<JsonMembers>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LeadAction {
    CreateOnly,
    UpdateOnly,
    CreateOrUpdate,
    CreateDuplicate,
}

const ACTIONS: &[(&str, LeadAction)] = &[
    ("createOrUpdate", LeadAction::CreateOrUpdate),
    ("createOnly", LeadAction::CreateOnly),
    ("updateOnly", LeadAction::UpdateOnly),
    ("createDuplicate", LeadAction::CreateDuplicate),
];

impl<'s> LeadSyncCall<'s> {
    /// Reads a sync call.
    pub(in crate::simulator) fn parse(
        rules: Rules<'s>,
        call: &ReceivedCall,
        ignored: &IgnoredMembers,
    ) -> Result<Self, CallFailure> {
        let body = members(call.body.json()?)?;
        CallKind::LeadSync.check(rules.answers, call, Some(&body), ignored)?;
        let name = text_member(&body, "lookupField")?.unwrap_or_else(|| "email".to_owned());
        Ok(Self {
            action: action(rules.answers, &body, ACTIONS)?,
            lookup: rules.schema.searchable(&name).ok_or_else(|| {
                CodedReason::new("1006", format!("Lookup field '{name}' not found"))
            })?,
            partition: partition(rules, text_member(&body, "partitionName")?.as_deref()),
            input: input(rules.answers, &body)?,
        })
    }
}

impl WriteCall for LeadSyncCall<'_> {
    fn input(&self) -> &[JsonMembers] {
        &self.input
    }

    fn write(
        &self,
        pass: &mut WritePass<'_, '_>,
        sent: &JsonMembers,
    ) -> Result<ResultRow, RecordRefusal> {
        let (rules, store) = (pass.rules, &mut *pass.store);
        let values = typed(rules, sent)?;
        if self.action == LeadAction::CreateDuplicate {
            return self.create(rules, store, values);
        }
        let mut matches = self.matches(rules, store, &values)?;
        match (self.action, matches.pop(), matches.is_empty()) {
            (_, Some(_), false) => Err(CodedReason::of("1007").into()),
            (LeadAction::CreateOnly, Some(_), true) => Err(CodedReason::of("1005").into()),
            (LeadAction::UpdateOnly, None, _) => Err(CodedReason::of("1004").into()),
            // Marketo assigns the ids of leads.
            (_, None, _) if self.lookup.name == LEAD.id => Err(CodedReason::of("1004").into()),
            (_, None, _) => self.create(rules, store, values),
            (_, Some(old), true) => self.update(rules, store, &old, values),
        }
    }
}

impl LeadSyncCall<'_> {
    /// Up to two leads that have the sent value in the lookup field.
    fn matches(
        &self,
        rules: Rules<'_>,
        store: &StoreWriter<'_>,
        values: &Values<'_>,
    ) -> Result<Vec<StoredRecord>, RecordRefusal> {
        let name = self.lookup.name.as_ref();
        let value = values.get(name).and_then(|(_, value)| value.as_deref());
        let Some(value) = value.and_then(text) else {
            return Err(CodedReason::invalid(format!("{name} not specified")).into());
        };
        let request = PageRequest {
            object: &LEAD,
            lookup: &Lookup::by(&LEAD, self.lookup, vec![fold(&value)]),
            from: &Cursor::default(),
            size: 2,
        };
        let found = request.find(&store.tables, |lead| rules.shows(&LEAD, lead))?;
        Ok(found.records.into_iter().map(|(_, lead)| lead).collect())
    }

    fn create(
        &self,
        rules: Rules<'_>,
        store: &mut StoreWriter<'_>,
        values: Values<'_>,
    ) -> Result<ResultRow, RecordRefusal> {
        let partition = self.partition.clone()?;
        let record = insert(rules, store, values, partition, &[])?;
        Ok(done("created", &LEAD, &record))
    }

    fn update(
        &self,
        rules: Rules<'_>,
        store: &mut StoreWriter<'_>,
        old: &StoredRecord,
        mut values: Values<'_>,
    ) -> Result<ResultRow, RecordRefusal> {
        check_references(rules, NamedBy::Id, &values, store)?;
        inherited::write(rules, store, Some(old), &mut values)?;
        let mut record = old.clone();
        for (name, (field, value)) in values {
            let names_record = name == LEAD.id && self.lookup.name == LEAD.id;
            if names_record || !writable(rules, field, &[])? {
                continue;
            }
            match value {
                Some(value) => record.insert(name.to_owned(), value),
                None => record.remove(name),
            };
        }
        record.insert("updatedAt".to_owned(), instant(rules.now));
        let id = record.get(LEAD.id).and_then(|id| text(id));
        let key = fold(&id.expect("each lead is stored with its id"));
        store.replace(&LEAD, &key, old, &record)?;
        Ok(done("updated", &LEAD, &record))
    }
}

/// Stores a new lead. `given` lists the fields that only Marketo writes, but that this lead can set.
pub(in crate::simulator) fn insert(
    rules: Rules<'_>,
    store: &mut StoreWriter<'_>,
    mut values: Values<'_>,
    partition: u64,
    given: &[&str],
) -> Result<StoredRecord, RecordRefusal> {
    check_references(rules, NamedBy::Key, &values, store)?;
    inherited::write(rules, store, None, &mut values)?;
    let mut record = StoredRecord::new();
    for (name, (field, value)) in values {
        if let Some(value) = value
            && writable(rules, field, given)?
        {
            record.insert(name.to_owned(), value);
        }
    }
    let key = match record.get(LEAD.id).and_then(|id| text(id)) {
        None => {
            let id = new_id(&LEAD, store)?;
            let key = id.get().to_owned();
            record.insert(LEAD.id.to_owned(), id);
            key
        }
        Some(given) => given.into_owned(),
    };
    if store.tables.contains(&LEAD, &key)? {
        return Err(CodedReason::of("1005").into());
    }
    if !note_id(&LEAD, &key, store)? {
        return Err(CodedReason::invalid("Invalid value for field 'id'").into());
    }
    record
        .entry("leadPartitionId".to_owned())
        .or_insert_with(|| raw(partition));
    record.insert("createdAt".to_owned(), instant(rules.now));
    record.insert("updatedAt".to_owned(), instant(rules.now));
    store.insert(&LEAD, &key, &record)?;
    Ok(record)
}

/// Whether a value of this field is stored. Refuses or ignores a field that is not updateable.
fn writable(rules: Rules<'_>, field: &ObjectField, given: &[&str]) -> Result<bool, CodedReason> {
    let name = field.name.as_ref();
    if field.updateable || given.contains(&name) {
        return Ok(true);
    }
    rules.read_only(name).map(|()| false)
}

/// The partition of new leads.
fn partition(rules: Rules<'_>, name: Option<&str>) -> Result<u64, CodedReason> {
    let Some(name) = name else {
        return Ok(DEFAULT_PARTITION);
    };
    match rules.instance.partition(name) {
        Some(id) if rules.user.sees(id) => Ok(id),
        Some(_) => {
            let message = format!("Access denied to partition '{name}'");
            Err(CodedReason::new("1008", message))
        }
        None => Err(CodedReason::new(
            "1010",
            format!("Partition '{name}' not found"),
        )),
    }
}
