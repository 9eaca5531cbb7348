//! The base URL of an instance: which URLs are accepted, and the URLs below it.

use std::net::IpAddr;

use reqwest::Url;

use super::error::ApiError;

/// The base URL of an instance. It has a path only if a proxy in front of the instance adds one.
#[derive(Debug)]
pub(super) struct InstanceUrl {
    url: Url,
    pub(super) is_loopback: bool,
}

impl InstanceUrl {
    /// Reads a base URL, with `/rest` at its end as Marketo's admin page shows it, or without.
    pub(super) fn parse(text: &str) -> Result<Self, ApiError> {
        Self::checked(text).map_err(|reason| ApiError::BaseUrl { reason })
    }

    fn checked(text: &str) -> Result<Self, &'static str> {
        let Ok(mut url) = Url::parse(text.trim()) else {
            return Err("is not a URL");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("contains credentials");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("has a query or a fragment");
        }
        let is_loopback = is_loopback(&url);
        match url.scheme() {
            "https" => {}
            "http" if is_loopback => {}
            "http" => return Err("is plain http, which is accepted for loopback addresses only"),
            _ => return Err("is not https"),
        }
        // The API refuses a double slash: page "REST API".
        let whole = url.path().trim_end_matches('/');
        let without_rest = whole.strip_suffix("/rest").unwrap_or(whole);
        let path = without_rest.trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self { url, is_loopback })
    }

    /// The URL of `path`, which starts with a slash and may end in a query.
    pub(super) fn join(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        url.set_path(&format!("{}{path}", self.url.path().trim_end_matches('/')));
        url.set_query(query);
        url
    }

    /// Whether the connection is not encrypted.
    pub(super) fn is_plain(&self) -> bool {
        self.url.scheme() == "http"
    }

    /// The base URL for people.
    pub(super) fn shown(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }
}

/// Whether a URL leads to this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    address
        .parse::<IpAddr>()
        .map_or(host == "localhost", |address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn paths_follow_the_base_however_it_ends() {
        let rows = [
            (
                "https://123-ABC-456.mktorest.com",
                "https://123-abc-456.mktorest.com/rest/v1/x.json?_method=GET",
            ),
            (
                "https://a.example/",
                "https://a.example/rest/v1/x.json?_method=GET",
            ),
            (
                "https://a.example/rest",
                "https://a.example/rest/v1/x.json?_method=GET",
            ),
            (
                " https://a.example//rest/ ",
                "https://a.example/rest/v1/x.json?_method=GET",
            ),
            (
                "https://a.example/proxy/rest",
                "https://a.example/proxy/rest/v1/x.json?_method=GET",
            ),
            (
                "http://127.0.0.1:8080",
                "http://127.0.0.1:8080/rest/v1/x.json?_method=GET",
            ),
            (
                "http://[::1]:80/rest",
                "http://[::1]/rest/v1/x.json?_method=GET",
            ),
            (
                "http://localhost:1",
                "http://localhost:1/rest/v1/x.json?_method=GET",
            ),
        ];
        for (text, expected) in rows {
            let base = InstanceUrl::parse(text).expect(text);
            assert_eq!(base.join("/rest/v1/x.json?_method=GET").as_str(), expected);
        }
    }

    #[test]
    fn what_could_leak_or_cannot_work_is_refused() {
        let rows = [
            ("a.example", "is not a URL"),
            ("ftp://a.example", "is not https"),
            (
                "http://a.example",
                "is plain http, which is accepted for loopback addresses only",
            ),
            (
                "http://127.0.0.1.a.example",
                "is plain http, which is accepted for loopback addresses only",
            ),
            ("https://user:pass@a.example", "contains credentials"),
            ("https://a.example/?x=1", "has a query or a fragment"),
        ];
        for (text, expected) in rows {
            let reason = match InstanceUrl::parse(text) {
                Err(ApiError::BaseUrl { reason }) => Some(reason),
                Ok(_) | Err(_) => None,
            };
            assert_eq!(reason, Some(expected), "{text}");
        }
    }
}
