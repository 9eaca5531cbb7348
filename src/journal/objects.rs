//! Journals as objects in object storage, where nothing can be appended: a folder for each run, with numbered pieces of its text.
//!
//! Each piece is created only if it is absent, and is there before the run goes on. So a piece that is missing before another one is
//! damage, and one that was rewritten does not fit the checksums of its lines.
//!
//! Nothing tells whether a run on another machine is alive, except for the lock of its ledger.

use std::collections::HashMap;
use std::io::{self, BufRead, Cursor};
use std::mem;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::store::{Creation, Folder, Found, Location, StoreError, Waiter};

use super::error::JournalError;
use super::id::RunId;
use super::shelf::{Shelf, TAIL};
use super::write::Sink;

/// The folder of the journals in the folder of an instance, beside those of the ledger and the lock.
const FOLDER: &str = "journal";

const ENDING: &str = ".jsonl";

/// A piece has at most about this number of bytes.
const PIECE: usize = 1 << 23;

/// The first line is shorter than this number of bytes, unless somebody's names are very long.
const HEAD: u64 = 1 << 14;

/// The number of objects that are read at the same time.
const AT_ONCE: usize = 16;

/// The folder of one instance.
#[derive(Debug)]
pub(super) struct Objects {
    folder: Folder,
    waiter: Arc<Waiter>,
    /// What was read ahead.
    edges: Mutex<HashMap<RunId, Edges>>,
}

/// The beginning and the end of a journal.
#[derive(Clone, Debug, Default)]
struct Edges {
    first_line: Vec<u8>,
    tail: Vec<u8>,
}

impl Objects {
    /// Opens the folder of an instance. Nothing is read or written yet.
    pub(super) fn open(location: &Location, instance: &str) -> Result<Self, JournalError> {
        Self::below(&Folder::open(location, instance)?)
    }

    /// The journals in the folder of an instance.
    pub(super) fn below(folder: &Folder) -> Result<Self, JournalError> {
        let folder = folder.below(FOLDER);
        let waiter = Waiter::start().map_err(|source| JournalError::Waiter { source })?;
        Ok(Self {
            folder,
            waiter: Arc::new(waiter),
            edges: Mutex::default(),
        })
    }

    /// Makes calls with the folder and waits for them.
    fn wait<T, Call>(&self, call: impl FnOnce(Folder) -> Call) -> T
    where
        T: Send + 'static,
        Call: Future<Output = T> + Send + 'static,
    {
        self.waiter.wait(call(self.folder.clone()))
    }

    /// The numbered pieces of a run, all of which have to be there.
    fn pieces(&self, id: &RunId) -> Result<Vec<Found>, JournalError> {
        let run = id.clone();
        let found = self.wait(async move |folder| folder.found(Some(run.as_str())).await)?;
        whole(found).map_err(|missing| self.gap(id, missing))
    }

    fn gap(&self, id: &RunId, missing: usize) -> JournalError {
        JournalError::Gap {
            path: self.path(id),
            missing: name(missing),
        }
    }

    fn edges(&self, id: &RunId) -> Result<Edges, JournalError> {
        if let Some(edges) = self.edges.lock().expect("nothing panics with it").get(id) {
            return Ok(edges.clone());
        }
        let pieces = self.pieces(id)?;
        Ok(self.wait(async move |folder| edges(&folder, &pieces).await)?)
    }
}

/// The number and name of a piece.
fn name(number: usize) -> String {
    format!("{number:08}{ENDING}")
}

/// The pieces in their order; the number of the first one that is missing, if one is.
fn whole(found: Vec<Found>) -> Result<Vec<Found>, usize> {
    let mut pieces = found;
    pieces.retain(|piece| piece.name.ends_with(ENDING));
    pieces.sort_by(|one, other| one.name.cmp(&other.name));
    let numbered = pieces.iter().zip(1..);
    let gap = numbered
        .clone()
        .find(|(piece, number)| piece.name != name(*number));
    match gap {
        Some((_, missing)) => Err(missing),
        None => Ok(pieces),
    }
}

/// Reads the first and the last piece, each only as far as needed.
async fn edges(folder: &Folder, pieces: &[Found]) -> Result<Edges, StoreError> {
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
        return Ok(Edges::default());
    };
    let read = async |piece: &Found, range| folder.bytes(&piece.folder, &piece.name, range).await;
    let mut head = read(first, Some(0..HEAD.min(first.size))).await?;
    if first.size > HEAD && !head.contains(&b'\n') {
        head = read(first, None).await?;
    }
    let tail = if pieces.len() == 1 && last.size <= HEAD {
        head.clone()
    } else {
        read(last, Some(last.size.saturating_sub(TAIL)..last.size)).await?
    };
    let end = head.iter().position(|byte| *byte == b'\n');
    head.truncate(end.map_or(head.len(), |end| end + 1));
    let mut edges = Edges {
        first_line: head,
        tail,
    };
    // The last line may be all of the last piece. What is before it ends with a line break, as the pieces do.
    if pieces.len() > 1 && last.size <= TAIL {
        edges.tail.insert(0, b'\n');
    }
    Ok(edges)
}

impl Shelf for Objects {
    fn is_remote(&self) -> bool {
        true
    }

    fn shown(&self) -> String {
        self.folder.shown().to_owned()
    }

    fn path(&self, id: &RunId) -> PathBuf {
        format!("{}/{id}", self.folder.shown()).into()
    }

    fn names(&self) -> Result<Vec<RunId>, JournalError> {
        let folders = self.wait(async |folder| folder.folders().await)?;
        let mut names: Vec<RunId> = folders
            .iter()
            .filter_map(|name| RunId::parse(name))
            .collect();
        names.sort_unstable();
        Ok(names)
    }

    /// The first piece is made with the first text.
    fn create(&self, id: &RunId) -> Result<Box<dyn Sink>, JournalError> {
        self.wait(async |folder| folder.probe().await)?;
        Ok(Box::new(Pieces {
            folder: self.folder.clone(),
            waiter: Arc::clone(&self.waiter),
            run: id.clone(),
            written: 0,
            text: Vec::new(),
        }))
    }

    fn remove(&self, id: &RunId) -> Result<(), JournalError> {
        let run = id.clone();
        self.wait(async move |folder| {
            let found = folder.found(Some(run.as_str())).await?;
            let mut names: Vec<String> = found.into_iter().map(|piece| piece.name).collect();
            names.sort_unstable();
            folder.remove(run.as_str(), names).await
        })?;
        Ok(())
    }

    fn open(&self, id: &RunId) -> Result<Box<dyn BufRead>, JournalError> {
        let pieces = self.pieces(id)?;
        let text: Vec<Vec<u8>> = self.wait(async move |folder| {
            let texts = pieces.into_iter().map(|piece| {
                let folder = folder.clone();
                async move { folder.bytes(&piece.folder, &piece.name, None).await }
            });
            stream::iter(texts).buffered(AT_ONCE).try_collect().await
        })?;
        Ok(Box::new(Cursor::new(text.concat())))
    }

    fn first_line(&self, id: &RunId) -> Result<Vec<u8>, JournalError> {
        Ok(self.edges(id)?.first_line)
    }

    fn tail(&self, id: &RunId) -> Result<Vec<u8>, JournalError> {
        Ok(self.edges(id)?.tail)
    }

    fn is_running(&self, _: &RunId) -> Result<bool, JournalError> {
        Ok(false)
    }

    /// One listing for all runs, and their first and last lines side by side.
    fn prefetch(&self, ids: &[RunId]) {
        let ids = ids.to_vec();
        let read = self.wait(async move |folder| {
            let mut of_runs: HashMap<String, Vec<Found>> = HashMap::new();
            for piece in folder.found(None).await? {
                of_runs.entry(piece.folder.clone()).or_default().push(piece);
            }
            let runs = ids.into_iter().filter_map(|id| {
                let pieces = whole(of_runs.remove(id.as_str())?).ok()?;
                let folder = folder.clone();
                Some(async move { (id, edges(&folder, &pieces).await) })
            });
            Ok::<_, StoreError>(
                stream::iter(runs)
                    .buffered(AT_ONCE)
                    .collect::<Vec<_>>()
                    .await,
            )
        });
        let mut known = self.edges.lock().expect("nothing panics with it");
        for (id, edges) in read.into_iter().flatten() {
            known.extend(edges.ok().map(|edges| (id, edges)));
        }
    }
}

/// The journal of a run that writes it.
struct Pieces {
    folder: Folder,
    waiter: Arc<Waiter>,
    run: RunId,
    /// The number of pieces.
    written: usize,
    /// What is in no piece yet.
    text: Vec<u8>,
}

impl Sink for Pieces {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.text.extend_from_slice(bytes);
        if self.text.len() < PIECE {
            return Ok(());
        }
        self.sync()
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.text.is_empty() {
            return Ok(());
        }
        let (folder, run) = (self.folder.clone(), self.run.clone());
        let (text, name) = (mem::take(&mut self.text), name(self.written + 1));
        let creating = async move { folder.create(run.as_str(), &name, text).await };
        match self.waiter.wait(creating) {
            Ok(Creation::Created) => {
                self.written += 1;
                Ok(())
            }
            Ok(Creation::Taken) => Err(io::ErrorKind::AlreadyExists.into()),
            Err(StoreError::Access { cause, .. }) => Err(io::Error::other(cause)),
            Err(error) => Err(io::Error::other(error)),
        }
    }
}
