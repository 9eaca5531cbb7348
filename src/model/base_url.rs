//! The address of a Marketo instance: the one place that parses and checks it, and the URLs below it.
//!
//! Errors never repeat the text: a malformed URL may contain a user name, a password or a token.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// The scheme, host and port of an instance; `/rest/v1/…` and `/identity/…` follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why a text cannot be the address of an instance. Each message is a predicate: whoever shows it writes the subject, such as `baseUrl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    #[error("is not a URL")]
    NotAUrl,
    #[error("is not an https URL")]
    NotHttps,
    #[error("contains a user name or a password")]
    HasUser,
    #[error("has a query or a fragment")]
    HasQuery,
    #[error("has a path")]
    HasPath,
}

impl BaseUrl {
    /// Reads the address as people copy it from Marketo: a slash or `/rest` at the end is dropped.
    ///
    /// # Errors
    /// The text uses plain http for a host that is not a loopback address, or has parts that an instance's address does not have.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let mut url = Url::parse(text).map_err(|_| BaseUrlError::NotAUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            _ => return Err(BaseUrlError::NotHttps),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::HasUser);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::HasQuery);
        }
        // Admin > Integration > Web Services shows the Endpoint with `/rest` at its end.
        if !matches!(url.path(), "" | "/" | "/rest" | "/rest/") {
            return Err(BaseUrlError::HasPath);
        }
        url.set_path("");
        Ok(Self(url))
    }

    /// The address without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// The URL of `path`, which begins with a slash and may end in a query.
    ///
    /// The base has no path of its own: the API refuses a double slash (page "REST API").
    #[must_use]
    pub fn join(&self, path: &str) -> Url {
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        let mut url = self.0.clone();
        url.set_path(path);
        url.set_query(query);
        url
    }

    /// The host, in lower case; an IPv6 address has brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Whether the instance is on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// Whether calls go over plain http, without encryption.
    #[must_use]
    pub fn is_plain_http(&self) -> bool {
        self.0.scheme() == "http"
    }
}

impl BaseUrlError {
    /// What to write instead.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::NotAUrl => "write it as `https://123-ABC-456.mktorest.com`",
            Self::NotHttps => {
                "write `https://…`; plain http is accepted for loopback addresses only"
            }
            Self::HasUser => {
                "write the address alone; `credentials` says where the client id and secret are"
            }
            Self::HasQuery => "write the address alone, up to the host name",
            Self::HasPath => {
                "write the address alone, up to the host name: Marketo's Endpoint without `/rest`"
            }
        }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The host that a text consists of, in the spelling of [`BaseUrl::host`]; nothing if the text is or has anything else.
pub(crate) fn host_of(text: &str) -> Option<String> {
    let is_part = |c: char| c.is_whitespace() || "/\\?#@*".contains(c);
    let url = Url::parse(&format!("https://{text}")).ok()?;
    let host = url.host_str()?;
    // A port would be dropped silently: only an IPv6 address has colons.
    let has_port = !host.starts_with('[') && text.contains(':');
    let has_port = has_port || (text.starts_with('[') && !text.ends_with(']'));
    let is_host = !text.contains(is_part) && !has_port && !host.is_empty();
    (is_host && !host.starts_with('.') && !host.ends_with('.')).then(|| host.to_owned())
}

/// Whether the host of a URL is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost"
        || host.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback())
        || host
            .trim_matches(['[', ']'])
            .parse()
            .is_ok_and(|ip: Ipv6Addr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn addresses_are_normalised() {
        let rows = [
            (
                "https://123-ABC-456.mktorest.com",
                "https://123-abc-456.mktorest.com",
                false,
            ),
            (
                "https://x.mktorest.com/rest",
                "https://x.mktorest.com",
                false,
            ),
            (
                "https://x.mktorest.com:443/rest/",
                "https://x.mktorest.com",
                false,
            ),
            ("HTTPS://x.mktorest.com/", "https://x.mktorest.com", false),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", true),
            ("http://127.1/", "http://127.0.0.1", true),
            ("http://[::1]:8080/", "http://[::1]:8080", true),
            ("http://localhost:1", "http://localhost:1", true),
            ("https://localhost", "https://localhost", true),
            (" https://x.mktorest.com ", "https://x.mktorest.com", false),
        ];
        for (text, origin, loopback) in rows {
            let url = BaseUrl::parse(text);
            assert_eq!(
                url.as_ref().map(|url| (url.as_str(), url.is_loopback())),
                Ok((origin, loopback)),
                "{text}"
            );
        }
    }

    #[test]
    fn paths_follow_the_address_however_it_ends() {
        let rows = [
            ("https://a.example", "https://a.example"),
            ("https://a.example/", "https://a.example"),
            ("https://a.example/rest", "https://a.example"),
            ("http://[::1]:80/rest", "http://[::1]"),
            ("http://localhost:1", "http://localhost:1"),
        ];
        for (text, start) in rows {
            let url = BaseUrl::parse(text).expect(text);
            assert_eq!(
                url.join("/rest/v1/x.json?_method=GET").as_str(),
                format!("{start}/rest/v1/x.json?_method=GET")
            );
            assert_eq!(
                url.join("/identity/oauth/token").as_str(),
                format!("{start}/identity/oauth/token")
            );
            assert_eq!(url.is_plain_http(), text.starts_with("http:"), "{text}");
        }
    }

    #[test]
    fn other_addresses_are_refused() {
        use BaseUrlError::{HasPath, HasQuery, HasUser, NotAUrl, NotHttps};
        let rows = [
            ("", NotAUrl),
            ("x.mktorest.com", NotAUrl),
            ("https://", NotAUrl),
            ("http://x.mktorest.com", NotHttps),
            ("http://127.0.0.1.example.com", NotHttps),
            ("http://localhost.example.com", NotHttps),
            ("http://0.0.0.0", NotHttps),
            ("ftp://127.0.0.1", NotHttps),
            ("localhost:8080", NotHttps),
            ("https://ada@x.mktorest.com", HasUser),
            ("https://:s3cret@x.mktorest.com", HasUser),
            ("https://x.mktorest.com?access_token=s3cret", HasQuery),
            ("https://x.mktorest.com/rest#s3cret", HasQuery),
            ("https://x.mktorest.com/identity", HasPath),
            ("https://x.mktorest.com/rest/v1", HasPath),
            ("https://x.mktorest.com/proxy/rest", HasPath),
            ("https://x.mktorest.com//rest", HasPath),
        ];
        for (text, error) in rows {
            assert_eq!(BaseUrl::parse(text), Err(error), "{text}");
            assert!(!format!("{error} {error:?} {}", error.hint()).contains("s3cret"));
        }
    }
}
