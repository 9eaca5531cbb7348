//! What a role of an API user can allow.

/// What a role of an API user can allow, as far as the endpoints here ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::simulator) enum Permission {
    ReadOpportunity,
    WriteOpportunity,
    ReadLead,
    WriteLead,
    StandardFields,
    CustomFields,
}

/// As Marketo's page of roles and the documentation write them.
pub(in crate::simulator) const PERMISSIONS: [(&str, Permission); 6] = [
    ("Read-Only Opportunity", Permission::ReadOpportunity),
    ("Read-Write Opportunity", Permission::WriteOpportunity),
    ("Read-Only Lead", Permission::ReadLead),
    ("Read-Write Lead", Permission::WriteLead),
    (
        "Read-Write Schema Standard Field",
        Permission::StandardFields,
    ),
    ("Read-Write Schema Custom Field", Permission::CustomFields),
];
