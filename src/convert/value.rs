//! From a cell to the value of a field, by the field's type.

use rust_decimal::Decimal;

use super::context::{ColumnScale, Context, Usual};
use super::currency::Currency;
use super::date::{Day, NotDay, day, moment_of_serial, of_serial};
use super::finding::{Told, Wrong};
use super::moment::{NotMoment, local, moment};
use super::number::{NotNumber, Number, Odd, number, of_double};
use super::options::Scale;
use super::sink::{At, Input, Sink};
use super::table::Shown;
use super::words::boolean;
use crate::model::{DataType, Value};

/// The value of a field of this type; `None` if the cell has none, or one with a problem.
pub(super) fn value(
    at: At<'_>,
    data_type: &DataType,
    context: &Context<'_>,
    sink: &mut Sink,
) -> Option<Value> {
    let input = sink.input(at)?;
    let value = match data_type {
        DataType::Currency => amount(at, input, context, sink).map(Value::Decimal),
        DataType::Float => plain_number(at, input, context, sink).map(Value::Decimal),
        DataType::Percent => percent(at, input, context, sink).map(Value::Integer),
        DataType::Integer | DataType::Score => plain_number(at, input, context, sink)
            .and_then(whole)
            .map(Value::Integer),
        DataType::Boolean => truth(input).map(Value::Boolean),
        DataType::Date => date(at, input, context, sink),
        DataType::Datetime => instant(input, context),
        DataType::Email
        | DataType::Phone
        | DataType::String
        | DataType::Text
        | DataType::Textarea
        | DataType::Url
        | DataType::Other(_) => text(at, input, sink).map(|text| Value::Text(text.into())),
    };
    value.map_err(|wrong| sink.wrong(at, wrong)).ok()
}

/// The boolean of a cell.
pub(super) fn truth(input: Input<'_>) -> Result<bool, Wrong> {
    match input {
        Input::Text(text) => boolean(text).ok_or(Wrong::NotABoolean),
        Input::Boolean(value) => Ok(value),
        Input::Number(1.0, Shown::Plain) => Ok(true),
        Input::Number(0.0, Shown::Plain) => Ok(false),
        Input::Number(..) => Err(Wrong::NotABoolean),
    }
}

/// The text of a cell. A day is none: the file does not tell how it was shown.
pub(super) fn text(at: At<'_>, input: Input<'_>, sink: &mut Sink) -> Result<String, Wrong> {
    match input {
        Input::Text(text) => Ok(text.to_owned()),
        Input::Boolean(value) => {
            sink.tell(at, Told::BooleanAsText);
            Ok(if value { "TRUE" } else { "FALSE" }.to_owned())
        }
        Input::Number(value, Shown::Plain) => {
            sink.tell(at, Told::NumberAsText);
            let (value, _) = of_double(value).ok_or(Wrong::NotText)?;
            Ok(value.to_string())
        }
        Input::Number(_, Shown::Percent | Shown::Date | Shown::Currency(_)) => Err(Wrong::NotText),
    }
}

/// A number of a text, with what is told of it.
fn written(
    at: At<'_>,
    text: &str,
    context: &Context<'_>,
    sink: &mut Sink,
) -> Result<Number, Wrong> {
    let number = number(text, context.options.decimal).map_err(|error| match error {
        NotNumber::NotANumber => Wrong::NotANumber,
        NotNumber::Ambiguous => Wrong::AmbiguousNumber,
        NotNumber::Rounded => Wrong::RoundedNumber,
        NotNumber::TooManyDigits => Wrong::TooManyDigits,
    })?;
    if !context.fits(at.column.index, number.proven) {
        return Err(Wrong::OtherDecimalSign);
    }
    if let Some(odd) = number.odd {
        let told = match odd {
            Odd::PriceForm => Told::PriceForm,
            Odd::ThreeDecimals => Told::ThreeDecimals,
            Odd::Scientific => Told::Scientific,
        };
        sink.tell(at, told);
    }
    Ok(number)
}

/// A number of a workbook, with what is told of it.
fn stored(at: At<'_>, value: f64, sink: &mut Sink) -> Result<Decimal, Wrong> {
    let (value, is_rounded) = of_double(value).ok_or(Wrong::TooManyDigits)?;
    if is_rounded {
        sink.tell(at, Told::Rounded);
    }
    Ok(value)
}

fn amount(
    at: At<'_>,
    input: Input<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) -> Result<Decimal, Wrong> {
    let (value, currency) = match input {
        Input::Text(text) => {
            let number = written(at, text, context, sink)?;
            if number.is_percent {
                return Err(Wrong::NotANumber);
            }
            (number.value, number.currency)
        }
        Input::Number(value, Shown::Plain) => (stored(at, value, sink)?, None),
        Input::Number(value, Shown::Currency(sign)) => {
            let currency = Currency::of(sign);
            if currency.is_none() && context.options.currency.is_some() {
                return Err(other_currency(context));
            }
            (stored(at, value, sink)?, currency)
        }
        Input::Number(_, Shown::Percent | Shown::Date) | Input::Boolean(_) => {
            return Err(Wrong::NotANumber);
        }
    };
    if currency.is_some_and(|currency| !context.takes(&currency)) {
        return Err(other_currency(context));
    }
    if context.options.cents {
        let whole = value.checked_div(Decimal::ONE_HUNDRED);
        return whole
            .ok_or(Wrong::TooManyDigits)
            .map(|value| value.normalize());
    }
    Ok(value)
}

/// That a currency is not the usual one.
pub(super) fn other_currency(context: &Context<'_>) -> Wrong {
    let usual = match &context.currency {
        Usual::Is(usual) => Some(usual.to_string()),
        Usual::Unsaid | Usual::Undecided => None,
    };
    Wrong::OtherCurrency { usual }
}

/// A number that is neither money nor a percentage.
fn plain_number(
    at: At<'_>,
    input: Input<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) -> Result<Decimal, Wrong> {
    match input {
        Input::Text(text) => {
            let number = written(at, text, context, sink)?;
            match number.is_percent || number.currency.is_some() {
                true => Err(Wrong::NotANumber),
                false => Ok(number.value),
            }
        }
        Input::Number(value, Shown::Plain) => stored(at, value, sink),
        Input::Number(_, Shown::Percent | Shown::Date | Shown::Currency(_)) | Input::Boolean(_) => {
            Err(Wrong::NotANumber)
        }
    }
}

fn whole(value: Decimal) -> Result<i64, Wrong> {
    match value.is_integer() {
        true => i64::try_from(value).map_err(|_| Wrong::TooManyDigits),
        false => Err(Wrong::NotWhole),
    }
}

/// A whole percentage. Without a sign of percent, the column decides whether 1 is one percent or all.
fn percent(
    at: At<'_>,
    input: Input<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) -> Result<i64, Wrong> {
    let scale = context.scale(at.column.index);
    let (value, is_percent) = match input {
        Input::Text(text) => {
            let number = written(at, text, context, sink)?;
            if number.currency.is_some() {
                return Err(Wrong::NotANumber);
            }
            if number.is_percent != context.is_signed(at.column.index) {
                sink.tell(at, Told::OtherPercentForm);
            }
            (number.value, number.is_percent)
        }
        Input::Number(value, Shown::Percent) => {
            sink.tell(at, Told::PercentShown);
            let value = stored(at, value, sink)?;
            let value = value.checked_mul(Decimal::ONE_HUNDRED);
            (value.ok_or(Wrong::TooManyDigits)?, true)
        }
        Input::Number(value, Shown::Plain) => (stored(at, value, sink)?, false),
        Input::Number(_, Shown::Date | Shown::Currency(_)) | Input::Boolean(_) => {
            return Err(Wrong::NotANumber);
        }
    };
    let is_share = value > Decimal::ZERO && value < Decimal::ONE;
    let is_one = value == Decimal::ONE;
    let is_zero = value.is_zero();
    match scale {
        _ if is_percent || is_zero => whole(value),
        ColumnScale::Named(Scale::Share) if value > Decimal::ONE => Err(Wrong::MixedScale),
        ColumnScale::Named(Scale::Share) => {
            let percent = value.checked_mul(Decimal::ONE_HUNDRED);
            whole(percent.ok_or(Wrong::TooManyDigits)?)
        }
        ColumnScale::Named(Scale::Whole) | ColumnScale::Above1 if is_share => {
            Err(Wrong::MixedScale)
        }
        ColumnScale::Above1 if is_one => Err(Wrong::MixedScale),
        ColumnScale::Unknown if is_share || is_one => Err(Wrong::UnnamedScale),
        ColumnScale::Named(Scale::Whole) | ColumnScale::Above1 | ColumnScale::Unknown => {
            whole(value)
        }
    }
}

fn date(
    at: At<'_>,
    input: Input<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) -> Result<Value, Wrong> {
    let found = match input {
        Input::Text(text) => {
            if let Some(usual) = context.other_order(at.column.index, text) {
                let usual = match usual {
                    Usual::Is(order) => Some(order),
                    Usual::Unsaid | Usual::Undecided => None,
                };
                return Err(Wrong::OtherDateOrder { usual });
            }
            day(text, context.options.dates)
        }
        Input::Number(value, Shown::Date) => of_serial(value, context.epoch),
        Input::Number(value, Shown::Plain) => {
            let found = of_serial(value, context.epoch);
            if found.is_ok() {
                sink.tell(at, Told::NumberOfADay);
            }
            found
        }
        Input::Number(_, Shown::Percent | Shown::Currency(_)) | Input::Boolean(_) => {
            Err(NotDay::NotADate)
        }
    };
    let Day { date, has_time } = found.map_err(|error| match error {
        NotDay::NotADate => Wrong::NotADate,
        NotDay::Ambiguous => Wrong::AmbiguousDate,
        NotDay::TwoDigitYear => Wrong::TwoDigitYear,
        NotDay::Serial => Wrong::NumberOfADay,
        NotDay::Implausible => Wrong::ImplausibleDate,
        NotDay::Moved => Wrong::MovedDate,
    })?;
    if has_time {
        sink.tell(at, Told::TimeCut);
    }
    Ok(Value::Date(date))
}

fn instant(input: Input<'_>, context: &Context<'_>) -> Result<Value, Wrong> {
    let zone = context.options.zone.as_ref();
    let found = match input {
        Input::Text(text) => moment(text, zone),
        Input::Number(value, Shown::Date) => match moment_of_serial(value, context.epoch) {
            Some(civil) => local(civil, zone),
            None => Err(NotMoment::NotAMoment),
        },
        Input::Number(..) | Input::Boolean(_) => Err(NotMoment::NotAMoment),
    };
    found.map(Value::Datetime).map_err(|error| match error {
        NotMoment::NotAMoment => Wrong::NotAMoment,
        NotMoment::NoOffset => Wrong::NoOffset,
        NotMoment::NotOneInstant => Wrong::NotOneInstant,
    })
}
