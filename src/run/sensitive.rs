//! The fields that the configuration calls sensitive: an instance has to have them.

use thiserror::Error;

use crate::api::{ApiError, Client};
use crate::model::kind::KINDS;
use crate::model::{ObjectKind, Schema};
use crate::observe;
use crate::plan::Schemas;

/// A field that the configuration calls sensitive, and that no kind of the instance has. If its name is a slip, the field that was meant
/// would be shown.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", message(field, unread))]
pub struct SensitiveFieldError {
    pub field: Box<str>,
    /// The kinds whose fields are not known, and why: it may be one of theirs.
    pub unread: Vec<(&'static ObjectKind, Box<str>)>,
}

fn message(field: &str, unread: &[(&ObjectKind, Box<str>)]) -> String {
    let named = format!("`{field}`, which `sensitive` in the configuration names");
    if unread.is_empty() {
        return format!("no kind of this instance has a field {named}");
    }
    let kinds: Vec<&str> = unread.iter().map(|(kind, _)| kind.nouns).collect();
    format!(
        "it is not known whether this instance has a field {named}: the fields of {} are not known, and no other kind has it",
        kinds.join(" and of ")
    )
}

impl SensitiveFieldError {
    /// Why it is not known, for each kind.
    #[must_use]
    pub fn causes(&self) -> Vec<String> {
        let causes = self.unread.iter();
        causes.map(|(_, why)| why.to_string()).collect()
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        if self.unread.is_empty() {
            "list the fields with `oppctl describe`, and correct the name"
        } else {
            "correct the name, or make these fields known; `oppctl doctor` says which permission is missing, and `oppctl describe --save` renews the file"
        }
    }

    /// Checks that some kind has each of these fields.
    ///
    /// # Errors
    /// None has one of them.
    pub(super) fn check(schemas: &Schemas, names: &[Box<str>]) -> Result<(), Self> {
        let is_known = |name: &str| schemas.values().any(|schema| schema.folded(name).is_some());
        let unread = KINDS.into_iter();
        let unread = unread.filter(|kind| !schemas.contains_key(kind));
        match names.iter().find(|name| !is_known(name)) {
            Some(field) => Err(Self {
                field: field.clone(),
                unread: unread
                    .map(|kind| (kind, "the file of the fields does not have them".into()))
                    .collect(),
            }),
            None => Ok(()),
        }
    }

    /// The first of these names that no kind has. Costs no call as long as the kinds that were described have all of them.
    ///
    /// # Errors
    /// A describe call failed.
    pub async fn find(
        client: &Client,
        names: &[Box<str>],
        described: &[&Schema],
    ) -> Result<Option<Self>, ApiError> {
        let unknown = observe::unknown_field(client, names, described).await?;
        Ok(unknown.map(|(field, unread)| Self {
            field: field.into(),
            unread: { unread.into_iter() }
                .map(|(kind, error)| (kind, error.to_string().into()))
                .collect(),
        }))
    }
}
