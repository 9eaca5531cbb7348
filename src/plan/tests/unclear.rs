//! Keys that do not say which record is meant: several records have them, or the instance answers with another spelling.

use pretty_assertions::assert_eq;

use super::planned_with_ledger;
use crate::model::kind::OPPORTUNITY;
use crate::model::{Key, KeyValue, Problem, Record};
use crate::plan::{Note, Observed};

/// An opportunity of the instance.
fn opportunity(id: &str, key: &str) -> Record {
    Record {
        id: id.into(),
        key: Key::new(vec![KeyValue::Text(key.into())]),
        fields: Vec::new().into_iter().collect(),
    }
}

#[test]
fn two_records_with_one_key_are_named_and_left_and_the_rest_goes_on() {
    let declared = "version: 1\nopportunities:\n  - { externalOpportunityId: A, name: N }\n  - { externalOpportunityId: B, name: N }\n  - { externalOpportunityId: C, ensure: absent }\n";
    let mut observed = Observed::default();
    for (id, key) in [("1", "A"), ("2", "A"), ("3", "C"), ("4", "C")] {
        observed.insert(&OPPORTUNITY, opportunity(id, key));
    }
    let plan = planned_with_ledger(declared, None, &observed);
    let changed: Vec<String> = plan
        .changes
        .iter()
        .map(|change| change.key.to_string())
        .collect();
    assert_eq!(changed, ["B"]);
    let doubled: Vec<(&str, usize)> = plan
        .notes
        .iter()
        .filter_map(|note| {
            let Note::Doubled { shown, ids, .. } = note else {
                return None;
            };
            Some((&**shown, ids.len()))
        })
        .collect();
    assert_eq!(doubled, [("A", 2), ("C", 2)]);
    assert!(plan.is_partial());
    assert!(plan.problems.is_empty());
}

#[test]
fn a_key_that_is_answered_in_another_spelling_is_a_problem_of_its_entry() {
    let declared = "version: 1\nopportunities:\n  - { externalOpportunityId: Angelique, name: N }\n  - { externalOpportunityId: B, name: N }\n";
    let mut observed = Observed::default();
    let asked = Key::new(vec![KeyValue::Text("Angelique".into())]);
    observed.respell(&OPPORTUNITY, &asked, opportunity("1", "Angélique"));
    let plan = planned_with_ledger(declared, None, &observed);
    let problems: Vec<&Problem> = plan
        .problems
        .iter()
        .map(|problem| &problem.problem)
        .collect();
    assert_eq!(
        problems,
        [&Problem::OtherSpelling {
            kind: &OPPORTUNITY,
            key: "Angelique".to_owned(),
            answered: "Angélique".to_owned(),
        }]
    );
}
