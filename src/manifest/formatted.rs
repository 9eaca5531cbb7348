//! One manifest as it is, and as it should be laid out.

use std::path::Path;

use super::edit::{Edit, NotFormatted, edit, format};
use super::named_values::InstanceRules;
use super::read::read_with;
use super::rewrite::Rewritten;

/// Why a manifest stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotWritten {
    /// It cannot be read as YAML: its problems say why.
    Unreadable,
    /// It cannot be written safely in another layout, for this reason.
    Left(String),
}

impl From<NotFormatted> for NotWritten {
    fn from(why: NotFormatted) -> Self {
        match why {
            NotFormatted::Unreadable => Self::Unreadable,
            why @ (NotFormatted::Form { .. } | NotFormatted::Unsafe { .. }) => {
                Self::Left(why.to_string())
            }
        }
    }
}

/// A manifest as it is, and as it should be laid out after these changes.
///
/// # Errors
/// It cannot be read, or not be changed or laid out without a risk.
pub fn formatted(
    shown: &Path,
    bytes: &[u8],
    rules: &InstanceRules,
    changes: Option<&(Vec<Edit>, &InstanceRules)>,
) -> Result<Rewritten, NotWritten> {
    let read = |bytes: Vec<u8>| read_with([(shown.to_owned(), bytes)], rules);
    let mut reading = read(bytes.to_vec());
    let (_, source) = reading.sources.iter().next().expect("it is one file");
    let before = source.text().unwrap_or_default().to_owned();
    if let Some((edits, rules)) = changes {
        let changed = edit(&before, edits, rules);
        let changed = changed.map_err(|why| NotWritten::Left(why.to_string()))?;
        reading = read(changed.into_bytes());
    }
    Ok(Rewritten {
        path: shown.to_owned(),
        before,
        after: format(&reading, rules)?,
    })
}
