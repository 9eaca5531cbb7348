//! What the fuzzer found, and mutations of inputs that are good: `cargo test` has them as well, so that nobody needs a fuzzer for
//! the first hundred of them.

#[path = "../fuzz/targets.rs"]
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};

use targets::TARGETS;

/// How many mutations each reader has to take.
const MUTATIONS: u32 = 100;

/// Where there are inputs of a target beside those that are kept for it.
fn samples(target: &str) -> &'static [&'static str] {
    match target {
        "manifests" => &["tests/data/invalid", "examples/quickstart/pipeline"],
        "config" => &["tests/data/config", "examples/quickstart"],
        "journals" => &["tests/data/journal"],
        "ledgers" => &["tests/data/ledger"],
        _ => &[],
    }
}

/// The files below these folders, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("it can be listed").path())
        .collect();
    paths.sort();
    let (folders, mut files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
    for folder in &folders {
        files.extend(self::files(folder));
    }
    files
}

fn inputs(target: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = samples(target).iter().map(|folder| root.join(folder));
    let kept = root.join("tests/fuzz/kept").join(target);
    let folders = folders.chain(kept.is_dir().then_some(kept));
    let files = folders.flat_map(|folder| files(&folder));
    files
        .map(|file| fs::read(file).expect("it can be read"))
        .collect()
}

#[test]
fn kept_inputs_do_no_harm() {
    for (name, target) in TARGETS {
        let inputs = inputs(name);
        assert!(!inputs.is_empty(), "{name} has inputs");
        for input in inputs {
            target(&input);
        }
    }
}

/// A change of a text.
#[derive(Clone, Debug)]
enum Edit {
    Set(Index, u8),
    Cut(Index, usize),
    Repeat(Index, usize),
    Insert(Index, &'static str),
}

fn edit() -> impl Strategy<Value = Edit> {
    let telling = prop::sample::select(vec![
        "\n",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        ": ",
        "- ",
        "&a ",
        "*a",
        "<<: ",
        "null",
        "-1",
        "1e999",
        "18446744073709551616",
        "\u{feff}",
        "\u{202e}",
        "\0",
        "💥",
    ]);
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Edit::Set(at, byte)),
        (any::<Index>(), 1..40_usize).prop_map(|(at, count)| Edit::Cut(at, count)),
        (any::<Index>(), 1..200_usize).prop_map(|(at, count)| Edit::Repeat(at, count)),
        (any::<Index>(), telling).prop_map(|(at, text)| Edit::Insert(at, text)),
    ]
}

impl Edit {
    fn of(&self, text: &mut Vec<u8>) {
        if text.is_empty() {
            return;
        }
        let length = text.len();
        match self {
            Self::Set(at, byte) => text[at.index(length)] = *byte,
            Self::Cut(at, count) => {
                let at = at.index(length);
                drop(text.drain(at..length.min(at + count)));
            }
            Self::Repeat(at, count) => {
                let at = at.index(length);
                let part = text[at..length.min(at + count)].to_vec();
                drop(text.splice(at..at, part));
            }
            Self::Insert(at, part) => {
                let at = at.index(length);
                drop(text.splice(at..at, part.bytes()));
            }
        }
    }
}

#[test]
fn mutated_inputs_do_no_harm() {
    for (name, target) in TARGETS {
        let inputs = inputs(name);
        let cases = (any::<Index>(), prop::collection::vec(edit(), 1..6));
        let mut runner = TestRunner::new(Config {
            cases: MUTATIONS,
            failure_persistence: None,
            ..Config::default()
        });
        let outcome = runner.run(&cases, |(input, edits)| {
            let mut text = input.get(&inputs).clone();
            for edit in &edits {
                edit.of(&mut text);
            }
            target(&text);
            Ok(())
        });
        outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}
