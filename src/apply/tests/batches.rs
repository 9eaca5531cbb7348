//! The calls of random plans: nothing lost, nothing twice, nothing too large, and no child before its parent.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::api::MAX_RECORDS;
use crate::apply::encode::encode;
use crate::apply::{MARKETO_LIMITS, calls, calls_of};
use crate::model::kind::{OPPORTUNITY, ROLE};
use crate::model::{DataType, Key, KeyValue, ObjectKind, Sources, Span, Value, Verb};
use crate::plan::{
    Action, At, Change, FieldChange, FieldChanges, Plan, Wave, WhyDelete, canary, parent_of,
};

// Page "Error codes": 413 beyond 1 MB.
const MEGABYTE: usize = 1_000_000;

fn change(kind: &'static ObjectKind, verb: Verb, parent: usize, bytes: usize, at: Span) -> Change {
    let mut parts = vec![KeyValue::Text(format!("A{parent}").into())];
    if kind == &ROLE {
        parts.extend([KeyValue::Lead(1), KeyValue::Text("R".into())]);
    }
    let key = Key::new(parts);
    let fields = vec![FieldChange {
        name: Arc::from("description"),
        data_type: DataType::String,
        before: Value::Null,
        after: Value::Text("x".repeat(bytes).into()),
        sensitive: false,
        moved: None,
        at: Some(at),
    }];
    let id = Box::from("guid");
    let fields = FieldChanges::from(fields);
    let action = match verb {
        Verb::Create => Action::Create { fields },
        Verb::Update => Action::Update { id, fields },
        Verb::Delete => Action::Delete {
            id,
            why: WhyDelete::Tombstone,
            fields: FieldChanges::default(),
        },
    };
    let shown = key.to_string().into();
    Change {
        kind,
        key,
        shown,
        label: None,
        action,
        at: At::Here(at),
    }
}

fn plan() -> impl Strategy<Value = Plan> {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml".into(), String::new());
    let at = Span {
        file,
        start: 0,
        end: 0,
    };
    let sorts = [&OPPORTUNITY, &ROLE]
        .into_iter()
        .flat_map(|kind| [Verb::Create, Verb::Update, Verb::Delete].map(|verb| (kind, verb)));
    // Few sorts make full calls, all six make many orders.
    let sorts = subsequence(sorts.collect::<Vec<_>>(), 1..=6);
    sorts.prop_flat_map(move |sorts| {
        let bytes = prop_oneof![
            1_000 => 0..200_usize,
            40 => 1_000..30_000_usize,
            1 => 900_000..1_200_000_usize,
        ];
        let change = (select(sorts), 0..50_usize, bytes)
            .prop_map(move |((kind, verb), parent, bytes)| change(kind, verb, parent, bytes, at));
        let changes = prop::collection::vec(change, 0..800);
        changes.prop_map(|changes| Plan {
            changes,
            ..Plan::default()
        })
    })
}

/// The wave of each change.
fn places(plan: &Plan, waves: &[Wave]) -> BTreeMap<usize, usize> {
    let mut places = BTreeMap::new();
    for (wave, batch) in waves
        .iter()
        .enumerate()
        .flat_map(|(wave, Wave { batches })| batches.iter().map(move |batch| (wave, batch)))
    {
        let records: Vec<_> = batch
            .changes
            .iter()
            .map(|index| encode(&plan.changes[*index]))
            .collect();
        let bytes: usize = records.iter().map(|record| record.len() + 1).sum();
        assert!((1..=MAX_RECORDS).contains(&records.len()));
        assert!(bytes + 64 <= MEGABYTE || records.len() == 1);
        for index in &batch.changes {
            let change = &plan.changes[*index];
            assert_eq!((change.kind, change.verb()), (batch.kind, batch.verb));
            assert_eq!(places.insert(*index, wave), None, "sent once");
        }
    }
    places
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(16) })]

    #[test]
    fn batches_lose_nothing_and_keep_the_order(plan in plan()) {
        let places = places(&plan, &calls(&plan, MARKETO_LIMITS));
        prop_assert_eq!(places.len(), plan.changes.len());
        let mut of_key: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (index, change) in plan.changes.iter().enumerate() {
            of_key.entry((change.kind, change.key.clone())).or_default().push(index);
        }
        for (child, change) in plan.changes.iter().enumerate() {
            let parent = parent_of(change.kind, &change.key);
            let parents = parent.and_then(|parent| of_key.get(&parent));
            for parent in parents.into_iter().flatten() {
                let (above, below) = (places[parent], places[&child]);
                match (change.verb(), plan.changes[*parent].verb()) {
                    (Verb::Create | Verb::Update, Verb::Create | Verb::Update) => {
                        prop_assert!(above < below);
                    }
                    (Verb::Delete, Verb::Delete) => prop_assert!(below < above),
                    (Verb::Create | Verb::Update, Verb::Delete)
                    | (Verb::Delete, Verb::Create | Verb::Update) => {}
                }
            }
        }
    }

    #[test]
    fn batches_are_as_few_as_their_number_of_records_allows(count in 0..2_000_usize) {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml".into(), String::new());
        let at = Span { file, start: 0, end: 0 };
        let changes = (0..count).map(|index| change(&OPPORTUNITY, Verb::Create, index, 100, at));
        let plan = Plan { changes: changes.collect(), ..Plan::default() };
        let calls: usize = calls(&plan, MARKETO_LIMITS).iter().map(|wave| wave.batches.len()).sum();
        prop_assert_eq!(calls, count.div_ceil(MAX_RECORDS));
    }
}

/// A place, where none matters.
fn somewhere() -> Span {
    Span {
        file: Sources::default().add("a.yaml".into(), String::new()),
        start: 0,
        end: 0,
    }
}

/// Of so many bytes in a call, the comma before the next one among them.
fn of_size(bytes: usize, parent: usize, at: Span) -> Change {
    let of = |text| change(&OPPORTUNITY, Verb::Create, parent, text, at);
    of(bytes - 1 - encode(&of(0)).len())
}

#[test]
fn a_call_is_full_to_the_byte() {
    let at = somewhere();
    // Three are 999,936 bytes, which fit beside the rest of a body, or three more.
    for (bytes, expected) in [(333_312, 1), (333_313, 2)] {
        let changes = (1..=3).map(|parent| of_size(bytes, parent, at));
        let plan = Plan {
            changes: changes.collect(),
            ..Plan::default()
        };
        let waves = calls(&plan, MARKETO_LIMITS);
        places(&plan, &waves);
        assert_eq!(waves[0].batches.len(), expected, "{bytes}");
    }
}

#[test]
fn a_canary_has_calls_of_its_own() {
    let at = somewhere();
    let changes = (0..5).map(|parent| change(&OPPORTUNITY, Verb::Create, parent, 1, at));
    let plan = Plan {
        changes: changes.collect(),
        ..Plan::default()
    };
    let canary = canary(&plan, NonZeroUsize::new(2));
    let indexes = [true, false].map(|first| {
        let waves = calls_of(&plan, MARKETO_LIMITS, |index| canary.has(index) == first);
        let places = places(&plan, &waves);
        places.into_keys().collect::<Vec<_>>()
    });
    assert_eq!(indexes, [vec![0, 1], vec![2, 3, 4]]);
}
