//! The instance of a history, the way to it, and what every write did to it, whoever made it.
//!
//! The list of effects comes from the simulator's store alone: after each write all records are compared with those before.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use pretty_assertions::assert_eq;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use super::edits::{Edit, key_of, path_of};
use super::history::History;
use super::lag;
use super::lies::Lie;
use super::naming::{Leads, Naming, Stored, of_lead, outliving, references, stored};
use super::process::Process;
use crate::api::Carrier;
use crate::apply::tests::bench::{ROLES, Records};
use crate::apply::tests::case::{is_account, kind_of};
use crate::model::kind::ROLE;
use crate::simulator::InProcess;

/// What a write did to one record.
#[derive(Clone, Debug)]
pub(super) struct Effect {
    /// The process that wrote; none for somebody else.
    pub(super) by: Option<usize>,
    /// Of somebody else's write, the process amid whose calls it came, if any.
    pub(super) amid: Option<usize>,
    /// Its name: the key in small letters, with the kind before it where keys alone do not tell.
    pub(super) key: String,
    pub(super) at: Instant,
    pub(super) before: Option<Map<String, Value>>,
    pub(super) after: Option<Map<String, Value>>,
}

pub(super) struct Marketo {
    pub(super) simulator: InProcess,
    history: History,
    /// For how long a process does not see what it has written.
    lag: Duration,
    /// Whether others also write what opportunities name.
    pub(super) has_accounts: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    records: Records,
    effects: Vec<Effect>,
    /// When each write left, and whose it was.
    writes: Vec<(Instant, usize)>,
    /// By process: when its calls arrived, how many run now and ran at most.
    traffic: BTreeMap<usize, Traffic>,
    /// What others do when so many further calls have been answered.
    edits: Vec<(u32, Edit)>,
    /// What so many further writes of processes are answered with.
    lies: Vec<(u32, Lie)>,
    /// The lead that somebody has deleted.
    lost: Option<usize>,
    /// What leads name, and since the effect of which number.
    leads: Leads,
    /// The writes that name what is not there, and the deletions of what others name.
    loose: Vec<Naming>,
}

/// What one process asked of the instance.
#[derive(Clone, Default)]
pub(super) struct Traffic {
    pub(super) arrived: Vec<Instant>,
    running: usize,
    pub(super) peak: usize,
}

impl Marketo {
    pub(super) fn new(simulator: InProcess, history: History, lag: Duration) -> Self {
        Self {
            simulator,
            history,
            lag,
            has_accounts: false,
            state: Mutex::default(),
        }
    }

    /// What takes the calls of a process to the instance.
    pub(super) fn carrier(self: &Arc<Self>, process: &Arc<Process>) -> Carrier {
        let (marketo, process) = (Arc::clone(self), Arc::clone(process));
        Arc::new(move |request| {
            let (marketo, process) = (Arc::clone(&marketo), Arc::clone(&process));
            Box::pin(async move {
                process.calling().await;
                let sent = Instant::now();
                let (answer, answered) = oneshot::channel();
                let (up, down) = (latency(), latency());
                // On its own: what is on its way does not end with the process that has sent it.
                drop(tokio::spawn(async move {
                    sleep(up).await;
                    if process.is_dead() && !process.arrives {
                        return;
                    }
                    let response = marketo.serve(&process, &request, sent).await;
                    sleep(down).await;
                    drop(answer.send(response));
                }));
                match answered.await {
                    Ok(response) => response,
                    Err(_) => pending().await,
                }
            })
        })
    }

    async fn serve(
        &self,
        process: &Process,
        request: &reqwest::Request,
        sent: Instant,
    ) -> Option<reqwest::Response> {
        let url = request.url();
        let is_counted = url.path().starts_with("/rest");
        let body = request.body().and_then(reqwest::Body::as_bytes);
        let body = body.unwrap_or_default().to_vec();
        let edit = is_counted.then(|| self.state().due()).flatten();
        if let Some(edit) = edit {
            self.edit(&edit, Some(process.number)).await;
        }
        self.history.note((process.number, url.as_str(), &body));
        let target = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let mut call = Request::builder().method(request.method()).uri(target);
        for (name, value) in request.headers() {
            call = call.header(name, value);
        }
        let call = call.body(Body::from(body.clone())).unwrap();
        if is_counted {
            self.state().arrive(process.number);
        }
        let is_post = request.method() == reqwest::Method::POST;
        let is_write = is_counted && is_post && url.query() != Some(QUERY);
        if is_write {
            let records = self.stored();
            let mut state = self.state();
            state.judge(process.number, url.path(), &body, &records);
        }
        let answer = self.simulator.answer(call).await;
        if is_counted {
            self.state().leave(process.number);
        }
        if is_write {
            self.state().writes.push((sent, process.number));
        }
        if is_write && self.look(Some(process.number), None) {
            process.committed();
        }
        let is_query = is_counted && url.query() == Some(QUERY);
        let is_of_leads = url.path().contains("leads");
        let answer = match answer {
            Some(_) if is_write && let Some(lie) = self.state().lie() => Some(lie.told()),
            Some(answer) if is_query && is_of_leads => Some(self.without_lost(answer)),
            Some(answer) if is_query => Some(self.lagging(process, url.path(), &body, answer)),
            answer => answer,
        };
        let heard = answer.as_ref().map(axum::http::Response::body);
        self.history.note(heard);
        let heard = String::from_utf8_lossy(heard.map_or(&[], Vec::as_slice));
        let (path, sent) = (url.path(), String::from_utf8_lossy(&body));
        self.history
            .trace(Some(process.number), path, &sent, &heard);
        answer.map(|answer| reqwest::Response::from(answer.map(reqwest::Body::from)))
    }

    /// A good answer to a query, without what the process has just written.
    fn lagging(
        &self,
        process: &Process,
        path: &str,
        body: &[u8],
        answer: axum::http::Response<Vec<u8>>,
    ) -> axum::http::Response<Vec<u8>> {
        let is_good = serde_json::from_slice::<Value>(answer.body())
            .is_ok_and(|answer| answer["success"] == true && answer["result"].is_array());
        let state = self.state();
        let seen = lag::seen(
            state.records.clone(),
            &state.effects,
            process.number,
            self.lag,
        );
        if !is_good || seen == state.records {
            return answer;
        }
        let stale = lag::answer(path, body, &seen);
        answer.map(|_| stale.to_string().into_bytes())
    }

    /// An answer to a query of leads, without the one that is lost.
    fn without_lost(&self, answer: axum::http::Response<Vec<u8>>) -> axum::http::Response<Vec<u8>> {
        let Some(lost) = self.state().lost else {
            return answer;
        };
        answer.map(|body| {
            let Ok(mut answer) = serde_json::from_slice::<Value>(&body) else {
                return body;
            };
            if let Some(rows) = answer["result"].as_array_mut() {
                rows.retain(|row| row["id"] != json!(lost));
            }
            answer.to_string().into_bytes()
        })
    }

    /// Somebody deletes a lead; its roles go along.
    pub(super) async fn lose(&self, lead: usize) {
        let below = format!(" / {lead} / ");
        let mut roles = self.records();
        roles.retain(|key, _| key.contains(&below));
        let keys: Vec<Value> = { roles.values() }.map(|role| key_of(&ROLE, role)).collect();
        if !keys.is_empty() {
            let path = ROLES.replace(".json", "/delete.json");
            self.post(&path, json!(keys), None).await;
        }
        self.state().lost = Some(lead);
    }

    /// The lead is there again, under its number; its roles are not.
    pub(super) fn bring_back(&self) {
        self.state().lost = None;
    }

    /// Somebody sets a record back to what it was before a write.
    pub(super) async fn revert(&self, effect: &Effect) {
        let records = self.records();
        let now = records.get(&effect.key);
        let path = path_of(&effect.key);
        let kind = kind_of(&effect.key);
        let Some(before) = &effect.before else {
            if let Some(now) = now {
                let path = path.replace(".json", "/delete.json");
                self.post(&path, json!([key_of(kind, now)]), None).await;
            }
            return;
        };
        let mut reverted = key_of(kind, before);
        let names = before.keys().chain(now.into_iter().flat_map(Map::keys));
        for name in names.filter(|name| !SYSTEM.contains(&name.as_str())) {
            let held = now.and_then(|now| now.get(name));
            if before.get(name) != held {
                reverted[name] = before.get(name).cloned().unwrap_or_default();
            }
        }
        // Nobody can let it name what is gone.
        let mut named = { reverted.as_object().into_iter() }.flat_map(|it| references(kind, it));
        if named.any(|(_, named)| is_account(kind_of(&named)) && !records.contains_key(&named)) {
            return;
        }
        self.post(&path, json!([reverted]), None).await;
    }

    /// Whether a lead is not there.
    pub(super) fn is_lost(&self, lead: usize) -> bool {
        self.state().lost == Some(lead)
    }

    /// All records as they are stored by now. What a call has done that is not answered yet is not among the effects so far.
    fn stored(&self) -> Records {
        let mut records = Records::new();
        for held in self.simulator.records() {
            let Some(Stored { name, record }) = stored(held) else {
                continue;
            };
            let twin = records.insert(name, record);
            assert_eq!(twin, None, "a record is there twice");
        }
        records
    }

    /// Notes what has changed, by whom and amid whose calls; whether something has.
    fn look(&self, by: Option<usize>, amid: Option<usize>) -> bool {
        let records = self.stored();
        let mut state = self.state();
        let before = std::mem::take(&mut state.records);
        let count = state.effects.len();
        let keys: BTreeSet<&String> = before.keys().chain(records.keys()).collect();
        for key in keys {
            let (old, new) = (before.get(key), records.get(key));
            if old != new {
                state.effects.push(Effect {
                    by,
                    amid,
                    key: key.clone(),
                    at: Instant::now(),
                    before: old.cloned(),
                    after: new.cloned(),
                });
            }
        }
        state.records = records;
        state.effects.len() > count
    }

    /// Lets a lead name a record from now on.
    pub(super) async fn name_by_lead(&self, id: usize, field: &str, key: &str) {
        let path = "/rest/v1/leads.json";
        let lead = json!({ "id": id, field: key });
        let body = json!({ "action": "updateOnly", "lookupField": "id", "input": [lead] });
        self.give(path, &body).await;
        let leads = self.simulator.leads();
        let named: BTreeSet<_> = leads.iter().flat_map(of_lead).collect();
        let mut state = self.state();
        let now = state.effects.len();
        state.leads.retain(|lead, _| named.contains(lead));
        for lead in named {
            state.leads.entry(lead).or_insert(now);
        }
    }

    /// What processes have sent that names what is not there, or deletes what others name.
    pub(super) fn loose(&self) -> Vec<Naming> {
        self.state().loose.clone()
    }

    /// The records that leads name.
    pub(super) fn named_by_leads(&self) -> BTreeSet<String> {
        let leads = self.state().seen_leads();
        leads.into_keys().map(|(_, named)| named).collect()
    }

    /// The records that nobody sees to be named, and that Marketo counts as named: by what is deleted by now, and by the lead that is lost.
    pub(super) fn named_unseen(&self) -> BTreeSet<String> {
        let seen = self.named_by_leads();
        let leads: Vec<_> = self.state().leads.keys().cloned().collect();
        let unseen = leads.into_iter().map(|(_, named)| named);
        let unseen = unseen.filter(|named| !seen.contains(named));
        let effects = self.effects(0);
        let deleted = effects.iter().filter(|effect| effect.after.is_none());
        let deleted = deleted.filter_map(|effect| Some((&effect.key, effect.before.as_ref()?)));
        deleted
            .flat_map(|(key, record)| outliving(kind_of(key), record))
            .chain(unseen)
            .collect()
    }

    /// Sends what somebody else writes.
    pub(super) async fn post(&self, path: &str, records: Value, amid: Option<usize>) {
        self.give(path, &json!({ "input": records })).await;
        self.look(None, amid);
    }

    /// Posts past all processes.
    async fn give(&self, path: &str, body: &Value) {
        let sent = body.to_string();
        self.history.note(("posted", path, &sent));
        let rows = self.simulator.post(path, body).await.to_string();
        self.history.note(&rows);
        self.history.trace(None, path, &sent, &rows);
    }

    /// Lets others write when so many further calls have come.
    pub(super) fn disturb(&self, edits: Vec<(u32, Edit)>) {
        self.state().edits = edits;
    }

    /// Answers writes of processes with lies, each when so many further ones have come.
    pub(super) fn lie(&self, lies: Vec<(u32, Lie)>) {
        self.state().lies = lies;
    }

    /// All records by their keys in small letters.
    pub(super) fn records(&self) -> Records {
        self.state().records.clone()
    }

    /// What was written since the effect of this number.
    pub(super) fn effects(&self, from: usize) -> Vec<Effect> {
        self.state().effects[from..].to_vec()
    }

    /// The number of the next effect.
    pub(super) fn mark(&self) -> usize {
        self.state().effects.len()
    }

    /// How many calls there were.
    pub(super) fn calls(&self) -> usize {
        let state = self.state();
        state
            .traffic
            .values()
            .map(|traffic| traffic.arrived.len())
            .sum()
    }

    /// Whose each write was, in the order in which they left.
    pub(super) fn writers(&self) -> Vec<usize> {
        let mut writes = self.state().writes.clone();
        writes.sort_by_key(|(sent, _)| *sent);
        writes.into_iter().map(|(_, by)| by).collect()
    }

    /// What each process asked for.
    pub(super) fn traffic(&self) -> BTreeMap<usize, Traffic> {
        self.state().traffic.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl State {
    fn arrive(&mut self, process: usize) {
        let traffic = self.traffic.entry(process).or_default();
        traffic.arrived.push(Instant::now());
        traffic.running += 1;
        traffic.peak = traffic.peak.max(traffic.running);
    }

    fn judge(&mut self, process: usize, path: &str, body: &[u8], records: &Records) {
        let leads = self.seen_leads();
        let found = Naming::of(process, path, body, records, &leads);
        self.loose.extend(found);
    }

    /// The leads that are there and what they name.
    fn seen_leads(&self) -> Leads {
        let lost = self.lost.map(|lost| lost.to_string());
        let mut seen = self.leads.clone();
        seen.retain(|(lead, _), _| Some(lead) != lost.as_ref());
        seen
    }

    fn leave(&mut self, process: usize) {
        self.traffic.entry(process).or_default().running -= 1;
    }

    /// The lie that the next write is answered with.
    fn lie(&mut self) -> Option<Lie> {
        for (left, _) in &mut self.lies {
            *left = left.saturating_sub(1);
        }
        let due = self.lies.iter().position(|(left, _)| *left == 0)?;
        Some(self.lies.swap_remove(due).1)
    }

    /// What somebody does before the next call.
    fn due(&mut self) -> Option<Edit> {
        for (left, _) in &mut self.edits {
            *left = left.saturating_sub(1);
        }
        let due = self.edits.iter().position(|(left, _)| *left == 0)?;
        Some(self.edits.swap_remove(due).1)
    }
}

/// What nobody but Marketo writes.
const SYSTEM: [&str; 4] = ["marketoGUID", "key", "createdAt", "updatedAt"];

/// What makes a query of a POST.
const QUERY: &str = "_method=GET";

/// How long a call is on its way: most often a moment.
fn latency() -> Duration {
    Duration::from_millis(match fastrand::u8(..8) {
        0..3 => 0,
        3..7 => fastrand::u64(1..60),
        _ => fastrand::u64(60..3_000),
    })
}
