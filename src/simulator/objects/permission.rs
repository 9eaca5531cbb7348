//! The permissions that a role can give to an API user.

/// A permission of an API user; only those that an endpoint of the simulator requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::simulator) enum Permission {
    ReadOpportunity,
    WriteOpportunity,
    ReadCompany,
    WriteCompany,
    ReadSalesPerson,
    WriteSalesPerson,
    ReadLead,
    WriteLead,
    StandardFields,
    CustomFields,
}

/// All permissions with their names on Marketo's page of roles and in the documentation.
pub(in crate::simulator) const PERMISSIONS: [(&str, Permission); 10] = [
    ("Read-Only Opportunity", Permission::ReadOpportunity),
    ("Read-Write Opportunity", Permission::WriteOpportunity),
    ("Read-Only Company", Permission::ReadCompany),
    ("Read-Write Company", Permission::WriteCompany),
    ("Read-Only Sales Person", Permission::ReadSalesPerson),
    ("Read-Write Sales Person", Permission::WriteSalesPerson),
    ("Read-Only Lead", Permission::ReadLead),
    ("Read-Write Lead", Permission::WriteLead),
    (
        "Read-Write Schema Standard Field",
        Permission::StandardFields,
    ),
    ("Read-Write Schema Custom Field", Permission::CustomFields),
];
