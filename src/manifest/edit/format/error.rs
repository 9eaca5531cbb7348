//! Why a text is not formatted.

use thiserror::Error;

/// Why a text cannot be formatted. It stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotFormatted {
    #[error("it cannot be read as YAML")]
    Unreadable,
    #[error("line {line}: {what}")]
    Form { what: &'static str, line: usize },
    #[error("line {line}: in another layout this would mean something else, or lose a comment")]
    Unsafe { line: usize },
}

/// What the printer does not know how to write, and its place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unprinted {
    pub(super) at: usize,
    pub(super) what: &'static str,
}

/// What is printed, or why nothing is.
pub(super) type Printed<T> = Result<T, Unprinted>;

impl Unprinted {
    /// Something stands where no form of YAML that the printer knows has it.
    pub(super) fn unknown(at: usize) -> Self {
        let what = "fmt does not know this form of YAML";
        Self { at, what }
    }

    /// A key with a `?` before it.
    pub(super) fn explicit_key(at: usize) -> Self {
        let what = "a key with `?` before it";
        Self { at, what }
    }
}
