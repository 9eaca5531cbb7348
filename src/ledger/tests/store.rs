//! Ledgers in stores: saved, read, and refused if they cannot be used.

use std::fs;
use std::sync::Arc;

use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt as _};
use pretty_assertions::assert_eq;

use super::*;
use crate::store::{Location, StoreError};

async fn names(objects: &Arc<dyn ObjectStore>) -> Vec<String> {
    use futures_util::StreamExt as _;
    let mut names: Vec<String> = objects
        .list(None)
        .map(|found| found.expect("it lists").location.into())
        .collect()
        .await;
    names.sort();
    names
}

#[tokio::test]
async fn a_ledger_comes_back_as_it_was_saved() {
    let dir = tempfile::tempdir().expect("a folder for the test");
    // The first write creates the folder.
    let folder = dir.path().join("x y/ledger");
    let location = Location::Directory(folder.clone());
    let open = || Store::open(&location, fingerprint()).expect("it opens");
    for stores in [
        [store_in(&memory()), store_in(&memory())].map(Some),
        [Some(open()), None],
    ] {
        for store in stores.into_iter().flatten() {
            let LoadedLedger { ledger, number } = store.load().await.expect("it reads");
            assert_eq!((ledger.is_empty(), number), (true, 0));
            assert_eq!(store.number().await.expect("it reads"), 0);
            let saved = ledger_of_all_sorts();
            assert_eq!(store.save(&saved, 0).await.expect("it writes"), 1);
            let LoadedLedger { ledger, number } = store.load().await.expect("it reads");
            assert!(!ledger.is_empty());
            assert_eq!((ledger, number), (saved, 1));
            assert_eq!(store.number().await.expect("it reads"), 1);
        }
    }
    // The next store finds the folder.
    assert_eq!(open().load().await.expect("it reads").number, 1);
    let file = folder.join("123-abc-456-de258f21/ledger/00000001.jsonl");
    assert!(file.is_file());
}

/// Keys of records, names of people and salted hashes are nobody else's concern, whatever the umask says.
#[cfg(unix)]
#[tokio::test]
async fn files_and_folders_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().expect("a folder for the test");
    let folder = dir.path().join("ledger");
    let store = Store::open(&Location::Directory(folder.clone()), fingerprint());
    let store = store.expect("it opens");
    let instance = folder.join("123-abc-456-de258f21");
    // An older oppctl left the folder open.
    fs::create_dir_all(&instance).expect("the test makes it");
    fs::set_permissions(&instance, fs::Permissions::from_mode(0o755)).expect("it is the test's");
    store
        .save(&ledger_of_all_sorts(), 0)
        .await
        .expect("it writes");
    let owner = Owner::of(&|_| None, None);
    let terms = Terms {
        lease: std::time::Duration::from_secs(60),
        wait: std::time::Duration::ZERO,
    };
    let lock = store.lock(Clock::system());
    lock.acquire(owner, terms, |_| {})
        .await
        .expect("it is free")
        .release()
        .await
        .expect("it is held");
    let mode = |path: std::path::PathBuf| {
        let found = fs::metadata(path).expect("it is there");
        found.permissions().mode() & 0o777
    };
    for made in ["", "ledger", "lock"] {
        assert_eq!(mode(instance.join(made)), 0o700, "{made}");
    }
    for made in ["ledger/00000001.jsonl", "lock/00000002.jsonl"] {
        assert_eq!(mode(instance.join(made)), 0o600, "{made}");
    }
}

#[tokio::test]
async fn versions_that_must_not_stay_are_removed() {
    let objects = memory();
    let store = store_in(&objects);
    for number in 0..3 {
        let saved = store.save(&ledger_of_all_sorts(), number).await;
        assert_eq!(saved.expect("it writes"), number + 1);
    }
    store.remove_before(3).await.expect("it lists");
    let ledgers = names(&objects).await;
    let folder = "team/oppctl/123-abc-456-de258f21/ledger";
    assert_eq!(ledgers, [format!("{folder}/00000003.jsonl")]);
    assert_eq!(store.load().await.expect("it reads").number, 3);
}

#[tokio::test]
async fn reading_makes_no_folder() {
    let dir = tempfile::tempdir().expect("a folder for the test");
    let folder = dir.path().join("ledger");
    let store = Store::open(&Location::Directory(folder.clone()), fingerprint());
    let loaded = store.expect("it opens").load().await.expect("it reads");
    assert_eq!(loaded.number, 0);
    assert!(!folder.exists());
}

#[tokio::test]
async fn new_ledgers_have_different_salts() {
    let store = store_in(&memory());
    let [one, other] = [store.load().await, store.load().await];
    assert_ne!(
        one.expect("it reads").ledger.salt(),
        other.expect("it reads").ledger.salt()
    );
}

#[tokio::test]
async fn a_file_in_the_place_of_the_folder_is_an_error() {
    let dir = tempfile::tempdir().expect("a folder for the test");
    let file = dir.path().join("ledger");
    fs::write(&file, "").expect("the file is written");
    let error = Store::open(&Location::Directory(file), fingerprint()).expect_err("it is a file");
    let LedgerError::Store(StoreError::Setup { cause, .. }) = error else {
        panic!("{error:?}");
    };
    assert_eq!(cause.to_string(), "not a directory");
}

/// A ledger that cannot be read may exist, so it must not count as missing.
#[tokio::test]
async fn a_folder_that_cannot_be_looked_at_is_an_error() {
    let dir = tempfile::tempdir().expect("a folder for the test");
    let folder = dir.path().join("x".repeat(1000));
    let opened = Store::open(&Location::Directory(folder), fingerprint());
    assert!(
        matches!(opened, Err(LedgerError::Store(StoreError::Setup { .. }))),
        "{opened:?}"
    );
}

#[tokio::test]
async fn no_update_is_lost() {
    let objects = memory();
    let writers = (0..8).map(|writer| {
        let store = store_in(&objects);
        tokio::spawn(async move {
            for round in 0..10 {
                loop {
                    let LoadedLedger { mut ledger, number } = store.load().await.expect("it reads");
                    add(&mut ledger, &format!("W{writer}-{round}"));
                    match store.save(&ledger, number).await {
                        Ok(_) => break,
                        Err(LedgerError::Store(StoreError::Changed { .. })) => {
                            tokio::task::yield_now().await;
                        }
                        Err(other) => panic!("{other}"),
                    }
                }
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("it ends");
    }
    let LoadedLedger { ledger, number } = store_in(&objects).load().await.expect("it reads");
    assert_eq!((ledger.len(), number), (80, 80));
}

#[tokio::test]
async fn a_taken_number_is_reported_and_changes_nothing() {
    let objects = memory();
    let [one, other] = [store_in(&objects), store_in(&objects)];
    one.save(&ledger_of("A"), 0).await.expect("it writes");
    let late = other.save(&ledger_of("B"), 0).await;
    assert!(
        matches!(late, Err(LedgerError::Store(StoreError::Changed { .. }))),
        "{late:?}"
    );
    let loaded = other.load().await.expect("it reads");
    assert_eq!((loaded.ledger, loaded.number), (ledger_of("A"), 1));
}

#[tokio::test]
async fn a_ledger_that_cannot_be_used_is_an_error_and_never_empty() {
    let good = |text: &str| text.to_owned();
    let cut = |text: &str| {
        text.lines()
            .take(2)
            .map(|line| format!("{line}\n"))
            .collect()
    };
    let newer = |text: &str| text.replacen("\"version\":1", "\"version\":2,\"x\":[]", 1);
    let foreign = |text: &str| text.replacen("123-abc-456", "987-xyz-654", 1);
    type Change<'a> = &'a dyn Fn(&str) -> String;
    let rows: [(Change<'_>, &str); 6] = [
        (&good, "read"),
        (&cut, "OBJECT, line 3: the ledger is cut off here"),
        (
            &newer,
            "OBJECT has format version 2; this oppctl reads versions up to 1",
        ),
        (
            &foreign,
            "OBJECT belongs to the instance 987-xyz-654-de258f21, not to 123-abc-456-de258f21",
        ),
        (
            &|_| String::new(),
            "OBJECT, line 1: the ledger is cut off here",
        ),
        (
            &|_| "hello\n".to_owned(),
            "OBJECT, line 1: unexpected content: expected value",
        ),
    ];
    for (change, expected) in rows {
        let objects = memory();
        let store = store_in(&objects);
        store.save(&ledger_of("A"), 0).await.expect("it writes");
        let path = ObjectPath::from(names(&objects).await.remove(0));
        let found = objects.get(&path).await.expect("it is there").bytes().await;
        let text = String::from_utf8(found.expect("it reads").into()).expect("it is text");
        let changed = change(&text);
        objects.put(&path, changed.into()).await.expect("it writes");
        let outcome = match store.load().await {
            Ok(_) => "read".to_owned(),
            Err(error) => error.to_string(),
        };
        let object = "s3://acme-ops/team/oppctl/123-abc-456-de258f21/ledger/00000001.jsonl";
        assert_eq!(outcome.replace(object, "OBJECT"), expected);
    }
}

#[tokio::test]
async fn instances_have_ledgers_of_their_own() {
    let objects = memory();
    let store = |url| {
        let prefix = ObjectPath::from("oppctl");
        Store::with(
            Arc::clone(&objects),
            &prefix,
            "s3://b/oppctl",
            Fingerprint::remote(url),
        )
    };
    let one = store("https://111-aaa-111.mktorest.com");
    let other = store("https://222-bbb-222.mktorest.com");
    one.save(&ledger_of("A"), 0).await.expect("it writes");
    assert_eq!(other.load().await.expect("it reads").number, 0);
    // A person copies the folder.
    let source = ObjectPath::from(format!(
        "oppctl/{}/ledger/00000001.jsonl",
        one.fingerprint()
    ));
    let target = ObjectPath::from(format!(
        "oppctl/{}/ledger/00000001.jsonl",
        other.fingerprint()
    ));
    objects.copy(&source, &target).await.expect("it copies");
    let error = other.load().await.expect_err("it is another's");
    assert!(matches!(error, LedgerError::Foreign { .. }), "{error}");
}
