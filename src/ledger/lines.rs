//! What the files of ledger, lock and journal have in common: each line is JSON, and the first line names the format and its
//! version.

use std::borrow::Cow;

use serde::Deserialize;

use crate::misread::Misread;
use crate::model::{Key, ObjectKind};

/// What can be wrong with a line of any of these formats.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineDamage {
    #[error("unexpected content: {message}")]
    Unreadable { message: String },
    #[error("not a {expected}")]
    OtherFormat { expected: &'static str },
    #[error("the kind `{name}` is unknown")]
    UnknownKind { name: String },
    #[error("the key does not have the parts of its kind")]
    Key,
}

/// Why a first line does not start a file that can be read.
#[derive(Debug)]
pub(crate) enum StartFlaw {
    Damaged(LineDamage),
    /// The file has format version `found`, and this oppctl reads versions up to `newest`.
    Newer {
        found: u64,
        newest: u64,
    },
}

/// The members with which the first line starts in every version.
#[derive(Deserialize)]
struct StartRow<'a> {
    /// The name of the format.
    #[serde(borrow)]
    oppctl: Cow<'a, str>,
    version: u64,
}

/// Reads a line.
pub(crate) fn json<'t, T: Deserialize<'t>>(line: &'t [u8]) -> Result<T, LineDamage> {
    serde_json::from_slice(line).map_err(|error| LineDamage::Unreadable {
        // Without line and column: serde counts them within one line of the file.
        message: Misread::of_json(&error).what.to_string(),
    })
}

/// Checks the format and version of a first line before the rest of it is read: newer versions may have other members.
pub(crate) fn check_start(line: &[u8], format: &'static str, newest: u64) -> Result<(), StartFlaw> {
    let StartRow { oppctl, version } = json(line).map_err(StartFlaw::Damaged)?;
    if oppctl != format {
        return Err(StartFlaw::Damaged(LineDamage::OtherFormat {
            expected: format,
        }));
    }
    if version > newest {
        return Err(StartFlaw::Newer {
            found: version,
            newest,
        });
    }
    Ok(())
}

/// The kind with this name.
pub(crate) fn kind(name: &str) -> Result<&'static ObjectKind, LineDamage> {
    ObjectKind::named(name).ok_or_else(|| LineDamage::UnknownKind {
        name: name.to_owned(),
    })
}

/// The key, if it has the parts of its kind.
pub(crate) fn key(kind: &ObjectKind, key: Cow<'_, Key>) -> Result<Key, LineDamage> {
    if !key.is_of(kind) {
        return Err(LineDamage::Key);
    }
    Ok(key.into_owned())
}
