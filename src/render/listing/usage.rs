//! The calls and errors of an instance, beside the quota of the configuration.

use serde::Serialize;

use super::FORMAT;
use super::table::table;
use crate::api::{UsageDay, meaning};
use crate::render::counting::share;

/// The calls and errors of an instance.
pub struct InstanceUsage {
    pub calls: Vec<UsageDay>,
    pub errors: Vec<UsageDay>,
    /// How many calls the instance has in a day, as configured: Marketo does not say it.
    pub daily_calls: usize,
}

/// What `usage --format json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UsageDocument<'a> {
    version: u32,
    #[serde(rename = "format_version")]
    format_version: &'static str,
    daily_calls: usize,
    calls: Vec<CallsOfDay<'a>>,
    errors: Vec<ErrorsOfDay<'a>>,
}

#[derive(Serialize)]
struct CallsOfDay<'a> {
    date: &'a str,
    total: u64,
    users: Vec<CallsOfUser<'a>>,
}

#[derive(Serialize)]
struct CallsOfUser<'a> {
    user: &'a str,
    count: u64,
}

#[derive(Serialize)]
struct ErrorsOfDay<'a> {
    date: &'a str,
    total: u64,
    codes: Vec<ErrorsOfCode<'a>>,
}

#[derive(Serialize)]
struct ErrorsOfCode<'a> {
    code: &'a str,
    count: u64,
}

impl<'a> UsageDocument<'a> {
    /// The document of this usage.
    #[must_use]
    pub fn of(usage: &'a InstanceUsage) -> Self {
        let InstanceUsage {
            calls,
            errors,
            daily_calls,
        } = usage;
        Self {
            version: 1,
            format_version: FORMAT,
            daily_calls: *daily_calls,
            calls: calls.iter().map(CallsOfDay::of).collect(),
            errors: errors.iter().map(ErrorsOfDay::of).collect(),
        }
    }
}

impl<'a> CallsOfDay<'a> {
    fn of(day: &'a UsageDay) -> Self {
        let UsageDay { date, total, parts } = day;
        let users = parts.iter().map(|(user, count)| CallsOfUser {
            user,
            count: *count,
        });
        Self {
            date,
            total: *total,
            users: users.collect(),
        }
    }
}

impl<'a> ErrorsOfDay<'a> {
    fn of(day: &'a UsageDay) -> Self {
        let UsageDay { date, total, parts } = day;
        let codes = parts.iter().map(|(code, count)| ErrorsOfCode {
            code,
            count: *count,
        });
        Self {
            date,
            total: *total,
            codes: codes.collect(),
        }
    }
}

/// A table of the calls and one of the errors.
#[must_use]
pub fn usage_table(usage: &InstanceUsage) -> String {
    let InstanceUsage {
        calls,
        errors,
        daily_calls,
    } = usage;
    let calls = calls.iter().flat_map(|day| {
        let total = usize::try_from(day.total).unwrap_or(usize::MAX);
        let of_quota = format!("{} of {daily_calls}", share(total, *daily_calls));
        rows(day, of_quota, |_| "")
    });
    let errors = errors.iter().flat_map(|day| {
        rows(day, String::new(), |code| {
            meaning(code).map_or("", |meaning| meaning.meaning)
        })
    });
    format!(
        "{}\n{}",
        table(&["day", "API user", "calls", "share of the quota"], calls),
        table(&["day", "error", "count", "meaning"], errors)
    )
}

/// A row for the day as a whole, then one for each part of it.
fn rows(day: &UsageDay, of_all: String, of_part: fn(&str) -> &'static str) -> Vec<Vec<String>> {
    let UsageDay { date, total, parts } = day;
    let mut rows = vec![vec![
        date.to_string(),
        "all".to_owned(),
        total.to_string(),
        of_all,
    ]];
    rows.extend(parts.iter().map(|(name, count)| {
        vec![
            String::new(),
            name.to_string(),
            count.to_string(),
            of_part(name).to_owned(),
        ]
    }));
    rows
}
