//! What the usage endpoints count: calls by user and errors by code, for each day.
//!
//! Source: Adobe REST documentation, "Usage". A day begins at midnight US Central, as the daily
//! quota does. Errors are those of whole calls; a skipped record is none.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::simulator::answers::{Answers, UsageDays};
use crate::simulator::wire::json::raw;
use crate::simulator::wire::reply::ResultRow;
use crate::simulator::wire::routes::{UsageSpan, UsageTopic};

/// "Last seven days", today included.
const DAYS: i64 = 7;

/// The days that are kept, each with its counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::simulator) struct UsageHistory(BTreeMap<Date, UsageDay>);

/// What happened in a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct UsageDay {
    /// Calls by the user's name.
    calls: BTreeMap<String, u64>,
    /// Errors by code.
    errors: BTreeMap<String, u64>,
}

impl UsageHistory {
    /// The calls of a day.
    pub(in crate::simulator) fn calls(&self, day: Date) -> u64 {
        self.0.get(&day).map_or(0, |day| day.calls.values().sum())
    }

    /// Counts a call.
    pub(in crate::simulator) fn add_call(&mut self, day: Date, user: &str) {
        *self.day(day).calls.entry(user.to_owned()).or_default() += 1;
    }

    /// Takes a call back.
    pub(in crate::simulator) fn take_call(&mut self, day: Date, user: &str) {
        if let Some(count) = self.day(day).calls.get_mut(user) {
            *count = count.saturating_sub(1);
        }
    }

    /// Counts an error.
    pub(in crate::simulator) fn add_error(&mut self, day: Date, code: &str) {
        *self.day(day).errors.entry(code.to_owned()).or_default() += 1;
    }

    /// The rows of a usage reply, the earliest day first.
    pub(in crate::simulator) fn rows(
        &self,
        answers: &Answers,
        told: UsageTopic,
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
            listed.then(|| row(date, day.unwrap_or(&none), told))
        })
        .collect()
    }

    fn day(&mut self, date: Date) -> &mut UsageDay {
        let oldest = date.saturating_sub(DAYS.days());
        self.0.retain(|day, _| *day > oldest);
        self.0.entry(date).or_default()
    }
}

fn row(date: Date, day: &UsageDay, told: UsageTopic) -> ResultRow {
    let (counts, list, name) = match told {
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
