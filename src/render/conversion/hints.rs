//! The ways out: which option settles a problem, and what else a person can do.

use crate::convert::{ConvertError, Finding, Options, Wrong};

/// A hint for each sort of problem that an option settles, or that has another way out. An option that is given is no way out.
#[must_use]
pub fn hints_for_problems(problems: &[Finding<Wrong>], options: &Options) -> Vec<String> {
    let mut hints: Vec<String> = Vec::new();
    for problem in problems {
        if let Some(hint) =
            hint(&problem.what, options).filter(|hint| !hints.iter().any(|it| it == hint))
        {
            hints.push(hint.to_owned());
        }
    }
    hints
}

fn hint(wrong: &Wrong, options: &Options) -> Option<&'static str> {
    let unless = |is_given: bool, hint: &'static str| (!is_given).then_some(hint);
    match wrong {
        Wrong::AmbiguousNumber | Wrong::OtherDecimalSign => {
            let hint = "name the decimal sign: --decimal comma or --decimal point";
            unless(options.decimal.is_some(), hint)
        }
        Wrong::AmbiguousDate | Wrong::OtherDateOrder { .. } => {
            Some("name the order of the dates: --dates dmy or --dates mdy")
        }
        Wrong::OtherCurrency { .. } => match (&options.currency, &options.amount) {
            (None, None) => Some(
                "nothing is converted: name the currency with --currency CODE, or a column in one currency with --amount COLUMN",
            ),
            (Some(_), None) => {
                Some("nothing is converted: name a column in one currency with --amount COLUMN")
            }
            (None, Some(_)) => Some("nothing is converted: name the currency with --currency CODE"),
            (Some(_), Some(_)) => None,
        },
        Wrong::NoOffset => {
            let hint =
                "name the zone of these times: --zone ZONE, for example --zone Europe/Berlin";
            unless(options.zone.is_some(), hint)
        }
        Wrong::MixedScale | Wrong::UnnamedScale => unless(
            options.percents.is_some(),
            "if the column has one form: --percents whole (40 is 40 %) or --percents share (0.4 is 40 %)",
        ),
        Wrong::NotComputed => {
            Some("open the workbook in a spreadsheet and save it, so that it has the values")
        }
        Wrong::KeyDiffersInCase | Wrong::MixedIds => {
            let hint = "if these are ids of Salesforce: --widen-ids makes 18 characters of 15";
            unless(options.widen_ids, hint)
        }
        Wrong::KeyLostDigits => {
            Some("export the file again: what a spreadsheet has rounded is lost")
        }
        Wrong::FormulaInKey => {
            Some("write the keys without formulas: 006Qz00000StZsx for =\"006Qz00000StZsx\"")
        }
        Wrong::HiddenInKey => {
            Some("remove the hidden characters from the keys, or export the file again")
        }
        Wrong::LostLetterInKey => {
            Some("export the file again: the program that wrote it could not write these letters")
        }
        Wrong::NotANumber
        | Wrong::RoundedNumber
        | Wrong::TooManyDigits
        | Wrong::ErrorValue
        | Wrong::NotADate
        | Wrong::TwoDigitYear
        | Wrong::ImplausibleDate
        | Wrong::NumberOfADay
        | Wrong::MovedDate
        | Wrong::NotAMoment
        | Wrong::NotOneInstant
        | Wrong::NotWhole
        | Wrong::NotABoolean
        | Wrong::UnknownStatus
        | Wrong::NotAPeriod
        | Wrong::NotText
        | Wrong::MissingKey
        | Wrong::BadKey
        | Wrong::CommaInKey
        | Wrong::DuplicateKey
        | Wrong::MissingField
        | Wrong::TooLong { .. }
        | Wrong::SeveralValues
        | Wrong::NotAnAddress
        | Wrong::CellWithoutHeader
        | Wrong::WonAndLost => None,
    }
}

/// The ways out where a file as a whole cannot be converted.
#[must_use]
pub fn hints_for_columns(error: &ConvertError) -> Vec<String> {
    match error {
        ConvertError::UnknownColumns { headers } => vec![
            format!("the widest row has these columns: {}", headers.join(", ")),
            "write a map, and fill it in: oppctl convert FILE --save-map map.yaml, then oppctl convert FILE --map map.yaml"
                .to_owned(),
            "name the row of the headers if they are not in the first rows: --header ROW".to_owned(),
        ],
        ConvertError::NoColumn {
            suggestion: Some(meant),
            ..
        } => vec![format!("did you mean `{meant}`?")],
        ConvertError::UnknownEncoding { .. } => {
            vec!["for example utf-8, windows-1252, utf-16le or shift_jis".to_owned()]
        }
        ConvertError::NotText { .. } => vec!["name the encoding: --encoding NAME".to_owned()],
        ConvertError::OldWorkbook => {
            vec!["save it as .xlsx or as CSV, without a password".to_owned()]
        }
        ConvertError::SeveralSheets { .. } => vec!["name the sheet: --sheet NAME".to_owned()],
        ConvertError::Grouped { .. } => {
            vec!["export the report as \"Details Only\", or without groups".to_owned()]
        }
        ConvertError::NoKeyColumn { .. } => {
            vec!["add the column to the export, or name it in a map: --map FILE".to_owned()]
        }
        ConvertError::NoColumn {
            suggestion: None, ..
        }
        | ConvertError::BrokenQuote { .. }
        | ConvertError::BadWorkbook { .. }
        | ConvertError::WorkbookPart { .. }
        | ConvertError::NoSheet { .. }
        | ConvertError::NoTable
        | ConvertError::NoHeaderRow { .. }
        | ConvertError::SameTarget { .. } => Vec::new(),
    }
}
