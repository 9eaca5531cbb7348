//! How far an apply is: a bar for a person at a terminal, plain lines for a log.

use indicatif::{ProgressBar, ProgressStyle};

use crate::render::counted;

use super::output::Output;

/// A log gets a line each time this share of the changes, in percent, has an outcome.
const STEP: usize = 25;

/// The progress of an apply.
pub(super) struct Progress {
    out: Output,
    /// None in a log.
    bar: Option<ProgressBar>,
    done: usize,
    total: usize,
    printed: usize,
}

impl Progress {
    pub(super) fn new(out: Output, total: usize) -> Self {
        let bar = out.is_watched().then(|| {
            let style = ProgressStyle::with_template("  {bar:32} {pos} of {len}  {elapsed}")
                .expect("the template is valid");
            let bar = ProgressBar::new(total as u64).with_style(style);
            bar.tick();
            bar
        });
        Self {
            out,
            bar,
            done: 0,
            total,
            printed: 0,
        }
    }

    /// Adds changes that have an outcome now.
    pub(super) fn advance(&mut self, changes: usize) {
        self.done += changes;
        match &self.bar {
            Some(bar) => bar.set_position(self.done as u64),
            None if self.share() >= self.printed + STEP => {
                self.printed = self.share() / STEP * STEP;
                self.out.progress(&format!(
                    "{} of {} processed",
                    self.done,
                    counted(self.total, "change")
                ));
            }
            None => {}
        }
    }

    /// Says something without breaking the bar.
    pub(super) fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.out.progress(line)),
            None => self.out.progress(line),
        }
    }

    /// Takes the bar away; the report follows.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn share(&self) -> usize {
        (self.done * 100).checked_div(self.total).unwrap_or(100)
    }
}
