//! What policies allow. Each policy has to allow a thing, so that of two policies the stricter one wins.

use std::path::{Path, PathBuf};

use super::super::credentials::Credential;
use super::super::settings::{GuardsConfig, InstanceConfig, InstanceTarget, RemoteConfig};
use super::host::HostPattern;
use super::refusal::{Permit, PolicyRefusal, RefusedByPolicy};
use crate::plan::{DeleteCeiling, GuardLimit, Guards, SetBy};
use crate::store::Location;

/// One policy file. What it does not write, it does not restrict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Policy {
    pub(super) path: PathBuf,
    pub(super) hosts: Option<Vec<HostPattern>>,
    pub(super) credential_commands: PolicyVerdict,
    pub(super) ledgers: Option<Vec<Location>>,
    pub(super) journals: Option<Vec<Location>>,
    /// The highest guards.
    pub(super) guards: GuardsConfig,
    pub(super) unmasked_values: PolicyVerdict,
}

/// Whether something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PolicyVerdict {
    Allow,
    Deny,
}

/// The policies of this machine: none, one or two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policies(pub(super) Vec<Policy>);

/// The limit that holds of what the configuration writes and the lowest of the policies.
fn lower<T: Ord>(written: Option<T>, policy: Option<T>) -> Option<GuardLimit<T>> {
    let limit = |by| move |most| GuardLimit { most, by };
    let (written, policy) = (
        written.map(limit(SetBy::Configuration)),
        policy.map(limit(SetBy::Policy)),
    );
    // Of two equal ones the policy's: raising the other one changes nothing.
    policy
        .into_iter()
        .chain(written)
        .min_by(|one, other| one.most.cmp(&other.most))
}

impl Policies {
    /// Checks an instance before anything is read for it or sent to it: its host, and whether its credentials run a command.
    ///
    /// # Errors
    /// A policy does not allow it.
    pub fn check_instance(&self, instance: &InstanceConfig) -> Result<(), PolicyRefusal> {
        let InstanceTarget::Remote(remote) = &instance.target else {
            return Ok(());
        };
        self.each(|policy| {
            policy
                .refused_host(&instance.name, remote)
                .or_else(|| policy.refused_command(&instance.name, remote))
        })
    }

    /// Checks a ledger before it is opened.
    ///
    /// # Errors
    /// A policy does not allow it.
    pub fn check_ledger(&self, ledger: &Location) -> Result<(), PolicyRefusal> {
        self.each(|policy| {
            let allowed = policy.ledgers.as_ref()?;
            let is_allowed = allowed.iter().any(|place| ledger.is_within(place));
            (!is_allowed).then(|| RefusedByPolicy::Ledger {
                ledger: ledger.to_string(),
                allowed: listed(allowed),
            })
        })
    }

    /// Checks a journal before it is opened. In the project's own folder it leaves the machine only with that. Elsewhere it is where
    /// the policy says; if that says nothing of journals, one in object storage is where ledgers may be.
    ///
    /// # Errors
    /// A policy does not allow it.
    pub fn check_journal(&self, journal: &Location, root: &Path) -> Result<(), PolicyRefusal> {
        if journal.is_within(&Location::Directory(root.to_owned())) {
            return Ok(());
        }
        self.each(|policy| {
            let allowed = match (&policy.journals, journal) {
                (Some(journals), _) => journals,
                (None, Location::Bucket(_)) => policy.ledgers.as_ref()?,
                (None, Location::Directory(_)) => return None,
            };
            let is_allowed = allowed.iter().any(|place| journal.is_within(place));
            (!is_allowed).then(|| RefusedByPolicy::Journal {
                journal: journal.to_string(),
                allowed: listed(allowed),
            })
        })
    }

    /// Checks that a project for this instance has a ledger, if policies say where ledgers are. Without one, it would forget
    /// protections and the plans that were applied already.
    ///
    /// # Errors
    /// There is none, although a policy requires it.
    pub fn check_has_ledger(
        &self,
        instance: &InstanceConfig,
        ledger: Option<&Location>,
    ) -> Result<(), PolicyRefusal> {
        if ledger.is_some() || matches!(instance.target, InstanceTarget::Simulator(_)) {
            return Ok(());
        }
        self.each(|policy| {
            let allowed = policy.ledgers.as_deref()?;
            (!allowed.is_empty()).then(|| RefusedByPolicy::NoLedger {
                allowed: listed(allowed),
            })
        })
    }

    /// The guards of a configuration. Of a guard's default, or its absence, and the policies' limits the lowest holds if the
    /// configuration does not write it.
    ///
    /// # Errors
    /// One that is written is higher than a policy allows.
    pub fn guards(&self, written: GuardsConfig) -> Result<Guards, PolicyRefusal> {
        self.each(|policy| {
            let pairs = written.numbers().into_iter().zip(policy.guards.numbers());
            let mut refused = pairs.filter_map(|((member, configured), (_, most))| {
                let (configured, most) = (configured?, most?);
                (configured > most).then_some(RefusedByPolicy::Guard {
                    member,
                    configured,
                    most,
                })
            });
            refused.next()
        })?;
        let GuardsConfig {
            max_deletes,
            max_delete_percent,
            max_creates,
            max_updates,
            max_update_percent,
            max_amount_factor,
            max_pipeline_change,
        } = written;
        let default = Guards::default();
        let within = |written: Option<usize>, default: usize, most: Option<usize>| {
            written.unwrap_or_else(|| most.map_or(default, |most| most.min(default)))
        };
        let ceiling = self.ceiling();
        Ok(Guards {
            max_deletes: within(max_deletes, default.max_deletes, ceiling.max_deletes),
            max_delete_percent: within(
                max_delete_percent,
                default.max_delete_percent,
                ceiling.max_delete_percent,
            ),
            max_creates: lower(max_creates, self.lowest(|guards| guards.max_creates)),
            max_updates: lower(max_updates, self.lowest(|guards| guards.max_updates)),
            max_update_percent: lower(
                max_update_percent,
                self.lowest(|guards| guards.max_update_percent),
            ),
            max_amount_factor: lower(
                max_amount_factor,
                self.lowest(|guards| guards.max_amount_factor),
            ),
            max_pipeline_change: lower(
                max_pipeline_change,
                self.lowest(|guards| guards.max_pipeline_change),
            ),
        })
    }

    /// Checks a number of deletions that somebody allows beyond the guards.
    ///
    /// # Errors
    /// It is higher than a policy allows.
    pub fn check_permit(
        &self,
        permit: Permit,
        allowed: Option<usize>,
    ) -> Result<(), PolicyRefusal> {
        self.each(|policy| {
            let (allowed, most) = (allowed?, policy.guards.max_deletes?);
            (allowed > most).then_some(RefusedByPolicy::Permit {
                permit,
                allowed,
                most,
            })
        })
    }

    /// The limits that hold whatever guards and permits say.
    #[must_use]
    pub fn ceiling(&self) -> DeleteCeiling {
        DeleteCeiling {
            max_deletes: self.lowest(|guards| guards.max_deletes),
            max_delete_percent: self.lowest(|guards| guards.max_delete_percent),
        }
    }

    /// The lowest limit of the policies.
    fn lowest<T: Ord>(&self, of: fn(&GuardsConfig) -> Option<T>) -> Option<T> {
        let limits = self.0.iter().filter_map(|policy| of(&policy.guards));
        limits.min()
    }

    /// Checks that values may be shown although it is not known which fields are sensitive; `why` is the reason.
    ///
    /// # Errors
    /// A policy does not allow it.
    pub fn check_unmasked(&self, why: &str) -> Result<(), PolicyRefusal> {
        self.each(|policy| {
            policy.refused_unmasked(|| RefusedByPolicy::Unmasked {
                why: why.to_owned(),
            })
        })
    }

    /// Checks that the values of sensitive fields may be imported.
    ///
    /// # Errors
    /// A policy does not allow it.
    pub fn check_sensitive_import(&self) -> Result<(), PolicyRefusal> {
        self.each(|policy| policy.refused_unmasked(|| RefusedByPolicy::SensitiveImport))
    }

    /// What the first policy refuses that refuses something.
    fn each(
        &self,
        refused: impl Fn(&Policy) -> Option<RefusedByPolicy>,
    ) -> Result<(), PolicyRefusal> {
        let mut refusals = self.0.iter().filter_map(|policy| {
            Some(PolicyRefusal {
                policy: policy.path.clone(),
                what: refused(policy)?,
            })
        });
        refusals.next().map_or(Ok(()), Err)
    }
}

impl Policy {
    fn refused_host(&self, instance: &str, remote: &RemoteConfig) -> Option<RefusedByPolicy> {
        let allowed = self.hosts.as_ref()?;
        let host = remote.base_url.host();
        let is_allowed = allowed.iter().any(|pattern| pattern.allows(host));
        (!is_allowed).then(|| RefusedByPolicy::Host {
            instance: instance.to_owned(),
            host: host.to_owned(),
            allowed: listed(allowed),
        })
    }

    fn refused_command(&self, instance: &str, remote: &RemoteConfig) -> Option<RefusedByPolicy> {
        let RemoteConfig {
            base_url: _,
            client_id,
            client_secret,
        } = remote;
        if self.credential_commands == PolicyVerdict::Allow {
            return None;
        }
        let mut credentials =
            [("clientId", client_id), ("clientSecret", client_secret)].into_iter();
        let (member, _) = credentials.find(|(_, it)| matches!(it, Credential::Command(_)))?;
        Some(RefusedByPolicy::CredentialCommand {
            instance: instance.to_owned(),
            member,
        })
    }

    fn refused_unmasked(
        &self,
        refused: impl FnOnce() -> RefusedByPolicy,
    ) -> Option<RefusedByPolicy> {
        (self.unmasked_values == PolicyVerdict::Deny).then(refused)
    }
}

fn listed<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}
