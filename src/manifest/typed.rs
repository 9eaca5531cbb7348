//! Checking declared values against the fields of a kind: scalars become typed values, or problems.
//!
//! The same check works offline, with the documented fields, and online, with the fields that the instance describes. Only the
//! instance knows its custom fields.

use std::collections::HashMap;
use std::sync::Arc;

use super::grammar::{Grammar, WordMeaning};
use super::suggest::closest;
use crate::model::{
    Assignment, DataType, Declared, Diagnostic, Field, LengthUnit, ObjectKind, Problem, Scalar,
    Schema, Value,
};

// Page "Field types": the longest text of a text area, in bytes of UTF-8.
const TEXT_AREA_BYTES: usize = 30_000;

/// Checks the fields of one kind's records.
pub struct FieldCheck<'s> {
    schema: &'s Schema,
    authority: Authority,
    grammar: Grammar,
    /// The suggestions for unknown names, because many records repeat the same name.
    suggestions: HashMap<Arc<str>, Option<String>>,
    /// By index: the latest name at that position of a record, and its field. Most records write the same names in the same order.
    latest: Vec<Option<(Arc<str>, Option<&'s Field>)>>,
}

/// Where a schema comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// The documentation, which may have only some of the fields.
    Documentation,
    /// The instance's own description, which is complete.
    Instance,
}

/// A declared value in the type of its field.
#[derive(Clone, Debug)]
pub struct Typed<'d, 's> {
    pub assignment: Assignment<'d>,
    pub field: &'s Field,
    pub value: Value,
}

/// The values of an entry that was checked against a schema: those of [`FieldCheck::typed`].
pub fn typed_values<'d, 's>(
    declared: &'d Declared,
    schema: &'s Schema,
) -> impl Iterator<Item = Typed<'d, 's>> {
    let fields = declared.fields.iter();
    let fields = fields.filter(|field| !is_system(schema.kind, field.name));
    fields.filter_map(|assignment| {
        let field = schema.field(assignment.name)?;
        let value = value(schema.kind, field, &assignment.value).ok()?;
        Some(Typed {
            assignment,
            field,
            value,
        })
    })
}

impl<'s> FieldCheck<'s> {
    /// A check against that schema.
    #[must_use]
    pub fn new(schema: &'s Schema, authority: Authority) -> Self {
        Self {
            schema,
            authority,
            grammar: Grammar::new(schema.kind),
            suggestions: HashMap::new(),
            latest: Vec::new(),
        }
    }

    /// The values of a record with `ensure: present`, in the order of its fields. A value with a problem is reported and left out. A
    /// field that only the instance can know is left out.
    pub fn typed<'d>(
        &mut self,
        declared: &'d Declared,
        out: &mut Vec<Diagnostic>,
    ) -> Vec<Typed<'d, 's>> {
        let kind = self.schema.kind;
        let mut typed = Vec::with_capacity(declared.fields.len());
        for (place, assignment) in declared.fields.iter().enumerate() {
            let field = match self.field(place, &assignment) {
                Ok(Some(field)) => field,
                Ok(None) => continue,
                Err(diagnostic) => {
                    out.push(diagnostic);
                    continue;
                }
            };
            match value(kind, field, &assignment.value) {
                Ok(value) => typed.push(Typed {
                    assignment,
                    field,
                    value,
                }),
                Err(problem) => out.push(Diagnostic::new(problem, assignment.at)),
            }
        }
        typed
    }

    /// Whether entries may set the field with this name.
    #[must_use]
    pub fn sets(&self, name: &str) -> bool {
        let kind = self.schema.kind;
        let is_key = matches!(self.grammar.word(name), Some((_, WordMeaning::Key(_))));
        if is_key || is_system(kind, name) {
            return false;
        }
        match self.schema.field(name) {
            Some(field) => field.updateable || kind.create_only.contains(&name),
            // Probably a custom field: the documentation cannot tell.
            None => {
                self.authority == Authority::Documentation
                    && !kind.documents_all
                    && self.schema.folded(name).is_none()
            }
        }
    }

    /// Whether a value of an instance stays the same if an entry declares it.
    #[must_use]
    pub fn keeps(&self, name: &str, observed: &Value) -> bool {
        let kind = self.schema.kind;
        self.schema.field(name).is_none_or(|field| {
            let declared = value(kind, field, &Scalar::of(observed));
            declared.is_ok_and(|value| value == *observed)
        })
    }

    /// The field that an assignment names; `None` if only the instance can know it.
    fn field(
        &mut self,
        place: usize,
        assignment: &Assignment<'_>,
    ) -> Result<Option<&'s Field>, Diagnostic> {
        let name = &assignment.name;
        if let Some(Some((latest, field))) = self.latest.get(place)
            && Arc::ptr_eq(latest, name)
        {
            return Ok(*field);
        }
        if is_system(self.schema.kind, name) {
            let name = name.as_ref().to_owned();
            let problem = Problem::SystemField { name };
            return Err(Diagnostic::new(problem, assignment.name_at));
        }
        let field = self.schema.field(name);
        if field.is_none()
            && let Some(diagnostic) = self.unknown(assignment)
        {
            return Err(diagnostic);
        }
        if self.latest.len() <= place {
            self.latest.resize(place + 1, None);
        }
        self.latest[place] = Some((Arc::clone(name), field));
        Ok(field)
    }

    fn unknown(&mut self, assignment: &Assignment<'_>) -> Option<Diagnostic> {
        let kind = self.schema.kind;
        let name = &assignment.name;
        let known_offline = self.authority == Authority::Documentation;
        let twin = self.schema.folded(name);
        // Probably a custom field: only the instance can tell.
        if known_offline && !kind.documents_all && twin.is_none() {
            return None;
        }
        let suggestion = match twin {
            Some(field) => Some(field.name.as_ref().to_owned()),
            None => self.suggestion(name),
        };
        let problem = Problem::UnknownField {
            kind,
            name: name.as_ref().to_owned(),
            suggestion,
            known_offline,
        };
        Some(Diagnostic::new(problem, assignment.name_at))
    }

    fn suggestion(&mut self, name: &Arc<str>) -> Option<String> {
        if let Some(suggestion) = self.suggestions.get(name) {
            return suggestion.clone();
        }
        let kind = self.schema.kind;
        let fields = self
            .schema
            .fields()
            .iter()
            .map(|field| field.name.as_ref())
            .filter(|field| !is_system(kind, field) && !kind.is_key(field));
        let suggestion = closest(
            name,
            fields.chain(self.grammar.words().filter(|word| **word != **name)),
        );
        self.suggestions
            .insert(Arc::clone(name), suggestion.clone());
        suggestion
    }
}

/// Whether a field is one that Marketo sets itself, in every record.
fn is_system(kind: &ObjectKind, name: &str) -> bool {
    kind.documented
        .iter()
        .any(|field| !field.updateable && field.name == name && !kind.is_key(name))
}

fn value(kind: &ObjectKind, field: &Field, scalar: &Scalar<'_>) -> Result<Value, Problem> {
    let name = field.name.as_ref();
    let value = Value::declared(scalar, &field.data_type).map_err(|error| Problem::WrongType {
        name: name.to_owned(),
        data_type: field.data_type.clone(),
        error,
    })?;
    if value.is_null() && kind.required.contains(&name) {
        let name = name.to_owned();
        return Err(Problem::RequiredNull { name });
    }
    if let Value::Text(text) = &value
        && let Some((length, limit, unit)) = excess(text, field)
    {
        return Err(Problem::TooLong {
            name: name.to_owned(),
            length,
            limit,
            unit,
        });
    }
    Ok(value)
}

/// The length of a text and its limit, if the text is too long for the field.
fn excess(text: &str, field: &Field) -> Option<(usize, usize, LengthUnit)> {
    let (length, limit, unit) = match (field.length, &field.data_type) {
        (Some(limit), _) => {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            // A text never has more characters than bytes.
            if text.len() <= limit {
                return None;
            }
            (text.chars().count(), limit, LengthUnit::Characters)
        }
        (None, DataType::Text | DataType::Textarea) => {
            (text.len(), TEXT_AREA_BYTES, LengthUnit::Bytes)
        }
        (
            None,
            DataType::Boolean
            | DataType::Currency
            | DataType::Date
            | DataType::Datetime
            | DataType::Email
            | DataType::Float
            | DataType::Integer
            | DataType::Percent
            | DataType::Phone
            | DataType::Score
            | DataType::String
            | DataType::Url
            | DataType::Other(_),
        ) => return None,
    };
    (length > limit).then_some((length, limit, unit))
}
