//! The fields that an instance has, by kind: one describe call for each kind that the manifests use, and one more where
//! values will be shown, because describe does not say which fields are sensitive.

use std::collections::BTreeSet;

use futures_util::future::{join, join_all};

use crate::api::{ApiError, Client, Description, FieldInfo};
use crate::model::{Desired, Ensure, ObjectKind, Schema};
use crate::plan::Schemas;

/// The fields of kinds, and of which of them it is not known whether they are sensitive.
#[derive(Debug, Default)]
pub struct Described {
    pub schemas: Schemas,
    /// Why the instance does not say which fields are sensitive, for each such kind: nothing of it is masked.
    pub unmasked: Vec<ApiError>,
}

/// Describes the kinds of these entries and of records that are owned, those that they are compared with among them.
///
/// # Errors
/// A describe call failed.
pub async fn schemas(
    client: &Client,
    desired: &Desired,
    owned: impl IntoIterator<Item = &'static ObjectKind>,
) -> Result<Described, ApiError> {
    let mut kinds = BTreeSet::new();
    let mut shown = BTreeSet::new();
    for kind in owned {
        kinds.insert(kind);
        kinds.extend(kind.children());
        shown.insert(kind);
    }
    for declared in desired.needed() {
        kinds.insert(declared.kind);
        kinds.extend(declared.kind.parent.as_ref().map(|parent| parent.kind));
        if declared.ensure != Ensure::Forgotten {
            shown.insert(declared.kind);
        }
        // What is to be deleted may have children that are not declared.
        if declared.ensure == Ensure::Absent {
            let kind: &'static ObjectKind = declared.kind;
            kinds.extend(kind.children());
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
            let description = describe(client, kind).await?;
            Ok((description.schema, None))
        }
    });
    let mut described = Described::default();
    // All of them are waited for: of several errors the one of the first kind is told, whichever came first.
    for answer in join_all(calls).await {
        let (schema, unmasked) = answer?;
        described.schemas.insert(schema.kind, schema);
        described.unmasked.extend(unmasked);
    }
    Ok(described)
}

/// Codes by which an instance may say that a kind has no endpoints: the documentation names none.
const NOT_EXPOSED: [&str; 3] = ["603", "610", "703"];

/// What the instance says of a kind. A refusal for a kind that a native CRM sync takes away is told apart from a missing
/// permission and a wrong address by the parent's kind: it has the same ones, so if that answers they are not to blame.
///
/// # Errors
/// The call failed.
pub async fn describe(client: &Client, kind: &'static ObjectKind) -> Result<Description, ApiError> {
    let error = match client.describe(kind).await {
        Ok(description) => return Ok(description),
        Err(error) => error,
    };
    let refusal = error.refusal();
    let refusal = refusal.filter(|refusal| NOT_EXPOSED.contains(&&*refusal.code));
    let witness = kind.parent.as_ref().filter(|_| !kind.beside_native_crm);
    match (error.call(), refusal, witness) {
        (Some(call), Some(refusal), Some(witness))
            if client.describe(witness.kind).await.is_ok() =>
        {
            let refusal = refusal.clone();
            Err(ApiError::NativeCrmSync { call, refusal })
        }
        _ => Err(error),
    }
}

/// The fields of a kind with the sensitive ones marked, or why it is not known which they are.
///
/// # Errors
/// The describe call failed, or the other one for a reason that will pass.
pub async fn schema(
    client: &Client,
    kind: &'static ObjectKind,
) -> Result<(Schema, Option<ApiError>), ApiError> {
    let (description, fields) = join(describe(client, kind), client.fields(kind)).await;
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
