//! How many calls and errors an instance has had, by all of its integrations together: page "Usage" of the REST documentation.
//!
//! The quota itself is not in these replies; it has to be configured.

use serde::Deserialize;

use super::query::malformed;
use super::reply::Loose;
use super::transport::{Body, Request};
use super::{ApiError, Call, Client};

/// The days to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Today,
    LastSevenDays,
}

/// What to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Calls, by API user.
    Calls,
    /// Errors, by code.
    Errors,
}

/// A day of US Central, with how much there was on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageDay {
    pub date: Box<str>,
    pub total: u64,
    /// Which user or code accounts for how many, the most first.
    pub parts: Vec<(Box<str>, u64)>,
}

#[derive(Deserialize)]
struct UsageRow {
    date: Loose,
    total: Loose,
    users: Option<Vec<UsagePart>>,
    errors: Option<Vec<UsagePart>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UsagePart {
    #[serde(alias = "errorCode")]
    user_id: Loose,
    count: Loose,
}

impl Client {
    /// What there was on each day, by everybody, the earliest first.
    ///
    /// # Errors
    /// The call failed, or its reply is not a list of days.
    pub async fn usage(&self, counted: Counted, period: Period) -> Result<Vec<UsageDay>, ApiError> {
        let call = Call::USAGE;
        let request = Request {
            call,
            path: path(counted, period),
            body: Body::None,
        };
        let reply = self.0.execute(&request).await?;
        let mut days = Vec::with_capacity(reply.rows.len());
        for row in &reply.rows {
            let read: Option<UsageRow> = serde_json::from_str(row.get()).ok();
            let day = read.and_then(UsageRow::day);
            days.push(day.ok_or_else(|| malformed(call, "a row is not a day with a total", row))?);
        }
        days.sort_by(|a, b| a.date.cmp(&b.date));
        Ok(days)
    }
}

fn path(counted: Counted, period: Period) -> &'static str {
    match (counted, period) {
        (Counted::Calls, Period::Today) => "/rest/v1/stats/usage.json",
        (Counted::Calls, Period::LastSevenDays) => "/rest/v1/stats/usage/last7days.json",
        (Counted::Errors, Period::Today) => "/rest/v1/stats/errors.json",
        (Counted::Errors, Period::LastSevenDays) => "/rest/v1/stats/errors/last7days.json",
    }
}

impl UsageRow {
    fn day(self) -> Option<UsageDay> {
        let Self {
            date: Loose(date),
            total,
            users,
            errors,
        } = self;
        let part = |UsagePart { user_id, count }: UsagePart| Some((user_id.0, number(&count)?));
        let parts = users.or(errors).unwrap_or_default().into_iter().map(part);
        let mut parts = parts.collect::<Option<Vec<_>>>()?;
        parts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Some(UsageDay {
            date: Some(date).filter(|date| !date.is_empty())?,
            total: number(&total)?,
            parts,
        })
    }
}

fn number(Loose(text): &Loose) -> Option<u64> {
    text.trim().parse().ok()
}
