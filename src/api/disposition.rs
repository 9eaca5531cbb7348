//! What to do about a failed call: the only table of Marketo's codes and of HTTP statuses.
//!
//! A code means the same for a whole response and for a record, because real instances use codes of both levels at either.
//! Sources: page "Error codes" of the REST documentation, and the experience of other clients.

/// What to do about a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Marketo refused the token and executed nothing: get a new token and call again.
    Renew,
    /// A limit was reached and nothing was executed: hold back all calls, then call again.
    SlowDown(Limit),
    /// Nothing was executed: wait and call again.
    Unexecuted,
    /// The call may have been executed: repeat a read; read back what a write may have changed.
    Ambiguous,
    /// The calls of the day, or those of this run, are used up: stop at once.
    Quota,
    /// A permission is missing.
    Denied,
    /// A native CRM sync owns the records.
    NativeCrm,
    /// No record matches. This is an empty answer to a query.
    NoData,
    /// Marketo refuses something in the call, such as one value of one record. Without it the call may succeed.
    Content,
    /// Marketo refuses the call whatever is in it, and would refuse every similar call.
    Fatal,
}

/// What a refused record says of whether the record is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    There,
    Missing,
}

impl Presence {
    /// What the code of a refused record says, if it says anything. Page "Error codes": 1013 "Object not found", 1017 "Object already
    /// exists".
    #[must_use]
    pub fn told_by(code: &str) -> Option<Self> {
        match code {
            "1013" => Some(Self::Missing),
            "1017" => Some(Self::There),
            _ => None,
        }
    }
}

/// The limits that Marketo enforces when a call arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Calls in 20 seconds.
    Rate,
    /// Calls at the same time.
    Concurrency,
}

impl Disposition {
    /// The disposition of one of Marketo's codes.
    #[must_use]
    pub fn of_code(code: &str) -> Self {
        match code {
            "601" | "602" => Self::Renew,
            "603" => Self::Denied,
            "606" => Self::SlowDown(Limit::Rate),
            "615" => Self::SlowDown(Limit::Concurrency),
            "607" => Self::Quota,
            // "API temporarily unavailable"; "Subscription not found", which is usually temporary.
            "608" | "614" => Self::Unexecuted,
            // The documentation says that a call with a code 6xx was not executed. After a timeout or a system error in the
            // middle of a write, that is not certain.
            "500" | "502" | "503" | "504" | "604" | "611" | "713" => Self::Ambiguous,
            "702" => Self::NoData,
            "1018" => Self::NativeCrm,
            // The form of the call, its path, the subscription, or the feature is wrong.
            "600" | "605" | "609" | "610" | "612" | "613" | "616" | "703" => Self::Fatal,
            // The codes of records, which real instances also use for whole calls, and unknown codes.
            _ => Self::Content,
        }
    }

    /// The disposition of an HTTP status whose body is not a reply of the API.
    #[must_use]
    pub fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Renew,
            429 => Self::SlowDown(Limit::Rate),
            // A success without a readable body may come from Marketo, which executed the call, or from a gateway.
            200..=299 | 408 | 500..=599 => Self::Ambiguous,
            // Page "Error codes": the body, or the URL, is too long.
            413 | 414 => Self::Content,
            _ => Self::Fatal,
        }
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::Disposition::{
        Ambiguous, Content, Denied, Fatal, NativeCrm, NoData, Quota, Renew, SlowDown, Unexecuted,
    };
    use super::*;

    #[test]
    fn every_code_of_the_table_has_its_disposition() {
        let rows = [
            ("500", Ambiguous),
            ("502", Ambiguous),
            ("503", Ambiguous),
            ("504", Ambiguous),
            ("600", Fatal),
            ("601", Renew),
            ("602", Renew),
            ("603", Denied),
            ("604", Ambiguous),
            ("605", Fatal),
            ("606", SlowDown(Limit::Rate)),
            ("607", Quota),
            ("608", Unexecuted),
            ("609", Fatal),
            ("610", Fatal),
            ("611", Ambiguous),
            ("612", Fatal),
            ("613", Fatal),
            ("614", Unexecuted),
            ("615", SlowDown(Limit::Concurrency)),
            ("616", Fatal),
            ("701", Content),
            ("702", NoData),
            ("703", Fatal),
            ("704", Content),
            ("709", Content),
            ("713", Ambiguous),
            ("718", Content),
            ("1001", Content),
            ("1003", Content),
            ("1004", Content),
            ("1006", Content),
            ("1013", Content),
            ("1017", Content),
            ("1018", NativeCrm),
            ("1022", Content),
            ("", Content),
            ("soon", Content),
        ];
        for (code, disposition) in rows {
            assert_eq!(Disposition::of_code(code), disposition, "code {code}");
        }
    }

    #[test]
    fn every_status_has_its_disposition() {
        let rows = [
            (200, Ambiguous),
            (204, Ambiguous),
            (302, Fatal),
            (400, Fatal),
            (401, Renew),
            (403, Fatal),
            (404, Fatal),
            (408, Ambiguous),
            (413, Content),
            (414, Content),
            (429, SlowDown(Limit::Rate)),
            (500, Ambiguous),
            (502, Ambiguous),
            (503, Ambiguous),
            (504, Ambiguous),
        ];
        for (status, disposition) in rows {
            assert_eq!(Disposition::of_status(status), disposition, "HTTP {status}");
        }
    }
}
