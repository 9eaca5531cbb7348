//! What a plan is made for: what manifests declare, or what was before an earlier run.

use std::path::PathBuf;

use crate::config::LoadedConfig;

use super::args::Allow;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::owning::RunLedger;
use super::prepare::{Prepared, prepare};
use super::session::Session;
use super::undo::Undone;

/// What a run is to reach.
pub(super) enum Goal {
    /// What the manifests at or below these paths declare; all of them without a path.
    Declared(Vec<PathBuf>),
    /// What was before an earlier run.
    Undone(Box<Undone>),
}

impl Goal {
    /// Plans for it; where people have to mend something first, says what and returns the exit.
    pub(super) async fn prepare(
        &self,
        context: &Context,
        loaded: &LoadedConfig,
        session: &Session,
        ledger: Option<&RunLedger>,
        allow: &Allow,
    ) -> Result<Result<Prepared, Exit>, CliError> {
        match self {
            Self::Declared(paths) => prepare(context, loaded, session, ledger, paths, allow).await,
            Self::Undone(undone) => undone.prepare(loaded, session, ledger, allow).await,
        }
    }

    /// Says what reaching it leaves to do by hand.
    pub(super) fn remind(&self, context: &Context) {
        match self {
            Self::Declared(_) => {}
            Self::Undone(undone) => undone.remind(context),
        }
    }
}
