//! From domain types to rows.

use std::borrow::Cow;

use crate::apply::{Outcome, Settled, WhyNot};
use crate::ledger::Ledger;
use crate::model::Sources;
use crate::plan::{
    Action, ActionName, At, Change, Counts, EntryUpdate, FieldChange, LedgerAction,
    LedgerChangeRef, Mask, WhyDelete,
};

use super::fields::FieldRow;
use super::obstacle::{Need, Unlike};
use super::rows::{
    ActionRow, AdoptedRow, AppliedRow, ChangeRow, CountsRow, EndRow, HeadRow, HowRow,
    LedgerActionRow, LedgerRow, NeedRow, NeedWordRow, NotAttemptedRow, OutcomeRow, ReasonRow,
    RejectedRow, UnknownRow, UnlikeRow, VERSION, WhyRow,
};
use super::run::{End, EndReason, RunHead};
use super::tally::Tally;

/// Whether a ledger owns the record of a change, and not an earlier record with the same key.
pub(super) fn is_owned(ledger: &Ledger, change: &Change) -> bool {
    let Some(entry) = ledger.get(change.kind, &change.key.folded()) else {
        return false;
    };
    match &change.action {
        Action::Create { .. } => false,
        Action::Adopt { id, .. } | Action::Update { id, .. } | Action::Delete { id, .. } => {
            entry.may_be(id)
        }
    }
}

/// The first line.
pub(super) fn head_row(head: &RunHead) -> HeadRow<'_> {
    let RunHead {
        id,
        began,
        origin,
        instance,
        fingerprint,
        owner,
        project,
        commit,
        digest,
        undoes,
        program,
        counts,
    } = head;
    HeadRow {
        oppctl: "journal".into(),
        version: VERSION,
        run: id.as_str().into(),
        began: *began,
        origin: *origin,
        instance: (&**instance).into(),
        fingerprint: (&**fingerprint).into(),
        who: owner.into(),
        project: project.as_deref().map(Cow::Borrowed),
        commit: commit.as_deref().map(Cow::Borrowed),
        digest: digest.as_deref().map(Cow::Borrowed),
        undoes: undoes.as_ref().map(|id| id.as_str().into()),
        program: (&**program).into(),
        planned: counts_row(*counts),
    }
}

fn counts_row(counts: Counts) -> CountsRow {
    let Counts {
        create,
        adopt,
        update,
        delete,
    } = counts;
    CountsRow {
        create,
        adopt,
        update,
        delete,
    }
}

/// The row of a change of these fields.
pub(super) fn change_row<'a>(
    change: &'a Change,
    fields: &'a [FieldChange],
    sources: &'a Sources,
    owned: bool,
    sensitive: bool,
) -> ChangeRow<'a> {
    let Change {
        kind,
        key,
        shown,
        label,
        action,
        at,
    } = change;
    let (action, id, why) = match action {
        Action::Create { .. } => (ActionRow::Create, None, None),
        Action::Adopt { id, .. } => (ActionRow::Adopt, Some(id), None),
        Action::Update { id, .. } => (ActionRow::Update, Some(id), None),
        Action::Delete { id, why, .. } => (ActionRow::Delete, Some(id), Some(why_row(*why))),
    };
    let since = match at {
        At::Here(_) | At::Saved { .. } => None,
        At::Before { origin, .. } => Some((&**origin).into()),
    };
    ChangeRow {
        kind: kind.name.into(),
        key: Cow::Borrowed(key),
        action,
        why,
        id: id.map(|id| Cow::from(&**id)),
        shown: (key.to_string() != **shown).then(|| Cow::from(&**shown)),
        label: label.as_deref().map(Cow::Borrowed),
        file: at.file(sources).to_string_lossy(),
        line: u32::try_from(at.line(sources)).unwrap_or(u32::MAX),
        since,
        owned,
        fields: { fields.iter() }
            .map(|field| FieldRow::of(field, sensitive))
            .collect(),
    }
}

fn why_row(why: WhyDelete) -> WhyRow {
    match why {
        WhyDelete::Tombstone => WhyRow::Tombstone,
        WhyDelete::NotListed => WhyRow::NotListed,
        WhyDelete::Removed => WhyRow::Removed,
        WhyDelete::WithParent => WhyRow::WithParent,
        WhyDelete::Undone => WhyRow::Undone,
    }
}

/// The row of a record that becomes owned without a change.
pub(super) fn adopted_row(adopted: &EntryUpdate) -> AdoptedRow<'_> {
    let entry = &adopted.entry;
    AdoptedRow {
        kind: adopted.kind.name.into(),
        key: Cow::Borrowed(&entry.key),
        id: entry.id.as_deref().map(Cow::from),
        file: (&*entry.declared.file).into(),
        line: entry.declared.line,
    }
}

/// A change of the ledger.
pub(super) fn ledger_row(change: LedgerChangeRef<'_>) -> LedgerRow<'_> {
    let LedgerChangeRef {
        action,
        kind,
        key,
        id,
        place,
        change,
    } = change;
    LedgerRow {
        action: match action {
            LedgerAction::Adopt => LedgerActionRow::Adopt,
            LedgerAction::Forget => LedgerActionRow::Forget,
            LedgerAction::Protect => LedgerActionRow::Protect,
            LedgerAction::Unprotect => LedgerActionRow::Unprotect,
        },
        kind: kind.name.into(),
        key: Cow::Borrowed(key),
        id: id.map(Cow::from),
        file: (&*place.file).into(),
        line: place.line,
        change,
    }
}

/// The last line.
pub(super) fn end_row<'e>(end: &'e End, tally: &Tally, sensitive: bool) -> EndRow<'e> {
    let End {
        time,
        calls,
        how,
        unsaved,
    } = end;
    let Tally {
        applied,
        rejected,
        unknown,
        not_attempted,
    } = *tally;
    let unlike = how
        .unlike()
        .iter()
        .map(|unlike| unlike_row(unlike, sensitive));
    let unlike = unlike.collect();
    let mut needed = None;
    let (how, why) = match how {
        EndReason::Finished => (HowRow::Finished, None),
        EndReason::Interrupted => (HowRow::Interrupted, None),
        EndReason::NotBegun(why) => (HowRow::NotBegun, Some(why)),
        EndReason::LockLost(why) => (HowRow::LockLost, Some(why)),
        EndReason::Unrecorded(why) => (HowRow::Unrecorded, Some(why)),
        EndReason::Instance { why, need } => {
            needed = need.as_ref().map(need_row);
            (HowRow::Instance, Some(why))
        }
        EndReason::Canary { why, unlike: _ } => (HowRow::Canary, Some(why)),
        EndReason::Panicked(why) => (HowRow::Panicked, Some(why)),
    };
    EndRow {
        time: *time,
        calls: *calls,
        how,
        why: why.map(Cow::from),
        need: needed,
        unlike,
        unsaved: unsaved.as_deref().map(Cow::from),
        applied: counts_row(applied),
        rejected,
        unknown,
        not_attempted,
    }
}

fn need_row(need: &Need) -> NeedRow<'_> {
    let (what, permissions) = match need {
        Need::Quota => (NeedWordRow::Quota, &[][..]),
        Need::Permissions(permissions) => (NeedWordRow::Permissions, &permissions[..]),
        Need::Credentials => (NeedWordRow::Credentials, &[][..]),
        Need::NoCrmSync => (NeedWordRow::NoCrmSync, &[][..]),
    };
    NeedRow {
        what,
        permissions: permissions.iter().map(|name| Cow::from(&**name)).collect(),
    }
}

fn unlike_row(unlike: &Unlike, sensitive: bool) -> UnlikeRow<'_> {
    let Unlike {
        change,
        action,
        fields,
    } = unlike;
    let fields = fields.iter();
    UnlikeRow {
        change: *change,
        action: match action {
            ActionName::Create => ActionRow::Create,
            ActionName::Adopt => ActionRow::Adopt,
            ActionName::Update => ActionRow::Update,
            ActionName::Delete => ActionRow::Delete,
        },
        fields: fields.map(|field| FieldRow::of(field, sensitive)).collect(),
    }
}

/// The row of an outcome. Sensitive values are masked, unless they are to be stored.
pub(super) fn outcome_row<'s>(settled: &'s Settled, mask: Option<&Mask>) -> OutcomeRow<'s> {
    let Settled {
        change,
        outcome,
        tries,
        at: _,
    } = settled;
    let row = OutcomeRow {
        change: *change,
        tries: *tries,
        ..OutcomeRow::default()
    };
    match outcome {
        Outcome::Applied { id } => OutcomeRow {
            applied: Some(AppliedRow {
                id: id.as_deref().map(Cow::Borrowed),
            }),
            ..row
        },
        Outcome::Rejected {
            reasons,
            request_id,
        } => {
            let reasons = reasons.iter().map(|reason| ReasonRow {
                code: Cow::Borrowed(&reason.code),
                message: shown(&reason.message, mask),
            });
            OutcomeRow {
                rejected: Some(RejectedRow {
                    reasons: reasons.collect(),
                    request_id: request_id.as_deref().map(Cow::Borrowed),
                }),
                ..row
            }
        }
        Outcome::Unknown { why } => OutcomeRow {
            unknown: Some(UnknownRow {
                why: Cow::Borrowed(why),
            }),
            ..row
        },
        Outcome::NotAttempted(why) => OutcomeRow {
            not_attempted: Some(match why {
                WhyNot::Referred(index) => NotAttemptedRow {
                    parent: Some(*index),
                    ..NotAttemptedRow::default()
                },
                WhyNot::Referring(index) => NotAttemptedRow {
                    child: Some(*index),
                    ..NotAttemptedRow::default()
                },
                WhyNot::Unwritten(index) => NotAttemptedRow {
                    unwritten: Some(*index),
                    ..NotAttemptedRow::default()
                },
                WhyNot::Halted => NotAttemptedRow::default(),
            }),
            ..row
        },
    }
}

/// A message of the instance as the journal stores it.
fn shown<'t>(text: &'t str, mask: Option<&Mask>) -> Cow<'t, str> {
    mask.map_or(Cow::Borrowed(text), |mask| mask.text(text))
}
