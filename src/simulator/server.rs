//! Starting and stopping a simulator.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::routing::any;
use redb::Database;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;

use super::calls::{Call, Calls};
use super::connection::{Door, Line};
use super::fault_file::Problem as FaultProblem;
use super::faults::Faults;
use super::handler::{App, handle};
use super::instance::Instance;
use super::limits::Meter;
use super::rules::Rules;
use super::schema::Schemas;
use super::seed::seed;
use super::store::{self, Store, StoreError};
use super::tokens::Tokens;
use super::users::{self, User};
use super::value::Folding;
use super::{Answers, Clock, Credentials, Options, control, fault_file, schema_file};

/// Shorter replies are sent as they are. Source: Adobe REST documentation, "Performance".
const SMALLEST_COMPRESSED: u16 = 1024;

/// How long a shutdown waits for clients to take their answers.
const GRACE: Duration = Duration::from_secs(1);

/// A running simulator; dropping it stops it too, without waiting.
#[must_use = "a simulator stops when it is dropped"]
pub struct Simulator {
    app: Arc<App>,
    id: String,
    addr: SocketAddr,
    control: bool,
    stop: oneshot::Sender<Infallible>,
    server: JoinHandle<io::Result<()>>,
}

/// Why a simulator does not start, or does not stop cleanly.
#[derive(Debug, Error)]
pub enum SimulatorError {
    #[error("the simulator listens on loopback addresses only, not on {0}")]
    NotLoopback(SocketAddr),
    #[error("cannot listen on {addr}")]
    Bind {
        addr: SocketAddr,
        #[source]
        source: io::Error,
    },
    #[error("cannot open the simulator's store")]
    Store(#[from] StoreError),
    #[error("cannot read {}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot understand {}", path.display())]
    Yaml {
        path: PathBuf,
        #[source]
        source: serde_yaml::Error,
    },
    #[error("{}, field '{field}' of {object}: {problem}", path.display())]
    Schema {
        path: PathBuf,
        object: &'static str,
        field: String,
        problem: &'static str,
    },
    #[error("{}, lead {number}: {problem}", path.display())]
    Lead {
        path: PathBuf,
        number: usize,
        problem: String,
    },
    #[error("{}, user {number}: {problem}", path.display())]
    User {
        path: PathBuf,
        number: usize,
        problem: String,
    },
    #[error("{}, fault {number}: {problem}", path.display())]
    Fault {
        path: PathBuf,
        number: usize,
        problem: FaultProblem,
    },
    #[error("the simulator stopped with an error")]
    Serve(#[source] io::Error),
}

/// Starts a simulator. It is bound and answers when this returns.
pub async fn start(options: Options) -> Result<Simulator, SimulatorError> {
    let listen = options.listen;
    if !listen.ip().is_loopback() {
        return Err(SimulatorError::NotLoopback(listen));
    }
    let control = options.control;
    let database = store::database(&options.data)?;
    let (app, id) = app(options, database)?;
    let app = Arc::new(app);
    let bind = |source| SimulatorError::Bind {
        addr: listen,
        source,
    };
    let listener = TcpListener::bind(listen).await.map_err(bind)?;
    let addr = listener.local_addr().map_err(bind)?;
    let (stop, stopped) = oneshot::channel::<Infallible>();
    let router = router(Arc::clone(&app), control);
    let service = router.into_make_service_with_connect_info::<Line>();
    let serving = axum::serve(Door(listener), service).with_graceful_shutdown(async {
        // Nothing is ever sent: the sender is dropped, here or with the simulator.
        drop(stopped.await);
    });
    let server = tokio::spawn(async { serving.await });
    Ok(Simulator {
        app,
        id,
        addr,
        control,
        stop,
        server,
    })
}

/// Reads the files and opens the store, which has an id.
pub(super) fn app(options: Options, database: Database) -> Result<(App, String), SimulatorError> {
    let Options {
        data,
        leads,
        schema,
        listen: _,
        users,
        faults,
        control: _,
        answers,
        crm,
        limits,
        latency,
        time_outs,
        credentials,
        clock,
        token_life,
    } = options;
    let mut schemas = Schemas::standard(&answers);
    if let Some(path) = schema {
        schema_file::extend(&mut schemas, &path)?;
    }
    let users = users::load(credentials, users.as_deref())?;
    let waiting = Faults::default();
    if let Some(path) = faults {
        for fault in fault_file::load(&path)? {
            waiting.push(fault);
        }
    }
    let store = open(
        database,
        &data,
        leads.as_deref(),
        &answers,
        &schemas,
        &clock,
    )?;
    let id = store.id()?;
    let app = App {
        instance: Instance::load(crm, &store)?,
        meter: Meter::new(limits, store.history()?),
        store: RwLock::new(Some(store)),
        running: tokio::sync::RwLock::new(()),
        answers,
        schemas,
        tokens: Tokens::new(users, token_life),
        faults: waiting,
        calls: Calls::default(),
        clock,
        latency,
        time_outs,
        #[cfg(test)]
        inline: false,
        requests: AtomicU64::new(fastrand::u64(..0x10_0000)),
    };
    Ok((app, id))
}

fn open(
    database: Database,
    data: &Path,
    leads: Option<&Path>,
    answers: &Answers,
    schemas: &Schemas,
    clock: &Clock,
) -> Result<Store, SimulatorError> {
    Store::open(database, data, Folding::of(answers), |writer| {
        let Some(path) = leads else {
            return Ok(());
        };
        let rules = Rules {
            answers,
            schema: schemas.lead(),
            instance: &Instance::default(),
            user: &User::unlimited(Credentials::default()),
            now: clock.now(),
        };
        seed(path, rules, writer)
    })
}

fn router(app: Arc<App>, control: bool) -> Router {
    let compression = CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(SMALLEST_COMPRESSED));
    let mut router = Router::new().fallback(handle);
    if control {
        router = router.route(control::PATH, any(control::handle));
    }
    router.layer(compression).with_state(app)
}

impl Simulator {
    /// What tells this instance from every other, wherever it listens: made with its data folder, and moved with it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where it listens, as a base URL without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Where faults can be added over HTTP, if they can.
    #[must_use]
    pub fn control_url(&self) -> Option<String> {
        let url = || format!("{}{}", self.url(), control::PATH);
        self.control.then(url)
    }

    /// The faults that wait for calls.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.app.faults
    }

    /// The calls that were answered, in that order; of very many, the latest.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.app.calls.all()
    }

    /// The most calls that ran at once. Those that met a limit did not run.
    #[must_use]
    pub fn peak_concurrency(&self) -> u32 {
        self.app.meter.peak()
    }

    /// Makes the current token invalid (601), as a change of credentials does.
    pub fn revoke_tokens(&self) {
        self.app.tokens.revoke();
    }

    /// Ends the life of the current token (602, then 601).
    pub fn expire_tokens(&self) {
        self.app.tokens.expire();
    }

    /// Finishes the calls in flight, stops, and closes the store.
    pub async fn shutdown(self) -> Result<(), SimulatorError> {
        drop(self.stop);
        let _quiet = self.app.running.write().await;
        // Their answers leave and the connections close; one that is stuck in a request is left behind.
        if let Ok(Ok(served)) = tokio::time::timeout(GRACE, self.server).await {
            served.map_err(SimulatorError::Serve)?;
        }
        // A call whose client went away may still be writing: the lock waits for it.
        let mut store = self
            .app
            .store
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = store.take() {
            store.write(&self.app.meter.history(), |_| Ok::<_, StoreError>(()))?;
        }
        Ok(())
    }
}
