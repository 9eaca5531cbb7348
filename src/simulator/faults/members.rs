//! Reads the members of a fault in a script, and reports what is wrong with them.

use std::time::Duration;

use serde_json::{Map, Value};
use thiserror::Error;

use crate::simulator::spelling::suggestion;

/// What is wrong with a fault of a script.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FaultProblem {
    #[error("not a mapping")]
    NotAMapping,
    #[error("unknown member `{name}`{}", suggestion(name, known))]
    UnknownMember {
        name: String,
        known: Vec<&'static str>,
    },
    #[error("there is no fault `{name}`{}", suggestion(name, known))]
    UnknownKind {
        name: String,
        known: Vec<&'static str>,
    },
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

/// The members of a mapping. Each read removes one, so that unknown members remain.
#[derive(Debug)]
pub(in crate::simulator) struct MemberReader(Map<String, Value>);

impl MemberReader {
    /// A reader of the members of a mapping.
    pub(in crate::simulator) fn of(value: Value) -> Result<Self, FaultProblem> {
        match value {
            Value::Object(members) => Ok(Self(members)),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Err(FaultProblem::NotAMapping),
        }
    }

    /// A member of any type.
    pub(in crate::simulator) fn value(&mut self, member: &str) -> Option<Value> {
        self.0.remove(member)
    }

    /// A member that is required.
    pub(in crate::simulator) fn required<T>(
        &mut self,
        member: &'static str,
        read: impl Fn(&mut Self, &'static str) -> Result<Option<T>, FaultProblem>,
    ) -> Result<T, FaultProblem> {
        read(self, member)?.ok_or(FaultProblem::Missing { member })
    }

    /// Text.
    pub(in crate::simulator) fn text(
        &mut self,
        member: &'static str,
    ) -> Result<Option<String>, FaultProblem> {
        self.take(member, "text", |value| value.as_str().map(str::to_owned))
    }

    /// A code of three or four digits, as a number or as text.
    pub(in crate::simulator) fn code(
        &mut self,
        member: &'static str,
    ) -> Result<Option<String>, FaultProblem> {
        self.take(member, "a code of three or four digits", |value| {
            let text = match value.as_u64() {
                Some(number) => number.to_string(),
                None => value.as_str()?.to_owned(),
            };
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            (digits && (3..=4).contains(&text.len())).then_some(text)
        })
    }

    /// A whole number from 0; without the member, 0.
    pub(in crate::simulator) fn index(
        &mut self,
        member: &'static str,
    ) -> Result<usize, FaultProblem> {
        let index = self.take(member, "a whole number, from 0", |value| {
            usize::try_from(value.as_u64()?).ok()
        });
        Ok(index?.unwrap_or(0))
    }

    /// A duration.
    pub(in crate::simulator) fn duration(
        &mut self,
        member: &'static str,
    ) -> Result<Option<Duration>, FaultProblem> {
        self.take(member, "a duration such as 250ms or 2s", |value| {
            let signed: jiff::SignedDuration = value.as_str()?.parse().ok()?;
            signed.try_into().ok()
        })
    }

    /// One of several words.
    pub(in crate::simulator) fn choice<T: Copy>(
        &mut self,
        member: &'static str,
        choices: &[(&'static str, T)],
    ) -> Result<Option<T>, FaultProblem> {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        self.take(member, &format!("one of {}", names.join(", ")), |value| {
            let found = choices
                .iter()
                .find(|(name, _)| value.as_str() == Some(name));
            found.map(|(_, choice)| *choice)
        })
    }

    /// A whole number.
    pub(in crate::simulator) fn whole(
        &mut self,
        member: &'static str,
    ) -> Result<Option<u64>, FaultProblem> {
        self.take(member, "a whole number", Value::as_u64)
    }

    /// A whole number from 1.
    pub(in crate::simulator) fn count(
        &mut self,
        member: &'static str,
    ) -> Result<Option<u32>, FaultProblem> {
        self.take(member, "a whole number from 1", |value| {
            let count = u32::try_from(value.as_u64()?).ok();
            count.filter(|count| *count > 0)
        })
    }

    /// A probability, as hits in a million calls.
    pub(in crate::simulator) fn probability(&mut self) -> Result<Option<u32>, FaultProblem> {
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
    ) -> Result<Option<T>, FaultProblem> {
        let Some(value) = self.0.remove(member) else {
            return Ok(None);
        };
        match read(&value) {
            Some(read) => Ok(Some(read)),
            None => Err(FaultProblem::Wrong {
                member,
                wanted: wanted.to_owned(),
            }),
        }
    }

    /// Refuses members that were not read.
    pub(in crate::simulator) fn end(self, known: &[&'static str]) -> Result<(), FaultProblem> {
        match self.0.into_iter().next() {
            Some((name, _)) => Err(FaultProblem::UnknownMember {
                name,
                known: known.to_vec(),
            }),
            None => Ok(()),
        }
    }
}

impl From<Map<String, Value>> for MemberReader {
    fn from(members: Map<String, Value>) -> Self {
        Self(members)
    }
}
