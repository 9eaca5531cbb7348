//! Keys with "/" on the command line: the record that is meant, or a refusal that names all that could be.

use oppctl::simulator::CallOperation;
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project};

/// Ids as ERP systems make them. `SO/1002/0001` is an opportunity, and could be a role of `SO`.
const ORDERS: &str = "\
version: 1
opportunities:
  - externalOpportunityId: SO/1002/0001
    name: Chairs
    roles: [{ leadId: 1001, role: Champion }]
  - externalOpportunityId: SO
    name: Tables
    roles: [{ leadId: 1002, role: '0001' }, { leadId: 1004, role: Buyer/Seller }]
";

fn applied(marketo: &Marketo) -> Project {
    let project = marketo.project(ORDERS).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    project
}

#[test]
fn a_ledger_lists_the_exact_form_where_it_is_needed() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    project.run("ledger list").shows(str![[r#"
exit: 0
---- stdout
 kind         key                             declared              commit  applied               protected  exact key
 opportunity  SO                              pipeline/main.yaml:6          [NOW]
 opportunity  SO/1002/0001                    pipeline/main.yaml:3          [NOW]
 role         SO / 1002 / 0001                pipeline/main.yaml:8          [NOW]             ["SO",1002,"0001"]
 role         SO / 1004 / Buyer/Seller        pipeline/main.yaml:8          [NOW]
 role         SO/1002/0001 / 1001 / Champion  pipeline/main.yaml:5          [NOW]             ["SO/1002/0001",1001,"Champion"]

"#]]);
    let list = project.run("ledger list --format json").exits(0);
    assert!(list.text().contains("\"parts\": ["), "{}", list.text());
    project.run("history last").shows(str![[r#"
exit: 0
---- stdout
Run [RUN] on production ([INSTANCE])
  by ada on [HOST], oppctl 0.1.0
  the plan with the digest [DIGEST]
  began [NOW], ended [NOW]

Applied: 5 created.  2 calls in [SECONDS] s.
  Undo      oppctl undo [RUN] --instance production --allow-deletes 5

Done (5)
  + opportunity SO/1002/0001  "Chairs"  pipeline/main.yaml:3
  + role SO/1002/0001 / 1001 / Champion  ["SO/1002/0001",1001,"Champion"]  pipeline/main.yaml:5
  + opportunity SO  "Tables"  pipeline/main.yaml:6
  + role SO / 1002 / 0001  pipeline/main.yaml:8
  + role SO / 1004 / Buyer/Seller  pipeline/main.yaml:8

"#]]);
}

#[test]
fn the_role_of_another_opportunity_is_never_let_go() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    let before = project.run("ledger list").exits(0).text();
    project
        .run("ledger forget role SO/1002/0001")
        .shows(str![[r#"
exit: 64
---- stderr
error: `SO/1002/0001` can mean 2 keys
  hint: write the exact form of the key: '["SO",1002,"0001"]' or '["SO/1002/0001",1001,"Champion"]'

"#]]);
    // Names only the beginning; has one reading, but not of this kind.
    project.run("ledger forget role SO").shows(str![[r#"
exit: 64
---- stderr
error: `SO` can mean 2 keys
  hint: write the exact form of the key: '["SO",1002,"0001"]' or '["SO",1004,"Buyer/Seller"]'

"#]]);
    project.run("ledger forget role SO/1002").shows(str![[r#"
exit: 1
---- stderr
error: role SO/1002 is not in the ledger [ROOT]/.ledger/[INSTANCE]
  hint: list the owned records with `oppctl ledger list`

"#]]);
    project
        .run_args(&["ledger", "forget", "role", "[\"SO/1002/0001\"]"])
        .shows(str![[r#"
exit: 64
---- stderr
error: `["SO/1002/0001"]` is only the beginning of a key
  hint: write the exact form of the key: '["SO/1002/0001",1001,"Champion"]'

"#]]);
    // One that is wrong keeps all.
    drop(
        project
            .run("ledger forget role SO/1004/Buyer/Seller SO/1002/0001")
            .exits(64),
    );
    assert_eq!(project.run("ledger list").exits(0).text(), before);
    assert_eq!(marketo.answered(CallOperation::Delete), 0);
}

#[test]
fn what_only_one_owned_record_can_be_is_that_record() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    drop(
        project
            .run("ledger show role SO/1002/0001/1001/Champion")
            .exits(0),
    );
    drop(
        project
            .run("ledger forget role SO/1004/Buyer/Seller so/1002/0001/1001/champion")
            .exits(0),
    );
    drop(
        project
            .run_args(&["ledger", "forget", "role", "[\"SO\",1002,\"0001\"]"])
            .exits(0),
    );
    drop(
        project
            .run("ledger forget opportunity SO/1002/0001")
            .exits(0),
    );
    project.run("ledger list").shows(str![[r#"
exit: 0
---- stdout
 kind         key  declared              commit  applied               protected
 opportunity  SO   pipeline/main.yaml:6          [NOW]

"#]]);
}

#[test]
fn get_asks_which_of_the_readings_exists() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    project.run("get role SO/1002/0001").shows(str![[r#"
exit: 64
---- stderr
error: `SO/1002/0001` can mean 2 keys
  hint: write the exact form of the key: '["SO",1002,"0001"]' or '["SO/1002/0001"]'

"#]]);
    project
        .run("get role SO/1002/0001/1001/Champion")
        .shows(str![[r#"
exit: 0
---- stdout
role SO/1002/0001 / 1001 / Champion  ["SO/1002/0001",1001,"Champion"]
  createdAt              [NOW]
  externalOpportunityId  SO/1002/0001
  isPrimary              false
  leadId                 1001
  marketoGUID            [GUID 1]
  role                   Champion
  updatedAt              [NOW]

"#]]);
    drop(
        project
            .run("get role SO/1002/0001/ada@example.com/Champion -q")
            .exits(0),
    );
    drop(
        project
            .run_args(&["get", "role", "[\"SO/1002/0001\"]"])
            .exits(0),
    );
    drop(
        project
            .run_args(&["get", "role", "[\"SO\",\"grace@example.com\",\"0001\"]"])
            .exits(0),
    );
    drop(project.run("get opportunity SO/1002/0001").exits(0));
    // None of the readings exists, and several do not either.
    project.run("get role SO/1001/0001").shows(str![[r#"
exit: 1
---- stderr
not found in production: role SO / 1001 / 0001

"#]]);
    project.run("get role SO/1001/1002/1/X").shows(str![[r#"
exit: 64
---- stderr
error: `SO/1001/1002/1/X` can mean 4 keys
  hint: write the exact form of the key: '["SO",1001,"1002/1/X"]' or '["SO/1001",1002,"1/X"]' or '["SO/1001/1002",1,"X"]' or '["SO/1001/1002/1/X"]'

"#]]);
    project
        .run_args(&["get", "role", "[\"SO\",1.5]"])
        .shows(str![[r#"
exit: 64
---- stderr
error: `["SO",1.5]` is not a key of roles
  hint: write externalOpportunityId/leadId/role, only externalOpportunityId, or the exact form, a JSON list: '["externalOpportunityId",leadId,"role"]'

"#]]);
    project.run_args(&["get", "role", "[\"SO\",1]"]).shows(str![[r#"
exit: 64
---- stderr
error: `["SO",1]` is not a key of roles
  hint: write externalOpportunityId/leadId/role, only externalOpportunityId, or the exact form, a JSON list: '["externalOpportunityId",leadId,"role"]'

"#]]);
}

#[test]
fn one_question_for_all_keys_tells_what_is_meant() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    let before = marketo.answered(CallOperation::Query);
    drop(
        project
            .run("get role SO/1002/0002 SO/1002/0003 SO/1002/0004")
            .exits(1),
    );
    assert_eq!(marketo.answered(CallOperation::Query) - before, 2);
    let before = marketo.answered(CallOperation::Query);
    drop(
        project
            .run_args(&["get", "role", "[\"SO\",1002,\"0001\"]"])
            .exits(0),
    );
    assert_eq!(marketo.answered(CallOperation::Query) - before, 1);
}

#[test]
fn an_import_leaves_out_what_is_not_certain_and_takes_the_rest() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    std::fs::remove_file(project.root().join("pipeline/main.yaml")).expect("the file is there");
    project.write(
        "keys.txt",
        "SO/1004/Buyer/Seller\nSO/1002/0001\n[\"SO/1002/0001\",1001,\"Champion\"]\n",
    );
    project.run("import role --from keys.txt").shows(str![[r#"
exit: 1
---- stdout
pipeline/roles.yaml   2 roles

Imported: 2 roles into 1 file.  6 calls.
---- stderr
keys.txt:2: not imported: `SO/1002/0001` can mean 2 keys; write the exact form of the key: '["SO",1002,"0001"]' or '["SO/1002/0001"]'

"#]]);
}
