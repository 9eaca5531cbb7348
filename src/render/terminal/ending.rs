//! The last lines of a run: what became of it, what to do next, where the details are, and how it is taken back.

use std::fmt;

use crate::render::style::{CREATED, DELETED, Painted, UPDATED};

/// The last lines of a run.
pub(in crate::render) struct RunEnding {
    pub(in crate::render) verdict: String,
    /// What it took: "3 calls in 0.2 s."
    pub(in crate::render) took: String,
    pub(in crate::render) is_complete: bool,
    pub(in crate::render) next: Option<String>,
    pub(in crate::render) details: String,
    pub(in crate::render) undo: Option<String>,
}

impl RunEnding {
    /// Writes them.
    pub(in crate::render) fn write(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        let Self {
            verdict,
            took,
            is_complete,
            next,
            details,
            undo,
        } = self;
        let (opening, rest) = verdict.split_once(':').unwrap_or((verdict, ""));
        let style = match (is_complete, opening) {
            (true, _) => CREATED,
            (false, "Partly applied") => UPDATED,
            (false, _) => DELETED,
        };
        let colon = if rest.is_empty() { "" } else { ":" };
        let opening = Painted(style, format!("{opening}{colon}"));
        writeln!(out, "{opening}{rest}  {took}")?;
        if let Some(next) = next {
            writeln!(out, "  Next      {next}")?;
        }
        writeln!(out, "  Details   {details}")?;
        undo.as_ref()
            .map_or(Ok(()), |undo| writeln!(out, "  Undo      {undo}"))
    }
}
