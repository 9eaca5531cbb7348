//! Panics of this process: their place is said, and the command ends as it does with every other error.

use std::panic::{self, AssertUnwindSafe};

use crate::apply::Panicked;

use super::exit::{CliError, Exit};
use super::output::Output;

/// From now on a panic says its place in the source and nothing else: its text may contain values.
pub(super) fn say_where(out: Output) {
    panic::set_hook(Box::new(move |info| {
        let place = info.location().map(ToString::to_string);
        let place = place.unwrap_or_else(|| "an unknown place".to_owned());
        out.message(&format!("oppctl panicked at {place}\n"));
    }));
}

/// Runs a command to its end; a panic is an error.
pub(super) fn caught(run: impl FnOnce() -> Result<Exit, CliError>) -> Result<Exit, CliError> {
    panic::catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|payload| Err(CliError::of_panic(&Panicked::of(&*payload))))
}
