//! What is told of values that were taken, and of rows that are no records.

use std::fmt::Write as _;

use super::group::{quoted, row};
use crate::convert::{PassedOver, Place, Remark, Skipped, Told};
use crate::render::counting::counted;
use crate::render::escape::escaped;

/// The most rows of a sort that are named.
const MOST_NAMED: usize = 5;

/// What is told of a value.
pub(super) fn words(told: &Told) -> String {
    let text = match told {
        Told::Trimmed => "blanks around it cut off",
        Told::Placeholder => "a lone \"-\" counts as empty",
        Told::DuplicateRow => "the record stands in several rows, and is taken once",
        Told::HiddenRow => "the row is hidden, and taken like the others",
        Told::ShortRow => "the row has fewer cells than there are headers",
        Told::NumberOfADay => "the number of a day, taken as a date",
        Told::TimeCut => "the time of day cut off",
        Told::Rounded => "rounded to the 15 digits that were typed",
        Told::Formula => "the last value of a formula",
        Told::PriceForm => "\",-\" taken for no decimals",
        Told::ThreeDecimals => "three digits after the decimal sign",
        Told::Scientific => "a number with an exponent",
        Told::NumberAsText => "a number taken as text",
        Told::BooleanAsText => "true or false taken as text",
        Told::LineBreak => "has a line break",
        Told::LostLetter => "has a letter that is lost",
        Told::ControlCharacter => "has a control character",
        Told::NoCurrency => "no currency, taken for that of the others",
        Told::PercentShown => "shown as a percentage, and taken as one",
        Told::OtherPercentForm => "with a percent sign, or without one, unlike most of the column",
        Told::NoId => "the sign for no record, counts as empty",
        Told::Widened => "widened to 18 characters",
        Told::Braces => "braces are a part of the key",
    };
    text.to_owned()
}

/// A line for each remark on columns.
pub(super) fn remarks(remarks: &[Remark]) -> String {
    let line = |remark: &Remark| match remark {
        Remark::NoRequiredField { kind, field } => {
            let records = kind.nouns;
            format!("  {field}: no column becomes it, and new {records} need it\n")
        }
        Remark::AlmostStandard {
            header,
            name,
            meant,
        } => {
            let [header, name] = [header, name].map(|text| escaped(text));
            format!("  {name}: taken as a custom field, column {header}; did you mean `{meant}`?\n")
        }
    };
    remarks.iter().map(line).collect()
}

/// A line for each sort of rows that are no records.
pub(super) fn skipped(skipped: &[Skipped]) -> String {
    let mut text = String::new();
    for what in [
        PassedOver::Preamble,
        PassedOver::RepeatedHeader,
        PassedOver::Sum,
        PassedOver::Deleted,
        PassedOver::Footer,
    ] {
        let rows: Vec<&Skipped> = skipped.iter().filter(|row| row.what == what).collect();
        if rows.is_empty() {
            continue;
        }
        let named = rows.iter().take(MOST_NAMED).map(|skipped| {
            let place = Place {
                row: skipped.row,
                line: skipped.line,
                column: String::new(),
                target: String::new(),
            };
            format!("{} {}", row(&place), quoted(&skipped.value))
        });
        let mut named: Vec<String> = named.collect();
        if let Some(more @ 1..) = rows.len().checked_sub(MOST_NAMED) {
            named.push(format!("{more} more"));
        }
        let rows = counted(rows.len(), "row");
        writeln!(text, "  {rows} {}: {}", sort(what), named.join(", "))
            .expect("strings take all text");
    }
    text
}

fn sort(what: PassedOver) -> &'static str {
    match what {
        PassedOver::Preamble => "above the headers",
        PassedOver::RepeatedHeader => "with the headers again",
        PassedOver::Sum => "with a sum",
        PassedOver::Deleted => "of deleted records",
        PassedOver::Footer => "of the footer",
    }
}
