//! The kinds that opportunities refer to: each is created before what names it, checked, held back with it, and deleted last of all.
//!
//! Every test runs for each of the kinds: what they have in common is data.

use std::fmt::Write as _;

use oppctl::simulator::{CallOperation, Fault, FaultKind, LoggedCall};
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project, shows};

/// A kind that opportunities refer to.
struct Sibling {
    /// The word of commands.
    name: &'static str,
    section: &'static str,
    noun: &'static str,
    key: &'static str,
    /// A field of its own that can be changed.
    field: &'static str,
    path: &'static str,
}

const SIBLINGS: [Sibling; 2] = [SALES_PERSON, COMPANY];

const SALES_PERSON: Sibling = Sibling {
    name: "salesPerson",
    section: "salesPersons",
    noun: "sales person",
    key: "externalSalesPersonId",
    field: "lastName",
    path: "/salespersons.json",
};

const COMPANY: Sibling = Sibling {
    name: "company",
    section: "companies",
    noun: "company",
    key: "externalCompanyId",
    field: "company",
    path: "/companies.json",
};

/// The leads of the tests; the instance has no company and no sales person, and takes no unknown one.
const LEADS: &str = "\
leads: [{ id: 1001, email: ada@example.com }]
companies: []
salesPersons: []
";

fn marketo() -> Marketo {
    Marketo::secret("opportunity: { fields: [] }", LEADS, "simulator")
}

impl Sibling {
    /// A manifest with records of this kind, given by key and value, and opportunities with the records that they name.
    fn manifest(&self, records: &[(&str, &str)], deals: &[(&str, &str)]) -> String {
        let Self {
            section,
            key,
            field,
            ..
        } = self;
        let mut text = "version: 1\n".to_owned();
        let mut add = |line: String| text.push_str(&line);
        if !records.is_empty() {
            add(format!("{section}:\n"));
        }
        for (id, value) in records {
            add(format!("  - {{ {key}: {id}, {field}: {value} }}\n"));
        }
        if !deals.is_empty() {
            add("opportunities:\n".to_owned());
        }
        for (id, named) in deals {
            let role = "roles: [{ leadId: 1001, role: Champion }]";
            let deal = format!("externalOpportunityId: {id}, name: {id}, {key}: {named}");
            add(format!("  - {{ {deal}, {role} }}\n"));
        }
        text
    }

    /// A project that is applied with these records.
    fn applied(
        &self,
        marketo: &Marketo,
        records: &[(&str, &str)],
        deals: &[(&str, &str)],
    ) -> Project {
        let project = marketo
            .project(&self.manifest(records, deals))
            .with_ledger();
        drop(project.run("apply --yes --quiet").exits(0));
        project.assert_plan_empty();
        project
    }

    fn declare(&self, project: &Project, records: &[(&str, &str)], deals: &[(&str, &str)]) {
        project.write("pipeline/main.yaml", self.manifest(records, deals));
    }

    fn get(&self, project: &Project, key: &str) -> String {
        project.run(&format!("get {} {key}", self.name)).stdout
    }
}

fn refusal(code: &str) -> FaultKind {
    FaultKind::SkipRecord {
        index: 0,
        code: code.into(),
        message: "refused".into(),
    }
}

/// What is sent, in the order of the calls.
fn writes(marketo: &Marketo, before: usize) -> Vec<String> {
    let calls = marketo.calls().split_off(before);
    let is_write =
        |call: &LoggedCall| matches!(call.operation, CallOperation::Sync | CallOperation::Delete);
    let writes = calls.into_iter().filter(is_write);
    writes
        .map(|call| call.path.trim_start_matches("/rest/v1/").to_owned())
        .collect()
}

#[test]
fn what_opportunities_name_is_created_before_them_and_deleted_after_them() {
    for sibling in SIBLINGS {
        let marketo = marketo();
        let project = sibling.applied(&marketo, &[("X", "One"), ("Y", "Two")], &[("A", "X")]);
        let path = sibling.path.trim_start_matches('/');
        assert_eq!(
            writes(&marketo, 0),
            [path, "opportunities.json", "opportunities/roles.json"]
        );
        assert!(sibling.get(&project, "X").contains("One"));
        sibling.declare(&project, &[("X", "Uno"), ("Y", "Two")], &[("A", "X")]);
        drop(project.run("apply --yes --quiet").exits(0));
        assert!(sibling.get(&project, "X").contains("Uno"));
        let before = marketo.calls().len();
        sibling.declare(&project, &[("Y", "Two")], &[]);
        let allowed = format!("--allow-deletes 3 --allow-used {}=X", sibling.name);
        drop(
            project
                .run(&format!("apply --yes --quiet {allowed}"))
                .exits(0),
        );
        let deletes = [
            "opportunities/roles/delete.json",
            "opportunities/delete.json",
            &path.replace(".json", "/delete.json"),
        ];
        assert_eq!(writes(&marketo, before), deletes);
        project.assert_plan_empty();
    }
}

#[test]
fn an_unknown_one_is_a_mistake_at_its_line_before_anything_is_sent() {
    for sibling in SIBLINGS {
        let marketo = marketo();
        let project = marketo.project(&sibling.manifest(&[], &[("A", "X"), ("B", "X")]));
        let before = marketo.calls().len();
        let run = project.run("apply --yes").exits(3);
        let message = format!(
            "the {} X is not in the instance, and no entry of this run declares it",
            sibling.noun
        );
        assert_eq!(run.stderr.matches(&message).count(), 2, "{}", run.stderr);
        let column = "  - { externalOpportunityId: A, name: A, : ".len() + sibling.key.len() + 1;
        let place = format!("pipeline/main.yaml:3:{column}");
        assert!(run.stderr.contains(&place), "{place} in {}", run.stderr);
        assert_eq!(writes(&marketo, before), Vec::<String>::new());
        let looked = marketo.tally(before);
        let query = format!("1 Query {}: ok\n", &sibling.path[1..]);
        assert!(looked.contains(&query), "{looked}");
    }
}

#[test]
fn one_that_is_rejected_stops_what_names_it_and_nothing_else() {
    for sibling in SIBLINGS {
        let marketo = marketo();
        let records = [("X", "One"), ("Y", "Two")];
        let project = marketo
            .project(&sibling.manifest(&records, &[("A", "X"), ("B", "Y"), ("C", "X")]))
            .with_ledger();
        let refused = Fault::new(refusal("1003")).suffix(sibling.path);
        marketo.fault(refused.on(CallOperation::Sync));
        let run = project.run("apply --yes --quiet").exits(4);
        assert!(run.text().contains("2 opportunities"), "{}", run.text());
        assert!(sibling.get(&project, "Y").contains("Two"));
        assert_eq!(project.run("get opportunity A C").exits(1).stdout, "");
        assert!(project.run("get opportunity B").stdout.contains('B'));
        drop(project.run("apply --yes --quiet").exits(0));
        project.assert_plan_empty();
    }
}

#[test]
fn an_owned_deal_waits_for_one_that_is_missing_and_everything_else_goes_on() {
    for sibling in SIBLINGS {
        let marketo = marketo();
        let records = [("X", "One")];
        let project = sibling.applied(&marketo, &records, &[("A", "X"), ("B", "X")]);
        sibling.declare(&project, &[("X", "Uno")], &[("A", "NOWHERE"), ("B", "X")]);
        let run = project.run("apply --yes").exits(4);
        let blocked = format!("Marketo has no {} NOWHERE", sibling.noun);
        assert!(run.stdout.contains(&blocked), "{}", run.stdout);
        assert!(sibling.get(&project, "X").contains("Uno"));
    }
}

#[test]
fn one_that_is_still_named_is_not_removed() {
    for sibling in SIBLINGS {
        let marketo = marketo();
        let project = sibling.applied(&marketo, &[("X", "One"), ("Y", "Two")], &[("A", "X")]);
        // By an entry.
        sibling.declare(&project, &[("Y", "Two")], &[("A", "X")]);
        let run = project.run("plan").exits(3);
        let message = format!("depends on the {} X", sibling.noun);
        assert!(run.stderr.contains(&message), "{}", run.stderr);
        // By one that says so.
        let Sibling { section, key, .. } = sibling;
        let absent = format!("version: 1\n{section}: [{{ {key}: X, ensure: absent }}]\n");
        project.write("pipeline/absent.yaml", absent);
        let run = project.run("validate").exits(3);
        assert!(run.stderr.contains("reference-absent"), "{}", run.stderr);
        std::fs::remove_file(project.root().join("pipeline/absent.yaml")).expect("it is there");
        // By a deal that nobody declares any more, and that stays.
        let forgotten = "opportunities: [{ externalOpportunityId: A, ensure: forgotten }]\n";
        let text = sibling.manifest(&[("Y", "Two")], &[]) + forgotten;
        project.write("pipeline/main.yaml", text);
        let run = project
            .run("apply --yes --quiet --allow-deletes 9")
            .exits(5);
        assert!(
            run.stderr.contains("1 opportunity names it: A"),
            "{}",
            run.stderr
        );
        assert!(sibling.get(&project, "X").contains("One"));
    }
}

/// A plan file is refused too, and takes no permit of its apply.
#[test]
fn the_hint_for_a_plan_file_makes_a_plan_that_is_permitted() {
    let [sibling, _] = SIBLINGS;
    let marketo = marketo();
    let project = sibling.applied(&marketo, &[("X", "One"), ("Y", "Two")], &[("A", "X")]);
    let forgotten = "opportunities: [{ externalOpportunityId: A, ensure: forgotten }]\n";
    let text = sibling.manifest(&[("Y", "Two")], &[]) + forgotten;
    project.write("pipeline/main.yaml", text);
    drop(
        project
            .run("plan --allow-deletes 1 --out plan.json")
            .exits(5),
    );
    let run = project.run("apply --yes --quiet --plan plan.json").exits(5);
    let hint = run.stderr.lines().find(|line| line.contains("plan file"));
    snapbox::assert_data_eq!(
        hint.unwrap_or_default(),
        str![
            "  hint: an apply takes what is permitted from the plan file. If this is right, make a new one that permits it, and review it: `oppctl plan --allow-deletes 2 --allow-used 'salesPerson=X' --out plan.json`"
        ]
    );
    let command = hint.and_then(|hint| hint.split('`').nth(1));
    let command = command.expect("it has one").replace('\'', "");
    let command = command.strip_prefix("oppctl ").expect("it is one of ours");
    drop(project.run(command).exits(0));
    // No guard refuses it any more. Marketo does, because the deal still names the record.
    let run = project.run("apply --yes --quiet --plan plan.json").exits(4);
    assert!(run.stdout.contains("1022 Object in use"), "{}", run.text());
}

#[test]
fn a_deal_that_could_not_let_go_keeps_what_it_names() {
    for sibling in SIBLINGS {
        let marketo = marketo();
        let project = sibling.applied(&marketo, &[("X", "One"), ("Y", "Two")], &[("A", "X")]);
        sibling.declare(&project, &[("Y", "Two")], &[("A", "Y")]);
        marketo.fault(
            Fault::new(refusal("1003"))
                .suffix("/opportunities.json")
                .on(CallOperation::Sync),
        );
        let allowed = format!("--allow-used {}=X", sibling.name);
        drop(
            project
                .run(&format!("apply --yes --quiet {allowed}"))
                .exits(4),
        );
        assert_eq!(marketo.answered(CallOperation::Delete), 0);
        drop(
            project
                .run(&format!("apply --yes --quiet {allowed}"))
                .exits(0),
        );
        assert_eq!(marketo.answered(CallOperation::Delete), 1);
        project.assert_plan_empty();
    }
}

#[test]
fn they_can_be_undone_imported_pulled_and_asked_about() {
    for sibling in SIBLINGS {
        let marketo = marketo();
        let project = sibling.applied(&marketo, &[("X", "One")], &[("A", "X")]);
        sibling.declare(&project, &[("X", "Uno"), ("Z", "New")], &[("A", "Z")]);
        drop(project.run("apply --yes --quiet").exits(0));
        // Undo: what names it goes first.
        let allowed = format!("--allow-used {}=Z", sibling.name);
        drop(
            project
                .run(&format!("undo last --yes --quiet {allowed}"))
                .exits(0),
        );
        assert!(sibling.get(&project, "X").contains("One"));
        assert_eq!(sibling.get(&project, "Z"), "");
        sibling.declare(&project, &[("X", "One")], &[("A", "X")]);
        project.assert_plan_empty();
        // Somebody in Marketo changes it.
        let other = marketo.project(&sibling.manifest(&[("X", "Eins")], &[]));
        drop(other.run("apply --yes --quiet").exits(0));
        let drift = project.run("plan --drift").exits(2).stdout;
        assert!(drift.contains("Eins"), "{drift}");
        drop(project.run("pull --drift --yes").exits(0));
        assert!(project.read("pipeline/main.yaml").contains("Eins"));
        project.assert_plan_empty();
        let why = project.run("why X").exits(0).stdout;
        assert!(why.contains(sibling.noun), "{why}");
        // A project of its own takes it over.
        let imported = marketo.project("");
        std::fs::remove_file(imported.root().join("pipeline/main.yaml")).expect("it is there");
        drop(imported.run(&format!("import {} X", sibling.name)).exits(0));
        imported.assert_plan_empty();
    }
}

#[test]
fn protection_marker_canary_and_removal_hold_for_them() {
    for sibling in SIBLINGS {
        let marketo = marketo();
        let project = sibling.applied(&marketo, &[("X", "One"), ("Y", "Two")], &[]);
        let protected = format!(
            "version: 1\n{}: [{{ {}: X, lifecycle: {{ protect: true }} }}, {{ {1}: Y }}]\n",
            sibling.section, sibling.key
        );
        project.write("pipeline/main.yaml", protected);
        drop(project.run("apply --yes --quiet").exits(0));
        sibling.declare(&project, &[("Y", "Two")], &[]);
        let allowed = format!("--allow-used {}=X", sibling.name);
        let run = project
            .run(&format!("apply --yes --quiet {allowed}"))
            .exits(5);
        assert!(run.stderr.contains("protected"), "{}", run.stderr);
        // A canary of a deal takes along what it names.
        let mut records = String::new();
        for number in 0..4 {
            writeln!(
                records,
                "  - {{ {}: N{number}, {}: New }}",
                sibling.key, sibling.field
            )
            .expect("strings take all text");
        }
        let text = format!(
            "version: 1\n{}:\n  - {{ {}: X }}\n  - {{ {1}: Y }}\n{records}opportunities:\n  - {{ externalOpportunityId: A, name: A, {1}: N3 }}\n",
            sibling.section, sibling.key
        );
        project.write("pipeline/main.yaml", text);
        let run = project.run("apply --yes --quiet --canary 1").exits(0);
        assert!(run.stdout.contains("Canary"), "{}", run.stdout);
        project.assert_plan_empty();
    }
}

/// How many there are of each, in the order of [`SIBLINGS`].
const COUNTS: [usize; 2] = [12, 40];

/// Records of every kind, all of which are named by others.
fn all_kinds() -> String {
    let mut text = "version: 1\n".to_owned();
    let mut add = |line: String| text.push_str(&line);
    for (sibling, count) in SIBLINGS.iter().zip(COUNTS) {
        let Sibling {
            section,
            key,
            field,
            ..
        } = sibling;
        add(format!("{section}:\n"));
        for number in 0..count {
            add(format!("  - {{ {key}: N{number}, {field}: Name }}\n"));
        }
    }
    add("opportunities:\n".to_owned());
    for number in 0..650 {
        let mut deal = format!("externalOpportunityId: D{number}, name: Deal");
        for (Sibling { key, .. }, count) in SIBLINGS.iter().zip(COUNTS) {
            write!(deal, ", {key}: N{}", number % count).expect("strings take all text");
        }
        let roles = "roles: [{ leadId: 1001, role: Champion }, { leadId: 1001, role: Buyer }]";
        add(format!("  - {{ {deal}, {roles} }}\n"));
    }
    text
}

#[test]
fn all_kinds_together_need_as_few_calls_as_there_can_be() {
    let marketo = marketo();
    let project = marketo.project(&all_kinds());
    drop(project.run("plan --quiet").exits(0));
    shows(
        &marketo.tally(0),
        str![[r#"
1 Describe companies/describe.json: ok
1 Describe opportunities/describe.json: ok
1 Describe opportunities/roles/describe.json: ok
1 Describe salespersons/describe.json: ok
1 Identity /identity/oauth/token: ok
1 Query companies.json: ok
1 Query leads.json: ok
3 Query opportunities.json: ok
5 Query opportunities/roles.json: ok
1 Query salespersons.json: ok
1 Schema companies/schema/fields.json: ok
1 Schema opportunities/schema/fields.json: ok
1 Usage stats/usage.json: ok

"#]],
    );
    let before = marketo.calls().len();
    drop(project.run("apply --yes --quiet").exits(0));
    let writes = writes(&marketo, before);
    let mut expected: Vec<String> = Vec::new();
    for sibling in SIBLINGS {
        expected.push(sibling.path[1..].to_owned());
    }
    expected.extend(vec!["opportunities.json".to_owned(); 3]);
    expected.extend(vec!["opportunities/roles.json".to_owned(); 5]);
    assert_eq!(writes, expected);
    let before = marketo.calls().len();
    project.assert_plan_empty();
    shows(
        &marketo.tally(before),
        str![[r#"
1 Describe companies/describe.json: ok
1 Describe opportunities/describe.json: ok
1 Describe opportunities/roles/describe.json: ok
1 Describe salespersons/describe.json: ok
1 Identity /identity/oauth/token: ok
1 Query companies.json: ok
3 Query opportunities.json: ok
5 Query opportunities/roles.json: ok
1 Query salespersons.json: ok
1 Schema companies/schema/fields.json: ok
1 Schema opportunities/schema/fields.json: ok

"#]],
    );
}

/// What a person reads after "Undo", as it can be pasted.
fn printed_undo(text: &str) -> String {
    let line = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("Undo"));
    let command = line.expect("it prints one").trim();
    let args = command.strip_prefix("oppctl ").expect("it is a command");
    args.replace('\'', "")
}

#[test]
fn the_undo_that_a_run_prints_works_as_it_is_printed() {
    for sibling in SIBLINGS {
        let marketo = marketo();
        let manifest = sibling.manifest(&[("X", "One"), ("Y", "Two")], &[("A", "X")]);
        let project = marketo.project(&manifest).with_ledger();
        let run = project.run("apply --yes --quiet").exits(0);
        let undo = printed_undo(&run.stdout);
        drop(project.run(&format!("{undo} --yes --quiet")).exits(0));
        assert_eq!(sibling.get(&project, "X Y"), "");
    }
}

/// Fields for a marker, on the kinds that an instance can give custom fields.
const MARKED: &str = "\
opportunity: { fields: [{ name: managedBy, dataType: string }] }
company: { fields: [{ name: managedBy, dataType: string }] }
";

#[test]
fn a_company_has_the_marker_of_its_project_and_is_left_to_it() {
    let marketo = Marketo::secret(MARKED, LEADS, "simulator");
    let manifest = COMPANY.manifest(&[("X", "One")], &[("A", "X")]);
    let owned = |value: &str| {
        let marker = format!("marker: {{ field: managedBy, value: {value} }}");
        let project = marketo.project(&manifest);
        project.with(&format!("ownership: {{ ledger: .ledger, {marker} }}"))
    };
    let project = owned("sales/pipeline");
    drop(project.run("apply --yes --quiet").exits(0));
    assert!(COMPANY.get(&project, "X").contains("sales/pipeline"));
    project.assert_plan_empty();
    let run = owned("others").run("plan").exits(5);
    let refused = "company X has the marker of another owner, \"sales/pipeline\"";
    assert!(run.stderr.contains(refused), "{}", run.text());
}

#[test]
fn a_complete_list_of_roles_holds_beside_references() {
    for sibling in SIBLINGS {
        let marketo = marketo();
        let project = sibling.applied(&marketo, &[("X", "One")], &[("A", "X")]);
        let exact = sibling
            .manifest(&[("X", "One"), ("Y", "Two")], &[("A", "Y")])
            .replace("roles: [", "rolesMode: exact, roles: [")
            .replace("role: Champion", "role: Buyer");
        project.write("pipeline/main.yaml", exact);
        drop(project.run("apply --yes --quiet").exits(0));
        let roles = project.run("get role A").exits(0).stdout;
        assert!(
            roles.contains("Buyer") && !roles.contains("Champion"),
            "{roles}"
        );
        project.assert_plan_empty();
    }
}

#[test]
fn a_field_that_only_a_new_record_takes_comes_back_with_it() {
    let marketo = marketo();
    let grace = "version: 1\nsalesPersons: [{ externalSalesPersonId: grace, email: g@example.com, lastName: Hopper }]\n";
    let project = marketo.project(grace).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", "version: 1\nsalesPersons: []\n");
    let allowed = "--allow-used salesPerson=grace --allow-deletes 1";
    drop(
        project
            .run(&format!("apply --yes --quiet {allowed}"))
            .exits(0),
    );
    drop(project.run("undo last --yes --quiet").exits(0));
    assert!(
        SALES_PERSON
            .get(&project, "grace")
            .contains("g@example.com")
    );
    // Nobody declares the address when the record gets another key.
    let renamed = "version: 1\nsalesPersons: [{ externalSalesPersonId: hopper, renamedFrom: grace, lastName: Hopper }]\n";
    project.write("pipeline/main.yaml", renamed);
    drop(
        project
            .run(&format!("apply --yes --quiet {allowed}"))
            .exits(0),
    );
    assert!(
        SALES_PERSON
            .get(&project, "hopper")
            .contains("g@example.com")
    );
}

#[test]
fn a_renamed_deal_does_not_take_a_reference_to_what_the_run_deletes() {
    let marketo = marketo();
    let project = COMPANY.applied(&marketo, &[("X", "One"), ("Y", "Two")], &[("A", "X")]);
    let text = COMPANY.manifest(&[("Y", "Two")], &[])
        + "opportunities: [{ externalOpportunityId: B, renamedFrom: A, name: A }]\n";
    project.write("pipeline/main.yaml", text);
    let flags = "--allow-used company=X --allow-deletes 9 --with-undeclared-roles";
    let run = project
        .run(&format!("apply --yes --quiet {flags}"))
        .exits(5);
    assert!(
        run.stderr.contains("1 opportunity names it: B"),
        "{}",
        run.stderr
    );
    assert!(COMPANY.get(&project, "X").contains("One"));
}

#[test]
fn a_role_does_not_come_back_without_its_deal() {
    for sibling in SIBLINGS {
        let marketo = marketo();
        let both = [("X", "One"), ("Y", "Two")];
        let project = sibling.applied(&marketo, &both, &[("A", "X")]);
        sibling.declare(&project, &both, &[]);
        drop(
            project
                .run("apply --yes --quiet --allow-deletes 2")
                .exits(0),
        );
        // Somebody deletes what the deal named, which therefore stays away.
        let Sibling {
            name, section, key, ..
        } = sibling;
        let gone = format!("version: 1\n{section}: [{{ {key}: X, ensure: absent }}]\n");
        let allowed = format!("--allow-used {name}=X");
        let other = marketo.project(&gone);
        drop(
            other
                .run(&format!("apply --yes --quiet {allowed}"))
                .exits(0),
        );
        let before = marketo.calls().len();
        let run = project.run("undo last --yes");
        assert_eq!(writes(&marketo, before), [""; 0], "{}", run.text());
    }
}

#[test]
fn a_company_that_goes_on_counting_keeps_its_sales_person() {
    let marketo = marketo();
    let both = "version: 1\nsalesPersons: [{ externalSalesPersonId: P }]\ncompanies: [{ externalCompanyId: X, externalSalesPersonId: P }]\n";
    let project = marketo.project(both).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", "version: 1\ncompanies: []\n");
    let flags = "--allow-used company=X --allow-used salesPerson=P --allow-deletes 2";
    let run = project
        .run(&format!("apply --yes --quiet {flags}"))
        .exits(5);
    assert!(
        run.stderr.contains("1 company names it: X"),
        "{}",
        run.stderr
    );
    // The way that it names.
    project.write(
        "pipeline/main.yaml",
        both.replace(
            "externalSalesPersonId: P }]\n",
            "externalSalesPersonId: null }]\n",
        )
        .replace(
            "salesPersons: [{ externalSalesPersonId: null }]",
            "salesPersons: [{ externalSalesPersonId: P }]",
        ),
    );
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", "version: 1\ncompanies: []\n");
    drop(
        project
            .run(&format!("apply --yes --quiet {flags}"))
            .exits(0),
    );
    project.assert_plan_empty();
}

#[test]
fn a_narrowed_run_knows_what_the_other_files_name() {
    for sibling in SIBLINGS {
        let marketo = marketo();
        let project = sibling.applied(&marketo, &[("X", "One"), ("Y", "Two")], &[]);
        project.write("pipeline/deals.yaml", sibling.manifest(&[], &[("A", "X")]));
        drop(project.run("apply --yes --quiet").exits(0));
        sibling.declare(&project, &[("Y", "Two")], &[]);
        let allowed = format!("--allow-used {}=X", sibling.name);
        let run = project
            .run(&format!("apply pipeline/main.yaml --yes {allowed}"))
            .exits(3);
        assert!(run.stderr.contains("pipeline/deals.yaml"), "{}", run.stderr);
    }
}

#[test]
fn a_reference_is_held_to_the_rules_of_the_key_that_it_names() {
    for sibling in SIBLINGS {
        let marketo = marketo();
        let deals = [("A", "\" X \""), ("B", "\"X,Y\"")];
        let project = marketo.project(&sibling.manifest(&[("X", "One")], &deals));
        let run = project.run("validate").exits(3);
        for code in ["blanks-around-key", "comma-in-key"] {
            assert!(run.stderr.contains(code), "{}", run.stderr);
        }
    }
}
