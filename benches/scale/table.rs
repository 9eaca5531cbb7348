//! The table of one size: for each stage the least, the median and the most of each figure.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table as Grid};

use super::process::Figures;

/// The rows so far.
pub(crate) struct Table(Grid);

impl Table {
    pub(crate) fn new() -> Self {
        let mut grid = Grid::new();
        grid.load_style(NOTHING);
        grid.set_header(["", "seconds", "CPU seconds", "peak MB", "live MB"]);
        for column in grid.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        Self(grid)
    }

    /// The figures of these runs, and the most bytes that are live at one time, where that is known.
    pub(crate) fn row(&mut self, title: &str, runs: &[Figures], live: Option<u64>) {
        let column = |figure: &dyn Fn(&Figures) -> Option<f64>, digits: usize| {
            let mut figures: Vec<f64> = runs.iter().filter_map(figure).collect();
            figures.sort_unstable_by(f64::total_cmp);
            match (figures.first(), figures.last()) {
                (Some(least), Some(most)) if figures.len() > 1 => {
                    let median = figures[figures.len() / 2];
                    format!("{least:.digits$}  {median:.digits$}  {most:.digits$}")
                }
                (Some(only), _) => format!("{only:.digits$}"),
                _ => String::new(),
            }
        };
        self.0.add_row([
            title.to_owned(),
            column(
                &|run| Some(run.wall.as_secs_f64()).filter(|wall| *wall > 0.0),
                3,
            ),
            column(&|run| run.cpu.map(|cpu| cpu.as_secs_f64()), 2),
            column(&|run| run.peak.map(|bytes| bytes as f64 / 1e6), 0),
            live.map_or_else(String::new, |bytes| format!("{:.0}", bytes as f64 / 1e6)),
        ]);
    }

    #[expect(clippy::print_stdout, reason = "a benchmark prints its table")]
    pub(crate) fn print(&self) {
        println!("{}", self.0);
    }
}
