//! Journals in object storage: written piece by piece, read on another machine, and refused if a piece is missing or was rewritten.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt as _;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use pretty_assertions::assert_eq;

use super::sample::{begin_on, plan, sample_on, settled};
use crate::apply::{ApplyEvent, Outcome};
use crate::journal::{Folder, JournalError, Journals as _, RunId};
use crate::model::Verb;
use crate::model::kind::OPPORTUNITY;
use crate::plan::Batch;
use crate::store;
use crate::store::tests::altered::{Altered, Fate};
use crate::store::tests::memory;

const INSTANCE: &str = "simulator-af8f3a5a";
const RUN: &str = "20260302T180000000Z-01234567";

fn id(text: &str) -> RunId {
    RunId::parse(text).unwrap()
}

/// The journals among these objects, as one machine sees them.
fn folder(objects: &Arc<dyn ObjectStore>) -> Folder {
    let objects = Arc::clone(objects);
    let folder = store::Folder::among(objects, &Path::from("team"), "s3://acme/team", INSTANCE);
    Folder::among(&folder, INSTANCE).unwrap()
}

/// The journal of the sample among these objects.
fn written(objects: &Arc<dyn ObjectStore>) -> Folder {
    let folder = folder(objects);
    sample_on(folder.create(&id(RUN)).unwrap().sink, true);
    folder
}

async fn names(objects: &Arc<dyn ObjectStore>) -> Vec<String> {
    let found = objects.list(None).map(|found| found.unwrap().location);
    let mut names: Vec<String> = found.map(Into::into).collect().await;
    names.sort();
    names
}

fn piece(number: usize) -> Path {
    Path::from(format!("team/{INSTANCE}/journal/{RUN}/{number:08}.jsonl"))
}

#[tokio::test]
async fn a_run_is_read_on_another_machine_as_it_was_written() {
    let objects = memory();
    let there = written(&objects);
    let here = folder(&objects);
    assert_eq!(here.runs().unwrap(), [id(RUN)]);
    assert_eq!(here.find("last").unwrap(), id(RUN));
    let run = here.read(&id(RUN)).unwrap().unwrap();
    assert_eq!(
        run.outcomes,
        there.read(&id(RUN)).unwrap().unwrap().outcomes
    );
    // The plan, three batches with an intent and an outcome each, an outcome without a batch, and the end.
    assert_eq!(
        names(&objects).await,
        (1..=9).map(|it| piece(it).to_string()).collect::<Vec<_>>()
    );
    let summaries = here.summaries().unwrap();
    let [Ok(summary)] = summaries.as_slice() else {
        panic!("{summaries:?}");
    };
    assert_eq!((&summary.head, &summary.end), (&run.head, &run.end));
    assert_eq!(summary.tally, run.tally());
    assert_eq!(here.summary(&id(RUN)).unwrap().as_ref(), Some(summary));
    assert_eq!(here.shown(), format!("s3://acme/team/{INSTANCE}/journal"));
    assert!(!here.is_running(&id(RUN)).unwrap());
    here.discard(&id(RUN));
    assert_eq!(
        (here.runs().unwrap(), names(&objects).await),
        (Vec::new(), Vec::new())
    );
}

#[tokio::test]
async fn what_a_crash_leaves_is_what_was_sent() {
    let objects = memory();
    let folder = written(&objects);
    for number in 3..=9 {
        objects.delete(&piece(number)).await.unwrap();
    }
    let run = folder.read(&id(RUN)).unwrap().unwrap();
    assert!(matches!(run.outcomes[0], Outcome::Unknown { .. }));
    assert!(matches!(run.outcomes[1], Outcome::NotAttempted(_)));
    assert_eq!(run.end, None);
    objects.delete(&piece(2)).await.unwrap();
    let run = folder.read(&id(RUN)).unwrap().unwrap();
    assert!(matches!(run.outcomes[0], Outcome::NotAttempted(_)));
}

#[tokio::test]
async fn a_piece_that_is_missing_or_was_rewritten_is_found() {
    let objects = memory();
    let folder = written(&objects);
    let kept = objects.get(&piece(3)).await.unwrap().bytes().await.unwrap();
    objects.delete(&piece(3)).await.unwrap();
    let error = folder.read(&id(RUN)).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("s3://acme/team/{INSTANCE}/journal/{RUN} has lost its object 00000003.jsonl")
    );
    // The others are shown all the same.
    assert!(matches!(
        folder.summaries().unwrap()[..],
        [Err(JournalError::Gap { .. })]
    ));
    let altered = String::from_utf8(kept.to_vec())
        .unwrap()
        .replace("guid-a", "guid-b");
    objects.put(&piece(3), altered.into()).await.unwrap();
    let error = folder.read(&id(RUN)).unwrap_err();
    assert!(matches!(error, JournalError::Damaged { .. }), "{error}");
    assert!(
        error.to_string().contains("changed, removed or put in"),
        "{error}"
    );
}

#[tokio::test]
async fn a_piece_is_never_overwritten() {
    let objects = memory();
    let folder = folder(&objects);
    let mut sinks = [0, 1].map(|_| folder.create(&id(RUN)).unwrap().sink);
    for (sink, text) in sinks.iter_mut().zip(["{}\n", "[]\n"]) {
        sink.append(text.as_bytes()).unwrap();
    }
    sinks[0].sync().unwrap();
    let taken = sinks[1].sync().unwrap_err();
    assert_eq!(taken.kind(), std::io::ErrorKind::AlreadyExists);
}

#[tokio::test]
async fn an_intent_that_cannot_be_stored_is_an_error_before_the_batch() {
    // The probe writes five objects and the journal one; then the store is away.
    let written = AtomicUsize::new(0);
    let objects = Altered::store(move |_| match written.fetch_add(1, Ordering::Relaxed) {
        ..6 => Fate::Done,
        _ => Fate::Lost,
    });
    let folder = folder(&objects);
    let plan = plan();
    let sink = folder.create(&id(RUN)).unwrap().sink;
    let mut journal = begin_on(sink, &plan, true);
    let batch = Batch {
        kind: &OPPORTUNITY,
        verb: Verb::Create,
        changes: vec![0],
    };
    let error = journal.note(ApplyEvent::Sending(&batch)).unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "the connection was reset");
    // Nothing goes on after that, and nothing is missing in between.
    let settled = journal.note(ApplyEvent::Settled(&settled()[..1]));
    assert!(matches!(settled, Err(JournalError::Broken { .. })));
    let run = folder.read(&id(RUN)).unwrap().unwrap();
    assert!(matches!(run.outcomes[0], Outcome::NotAttempted(_)));
}

#[tokio::test]
async fn an_answer_that_is_lost_is_no_failure() {
    let objects = Altered::store(|_| Fate::AnswerLost);
    let folder = written(&objects);
    assert!(folder.read(&id(RUN)).unwrap().unwrap().end.is_some());
}

#[tokio::test]
async fn a_store_that_passes_over_conditions_gets_no_journal() {
    let objects = Altered::store(|_| Fate::Overwritten);
    let refused = folder(&objects).create(&id(RUN));
    assert!(matches!(refused.err(), Some(JournalError::Store(_))));
}
