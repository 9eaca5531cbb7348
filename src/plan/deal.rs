//! Deals: records as what they are worth and how they stand.
//!
//! A field that the instance or the configuration calls sensitive is not one of a deal: nothing of it is read here, summed or compared.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::model::kind::KINDS;
use crate::model::{DealField, ObjectKind, Record, Value};

use super::bind::Schemas;
use super::change::Change;
use super::field_change::FieldChange;
use super::field_changes::FieldChanges;
use super::question::Question;

/// The names of the fields that say what a deal is worth and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DealFields(BTreeMap<DealField, Arc<str>>);

/// The fields of deals that one instance has, and that may be shown.
#[derive(Clone, Debug, Default)]
pub struct DealView {
    kind: Option<&'static ObjectKind>,
    names: BTreeMap<DealField, Arc<str>>,
    unseen: BTreeMap<DealField, Unseen>,
}

/// A field of deals that is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unseen {
    pub name: Arc<str>,
    /// Whether its values must not be shown; otherwise the instance has no such field.
    pub is_sensitive: bool,
}

/// A record as a deal.
#[derive(Clone, Debug, PartialEq)]
pub struct Deal {
    pub stage: Arc<Value>,
    pub owner: Arc<Value>,
    pub amount: Option<Decimal>,
    pub closes: Option<Date>,
    pub state: DealState,
}

/// How a deal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DealState {
    Open,
    Won,
    Lost,
}

/// A deal before and after a plan.
#[derive(Clone, Debug)]
pub struct DealMove {
    /// The index of its change in the plan.
    pub change: Option<usize>,
    /// None if it is to be created.
    pub before: Option<Deal>,
    /// None if it is to be deleted.
    pub after: Option<Deal>,
}

impl Default for DealFields {
    fn default() -> Self {
        Self::named(|_| None)
    }
}

impl DealFields {
    /// The fields with these names; with the names that the kinds give where there is none.
    #[must_use]
    pub fn named(name: impl Fn(DealField) -> Option<Arc<str>>) -> Self {
        let defaults = KINDS.iter().flat_map(|kind| kind.deal);
        Self(
            defaults
                .map(|(field, default)| (*field, name(*field).unwrap_or_else(|| (*default).into())))
                .collect(),
        )
    }

    /// The fields whose names the configuration chose, with these.
    pub fn chosen(&self) -> impl Iterator<Item = (DealField, &Arc<str>)> {
        let defaults = Self::default();
        self.0
            .iter()
            .filter(move |(field, name)| defaults.0.get(field) != Some(*name))
            .map(|(field, name)| (*field, name))
    }
}

impl DealView {
    /// The fields that an instance has and that may be shown.
    #[must_use]
    pub fn of(fields: &DealFields, schemas: &Schemas) -> Self {
        let deals = schemas.iter().find(|(kind, _)| !kind.deal.is_empty());
        let Some((kind, schema)) = deals else {
            return Self::default();
        };
        let mut view = Self {
            kind: Some(kind),
            ..Self::default()
        };
        for (field, name) in &fields.0 {
            match schema.folded(name) {
                Some(found) if !found.sensitive => {
                    view.names.insert(*field, Arc::clone(&found.name));
                }
                found => {
                    let unseen = Unseen {
                        name: Arc::clone(name),
                        is_sensitive: found.is_some(),
                    };
                    view.unseen.insert(*field, unseen);
                }
            }
        }
        view
    }

    /// The kind whose records are deals, if the run has any.
    #[must_use]
    pub fn kind(&self) -> Option<&'static ObjectKind> {
        self.kind
    }

    /// The name of a field, if the instance has it and it may be shown.
    #[must_use]
    pub fn name(&self, field: DealField) -> Option<&Arc<str>> {
        self.names.get(&field)
    }

    /// Why a field is not read.
    #[must_use]
    pub fn unseen(&self, field: DealField) -> Option<&Unseen> {
        self.unseen.get(&field)
    }

    /// Whether this is the field of a change.
    #[must_use]
    pub fn is(&self, field: DealField, change: &FieldChange) -> bool {
        !change.sensitive && self.name(field).is_some_and(|name| *name == change.name)
    }

    /// The amount that a change gives to a record that is there.
    #[must_use]
    pub fn updated_amount(&self, change: &Change) -> Option<FieldChange> {
        let name = self.name(DealField::Amount)?;
        let is_deal = Some(change.kind) == self.kind;
        let field = change.updated_fields()?.get(name)?;
        (is_deal && !field.sensitive).then_some(field)
    }

    /// The fields of deals that are read with records that are asked for anyway. A project that manages neither stage nor amount has no
    /// pipeline, and nothing more is read.
    pub fn ask(&self, questions: &mut [Question]) {
        let of_deals = |question: &&mut Question| Some(question.kind) == self.kind;
        for question in questions.iter_mut().filter(of_deals) {
            let asks = |field| {
                let name = self.name(field);
                name.is_some_and(|name| question.fields.contains(name))
            };
            if asks(DealField::Stage) || asks(DealField::Amount) {
                question.fields.extend(self.names.values().cloned());
                question.fields.sort();
                question.fields.dedup();
            }
        }
    }

    /// A record as a deal, with these fields changed.
    pub(super) fn deal(&self, record: Option<&Record>, changed: Option<&FieldChanges>) -> Deal {
        let value = |field| {
            let Some(name) = self.name(field) else {
                return Value::Null;
            };
            match changed.and_then(|changed| changed.get(name)) {
                Some(change) => change.after,
                None => record.map_or(Value::Null, |record| record.fields.get(name)),
            }
        };
        self.made_of(value)
    }

    pub(super) fn made_of(&self, value: impl Fn(DealField) -> Value) -> Deal {
        let is = |field| value(field) == Value::Boolean(true);
        let tells_closed = self.name(DealField::Closed).is_some();
        let state = match (is(DealField::Closed), is(DealField::Won)) {
            // Marketo counts a deal as won only if it is closed.
            (true, true) => DealState::Won,
            (false, true) if !tells_closed => DealState::Won,
            (true, false) => DealState::Lost,
            (false, _) => DealState::Open,
        };
        Deal {
            stage: value(DealField::Stage).into(),
            owner: value(DealField::Owner).into(),
            amount: number(&value(DealField::Amount)),
            closes: match value(DealField::CloseDate) {
                Value::Date(day) => Some(day),
                Value::Null
                | Value::Text(_)
                | Value::Boolean(_)
                | Value::Integer(_)
                | Value::Decimal(_)
                | Value::Datetime(_) => None,
            },
            state,
        }
    }
}

/// The number that a value is.
#[must_use]
pub fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(number) => Some(Decimal::from(*number)),
        Value::Decimal(number) => Some(*number),
        Value::Null | Value::Text(_) | Value::Boolean(_) | Value::Date(_) | Value::Datetime(_) => {
            None
        }
    }
}

/// How many times the smaller of two amounts the larger one is, whichever came first and whatever their signs. From and to nothing there
/// is no factor.
#[must_use]
pub fn factor(before: &Value, after: &Value) -> Option<Decimal> {
    let (before, after) = (number(before)?, number(after)?);
    if before.is_zero() || after.is_zero() {
        return None;
    }
    let (before, after) = (before.abs(), after.abs());
    let (small, large) = (before.min(after), before.max(after));
    // So large a quotient is beyond every limit.
    Some(large.checked_div(small).unwrap_or(Decimal::MAX))
}
