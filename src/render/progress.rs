//! How far a run is, in one line.

use std::time::Duration;

use super::brief::count;
use super::style::columns;
use super::width::Width;

/// What shows that the program lives.
const TURNING: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/// The cells of the bar.
const CELLS: usize = 16;
/// A rest of the time that is shorter is not worth a word.
const SHORT: Duration = Duration::from_secs(2);

/// How far a run is.
#[derive(Clone, Debug, Default)]
pub struct ProgressFacts {
    /// "Reading".
    pub phase: &'static str,
    /// What is counted: "query", "change".
    pub noun: [&'static str; 2],
    pub done: usize,
    /// Zero as long as it is not known.
    pub total: usize,
    /// The number of records that were read.
    pub records: usize,
    pub rejected: usize,
    /// What the run waits for, and for how long yet.
    pub wait: Option<(&'static str, Duration)>,
    pub elapsed: Duration,
    /// The least time in which the rest can be sent, by the limit of calls.
    pub budget: Duration,
    /// What a person can do meanwhile.
    pub hint: &'static str,
}

/// A piece of the line.
struct Part {
    text: String,
    /// The lower it is, the sooner it gets room.
    rank: usize,
    place: usize,
}

/// The place of the hint, which no log needs.
const HINT: usize = 5;
/// What stands between two pieces.
const GAP: &str = "   ";

impl ProgressFacts {
    /// The line at a terminal of this width.
    #[must_use]
    pub fn line(&self, width: Width) -> String {
        let full = (CELLS * self.done.min(self.total)).checked_div(self.total);
        let bar = full.map_or_else(String::new, |full| {
            format!("{}{}  ", "█".repeat(full), "░".repeat(CELLS - full))
        });
        // It turns as long as the program lives.
        let turn = usize::try_from(self.elapsed.as_millis() / 100).unwrap_or(0);
        let turning = TURNING[turn % TURNING.len()];
        let head = format!("{turning} {:<9} {bar}", self.phase);
        // The gravest first; what has no room is left out.
        let mut room = width.columns().saturating_sub(columns(&head) + 1);
        let mut parts = self.parts();
        parts.sort_by_key(|part| part.rank);
        parts.retain(|part| {
            let needed = columns(&part.text) + GAP.len();
            let fits = needed <= room;
            room -= if fits { needed } else { 0 };
            fits
        });
        parts.sort_by_key(|part| part.place);
        let texts: Vec<&str> = parts.iter().map(|part| &*part.text).collect();
        format!("{head}{}", texts.join(GAP))
    }

    /// The line of a log.
    #[must_use]
    pub fn log_line(&self) -> String {
        let parts = self.parts();
        let texts = parts.iter().filter(|part| part.place != HINT);
        let texts: Vec<&str> = texts.map(|part| &*part.text).collect();
        format!("{}: {}", self.phase.to_lowercase(), texts.join(", "))
    }

    /// The share of what is done, in percent.
    #[must_use]
    pub fn share(&self) -> usize {
        (self.done.min(self.total) * 100)
            .checked_div(self.total)
            .unwrap_or(0)
    }

    /// What there is to say, in the order in which it stands.
    fn parts(&self) -> Vec<Part> {
        let [one, many] = self.noun;
        let counted = |number: usize, [one, many]: [&str; 2]| {
            let noun = if number == 1 { one } else { many };
            format!("{} {noun}", count(number))
        };
        let done = (self.total > 0).then(|| {
            let noun = if self.total == 1 { one } else { many };
            format!("{} of {} {noun}", count(self.done), count(self.total))
        });
        let records = (self.records > 0).then(|| counted(self.records, ["record", "records"]));
        let rejected = (self.rejected > 0).then(|| format!("{} rejected", count(self.rejected)));
        let wait = self
            .wait
            .map(|(why, left)| format!("pausing {} s ({why})", seconds(left)));
        let left = match self.left() {
            Some(left) if left >= SHORT => format!("about {} left", spoken(left)),
            Some(_) | None => spoken(self.elapsed),
        };
        // A line that has just begun says nothing by it.
        let left = (self.elapsed >= Duration::from_secs(1)).then_some(left);
        let hint = (!self.hint.is_empty()).then(|| self.hint.to_owned());
        let ranked = [
            (done, 0),
            (records, 4),
            (rejected, 3),
            (wait, 1),
            (left, 2),
            (hint, 5),
        ];
        let parts = ranked
            .into_iter()
            .enumerate()
            .filter_map(|(place, (text, rank))| {
                let text = text?;
                Some(Part { text, rank, place })
            });
        parts.collect()
    }

    /// How long the rest takes, if that can be told: as long as what is done took for each, and not less than the limit of calls and
    /// the wait need.
    fn left(&self) -> Option<Duration> {
        let rest = self.total.checked_sub(self.done).filter(|rest| *rest > 0)?;
        let wait = self.wait.map_or(Duration::ZERO, |(_, left)| left);
        if self.done == 0 {
            return (!self.budget.is_zero()).then_some(self.budget.max(wait));
        }
        let (rest, done) = (u32::try_from(rest).ok()?, u32::try_from(self.done).ok()?);
        let observed = self.elapsed.checked_mul(rest)? / done;
        Some(observed.max(self.budget).max(wait))
    }
}

fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// "24 s", "3 min 5 s", "2 h 4 min".
#[must_use]
pub fn spoken(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn reading() -> ProgressFacts {
        ProgressFacts {
            phase: "Reading",
            noun: ["query", "queries"],
            done: 41,
            total: 68,
            records: 12_300,
            elapsed: Duration::from_secs(41),
            ..ProgressFacts::default()
        }
    }

    #[test]
    fn a_line_says_phase_share_and_rest() {
        let wide = Width::new(Some(160));
        assert_eq!(
            reading().line(wide),
            "⠋ Reading   █████████░░░░░░░  41 of 68 queries   12,300 records   about 27 s left"
        );
        let waiting = ProgressFacts {
            wait: Some(("limit of calls", Duration::from_millis(16_400))),
            budget: Duration::from_secs(125),
            ..reading()
        };
        assert_eq!(
            waiting.log_line(),
            "reading: 41 of 68 queries, 12,300 records, pausing 17 s (limit of calls), about 2 min 5 s left"
        );
        let applying = ProgressFacts {
            phase: "Applying",
            noun: ["change", "changes"],
            done: 8_700,
            total: 20_000,
            rejected: 3,
            elapsed: Duration::from_secs(9),
            hint: "Ctrl-C finishes the calls in flight",
            ..ProgressFacts::default()
        };
        assert_eq!(
            applying.line(wide),
            "⠋ Applying  ██████░░░░░░░░░░  8,700 of 20,000 changes   3 rejected   about 11 s left   Ctrl-C finishes the calls in flight"
        );
        assert_eq!(applying.share(), 43);
        let narrow = applying.line(Width::new(Some(60)));
        assert_eq!(
            narrow,
            "⠋ Applying  ██████░░░░░░░░░░  8,700 of 20,000 changes"
        );
    }

    #[test]
    fn what_is_not_known_is_not_said() {
        let begun = ProgressFacts {
            phase: "Reading",
            elapsed: Duration::from_secs(3),
            ..ProgressFacts::default()
        };
        assert_eq!(begun.line(Width::new(None)), "⠋ Reading   3 s");
        assert_eq!(begun.share(), 0);
        let done = ProgressFacts {
            done: 68,
            ..reading()
        };
        assert_eq!(
            done.log_line(),
            "reading: 68 of 68 queries, 12,300 records, 41 s"
        );
        assert_eq!(spoken(Duration::from_secs(7_500)), "2 h 5 min");
        assert_eq!(spoken(Duration::from_secs(120)), "2 min");
    }
}
