//! The properties of a history.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::Value;

use super::marketo::{Effect, Traffic};
use super::naming::references;
use super::oracle::Owned;
use super::run::Sent;
use crate::apply::Outcome;
use crate::apply::tests::bench::{Records, told};
use crate::apply::tests::case::{is_account, kind_of, name_of};
use crate::journal;
use crate::model::{ObjectKind, Verb};
use crate::plan::{Action, Change, OtherRuns, Plan, WhyDelete};

pub(super) fn key_of(change: &Change) -> String {
    name_of(change.kind, &change.key.to_string())
}

/// The opportunity that a key names or belongs to.
pub(super) fn family(key: &str) -> &str {
    key.split_once(" / ").map_or(key, |(family, _)| family)
}

/// The opportunities of which, or of whose roles, Marketo has stored less of a text than a run or its undo had sent.
pub(super) fn stored_otherwise(
    run: &journal::Run,
    process: usize,
    undo: &[usize],
    effects: &[Effect],
) -> BTreeSet<String> {
    let changes = run.changes.iter().map(|change| (key_of(change), change));
    let changes: BTreeMap<String, &Change> = changes.collect();
    let is_less = |effect: &&Effect| {
        let Some((change, after)) = changes.get(&effect.key).zip(effect.after.as_ref()) else {
            return false;
        };
        let mut fields = change.fields().iter();
        !is_theirs(effect, process, undo)
            && fields.any(|field| {
                let stored = after.get(&*field.name).and_then(Value::as_str);
                let sides = [&field.before, &field.after];
                stored.is_some_and(|stored| sides.iter().any(|side| is_start(stored, side)))
            })
    };
    let less = effects.iter().filter(is_less);
    less.map(|effect| family(&effect.key).to_owned()).collect()
}

/// Whether a text is a part of a value, and not all of it.
fn is_start(part: &str, value: &crate::model::Value) -> bool {
    match value {
        crate::model::Value::Text(text) => text.starts_with(part) && **text != *part,
        crate::model::Value::Null
        | crate::model::Value::Boolean(_)
        | crate::model::Value::Integer(_)
        | crate::model::Value::Decimal(_)
        | crate::model::Value::Date(_)
        | crate::model::Value::Datetime(_) => false,
    }
}

/// Whether a record does not show that this process has written to it, so that a refusal looks true: somebody else has deleted what it created,
/// or Marketo has stored less of a text than it was sent, which is what was there when the change was planned.
fn is_hidden(change: &Change, process: usize, effects: &[Effect]) -> bool {
    let key = key_of(change);
    let mut of_record = effects.iter().filter(|effect| effect.key == key);
    let Some(last) = of_record.next_back() else {
        return false;
    };
    let is_unchanged = last.after.as_ref().is_some_and(|record| {
        let mut fields = change.fields().iter();
        fields.all(|field| {
            let held = record.get(&*field.name);
            if let crate::model::Value::Text(text) = &field.before {
                held == Some(&Value::from(&**text))
            } else {
                field.before.is_null() && held.is_none()
            }
        })
    });
    last.by != Some(process) || is_unchanged
}

/// The keys that somebody else than this process has written to.
fn others(effects: &[Effect], process: usize) -> BTreeSet<&str> {
    let others = effects.iter().filter(|effect| effect.by != Some(process));
    others.map(|effect| effect.key.as_str()).collect()
}

/// Every change that a process made is in its journal, and what the journal calls done is in the instance.
pub(super) fn assert_journalled(run: Option<&journal::Run>, process: usize, effects: &[Effect]) {
    let own: Vec<&Effect> = effects
        .iter()
        .filter(|effect| effect.by == Some(process))
        .collect();
    let Some(run) = run else {
        assert!(own.is_empty(), "without a journal: {own:?}");
        return;
    };
    let outcomes = run.changes.iter().zip(&run.outcomes);
    let outcomes: BTreeMap<String, (&Change, &Outcome)> = outcomes
        .map(|(change, outcome)| (key_of(change), (change, outcome)))
        .collect();
    let touched = others(effects, process);
    let mut first = BTreeSet::new();
    for effect in &own {
        let Some((change, outcome)) = outcomes.get(&effect.key) else {
            let is_swept = is_swept_along(effect, process, effects);
            assert!(is_swept, "{} is not in the journal", effect.key);
            continue;
        };
        assert!(
            matches!(outcome, Outcome::Applied { .. } | Outcome::Unknown { .. })
                || is_hidden(change, process, effects),
            "{} was written and is {outcome:?}",
            effect.key
        );
        let verb = match (&effect.before, &effect.after) {
            (None, _) => Verb::Create,
            (Some(_), Some(_)) => Verb::Update,
            (Some(_), None) => Verb::Delete,
        };
        assert_eq!(change.verb(), verb, "{}", effect.key);
        // What was there before is what the journal gives back, unless somebody has written in between, or the run itself has: it sends an
        // update again whose answer was a lie.
        let is_first = first.insert(effect.key.as_str());
        if is_first && !touched.contains(effect.key.as_str()) && verb != Verb::Create {
            assert_before(change, effect);
        }
    }
    let done: BTreeSet<&str> = own.iter().map(|effect| effect.key.as_str()).collect();
    for (key, (_, outcome)) in &outcomes {
        let is_applied = matches!(outcome, Outcome::Applied { .. });
        let key = key.as_str();
        assert!(
            !is_applied || done.contains(key) || touched.contains(key),
            "{key} is called done"
        );
    }
}

/// Whether it is a role that others created while this process was at work, or one beside it, gone with its opportunity. Marketo deletes both in one
/// call, and has no call that would spare it.
pub(super) fn is_swept_along(effect: &Effect, process: usize, effects: &[Effect]) -> bool {
    let parent = effect.key.split_once(" / ").map(|(parent, _)| parent);
    let has = |is: &dyn Fn(&Effect) -> bool| effects.iter().any(is);
    effect.after.is_none()
        && has(&|other| other.amid.is_some() && other.key == effect.key)
        && has(&|own| own.by == Some(process) && own.after.is_none() && Some(&*own.key) == parent)
}

/// No record that was replaced is gone while its replacement is missing: what a run creates and adopts is there, or was written by
/// somebody else, before it deletes the first record.
pub(super) fn assert_replaced_first(run: &journal::Run, process: usize, effects: &[Effect]) {
    let is_own = |effect: &&Effect| effect.by == Some(process);
    let is_deletion = |effect: &Effect| is_own(&effect) && effect.after.is_none();
    let Some(first) = effects.iter().position(is_deletion) else {
        return;
    };
    let touched = others(effects, process);
    let before = effects[..first].iter().filter(is_own);
    let written: BTreeSet<&str> = before.map(|effect| effect.key.as_str()).collect();
    let replacing = run
        .changes
        .iter()
        .filter(|change| matches!(change.action, Action::Create { .. } | Action::Adopt { .. }));
    for key in replacing.map(key_of) {
        assert!(
            written.contains(key.as_str()) || touched.contains(key.as_str()),
            "{} is deleted, and {key} is not written",
            effects[first].key
        );
    }
}

/// The journal has the values that a write took the place of.
fn assert_before(change: &Change, effect: &Effect) {
    let before = effect.before.as_ref().map(told).unwrap_or_default();
    let after = effect.after.as_ref().map(told).unwrap_or_default();
    let fields: BTreeSet<&str> = change.fields().names().map(|name| &**name).collect();
    for (name, value) in &before {
        let is_same = after.get(name) == Some(value);
        assert!(
            is_same || fields.contains(name.as_str()),
            "{}: {name} is not in the journal",
            effect.key
        );
    }
    for field in change.fields().iter() {
        // A boolean without a value can be stored as `false`.
        let is_empty = crate::model::Value::Null.is_met_by(&field.before);
        assert_eq!(
            is_empty,
            !before.contains_key(&*field.name),
            "{}: {} before",
            effect.key,
            field.name
        );
    }
}

/// What a report says is so.
pub(super) fn assert_honest(sent: &Sent, process: usize, effects: &[Effect]) {
    let own = effects.iter().filter(|effect| effect.by == Some(process));
    let own: BTreeSet<&str> = own.map(|effect| effect.key.as_str()).collect();
    let touched = others(effects, process);
    assert_eq!(sent.report.outcomes.len(), sent.plan.changes.len());
    let outcomes = sent.plan.changes.iter().zip(&sent.report.outcomes);
    for ((change, outcome), tries) in outcomes.zip(&sent.tries) {
        let key = key_of(change);
        let was_sent = !matches!(outcome, Outcome::NotAttempted(_));
        let is_interrupted = matches!(outcome, Outcome::Unknown { .. });
        assert!(
            (*tries > 0) == was_sent || is_interrupted,
            "{key} went out {tries} times and is {outcome:?}"
        );
        let is_written = own.contains(key.as_str());
        let is_hidden = is_hidden(change, process, effects);
        let is_so = match outcome {
            Outcome::Applied { .. } => is_written || touched.contains(key.as_str()),
            Outcome::Rejected { .. } | Outcome::NotAttempted(_) => !is_written || is_hidden,
            Outcome::Unknown { .. } => true,
        };
        assert!(is_so, "{key} is not {outcome:?}");
    }
}

/// A run of a reviewed plan did nothing but that plan.
pub(super) fn assert_did(plan: &Plan, process: usize, effects: &[Effect], is_complete: bool) {
    let planned: BTreeMap<String, &Change> = plan
        .changes
        .iter()
        .map(|change| (key_of(change), change))
        .collect();
    let own: Vec<&Effect> = effects
        .iter()
        .filter(|effect| effect.by == Some(process))
        .collect();
    for effect in &own {
        if is_swept_along(effect, process, effects) {
            continue;
        }
        let change = planned.get(&effect.key);
        let change = change.unwrap_or_else(|| panic!("{} was not reviewed", effect.key));
        // What goes with a record is not what was reviewed if somebody has written to it since.
        if others(effects, process).contains(effect.key.as_str()) {
            continue;
        }
        let fields: BTreeSet<&str> = change.fields().names().map(|name| &**name).collect();
        let (before, after) = (effect.before.as_ref(), effect.after.as_ref());
        let (before, after) = (
            before.map(told).unwrap_or_default(),
            after.map(told).unwrap_or_default(),
        );
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            let is_changed = before.get(name) != after.get(name);
            assert!(
                !is_changed || fields.contains(name.as_str()),
                "{}: {name} was not reviewed",
                effect.key
            );
        }
    }
    let touched = others(effects, process);
    let done: BTreeSet<&str> = own.iter().map(|effect| effect.key.as_str()).collect();
    if is_complete {
        for key in planned.keys() {
            assert!(
                done.contains(key.as_str()) || touched.contains(key.as_str()),
                "{key} was reviewed and not done"
            );
        }
    }
}

/// No process asks for more than its settings let it.
pub(super) fn assert_within_limits(
    traffic: &BTreeMap<usize, Traffic>,
    calls_per_20s: usize,
    concurrency: usize,
) {
    let window = Duration::from_secs(20);
    for traffic in traffic.values() {
        assert!(traffic.peak <= concurrency, "{} at once", traffic.peak);
        for calls in traffic.arrived.windows(calls_per_20s + 1) {
            let took = calls[calls_per_20s] - calls[0];
            assert!(took >= window, "{} calls in {took:?}", calls.len());
        }
    }
}

/// What runs have created is owned as long as it is there, whatever became of them, but for what they have let go of.
pub(super) fn assert_none_leaked(
    effects: &[Effect],
    records: &Records,
    owned: &Owned,
    is_released: impl Fn(usize, &str) -> bool,
) {
    for effect in effects {
        let (Some(by), None, Some(after)) = (effect.by, &effect.before, &effect.after) else {
            continue;
        };
        let record = records.get(&effect.key);
        let is_there = record.is_some_and(|record| record["marketoGUID"] == after["marketoGUID"]);
        if is_there && !is_released(by, &effect.key) {
            let has = owned.contains_key(&effect.key);
            assert!(has, "{} has leaked: {effects:?}", effect.key);
        }
    }
}

/// Of two runs with one ledger, one sends its writes after the other; what is on its way cannot be called back.
pub(super) fn assert_apart(writers: &[usize], processes: [usize; 2]) {
    let mut turns = writers.to_vec();
    turns.retain(|by| processes.contains(by));
    turns.dedup();
    assert!(turns.len() <= 2, "they took turns: {turns:?}");
}

/// The ledger that a run has saved at its end says what became of the changes.
///
/// What the manifests forget is not owned any more, whatever became of its opportunity.
pub(super) fn assert_kept(sent: &Sent, before: &Owned, after: &Owned, forgotten: &[String]) {
    for (change, outcome) in sent.plan.changes.iter().zip(&sent.report.outcomes) {
        let key = key_of(change);
        let (was, is) = (before.get(&key), after.get(&key));
        match (change.verb(), outcome) {
            (Verb::Create, Outcome::Applied { id }) => {
                assert_eq!(
                    is,
                    Some(&id.as_deref().map(str::to_owned)),
                    "{key} is created"
                );
            }
            (Verb::Create, Outcome::Unknown { .. }) => assert!(is.is_some(), "{key} may be there"),
            (Verb::Delete, Outcome::Applied { .. }) => assert_eq!(is, None, "{key} is deleted"),
            (Verb::Update, Outcome::Applied { .. }) => {
                let id = change.id().map(str::to_owned);
                assert_eq!(is, Some(&id), "{key} is updated");
            }
            (Verb::Delete, _) if forgotten.contains(&key) => {
                assert_eq!(is, None, "{key} is forgotten");
            }
            // The entry of a record that is not there any more goes in any case.
            (Verb::Delete, _) if goes(change, was) => assert_eq!(is, None, "{key} is another"),
            (Verb::Create | Verb::Update | Verb::Delete, _) => {
                assert_eq!(is, was, "{key}: {outcome:?}");
            }
        }
    }
}

/// Whether a ledger lets go of what it has at the key of a record that is to be deleted: it is that of another record.
fn goes(change: &Change, was: Option<&Option<String>>) -> bool {
    let is_another = was.is_some_and(|own| own.is_some() && own.as_deref() != change.id());
    match change.action {
        Action::Delete { why, .. } => is_another && why != WhyDelete::Tombstone,
        Action::Create { .. } | Action::Adopt { .. } | Action::Update { .. } => false,
    }
}

/// After an undo everything is as before the run, wherever nobody else has written; and what others wrote is there.
///
/// `effects` begin with the plan of the run and end with its undo, `before` and `after` are the instance then.
pub(super) fn assert_undone(
    before: &Records,
    after: &Records,
    effects: &[Effect],
    process: usize,
    undo: &[usize],
    with_undeclared: bool,
    run: &journal::Run,
) {
    let is_theirs = |effect: &Effect| is_theirs(effect, process, undo);
    let theirs: Vec<&Effect> = effects.iter().filter(|effect| is_theirs(effect)).collect();
    let parent = |key: &str| key.split_once(" / ").map(|(parent, _)| parent.to_owned());
    // Where others made or deleted records, ids decide, and the rules are those of other tests.
    let moved: BTreeSet<&str> = theirs
        .iter()
        .filter(|effect| effect.before.is_none() || effect.after.is_none())
        .map(|effect| effect.key.as_str())
        .collect();
    let is_moved = |key: &str| {
        moved.contains(key) || parent(key).is_some_and(|parent| moved.contains(parent.as_str()))
    };
    // What a record names in these fields, or named, may not be there any more, or be another one.
    let loose = |key: &str| -> BTreeSet<&str> {
        let is_lost = |(_, named): &(_, String)| {
            is_account(kind_of(named))
                && (moved.contains(named.as_str()) || !after.contains_key(named))
        };
        let sides = [before.get(key), after.get(key)].into_iter().flatten();
        let named = sides.flat_map(|side| references(kind_of(key), side));
        named.filter(is_lost).map(|(field, _)| field).collect()
    };
    let is_loose = |key: &str| !loose(key).is_empty();
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for key in keys {
        let edits: Vec<&&Effect> = theirs.iter().filter(|effect| effect.key == **key).collect();
        let (was, is) = (before.get(key).map(told), after.get(key).map(told));
        if is_moved(key) {
            continue;
        }
        if edits.is_empty() {
            let below = format!("{key} / ");
            // A role that somebody has made their own keeps its opportunity.
            let is_kept = theirs.iter().any(|effect| effect.key.starts_with(&below));
            let is_loose = is_loose(key) || parent(key).is_some_and(|parent| is_loose(&parent));
            if was != is && !is_kept && !is_loose {
                let mut named = was.clone();
                // A name cannot be cleared.
                if let (Some(was), Some(is)) = (&mut named, &is)
                    && !was.contains_key("name")
                {
                    was.extend(is.get("name").map(|name| ("name".to_owned(), name.clone())));
                }
                assert_eq!(is, named, "{key} is not as it was");
            }
            continue;
        }
        let (Some(was), Some(is)) = (was, is) else {
            continue;
        };
        let written = |effect: &Effect, name: &str| {
            // As `told` has it: a boolean that was never written reads as `false`.
            let side = |record: &Option<serde_json::Map<String, Value>>| {
                let value = record.as_ref().and_then(|record| record.get(name));
                value.filter(|value| **value != Value::Bool(false)).cloned()
            };
            (side(&effect.before) != side(&effect.after)).then(|| side(&effect.after))
        };
        let loose = loose(key);
        let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
        for name in names
            .into_iter()
            .filter(|name| !loose.contains(name.as_str()))
        {
            let of_field: Vec<(&Effect, Option<Value>)> = effects
                .iter()
                .filter(|effect| effect.key == **key)
                .filter_map(|effect| Some((effect, written(effect, name)?)))
                .collect();
            assert_field((key, name), &was, &is, &of_field, process, undo);
        }
    }
    // With its opportunity, where a person allows it, any role goes.
    let may_go = |key: &str| with_undeclared && parent(key).is_some();
    assert_none_lost(effects, process, undo, run, may_go);
    let changed: BTreeSet<String> = run.changes.iter().map(key_of).collect();
    for effect in effects {
        if effect.by.is_some_and(|by| undo.contains(&by)) {
            let key = &effect.key;
            let is_below = parent(key).is_some_and(|parent| changed.contains(&parent));
            // Roles that nobody declares go with an opportunity where a person allows it.
            let is_allowed = with_undeclared && is_below && effect.after.is_none();
            assert!(changed.contains(key) || is_allowed, "{key} is undone");
        }
    }
}

/// Whether others wrote it: neither the run nor its undo.
fn is_theirs(effect: &Effect, process: usize, undo: &[usize]) -> bool {
    effect
        .by
        .is_none_or(|by| by != process && !undo.contains(&by))
}

/// After an undo a field is as before the run, or as others wrote it; `of_field` are all that was written to it.
fn assert_field(
    (key, name): (&str, &str),
    was: &serde_json::Map<String, Value>,
    is: &serde_json::Map<String, Value>,
    of_field: &[(&Effect, Option<Value>)],
    process: usize,
    undo: &[usize],
) {
    let is_theirs = |effect: &Effect| is_theirs(effect, process, undo);
    let mut own = of_field.iter().rev();
    let own = own.find(|(effect, _)| effect.by == Some(process));
    // Between its looking and its writing nothing holds others back, and what a run has written again is not told from what
    // the run itself has left.
    let is_covered = |(effect, value): &(&Effect, Option<Value>)| {
        effect.amid.is_some_and(|amid| undo.contains(&amid))
            || own.is_some_and(|(_, own)| own == value)
    };
    let mut last_theirs = of_field.iter();
    let last_theirs = last_theirs.rposition(|(effect, _)| is_theirs(effect));
    let own_at = of_field
        .iter()
        .rposition(|(effect, _)| effect.by == Some(process));
    // A run that sends a change once more, for want of an answer, writes over what came in between, and cannot know it.
    let is_written_over = |at: usize| of_field[at].0.amid == Some(process) && own_at > Some(at);
    match last_theirs {
        None => {
            let is_name = name == "name" && !was.contains_key(name);
            assert!(
                is.get(name) == was.get(name) || is_name,
                "{key}: {name} is not as it was"
            );
        }
        Some(at) if is_covered(&of_field[at]) || is_written_over(at) => {
            let now = is.get(name).cloned();
            let mut theirs = of_field.iter();
            let is_theirs = theirs.any(|(effect, value)| is_theirs(effect) && *value == now);
            let is_so = is_theirs || now.as_ref() == was.get(name) || name == "name";
            assert!(is_so, "{key}: {name} is neither as it was nor theirs");
        }
        // Nobody has written after them but the undo, which may not.
        Some(at) if !of_field[..at].iter().all(|(effect, _)| is_theirs(effect)) => {
            assert_eq!(
                is.get(name).cloned(),
                of_field[at].1,
                "{key}: {name} is not theirs any more"
            );
        }
        Some(_) => {}
    }
}

/// An undo neither deletes what another run is known to have created nor creates again what another one is known to have deleted;
/// where a person allows it, roles go with their opportunity.
pub(super) fn assert_none_of_others(
    effects: &[Effect],
    undo: &[usize],
    run: &journal::Run,
    others: &OtherRuns,
    with_undeclared: bool,
) {
    let of_undo = |effect: &&Effect| effect.by.is_some_and(|by| undo.contains(&by));
    let changed: BTreeSet<String> = run.changes.iter().map(key_of).collect();
    // After a lost answer two runs may both say that they did it.
    let changes = run.changes.iter().zip(&run.outcomes);
    let (done, not_done): (Vec<_>, Vec<_>) =
        changes.partition(|(_, outcome)| matches!(outcome, Outcome::Applied { .. }));
    let done: BTreeSet<String> = done.iter().map(|(change, _)| key_of(change)).collect();
    let ids = not_done.iter();
    let ids: BTreeMap<String, Option<&str>> = ids
        .map(|(change, _)| (key_of(change), change.id()))
        .collect();
    for effect in effects.iter().filter(of_undo) {
        let key = effect.key.as_str();
        let kind = kind_of(key);
        let parent = key.split_once(" / ").map(|(parent, _)| parent);
        let may_go = with_undeclared && parent.is_some_and(|parent| changed.contains(parent));
        let other = match (&effect.before, &effect.after) {
            (Some(before), None) if !may_go && !done.contains(key) => {
                let id = before["marketoGUID"].as_str();
                let is_it = |of: &ObjectKind, created: &str| Some(created) == id && of == kind;
                let mut created = others.created.keys();
                created.find(|(of, created)| is_it(of, created))
            }
            (None, Some(_)) => {
                let id = ids.get(key).copied().flatten();
                let is_it = |of: &ObjectKind, deleted: &str| Some(deleted) == id && of == kind;
                let mut deleted = others.deleted.keys();
                deleted.find(|(of, deleted)| is_it(of, deleted))
            }
            (_, _) => None,
        };
        assert_eq!(other, None, "{key} is the doing of another run");
    }
}

/// An undo changes no entry of the ledger that is not its run's, but for those of records that are gone or that it deletes or creates.
pub(super) fn assert_lets_be(
    run: &journal::Run,
    [before, after]: [&Owned; 2],
    effects: &[Effect],
    undo: &[usize],
    records: &Records,
) {
    let of_undo = |effect: &&Effect| effect.by.is_some_and(|by| undo.contains(&by));
    let touched = effects.iter().filter(of_undo);
    let touched = touched.filter(|effect| effect.before.is_none() || effect.after.is_none());
    let touched: BTreeSet<&str> = touched.map(|effect| effect.key.as_str()).collect();
    let changes = run.changes.iter().zip(&run.outcomes);
    let changes: BTreeMap<String, (&Change, &Outcome)> = changes
        .map(|(change, outcome)| (key_of(change), (change, outcome)))
        .collect();
    let adopted: BTreeMap<String, Option<&str>> = run
        .adopted
        .iter()
        .map(|adopted| {
            (
                name_of(adopted.kind, &adopted.key.to_string()),
                adopted.id.as_deref(),
            )
        })
        .collect();
    for (key, id) in before {
        let own = id.as_deref();
        let record = records.get(key);
        let is_there =
            record.is_some_and(|record| own.is_none_or(|id| record["marketoGUID"] == *id));
        if after.get(key) == Some(id) || touched.contains(key.as_str()) || !is_there {
            continue;
        }
        let is_made = match changes.get(key) {
            Some((change, Outcome::Applied { id })) => match change.action {
                Action::Create { .. } => own.is_none() || id.as_deref() == own,
                Action::Adopt { .. } => change.id() == own,
                Action::Update { .. } | Action::Delete { .. } => false,
            },
            // The ledger may know more than the journal of a run whose disk was full.
            Some((change, Outcome::Unknown { .. })) => match change.action {
                Action::Create { .. } => true,
                Action::Adopt { .. } => change.id() == own,
                Action::Update { .. } | Action::Delete { .. } => false,
            },
            Some((_, Outcome::Rejected { .. } | Outcome::NotAttempted(_))) | None => false,
        };
        let is_adopted = adopted.get(key).is_some_and(|id| *id == own);
        assert!(is_made || is_adopted, "{key} is not the run's: {own:?}");
    }
}

/// What the run is known to have created and somebody has written to since is not deleted by the undo that nothing happened to,
/// the last one.
fn assert_none_lost(
    effects: &[Effect],
    process: usize,
    undo: &[usize],
    run: &journal::Run,
    may_go: impl Fn(&str) -> bool,
) {
    let changes = run.changes.iter().zip(&run.outcomes);
    let is_created = |(change, outcome): &(&Change, &Outcome)| {
        change.verb() == Verb::Create && matches!(outcome, Outcome::Applied { .. })
    };
    let created = changes.filter(is_created);
    let created: BTreeMap<String, &Change> = created
        .map(|(change, _)| (key_of(change), change))
        .collect();
    for effect in effects
        .iter()
        .filter(|effect| effect.by == undo.last().copied())
    {
        let (Some(before), None) = (&effect.before, &effect.after) else {
            continue;
        };
        let Some(change) = created.get(&effect.key).filter(|_| !may_go(&effect.key)) else {
            continue;
        };
        let left = effects.iter().filter(|other| {
            other.key == effect.key && other.before.is_none() && other.by == Some(process)
        });
        let mut left = left.filter_map(|other| other.after.as_ref());
        // After a lost answer, what others have made just so meanwhile is taken for it.
        let Some(left) = left.next_back() else {
            continue;
        };
        assert_eq!(
            before["marketoGUID"], left["marketoGUID"],
            "{} is another record",
            effect.key
        );
        let (before, left) = (told(before), told(left));
        for field in change.fields().iter() {
            assert_eq!(
                before.get(&*field.name),
                left.get(&*field.name),
                "{}: {} was written by others, and the record is deleted",
                effect.key,
                field.name
            );
        }
    }
}
