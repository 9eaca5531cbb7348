//! The working copy that the manifests are from, as far as its history matters: one that is behind the last apply would take back what
//! others have applied since.

use std::fmt;
use std::sync::Arc;

use futures_util::future::LocalBoxFuture;

use crate::ledger::{Origin, Past};
use crate::model::{Declared, Key, ObjectKind};
use crate::plan::{Action, At, Change, Plan, WhyDelete};

/// A working copy with its history.
pub trait Checkout: fmt::Debug + Send + Sync {
    /// How the commit that is checked out stands to another one.
    fn ancestry<'c>(&'c self, head: &'c str, other: &'c str) -> LocalBoxFuture<'c, Ancestry>;

    /// For each of these records whether this file ever declared it, in the history of the commit that is checked out; nothing if that
    /// cannot be told.
    fn ever_had<'c>(
        &'c self,
        file: &'c str,
        records: &'c [(&'static ObjectKind, &'c Key)],
    ) -> LocalBoxFuture<'c, Option<Vec<bool>>>;

    /// The entries that the manifests had where this work began, as far as these files were changed since: the merge base of a
    /// pull request, else the commit that is checked out. Nothing if that cannot be told.
    fn declared_before(&self) -> LocalBoxFuture<'_, Option<Vec<Declared>>>;
}

/// How a commit stands to another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ancestry {
    /// It is that one, or came after it.
    Ahead,
    /// That one came after it.
    Behind,
    /// Each has something that the other has not.
    Diverged,
    /// It cannot be told; how it could.
    Unknown { how: &'static str },
}

/// What is to be said of a checkout that is not ahead of the last apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lag {
    /// The last apply.
    pub applied: Arc<Origin>,
    pub what: LagKind,
    /// Whether a person has allowed an apply all the same.
    pub is_allowed: bool,
}

/// How a checkout is not ahead of the last apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LagKind {
    Behind,
    /// It is ahead, and all of it is committed. These records were applied from files that were not, and this history never declared
    /// them: nobody has removed them.
    Uncommitted {
        strangers: Vec<(&'static ObjectKind, Key)>,
    },
    /// The histories differ. These records would be deleted although this history never declared them.
    Diverged {
        strangers: Vec<(&'static ObjectKind, Key)>,
    },
    /// It is not known; how it could be.
    Unknown {
        how: &'static str,
    },
}

impl Lag {
    /// How a checkout with this commit stands to the last apply, if that is worth a word.
    pub(super) async fn of(
        checkout: &dyn Checkout,
        head: Option<&str>,
        past: &Past,
        plan: &Plan,
        is_allowed: bool,
    ) -> Option<Self> {
        let applied = past.last.as_ref()?;
        let other = applied.commit.as_deref()?;
        let what = match head {
            None => LagKind::Unknown {
                how: "run oppctl in a git checkout, with git installed",
            },
            Some(head) => match checkout.ancestry(head, other).await {
                Ancestry::Ahead if is_uncommitted(head) => return None,
                Ancestry::Ahead => {
                    let of_nobody =
                        |origin: &Origin| origin.commit.as_deref().is_some_and(is_uncommitted);
                    let strangers = strangers(checkout, plan, of_nobody).await;
                    if strangers.is_empty() {
                        return None;
                    }
                    LagKind::Uncommitted { strangers }
                }
                Ancestry::Behind => LagKind::Behind,
                Ancestry::Diverged => LagKind::Diverged {
                    strangers: strangers(checkout, plan, |_| true).await,
                },
                Ancestry::Unknown { how } => LagKind::Unknown { how },
            },
        };
        Some(Self {
            applied: Arc::clone(applied),
            what,
            is_allowed,
        })
    }

    /// Whether an apply from here would take back what others have applied, and nobody has allowed it.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        let takes_back = match &self.what {
            LagKind::Behind | LagKind::Uncommitted { .. } => true,
            LagKind::Diverged { strangers } => !strangers.is_empty(),
            LagKind::Unknown { .. } => false,
        };
        takes_back && !self.is_allowed
    }
}

/// Whether the commit of a checkout is not all of it: something stands behind its digits.
pub(super) fn is_uncommitted(commit: &str) -> bool {
    commit.contains(' ')
}

/// The removals, of records with one of these origins, that this history never declared where the ledger says.
async fn strangers(
    checkout: &dyn Checkout,
    plan: &Plan,
    is_meant: impl Fn(&Origin) -> bool,
) -> Vec<(&'static ObjectKind, Key)> {
    let mut removals: Vec<(&str, &Change)> = plan
        .changes
        .iter()
        .filter_map(|change| match (&change.action, &change.at) {
            (
                Action::Delete {
                    why: WhyDelete::Removed,
                    ..
                },
                At::Before { place, origin },
            ) if is_meant(origin) => Some((&*place.file, change)),
            _ => None,
        })
        .collect();
    removals.sort_by_key(|(file, _)| *file);
    let mut strangers = Vec::new();
    for of_file in removals.chunk_by(|(a, _), (b, _)| a == b) {
        let records = of_file.iter().map(|(_, change)| (change.kind, &change.key));
        let records: Vec<(&'static ObjectKind, &Key)> = records.collect();
        // What cannot be told is not taken for declared.
        let had = checkout.ever_had(of_file[0].0, &records).await;
        let had = had.unwrap_or_else(|| vec![false; records.len()]);
        let unknown = of_file.iter().zip(had).filter(|(_, had)| !had);
        strangers.extend(unknown.map(|((_, change), _)| (change.kind, change.key.clone())));
    }
    strangers
}
