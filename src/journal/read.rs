//! A journal's text to a run. A last line without its end is what a crash leaves, and counts for nothing; whatever else is
//! wrong is told with its line.

use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use crate::apply::{Outcome, WhyNot};
use crate::ledger::Access;
use crate::ledger::lines::json;

use super::decode;
use super::error::{Damage, JournalError};
use super::fields::FieldRow;
use super::rows::{ChangeRow, Line};
use super::run::{Aside, Head, Run};

/// Reads a journal; nothing if it broke off before it had begun. The path is for messages.
///
/// # Errors
/// It cannot be read, is damaged, or a newer oppctl has written it.
pub fn read(text: &mut dyn BufRead, path: &Path) -> Result<Option<Run>, JournalError> {
    let mut run: Option<Run> = None;
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let length = text.read_until(b'\n', &mut line);
        length.map_err(|source| JournalError::Access {
            path: path.to_owned(),
            access: Access::Read,
            source,
        })?;
        if !line.ends_with(b"\n") {
            break;
        }
        match &mut run {
            None => run = Some(begun(decode::head(&line, path)?)),
            Some(run) => run
                .read_line(&line)
                .map_err(|damage| JournalError::damaged(damage, path, number))?,
        }
    }
    Ok(run)
}

fn begun(head: Head) -> Run {
    Run {
        head,
        changes: Vec::new(),
        outcomes: Vec::new(),
        asides: Vec::new(),
        adopted: Vec::new(),
        tried: None,
        end: None,
    }
}

impl Run {
    fn read_line(&mut self, line: &[u8]) -> Result<(), Damage> {
        let Line {
            change,
            adopted,
            sending,
            settled,
            tried,
            end,
        } = json(line)?;
        if let Some(row) = change {
            self.plan(row)?;
        }
        if let Some(row) = adopted {
            self.adopted.push(decode::adopted(row)?);
        }
        if let Some(row) = sending {
            for index in row.changes.iter() {
                let outcome = self.outcomes.get_mut(*index).ok_or(Damage::Reference)?;
                *outcome = Outcome::Unknown {
                    why: "the run ended before the answer was written down".to_owned(),
                };
                self.asides[*index].tries = 1;
            }
        }
        for row in settled.into_iter().flat_map(|row| row.outcomes) {
            let (change, tries) = (row.change, row.tries);
            let outcome = self.outcomes.get_mut(change).ok_or(Damage::Reference)?;
            *outcome = decode::outcome(row, self.changes.len())?;
            self.asides[change].tries = tries;
        }
        if let Some(row) = tried {
            self.tried = Some(row.changes);
        }
        if let Some(row) = end {
            self.end = Some(decode::end(row).0);
        }
        Ok(())
    }

    fn plan(&mut self, row: ChangeRow<'_>) -> Result<(), Damage> {
        if self.unwritten() == 0 {
            return Err(Damage::Longer);
        }
        let left_out = |field: &&FieldRow<'_>| field.left_out;
        let left_out = row.fields.iter().filter(left_out);
        let left_out: Vec<Arc<str>> = left_out.map(|field| (&*field.name).into()).collect();
        self.asides.push(Aside {
            owned: row.owned,
            left_out,
            tries: 0,
        });
        self.changes.push(decode::change(row, &self.head)?);
        self.outcomes.push(Outcome::NotAttempted(WhyNot::Halted));
        Ok(())
    }
}
