//! Entries whose leads are missing or doubled in the instance: nothing of theirs is decided, and everything else goes on.

use std::sync::Arc;

use jiff::Timestamp;
use pretty_assertions::assert_eq;

use super::{observed, owned_role, owning, schemas};
use crate::ledger::{Entry, Ledger, Origin};
use crate::manifest;
use crate::model::kind::{OPPORTUNITY, ROLE};
use crate::model::{Key, KeyValue};
use crate::plan::{Leads, Lost, Matches, Note, Ownership, Plan, bind, plan};

const HELD: &str = r#"{
    "opportunities": [
        { "externalOpportunityId": "A", "name": "Chairs" },
        { "externalOpportunityId": "B", "name": "Lamps" }
    ],
    "roles": [
        { "externalOpportunityId": "A", "leadId": 1, "role": "User" },
        { "externalOpportunityId": "A", "leadId": 2, "role": "User" },
        { "externalOpportunityId": "A", "leadId": 3, "role": "Buyer" }
    ]
}"#;

/// Plans what is declared below `opportunities:`. The ledger owns the opportunity A and its role of lead 2, if there is one.
fn planned(declared: &str, has_ledger: bool, skips_missing: bool) -> Plan {
    let origin = Arc::new(Origin {
        time: Timestamp::UNIX_EPOCH,
        commit: None,
    });
    let mut ledger = Ledger::new([7; 16]);
    let id = |id: &str| Some(id.into());
    ledger.insert(
        &ROLE,
        Entry {
            id: id("guid-role-1"),
            ..owned_role(2, &origin)
        },
    );
    ledger.insert(
        &OPPORTUNITY,
        Entry {
            key: Key::new(vec![KeyValue::Text("A".into())]),
            id: id("guid-opportunity-0"),
            ..owned_role(2, &origin)
        },
    );
    let mut leads = Leads::default();
    for (email, ids) in [
        ("lost@example.com", vec![]),
        ("new@example.com", vec![4]),
        ("two@example.com", vec![2, 5]),
        ("three@example.com", vec![5, 6]),
    ] {
        leads.insert("email", email, Matches::Ids(ids));
    }
    leads.miss([9]);
    let schemas = schemas();
    let text = format!("version: 1\n{declared}");
    let reading = manifest::read([("a.yaml".into(), text.into_bytes())]);
    assert_eq!(reading.diagnostics, []);
    let ownership = if has_ledger {
        owning(&ledger, &origin, &reading)
    } else {
        Ownership::default()
    };
    let ownership = Ownership {
        skips_missing,
        ..ownership
    };
    let bound = bind(&reading.desired, &schemas, &leads, ownership);
    plan(&bound, &observed(HELD, &schemas))
}

fn blocked(plan: &Plan) -> Vec<&str> {
    let notes = plan.notes.iter();
    let blocked = notes.filter_map(|note| {
        let Note::Blocked(entry) = note else {
            return None;
        };
        Some(&*entry.shown)
    });
    blocked.collect()
}

fn changes(plan: &Plan) -> Vec<String> {
    let changes = plan.changes.iter();
    changes
        .map(|change| format!("{} {}", change.action.word(), change.shown))
        .collect()
}

fn problems(plan: &Plan) -> Vec<&'static str> {
    let problems = plan.problems.iter();
    problems
        .map(|diagnostic| diagnostic.problem.code())
        .collect()
}

#[test]
fn a_lost_lead_blocks_its_entry_and_nothing_else() {
    for reference in ["lead: { email: lost@example.com }", "leadId: 9"] {
        let roles = format!(
            "[{{ {reference}, role: user }}, {{ lead: {{ email: new@example.com }}, role: Buyer }}]"
        );
        let declared = format!(
            "opportunities: [{{ externalOpportunityId: A, name: Tables, roles: {roles} }}, {{ externalOpportunityId: C, name: New }}]"
        );
        let plan = planned(&declared, true, false);
        assert_eq!(problems(&plan), Vec::<&str>::new());
        assert_eq!(blocked(&plan).len(), 1);
        // The role that is owned stays, although no entry declares it now.
        assert_eq!(
            changes(&plan),
            ["update A", "create A / new@example.com / Buyer", "create C"]
        );
        assert!(plan.is_partial());
    }
}

#[test]
fn a_new_entry_without_its_lead_is_a_mistake() {
    for reference in [
        "lead: { email: lost@example.com }",
        "lead: { email: three@example.com }",
        "leadId: 9",
    ] {
        let role = format!("roles: [{{ externalOpportunityId: A, {reference}, role: Champion }}]");
        let opportunity = "opportunities: [{ externalOpportunityId: A, name: Chairs }]";
        let declared = format!("{opportunity}\n{role}");
        for has_ledger in [true, false] {
            let plan = planned(&declared, has_ledger, false);
            assert_eq!((problems(&plan).len(), blocked(&plan).len()), (1, 0));
        }
        let skipped = planned(&declared, false, true);
        assert_eq!((problems(&skipped).len(), blocked(&skipped).len()), (0, 1));
    }
}

#[test]
fn of_several_leads_the_owned_one_is_meant() {
    let declared = "opportunities: [{ externalOpportunityId: A, name: Chairs, roles: [{ lead: { email: two@example.com }, role: User, isPrimary: true }] }]";
    let plan = planned(declared, true, false);
    assert_eq!(problems(&plan), Vec::<&str>::new());
    assert_eq!(plan.changes[0].key.to_string(), "A / 2 / User");
    let doubled = declared.replace("two@", "three@");
    let plan = planned(&doubled, true, false);
    assert_eq!((changes(&plan).len(), blocked(&plan).len()), (0, 1));
}

#[test]
fn a_complete_list_and_the_parent_wait_for_a_blocked_entry() {
    let exact = "opportunities: [{ externalOpportunityId: A, name: Chairs, rolesMode: exact, roles: [{ lead: { email: lost@example.com }, role: User }] }]";
    let plan = planned(exact, true, false);
    assert_eq!((changes(&plan), blocked(&plan).len()), (vec![], 1));
    // The opportunity is not declared any more.
    let role = "opportunities: [{ externalOpportunityId: B, name: Lamps }]\nroles: [{ externalOpportunityId: A, lead: { email: lost@example.com }, role: User }]";
    let plan = planned(role, true, false);
    assert_eq!((changes(&plan), blocked(&plan).len()), (vec![], 1));
}

#[test]
fn a_blocked_entry_tells_the_leads_that_it_may_mean() {
    for ensure in ["present", "absent", "forgotten"] {
        let role =
            format!("{{ lead: {{ email: lost@example.com }}, role: User, ensure: {ensure} }}");
        let declared = format!(
            "opportunities: [{{ externalOpportunityId: A, name: Chairs, roles: [{role}] }}]"
        );
        let plan = planned(&declared, true, false);
        // The owned role of lead 2 may be another one, which no manifest declares any more.
        assert_eq!(changes(&plan), Vec::<String>::new());
        let owned = plan.notes.iter().find_map(|note| {
            let Note::Blocked(entry) = note else {
                return None;
            };
            match &entry.lost {
                Lost::Lead { owned, .. } => Some(&owned[..]),
                Lost::Record { .. } => None,
            }
        });
        assert_eq!(owned, Some(&[2][..]), "{ensure}");
    }
}

#[test]
fn what_is_not_wanted_needs_no_lead() {
    for ensure in ["absent", "forgotten"] {
        let role =
            format!("{{ lead: {{ email: lost@example.com }}, role: Champion, ensure: {ensure} }}");
        let declared = format!(
            "opportunities: [{{ externalOpportunityId: A, name: Chairs, roles: [{role}, {{ lead: {{ email: two@example.com }}, role: User }}] }}]"
        );
        for has_ledger in [true, false] {
            let declared = if has_ledger {
                declared.clone()
            } else {
                declared.replace("two@", "new@")
            };
            let plan = planned(&declared, has_ledger, false);
            assert_eq!(
                (problems(&plan), blocked(&plan).len()),
                (vec![], 0),
                "{ensure}"
            );
        }
    }
}
