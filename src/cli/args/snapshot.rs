//! The arguments of `snapshot`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::planning::AllowArgs;

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("for").required(true).multiple(true).args(["recipients", "recipients_files"]))]
pub(in crate::cli) struct SnapshotArgs {
    /// Write the snapshot to this file, encrypted
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: PathBuf,
    /// Encrypt it for this public key of age, `age1…`; can be repeated
    #[arg(long = "recipient", value_name = "KEY")]
    pub(in crate::cli) recipients: Vec<String>,
    /// Encrypt it for the public keys in this file; can be repeated
    #[arg(long = "recipients-file", value_name = "FILE")]
    pub(in crate::cli) recipients_files: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) allow: AllowArgs,
}
