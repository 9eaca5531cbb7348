//! The bench of all scenarios: a simulator, a client that does not dawdle, and the way from a manifest to a report.
//!
//! Plans are made by the pipeline of [`run`](crate::run), and applied without its course. The store is looked at, and changed behind the client's back,
//! over plain HTTP, so that a mistake of the client cannot hide itself.

pub(crate) mod log;
mod shelf;
mod store;
mod undo;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;

use self::log::Log;
use self::shelf::Shelf;
pub(crate) use self::store::{OPPORTUNITIES, ROLES, Records, decided, told};
use crate::api::{ApiError, Client, ClientSettings, MAX_RECORDS, Retry};
use crate::apply::encode::size;
use crate::apply::{
    ApplyEvent, CallSequence, MARKETO_LIMITS, Outcome, Report, Stop, Target, Urgency, WhyNot,
    apply, claim, keep,
};
use crate::journal;
use crate::ledger::{Fingerprint, Ledger, Origin};
use crate::manifest;
use crate::model::{Diagnostic, ObjectKind, Sources};
use crate::plan::{Action, BatchLimits, Marker, Permits, Plan, Refusal, Schemas, Wave, waves};
use crate::render;
use crate::run::{self, Goal, InstanceId, OwnedRecords, Planning, Purpose, RunError};
use crate::simulator::{
    self, Answers, CallLimits, CallOperation, Fault, Options, RunningSimulator, SimulatedClock,
};

/// What a scenario may want otherwise.
pub(crate) struct Setup {
    /// By default without limits, and on a clock that stands still.
    pub(crate) options: Options,
    pub(crate) settings: ClientSettings,
    /// The leads of the instance, as its file lists them.
    pub(crate) leads: Vec<Value>,
    /// Its custom fields, as its file lists them.
    pub(crate) schema: Option<Value>,
    /// The most records of a call.
    pub(crate) records: usize,
    /// What is the project's own; by default nothing says so.
    pub(crate) ledger: Option<Ledger>,
    pub(crate) marker: Option<Marker>,
}

/// A simulator of its own directory, and a client of it.
pub(crate) struct Bench {
    pub(crate) simulator: RunningSimulator,
    pub(crate) client: Client,
    pub(crate) clock: SimulatedClock,
    options: Options,
    settings: ClientSettings,
    room: Cell<BatchLimits>,
    http: reqwest::Client,
    /// The keys of the opportunities that were ever named: the API cannot list records.
    named: RefCell<BTreeSet<String>>,
    pub(crate) ledger: RefCell<Option<Ledger>>,
    marker: Option<Marker>,
    /// So many writes of the next journal after its beginning work; all of them without a number.
    pub(crate) disk: Cell<Option<usize>>,
    /// What a person allows from now on.
    pub(crate) permits: RefCell<Permits>,
    _directory: TempDir,
}

/// A manifest, compared with the instance.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    schemas: Schemas,
    sources: Sources,
}

/// A plan and what became of it.
pub(crate) struct Run {
    pub(crate) plan: Plan,
    pub(crate) report: Report,
    /// What its journal says.
    pub(crate) journal: journal::Run,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Setup)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut setup = Setup::new(&directory);
        change(&mut setup);
        let Setup {
            mut options,
            mut settings,
            leads,
            schema,
            records,
            ledger,
            marker,
        } = setup;
        let file = |name: &str, content: Value| {
            let path = directory.path().join(name);
            std::fs::write(&path, content.to_string()).unwrap();
            path
        };
        options.leads = Some(file("leads.yaml", json!({ "leads": leads })));
        options.schema = schema.map(|schema| file("schema.yaml", schema));
        let clock = options.clock.clone();
        let simulator = simulator::start(options.clone()).await.unwrap();
        settings.base_url = simulator.url();
        Self {
            client: Client::new(settings.clone()).unwrap(),
            options,
            settings,
            simulator,
            clock,
            room: Cell::new(BatchLimits {
                records,
                ..MARKETO_LIMITS
            }),
            http: http(),
            named: RefCell::default(),
            ledger: RefCell::new(ledger),
            marker,
            disk: Cell::default(),
            permits: RefCell::default(),
            _directory: directory,
        }
    }

    /// Goes on as a further run of the program does, which remembers nothing of the one before.
    pub(crate) fn run_anew(&mut self) {
        self.client = Client::new(self.settings.clone()).unwrap();
    }

    /// The same instance, which from now on answers otherwise.
    pub(crate) async fn answering(mut self, change: impl FnOnce(&mut Answers)) -> Self {
        self.simulator.shutdown().await.unwrap();
        let mut options = self.options.clone();
        change(&mut options.answers);
        self.simulator = simulator::start(options).await.unwrap();
        self.settings.base_url = self.simulator.url();
        self.run_anew();
        self
    }

    /// Compares a manifest with the instance.
    pub(crate) async fn try_plan(&self, manifest: &str) -> Result<Planned, ApiError> {
        let reading = manifest::read([("a.yaml".into(), manifest.as_bytes().to_vec())]);
        assert_eq!(shown(&reading.sources, &reading.diagnostics), "");
        let keys = reading.desired.records.iter();
        let keys: Vec<_> = keys.map(|declared| declared.key[0].to_string()).collect();
        let planned = self.plan_for(reading.into(), "c0ffee", &[]).await?;
        self.named.borrow_mut().extend(keys);
        Ok(planned)
    }

    /// Plans for a goal, as a run of this commit does that finds these runs in the journals.
    async fn plan_for(
        &self,
        goal: Goal,
        commit: &str,
        runs: &[&journal::Run],
    ) -> Result<Planned, ApiError> {
        let settings = run::Settings {
            marker: self.marker.clone(),
            permits: self.permits.borrow().clone(),
            ..run::Settings::new(Vec::new())
        };
        let ledger = self.ledger.borrow().clone();
        let origin = Arc::new(Origin {
            time: self.clock.now(),
            commit: Some(commit.into()),
        });
        let planning = Planning {
            client: &self.client,
            instance: &InstanceId {
                name: "local".to_owned(),
                place: "simulator".to_owned(),
                fingerprint: Fingerprint::simulator(self.simulator.id()),
            },
            settings: &settings,
            ledger: ledger.as_ref().map(|ledger| OwnedRecords {
                ledger,
                origin: &origin,
                salt: None,
            }),
            journals: &Shelf(runs),
            now: Timestamp::constant(1_780_000_000, 0),
            purpose: Purpose::Look,
        };
        match planning.plan(goal).await {
            Ok((planned, _)) => Ok(Planned {
                plan: planned.plan,
                schemas: planned.schemas,
                sources: planned.sources,
            }),
            Err(RunError::Invalid(problems)) => Ok(Planned {
                plan: Plan {
                    problems: problems.diagnostics,
                    ..Plan::default()
                },
                schemas: Schemas::default(),
                sources: problems.sources,
            }),
            Err(RunError::Api(error)) => Err(error),
            Err(error) => panic!("{error:?}"),
        }
    }

    /// The same, where nothing keeps the plan from being applied.
    pub(crate) async fn plan(&self, manifest: &str) -> Planned {
        let planned = self.try_plan(manifest).await.unwrap();
        assert_eq!(planned.problems(), "");
        planned
    }

    /// Allows this from now on.
    pub(crate) fn permit(&self, permits: Permits) {
        self.permits.replace(permits);
    }

    /// Sends at most so many records a call from now on.
    pub(crate) fn send_at_most(&self, records: usize) {
        self.room.set(BatchLimits {
            records,
            ..MARKETO_LIMITS
        });
    }

    /// Looks at the opportunity with this key from now on, too.
    pub(crate) fn name(&self, key: &str) {
        self.named.borrow_mut().insert(key.to_owned());
    }

    /// Looks at none of the opportunities named so far any more.
    pub(crate) fn forget(&self) {
        self.simulator.faults().clear();
        self.named.borrow_mut().clear();
    }

    /// The plan's calls, with the bench's own idea of how much fits into one.
    pub(crate) fn waves(&self, plan: &Plan) -> Vec<Wave> {
        waves(plan, self.room.get(), size)
    }

    /// Applies a plan; `on` hears of each event and may ask the run to end.
    pub(crate) async fn execute(
        &self,
        planned: Planned,
        on: impl FnMut(&ApplyEvent<'_>, &watch::Sender<Urgency>),
    ) -> Run {
        self.execute_under(Urgency::None, planned, on).await
    }

    /// The same, where the run may be asked to end from the start.
    pub(crate) async fn execute_under(
        &self,
        urgency: Urgency,
        planned: Planned,
        mut on: impl FnMut(&ApplyEvent<'_>, &watch::Sender<Urgency>),
    ) -> Run {
        let Planned {
            plan,
            schemas,
            sources,
        } = planned;
        let (sender, urgency) = watch::channel(urgency);
        let stop = Stop {
            urgency,
            lock: None,
        };
        let waves = self.waves(&plan);
        let mut ledger = self.ledger.take();
        let log = Log::default();
        let mut journal = log.begin(&plan, &sources, ledger.as_ref(), &self.clock);
        log.left.set(self.disk.get());
        let claims = ledger.as_mut().map(|ledger| claim(ledger, &plan));
        let calls = CallSequence::new(&plan, &waves, [None, None]);
        let target = Target {
            client: &self.client,
            schemas: &schemas,
        };
        let report = apply(calls, target, stop, &mut |event| {
            journal.note(event)?;
            on(&event, &sender);
            Ok(())
        })
        .await;
        let unended = log.read().unwrap();
        let ended = journal.end(&report, 0, None);
        if let Some((ledger, claims)) = ledger.as_mut().zip(claims) {
            // The clock stands still, so an edit is dated like the write before it.
            let answered = vec![None; plan.changes.len()];
            claims.settle(ledger, &report);
            keep(ledger, &plan, &report, &answered);
        }
        self.ledger.replace(ledger);
        let journal = log.read().unwrap();
        if self.disk.get().is_none() {
            ended.unwrap();
            log::assert_tells(&unended, &plan, &report);
            log::assert_tells(&journal, &plan, &report);
        }
        Run {
            plan,
            report,
            journal,
        }
    }

    /// Plans and applies.
    pub(crate) async fn apply(&self, manifest: &str) -> Run {
        let planned = self.plan(manifest).await;
        self.execute(planned, |_, _| {}).await
    }

    /// Brings the instance to what a manifest says before the scenario begins.
    pub(crate) async fn seed(&self, manifest: &str) {
        let run = self.apply(manifest).await;
        assert!(run.report.is_complete(), "{:#?}", run.lines());
    }

    /// Asserts that a plan finds nothing to do.
    pub(crate) async fn assert_plan_empty(&self, manifest: &str) {
        assert_eq!(self.plan(manifest).await.lines(), Vec::<String>::new());
    }

    pub(crate) fn fault(&self, fault: Fault) {
        self.simulator.faults().push(fault);
    }

    /// How many calls of an operation were answered so far.
    pub(crate) fn count(&self, operation: CallOperation) -> usize {
        let calls = self.simulator.calls();
        let of_kind = calls.iter().filter(|call| call.operation == operation);
        of_kind.count()
    }

    /// How many writes were answered so far.
    pub(crate) fn writes(&self) -> usize {
        self.count(CallOperation::Sync) + self.count(CallOperation::Delete)
    }
}

impl Setup {
    fn new(directory: &TempDir) -> Self {
        let mut options = Options::new(directory.path().join("data"));
        options.limits = CallLimits::none();
        options.clock = SimulatedClock::fixed("2026-03-02T18:00:00Z".parse().unwrap());
        let settings = ClientSettings {
            calls_per_20s: 1_000_000,
            read_lag: Duration::ZERO,
            retry: Retry {
                base: Duration::from_millis(1),
                cap: Duration::from_millis(2),
                ..Retry::default()
            },
            ..ClientSettings::new(String::new(), "simulator".into(), "simulator".into())
        };
        let leads = [(1, "ada"), (2, "bob"), (3, "cyd")];
        let lead = |(id, name)| json!({ "id": id, "email": format!("{name}@example.com") });
        Self {
            options,
            settings,
            leads: leads.map(lead).to_vec(),
            schema: None,
            records: MAX_RECORDS,
            ledger: None,
            marker: None,
        }
    }
}

/// A client that knows nothing of the API.
pub(crate) fn http() -> reqwest::Client {
    // Fails if a provider is installed already. Then that one is used.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::new()
}

/// A manifest of so many opportunities with the same members.
pub(crate) fn many(count: usize, members: &str) -> String {
    let records: String = (0..count)
        .map(|n| format!("  - {{ externalOpportunityId: A{n:02}, {members} }}\n"))
        .collect();
    format!("version: 1\nopportunities:\n{records}")
}

fn shown(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut text = Vec::new();
    render::diagnostics(
        sources,
        diagnostics,
        crate::model::Invocation::plain(),
        &mut text,
        false,
    )
    .unwrap();
    String::from_utf8(text).unwrap()
}

impl Planned {
    /// What keeps the plan from being applied.
    pub(crate) fn problems(&self) -> String {
        shown(&self.sources, &self.plan.problems)
    }

    /// The same by line and code.
    pub(crate) fn codes(&self) -> Vec<String> {
        let problems = self.plan.problems.iter();
        let code = |diagnostic: &Diagnostic| {
            let line = self.sources.position(diagnostic.at).line;
            format!("{line} {}", diagnostic.problem.code())
        };
        problems.map(code).collect()
    }

    /// What stands against it, by name.
    pub(crate) fn refusals(&self) -> Vec<&'static str> {
        let refusals = self.plan.refusals.iter();
        let name = |refusal: &Refusal| match refusal {
            Refusal::TooManyDeletes { .. } => "too many deletes",
            Refusal::TooManyUpdates { .. } => "too many updates",
            Refusal::TooManyCreates { .. } => "too many creates",
            Refusal::AmountFactor { .. } => "amounts",
            Refusal::PipelineMoved { .. } => "pipeline",
            Refusal::BlindGuard { .. } => "a blind guard",
            Refusal::Protected { .. } => "protected",
            Refusal::Foreign { .. } => "foreign",
            Refusal::DoubledChildren { .. } => "doubled children",
            Refusal::UndeclaredChildren { .. } => "undeclared children",
            Refusal::Unread { .. } => "unread",
            Refusal::LostValues { .. } => "lost values",
            Refusal::Used { .. } => "used",
            Refusal::TooManyCalls { .. } => "too many calls",
            Refusal::OverQuota { .. } => "over quota",
            Refusal::Raised { word, .. } => word,
        };
        refusals.map(name).collect()
    }

    /// One line for each change, as `+ opportunity A`.
    pub(crate) fn lines(&self) -> Vec<String> {
        (0..self.plan.changes.len())
            .map(|index| line(&self.plan, index))
            .collect()
    }
}

impl Run {
    /// One line for each change and what became of it.
    pub(crate) fn lines(&self) -> Vec<String> {
        let outcomes = self.report.outcomes.iter().enumerate();
        outcomes
            .map(|(index, outcome)| {
                let became = match outcome {
                    Outcome::Applied { .. } => "applied".to_owned(),
                    Outcome::Rejected { reasons, .. } => {
                        let codes: Vec<&str> = reasons.iter().map(|reason| &*reason.code).collect();
                        format!("rejected {}", codes.join(" "))
                    }
                    Outcome::NotAttempted(
                        WhyNot::Referred(other)
                        | WhyNot::Referring(other)
                        | WhyNot::Unwritten(other),
                    ) => {
                        format!("not attempted, because of {}", line(&self.plan, *other))
                    }
                    Outcome::NotAttempted(WhyNot::Halted) => "not attempted".to_owned(),
                    Outcome::Unknown { .. } => "unknown".to_owned(),
                };
                format!("{}: {became}", line(&self.plan, index))
            })
            .collect()
    }
}

fn line(plan: &Plan, index: usize) -> String {
    let change = &plan.changes[index];
    let symbol = match change.action {
        Action::Create { .. } => '+',
        Action::Adopt { .. } => '>',
        Action::Update { .. } => '~',
        Action::Delete { .. } => '-',
    };
    let kind: &ObjectKind = change.kind;
    format!("{symbol} {} {}", kind.name, change.shown)
}
