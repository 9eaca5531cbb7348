//! The last lines of a run: what became of it, what to do next, where the details are, and how it is taken back.

use std::fmt;

use crate::render::style::{CREATED, DELETED, Painted, UPDATED};

/// The last lines of a run.
pub(in crate::render) struct RunEnding {
    pub(in crate::render) verdict: String,
    /// What it took: "3 calls in 0.2 s."
    pub(in crate::render) took: String,
    pub(in crate::render) is_complete: bool,
    /// What later runs have done about it.
    pub(in crate::render) since: Vec<String>,
    pub(in crate::render) next: Option<String>,
    pub(in crate::render) details: Option<String>,
    pub(in crate::render) undo: Option<String>,
}

impl RunEnding {
    /// Writes them.
    pub(in crate::render) fn write(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        let Self {
            verdict,
            took,
            is_complete,
            since,
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
        let line = format!("{opening}{rest}  {took}");
        writeln!(out, "{}", line.trim_end())?;
        let since = since.iter().map(|since| ("Since", since));
        let next = next.iter().map(|next| ("Next", next));
        let details = details.iter().map(|details| ("Details", details));
        let undo = undo.iter().map(|undo| ("Undo", undo));
        let mut rows = since.chain(next).chain(details).chain(undo);
        rows.try_for_each(|(word, text)| writeln!(out, "  {word:<7}   {text}"))
    }
}
