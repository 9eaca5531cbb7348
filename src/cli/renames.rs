//! Renames that are done: read from the manifests and the ledgers of all instances, without a call of Marketo.

use crate::config::{InstanceConfig, LoadedConfig};
use crate::import::Renames;
use crate::ledger::Fingerprint;
use crate::manifest;
use crate::run::{RunLedger, existing_fingerprint};

use super::connect::not_connected;
use super::exit::{CliError, Exit};
use super::input;
use super::ledger_change::open;

/// The entries that name old keys, and how far each instance has come that declares them. `connected` is the instance to which there is
/// a connection already.
pub(super) async fn renames(
    loaded: &LoadedConfig,
    connected: Option<(&str, &Fingerprint)>,
) -> Result<Renames, CliError> {
    let mut renames = Renames::default();
    for (name, instance) in &loaded.config.instances {
        let of_instance = loaded.clone().of(instance);
        let config = &of_instance.config;
        let files = input::existing(&loaded.root, config.patterns())?;
        let reading = manifest::read_with(files, &config.rules);
        if !reading.diagnostics.is_empty() {
            let message = format!("the manifests of {name} have problems");
            return Err(CliError::new(Exit::Invalid, message)
                .hint(format!("to see them: `oppctl validate --instance {name}`")));
        }
        let mut records = reading.desired.records.iter();
        if records.any(|declared| declared.renamed_from.is_some()) {
            let known = connected.filter(|(connected, _)| connected == name);
            let known = known.map(|(_, fingerprint)| fingerprint.clone());
            let ledger = ledger(loaded, instance, known).await;
            let ledger = ledger.map_err(|error| of_instance_ledger(error, name))?;
            let ledger = ledger.as_ref().map(|it| &it.ledger);
            renames.add(name, &config.rules, &reading, ledger);
        }
    }
    Ok(renames)
}

/// The ledger of an instance, if it was ever saved.
async fn ledger(
    loaded: &LoadedConfig,
    instance: &InstanceConfig,
    known: Option<Fingerprint>,
) -> Result<Option<RunLedger>, CliError> {
    if loaded.ledger()?.is_none() {
        return Ok(None);
    }
    let fingerprint = match known {
        Some(fingerprint) => Some(fingerprint),
        None => { existing_fingerprint(loaded, instance).await }
            .map_err(|error| not_connected(error, instance, loaded))?,
    };
    let Some(fingerprint) = fingerprint else {
        return Ok(None);
    };
    let ledger = open(loaded, &fingerprint).await?;
    Ok((ledger.number() > 0).then_some(ledger))
}

fn of_instance_ledger(error: CliError, instance: &str) -> CliError {
    let message = format!("cannot read the ledger of {instance}");
    let mut causes = vec![error.message];
    causes.extend(error.causes);
    CliError {
        message,
        causes,
        ..error
    }
}
