//! What is the project's own: removals, adoption, protection, the marker, drift, and a crash between claim and outcome.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;

use super::bench::{Bench, OPPORTUNITIES, Planned, ROLES, Setup};
use crate::ledger::Ledger;
use crate::model::kind::KINDS;
use crate::plan::{Counts, Drifted, Marker, Moved, Note, Permits, WhyForgotten};
use crate::simulator::{Alteration, Breakdown, CallOperation, Fault, FaultKind, Moment};

fn with_ledger(setup: &mut Setup) {
    setup.ledger = Some(Ledger::new([3; 16]));
}

/// The keys that the ledger has, an unsettled claim with a question mark.
fn owned(bench: &Bench) -> Vec<String> {
    let ledger = bench.ledger.borrow();
    let entries = ledger.as_ref().unwrap().iter();
    entries
        .map(|(kind, _, entry)| {
            let doubt = if entry.id.is_some() { "" } else { "?" };
            format!("{} {}{doubt}", kind.name, entry.key)
        })
        .collect()
}

/// The ledger with the claims of a plan, as a run leaves it that dies before it keeps what it has learnt.
fn claimed(bench: &Bench, planned: &Planned) -> Ledger {
    let mut claimed = bench.ledger.borrow().clone().unwrap();
    let claims = crate::apply::claim(&mut claimed, &planned.plan);
    assert!(!claims.is_empty());
    claimed
}

const TWO: &str = "
version: 1
opportunities:
  - { externalOpportunityId: A, name: Chairs, roles: [{ leadId: 1, role: Buyer }] }
  - { externalOpportunityId: B, name: Tables, roles: [{ leadId: 2, role: Buyer }] }
";

const ONE: &str = "
version: 1
opportunities:
  - { externalOpportunityId: A, name: Chairs, roles: [{ leadId: 1, role: Buyer }] }
";

#[tokio::test]
async fn what_is_not_declared_any_more_is_deleted_and_nothing_else() {
    let bench = Bench::with(with_ledger).await;
    bench.seed(TWO).await;
    bench
        .change(
            OPPORTUNITIES,
            json!([{ "externalOpportunityId": "X", "name": "Others" }]),
        )
        .await;
    bench.name("X");
    let run = bench.apply(ONE).await;
    assert_eq!(
        run.lines(),
        ["- opportunity B: applied", "- role B / 2 / Buyer: applied"]
    );
    assert_eq!(owned(&bench), ["opportunity A", "role A / 1 / Buyer"]);
    bench.assert_plan_empty(ONE).await;
    let held = bench.records().await;
    let held: Vec<&str> = held.keys().map(String::as_str).collect();
    assert_eq!(held, ["A", "A / 1 / Buyer", "X"]);
}

#[tokio::test]
async fn a_lost_ledger_deletes_nothing() {
    let bench = Bench::with(with_ledger).await;
    bench.seed(TWO).await;
    bench.ledger.replace(Some(Ledger::new([4; 16])));
    let planned = bench.plan(ONE).await;
    assert_eq!(planned.lines(), Vec::<String>::new());
    assert_eq!(planned.plan.ledger_changes.adopted().count(), 2);
    bench.execute(planned, |_, _| {}).await;
    assert_eq!(owned(&bench), ["opportunity A", "role A / 1 / Buyer"]);
    assert_eq!(bench.records().await.len(), 4);
}

#[tokio::test]
async fn what_exists_and_is_not_owned_is_adopted() {
    let bench = Bench::with(with_ledger).await;
    let held = json!([{ "externalOpportunityId": "A", "name": "Chairs" },
                      { "externalOpportunityId": "B", "name": "Desks" }]);
    bench.change(OPPORTUNITIES, held).await;
    let roles = json!([{ "externalOpportunityId": "A", "leadId": 1, "role": "Buyer" }]);
    bench.change(ROLES, roles).await;
    let run = bench.apply(TWO).await;
    assert_eq!(
        run.lines(),
        ["> opportunity B: applied", "+ role B / 2 / Buyer: applied"]
    );
    assert_eq!(run.plan.ledger_changes.adopted().count(), 2);
    let expected = Counts {
        create: 1,
        adopt: 1,
        ..Counts::default()
    };
    assert_eq!(run.report.applied(&run.plan), expected);
    assert_eq!(owned(&bench).len(), 4);
    bench.assert_plan_empty(TWO).await;
    assert!(bench.plan(TWO).await.plan.ledger_changes.is_empty());
}

#[tokio::test]
async fn what_is_forgotten_is_neither_owned_nor_touched() {
    let bench = Bench::with(with_ledger).await;
    bench.seed(TWO).await;
    let forgotten = TWO.replace("Tables,", "Tables, ensure: forgotten,");
    let planned = bench.plan(&forgotten).await;
    assert_eq!(planned.lines(), Vec::<String>::new());
    bench.execute(planned, |_, _| {}).await;
    assert_eq!(owned(&bench), ["opportunity A", "role A / 1 / Buyer"]);
    bench.assert_plan_empty(ONE).await;
    assert_eq!(bench.records().await.len(), 4);
}

#[tokio::test]
async fn a_protection_outlives_its_entry_and_ends_with_an_apply_without_it() {
    let bench = Bench::with(with_ledger).await;
    let protected = TWO.replace("Tables,", "Tables, lifecycle: { protect: true },");
    bench.seed(&protected).await;
    assert_eq!(bench.plan(ONE).await.refusals(), ["protected"]);
    // An entry that says `absent` does not lift it either.
    let absent = TWO.replace("Tables,", "Tables, ensure: absent,");
    assert_eq!(bench.plan(&absent).await.refusals(), ["protected"]);
    bench.seed(TWO).await;
    assert_eq!(bench.plan(ONE).await.refusals(), Vec::<&str>::new());
    bench.seed(ONE).await;
    bench.assert_plan_empty(ONE).await;
}

#[tokio::test]
async fn a_role_made_anew_by_others_goes_from_a_complete_list_at_once() {
    let bench = Bench::with(with_ledger).await;
    bench.seed(TWO).await;
    let role = json!([{ "externalOpportunityId": "B", "leadId": 2, "role": "Buyer" }]);
    bench.remove(ROLES, role.clone()).await;
    bench.change(ROLES, role).await;
    let roles = "roles: [{ leadId: 2, role: Buyer }]";
    let exact = TWO.replace(roles, "rolesMode: exact");
    let run = bench.apply(&exact).await;
    assert_eq!(run.lines(), ["- role B / 2 / Buyer: applied"]);
    assert!(bench.plan(&exact).await.plan.ledger_changes.is_empty());
    bench.assert_plan_empty(&exact).await;
}

#[tokio::test]
async fn a_record_made_anew_by_others_is_not_the_one_that_was_owned() {
    let bench = Bench::with(with_ledger).await;
    bench.seed(TWO).await;
    bench
        .remove(
            ROLES,
            json!([{ "externalOpportunityId": "B", "leadId": 2, "role": "Buyer" }]),
        )
        .await;
    bench
        .change(
            ROLES,
            json!([{ "externalOpportunityId": "B", "leadId": 2, "role": "Buyer" }]),
        )
        .await;
    let without = TWO.replace(", roles: [{ leadId: 2, role: Buyer }]", "");
    let planned = bench.plan(&without).await;
    assert_eq!(planned.lines(), Vec::<String>::new());
    let dropped = &planned.plan.ledger_changes.forgotten;
    assert_eq!(dropped.len(), 1);
    assert_eq!(dropped[0].why, WhyForgotten::Remade);
    bench.execute(planned, |_, _| {}).await;
    assert_eq!(bench.records().await.len(), 4);
    assert!(bench.plan(&without).await.plan.ledger_changes.is_empty());
}

#[tokio::test]
async fn roles_that_nobody_declares_keep_their_opportunity_until_a_person_allows_it() {
    let bench = Bench::with(with_ledger).await;
    bench.seed(TWO).await;
    let role = json!([{ "externalOpportunityId": "B", "leadId": 3, "role": "Guest" }]);
    bench.change(ROLES, role).await;
    assert_eq!(bench.plan(ONE).await.refusals(), ["undeclared children"]);
    bench.permit(Permits {
        with_undeclared: true,
        ..Permits::default()
    });
    let run = bench.apply(ONE).await;
    assert_eq!(
        run.lines(),
        [
            "- opportunity B: applied",
            "- role B / 2 / Buyer: applied",
            "- role B / 3 / Guest: applied",
        ]
    );
    bench.assert_plan_empty(ONE).await;
}

#[tokio::test]
async fn a_role_on_an_opportunity_that_is_not_declared_any_more_is_a_mistake() {
    let bench = Bench::with(with_ledger).await;
    bench.seed(TWO).await;
    let role = format!("{ONE}roles:\n  - {{ externalOpportunityId: b, leadId: 2, role: Buyer }}\n");
    let planned = bench.try_plan(&role).await.unwrap();
    assert_eq!(planned.codes(), ["6 reference-removed"]);
}

fn moves(planned: &Planned) -> Vec<(String, Option<Moved>)> {
    let changes = planned.plan.changes.iter();
    let fields = changes.flat_map(|change| change.fields().iter());
    fields
        .map(|field| (field.name.to_string(), field.moved))
        .collect()
}

#[tokio::test]
async fn each_changed_field_says_who_moved_it() {
    let bench = Bench::with(with_ledger).await;
    let fields = "version: 1\nopportunities: [{ externalOpportunityId: A, name: N, type: a, stage: b, description: c }]\n";
    bench.seed(fields).await;
    let others = json!([{ "externalOpportunityId": "A", "type": "A", "stage": "B" }]);
    bench.change(OPPORTUNITIES, others).await;
    let edited = fields
        .replace("stage: b", "stage: bb")
        .replace("description: c", "description: cc");
    let planned = bench.plan(&edited).await;
    let expected = [
        ("type", Moved::Marketo),
        ("stage", Moved::Both),
        ("description", Moved::You),
    ];
    assert_eq!(
        moves(&planned),
        expected.map(|(name, moved)| (name.to_owned(), Some(moved)))
    );
    let [drift] = &planned.plan.drift[..] else {
        panic!("one record has drifted")
    };
    let Drifted::Fields(drifted) = &drift.what else {
        panic!("fields have")
    };
    let drifted: Vec<&str> = drifted.iter().map(|field| &*field.name).collect();
    assert_eq!(drifted, ["stage", "type"]);
    bench.execute(planned, |_, _| {}).await;
    assert!(bench.plan(&edited).await.plan.drift.is_empty());
    // What others have brought to what is declared by now is drift, and no change.
    let others = json!([{ "externalOpportunityId": "A", "stage": "new" }]);
    bench.change(OPPORTUNITIES, others).await;
    let followed = edited.replace("stage: bb", "stage: new");
    let planned = bench.plan(&followed).await;
    assert_eq!(planned.lines(), Vec::<String>::new());
    assert_eq!(planned.plan.drift.len(), 1);
    bench.execute(planned, |_, _| {}).await;
    assert!(bench.plan(&followed).await.plan.drift.is_empty());
}

#[tokio::test]
async fn a_record_deleted_by_others_is_drift_and_created_again() {
    let bench = Bench::with(with_ledger).await;
    bench.seed(TWO).await;
    bench
        .remove(
            ROLES,
            json!([{ "externalOpportunityId": "B", "leadId": 2, "role": "Buyer" }]),
        )
        .await;
    let planned = bench.plan(TWO).await;
    assert!(matches!(planned.plan.drift[0].what, Drifted::Gone));
    let run = bench.execute(planned, |_, _| {}).await;
    assert_eq!(run.lines(), ["+ role B / 2 / Buyer: applied"]);
    assert!(bench.plan(TWO).await.plan.ledger_changes.is_empty());
}

#[tokio::test]
async fn a_crash_after_the_claims_leaks_nothing() {
    for when in [Moment::BeforeCommit, Moment::AfterCommit] {
        let bench = Bench::with(with_ledger).await;
        bench.seed(ONE).await;
        let planned = bench.plan(TWO).await;
        // The claims are kept, what the run learnt is not.
        let claimed = claimed(&bench, &planned);
        let how = Breakdown::Disconnect;
        let fault = Fault::new(FaultKind::Break { how, when });
        bench.fault(fault.on(CallOperation::Sync).times(u32::MAX));
        bench.execute(planned, |_, _| {}).await;
        bench.simulator.faults().clear();
        bench.ledger.replace(Some(claimed));
        assert_eq!(
            owned(&bench),
            [
                "opportunity A",
                "opportunity B?",
                "role A / 1 / Buyer",
                "role B / 2 / Buyer?"
            ]
        );
        // The entry went before anybody ran it again: what had been created goes, too.
        let planned = bench.plan(ONE).await;
        let mut notes = planned.plan.notes.iter();
        let is_told = notes.any(|note| matches!(note, Note::Unsure { records: 2 }));
        let lines = bench.execute(planned, |_, _| {}).await.lines();
        let (expected, unsure): (&[&str], _) = match when {
            Moment::BeforeCommit => (&[], false),
            Moment::AfterCommit => (
                &["- opportunity B: applied", "- role B / 2 / Buyer: applied"],
                true,
            ),
        };
        assert_eq!(lines, expected);
        assert_eq!(is_told, unsure);
        assert_eq!(owned(&bench), ["opportunity A", "role A / 1 / Buyer"]);
        bench.assert_plan_empty(ONE).await;
        assert_eq!(bench.records().await.len(), 2);
    }
}

#[tokio::test]
async fn a_claim_knows_its_record_whose_cleared_boolean_reads_as_false() {
    let bench = Bench::with(with_ledger).await;
    bench.seed(ONE).await;
    let cleared = TWO.replace("role: Buyer }", "role: Buyer, isPrimary: null }");
    let planned = bench.plan(&cleared).await;
    let claimed = claimed(&bench, &planned);
    bench.execute(planned, |_, _| {}).await;
    bench.ledger.replace(Some(claimed));
    let planned = bench.plan(ONE).await;
    assert_eq!(
        bench.execute(planned, |_, _| {}).await.lines(),
        ["- opportunity B: applied", "- role B / 2 / Buyer: applied"]
    );
    bench.assert_plan_empty(ONE).await;
}

#[tokio::test]
async fn a_claim_deletes_no_record_of_others() {
    // Other values, and for the role none: then the time tells.
    for later in [0, 24] {
        let bench = Bench::with(with_ledger).await;
        bench.seed(ONE).await;
        let planned = bench.plan(TWO).await;
        let claimed = claimed(&bench, &planned);
        bench.ledger.replace(Some(claimed));
        // The run dies before it sends anything. Somebody else creates the records, then or on the next day.
        bench.clock.advance(Duration::from_secs(later * 3600));
        let name = if later == 0 { "Theirs" } else { "Desks" };
        let others = json!([{ "externalOpportunityId": "B", "name": name }]);
        bench.change(OPPORTUNITIES, others).await;
        let role = json!([{ "externalOpportunityId": "B", "leadId": 2, "role": "Buyer" }]);
        if later > 0 {
            bench.change(ROLES, role).await;
        }
        let planned = bench.plan(ONE).await;
        let forgotten = planned.plan.ledger_changes.forgotten.iter();
        let whys: Vec<_> = forgotten.map(|forgotten| forgotten.why).collect();
        let of_role = match later {
            0 => WhyForgotten::Gone,
            _ => WhyForgotten::Unproven,
        };
        assert_eq!(whys, [WhyForgotten::Unproven, of_role]);
        assert_eq!(bench.execute(planned, |_, _| {}).await.lines(), [""; 0]);
        assert_eq!(owned(&bench), ["opportunity A", "role A / 1 / Buyer"]);
        bench.assert_plan_empty(ONE).await;
    }
}

#[tokio::test]
async fn a_crash_while_a_record_is_adopted_does_not_make_it_owned() {
    let bench = Bench::with(with_ledger).await;
    bench.seed(ONE).await;
    let others = json!([{ "externalOpportunityId": "B", "name": "Desks" }]);
    bench.change(OPPORTUNITIES, others).await;
    let planned = bench
        .plan("version: 1\nopportunities: [{ externalOpportunityId: B, name: Tables }]\n")
        .await;
    let mut claimed = bench.ledger.borrow().clone().unwrap();
    let before = claimed.clone();
    assert!(crate::apply::claim(&mut claimed, &planned.plan).is_empty());
    assert_eq!(claimed, before);
    assert_eq!(bench.plan(ONE).await.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn what_was_refused_is_not_owned() {
    let bench = Bench::with(with_ledger).await;
    bench.seed(ONE).await;
    let planned = bench.plan(TWO).await;
    // Somebody is faster.
    bench
        .change(
            OPPORTUNITIES,
            json!([{ "externalOpportunityId": "B", "name": "Others" }]),
        )
        .await;
    let run = bench.execute(planned, |_, _| {}).await;
    assert_eq!(run.lines()[0], "+ opportunity B: rejected 1017");
    assert_eq!(owned(&bench), ["opportunity A", "role A / 1 / Buyer"]);
    assert_eq!(bench.plan(ONE).await.lines(), Vec::<String>::new());
}

fn with_marker(setup: &mut Setup) {
    with_ledger(setup);
    let field = json!({ "name": "managedBy", "dataType": "string" });
    setup.schema = Some(json!({ "opportunity": { "fields": [field] } }));
    setup.marker = Some(Marker {
        field: "managedBy".into(),
        value: "acme/pipeline".into(),
    });
    assert!(KINDS.iter().any(|kind| kind.extensible));
}

#[tokio::test]
async fn a_marker_is_set_on_create_and_adopt_and_a_foreign_one_is_refused() {
    let bench = Bench::with(with_marker).await;
    let held = json!([{ "externalOpportunityId": "A", "name": "Chairs" },
                      { "externalOpportunityId": "C", "name": "Lamps", "managedBy": "other/team" }]);
    bench.change(OPPORTUNITIES, held).await;
    let run = bench.apply(TWO).await;
    assert_eq!(run.lines()[0], "> opportunity A: applied");
    bench.assert_plan_empty(TWO).await;
    let held = bench.records().await;
    assert_eq!(held["A"]["managedBy"], "acme/pipeline");
    assert_eq!(held["B"]["managedBy"], "acme/pipeline");
    // Cleared by somebody: it is set again.
    bench
        .change(
            OPPORTUNITIES,
            json!([{ "externalOpportunityId": "A", "managedBy": null }]),
        )
        .await;
    assert_eq!(bench.apply(TWO).await.lines(), ["~ opportunity A: applied"]);
    // Another owner's.
    let third = format!("{TWO}  - {{ externalOpportunityId: C, name: Lamps }}\n");
    assert_eq!(bench.plan(&third).await.refusals(), ["foreign"]);
    bench.permit(Permits {
        adopt_foreign: Some("other/team".to_owned()),
        ..Permits::default()
    });
    assert_eq!(
        bench.apply(&third).await.lines(),
        ["> opportunity C: applied"]
    );
    bench.assert_plan_empty(&third).await;
    // Another owner takes one over: it is not deleted any more.
    bench
        .change(
            OPPORTUNITIES,
            json!([{ "externalOpportunityId": "C", "managedBy": "other/team" }]),
        )
        .await;
    assert_eq!(bench.plan(TWO).await.refusals(), ["foreign"]);
}

#[tokio::test]
async fn a_manifest_does_not_write_the_marker() {
    let bench = Bench::with(with_marker).await;
    let manifest =
        "version: 1\nopportunities: [{ externalOpportunityId: A, name: N, managedBy: mine }]\n";
    let planned = bench.try_plan(manifest).await.unwrap();
    assert_eq!(planned.codes(), ["2 marker-as-field"]);
    assert!(
        !planned
            .plan
            .notes
            .iter()
            .any(|note| matches!(note, Note::Orphan { .. }))
    );
}

/// One read that lacks a row must not end what is owned.
#[tokio::test]
async fn an_owned_record_is_looked_for_by_its_id_before_it_is_let_go_of() {
    let bench = Bench::with(with_ledger).await;
    bench.seed(TWO).await;
    // A row is missing in the answer by keys, once.
    let hidden = FaultKind::Alter(Alteration::OmitRow(1));
    bench.fault(Fault::new(hidden).on(CallOperation::Query).naming("roles"));
    let planned = bench.plan(ONE).await;
    let lines = bench.execute(planned, |_, _| {}).await.lines();
    assert_eq!(
        lines,
        ["- opportunity B: applied", "- role B / 2 / Buyer: applied"]
    );
    assert_eq!(owned(&bench), ["opportunity A", "role A / 1 / Buyer"]);
    assert_eq!(bench.records().await.len(), 2);
}
