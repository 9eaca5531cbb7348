//! What `oppctl doctor` asks of an instance: reads only.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::session::Session;
use crate::api::{ApiError, Counted, Period, quota_reset};
use crate::config::LoadedConfig;
use crate::model::kind::KINDS;
use crate::model::{Key, KeyValue, ObjectKind};
use crate::observe::{self, Unmasked};
use crate::plan::{Question, Schemas};

/// A key that no record has: it is asked for to see whether records can be read.
const NOBODY: &str = "oppctl-doctor";

/// One thing that was asked of an instance, and how it came out.
#[derive(Debug)]
pub enum InstanceCheck {
    /// It answers, after this time.
    Answers(Duration),
    /// It does not answer, or does not take the credentials. Nothing else was asked.
    Unreachable(ApiError),
    /// It does not do what a run needs.
    Refuses(ApiError),
    /// Records of these kinds can be read. Whether they can be written is not tried: that would be a write.
    Readable(Vec<&'static ObjectKind>),
    /// Why it is not known of all fields whether they are sensitive, if it is not.
    Sensitive(Option<Unmasked>),
    Quota(QuotaUse),
    QuotaUnknown(ApiError),
}

/// The calls of a day.
#[derive(Clone, Copy, Debug)]
pub struct QuotaUse {
    pub used: usize,
    pub daily: usize,
    /// How many API users have made them.
    pub users: usize,
    /// When the next day begins.
    pub rest: Duration,
}

/// Whether a project that declares these kinds needs this one: it may declare deals and what belongs to them any day.
fn is_needed(kind: &ObjectKind, declared: &BTreeSet<&'static ObjectKind>) -> bool {
    let is_of_deals = |kind: &ObjectKind| !kind.deal.is_empty();
    let parent = kind.parent();
    is_of_deals(kind)
        || parent.is_some_and(|parent| is_of_deals(parent.kind))
        || declared.contains(kind)
}

/// Asks an instance for everything that a run of a project with these kinds needs, and changes nothing.
pub async fn instance_checks(
    loaded: &LoadedConfig,
    session: &Session,
    declared: &BTreeSet<&'static ObjectKind>,
) -> Vec<InstanceCheck> {
    let mut checks = Vec::new();
    let mut schemas = Schemas::new();
    let mut unmasked = None;
    let mut has_answered = false;
    let kinds = KINDS.into_iter();
    for kind in kinds.filter(|kind| is_needed(kind, declared)) {
        let began = Instant::now();
        match observe::schema(&session.client, &loaded.config.sensitive, kind).await {
            Ok((schema, why)) => {
                if !has_answered {
                    checks.push(InstanceCheck::Answers(began.elapsed()));
                }
                unmasked = unmasked.or(why);
                schemas.insert(kind, schema);
            }
            Err(error) if !has_answered && !is_an_answer(&error) => {
                return vec![InstanceCheck::Unreachable(error)];
            }
            Err(error) => checks.push(InstanceCheck::Refuses(error)),
        }
        has_answered = true;
    }
    checks.extend(reading(session, &schemas).await);
    checks.push(InstanceCheck::Sensitive(unmasked));
    checks.push(quota(loaded, session).await);
    checks
}

/// Whether records of each kind can be read.
async fn reading(session: &Session, schemas: &Schemas) -> Vec<InstanceCheck> {
    let mut checks = Vec::new();
    let mut readable = Vec::new();
    for &kind in schemas.keys() {
        let key = |kind: &ObjectKind| {
            let parts = kind.key.iter().map(|_| KeyValue::Text(NOBODY.into()));
            Key::new(parts.collect())
        };
        let (keys, children_of) = match kind.parent() {
            None => (vec![key(kind)], Vec::new()),
            Some(parent) => (Vec::new(), vec![key(parent.kind)]),
        };
        let question = Question {
            kind,
            fields: Vec::new(),
            keys,
            children_of,
        };
        match observe::records(&session.client, schemas, &[question]).await {
            Ok(_) => readable.push(kind),
            Err(error) => checks.push(InstanceCheck::Refuses(error)),
        }
    }
    if !readable.is_empty() {
        checks.push(InstanceCheck::Readable(readable));
    }
    checks
}

async fn quota(loaded: &LoadedConfig, session: &Session) -> InstanceCheck {
    match session.client.usage(Counted::Calls, Period::Today).await {
        Ok(days) => {
            let used: u64 = days.iter().map(|day| day.total).sum();
            let now = Timestamp::now();
            InstanceCheck::Quota(QuotaUse {
                used: usize::try_from(used).unwrap_or(usize::MAX),
                daily: loaded.config.limits.daily_calls as usize,
                users: days.last().map_or(0, |day| day.parts.len()),
                rest: quota_reset(now).duration_since(now).unsigned_abs(),
            })
        }
        Err(error) => InstanceCheck::QuotaUnknown(error),
    }
}

/// Whether an error shows that the instance is there and knows the API user.
fn is_an_answer(error: &ApiError) -> bool {
    matches!(
        error,
        ApiError::Denied { .. } | ApiError::NativeCrmSync { .. } | ApiError::Refused { .. }
    )
}
