//! Runs of some records, of some files, or of what changed, beside what other files declare: the whole project is refused for the same reasons.

use oppctl::simulator::CallOperation;
use pretty_assertions::assert_eq;

use crate::harness::{Marketo, Project};

const LEADS: &str = "leads: [{ id: 1001, email: ada@example.com }]\n";
const DEALS: &str = "pipeline/deals.yaml";
const ROLES: &str = "pipeline/roles.yaml";

/// An opportunity in one file and its role in another, both applied.
fn applied(marketo: &Marketo) -> Project {
    let project = marketo.project("").with_ledger();
    project.write("pipeline/main.yaml", "version: 1\n");
    project.write(DEALS, deals("externalOpportunityId: A-1, name: Chairs"));
    let role = "externalOpportunityId: A-1, leadId: 1001, role: Buyer, isPrimary: true";
    project.write(ROLES, format!("version: 1\nroles: [ {{ {role} }} ]\n"));
    drop(project.run("apply --yes --quiet").exits(0));
    project
}

fn deals(first: &str) -> String {
    let other = "externalOpportunityId: A-2, name: Tables";
    format!("version: 1\nopportunities: [ {{ {first} }}, {{ {other} }} ]\n")
}

/// Asserts that a command is refused for this reason and writes nothing.
#[track_caller]
fn refused(marketo: &Marketo, project: &Project, args: &str, code: &str) {
    let before = marketo.calls().len();
    let run = project.run(args).exits(3);
    assert!(run.stderr.contains(code), "{args}: {}", run.text());
    let calls = marketo.calls();
    let writes = calls[before..].iter().filter(|call| {
        call.operation == CallOperation::Sync || call.operation == CallOperation::Delete
    });
    assert_eq!(writes.count(), 0, "{args}");
}

fn marketo() -> Marketo {
    Marketo::secret("opportunity: { fields: [] }", LEADS, "simulator")
}

#[test]
fn a_role_that_another_file_declares_is_not_deleted_with_a_rename() {
    let marketo = marketo();
    let project = applied(&marketo);
    let renamed = "externalOpportunityId: B-1, renamedFrom: A-1, name: Chairs";
    project.write(DEALS, deals(renamed));
    for args in [
        "plan",
        "plan --only B-1",
        "plan --only A-1",
        "apply --yes --only B-1",
        "apply --yes pipeline/deals.yaml",
        "apply --yes pipeline/deals.yaml --with-undeclared-roles",
    ] {
        refused(&marketo, &project, args, "reference-removed");
    }
}

#[test]
fn a_role_that_another_file_declares_is_not_deleted_with_a_removal() {
    let marketo = marketo();
    let project = applied(&marketo);
    let only = "version: 1\nopportunities: [ { externalOpportunityId: A-2, name: Tables } ]\n";
    project.write(DEALS, only);
    for args in [
        "plan",
        "apply --yes pipeline/deals.yaml",
        "apply --yes pipeline/deals.yaml --with-undeclared-roles",
        "apply --yes --only A-1 --with-undeclared-roles",
    ] {
        refused(&marketo, &project, args, "reference-removed");
    }
}

/// Whoever mends them one by one runs as often as there are entries.
#[test]
fn all_entries_that_name_what_is_removed_are_shown() {
    let marketo = Marketo::of_accounts();
    let project = marketo.project("version: 1\n").with_ledger();
    let company = "companies: [ { externalCompanyId: ACME, company: Acme } ]\n";
    let others = "companies: [ { externalCompanyId: HOOLI, company: Hooli } ]\n";
    let deal = |key: &str| {
        format!("  - {{ externalOpportunityId: {key}, name: {key}, externalCompanyId: ACME }}\n")
    };
    project.write("pipeline/acme.yaml", format!("version: 1\n{company}"));
    project.write("pipeline/hooli.yaml", format!("version: 1\n{others}"));
    project.write(
        DEALS,
        format!("version: 1\nopportunities:\n{}{}", deal("A-1"), deal("A-2")),
    );
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/acme.yaml", "version: 1\n");
    project.commit("first");
    for args in ["plan --only ACME", "plan"] {
        let run = project.run(args).exits(3);
        for place in ["deals.yaml:3", "deals.yaml:4"] {
            assert!(run.stderr.contains(place), "{args}: {}", run.text());
        }
        assert_eq!(
            run.stderr.matches("error[reference-removed]").count(),
            2,
            "{}",
            run.text()
        );
    }
}

#[test]
fn a_role_that_another_file_declares_by_another_name_of_its_lead_is_not_touched() {
    let marketo = marketo();
    let project = applied(&marketo);
    let by_field = "externalOpportunityId: A-1, lead: { email: ada@example.com }, role: Buyer";
    for ensure in ["present", "absent", "forgotten"] {
        let role = format!("{by_field}, ensure: {ensure}");
        project.write(
            "pipeline/s.yaml",
            format!("version: 1\nroles: [ {{ {role} }} ]\n"),
        );
        for args in [
            "plan",
            "apply --yes pipeline/s.yaml",
            "apply --yes pipeline/roles.yaml",
        ] {
            refused(&marketo, &project, args, "same-lead");
        }
    }
}
