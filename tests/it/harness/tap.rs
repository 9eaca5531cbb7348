//! A tap on the wire between the binary and its servers: what passes is logged, and the n-th piece can be held up.
//!
//! A test that kills a process at a random moment waits for a piece and not for time: it is held while the process is
//! killed, and then arrives or is lost. Bytes are carried as they come; only the first line of a request is read.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{oneshot, watch};

/// How long a server may still answer a client that is gone: a server drops what it does for a connection that ends.
const LINGER: Duration = Duration::from_secs(2);

/// The lines that are tapped.
pub(crate) struct Tap {
    runtime: Runtime,
    state: Arc<Mutex<State>>,
}

/// One of the lines, in the order in which they were opened.
pub(crate) type Line = usize;

/// A piece that has passed.
#[derive(Clone, Debug)]
pub(crate) struct Passage {
    pub(crate) line: Line,
    pub(crate) way: Way,
    /// The first line of a request; of other pieces, what they belong to.
    pub(crate) what: String,
    /// The bearer of a request, where it says who sends it.
    pub(crate) who: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Request,
    Reply,
}

/// What a test waits for.
struct Trap {
    matches: Box<dyn Fn(&Passage) -> bool + Send>,
    /// So many pieces of these pass before.
    after: usize,
    caught: mpsc::Sender<Caught>,
}

/// A piece that is held up; it is lost when this is dropped.
pub(crate) struct Caught {
    passage: Passage,
    release: oneshot::Sender<()>,
}

#[derive(Default)]
struct State {
    lines: usize,
    /// So many are open.
    connections: usize,
    log: Vec<Passage>,
    trap: Option<Trap>,
}

impl Tap {
    pub(crate) fn new() -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        Self {
            runtime: runtime.expect("a runtime can be made"),
            state: Arc::default(),
        }
    }

    /// Opens a line to a server, and says where it begins.
    pub(crate) fn open(&self, server: SocketAddr) -> (Line, SocketAddr) {
        let listener = self.runtime.block_on(TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let line = {
            let mut state = lock(&self.state);
            state.lines += 1;
            state.lines - 1
        };
        let state = Arc::clone(&self.state);
        self.runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let state = Arc::clone(&state);
                lock(&state).connections += 1;
                tokio::spawn(async move {
                    carry(Arc::clone(&state), line, client, server).await;
                    lock(&state).connections -= 1;
                });
            }
        });
        (line, address)
    }

    /// Holds up one of the pieces that are still to come: of those that match, the one after so many.
    pub(crate) fn hold(
        &self,
        after: usize,
        matches: impl Fn(&Passage) -> bool + Send + 'static,
    ) -> mpsc::Receiver<Caught> {
        let (caught, receiver) = mpsc::channel();
        lock(&self.state).trap = Some(Trap {
            matches: Box::new(matches),
            after,
            caught,
        });
        receiver
    }

    /// Holds up nothing any more, and begins a new log.
    pub(crate) fn clear(&self) -> Vec<Passage> {
        let mut state = lock(&self.state);
        state.trap = None;
        std::mem::take(&mut state.log)
    }

    /// Returns when nothing is under way any more between clients that have died and their servers.
    pub(crate) fn calm(&self) {
        while lock(&self.state).connections > 0 {
            std::thread::yield_now();
        }
    }

    /// What has passed since the log was begun.
    pub(crate) fn log(&self) -> Vec<Passage> {
        lock(&self.state).log.clone()
    }
}

impl Caught {
    /// What is held up.
    pub(crate) fn passage(&self) -> &Passage {
        &self.passage
    }

    /// Lets the piece arrive.
    pub(crate) fn forward(self) {
        // Nobody waits for it where its client has died.
        self.release.send(()).unwrap_or_default();
    }
}

impl Passage {
    /// Whether it belongs to a call that changes records.
    pub(crate) fn is_write(&self) -> bool {
        self.what.starts_with("POST /rest/v1/") && !self.is_query()
    }

    /// Whether it belongs to a query.
    pub(crate) fn is_query(&self) -> bool {
        self.what.contains("_method=GET")
    }

    /// What it is, without what differs from run to run.
    pub(crate) fn label(&self) -> String {
        let Self { way, what, .. } = self;
        let path = what.split('?').next().unwrap_or_default();
        let (method, path) = path.split_once(' ').unwrap_or((path, ""));
        let of_store = ["probe", "lock", "ledger"].into_iter().find(|name| {
            path.contains(&format!("/{name}/")) || path.contains(&format!("/{name}-"))
        });
        let path = of_store.unwrap_or(path.trim_start_matches("/rest/v1"));
        let method = if what.contains("_method=GET") {
            "query"
        } else {
            method
        };
        format!("{way:?} {method} {path}")
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn carry(state: Arc<Mutex<State>>, line: Line, client: TcpStream, server: SocketAddr) {
    let Ok(server) = TcpStream::connect(server).await else {
        return;
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let what = Arc::new(Mutex::new((String::new(), None)));
    let (answered, mut is_answered) = watch::channel(true);
    let answered = Arc::new(answered);
    let pump = |way| Pump {
        state: Arc::clone(&state),
        line,
        way,
        what: Arc::clone(&what),
        answered: Arc::clone(&answered),
    };
    let requests = async {
        // Kept open: a server that sees the end of a connection may give up what it does for it.
        let _to_server = pump(Way::Request).run(from_client, to_server).await;
        let answer = is_answered.wait_for(|answered| *answered);
        drop(tokio::time::timeout(LINGER, answer).await);
    };
    tokio::select! {
        () = requests => {}
        _ = pump(Way::Reply).run(from_server, to_client) => {}
    }
}

/// Carries the pieces of one direction.
struct Pump {
    state: Arc<Mutex<State>>,
    line: Line,
    way: Way,
    /// The call that the connection is about, and whose it is.
    what: Arc<Mutex<(String, Option<String>)>>,
    /// Whether the server owes no answer.
    answered: Arc<watch::Sender<bool>>,
}

impl Pump {
    async fn run(self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> OwnedWriteHalf {
        let mut piece = vec![0; 1 << 16];
        loop {
            let length = match from.read(&mut piece).await {
                Ok(0) | Err(_) => return to,
                Ok(length) => length,
            };
            let piece = &piece[..length];
            let held = self.pass(piece);
            if let Some(held) = held
                && held.await.is_err()
            {
                // Nobody answers half a request.
                self.answered.send_replace(true);
                return to;
            }
            self.answered.send_replace(self.way == Way::Reply);
            if to.write_all(piece).await.is_err() {
                return to;
            }
        }
    }

    /// Logs a piece; if it is the one that is waited for, gives what lets it go on.
    fn pass(&self, piece: &[u8]) -> Option<oneshot::Receiver<()>> {
        let (what, who) = {
            let mut what = self.what.lock().unwrap_or_else(PoisonError::into_inner);
            if self.way == Way::Request
                && let Some(head) = head(piece)
            {
                *what = head;
            }
            what.clone()
        };
        let passage = Passage {
            line: self.line,
            way: self.way,
            what,
            who,
        };
        let mut state = lock(&self.state);
        state.log.push(passage.clone());
        let trap = state.trap.as_mut()?;
        if !(trap.matches)(&passage) {
            return None;
        }
        if trap.after > 0 {
            trap.after -= 1;
            return None;
        }
        let Trap { caught, .. } = state.trap.take()?;
        let (release, held) = oneshot::channel();
        // Without a test that takes it, it is lost like one that nobody lets go.
        drop(caught.send(Caught { passage, release }));
        Some(held)
    }
}

/// The first line of a request, and its bearer; nothing for a piece of a body.
fn head(piece: &[u8]) -> Option<(String, Option<String>)> {
    let methods: [&[u8]; 5] = [b"GET /", b"POST /", b"PUT /", b"DELETE /", b"HEAD /"];
    if !methods.iter().any(|method| piece.starts_with(method)) {
        return None;
    }
    let text = String::from_utf8_lossy(piece);
    let mut lines = text.split("\r\n");
    let first = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let bearer = lines.take_while(|line| !line.is_empty()).find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        let is_bearer = name.eq_ignore_ascii_case("authorization") && value.starts_with("Bearer ");
        is_bearer.then(|| value.to_owned())
    });
    Some((first, bearer))
}
