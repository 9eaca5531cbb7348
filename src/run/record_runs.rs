//! What earlier runs did with one record, by their journals.

use std::sync::Arc;

use jiff::Timestamp;

use crate::journal::{End, Folder, JournalError, Journals as _, RunId};
use crate::model::{FoldedKey, ObjectKind};
use crate::plan::ActionName;

/// What a run did with a record.
#[derive(Clone, Debug)]
pub struct RunTouch {
    pub run: RunId,
    pub began: Timestamp,
    pub user: Box<str>,
    pub commit: Option<Box<str>>,
    pub action: ActionName,
    /// The fields that it changed.
    pub fields: Vec<Arc<str>>,
    pub is_applied: bool,
}

/// The most journals that are read for what runs did with a record.
const JOURNALS: usize = 100;

/// What the last runs did with a record. A journal that cannot be read says nothing of it.
pub(super) fn touches(
    kind: &'static ObjectKind,
    key: &FoldedKey,
    journals: &Folder,
) -> Result<(Vec<RunTouch>, usize), JournalError> {
    let (mut touches, mut unread) = (Vec::new(), 0);
    let ids = journals.runs()?;
    for id in ids.iter().rev().take(JOURNALS) {
        let run = match journals.read(id) {
            Ok(Some(run)) => run,
            Ok(None) => continue,
            Err(_) => {
                unread += 1;
                continue;
            }
        };
        let mut pairs = run.changes.iter().zip(&run.outcomes);
        let touched = pairs.find(|(change, _)| change.kind == kind && change.key.folded() == *key);
        if let Some((change, outcome)) = touched {
            touches.push(RunTouch {
                run: run.head.id.clone(),
                began: run.head.began,
                user: run.head.owner.user.as_str().into(),
                commit: run.head.commit.clone(),
                action: change.action.name(),
                fields: change.fields().names().cloned().collect(),
                is_applied: outcome.is_applied(),
            });
        } else if run.end.as_ref().is_some_and(End::is_ledger_saved)
            && (run.adopted.iter()).any(|it| it.kind == kind && it.key.folded() == *key)
        {
            touches.push(RunTouch {
                run: run.head.id.clone(),
                began: run.head.began,
                user: run.head.owner.user.as_str().into(),
                commit: run.head.commit.clone(),
                action: ActionName::Adopt,
                fields: Vec::new(),
                is_applied: true,
            });
        }
    }
    Ok((touches, unread))
}
