//! The fields of a change, with their old and new values.

use std::fmt::{self, Write as _};

use crate::model::Verb;
use crate::plan::{FieldChange, Moved};

use super::diff::{FieldDiff, new_value};
use super::escape::escaped;
use super::style::{CREATED, FAINT, Painted, columns, padding};

/// Old values wider than this do not push the arrows of the others to the right.
const WIDEST_BEFORE: usize = 32;

/// Writes the fields of a change, each in as many lines as it takes.
pub(super) fn fields(fields: &[FieldChange], verb: Verb, out: &mut dyn fmt::Write) -> fmt::Result {
    let names = fields
        .iter()
        .map(|field| columns(&field.name))
        .max()
        .unwrap_or(0);
    let shown: Vec<FieldDiff> = fields.iter().map(FieldDiff::of).collect();
    let before = shown
        .iter()
        .map(FieldDiff::before_columns)
        .filter(|width| *width <= WIDEST_BEFORE)
        .max()
        .unwrap_or(0);
    for (field, shown) in fields.iter().zip(&shown) {
        let name = format!("{}{}", escaped(&field.name), padding(&field.name, names));
        let lines = match verb {
            Verb::Create => vec![Painted(CREATED, new_value(field)).to_string()],
            Verb::Update | Verb::Delete => shown.lines(before),
        };
        for (index, line) in lines.iter().enumerate() {
            let row = if index == 0 {
                let mut row = format!("      {name}  {line}");
                if let Some(moved) = field.moved {
                    write!(row, "   {}", Painted(FAINT, mover(moved)))?;
                }
                row
            } else {
                format!("        {line}")
            };
            writeln!(out, "{}", row.trim_end())?;
        }
    }
    Ok(())
}

/// Who has changed a field.
pub(super) fn mover(moved: Moved) -> &'static str {
    match moved {
        Moved::You => "you changed it",
        Moved::Marketo => "changed in Marketo",
        Moved::Both => "changed in both",
        Moved::Hidden => "not known who changed it",
    }
}
