//! One process of the program, which may die anywhere: everything that it has in memory is gone then.

use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::sync::{Mutex, MutexGuard};
use std::task::{Poll, Waker, ready};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::apply::tests::case::name_of;
use crate::plan::{Note, Plan};

/// Where a process dies, counted from 0 in its life.
#[derive(Clone, Copy, Debug)]
pub(super) enum Death {
    Never,
    /// At an await point: instead of being woken.
    Poll(u32),
    /// Before it sends a call.
    Call(u32),
    /// When the instance has made a write good, before the answer comes.
    Commit(u32),
    /// At a write to the ledger's store.
    Put(u32, Done),
    /// At a write to the journal.
    Append(u32, Done),
}

/// How much of a write is done by then.
#[derive(Clone, Copy, Debug)]
pub(super) enum Done {
    Nothing,
    /// Half of it; objects are never there in part, so with these it is nothing.
    Half,
    All,
}

/// What fails without ending the process.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Trouble {
    /// Writes to the ledger's store: the first one, how many, and whether they are done all the same.
    pub(super) puts: Option<(u32, u32, bool)>,
    /// Writes to the journal from this one on.
    pub(super) appends: Option<u32>,
    /// At this await point the whole process stands still for so long, as on a machine that sleeps.
    pub(super) freeze: Option<(u32, Duration)>,
}

/// What becomes of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Fate {
    Done,
    /// It fails, having done nothing, half or all.
    Fails(u8),
    /// The process dies, having done nothing, half or all of it.
    Dies(u8),
}

pub(super) struct Process {
    /// Which one it is in the history.
    pub(super) number: usize,
    /// Whether what it has sent arrives after its death.
    pub(super) arrives: bool,
    death: Death,
    trouble: Trouble,
    state: Mutex<State>,
}

/// A value of which a plan said that Marketo stores it otherwise than it was sent.
#[derive(Clone)]
pub(super) struct Otherwise {
    /// In small letters.
    pub(super) key: String,
    pub(super) field: String,
    pub(super) stored: String,
    pub(super) seen: Instant,
}

#[derive(Default)]
struct State {
    /// Whether it was asked to end before its first call.
    is_called_off: bool,
    polls: u32,
    calls: u32,
    commits: u32,
    puts: u32,
    appends: u32,
    failed: u32,
    /// What it has written to the ledger's store.
    stored: Vec<String>,
    died: Option<&'static str>,
    waker: Option<Waker>,
    frozen: Option<Instant>,
    otherwise: Vec<Otherwise>,
    is_unchecked: bool,
}

impl Done {
    fn part(self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Half => 1,
            Self::All => 2,
        }
    }
}

/// A key in small letters, as the instance has it: with the id of a lead that is shown by its address.
fn by_id(shown: &str) -> String {
    let shown = shown.to_lowercase();
    let parts = shown.split(" / ").map(|part| {
        let id = part.strip_prefix("lead");
        id.and_then(|id| id.strip_suffix("@example.com"))
            .unwrap_or(part)
    });
    parts.collect::<Vec<_>>().join(" / ")
}

fn next(counter: &mut u32) -> u32 {
    *counter += 1;
    *counter - 1
}

impl Process {
    pub(super) fn new(number: usize, death: Death, arrives: bool, trouble: Trouble) -> Self {
        Self {
            number,
            arrives,
            death,
            trouble,
            state: Mutex::default(),
        }
    }

    /// One without any trouble.
    pub(super) fn sound(number: usize) -> Self {
        Self::new(number, Death::Never, false, Trouble::default())
    }

    /// Where it died, if it did.
    pub(super) fn died(&self) -> Option<&'static str> {
        self.state().died
    }

    pub(super) fn is_dead(&self) -> bool {
        self.died().is_some()
    }

    /// It saw values that Marketo stores otherwise.
    pub(super) fn see_otherwise(&self, plan: &Plan) {
        let told = plan.notes.iter().filter_map(|note| {
            let Note::StoredOtherwise {
                kind, shown, field, ..
            } = note
            else {
                return None;
            };
            let (name, stored) = (field.name.to_string(), field.before.to_string());
            Some(Otherwise {
                key: name_of(kind, &by_id(shown)),
                field: name,
                stored,
                seen: Instant::now(),
            })
        });
        let mut state = self.state();
        state.otherwise.extend(told);
        let mut notes = plan.notes.iter();
        state.is_unchecked |= notes.any(|note| matches!(note, Note::Unchecked { .. }));
    }

    /// The values of which its plan said that Marketo stores them otherwise.
    pub(super) fn otherwise(&self) -> Vec<Otherwise> {
        self.state().otherwise.clone()
    }

    /// Whether its plan said that nobody could tell whether what it names is there.
    pub(super) fn is_unchecked(&self) -> bool {
        self.state().is_unchecked
    }

    /// How many writes of its disks failed.
    pub(super) fn failed(&self) -> usize {
        self.state().failed as usize
    }

    /// How often it was woken so far.
    pub(super) fn polls(&self) -> usize {
        self.state().polls as usize
    }

    /// It was asked to end before its first call.
    pub(super) fn call_off(&self) {
        self.state().is_called_off = true;
    }

    /// Whether it may write nothing, because it was asked to end before.
    pub(super) fn is_called_off(&self) -> bool {
        self.state().is_called_off
    }

    /// Whether it stood still.
    pub(super) fn was_frozen(&self) -> bool {
        self.state().frozen.is_some()
    }

    fn die(&self, place: &'static str) {
        let mut state = self.state();
        state.died.get_or_insert(place);
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }

    /// Lives through `run`; nothing if it dies meanwhile.
    pub(super) async fn live<T>(&self, run: impl Future<Output = T>) -> Option<T> {
        let mut run = pin!(run);
        let mut thaw = None;
        poll_fn(|context| {
            let polls = next(&mut self.state().polls);
            if matches!(self.death, Death::Poll(at) if at == polls) {
                self.die("await");
            }
            if self.is_dead() {
                return Poll::Ready(None);
            }
            if let Some((at, long)) = self.trouble.freeze
                && at == polls
            {
                let until = Instant::now() + long;
                self.state().frozen = Some(until);
                thaw = Some(Box::pin(sleep_until(until)));
            }
            if let Some(still) = &mut thaw {
                ready!(still.as_mut().poll(context));
                thaw = None;
            }
            let polled = run.as_mut().poll(context);
            if self.is_dead() {
                return Poll::Ready(None);
            }
            self.state().waker = Some(context.waker().clone());
            polled.map(Some)
        })
        .await
    }

    /// Goes on only if it is alive, and when it is awake.
    pub(super) async fn alive(&self) {
        let frozen = self.state().frozen;
        if let Some(until) = frozen {
            sleep_until(until).await;
        }
        if self.is_dead() {
            pending::<()>().await;
        }
    }

    /// About to send a call.
    pub(super) async fn calling(&self) {
        let calls = next(&mut self.state().calls);
        if matches!(self.death, Death::Call(at) if at == calls) {
            self.die("call, before it is sent");
        }
        self.alive().await;
    }

    /// A write of its own is good.
    pub(super) fn committed(&self) {
        let commits = next(&mut self.state().commits);
        if matches!(self.death, Death::Commit(at) if at == commits) {
            self.die("call, after its commit");
        }
    }

    /// What it has asked the ledger's store to write, in this order.
    pub(super) fn stored(&self) -> Vec<String> {
        self.state().stored.clone()
    }

    /// What becomes of the next write to the ledger's store.
    pub(super) fn put(&self, path: &str) -> Fate {
        self.state().stored.push(path.to_owned());
        let puts = next(&mut self.state().puts);
        if let Death::Put(at, done) = self.death
            && at == puts
        {
            self.die("disk, ledger");
            return Fate::Dies(done.part() & 2);
        }
        match self.trouble.puts {
            Some((first, count, is_done)) if (first..first + count).contains(&puts) => {
                self.state().failed += 1;
                Fate::Fails(if is_done { 2 } else { 0 })
            }
            Some(_) | None => Fate::Done,
        }
    }

    /// What becomes of the next write to the journal.
    pub(super) fn append(&self) -> Fate {
        if self.is_dead() {
            return Fate::Dies(0);
        }
        let appends = next(&mut self.state().appends);
        if let Death::Append(at, done) = self.death
            && at == appends
        {
            self.die("disk, journal");
            return Fate::Dies(done.part());
        }
        match self.trouble.appends {
            Some(first) if appends >= first => {
                self.state().failed += 1;
                Fate::Fails(1)
            }
            Some(_) | None => Fate::Done,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}
