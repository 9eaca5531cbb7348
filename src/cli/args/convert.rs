//! The arguments of `convert`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::convert::{Currency, DateOrder, DecimalSign, Scale, Zone};
use crate::model::ObjectKind;

#[derive(Args, Debug)]
pub(in crate::cli) struct ConvertArgs {
    /// The export: a CSV file, or a workbook (.xlsx)
    pub(in crate::cli) file: PathBuf,
    /// Take the columns and the options from this file, instead of telling the columns by the names of known exports
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) map: Option<PathBuf>,
    /// Write what each column becomes, and the options, to this new file for --map
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) save_map: Option<PathBuf>,
    /// Write the manifest to this new file; "-" is standard output [default: the name of the export with .yaml, in this directory]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// The kind of the records in each row; can be repeated [default: told by the columns]
    #[arg(long, value_name = "KIND", value_parser = super::kind_parser())]
    pub(in crate::cli) kind: Vec<&'static ObjectKind>,
    /// The sheet of a workbook with several
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) sheet: Option<String>,
    /// The row with the headers, counted from 1 [default: told by the headers]
    #[arg(long, value_name = "ROW")]
    pub(in crate::cli) header: Option<usize>,
    /// The encoding of a CSV file, for example windows-1252 [default: detected, and shown]
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) encoding: Option<String>,
    /// The order of day, month and year in dates; without it, a date that can be read in two ways is refused
    #[arg(long, value_name = "ORDER", value_parser = word(&DateOrder::ALL, DateOrder::word))]
    pub(in crate::cli) dates: Option<DateOrder>,
    /// The decimal sign; without it, a number that can be read in two ways is refused
    #[arg(long, value_name = "SIGN", value_parser = word(&DecimalSign::ALL, DecimalSign::word))]
    pub(in crate::cli) decimal: Option<DecimalSign>,
    /// The currency of all amounts, for example EUR; an amount with another one is refused
    #[arg(long, value_name = "CODE")]
    pub(in crate::cli) currency: Option<Currency>,
    /// The column with the amounts
    #[arg(long, value_name = "COLUMN")]
    pub(in crate::cli) amount: Option<String>,
    /// Amounts are in hundredths, such as cents
    #[arg(long)]
    pub(in crate::cli) cents: bool,
    /// How percentages without a sign are written: 40 % as 40 (whole) or as 0.4 (share)
    #[arg(long, value_name = "FORM", value_parser = word(&Scale::ALL, Scale::word))]
    pub(in crate::cli) percents: Option<Scale>,
    /// The time zone of times without an offset, for example Europe/Berlin; without it, they are refused
    #[arg(long, value_name = "ZONE")]
    pub(in crate::cli) zone: Option<Zone>,
    /// Write Salesforce ids of 15 characters, which differ only in letter case, as ids of 18
    #[arg(long)]
    pub(in crate::cli) widen_ids: bool,
}

/// A parser of the words for these values.
fn word<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    word: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let words = PossibleValuesParser::new(all.iter().map(|value| word(*value)));
    words.try_map(move |text| {
        let found = all.iter().find(|value| word(**value) == text);
        found.copied().ok_or("not one of the words")
    })
}
