//! Why a text is not changed, and what to do about it.

use thiserror::Error;

/// Why a text cannot be changed. It is as it was.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotEdited {
    #[error("it has problems: `oppctl validate` shows them")]
    Invalid,
    #[error(
        "`{field}` at {line}:{column} is not written in a form that can be changed in its place"
    )]
    Form {
        field: String,
        line: usize,
        column: usize,
    },
    #[error(
        "`{field}` at {line}:{column} has an anchor, and the alias at {}:{} repeats its value",
        by.0,
        by.1
    )]
    Repeated {
        field: String,
        line: usize,
        column: usize,
        /// The line and the column of the alias.
        by: (usize, usize),
    },
    #[error(
        "the entry comes from another place of the file, through the alias or merge key at {line}:{column}"
    )]
    Shared { line: usize, column: usize },
    #[error(
        "`{field}` would also reach the entry at {line}:{column}, which merges the changed one"
    )]
    Inherited {
        field: String,
        line: usize,
        column: usize,
    },
    #[error("`{field}` at {line}:{column} has its value from `set` in the configuration")]
    Reference {
        field: String,
        line: usize,
        column: usize,
    },
    #[error("entries are nested in the one at {line}:{column} that would go with it")]
    Nested { line: usize, column: usize },
    #[error("its layout does not allow a change that leaves the rest as it is")]
    Layout,
}

impl NotEdited {
    /// The way out.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Invalid => "correct the problems first",
            Self::Form { .. } => "change it by hand",
            Self::Repeated { .. } => "write the value out there, in place of the alias",
            Self::Shared { .. } => "write the entry out there, in place of the alias",
            Self::Inherited { .. } => "write that entry out, in place of the merge key",
            Self::Reference { .. } => "change the value in oppctl.yaml",
            Self::Nested { .. } => "remove the entry by hand",
            Self::Layout => "make the change by hand, or write the file in a plainer layout",
        }
    }
}
