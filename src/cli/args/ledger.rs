//! Arguments of `oppctl ledger`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{ListArgs, duration, kind_parser};
use crate::model::ObjectKind;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum LedgerCommand {
    /// List the records that this project owns
    List(ListArgs),
    /// Show the ledger entry of a record
    Show(LedgerShowArgs),
    /// Stop managing records without deleting them; the next apply adopts them again if a manifest declares them
    Forget(LedgerForgetArgs),
    /// Release the lock of a run that died
    Unlock(LedgerUnlockArgs),
    /// Give the ledger the name that the configuration has for this project
    RenameProject(LedgerRenameArgs),
    /// Save a copy of the ledger to a file
    Backup(LedgerBackupArgs),
    /// Put a saved copy in the place of the ledger
    Restore(LedgerRestoreArgs),
    /// Own declared records that exist again after the ledger was lost; nothing is sent or removed
    Rebuild(LedgerRebuildArgs),
    /// Bring the ledger to the newest version of its format
    Upgrade,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct LedgerShowArgs {
    /// The kind of the record
    #[arg(value_parser = kind_parser())]
    pub(in crate::cli) kind: &'static ObjectKind,
    /// The key, with "/" between its parts, or a JSON list of them
    #[arg(value_name = "KEY")]
    pub(in crate::cli) key: String,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct LedgerForgetArgs {
    /// The kind of the records
    #[arg(value_parser = kind_parser())]
    pub(in crate::cli) kind: &'static ObjectKind,
    /// The keys, with "/" between their parts, or each a JSON list of them
    #[arg(required = true, value_name = "KEY")]
    pub(in crate::cli) keys: Vec<String>,
    /// Wait this long for the lock if another run holds it, for example 5m
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "0s")]
    pub(in crate::cli) lock_wait: std::time::Duration,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct LedgerRenameArgs {
    /// The name that the ledger has now, from the error message of a refused run
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) from: String,
    /// Wait this long for the lock if another run holds it, for example 5m
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "0s")]
    pub(in crate::cli) lock_wait: std::time::Duration,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct LedgerBackupArgs {
    /// The file to write; it must not exist
    pub(in crate::cli) file: PathBuf,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct LedgerRestoreArgs {
    /// A file that `ledger backup` wrote
    pub(in crate::cli) file: PathBuf,
    /// Replace this version of the ledger, although it differs from the copy
    #[arg(long, value_name = "NUMBER")]
    pub(in crate::cli) replace_version: Option<u64>,
    /// Wait this long for the lock if another run holds it, for example 5m
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "0s")]
    pub(in crate::cli) lock_wait: std::time::Duration,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct LedgerRebuildArgs {
    /// Do not ask
    #[arg(long)]
    pub(in crate::cli) yes: bool,
    /// Wait this long for the lock if another run holds it, for example 5m
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "0s")]
    pub(in crate::cli) lock_wait: std::time::Duration,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct LedgerUnlockArgs {
    /// The id of the lock's owner, from the error message of a refused apply
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) owner: String,
}
