//! The name of an instance in ledgers.

use std::fmt;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::store::hex;

/// The name of an instance. It is readable, can be the name of a folder, and differs between instances.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Fingerprint(Box<str>);

/// The most characters of a host name that go into the fingerprint.
const MAX_LABEL: usize = 40;

impl Fingerprint {
    /// The fingerprint of the instance with this base URL. It depends on host and port, not on scheme and path.
    #[must_use]
    pub fn remote(base_url: &str) -> Self {
        let rest = base_url
            .split_once("://")
            .map_or(base_url, |(_, rest)| rest);
        let host = rest.split('/').next().unwrap_or(rest).to_ascii_lowercase();
        // In 123-abc-456.mktorest.com the first label is the munchkin id, by which people know their instance.
        let label = host.strip_suffix(".mktorest.com").unwrap_or(&host);
        Self::new(label, &format!("host {host}"))
    }

    /// The fingerprint of a simulator with this [`id`](crate::simulator::RunningSimulator::id).
    #[must_use]
    pub fn simulator(id: &str) -> Self {
        Self::new("simulator", &format!("simulator {id}"))
    }

    /// The fingerprint with this name, if the text can be one.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
        (!text.is_empty() && text.chars().all(is_name)).then(|| Self(text.into()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn new(label: &str, identity: &str) -> Self {
        let readable: String = label
            .chars()
            .take(MAX_LABEL)
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let hash = hex::encode(&Sha256::digest(identity)[..4]);
        Self(format!("{}-{hash}", readable.trim_matches('-')).into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn instances_have_readable_names_that_stay() {
        for (url, name) in [
            ("https://123-abc-456.mktorest.com", "123-abc-456-de258f21"),
            (
                "https://123-ABC-456.mktorest.com/rest",
                "123-abc-456-de258f21",
            ),
            ("http://127.0.0.1:8080", "127-0-0-1-8080-dfc5f2b7"),
            ("http://127.0.0.1:8081", "127-0-0-1-8081-6109becf"),
            ("http://[::1]:8080", "1--8080-c5eb4833"),
        ] {
            assert_eq!(Fingerprint::remote(url).as_str(), name, "{url}");
        }
        let simulator = Fingerprint::simulator("5f0e");
        assert_eq!(simulator.as_str(), "simulator-af8f3a5a");
        assert_ne!(simulator, Fingerprint::simulator("5f0f"));
    }
}
