//! Why the store cannot be used, and the answer to a call in that case.

use std::error::Error as _;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::simulator::wire::codes::{CallFailure, CodedReason};

/// Why the store cannot be used.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("cannot create the directory {}", path.display())]
    Directory {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} uses {}", user(*process), path.display())]
    InUse {
        path: PathBuf,
        /// Whose it is, as far as the store's directory tells it.
        process: Option<u32>,
    },
    #[error("{} has the layout {found}, which this version does not support", path.display())]
    Layout { path: PathBuf, found: String },
    #[error(
        "{} compares keys by `{found}`; keyCase and keyBlanks can be set only for a new store",
        path.display()
    )]
    Keys { path: PathBuf, found: String },
    #[error("the database failed")]
    Database(#[source] Box<redb::Error>),
    #[error("a stored record is damaged")]
    Record(#[source] serde_json::Error),
    #[error("a value in the store is damaged: {0}")]
    Meta(&'static str),
}

fn user(process: Option<u32>) -> String {
    process.map_or_else(
        || "another process or simulator".to_owned(),
        |process| format!("process {process}"),
    )
}

impl From<StoreError> for CallFailure {
    /// 611 is Marketo's code for unexpected errors. The cause helps whoever runs the simulator.
    fn from(error: StoreError) -> Self {
        let mut message = format!("System error: {error}");
        if let Some(cause) = error.source() {
            message = format!("{message}: {cause}");
        }
        Self::Refused(CodedReason::new("611", message))
    }
}

macro_rules! from_redb {
    ($($error:ident),*) => {$(
        impl From<redb::$error> for StoreError {
            fn from(error: redb::$error) -> Self {
                Self::Database(Box::new(error.into()))
            }
        }
    )*};
}

from_redb!(
    CommitError,
    DatabaseError,
    StorageError,
    TableError,
    TransactionError
);
