//! From a row to records: a key and fields for each kind.

use std::sync::Arc;

use super::columns::{Column, Columns};
use super::context::{Context, column_type};
use super::currency::Currency;
use super::finding::{Told, Wrong};
use super::key::{lead, legible, part, widened_at};
use super::profile::own_parts;
use super::sink::{At, Input, Sink};
use super::table::{Row, trimmed};
use super::target::{Target, Use};
use super::value::{other_currency, text, truth, value};
use super::words::{Standing, standing};
use crate::manifest::EntryPart;
use crate::model::{DataType, DealField, KeyPart, KeyType, ObjectKind, Value};

/// A record of a row.
#[derive(Clone, Debug)]
pub(super) struct RowRecord {
    pub(super) kind: &'static ObjectKind,
    /// Empty if a part has a problem.
    pub(super) key: Vec<EntryPart>,
    pub(super) fields: Vec<(Arc<str>, Value)>,
}

/// How rows become records of one kind.
pub(super) struct RecordReader<'c> {
    pub(super) kind: &'static ObjectKind,
    /// The column of each part of the key.
    key: Vec<&'c Column>,
    /// The columns of fields, and of what fields are made of.
    fields: Vec<(&'c Column, DataType)>,
}

/// What an id of a record that is none looks like. Salesforce writes it in reports.
const NO_ID: &str = "000000000000000";

impl<'c> RecordReader<'c> {
    /// The reader of a kind; `Err` with the part of the key that has no column.
    pub(super) fn new(
        kind: &'static ObjectKind,
        kinds: &[&'static ObjectKind],
        columns: &'c Columns,
    ) -> Result<Self, &'static str> {
        let key: Result<Vec<_>, _> = kind
            .key
            .iter()
            .map(|part| key_column(part, columns))
            .collect();
        let fields = columns.taken.iter().filter(|column| match &column.target {
            Target::Field { name, .. } => {
                let mut references = kind.field_references();
                let is_reference = references.any(|(reference, _)| *reference.field == **name);
                // A key of one kind is a reference of others, and goes to each of them.
                !kind.is_key(name) && (is_reference || owner(name, kinds) == Some(kind))
            }
            // What deals are made of goes to the kind of deals.
            Target::Use(word) => *word == Use::Deleted || !kind.deal.is_empty(),
            Target::KeyPart(_) | Target::LeadBy(_) => false,
        });
        let fields = fields.map(|column| {
            let data_type = column_type(column, &[kind]);
            (column, data_type.unwrap_or(DataType::String))
        });
        Ok(Self {
            kind,
            key: key?,
            fields: fields.collect(),
        })
    }

    /// The column of the key that tells its records from others with the same parent.
    pub(super) fn own_column(&self) -> &'c Column {
        let own = own_parts(self.kind).next();
        let index = self
            .kind
            .key
            .iter()
            .position(|part| Some(part.field) == own.map(|own| own.field));
        self.key[index.unwrap_or(0)]
    }

    /// The columns of the key.
    pub(super) fn key_columns(&self) -> impl Iterator<Item = (&'static KeyPart, &'c Column)> {
        self.kind.key.iter().zip(self.key.iter().copied())
    }

    /// Whether a row has nothing of such a record but its parent.
    pub(super) fn is_absent(&self, row: &Row) -> bool {
        let parent = self.kind.parent_part();
        let own = self
            .key
            .iter()
            .enumerate()
            .filter(|(index, _)| Some(*index) != parent);
        parent.is_some() && { own }.all(|(_, column)| row.cell(column.index).is_blank())
    }

    /// The record of a row.
    pub(super) fn record(&self, row: &Row, context: &Context<'_>, sink: &mut Sink) -> RowRecord {
        let mut fields = Vec::new();
        for (column, data_type) in &self.fields {
            let at = At { row, column };
            match &column.target {
                Target::Field { name, .. } => {
                    if let Some(value) = self.field(at, name, data_type, context, sink) {
                        fields.push((Arc::clone(name), value));
                    }
                }
                Target::Use(word) => self.used(at, *word, context, &mut fields, sink),
                Target::KeyPart(_) | Target::LeadBy(_) => {}
            }
        }
        self.lost(row, &mut fields, sink);
        RowRecord {
            kind: self.kind,
            key: self.key(row, context, sink).unwrap_or_default(),
            fields,
        }
    }

    fn key(&self, row: &Row, context: &Context<'_>, sink: &mut Sink) -> Option<Vec<EntryPart>> {
        let is_widened = context.options.widen_ids;
        let parts: Vec<_> = self
            .key_columns()
            .map(|(written, column)| {
                let at = At { row, column };
                match &column.target {
                    Target::LeadBy(field) => lead(at, field, sink),
                    Target::KeyPart(_) | Target::Field { .. } | Target::Use(_) => {
                        part(at, written, is_widened, sink)
                    }
                }
            })
            .collect();
        parts.into_iter().collect()
    }

    fn field(
        &self,
        at: At<'_>,
        name: &str,
        data_type: &DataType,
        context: &Context<'_>,
        sink: &mut Sink,
    ) -> Option<Value> {
        let found = sink.problems.len();
        let is_reference = self
            .kind
            .references
            .iter()
            .any(|reference| reference.field == name);
        let value = match is_reference {
            true => reference(at, context, sink),
            false => value(at, data_type, context, sink),
        };
        if value.is_none() && sink.problems.len() == found && self.kind.required.contains(&name) {
            sink.wrong(at, Wrong::MissingField);
        }
        if let Some(Value::Text(text)) = &value {
            let length = text.chars().count();
            if let Some(limit) = limit(self.kind, name).filter(|limit| length > *limit) {
                sink.wrong(at, Wrong::TooLong { length, limit });
                return None;
            }
            if text.contains('\n') && self.kind.label == Some(name) {
                sink.tell(at, Told::LineBreak);
            }
        }
        value
    }

    fn used(
        &self,
        at: At<'_>,
        word: Use,
        context: &Context<'_>,
        fields: &mut Vec<(Arc<str>, Value)>,
        sink: &mut Sink,
    ) {
        match word {
            Use::Status => {
                let Some(input) = sink.input(at) else { return };
                let standing = match input {
                    Input::Text(text) => standing(text),
                    Input::Number(..) | Input::Boolean(_) => None,
                };
                match standing {
                    Some(standing) => self.stands(standing, fields),
                    None => sink.wrong(at, Wrong::UnknownStatus),
                }
            }
            Use::Currency => match sink.input(at) {
                Some(Input::Text(text)) => {
                    let currency = Currency::of(trimmed(text));
                    if currency.is_none_or(|currency| !context.takes(&currency)) {
                        sink.wrong(at, other_currency(context));
                    }
                }
                Some(Input::Number(..) | Input::Boolean(_)) => {
                    sink.wrong(at, other_currency(context));
                }
                None => sink.tell(at, Told::NoCurrency),
            },
            Use::Period => {
                if let Some(input) = sink.input(at) {
                    let period = match input {
                        Input::Text(text) => period(text),
                        Input::Number(..) | Input::Boolean(_) => None,
                    };
                    match period {
                        Some((quarter, year)) => fields.extend([
                            ("fiscalQuarter".into(), Value::Integer(quarter)),
                            ("fiscalYear".into(), Value::Integer(year)),
                        ]),
                        None => sink.wrong(at, Wrong::NotAPeriod),
                    }
                }
            }
            // Rows of deleted records never come here.
            Use::Deleted => {
                if let Some(Err(wrong)) = sink.input(at).map(truth) {
                    sink.wrong(at, wrong);
                }
            }
            // Read with the column that tells whether the deal is won.
            Use::Lost => {}
        }
    }

    fn stands(&self, standing: Standing, fields: &mut Vec<(Arc<str>, Value)>) {
        let (is_closed, is_won) = match standing {
            Standing::Open => (false, false),
            Standing::Won => (true, true),
            Standing::Lost => (true, false),
        };
        for (field, value) in [(DealField::Closed, is_closed), (DealField::Won, is_won)] {
            if let Some(name) = deal_field(self.kind, field)
                && !fields.iter().any(|(written, _)| **written == *name)
            {
                fields.push((name.into(), Value::Boolean(value)));
            }
        }
    }

    /// Whether the deal is closed, of whether it is won and whether it is lost.
    fn lost(&self, row: &Row, fields: &mut Vec<(Arc<str>, Value)>, sink: &mut Sink) {
        let mut columns = self.fields.iter();
        let lost = columns.find(|(column, _)| column.target == Target::Use(Use::Lost));
        let Some((column, _)) = lost else { return };
        let at = At { row, column };
        let Some(input) = sink.input(at) else { return };
        let is_lost = match truth(input) {
            Ok(is_lost) => is_lost,
            Err(wrong) => return sink.wrong(at, wrong),
        };
        let closed = deal_field(self.kind, DealField::Closed);
        let won = deal_field(self.kind, DealField::Won);
        let value = |name: Option<&str>| {
            let mut fields = fields.iter();
            let found = fields.find(|(field, _)| Some(&**field) == name);
            found.map(|(_, value)| value.clone())
        };
        let Some(Value::Boolean(is_won)) = value(won) else {
            return;
        };
        if is_won && is_lost {
            return sink.wrong(at, Wrong::WonAndLost);
        }
        if let Some(closed) = closed.filter(|closed| value(Some(closed)).is_none()) {
            fields.push((closed.into(), Value::Boolean(is_won || is_lost)));
        }
    }
}

/// Whether records of these kinds are made of a column that becomes this.
pub(super) fn is_used(target: &Target, kinds: &[&'static ObjectKind]) -> bool {
    let mut parts = kinds.iter().flat_map(|kind| kind.key);
    match target {
        Target::KeyPart(field) => parts.any(|part| part.field == *field),
        Target::LeadBy(_) => parts.any(|part| matches!(part.holds, KeyType::Lead { .. })),
        Target::Field { name, .. } => {
            parts.any(|part| part.field == &**name) || owner(name, kinds).is_some()
        }
        Target::Use(Use::Deleted) => true,
        Target::Use(Use::Status | Use::Lost | Use::Currency | Use::Period) => {
            kinds.iter().any(|kind| !kind.deal.is_empty())
        }
    }
}

/// The kind whose records have a field. A field that no kind is known to have is a custom one.
fn owner(name: &str, kinds: &[&'static ObjectKind]) -> Option<&'static ObjectKind> {
    let knows = |kind: &&'static ObjectKind| {
        let mut known = kind.documented.iter().chain(kind.standard);
        known.any(|field| field.name == name)
    };
    let known = kinds.iter().copied().find(knows);
    let mut children = kinds.iter().flat_map(|kind| kind.children());
    let is_of_others = children.any(|kind| knows(&kind));
    let custom = kinds.iter().copied().find(|kind| kind.extensible);
    known.or(custom.filter(|_| !is_of_others))
}

fn key_column<'c>(part: &KeyPart, columns: &'c Columns) -> Result<&'c Column, &'static str> {
    let is_part = |target: &Target| match (target, part.holds) {
        (Target::KeyPart(field), _) => *field == part.field,
        // What is a field of records of one kind may be the key of another.
        (Target::Field { name, .. }, KeyType::Text { .. }) => **name == *part.field,
        (Target::LeadBy(_), KeyType::Lead { .. }) => true,
        (Target::LeadBy(_), KeyType::Text { .. })
        | (Target::Field { .. }, KeyType::Lead { .. })
        | (Target::Use(_), _) => false,
    };
    columns.find(is_part).ok_or(part.field)
}

/// The id of another record: one, and not the sign for none.
fn reference(at: At<'_>, context: &Context<'_>, sink: &mut Sink) -> Option<Value> {
    let input = sink.input(at)?;
    let id = match text(at, input, sink).and_then(|id| legible(&id).map(|()| id)) {
        Ok(id) => id,
        Err(wrong) => {
            sink.wrong(at, wrong);
            return None;
        }
    };
    if id == NO_ID {
        sink.tell(at, Told::NoId);
        return None;
    }
    if id.contains([';', ',']) {
        sink.wrong(at, Wrong::SeveralValues);
        return None;
    }
    let id = widened_at(at, id, context.options.widen_ids, sink);
    Some(Value::Text(id.into()))
}

/// The most characters of a text.
fn limit(kind: &ObjectKind, name: &str) -> Option<usize> {
    let field = kind.documented.iter().find(|field| field.name == name)?;
    field.length.and_then(|length| usize::try_from(length).ok())
}

pub(super) fn deal_field(kind: &ObjectKind, wanted: DealField) -> Option<&'static str> {
    let found = kind.deal.iter().find(|(field, _)| *field == wanted);
    found.map(|(_, name)| *name)
}

/// The quarter and the year of `Q1-2026`.
fn period(text: &str) -> Option<(i64, i64)> {
    let (quarter, year) = text.split_once(['-', ' '])?;
    let quarter = quarter.strip_prefix(['Q', 'q'])?.parse().ok()?;
    let is_period = (1..=4).contains(&quarter) && year.len() == 4;
    let year = year.parse().ok().filter(|_| is_period)?;
    Some((quarter, year))
}
