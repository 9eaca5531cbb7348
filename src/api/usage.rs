//! The number of calls and errors of all integrations of an instance. Source: page "Usage" of the REST documentation.
//!
//! These replies do not contain the quota. It must be configured.

use serde::Deserialize;

use super::call::Call;
use super::client::Client;
use super::error::ApiError;
use super::reply::{Loose, SuccessReply};
use super::transport::{Body, Request};

/// The days to count.
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

/// The usage of one day in US Central time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageDay {
    pub date: Box<str>,
    pub total: u64,
    /// The count of each user or code, the largest first.
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
    /// The usage of each day by all integrations, the earliest day first.
    ///
    /// # Errors
    /// The call failed, or its reply is not a list of days.
    pub async fn usage(&self, counted: Counted, period: Period) -> Result<Vec<UsageDay>, ApiError> {
        let reply = self.0.execute(&request(counted, period)).await?;
        of_days(&reply)
    }

    /// The calls of today by all integrations. The call is not repeated: nobody should have to wait for it.
    ///
    /// # Errors
    /// The call failed, or its reply is not a list of days.
    pub async fn calls_today(&self) -> Result<u64, ApiError> {
        let request = request(Counted::Calls, Period::Today);
        let days = of_days(&self.0.once(&request).await?)?;
        Ok(days.iter().map(|day| day.total).sum())
    }
}

fn request(counted: Counted, period: Period) -> Request<'static> {
    Request {
        call: Call::USAGE,
        path: path(counted, period),
        body: Body::None,
    }
}

fn of_days(reply: &SuccessReply) -> Result<Vec<UsageDay>, ApiError> {
    let mut days = Vec::with_capacity(reply.rows.len());
    for row in &reply.rows {
        let day = serde_json::from_str(row.get())
            .ok()
            .and_then(UsageRow::day)
            .ok_or_else(|| {
                ApiError::malformed(Call::USAGE, "a row is not a day with a total", row)
            })?;
        days.push(day);
    }
    days.sort_by(|a, b| a.date.cmp(&b.date));
    Ok(days)
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
        let mut parts = Vec::new();
        for UsagePart { user_id, count } in users.or(errors).unwrap_or_default() {
            parts.push((user_id.0, number(&count)?));
        }
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
