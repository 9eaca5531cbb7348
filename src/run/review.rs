//! What was reviewed: an apply does that, or what is left of it, or nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use thiserror::Error;

use crate::ledger::{AppliedPlan, Past};
use crate::model::{ObjectKind, Verb};
use crate::plan::file::{SavedPlan, SealKey};
use crate::plan::{
    Coverage, Difference, DigestKind, Moves, Observed, Permits, Plan, Question, ReviewedPlan,
    Schemas, Stamps, Today, hidden_change, record_plans, short_digest, stamps, whole_digest,
};

use super::checkout::Lag;
use super::planned::Planned;

/// Reviewed plans: an apply sends nothing that none of them contains.
#[derive(Debug)]
pub struct Reviewed {
    /// Only a plan with this digest is the reviewed one, whole.
    expected: Option<Box<str>>,
    /// In the order in which they were reviewed.
    saved: Vec<SavedPlan>,
}

/// Why a plan is not the one that was reviewed.
#[derive(Debug, Error)]
pub enum Stale {
    #[error("the plan file has the digest {digest}, but --expect is {expected}")]
    OtherFile {
        expected: Box<str>,
        digest: Box<str>,
    },
    #[error("{}", not_applicable(*kind))]
    NotApplicable { kind: DigestKind },
    #[error(
        "--expect names one plan, which is applied whole, and of {files} plan files each may be applied in part"
    )]
    Several { files: usize },
    #[error(
        "the plan files are of different paths, of a run to undo, or allow the records of different owners: they cannot be applied together"
    )]
    Apart,
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
    #[error("{}", other_plan(reviewed, today))]
    OtherPlan {
        /// The digests of the reviewed plans.
        reviewed: Vec<Box<str>>,
        today: Box<str>,
        /// Record by record, where the reviewed plan is known and not only its digest.
        difference: Option<Difference>,
        /// Which side has moved since the review, where that is known.
        moves: Option<Box<Moves>>,
        /// The run that has applied the reviewed plan already, if the ledger remembers one.
        applied: Option<Box<str>>,
        /// What today's plan changes, if the reviewed one was of the changed records and only its digest is known.
        planned: Vec<PlannedRecord>,
    },
}

/// A record that a plan of everything changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedRecord {
    pub kind: &'static ObjectKind,
    pub shown: Box<str>,
    /// Whether others have changed it in Marketo since the last apply.
    pub has_drifted: bool,
}

impl PlannedRecord {
    /// What a plan changes, first what others have changed in Marketo.
    fn all(plan: &Plan) -> Vec<Self> {
        let drifted: BTreeSet<(&ObjectKind, &str)> = { plan.drift.iter() }
            .map(|drift| (drift.kind, &*drift.shown))
            .collect();
        let records = plan.changes.iter().map(|change| Self {
            kind: change.kind,
            shown: change.shown.clone(),
            has_drifted: drifted.contains(&(change.kind, &*change.shown)),
        });
        let mut records: Vec<Self> = records.collect();
        records.sort_by_key(|record| !record.has_drifted);
        records
    }
}

impl Stale {
    /// Refuses a plan that was not made from what the instance has.
    pub(super) fn check_applicable(planned: &Planned) -> Result<(), Self> {
        match DigestKind::parse(planned.digest.as_str()) {
            Some((kind, _)) if !kind.is_applicable() => Err(Self::NotApplicable { kind }),
            Some(_) | None => Ok(()),
        }
    }
}

/// Why no apply accepts a plan.
fn not_applicable(kind: DigestKind) -> &'static str {
    match kind {
        DigestKind::Ledger => {
            "the plan was made as last applied: nothing was read from Marketo for it, and no apply accepts it"
        }
        DigestKind::Snapshot => {
            "the plan was made from a snapshot and not from what Marketo has, and no apply accepts it"
        }
        DigestKind::Whole | DigestKind::Changed => "the plan cannot be applied",
    }
}

fn other_plan(reviewed: &[Box<str>], today: &str) -> String {
    let were = reviewed
        .iter()
        .map(|digest| format!("plan {}", short_digest(digest)));
    let were = were.collect::<Vec<_>>().join(" and ");
    let verb = if reviewed.len() == 1 { "was" } else { "were" };
    let today = short_digest(today);
    format!(
        "not applied: the plan has changed since the review: {were} {verb} reviewed, and today's is plan {today}"
    )
}

impl Reviewed {
    /// The fields of the reviewed creations: whether a part of them is done can be seen only then.
    pub(super) fn ask(&self, schemas: &Schemas, questions: &mut [Question]) {
        for question in questions {
            let changes = self.saved.iter().flat_map(|saved| &saved.changes);
            let created = changes
                .filter(|change| change.kind == question.kind && change.verb() == Verb::Create);
            let known = |name: &&Arc<str>| {
                let schema = schemas.get(question.kind);
                schema.is_some_and(|schema| schema.field(name).is_some())
            };
            let names = created
                .flat_map(|change| change.fields().names())
                .filter(known);
            let names: Vec<Arc<str>> = names.cloned().collect();
            question.fields.extend(names);
            question.fields.sort();
            question.fields.dedup();
        }
    }

    /// The plan with this digest, or those of these files, or the one of both.
    ///
    /// # Errors
    /// The file has another digest, or the files cannot be applied together.
    pub fn of(saved: Vec<SavedPlan>, expected: Option<&str>) -> Result<Option<Self>, Stale> {
        let digests = saved
            .iter()
            .map(|saved| &*saved.file.digest)
            .chain(expected);
        let mut kinds = digests.filter_map(|digest| Some(DigestKind::parse(digest)?.0));
        if let Some(kind) = kinds.find(|kind| !kind.is_applicable()) {
            return Err(Stale::NotApplicable { kind });
        }
        match (expected, &saved[..]) {
            (None, []) => return Ok(None),
            (Some(_), []) | (None, [_]) => {}
            (Some(expected), [one]) if one.file.digest != expected => {
                return Err(Stale::OtherFile {
                    expected: expected.into(),
                    digest: one.file.digest.as_str().into(),
                });
            }
            (Some(_), [_]) => {}
            (Some(_), several) => {
                let files = several.len();
                return Err(Stale::Several { files });
            }
            (None, [first, others @ ..]) => {
                let is_of_manifests = |saved: &SavedPlan| saved.file.undoes.is_none();
                let is_alike = |other: &SavedPlan| {
                    let (one, other) = (&first.file, &other.file);
                    one.paths == other.paths
                        && one.only == other.only
                        && one.permits.adopt_foreign == other.permits.adopt_foreign
                };
                if !saved.iter().all(is_of_manifests) || !others.iter().all(is_alike) {
                    return Err(Stale::Apart);
                }
            }
        }
        Ok(Some(Self {
            expected: expected.map(Into::into),
            saved,
        }))
    }

    /// The digests of the plans.
    pub fn digests(&self) -> impl Iterator<Item = &str> {
        let of_files = self.saved.iter().map(|saved| saved.file.digest.as_str());
        let expected = self.expected.as_deref().filter(|_| self.saved.is_empty());
        expected.into_iter().chain(of_files)
    }

    /// The digests of the plans, each as that of a plan of everything.
    pub(super) fn whole_digests(&self) -> impl Iterator<Item = &str> {
        self.digests().map(whole_digest)
    }

    /// Whether a reviewed plan is of the changed records alone.
    fn is_of_changes(&self) -> bool {
        let mut kinds = self.digests().filter_map(DigestKind::parse);
        kinds.any(|(kind, _)| kind == DigestKind::Changed)
    }

    /// The last run that applied one of the plans, if that is remembered.
    pub(super) fn applied<'p>(&self, past: &'p Past) -> Option<&'p AppliedPlan> {
        self.whole_digests().find_map(|digest| past.plan(digest))
    }

    /// Whether each of the plans was applied, as far as that is remembered.
    pub(super) fn is_applied(&self, past: &Past) -> bool {
        self.whole_digests()
            .all(|digest| past.plan(digest).is_some())
    }

    /// The first plan file, if there is one. All are of the same goal.
    #[must_use]
    pub fn first(&self) -> Option<&SavedPlan> {
        self.saved.first()
    }

    /// What the plan files permit together, if there are any. Allowed deletions add up; a plan that needed no permit for its own
    /// counts with those.
    #[must_use]
    pub fn permits(&self) -> Option<Permits> {
        let first = &self.saved.first()?.file.permits;
        let files = || self.saved.iter().map(|saved| &saved.file);
        let has_allowed = files().any(|file| file.permits.allow_deletes.is_some());
        let allowed = files().map(|file| file.permits.allow_deletes.unwrap_or(file.counts.delete));
        let all = |named: fn(&Permits) -> &Vec<String>| {
            let named: BTreeSet<&String> = files().flat_map(|file| named(&file.permits)).collect();
            named.into_iter().cloned().collect()
        };
        let mut findings: BTreeMap<String, usize> = BTreeMap::new();
        for (word, count) in files().flat_map(|file| &file.permits.allow_findings) {
            *findings.entry(word.clone()).or_default() += count;
        }
        Some(Permits {
            adopt_foreign: first.adopt_foreign.clone(),
            with_undeclared: files().any(|file| file.permits.with_undeclared),
            allow_unread: all(|permits| &permits.allow_unread),
            allow_used: all(|permits| &permits.allow_used),
            allow_deletes: has_allowed.then(|| allowed.sum()),
            allow_findings: findings,
        })
    }

    /// How today's plan stands to the plan files, part by part; nothing where only the whole counts. `salts` are those with which
    /// files can be sealed: today's, and that from before there was a ledger.
    pub(super) fn coverage(
        &self,
        plan: &Plan,
        schemas: &Schemas,
        today: Today<'_>,
        salts: [&[u8]; 2],
    ) -> Option<Coverage> {
        let is_in_parts = self.saved.iter().all(SavedPlan::is_in_parts);
        if self.expected.is_some() || self.saved.is_empty() || !is_in_parts {
            return None;
        }
        let seen = plan.ledger_changes.seen();
        let planned = record_plans(
            plan.changes.iter().cloned(),
            seen.map(|change| ((change.kind, change.key.folded()), change.action)),
            Stamps::new(),
        );
        let plans = self.saved.iter().map(|saved| {
            let is_newer = saved.is_sealed_by(&SealKey::new(salts[0]));
            let salt = if is_newer { salts[0] } else { salts[1] };
            ReviewedPlan {
                records: saved.records(|change| hidden_change(change, schemas)),
                todays: stamps(plan, today.ledger, salt),
            }
        });
        let plans: Vec<_> = plans.collect();
        Some(Coverage::of(&plans, &planned, today))
    }

    /// How today's plan differs from the plan files, and which side has moved since; nothing where only a digest is known.
    pub(super) fn differs(
        &self,
        plan: &Plan,
        (schemas, observed): (&Schemas, &Observed),
        coverage: Option<&Coverage>,
    ) -> Option<(Difference, Moves)> {
        let first = self.saved.first()?;
        let difference = match coverage {
            Some(parts) => parts.difference.clone(),
            None => {
                let reviewed = first.changes.iter();
                let reviewed = reviewed.map(|change| hidden_change(change, schemas));
                let reviewed: Vec<_> = reviewed.collect();
                Difference::of(&reviewed, &plan.changes)
            }
        };
        let moves = Moves::of(&difference, observed);
        Some((difference, moves))
    }

    /// Refuses a plan that does something else.
    pub(super) fn check(&self, planned: &Planned) -> Result<(), Stale> {
        for saved in &self.saved {
            check_instance(saved, planned)?;
        }
        let today = planned.digest.as_str();
        let mut digests = self.whole_digests();
        let is_same = digests.next() == Some(today) && digests.next().is_none();
        for saved in &self.saved {
            // A plan from before the first apply has the older seal, and is another one by now.
            let is_sealed = saved.is_sealed_by(&planned.key)
                || (!is_same && saved.is_sealed_by(&planned.first_key));
            if !is_sealed {
                return Err(Stale::Edited);
            }
        }
        if is_same {
            let is_altered = |saved: &SavedPlan| {
                !Difference::of(&saved.changes, &planned.plan.changes).is_empty()
            };
            return if self.saved.iter().any(is_altered) {
                Err(Stale::Altered)
            } else {
                Ok(())
            };
        }
        // It was applied, and nothing of it is left to do.
        let is_applied = planned.is_done() && planned.applied.is_some();
        let is_covered = planned.coverage.as_ref().is_some_and(Coverage::is_whole);
        if is_applied || is_covered {
            return Ok(());
        }
        let (difference, moves) = planned.differs.clone().unzip();
        Err(Stale::OtherPlan {
            reviewed: self.digests().map(Into::into).collect(),
            today: today.into(),
            difference,
            moves: moves.map(Box::new),
            applied: planned.applied.as_ref().map(|applied| applied.run.clone()),
            planned: if self.saved.is_empty() && self.is_of_changes() {
                PlannedRecord::all(&planned.plan)
            } else {
                Vec::new()
            },
        })
    }
}

/// Refuses the plan of another instance.
fn check_instance(saved: &SavedPlan, planned: &Planned) -> Result<(), Stale> {
    let reviewed = &saved.file.instance;
    let this = &planned.instance;
    if *reviewed.fingerprint == *this.fingerprint.as_str() {
        return Ok(());
    }
    Err(Stale::OtherInstance {
        name: reviewed.name.clone(),
        fingerprint: reviewed.fingerprint.clone(),
        this_name: this.name.clone(),
        this_fingerprint: this.fingerprint.to_string(),
    })
}
