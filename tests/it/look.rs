//! Looking at an instance: `describe` and `get`, as tables and as JSON; and output that nobody reads to its end.

use std::process::Stdio;

use oppctl::simulator::CallOperation;
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project};

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    amount: 1604.470
    description: |
      two
      lines
    roles:
      - { leadId: 1001, role: Champion, isPrimary: true }
      - { leadId: 1002, role: Buyer/Seller }
  - externalOpportunityId: A-2
    name: \"\\e[31mred\\e[0m \\u202e\"
";

fn applied() -> Project {
    let project = Project::simulated(MANIFEST);
    drop(project.run("apply --yes --quiet").exits(0));
    project
}

#[test]
fn fields_are_described() {
    let project = Project::simulated(MANIFEST);
    project.run("describe").shows(str![[r#"
exit: 0
---- stdout
salesPerson
  key         externalSalesPersonId
  searchable  email, id, externalSalesPersonId

 field                  type      length  updateable  display name
 createdAt              datetime          no          Created At
 email                  string    255     no          Email
 externalSalesPersonId  string    50      no          External Sales Person Id
 id                     integer           no          Marketo Id
 updatedAt              datetime          no          Updated At
 firstName              string    255     yes         First Name
 lastName               string    255     yes         Last Name

company
  key         externalCompanyId
  searchable  externalCompanyId, id, externalSalesPersonId, jigsawCompanyId, jigsawCompanyStatus, company

 field                  type      length  updateable  display name
 createdAt              datetime          no          Created At
 externalCompanyId      string    50      no          External Company Id
 id                     integer           no          Id
 updatedAt              datetime          no          Updated At
 annualRevenue          currency          yes         Annual Revenue
 company                string    255     yes         Company Name
 companyNotes           text              yes         Company Notes
 externalSalesPersonId  string    50      yes         externalSalesPersonId
 industry               string    255     yes         Industry
 jigsawCompanyId        string    50      yes         jigsawCompanyId
 jigsawCompanyStatus    string    50      yes         jigsawCompanyStatus
 mainPhone              string    255     yes         Main Phone
 numberOfEmployees      integer           yes         Num Employees
 sicCode                string    40      yes         SIC Code
 site                   string    255     yes         Site
 website                string    255     yes         Website

opportunity
  key         externalOpportunityId
  searchable  externalOpportunityId, marketoGUID, externalCompanyId, externalSalesPersonId

 field                  type      length  updateable  display name
 createdAt              datetime          no          createdAt
 externalOpportunityId  string    50      no          externalOpportunityId
 marketoGUID            string    36      no          marketoGUID
 updatedAt              datetime          no          updatedAt
 amount                 currency          yes         amount
 closeDate              date              yes         closeDate
 description            string    2000    yes         description
 expectedRevenue        currency          yes         expectedRevenue
 externalCompanyId      string    50      yes         externalCompanyId
 externalCreatedDate    datetime          yes         externalCreatedDate
 externalSalesPersonId  string    50      yes         externalSalesPersonId
 fiscal                 string    255     yes         fiscal
 fiscalQuarter          integer           yes         fiscalQuarter
 fiscalYear             integer           yes         fiscalYear
 forecastCategoryName   string    255     yes         forecastCategoryName
 isClosed               boolean           yes         isClosed
 isWon                  boolean           yes         isWon
 lastActivityDate       date              yes         lastActivityDate
 leadSource             string    255     yes         leadSource
 name                   string    255     yes         name
 nextStep               string    255     yes         nextStep
 probability            integer           yes         probability
 quantity               float             yes         quantity
 stage                  string    255     yes         stage
 type                   string    255     yes         type

role
  key         externalOpportunityId + leadId + role
  searchable  externalOpportunityId + leadId + role, marketoGUID, externalOpportunityId, leadId

 field                  type      length  updateable  display name
 createdAt              datetime          no          createdAt
 marketoGUID            string    36      no          marketoGUID
 updatedAt              datetime          no          updatedAt
 externalCreatedDate    datetime          yes         externalCreatedDate
 externalOpportunityId  string            yes         externalOpportunityId
 isPrimary              boolean           yes         isPrimary
 leadId                 integer           yes         leadId
 role                   string    255     yes         role

"#]]);
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "most of it is what the command prints"
)]
fn fields_are_described_to_programs() {
    let project = Project::simulated(MANIFEST);
    project.run("describe role --format json").shows(str![[r#"
exit: 0
---- stdout
{
  "version": 1,
  "format_version": "1.0",
  "kinds": [
    {
      "kind": "role",
      "name": "opportunityRole",
      "displayName": "Opportunity Role",
      "idField": "marketoGUID",
      "dedupeFields": [
        "externalOpportunityId",
        "leadId",
        "role"
      ],
      "searchableFields": [
        [
          "externalOpportunityId",
          "leadId",
          "role"
        ],
        [
          "marketoGUID"
        ],
        [
          "externalOpportunityId"
        ],
        [
          "leadId"
        ]
      ],
      "fields": [
        {
          "name": "createdAt",
          "displayName": "createdAt",
          "dataType": "datetime",
          "updateable": false
        },
        {
          "name": "marketoGUID",
          "displayName": "marketoGUID",
          "dataType": "string",
          "length": 36,
          "updateable": false
        },
        {
          "name": "updatedAt",
          "displayName": "updatedAt",
          "dataType": "datetime",
          "updateable": false
        },
        {
          "name": "externalCreatedDate",
          "displayName": "externalCreatedDate",
          "dataType": "datetime",
          "updateable": true
        },
        {
          "name": "externalOpportunityId",
          "displayName": "externalOpportunityId",
          "dataType": "string",
          "updateable": true
        },
        {
          "name": "isPrimary",
          "displayName": "isPrimary",
          "dataType": "boolean",
          "updateable": true
        },
        {
          "name": "leadId",
          "displayName": "leadId",
          "dataType": "integer",
          "updateable": true
        },
        {
          "name": "role",
          "displayName": "role",
          "dataType": "string",
          "length": 255,
          "updateable": true
        }
      ]
    }
  ]
}

"#]]);
    assert_eq!(
        project
            .run("describe opportunity")
            .exits(0)
            .stdout
            .lines()
            .next(),
        Some("opportunity")
    );
    project.run("describe lead").shows(str![[r#"
exit: 64
---- stderr
error: invalid value 'lead' for '[KIND]'
  [possible values: salesPerson, company, opportunity, role]

For more information, try '--help'.

"#]]);
}

#[test]
fn records_are_shown() {
    let project = applied();
    project.run("get opportunity A-1 a-2").shows(str![[r#"
exit: 0
---- stdout
opportunity A-1
  amount                 1604.47
  createdAt              [NOW]
  description            two\nlines\n
  externalOpportunityId  A-1
  marketoGUID            [GUID 1]
  name                   Chairs
  updatedAt              [NOW]

opportunity A-2
  createdAt              [NOW]
  externalOpportunityId  A-2
  marketoGUID            [GUID 2]
  name                   \e[31mred\e[0m \u{202e}
  updatedAt              [NOW]

"#]]);
    project.run("get opportunity A-1 --format json").shows(str![[r#"
exit: 0
---- stdout
{
  "version": 1,
  "format_version": "1.0",
  "kind": "opportunity",
  "records": [
    {"externalOpportunityId":"A-1","amount":1604.47,"createdAt":"[NOW]","description":"two\nlines\n","marketoGUID":"[GUID 1]","name":"Chairs","updatedAt":"[NOW]"}
  ]
}

"#]]);
    project.run("get role A-1").shows(str![[r#"
exit: 0
---- stdout
role A-1 / 1001 / Champion
  createdAt              [NOW]
  externalOpportunityId  A-1
  isPrimary              true
  leadId                 1001
  marketoGUID            [GUID 1]
  role                   Champion
  updatedAt              [NOW]

role A-1 / 1002 / Buyer/Seller
  createdAt              [NOW]
  externalOpportunityId  A-1
  isPrimary              false
  leadId                 1002
  marketoGUID            [GUID 2]
  role                   Buyer/Seller
  updatedAt              [NOW]

"#]]);
    // The last part of a key may hold the sign that joins the parts.
    project
        .run("get role A-1/grace@example.com/Buyer/Seller --format json")
        .shows(str![[r#"
exit: 0
---- stdout
{
  "version": 1,
  "format_version": "1.0",
  "kind": "role",
  "records": [
    {"externalOpportunityId":"A-1","leadId":1002,"role":"Buyer/Seller","createdAt":"[NOW]","isPrimary":false,"marketoGUID":"[GUID 1]","updatedAt":"[NOW]"}
  ]
}

"#]]);
}

#[test]
fn what_a_terminal_would_obey_is_written_out() {
    let project = applied();
    project.run("get opportunity A-2").shows(str![[r#"
exit: 0
---- stdout
opportunity A-2
  createdAt              [NOW]
  externalOpportunityId  A-2
  marketoGUID            [GUID 1]
  name                   \e[31mred\e[0m \u{202e}
  updatedAt              [NOW]

"#]]);
    project.edit("pipeline/main.yaml", "\\u202e", "\\u202d");
    project.run("plan --color always").shows(str![[r#"
exit: 0
---- stdout
[ESC][1mMarketo[ESC][0m [ESC][1mlocal[ESC][0m (simulator)   plan [DIGITS]

[ESC][1mpipeline/main.yaml[ESC][0m
  [ESC][33m~[ESC][0m opportunity A-2  "\e[31mred\e[0m \u{202d}"  [ESC][2m:12[ESC][0m
      name  [ESC][31m\e[31mred\e[0m \u{202e}[ESC][0m → [ESC][32m\e[31mred\e[0m \u{202d}[ESC][0m

[ESC][1mPlan:[ESC][0m 1 to update; 3 unchanged.  Apply needs 1 call.
[ESC][2mRead 2 opportunities, 2 roles in 6 calls; the apply is 0.002 % of 50,000 a day (49,982 left today).[ESC][0m

"#]]);
}

#[test]
fn what_is_not_there_is_told() {
    let project = applied();
    project.run("get opportunity A-1 A-3 --format json").shows(str![[r#"
exit: 1
---- stdout
{
  "version": 1,
  "format_version": "1.0",
  "kind": "opportunity",
  "records": [
    {"externalOpportunityId":"A-1","amount":1604.47,"createdAt":"[NOW]","description":"two\nlines\n","marketoGUID":"[GUID 1]","name":"Chairs","updatedAt":"[NOW]"}
  ]
}
---- stderr
not found in local: opportunity A-3

"#]]);
    project.run("get opportunity A-3").shows(str![[r#"
exit: 1
---- stderr
not found in local: opportunity A-3

"#]]);
    project.run("get role A-2").shows(str![[r#"
exit: 1
---- stderr
not found in local: any role of A-2

"#]]);
    project.run("get role A-1/1001/Buyer").shows(str![[r#"
exit: 1
---- stderr
not found in local: role A-1 / 1001 / Buyer

"#]]);
    project
        .run("get role A-1/nobody@example.com/Champion")
        .shows(str![[r#"
exit: 1
---- stderr
error: no lead of local has the e-mail address nobody@example.com

"#]]);
    project
        .run("get role A-1/twin@example.com/Champion")
        .shows(str![[r#"
exit: 1
---- stderr
error: more than one lead of local has the e-mail address twin@example.com
  hint: name one by its id: 1004, 1005

"#]]);
    project.run("get role A-1/ada/Champion").shows(str![[r#"
exit: 1
---- stderr
not found in local: any role of A-1/ada/Champion

"#]]);
}

#[test]
fn looking_changes_nothing() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    for command in [
        "plan",
        "describe",
        "get opportunity A-1",
        "get role A-1",
        "validate",
    ] {
        drop(project.run(command));
    }
    let writes = [CallOperation::Sync, CallOperation::Delete];
    assert_eq!(
        marketo
            .calls()
            .iter()
            .find(|call| writes.contains(&call.operation)),
        None
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let project = Project::example("large");
    for args in [
        &["plan", "--verbose"][..],
        &["schema", "manifest"],
        &["describe"],
    ] {
        let mut child = project
            .command(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the binary ends");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
    }
}

#[test]
fn an_apply_goes_on_when_its_reader_goes_away() {
    let project = Project::simulated(MANIFEST);
    let mut child = project
        .command(&["apply", "--yes", "--quiet"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    drop(child.stdout.take());
    let status = child.wait().expect("the binary ends");
    assert_eq!(status.code(), Some(0));
    project.assert_plan_empty();
}
