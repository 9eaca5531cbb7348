//! Canaries of random plans: their changes, the order of these, and that they can be applied alone.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Canary, canary};
use crate::model::kind::{OPPORTUNITY, ROLE};
use crate::model::{
    DataType, Diagnostic, FileId, Key, KeyValue, ObjectKind, Problem, Record, Span, Value, Verb,
};
use crate::plan::parent::parent_of;
use crate::plan::{
    Action, ActionName, At, BatchLimits, Change, FieldChange, FieldChanges, NotUndone, Note,
    Observed, Plan, Question, Refusal, Wave, WhyDelete, WhyNotUndone, waves_of,
};

const ACTIONS: [ActionName; 4] = [
    ActionName::Create,
    ActionName::Adopt,
    ActionName::Update,
    ActionName::Delete,
];

fn opportunity(number: usize) -> Key {
    Key::new(vec![KeyValue::Text(format!("A-{number}").into())])
}

fn role(number: usize, lead: i64) -> Key {
    // In another letter case than the parent's key, which is the same key to Marketo.
    let parent = KeyValue::Text(format!("a-{number}").into());
    let name = KeyValue::Text("Champion".into());
    Key::new(vec![parent, KeyValue::Lead(lead), name])
}

fn change(kind: &'static ObjectKind, key: Key, sort: ActionName, name: &str) -> Change {
    let fields = vec![FieldChange {
        name: "name".into(),
        data_type: DataType::String,
        before: Value::Null,
        after: Value::Text(name.into()),
        sensitive: false,
        moved: None,
        at: None,
    }];
    let fields = FieldChanges::from(fields);
    let id = "id".into();
    Change {
        kind,
        shown: key.to_string().into(),
        key,
        label: None,
        action: match sort {
            ActionName::Create => Action::Create { fields },
            ActionName::Adopt => Action::Adopt { id, fields },
            ActionName::Update => Action::Update { id, fields },
            ActionName::Delete => Action::Delete {
                id,
                why: WhyDelete::Tombstone,
                fields: FieldChanges::default(),
            },
        },
        at: At::Here(Span {
            file: FileId(0),
            start: 0,
            end: 0,
        }),
    }
}

/// The kind and the action of a change. A canary has the first changes of each combination.
fn sort(change: &Change) -> (&'static str, ActionName) {
    (change.kind.name, change.action.name())
}

/// Plans of opportunities and their roles, in any order.
fn plans() -> impl Strategy<Value = Plan> {
    let sorts = || prop::option::of(select(ACTIONS.as_slice()));
    let family = (sorts(), prop::collection::vec(sorts(), 0..4));
    prop::collection::vec(family, 0..8)
        .prop_map(|families| {
            let mut changes = Vec::new();
            for (number, (own, roles)) in families.into_iter().enumerate() {
                let own = own.map(|sort| change(&OPPORTUNITY, opportunity(number), sort, "N"));
                changes.extend(own);
                let roles = (1..).zip(roles);
                changes.extend(roles.filter_map(|(lead, sort)| {
                    Some(change(&ROLE, role(number, lead), sort?, "N"))
                }));
            }
            changes
        })
        .prop_shuffle()
        .prop_map(|changes| Plan {
            changes,
            ..Plan::default()
        })
}

/// The changes on which this one depends, found one by one.
fn needed(plan: &Plan, index: usize) -> BTreeSet<usize> {
    let wanted = &plan.changes[index];
    let depends_on = |child: &Change, parent: &Change| {
        parent_of(child.kind, &child.key)
            .is_some_and(|(kind, key)| kind == parent.kind && key.folded() == parent.key.folded())
    };
    let others = plan.changes.iter().enumerate();
    let needed = others.filter(|(_, other)| match (wanted.verb(), other.verb()) {
        (Verb::Create | Verb::Update, Verb::Create) => depends_on(wanted, other),
        (Verb::Delete, Verb::Delete) => depends_on(other, wanted),
        (Verb::Create | Verb::Update | Verb::Delete, _) => false,
    });
    needed.map(|(index, _)| index).collect()
}

fn of(plan: &Plan, count: usize) -> Canary {
    canary(plan, NonZeroUsize::new(count))
}

fn order(waves: &[Wave]) -> Vec<usize> {
    let batches = waves.iter().flat_map(|wave| &wave.batches);
    batches.flat_map(|batch| batch.changes.clone()).collect()
}

proptest! {
    #[test]
    fn a_canary_has_the_first_of_each_sort_and_what_these_need(plan in plans(), count in 1_usize..4) {
        let canary = of(&plan, count);
        let mut counts = BTreeMap::new();
        let mut expected = BTreeSet::new();
        for (index, change) in plan.changes.iter().enumerate() {
            let seen: &mut usize = counts.entry(sort(change)).or_default();
            *seen += 1;
            if *seen <= count {
                expected.insert(index);
                expected.extend(needed(&plan, index));
            }
        }
        prop_assert_eq!((canary.len(), canary.is_empty()), (expected.len(), expected.is_empty()));
        // One step is enough: parents have no parents, and children have no children.
        prop_assert_eq!(canary.indexes().collect::<BTreeSet<_>>(), expected);
        for index in canary.indexes() {
            let needed = needed(&plan, index);
            prop_assert!(needed.into_iter().all(|needed| canary.has(needed)));
        }
    }

    #[test]
    fn canary_and_rest_are_the_plan_each_in_its_order(plan in plans(), count in 1_usize..4, records in 1_usize..4) {
        let canary = of(&plan, count);
        let limits = BatchLimits { records, bytes: 1_000 };
        let waves = |wanted: bool| waves_of(&plan, limits, |_| 10, |index| canary.has(index) == wanted);
        let (first, rest) = (order(&waves(true)), order(&waves(false)));
        prop_assert!(first.iter().all(|index| canary.has(*index)));
        let mut all: Vec<usize> = first.iter().chain(&rest).copied().collect();
        all.sort_unstable();
        prop_assert_eq!(all, (0..plan.changes.len()).collect::<Vec<_>>());
        let whole = order(&waves_of(&plan, limits, |_| 10, |_| true));
        let in_order = |some: &[usize]| {
            whole.iter().filter(|index| some.contains(index)).copied().collect::<Vec<_>>()
        };
        prop_assert_eq!(in_order(&first), first);
        prop_assert_eq!(in_order(&rest), rest);
    }
}

fn record(name: &str) -> Record {
    let fields = [("name".into(), Value::Text(name.into()))];
    Record {
        id: "id".into(),
        key: opportunity(1),
        fields: fields.into_iter().collect(),
    }
}

fn observed(record: Option<Record>) -> Observed {
    let mut observed = Observed::default();
    if let Some(record) = record {
        observed.insert(&OPPORTUNITY, record);
    }
    observed
}

fn plan(changes: Vec<Change>) -> Plan {
    Plan {
        changes,
        ..Plan::default()
    }
}

#[test]
fn it_asks_about_its_own_records_what_the_plan_asked() {
    let plan = plan(vec![
        change(&ROLE, role(1, 1), ActionName::Update, "N"),
        change(&OPPORTUNITY, opportunity(1), ActionName::Create, "N"),
        change(&OPPORTUNITY, opportunity(2), ActionName::Create, "N"),
    ]);
    let asked = |kind, fields: &[&str]| Question {
        kind,
        fields: fields.iter().map(|name| (*name).into()).collect(),
        keys: vec![opportunity(7)],
        children_of: vec![opportunity(8)],
    };
    let questions = [
        asked(&OPPORTUNITY, &["name", "stage"]),
        asked(&ROLE, &["isPrimary"]),
        asked(&ROLE, &["role"]),
    ];
    let question = |kind, fields: &[&str], key| Question {
        keys: vec![key],
        children_of: Vec::new(),
        ..asked(kind, fields)
    };
    assert_eq!(
        of(&plan, 1).questions(&plan, &questions),
        [
            question(&OPPORTUNITY, &["name", "stage"], opportunity(1)),
            question(&ROLE, &["isPrimary", "role"], role(1, 1)),
        ]
    );
}

#[test]
fn what_it_sees_takes_the_place_of_what_was_seen() {
    let plan = plan(vec![change(
        &OPPORTUNITY,
        opportunity(1),
        ActionName::Delete,
        "N",
    )]);
    let canary = of(&plan, 1);
    let mut seen = observed(Some(record("Old")));
    canary.look(&plan, &mut seen, observed(None));
    assert_eq!(seen.get(&OPPORTUNITY, &opportunity(1)), None);
    canary.look(&plan, &mut seen, observed(Some(record("New"))));
    assert_eq!(
        seen.get(&OPPORTUNITY, &opportunity(1)),
        Some(&record("New"))
    );
}

#[test]
fn what_a_further_plan_wants_of_the_rest_does_not_matter() {
    let first = change(&OPPORTUNITY, opportunity(1), ActionName::Create, "N");
    let rest = change(&OPPORTUNITY, opportunity(2), ActionName::Create, "N");
    let whole = plan(vec![first.clone(), rest.clone()]);
    let canary = of(&whole, 1);
    let remains = |again| canary.remains(&whole, plan(again), &observed(None));
    assert!(remains(vec![rest.clone()]).is_settled());
    let remains = remains(vec![first, rest]);
    let shown: Vec<_> = remains
        .changes
        .iter()
        .map(|change| &*change.shown)
        .collect();
    assert_eq!(shown, ["A-1"]);
}

#[test]
fn what_keeps_a_further_plan_from_being_applied_remains() {
    let whole = plan(vec![change(
        &OPPORTUNITY,
        opportunity(1),
        ActionName::Create,
        "N",
    )]);
    let canary = of(&whole, 1);
    let remains = |again| canary.remains(&whole, again, &observed(Some(record("N"))));
    let at = Span {
        file: FileId(0),
        start: 0,
        end: 0,
    };
    let refused = Plan {
        refusals: vec![Refusal::Foreign {
            kind: &OPPORTUNITY,
            shown: "A-1".into(),
            owner: "others".into(),
            at: At::Here(at),
            deletes: false,
        }],
        ..Plan::default()
    };
    let problem = Problem::UnknownReference {
        to: &OPPORTUNITY,
        field: "externalOpportunityId",
        key: "A-1".to_owned(),
    };
    let doubtful = Plan {
        problems: vec![Diagnostic::new(problem, at)],
        ..Plan::default()
    };
    for again in [refused, doubtful] {
        assert!(!remains(again).is_settled());
    }
    assert!(remains(Plan::default()).is_settled());
}

#[test]
fn what_an_undo_takes_for_changes_by_others_is_recognised_by_its_fields() {
    let wanted = change(&OPPORTUNITY, opportunity(1), ActionName::Update, "Chairs");
    let whole = plan(vec![wanted.clone()]);
    let canary = of(&whole, 1);
    let again = || Plan {
        notes: vec![Note::NotUndone(NotUndone {
            kind: &OPPORTUNITY,
            shown: wanted.shown.clone(),
            at: wanted.at.clone(),
            why: WhyNotUndone::Remade,
        })],
        ..Plan::default()
    };
    let remains = |name| canary.remains(&whole, again(), &observed(Some(record(name))));
    assert!(remains("Chairs").is_settled());
    let remains = remains("Cha");
    let fields = remains.changes[0].fields();
    let text = |text: &str| Value::Text(text.into());
    let field = fields.iter().next().expect("a field");
    assert_eq!(field.before, text("Cha"));
    assert_eq!(field.after, text("Chairs"));
}
