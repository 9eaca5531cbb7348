//! The simulator's own table of Marketo objects. Everything that differs between them is a member
//! of [`ObjectType`].
//!
//! Source: Adobe REST documentation, "Opportunities", "Opportunity Roles", "Leads", and their
//! describe replies; for fields see `standard_fields`.

use super::crm::UnderCrm;
use super::field::{FieldType, ObjectField};
use super::permission::Permission;
use super::standard_fields::{GUID, LEAD_FIELDS, OPPORTUNITY_FIELDS, ROLE_FIELDS, SAMPLE_FIELDS};
use crate::simulator::answers::Answers;

/// An object.
pub(in crate::simulator) struct ObjectType {
    /// The name in describe replies, in the schema file and in the store.
    pub name: &'static str,
    pub display: &'static str,
    /// The description in describe replies.
    pub description: &'static str,
    /// The path of its records below `/rest/v1/`.
    pub path: &'static str,
    /// The field with the id that Marketo assigns.
    pub id: &'static str,
    /// The dedupe fields.
    pub key: &'static [&'static str],
    /// The fields that queries can filter by, besides the whole key and custom fields.
    pub searchable: &'static [&'static str],
    /// The data types of custom fields that queries can filter by.
    pub searchable_customs: &'static [FieldType],
    /// Fields besides key and id that have an index in the store.
    pub indexed: &'static [&'static str],
    /// Fields that cannot be null.
    pub required: &'static [&'static str],
    /// Parts of the key that refer to a record of another object.
    pub references: &'static [Reference],
    /// Objects whose records refer to records of this object, and so can prevent their deletion.
    pub dependents: &'static [Dependent],
    /// Fields that refer to records of which the simulator knows only the ids.
    pub links: &'static [Link],
    /// A flag that only one record of a group should have, and the field that defines the group.
    pub single: Option<(&'static str, &'static str)>,
    /// The permission for reading. `writer` also permits reading.
    pub reader: Permission,
    pub writer: Permission,
    /// The effect of native CRM sync.
    pub under_crm: UnderCrm,
    /// Fields that a query returns if it names none; the field of the filter is added.
    pub defaults: &'static [&'static str],
    /// The fields in the sample of such a query.
    pub sample_defaults: &'static [&'static str],
    /// Whether a boolean that was never written is `false`, and not null.
    pub unset_is_false: bool,
    /// The style of rows in replies.
    pub rows: RowStyle,
    pub fields: &'static [ObjectField],
    /// Fields that only samples have.
    pub sample_fields: &'static [ObjectField],
}

/// The style of rows in replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum RowStyle {
    /// With `seq` and the id.
    Numbered,
    /// Only the requested fields, `null` for a field without a value. A query with more than `most`
    /// matches is refused.
    Plain { most: usize },
}

/// A field with the single-part key of another object.
pub(in crate::simulator) struct Reference {
    pub field: &'static str,
    pub object: &'static ObjectType,
    /// The code if the record does not exist.
    pub missing: fn(&Answers) -> &'static str,
}

/// A field with the id of a record that has no endpoints in the simulator.
pub(in crate::simulator) struct Link {
    pub field: &'static str,
    pub to: LinkTarget,
}

/// The kind of record that a link refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum LinkTarget {
    Company,
    SalesPerson,
}

/// An indexed field of another object with this object's key.
pub(in crate::simulator) struct Dependent {
    pub object: &'static ObjectType,
    pub field: &'static str,
}

impl ObjectType {
    /// Whether a field is part of the key and a string.
    pub(in crate::simulator) fn is_text_key(&self, name: &str) -> bool {
        let mut fields = self.fields.iter();
        self.key.contains(&name)
            && fields.any(|field| field.name == name && field.data_type == FieldType::String)
    }
}

/// All objects.
pub(in crate::simulator) static OBJECTS: [&ObjectType; 3] = [&OPPORTUNITY, &ROLE, &LEAD];

pub(in crate::simulator) static OPPORTUNITY: ObjectType = ObjectType {
    name: "opportunity",
    display: "Opportunity",
    description: "Marketo Opportunity",
    path: "opportunities",
    id: GUID,
    key: &["externalOpportunityId"],
    // The documentation's sample does not have the last two; live instances do.
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
    sample_defaults: &[
        "externalOpportunityId",
        "name",
        "description",
        "amount",
        "source",
    ],
    unset_is_false: false,
    rows: RowStyle::Numbered,
    fields: OPPORTUNITY_FIELDS,
    sample_fields: SAMPLE_FIELDS,
};

pub(in crate::simulator) static ROLE: ObjectType = ObjectType {
    name: "opportunityRole",
    display: "Opportunity Role",
    description: "Marketo Opportunity Person Role",
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
    // The page has no such sample, and says that the reply is like that for opportunities.
    sample_defaults: &["externalOpportunityId", "leadId", "role"],
    unset_is_false: true,
    rows: RowStyle::Numbered,
    fields: ROLE_FIELDS,
    sample_fields: &[],
};

pub(in crate::simulator) static LEAD: ObjectType = ObjectType {
    name: "lead",
    display: "Lead",
    // There is no describe for leads.
    description: "",
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
    sample_defaults: &[
        "id",
        "email",
        "updatedAt",
        "createdAt",
        "firstName",
        "lastName",
    ],
    unset_is_false: true,
    rows: RowStyle::Plain { most: 1000 },
    fields: LEAD_FIELDS,
    sample_fields: &[],
};
