//! One history: what a seed decides, told from the first record to the last check.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join;
use object_store::memory::InMemory;
use pretty_assertions::assert_eq;
use serde_json::json;
use tokio::time::sleep;

use super::checks::{
    assert_apart, assert_did, assert_honest, assert_journalled, assert_kept, assert_replaced_first,
    assert_within_limits, is_swept_along,
};
use super::commits::Commits;
use super::disk::{Sheet, Shelf, told};
use super::draw::{
    Switched, add_accounts, answer, canary, cases, death, fault, lag, lies, loss, most, outage,
    settings, stop, switched, trouble,
};
use super::edits::Edit;
use super::history::History;
use super::marketo::{Effect, Marketo};
use super::naming::assert_named;
use super::oracle::{Oracle, Owned, owned};
use super::process::Process;
use super::run::{ANY, End, From, Orders, Scene, Sent, Wanted};
use super::tally::Tally;
use super::texts::SECRET;
use super::{ACCOUNTS, Files, HARD, PREFIX};
use crate::apply::Halt;
use crate::apply::tests::bench::{self, Records};
use crate::apply::tests::case::{Case, Wishes, name_of};
use crate::journal::{self, EndReason, RunId};
use crate::ledger::Entry;
use crate::plan::{Marker, Permits, Plan};
use crate::simulator::{InProcess, Options, SimulatedClock};

/// The marker of the project.
pub(super) const OWNER: &str = "acme/pipeline";

/// Longer than any call lasts.
const QUIET: Duration = Duration::from_secs(200);

pub(super) struct Story {
    pub(super) random: fastrand::Rng,
    pub(super) scene: Scene,
    /// Whether its world is a hard one.
    pub(super) is_hard: bool,
    /// Whether Marketo may have stored less than it was sent.
    is_lossy: bool,
    /// Whether the instance tells which leads name a record.
    pub(super) tells_leads: bool,
    /// Whether it refuses to delete what others name.
    pub(super) refuses_used: bool,
    /// What may be deleted although others name it.
    pub(super) allowed: Vec<String>,
    /// The reviewed plans that were applied whole.
    pub(super) applied: Vec<AppliedReview>,
    /// How many processes there were.
    processes: usize,
    /// Those that took runs back: what they create again need not be the project's own.
    pub(super) undoing: Vec<usize>,
    /// What manifests have forgotten.
    pub(super) released: Vec<String>,
    /// The values of which a plan said that Marketo stores them otherwise: key, field, value.
    pub(super) otherwise: BTreeSet<(String, String, String)>,
    /// The journals of all runs.
    pub(super) sheets: Vec<Arc<Mutex<Sheet>>>,
    pub(super) tally: Tally,
}

/// A reviewed plan that was applied whole.
pub(super) struct AppliedReview {
    pub(super) plan: String,
    pub(super) manifest: String,
    pub(super) commit: String,
    /// What its run has written.
    pub(super) effects: Vec<Effect>,
}

/// What the orders of a run promise of what it does.
struct Promise {
    /// Whether a person declines.
    is_declined: bool,
    /// The most deletions.
    most: usize,
    /// Whether what it permits is not what was reviewed; a plan file has its permits with it.
    permits_other: bool,
    /// Whether only the plan that was reviewed may be sent, whole. Of a plan file the rest may be sent, too.
    expects: bool,
    /// The run that it takes back.
    undoes: Option<RunId>,
    /// The commit that it is run from.
    commit: String,
}

/// A run and what it met.
pub(super) struct Lived {
    orders: Promise,
    pub(super) process: Arc<Process>,
    /// Nothing if it died.
    pub(super) end: Option<End>,
    pub(super) sheet: Arc<Mutex<Sheet>>,
    /// The first effect that is not before it.
    pub(super) from: usize,
    /// Whether another run beside it stood still for longer than its lock lasts. What that one had on its way to the ledger comes all the
    /// same.
    is_beside_frozen: bool,
}

/// A run of manifests, and the instance before it.
pub(super) struct Episode {
    pub(super) lived: Lived,
    pub(super) before: Records,
}

impl Episode {
    fn is_dead(&self) -> bool {
        self.lived.process.is_dead()
    }
}

/// Tells the history of a seed; what it came to, and a hash of it.
pub(super) async fn tell(seed: u64, files: &Files) -> (Tally, u64) {
    let mut story = Story::begin(seed, files);
    let mut cases = cases(seed, &mut story.random);
    add_accounts(seed, &mut cases);
    if story.scene.marker.is_some() {
        for case in &mut cases {
            case.keep_secrets(SECRET);
        }
    }
    story.go(&cases).await;
    let calls = story.scene.marketo.calls();
    story.tally.count("calls", calls);
    let edits = story.scene.marketo.effects(0);
    let edits = edits.iter().filter(|effect| effect.by.is_none()).count();
    story.tally.count("records written by others", edits);
    let settings = &story.scene.settings;
    let (calls, concurrency) = (settings.calls_per_20s, settings.concurrency);
    assert_within_limits(&story.scene.marketo.traffic(), calls, concurrency);
    (story.tally, story.scene.history.hash())
}

impl Story {
    fn begin(seed: u64, files: &Files) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let history = History::begin();
        let clock = SimulatedClock::of_runtime("2026-03-02T18:00:00Z".parse().unwrap());
        let mut options = Options::new("");
        options.leads = Some(files.leads.clone());
        let is_hard = seed / HARD % 2 == 1;
        let marker = random.bool().then(|| Marker {
            field: "managedBy".into(),
            value: OWNER.into(),
        });
        if marker.is_some() {
            options.schema = Some(files.schema.clone());
        }
        options.clock = clock.clone();
        let Switched {
            tells_leads,
            refuses_used,
            used,
            allowed,
        } = switched(seed, &mut options);
        let simulator = InProcess::start(options).unwrap();
        let mut marketo = Marketo::new(simulator, history.clone(), lag(seed));
        marketo.has_accounts = seed >= ACCOUNTS;
        let marketo = Arc::new(marketo);
        let scene = Scene {
            marketo,
            objects: (random.u8(..4) > 0).then(|| Arc::new(InMemory::new())),
            history,
            clock,
            shelf: Shelf::default(),
            marker,
            settings: settings(&mut random),
            records: *random.choice(&[1, 2, 5, 300]).unwrap(),
            permits: Permits {
                with_undeclared: random.bool(),
                allow_used: used,
                ..Permits::default()
            },
            project: (is_hard && random.bool()).then_some("ours"),
            commits: is_hard.then(Commits::default),
        };
        Self {
            random,
            scene,
            is_hard,
            is_lossy: false,
            tells_leads,
            refuses_used,
            allowed,
            applied: Vec::new(),
            processes: 0,
            undoing: Vec::new(),
            released: Vec::new(),
            sheets: Vec::new(),
            otherwise: BTreeSet::new(),
            tally: Tally::default(),
        }
    }

    async fn go(&mut self, [first, next, last]: &[Case; 3]) {
        let mut last = last;
        let own = first
            .held(PREFIX)
            .map(|(path, held)| (path.to_owned(), held));
        for (path, records) in first.held_accounts(PREFIX).into_iter().chain(own) {
            if !records.is_empty() {
                self.scene.marketo.post(&path, json!(records), None).await;
            }
        }
        let mut case = first;
        if self.random.bool() {
            let (manifest, wishes) = (first.manifest(PREFIX), self.wishes(first));
            let owned = self.owned().await;
            let records = self.scene.marketo.records();
            let held = self.oracle(&wishes, owned.as_ref()).held(&records);
            let lived = self.sound(Wanted::Declared(&manifest)).await;
            let is_refused = held.is_refused && matches!(lived.end, Some(End::Refused(_)))
                || held.is_in_use && matches!(lived.end, Some(End::Sent(_)));
            assert!(
                matches!(lived.end, Some(End::Empty)) || is_done(lived.end.as_ref()) || is_refused,
                "a first apply: {:?}",
                lived.end
            );
            if is_refused {
                // The further manifests are for an instance as this one would have left it.
                [case, last] = [first; 2];
                self.tally.count("first applies refused", 1);
            } else {
                self.tally.count("later applies", 1);
                self.released.extend(wishes.forgotten());
                case = next;
            }
        }
        let (manifest, wishes) = (case.manifest(PREFIX), self.wishes(case));
        self.released.extend(wishes.forgotten());
        let mut episodes = vec![self.episode(&manifest, &wishes).await];
        let is_dead = |episodes: &[Episode]| episodes.last().is_some_and(Episode::is_dead);
        while self.random.u8(..4) == 0 || is_dead(&episodes) && self.random.bool() {
            episodes.push(self.episode(&manifest, &wishes).await);
        }
        // What a dead run has left behind is for the next one more often than for an undo.
        let chance = if is_dead(&episodes) { 4 } else { 2 };
        if self.random.u8(..chance) == 0 {
            episodes.retain(|episode| told(&episode.lived.sheet).is_some());
            if let Some(episode) = self.random.choice(&episodes) {
                let run = told(&episode.lived.sheet).expect("it has a journal");
                self.undo(&run, episode).await;
            }
        }
        // The manifests may not be the same any more, or nobody may declare some of the records.
        let less = case.less(&mut self.random);
        case = match self.random.u8(..4) {
            0 | 1 => case,
            2 => last,
            _ => &less,
        };
        self.edit(0..2).await;
        let (manifest, wishes) = (case.manifest(PREFIX), self.wishes(case));
        self.released.extend(wishes.forgotten());
        if self.is_hard && self.random.bool() {
            self.without_a_lead(&manifest, &wishes).await;
        }
        self.converge(&manifest, &wishes).await;
        if self.is_hard {
            self.old_jobs(case).await;
        }
    }

    /// What a manifest says; the planner adds the marker of the project to it.
    pub(super) fn wishes(&self, case: &Case) -> Wishes {
        let mut wishes = case.wishes(PREFIX);
        if let Some(marker) = &self.scene.marker {
            wishes.mark(&marker.field, &marker.value);
        }
        wishes
    }

    /// A run of manifests under whatever the seed has in store for it, and its checks.
    async fn episode(&mut self, manifest: &str, wishes: &Wishes) -> Episode {
        let (review, is_moved) = self.review(manifest, wishes).await;
        let before = self.scene.marketo.records();
        let (was, owned) = (self.owned().await, self.proven().await);
        self.released.extend(self.unsure(owned.as_ref()));
        let goal = Wanted::Declared(manifest);
        let lived = self.troubled(goal, review.as_ref()).await;
        for lived in &lived {
            let run = told(&lived.sheet);
            self.check(lived, run.as_ref(), wishes, owned.as_ref());
        }
        if let [one, other] = lived.as_slice()
            && owned.is_some()
        {
            let writers = self.scene.marketo.writers();
            assert_apart(&writers, [one.process.number, other.process.number]);
        }
        if let ([one], Some(before)) = (lived.as_slice(), &was)
            && let Some(End::Sent(sent)) = &one.end
            && sent.is_kept
            && !matches!(sent.report.halt, Some(Halt::LockLost(_)))
        {
            let after = self.owned().await;
            let after = after.expect("the ledger is still there");
            assert_kept(sent, before, &after, &wishes.forgotten());
        }
        // A rival may have written the ledger, which nothing in the instance tells of.
        let is_alone = lived.len() == 1 || owned.is_none();
        let is_moved = is_moved.filter(|_| is_alone);
        let is_moved = is_moved.map(|is_moved| is_moved || lived[0].orders.permits_other);
        self.reviewed(&lived[0], review.as_ref(), is_moved);
        self.remember(&lived[0], manifest, review.as_ref());
        let lived = lived.into_iter().next().expect("one at least has run");
        Episode { lived, before }
    }

    /// Lets others write so often.
    pub(super) async fn edit(&mut self, times: Range<usize>) {
        for _ in 0..self.random.usize(times) {
            let edit = Edit::draw(&mut self.random);
            self.scene.marketo.edit(&edit, None).await;
        }
    }

    /// What is owned, as the ledger's disk has it.
    pub(super) async fn owned(&self) -> Option<Owned> {
        let ledger = self.scene.ledger().await?;
        Some(owned(&ledger))
    }

    /// What is owned, with the ids of claims that nobody but a run of this program has written, and of whose fields the ledger
    /// has all hashes: these are the program's by any rule.
    pub(super) async fn proven(&self) -> Option<Owned> {
        let ledger = self.scene.ledger().await?;
        let mut owned = owned(&ledger);
        let is_hidden = |entry: &Entry| entry.fields.iter().any(|(_, hash)| hash.is_none());
        let hidden = ledger.iter().filter(|(.., entry)| is_hidden(entry));
        let hidden: Vec<String> = hidden
            .map(|(kind, _, entry)| name_of(kind, &entry.key.to_string()))
            .collect();
        let records = self.scene.marketo.records();
        let effects = self.scene.marketo.effects(0);
        for (key, id) in owned
            .iter_mut()
            .filter(|(key, id)| id.is_none() && !hidden.contains(key))
        {
            let Some(now) = records.get(key) else {
                continue;
            };
            let mut of_key = effects.iter().filter(|effect| effect.key == *key);
            let last = of_key.rfind(|effect| effect.before.is_none());
            let created = last.filter(|effect| effect.by.is_some());
            // What Marketo has stored otherwise is not known as the program's.
            let is_as_created = created.and_then(|effect| effect.after.as_ref()) == Some(now);
            if is_as_created && !self.is_lossy {
                *id = now["marketoGUID"].as_str().map(str::to_owned);
            }
        }
        Some(owned)
    }

    /// What is claimed and others may have written: a run decides by its values and its time whether it is the program's.
    pub(super) fn unsure(&self, owned: Option<&Owned>) -> Vec<String> {
        let records = self.scene.marketo.records();
        let claims = owned.into_iter().flatten().filter(|(_, id)| id.is_none());
        let keys = claims.map(|(key, _)| key.clone());
        keys.filter(|key| records.contains_key(key)).collect()
    }

    pub(super) fn oracle<'o>(&self, wishes: &'o Wishes, owned: Option<&'o Owned>) -> Oracle<'o> {
        Oracle {
            wishes,
            owned,
            with_undeclared: self.scene.permits.with_undeclared,
            loses: self.is_hard,
            of_leads: self.scene.marketo.named_by_leads(),
            unseen: self.scene.marketo.named_unseen(),
            tells_leads: self.tells_leads,
            allowed: self.allowed.clone(),
            refuses_used: self.refuses_used,
        }
    }

    /// Reviews a plan, in some histories, and lets others write after it: the plan, and whether it is another one now; nothing
    /// where that is not for rules of records to say.
    async fn review(
        &mut self,
        manifest: &str,
        wishes: &Wishes,
    ) -> (Option<(String, Plan)>, Option<bool>) {
        let review = match self.random.bool() {
            true => self.scene.review(manifest).await,
            false => None,
        };
        let owned = self.proven().await;
        let intents = |story: &Self| {
            let records = story.scene.marketo.records();
            story.oracle(wishes, owned.as_ref()).intents(&records)
        };
        let reviewed = intents(self);
        let before = self.scene.marketo.records();
        self.edit(0..3).await;
        let after = self.scene.marketo.records();
        // Deleted and created anew, in one edit or in two; or a boolean that was never written is `false` now.
        let mut kept = before
            .iter()
            .filter_map(|(key, record)| Some((record, after.get(key)?)));
        let is_vague = kept.any(|(was, is)| {
            let is_touched = was["updatedAt"] != is["updatedAt"];
            was["marketoGUID"] != is["marketoGUID"]
                || is_touched && bench::told(was) == bench::told(is)
        });
        // What Marketo has stored otherwise is sent again or not, as the times of writes say.
        let is_vague = is_vague || self.is_lossy;
        let is_known = !is_vague && self.unsure(owned.as_ref()).is_empty();
        let is_moved = is_known.then(|| reviewed != intents(self));
        (review, is_moved)
    }

    fn next(&mut self) -> usize {
        self.processes += 1;
        self.processes - 1
    }

    /// A run under whatever the seed has in store for it; with manifests, in some histories, beside another one of the same.
    pub(super) async fn troubled(
        &mut self,
        goal: Wanted<'_>,
        review: Option<&(String, Plan)>,
    ) -> Vec<Lived> {
        let number = self.next();
        let random = &mut self.random;
        let has_ledger = self.scene.objects.is_some();
        let has_rival = matches!(goal, Wanted::Declared(_)) && random.u8(..6) == 0;
        let (death, trouble) = (death(random, has_ledger), trouble(random, has_rival));
        let process = Process::new(number, death, random.bool(), trouble);
        let faults = self.scene.marketo.simulator.faults();
        for _ in 0..*random.choice(&[0, 0, 0, 1, 1, 2, 3]).unwrap() {
            faults.push(fault(random));
        }
        if self.is_hard {
            if random.u8(..3) == 0 {
                faults.push(loss(random));
                self.is_lossy = true;
            }
            self.scene.marketo.lie(lies(random));
        }
        if random.u8(..8) == 0 {
            outage(random)
                .into_iter()
                .for_each(|fault| faults.push(fault));
        }
        let edits = *random.choice(&[0, 0, 1, 2]).unwrap();
        let edits = (0..edits).map(|_| (random.u32(1..20), Edit::draw(random)));
        self.scene.marketo.disturb(edits.collect());
        let orders = Orders {
            goal,
            reviewed: review.map(|(text, _)| text.as_str()),
            expects: random.bool(),
            asked: (random.u8(..4) == 0).then(|| answer(random)),
            canary: canary(random),
            most: most(random),
            stop: stop(random),
            from: From::Head,
        };
        let mut lived = if has_rival {
            let after = Duration::from_millis(random.u64(..2_000));
            let rival = Process::sound(self.next());
            let both = join(self.live(process, orders), async {
                sleep(after).await;
                self.live(rival, Orders::of(goal)).await
            });
            <[Lived; 2]>::from(both.await).into()
        } else {
            vec![self.live(process, orders).await]
        };
        self.end(&lived).await;
        let is_frozen = lived.iter().any(|lived| lived.process.was_frozen());
        for lived in &mut lived {
            lived.is_beside_frozen = is_frozen;
            if lived.process.is_dead() && self.random.bool() {
                lived.sheet.lock().unwrap().lose(&mut self.random);
            }
        }
        self.tally.count("rivals", usize::from(has_rival));
        let waiting = self.scene.marketo.simulator.faults().waiting();
        self.tally.count("faults left over", waiting.len());
        self.scene.marketo.simulator.faults().clear();
        self.scene.marketo.disturb(Vec::new());
        self.scene.marketo.lie(Vec::new());
        lived
    }

    /// A run to which nothing happens.
    pub(super) async fn sound(&mut self, goal: Wanted<'_>) -> Lived {
        self.quiet(Orders::of(goal)).await
    }

    /// A run with these orders, to which nothing happens.
    pub(super) async fn quiet(&mut self, orders: Orders<'_>) -> Lived {
        let process = Process::sound(self.next());
        let lived = self.live(process, orders).await;
        self.end(std::slice::from_ref(&lived)).await;
        lived
    }

    async fn live(&self, process: Process, orders: Orders<'_>) -> Lived {
        let (process, sheet) = (Arc::new(process), Arc::default());
        let from = self.scene.marketo.mark();
        let end = self.scene.run(&process, orders, &sheet).await;
        let died = process.died();
        self.scene
            .history
            .note(("ended", died, told_end(end.as_ref())));
        let is_barred = matches!(end, Some(End::Behind | End::OtherProject));
        assert!(!is_barred || !matches!(orders.from, From::Head), "{end:?}");
        let is_sound = process.failed() == 0 && !process.was_frozen();
        if is_sound && !matches!(end, None | Some(End::Abandoned)) {
            let is_locked = self.scene.is_locked_by(&process).await;
            assert!(!is_locked, "the lock is not released");
        }
        Lived {
            orders: Promise {
                is_declined: orders.asked.is_some_and(|answer| !answer.is_yes),
                most: orders.most,
                permits_other: orders.expects && orders.most != ANY,
                expects: orders.expects,
                undoes: match orders.goal {
                    Wanted::Declared(_) => None,
                    Wanted::Undone(id) => Some(id.clone()),
                },
                commit: self.scene.commit(orders),
            },
            process,
            end,
            sheet,
            from,
            is_beside_frozen: false,
        }
    }

    /// Waits until all that is still on its way has arrived, or never will.
    async fn end(&mut self, lived: &[Lived]) {
        for lived in lived {
            self.know_otherwise(lived);
        }
        sleep(QUIET).await;
        for lived in lived {
            self.tally.run(&lived.process, lived.end.as_ref());
            self.sheets.push(Arc::clone(&lived.sheet));
        }
    }

    /// Checks a run of manifests against what it did.
    pub(super) fn check(
        &self,
        lived: &Lived,
        run: Option<&journal::Run>,
        wishes: &Wishes,
        owned: Option<&Owned>,
    ) {
        let number = lived.process.number;
        let effects = self.scene.marketo.effects(lived.from);
        let mut records = self.scene.marketo.records();
        for effect in &effects {
            // What has gone meanwhile may be what others went with.
            if let Some(before) = &effect.before {
                let gone = records.entry(effect.key.clone());
                gone.or_insert_with(|| before.clone());
            }
        }
        let oracle = self.oracle(wishes, owned);
        for effect in effects.iter().filter(|effect| effect.by == Some(number)) {
            if !is_swept_along(effect, number, &effects) {
                oracle.assert_may(effect, &records);
            }
        }
        self.check_journal(lived, run, &effects);
    }

    pub(super) fn check_journal(
        &self,
        lived: &Lived,
        run: Option<&journal::Run>,
        effects: &[Effect],
    ) {
        let number = lived.process.number;
        assert_journalled(run, number, effects);
        if let Some(run) = run {
            assert_replaced_first(run, number, effects);
        }
        assert_as_ordered(lived, run, effects);
        let loose = self.scene.marketo.loose();
        let is_unchecked = lived.process.is_unchecked();
        assert_named(
            &loose,
            number,
            (lived.from, effects),
            is_unchecked,
            &self.allowed,
        );
        match &lived.end {
            Some(End::Sent(sent)) => assert_honest(sent, number, effects),
            Some(
                End::Idle
                | End::Empty
                | End::Refused(_)
                | End::Stale
                | End::Behind
                | End::OtherProject
                | End::Altered
                | End::Declined
                | End::Failed,
            ) => {
                assert!(effects.iter().all(|effect| effect.by != Some(number)));
            }
            Some(End::Abandoned) | None => {}
        }
    }

    /// Checks that a reviewed plan was done, or nothing.
    fn reviewed(&mut self, lived: &Lived, review: Option<&(String, Plan)>, is_moved: Option<bool>) {
        let Some((_, plan)) = review else { return };
        let effects = self.scene.marketo.effects(lived.from);
        let is_complete = matches!(&lived.end, Some(End::Sent(sent)) if sent.report.is_complete());
        // Of what a plan file contains, something may be there already.
        let is_rest = !lived.orders.expects && is_moved != Some(false);
        let is_whole = is_complete && !is_rest;
        assert_did(plan, lived.process.number, &effects, is_whole);
        let own = Some(lived.process.number);
        let is_quiet = effects.iter().all(|effect| effect.by == own);
        if let Some(is_moved) = is_moved.filter(|_| is_quiet) {
            match &lived.end {
                Some(End::Stale) => assert!(is_moved, "the plan is still the same"),
                // A plan without changes is the same as one that was applied, which only the ledger has noticed.
                Some(End::Idle) if plan.changes.is_empty() => {}
                Some(End::Sent(_) | End::Idle) => {
                    assert!(!is_moved || is_rest, "the plan is another one");
                }
                Some(
                    End::Altered
                    | End::Behind
                    | End::OtherProject
                    | End::Empty
                    | End::Refused(_)
                    | End::Declined
                    | End::Failed
                    | End::Abandoned,
                )
                | None => {}
            }
        }
        self.tally.count("reviewed plans", 1);
    }
}

/// A run does no more than its orders say, and its journal says whose it is.
fn assert_as_ordered(lived: &Lived, run: Option<&journal::Run>, effects: &[Effect]) {
    let Lived {
        orders:
            Promise {
                is_declined,
                most,
                undoes,
                commit,
                ..
            },
        process,
        end,
        is_beside_frozen,
        ..
    } = lived;
    let own = effects
        .iter()
        .filter(|effect| effect.by == Some(process.number));
    let own: Vec<&Effect> = own.collect();
    assert!(own.is_empty() || !is_declined, "a person declined it");
    assert!(
        own.is_empty() || !process.is_called_off(),
        "it was called off before it wrote"
    );
    let deletes = own.iter().filter(|effect| {
        effect.after.is_none() && !is_swept_along(effect, process.number, effects)
    });
    let deletes = deletes.count();
    assert!(deletes <= *most, "{deletes} deletions, and {most} allowed");
    if let Some(End::Sent(sent)) = end
        && process.failed() == 0
        && !is_beside_frozen
    {
        assert!(sent.is_kept, "the ledger or the journal was not written");
    }
    let Some(run) = run else { return };
    if matches!(end, Some(End::Sent(sent)) if sent.is_kept) {
        assert!(run.end.is_some(), "the journal has no end");
    }
    assert_eq!(run.head.undoes, *undoes);
    assert_eq!(run.head.commit.as_deref(), Some(commit.as_str()));
    if matches!(end, Some(End::Failed)) && process.failed() == 0 {
        let how = run.end.as_ref().map(|end| &end.how);
        assert!(matches!(how, Some(EndReason::NotBegun(_))), "{how:?}");
    }
}

/// Whether a run has come to where it was to come.
pub(super) fn is_done(end: Option<&End>) -> bool {
    match end {
        Some(End::Idle) => true,
        Some(End::Sent(sent)) => is_complete(sent),
        Some(
            End::Empty
            | End::Refused(_)
            | End::Stale
            | End::Behind
            | End::OtherProject
            | End::Altered
            | End::Declined
            | End::Failed
            | End::Abandoned,
        )
        | None => false,
    }
}

pub(super) fn is_complete(sent: &Sent) -> bool {
    sent.report.is_complete() && sent.report.halt.is_none() && sent.is_kept
}

fn told_end(end: Option<&End>) -> String {
    match end {
        Some(End::Sent(sent)) => format!("{:?}", sent.report),
        Some(End::Refused(why)) => format!("refused: {why}"),
        other => format!("{other:?}"),
    }
}
