//! The HTTP client of a forge, with its token.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use super::error::ForgeError;
use super::variables::ApiAddress;

const TIMEOUT: Duration = Duration::from_secs(60);

/// How a forge takes its token.
pub(super) struct Access<'a> {
    pub(super) forge: &'static str,
    pub(super) variable: &'static str,
    /// The name of the header, and what stands before the token in it.
    pub(super) header: (HeaderName, &'static str),
    pub(super) token: &'a str,
    /// Further headers of each call.
    pub(super) others: &'static [(&'static str, &'static str)],
}

impl Access<'_> {
    /// A client that follows no redirect, and the headers of each call.
    pub(super) fn client(
        &self,
        address: &ApiAddress,
    ) -> Result<(reqwest::Client, HeaderMap), ForgeError> {
        let Access {
            forge: _,
            variable,
            header: (name, before),
            token,
            others,
        } = self;
        let value = HeaderValue::from_str(&format!("{before}{token}"));
        let mut value = value.map_err(|_| ForgeError::Variable {
            variable,
            why: "has characters that no token has",
        })?;
        value.set_sensitive(true);
        let mut headers = HeaderMap::new();
        for (name, value) in *others {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        headers.insert(name.clone(), value);
        // Fails if another provider is installed already. Then that one is used.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut builder = reqwest::Client::builder()
            // GitHub refuses calls without one.
            .user_agent(concat!("oppctl/", env!("CARGO_PKG_VERSION")))
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .gzip(true);
        if address.is_loopback() {
            builder = builder.no_proxy();
        }
        if address.is_plain_http() {
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build().map_err(|source| ForgeError::Setup {
            source: source.without_url(),
        })?;
        Ok((client, headers))
    }
}

/// The header with a token of GitHub.
pub(super) const BEARER: (HeaderName, &str) = (AUTHORIZATION, "Bearer ");
