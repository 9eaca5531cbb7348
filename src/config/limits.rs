//! The members `guards` and `limits`: how much one run may change, and what it may ask of an instance.

use std::ops::RangeInclusive;
use std::time::Duration;

use rust_decimal::Decimal;

use super::duration;
use super::error::ConfigProblem;
use super::file::{GuardsFile, LimitsFile};
use super::finding::Finding;
use super::settings::{ApiLimits, GuardsConfig};

// Page "REST API": the limits of an instance. All its integrations share them.
const MOST_CALLS_PER_20S: u32 = 100;
const MOST_CONCURRENT: u32 = 10;

/// An apply in doubt waits so long for each batch.
const LONGEST_READ_LAG: Duration = Duration::from_secs(10 * 60);

/// Checks guards; `below` is the member that has them.
pub(super) fn check_guards(
    file: GuardsFile,
    below: &[&'static str],
) -> Result<GuardsConfig, Finding> {
    let GuardsFile {
        max_deletes,
        max_delete_percent,
        max_creates,
        max_updates,
        max_update_percent,
        max_amount_factor,
        max_pipeline_change,
    } = file;
    let path = |member| [below, &[member]].concat();
    let count = |most: Option<u32>| most.map(|most| most as usize);
    if let Some(factor) = max_amount_factor {
        // A factor of 1 is no change.
        in_bounds(&path("maxAmountFactor"), factor, 2..=u32::MAX)?;
    }
    Ok(GuardsConfig {
        max_deletes: count(max_deletes),
        max_delete_percent: percent(&path("maxDeletePercent"), max_delete_percent)?,
        max_creates: count(max_creates),
        max_updates: count(max_updates),
        max_update_percent: percent(&path("maxUpdatePercent"), max_update_percent)?,
        max_amount_factor,
        max_pipeline_change: max_pipeline_change
            .map(|text| share(&text, &path("maxPipelineChange")))
            .transpose()?,
    })
}

/// Checks the member `limits`.
pub(super) fn check_limits(file: LimitsFile, all_local: bool) -> Result<ApiLimits, Finding> {
    let LimitsFile {
        calls_per_20s,
        concurrency,
        daily_calls,
        max_calls,
        read_lag,
    } = file;
    in_bounds(&["limits", "callsPer20s"], calls_per_20s, 1..=u32::MAX)?;
    in_bounds(&["limits", "concurrency"], concurrency, 1..=u32::MAX)?;
    in_bounds(&["limits", "dailyCalls"], daily_calls, 1..=u32::MAX)?;
    if let Some(found) = max_calls {
        in_bounds(&["limits", "maxCalls"], found, 1..=u32::MAX)?;
    }
    let read_lag = match read_lag {
        None => ApiLimits::default().read_lag,
        Some(text) => duration::parse(&text)
            .filter(|lag| *lag <= LONGEST_READ_LAG)
            .ok_or_else(|| Finding::new(ConfigProblem::BadReadLag, &["limits", "readLag"]))?,
    };
    let limits = ApiLimits {
        calls_per_20s,
        concurrency,
        daily_calls,
        max_calls,
        read_lag,
    };
    if all_local {
        // No other integration uses an instance on this machine.
        return Ok(limits);
    }
    let shared = [
        ("callsPer20s", calls_per_20s, MOST_CALLS_PER_20S),
        ("concurrency", concurrency, MOST_CONCURRENT),
    ];
    match shared.into_iter().find(|(_, found, most)| found > most) {
        Some((member, found, most)) => {
            let problem = ConfigProblem::OverSharedLimit {
                member,
                found,
                most,
            };
            Err(Finding::new(problem, &["limits", member]))
        }
        None => Ok(limits),
    }
}

/// Checks a share in percent, if the member with this path is written.
fn percent(path: &[&'static str], written: Option<u32>) -> Result<Option<usize>, Finding> {
    if let Some(found) = written {
        in_bounds(path, found, 0..=100)?;
    }
    Ok(written.map(|share| share as usize))
}

/// Reads a share such as `10%` or `2.5%`, exactly.
fn share(text: &str, path: &[&'static str]) -> Result<Decimal, Finding> {
    let digits = |text: &str| {
        (1..=9).contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_digit())
    };
    let number = text.strip_suffix('%').filter(|number| {
        let (whole, rest) = number.split_once('.').unwrap_or((number, "0"));
        digits(whole) && digits(rest)
    });
    number
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| Finding::new(ConfigProblem::BadShare, path))
}

fn in_bounds(
    path: &[&'static str],
    found: u32,
    bounds: RangeInclusive<u32>,
) -> Result<(), Finding> {
    if bounds.contains(&found) {
        return Ok(());
    }
    let problem = ConfigProblem::OutOfBounds {
        member: path.last().copied().unwrap_or_default(),
        found,
        least: *bounds.start(),
        most: *bounds.end(),
    };
    Err(Finding::new(problem, path))
}
