//! Starts and stops a simulator.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLockWriteGuard, TryLockError};
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{any, get};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;

use super::control;
use super::handler::handle;
use super::loopback_only::loopback_only;
use super::state::ServerState;
use crate::simulator::error::SimulatorError;
use crate::simulator::faults::fault::Faults;
use crate::simulator::options::Options;
use crate::simulator::store::error::StoreError;
use crate::simulator::store::record_store::{self, RecordStore};
use crate::simulator::wire::call_log::LoggedCall;
use crate::simulator::wire::connection::{ConnectionHandle, ConnectionListener};
use crate::simulator::wire::ignored::IgnoredMember;

/// Shorter replies are not compressed. Source: Adobe REST documentation, "Performance".
const SMALLEST_COMPRESSED: u16 = 1024;

/// How long a shutdown waits for clients to read their answers.
const GRACE: Duration = Duration::from_secs(1);

/// A running simulator. Dropping it stops it too, without waiting for running calls; its counters are kept either way.
#[must_use = "a simulator stops when it is dropped"]
pub struct RunningSimulator {
    state: Arc<ServerState>,
    addr: SocketAddr,
    control: bool,
    /// Nothing is ever sent; the server stops once this is dropped.
    stop: Option<oneshot::Sender<Infallible>>,
    server: Option<JoinHandle<io::Result<()>>>,
}

/// Starts a simulator. It accepts calls when this returns.
pub async fn start(options: Options) -> Result<RunningSimulator, SimulatorError> {
    let listen = options.listen;
    if !listen.ip().is_loopback() {
        return Err(SimulatorError::NotLoopback(listen));
    }
    let control = options.control;
    let database = record_store::database(&options.data)?;
    let state = Arc::new(ServerState::open(options, database)?);
    let (listener, addr) = bind(listen).await.map_err(|source| SimulatorError::Bind {
        addr: listen,
        source,
    })?;
    let (stop, stopped) = oneshot::channel::<Infallible>();
    let router = router(Arc::clone(&state), control);
    let service = router.into_make_service_with_connect_info::<ConnectionHandle>();
    let serving =
        axum::serve(ConnectionListener(listener), service).with_graceful_shutdown(async {
            // Nothing is ever sent; dropping the sender ends the wait.
            drop(stopped.await);
        });
    let server = tokio::spawn(async { serving.await });
    Ok(RunningSimulator {
        state,
        addr,
        control,
        stop: Some(stop),
        server: Some(server),
    })
}

async fn bind(addr: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(addr).await?;
    let addr = listener.local_addr()?;
    Ok((listener, addr))
}

fn router(state: Arc<ServerState>, control: bool) -> Router {
    let compression = CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(SMALLEST_COMPRESSED));
    let mut router = Router::new().fallback(handle);
    if control {
        router = router
            .route(control::PATH, any(control::handle))
            .route(control::IGNORED_PATH, get(control::ignored));
    }
    let guard = from_fn(loopback_only);
    router.layer(guard).layer(compression).with_state(state)
}

impl RunningSimulator {
    /// The id of this instance, which is stored in its data folder and does not depend on the address.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.state.id
    }

    /// The base URL, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The address on which it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The URL of the control endpoint, if it exists.
    #[must_use]
    pub fn control_url(&self) -> Option<String> {
        self.control
            .then(|| format!("{}{}", self.url(), control::PATH))
    }

    /// The waiting faults.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.state.faults
    }

    /// The latest answered calls, up to 100,000, in the order of their answers.
    #[must_use]
    pub fn calls(&self) -> Vec<LoggedCall> {
        self.state.calls.all()
    }

    /// The unknown members that calls had and that were ignored, each with the number of its calls.
    #[must_use]
    pub fn ignored_members(&self) -> Vec<(IgnoredMember, u64)> {
        self.state.ignored.all()
    }

    /// The most calls that ran at the same time, without those that a limit refused.
    #[must_use]
    pub fn peak_concurrency(&self) -> u32 {
        self.state.meter.peak()
    }

    /// Makes the current tokens invalid (601), like a change of credentials.
    pub fn revoke_tokens(&self) {
        self.state.tokens.revoke();
    }

    /// Makes the current tokens expire (602, then 601).
    pub fn expire_tokens(&self) {
        self.state.tokens.expire();
    }

    /// Waits for running calls, stops, and closes the store.
    pub async fn shutdown(mut self) -> Result<(), SimulatorError> {
        drop(self.stop.take());
        let state = Arc::clone(&self.state);
        let _quiet = state.running.write().await;
        // Wait until answers are sent and connections close, but not for a connection that is stuck in
        // a request.
        let mut served = Ok(());
        if let Some(server) = self.server.take()
            && let Ok(Ok(ended)) = tokio::time::timeout(GRACE, server).await
        {
            served = ended.map_err(SimulatorError::Serve);
        }
        // A call whose client is gone may still write; the lock waits for it.
        let store = state.store.write();
        close(&state, store.unwrap_or_else(PoisonError::into_inner))?;
        served
    }
}

impl Drop for RunningSimulator {
    /// What ends early, by an error or a panic, keeps its counters too.
    fn drop(&mut self) {
        let store = match self.state.store.try_write() {
            Ok(store) => store,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // A call that is still running may wait for this very thread.
            Err(TryLockError::WouldBlock) => return,
        };
        // There is nobody left to tell.
        drop(close(&self.state, store));
    }
}

/// Writes the counters and closes the store, unless that is done.
fn close(
    state: &ServerState,
    mut store: RwLockWriteGuard<'_, Option<RecordStore>>,
) -> Result<(), StoreError> {
    match store.take() {
        Some(store) => store.write(&state.meter.history(), |_| Ok(())),
        None => Ok(()),
    }
}
