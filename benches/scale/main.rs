//! How time and memory grow with the number of records: `cargo bench` for 1,000, 10,000 and 100,000 opportunities in
//! one file, `cargo bench --bench scale -- --runs 3 1000000` for others, and `-- --ledger 400000` for a ledger alone.
//! `--roles` adds a role to each opportunity, `--beside PROGRAM` measures another build in turns with this one, and
//! `--throttled` measures an apply with Marketo's limits.
//!
//! Every figure is that of a whole process, so that peaks of memory do not mix: the YAML crate alone and the reading
//! of manifests run in this program started again, the commands in the program that users run, against its own
//! simulator over HTTP, without limits and without latency. Peaks and CPU seconds come from `/proc`, so they need
//! Linux; elsewhere only the time on the clock is told. Quote the median, and compare on one machine only.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod instance;
mod ledger;
mod manifests;
mod process;
mod programs;
mod stage;
mod table;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use instance::Instance;
use manifests::Project;
use process::{Figures, live_bytes, measure};
use programs::{Programs, command};
use stage::Stage;
use table::Table;

/// That of the program, whose stages run here too.
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[cfg(not(unix))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures oppctl at several sizes
#[derive(Parser)]
struct Args {
    /// How many opportunities
    #[arg(default_values_t = [1_000, 10_000, 100_000])]
    sizes: Vec<usize>,
    /// How often each stage runs
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Give each opportunity a role
    #[arg(long)]
    roles: bool,
    /// Measure this build of oppctl as well, in turns with this one
    #[arg(long, value_name = "PROGRAM")]
    beside: Option<PathBuf>,
    /// Measure an apply with Marketo's limit of 100 calls in 20 s instead
    #[arg(long)]
    throttled: bool,
    /// Measure a ledger of so many entries instead
    #[arg(long, value_name = "ENTRIES", conflicts_with = "sizes")]
    ledger: Option<usize>,
    /// Run this stage in this process, on the file that follows
    #[arg(long, hide = true)]
    stage: Option<Stage>,
    #[arg(long, hide = true, requires = "stage")]
    file: Option<PathBuf>,
    /// What cargo passes to each benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let Args {
        sizes,
        runs,
        roles,
        beside,
        throttled,
        ledger,
        stage,
        file,
        bench: _,
    } = Args::parse();
    let programs = Programs::new(beside, runs);
    let mut sizes = sizes.into_iter();
    let done = match (stage, file, ledger) {
        (Some(stage), Some(file), _) => stage.run(&file),
        (_, _, Some(entries)) => ledger_of(entries, runs),
        _ if throttled => sizes.try_for_each(|size| throttled_apply(size, &programs)),
        _ => start_up(&programs)
            .and_then(|()| sizes.try_for_each(|size| of_size(size, roles, &programs))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("the benchmark could not complete: {error}");
            ExitCode::FAILURE
        }
    }
}

/// An apply that goes on beyond the calls of a day, as those of a million records are.
const APPLY: &[&str] = &["apply", "--yes", "--allow-over-quota"];

/// The files of a project that is split.
const FILES: usize = 1_000;

/// All stages for one number of records.
fn of_size(size: usize, has_roles: bool, programs: &Programs) -> io::Result<()> {
    let scratch = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let project = Project::create(scratch.path(), size, has_roles)?;
    let roles = if has_roles { ", a role each," } else { "" };
    let (megabytes, runs) = (project.bytes as f64 / 1e6, programs.runs);
    println!("\n{size} opportunities{roles} in one file of {megabytes:.1} MB, {runs} runs");
    let mut table = Table::new();
    // The floor: a manifest of opportunities alone is what it reads.
    let stages = [Stage::Yaml, Stage::Read];
    for stage in stages.into_iter().filter(|_| !has_roles) {
        let own = || stage.command(&project.file);
        let figures = repeated(runs, || measure(&mut own()?))?;
        table.row(stage.title(), &figures, live_bytes(&mut own()?)?);
    }
    programs.row(&mut table, "validate", (scratch.path(), &["validate"]))?;
    if size >= FILES {
        let split = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        Project::create_split(split.path(), size, has_roles, FILES)?;
        let validate = (split.path(), &["validate"][..]);
        programs.row(&mut table, "validate, 1,000 files", validate)?;
    }
    against_an_instance(&project, scratch.path(), programs, &mut table)?;
    table.print();
    Ok(())
}

/// What a command takes before it does anything.
fn start_up(programs: &Programs) -> io::Result<()> {
    println!("\nstart-up, {} runs", programs.runs);
    let quickstart = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart");
    let mut table = Table::new();
    programs.row(&mut table, "--version", (&quickstart, &["--version"]))?;
    let validate = (quickstart.as_path(), &["validate"][..]);
    programs.row(&mut table, "validate, quickstart", validate)?;
    table.print();
    Ok(())
}

/// A ledger of so many entries.
fn ledger_of(entries: usize, runs: usize) -> io::Result<()> {
    let scratch = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    ledger::create(scratch.path(), entries)?;
    println!("\n{entries} entries, {runs} runs");
    let mut table = Table::new();
    for stage in [Stage::LoadLedger, Stage::ChangeLedger] {
        let own = || stage.command(scratch.path());
        let figures = repeated(runs, || measure(&mut own()?))?;
        table.row(stage.title(), &figures, None);
    }
    table.print();
    Ok(())
}

/// An apply of new records with Marketo's limits, beside the least time that its calls can take.
fn throttled_apply(size: usize, programs: &Programs) -> io::Result<()> {
    let scratch = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let project = Project::create(scratch.path(), size, false)?;
    let mut count = 0;
    let runs = programs.measured(|program| {
        count += 1;
        let instance = Instance::start(&scratch.path().join(format!("instance-{count}")), &[])?;
        project.configure(instance.port, manifests::MARKETO_CALLS)?;
        measure(&mut command(program, scratch.path(), &["apply", "--yes"]))
    })?;
    let (calls, seconds) = manifests::least_of_an_apply(size);
    println!("\n{size} opportunities, {calls} calls, which take at least {seconds} s");
    let mut table = Table::new();
    programs.rows(
        &mut table,
        "apply, throttled",
        &runs,
        |figures| *figures,
        None,
    );
    table.print();
    Ok(())
}

fn against_an_instance(
    project: &Project,
    folder: &Path,
    programs: &Programs,
    table: &mut Table,
) -> io::Result<()> {
    let mut arguments = vec!["--no-limits"];
    let leads = project
        .leads
        .as_deref()
        .map(|path| path.display().to_string());
    if let Some(leads) = &leads {
        arguments.extend(["--leads", leads]);
    }
    let plan = (folder, &["plan"][..]);
    // Applying needs an empty instance each time; the last one stays for what follows.
    let (mut instance, mut count) = (None, 0);
    let mut fresh = || {
        count += 1;
        let fresh = Instance::start(&folder.join(format!("instance-{count}")), &arguments)?;
        project.configure(fresh.port, manifests::NO_LIMIT)?;
        Ok::<_, io::Error>(fresh)
    };
    let runs = programs.measured(|program| {
        drop(instance.take());
        let fresh = instance.insert(fresh()?);
        let planned = measure(&mut command(program, folder, plan.1))?;
        let before = fresh.figures();
        let applied = measure(&mut command(program, folder, APPLY))?;
        Ok([planned, applied, fresh.figures() - before])
    })?;
    let empty = fresh()?;
    let live = live_bytes(&mut command(programs.own(), folder, plan.1))?;
    drop(empty);
    programs.rows(
        table,
        "plan, all new",
        &runs,
        |[planned, ..]| *planned,
        live,
    );
    programs.rows(
        table,
        "apply, all new",
        &runs,
        |[_, applied, _]| *applied,
        None,
    );
    programs.rows(
        table,
        "  its simulator",
        &runs,
        |[.., served]| *served,
        None,
    );
    let Some(instance) = instance else {
        return Ok(());
    };
    project.configure(instance.port, manifests::NO_LIMIT)?;
    programs.row(table, "plan, no changes", plan)?;
    project.change_one_in_a_hundred()?;
    programs.row(table, "plan, 1 % changed", plan)?;
    let apply = measure(&mut command(programs.own(), folder, APPLY))?;
    table.row("apply, 1 % changed", &[apply], None);
    Ok(())
}

fn repeated(runs: usize, run: impl Fn() -> io::Result<Figures>) -> io::Result<Vec<Figures>> {
    (0..runs).map(|_| run()).collect()
}
