//! Counts for the usage endpoints: calls by user and errors by code, for each day.
//!
//! Source: Adobe REST documentation, "Usage". A day begins at midnight US Central time, like
//! the daily quota. Only errors of whole calls count, not skipped records.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::simulator::answers::{Answers, UsageDays};
use crate::simulator::wire::json::raw;
use crate::simulator::wire::reply::ResultRow;
use crate::simulator::wire::routes::{UsageSpan, UsageTopic};

/// The number of days in "last seven days", including today.
const DAYS: i64 = 7;

/// The counts of the latest days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::simulator) struct UsageHistory(BTreeMap<Date, UsageDay>);

/// The counts of one day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct UsageDay {
    /// Calls by name of the user.
    calls: BTreeMap<String, u64>,
    /// Errors by code.
    errors: BTreeMap<String, u64>,
}

impl UsageHistory {
    /// The number of calls in a day.
    pub(in crate::simulator) fn calls(&self, day: Date) -> u64 {
        self.0.get(&day).map_or(0, |day| day.calls.values().sum())
    }

    /// Counts a call.
    pub(in crate::simulator) fn add_call(&mut self, day: Date, user: &str) {
        *self.day(day).calls.entry(user.to_owned()).or_default() += 1;
    }

    /// Subtracts a call.
    pub(in crate::simulator) fn take_call(&mut self, day: Date, user: &str) {
        if let Some(count) = self.day(day).calls.get_mut(user) {
            *count = count.saturating_sub(1);
        }
    }

    /// Counts an error.
    pub(in crate::simulator) fn add_error(&mut self, day: Date, code: &str) {
        *self.day(day).errors.entry(code.to_owned()).or_default() += 1;
    }

    /// The rows of a usage reply, in the order of the days.
    pub(in crate::simulator) fn rows(
        &self,
        answers: &Answers,
        topic: UsageTopic,
        span: UsageSpan,
        today: Date,
    ) -> Vec<ResultRow> {
        let back = match span {
            UsageSpan::Today => 0,
            UsageSpan::Week => DAYS - 1,
        };
        let none = UsageDay::default();
        let days = (0..=back)
            .rev()
            .map(|back| today.saturating_sub(back.days()));
        days.filter_map(|date| {
            let day = self.0.get(&date);
            let listed = match answers.usage_days {
                UsageDays::All => true,
                UsageDays::WithCalls => day.is_some() || date == today,
            };
            listed.then(|| row(date, day.unwrap_or(&none), topic))
        })
        .collect()
    }

    fn day(&mut self, date: Date) -> &mut UsageDay {
        let oldest = date.saturating_sub(DAYS.days());
        self.0.retain(|day, _| *day > oldest);
        self.0.entry(date).or_default()
    }
}

fn row(date: Date, day: &UsageDay, topic: UsageTopic) -> ResultRow {
    let (counts, list, name) = match topic {
        UsageTopic::Calls => (&day.calls, "users", "userId"),
        UsageTopic::Errors => (&day.errors, "errors", "errorCode"),
    };
    let counted = counts.iter().filter(|(_, count)| **count > 0);
    let entries: Vec<Value> = counted
        .map(|(key, count)| json!({ name: key, "count": count }))
        .collect();
    let mut row = ResultRow::default();
    row.push("date", raw(date));
    row.push("total", raw(counts.values().sum::<u64>()));
    row.push(list, raw(entries));
    row
}
