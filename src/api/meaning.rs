//! Marketo's codes in words: what each means here and what a person can do about it.
//!
//! The messages that come with the codes are not stable, and often say less than the code does.
//! Source: page "Error codes" of the REST documentation.

/// A code in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeMeaning {
    pub code: &'static str,
    pub meaning: &'static str,
    pub advice: &'static str,
}

/// What `code` means, at response or at record level; none for a code that the documentation does not list.
#[must_use]
pub fn meaning(code: &str) -> Option<&'static CodeMeaning> {
    MEANINGS.iter().find(|entry| entry.code == code)
}

const fn row(code: &'static str, meaning: &'static str, advice: &'static str) -> CodeMeaning {
    CodeMeaning {
        code,
        meaning,
        advice,
    }
}

const BUG: &str = "report this as a bug of oppctl, with the request id";
const RERUN: &str = "run again later; what was applied is not applied twice";
const VALUE: &str = "correct the value in the manifest";

static MEANINGS: [CodeMeaning; 48] = [
    row(
        "413",
        "the request is larger than the server takes",
        "shorten the longest values of the record",
    ),
    row("414", "the URL is longer than the server takes", BUG),
    row("500", "the server failed", RERUN),
    row(
        "502",
        "the gateway had no answer from the server, probably after a time-out",
        RERUN,
    ),
    row("503", "the server is not available", RERUN),
    row("504", "the gateway waited too long for the server", RERUN),
    row("600", "the request carried no token", BUG),
    row(
        "601",
        "the token is not valid",
        "check that no proxy strips the Authorization header",
    ),
    row("602", "the token has expired", RERUN),
    row(
        "603",
        "access is denied",
        "give the API user's role the permission, or allow this address in the instance's IP allow-list",
    ),
    row(
        "604",
        "the request took longer than the server allows",
        RERUN,
    ),
    row("605", "the HTTP method is not supported here", BUG),
    row(
        "606",
        "too many calls in 20 seconds, by all integrations of the instance together",
        "lower `limits.callsPer20s`, or run when other integrations are quiet",
    ),
    row(
        "607",
        "the calls of the day are used up",
        "run again after midnight US Central time; what was applied is not applied twice",
    ),
    row("608", "the API is temporarily not available", RERUN),
    row("609", "the request was not valid JSON", BUG),
    row(
        "610",
        "there is no such endpoint",
        "check `baseUrl`; with a native CRM sync some endpoints do not exist",
    ),
    row(
        "611",
        "the server failed",
        "run again later; if it stays, give Adobe's support the request id",
    ),
    row("612", "the content type is not accepted", BUG),
    row("613", "the multipart request was not valid", BUG),
    row(
        "614",
        "the subscription was not found or cannot be reached",
        "run again later; if it stays, check `baseUrl`",
    ),
    row(
        "615",
        "too many calls at the same time, by all integrations of the instance together",
        "lower `limits.concurrency`, or run when other integrations are quiet",
    ),
    row(
        "616",
        "the subscription does not include this API",
        "ask Adobe which API the subscription includes",
    ),
    row(
        "701",
        "a field may not be blank",
        "give the field a value in the manifest",
    ),
    row("702", "no data was found", "check the key"),
    row(
        "703",
        "the feature is not enabled for this subscription",
        "ask Adobe to enable it",
    ),
    row(
        "704",
        "a date has the wrong format",
        "write dates as YYYY-MM-DD and datetimes with an offset",
    ),
    row("713", "the server failed for a moment", RERUN),
    row(
        "718",
        "there is no sales person with that external id",
        "create the sales person first, or correct `externalSalesPersonId`",
    ),
    row("1001", "a value is not of the field's type", VALUE),
    row(
        "1002",
        "a required value is missing",
        "give the field a value in the manifest",
    ),
    row(
        "1003",
        "a value, or a parameter of the call, is not valid",
        "correct the field that the message names",
    ),
    row(
        "1004",
        "there is no such lead",
        "check the lead id: it differs from instance to instance, and leads get merged and deleted",
    ),
    row("1005", "the lead exists already", "see the message"),
    row(
        "1006",
        "there is no such field",
        "compare the name with `oppctl describe`",
    ),
    row("1007", "several leads match", "name the lead by its id"),
    row(
        "1008",
        "access to the partition is denied",
        "give the API user access to the lead's workspace",
    ),
    row("1009", "the partition must be named", "see the message"),
    row("1010", "there is no such partition", "see the message"),
    row(
        "1011",
        "the field cannot be searched",
        "use a searchable field; `oppctl describe` lists them",
    ),
    row(
        "1013",
        "there is no such record",
        "plan again: the record, or the one it hangs on, was deleted meanwhile",
    ),
    row("1014", "the record could not be created", "see the message"),
    row(
        "1017",
        "the record exists already",
        "plan again: it was created meanwhile",
    ),
    row(
        "1018",
        "a native CRM sync is on, which makes these records read-only",
        "manage the records in the CRM",
    ),
    row(
        "1021",
        "the company may not be changed this way",
        "see the message",
    ),
    row(
        "1022",
        "the record is in use: others still hang on it",
        "delete the records that hang on it first",
    ),
    row("1036", "the same record stands in one call twice", BUG),
    row(
        "1077",
        "a value is too long for its field",
        "shorten the value; `oppctl describe` lists the lengths",
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
    fn a_code_is_found_by_its_text() {
        assert_eq!(meaning("1018").map(|entry| entry.code), Some("1018"));
        assert_eq!(meaning("4711"), None);
    }
}
