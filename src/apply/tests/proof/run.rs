//! One run of the program over the disks and the instance of a history: the way of `cli/apply.rs` with `cli/owning.rs` and
//! `cli/journaling.rs`, without the terminal.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use object_store::memory::InMemory;
use tokio::sync::watch;

use super::disk::{Bucket, Pen, Sheet};
use super::history::History;
use super::marketo::Marketo;
use super::process::Process;
use crate::api::{Client, Settings};
use crate::apply::encode::{ROOM, size};
use crate::apply::tests::planning::Planning;
use crate::apply::{Claims, Halt, Report, Stop, Urgency, apply, claim, settle};
use crate::journal::{self, Head, Journal, Opening, RunId};
use crate::ledger::{self, Clock, Fingerprint, Held, Ledger, Origin, Owner, Store, Terms};
use crate::manifest;
use crate::model::Sources;
use crate::plan::file::{About, Budget, InstanceEntry, PermitsEntry, read, write};
use crate::plan::{Guards, Others, Permits, Plan, PlanDigest, Room, Schemas, digest, guard, waves};
use crate::render::differ;
use crate::simulator;

/// What every run of a history has in common.
pub(super) struct Scene {
    pub(super) marketo: Arc<Marketo>,
    /// The ledger's store, if there is a ledger.
    pub(super) objects: Option<Arc<InMemory>>,
    pub(super) history: History,
    pub(super) clock: simulator::SimulatedClock,
    pub(super) settings: Settings,
    /// The most records of a call.
    pub(super) records: usize,
    pub(super) permits: Permits<'static>,
}

/// What a run is to do.
#[derive(Clone, Copy)]
pub(super) struct Orders<'o> {
    pub(super) goal: Goal<'o>,
    /// The text of the plan that it has to be.
    pub(super) reviewed: Option<&'o str>,
    /// Whether of that text only the digest is known.
    pub(super) expects: bool,
    /// Whether a person is asked; then the lock is taken after the plan.
    pub(super) asked: bool,
    /// At this event a person wants it to end.
    pub(super) stop: Option<(u32, Urgency)>,
}

#[derive(Clone, Copy)]
pub(super) enum Goal<'o> {
    Declared(&'o str),
    /// A run, with what other ones have done.
    Undone(&'o journal::Run, &'o Others),
}

/// How a run ended.
#[derive(Debug)]
pub(super) enum End {
    /// There is nothing to do.
    Idle,
    /// The manifests contradict the instance, or a guard stands before it.
    Refused,
    /// The plan is not the one that was reviewed.
    Stale,
    /// It could not begin to send.
    Failed,
    Sent(Box<Sent>),
}

#[derive(Debug)]
pub(super) struct Sent {
    pub(super) plan: Plan,
    pub(super) report: Report,
    /// Whether the ledger and the journal were written to their ends.
    pub(super) is_kept: bool,
}

/// A plan and what it was made from.
struct Prepared {
    plan: Plan,
    schemas: Schemas,
    sources: Sources,
    digest: PlanDigest,
}

/// The ledger of a run.
struct Owning {
    store: Store,
    ledger: Ledger,
    number: u64,
    held: Option<Held>,
}

const TERMS: Terms = Terms {
    lease: Duration::from_secs(60),
    wait: Duration::from_secs(600),
};

impl Orders<'_> {
    pub(super) fn of(goal: Goal<'_>) -> Orders<'_> {
        Orders {
            goal,
            reviewed: None,
            expects: false,
            asked: false,
            stop: None,
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
        let mut settings = self.settings.clone();
        settings.carrier = Some(self.marketo.carrier(process));
        let program = Program {
            scene: self,
            process,
            orders,
            client: Client::new(settings).unwrap(),
            origin: Arc::new(Origin {
                time: self.clock.now(),
                commit: Some("c0ffee".into()),
            }),
        };
        process.live(program.main(sheet)).await
    }

    /// The text of a plan file for a manifest; nothing if it cannot be applied.
    pub(super) async fn review(&self, manifest: &str) -> Option<(String, Plan)> {
        let process = Arc::new(Process::sound(usize::MAX));
        let mut settings = self.settings.clone();
        settings.carrier = Some(self.marketo.carrier(&process));
        let program = Program {
            scene: self,
            process: &process,
            orders: Orders::of(Goal::Declared(manifest)),
            client: Client::new(settings).unwrap(),
            origin: Arc::new(Origin {
                time: self.clock.now(),
                commit: None,
            }),
        };
        let owning = program.open().await.unwrap();
        let Prepared {
            plan,
            sources,
            digest,
            ..
        } = program.prepare(owning.as_ref()).await.unwrap()?;
        let fingerprint = self.fingerprint().to_string();
        let about = About {
            instance: InstanceEntry {
                name: "local".to_owned(),
                place: "simulator".to_owned(),
                fingerprint,
            },
            commit: None,
            digest: &digest,
            paths: Vec::new(),
            undoes: None,
            permits: PermitsEntry::default(),
            confirm: false,
            notes: Vec::new(),
            refusals: Vec::new(),
            calls: Budget {
                plan: 0,
                apply: 0,
                daily: 0,
            },
        };
        let text = serde_json::to_string(&write(&plan, &sources, about)).unwrap();
        Some((text, plan))
    }
}

/// One process that runs.
struct Program<'p> {
    scene: &'p Scene,
    process: &'p Arc<Process>,
    orders: Orders<'p>,
    client: Client,
    origin: Arc<Origin>,
}

/// Something did not work before anything was sent.
#[derive(Debug)]
struct Failed;

impl<E: std::error::Error> From<E> for Failed {
    fn from(_: E) -> Self {
        Self
    }
}

impl Program<'_> {
    async fn main(&self, sheet: &Arc<Mutex<Sheet>>) -> End {
        let Ok(mut owning) = self.open().await else {
            return End::Failed;
        };
        let ended = self.go(owning.as_mut(), sheet).await;
        if let Some(held) = owning.and_then(|owning| owning.held) {
            // It ends by itself.
            drop(held.release().await);
        }
        ended.unwrap_or(End::Failed)
    }

    async fn open(&self) -> Result<Option<Owning>, Failed> {
        let Some(store) = self.scene.store(self.process) else {
            return Ok(None);
        };
        let ledger::Loaded { ledger, number } = store.load().await?;
        Ok(Some(Owning {
            store,
            ledger,
            number,
            held: None,
        }))
    }

    async fn go(
        &self,
        mut owning: Option<&mut Owning>,
        sheet: &Arc<Mutex<Sheet>>,
    ) -> Result<End, Failed> {
        let is_asked = self.orders.asked;
        if let Some(owning) = owning.as_deref_mut().filter(|_| !is_asked) {
            self.lock(owning).await?;
        }
        let Some(prepared) = self.prepare(owning.as_deref()).await? else {
            return Ok(End::Refused);
        };
        if let Some(text) = self.orders.reviewed {
            let saved = read(text)?;
            let is_it = saved.file.digest == prepared.digest.as_str();
            let expects = self.orders.expects;
            if !is_it || !expects && differ(&saved.changes, &prepared.plan.changes) {
                return Ok(End::Stale);
            }
        }
        let plan = &prepared.plan;
        if plan.is_empty() && plan.keeping.is_empty() && plan.refusals.is_empty() {
            return Ok(End::Idle);
        }
        let guards = Guards {
            max_deletes: 1_000,
            max_delete_percent: 100,
        };
        if !guard(plan, guards, None).is_empty() {
            return Ok(End::Refused);
        }
        if is_asked
            && let Some(owning) = owning.as_deref_mut()
            && self.lock(owning).await?
        {
            return Ok(End::Stale);
        }
        self.send(prepared, owning, sheet).await
    }

    /// Takes the lock and reads the ledger again; whether somebody has changed it.
    async fn lock(&self, owning: &mut Owning) -> Result<bool, Failed> {
        let lock = owning.store.lock(self.scene.wall());
        owning.held = Some(lock.acquire(self.owner(), TERMS, |_| {}).await?);
        if owning.store.number().await? == owning.number {
            return Ok(false);
        }
        let ledger::Loaded { ledger, number } = owning.store.load().await?;
        (owning.ledger, owning.number) = (ledger, number);
        Ok(true)
    }

    fn owner(&self) -> Owner {
        Owner {
            id: format!("{:016x}", self.process.number),
            host: "host".to_owned(),
            user: "user".to_owned(),
            pid: 1,
            run: None,
        }
    }

    async fn prepare(&self, owning: Option<&Owning>) -> Result<Option<Prepared>, Failed> {
        let planning = Planning {
            client: &self.client,
            ledger: owning.map(|owning| &owning.ledger),
            marker: None,
            permits: self.scene.permits,
            origin: Arc::clone(&self.origin),
        };
        let (plan, schemas, sources) = match self.orders.goal {
            Goal::Declared(manifest) => {
                let file = ("a.yaml".into(), manifest.as_bytes().to_vec());
                let reading = manifest::read([file]);
                assert!(reading.diagnostics.is_empty(), "a case is a good manifest");
                let (plan, schemas) = planning.declared(&reading).await?;
                (plan, schemas, reading.sources)
            }
            Goal::Undone(run, others) => {
                let (plan, schemas) = planning.undone(run, &[], others).await?;
                (plan, schemas, Sources::default())
            }
        };
        if !plan.problems.is_empty() {
            return Ok(None);
        }
        let salt = owning.filter(|owning| owning.number > 0);
        let salt = salt.map_or([0; 16], |owning| owning.ledger.salt());
        Ok(Some(Prepared {
            digest: digest(&plan, self.scene.fingerprint().as_str(), &salt),
            plan,
            schemas,
            sources,
        }))
    }

    fn journal<'p>(
        &self,
        prepared: &'p Prepared,
        ledger: Option<&Ledger>,
        sheet: &Arc<Mutex<Sheet>>,
    ) -> Result<Journal<'p>, Failed> {
        let began = self.scene.clock.now();
        let head = Head {
            id: RunId::new(began, &self.owner().id),
            began,
            origin: ledger.map(|_| self.origin.time),
            instance: "local".into(),
            fingerprint: self.scene.fingerprint().as_str().into(),
            owner: self.owner(),
            commit: None,
            digest: Some(prepared.digest.to_string().into()),
            undoes: match self.orders.goal {
                Goal::Declared(_) => None,
                Goal::Undone(run, _) => Some(run.head.id.clone()),
            },
            program: "0.1.0".into(),
            counts: prepared.plan.counts(),
        };
        let opening = Opening {
            head: &head,
            plan: &prepared.plan,
            sources: &prepared.sources,
            ledger,
            sensitive: true,
        };
        let pen = Pen {
            sheet: Arc::clone(sheet),
            process: Arc::clone(self.process),
            history: self.scene.history.clone(),
        };
        let path = "run.jsonl".into();
        Ok(Journal::begin(
            Box::new(pen),
            path,
            self.scene.wall(),
            &opening,
        )?)
    }

    async fn send(
        &self,
        prepared: Prepared,
        mut owning: Option<&mut Owning>,
        sheet: &Arc<Mutex<Sheet>>,
    ) -> Result<End, Failed> {
        let own = owning.as_deref().map(|owning| &owning.ledger);
        let mut journal = self.journal(&prepared, own, sheet)?;
        let plan = &prepared.plan;
        let mut claims = Claims::default();
        if let Some(owning) = owning.as_deref_mut() {
            claims = claim(&mut owning.ledger, plan);
            if !claims.is_empty()
                && let Err(failed) = owning.save().await
            {
                journal.not_begun("the ledger is not saved".to_owned())?;
                return Err(failed);
            }
        }
        let room = Room {
            records: self.scene.records,
            ..ROOM
        };
        let waves = waves(plan, room, size);
        let (urgency, heard) = watch::channel(Urgency::None);
        let stop = Stop {
            urgency: heard,
            lock: owning
                .as_deref()
                .and_then(|owning| Some(owning.held.as_ref()?.watch())),
        };
        let mut events = 0;
        let report = apply(
            plan,
            &waves,
            &prepared.schemas,
            &self.client,
            stop,
            &mut |event| {
                let noted = journal.note(event);
                if let Some((at, how)) = self.orders.stop
                    && at == events
                {
                    urgency.send_replace(how);
                }
                events += 1;
                noted.map_err(Into::into)
            },
        )
        .await;
        let is_lost = matches!(report.halt, Some(Halt::LockLost(_)));
        let mut settled = Ok(());
        if let Some(owning) = owning.filter(|_| !is_lost) {
            settle(&mut owning.ledger, plan, claims, &report);
            settled = owning.save().await;
        }
        let unsaved = settled.is_err().then_some("the ledger is not saved");
        let ended = journal.end(&report, 0, unsaved);
        drop(journal);
        Ok(End::Sent(Box::new(Sent {
            plan: prepared.plan,
            report,
            is_kept: settled.is_ok() && ended.is_ok(),
        })))
    }
}

impl Owning {
    async fn save(&mut self) -> Result<(), Failed> {
        if let Some(held) = &self.held {
            held.watch().check()?;
        }
        self.number = self.store.save(&self.ledger, self.number).await?;
        Ok(())
    }
}

/// What a journal says; nothing if its run died before it had begun.
pub(super) fn told(sheet: &Mutex<Sheet>) -> Option<journal::Run> {
    let sheet = sheet.lock().unwrap();
    let mut text = sheet.text.as_slice();
    journal::read(&mut text, Path::new("run.jsonl")).expect("a torn journal reads")
}
