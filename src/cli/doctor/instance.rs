//! What `oppctl doctor` asks of an instance: reads only.

use std::time::Instant;

use jiff::Timestamp;

use super::Findings;
use crate::api::{ApiError, Counted, Period, quota_reset};
use crate::cli::exit::CliError;
use crate::config::{InstanceTarget, LoadedConfig};
use crate::model::kind::KINDS;
use crate::model::{Key, KeyValue, ObjectKind, grouped};
use crate::observe;
use crate::plan::{Question, Schemas};
use crate::render::{CheckState, counted, spoken};
use crate::run::Session;

/// A key that no record has: it is asked for to see whether records can be read.
const NOBODY: &str = "oppctl-doctor";

impl Findings {
    pub(super) async fn instance(
        &mut self,
        loaded: &LoadedConfig,
        target: &InstanceTarget,
        session: &Session,
    ) {
        let sensitive = &loaded.config.sensitive;
        let mut schemas = Schemas::new();
        let mut unmasked = None;
        let mut has_answered = false;
        for kind in KINDS {
            let began = Instant::now();
            match observe::schema(&session.client, sensitive, kind).await {
                Ok((schema, why)) => {
                    if !has_answered {
                        self.address(session, target, began);
                    }
                    has_answered = true;
                    unmasked = unmasked.or(why);
                    schemas.insert(kind, schema);
                }
                Err(error) if !has_answered && !is_an_answer(&error) => {
                    let is_refused =
                        matches!(error, ApiError::Credentials { .. } | ApiError::Token { .. });
                    let name = if is_refused { "credentials" } else { "address" };
                    return self.fix(name, CliError::from(&error));
                }
                Err(error) => {
                    has_answered = true;
                    self.fix(
                        if matches!(error, ApiError::NativeCrmSync { .. }) {
                            "native CRM sync"
                        } else {
                            "permissions"
                        },
                        CliError::from(&error),
                    );
                }
            }
        }
        self.reading(session, &schemas).await;
        match unmasked {
            None => self.good("sensitive fields", "known, and not shown"),
            Some(why) => self.look(
                "sensitive fields",
                format!("not known of all fields, so their values are shown: {why}"),
                "give the API user's role Read-Write Schema Standard Field and Read-Write Schema Custom Field (oppctl only reads), or name fields under `sensitive` in oppctl.yaml",
            ),
        }
        self.quota(loaded, session).await;
    }

    fn address(&mut self, session: &Session, target: &InstanceTarget, began: Instant) {
        let place = &session.instance.place;
        match target {
            InstanceTarget::Simulator(_) => self.good("address", "built-in simulator"),
            InstanceTarget::Remote(_) => {
                let took = began.elapsed().as_millis();
                self.good("address", format!("{place}, answered in {took} ms"));
                self.good("credentials", "a token was granted");
            }
        }
    }

    /// Whether records of each kind can be read. Whether they can be written is not tried: that would be a write.
    async fn reading(&mut self, session: &Session, schemas: &Schemas) {
        let mut readable: Vec<&str> = Vec::new();
        for &kind in schemas.keys() {
            let key = |kind: &ObjectKind| {
                let parts = kind.key.iter().map(|_| KeyValue::Text(NOBODY.into()));
                Key::new(parts.collect())
            };
            let (keys, children_of) = match &kind.parent {
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
                Ok(_) => readable.push(kind.plural),
                Err(error) => self.fix("permissions", CliError::from(&error)),
            }
        }
        if !readable.is_empty() {
            let text = format!("{} can be read", readable.join(" and "));
            self.good("permissions", text);
            self.add(
                "writing",
                CheckState::NotTried,
                "not tried: doctor changes nothing; an apply without the permission ends with 603"
                    .to_owned(),
                Vec::new(),
            );
        }
    }

    async fn quota(&mut self, loaded: &LoadedConfig, session: &Session) {
        let daily = loaded.config.limits.daily_calls as usize;
        match session.client.usage(Counted::Calls, Period::Today).await {
            Ok(days) => {
                let used: u64 = days.iter().map(|day| day.total).sum();
                let users = days.last().map_or(0, |day| day.parts.len());
                let now = Timestamp::now();
                let rest = quota_reset(now).duration_since(now).unsigned_abs();
                let used_calls = usize::try_from(used).unwrap_or(usize::MAX);
                let text = format!(
                    "{} of {} calls used today, by {}; it is renewed in {}",
                    grouped(used_calls),
                    grouped(daily),
                    counted(users, "API user"),
                    spoken(rest)
                );
                if used_calls >= daily {
                    self.look(
                        "quota",
                        text,
                        "wait, or correct `limits.dailyCalls` in oppctl.yaml",
                    );
                } else {
                    self.good("quota", text);
                }
            }
            Err(error) => {
                let why = CliError::from(&error).message;
                self.look(
                    "quota",
                    format!("not known: {why}"),
                    "a run works without it",
                );
            }
        }
    }
}

/// Whether an error shows that the instance is there and knows the API user.
fn is_an_answer(error: &ApiError) -> bool {
    matches!(
        error,
        ApiError::Denied { .. } | ApiError::NativeCrmSync { .. } | ApiError::Refused { .. }
    )
}
