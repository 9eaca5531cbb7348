//! What the plans for several instances came to, one line for each.

use std::fmt;

use super::escape::escaped;
use super::style::{Painted, STRONG, columns, padding};

/// Writes the verdicts, each behind the name of its instance.
///
/// # Errors
/// Only those of `out`.
pub fn instance_verdicts(verdicts: &[(String, String)], out: &mut dyn fmt::Write) -> fmt::Result {
    let names = verdicts.iter().map(|(name, _)| columns(&escaped(name)));
    let widest = names.max().unwrap_or(0);
    writeln!(out, "\n{}", Painted(STRONG, "All instances"))?;
    for (name, verdict) in verdicts {
        let name = escaped(name);
        let gap = padding(&name, widest);
        writeln!(out, "  {name}{gap}  {}", escaped(verdict))?;
    }
    Ok(())
}
