//! A table as the file has it: rows of cells, before anything is read into them.

use std::borrow::Cow;

/// A table, whichever program wrote it.
#[derive(Debug)]
pub(super) struct Table {
    /// The rows with at least one cell that is not blank, in the order of the file.
    pub(super) rows: Vec<Row>,
    /// The day before the first of the workbook's calendar.
    pub(super) epoch: Epoch,
    pub(super) facts: SourceFacts,
}

/// What a file is, as far as it was found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceFacts {
    Text {
        encoding: &'static str,
        /// Whether neither the bytes nor an option settle the encoding.
        is_probable: bool,
        delimiter: char,
    },
    Workbook {
        sheet: String,
    },
}

/// From when a workbook counts days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Epoch {
    Of1900,
    Of1904,
}

/// A row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Counted from 1 as a spreadsheet does, with blank rows.
    pub(super) number: usize,
    /// The line of a text file that it begins on.
    pub(super) line: Option<usize>,
    /// Whether a filter or a person hides it.
    pub(super) is_hidden: bool,
    pub(super) cells: Vec<Cell>,
}

/// A cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cell {
    pub(super) content: Content,
    /// Whether a formula made the content.
    pub(super) is_formula: bool,
}

/// What is in a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Content {
    #[default]
    Empty,
    Text(Box<str>),
    Number {
        /// As the file writes it: a floating-point number of 64 bits.
        value: f64,
        shown: Shown,
    },
    Boolean(bool),
    /// `#N/A` and its like.
    Error(Box<str>),
    /// A formula whose value the file does not have.
    NotComputed,
}

/// How a number is shown, as far as that changes its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Plain,
    Percent,
    Date,
    /// With this sign or code of a currency.
    Currency(Box<str>),
}

static EMPTY: Cell = Cell {
    content: Content::Empty,
    is_formula: false,
};

impl Row {
    /// The cell of a column; a row may end before it.
    pub(super) fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&EMPTY)
    }

    /// The cells that are not blank, with their columns.
    pub(super) fn filled(&self) -> impl Iterator<Item = (usize, &Cell)> {
        let cells = self.cells.iter().enumerate();
        cells.filter(|(_, cell)| !cell.is_blank())
    }
}

impl Cell {
    pub(super) fn text(text: &str) -> Self {
        let content = if text.is_empty() {
            Content::Empty
        } else {
            Content::Text(text.into())
        };
        Self {
            content,
            is_formula: false,
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        match &self.content {
            Content::Empty => true,
            Content::Text(text) => trimmed(text).is_empty(),
            Content::Number { .. }
            | Content::Boolean(_)
            | Content::Error(_)
            | Content::NotComputed => false,
        }
    }

    /// The content as a text, to show and to compare. Not for values.
    pub(super) fn shown(&self) -> Cow<'_, str> {
        match &self.content {
            Content::Empty => Cow::Borrowed(""),
            Content::Text(text) | Content::Error(text) => Cow::Borrowed(text),
            Content::Number { value, shown } => match shown {
                Shown::Plain | Shown::Date => Cow::Owned(value.to_string()),
                Shown::Percent => Cow::Owned(format!("{} %", value * 100.0)),
                Shown::Currency(sign) => Cow::Owned(format!("{sign} {value}")),
            },
            Content::Boolean(true) => Cow::Borrowed("TRUE"),
            Content::Boolean(false) => Cow::Borrowed("FALSE"),
            Content::NotComputed => Cow::Borrowed("a formula without a value"),
        }
    }
}

/// A text without blanks of any kind around it.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|char: char| char.is_whitespace() || char == '\u{feff}' || char == '\u{200b}')
}
