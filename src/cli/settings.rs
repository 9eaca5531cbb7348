//! Arguments and configuration as the settings of a run.

use crate::run::Settings;

use super::args::{AllowArgs, SendingArgs};
use super::commit::commit;
use super::connect::Connected;
use super::exit::{CliError, Exit};

/// The settings of a run that only plans.
pub(super) fn of_planning(connected: &Connected, allow: &AllowArgs) -> Result<Settings, CliError> {
    let Connected {
        loaded, instance, ..
    } = connected;
    let settings = Settings::of(loaded, instance).map_err(|source| {
        let file = loaded.path.display();
        CliError::new(Exit::Failed, format!("cannot read {file}")).caused_by(&source)
    })?;
    Ok(Settings {
        permits: allow.permits(),
        commit: commit(&loaded.root),
        ..settings
    })
}

/// The settings of a run that sends.
pub(super) fn of_sending(
    connected: &Connected,
    sending: &SendingArgs,
) -> Result<Settings, CliError> {
    let mut settings = of_planning(connected, &sending.allow)?;
    settings.canary = sending.canary;
    settings.terms.wait = sending.lock_wait;
    Ok(settings)
}
