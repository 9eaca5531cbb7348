//! What each of Marketo's codes means, and what to do about it.
//!
//! Marketo's own messages change, and often say less than the code. Source: page "Error codes" of the REST documentation.

use std::borrow::Cow;

use super::call::{Call, Operation};
use crate::model::kind::Reference;
use crate::model::{KeyType, ObjectKind, Verb};

/// What a code means, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeMeaning {
    pub code: &'static str,
    pub meaning: &'static str,
    pub advice: Cow<'static, str>,
}

/// What `code` means wherever it comes, or `None` for a code that the documentation does not list.
#[must_use]
pub fn meaning(code: &str) -> Option<&'static CodeMeaning> {
    MEANINGS.iter().find(|entry| entry.code == code)
}

/// The codes that the documentation lists, in the order of their numbers.
#[must_use]
pub fn meanings() -> &'static [CodeMeaning] {
    &MEANINGS
}

/// What `code` means for a record of this kind that was to be created, updated or deleted.
#[must_use]
pub fn meaning_of_write(code: &str, verb: Verb, kind: &ObjectKind) -> Option<CodeMeaning> {
    let general = meaning(code)?.clone();
    let with = |meaning, advice: Cow<'static, str>| CodeMeaning {
        meaning,
        advice,
        ..general.clone()
    };
    let special = match (code, verb) {
        ("1013", Verb::Create) => with(
            "something that the record refers to does not exist",
            format!(
                "create the {} first, or correct {}",
                either(kind, " or the ", |reference| reference.to.name().to_owned()),
                either(kind, " or ", |reference| format!("`{}`", reference.field))
            )
            .into(),
        ),
        ("1013", Verb::Update) if kind.references.iter().any(|it| !kind.is_key(it.field)) => with(
            general.meaning,
            format!(
                "{DELETED_MEANWHILE}, or the {} that it is to refer to does not exist",
                either(kind, " or the ", |reference| reference.to.name().to_owned())
            )
            .into(),
        ),
        ("1013", Verb::Update | Verb::Delete) => with(general.meaning, DELETED_MEANWHILE.into()),
        ("1022", Verb::Delete) if kind.lead_field.is_some() => with(
            general.meaning,
            "let the leads and records that name it name something else first; a record that named it when it was deleted may go on counting".into(),
        ),
        ("1014", Verb::Update) => with(
            "Marketo could not change the record",
            general.advice.clone(),
        ),
        ("1014", Verb::Delete) => with("Marketo could not delete the record", AGAIN.into()),
        ("1017", Verb::Update) => with(
            "another record already exists with these values",
            SEE_MESSAGE.into(),
        ),
        // Of a record to delete nothing is sent but its id.
        (code, Verb::Delete) if OF_VALUES.contains(&code) => with(general.meaning, BUG.into()),
        (_, Verb::Create | Verb::Update | Verb::Delete) => general,
    };
    Some(special)
}

/// What of a record that was refused with this code may not exist: the records of other sorts that it names.
#[must_use]
pub fn references_of(code: &str, verb: Verb, kind: &'static ObjectKind) -> Vec<&'static Reference> {
    let leads = |reference: &&Reference| {
        let mut parts = kind.key.iter();
        parts
            .any(|part| part.field == reference.field && matches!(part.holds, KeyType::Lead { .. }))
    };
    let references = kind.references.iter();
    match (code, verb) {
        ("1013", Verb::Create) => references.collect(),
        ("1013", Verb::Update) => references.filter(|it| !kind.is_key(it.field)).collect(),
        ("1004", Verb::Create | Verb::Update) => references.filter(leads).collect(),
        (_, Verb::Create | Verb::Update | Verb::Delete) => Vec::new(),
    }
}

/// What `code` means for a whole call.
#[must_use]
pub fn meaning_of_call(code: &str, call: Call) -> Option<CodeMeaning> {
    let verb = match call.operation {
        Operation::Create => Verb::Create,
        Operation::Update => Verb::Update,
        Operation::Delete => Verb::Delete,
        Operation::Identity
        | Operation::Describe
        | Operation::Fields
        | Operation::Query
        | Operation::Leads
        | Operation::Usage => {
            let mut general = meaning(code)?.clone();
            if code == "413" {
                // Three hundred keys are far below the documented limit.
                general.advice =
                    "ask whoever runs the gateway before Marketo to allow requests of 1 MB".into();
            }
            return Some(general);
        }
    };
    match call.kind {
        Some(kind) => meaning_of_write(code, verb, kind),
        None => meaning(code).cloned(),
    }
}

/// "company or the sales person", of all that a record of this kind refers to.
fn either(kind: &ObjectKind, or: &str, name: impl Fn(&Reference) -> String) -> String {
    let names: Vec<String> = kind.references.iter().map(name).collect();
    names.join(or)
}

const fn row(code: &'static str, meaning: &'static str, advice: &'static str) -> CodeMeaning {
    CodeMeaning {
        code,
        meaning,
        advice: Cow::Borrowed(advice),
    }
}

const BUG: &str = "report this as a bug of oppctl, with the request id";
const RERUN: &str = "run again later; changes that were applied are not applied twice";
const VALUE: &str = "correct the value in the manifest";
const SEE_MESSAGE: &str = "correct what Marketo's message names";

const AGAIN: &str = "run again later; if it fails again, send the request id to Adobe's support";
const DELETED_MEANWHILE: &str = "plan again: the record was deleted meanwhile";

/// The codes about a value that was sent.
const OF_VALUES: [&str; 7] = ["701", "704", "1001", "1002", "1003", "1006", "1077"];

static MEANINGS: [CodeMeaning; 48] = [
    row(
        "413",
        "the request is too large for the server",
        "shorten the longest values of the record",
    ),
    row("414", "the URL is too long for the server", BUG),
    row("500", "Marketo's server failed", RERUN),
    row(
        "502",
        "the gateway got no answer from Marketo's server, probably because of a timeout",
        RERUN,
    ),
    row("503", "Marketo's server is not available", RERUN),
    row(
        "504",
        "the gateway did not get an answer from Marketo's server in time",
        RERUN,
    ),
    row("600", "the request had no token", BUG),
    row(
        "601",
        "the token is not valid",
        "make sure that no proxy removes the Authorization header",
    ),
    row("602", "the token has expired", RERUN),
    row(
        "603",
        "access is denied: the API user has no permission, this machine's address is not allowed, or a proxy has removed the Authorization header",
        "add the permission to the API user's role, or add this machine's address to the IP allowlist of the instance; if both are right, make sure that no proxy removes the Authorization header",
    ),
    row("604", "the request took longer than Marketo allows", RERUN),
    row("605", "the HTTP method is not supported here", BUG),
    row(
        "606",
        "all integrations of the instance together made too many calls in 20 seconds",
        "lower `limits.callsPer20s`, or run when other integrations make fewer calls",
    ),
    row(
        "607",
        "the daily quota of calls is used up",
        "run again after midnight US Central time; changes that were applied are not applied twice",
    ),
    row("608", "the API is temporarily unavailable", RERUN),
    row("609", "the request was not valid JSON", BUG),
    row(
        "610",
        "the endpoint does not exist",
        "check `baseUrl`; an instance with a native CRM sync does not have all endpoints",
    ),
    row("611", "Marketo's server failed", AGAIN),
    row("612", "the content type is not accepted", BUG),
    row("613", "the multipart request was not valid", BUG),
    row(
        "614",
        "Marketo did not find the subscription, or could not reach it",
        "run again later; if it fails again, check `baseUrl`",
    ),
    row(
        "615",
        "all integrations of the instance together made too many simultaneous calls",
        "lower `limits.concurrency`, or run when other integrations make fewer calls",
    ),
    row(
        "616",
        "the subscription does not include this API",
        "ask Adobe to add the API to the subscription",
    ),
    row(
        "701",
        "a required field is blank",
        "give the field a value in the manifest",
    ),
    row("702", "Marketo found no such data", "check the key"),
    row(
        "703",
        "the feature is not enabled for the subscription",
        "ask Adobe to enable it",
    ),
    row(
        "704",
        "a date has the wrong format",
        "write dates as YYYY-MM-DD, and datetimes with an offset such as 2026-03-01T10:00:00+01:00",
    ),
    row("713", "Marketo's server failed temporarily", RERUN),
    row(
        "718",
        "no sales person has this external id",
        "create the sales person, or correct `externalSalesPersonId`",
    ),
    row("1001", "a value does not have the type of its field", VALUE),
    row(
        "1002",
        "a required value is missing",
        "give the field a value in the manifest",
    ),
    row(
        "1003",
        "a value or a parameter of the call is invalid",
        "correct the field that the message names",
    ),
    row(
        "1004",
        "the lead does not exist",
        "check the lead id: it is different in each instance, and the lead may have been merged or deleted",
    ),
    row("1005", "the lead already exists", SEE_MESSAGE),
    row(
        "1006",
        "the field does not exist",
        "compare the name with the fields in `oppctl describe`",
    ),
    row(
        "1007",
        "more than one lead matches",
        "refer to the lead by its id",
    ),
    row(
        "1008",
        "the API user has no access to the lead's partition",
        "give the API user's role access to the lead's workspace",
    ),
    row("1009", "the lead needs a partition", SEE_MESSAGE),
    row("1010", "the partition does not exist", SEE_MESSAGE),
    row(
        "1011",
        "the field is not searchable",
        "use a field that `oppctl describe` lists as searchable",
    ),
    row(
        "1013",
        "the record does not exist",
        "plan again: the record, or one that it refers to, does not exist",
    ),
    row(
        "1014",
        "Marketo could not create the record",
        "check the values of the record, above all those that refer to other records; if they are right, run again, and send the request id to Adobe's support",
    ),
    row(
        "1017",
        "the record already exists",
        "plan again: somebody created the record meanwhile",
    ),
    row(
        "1018",
        "a native CRM sync is on, so these records are read-only",
        "manage these records in the CRM",
    ),
    row(
        "1021",
        "the company cannot be changed this way",
        SEE_MESSAGE,
    ),
    row(
        "1022",
        "the record is in use: other records depend on it",
        "delete the records that depend on it first",
    ),
    row("1036", "the call contains the same record twice", BUG),
    row(
        "1077",
        "a value is too long for its field",
        "shorten the value; `oppctl describe` shows the maximum length",
    ),
];

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::model::kind::{OPPORTUNITY, ROLE};

    #[test]
    fn codes_are_listed_once_and_in_order() {
        let codes: Vec<u32> = MEANINGS
            .iter()
            .map(|entry| entry.code.parse().expect("a code is a number"))
            .collect();
        let mut sorted = codes.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(codes, sorted);
    }

    #[test]
    fn a_code_of_a_write_means_what_verb_and_kind_make_of_it() {
        let rows = [
            (
                "1013",
                Verb::Create,
                &OPPORTUNITY,
                "create the company or the sales person first, or correct `externalCompanyId` or `externalSalesPersonId`",
            ),
            (
                "1013",
                Verb::Create,
                &ROLE,
                "create the opportunity or the lead first, or correct `externalOpportunityId` or `leadId`",
            ),
            (
                "1013",
                Verb::Update,
                &OPPORTUNITY,
                "plan again: the record was deleted meanwhile, or the company or the sales person that it is to refer to does not exist",
            ),
            // What a role refers to is its key, which an update does not change.
            ("1013", Verb::Update, &ROLE, DELETED_MEANWHILE),
            ("1013", Verb::Delete, &OPPORTUNITY, DELETED_MEANWHILE),
            ("1014", Verb::Delete, &ROLE, AGAIN),
            ("1017", Verb::Update, &ROLE, SEE_MESSAGE),
            ("1001", Verb::Update, &ROLE, VALUE),
            ("1001", Verb::Delete, &ROLE, BUG),
        ];
        for (code, verb, kind, advice) in rows {
            let told = meaning_of_write(code, verb, kind).expect("it is listed");
            assert_eq!(told.advice, advice, "{code} {verb:?}");
        }
        for verb in [Verb::Create, Verb::Update, Verb::Delete] {
            let told = meaning_of_write("1014", verb, &ROLE).expect("it is listed");
            let word = ["create", "change", "delete"][verb as usize];
            assert_eq!(told.meaning, format!("Marketo could not {word} the record"));
            // Most codes mean the same for all.
            assert_eq!(
                meaning_of_write("1008", verb, &ROLE).as_ref(),
                meaning("1008")
            );
            assert_eq!(meaning_of_write("4711", verb, &ROLE), None);
        }
    }

    #[test]
    fn a_code_of_a_call_means_what_the_call_makes_of_it() {
        let advice = |code, operation| {
            let call = Call::new(operation, &ROLE);
            meaning_of_call(code, call).expect("it is listed").advice
        };
        let shorten = "shorten the longest values of the record";
        assert_eq!(advice("413", Operation::Create), shorten);
        assert_ne!(advice("413", Operation::Query), shorten);
        assert_eq!(advice("1013", Operation::Delete), DELETED_MEANWHILE);
        assert_eq!(
            advice("607", Operation::Query),
            advice("607", Operation::Create)
        );
    }

    #[test]
    fn a_code_is_found_by_its_text() {
        assert_eq!(meaning("1018").map(|entry| entry.code), Some("1018"));
        assert_eq!(meaning("4711"), None);
    }
}
