//! From the text of a journal to a run. A last line that does not end is what a crash leaves; it is ignored. Any other damage is an
//! error that names the line.

use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use crate::apply::{Outcome, WhyNot};
use crate::ledger::lines;
use crate::store::Access;

use super::decode;
use super::error::{JournalDamage, JournalError};
use super::line_error::LineError;
use super::rows::{ChangeRow, LineRow};
use super::run::{ChangeDetails, Run, RunHead};
use super::sum::{Sum, has_sum};

/// Reads a journal; nothing if its first line is not complete. The path is for messages.
///
/// # Errors
/// It cannot be read, it is damaged, or a newer oppctl wrote it.
pub fn read(text: &mut dyn BufRead, path: &Path) -> Result<Option<Run>, JournalError> {
    let mut reader: Option<RunReader> = None;
    let mut sum: Option<Sum> = None;
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        text.read_until(b'\n', &mut line)
            .map_err(|source| JournalError::Access {
                path: path.to_owned(),
                access: Access::Read,
                source,
            })?;
        if !line.ends_with(b"\n") {
            break;
        }
        let read = match &mut reader {
            None => decode::head(&line).and_then(|head| {
                // An older oppctl wrote no checksums.
                sum = has_sum(&line).then(Sum::default);
                check(&mut sum, &line)?;
                reader = Some(RunReader::begin(head));
                Ok(())
            }),
            Some(reader) => check(&mut sum, &line)
                .and_then(|()| reader.read_line(&line))
                .map_err(LineError::from),
        };
        read.map_err(|error| error.at(path, number))?;
    }
    Ok(reader.map(|reader| reader.run))
}

/// Checks that a line is as it was written, if the journal has checksums.
fn check(sum: &mut Option<Sum>, line: &[u8]) -> Result<(), JournalDamage> {
    let is_right = match sum {
        Some(sum) => sum.is_of(line),
        None => !has_sum(line),
    };
    if is_right {
        Ok(())
    } else {
        Err(JournalDamage::Sum)
    }
}

/// A run as far as its journal has been read.
struct RunReader {
    run: Run,
}

impl RunReader {
    fn begin(head: RunHead) -> Self {
        Self {
            run: Run {
                head,
                changes: Vec::new(),
                outcomes: Vec::new(),
                details: Vec::new(),
                adopted: Vec::new(),
                ledger: Vec::new(),
                tried: None,
                end: None,
            },
        }
    }

    fn read_line(&mut self, line: &[u8]) -> Result<(), JournalDamage> {
        let LineRow {
            change,
            adopted,
            ledger,
            sending,
            settled,
            tried,
            end,
        } = lines::json(line)?;
        if let Some(row) = change {
            self.add_change(row)?;
        }
        let run = &mut self.run;
        if let Some(row) = adopted {
            run.adopted.push(decode::adopted(row)?);
        }
        if let Some(row) = ledger {
            run.ledger.push(decode::ledger(row, run.changes.len())?);
        }
        if let Some(row) = sending {
            for index in row.changes.iter() {
                let outcome = run.outcomes.get_mut(*index);
                *outcome.ok_or(JournalDamage::Reference)? = Outcome::Unknown {
                    why: "no answer was written down".to_owned(),
                };
                run.details[*index].tries = 1;
            }
        }
        for row in settled.into_iter().flat_map(|row| row.outcomes) {
            let (change, tries) = (row.change, row.tries);
            let outcome = run.outcomes.get_mut(change);
            *outcome.ok_or(JournalDamage::Reference)? = decode::outcome(row, run.changes.len())?;
            run.details[change].tries = tries;
        }
        if let Some(row) = tried {
            *run.tried.get_or_insert(0) += row.changes;
        }
        if let Some(row) = end {
            run.end = Some(decode::end(row, run.changes.len())?.0);
        }
        Ok(())
    }

    fn add_change(&mut self, row: ChangeRow<'_>) -> Result<(), JournalDamage> {
        let run = &mut self.run;
        if run.unwritten() == 0 {
            return Err(JournalDamage::Longer);
        }
        let left_out: Vec<Arc<str>> = row
            .fields
            .iter()
            .filter(|field| field.left_out)
            .map(|field| (&*field.name).into())
            .collect();
        run.details.push(ChangeDetails {
            owned: row.owned,
            left_out,
            tries: 0,
        });
        run.changes.push(decode::change(row, &run.head)?);
        run.outcomes.push(Outcome::NotAttempted(WhyNot::Halted));
        Ok(())
    }
}
