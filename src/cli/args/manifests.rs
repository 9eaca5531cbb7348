//! The arguments of commands that change manifests.

use std::path::PathBuf;

use clap::Args;

#[derive(Args, Debug)]
pub(in crate::cli) struct PullArgs {
    /// Pull only these records, each with its children, or only these manifests or directories; records are named as for `why`
    #[arg(value_name = "KEY|PATH")]
    pub(in crate::cli) wanted: Vec<String>,
    /// Take only what was changed in Marketo since the last apply, and not what the manifests have changed too
    #[arg(long)]
    pub(in crate::cli) drift: bool,
    /// Also remove entries whose records were applied and are gone in Marketo
    #[arg(long)]
    pub(in crate::cli) removals: bool,
    /// Write without asking
    #[arg(long)]
    pub(in crate::cli) yes: bool,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct FmtArgs {
    /// Format only these manifests or directories; `-` formats standard input to standard output
    #[arg(value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Write nothing: show what would change, and exit with 2 if anything would
    #[arg(long)]
    pub(in crate::cli) check: bool,
    /// Also take `renamedFrom` out of the entries that every instance has renamed, as their ledgers say
    #[arg(long)]
    pub(in crate::cli) drop_renamed: bool,
}
