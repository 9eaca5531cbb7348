//! `oppctl doctor`: looks at everything that a run needs, and changes nothing.

use std::time::Instant;

use jiff::Timestamp;

use crate::api::{ApiError, Counted, Period, quota_reset};
use crate::config::{InstanceConfig, InstanceTarget, LoadedConfig};
use crate::git;
use crate::journal::Folder;
use crate::ledger::{Clock, Lease};
use crate::model::kind::KINDS;
use crate::model::{Key, KeyValue, ObjectKind, grouped};
use crate::observe;
use crate::plan::{Question, Schemas};
use crate::render::{
    Check, CheckState, DoctorDocument, counted, counted_entries, doctor_text, spoken,
};
use crate::run::{RunLedger, Session, fingerprint};
use crate::store::Location;

use super::args::{DoctorArgs, Format};
use super::connect::{journals, not_connected, store};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::input;
use super::output::{json, width};

/// A key that no record has: it is asked for to see whether records can be read.
const NOBODY: &str = "oppctl-doctor";

/// The checks so far, and the exit of the worst.
struct Findings {
    checks: Vec<Check>,
    exit: Exit,
}

pub(super) async fn run(context: &Context, args: &DoctorArgs) -> Result<Exit, CliError> {
    let mut findings = Findings {
        checks: Vec::new(),
        exit: Exit::Done,
    };
    let instance = look(context, &mut findings).await;
    let checks = &findings.checks;
    let name = instance.as_deref();
    match args.format {
        Format::Table => context.out.text(&doctor_text(name, checks, width()))?,
        Format::Json => {
            let exit = findings.exit.code();
            context
                .out
                .data(&json(&DoctorDocument::of(name, checks, exit))?)?;
        }
    }
    Ok(findings.exit)
}

/// Goes as far as it can; the name of the instance, if there is one.
async fn look(context: &Context, findings: &mut Findings) -> Option<String> {
    let loaded = match context.load() {
        Ok(loaded) => loaded,
        Err(error) => {
            findings.fix("configuration", error);
            return None;
        }
    };
    let chosen = loaded.instance(context.instance.as_deref()).cloned();
    let loaded = match &chosen {
        Ok(instance) => loaded.of(instance),
        Err(_) => loaded,
    };
    findings.manifests(&loaded);
    let instance = match chosen {
        Ok(instance) => instance,
        Err(error) => {
            findings.fix("instance", error.into());
            return None;
        }
    };
    findings.journal(&loaded).await;
    findings.ledger(&loaded, &instance).await;
    match Session::once(&loaded, &instance).await {
        Ok(session) => {
            findings.instance(&loaded, &instance.target, &session).await;
            if let Err(error) = session.close().await {
                findings.fix("simulator", CliError::of(&error));
            }
        }
        Err(error) => findings.fix("credentials", not_connected(error, &instance, &loaded)),
    }
    Some(instance.name)
}

impl Findings {
    fn good(&mut self, name: &'static str, text: impl Into<String>) {
        self.add(name, CheckState::Good, text.into(), Vec::new());
    }

    fn look(&mut self, name: &'static str, text: impl Into<String>, way_out: &str) {
        self.add(
            name,
            CheckState::Look,
            text.into(),
            vec![way_out.to_owned()],
        );
    }

    fn fix(&mut self, name: &'static str, error: CliError) {
        let CliError {
            exit,
            message,
            causes,
            hints,
            ..
        } = error;
        if self.exit == Exit::Done {
            self.exit = exit;
        }
        let text = [vec![message], causes].concat().join(": ");
        self.add(name, CheckState::Fix, text, hints);
    }

    fn add(&mut self, name: &'static str, state: CheckState, text: String, ways_out: Vec<String>) {
        self.checks.push(Check {
            name,
            state,
            text,
            ways_out,
        });
    }

    fn manifests(&mut self, loaded: &LoadedConfig) {
        let file = loaded.path.file_name().unwrap_or_default();
        let reading = match input::read(loaded, &[]) {
            Ok(reading) => reading,
            Err(error) => return self.fix("configuration", error),
        };
        let problems = reading.diagnostics.len();
        if problems > 0 {
            let message = format!("{} in the manifests", counted(problems, "problem"));
            let error = CliError::new(Exit::Invalid, message);
            return self.fix("manifests", error.hint("to see them: `oppctl validate`"));
        }
        let records = counted_entries(reading.desired.records.len());
        let files = counted(reading.sources.iter().count(), "file");
        self.good(
            "configuration",
            format!(
                "{}, {files}, {records}, no mistakes",
                file.to_string_lossy()
            ),
        );
    }

    /// Whether journals, which hold values of records, can get into the repository.
    async fn journal(&mut self, loaded: &LoadedConfig) {
        let location = match loaded.journal() {
            Ok(location) => location,
            Err(refusal) => return self.fix("journal", refusal.into()),
        };
        let Location::Directory(folder) = location else {
            return self.good("journal", location.to_string());
        };
        let shown = folder
            .strip_prefix(&loaded.root)
            .unwrap_or(folder)
            .display();
        match git::is_ignored(&loaded.root, folder).await {
            Some(false) => self.look(
                "journal",
                format!("{shown} is in no .gitignore, and holds values of records"),
                "write `.oppctl/` into .gitignore",
            ),
            Some(true) | None => self.good("journal", shown.to_string()),
        }
    }

    async fn ledger(&mut self, loaded: &LoadedConfig, instance: &InstanceConfig) {
        let opened = async {
            let fingerprint = fingerprint(loaded, instance).await?;
            let Some(store) = store(loaded, &fingerprint)? else {
                return Ok(None);
            };
            let shown = store.shown().to_owned();
            let lease = store.lock(Clock::system()).status().await;
            let lease = lease.map_err(|error| CliError::of_lock(&error, &instance.name))?;
            let project = loaded.config.project.clone();
            let ledger = RunLedger::open(store, Clock::system(), project, None).await?;
            let runs = if ledger.number() == 0 {
                earlier_runs(&journals(loaded, &fingerprint)?)
            } else {
                0
            };
            Ok::<_, CliError>(Some((shown, lease, ledger, runs)))
        };
        match opened.await {
            Ok(Some((shown, lease, ledger, runs))) => {
                let records = counted(ledger.ledger.iter().count(), "record");
                let number = ledger.number();
                if runs > 0 {
                    let runs = counted(runs, "run");
                    return self.look(
                        "ledger",
                        format!("{shown} is empty, and the journal has {runs} of this instance: it may be lost"),
                        "restore it from a copy. Without it the project owns nothing, and records of removed entries stay in Marketo",
                    );
                }
                self.good(
                    "ledger",
                    format!("{shown}, version {number}, {records}, {}", locked(lease)),
                );
            }
            Ok(None) => self.look(
                "ledger",
                "none: records of removed entries stay in Marketo",
                "`ownership: { ledger: .oppctl/ledger }` in oppctl.yaml, or object storage for CI",
            ),
            Err(error) => self.fix("ledger", error),
        }
    }

    async fn instance(
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

/// How many runs the journal has that had a ledger.
fn earlier_runs(folder: &Folder) -> usize {
    let summaries = folder.summaries().unwrap_or_default().into_iter().flatten();
    let with_ledger = summaries.filter(|run| run.head.origin.is_some() && run.end.is_some());
    with_ledger.count()
}

fn locked(lease: Option<Lease>) -> String {
    match lease.filter(|lease| lease.released.is_none()) {
        None => "no lock".to_owned(),
        Some(lease) => format!(
            "locked by {} on {} until {}",
            lease.owner.user,
            lease.owner.host,
            lease.expires.strftime("%T UTC")
        ),
    }
}
