//! The arguments of commands that begin and check a project.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Format;

#[derive(Args, Debug)]
pub(in crate::cli) struct InitArgs {
    /// Begin with the built-in simulator, which needs no account
    #[arg(long, conflicts_with = "munchkin")]
    pub(in crate::cli) simulator: bool,
    /// Begin with this Marketo instance: its Munchkin id, such as 123-ABC-456, or its endpoint. --instance names it [default: production]
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) munchkin: Option<String>,
    /// Also write the workflows of this CI system
    #[arg(long, value_name = "SYSTEM")]
    pub(in crate::cli) ci: Option<CiName>,
    /// Ask nothing
    #[arg(long)]
    pub(in crate::cli) yes: bool,
}

/// The CI systems that `init` writes workflows for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum CiName {
    Github,
    Gitlab,
    None,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct DoctorArgs {
    /// Use this output format
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(in crate::cli) format: Format,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct ManArgs {
    /// Write the page of each command to this directory instead
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) out: Option<PathBuf>,
}
