//! `oppctl usage`: the calls and errors of an instance, by everybody, beside the quota of the configuration.

use serde::Serialize;

use crate::api::{Counted, Period, UsageDay, meaning};
use crate::render::share;

use super::args::{Format, UsageArgs};
use super::connect::with_session;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::output::json;
use super::table::table;

pub(super) async fn run(context: &Context, args: &UsageArgs) -> Result<Exit, CliError> {
    let period = if args.week {
        Period::LastSevenDays
    } else {
        Period::Today
    };
    let (calls, errors, daily) = with_session(context, async |connected| {
        let client = &connected.session.client;
        let calls = client.usage(Counted::Calls, period).await?;
        let errors = client.usage(Counted::Errors, period).await?;
        let daily = connected.loaded.config.limits.daily_calls;
        Ok((calls, errors, daily))
    })
    .await?;
    let text = match args.format {
        Format::Table => as_table(&calls, &errors, daily as usize),
        Format::Json => as_json(&calls, &errors, daily as usize)?,
    };
    context.out.data(&text)?;
    Ok(Exit::Done)
}

fn as_table(calls: &[UsageDay], errors: &[UsageDay], daily: usize) -> String {
    let calls = calls.iter().flat_map(|day| {
        let total = usize::try_from(day.total).unwrap_or(usize::MAX);
        let of_quota = format!("{} of {daily}", share(total, daily));
        rows(day, of_quota, |_| String::new())
    });
    let errors = errors.iter().flat_map(|day| {
        let words = |code: &str| meaning(code).map_or("", |meaning| meaning.meaning);
        rows(day, String::new(), |code| words(code).to_owned())
    });
    format!(
        "{}\n{}",
        table(&["day", "API user", "calls", "share of the quota"], calls),
        table(&["day", "error", "count", "meaning"], errors)
    )
}

/// A row for the day as a whole, then one for each part of it.
fn rows(day: &UsageDay, of_all: String, of_part: impl Fn(&str) -> String) -> Vec<Vec<String>> {
    let UsageDay { date, total, parts } = day;
    let whole = vec![
        date.to_string(),
        "all".to_owned(),
        total.to_string(),
        of_all,
    ];
    let part = |(name, count): &(Box<str>, u64)| {
        let words = of_part(name);
        vec![String::new(), name.to_string(), count.to_string(), words]
    };
    std::iter::once(whole)
        .chain(parts.iter().map(part))
        .collect()
}

/// What `--format json` prints: version 1.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    version: u32,
    /// As configured: Marketo does not tell it.
    daily_calls: usize,
    calls: Vec<CallsOfDay<'a>>,
    errors: Vec<ErrorsOfDay<'a>>,
}

#[derive(Serialize)]
struct CallsOfDay<'a> {
    date: &'a str,
    total: u64,
    users: Vec<User<'a>>,
}

#[derive(Serialize)]
struct User<'a> {
    user: &'a str,
    count: u64,
}

#[derive(Serialize)]
struct ErrorsOfDay<'a> {
    date: &'a str,
    total: u64,
    codes: Vec<Code<'a>>,
}

#[derive(Serialize)]
struct Code<'a> {
    code: &'a str,
    count: u64,
}

fn as_json(
    calls: &[UsageDay],
    errors: &[UsageDay],
    daily_calls: usize,
) -> Result<String, CliError> {
    let calls = calls
        .iter()
        .map(|UsageDay { date, total, parts }| CallsOfDay {
            date,
            total: *total,
            users: parts
                .iter()
                .map(|(user, count)| User {
                    user,
                    count: *count,
                })
                .collect(),
        });
    let errors = errors
        .iter()
        .map(|UsageDay { date, total, parts }| ErrorsOfDay {
            date,
            total: *total,
            codes: parts
                .iter()
                .map(|(code, count)| Code {
                    code,
                    count: *count,
                })
                .collect(),
        });
    json(&Document {
        version: 1,
        daily_calls,
        calls: calls.collect(),
        errors: errors.collect(),
    })
}
