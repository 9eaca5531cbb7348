//! The simulator's own table of Marketo objects. A further object of the same pattern is one more entry.
//!
//! Source: Adobe REST documentation, "Opportunities", "Opportunity Roles", "Companies", "Sales Persons", "Leads", and their
//! describe replies; for fields see `standard_fields`.

use super::crm::UnderCrm;
use super::field::FieldType;
use super::object_type::{
    Dependent, DependentRecords, Describe, DescribeStyle, FieldOrder, IdForm, Inherited, Listed,
    MissingTarget, ObjectType, QueryDefaults, Reference, RowStyle,
};
use super::permission::Permission;
use super::settled::{
    company_in_use, documented_use_of_sales_person, lead_links, missing_company, missing_record,
    missing_sales_person, opportunity_in_use, other_use_of_sales_person,
};
use super::standard_fields::{
    COMPANY_FIELDS, GUID, LEAD_COMPANY_FIELDS, LEAD_DEFAULTS, LEAD_FIELDS, OPPORTUNITY_FIELDS,
    ROLE_FIELDS, SALES_PERSON_FIELDS, SAMPLE_FIELDS,
};

/// All objects. Each is after those to which its records in a leads file can refer.
pub(in crate::simulator) static OBJECTS: [&ObjectType; 5] =
    [&OPPORTUNITY, &ROLE, &SALES_PERSON, &COMPANY, &LEAD];

pub(in crate::simulator) static COMPANY: ObjectType = ObjectType {
    name: "company",
    path: "companies",
    id: "id",
    id_form: IdForm::Number {
        counter: "last company",
    },
    key: &["externalCompanyId"],
    searchable: &[
        "id",
        "externalSalesPersonId",
        "jigsawCompanyId",
        "jigsawCompanyStatus",
        "company",
    ],
    also_searchable: |_| &[],
    searchable_customs: &[FieldType::String, FieldType::Integer],
    indexed: &["externalSalesPersonId", "company"],
    required: &[],
    references: &[Reference {
        field: "externalSalesPersonId",
        to: &SALES_PERSON,
        missing: missing_sales_person,
    }],
    inherits: None,
    dependents: &[
        Dependent {
            object: &LEAD,
            field: "externalCompanyId",
            records: DependentRecords::Stored,
            upon_delete: company_in_use,
        },
        Dependent {
            object: &OPPORTUNITY,
            field: "externalCompanyId",
            records: DependentRecords::Stored,
            upon_delete: company_in_use,
        },
    ],
    single: None,
    reader: Permission::ReadCompany,
    writer: Permission::WriteCompany,
    under_crm: UnderCrm::ReadOnly,
    defaults: QueryDefaults::Fields {
        documented: &["externalCompanyId", "createdAt", "updatedAt"],
        sample: &["externalCompanyId", "company"],
    },
    missing_record: |_| "Record not found",
    whole_decimals: true,
    unset_is_false: false,
    rows: RowStyle::Numbered,
    describe: Some(Describe {
        name: "Company",
        display: None,
        recorded: DescribeStyle {
            description: Some("Map for API company fields"),
            times: ["2015-06-20T01:18:37Z", "2015-06-20T01:18:37Z"],
            searchable: None,
            api_names: false,
            order: FieldOrder::Sorted,
        },
        sample: DescribeStyle {
            description: Some("Company object"),
            times: ["2015-05-11T17:11:32Z", "2015-05-11T17:11:32Z"],
            searchable: Some(&["id", "company"]),
            api_names: false,
            order: FieldOrder::Sorted,
        },
    }),
    field_endpoints: true,
    extensible: true,
    listed: Some(Listed {
        member: "companies",
        word: "company",
        mark: "companies",
    }),
    remembered: Some("deleted company"),
    fields: COMPANY_FIELDS,
    sample_fields: &[],
};

pub(in crate::simulator) static SALES_PERSON: ObjectType = ObjectType {
    name: "salesPerson",
    path: "salespersons",
    id: "id",
    id_form: IdForm::Number {
        counter: "last sales person",
    },
    key: &["externalSalesPersonId"],
    // The sample has the key last.
    searchable: &["email", "id", "externalSalesPersonId"],
    also_searchable: |_| &[],
    searchable_customs: &[],
    indexed: &["email"],
    required: &[],
    references: &[],
    inherits: None,
    dependents: &[
        Dependent {
            object: &LEAD,
            field: "externalSalesPersonId",
            records: DependentRecords::Stored,
            upon_delete: documented_use_of_sales_person,
        },
        Dependent {
            object: &COMPANY,
            field: "externalSalesPersonId",
            records: DependentRecords::Deleted,
            upon_delete: documented_use_of_sales_person,
        },
        Dependent {
            object: &COMPANY,
            field: "externalSalesPersonId",
            records: DependentRecords::Stored,
            upon_delete: other_use_of_sales_person,
        },
        Dependent {
            object: &OPPORTUNITY,
            field: "externalSalesPersonId",
            records: DependentRecords::Stored,
            upon_delete: other_use_of_sales_person,
        },
    ],
    single: None,
    reader: Permission::ReadSalesPerson,
    writer: Permission::WriteSalesPerson,
    under_crm: UnderCrm::ReadOnly,
    defaults: QueryDefaults::Populated,
    missing_record: |_| "Record not found",
    whole_decimals: false,
    unset_is_false: false,
    rows: RowStyle::Numbered,
    describe: Some(Describe {
        name: "SalesPerson",
        display: None,
        // No reply of a live instance is known. The page writes fields that its sample does not list.
        recorded: DescribeStyle {
            order: FieldOrder::Sorted,
            api_names: false,
            ..DescribeStyle::SAMPLE
        },
        sample: DescribeStyle::SAMPLE,
    }),
    field_endpoints: false,
    extensible: false,
    listed: Some(Listed {
        member: "salesPersons",
        word: "sales person",
        mark: "sales persons",
    }),
    remembered: None,
    fields: SALES_PERSON_FIELDS,
    sample_fields: &[],
};

pub(in crate::simulator) static OPPORTUNITY: ObjectType = ObjectType {
    name: "opportunity",
    path: "opportunities",
    id: GUID,
    id_form: IdForm::Guid,
    key: &["externalOpportunityId"],
    // The documentation's sample does not have the last two; live instances do.
    searchable: &[GUID, "externalCompanyId", "externalSalesPersonId"],
    // Source: Adobe REST documentation, "Opportunities", section "Query".
    also_searchable: |_| &[],
    searchable_customs: &[FieldType::String, FieldType::Integer],
    indexed: &["externalCompanyId", "externalSalesPersonId"],
    required: &["name"],
    references: &[
        Reference {
            field: "externalCompanyId",
            to: &COMPANY,
            missing: missing_company,
        },
        Reference {
            field: "externalSalesPersonId",
            to: &SALES_PERSON,
            missing: missing_sales_person,
        },
    ],
    inherits: None,
    dependents: &[Dependent {
        object: &ROLE,
        field: "externalOpportunityId",
        records: DependentRecords::Stored,
        upon_delete: opportunity_in_use,
    }],
    single: None,
    reader: Permission::ReadOpportunity,
    writer: Permission::WriteOpportunity,
    under_crm: UnderCrm::ReadOnly,
    defaults: QueryDefaults::Fields {
        documented: &["externalOpportunityId", "createdAt", "updatedAt"],
        sample: &[
            "externalOpportunityId",
            "name",
            "description",
            "amount",
            "source",
        ],
    },
    missing_record,
    whole_decimals: false,
    unset_is_false: false,
    rows: RowStyle::Numbered,
    describe: Some(Describe {
        name: "opportunity",
        display: Some("Opportunity"),
        recorded: DescribeStyle {
            description: Some("Marketo Opportunity"),
            ..DescribeStyle::RECORDED
        },
        sample: DescribeStyle::SAMPLE,
    }),
    field_endpoints: true,
    extensible: true,
    listed: None,
    remembered: None,
    fields: OPPORTUNITY_FIELDS,
    sample_fields: SAMPLE_FIELDS,
};

pub(in crate::simulator) static ROLE: ObjectType = ObjectType {
    name: "opportunityRole",
    path: "opportunities/roles",
    id: GUID,
    id_form: IdForm::Guid,
    key: &["externalOpportunityId", "leadId", "role"],
    searchable: &[GUID, "externalOpportunityId", "leadId"],
    also_searchable: |_| &[],
    searchable_customs: &[],
    indexed: &["leadId", "externalOpportunityId"],
    required: &[],
    references: &[
        Reference {
            field: "leadId",
            to: &LEAD,
            missing: |answers| MissingTarget::Skips(answers.role_unknown_lead.value()),
        },
        Reference {
            field: "externalOpportunityId",
            to: &OPPORTUNITY,
            missing: |answers| MissingTarget::Skips(answers.role_unknown_opportunity.value()),
        },
    ],
    inherits: None,
    dependents: &[],
    single: Some(("isPrimary", "externalOpportunityId")),
    reader: Permission::ReadOpportunity,
    writer: Permission::WriteOpportunity,
    under_crm: UnderCrm::NotExposed,
    defaults: QueryDefaults::Fields {
        documented: &[
            "externalOpportunityId",
            "leadId",
            "role",
            "createdAt",
            "updatedAt",
        ],
        // The page has no such sample, and says that the reply is like that for opportunities.
        sample: &["externalOpportunityId", "leadId", "role"],
    },
    missing_record,
    whole_decimals: false,
    unset_is_false: true,
    rows: RowStyle::Numbered,
    describe: Some(Describe {
        name: "opportunityRole",
        display: Some("Opportunity Role"),
        recorded: DescribeStyle {
            description: Some("Marketo Opportunity Person Role"),
            ..DescribeStyle::RECORDED
        },
        sample: DescribeStyle {
            searchable: Some(&[GUID, "leadId", "externalOpportunityId"]),
            ..DescribeStyle::SAMPLE
        },
    }),
    field_endpoints: false,
    extensible: false,
    listed: None,
    remembered: None,
    fields: ROLE_FIELDS,
    sample_fields: &[],
};

pub(in crate::simulator) static LEAD: ObjectType = ObjectType {
    name: "lead",
    path: "leads",
    id: "id",
    id_form: IdForm::Number {
        counter: "last lead",
    },
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
    also_searchable: lead_links,
    searchable_customs: &[FieldType::String, FieldType::Email, FieldType::Integer],
    indexed: &["email", "externalCompanyId", "externalSalesPersonId"],
    required: &[],
    references: &[
        Reference {
            field: "externalCompanyId",
            to: &COMPANY,
            missing: missing_company,
        },
        Reference {
            field: "externalSalesPersonId",
            to: &SALES_PERSON,
            missing: missing_sales_person,
        },
    ],
    // Source: Adobe REST documentation, "Companies".
    inherits: Some(Inherited {
        through: "externalCompanyId",
        fields: LEAD_COMPANY_FIELDS,
    }),
    dependents: &[],
    single: None,
    reader: Permission::ReadLead,
    writer: Permission::WriteLead,
    under_crm: UnderCrm::Unchanged,
    defaults: QueryDefaults::Fields {
        documented: LEAD_DEFAULTS,
        sample: LEAD_DEFAULTS,
    },
    missing_record,
    whole_decimals: false,
    unset_is_false: true,
    rows: RowStyle::Plain { most: 1000 },
    // The simulator has no describe for leads.
    describe: None,
    field_endpoints: false,
    extensible: true,
    listed: None,
    remembered: None,
    fields: LEAD_FIELDS,
    sample_fields: &[],
};
