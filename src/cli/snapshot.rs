//! `oppctl snapshot`: keeps what a plan reads, encrypted, for those who plan without the instance.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::api::{Keeper, Source};
use crate::render;
use crate::run::{Completion, InstanceId, RunError};
use crate::snapshot::{
    self, Age, Identity, Recipients, Snapshot, SnapshotError, SnapshotInstance, is_encrypted,
};

use super::args::{PageArgs, SnapshotArgs};
use super::connect::with_source;
use super::context::Context;
use super::events::Events;
use super::exit::{CliError, Exit};
use super::files::{has_folder, replace};
use super::goal::declared;
use super::settings::of_planning;
use super::signals::Signals;
use super::terminal::Terminal;

/// The variable with the text of a key that decrypts a snapshot.
const IDENTITY: &str = "OPPCTL_SNAPSHOT_IDENTITY";

/// As much of a file as tells whether it is encrypted.
const BEGINNING: u64 = 64;

pub(super) async fn run(context: &Context, args: &SnapshotArgs) -> Result<Exit, CliError> {
    replaceable(&args.out)?;
    // Before a call is made.
    let age = Age::find().await?;
    let recipients = Recipients {
        keys: args.recipients.clone(),
        files: args.recipients_files.clone(),
    };
    drop(age.encrypt(b"", &recipients).await?);
    let signals = Signals::listen()?;
    let keeper = Keeper::default();
    let time = Timestamp::now();
    let source = Source::Keeping(keeper.clone());
    let mut known = None;
    with_source(context, &mut known, source, async |connected| {
        let goal = declared(connected, &[], &[])?;
        let settings = of_planning(context, connected, &PageArgs::default(), &args.allow).await?;
        let terminal = Terminal {
            context,
            connected,
            signals: &signals,
            events: &Events::default(),
        };
        let ended = terminal.keep(&settings, goal).await?;
        let (Ok(Completion::Previewed) | Err(RunError::Refused), Some(planned)) =
            (&ended.end, &ended.planned)
        else {
            let ended = terminal.print_end(&ended);
            return ended.map_err(CliError::of_preview);
        };
        let InstanceId {
            name,
            place,
            fingerprint,
        } = &connected.session.instance;
        let text = snapshot::write(&Snapshot {
            instance: SnapshotInstance {
                name: name.clone(),
                place: place.clone(),
                fingerprint: fingerprint.to_string(),
            },
            time,
            answers: keeper.take(),
        });
        let encrypted = age.encrypt(&text, &recipients).await?;
        replace(&args.out, encrypted)?;
        let said = render::snapshot_written(&args.out, planned, time);
        context.out.text(&format!("{said}\n"))?;
        Ok(Exit::Done)
    })
    .await
}

/// Reads a snapshot.
pub(super) async fn load(path: &Path, identity: Option<&Path>) -> Result<Snapshot, CliError> {
    let beginning = beginning(path).map_err(|source| SnapshotError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    if !is_encrypted(&beginning) {
        let path = path.to_owned();
        return Err(SnapshotError::NotEncrypted { path }.into());
    }
    let of_variable = || {
        std::env::var(IDENTITY)
            .ok()
            .filter(|text| !text.trim().is_empty())
    };
    let identity = match identity {
        Some(file) => Identity::File(file.to_owned()),
        None => {
            let text = of_variable().ok_or(SnapshotError::NoIdentity)?;
            Identity::Text(SecretString::from(text))
        }
    };
    let text = Age::find().await?.decrypt(path, &identity).await?;
    Ok(snapshot::read(path, &text)?)
}

/// The source of answers that a snapshot is.
pub(super) fn source(snapshot: Snapshot) -> (SnapshotInstance, Source) {
    let Snapshot {
        instance, answers, ..
    } = snapshot;
    (instance, Source::Kept(Arc::new(answers)))
}

/// Refuses a snapshot of another instance.
pub(super) fn check(of: &SnapshotInstance, this: &InstanceId) -> Result<(), CliError> {
    if of.fingerprint == this.fingerprint.as_str() {
        return Ok(());
    }
    let error = SnapshotError::OtherInstance {
        name: of.name.clone(),
        fingerprint: of.fingerprint.clone(),
        this_name: this.name.clone(),
        this_fingerprint: this.fingerprint.to_string(),
    };
    Err(error.into())
}

fn beginning(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    File::open(path)?
        .take(BEGINNING)
        .read_to_end(&mut beginning)?;
    Ok(beginning)
}

/// Refuses to write a snapshot over anything but an older one, or into a folder that does not exist.
fn replaceable(path: &Path) -> Result<(), CliError> {
    has_folder(path)?;
    if path.is_file() && !beginning(path).is_ok_and(|text| is_encrypted(&text)) {
        let message = format!(
            "{} exists and is not a snapshot; not overwriting it",
            path.display()
        );
        return Err(CliError::new(Exit::Failed, message).hint("name another file with --out"));
    }
    Ok(())
}
