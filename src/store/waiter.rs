//! Waits for calls to a store, for callers that are not asynchronous.
//!
//! The calls are made by a thread of their own, so the rest of the program goes on: connections to the instance stay open, and a lock is
//! renewed. Only the caller stands still, as it does for the write of a file.

use std::io;
use std::sync::mpsc;

use tokio::runtime::{Builder, Runtime};

/// A thread that makes calls to a store.
#[derive(Debug)]
pub(crate) struct Waiter(Option<Runtime>);

impl Waiter {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system refuses one more thread.
    pub(crate) fn start() -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        Ok(Self(Some(builder.worker_threads(1).enable_all().build()?)))
    }

    /// Makes a call, and returns when it has ended.
    pub(crate) fn wait<T: Send + 'static>(
        &self,
        call: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let (sender, receiver) = mpsc::sync_channel(1);
        let runtime = self.0.as_ref().expect("it is there until it is dropped");
        runtime.spawn(async move { drop(sender.send(call.await)) });
        receiver.recv().expect("a call to a store does not panic")
    }
}

impl Drop for Waiter {
    /// Does not wait: nothing is left to do, and whoever drops it may itself be run by a runtime.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
