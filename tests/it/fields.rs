//! `oppctl fields`: what an instance knows of its fields beyond describe.

use oppctl::model::kind::KINDS;
use oppctl::simulator::{CallOperation, Fault};
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::Marketo;

const MANIFEST: &str =
    "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs }\n";

const SCHEMA: &str = "\
opportunity:
  fields:
    - { name: salary, displayName: Salary, description: Of the buyer, dataType: currency, isSensitive: true }
    - { name: region, dataType: string, length: 40, isHidden: true }
";

#[test]
fn all_fields_are_listed() {
    let marketo = Marketo::schema(SCHEMA);
    marketo.project(MANIFEST).run("fields").shows(str![[r#"
exit: 0
---- stdout
company

 field                  type      length  custom  hidden  sensitive  API-created  display name           description
 company                string    255     no      no      no         no           Company Name
 site                   string    255     no      no      no         no           Site
 website                string    255     no      no      no         no           Website
 mainPhone              string    255     no      no      no         no           Main Phone
 annualRevenue          currency          no      no      no         no           Annual Revenue
 numberOfEmployees      integer           no      no      no         no           Num Employees
 industry               string    255     no      no      no         no           Industry
 sicCode                string    40      no      no      no         no           SIC Code
 billingStreet          string    2000    no      no      no         no           Billing Address
 billingCity            string    255     no      no      no         no           Billing City
 billingState           string    255     no      no      no         no           Billing State
 billingCountry         string    255     no      no      no         no           Billing Country
 billingPostalCode      string    255     no      no      no         no           Billing Postal Code
 companyNotes           text              no      no      no         no           Company Notes
 externalCompanyId      string    50      no      no      no         no           External Company Id
 externalSalesPersonId  string    50      no      no      no         no           externalSalesPersonId
 jigsawCompanyId        string    50      no      no      no         no           jigsawCompanyId
 jigsawCompanyStatus    string    50      no      no      no         no           jigsawCompanyStatus
 createdAt              datetime          no      no      no         no           Created At
 id                     integer           no      no      no         no           Id
 updatedAt              datetime          no      no      no         no           Updated At

opportunity

 field                  type      length  custom  hidden  sensitive  API-created  display name              description
 externalOpportunityId  string    50      no      no      no         no           SFDC Oppty Id
 name                   string    255     no      no      no         no           Name
 description            string    2000    no      no      no         no           Description
 type                   string    255     no      no      no         no           Type
 stage                  string    255     no      no      no         no           Stage
 amount                 currency          no      no      no         no           Amount
 expectedRevenue        currency          no      no      no         no           Expected Revenue
 probability            integer           no      no      no         no           Probability
 quantity               float             no      no      no         no           Quantity
 closeDate              date              no      no      no         no           Close Date
 lastActivityDate       date              no      no      no         no           Last Activity Date
 fiscal                 string    255     no      no      no         no           Fiscal
 fiscalQuarter          integer           no      no      no         no           Fiscal Quarter
 fiscalYear             integer           no      no      no         no           Fiscal Year
 forecastCategoryName   string    255     no      no      no         no           Forecast Category Name
 isClosed               boolean           no      no      no         no           Is Closed
 isWon                  boolean           no      no      no         no           Is Won
 leadSource             string    255     no      no      no         no           Lead Source
 nextStep               string    255     no      no      no         no           Next Step
 externalCreatedDate    datetime          no      no      no         no           External Created Date
 externalCompanyId      string    50      no      no      no         no           External Company Id
 externalSalesPersonId  string    50      no      no      no         no           External Sales Person Id
 salary                 currency          yes     no      yes        no           Salary                    Of the buyer
 region                 string    40      yes     yes     no         no           region
 marketoGUID            string    36      no      no      no         no           Marketo GUID
 createdAt              datetime          no      no      no         no           Created At
 updatedAt              datetime          no      no      no         no           Updated At

"#]]);
    let kinds = KINDS.iter().filter(|kind| kind.field_schema.is_some());
    assert_eq!(marketo.answered(CallOperation::Schema), kinds.count());
}

#[test]
fn one_field_is_shown() {
    let marketo = Marketo::schema(SCHEMA);
    let project = marketo.project(MANIFEST);
    project.run("fields region").shows(str![[r#"
exit: 0
---- stdout
opportunity

 field   type    length  custom  hidden  sensitive  API-created  display name  description
 region  string  40      yes     yes     no         no           region

"#]]);
    project.run("fields salary --format json").shows(str![[r#"
exit: 0
---- stdout
{
  "version": 1,
  "format_version": "1.0",
  "kinds": [
    {
      "kind": "opportunity",
      "fields": [
        {
          "name": "salary",
          "displayName": "Salary",
          "description": "Of the buyer",
          "dataType": "currency",
          "isCustom": true,
          "isHidden": false,
          "isSensitive": true,
          "isApiCreated": false,
          "isHtmlEncodingInEmail": true
        }
      ]
    }
  ]
}

"#]]);
}

#[test]
fn a_field_that_is_not_there_is_told_with_what_was_meant() {
    let marketo = Marketo::schema(SCHEMA);
    let project = marketo.project(MANIFEST);
    project.run("fields Salery").shows(str![[r#"
exit: 1
---- stderr
error: production has no field `Salery`
  hint: did you mean `salary`?

"#]]);
    project.run("fields budget").shows(str![[r#"
exit: 1
---- stderr
error: production has no field `budget`
  hint: `oppctl fields` without a name lists all

"#]]);
}

#[test]
fn a_missing_permission_is_named() {
    let marketo = Marketo::start();
    let denied = Fault::code("603").on(CallOperation::Schema);
    marketo.fault(denied.times(9));
    marketo.project(MANIFEST).run("fields").shows(str![[r#"
exit: 8
---- stderr
error: fields of companies: access denied (the API user's role needs "Read-Write Schema Standard Field" and "Read-Write Schema Custom Field"): 603 "Access denied", request [REQUEST]
  hint: add the permission to the API user's role, or add this machine's address to the IP allowlist of the instance; if both are right, make sure that no proxy removes the Authorization header

"#]]);
}
