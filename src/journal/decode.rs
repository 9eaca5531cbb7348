//! Rows as what they are about.

use std::path::Path;
use std::sync::Arc;

use crate::api::Reason;
use crate::apply::{Outcome, WhyNot};
use crate::ledger::Place;
use crate::ledger::lines::{self, json};
use crate::plan::{Action, At, Change, WhyDelete};

use super::RunId;
use super::error::{Damage, JournalError};
use super::fields::FieldRow;
use super::rows::{
    ActionRow, AdoptedRow, ChangeRow, CountsRow, EndRow, HeadRow, HowRow, NotAttemptedRow,
    OutcomeRow, VERSION, WhyRow,
};
use super::run::{Adopted, End, Head, How, Tally};

/// What the first line says. The path is for messages.
pub(super) fn head(line: &[u8], path: &Path) -> Result<Head, JournalError> {
    lines::check_start(line, "journal", VERSION).map_err(|flaw| JournalError::start(flaw, path))?;
    head_of(line).map_err(|damage| JournalError::damaged(damage, path, 1))
}

fn head_of(line: &[u8]) -> Result<Head, Damage> {
    let HeadRow {
        oppctl: _,
        version: _,
        run,
        began,
        origin,
        instance,
        fingerprint,
        who,
        commit,
        digest,
        undoes,
        program,
        planned,
    } = json(line)?;
    let name = |text: &str| RunId::parse(text).ok_or(Damage::Reference);
    Ok(Head {
        id: name(&run)?,
        began,
        origin,
        instance: instance.into(),
        fingerprint: fingerprint.into(),
        owner: who.into(),
        commit: commit.map(Into::into),
        digest: digest.map(Into::into),
        undoes: undoes.map(|run| name(&run)).transpose()?,
        program: program.into(),
        counts: counts(planned),
    })
}

/// The change of a row.
pub(super) fn change(row: ChangeRow<'_>, head: &Head) -> Result<Change, Damage> {
    let ChangeRow {
        kind,
        key,
        action,
        why,
        id,
        shown,
        label,
        file,
        line,
        since,
        owned: _,
        fields,
    } = row;
    let kind = lines::kind(&kind)?;
    let key = lines::key(kind, key)?;
    let fields = fields.into_iter().map(FieldRow::field);
    let fields = fields.collect::<Result<Vec<_>, _>>()?;
    let id = id
        .map(Into::into)
        .ok_or(Damage::Incomplete { member: "id" });
    let origin = match since {
        Some(origin) => origin.into(),
        None => head.origin(),
    };
    Ok(Change {
        kind,
        shown: shown.map_or_else(|| key.to_string().into(), Into::into),
        key,
        label: label.map(Into::into),
        action: match action {
            ActionRow::Create => Action::Create { fields },
            ActionRow::Adopt => Action::Adopt { id: id?, fields },
            ActionRow::Update => Action::Update { id: id?, fields },
            ActionRow::Delete => Action::Delete {
                id: id?,
                why: self::why(why.ok_or(Damage::Incomplete { member: "why" })?),
                fields,
            },
        },
        at: At::Before {
            place: Place {
                file: file.into(),
                line,
            },
            origin: Arc::new(origin),
        },
    })
}

fn why(row: WhyRow) -> WhyDelete {
    match row {
        WhyRow::Tombstone => WhyDelete::Tombstone,
        WhyRow::NotListed => WhyDelete::NotListed,
        WhyRow::Removed => WhyDelete::Removed,
        WhyRow::WithParent => WhyDelete::WithParent,
        WhyRow::Undone => WhyDelete::Undone,
    }
}

/// The record of a row.
pub(super) fn adopted(row: AdoptedRow<'_>) -> Result<Adopted, Damage> {
    let kind = lines::kind(&row.kind)?;
    Ok(Adopted {
        kind,
        key: lines::key(kind, row.key)?,
        id: row.id.map(Into::into),
        place: Place {
            file: row.file.into(),
            line: row.line,
        },
    })
}

/// The outcome of a row; `changes` is how many there are to refer to.
pub(super) fn outcome(row: OutcomeRow<'_>, changes: usize) -> Result<Outcome, Damage> {
    let OutcomeRow {
        change: _,
        tries: _,
        applied,
        rejected,
        unknown,
        not_attempted,
    } = row;
    let known = |index: usize| (index < changes).then_some(index).ok_or(Damage::Reference);
    match (applied, rejected, unknown, not_attempted) {
        (Some(applied), None, None, None) => Ok(Outcome::Applied {
            id: applied.id.map(Into::into),
        }),
        (None, Some(rejected), None, None) => {
            let reasons = rejected.reasons.into_iter().map(|reason| Reason {
                code: reason.code.into(),
                message: reason.message.into(),
            });
            Ok(Outcome::Rejected {
                reasons: reasons.collect(),
                request_id: rejected.request_id.map(Into::into),
            })
        }
        (None, None, Some(unknown), None) => Ok(Outcome::Unknown {
            why: unknown.why.into(),
        }),
        (None, None, None, Some(NotAttemptedRow { parent, child })) => {
            Ok(Outcome::NotAttempted(match (parent, child) {
                (Some(parent), None) => WhyNot::Parent(known(parent)?),
                (None, Some(child)) => WhyNot::Child(known(child)?),
                (None, None) => WhyNot::Halted,
                (Some(_), Some(_)) => return Err(Damage::Outcome),
            }))
        }
        _ => Err(Damage::Outcome),
    }
}

/// How a run ended, and what it came to.
pub(super) fn end(row: EndRow<'_>) -> (End, Tally) {
    let EndRow {
        time,
        calls,
        how,
        why,
        unsaved,
        applied,
        rejected,
        unknown,
        not_attempted,
    } = row;
    let why = || why.map(Into::into).unwrap_or_default();
    let how = match how {
        HowRow::Finished => How::Finished,
        HowRow::Interrupted => How::Interrupted,
        HowRow::NotBegun => How::NotBegun(why()),
        HowRow::LockLost => How::LockLost(why()),
        HowRow::Unrecorded => How::Unrecorded(why()),
        HowRow::Instance => How::Instance(why()),
        HowRow::Canary => How::Canary(why()),
    };
    let tally = Tally {
        applied: counts(applied),
        rejected,
        unknown,
        not_attempted,
    };
    let end = End {
        time,
        calls,
        how,
        unsaved: unsaved.map(Into::into),
    };
    (end, tally)
}

fn counts(row: CountsRow) -> [usize; 4] {
    let CountsRow {
        create,
        adopt,
        update,
        delete,
    } = row;
    [create, adopt, update, delete]
}
