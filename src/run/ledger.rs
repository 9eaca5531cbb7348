//! The ledger's part in a run: read, locked, saved with the claims before the first write and with the outcomes after the last.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::apply::{Claims, Outcome, Report, claim, keep};
use crate::journal::RunId;
use crate::ledger::{
    self, AppliedPlan, Clock, Fingerprint, HeldLock, Lease, Ledger, LedgerError, LockError, Origin,
    Owner, Store, Terms, Watch,
};
use crate::model::{FoldedKey, Key, ObjectKind, Verb};
use crate::plan::{Plan, PlanDigest, Schemas};

use super::rebuild::{FoundRecord, Rebuilt};
use super::review::Reviewed;

/// What a plan needs to know of a ledger.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnedRecords<'l> {
    pub(crate) ledger: &'l Ledger,
    /// The apply that the plan is for.
    pub(crate) origin: &'l Arc<Origin>,
    /// What digests are salted with, once the ledger was saved.
    pub(crate) salt: Option<[u8; 16]>,
}

/// The ledger of one instance, for the length of a command.
#[derive(Debug)]
pub struct RunLedger {
    store: Store,
    clock: Clock,
    /// The name of the project, if it has one.
    project: Option<Box<str>>,
    pub ledger: Ledger,
    /// The number of the object that `ledger` was read from or saved as.
    number: u64,
    /// The apply, as the ledger's entries name it.
    pub(super) origin: Arc<Origin>,
    /// Whether older versions have hashes of sensitive values, which `ledger` has no more.
    has_hidden: bool,
    held: Option<HeldLock>,
    /// The owner for whom the lock is being taken.
    taking: Option<String>,
}

impl RunLedger {
    /// The number of the version that was read or saved; zero if there is none yet.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Reads the ledger of an instance, for a run of manifests of this project and commit.
    ///
    /// # Errors
    /// The store fails, what it has cannot be read, or the ledger is that of another project.
    pub async fn open(
        store: Store,
        clock: Clock,
        project: Option<Box<str>>,
        commit: Option<Box<str>>,
    ) -> Result<Self, LedgerError> {
        let (ledger, number) = load(&store, project.as_deref()).await?;
        let origin = origin(&ledger, clock.now(), commit);
        Ok(Self {
            store,
            clock,
            project,
            ledger,
            number,
            origin,
            has_hidden: false,
            held: None,
            taking: None,
        })
    }

    /// Takes the lock and reads the ledger again. Returns whether another run changed it in between. `notify` is told of each run
    /// that this one waits for.
    ///
    /// # Errors
    /// Another run holds the lock for as long as the terms allow to wait, or the store fails.
    pub async fn lock(
        &mut self,
        owner: &Owner,
        terms: Terms,
        notify: impl FnMut(&Lease),
    ) -> Result<bool, LockError> {
        let lock = self.store.lock(self.clock.clone());
        self.taking = Some(owner.id.clone());
        let held = lock.acquire(owner.clone(), terms, notify).await;
        self.taking = None;
        self.held = Some(held?);
        Ok(self.read_again().await?)
    }

    /// Reads the ledger again if another run has changed it. Returns whether one has.
    async fn read_again(&mut self) -> Result<bool, LedgerError> {
        // A large ledger takes a second to read, and most often it is still the same.
        if self.store.number().await? == self.number {
            return Ok(false);
        }
        let (ledger, number) = load(&self.store, self.project.as_deref()).await?;
        self.origin = origin(&ledger, self.clock.now(), self.origin.commit.clone());
        (self.ledger, self.number) = (ledger, number);
        Ok(true)
    }

    /// What a plan needs to know of it.
    pub(super) fn owned(&self) -> OwnedRecords<'_> {
        OwnedRecords {
            ledger: &self.ledger,
            origin: &self.origin,
            salt: (self.number > 0).then(|| self.ledger.salt()),
        }
    }

    /// Tells whether the lock is still held.
    pub(super) fn watch(&self) -> Option<Watch> {
        self.held.as_ref().map(HeldLock::watch)
    }

    /// Drops what an older oppctl kept of sensitive values; the next save removes it from the store too.
    pub(super) fn hide(&mut self, schemas: &Schemas) {
        let is_sensitive = |kind: &ObjectKind, name: &str| {
            let field = schemas.get(kind).and_then(|schema| schema.field(name));
            field.is_some_and(|field| field.sensitive)
        };
        self.has_hidden |= self.ledger.hide(is_sensitive);
    }

    /// Claims what a plan creates; nothing may be sent before that is saved.
    pub(super) async fn claim(&mut self, plan: &Plan) -> Result<Claims, LockError> {
        let claims = claim(&mut self.ledger, plan);
        if !claims.is_empty() {
            self.save().await?;
        }
        Ok(claims)
    }

    /// Keeps what became of a plan.
    pub(super) async fn settle(
        &mut self,
        claims: Claims,
        carried_out: CarriedOut<'_>,
    ) -> Result<(), LockError> {
        let CarriedOut {
            plan,
            report,
            digest,
            reviewed,
            run,
            is_of_manifests,
            answered,
        } = carried_out;
        let gone = gone(plan, report);
        claims.settle(&mut self.ledger, report);
        keep(&mut self.ledger, plan, report, answered);
        let time = self.origin.time;
        for (kind, key) in gone {
            if self.ledger.get(kind, &key.folded()).is_none() {
                self.ledger.past.bury(kind, key, time);
            }
        }
        if plan.is_empty() || report.applied(plan).total() > 0 {
            // Its own plan is the last one.
            let reviewed = reviewed.into_iter().flat_map(Reviewed::whole_digests);
            for digest in reviewed.chain([digest.as_str()]) {
                self.ledger.past.add_plan(AppliedPlan {
                    digest: digest.into(),
                    run: run.as_str().into(),
                    time,
                });
            }
        }
        if is_of_manifests && self.origin.commit.is_some() {
            self.ledger.past.last = Some(Arc::clone(&self.origin));
        }
        self.save().await
    }

    /// Removes the entry of a record, and remembers that it was touched.
    pub fn forget(&mut self, kind: &'static ObjectKind, key: &FoldedKey) {
        if let Some(entry) = self.ledger.remove(kind, key) {
            self.ledger.past.bury(kind, &entry.key, self.origin.time);
        }
    }

    /// Saves the ledger with another name of its project.
    ///
    /// # Errors
    /// The lock is lost, or the store fails.
    pub async fn rename(&mut self, project: &str) -> Result<(), LockError> {
        self.ledger.past.project = Some(project.into());
        self.save().await
    }

    /// Adds the entries of a ledger that is made again; the caller saves it. A ledger that was never saved takes the salt of their hashes.
    pub fn rebuild(&mut self, rebuilt: Rebuilt) {
        let Rebuilt { found, salt } = rebuilt;
        if let Some(salt) = salt
            && self.number == 0
        {
            let past = std::mem::take(&mut self.ledger.past);
            self.ledger = Ledger::new(salt);
            self.ledger.past = past;
        }
        for FoundRecord { kind, entry, .. } in found {
            self.ledger.insert(kind, entry);
        }
    }

    /// Puts another content in the place of the ledger's; the caller saves it. One without a name takes that of the project.
    pub fn replace(&mut self, mut ledger: Ledger) {
        if ledger.past.project.is_none() {
            ledger.past.project.clone_from(&self.project);
        }
        self.ledger = ledger;
    }

    /// Saves the ledger under the next number. If this run has lost its lock nothing is saved, because another run may write now. A
    /// caller takes the lock first.
    ///
    /// # Errors
    /// The lock is lost, or the store fails.
    pub async fn save(&mut self) -> Result<(), LockError> {
        if let Some(watch) = self.watch() {
            watch.check().map_err(LockError::Lost)?;
        }
        self.number = self.store.save(&self.ledger, self.number).await?;
        if std::mem::take(&mut self.has_hidden) {
            self.store.remove_before(self.number).await?;
        }
        Ok(())
    }

    /// Releases the lock, if it is held.
    ///
    /// # Errors
    /// It was lost before, or could not be released. A run does not fail because of it: the lease expires.
    pub async fn release(self) -> Result<(), LockError> {
        if let Some(owner) = self.taking {
            // The run was interrupted while it took the lock, so the lease may have been written. If it was not, `unlock` fails,
            // and that is no error here.
            drop(self.store.lock(self.clock).unlock(&owner).await);
        }
        match self.held {
            Some(held) => held.release().await,
            None => Ok(()),
        }
    }

    /// The name of the project, if it has one.
    #[must_use]
    pub fn project(&self) -> Option<&str> {
        self.project.as_deref()
    }

    /// The instance of the ledger.
    #[must_use]
    pub fn fingerprint(&self) -> &Fingerprint {
        self.store.fingerprint()
    }

    /// Where the ledger is.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.store.shown()
    }
}

/// Reads the ledger, if it is that of this project. One that has no name yet takes that of the project with the next save.
async fn load(store: &Store, project: Option<&str>) -> Result<(Ledger, u64), LedgerError> {
    let ledger::LoadedLedger { mut ledger, number } = store.load().await?;
    match &ledger.past.project {
        Some(found) if Some(&**found) != project => Err(LedgerError::OtherProject {
            location: store.shown().to_owned(),
            found: found.to_string(),
            expected: project.map(str::to_owned),
        }),
        Some(_) => Ok((ledger, number)),
        None => {
            ledger.past.project = project.map(Into::into);
            Ok((ledger, number))
        }
    }
}

/// A plan that a run has carried out, as far as it came.
#[derive(Clone, Copy, Debug)]
pub(super) struct CarriedOut<'a> {
    pub(super) plan: &'a Plan,
    pub(super) report: &'a Report,
    pub(super) digest: &'a PlanDigest,
    /// What it was checked with: one of several plans, or one that was applied in part, has another digest.
    pub(super) reviewed: Option<&'a Reviewed>,
    pub(super) run: &'a RunId,
    /// Whether it was made from manifests, and not from a run to take back.
    pub(super) is_of_manifests: bool,
    /// When the outcome of each change was known.
    pub(super) answered: &'a [Option<Timestamp>],
}

/// The apply that begins now, by a clock that never goes back in one ledger: its time tells it from every other.
fn origin(ledger: &Ledger, now: Timestamp, commit: Option<Box<str>>) -> Arc<Origin> {
    let after = ledger.latest().map(|latest| {
        let step = SignedDuration::from_nanos(1);
        latest.saturating_add(step).unwrap_or(latest)
    });
    let time = after.map_or(now, |after| after.max(now));
    Arc::new(Origin { time, commit })
}

/// The records that a run has deleted, and those that it stops managing.
fn gone<'p>(plan: &'p Plan, report: &Report) -> Vec<(&'static ObjectKind, &'p Key)> {
    let changes = plan.changes.iter().zip(&report.outcomes);
    let deleted = changes.filter(|(change, outcome)| {
        change.verb() == Verb::Delete && matches!(outcome, Outcome::Applied { .. })
    });
    let deleted = deleted.map(|(change, _)| (change.kind, &change.key));
    let forgotten = plan.ledger_changes.forgotten.iter();
    let forgotten = forgotten.map(|forgotten| (forgotten.kind, &forgotten.key));
    deleted.chain(forgotten).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

    use std::fs;

    use pretty_assertions::assert_eq;

    use super::*;
    use crate::ledger::{Applied, Entry, Fingerprint, Place, Replaced};
    use crate::model::kind::OPPORTUNITY;
    use crate::model::{DataType, Field, Key, KeyValue, Schema, Value};
    use crate::store::Location;

    /// A ledger of an older oppctl, which hashed every value.
    fn older(salary: &Value) -> Ledger {
        let mut ledger = Ledger::new([7; 16]);
        let hash = |name: &str| (name.into(), ledger.digest_unless(false, name, salary));
        let entry = Entry {
            key: Key::new(vec![KeyValue::Text("A".into())]),
            id: Some("guid-a".into()),
            fields: ["name", "salary"].map(hash).into_iter().collect(),
            written: None,
            replaced: Replaced::default(),
            protected: None,
            declared: Place {
                file: "a.yaml".into(),
                line: 1,
            },
            origin: Arc::new(Origin {
                time: "2026-11-22T10:00:00Z".parse().unwrap(),
                commit: None,
            }),
        };
        ledger.insert(&OPPORTUNITY, entry);
        ledger
    }

    fn schemas() -> Schemas {
        let field = |(name, sensitive): (&str, bool)| Field {
            name: name.into(),
            data_type: DataType::String,
            length: None,
            updateable: true,
            sensitive,
        };
        let fields = [("name", false), ("salary", true)].map(field);
        [(&OPPORTUNITY, Schema::new(&OPPORTUNITY, fields.into()))].into()
    }

    #[tokio::test]
    async fn what_an_older_oppctl_kept_of_sensitive_values_leaves_the_store() {
        let directory = tempfile::tempdir().unwrap();
        let location = Location::Directory(directory.path().to_owned());
        let instance = Fingerprint::simulator("5f0e");
        let store = Store::open(&location, instance.clone()).unwrap();
        let salary = Value::Text("83500".into());
        let old = older(&salary);
        store.save(&old, 0).await.unwrap();
        store.save(&old, 1).await.unwrap();
        let mut ledger = RunLedger::open(store, Clock::system(), None, None)
            .await
            .unwrap();
        ledger.hide(&schemas());
        ledger.save().await.unwrap();
        let objects = directory.path().join(instance.as_str()).join("ledger");
        let texts = fs::read_dir(objects).unwrap();
        let texts: Vec<String> = texts
            .map(|object| fs::read_to_string(object.unwrap().path()).unwrap())
            .collect();
        let digits = |name: &str| {
            let hash = old.digest_unless(false, name, &salary).unwrap();
            let digits = hash.0.iter().map(|byte| format!("{byte:02x}"));
            digits.collect::<String>()
        };
        let [text] = &*texts else {
            panic!("{texts:?}");
        };
        assert!(!text.contains(&digits("salary")), "{text}");
        assert!(text.contains(&digits("name")), "{text}");
        let fields: Applied = ledger.ledger.iter().next().unwrap().2.fields.clone();
        assert_eq!(
            (fields.manages("salary"), fields.get("salary")),
            (true, None)
        );
    }
}
