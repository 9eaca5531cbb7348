//! The disks of a history: the ledger's objects and the journals, which outlast the processes that write them.

use std::fmt;
use std::future::pending;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use tokio::time::sleep;

use super::history::History;
use super::process::{Fate, Process};
use crate::journal::Sink;

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
}

/// A journal, as the process sees it that writes it.
pub(super) struct Pen {
    pub(super) sheet: Arc<Mutex<Sheet>>,
    pub(super) process: Arc<Process>,
    pub(super) history: History,
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
    ) -> Result<PutResult> {
        self.way().await;
        let fate = self.process.put();
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
    ) -> Result<Box<dyn MultipartUpload>> {
        self.objects.put_multipart_opts(path, options).await
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        self.way().await;
        self.objects.get_opts(path, options).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.objects.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.objects.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.objects.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
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
