//! The hosts that a policy allows.

use std::fmt;

use crate::model::host_of;

/// A host, or all hosts below a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum HostPattern {
    Exact(String),
    /// `*.example.com`: the part behind the star, with its dot.
    Below(String),
}

impl HostPattern {
    /// Reads `HOST` or `*.DOMAIN`; nothing if the text is neither.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("*.") {
            None => host_of(text).map(Self::Exact),
            // A star before the last label would allow a whole top-level domain.
            Some(domain) if domain.trim_matches('.').contains('.') => {
                Some(Self::Below(format!(".{}", host_of(domain)?)))
            }
            Some(_) => None,
        }
    }

    /// Whether this host is meant, in the spelling that URLs have after parsing.
    pub(super) fn allows(&self, host: &str) -> bool {
        match self {
            Self::Exact(exact) => exact == host,
            Self::Below(domain) => host
                .strip_suffix(domain.as_str())
                .is_some_and(|label| !label.is_empty()),
        }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(host) => f.write_str(host),
            Self::Below(domain) => write!(f, "*{domain}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_star_stands_for_names_below_and_never_for_a_part_of_a_name() {
        let rows = [
            ("*.mktorest.com", "123-abc-456.mktorest.com", true),
            ("*.mktorest.com", "a.b.mktorest.com", true),
            ("*.MKTOREST.com", "a.mktorest.com", true),
            ("*.mktorest.com", "mktorest.com", false),
            ("*.mktorest.com", "evilmktorest.com", false),
            ("*.mktorest.com", "a.mktorest.com.evil.example", false),
            ("*.mktorest.com", "a.mktorest.com.", false),
            ("A.example", "a.example", true),
            ("a.example", "b.a.example", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("[::1]", "[::1]", true),
        ];
        for (pattern, host, allows) in rows {
            let parsed = HostPattern::parse(pattern).expect(pattern);
            assert_eq!(parsed.allows(host), allows, "{pattern} {host}");
        }
    }

    #[test]
    fn what_is_no_host_is_no_pattern() {
        for text in [
            "",
            "*",
            "*.",
            "*.com",
            "*..com",
            "*.com.",
            "a.*.com",
            "*a.example.com",
            "https://a.example",
            "a.example/rest",
            "a.example:8443",
            "ada@a.example",
            "a.example?x",
            "a.example#x",
            " a.example",
            "a b",
            "a\\b",
        ] {
            assert_eq!(HostPattern::parse(text), None, "{text}");
        }
    }
}
