//! What a run may do and how, resolved once: arguments and configuration are not looked at again.

use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use crate::apply::MARKETO_LIMITS;
use crate::config::{
    ApiLimits, ImpactConfig, InstanceConfig, InstanceFields, InstanceFieldsError, LEASE,
    LoadedConfig, Permit, Policies, PolicyRefusal, is_known_sensitive,
};
use crate::ledger::{Owner, Terms};
use crate::model::{ObjectKind, Severities};
use crate::plan::{BatchLimits, Guards, Marker, Note, Permits, PlanBasis, Schemas};

use super::checkout::Checkout;
use super::code_links::CodeLinks;
use super::review::Reviewed;

/// Why a configuration gives no settings.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The text of the configuration salts digests.
    #[error("cannot read {}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Policy(#[from] PolicyRefusal),
    #[error(transparent)]
    Fields(#[from] InstanceFieldsError),
}

/// The settings of a run.
#[derive(Debug)]
pub struct Settings {
    /// What a run may change.
    pub guards: Guards,
    /// How grave findings and notes are, where that is not as usual.
    pub severities: Severities,
    /// How plans tell what they do to the pipeline.
    pub impact: ImpactConfig,
    /// What a person allowed beyond the guards.
    pub permits: Permits,
    /// What neither the guards nor a permit can lift.
    pub policies: Policies,
    /// The field that names the owner of a record, if the project uses one.
    pub marker: Option<Marker>,
    /// The reviewed plan, if there is one. The run goes on only if its own plan is the same.
    pub reviewed: Option<Reviewed>,
    /// What plans compare the manifests with.
    pub basis: PlanBasis,
    /// How many changes of each kind and action go out first and are read back; without a number, all go out together.
    pub canary: Option<NonZeroUsize>,
    /// How long the lock lasts without a renewal, and how long to wait for it.
    pub terms: Terms,
    /// The most that one call may have.
    pub batch_limits: BatchLimits,
    /// How many calls the instance allows in a day.
    pub daily_calls: usize,
    /// How many calls the run may make.
    pub max_calls: Option<usize>,
    /// Whether an apply may begin for which the calls are not enough that the day has left.
    pub allow_over_quota: bool,
    /// Whether an apply must be confirmed with the instance's name.
    pub confirm: bool,
    /// Whether the instance protects all its records from deletion.
    pub protects: bool,
    /// How long journals of finished runs are kept; without it none is removed.
    pub keep: Option<Duration>,
    /// Whether the journal stores the values of sensitive fields.
    pub sensitive: bool,
    /// The fields that are sensitive beside those that the instance marks.
    pub sensitive_fields: Vec<Box<str>>,
    /// The fields of the instance as the repository has them, and the path of that file, if it has them.
    pub kept_fields: Option<(Box<str>, InstanceFields)>,
    /// Whether, without a ledger, an entry is left out whose lead is missing or doubled.
    pub skips_missing_references: bool,
    /// The name of the project, which its ledger bears.
    pub project: Option<Box<str>>,
    /// The commit of the manifests, where it is known.
    pub commit: Option<Box<str>>,
    /// Where the manifests are on the web, if that is known.
    pub links: Option<CodeLinks>,
    /// Whether what is planned is a change that is not merged yet.
    pub is_proposal: bool,
    /// The history of the manifests, where it can be asked.
    pub checkout: Option<Box<dyn Checkout>>,
    /// Whether a checkout that is behind the last apply may apply all the same.
    pub allow_behind: bool,
    /// The salt of digests as long as there is no ledger.
    pub salt: Vec<u8>,
    /// Who runs it, for the lock and the journal.
    pub owner: Owner,
}

impl Settings {
    /// The defaults, for a run of this process. Somebody who knows the salt can confirm guessed values from a digest.
    #[must_use]
    pub fn new(salt: Vec<u8>) -> Self {
        Self {
            guards: Guards::default(),
            severities: Severities::default(),
            impact: ImpactConfig::default(),
            permits: Permits::NONE,
            policies: Policies::default(),
            marker: None,
            reviewed: None,
            basis: PlanBasis::Instance,
            canary: None,
            terms: Terms {
                lease: LEASE,
                wait: Duration::ZERO,
            },
            batch_limits: MARKETO_LIMITS,
            daily_calls: ApiLimits::default().daily_calls as usize,
            max_calls: None,
            allow_over_quota: false,
            confirm: false,
            protects: false,
            keep: None,
            sensitive: false,
            sensitive_fields: Vec::new(),
            kept_fields: None,
            skips_missing_references: false,
            project: None,
            commit: None,
            links: None,
            is_proposal: false,
            checkout: None,
            allow_behind: false,
            salt,
            owner: Owner::here(),
        }
    }

    /// The settings of a configuration for one of its instances; nothing is permitted, and there is no canary.
    ///
    /// # Errors
    /// A policy does not allow its guards or its ledger, or the configuration file cannot be read again.
    pub fn of(loaded: &LoadedConfig, instance: &InstanceConfig) -> Result<Self, SettingsError> {
        let LoadedConfig {
            config,
            root: _,
            path,
            policies,
        } = loaded;
        policies.check_has_ledger(instance, loaded.ledger()?)?;
        // The text of the configuration: everybody who plans or applies has it, but somebody who sees only a digest does not.
        let salt = fs::read(path).map_err(|source| SettingsError::Unreadable {
            path: path.clone(),
            source,
        })?;
        Ok(Self {
            guards: policies.guards(config.guards)?,
            severities: config.severities.clone(),
            impact: config.impact.clone(),
            policies: policies.clone(),
            marker: config.ownership.marker.clone(),
            terms: Terms {
                lease: config.ownership.lease,
                wait: Duration::ZERO,
            },
            daily_calls: config.limits.daily_calls as usize,
            max_calls: config.limits.max_calls.map(|most| most as usize),
            confirm: instance.confirm,
            protects: instance.rules.protect,
            project: config.project.clone(),
            keep: config.journal.keep,
            sensitive: config.journal.sensitive,
            sensitive_fields: config.sensitive.clone(),
            kept_fields: loaded.kept_fields(&instance.name)?,
            skips_missing_references: config.skips_missing_references,
            ..Self::new(salt)
        })
    }

    /// Whether the configuration or the kept fields say, without the instance, that a field is sensitive.
    pub(super) fn hides(&self, kind: &ObjectKind, field: &str) -> bool {
        let kept = self.kept_fields.as_ref().map(|(_, kept)| kept);
        is_known_sensitive(&self.sensitive_fields, kept, kind, field)
    }

    /// Whether the file with the fields of the instance is behind the instance.
    pub(super) fn outdated_fields(&self, schemas: &Schemas) -> Option<Note> {
        let (file, kept) = self.kept_fields.as_ref()?;
        let fields = kept.outdated(schemas);
        (!fields.is_empty()).then(|| Note::FieldsOutdated {
            file: file.clone(),
            fields,
        })
    }

    /// Checks what a person allowed, today and for the plan that was reviewed.
    pub(super) fn check_permits(&self) -> Result<(), PolicyRefusal> {
        if let Some(permits) = self.reviewed.as_ref().and_then(Reviewed::permits) {
            let allowed = permits.allow_deletes;
            self.policies.check_permit(Permit::PlanFile, allowed)?;
        }
        let allowed = self.permits.allow_deletes;
        self.policies.check_permit(Permit::Flag, allowed)
    }
}
