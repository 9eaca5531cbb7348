//! Prints above the line that shows how far a command is, which would else be in the middle of the text.

use std::sync::{Mutex, PoisonError};

use indicatif::ProgressBar;

/// The line that is shown now.
static LINE: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// From now on this line is shown, or none.
pub(super) fn set(line: Option<ProgressBar>) {
    *LINE.lock().unwrap_or_else(PoisonError::into_inner) = line;
}

/// Prints something.
pub(super) fn print<T>(print: impl FnOnce() -> T) -> T {
    let line = LINE.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match line {
        Some(line) => line.suspend(print),
        None => print(),
    }
}
