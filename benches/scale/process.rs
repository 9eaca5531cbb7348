//! What a process has used: time on the clock and of the processors, and the peak of its memory.
//!
//! A process is watched in `/proc` until it has ended but is not yet waited for: its times are final then. Its peak is
//! that of the last look before, a millisecond earlier.

use std::io::{BufRead as _, BufReader};
use std::ops::Sub;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

/// The figures of one run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) wall: Duration,
    /// Of user and system together, where it is known.
    pub(crate) cpu: Option<Duration>,
    /// In bytes, where it is known.
    pub(crate) peak: Option<u64>,
}

const LOOK_EVERY: Duration = Duration::from_millis(1);

/// Runs a command to its end; its output goes nowhere.
pub(crate) fn measure(command: &mut Command) -> io::Result<Figures> {
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut figures = Figures::default();
    while let Some(looked) = look(child.id()) {
        figures.cpu = Some(looked.cpu);
        figures.peak = figures.peak.max(looked.peak);
        if looked.has_ended {
            break;
        }
        thread::sleep(LOOK_EVERY);
    }
    let status = child.wait()?;
    figures.wall = started.elapsed();
    if status.success() {
        Ok(figures)
    } else {
        Err(io::Error::other(format!("{command:?} ended with {status}")))
    }
}

/// The most bytes that are in use at one time while a command runs, where the allocator tells. It looks after each megabyte that is
/// allocated, which takes time: this run is for nothing else.
pub(crate) fn live_bytes(command: &mut Command) -> io::Result<Option<u64>> {
    // Without the settings, arenas, bins, extents and mutexes: the sums alone.
    let mut child = command
        .env(
            "_RJEM_MALLOC_CONF",
            "stats_interval:1048576,stats_interval_opts:gmdablxeh",
        )
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut most = None;
    for line in child
        .stderr
        .take()
        .map(BufReader::new)
        .into_iter()
        .flat_map(BufReader::lines)
    {
        // "Allocated: 51380224, active: 53477376, …"
        let line = line?;
        let told = line.strip_prefix("Allocated: ");
        let bytes = told.and_then(|told| told.split(',').next()?.parse().ok());
        most = most.max(bytes);
    }
    child.wait()?;
    Ok(most)
}

/// What a running process has used since it started; its time on the clock is not known here.
pub(crate) fn so_far(process: u32) -> Figures {
    let looked = look(process);
    Figures {
        wall: Duration::ZERO,
        cpu: looked.as_ref().map(|looked| looked.cpu),
        peak: looked.and_then(|looked| looked.peak),
    }
}

struct Looked {
    has_ended: bool,
    cpu: Duration,
    peak: Option<u64>,
}

fn look(process: u32) -> Option<Looked> {
    // Field 3 is the state, 14 and 15 are user and system time in hundredths of a second: proc_pid_stat(5).
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, behind_name) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = behind_name.split(' ').collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| {
        let kilobytes = line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?;
        Some(kilobytes.parse::<u64>().ok()? * 1024)
    });
    Some(Looked {
        has_ended: fields.first() == Some(&"Z"),
        cpu: Duration::from_millis(ticks * 10),
        peak,
    })
}

impl Sub for Figures {
    type Output = Self;

    /// What was used since an earlier look. A peak has no difference: it stays.
    fn sub(self, earlier: Self) -> Self {
        Self {
            wall: self.wall.saturating_sub(earlier.wall),
            cpu: self
                .cpu
                .zip(earlier.cpu)
                .map(|(now, before)| now.saturating_sub(before)),
            peak: self.peak,
        }
    }
}
