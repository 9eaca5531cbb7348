//! The folder: one file for each run, found by the beginning of its name, and summarised without reading all of it.

use std::fs;

use pretty_assertions::assert_eq;

use super::sample::sample;
use crate::journal::{Folder, Journals as _, RunId, Sink};

fn id(text: &str) -> RunId {
    RunId::parse(text).unwrap()
}

/// The run of the sample. The journals of others have its changes and their own names, which the sums of lines do not fit.
const SAMPLE: &str = "20260302T180000000Z-01234567";

/// A folder with these runs, each a copy of the sample; their files are still open.
fn folder(runs: &[&str]) -> (tempfile::TempDir, Folder, Vec<Box<dyn Sink>>) {
    let directory = tempfile::tempdir().unwrap();
    let folder = Folder::of(&directory.path().join("a/b"), "simulator-af8f3a5a");
    let mut files = Vec::new();
    for run in runs {
        let mut opened = folder.create(&id(run)).unwrap();
        let text = String::from_utf8(sample(false).text.borrow().clone()).unwrap();
        let text = text.replace(SAMPLE, run);
        opened.sink.append(text.as_bytes()).unwrap();
        files.push(opened.sink);
    }
    (directory, folder, files)
}

#[test]
fn a_folder_that_is_not_there_has_no_runs() {
    let (_directory, folder, _) = folder(&[]);
    assert_eq!(folder.runs().unwrap(), []);
    let error = folder.find("last").unwrap_err().to_string();
    assert!(error.ends_with(" has no run of this instance"), "{error}");
}

#[test]
fn a_journal_is_never_made_twice_and_is_its_owners_alone() {
    let (_directory, folder, _files) = folder(&["1-a"]);
    let again = folder.create(&id("1-a")).err().unwrap();
    let source = std::error::Error::source(&again).unwrap();
    assert_eq!(source.to_string(), "File exists (os error 17)");
    #[cfg(unix)]
    {
        let path = _directory.path().join("a/b/simulator-af8f3a5a/1-a.jsonl");
        let mode = std::os::unix::fs::MetadataExt::mode(&fs::metadata(path).unwrap());
        assert_eq!(mode & 0o777, 0o600);
        for made in ["a", "a/b", "a/b/simulator-af8f3a5a"] {
            let made = fs::metadata(_directory.path().join(made)).unwrap();
            let mode = std::os::unix::fs::MetadataExt::mode(&made);
            assert_eq!(mode & 0o777, 0o700);
        }
    }
}

#[test]
fn runs_are_found_by_the_beginning_of_their_names() {
    let (directory, folder, _files) = folder(&["2026-b", "2025-a", "2026-c"]);
    let inside = directory.path().join("a/b/simulator-af8f3a5a");
    fs::write(inside.join("notes.txt"), "").unwrap();
    fs::write(inside.join(".hidden.jsonl"), "").unwrap();
    // The newest run died before it wrote its first line.
    fs::write(inside.join("2027-d.jsonl"), "{\"oppctl\"").unwrap();
    let names = ["2025-a", "2026-b", "2026-c", "2027-d"].map(id);
    assert_eq!(folder.runs().unwrap(), names);
    assert_eq!(folder.find("2025").unwrap(), id("2025-a"));
    assert_eq!(folder.find("2026-c").unwrap(), id("2026-c"));
    assert_eq!(folder.find("last").unwrap(), id("2026-c"));
    assert!(folder.read(&id("2027-d")).unwrap().is_none());
    assert_eq!(folder.summary(&id("2027-d")).unwrap(), None);
    let error = |wanted: &str| folder.find(wanted).unwrap_err().to_string();
    assert_eq!(error("2026"), "2 runs of this instance begin with 2026");
    assert_eq!(error("3"), "this instance has no run 3");
}

#[test]
fn a_summary_says_what_the_whole_journal_says() {
    let (directory, folder, files) = folder(&[SAMPLE]);
    let run = folder.read(&id(SAMPLE)).unwrap().unwrap();
    let alive = folder.summary(&id(SAMPLE)).unwrap().unwrap();
    assert_eq!(alive.is_running, cfg!(unix));
    drop(files);
    let ended = folder.summary(&id(SAMPLE)).unwrap().unwrap();
    assert_eq!((ended.is_running, ended.tally), (false, run.tally()));
    assert_eq!((&ended.head, &ended.end), (&run.head, &run.end));
    // Without its last line all of it has to be read.
    let path = format!("a/b/simulator-af8f3a5a/{SAMPLE}.jsonl");
    let path = directory.path().join(path);
    let text = fs::read_to_string(&path).unwrap();
    let end = text.rfind("{\"end\"").unwrap();
    fs::write(&path, &text[..end + 9]).unwrap();
    let died = folder.summary(&id(SAMPLE)).unwrap().unwrap();
    assert_eq!((died.tally, died.end), (run.tally(), None));
}

#[test]
fn the_journal_of_another_instance_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let folder = Folder::of(directory.path(), "simulator-00000000");
    let run = id("1-a");
    let mut opened = folder.create(&run).unwrap();
    opened.sink.append(&sample(false).text.borrow()).unwrap();
    let errors = [
        folder.read(&run).err(),
        folder.find("last").err(),
        folder.summary(&run).err(),
    ];
    for error in errors {
        let error = error.unwrap().to_string();
        let told = "is the journal of a run on another instance: simulator-af8f3a5a";
        assert!(error.ends_with(told), "{error}");
    }
}

#[test]
fn old_journals_of_finished_runs_go() {
    let old = [
        "20260101T000000000Z-0000000a",
        "20260102T000000000Z-0000000b",
    ];
    let (directory, folder, files) = folder(&[old[0], old[1], SAMPLE]);
    drop(files);
    // The sample has an unknown outcome: its copies are finished once that is settled.
    let inside = directory.path().join("a/b/simulator-af8f3a5a");
    for run in old {
        let path = inside.join(format!("{run}.jsonl"));
        let text = fs::read_to_string(&path).unwrap();
        let known = text.replace(
            "\"unknown\":1,\"notAttempted\"",
            "\"unknown\":0,\"notAttempted\"",
        );
        fs::write(&path, known).unwrap();
    }
    let before = |time: &str| folder.prune(time.parse().unwrap(), None).unwrap();
    assert_eq!(before("2026-01-01T00:00:00Z"), 0);
    assert_eq!(
        folder
            .prune("2027-01-01T00:00:00Z".parse().unwrap(), Some("other"))
            .unwrap(),
        0
    );
    assert_eq!(before("2026-01-02T00:00:00Z"), 1);
    // The newest run stays, whatever its age.
    assert_eq!(before("2027-01-01T00:00:00Z"), 1);
    assert_eq!(folder.runs().unwrap(), [id(SAMPLE)]);
}

#[test]
fn an_old_journal_with_an_unknown_outcome_stays() {
    let old = "20260101T000000000Z-0000000a";
    let (_directory, folder, files) = folder(&[old, SAMPLE]);
    drop(files);
    let removed = folder.prune("2027-01-01T00:00:00Z".parse().unwrap(), None);
    assert_eq!(removed.unwrap(), 0);
}
