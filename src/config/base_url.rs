//! The address of a Marketo instance.
//!
//! Its errors never repeat the text: a URL that is wrong may hold a user name, a password or a token.

use std::fmt;

use reqwest::Url;

use crate::api::is_loopback;

/// The scheme, host and port of an instance; `/rest/v1/…` and `/identity/…` follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    /// Without a slash at its end.
    origin: String,
    loopback: bool,
}

/// Why a text cannot be the address of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    #[error("baseUrl is not a URL")]
    NotAUrl,
    #[error("baseUrl is not an https URL")]
    NotHttps,
    #[error("baseUrl contains a user name or a password")]
    HasUser,
    #[error("baseUrl has a query or a fragment")]
    HasQuery,
    #[error("baseUrl has a path")]
    HasPath,
}

impl BaseUrl {
    /// Reads the address as people copy it from Marketo: a slash or `/rest` at the end is dropped.
    ///
    /// # Errors
    /// Plain http to anything but a loopback address, or parts that an instance's address does not have.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let url = Url::parse(text).map_err(|_| BaseUrlError::NotAUrl)?;
        let loopback = is_loopback(&url);
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
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
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            loopback,
        })
    }

    /// The address without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    /// Whether it is on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.loopback
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
        f.write_str(&self.origin)
    }
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
        ];
        for (text, error) in rows {
            assert_eq!(BaseUrl::parse(text), Err(error), "{text}");
            assert!(!format!("{error} {error:?} {}", error.hint()).contains("s3cret"));
        }
    }
}
