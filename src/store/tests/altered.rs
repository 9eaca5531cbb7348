//! A store in memory in which a test decides how each creation ends.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// How a creation ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    /// Correctly.
    Done,
    /// The store ignores the condition and overwrites the object.
    Overwritten,
    /// The request is lost.
    Lost,
    /// The object is created, and the answer is lost.
    AnswerLost,
    /// The store reports success, but does not create the object.
    Pretended,
    /// The object is created, and the repeated request is refused.
    Repeated,
    /// The store refuses the request although no object exists.
    Refused,
    /// The store creates an object with other content.
    Garbled,
    /// There is never an answer.
    Hanging,
}

pub(crate) struct Altered {
    inner: InMemory,
    fate: Box<dyn Fn(&Path) -> Fate + Send + Sync>,
}

impl Altered {
    pub(crate) fn store(
        fate: impl Fn(&Path) -> Fate + Send + Sync + 'static,
    ) -> Arc<dyn ObjectStore> {
        Arc::new(Self {
            inner: InMemory::new(),
            fate: Box::new(fate),
        })
    }
}

fn lost() -> Error {
    Error::Generic {
        store: "test",
        source: "the connection was reset".into(),
    }
}

#[async_trait]
impl ObjectStore for Altered {
    async fn put_opts(
        &self,
        path: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        let overwrite = PutOptions::from(PutMode::Overwrite);
        match (self.fate)(path) {
            Fate::Done => self.inner.put_opts(path, payload, options).await,
            Fate::Overwritten => self.inner.put_opts(path, payload, overwrite).await,
            Fate::Lost => Err(lost()),
            Fate::AnswerLost => {
                self.inner.put_opts(path, payload, options).await?;
                Err(lost())
            }
            Fate::Pretended => {
                let elsewhere = Path::from("elsewhere");
                self.inner.put_opts(&elsewhere, payload, overwrite).await
            }
            Fate::Repeated => {
                let first = self.inner.put_opts(path, payload.clone(), options.clone());
                drop(first.await);
                self.inner.put_opts(path, payload, options).await
            }
            Fate::Refused => Err(Error::AlreadyExists {
                path: path.to_string(),
                source: "all of several creations were refused".into(),
            }),
            Fate::Garbled => {
                let other = PutPayload::from_static(b"something else");
                self.inner.put_opts(path, other, options).await
            }
            Fate::Hanging => std::future::pending().await,
        }
    }

    async fn put_multipart_opts(
        &self,
        path: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(path, options).await
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(path, options).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

impl fmt::Debug for Altered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Altered")
    }
}

impl fmt::Display for Altered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a store for tests")
    }
}
