//! What an object is: everything that differs between objects is a member of [`ObjectType`]. `table` has the objects.

use super::crm::UnderCrm;
use super::field::{FieldType, ObjectField};
use super::permission::Permission;
use crate::simulator::answers::Answers;

/// An object.
pub(in crate::simulator) struct ObjectType {
    /// The name in the schema file and in the store.
    pub name: &'static str,
    /// The path of its records below `/rest/v1/`.
    pub path: &'static str,
    /// The field with the id that Marketo assigns.
    pub id: &'static str,
    pub id_form: IdForm,
    /// The dedupe fields.
    pub key: &'static [&'static str],
    /// The fields that queries can filter by, besides the whole key and custom fields.
    pub searchable: &'static [&'static str],
    /// Fields that queries can filter by if a switch says so.
    pub also_searchable: fn(&Answers) -> &'static [&'static str],
    /// The data types of custom fields that queries can filter by.
    pub searchable_customs: &'static [FieldType],
    /// Fields besides key and id that have an index in the store.
    pub indexed: &'static [&'static str],
    /// Fields that cannot be null.
    pub required: &'static [&'static str],
    /// Fields that refer to a record of another object.
    pub references: &'static [Reference],
    /// Fields that a record has from the one that a reference names.
    pub inherits: Option<Inherited>,
    /// Fields of objects that refer to this one, and so can prevent the deletion of a record.
    pub dependents: &'static [Dependent],
    /// A flag that only one record of a group should have, and the field that defines the group.
    pub single: Option<(&'static str, &'static str)>,
    /// The permission for reading. `writer` also permits reading.
    pub reader: Permission,
    pub writer: Permission,
    /// The effect of native CRM sync.
    pub under_crm: UnderCrm,
    /// What a query returns if it names no fields.
    pub defaults: QueryDefaults,
    /// The message of 1013 for the delete of a record that does not exist.
    pub missing_record: fn(&Answers) -> &'static str,
    /// Whether a whole number stays one where the switches write decimals as doubles.
    pub whole_decimals: bool,
    /// Whether a boolean that was never written is `false`, and not null.
    pub unset_is_false: bool,
    /// The style of rows in replies.
    pub rows: RowStyle,
    /// What describe says; without it the object has neither the endpoint for describe nor the one for deletes.
    pub describe: Option<Describe>,
    /// Whether it has the endpoints `schema/fields`.
    pub field_endpoints: bool,
    /// Whether an instance can have custom fields of it.
    pub extensible: bool,
    /// How the leads file lists records of it.
    pub listed: Option<Listed>,
    /// The name under which the store remembers what deleted records referred to.
    pub remembered: Option<&'static str>,
    pub fields: &'static [ObjectField],
    /// Fields that only samples have.
    pub sample_fields: &'static [ObjectField],
}

/// The form of the ids that Marketo assigns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum IdForm {
    Guid,
    /// A number from a counter, and the name of the counter in the store.
    Number {
        counter: &'static str,
    },
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

/// The fields of a query that names none.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulator) enum QueryDefaults {
    /// These; the field of the filter is added. The sample of such a query may have others.
    Fields {
        documented: &'static [&'static str],
        sample: &'static [&'static str],
    },
    /// All fields that have a value.
    Populated,
}

/// A list of records in the leads file. References to such records are checked once the file has listed some, even none, or
/// calls have created one: an instance that was told nothing of them does not refuse them.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulator) struct Listed {
    /// The member of the file.
    pub member: &'static str,
    /// One record, in messages.
    pub word: &'static str,
    /// The value of the store that says that a file had such a list. Older versions kept the folded keys in it.
    pub mark: &'static str,
}

/// What describe says of an object.
pub(in crate::simulator) struct Describe {
    pub name: &'static str,
    pub display: Option<&'static str>,
    /// As live instances have answered.
    pub recorded: DescribeStyle,
    /// As the sample of the documentation.
    pub sample: DescribeStyle,
}

/// What is different between a recorded reply and a sample.
pub(in crate::simulator) struct DescribeStyle {
    pub description: Option<&'static str>,
    /// When the object type itself was created and updated.
    pub times: [&'static str; 2],
    /// The listed searchable fields, if they are not those of the object.
    pub searchable: Option<&'static [&'static str]>,
    /// Whether display names are API names.
    pub api_names: bool,
    pub order: FieldOrder,
}

/// The order of fields in describe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum FieldOrder {
    /// Fields that are not updateable first, then by name.
    Sorted,
    /// As the sample has them, and only those that it has.
    Sampled,
}

/// A field with the single-part key of another object.
pub(in crate::simulator) struct Reference {
    pub field: &'static str,
    pub to: &'static ObjectType,
    /// The answer if there is no such record.
    pub missing: fn(&Answers) -> MissingTarget,
}

/// Fields that a record has from another one, which has fields with the same names.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulator) struct Inherited {
    /// The field of the reference to that record.
    pub through: &'static str,
    pub fields: &'static [&'static str],
}

/// The answer to a reference to a record that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum MissingTarget {
    /// The record is skipped with this code.
    Skips(&'static str),
    /// The whole call is refused with this code.
    Refuses(&'static str),
    /// The reference is stored.
    Stored,
}

/// An indexed field of another object with this object's key.
pub(in crate::simulator) struct Dependent {
    pub object: &'static ObjectType,
    pub field: &'static str,
    pub records: DependentRecords,
    /// What a delete does if there is such a record.
    pub upon_delete: fn(&Answers) -> UponDelete,
}

/// Which records count as dependents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum DependentRecords {
    Stored,
    /// Those that were deleted. Their object must be one that is `remembered`.
    Deleted,
}

/// What the delete of a record does if another one refers to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum UponDelete {
    /// It is refused.
    Refused,
    /// The other record keeps its reference.
    Kept,
    /// The other record is deleted too.
    Deleted,
}

impl DescribeStyle {
    /// Describe of opportunities and roles as a live instance answered in 2016.
    pub(super) const RECORDED: Self = Self {
        description: None,
        times: ["2015-04-25T01:02:24Z", "2015-04-25T01:02:24Z"],
        searchable: None,
        api_names: true,
        order: FieldOrder::Sorted,
    };

    /// Their samples, which are of a build before the release.
    pub(super) const SAMPLE: Self = Self {
        description: None,
        times: ["2015-02-03T22:36:23Z", "2015-02-03T22:36:24Z"],
        searchable: None,
        api_names: false,
        order: FieldOrder::Sampled,
    };
}

impl ObjectType {
    /// Whether a field is part of the key and a string.
    pub(in crate::simulator) fn is_text_key(&self, name: &str) -> bool {
        let mut fields = self.fields.iter();
        self.key.contains(&name)
            && fields.any(|field| field.name == name && field.data_type == FieldType::String)
    }
}
