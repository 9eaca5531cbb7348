//! How far a command is: at a terminal one line that is written over and over, in a log a line now and then.
//!
//! A process has one terminal, so there is one line, whoever knows something of it.

use std::env;
use std::io::{self, Write as _};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::render::ProgressFacts;

use super::above;
use super::output::{Output, width};

/// How often the line is written.
const TICK: Duration = Duration::from_millis(100);
/// How often a log gets a line.
const LOG_TICK: Duration = Duration::from_secs(10);
/// A log gets a line too each time this share of many is done, in percent.
const STEP: usize = 10;
const MANY: usize = 1_000;
/// The window of Marketo's limit of calls.
const WINDOW: u32 = 20;

/// The phase in which records are read.
const READING: &str = "Reading";

/// What is shown now.
static CURRENT: Mutex<Option<Arc<Line>>> = Mutex::new(None);

struct Line {
    out: Output,
    /// None in a log.
    bar: Option<ProgressBar>,
    state: Mutex<State>,
    over: Condvar,
}

struct State {
    facts: ProgressFacts,
    began: Instant,
    wait: Option<(&'static str, Instant)>,
    /// How many calls the rest of a total takes, and how many of them 20 seconds have room for.
    calls: usize,
    calls_per_20s: usize,
    is_over: bool,
}

/// Shows that records are read, until something else is shown or nothing.
pub(super) fn reading(out: Output, calls_per_20s: u32) {
    let facts = ProgressFacts {
        phase: READING,
        noun: ["query", "queries"],
        ..ProgressFacts::default()
    };
    begin(out, facts, 0, calls_per_20s);
}

/// Shows that changes are sent.
pub(super) fn applying(out: Output, changes: usize, calls: usize, calls_per_20s: u32) {
    let facts = ProgressFacts {
        phase: "Applying",
        noun: ["change", "changes"],
        total: changes,
        hint: "Ctrl-C finishes the calls in flight",
        ..ProgressFacts::default()
    };
    begin(out, facts, calls, calls_per_20s);
}

/// Shows nothing any more.
pub(super) fn end() {
    let Some(line) = current().take() else {
        return;
    };
    line.state().is_over = true;
    line.over.notify_all();
    above::set(None);
    if let Some(bar) = &line.bar {
        bar.finish_and_clear();
        tell_terminal("0;");
    }
}

/// Adds what is known by now of reading, while records are read: an apply reads as well, and counts its changes.
pub(super) fn update_reading(change: impl FnOnce(&mut ProgressFacts)) {
    update(|facts| {
        if facts.phase == READING {
            change(facts);
        }
    });
}

/// Adds what is known by now.
pub(super) fn update(change: impl FnOnce(&mut ProgressFacts)) {
    let line = current().clone();
    let Some(line) = line else {
        return;
    };
    let mut state = line.state();
    let before = state.facts.share() / STEP;
    change(&mut state.facts);
    // Whatever was waited for has come.
    state.wait = None;
    let is_step = state.facts.share() / STEP > before && state.facts.total >= MANY;
    if line.bar.is_none() && is_step {
        let text = state.now().log_line();
        drop(state);
        line.out.progress(&text);
    }
}

/// Shows a wait; false if there is no line that could show it.
pub(super) fn waits(why: &'static str, wait: Duration) -> bool {
    let line = current().clone();
    let Some(line) = line.filter(|line| line.bar.is_some()) else {
        return false;
    };
    line.state().wait = Some((why, Instant::now() + wait));
    true
}

fn begin(out: Output, facts: ProgressFacts, calls: usize, calls_per_20s: u32) {
    let calls_per_20s = usize::try_from(calls_per_20s).unwrap_or(usize::MAX);
    end();
    if out.is_quiet() {
        return;
    }
    let bar = out.is_watched().then(|| {
        let style = ProgressStyle::with_template("{msg}").expect("the template is valid");
        ProgressBar::no_length().with_style(style)
    });
    above::set(bar.clone());
    let line = Arc::new(Line {
        out,
        bar,
        state: Mutex::new(State {
            facts,
            began: Instant::now(),
            wait: None,
            calls,
            calls_per_20s,
            is_over: false,
        }),
        over: Condvar::new(),
    });
    *current() = Some(Arc::clone(&line));
    thread::spawn(move || line.show());
}

impl Line {
    /// Shows the line until it is over.
    fn show(&self) {
        loop {
            let mut state = self.state();
            if let Some(bar) = &self.bar
                && !state.is_over
            {
                let facts = state.now();
                bar.set_message(facts.line(width()));
                bar.tick();
                let share = facts.share();
                tell_terminal(&if facts.total > 0 {
                    format!("1;{share}")
                } else {
                    "3;".to_owned()
                });
            }
            let tick = if self.bar.is_some() { TICK } else { LOG_TICK };
            while !state.is_over {
                let (next, timeout) = self
                    .over
                    .wait_timeout(state, tick)
                    .unwrap_or_else(PoisonError::into_inner);
                state = next;
                if timeout.timed_out() {
                    break;
                }
            }
            if state.is_over {
                return;
            }
            if self.bar.is_none() {
                let text = state.now().log_line();
                drop(state);
                self.out.progress(&text);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What is known now.
    fn now(&self) -> ProgressFacts {
        let now = Instant::now();
        let rest = self.facts.total.saturating_sub(self.facts.done);
        // Of queries each is a call.
        let calls = match self.calls {
            0 => rest,
            calls => (calls * rest).checked_div(self.facts.total).unwrap_or(0),
        };
        let over = calls.saturating_sub(self.calls_per_20s);
        let windows = over.div_ceil(self.calls_per_20s.max(1));
        let wait = self
            .wait
            .map(|(why, until)| (why, until.saturating_duration_since(now)));
        ProgressFacts {
            elapsed: now - self.began,
            wait: wait.filter(|(_, left)| !left.is_zero()),
            budget: Duration::from_secs(1) * WINDOW * u32::try_from(windows).unwrap_or(u32::MAX),
            ..self.facts.clone()
        }
    }
}

fn current() -> MutexGuard<'static, Option<Arc<Line>>> {
    CURRENT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Shows the progress in the task bar or the tab of a terminal that can: `OSC 9 ; 4`, as ConEmu, Windows Terminal, WezTerm and Ghostty
/// document it.
fn tell_terminal(state: &str) {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    let can = env::var_os("WT_SESSION").is_some()
        || is("ConEmuANSI", "ON")
        || is("TERM_PROGRAM", "WezTerm")
        || is("TERM_PROGRAM", "ghostty");
    if can {
        let mut out = io::stderr().lock();
        // Progress that cannot be shown is no error.
        drop(write!(out, "\u{1b}]9;4;{state}\u{1b}\\").and_then(|()| out.flush()));
    }
}
