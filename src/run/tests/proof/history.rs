//! A hash of everything that happened, in its order: the same seed has the same one.

use std::env;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::sync::{Arc, Mutex};

use tokio::time::Instant;

/// What happened so far.
#[derive(Clone)]
pub(super) struct History {
    began: Instant,
    /// Whether each call is printed, for whoever looks at a failure.
    pub(super) is_traced: bool,
    hash: Arc<Mutex<DefaultHasher>>,
}

impl History {
    pub(super) fn begin() -> Self {
        Self {
            began: Instant::now(),
            is_traced: env::var_os("PROOF_TRACE").is_some(),
            hash: Arc::default(),
        }
    }

    /// Adds an event at this time.
    pub(super) fn note(&self, event: impl Hash) {
        let mut hash = self.hash.lock().unwrap();
        self.began.elapsed().hash(&mut *hash);
        event.hash(&mut *hash);
    }

    /// Prints what was sent and what came of it, if that is asked for.
    #[expect(clippy::print_stderr, reason = "asked for by a variable")]
    pub(super) fn trace(&self, who: Option<usize>, what: &str, sent: &str, answer: &str) {
        if self.is_traced {
            let at = self.began.elapsed().as_secs_f64();
            let who = who.map_or_else(|| "somebody".to_owned(), |who| format!("process {who}"));
            eprintln!("{at:10.3} {who} {what} {sent}\n           -> {answer}");
        }
    }

    pub(super) fn hash(&self) -> u64 {
        self.hash.lock().unwrap().finish()
    }
}
