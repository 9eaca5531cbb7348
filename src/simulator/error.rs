//! Why a simulator cannot start, or cannot stop cleanly.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use thiserror::Error;

use crate::simulator::faults::members::FaultProblem;
use crate::simulator::store::error::StoreError;

/// Why a simulator cannot start, or cannot stop cleanly.
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
    #[error("cannot parse {}", path.display())]
    Yaml {
        path: PathBuf,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("{}, field '{field}' of {object}: {problem}", path.display())]
    Schema {
        path: PathBuf,
        object: &'static str,
        field: String,
        problem: &'static str,
    },
    #[error("{}, {what} {number}: {problem}", path.display())]
    /// A record of the leads file.
    Lead {
        path: PathBuf,
        /// A word for one record of the list: `lead`, `company`.
        what: &'static str,
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

impl SimulatorError {
    /// What can be done about it, where the message does not say so.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Store(StoreError::InUse { .. }) => Some(
                "wait until it has ended, and run this again; several runs at once can share a simulator that is served: `oppctl simulator serve --help`"
                    .to_owned(),
            ),
            Self::NotLoopback(_)
            | Self::Bind { .. }
            | Self::Store(_)
            | Self::File { .. }
            | Self::Yaml { .. }
            | Self::Schema { .. }
            | Self::Lead { .. }
            | Self::User { .. }
            | Self::Fault { .. }
            | Self::Serve(_) => None,
        }
    }
}
