//! The fields that an instance has, by kind: one describe call for each kind in use, and one more for each kind whose values will be
//! shown, because describe does not tell which fields are sensitive.

use std::collections::BTreeSet;

use futures_util::future::{join, join_all};

use crate::api::{ApiError, Client, Description, Disposition};
use crate::model::kind::KINDS;
use crate::model::{Desired, Ensure, ObjectKind, Schema};
use crate::plan::Schemas;

use super::unmasked::Unmasked;

/// The fields of kinds, and the kinds whose sensitive fields are not known.
#[derive(Debug, Default)]
pub struct DescribedKinds {
    pub schemas: Schemas,
    /// One reason for each kind whose sensitive fields are not all known. Values of fields that are not known are not masked.
    pub unmasked: Vec<Unmasked>,
}

/// Describes the kinds of these entries and of the owned records, with the parents and children that a plan compares them with. Fields of the
/// names `sensitive` are sensitive whatever the instance says.
///
/// # Errors
/// A describe call failed.
pub async fn schemas(
    client: &Client,
    sensitive: &[Box<str>],
    desired: &Desired,
    owned: impl IntoIterator<Item = &'static ObjectKind>,
) -> Result<DescribedKinds, ApiError> {
    let mut kinds = BTreeSet::new();
    let mut shown = BTreeSet::new();
    for kind in owned {
        kinds.insert(kind);
        kinds.extend(kind.children());
        shown.insert(kind);
    }
    for declared in desired.needed() {
        kinds.insert(declared.kind);
        kinds.extend(declared.kind.parent().map(|parent| parent.kind));
        if declared.ensure != Ensure::Forgotten {
            shown.insert(declared.kind);
        }
        let kind: &'static ObjectKind = declared.kind;
        // A record that is deleted may have children that are not declared.
        if declared.ensure == Ensure::Absent || declared.exact_children.is_some() {
            kinds.extend(kind.children());
        }
        if declared.exact_children.is_some() {
            shown.extend(kind.children());
        }
    }
    let calls = kinds.into_iter().map(|kind| async {
        if shown.contains(kind) {
            schema(client, sensitive, kind).await
        } else {
            let description = describe(client, kind).await?;
            Ok((description.schema, None))
        }
    });
    let mut described = DescribedKinds::default();
    // Waits for all calls: of several errors, the one of the first kind is returned, whichever came first.
    for answer in join_all(calls).await {
        let (schema, unmasked) = answer?;
        described.schemas.insert(schema.kind, schema);
        described.unmasked.extend(unmasked);
    }
    Ok(described)
}

/// The codes that may mean that a kind has no endpoints. The documentation names none.
const NOT_EXPOSED: [&str; 3] = ["603", "610", "703"];

/// Whether an instance has refused something about a kind because it has no endpoints of it, or none for this user. Only who uses the
/// kind has to care.
#[must_use]
pub fn is_withheld(error: &ApiError) -> bool {
    // A native CRM sync stands in the way of every kind.
    !matches!(error, ApiError::NativeCrmSync { .. })
        && (error.disposition() == Disposition::Denied || is_not_exposed(error))
}

fn is_not_exposed(error: &ApiError) -> bool {
    let refusal = error.refusal();
    refusal.is_some_and(|refusal| NOT_EXPOSED.contains(&&*refusal.code))
}

/// What is asked of each kind, and why it is not known of some. If it is known of none, that of the first kind is the error.
///
/// # Errors
/// A call failed for another reason than that the instance withholds the kind.
pub async fn of_each_kind<T>(
    kinds: impl IntoIterator<Item = &'static ObjectKind>,
    ask: impl AsyncFn(&'static ObjectKind) -> Result<T, ApiError>,
) -> Result<KindAnswers<T>, ApiError> {
    let mut answers = KindAnswers {
        known: Vec::new(),
        withheld: Vec::new(),
    };
    for kind in kinds {
        match ask(kind).await {
            Ok(answer) => answers.known.push((kind, answer)),
            Err(error) if is_withheld(&error) => answers.withheld.push((kind, error)),
            Err(error) => return Err(error),
        }
    }
    if answers.known.is_empty() && !answers.withheld.is_empty() {
        let (_, first) = answers.withheld.swap_remove(0);
        return Err(first);
    }
    Ok(answers)
}

/// What an instance tells of kinds.
#[derive(Debug)]
pub struct KindAnswers<T> {
    pub known: Vec<(&'static ObjectKind, T)>,
    /// The kinds of which it tells nothing, and what it says instead.
    pub withheld: Vec<(&'static ObjectKind, ApiError)>,
}

/// The instance's description of a kind. A native CRM sync removes the endpoints of some kinds, which looks like a missing permission
/// or a wrong address. The parent's kind has the same permissions and the same address: if it answers, the sync is the reason.
///
/// # Errors
/// The call failed.
pub async fn describe(client: &Client, kind: &'static ObjectKind) -> Result<Description, ApiError> {
    let error = match client.describe(kind).await {
        Ok(description) => return Ok(description),
        Err(error) => error,
    };
    let (Some(call), Some(refusal), Some(parent)) = (error.call(), error.refusal(), kind.parent())
    else {
        return Err(error);
    };
    if !kind.beside_native_crm
        && is_not_exposed(&error)
        && client.describe(parent.kind).await.is_ok()
    {
        let refusal = refusal.clone();
        return Err(ApiError::NativeCrmSync { call, refusal });
    }
    Err(error)
}

/// The first of these names that is no field of any kind that the user may read. Kinds that were not described yet are described only if a name is in none
/// of the others: a name that is written wrongly would leave its field in sight.
///
/// # Errors
/// A describe call failed.
pub async fn unknown_field<'n>(
    client: &Client,
    names: &'n [Box<str>],
    described: &[&Schema],
) -> Result<Option<UnknownField<'n>>, ApiError> {
    let mut unread = Vec::new();
    let mut open: Vec<&str> = names.iter().map(|name| &**name).collect();
    open.retain(|name| described.iter().all(|schema| schema.folded(name).is_none()));
    for kind in KINDS {
        if !open.is_empty() && described.iter().all(|schema| schema.kind != kind) {
            match describe(client, kind).await {
                Ok(described) => open.retain(|name| described.schema.folded(name).is_none()),
                Err(error) if is_withheld(&error) => unread.push((kind, error)),
                Err(error) => return Err(error),
            }
        }
    }
    Ok(open.first().map(|name| (*name, unread)))
}

/// A name that no kind has as a field, and the kinds whose fields are not known.
pub type UnknownField<'n> = (&'n str, Vec<(&'static ObjectKind, ApiError)>);

/// The fields of a kind with the sensitive ones marked, `sensitive` among them, and the reason why it is not known of some others.
///
/// # Errors
/// The describe call failed, or the other call failed for a temporary reason.
pub async fn schema(
    client: &Client,
    sensitive: &[Box<str>],
    kind: &'static ObjectKind,
) -> Result<(Schema, Option<Unmasked>), ApiError> {
    let (description, fields) = join(describe(client, kind), client.fields(kind)).await;
    let mut schema = description?.schema;
    schema.mark_sensitive(sensitive.iter().map(|name| &**name));
    match fields {
        // A kind without this endpoint has no sensitive fields.
        Ok(None) => Ok((schema, None)),
        Ok(Some(fields)) => {
            let sensitive = fields.iter().filter(|field| field.sensitive);
            schema.mark_sensitive(sensitive.map(|field| &*field.name));
            let unmasked = Unmasked::by(&schema, &fields);
            Ok((schema, unmasked))
        }
        // Nothing else needs this permission, and older subscriptions do not have the endpoint.
        // An answer that does not say which fields are sensitive is no better than none.
        Err(
            error
            @ (ApiError::Denied { .. } | ApiError::Refused { .. } | ApiError::Protocol { .. }),
        ) => Ok((schema, Some(Unmasked::Call(kind, error)))),
        Err(error) => Err(error),
    }
}
