//! How time and memory grow with the number of records: `cargo bench` for 1,000, 10,000 and 100,000 opportunities in
//! one file, `cargo bench --bench scale -- --runs 3 1000000` for others, and `-- --ledger 400000` for a ledger alone.
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
mod stage;
mod table;

use std::io;
use std::path::Path;
use std::process::{Command, ExitCode};

use clap::Parser;

use instance::Instance;
use manifests::Project;
use process::{Figures, measure};
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
    /// Measure a ledger of so many entries instead
    #[arg(long, value_name = "ENTRIES", conflicts_with = "sizes")]
    ledger: Option<usize>,
    /// Run this stage in this process, on the file that follows
    #[arg(long, hide = true)]
    stage: Option<Stage>,
    #[arg(long, hide = true, requires = "stage")]
    file: Option<std::path::PathBuf>,
    /// What cargo passes to each benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let Args {
        sizes,
        runs,
        ledger,
        stage,
        file,
        bench: _,
    } = Args::parse();
    let done = match (stage, file, ledger) {
        (Some(stage), Some(file), _) => stage.run(&file),
        (_, _, Some(entries)) => ledger_of(entries, runs),
        _ => {
            start_up(runs).and_then(|()| sizes.into_iter().try_for_each(|size| of_size(size, runs)))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("the benchmark could not complete: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The files of a project that is split.
const FILES: usize = 1_000;

/// All stages for one number of records.
fn of_size(size: usize, runs: usize) -> io::Result<()> {
    let scratch = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let project = Project::create(scratch.path(), size)?;
    println!(
        "\n{size} opportunities in one file of {:.1} MB, {runs} runs",
        project.bytes as f64 / 1e6
    );
    let mut table = Table::new();
    for stage in [Stage::Yaml, Stage::Read] {
        let own = || stage.command(&project.file);
        table.row(stage.title(), &repeated(runs, || measure(&mut own()?))?);
    }
    let oppctl = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oppctl"));
        command.arg("-C").arg(scratch.path()).args(words);
        instance::credentials(&mut command);
        command
    };
    let validate = || measure(&mut oppctl(&["validate"]));
    table.row("validate", &repeated(runs, validate)?);
    if size >= FILES {
        let split = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        Project::create_split(split.path(), size, FILES)?;
        let validate = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_oppctl"));
            measure(command.arg("-C").arg(split.path()).arg("validate"))
        };
        table.row("validate, 1,000 files", &repeated(runs, validate)?);
    }
    against_an_instance(&project, scratch.path(), runs, oppctl, &mut table)?;
    table.print();
    Ok(())
}

/// What a command takes before it does anything.
fn start_up(runs: usize) -> io::Result<()> {
    println!("\nstart-up, {runs} runs");
    let quickstart = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart");
    let mut table = Table::new();
    let oppctl = || Command::new(env!("CARGO_BIN_EXE_oppctl"));
    let version = || measure(oppctl().arg("--version"));
    table.row("--version", &repeated(runs, version)?);
    let validate = || measure(oppctl().arg("-C").arg(&quickstart).arg("validate"));
    table.row("validate, quickstart", &repeated(runs, validate)?);
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
        table.row(stage.title(), &repeated(runs, || measure(&mut own()?))?);
    }
    table.print();
    Ok(())
}

fn against_an_instance(
    project: &Project,
    scratch: &Path,
    runs: usize,
    oppctl: impl Fn(&[&str]) -> Command,
    table: &mut Table,
) -> io::Result<()> {
    let plan = || measure(&mut oppctl(&["plan"]));
    // Applying needs an empty instance each time; the last one stays for what follows.
    let (mut planned, mut applied, mut served) = (Vec::new(), Vec::new(), Vec::new());
    let mut instance = None;
    for run in 0..runs {
        drop(instance.take());
        let fresh = Instance::start(&scratch.join(format!("instance-{run}")))?;
        project.configure(fresh.port)?;
        planned.push(plan()?);
        let before = fresh.figures();
        applied.push(measure(&mut oppctl(&["apply", "--yes"]))?);
        served.push(fresh.figures() - before);
        instance = Some(fresh);
    }
    table.row("plan, all new", &planned);
    table.row("apply, all new", &applied);
    table.row("  its simulator", &served);
    let Some(instance) = instance else {
        return Ok(());
    };
    let before = instance.figures();
    table.row("plan, no changes", &repeated(runs, plan)?);
    table.row(
        "  its simulator",
        &[(instance.figures() - before).shared_by(runs)],
    );
    project.change_one_in_a_hundred()?;
    table.row("plan, 1 % changed", &repeated(runs, plan)?);
    table.row(
        "apply, 1 % changed",
        &[measure(&mut oppctl(&["apply", "--yes"]))?],
    );
    Ok(())
}

fn repeated(runs: usize, run: impl Fn() -> io::Result<Figures>) -> io::Result<Vec<Figures>> {
    (0..runs).map(|_| run()).collect()
}
