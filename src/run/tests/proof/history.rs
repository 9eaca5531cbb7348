//! A hash of everything that happened, in its order: the same seed has the same one.

use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::sync::{Arc, Mutex};

use tokio::time::Instant;

/// What happened so far.
#[derive(Clone)]
pub(super) struct History {
    began: Instant,
    hash: Arc<Mutex<DefaultHasher>>,
}

impl History {
    pub(super) fn begin() -> Self {
        Self {
            began: Instant::now(),
            hash: Arc::default(),
        }
    }

    /// Adds an event at this time.
    pub(super) fn note(&self, event: impl Hash) {
        let mut hash = self.hash.lock().unwrap();
        self.began.elapsed().hash(&mut *hash);
        event.hash(&mut *hash);
    }

    pub(super) fn hash(&self) -> u64 {
        self.hash.lock().unwrap().finish()
    }
}
