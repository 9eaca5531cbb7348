//! The programs that are measured: this build, and another one in turns with it.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::{Figures, live_bytes, measure};
use super::table::Table;

/// This build, and perhaps another one.
pub(crate) struct Programs {
    all: Vec<(&'static str, PathBuf)>,
    pub(crate) runs: usize,
}

/// What was measured in each run: once of each program, in their order.
pub(crate) type Runs<T> = Vec<Vec<T>>;

impl Programs {
    pub(crate) fn new(beside: Option<PathBuf>, runs: usize) -> Self {
        let own = ("", PathBuf::from(env!("CARGO_BIN_EXE_oppctl")));
        let beside = beside.map(|path| ("  of the other build", path));
        Self {
            all: [own].into_iter().chain(beside).collect(),
            runs,
        }
    }

    /// This build.
    pub(crate) fn own(&self) -> &Path {
        &self.all[0].1
    }

    /// All runs, each with every program in turn, so that what else the machine does meets all of them.
    pub(crate) fn measured<T>(
        &self,
        mut run: impl FnMut(&Path) -> io::Result<T>,
    ) -> io::Result<Runs<T>> {
        let mut turn = || self.all.iter().map(|(_, program)| run(program)).collect();
        (0..self.runs).map(|_| turn()).collect()
    }

    /// The rows of a command in a project, which changes nothing.
    pub(crate) fn row(
        &self,
        table: &mut Table,
        title: &str,
        (project, words): (&Path, &[&str]),
    ) -> io::Result<()> {
        let of = |program: &Path| command(program, project, words);
        let runs = self.measured(|program| measure(&mut of(program)))?;
        let live = live_bytes(&mut of(self.own()))?;
        self.rows(table, title, &runs, |figures| *figures, live);
        Ok(())
    }

    /// The rows of what was measured, with the live bytes of this build.
    pub(crate) fn rows<T>(
        &self,
        table: &mut Table,
        title: &str,
        runs: &Runs<T>,
        figures: impl Fn(&T) -> Figures,
        live: Option<u64>,
    ) {
        for (index, (whose, _)) in self.all.iter().enumerate() {
            let title = if whose.is_empty() { title } else { whose };
            let runs: Vec<Figures> = runs.iter().map(|turn| figures(&turn[index])).collect();
            table.row(title, &runs, live.filter(|_| index == 0));
        }
    }
}

/// A command of a program in a project, with the credentials that its configuration names.
pub(crate) fn command(program: &Path, project: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.arg("-C").arg(project).args(words);
    command
        .env("BENCH_ID", "simulator")
        .env("BENCH_SECRET", "simulator");
    command
}
