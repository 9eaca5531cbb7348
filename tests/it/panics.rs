//! A mistake in oppctl does not take the report, the end of the journal and the lock with it: panics are injected where a run tells of
//! itself.

use std::fs;
use std::io;
use std::path::Path;

use oppctl::apply::{ApplyEvent, Halt, Outcome};
use oppctl::config::LoadedConfig;
use oppctl::journal::{EndReason, Folder};
use oppctl::ledger::Store;
use oppctl::manifest::{self, files};
use oppctl::run::{self, Completion, Ended, Ports, RunError, RunEvent, Session, Settings};
use pretty_assertions::assert_eq;

const CONFIG: &str = "\
version: 1
manifests: [\"m/*.yaml\"]
defaultInstance: local
instances:
  local: { simulator: { data: .sim } }
ownership: { ledger: .ledger }
limits: { concurrency: 1 }
";

const MANIFEST: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, name: Chairs }
  - { externalOpportunityId: A-2, name: Tables }
";

/// A project in this folder.
fn project(folder: &Path) {
    fs::create_dir(folder.join("m")).expect("a folder");
    fs::write(folder.join("m/a.yaml"), MANIFEST).expect("a file");
    fs::write(folder.join("oppctl.yaml"), CONFIG).expect("a file");
}

/// One run, whose journals lie in `.journals`.
pub(crate) async fn course(
    folder: &Path,
    tell: &mut dyn FnMut(RunEvent<'_>) -> io::Result<()>,
) -> Ended {
    let loaded = LoadedConfig::load(folder, None).expect("a configuration");
    let instance = loaded.instance(None).expect("an instance").clone();
    let session = Session::open(&loaded, &instance, None)
        .await
        .expect("a simulator");
    let found = files::find(&loaded.root, loaded.config.patterns()).expect("a file");
    let texts = files::load(&loaded.root, &found.manifests).collect::<Result<Vec<_>, _>>();
    let goal = manifest::read(texts.expect("a file")).into();
    let fingerprint = session.instance.fingerprint.clone();
    let journals = Folder::of(&folder.join(".journals"), fingerprint.as_str());
    let location = loaded.config.ownership.ledger.as_ref().expect("a ledger");
    let ports = Ports {
        store: Some(Store::open(location, fingerprint.clone()).expect("a ledger")),
        tell: Some(tell),
        ..Ports::new(&session.client, &session.instance, &journals)
    };
    let settings = Settings::of(&loaded, &instance).expect("settings");
    let ended = run::course(&settings, goal, ports).await;
    session.close().await.expect("the simulator ends");
    ended
}

/// The texts of all journals.
fn journals(folder: &Path) -> String {
    let mut text = String::new();
    let mut open = vec![folder.join(".journals")];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(path).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                text.push_str(&fs::read_to_string(path).expect("text"));
            }
        }
    }
    text
}

/// A run in the middle of which a port panics, then one that does the rest.
async fn panics_at(what: &str, is_it: fn(&RunEvent<'_>) -> bool) -> Ended {
    let folder = tempfile::tempdir().expect("a folder");
    project(folder.path());
    let ended = course(folder.path(), &mut |event| {
        assert!(!is_it(&event), "injected");
        Ok(())
    })
    .await;
    let said = journals(folder.path());
    if ended.sent.is_some() {
        assert!(said.contains("\"panicked\""), "{what}: {said}");
    }
    // The lock was released, so nobody waits, and the rest is done.
    let waited = &mut false;
    let again = course(folder.path(), &mut |event| {
        *waited |= matches!(event, RunEvent::Waiting(_));
        Ok(())
    })
    .await;
    assert!(!*waited, "{what}");
    assert!(
        matches!(again.end, Ok(Completion::Sent | Completion::Idle)),
        "{what}: {again:?}"
    );
    ended
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_before_the_calls_ends_the_run_with_an_error() {
    let ended = panics_at("planned", |event| matches!(event, RunEvent::Planned(_))).await;
    assert!(ended.planned.is_some());
    assert!(ended.sent.is_none());
    assert!(matches!(ended.end, Err(RunError::Panicked(_))), "{ended:?}");
}

/// Whether an event is the one at which a run panics.
type IsEvent = fn(&RunEvent<'_>) -> bool;

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_amid_the_calls_leaves_the_report_and_the_journal() {
    let calls: [(&str, IsEvent); 4] = [
        ("begin", |event| {
            matches!(event, RunEvent::CallsBegin { .. })
        }),
        ("sending", |event| {
            matches!(event, RunEvent::Apply(ApplyEvent::Sending(_)))
        }),
        ("settled", |event| {
            matches!(event, RunEvent::Apply(ApplyEvent::Settled(_)))
        }),
        ("end", |event| matches!(event, RunEvent::CallsEnded)),
    ];
    let mut became = Vec::new();
    for (what, is_it) in calls {
        let ended = panics_at(what, is_it).await;
        assert!(matches!(ended.end, Ok(Completion::Sent)), "{what}");
        let sent = ended.sent.expect(what);
        assert!(
            matches!(sent.report.halt, Some(Halt::Panicked(_))),
            "{what}"
        );
        assert!(matches!(sent.end.how, EndReason::Panicked(_)), "{what}");
        assert!(sent.unsaved.is_none() && sent.unended.is_none(), "{what}");
        let outcomes = sent.report.outcomes.iter();
        let words = outcomes.map(|outcome| match outcome {
            Outcome::Applied { .. } => "applied",
            Outcome::Unknown { .. } => "unknown",
            Outcome::Rejected { .. } => "rejected",
            Outcome::NotAttempted(_) => "not attempted",
        });
        became.push((what, words.collect::<Vec<_>>()));
    }
    assert_eq!(
        became,
        [
            ("begin", vec!["not attempted", "not attempted"]),
            ("sending", vec!["unknown", "unknown"]),
            ("settled", vec!["applied", "applied"]),
            ("end", vec!["applied", "applied"]),
        ]
    );
}
