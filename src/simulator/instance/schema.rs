//! The fields of an object in this instance, standard and custom, and their rows in replies of the
//! describe and schema endpoints.
//!
//! Replies have field names in the schema's letter case, whatever the case in the request.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::json;

use crate::simulator::answers::{Answers, CrmManaged, DescribeForm, FieldNameCase, SampleFields};
use crate::simulator::objects::crm::{Crm, UnderCrm};
use crate::simulator::objects::field::ObjectField;
use crate::simulator::objects::object_type::{Describe, DescribeStyle, FieldOrder, ObjectType};
use crate::simulator::objects::table::{LEAD, OBJECTS};
use crate::simulator::wire::codes::CodedReason;
use crate::simulator::wire::json::raw;
use crate::simulator::wire::reply::ResultRow;

/// The schemas of all objects of the instance.
pub(in crate::simulator) struct InstanceSchemas(Vec<ObjectSchema>);

/// An object with its fields.
pub(in crate::simulator) struct ObjectSchema {
    pub object: &'static ObjectType,
    pub fields: Vec<ObjectField>,
    /// The index of a field by its name in lower case.
    by_name: HashMap<String, usize>,
    case: FieldNameCase,
    /// Fields that queries can filter by because a switch says so.
    also_searchable: &'static [&'static str],
}

impl InstanceSchemas {
    /// The schemas without custom fields.
    pub(in crate::simulator) fn standard(answers: &Answers) -> Self {
        let schemas = OBJECTS.iter();
        Self(
            schemas
                .map(|object| ObjectSchema::standard(object, answers))
                .collect(),
        )
    }

    /// The schema of an object.
    pub(in crate::simulator) fn of(&self, object: &ObjectType) -> &ObjectSchema {
        let found = self
            .0
            .iter()
            .find(|schema| schema.object.name == object.name);
        found.expect("there is a schema for each entry of the table of objects")
    }

    /// The schema of leads.
    pub(in crate::simulator) fn lead(&self) -> &ObjectSchema {
        self.of(&LEAD)
    }

    /// Adds a custom field.
    pub(in crate::simulator) fn add(&mut self, object: &ObjectType, field: ObjectField) {
        let schema = self.of_mut(object);
        schema
            .by_name
            .insert(folded_name(&field), schema.fields.len());
        schema.fields.push(field);
    }

    /// The field of an object, in any letter case of its name.
    pub(in crate::simulator) fn field_mut(
        &mut self,
        object: &ObjectType,
        name: &str,
    ) -> Option<&mut ObjectField> {
        let schema = self.of_mut(object);
        let index = *schema.by_name.get(&name.to_lowercase())?;
        schema.fields.get_mut(index)
    }

    fn of_mut(&mut self, object: &ObjectType) -> &mut ObjectSchema {
        let mut schemas = self.0.iter_mut();
        let found = schemas.find(|schema| schema.object.name == object.name);
        found.expect("there is a schema for each entry of the table of objects")
    }
}

/// The standard fields, as the switches want them.
fn standard_fields(object: &ObjectType, answers: &Answers) -> Vec<ObjectField> {
    let samples = match answers.sample_fields {
        SampleFields::Absent => &[],
        SampleFields::Present => object.sample_fields,
    };
    let has_api_names = object
        .describe
        .as_ref()
        .is_some_and(|describe| style(answers, describe).api_names);
    let mut fields = [object.fields, samples].concat();
    for field in &mut fields {
        if let Some(change) = field.switched {
            change(answers, field);
        }
        if has_api_names && let Cow::Borrowed(display) = field.display {
            field.schema_display.get_or_insert(display);
            field.display = field.name.clone();
        }
    }
    fields
}

/// The form of describe that the switch chooses.
fn style<'d>(answers: &Answers, describe: &'d Describe) -> &'d DescribeStyle {
    match answers.describe_form {
        DescribeForm::Recorded => &describe.recorded,
        DescribeForm::Samples => &describe.sample,
    }
}

fn folded_name(field: &ObjectField) -> String {
    field.name.to_lowercase()
}

impl ObjectSchema {
    /// The schema of an object without custom fields.
    fn standard(object: &'static ObjectType, answers: &Answers) -> Self {
        let fields = standard_fields(object, answers);
        Self {
            object,
            by_name: fields.iter().map(folded_name).zip(0..).collect(),
            fields,
            case: answers.field_name_case,
            also_searchable: (object.also_searchable)(answers),
        }
    }

    /// The field with this name.
    pub(in crate::simulator) fn field(&self, name: &str) -> Result<&ObjectField, CodedReason> {
        match self.by_name.get(&name.to_lowercase()) {
            Some(&index) if self.accepts_case(&self.fields[index], name) => Ok(&self.fields[index]),
            Some(_) | None => Err(CodedReason::no_field(name)),
        }
    }

    fn accepts_case(&self, field: &ObjectField, name: &str) -> bool {
        match self.case {
            FieldNameCase::Any => true,
            FieldNameCase::Exact => field.name == name,
        }
    }

    /// The field with this name, if queries can filter by it.
    pub(in crate::simulator) fn searchable(&self, name: &str) -> Option<&ObjectField> {
        let field = self.field(name).ok()?;
        let name = field.name.as_ref();
        let alone = self.object.key.len() == 1 && self.object.key[0] == name;
        let custom = field.custom && self.object.searchable_customs.contains(&field.data_type);
        let listed = self.object.searchable.contains(&name) || self.also_searchable.contains(&name);
        (alone || custom || listed).then_some(field)
    }

    /// The one row of the describe reply; `None` if the object has no describe.
    pub(in crate::simulator) fn describe(&self, answers: &Answers, crm: Crm) -> Option<ResultRow> {
        let object = self.object;
        let describe = object.describe.as_ref()?;
        let style = style(answers, describe);
        let managed = match answers.crm_managed {
            CrmManaged::Shown if crm.is_on() => Some(object.under_crm != UnderCrm::Unchanged),
            CrmManaged::Shown | CrmManaged::Omitted => None,
        };
        let described = self.fields.iter().filter(|field| field.described);
        let mut listed: Vec<&ObjectField> = described.collect();
        match style.order {
            FieldOrder::Sampled => listed.retain(|field| field.sampled),
            FieldOrder::Sorted => {
                listed.sort_by_key(|field| (field.updateable, field.name.as_ref()));
            }
        }
        let fields = listed.into_iter();
        let fields: Vec<_> = fields.map(|field| describe_field(field, managed)).collect();
        let mut row = ResultRow::default();
        row.push("name", raw(describe.name));
        if let Some(display) = describe.display {
            row.push("displayName", raw(display));
        }
        if let Some(description) = style.description {
            row.push("description", raw(description));
        }
        let [created, updated] = style.times;
        row.push("createdAt", raw(created));
        row.push("updatedAt", raw(updated));
        row.push("idField", raw(object.id));
        row.push("dedupeFields", raw(object.key));
        row.push("searchableFields", raw(self.searchable_fields(style)));
        row.push("fields", raw(fields));
        Some(row)
    }

    /// The searchable fields of describe: the whole key is first, unless the list has it elsewhere.
    fn searchable_fields(&self, style: &DescribeStyle) -> Vec<Vec<&str>> {
        let object = self.object;
        let singles = style.searchable.unwrap_or(object.searchable);
        let is_listed = matches!(object.key, [field] if singles.contains(field));
        let whole = (!is_listed).then(|| object.key.to_vec());
        let customs = self
            .fields
            .iter()
            .filter(|field| field.custom && self.searchable(&field.name).is_some())
            .map(|field| vec![field.name.as_ref()]);
        let singles = singles.iter().map(|name| vec![*name]);
        whole.into_iter().chain(singles).chain(customs).collect()
    }

    /// All fields in the order of the schema endpoint: those that only Marketo writes are last.
    pub(in crate::simulator) fn browse(&self) -> Vec<&ObjectField> {
        let (system, others): (Vec<_>, Vec<_>) = self.fields.iter().partition(|field| field.system);
        others.into_iter().chain(system).collect()
    }
}

fn describe_field(field: &ObjectField, crm_managed: Option<bool>) -> serde_json::Value {
    let mut entry = json!({
        "name": field.name,
        "displayName": field.display,
        "dataType": field.data_type,
    });
    if let Some(length) = field.length {
        entry["length"] = length.into();
    }
    entry["updateable"] = field.updateable.into();
    if let Some(managed) = crm_managed {
        entry["crmManaged"] = managed.into();
    }
    entry
}

/// A row of the schema endpoint.
pub(in crate::simulator) fn schema_row(field: &ObjectField) -> ResultRow {
    let display = field.schema_display.unwrap_or(&field.display);
    let mut row = ResultRow::default();
    row.push("displayName", raw(display));
    row.push("name", raw(&field.name));
    row.push("description", raw(&field.description));
    row.push("dataType", raw(field.data_type));
    if let Some(length) = field.length {
        row.push("length", raw(length));
    }
    row.push("isHidden", raw(field.hidden));
    row.push("isHtmlEncodingInEmail", raw(field.html_encoding));
    row.push("isSensitive", raw(field.sensitive));
    row.push("isCustom", raw(field.custom));
    row.push("isApiCreated", raw(field.api_created));
    row
}
