//! The ledger alone, in a directory: what a run adds to its start and its end when the project owns very many records.

use std::hint::black_box;
use std::io;
use std::path::Path;
use std::sync::Arc;

use oppctl::ledger::{Entry, Fingerprint, Ledger, Origin, Place, Replaced, Store};
use oppctl::model::kind::{OPPORTUNITY, ROLE};
use oppctl::model::{Key, KeyValue, Value};
use oppctl::store::Location;

const FIELDS: [&str; 5] = ["amount", "closeDate", "description", "name", "stage"];

/// Saves the first ledger of so many entries, three roles to each opportunity, with five fields each.
pub(crate) fn create(folder: &Path, entries: usize) -> io::Result<()> {
    let mut ledger = Ledger::new([7; 16]);
    let fields = FIELDS.map(Arc::<str>::from);
    let origin = Arc::new(Origin {
        time: jiff::Timestamp::UNIX_EPOCH,
        commit: Some("0a1b2c3d4e5f60718293a4b5c6d7e8f901234567".into()),
    });
    for index in 0..entries {
        let opportunity = KeyValue::Text(format!("LARGE-{:07}", index / 4).into());
        let (kind, key) = match index % 4 {
            0 => (&OPPORTUNITY, vec![opportunity]),
            role => {
                let lead = KeyValue::Lead(1_000_000 + index as i64);
                let role = KeyValue::Text(format!("Influencer {role}").into());
                (&ROLE, vec![opportunity, lead, role])
            }
        };
        let digest = |name: &Arc<str>| {
            let value = Value::Text(format!("{name} {index}").into());
            (Arc::clone(name), ledger.digest_unless(false, name, &value))
        };
        let entry = Entry {
            key: Key::new(key),
            id: Some(format!("dff23271-f996-47d7-984f-{index:012}").into()),
            fields: fields.iter().map(digest).collect(),
            written: None,
            replaced: Replaced::Nothing,
            protected: None,
            declared: Place {
                file: format!("pipeline/{:03}.yaml", index / 4000).into(),
                line: (index % 4000) as u32 + 1,
            },
            origin: Arc::clone(&origin),
        };
        ledger.insert(kind, entry);
    }
    run(async { save(&store(folder)?, &ledger, 0).await })
}

/// Reads the ledger.
pub(crate) fn load(folder: &Path) -> io::Result<()> {
    run(async {
        black_box(store(folder)?.load().await.map_err(io::Error::other)?);
        Ok(())
    })
}

/// Reads the ledger, changes every hundredth entry and saves it.
pub(crate) fn change(folder: &Path) -> io::Result<()> {
    run(async {
        let store = store(folder)?;
        let loaded = store.load().await.map_err(io::Error::other)?;
        let mut ledger = loaded.ledger;
        let origin = Arc::new(Origin {
            time: jiff::Timestamp::now(),
            commit: None,
        });
        let changed: Vec<_> = ledger
            .iter()
            .step_by(100)
            .map(|(kind, _, entry)| {
                let origin = Arc::clone(&origin);
                (
                    kind,
                    Entry {
                        origin,
                        ..entry.clone()
                    },
                )
            })
            .collect();
        for (kind, entry) in changed {
            ledger.insert(kind, entry);
        }
        save(&store, &ledger, loaded.number).await
    })
}

fn store(folder: &Path) -> io::Result<Store> {
    let instance = Fingerprint::remote("https://123-abc-456.mktorest.com");
    Store::open(&Location::Directory(folder.to_owned()), instance).map_err(io::Error::other)
}

async fn save(store: &Store, ledger: &Ledger, after: u64) -> io::Result<()> {
    let saved = store.save(ledger, after).await;
    saved.map(drop).map_err(io::Error::other)
}

fn run(work: impl Future<Output = io::Result<()>>) -> io::Result<()> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().build()?.block_on(work)
}
