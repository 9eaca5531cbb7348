//! What is wrong with a cell, in words.

use crate::convert::Wrong;

/// What is wrong with a cell.
pub(super) fn words(wrong: &Wrong) -> String {
    let text = match wrong {
        Wrong::NotANumber => "not a number",
        Wrong::AmbiguousNumber => "can be read as two numbers",
        Wrong::OtherDecimalSign => "has another decimal sign than most numbers of the column",
        Wrong::RoundedNumber => "a spreadsheet has rounded the number",
        Wrong::TooManyDigits => "has too many digits",
        Wrong::ErrorValue => "an error of a spreadsheet",
        Wrong::NotComputed => "a formula whose value is not in the file",
        Wrong::OtherCurrency { usual: Some(usual) } => {
            return format!("has another currency than {usual}");
        }
        Wrong::OtherCurrency { usual: None } => "the amounts have several currencies",
        Wrong::NotADate => "not a date",
        Wrong::AmbiguousDate => "can be read as two dates",
        Wrong::OtherDateOrder { usual: Some(usual) } => {
            return format!(
                "most dates of the column are {}, and this one is not",
                usual.word()
            );
        }
        Wrong::OtherDateOrder { usual: None } => "as many dates of the column are dmy as mdy",
        Wrong::TwoDigitYear => "the year has two digits",
        Wrong::ImplausibleDate => "not a plausible date",
        Wrong::NumberOfADay => {
            "the number of a day, and the file does not tell from when it counts"
        }
        Wrong::MovedDate => "a time that is another day in other zones",
        Wrong::NotAMoment => "not a date with a time",
        Wrong::NoOffset => "a time without an offset",
        Wrong::NotOneInstant => "the clocks of the zone skip this time or have it twice",
        Wrong::MixedScale => {
            "not in the form of the rest of the column, which has either 40 or 0.4 for 40 %"
        }
        Wrong::UnnamedScale => "can be 1 % or less, or a share of 1",
        Wrong::NotWhole => "not a whole number",
        Wrong::NotABoolean => "neither true nor false",
        Wrong::UnknownStatus => "neither open, won nor lost",
        Wrong::NotAPeriod => "not a quarter with its year",
        Wrong::NotText => "a number whose text depends on how it is shown",
        Wrong::MissingKey => "missing, and it is a part of the key",
        Wrong::BadKey => "cannot be a key",
        Wrong::KeyLostDigits => "a spreadsheet has made a number of the key and lost digits",
        Wrong::FormulaInKey => "has a formula, and not its value",
        Wrong::HiddenInKey => "has a hidden blank or another character that nobody sees",
        Wrong::LostLetterInKey => "has a letter that is lost",
        Wrong::CommaInKey => "a key with a comma, which Marketo cannot look up",
        Wrong::DuplicateKey => "the same key in several rows with different values",
        Wrong::KeyDiffersInCase => {
            "keys that differ only in letter case, which Marketo takes for one"
        }
        Wrong::MixedIds => "an id of 15 characters that is in the file with 18 too",
        Wrong::MissingField => "missing, and a new record needs it",
        Wrong::TooLong { length, limit } => {
            return format!("{length} characters, where {limit} fit");
        }
        Wrong::SeveralValues => "several values, where one fits",
        Wrong::NotAnAddress => "not an e-mail address",
        Wrong::CellWithoutHeader => {
            "the row has a cell without a header, so its cells may be in wrong columns"
        }
        Wrong::WonAndLost => "won and lost at the same time",
    };
    text.to_owned()
}

/// What is wrong with several cells that differ in a number, without the number.
pub(super) fn words_of_several(wrong: &Wrong) -> String {
    if let Wrong::TooLong { limit, .. } = wrong {
        return format!("more characters than the {limit} that fit");
    }
    words(wrong)
}
