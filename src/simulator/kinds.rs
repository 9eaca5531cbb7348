//! The simulator's own table of Marketo objects: what differs between them is a member here.
//!
//! Sources: Adobe REST documentation, "Opportunities", "Opportunity Roles", "Leads", and their
//! describe replies. Types and lengths that no page states are marked in `FIELDS` below.

use std::borrow::Cow;

use super::answers::Answers;
use super::users::Permission;
use super::value::DataType;

/// One object type.
pub(super) struct Object {
    /// Its name in describe replies, in the schema file and in the store.
    pub name: &'static str,
    pub display: &'static str,
    /// The path of its records below `/rest/v1/`.
    pub path: &'static str,
    /// The field that Marketo numbers records by.
    pub id: &'static str,
    /// The dedupe fields.
    pub key: &'static [&'static str],
    /// What queries may filter by, besides the key as a whole and custom fields.
    pub searchable: &'static [&'static str],
    /// The data types of custom fields that queries may filter by.
    pub searchable_customs: &'static [DataType],
    /// Fields that are neither the key nor the id, and have an index in the store.
    pub indexed: &'static [&'static str],
    /// Fields that may not be null.
    pub required: &'static [&'static str],
    /// Parts of the key that name a record that must exist.
    pub references: &'static [Reference],
    /// Objects whose records keep one of this object from being deleted.
    pub dependents: &'static [Dependent],
    /// Fields that name records which the simulator knows by their ids alone.
    pub links: &'static [Link],
    /// A flag that one record of a group should have, and the field that they share.
    pub single: Option<(&'static str, &'static str)>,
    /// Which permission reads and which writes it; the latter also reads.
    pub reader: Permission,
    pub writer: Permission,
    /// What native CRM sync does to it.
    pub under_crm: UnderCrm,
    /// Fields that a query answers when it asks for none, besides the filter's own.
    pub defaults: &'static [&'static str],
    /// How its query replies look.
    pub rows: Rows,
    pub fields: &'static [Field],
}

/// How rows of a query reply look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    /// With `seq` and the id; a field without a value is left out.
    Numbered,
    /// Only what was asked for, with `null`; more matches than `most` are refused.
    Plain { most: usize },
}

/// What native CRM sync does to an object. Source: Adobe REST documentation, "Opportunities" and
/// "Opportunity Roles".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnderCrm {
    Unchanged,
    ReadOnly,
    NotExposed,
}

/// A field that holds the single-part key of another object.
pub(super) struct Reference {
    pub field: &'static str,
    pub object: &'static Object,
    /// The code for a record that is not there.
    pub missing: fn(&Answers) -> &'static str,
}

/// A field that holds the id of something without endpoints here.
pub(super) struct Link {
    pub field: &'static str,
    pub to: Linked,
}

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Linked {
    Company,
    SalesPerson,
}

/// Another object's indexed field that holds this object's key.
pub(super) struct Dependent {
    pub object: &'static Object,
    pub field: &'static str,
}

/// One field of an object, standard or custom.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub name: Cow<'static, str>,
    pub display: Cow<'static, str>,
    /// The name that the schema endpoint shows where it differs.
    pub schema_display: Option<&'static str>,
    pub description: Option<String>,
    pub data_type: DataType,
    pub length: Option<u32>,
    pub updateable: bool,
    /// Written by Marketo only.
    pub system: bool,
    /// Whether describe lists it.
    pub described: bool,
    pub custom: bool,
    pub hidden: bool,
    pub sensitive: bool,
    pub html_encoding: bool,
    pub api_created: bool,
}

impl Object {
    /// Whether a field is text and part of the key.
    pub(super) fn is_text_key(&self, name: &str) -> bool {
        let named = |field: &&Field| field.name == name && field.data_type == DataType::String;
        self.key.contains(&name) && self.fields.iter().any(|field| named(&field))
    }
}

impl Field {
    const fn new(name: &'static str, display: &'static str, data_type: DataType) -> Self {
        Self {
            name: Cow::Borrowed(name),
            display: Cow::Borrowed(display),
            schema_display: None,
            description: None,
            data_type,
            length: None,
            updateable: true,
            system: false,
            described: true,
            custom: false,
            hidden: false,
            sensitive: false,
            html_encoding: true,
            api_created: false,
        }
    }

    const fn string(name: &'static str, display: &'static str, length: u32) -> Self {
        let mut field = Self::new(name, display, DataType::String);
        field.length = Some(length);
        field
    }

    const fn fixed(mut self) -> Self {
        self.updateable = false;
        self
    }

    const fn system(mut self) -> Self {
        self.system = true;
        self.fixed()
    }

    const fn undescribed(mut self) -> Self {
        self.described = false;
        self
    }

    const fn custom(mut self) -> Self {
        self.custom = true;
        self
    }

    const fn schema_display(mut self, display: &'static str) -> Self {
        self.schema_display = Some(display);
        self
    }
}

/// Every object that has the opportunity pattern of endpoints, and leads.
pub(super) static OBJECTS: [&Object; 3] = [&OPPORTUNITY, &ROLE, &LEAD];

pub(super) static OPPORTUNITY: Object = Object {
    name: "opportunity",
    display: "Opportunity",
    path: "opportunities",
    id: GUID,
    key: &["externalOpportunityId"],
    // The last two: seen on a live instance, not in the documentation's sample.
    searchable: &[GUID, "externalCompanyId", "externalSalesPersonId"],
    // Source: Adobe REST documentation, "Opportunities", section "Query".
    searchable_customs: &[DataType::String, DataType::Integer],
    indexed: &["externalCompanyId", "externalSalesPersonId"],
    required: &["name"],
    references: &[],
    dependents: &[Dependent {
        object: &ROLE,
        field: "externalOpportunityId",
    }],
    links: &[
        Link {
            field: "externalCompanyId",
            to: Linked::Company,
        },
        Link {
            field: "externalSalesPersonId",
            to: Linked::SalesPerson,
        },
    ],
    single: None,
    reader: Permission::ReadOpportunity,
    writer: Permission::WriteOpportunity,
    under_crm: UnderCrm::ReadOnly,
    defaults: &["externalOpportunityId", "createdAt", "updatedAt"],
    rows: Rows::Numbered,
    fields: OPPORTUNITY_FIELDS,
};

pub(super) static ROLE: Object = Object {
    name: "opportunityRole",
    display: "Opportunity Role",
    path: "opportunities/roles",
    id: GUID,
    key: &["externalOpportunityId", "leadId", "role"],
    searchable: &[GUID, "leadId", "externalOpportunityId"],
    searchable_customs: &[],
    indexed: &["leadId", "externalOpportunityId"],
    required: &[],
    references: &[
        Reference {
            field: "leadId",
            object: &LEAD,
            missing: |answers| answers.role_unknown_lead.value(),
        },
        Reference {
            field: "externalOpportunityId",
            object: &OPPORTUNITY,
            missing: |answers| answers.role_unknown_opportunity.value(),
        },
    ],
    dependents: &[],
    links: &[],
    single: Some(("isPrimary", "externalOpportunityId")),
    reader: Permission::ReadOpportunity,
    writer: Permission::WriteOpportunity,
    under_crm: UnderCrm::NotExposed,
    defaults: &[
        "externalOpportunityId",
        "leadId",
        "role",
        "createdAt",
        "updatedAt",
    ],
    rows: Rows::Numbered,
    fields: ROLE_FIELDS,
};

pub(super) static LEAD: Object = Object {
    name: "lead",
    display: "Lead",
    path: "leads",
    id: "id",
    key: &["id"],
    // Source: Adobe REST documentation, "Leads", section "Query".
    searchable: &[
        "email",
        "facebookId",
        "leadPartitionId",
        "linkedInId",
        "sfdcAccountId",
        "sfdcContactId",
        "sfdcLeadId",
        "sfdcLeadOwnerId",
        "sfdcOpptyId",
        "twitterId",
    ],
    searchable_customs: &[DataType::String, DataType::Email, DataType::Integer],
    indexed: &["email"],
    required: &[],
    references: &[],
    dependents: &[],
    links: &[],
    single: None,
    reader: Permission::ReadLead,
    writer: Permission::WriteLead,
    under_crm: UnderCrm::Unchanged,
    defaults: &[
        "id",
        "email",
        "updatedAt",
        "createdAt",
        "firstName",
        "lastName",
    ],
    rows: Rows::Plain { most: 1000 },
    fields: LEAD_FIELDS,
};

const GUID: &str = "marketoGUID";

const OPPORTUNITY_FIELDS: &[Field] = &[
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

const ROLE_FIELDS: &[Field] = &[
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

const LEAD_FIELDS: &[Field] = &[
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
