//! The disks of a history: the ledger's objects and the journals, which outlast the processes that write them.

use std::fmt;
use std::future::pending;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use jiff::Timestamp;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult,
};
use tokio::time::sleep;

use super::history::History;
use super::process::{Fate, Process};
use crate::journal::{JournalError, Journals, NewJournal, Run, RunId, Sink, read};

/// The ledger's store, as one process sees it.
pub(super) struct Bucket {
    pub(super) objects: Arc<InMemory>,
    pub(super) process: Arc<Process>,
    pub(super) history: History,
}

/// A journal.
#[derive(Default)]
pub(super) struct Sheet {
    pub(super) text: Vec<u8>,
    /// What outlasts a loss of power.
    pub(super) synced: usize,
    /// Whether a living process writes it.
    is_open: bool,
}

/// The journals of all runs, in the order in which they were made.
#[derive(Clone, Default)]
pub(super) struct Shelf(Arc<Mutex<Sheets>>);

type Sheets = Vec<(RunId, Arc<Mutex<Sheet>>)>;

/// The journals, as one process sees them that writes one of them.
pub(super) struct Journal {
    pub(super) shelf: Shelf,
    pub(super) own: Arc<Mutex<Sheet>>,
    pub(super) process: Arc<Process>,
    pub(super) history: History,
}

/// A journal, as the process sees it that writes it.
struct Pen {
    sheet: Arc<Mutex<Sheet>>,
    process: Arc<Process>,
    history: History,
}

impl Shelf {
    /// The names of all runs that have a journal.
    pub(super) fn ids(&self) -> Vec<RunId> {
        self.sheets().iter().map(|(id, _)| id.clone()).collect()
    }

    /// What all journals say.
    pub(super) fn runs(&self) -> Vec<Run> {
        let sheets = self.sheets();
        sheets.iter().filter_map(|(_, sheet)| told(sheet)).collect()
    }

    fn sheets(&self) -> MutexGuard<'_, Sheets> {
        self.0.lock().unwrap()
    }

    fn sheet(&self, id: &RunId) -> Option<Arc<Mutex<Sheet>>> {
        let sheets = self.sheets();
        let found = sheets.iter().find(|(other, _)| other == id);
        found.map(|(_, sheet)| Arc::clone(sheet))
    }
}

impl Journals for Journal {
    fn create(&self, id: &RunId) -> Result<NewJournal, JournalError> {
        let mut sheets = self.shelf.sheets();
        assert!(sheets.iter().all(|(other, _)| other != id), "{id} is there");
        sheets.push((id.clone(), Arc::clone(&self.own)));
        self.own.lock().unwrap().is_open = true;
        let pen = Pen {
            sheet: Arc::clone(&self.own),
            process: Arc::clone(&self.process),
            history: self.history.clone(),
        };
        Ok(NewJournal {
            sink: Box::new(pen),
            path: PATH.into(),
        })
    }

    fn with_ledger(&self) -> usize {
        0
    }

    fn prune(&self, _: Timestamp, _: Option<&str>) -> Result<usize, JournalError> {
        Ok(0)
    }

    fn discard(&self, id: &RunId) {
        // Whatever a dead process would do next, it does not.
        if !self.process.is_dead() {
            self.shelf.sheets().retain(|(other, _)| other != id);
            self.own.lock().unwrap().text.clear();
        }
    }

    fn runs(&self) -> Result<Vec<RunId>, JournalError> {
        let sheets = self.shelf.sheets();
        Ok(sheets.iter().map(|(id, _)| id.clone()).collect())
    }

    fn read(&self, id: &RunId) -> Result<Option<Run>, JournalError> {
        let sheet = self.shelf.sheet(id);
        Ok(sheet.and_then(|sheet| told(&sheet)))
    }

    fn is_running(&self, id: &RunId) -> Result<bool, JournalError> {
        let sheet = self.shelf.sheet(id);
        Ok(sheet.is_some_and(|sheet| sheet.lock().unwrap().is_open))
    }
}

impl Drop for Pen {
    fn drop(&mut self) {
        self.sheet.lock().unwrap().is_open = false;
    }
}

/// What messages call a journal.
const PATH: &str = "run.jsonl";

/// What a journal says; nothing if its run died before it had begun.
pub(super) fn told(sheet: &Mutex<Sheet>) -> Option<Run> {
    let sheet = sheet.lock().unwrap();
    let mut text = sheet.text.as_slice();
    read(&mut text, PATH.as_ref()).expect("a torn journal reads")
}

impl Sheet {
    /// What is left of it after a loss of power: not all that was written is on the disk.
    pub(super) fn lose(&mut self, random: &mut fastrand::Rng) {
        let kept = random.usize(self.synced..=self.text.len());
        self.text.truncate(kept);
    }
}

impl Sink for Pen {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let fate = self.process.append();
        self.history.note(("append", fate, bytes));
        let (written, ended) = match fate {
            Fate::Done => (bytes.len(), Ok(())),
            Fate::Fails(part) | Fate::Dies(part) => (
                bytes.len() * usize::from(part) / 2,
                Err(io::ErrorKind::StorageFull.into()),
            ),
        };
        let mut sheet = self.sheet.lock().unwrap();
        sheet.text.extend(&bytes[..written]);
        ended
    }

    fn sync(&mut self) -> io::Result<()> {
        if !self.process.is_dead() {
            let mut sheet = self.sheet.lock().unwrap();
            sheet.synced = sheet.text.len();
        }
        Ok(())
    }
}

fn lost() -> Error {
    Error::Generic {
        store: "proof",
        source: "the connection was reset".into(),
    }
}

impl Bucket {
    /// Takes as long as such a call takes; what a dead process has asked for never comes.
    async fn way(&self) {
        self.process.alive().await;
        if let more @ 1.. = fastrand::u64(..8) {
            sleep(Duration::from_millis(more)).await;
        }
        self.process.alive().await;
    }
}

#[async_trait]
impl ObjectStore for Bucket {
    async fn put_opts(
        &self,
        path: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> object_store::Result<PutResult> {
        self.way().await;
        let fate = self.process.put(path.as_ref());
        let bytes: Vec<u8> = payload.iter().flatten().copied().collect();
        self.history.note(("put", fate, path.as_ref(), bytes));
        let done = match fate {
            Fate::Done => return self.objects.put_opts(path, payload, options).await,
            Fate::Fails(part) | Fate::Dies(part) => part == 2,
        };
        if done {
            self.objects.put_opts(path, payload, options).await?;
        }
        match fate {
            Fate::Dies(_) => pending().await,
            Fate::Done | Fate::Fails(_) => Err(lost()),
        }
    }

    async fn put_multipart_opts(
        &self,
        path: &Path,
        options: PutMultipartOptions,
    ) -> object_store::Result<Box<dyn MultipartUpload>> {
        self.objects.put_multipart_opts(path, options).await
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> object_store::Result<GetResult> {
        self.way().await;
        self.objects.get_opts(path, options).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, object_store::Result<Path>>,
    ) -> BoxStream<'static, object_store::Result<Path>> {
        self.objects.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        self.objects.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> object_store::Result<ListResult> {
        self.objects.list_with_delimiter(prefix).await
    }

    async fn copy_opts(
        &self,
        from: &Path,
        to: &Path,
        options: CopyOptions,
    ) -> object_store::Result<()> {
        self.objects.copy_opts(from, to, options).await
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bucket")
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bucket")
    }
}
