//! Starting and stopping a simulator.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::routing::any;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;

use super::control;
use super::handler::handle;
use super::state::ServerState;
use crate::simulator::error::SimulatorError;
use crate::simulator::faults::fault::Faults;
use crate::simulator::options::Options;
use crate::simulator::store::error::StoreError;
use crate::simulator::store::record_store;
use crate::simulator::wire::call_log::LoggedCall;
use crate::simulator::wire::connection::{ConnectionHandle, ConnectionListener};

/// Shorter replies are sent as they are. Source: Adobe REST documentation, "Performance".
const SMALLEST_COMPRESSED: u16 = 1024;

/// How long a shutdown waits for clients to take their answers.
const GRACE: Duration = Duration::from_secs(1);

/// A running simulator; dropping it stops it too, without waiting.
#[must_use = "a simulator stops when it is dropped"]
pub struct RunningSimulator {
    state: Arc<ServerState>,
    addr: SocketAddr,
    control: bool,
    stop: oneshot::Sender<Infallible>,
    server: JoinHandle<io::Result<()>>,
}

/// Starts a simulator. It is bound and answers when this returns.
pub async fn start(options: Options) -> Result<RunningSimulator, SimulatorError> {
    let listen = options.listen;
    if !listen.ip().is_loopback() {
        return Err(SimulatorError::NotLoopback(listen));
    }
    let control = options.control;
    let database = record_store::database(&options.data)?;
    let state = Arc::new(ServerState::open(options, database)?);
    let bind = |source| SimulatorError::Bind {
        addr: listen,
        source,
    };
    let listener = TcpListener::bind(listen).await.map_err(bind)?;
    let addr = listener.local_addr().map_err(bind)?;
    let (stop, stopped) = oneshot::channel::<Infallible>();
    let router = router(Arc::clone(&state), control);
    let service = router.into_make_service_with_connect_info::<ConnectionHandle>();
    let serving =
        axum::serve(ConnectionListener(listener), service).with_graceful_shutdown(async {
            // Nothing is ever sent: the sender is dropped, here or with the simulator.
            drop(stopped.await);
        });
    let server = tokio::spawn(async { serving.await });
    Ok(RunningSimulator {
        state,
        addr,
        control,
        stop,
        server,
    })
}

fn router(state: Arc<ServerState>, control: bool) -> Router {
    let compression = CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(SMALLEST_COMPRESSED));
    let mut router = Router::new().fallback(handle);
    if control {
        router = router.route(control::PATH, any(control::handle));
    }
    router.layer(compression).with_state(state)
}

impl RunningSimulator {
    /// What tells this instance from every other, wherever it listens: made with its data folder, and moved with it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.state.id
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
        &self.state.faults
    }

    /// The calls that were answered, in that order; of very many, the latest.
    #[must_use]
    pub fn calls(&self) -> Vec<LoggedCall> {
        self.state.calls.all()
    }

    /// The most calls that ran at once. Those that met a limit did not run.
    #[must_use]
    pub fn peak_concurrency(&self) -> u32 {
        self.state.meter.peak()
    }

    /// Makes the current token invalid (601), as a change of credentials does.
    pub fn revoke_tokens(&self) {
        self.state.tokens.revoke();
    }

    /// Ends the life of the current token (602, then 601).
    pub fn expire_tokens(&self) {
        self.state.tokens.expire();
    }

    /// Finishes the calls in flight, stops, and closes the store.
    pub async fn shutdown(self) -> Result<(), SimulatorError> {
        drop(self.stop);
        let _quiet = self.state.running.write().await;
        // Their answers leave and the connections close; one that is stuck in a request is left behind.
        if let Ok(Ok(served)) = tokio::time::timeout(GRACE, self.server).await {
            served.map_err(SimulatorError::Serve)?;
        }
        // A call whose client went away may still be writing: the lock waits for it.
        let mut store = self
            .state
            .store
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = store.take() {
            store.write(&self.state.meter.history(), |_| Ok::<_, StoreError>(()))?;
        }
        Ok(())
    }
}
