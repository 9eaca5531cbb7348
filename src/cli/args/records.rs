//! The arguments of `get` and `import`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::condition::{Condition, condition};
use super::{Format, kind_parser};
use crate::model::ObjectKind;
use crate::render::with_children_flag;

#[derive(Args, Debug)]
pub(in crate::cli) struct GetArgs {
    /// The kind of the records
    #[arg(value_parser = kind_parser())]
    pub(in crate::cli) kind: &'static ObjectKind,
    /// The keys, with "/" between their parts; write leads by id or e-mail address. For roles, an opportunity's key alone shows all
    /// its roles. The exact form is a JSON list such as '["A/1",1001,"Buyer"]'
    #[arg(required_unless_present = "conditions", value_name = "KEY")]
    pub(in crate::cli) keys: Vec<String>,
    /// Also show the records with this value in a field that the instance can search, such as externalCompanyId=ACME; can be repeated
    #[arg(long = "where", value_name = "FIELD=VALUE", value_parser = condition)]
    pub(in crate::cli) conditions: Vec<Condition>,
    /// Use this output format
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(in crate::cli) format: Format,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct ImportArgs {
    /// The kind of the records
    #[arg(value_parser = kind_parser())]
    pub(in crate::cli) kind: &'static ObjectKind,
    /// The keys, written as for `get`; required without --from, --where and --marked
    #[arg(required_unless_present_any = ["from", "marked", "conditions"], value_name = "KEY")]
    pub(in crate::cli) keys: Vec<String>,
    /// Also read keys from this file: one per line, or a CSV table with a column for each part of the key; "-" is standard input
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) from: Vec<PathBuf>,
    /// Also import the records with this value in a field that the instance can search, such as externalCompanyId=ACME; can be repeated
    #[arg(long = "where", value_name = "FIELD=VALUE", value_parser = condition)]
    pub(in crate::cli) conditions: Vec<Condition>,
    /// Also import every record with the marker of this project
    #[arg(long)]
    pub(in crate::cli) marked: bool,
    /// Also import all children of these records
    #[arg(long = with_children_flag())]
    pub(in crate::cli) with_children: bool,
    /// Write to this directory, or to this file if the name ends with .yaml or .yml [default: the directory of the first pattern in `manifests`]
    #[arg(long, value_name = "PATH")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// Write at most COUNT top-level records per file
    #[arg(long, value_name = "COUNT", default_value = "100")]
    pub(in crate::cli) per_file: NonZeroUsize,
    /// Write one file for each value of this field, named after the value
    #[arg(long, value_name = "FIELD")]
    pub(in crate::cli) group_by: Option<String>,
    /// Name leads by this searchable field if its value is unique, and by id otherwise; `id` reads no leads
    #[arg(long, value_name = "FIELD", default_value = "email")]
    pub(in crate::cli) lead_by: String,
    /// Also write the values of sensitive fields, without asking the instance which fields are sensitive
    #[arg(long)]
    pub(in crate::cli) with_sensitive: bool,
}
