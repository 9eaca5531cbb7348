//! The simulator's own table of Marketo objects: what differs between them is a member here.
//!
//! Sources: Adobe REST documentation, "Opportunities", "Opportunity Roles", "Leads", and their
//! describe replies. Types and lengths that no page states are marked in `FIELDS` below.

use super::crm::UnderCrm;
use super::field::{FieldType, ObjectField};
use super::permission::Permission;
use super::standard_fields::{GUID, LEAD_FIELDS, OPPORTUNITY_FIELDS, ROLE_FIELDS};
use crate::simulator::answers::Answers;

/// One object type.
pub(in crate::simulator) struct ObjectType {
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
    pub searchable_customs: &'static [FieldType],
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
    pub rows: RowStyle,
    pub fields: &'static [ObjectField],
}

/// How rows of a query reply look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum RowStyle {
    /// With `seq` and the id; a field without a value is left out.
    Numbered,
    /// Only what was asked for, with `null`; more matches than `most` are refused.
    Plain { most: usize },
}

/// A field that holds the single-part key of another object.
pub(in crate::simulator) struct Reference {
    pub field: &'static str,
    pub object: &'static ObjectType,
    /// The code for a record that is not there.
    pub missing: fn(&Answers) -> &'static str,
}

/// A field that holds the id of something without endpoints here.
pub(in crate::simulator) struct Link {
    pub field: &'static str,
    pub to: LinkTarget,
}

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum LinkTarget {
    Company,
    SalesPerson,
}

/// Another object's indexed field that holds this object's key.
pub(in crate::simulator) struct Dependent {
    pub object: &'static ObjectType,
    pub field: &'static str,
}

impl ObjectType {
    /// Whether a field is text and part of the key.
    pub(in crate::simulator) fn is_text_key(&self, name: &str) -> bool {
        let named =
            |field: &&ObjectField| field.name == name && field.data_type == FieldType::String;
        self.key.contains(&name) && self.fields.iter().any(|field| named(&field))
    }
}

/// Every object that has the opportunity pattern of endpoints, and leads.
pub(in crate::simulator) static OBJECTS: [&ObjectType; 3] = [&OPPORTUNITY, &ROLE, &LEAD];

pub(in crate::simulator) static OPPORTUNITY: ObjectType = ObjectType {
    name: "opportunity",
    display: "Opportunity",
    path: "opportunities",
    id: GUID,
    key: &["externalOpportunityId"],
    // The last two: seen on a live instance, not in the documentation's sample.
    searchable: &[GUID, "externalCompanyId", "externalSalesPersonId"],
    // Source: Adobe REST documentation, "Opportunities", section "Query".
    searchable_customs: &[FieldType::String, FieldType::Integer],
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
            to: LinkTarget::Company,
        },
        Link {
            field: "externalSalesPersonId",
            to: LinkTarget::SalesPerson,
        },
    ],
    single: None,
    reader: Permission::ReadOpportunity,
    writer: Permission::WriteOpportunity,
    under_crm: UnderCrm::ReadOnly,
    defaults: &["externalOpportunityId", "createdAt", "updatedAt"],
    rows: RowStyle::Numbered,
    fields: OPPORTUNITY_FIELDS,
};

pub(in crate::simulator) static ROLE: ObjectType = ObjectType {
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
    rows: RowStyle::Numbered,
    fields: ROLE_FIELDS,
};

pub(in crate::simulator) static LEAD: ObjectType = ObjectType {
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
    searchable_customs: &[FieldType::String, FieldType::Email, FieldType::Integer],
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
    rows: RowStyle::Plain { most: 1000 },
    fields: LEAD_FIELDS,
};
