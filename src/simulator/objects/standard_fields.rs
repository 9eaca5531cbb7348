//! The standard fields of every instance.
//!
//! Source: describe replies of a live instance, which nuxeo/mkto-pd-sync-app has in `tests/resources` (October and December
//! 2016), and Adobe REST documentation, "Opportunities", "Opportunity Roles", "Companies", "Sales Persons", "Leads". Where the two differ, a switch decides.

use super::field::{FieldType, ObjectField};
use crate::simulator::answers::{
    AmountType, Answers, BillingFields, CompanyIdLength, ProbabilityType, RoleKeyFields,
    SalesPersonEmail, SalesPersonIdLength, WebsiteType,
};

pub(in crate::simulator) const GUID: &str = "marketoGUID";

pub(in crate::simulator) const OPPORTUNITY_FIELDS: &[ObjectField] = &[
    ObjectField::string(GUID, "Marketo GUID", 36).system(),
    ObjectField::new("createdAt", "Created At", FieldType::Datetime).system(),
    ObjectField::new("updatedAt", "Updated At", FieldType::Datetime).system(),
    ObjectField::string("externalOpportunityId", "External Opportunity Id", 50)
        .fixed()
        .schema_display("SFDC Oppty Id"),
    ObjectField::string("name", "Name", 255),
    ObjectField::string("description", "Description", 2000),
    ObjectField::string("type", "Type", 255),
    ObjectField::string("stage", "Stage", 255),
    // The documentation gives only the names of the following fields.
    ObjectField::new("amount", "Amount", FieldType::Currency).switched(amount_type),
    ObjectField::new("expectedRevenue", "Expected Revenue", FieldType::Currency)
        .switched(amount_type),
    ObjectField::new("probability", "Probability", FieldType::Integer).switched(
        |answers, field| {
            field.data_type = match answers.probability_type {
                ProbabilityType::Percent => FieldType::Percent,
                ProbabilityType::Integer => FieldType::Integer,
            };
        },
    ),
    ObjectField::new("quantity", "Quantity", FieldType::Float),
    ObjectField::new("closeDate", "Close Date", FieldType::Date),
    ObjectField::new("lastActivityDate", "Last Activity Date", FieldType::Date),
    ObjectField::string("fiscal", "Fiscal", 255),
    ObjectField::new("fiscalQuarter", "Fiscal Quarter", FieldType::Integer),
    ObjectField::new("fiscalYear", "Fiscal Year", FieldType::Integer),
    ObjectField::string("forecastCategoryName", "Forecast Category Name", 255),
    ObjectField::new("isClosed", "Is Closed", FieldType::Boolean),
    ObjectField::new("isWon", "Is Won", FieldType::Boolean),
    ObjectField::string("leadSource", "Lead Source", 255),
    ObjectField::string("nextStep", "Next Step", 255),
    ObjectField::new(
        "externalCreatedDate",
        "External Created Date",
        FieldType::Datetime,
    ),
    ObjectField::string("externalCompanyId", "External Company Id", 50)
        .switched(external_id_length),
    ObjectField::string("externalSalesPersonId", "External Sales Person Id", 50)
        .switched(external_id_length),
];

fn amount_type(answers: &Answers, field: &mut ObjectField) {
    field.data_type = match answers.amount_type {
        AmountType::Currency => FieldType::Currency,
        AmountType::Float => FieldType::Float,
    };
}

fn external_id_length(answers: &Answers, field: &mut ObjectField) {
    field.length = Some(match answers.company_id_length {
        CompanyIdLength::Hundred => 100,
        CompanyIdLength::Fifty => 50,
    });
}

/// The fields that pages show and that no live instance had: an older page lists the first, samples use the second.
pub(in crate::simulator) const SAMPLE_FIELDS: &[ObjectField] = &[
    ObjectField::string("forecastCategory", "Forecast Category", 255),
    ObjectField::string("source", "Source", 255).custom(),
];

pub(in crate::simulator) const ROLE_FIELDS: &[ObjectField] = &[
    ObjectField::string(GUID, "Marketo GUID", 36).system(),
    ObjectField::new(
        "externalOpportunityId",
        "External Opportunity Id",
        FieldType::String,
    )
    .switched(text_of_role_key),
    ObjectField::new("leadId", "Lead Id", FieldType::Integer).switched(role_key),
    ObjectField::string("role", "Role", 255).switched(text_of_role_key),
    ObjectField::new("isPrimary", "Is Primary", FieldType::Boolean),
    ObjectField::new(
        "externalCreatedDate",
        "External Created Date",
        FieldType::Datetime,
    ),
    ObjectField::new("createdAt", "Created At", FieldType::Datetime)
        .system()
        .unsampled(),
    ObjectField::new("updatedAt", "Updated At", FieldType::Datetime)
        .system()
        .unsampled(),
];

pub(in crate::simulator) const COMPANY_FIELDS: &[ObjectField] = &[
    ObjectField::new("createdAt", "Created At", FieldType::Datetime).system(),
    ObjectField::new("id", "Id", FieldType::Integer).system(),
    ObjectField::new("updatedAt", "Updated At", FieldType::Datetime).system(),
    ObjectField::string("company", "Company Name", 255),
    ObjectField::string("site", "Site", 255),
    ObjectField::string("website", "Website", 255).switched(|answers, field| {
        field.data_type = match answers.website_type {
            WebsiteType::String => FieldType::String,
            WebsiteType::Url => FieldType::Url,
        };
    }),
    ObjectField::string("mainPhone", "Main Phone", 255),
    ObjectField::new("annualRevenue", "Annual Revenue", FieldType::Currency).unencoded(),
    ObjectField::new("numberOfEmployees", "Num Employees", FieldType::Integer),
    ObjectField::string("industry", "Industry", 255),
    ObjectField::string("sicCode", "SIC Code", 40),
    // Rows of a live instance have them, and its describe does not.
    ObjectField::string("billingStreet", "Billing Address", 2000).switched(billing_field),
    ObjectField::string("billingCity", "Billing City", 255).switched(billing_field),
    ObjectField::string("billingState", "Billing State", 255).switched(billing_field),
    ObjectField::string("billingCountry", "Billing Country", 255).switched(billing_field),
    ObjectField::string("billingPostalCode", "Billing Postal Code", 255).switched(billing_field),
    ObjectField::new("companyNotes", "Company Notes", FieldType::Text),
    ObjectField::string("externalCompanyId", "External Company Id", 50)
        .fixed()
        .switched(external_id_length),
    ObjectField::string("externalSalesPersonId", "externalSalesPersonId", 50)
        .switched(external_id_length),
    ObjectField::string("jigsawCompanyId", "jigsawCompanyId", 50),
    ObjectField::string("jigsawCompanyStatus", "jigsawCompanyStatus", 50),
];

pub(in crate::simulator) const SALES_PERSON_FIELDS: &[ObjectField] = &[
    ObjectField::new("id", "Marketo Id", FieldType::Integer).system(),
    ObjectField::new("createdAt", "Created At", FieldType::Datetime).system(),
    ObjectField::new("updatedAt", "Updated At", FieldType::Datetime).system(),
    ObjectField::string("email", "Email", 255).switched(|answers, field| {
        field.updateable = answers.sales_person_email == SalesPersonEmail::Updateable;
    }),
    ObjectField::string("externalSalesPersonId", "External Sales Person Id", 50)
        .fixed()
        .switched(|answers, field| {
            field.length = Some(match answers.sales_person_id_length {
                SalesPersonIdLength::Fifty => 50,
                SalesPersonIdLength::Page => 255,
            });
        }),
    // The page writes them, and its sample of describe does not list them.
    ObjectField::string("firstName", "First Name", 255).unsampled(),
    ObjectField::string("lastName", "Last Name", 255).unsampled(),
];

fn billing_field(answers: &Answers, field: &mut ObjectField) {
    field.described = answers.billing_fields == BillingFields::Described;
}

fn role_key(answers: &Answers, field: &mut ObjectField) {
    field.updateable = answers.role_key_fields == RoleKeyFields::Recorded;
}

fn text_of_role_key(answers: &Answers, field: &mut ObjectField) {
    role_key(answers, field);
    if !field.updateable {
        field.length = Some(50);
    }
}

pub(in crate::simulator) const LEAD_FIELDS: &[ObjectField] = &[
    ObjectField::new("id", "Id", FieldType::Integer).system(),
    ObjectField::new("createdAt", "Created At", FieldType::Datetime).system(),
    ObjectField::new("updatedAt", "Updated At", FieldType::Datetime).system(),
    ObjectField::new("leadPartitionId", "Lead Partition Id", FieldType::Integer).system(),
    email(),
    ObjectField::string("firstName", "First Name", 255),
    ObjectField::string("middleName", "Middle Name", 255),
    ObjectField::string("lastName", "Last Name", 255),
    ObjectField::string("salutation", "Salutation", 255),
    ObjectField::string("company", "Company Name", 255),
    ObjectField::string("title", "Job Title", 255),
    ObjectField::string("department", "Department", 255),
    ObjectField::new("phone", "Phone Number", FieldType::Phone),
    ObjectField::new("mobilePhone", "Mobile Phone Number", FieldType::Phone),
    ObjectField::new("website", "Website", FieldType::Url),
    ObjectField::string("site", "Site", 255),
    ObjectField::new("mainPhone", "Main Phone", FieldType::Phone),
    ObjectField::new("annualRevenue", "Annual Revenue", FieldType::Currency),
    ObjectField::new("numberOfEmployees", "Num Employees", FieldType::Integer),
    ObjectField::string("industry", "Industry", 255),
    ObjectField::string("sicCode", "SIC Code", 40),
    ObjectField::string("billingStreet", "Billing Address", 2000),
    ObjectField::string("billingCity", "Billing City", 255),
    ObjectField::string("billingState", "Billing State", 255),
    ObjectField::string("billingCountry", "Billing Country", 255),
    ObjectField::string("billingPostalCode", "Billing Postal Code", 255),
    ObjectField::string("externalCompanyId", "External Company Id", 50)
        .switched(external_id_length),
    ObjectField::string("externalSalesPersonId", "External Sales Person Id", 50)
        .switched(external_id_length),
    ObjectField::string("address", "Address", 2000),
    ObjectField::string("city", "City", 255),
    ObjectField::string("state", "State", 255),
    ObjectField::string("postalCode", "Postal Code", 255),
    ObjectField::string("country", "Country", 255),
    ObjectField::string("leadSource", "Lead Source", 255),
    ObjectField::new("unsubscribed", "Unsubscribed", FieldType::Boolean),
    ObjectField::string("facebookId", "Facebook Id", 255),
    ObjectField::string("linkedInId", "LinkedIn Id", 255),
    ObjectField::string("twitterId", "Twitter Id", 255),
    ObjectField::string("sfdcAccountId", "SFDC Account Id", 255),
    ObjectField::string("sfdcContactId", "SFDC Contact Id", 255),
    ObjectField::string("sfdcLeadId", "SFDC Lead Id", 255),
    ObjectField::string("sfdcLeadOwnerId", "SFDC Lead Owner Id", 255),
    ObjectField::string("sfdcOpptyId", "SFDC Oppty Id", 255),
];

/// The fields of a query of leads that names none.
pub(in crate::simulator) const LEAD_DEFAULTS: &[&str] = &[
    "id",
    "email",
    "updatedAt",
    "createdAt",
    "firstName",
    "lastName",
];

/// The fields that a lead has from its company.
pub(in crate::simulator) const LEAD_COMPANY_FIELDS: &[&str] = &[
    "company",
    "site",
    "website",
    "mainPhone",
    "annualRevenue",
    "numberOfEmployees",
    "industry",
    "sicCode",
    "billingStreet",
    "billingCity",
    "billingState",
    "billingCountry",
    "billingPostalCode",
];

const fn email() -> ObjectField {
    let mut field = ObjectField::new("email", "Email Address", FieldType::Email);
    field.length = Some(255);
    field
}
