//! Why a file as a whole cannot be converted.

use thiserror::Error;

/// Why a file as a whole cannot be converted.
#[derive(Debug, Error)]
pub enum ConvertError {
    #[error("`{name}` is not the name of an encoding")]
    UnknownEncoding { name: String },
    #[error("line {line} is not text in {encoding}")]
    NotText { encoding: &'static str, line: usize },
    #[error("the quote that begins in line {line} has no end, or text behind its end")]
    BrokenQuote { line: usize },
    #[error("it is a workbook of an old form, or one with a password")]
    OldWorkbook,
    #[error("it is not a workbook that can be read")]
    BadWorkbook {
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("a part of the workbook is missing or too large: {part}")]
    WorkbookPart { part: String },
    #[error("the workbook has no sheet `{name}`; it has {}", listed(known))]
    NoSheet { name: String, known: Vec<String> },
    #[error("the workbook has several sheets: {}", listed(names))]
    SeveralSheets { names: Vec<String> },
    #[error("it has no table")]
    NoTable,
    #[error("row {row} is not in the table")]
    NoHeaderRow { row: usize },
    #[error("its columns are not those of an export that is known")]
    UnknownColumns { headers: Vec<String> },
    #[error("no column has the header `{name}`")]
    NoColumn {
        name: String,
        suggestion: Option<String>,
    },
    #[error("two columns become `{target}`: `{first}` and `{second}`")]
    SameTarget {
        target: String,
        first: String,
        second: String,
    },
    #[error("no column becomes `{part}`, which {kind} records need")]
    NoKeyColumn { part: String, kind: &'static str },
    #[error("the rows are grouped: `{header}` stands in the first row of each group only")]
    Grouped { header: String },
}

impl ConvertError {
    /// Whether an argument is wrong, and not the file.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        match self {
            Self::UnknownEncoding { .. }
            | Self::NoSheet { .. }
            | Self::SeveralSheets { .. }
            | Self::NoHeaderRow { .. } => true,
            Self::NotText { .. }
            | Self::BrokenQuote { .. }
            | Self::OldWorkbook
            | Self::BadWorkbook { .. }
            | Self::WorkbookPart { .. }
            | Self::NoTable
            | Self::UnknownColumns { .. }
            | Self::NoColumn { .. }
            | Self::SameTarget { .. }
            | Self::NoKeyColumn { .. }
            | Self::Grouped { .. } => false,
        }
    }
}

fn listed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
