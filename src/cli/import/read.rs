//! What an import reads: the records, in the fewest calls, and the leads that they name.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::api::ApiError;
use crate::import::{DeclaredRecords, LeadNames, Scope};
use crate::keys::{KeyPlace, ResolvedKey, WrittenKey, resolve};
use crate::manifest::is_reference_value;
use crate::model::{Key, KeyValue, ObjectKind, Record, Schema};
use crate::observe::{self, Unmasked};
use crate::plan::{Observed, Schemas};
use crate::run::marked_schemas;

use super::super::args::ImportArgs;
use super::super::conditions::matching;
use super::super::connect::Connected;
use super::super::exit::{CliError, Exit};
use super::sought::Sought;

/// Why an import stops before it reads a record.
const NOT_KNOWN: &str = "it is not known which fields are sensitive, so nothing is imported";

/// The lead field whose value is the id itself.
const ID: &str = "id";

/// The records that an import found.
pub(super) struct FoundRecords {
    pub(super) observed: Observed,
    pub(super) names: LeadNames,
    /// The number of records that were not read, because manifests declare them.
    pub(super) declared: usize,
    /// A line for each key without a record, with its place.
    pub(super) missing: Vec<String>,
    /// Fields that queries refuse, which were not read.
    pub(super) refused: Vec<Arc<str>>,
    /// Sensitive fields, which were not read.
    pub(super) sensitive: Vec<Arc<str>>,
}

/// What an import was asked for, and where.
#[derive(Clone, Copy)]
pub(super) struct ImportReader<'i> {
    pub(super) connected: &'i Connected,
    pub(super) args: &'i ImportArgs,
    /// The keys of all sources.
    pub(super) written: &'i [WrittenKey],
}

impl ImportReader<'_> {
    /// The fields of the kinds that are imported, and those that are left out because it is not known whether they are sensitive.
    pub(super) async fn scope(self) -> Result<(Scope, Vec<Arc<str>>), CliError> {
        let Self {
            connected, args, ..
        } = self;
        let loaded = &connected.loaded;
        if args.with_sensitive {
            loaded.policies.check_sensitive_import()?;
        }
        let mut kinds = vec![args.kind];
        if args.with_children {
            kinds.extend(args.kind.children());
        }
        let mut schemas = Schemas::new();
        let mut unknown = Vec::new();
        for kind in kinds {
            let client = &connected.session.client;
            let (schema, more) = match args.with_sensitive {
                true => (observe::describe(client, kind).await?.schema, Vec::new()),
                false => without_sensitive(connected, kind).await?,
            };
            unknown.extend(more);
            schemas.insert(kind, schema);
        }
        let marker = loaded.config.ownership.marker.as_ref();
        let scope = Scope::new(schemas, marker.map(|marker| &*marker.field));
        Ok((scope, unknown))
    }

    /// Reads the records of these keys, except those that manifests declare.
    pub(super) async fn records(
        self,
        scope: &Scope,
        known: &DeclaredRecords<'_>,
    ) -> Result<FoundRecords, CliError> {
        let session = &self.connected.session;
        let kind = self.args.kind;
        let mut sought = Sought::nothing(kind, &session.instance.name);
        let schema = &scope.schemas()[kind];
        let resolved = resolve(schema, self.written, &session.client).await?;
        for (key, resolved) in self.written.iter().zip(resolved) {
            sought.add(&key.place, resolved);
        }
        if self.args.marked {
            for key in self.marked_keys(scope).await? {
                sought.add(&KeyPlace::Argument, ResolvedKey::Whole(key));
            }
        }
        let conditions = &self.args.conditions;
        let fields = scope.fields(kind);
        let matching = matching(session, schema, conditions, fields).await?;
        for record in &matching.records {
            sought.add_found(record.key.clone());
        }
        let mut questions = sought.questions(scope, known);
        let mut refused = matching.refused;
        for question in questions.iter_mut().filter(|it| it.kind == kind) {
            question.fields.retain(|field| !refused.contains(field));
        }
        let mut observed = loop {
            let error = match observe::records(&session.client, scope.schemas(), &questions).await {
                Ok(observed) => break observed,
                Err(error) => error,
            };
            let of_kind = error.call().and_then(|call| call.kind);
            let mut asked = questions.iter_mut();
            let question = asked.find(|question| Some(question.kind) == of_kind);
            let named = question.map(|question| observe::leave_out(&error, &mut question.fields));
            match named.flatten() {
                Some(named) => refused.push(named),
                None => return Err(error.into()),
            }
        };
        for record in matching.records {
            if !known.has_key(kind, &record.key) {
                observed.insert(kind, record);
            }
        }
        let names = self.lead_names(&observed, scope, known).await?;
        let sensitive = scope.schemas().values().flat_map(Schema::fields);
        let sensitive = sensitive.filter(|field| field.sensitive);
        Ok(FoundRecords {
            declared: sought.keys.len() - sought.unknown(known).count(),
            missing: [matching.missing, sought.missing(&observed, known)].concat(),
            sensitive: sensitive.map(|field| Arc::clone(&field.name)).collect(),
            observed,
            names,
            refused,
        })
    }

    /// The keys of the records of the kind that have the marker of the project.
    async fn marked_keys(self, scope: &Scope) -> Result<Vec<Key>, CliError> {
        let Connected {
            loaded, session, ..
        } = self.connected;
        let kind = self.args.kind;
        let marker = match &loaded.config.ownership.marker {
            Some(marker) if kind.extensible => marker,
            Some(_) | None => {
                let message = format!("this project does not mark {}", kind.nouns);
                return Err(CliError::new(Exit::Invalid, message)
                    .hint("write `ownership: { marker: { field: FIELD, value: OWNER } }`; kinds without custom fields cannot have a marker"));
            }
        };
        let mut keys = Vec::new();
        for schema in marked_schemas(marker, scope.schemas())? {
            keys.extend(observe::marked(&session.client, schema, marker).await?);
        }
        Ok(keys)
    }

    /// How the leads of these records are named, and which records of the manifests name them in a way of their own.
    async fn lead_names(
        self,
        observed: &Observed,
        scope: &Scope,
        known: &DeclaredRecords<'_>,
    ) -> Result<LeadNames, CliError> {
        let client = &self.connected.session.client;
        let field = self.args.lead_by.as_str();
        let records = scope.schemas().keys().flat_map(|kind| {
            let of_kind = observed.all(kind).into_iter();
            of_kind.map(|record| (*kind, record))
        });
        let open: Vec<(&'static ObjectKind, &Record)> = records
            .filter(|(kind, record)| !known.has_key(kind, &record.key))
            .collect();
        let parts = open.iter().flat_map(|(_, record)| record.key.parts());
        let ids: BTreeSet<i64> = parts
            .filter_map(|part| match part {
                KeyValue::Lead(id) => Some(*id),
                KeyValue::Text(_) => None,
            })
            .collect();
        let denied = |error: ApiError| {
            let is_denied = matches!(error, ApiError::Denied { .. });
            let cli = CliError::from(error);
            if is_denied {
                return cli.hint(
                    "or name leads by their ids, which needs no access to them: --lead-by id",
                );
            }
            cli
        };
        let values = if field.eq_ignore_ascii_case(ID) {
            HashMap::new()
        } else {
            let values = observe::lead_values(client, &ids, field).await;
            values.map_err(denied)?
        };
        let searchable = values.values().filter(|value| is_reference_value(value));
        let references = open
            .iter()
            .flat_map(|(kind, record)| known.references(kind, &record.key));
        let asked = searchable
            .map(|value| (field, &**value))
            .chain(references.map(|reference| (&*reference.field, &*reference.value)));
        let leads = observe::find_leads(client, asked).await.map_err(denied)?;
        Ok(LeadNames {
            field: field.into(),
            values,
            leads,
        })
    }
}

/// The fields of a kind. Values that might be sensitive do not come into a repository by accident: fields of which that is not known
/// are marked as if they were, and returned too.
async fn without_sensitive(
    connected: &Connected,
    kind: &'static ObjectKind,
) -> Result<(Schema, Vec<Arc<str>>), CliError> {
    let error = match connected.described(kind).await? {
        (schema, None) => return Ok((schema, Vec::new())),
        (mut schema, Some(Unmasked::Fields(_, fields))) => {
            schema.mark_sensitive(fields.iter().map(|name| &**name));
            return Ok((schema, fields));
        }
        (_, Some(Unmasked::Call(_, error))) => CliError::new(Exit::from(&error), NOT_KNOWN)
            .caused_by(&error)
            .hint("give the API user that permission"),
        (_, Some(why @ (Unmasked::Nothing(_) | Unmasked::NotAsked(_)))) => {
            CliError::new(Exit::Failed, format!("{NOT_KNOWN}: {why}"))
        }
    };
    Err(error.hint("import the values of all fields: --with-sensitive"))
}
