//! A panic in the main task whose words have everything: nothing of it is left in a journal or a ledger.

use std::fs;
use std::path::Path;

use oppctl::apply::{ApplyEvent, Halt};
use oppctl::run::RunEvent;

use super::hunt::{MANIFEST, SCHEMA, VALUES};
use crate::panics::course;

const CONFIG: &str = "\
version: 1
manifests: [\"m/*.yaml\"]
instances:
  local: { simulator: { data: .sim, schema: schema.yaml, leads: leads.yaml } }
ownership: { ledger: .ledger }
";

/// All texts below a folder, except the manifests and the simulator's own data.
fn texts(folder: &Path, texts: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if !path.is_dir() {
            let bytes = fs::read(&path).expect("the file can be read");
            let name = path.display().to_string();
            texts.push((name, String::from_utf8_lossy(&bytes).to_lowercase()));
        } else if !path.ends_with("m") && !path.ends_with(".sim") {
            self::texts(&path, texts);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_leaves_none_behind() {
    for at in ["planned", "sending", "settled"] {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("m")).expect("a folder");
        for (file, text) in [
            ("m/a.yaml", MANIFEST),
            ("oppctl.yaml", CONFIG),
            ("schema.yaml", SCHEMA),
            (
                "leads.yaml",
                "leads: [{ id: 1001, email: ada@example.com }]",
            ),
        ] {
            fs::write(folder.path().join(file), text).expect("a file");
        }
        let ended = course(folder.path(), &mut |event| {
            let is_here = match &event {
                RunEvent::Planned(_) => at == "planned",
                RunEvent::Apply(ApplyEvent::Sending(_)) => at == "sending",
                RunEvent::Apply(ApplyEvent::Settled(_)) => at == "settled",
                RunEvent::Apply(_)
                | RunEvent::CallsBegin { .. }
                | RunEvent::CallsEnded
                | RunEvent::Waiting(_)
                | RunEvent::JournalsRemoved { .. }
                | RunEvent::JournalsKept(_)
                | RunEvent::NotReleased(_) => false,
            };
            assert!(!is_here, "{MANIFEST}");
            Ok(())
        })
        .await;
        let halt = ended
            .sent
            .as_ref()
            .and_then(|sent| sent.report.halt.as_ref());
        let told = match halt {
            Some(Halt::Panicked(panicked)) => panicked.to_string(),
            other => format!("{other:?} {:?}", ended.end),
        };
        assert!(told.to_lowercase().contains("panic"), "{at}: {told}");
        let mut found = vec![("the report".to_owned(), told.to_lowercase())];
        texts(folder.path(), &mut found);
        assert!(found.iter().any(|(name, _)| name.contains(".journals")) || at == "planned");
        for (name, text) in found {
            for value in VALUES {
                assert!(!text.contains(value), "{at}: {name}: {text}");
            }
        }
    }
}
