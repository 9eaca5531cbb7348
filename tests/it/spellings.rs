//! Keys in several spellings, where the instance tells them apart and where it does not.

use crate::harness::Project;

/// A role of `A-1`, above and below an opportunity whose list of roles is complete and whose key is spelled in another way.
const MANIFESTS: [(&str, &str); 2] = [
    (
        "pipeline/above.yaml",
        "version: 1\nroles: [ { externalOpportunityId: UPPER, leadId: 1001, role: Buyer, isPrimary: false } ]\n",
    ),
    (
        "pipeline/list.yaml",
        "version: 1\nopportunities:\n  - externalOpportunityId: LOWER\n    name: As declared\n    rolesMode: exact\n    roles: [ { leadId: 1002, role: Buyer, isPrimary: false } ]\n",
    ),
];

/// A simulator with these keys, each of a record of its own name, and a project without a ledger that declares the roles.
fn project(answers: &str, there: &[&str], [upper, lower]: [&str; 2]) -> Project {
    let project = Project::simulated("");
    let leads = "leads: leads.yaml";
    project.edit("oppctl.yaml", leads, &format!("{leads}{answers}"));
    for key in there {
        let manifest = format!(
            "version: 1\nopportunities: [ {{ externalOpportunityId: {key}, name: Of {key} }} ]\n"
        );
        project.write("pipeline/main.yaml", manifest);
        drop(project.run("apply --yes --quiet").exits(0));
    }
    project.write("pipeline/main.yaml", "version: 1\n");
    for (file, manifest) in MANIFESTS {
        let manifest = manifest.replace("UPPER", upper).replace("LOWER", lower);
        project.write(file, manifest);
    }
    project
}

#[test]
fn a_record_in_another_spelling_is_not_taken_for_the_declared_one() {
    let exact = ", answers: { keyCase: exact }";
    // The simulator takes a sigma at the end of a word for another letter.
    for (answers, spellings) in [(exact, ["A-1", "a-1"]), ("", ["ΟΣ", "οσ"])] {
        let project = project(answers, &spellings, spellings);
        let [_, lower] = spellings;
        let doubled = format!("Note: opportunity {lower} is there 2 times");
        for sent in ["Applied: 2 created.", "No changes. 2 unchanged."] {
            let run = project.run("apply --yes").exits(4);
            for words in [&*doubled, sent] {
                assert!(run.stdout.contains(words), "{}", run.text());
            }
        }
        for key in spellings {
            let found = project.run(&format!("get opportunity {key}")).exits(0);
            assert!(
                found.stdout.contains(&format!("Of {key}")),
                "{}",
                found.text()
            );
        }
    }
}

#[test]
fn one_record_in_two_spellings_is_one() {
    let project = project("", &["A-1"], ["A-1", "a-1"]);
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
    let found = project.run("get opportunity A-1").exits(0);
    assert!(found.stdout.contains("As declared"), "{}", found.text());
}
