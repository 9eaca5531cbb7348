//! The fields that the configuration calls sensitive: an instance has to have them.

use thiserror::Error;

use crate::api::{ApiError, Client};
use crate::model::Schema;
use crate::observe;
use crate::plan::Schemas;

/// A field that the configuration calls sensitive, and that no kind of the instance has. If its name is a slip, the field that was meant
/// would be shown.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "no kind of this instance has a field `{field}`, which `sensitive` in the configuration names"
)]
pub struct SensitiveFieldError {
    pub field: Box<str>,
}

impl SensitiveFieldError {
    /// Checks that some kind has each of these fields.
    ///
    /// # Errors
    /// None has one of them.
    pub(super) fn check(schemas: &Schemas, names: &[Box<str>]) -> Result<(), Self> {
        let is_known = |name: &str| schemas.values().any(|schema| schema.folded(name).is_some());
        match names.iter().find(|name| !is_known(name)) {
            Some(field) => Err(Self {
                field: field.clone(),
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
        Ok(unknown.map(|field| Self {
            field: field.into(),
        }))
    }
}
