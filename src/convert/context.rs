//! What the columns say as wholes: the usual currency, the usual decimal sign, how percentages are written.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::columns::{Column, Columns};
use super::currency::Currency;
use super::date;
use super::number::{number, of_double};
use super::options::{DateOrder, DecimalSign, Options, Scale};
use super::table::{Content, Epoch, Row, Shown, trimmed};
use super::target::{Target, Use, data_type};
use crate::model::{DataType, ObjectKind};

/// What values are read with.
pub(super) struct Context<'o> {
    pub(super) options: &'o Options,
    pub(super) epoch: Epoch,
    /// The currency of all amounts of the file.
    pub(super) currency: Usual<Currency>,
    /// The decimal sign of each column of numbers that are text.
    decimals: HashMap<usize, Usual<DecimalSign>>,
    /// The order of day and month in each column of dates that are text.
    orders: HashMap<usize, Usual<DateOrder>>,
    /// How each column of percentages writes those without a sign.
    scales: HashMap<usize, ColumnScale>,
    /// The columns in which most percentages have a sign.
    signed: HashSet<usize>,
}

/// What most of some cells have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Usual<T> {
    /// None says.
    Unsaid,
    /// Most cells say this, or an option does.
    Is(T),
    /// No value is more frequent than the others.
    Undecided,
}

/// How a column writes percentages without a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnScale {
    /// An option or the export says so.
    Named(Scale),
    /// Some are above one, so they are whole percentages.
    Above1,
    /// None is above one.
    Unknown,
}

impl<T: Ord + Clone> Usual<T> {
    fn of(values: impl Iterator<Item = T>) -> Self {
        let mut counts: BTreeMap<T, usize> = BTreeMap::new();
        for value in values {
            *counts.entry(value).or_default() += 1;
        }
        let Some(most) = counts.values().copied().max() else {
            return Self::Unsaid;
        };
        let mut frequent = counts.iter().filter(|(_, count)| **count == most);
        match (frequent.next(), frequent.next()) {
            (Some((value, _)), None) => Self::Is(value.clone()),
            _ => Self::Undecided,
        }
    }
}

impl<'o> Context<'o> {
    /// What these rows say.
    pub(super) fn new(
        kinds: &[&'static ObjectKind],
        columns: &Columns,
        rows: &[&Row],
        epoch: Epoch,
        options: &'o Options,
    ) -> Self {
        let mut context = Self {
            options,
            epoch,
            currency: Usual::Unsaid,
            decimals: HashMap::new(),
            orders: HashMap::new(),
            scales: HashMap::new(),
            signed: HashSet::new(),
        };
        let mut marks = Vec::new();
        for column in &columns.taken {
            let data_type = column_type(column, kinds);
            if column.target == Target::Use(Use::Currency) || data_type == Some(DataType::Currency)
            {
                marks.extend(
                    rows.iter()
                        .filter_map(|row| mark(row, column, options.decimal)),
                );
            }
            let Some(data_type) = data_type else { continue };
            if is_number(&data_type) {
                let proven = rows.iter().filter_map(|row| proven(row, column));
                context.decimals.insert(column.index, Usual::of(proven));
            }
            if data_type == DataType::Date {
                let proven = rows.iter().filter_map(|row| proven_order(row, column));
                context.orders.insert(column.index, Usual::of(proven));
            }
            if data_type == DataType::Percent {
                let named = options.percents.or(columns.percents);
                let scale = match named {
                    Some(scale) => ColumnScale::Named(scale),
                    None if has_above_one(rows, column, options.decimal) => ColumnScale::Above1,
                    None => ColumnScale::Unknown,
                };
                context.scales.insert(column.index, scale);
                let signs = rows
                    .iter()
                    .filter_map(|row| has_percent(row, column, options.decimal));
                if Usual::of(signs) == Usual::Is(true) {
                    context.signed.insert(column.index);
                }
            }
        }
        context.currency = match &options.currency {
            Some(currency) => Usual::Is(currency.clone()),
            None => usual_currency(&marks),
        };
        context
    }

    /// Whether a number that proves this decimal sign fits to the others of its column.
    pub(super) fn fits(&self, column: usize, proven: Option<DecimalSign>) -> bool {
        let Some(proven) = proven else { return true };
        match (self.options.decimal, self.decimals.get(&column)) {
            (Some(_), _) | (None, None | Some(Usual::Unsaid)) => true,
            (None, Some(Usual::Is(usual))) => *usual == proven,
            (None, Some(Usual::Undecided)) => false,
        }
    }

    /// The usual order of a column of dates, if this text proves another one.
    pub(super) fn other_order(&self, column: usize, text: &str) -> Option<Usual<DateOrder>> {
        let proven = date::proven(text).filter(|_| self.options.dates.is_none())?;
        let usual = self.orders.get(&column)?;
        (*usual != Usual::Is(proven)).then(|| usual.clone())
    }

    /// How a column writes percentages without a sign.
    pub(super) fn scale(&self, column: usize) -> ColumnScale {
        let scale = self.scales.get(&column).copied();
        scale.unwrap_or(ColumnScale::Unknown)
    }

    /// Whether most percentages of a column have a sign.
    pub(super) fn is_signed(&self, column: usize) -> bool {
        self.signed.contains(&column)
    }

    /// Whether amounts of this currency fit to the others of the file.
    pub(super) fn takes(&self, currency: &Currency) -> bool {
        match &self.currency {
            Usual::Is(usual) => usual.may_be(currency),
            Usual::Unsaid => true,
            Usual::Undecided => false,
        }
    }
}

/// The currency that most cells name. A sign is the only code in the file that it may stand for.
fn usual_currency(marks: &[Currency]) -> Usual<Currency> {
    let named: BTreeSet<&Currency> = marks.iter().collect();
    let codes = |sign: &Currency| -> Vec<&Currency> {
        let mut codes = named.clone();
        codes.retain(|code| sign.is_shared() && !code.is_shared() && sign.may_be(code));
        codes.into_iter().collect()
    };
    let meant = marks.iter().map(|mark| match *codes(mark) {
        [only] => only.clone(),
        _ => mark.clone(),
    });
    let usual = Usual::of(meant);
    match &usual {
        // It may stand for any of these codes, which are not one currency.
        Usual::Is(sign) if codes(sign).len() > 1 => Usual::Undecided,
        Usual::Is(_) | Usual::Unsaid | Usual::Undecided => usual,
    }
}

/// The type of the field that a column becomes, in the first of these kinds that has one.
pub(super) fn column_type(column: &Column, kinds: &[&'static ObjectKind]) -> Option<DataType> {
    match &column.target {
        Target::Field {
            data_type: Some(named),
            ..
        } => Some(named.clone()),
        Target::Field {
            name,
            data_type: None,
        } => {
            let types = kinds.iter().map(|kind| data_type(kind, name));
            // Text is what is not known.
            let mut known = { types }.filter(|found| *found != DataType::String);
            Some(known.next().unwrap_or(DataType::String))
        }
        Target::KeyPart(_) | Target::LeadBy(_) | Target::Use(_) => None,
    }
}

fn is_number(data_type: &DataType) -> bool {
    match data_type {
        DataType::Currency
        | DataType::Float
        | DataType::Integer
        | DataType::Percent
        | DataType::Score => true,
        DataType::Boolean
        | DataType::Date
        | DataType::Datetime
        | DataType::Email
        | DataType::Phone
        | DataType::String
        | DataType::Text
        | DataType::Textarea
        | DataType::Url
        | DataType::Other(_) => false,
    }
}

/// The currency that a cell names.
fn mark(row: &Row, column: &Column, decimal: Option<DecimalSign>) -> Option<Currency> {
    match &row.cell(column.index).content {
        Content::Text(text) if column.target == Target::Use(Use::Currency) => {
            Currency::of(trimmed(text))
        }
        Content::Text(text) => number(text, decimal).ok()?.currency,
        Content::Number {
            shown: Shown::Currency(sign),
            ..
        } => Currency::of(sign),
        Content::Number { .. }
        | Content::Empty
        | Content::Boolean(_)
        | Content::Error(_)
        | Content::NotComputed => None,
    }
}

/// The decimal sign that a cell proves.
fn proven(row: &Row, column: &Column) -> Option<DecimalSign> {
    match &row.cell(column.index).content {
        Content::Text(text) => number(text, None).ok()?.proven,
        Content::Number { .. }
        | Content::Empty
        | Content::Boolean(_)
        | Content::Error(_)
        | Content::NotComputed => None,
    }
}

/// The order of day and month that a cell proves.
fn proven_order(row: &Row, column: &Column) -> Option<DateOrder> {
    match &row.cell(column.index).content {
        Content::Text(text) => date::proven(text),
        Content::Number { .. }
        | Content::Empty
        | Content::Boolean(_)
        | Content::Error(_)
        | Content::NotComputed => None,
    }
}

/// Whether a percentage that is text has a sign.
fn has_percent(row: &Row, column: &Column, decimal: Option<DecimalSign>) -> Option<bool> {
    match &row.cell(column.index).content {
        Content::Text(text) => number(text, decimal).ok().map(|number| number.is_percent),
        Content::Number { .. }
        | Content::Empty
        | Content::Boolean(_)
        | Content::Error(_)
        | Content::NotComputed => None,
    }
}

fn has_above_one(rows: &[&Row], column: &Column, decimal: Option<DecimalSign>) -> bool {
    let one = rust_decimal::Decimal::ONE;
    rows.iter()
        .any(|row| match &row.cell(column.index).content {
            Content::Text(text) => {
                number(text, decimal).is_ok_and(|number| !number.is_percent && number.value > one)
            }
            Content::Number {
                value,
                shown: Shown::Plain,
            } => of_double(*value).is_some_and(|(value, _)| value > one),
            Content::Number { .. }
            | Content::Empty
            | Content::Boolean(_)
            | Content::Error(_)
            | Content::NotComputed => false,
        })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_sign_and_the_only_code_for_it_are_one_currency() {
        let is = |code: &str| Usual::Is(Currency::of(code).expect("it is a currency"));
        let rows = [
            ("", Usual::Unsaid),
            ("$", is("$")),
            ("$ USD", is("USD")),
            ("$ USD EUR", is("USD")),
            ("$ USD EUR EUR", Usual::Undecided),
            ("$ USD EUR EUR EUR", is("EUR")),
            ("EUR USD", Usual::Undecided),
            // The dollars may be of either country.
            ("$ USD CAD", Usual::Undecided),
            ("$ $ $ USD CAD", Usual::Undecided),
            ("$ USD USD CAD", is("USD")),
        ];
        for (marks, expected) in rows {
            let marks: Vec<Currency> = marks.split_whitespace().filter_map(Currency::of).collect();
            assert_eq!(usual_currency(&marks), expected, "{marks:?}");
        }
    }
}
