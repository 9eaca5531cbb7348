//! What a person says of a file because the file itself does not tell.

use super::currency::Currency;
use super::moment::Zone;
use super::target::Target;
use crate::model::ObjectKind;

/// How to read a file. What is not named is not guessed: a value that depends on it is refused.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The kinds of the records in each row; empty to tell them by the columns.
    pub kinds: Vec<&'static ObjectKind>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The row of the headers, counted from 1.
    pub header: Option<usize>,
    /// The encoding of a text file, by one of its names on the web.
    pub encoding: Option<String>,
    pub dates: Option<DateOrder>,
    pub decimal: Option<DecimalSign>,
    /// The currency of all amounts.
    pub currency: Option<Currency>,
    /// The header of the column with the amounts.
    pub amount: Option<String>,
    /// Whether amounts are in hundredths, as cents.
    pub cents: bool,
    pub percents: Option<Scale>,
    /// The zone of times without an offset.
    pub zone: Option<Zone>,
    /// Whether Salesforce's ids of 15 characters become those of 18.
    pub widen_ids: bool,
    /// The columns by a map, instead of by the names of known exports.
    pub columns: Option<Vec<MappedColumn>>,
}

/// What a map makes of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedColumn {
    /// The header; with ` #2` the second column that has it.
    pub header: String,
    /// Nothing for a column that is not taken.
    pub target: Option<Target>,
}

/// The order of day, month and year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DateOrder {
    DayFirst,
    MonthFirst,
    YearFirst,
}

/// The sign before the decimals of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DecimalSign {
    Comma,
    Point,
}

/// How percentages without a sign are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// 40 is 40 %.
    Whole,
    /// 0.4 is 40 %.
    Share,
}

impl DateOrder {
    pub const ALL: [Self; 3] = [Self::DayFirst, Self::MonthFirst, Self::YearFirst];

    /// The word for it in maps and arguments.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::DayFirst => "dmy",
            Self::MonthFirst => "mdy",
            Self::YearFirst => "ymd",
        }
    }
}

impl DecimalSign {
    pub const ALL: [Self; 2] = [Self::Comma, Self::Point];

    /// The word for it in maps and arguments.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Comma => "comma",
            Self::Point => "point",
        }
    }

    /// The sign itself.
    #[must_use]
    pub fn sign(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Point => '.',
        }
    }

    /// The sign between groups of digits where this one is before the decimals.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Comma => Self::Point,
            Self::Point => Self::Comma,
        }
    }
}

impl Scale {
    pub const ALL: [Self; 2] = [Self::Whole, Self::Share];

    /// The word for it in maps and arguments.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Share => "share",
        }
    }
}
