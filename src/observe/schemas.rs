//! The fields that an instance has, by kind: one describe call for each kind that the manifests use, and one more where
//! values will be shown, because describe does not say which fields are sensitive.

use std::collections::BTreeSet;

use futures_util::future::{join, try_join_all};

use crate::api::{ApiError, Client, FieldInfo};
use crate::model::{Desired, Ensure, ObjectKind, Schema};
use crate::plan::Schemas;

/// The fields of kinds, and of which of them it is not known whether they are sensitive.
#[derive(Debug, Default)]
pub struct Described {
    pub schemas: Schemas,
    /// Why the instance does not say which fields are sensitive, for each such kind: nothing of it is masked.
    pub unmasked: Vec<ApiError>,
}

/// Describes the kinds of these entries, those that they are compared with among them.
///
/// # Errors
/// A describe call failed.
pub async fn schemas(client: &Client, desired: &Desired) -> Result<Described, ApiError> {
    let mut kinds = BTreeSet::new();
    let mut shown = BTreeSet::new();
    for declared in desired.needed() {
        kinds.insert(declared.kind);
        kinds.extend(declared.kind.parent.as_ref().map(|parent| parent.kind));
        if declared.ensure != Ensure::Forgotten {
            shown.insert(declared.kind);
        }
        if declared.exact_children.is_some() {
            let kind: &'static ObjectKind = declared.kind;
            kinds.extend(kind.children());
            shown.extend(kind.children());
        }
    }
    let calls = kinds.into_iter().map(|kind| async {
        if shown.contains(kind) {
            schema(client, kind).await
        } else {
            let description = client.describe(kind).await?;
            Ok((description.schema, None))
        }
    });
    let mut described = Described::default();
    for (schema, unmasked) in try_join_all(calls).await? {
        described.schemas.insert(schema.kind, schema);
        described.unmasked.extend(unmasked);
    }
    Ok(described)
}

/// The fields of a kind with the sensitive ones marked, or why it is not known which they are.
///
/// # Errors
/// The describe call failed, or the other one for a reason that will pass.
pub async fn schema(
    client: &Client,
    kind: &'static ObjectKind,
) -> Result<(Schema, Option<ApiError>), ApiError> {
    let (description, fields) = join(client.describe(kind), client.fields(kind)).await;
    let mut schema = description?.schema;
    match fields {
        Ok(fields) => {
            let fields: Vec<FieldInfo> = fields.unwrap_or_default();
            let sensitive = fields.iter().filter(|field| field.sensitive);
            schema.mark_sensitive(sensitive.map(|field| &*field.name));
            Ok((schema, None))
        }
        // The permission is one that nothing else needs, and older subscriptions lack the endpoint.
        Err(error @ (ApiError::Denied { .. } | ApiError::Refused { .. })) => {
            Ok((schema, Some(error)))
        }
        Err(error) => Err(error),
    }
}
