//! Fault scripts: a list of faults in YAML or JSON, as a file and as the control endpoint takes it.
//!
//! ```yaml
//! faults:
//!   - { at: 3, operation: sync, fault: { kind: drop, when: afterCommit } }
//!   - { at: 5, times: 4, code: "606" }
//!   - { probability: 0.05, seed: 7, match: /rest/v1/opportunities, fault: badGateway }
//! ```
//!
//! `at` counts the calls that `operation` and `match` let through, from 1. `match` is the beginning
//! of a path; with a `*`, its beginning and its end. `times` is 1, or without an end where there is a
//! `probability`. `code: X` is short for `fault: { kind: code, code: X }`.

use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value};
use thiserror::Error;

use super::answers::closest;
use super::calls::Operation;
use super::fault_table::{FAULTS, FaultType};
use super::faults::{Fault, FaultKind};
use super::seed;
use super::server::SimulatorError;

/// What is wrong with a fault of a script.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    #[error("it is not a mapping")]
    NotAMapping,
    #[error("unknown member `{name}`{}", meant(name, known))]
    UnknownMember {
        name: String,
        known: Vec<&'static str>,
    },
    #[error("there is no fault `{name}`{}", meant(name, &kinds()))]
    UnknownKind { name: String },
    #[error("`{member}` is missing")]
    Missing { member: &'static str },
    #[error("`{member}` must be {wanted}")]
    Wrong {
        member: &'static str,
        wanted: String,
    },
    #[error("`{one}` and `{other}` exclude each other")]
    Both {
        one: &'static str,
        other: &'static str,
    },
}

/// The members of a mapping, which are taken out one by one.
#[derive(Debug)]
pub(super) struct Reader(Map<String, Value>);

/// The faults of the file at `path`.
pub(super) fn load(path: &Path) -> Result<Vec<Fault>, SimulatorError> {
    let script: Value = seed::read(path)?;
    script_faults(script).map_err(|(number, problem)| SimulatorError::Fault {
        path: path.to_owned(),
        number,
        problem,
    })
}

/// The faults of a script, a list of faults or a single fault; an error names the fault by its number.
pub(super) fn script_faults(mut script: Value) -> Result<Vec<Fault>, (usize, Problem)> {
    if let Value::Object(members) = &mut script
        && members.len() == 1
        && let Some(list) = members.remove("faults")
    {
        script = list;
    }
    let list = match script {
        Value::Array(list) => list,
        // An empty file.
        Value::Null => Vec::new(),
        single @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
            vec![single]
        }
    };
    let numbered = (1..).zip(list);
    numbered
        .map(|(number, value)| fault(value).map_err(|problem| (number, problem)))
        .collect()
}

const MEMBERS: [&str; 8] = [
    "at",
    "probability",
    "seed",
    "operation",
    "match",
    "times",
    "fault",
    "code",
];

fn fault(value: Value) -> Result<Fault, Problem> {
    let mut reader = Reader::of(value)?;
    let kind = match (reader.0.remove("fault"), reader.code("code")?) {
        (Some(fault), None) => kind(fault)?,
        (None, Some(code)) => FaultKind::Answer {
            code,
            message: None,
        },
        (Some(_), Some(_)) => {
            return Err(Problem::Both {
                one: "fault",
                other: "code",
            });
        }
        (None, None) => return Err(Problem::Missing { member: "fault" }),
    };
    let mut fault = Fault::new(kind);
    let path = reader.text("match")?.unwrap_or_default();
    let (prefix, suffix) = path.split_once('*').unwrap_or((&path, ""));
    fault = fault.prefix(prefix).suffix(suffix);
    fault.operation = reader.choice("operation", &Operation::ALL)?;
    let at = reader.count("at")?;
    let seed = reader.whole("seed")?;
    let probability = reader.probability()?;
    if let (Some(_), Some(_)) = (at, probability) {
        let (one, other) = ("at", "probability");
        return Err(Problem::Both { one, other });
    }
    fault.after = at.map_or(0, |at| at - 1);
    if let Some(per_million) = probability {
        fault = fault.by_chance(per_million, seed.unwrap_or(0));
    } else if seed.is_some() {
        let member = "probability";
        return Err(Problem::Missing { member });
    }
    if let Some(times) = reader.count("times")? {
        fault.times = times;
    }
    reader.end(&MEMBERS)?;
    Ok(fault)
}

/// What goes wrong: the name of a fault, or a mapping with its `kind` and members.
fn kind(value: Value) -> Result<FaultKind, Problem> {
    let mut reader = match value.as_str() {
        Some(_) => Reader(Map::from_iter([("kind".to_owned(), value)])),
        None => Reader::of(value)?,
    };
    let name = reader.text("kind")?;
    let name = name.ok_or(Problem::Missing { member: "kind" })?;
    let found = FAULTS.iter().find(|known| known.name == name);
    let Some(FaultType { members, read, .. }) = found else {
        return Err(Problem::UnknownKind { name });
    };
    let kind = read(&mut reader)?;
    let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
    reader.end(&names)?;
    Ok(kind)
}

impl Reader {
    fn of(value: Value) -> Result<Self, Problem> {
        match value {
            Value::Object(members) => Ok(Self(members)),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Err(Problem::NotAMapping),
        }
    }

    /// A member that has to be there.
    pub(super) fn required<T>(
        &mut self,
        member: &'static str,
        read: impl Fn(&mut Self, &'static str) -> Result<Option<T>, Problem>,
    ) -> Result<T, Problem> {
        read(self, member)?.ok_or(Problem::Missing { member })
    }

    /// Text.
    pub(super) fn text(&mut self, member: &'static str) -> Result<Option<String>, Problem> {
        self.take(member, "text", |value| value.as_str().map(str::to_owned))
    }

    /// A code of three or four digits, with or without quotes.
    pub(super) fn code(&mut self, member: &'static str) -> Result<Option<String>, Problem> {
        self.take(member, "a code of three or four digits", |value| {
            let text = match value.as_u64() {
                Some(number) => number.to_string(),
                None => value.as_str()?.to_owned(),
            };
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            (digits && (3..=4).contains(&text.len())).then_some(text)
        })
    }

    /// An index or a count; without the member, 0.
    pub(super) fn index(&mut self, member: &'static str) -> Result<usize, Problem> {
        let index = self.take(member, "a whole number, from 0", |value| {
            usize::try_from(value.as_u64()?).ok()
        });
        Ok(index?.unwrap_or(0))
    }

    /// A duration.
    pub(super) fn duration(&mut self, member: &'static str) -> Result<Option<Duration>, Problem> {
        self.take(member, "a duration such as 250ms or 2s", |value| {
            let signed: jiff::SignedDuration = value.as_str()?.parse().ok()?;
            signed.try_into().ok()
        })
    }

    /// One of several words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        member: &'static str,
        choices: &[(&'static str, T)],
    ) -> Result<Option<T>, Problem> {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        self.take(member, &format!("one of {}", names.join(", ")), |value| {
            let found = choices
                .iter()
                .find(|(name, _)| value.as_str() == Some(name));
            found.map(|(_, choice)| *choice)
        })
    }

    fn whole(&mut self, member: &'static str) -> Result<Option<u64>, Problem> {
        self.take(member, "a whole number", Value::as_u64)
    }

    fn count(&mut self, member: &'static str) -> Result<Option<u32>, Problem> {
        self.take(member, "a whole number from 1", |value| {
            let count = u32::try_from(value.as_u64()?).ok();
            count.filter(|count| *count > 0)
        })
    }

    /// Calls of a million.
    fn probability(&mut self) -> Result<Option<u32>, Problem> {
        self.take("probability", "a number from 0 to 1", |value| {
            let share = value.as_f64()?;
            (0.0..=1.0)
                .contains(&share)
                .then(|| (share * 1_000_000.0).round() as u32)
        })
    }

    fn take<T>(
        &mut self,
        member: &'static str,
        wanted: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.0.remove(member) else {
            return Ok(None);
        };
        let wrong = || Problem::Wrong {
            member,
            wanted: wanted.to_owned(),
        };
        read(&value).map(Some).ok_or_else(wrong)
    }

    /// Refuses members that nobody took.
    fn end(self, known: &[&'static str]) -> Result<(), Problem> {
        match self.0.into_iter().next() {
            Some((name, _)) => Err(Problem::UnknownMember {
                name,
                known: known.to_vec(),
            }),
            None => Ok(()),
        }
    }
}

fn kinds() -> Vec<&'static str> {
    FAULTS.iter().map(|known| known.name).collect()
}

/// What was probably meant, or what there is.
fn meant(name: &str, known: &[&str]) -> String {
    match closest(name, known) {
        Some(close) => format!("; did you mean `{close}`?"),
        None if known.is_empty() => "; it has none".to_owned(),
        None => format!("; there are {}", known.join(", ")),
    }
}
