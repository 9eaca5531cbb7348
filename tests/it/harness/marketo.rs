//! A simulator in the test's own process: the binary takes it for a remote instance, and the test counts and disturbs its calls.

use std::cell::Cell;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use oppctl::simulator::{
    self, CallLimits, CallOperation, CallOutcome, Fault, LoggedCall, Options, RunningSimulator,
};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::Project;
use super::project::LEADS;

/// A running Marketo.
pub(crate) struct Marketo {
    simulator: RunningSimulator,
    /// Whether somebody works with it by now.
    has_project: Cell<bool>,
    /// Keeps it running; dropped after it.
    runtime: Runtime,
    options: Options,
    folder: TempDir,
}

/// An instance that tells which leads name a record, and lets what others name be deleted.
fn of_accounts(options: &mut Options) {
    for (name, value) in [
        ("leadLinkFilters", "allowed"),
        ("deleteCompanyInUse", "orphan"),
        ("deleteSalesPersonInUse", "orphan"),
    ] {
        let known = options.answers.set(name, value);
        known.expect("the simulator has the switch");
    }
}

impl Marketo {
    /// One with the leads of the harness, without limits.
    pub(crate) fn start() -> Self {
        Self::with(|_| {}, "")
    }

    /// One that tells which leads name a record, and lets what others name be deleted.
    pub(crate) fn of_accounts() -> Self {
        Self::with(of_accounts, "")
    }

    /// One with the leads of an example.
    pub(crate) fn with_leads_of(example: &str) -> Self {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        let leads = examples.join(example).join("leads.yaml");
        Self::with(|options| options.leads = Some(leads), "")
    }

    /// One with the custom fields of this schema file.
    pub(crate) fn schema(schema: &str) -> Self {
        Self::with(|_| {}, schema)
    }

    /// One with the leads and custom fields of the files in this folder.
    pub(crate) fn of_data(folder: &Path) -> Self {
        let change = |options: &mut Options| {
            options.leads = Some(folder.join("leads.yaml"));
            options.schema = Some(folder.join("schema.yaml"));
        };
        Self::with(change, "")
    }

    /// One with these API users, each of whom may do everything, and whose secret is their name; calls take so long.
    pub(crate) fn of_users(users: &[&str], latency: Duration) -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let file = folder.path().join("users.yaml");
        let mut text = "users:\n".to_owned();
        for user in users {
            writeln!(text, "  - {{ clientId: {user}, clientSecret: {user} }}")
                .expect("strings take all text");
        }
        std::fs::write(&file, text).expect("the folder can be written");
        let change = |options: &mut Options| {
            options.users = Some(file);
            options.latency = latency;
            of_accounts(options);
        };
        Self::with(change, "")
    }

    /// One with these custom fields and leads, whose client has this secret.
    pub(crate) fn secret(schema: &str, leads: &str, secret: &str) -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let file = folder.path().join("leads.yaml");
        std::fs::write(&file, leads).expect("the folder can be written");
        let change = |options: &mut Options| {
            options.leads = Some(file);
            secret.clone_into(&mut options.credentials.client_secret);
        };
        Self::with(change, schema)
    }

    fn with(change: impl FnOnce(&mut Options), schema: &str) -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let leads = folder.path().join("leads.yaml");
        std::fs::write(&leads, LEADS).expect("the folder can be written");
        let mut options = Options {
            leads: Some(leads),
            limits: CallLimits::none(),
            ..Options::new(folder.path().join("data"))
        };
        if !schema.is_empty() {
            let path = folder.path().join("schema.yaml");
            std::fs::write(&path, schema).expect("the folder can be written");
            options.schema = Some(path);
        }
        change(&mut options);
        Self::of(options, folder)
    }

    fn of(options: Options, folder: TempDir) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime can be made");
        let simulator = runtime
            .block_on(simulator::start(options.clone()))
            .expect("the simulator starts");
        Self {
            simulator,
            has_project: Cell::default(),
            runtime,
            options,
            folder,
        }
    }

    /// The records of an embedded simulator, served some seconds later.
    pub(crate) fn of_store(data: &Path) -> Self {
        let change = |options: &mut Options| {
            options.data = data.to_owned();
            options.clock.advance(Duration::from_secs(5));
        };
        Self::with(change, "")
    }

    /// Ends it, with all its records written.
    pub(crate) fn stop(self) {
        let Self {
            simulator, runtime, ..
        } = self;
        runtime
            .block_on(simulator.shutdown())
            .expect("the simulator stops");
    }

    /// The same, with the same records, at another address, after the calls that are running have ended.
    pub(crate) fn restarted(self) -> Self {
        let Self {
            simulator,
            has_project: _,
            runtime,
            options,
            folder,
        } = self;
        runtime
            .block_on(simulator.shutdown())
            .expect("the simulator stops");
        Self::of(options, folder)
    }

    /// A project for this instance, which it calls `production`. Whoever works in a further one comes some seconds later, and so are
    /// their writes dated.
    pub(crate) fn project(&self, manifest: &str) -> Project {
        if self.has_project.replace(true) {
            self.options.clock.advance(Duration::from_secs(5));
        }
        let mut project = Project::empty();
        project.write("oppctl.yaml", self.config(""));
        project.write("pipeline/main.yaml", manifest);
        project.set("MARKETO_CLIENT_ID", "simulator");
        project.set("MARKETO_CLIENT_SECRET", "simulator");
        project
    }

    /// A configuration for it, with further members of the instance.
    pub(crate) fn config(&self, members: &str) -> String {
        let mut config = format!(
            "version: 1\n\
             manifests: [pipeline/*.yaml]\n\
             limits: {{ callsPer20s: 10000, readLag: 0s }}\n\
             instances:\n  \
               production:\n    \
                 baseUrl: {}\n    \
                 credentials:\n      \
                   clientId: {{ env: MARKETO_CLIENT_ID }}\n      \
                   clientSecret: {{ env: MARKETO_CLIENT_SECRET }}\n",
            self.simulator.url()
        );
        if !members.is_empty() {
            writeln!(config, "    {members}").expect("strings take all text");
        }
        config
    }

    /// The address at which it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        let url = self.url();
        let address = url.strip_prefix("http://").map(str::parse);
        address.and_then(Result::ok).expect("its URL has one")
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        self.simulator.url()
    }

    /// Makes something go wrong.
    pub(crate) fn fault(&self, fault: Fault) {
        self.simulator.faults().push(fault);
    }

    /// Makes nothing go wrong any more.
    pub(crate) fn heal(&self) {
        self.simulator.faults().clear();
    }

    /// Whether faults are left that no call has met.
    pub(crate) fn has_faults(&self) -> bool {
        !self.simulator.faults().waiting().is_empty()
    }

    /// All calls up to now.
    pub(crate) fn calls(&self) -> Vec<LoggedCall> {
        self.simulator.calls()
    }

    /// How many calls of this operation were answered as asked.
    pub(crate) fn answered(&self, operation: CallOperation) -> usize {
        let calls = self.calls();
        let of_it = calls.iter().filter(|call| call.operation == operation);
        of_it.filter(|call| call.answer == CallOutcome::Ok).count()
    }

    /// The calls since there were `before`, counted by path and operation: "Query opportunities.json: 3".
    pub(crate) fn tally(&self, before: usize) -> String {
        let mut counts = std::collections::BTreeMap::new();
        for call in &self.calls()[before..] {
            let path = call.path.trim_start_matches("/rest/v1/");
            let line = format!("{:?} {path}: {}", call.operation, call.answer);
            *counts.entry(line).or_insert(0) += 1;
        }
        let lines = counts
            .iter()
            .map(|(line, count)| format!("{count} {line}\n"));
        lines.collect()
    }
}
