//! What each of Marketo's codes means, and what to do about it.
//!
//! Marketo's own messages change, and often say less than the code. Source: page "Error codes" of the REST documentation.

use crate::model::Verb;

/// What a code means, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeMeaning {
    pub code: &'static str,
    pub meaning: &'static str,
    pub advice: &'static str,
}

/// What `code` means for a call or a record, or `None` for a code that the documentation does not list.
#[must_use]
pub fn meaning(code: &str) -> Option<&'static CodeMeaning> {
    MEANINGS.iter().find(|entry| entry.code == code)
}

/// What `code` means for a record that was to be created, updated or deleted.
#[must_use]
pub fn meaning_of_write(code: &str, verb: Verb) -> Option<&'static CodeMeaning> {
    let mut of_writes = OF_WRITES.iter();
    let of_write = of_writes.find(|(of, entry)| *of == verb && entry.code == code);
    of_write.map(|(_, entry)| entry).or_else(|| meaning(code))
}

const fn row(code: &'static str, meaning: &'static str, advice: &'static str) -> CodeMeaning {
    CodeMeaning {
        code,
        meaning,
        advice,
    }
}

const BUG: &str = "report this as a bug of oppctl, with the request id";
const RERUN: &str = "run again later; changes that were applied are not applied twice";
const VALUE: &str = "correct the value in the manifest";
const SEE_MESSAGE: &str = "correct what Marketo's message names";

/// Codes that mean something else for one verb.
static OF_WRITES: [(Verb, CodeMeaning); 4] = [
    (
        Verb::Create,
        row(
            "1013",
            "something that the record refers to does not exist",
            "create what it refers to first, or correct the reference: the company, the sales person, the lead or the opportunity",
        ),
    ),
    (
        Verb::Update,
        row(
            "1013",
            "the record does not exist",
            "plan again: the record was deleted meanwhile, or its new company or sales person does not exist",
        ),
    ),
    (
        Verb::Delete,
        row(
            "1013",
            "the record does not exist",
            "plan again: the record was deleted meanwhile",
        ),
    ),
    (
        Verb::Update,
        row(
            "1017",
            "another record already exists with these values",
            SEE_MESSAGE,
        ),
    ),
];

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
    row(
        "611",
        "Marketo's server failed",
        "run again later; if it fails again, send the request id to Adobe's support",
    ),
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
    fn a_code_of_a_write_means_what_its_verb_makes_of_it() {
        let advice = |code, verb| meaning_of_write(code, verb).expect("it is listed").advice;
        assert!(!advice("1013", Verb::Create).contains("meanwhile"));
        assert!(advice("1013", Verb::Delete).contains("deleted meanwhile"));
        assert_eq!(
            meaning_of_write("1003", Verb::Create),
            meaning("1003"),
            "most codes mean the same for all verbs"
        );
    }

    #[test]
    fn a_code_is_found_by_its_text() {
        assert_eq!(meaning("1018").map(|entry| entry.code), Some("1018"));
        assert_eq!(meaning("4711"), None);
    }
}
