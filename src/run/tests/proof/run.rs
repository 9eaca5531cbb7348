//! One run of the program over the disks and the instance of a history: the course that commands run, with ports of the proof.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use object_store::memory::InMemory;
use tokio::sync::watch;
use tokio::time::sleep;

use super::commits::Commits;
use super::disk::{self, Bucket, Sheet, Shelf};
use super::history::History;
use super::marketo::Marketo;
use super::process::Process;
use super::texts::{assert_agrees, assert_silent};
use crate::api::{self, Client};
use crate::apply::{MARKETO_LIMITS, Report, Urgency};
use crate::journal::RunId;
use crate::ledger::{Clock, Fingerprint, Ledger, LedgerError, Owner, Store, Terms};
use crate::manifest;
use crate::plan::file::read;
use crate::plan::{BatchLimits, Guards, Marker, Permits, Plan};
use crate::render;
use crate::run::{
    self, Checkout, Ended, Goal, InstanceId, Planned, Ports, Reviewed, RunError, RunEvent,
    Settings, Stale, UndoRequest,
};
use crate::simulator;

/// What every run of a history has in common.
pub(super) struct Scene {
    pub(super) marketo: Arc<Marketo>,
    /// The ledger's store, if there is a ledger.
    pub(super) objects: Option<Arc<InMemory>>,
    /// The journals of all runs.
    pub(super) shelf: Shelf,
    pub(super) history: History,
    pub(super) clock: simulator::SimulatedClock,
    pub(super) settings: api::ClientSettings,
    /// The most records of a call.
    pub(super) records: usize,
    pub(super) permits: Permits,
    pub(super) marker: Option<Marker>,
    /// The name of the project, if it has one.
    pub(super) project: Option<&'static str>,
    /// The history of the manifests, if git can be asked.
    pub(super) commits: Option<Commits>,
}

/// What a run is to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Orders<'o> {
    pub(super) goal: Wanted<'o>,
    /// The text of the plan that it has to be.
    pub(super) reviewed: Option<&'o str>,
    /// Whether of that text only the digest is known.
    pub(super) expects: bool,
    /// Whether a person is asked; then the lock is taken after the plan.
    pub(super) asked: Option<Answer>,
    /// How many changes of each kind and action go first.
    pub(super) canary: Option<NonZeroUsize>,
    /// The most deletions.
    pub(super) most: usize,
    /// At this event a person wants it to end.
    pub(super) stop: Option<(u32, Urgency)>,
    /// Where it runs, if that is not where all other runs do.
    pub(super) from: From<'o>,
}

/// Where a run has its manifests from.
#[derive(Clone, Copy, Debug)]
pub(super) enum From<'o> {
    /// The newest commit.
    Head,
    /// An older one.
    Commit(&'o str),
    /// An older one, in a checkout without history.
    Shallow(&'o str),
    /// Another project.
    Project(&'o str),
}

/// How long a person thinks, and what the answer is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub(super) after: Duration,
    pub(super) is_yes: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted<'w> {
    /// What this manifest says.
    Declared(&'w str),
    /// What was before this run.
    Undone(&'w RunId),
}

/// How a run ended.
#[derive(Debug)]
pub(super) enum End {
    /// There is nothing to do.
    Idle,
    /// The manifest declares nothing.
    Empty,
    /// The manifests contradict the instance, or a guard stands before it: why, for whoever looks at a failure.
    Refused(String),
    /// The plan is not the one that was reviewed, or not the one that a person saw.
    Stale,
    /// A newer commit was applied.
    Behind,
    /// The ledger is that of another project.
    OtherProject,
    /// The plan is the one that was reviewed, and the plan file showed something else: the instance has said otherwise which
    /// fields are sensitive.
    Altered,
    Declined,
    /// It could not begin to send.
    Failed,
    /// It was made to end before it wrote down what it knows.
    Abandoned,
    Sent(Box<Sent>),
}

#[derive(Debug)]
pub(super) struct Sent {
    pub(super) plan: Plan,
    pub(super) report: Report,
    /// How often each change went out.
    pub(super) tries: Vec<usize>,
    /// Whether the ledger and the journal were written to their ends.
    pub(super) is_kept: bool,
}

const TERMS: Terms = Terms {
    lease: Duration::from_secs(60),
    wait: Duration::from_secs(600),
};

/// The commit of all manifests, where nobody asks for the history.
const COMMIT: &str = "c0ffee";

/// More deletions than any history has.
pub(super) const ANY: usize = 1_000;

impl Orders<'_> {
    pub(super) fn of(goal: Wanted<'_>) -> Orders<'_> {
        Orders {
            goal,
            reviewed: None,
            expects: false,
            asked: None,
            canary: None,
            most: ANY,
            stop: None,
            from: From::Head,
        }
    }
}

impl Scene {
    fn store(&self, process: &Arc<Process>) -> Option<Store> {
        let objects = Arc::new(Bucket {
            objects: Arc::clone(self.objects.as_ref()?),
            process: Arc::clone(process),
            history: self.history.clone(),
        });
        let prefix = object_store::path::Path::default();
        Some(Store::with(objects, &prefix, "memory", self.fingerprint()))
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::simulator(self.marketo.simulator.id())
    }

    fn wall(&self) -> Clock {
        let clock = self.clock.clone();
        Clock::new(move || clock.now())
    }

    /// Whether the lock on the ledger's disk is held by this process.
    pub(super) async fn is_locked_by(&self, process: &Process) -> bool {
        let Some(store) = self.store(&Arc::new(Process::sound(usize::MAX))) else {
            return false;
        };
        let lease = store.lock(self.wall()).status().await.unwrap();
        lease.is_some_and(|lease| lease.owner.id == owner(process).id && lease.released.is_none())
    }

    /// The ledger as it is on its disk.
    pub(super) async fn ledger(&self) -> Option<Ledger> {
        let store = self.store(&Arc::new(Process::sound(usize::MAX)))?;
        Some(store.load().await.unwrap().ledger)
    }

    /// One run, by a process that may die; nothing if it does. The sheet is its journal.
    pub(super) async fn run(
        &self,
        process: &Arc<Process>,
        orders: Orders<'_>,
        sheet: &Arc<Mutex<Sheet>>,
    ) -> Option<End> {
        if self.history.is_traced {
            let told = format!("{orders:?}");
            self.history
                .trace(Some(process.number), "begins", &told, "");
        }
        let (urgency, heard) = watch::channel(Urgency::None);
        let (mut events, mut has_begun) = (0, false);
        let mut tell = |event: RunEvent<'_>| {
            if let RunEvent::Planned(planned) = event {
                process.see_otherwise(&planned.plan);
                if self.history.is_traced {
                    let plan = format!("{:?}", planned.plan);
                    self.history.trace(Some(process.number), "plans", &plan, "");
                }
            }
            has_begun |= matches!(event, RunEvent::CallsBegin { .. });
            if let Some((at, how)) = orders.stop
                && at == events
            {
                urgency.send_replace(how);
                if !has_begun {
                    process.call_off();
                }
            }
            events += 1;
            Ok(())
        };
        let mut ask = run::asking(|planned| self.ask(process, orders, planned));
        let journals = self.journals(process, sheet);
        let client = self.client(process);
        let instance = self.instance();
        let course = async {
            let Some(goal) = self.goal(orders.goal, &journals) else {
                return Ended {
                    planned: None,
                    sent: None,
                    end: Err(RunError::Refused),
                };
            };
            let settings = self.run_settings(process, orders);
            let ports = Ports {
                client: &client,
                instance: &instance,
                store: self.store(process),
                journals: &journals,
                clock: self.wall(),
                urgency: heard,
                ask: orders.asked.map(|_| &mut ask as &mut run::Ask<'_>),
                tell: Some(&mut tell),
            };
            run::course(&settings, goal, ports).await
        };
        let ended = process.live(Box::pin(course)).await?;
        assert_silent(&ended, &instance);
        assert_agrees(&ended, &instance);
        Some(end(ended))
    }

    /// The text of a plan file for a manifest; nothing if it cannot be applied.
    pub(super) async fn review(&self, manifest: &str) -> Option<(String, Plan)> {
        let process = Arc::new(Process::sound(usize::MAX));
        let journals = self.journals(&process, &Arc::default());
        let orders = Orders::of(Wanted::Declared(manifest));
        let goal = self.goal(orders.goal, &journals)?;
        let settings = self.run_settings(&process, orders);
        let ports = Ports {
            client: &self.client(&process),
            instance: &self.instance(),
            store: self.store(&process),
            journals: &journals,
            clock: self.wall(),
            urgency: watch::channel(Urgency::None).1,
            ask: None,
            tell: None,
        };
        let ended = run::preview(&settings, goal, ports).await;
        assert_silent(&ended, &self.instance());
        if let Err(RunError::Api(error)) = &ended.end {
            panic!("{error:?}");
        }
        let planned = ended.planned?;
        let text = planned.sealed(serde_json::to_string(&render::plan_file(&planned)).unwrap());
        Some((text, planned.plan))
    }

    fn journals(&self, process: &Arc<Process>, own: &Arc<Mutex<Sheet>>) -> disk::Journal {
        disk::Journal {
            shelf: self.shelf.clone(),
            own: Arc::clone(own),
            process: Arc::clone(process),
            history: self.history.clone(),
        }
    }

    fn client(&self, process: &Arc<Process>) -> Client {
        let mut settings = self.settings.clone();
        settings.carrier = Some(self.marketo.carrier(process));
        Client::new(settings).unwrap()
    }

    fn instance(&self) -> InstanceId {
        InstanceId {
            name: "local".to_owned(),
            place: "simulator".to_owned(),
            fingerprint: self.fingerprint(),
        }
    }

    /// Nothing if the run that is to be taken back goes on, or has not begun.
    fn goal(&self, wanted: Wanted<'_>, journals: &disk::Journal) -> Option<Goal> {
        match wanted {
            Wanted::Declared(manifest) => {
                let reading = manifest::read([("a.yaml".into(), manifest.as_bytes().to_vec())]);
                assert!(reading.diagnostics.is_empty(), "a case is a good manifest");
                Some(reading.into())
            }
            Wanted::Undone(id) => Some(UndoRequest::find(journals, id, Vec::new()).ok()?.into()),
        }
    }

    /// The commit that a run is from.
    pub(super) fn commit(&self, orders: Orders<'_>) -> String {
        let head = |commits: &Commits| match orders.goal {
            Wanted::Declared(manifest) => commits.commit(manifest),
            Wanted::Undone(_) => commits.head(),
        };
        match orders.from {
            From::Commit(name) | From::Shallow(name) => name.to_owned(),
            From::Head | From::Project(_) => {
                let commits = self.commits.as_ref();
                commits.map_or_else(|| COMMIT.to_owned(), head)
            }
        }
    }

    fn run_settings(&self, process: &Arc<Process>, orders: Orders<'_>) -> Settings {
        let reviewed = orders.reviewed.map(|text| {
            let saved = read(text).unwrap();
            let digest = saved.file.digest.clone();
            let reviewed = if orders.expects {
                Reviewed::of(Vec::new(), Some(&digest)).unwrap()
            } else {
                Reviewed::of(vec![saved], None).unwrap()
            };
            reviewed.expect("a digest was reviewed")
        });
        let commits = match orders.from {
            From::Shallow(_) => None,
            From::Head | From::Commit(_) | From::Project(_) => self.commits.as_ref(),
        };
        let checkout = commits.map(|commits| Box::new(commits.clone()) as Box<dyn Checkout>);
        Settings {
            guards: Guards {
                max_deletes: orders.most,
                max_delete_percent: 100,
                ..Guards::default()
            },
            permits: Permits {
                // An empty list that removes the last records is always to be allowed.
                allow_deletes: (orders.most == ANY).then_some(ANY),
                ..self.permits.clone()
            },
            marker: self.marker.clone(),
            reviewed,
            canary: orders.canary,
            terms: TERMS,
            batch_limits: BatchLimits {
                records: self.records,
                ..MARKETO_LIMITS
            },
            sensitive: true,
            project: match orders.from {
                From::Project(name) => Some(name.into()),
                From::Head | From::Commit(_) | From::Shallow(_) => self.project.map(Into::into),
            },
            commit: Some(self.commit(orders).into()),
            checkout,
            owner: owner(process),
            ..Settings::new(vec![0; 16])
        }
    }

    /// A person thinks about the plan. The lock must not be held meanwhile: others would wait for as long.
    fn ask(
        &self,
        process: &Arc<Process>,
        orders: Orders<'_>,
        planned: &Planned,
    ) -> LocalBoxFuture<'static, std::io::Result<bool>> {
        assert!(!planned.is_done() && planned.refusals.is_empty());
        let answer = orders.asked.expect("a person is asked");
        let lock = self
            .store(&Arc::new(Process::sound(usize::MAX)))
            .map(|store| store.lock(self.wall()));
        let id = owner(process).id;
        Box::pin(async move {
            sleep(answer.after).await;
            if let Some(lock) = lock
                && let Some(lease) = lock.status().await.unwrap()
            {
                let is_held = lease.owner.id == id && lease.released.is_none();
                assert!(!is_held, "the lock is held while a person decides");
            }
            Ok(answer.is_yes)
        })
    }
}

fn owner(process: &Process) -> Owner {
    let number = process.number;
    Owner {
        id: format!("{number:08x}{number:08x}"),
        host: "host".to_owned(),
        user: "user".to_owned(),
        pid: 1,
        run: None,
    }
}

fn end(ended: Ended) -> End {
    let Ended { planned, sent, end } = ended;
    match end {
        Ok(run::Completion::Idle | run::Completion::Previewed) => End::Idle,
        Ok(run::Completion::Sent) => {
            let sent = sent.expect("it says what was sent");
            End::Sent(Box::new(Sent {
                plan: planned.expect("it has a plan").plan,
                is_kept: sent.unsaved.is_none() && sent.unended.is_none(),
                tries: sent.details.iter().map(|details| details.tries).collect(),
                report: sent.report,
            }))
        }
        Err(
            RunError::NothingDeclared { .. }
            | RunError::NothingMatches { .. }
            | RunError::NothingApplied
            | RunError::SeveralMeant { .. },
        ) => End::Empty,
        Err(RunError::Invalid(problems)) => End::Refused(format!("{:?}", problems.diagnostics)),
        Err(RunError::Refused) => {
            let refusals = planned.map(|planned| planned.refusals);
            End::Refused(format!("{refusals:?}"))
        }
        Err(RunError::Undone(error)) => End::Refused(error.to_string()),
        Err(RunError::Overtaken | RunError::Stale(Stale::OtherPlan { .. })) => End::Stale,
        Err(RunError::Stale(Stale::Behind { .. })) => End::Behind,
        Err(RunError::Ledger(LedgerError::OtherProject { .. })) => End::OtherProject,
        Err(RunError::Stale(Stale::Altered)) => End::Altered,
        Err(RunError::Declined) => End::Declined,
        Err(RunError::Abandoned) => End::Abandoned,
        Err(
            RunError::Api(_)
            | RunError::Ledger(_)
            | RunError::Lock(_)
            | RunError::Journal(_)
            | RunError::Interrupted,
        ) => End::Failed,
        Err(
            error @ (RunError::Marker(_)
            | RunError::Sensitive(_)
            | RunError::Policy(_)
            | RunError::Panicked(_)
            | RunError::Stale(_)
            | RunError::Tell(_)
            | RunError::Ask(_)),
        ) => panic!("{error:?}"),
    }
}
