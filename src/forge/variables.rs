//! The variables by which a CI system tells a job what it is about.

use std::net::IpAddr;

use reqwest::Url;

use super::error::ForgeError;

/// Reads variables.
pub(super) struct Variables<'a> {
    pub(super) forge: &'static str,
    pub(super) lookup: &'a dyn Fn(&str) -> Option<String>,
}

impl Variables<'_> {
    /// A variable that each job has.
    pub(super) fn required(&self, variable: &'static str) -> Result<String, ForgeError> {
        self.optional(variable).ok_or(ForgeError::NoVariable {
            variable,
            forge: self.forge,
        })
    }

    pub(super) fn optional(&self, variable: &str) -> Option<String> {
        let value = (self.lookup)(variable)?.trim().to_owned();
        Some(value).filter(|value| !value.is_empty())
    }

    /// The hash of a commit.
    pub(super) fn commit(&self, variable: &'static str) -> Result<String, ForgeError> {
        let commit = self.required(variable)?;
        if is_commit(&commit) {
            return Ok(commit);
        }
        let why = "is not the hash of a commit";
        Err(ForgeError::Variable { variable, why })
    }
}

/// Whether this is the whole hash of a commit.
pub(super) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The address of a forge's API.
#[derive(Clone, Debug)]
pub(super) struct ApiAddress(Url);

impl ApiAddress {
    /// Plain http is for loopback addresses only: the token goes there.
    pub(super) fn parse(variable: &'static str, text: &str) -> Result<Self, ForgeError> {
        let wrong = |why| ForgeError::Variable { variable, why };
        let url = Url::parse(text).map_err(|_| wrong("is not a URL"))?;
        let address = Self(url);
        if address.0.scheme() != "https" && !(address.is_plain_http() && address.is_loopback()) {
            return Err(wrong("is not an https URL"));
        }
        Ok(address)
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }

    pub(super) fn is_plain_http(&self) -> bool {
        self.0.scheme() == "http"
    }

    pub(super) fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let host = host.trim_matches(['[', ']']);
        host == "localhost" || host.parse().is_ok_and(|host: IpAddr| host.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_over_https_only() {
        let is_good = |text| ApiAddress::parse("GITHUB_API_URL", text).is_ok();
        assert!(is_good("https://api.github.com"));
        assert!(is_good("https://forge.example/api/v3"));
        assert!(is_good("http://127.0.0.1:8080/api/v4"));
        assert!(is_good("http://[::1]:8080"));
        for text in [
            "http://forge.example",
            "ftp://forge.example",
            "api.github.com",
        ] {
            assert!(!is_good(text), "{text}");
        }
    }
}
