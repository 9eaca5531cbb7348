//! `oppctl doctor`: looks at everything that a run needs, and changes nothing.

use std::collections::BTreeSet;
use std::path::Path;

use crate::config::{InstanceConfig, LoadedConfig};
use crate::git;
use crate::journal::Journals as _;
use crate::ledger::{Clock, Fingerprint, Lease};
use crate::model::ObjectKind;
use crate::render::{
    Check, CheckState, DoctorDocument, counted, counted_entries, doctor_text, instance_check,
};
use crate::run::{RunLedger, Session, fingerprint, instance_checks};
use crate::store::{Location, check_writable};

use super::args::{DoctorArgs, Format};
use super::connect::{journals, not_connected, store};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::input;
use super::output::{json, width_of_data};

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
        Format::Table => context
            .out
            .text(&doctor_text(name, checks, width_of_data()))?,
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
    let declared = findings.manifests(&loaded);
    let instance = match chosen {
        Ok(instance) => instance,
        Err(error) => {
            findings.fix("instance", error.into());
            return None;
        }
    };
    // An instance that cannot be told from others has no ledger and no journals; why that is so, the session below says.
    if let Ok(fingerprint) = fingerprint(&loaded, &instance).await {
        findings.journal(&loaded, &fingerprint).await;
        findings.ledger(&loaded, &instance, &fingerprint).await;
    }
    match Session::once(&loaded, &instance).await {
        Ok(session) => {
            let place = &session.instance.place;
            for check in instance_checks(&loaded, &session, &declared).await {
                match instance_check(&check, place, &instance.target) {
                    Ok(checks) => findings.checks.extend(checks),
                    Err((name, error)) => findings.fix(name, error.into()),
                }
            }
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
        self.checks.push(Check::good(name, text));
    }

    fn look(&mut self, name: &'static str, text: impl Into<String>, way_out: &str) {
        self.checks.push(Check::look(name, text, way_out));
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
        self.checks.push(Check {
            name,
            state: CheckState::Fix,
            text,
            ways_out: hints,
        });
    }

    /// The kinds that the manifests declare.
    fn manifests(&mut self, loaded: &LoadedConfig) -> BTreeSet<&'static ObjectKind> {
        let file = loaded.path.file_name().unwrap_or_default();
        let reading = match input::read(loaded, &[]) {
            Ok(reading) => reading,
            Err(error) => {
                self.fix("configuration", error);
                return BTreeSet::new();
            }
        };
        let declared = reading.desired.records.iter();
        let declared = declared.map(|declared| declared.kind).collect();
        let problems = reading.diagnostics.len();
        if problems > 0 {
            let message = format!("{} in the manifests", counted(problems, "problem"));
            let error = CliError::new(Exit::Invalid, message);
            self.fix("manifests", error.hint("to see them: `oppctl validate`"));
            return declared;
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
        declared
    }

    /// Whether journals can be written, and whether those, which hold values of records, can get into the repository.
    async fn journal(&mut self, loaded: &LoadedConfig, fingerprint: &Fingerprint) {
        let location = match loaded.journal() {
            Ok(location) => location,
            Err(refusal) => return self.fix("journal", refusal.into()),
        };
        let Location::Directory(folder) = location else {
            let runs = journals(loaded, fingerprint).and_then(|folder| Ok(folder.runs()?));
            return match runs {
                Ok(runs) => {
                    let runs = counted(runs.len(), "run");
                    self.good("journal", format!("{location}, {runs}"));
                }
                Err(error) => self.fix("journal", error),
            };
        };
        let shown = folder
            .strip_prefix(&loaded.root)
            .unwrap_or(folder)
            .display();
        if let Err(source) = check_writable(&folder.join(fingerprint.as_str())) {
            let error = CliError::new(Exit::Failed, format!("{shown} cannot be written"));
            return self.fix(
                "journal",
                error.caused_by(&source).hint(
                    "oppctl applies nothing without a journal: make that directory writable, or write another one into oppctl.yaml: `journal: { directory: DIR }`",
                ),
            );
        }
        match git::is_ignored(&loaded.root, folder).await {
            Some(false) => self.look(
                "journal",
                format!("{shown} is in no .gitignore, and holds values of records"),
                "write `.oppctl/` into .gitignore",
            ),
            Some(true) | None => self.good("journal", shown.to_string()),
        }
    }

    async fn ledger(
        &mut self,
        loaded: &LoadedConfig,
        instance: &InstanceConfig,
        fingerprint: &Fingerprint,
    ) {
        let opened = async {
            let Some(store) = store(loaded, fingerprint)? else {
                return Ok(None);
            };
            if let Some(Location::Directory(_)) = loaded.ledger()? {
                let folder = Path::new(store.shown()).join("ledger");
                check_writable(&folder).map_err(|source| {
                    CliError::new(Exit::Failed, format!("{} cannot be written", store.shown()))
                        .caused_by(&source)
                        .hint("make that directory writable, or write another one into oppctl.yaml: `ownership: { ledger: DIR }`")
                })?;
            }
            let shown = Path::new(store.shown());
            let shown = shown.strip_prefix(&loaded.root).unwrap_or(shown);
            let shown = shown.display().to_string();
            let lease = store.lock(Clock::system()).status().await;
            let lease = lease.map_err(|error| CliError::of_lock(&error, &instance.name))?;
            let project = loaded.config.project.clone();
            let ledger = RunLedger::open(store, Clock::system(), project, None).await?;
            let runs = if ledger.number() == 0 {
                journals(loaded, fingerprint)?.with_ledger()
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
                        "restore a copy: `oppctl ledger restore FILE`; without one: `oppctl ledger rebuild`. Records of removed entries stay in Marketo",
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
