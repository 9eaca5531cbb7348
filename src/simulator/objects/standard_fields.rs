//! The fields that every instance has.

use super::field::{DataType, Field};

pub(in crate::simulator) const GUID: &str = "marketoGUID";

pub(in crate::simulator) const OPPORTUNITY_FIELDS: &[Field] = &[
    Field::string(GUID, "Marketo GUID", 36).system(),
    Field::new("createdAt", "Created At", DataType::Datetime).system(),
    Field::new("updatedAt", "Updated At", DataType::Datetime).system(),
    Field::string("externalOpportunityId", "External Opportunity Id", 50)
        .fixed()
        .schema_display("SFDC Oppty Id"),
    Field::string("name", "Name", 255),
    Field::string("description", "Description", 2000),
    Field::string("type", "Type", 255),
    Field::string("stage", "Stage", 255),
    // From here on the documentation gives names; types and lengths are what their use implies.
    Field::new("amount", "Amount", DataType::Currency),
    Field::new("expectedRevenue", "Expected Revenue", DataType::Currency),
    Field::new("probability", "Probability", DataType::Percent),
    Field::new("quantity", "Quantity", DataType::Float),
    Field::new("closeDate", "Close Date", DataType::Date),
    Field::new("lastActivityDate", "Last Activity Date", DataType::Date),
    Field::string("fiscal", "Fiscal", 255),
    Field::new("fiscalQuarter", "Fiscal Quarter", DataType::Integer),
    Field::new("fiscalYear", "Fiscal Year", DataType::Integer),
    Field::string("forecastCategory", "Forecast Category", 255),
    Field::string("forecastCategoryName", "Forecast Category Name", 255),
    Field::new("isClosed", "Is Closed", DataType::Boolean),
    Field::new("isWon", "Is Won", DataType::Boolean),
    Field::string("leadSource", "Lead Source", 255),
    Field::string("nextStep", "Next Step", 255),
    Field::new(
        "externalCreatedDate",
        "External Created Date",
        DataType::Datetime,
    ),
    Field::string("externalCompanyId", "External Company Id", 100),
    Field::string("externalSalesPersonId", "External Sales Person Id", 100),
    // In Adobe's samples but in no list of standard fields.
    Field::string("source", "Source", 255).custom(),
];

pub(in crate::simulator) const ROLE_FIELDS: &[Field] = &[
    Field::string(GUID, "Marketo GUID", 36).system(),
    Field::string("externalOpportunityId", "External Opportunity Id", 50).fixed(),
    Field::new("leadId", "Lead Id", DataType::Integer).fixed(),
    Field::string("role", "Role", 50).fixed(),
    Field::new("isPrimary", "Is Primary", DataType::Boolean),
    Field::new(
        "externalCreatedDate",
        "External Created Date",
        DataType::Datetime,
    ),
    // Answered by queries, though describe does not list them.
    Field::new("createdAt", "Created At", DataType::Datetime)
        .system()
        .undescribed(),
    Field::new("updatedAt", "Updated At", DataType::Datetime)
        .system()
        .undescribed(),
];

pub(in crate::simulator) const LEAD_FIELDS: &[Field] = &[
    Field::new("id", "Id", DataType::Integer).system(),
    Field::new("createdAt", "Created At", DataType::Datetime).system(),
    Field::new("updatedAt", "Updated At", DataType::Datetime).system(),
    Field::new("leadPartitionId", "Lead Partition Id", DataType::Integer).system(),
    email(),
    Field::string("firstName", "First Name", 255),
    Field::string("middleName", "Middle Name", 255),
    Field::string("lastName", "Last Name", 255),
    Field::string("salutation", "Salutation", 255),
    Field::string("company", "Company Name", 255),
    Field::string("title", "Job Title", 255),
    Field::string("department", "Department", 255),
    Field::new("phone", "Phone Number", DataType::Phone),
    Field::new("mobilePhone", "Mobile Phone Number", DataType::Phone),
    Field::new("website", "Website", DataType::Url),
    Field::string("address", "Address", 2000),
    Field::string("city", "City", 255),
    Field::string("state", "State", 255),
    Field::string("postalCode", "Postal Code", 255),
    Field::string("country", "Country", 255),
    Field::string("leadSource", "Lead Source", 255),
    Field::new("unsubscribed", "Unsubscribed", DataType::Boolean),
    Field::string("facebookId", "Facebook Id", 255),
    Field::string("linkedInId", "LinkedIn Id", 255),
    Field::string("twitterId", "Twitter Id", 255),
    Field::string("sfdcAccountId", "SFDC Account Id", 255),
    Field::string("sfdcContactId", "SFDC Contact Id", 255),
    Field::string("sfdcLeadId", "SFDC Lead Id", 255),
    Field::string("sfdcLeadOwnerId", "SFDC Lead Owner Id", 255),
    Field::string("sfdcOpptyId", "SFDC Oppty Id", 255),
];

const fn email() -> Field {
    let mut field = Field::new("email", "Email Address", DataType::Email);
    field.length = Some(255);
    field
}
