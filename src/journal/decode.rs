//! From rows to domain types.

use std::sync::Arc;

use crate::api::Reason;
use crate::apply::{Outcome, WhyNot};
use crate::ledger::Place;
use crate::ledger::lines;
use crate::plan::{
    Action, ActionName, At, Change, Counts, FieldChanges, LedgerAction, LedgerChange, WhyDelete,
};

use super::error::JournalDamage;
use super::fields::FieldRow;
use super::id::RunId;
use super::line_error::LineError;
use super::obstacle::{Need, Unlike};
use super::rows::{
    ActionRow, AdoptedRow, ChangeRow, CountsRow, EndRow, HeadRow, HowRow, LedgerActionRow,
    LedgerRow, NeedRow, NeedWordRow, NotAttemptedRow, OutcomeRow, UnlikeRow, VERSION, WhyRow,
};
use super::run::{Adopted, End, EndReason, RunHead};
use super::tally::Tally;

/// The first line.
pub(super) fn head(line: &[u8]) -> Result<RunHead, LineError> {
    // The version comes first: a newer version may have other members.
    lines::check_start(line, "journal", VERSION)?;
    let HeadRow {
        oppctl: _,
        version: _,
        run,
        began,
        origin,
        instance,
        fingerprint,
        who,
        project,
        commit,
        digest,
        undoes,
        program,
        planned,
    } = lines::json(line)?;
    Ok(RunHead {
        id: run_id(&run)?,
        began,
        origin,
        instance: instance.into(),
        fingerprint: fingerprint.into(),
        owner: who.into(),
        project: project.map(Into::into),
        commit: commit.map(Into::into),
        digest: digest.map(Into::into),
        undoes: undoes.map(|run| run_id(&run)).transpose()?,
        program: program.into(),
        counts: counts(planned),
    })
}

fn run_id(text: &str) -> Result<RunId, JournalDamage> {
    RunId::parse(text).ok_or_else(|| JournalDamage::RunName {
        text: text.to_owned(),
    })
}

/// A change. The head tells the apply of an entry that the manifests still have.
pub(super) fn change(row: ChangeRow<'_>, head: &RunHead) -> Result<Change, JournalDamage> {
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
    let fields = fields
        .into_iter()
        .map(FieldRow::field)
        .collect::<Result<FieldChanges, _>>()?;
    let id = id
        .map(Into::into)
        .ok_or(JournalDamage::Incomplete { member: "id" });
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
                why: self::why(why.ok_or(JournalDamage::Incomplete { member: "why" })?),
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

/// A record that became owned without a change.
pub(super) fn adopted(row: AdoptedRow<'_>) -> Result<Adopted, JournalDamage> {
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

/// A change of the ledger. `changes` is the number of changes to which it can refer.
pub(super) fn ledger(row: LedgerRow<'_>, changes: usize) -> Result<LedgerChange, JournalDamage> {
    let LedgerRow {
        action,
        kind,
        key,
        id,
        file,
        line,
        change,
    } = row;
    if change.is_some_and(|index| index >= changes) {
        return Err(JournalDamage::Reference);
    }
    let kind = lines::kind(&kind)?;
    Ok(LedgerChange {
        action: match action {
            LedgerActionRow::Adopt => LedgerAction::Adopt,
            LedgerActionRow::Forget => LedgerAction::Forget,
            LedgerActionRow::Protect => LedgerAction::Protect,
            LedgerActionRow::Unprotect => LedgerAction::Unprotect,
        },
        kind,
        key: lines::key(kind, key)?,
        id: id.map(Into::into),
        place: Place {
            file: file.into(),
            line,
        },
        change,
    })
}

/// An outcome. `changes` is the number of changes to which it can refer.
pub(super) fn outcome(row: OutcomeRow<'_>, changes: usize) -> Result<Outcome, JournalDamage> {
    let OutcomeRow {
        change: _,
        tries: _,
        applied,
        rejected,
        unknown,
        not_attempted,
    } = row;
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
        (None, None, None, Some(row)) => why_not(&row, changes).map(Outcome::NotAttempted),
        _ => Err(JournalDamage::Outcome),
    }
}

fn why_not(row: &NotAttemptedRow, changes: usize) -> Result<WhyNot, JournalDamage> {
    let NotAttemptedRow {
        parent,
        child,
        unwritten,
    } = *row;
    match (parent, child, unwritten) {
        (None, None, None) => Ok(WhyNot::Halted),
        (Some(parent), None, None) => reference(parent, changes).map(WhyNot::Referred),
        (None, Some(child), None) => reference(child, changes).map(WhyNot::Referring),
        (None, None, Some(other)) => reference(other, changes).map(WhyNot::Unwritten),
        _ => Err(JournalDamage::Outcome),
    }
}

/// The index of a change, which the journal must have.
fn reference(index: usize, changes: usize) -> Result<usize, JournalDamage> {
    if index < changes {
        Ok(index)
    } else {
        Err(JournalDamage::Reference)
    }
}

/// The end of a run, and its counts.
pub(super) fn end(row: EndRow<'_>, changes: usize) -> Result<(End, Tally), JournalDamage> {
    let EndRow {
        time,
        calls,
        how,
        why,
        need,
        unlike,
        unsaved,
        applied,
        rejected,
        unknown,
        not_attempted,
    } = row;
    let why = why.map(Into::into).unwrap_or_default();
    let how = match how {
        HowRow::Finished => EndReason::Finished,
        HowRow::Interrupted => EndReason::Interrupted,
        HowRow::NotBegun => EndReason::NotBegun(why),
        HowRow::LockLost => EndReason::LockLost(why),
        HowRow::Unrecorded => EndReason::Unrecorded(why),
        HowRow::Instance => EndReason::Instance {
            why,
            need: need.and_then(self::need),
        },
        HowRow::Canary => EndReason::Canary {
            why,
            unlike: unlike
                .into_iter()
                .map(|row| self::unlike(row, changes))
                .collect::<Result<_, _>>()?,
        },
        HowRow::Panicked => EndReason::Panicked(why),
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
    Ok((end, tally))
}

fn need(row: NeedRow<'_>) -> Option<Need> {
    let NeedRow { what, permissions } = row;
    match what {
        NeedWordRow::Quota => Some(Need::Quota),
        NeedWordRow::Permissions => {
            let permissions = permissions.into_iter().map(Into::into);
            Some(Need::Permissions(permissions.collect()))
        }
        NeedWordRow::Credentials => Some(Need::Credentials),
        NeedWordRow::NoCrmSync => Some(Need::NoCrmSync),
        NeedWordRow::Unknown => None,
    }
}

fn unlike(row: UnlikeRow<'_>, changes: usize) -> Result<Unlike, JournalDamage> {
    let UnlikeRow {
        change,
        action,
        fields,
    } = row;
    Ok(Unlike {
        change: reference(change, changes)?,
        action: match action {
            ActionRow::Create => ActionName::Create,
            ActionRow::Adopt => ActionName::Adopt,
            ActionRow::Update => ActionName::Update,
            ActionRow::Delete => ActionName::Delete,
        },
        fields: fields
            .into_iter()
            .map(FieldRow::field)
            .collect::<Result<_, _>>()?,
    })
}

fn counts(row: CountsRow) -> Counts {
    let CountsRow {
        create,
        adopt,
        update,
        delete,
    } = row;
    Counts {
        create,
        adopt,
        update,
        delete,
    }
}
