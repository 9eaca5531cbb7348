//! The text of ledgers: every ledger is read as it was written, in pieces of any size, and damage is an error.

use std::fs;
use std::future::poll_fn;
use std::pin::pin;

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use proptest::sample::SizeRange;

use super::*;
use crate::ledger::damage::Flaw;
use crate::ledger::tests::{add, fingerprint, ledger_of_all_sorts};
use crate::ledger::{AppliedPlan, Entry, FieldHash, Fingerprint, Ledger, Origin, Place, Replaced};
use crate::model::{Key, KeyType, KeyValue, ObjectKind, kind::KINDS};

/// A ledger as text.
fn printed(ledger: &Ledger) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let text = runtime.expect("a runtime starts").block_on(write(
        ledger,
        &fingerprint(),
        "0011223344556677",
    ));
    let bytes: Vec<u8> = text.iter().flatten().copied().collect();
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

fn parsed(text: &[u8], piece: usize) -> Result<Ledger, Flaw> {
    let fingerprint = fingerprint();
    let mut reader = LedgerReader::new(&fingerprint);
    for piece in text.chunks(piece) {
        reader.push(piece)?;
    }
    reader.finish()
}

fn damage(text: &str) -> String {
    match parsed(text.as_bytes(), 1 << 20) {
        Err(Flaw::Damaged { line, damage }) => format!("{line}: {damage}"),
        other => format!("{other:?}"),
    }
}

/// The text of version 1 as it was first written. oppctl must be able to read it for ever.
#[test]
fn the_stored_sample_of_version_1_is_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/ledger/v1.jsonl");
    let stored = fs::read_to_string(path).expect("the sample is there");
    assert_eq!(parsed(stored.as_bytes(), 7), Ok(ledger_of_all_sorts()));
    // oppctl still writes the same text. Renew the sample only for changes that all readers can ignore.
    assert_eq!(printed(&ledger_of_all_sorts()), stored);
}

/// Another task must be able to renew the lock meanwhile.
#[tokio::test]
async fn writing_many_records_lets_others_have_their_turn() {
    let mut ledger = Ledger::new([0; 16]);
    let mut turns = Vec::new();
    for records in [0..4000, 4000..4200] {
        for record in records {
            add(&mut ledger, &record.to_string());
        }
        let (fingerprint, mut pauses) = (fingerprint(), 0);
        let mut writing = pin!(write(&ledger, &fingerprint, "0011223344556677"));
        let text = poll_fn(|context| {
            let polled = writing.as_mut().poll(context);
            pauses += u32::from(polled.is_pending());
            polled
        })
        .await;
        turns.push((pauses, text.iter().count()));
    }
    // A text of less than a megabyte is one block.
    assert_eq!(turns, [(0, 1), (1, 1)]);
}

#[test]
fn what_is_remembered_beside_the_entries_is_read_as_it_was_written() {
    let time = |second| jiff::Timestamp::from_second(second).expect("a time");
    let mut ledger = ledger_of_all_sorts();
    ledger.past.project = Some("acme/\"pipeline\"".into());
    ledger.past.last = Some(std::sync::Arc::new(Origin {
        time: time(3),
        commit: Some("c0ffee".into()),
    }));
    ledger.past.floor = Some(time(1));
    for digest in ["d1", "d2"] {
        ledger.past.add_plan(AppliedPlan {
            digest: digest.into(),
            run: "20261122T100000000Z-00112233".into(),
            time: time(3),
        });
    }
    for kind in KINDS {
        let parts = kind.key.iter().map(|part| match part.holds {
            KeyType::Text { .. } => KeyValue::Text("Gone \"A\"".into()),
            KeyType::Lead { .. } => KeyValue::Lead(7),
        });
        let key = Key::new(parts.collect());
        ledger.past.bury(kind, &key, time(2));
        assert_eq!(ledger.touched(kind, &key.folded()), Some(time(2)));
    }
    let text = printed(&ledger);
    assert_eq!(parsed(text.as_bytes(), 7), Ok(ledger));
    // An older oppctl passes over it.
    assert!(text.contains("\"past\":{\"project\":"), "{text}");
}

#[test]
fn unknown_members_are_passed_over() {
    let text = printed(&ledger_of_all_sorts());
    let (head, body) = text.split_once("\"records\"").expect("the header has it");
    let text = format!("{head}\"later\":{{\"a\":[1]}},\"records\"{body}");
    let body = text
        .rsplit_once("{\"sha256\"")
        .expect("there is a trailer")
        .0;
    let text = format!("{body}{{\"later\":1,\"sha256\":\"{}\"}}\n", hash(body));
    assert_eq!(parsed(text.as_bytes(), 100), Ok(ledger_of_all_sorts()));
}

fn hash(text: &str) -> String {
    use sha2::Digest as _;
    crate::store::hex::encode(&sha2::Sha256::digest(text))
}

/// The text after a change, with the hash that fits it.
fn changed(from: &str, to: &str) -> String {
    let text = printed(&ledger_of_all_sorts());
    let (body, _) = text.rsplit_once("{\"sha256\"").expect("there is a trailer");
    let changed = body.replacen(from, to, 1);
    assert_ne!(body, changed, "{from}");
    format!("{changed}{{\"sha256\":\"{}\"}}\n", hash(&changed))
}

#[test]
fn every_damage_has_its_name_and_line() {
    let rows = [
        (
            "\"oppctl\":\"ledger\"",
            "\"oppctl\":\"lock\"",
            "1: not a ledger",
        ),
        (
            "\"records\":3",
            "\"records\":2",
            "4: unexpected content: `sha256` is missing",
        ),
        (
            "\"records\":3",
            "\"records\":4",
            "5: unexpected content: `kind` is missing",
        ),
        (
            "\"salt\":\"30",
            "\"salt\":\"3g",
            "1: the salt is not 32 hexadecimal digits",
        ),
        (
            "[\"amount\",\"name\",\"stage\"]",
            "[\"name\",\"amount\",\"stage\"]",
            "1: a list of field names is not in alphabetical order",
        ),
        (
            "[\"amount\",\"name\",\"stage\"]",
            "[\"amount\",\"amount\",\"stage\"]",
            "1: a list of field names is not in alphabetical order",
        ),
        (
            "\"kind\":\"role\"",
            "\"kind\":\"lead\"",
            "4: the kind `lead` is unknown",
        ),
        (
            "456783,",
            "",
            "4: the key does not have the parts of its kind",
        ),
        (
            "456783",
            "\"456783\"",
            "4: the key does not have the parts of its kind",
        ),
        (
            "\"origin\":2",
            "\"origin\":9",
            "2: it refers to an origin, file or list of fields that the first line does not have",
        ),
        (
            "\"hashes\":\"",
            "\"hashes\":\"0",
            "2: the hashes are not 16 hexadecimal digits for each field",
        ),
    ];
    for (from, to, expected) in rows {
        assert_eq!(damage(&changed(from, to)), expected);
    }
    let text = printed(&ledger_of_all_sorts());
    let (line, last) = (text.lines().nth(1), text.lines().nth(2));
    let twice = changed(last.expect("a record"), line.expect("a record"));
    assert_eq!(damage(&twice), "4: a second record with the same key");
    assert_eq!(
        damage(&text.replacen("Technical", "technical", 1)),
        "5: the lines before were changed: their hash is wrong"
    );
    assert_eq!(
        damage(&format!("{text}\n")),
        "6: unexpected content after the end of the ledger"
    );
    assert_eq!(
        damage(&format!("{text} ")),
        "6: unexpected content after the end of the ledger"
    );
}

#[test]
fn a_text_that_is_cut_off_anywhere_is_an_error() {
    let text = printed(&ledger_of_all_sorts());
    for end in 0..text.len() {
        let outcome = parsed(&text.as_bytes()[..end], 64);
        assert!(matches!(outcome, Err(Flaw::Damaged { .. })), "{end}");
    }
}

#[test]
fn newer_and_foreign_ledgers_are_refused() {
    let newer = changed("\"version\":1", "\"version\":2");
    assert_eq!(parsed(newer.as_bytes(), 50), Err(Flaw::Newer { found: 2 }));
    // Nothing else is known about a newer version.
    let other = "{\"version\":3,\"oppctl\":\"ledger\",\"all\":\"else\"}\n";
    assert_eq!(parsed(other.as_bytes(), 50), Err(Flaw::Newer { found: 3 }));
    let other = Fingerprint::remote("https://987-xyz-654.mktorest.com");
    let text = printed(&ledger_of_all_sorts());
    let mut reader = LedgerReader::new(&other);
    let found = fingerprint().to_string();
    assert_eq!(reader.push(text.as_bytes()), Err(Flaw::Foreign { found }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_printed_is_parsed(ledger in ledgers(), piece in 1_usize..500) {
        let text = printed(&ledger);
        prop_assert_eq!(parsed(text.as_bytes(), piece), Ok(ledger.clone()));
        prop_assert_eq!(printed(&ledger), text);
    }

    /// A flipped bit is found wherever it is.
    #[test]
    fn a_changed_byte_is_found(ledger in ledgers(), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut text = printed(&ledger).into_bytes();
        let at = at.index(text.len());
        text[at] ^= 1 << bit;
        prop_assert!(parsed(&text, 1 << 20).is_err());
    }
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z0-9]{1,12}", "\\PC{0,12}", any::<String>()]
}

fn origins() -> impl Strategy<Value = Origin> {
    let times = (0..2_000_000_000_i64, 0..1_000_000_000_i32).prop_map(|(second, nano)| {
        jiff::Timestamp::new(second, nano).expect("it is within the calendar")
    });
    (times, prop::option::of(texts())).prop_map(|(time, commit)| Origin {
        time,
        commit: commit.map(Into::into),
    })
}

fn keys(kind: &'static ObjectKind) -> impl Strategy<Value = Key> {
    let parts: Vec<_> = kind
        .key
        .iter()
        .map(|part| match part.holds {
            KeyType::Text { .. } => texts().prop_map(|text| KeyValue::Text(text.into())).boxed(),
            KeyType::Lead { .. } => any::<i64>().prop_map(KeyValue::Lead).boxed(),
        })
        .collect();
    parts.prop_map(Key::new)
}

fn entries(kind: &'static ObjectKind) -> impl Strategy<Value = (&'static ObjectKind, Entry)> {
    let names = prop::collection::btree_map(
        texts(),
        prop_oneof![Just([0; 8]), any::<[u8; 8]>()],
        SizeRange::from(0..4),
    );
    let replaced = prop::collection::vec(prop::option::of(any::<[u8; 8]>()), 4);
    let replaced = prop::option::of((any::<bool>(), replaced));
    let written = prop::option::of(0..2_000_000_000_000_i64);
    let written = written.prop_map(|written| {
        written.map(|written| jiff::Timestamp::from_millisecond(written).expect("a time"))
    });
    (
        keys(kind),
        prop::option::of(texts()),
        (names, replaced, written),
        prop::option::of(origins()),
        (texts(), any::<u32>()),
        origins(),
    )
        .prop_map(
            move |(key, id, (fields, replaced, written), protected, (file, line), origin)| {
                let field = |(name, digest): (String, [u8; 8])| {
                    // Zeros are a value without a hash.
                    (name.into(), (digest != [0; 8]).then_some(FieldHash(digest)))
                };
                let replaced = match replaced {
                    None => Replaced::Unknown,
                    Some((true, hashes)) if !fields.is_empty() => {
                        let hashes = hashes.into_iter().take(fields.len());
                        let hash = |bytes| (bytes != [0; 8]).then_some(FieldHash(bytes));
                        Replaced::Values(hashes.map(|bytes| bytes.and_then(hash)).collect())
                    }
                    Some(_) => Replaced::Nothing,
                };
                let entry = Entry {
                    key,
                    id: id.map(Into::into),
                    written,
                    replaced,
                    fields: fields.into_iter().map(field).collect(),
                    protected: protected.map(Into::into),
                    declared: Place {
                        file: file.into(),
                        line,
                    },
                    origin: origin.into(),
                };
                (kind, entry)
            },
        )
}

fn ledgers() -> impl Strategy<Value = Ledger> {
    let kinds = prop::sample::select(KINDS.to_vec());
    let entries = prop::collection::vec(kinds.prop_flat_map(entries), 0..12);
    (any::<[u8; 16]>(), entries).prop_map(|(salt, entries)| {
        let mut ledger = Ledger::new(salt);
        for (kind, entry) in entries {
            ledger.insert(kind, entry);
        }
        ledger
    })
}
