//! Errors of keys on the command line, and the ways out of them.

use crate::keys::{KeyError, NotMeant};
use crate::model::{Key, ObjectKind};
use crate::render::{key_argument, kinds_to_choose};

use super::exit::{CliError, Exit};

/// The most keys that a message offers.
const MOST_OFFERED: usize = 5;

/// A text that can mean each of these keys.
pub(super) fn ambiguous(text: &str, keys: &[Key]) -> CliError {
    let message = match keys {
        [_] => format!("`{text}` is only the beginning of a key"),
        _ => format!("`{text}` can mean {} keys", keys.len()),
    };
    CliError::new(Exit::Usage, message).hint(offered(keys))
}

/// A pattern that is the key of each of these records.
pub(super) fn several_meant(pattern: &str, records: &[(&'static ObjectKind, Key)]) -> CliError {
    let text = format!("--only {pattern}");
    match kinds_to_choose(&text, records) {
        Some((message, hint)) => CliError::new(Exit::Usage, message).hint(hint),
        None => {
            let keys: Vec<Key> = records.iter().map(|(_, key)| key.clone()).collect();
            ambiguous(&text, &keys)
        }
    }
}

/// The exact forms of keys, of which a person has to choose one.
pub(super) fn offered(keys: &[Key]) -> String {
    let offered: Vec<String> = keys.iter().take(MOST_OFFERED).map(key_argument).collect();
    let rest = match keys.len().saturating_sub(MOST_OFFERED) {
        0 => String::new(),
        rest => format!(", or one of {rest} more"),
    };
    let forms = offered.join(" or ");
    format!("write the exact form of the key: {forms}{rest}")
}

impl From<KeyError> for CliError {
    fn from(error: KeyError) -> Self {
        Self::of(&error).hints(error.hint())
    }
}

impl From<NotMeant> for CliError {
    fn from(error: NotMeant) -> Self {
        let exit = match error {
            NotMeant::Nothing(_) => Exit::Failed,
            NotMeant::Undeclared(_) => Exit::Invalid,
            NotMeant::Several { .. } => Exit::Usage,
        };
        Self::new(exit, error.to_string()).hint(error.hint())
    }
}
