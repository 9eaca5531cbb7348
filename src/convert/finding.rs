//! What a conversion has to say of cells and rows: problems, what is told of values that were taken, and rows that are no records.

use super::options::DateOrder;
use crate::model::ObjectKind;

/// Something that is said of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding<W> {
    pub what: W,
    pub place: Place,
    /// The cell as it is shown; empty if there is none.
    pub value: String,
}

/// The place of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Counted from 1 as a spreadsheet does.
    pub row: usize,
    /// The line of a text file that the row begins on.
    pub line: Option<usize>,
    /// The header of the column.
    pub column: String,
    /// What the column becomes.
    pub target: String,
}

/// Why a cell cannot be converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    NotANumber,
    AmbiguousNumber,
    /// The other numbers of the column have the other decimal sign.
    OtherDecimalSign,
    RoundedNumber,
    TooManyDigits,
    ErrorValue,
    NotComputed,
    /// The other amounts, or the options, have this currency.
    OtherCurrency {
        usual: Option<String>,
    },
    NotADate,
    AmbiguousDate,
    /// Other dates of the column have day and month in the other order.
    OtherDateOrder {
        usual: Option<DateOrder>,
    },
    TwoDigitYear,
    ImplausibleDate,
    NumberOfADay,
    MovedDate,
    NotAMoment,
    NoOffset,
    NotOneInstant,
    /// A share among whole percentages, or the other way round.
    MixedScale,
    /// The column has only shares and zeros, which may be percentages below one.
    UnnamedScale,
    NotWhole,
    NotABoolean,
    UnknownStatus,
    NotAPeriod,
    NotText,
    MissingKey,
    BadKey,
    KeyLostDigits,
    /// `="006Qz"`: a text file has the formula, and not its value.
    FormulaInKey,
    /// A blank of another sort, a character without a glyph or a control character.
    HiddenInKey,
    /// A letter that could not be read when the file was written.
    LostLetterInKey,
    CommaInKey,
    DuplicateKey,
    KeyDiffersInCase,
    /// The file has the same id with 18 characters too.
    MixedIds,
    MissingField,
    TooLong {
        length: usize,
        limit: usize,
    },
    SeveralValues,
    NotAnAddress,
    /// In a text file: a sign between columns that is part of a value has moved the cells behind it.
    CellWithoutHeader,
    /// Won and lost at the same time.
    WonAndLost,
}

/// What is told of a value that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    Trimmed,
    Placeholder,
    DuplicateRow,
    HiddenRow,
    /// In a text file: the row ends before the last header.
    ShortRow,
    NumberOfADay,
    TimeCut,
    Rounded,
    Formula,
    PriceForm,
    ThreeDecimals,
    Scientific,
    NumberAsText,
    BooleanAsText,
    LineBreak,
    /// The program that wrote the file could not write it.
    LostLetter,
    ControlCharacter,
    NoCurrency,
    PercentShown,
    OtherPercentForm,
    NoId,
    Widened,
    Braces,
}

/// What is told of columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// No column becomes a field that new records need.
    NoRequiredField {
        kind: &'static ObjectKind,
        field: &'static str,
    },
    /// A map names a custom field that is spelled almost like a standard one.
    AlmostStandard {
        header: String,
        name: String,
        meant: String,
    },
}

/// Rows that are no records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub what: PassedOver,
    pub row: usize,
    pub line: Option<usize>,
    /// The first cell of the row.
    pub value: String,
}

/// What a row is that is no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PassedOver {
    Preamble,
    RepeatedHeader,
    Sum,
    Footer,
    Deleted,
}
