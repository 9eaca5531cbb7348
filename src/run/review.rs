//! What was reviewed: an apply does exactly that, or nothing.

use thiserror::Error;

use crate::plan::file::SavedPlan;
use crate::plan::{Difference, hidden_change};

use super::checkout::Lag;
use super::planned::Planned;

/// A reviewed plan: an apply goes on only if its own plan is the same.
#[derive(Debug)]
pub struct Reviewed {
    digest: Box<str>,
    saved: Option<SavedPlan>,
}

/// Why a plan is not the one that was reviewed.
#[derive(Debug, Error)]
pub enum Stale {
    #[error("the plan file has the digest {digest}, but --expect is {expected}")]
    OtherFile {
        expected: Box<str>,
        digest: Box<str>,
    },
    #[error(
        "the plan was made for the instance {name} ({fingerprint}), and this is {this_name} ({this_fingerprint})"
    )]
    OtherInstance {
        name: String,
        fingerprint: String,
        this_name: String,
        this_fingerprint: String,
    },
    #[error("the checkout does not have what was applied last")]
    Behind { lag: Lag },
    #[error(
        "the plan file does not have the seal of this project: it was edited after it was made, or made with another ledger or configuration"
    )]
    Edited,
    #[error(
        "the changes in the plan file do not match its digest: the file was edited, or the instance now marks other fields as sensitive"
    )]
    Altered,
    #[error("the new plan has the digest {today}, but the reviewed plan has {reviewed}")]
    OtherPlan {
        reviewed: Box<str>,
        today: Box<str>,
        /// Record by record, where the reviewed plan is known and not only its digest.
        difference: Option<Difference>,
        /// The run that has applied the reviewed plan already, if the ledger remembers one.
        applied: Option<Box<str>>,
    },
}

impl Reviewed {
    /// The plan with this digest, or of this file, or both.
    ///
    /// # Errors
    /// The file has another digest.
    pub fn of(saved: Option<SavedPlan>, expected: Option<&str>) -> Result<Option<Self>, Stale> {
        let of_file = saved.as_ref().map(|saved| saved.file.digest.as_str());
        match (expected, of_file) {
            (Some(expected), Some(digest)) if expected != digest => Err(Stale::OtherFile {
                expected: expected.into(),
                digest: digest.into(),
            }),
            (Some(digest), _) | (None, Some(digest)) => Ok(Some(Self {
                digest: digest.into(),
                saved,
            })),
            (None, None) => Ok(None),
        }
    }

    /// The digest of the plan.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The plan file, if it was one.
    #[must_use]
    pub fn saved(&self) -> Option<&SavedPlan> {
        self.saved.as_ref()
    }

    /// Refuses a plan that is another one.
    pub(super) fn check(&self, planned: &Planned) -> Result<(), Stale> {
        if let Some(saved) = &self.saved {
            let reviewed = &saved.file.instance;
            let this = &planned.instance;
            if *reviewed.fingerprint != *this.fingerprint.as_str() {
                return Err(Stale::OtherInstance {
                    name: reviewed.name.clone(),
                    fingerprint: reviewed.fingerprint.clone(),
                    this_name: this.name.clone(),
                    this_fingerprint: this.fingerprint.to_string(),
                });
            }
        }
        let is_same = *planned.digest.as_str() == *self.digest;
        if let Some(saved) = &self.saved {
            // A plan from before the first apply has the older seal, and is another one by now.
            let is_sealed = saved.is_sealed_by(&planned.key)
                || (!is_same && saved.is_sealed_by(&planned.first_key));
            if !is_sealed {
                return Err(Stale::Edited);
            }
        }
        if !is_same {
            // It was applied, and nothing of it is left to do.
            if planned.is_done() && planned.applied.is_some() {
                return Ok(());
            }
            let difference = |saved: &SavedPlan| {
                let reviewed = saved.changes.iter();
                let reviewed = reviewed.map(|change| hidden_change(change, &planned.schemas));
                Difference::of(&reviewed.collect::<Vec<_>>(), &planned.plan.changes)
            };
            return Err(Stale::OtherPlan {
                reviewed: self.digest.clone(),
                today: planned.digest.as_str().into(),
                difference: self.saved.as_ref().map(difference),
                applied: planned.applied.as_ref().map(|applied| applied.run.clone()),
            });
        }
        match &self.saved {
            Some(saved) if !Difference::of(&saved.changes, &planned.plan.changes).is_empty() => {
                Err(Stale::Altered)
            }
            Some(_) | None => Ok(()),
        }
    }
}
