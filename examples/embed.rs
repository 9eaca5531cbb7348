//! Embeds the crate: reads manifests, plans against the simulator in this process, applies, and prints what became of each change.

use std::error::Error;
use std::path::Path;

use oppctl::apply::Outcome;
use oppctl::config::{InstanceTarget, LoadedConfig};
use oppctl::journal::Folder;
use oppctl::manifest::{self, files};
use oppctl::run::{self, Ports, Session, Settings};

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example prints its result")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart");
    for line in apply(&folder).await? {
        println!("{line}");
    }
    Ok(())
}

/// Applies the manifests of a project to a new simulator: a line for each change.
pub(crate) async fn apply(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let loaded = LoadedConfig::load(folder, None)?;
    let mut instance = loaded.instance(None)?.clone();
    let scratch = tempfile::tempdir()?;
    if let InstanceTarget::Simulator(simulator) = &mut instance.target {
        simulator.data = scratch.path().join("simulator");
    }
    let paths = files::find(&loaded.root, loaded.config.patterns())?.manifests;
    let texts = files::load(&loaded.root, &paths).collect::<Result<Vec<_>, _>>()?;
    let goal = manifest::read(texts).into();

    let session = Session::open(&loaded, &instance, None).await?;
    let journals = Folder::of(scratch.path(), session.instance.fingerprint.as_str());
    let ports = Ports::new(&session.client, &session.instance, &journals);
    let ended = run::course(&Settings::of(&loaded, &instance)?, goal, ports).await;
    session.close().await?;

    ended.end?;
    let (planned, sent) = ended.planned.zip(ended.sent).ok_or("nothing to apply")?;
    let outcomes = planned.plan.changes.iter().zip(&sent.report.outcomes);
    let lines = outcomes.map(|(change, outcome)| {
        let (action, kind, key) = (change.action.word(), change.kind.name, &change.shown);
        let is_applied = matches!(outcome, Outcome::Applied { .. });
        let became = if is_applied { "applied" } else { "not applied" };
        format!("{action} {kind} {key}: {became}")
    });
    Ok(lines.collect())
}
