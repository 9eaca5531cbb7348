//! The proxy that the environment names. The HTTP client obeys it, so a failed connection may be the proxy's.

use std::env;

use super::error::ApiError;

/// The variables in which clients look for a proxy, for an address with and without TLS.
const OF_HTTPS: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const OF_HTTP: [&str; 4] = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// What to look at where a server cannot be reached and the environment names a proxy. It never has the proxy's password.
#[must_use]
pub fn proxy_hint(error: &ApiError) -> Option<String> {
    let variable = |name: &str| env::var(name).ok();
    if let ApiError::Unreachable { server, .. } | ApiError::Untrusted { server, .. } = error {
        hint_with(server, variable)
    } else if let ApiError::NotTheApi { status: 407, .. } = error {
        credentials_hint(variable)
    } else {
        None
    }
}

/// What to do where a proxy asks for a user and a password, or refuses those that it got.
fn credentials_hint(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let (name, value) = first_set(OF_HTTPS.into_iter().chain(OF_HTTP), variable)?;
    let proxy = host_and_port(&value);
    let has_user = value.contains('@');
    let wrong = if has_user {
        "refuses the user or the password in"
    } else {
        "asks for a user and a password, which are missing in"
    };
    Some(format!(
        "the proxy {proxy} {wrong} {name}: write it as http://USER:PASSWORD@{proxy}, or add the instance's host to NO_PROXY"
    ))
}

fn hint_with(server: &str, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let names = if server.starts_with("https:") {
        OF_HTTPS
    } else {
        OF_HTTP
    };
    let (name, value) = first_set(names, variable)?;
    let proxy = host_and_port(&value);
    Some(format!(
        "{name} sends the connection through the proxy {proxy}: check that it is right and lets you through, or add the instance's host to NO_PROXY"
    ))
}

/// The first of these variables that is set, and its value.
fn first_set(
    names: impl IntoIterator<Item = &'static str>,
    variable: impl Fn(&str) -> Option<String>,
) -> Option<(&'static str, String)> {
    names.into_iter().find_map(|name| {
        let value = variable(name).filter(|value| !value.trim().is_empty())?;
        Some((name, value))
    })
}

/// The host and the port of a proxy, without its scheme, user, password and path.
fn host_and_port(value: &str) -> String {
    let value = value.trim();
    let (_, rest) = value.split_once("://").unwrap_or(("", value));
    // A password may contain a slash or a sign that is not escaped, so the host begins after the last `@`.
    let (_, rest) = rest.rsplit_once('@').unwrap_or(("", rest));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = &rest[..end];
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]_".contains(c);
    if host.is_empty() || !host.chars().all(is_plain) {
        return "that it names".to_owned();
    }
    host.to_owned()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_proxy_is_named_without_its_password() {
        for (value, shown) in [
            ("http://proxy.example:3128", "proxy.example:3128"),
            ("proxy.example:3128/", "proxy.example:3128"),
            (
                "http://user:s3cr3t@proxy.example:3128",
                "proxy.example:3128",
            ),
            ("http://user:s3/cr@3t@10.0.0.1:8080/x", "10.0.0.1:8080"),
            ("http://[::1]:3128", "[::1]:3128"),
            ("user:s3cr3t@", "that it names"),
            ("s3cr3t word", "that it names"),
        ] {
            assert_eq!(host_and_port(value), shown);
        }
    }

    #[test]
    fn the_variable_that_counts_is_named() {
        let environment = |name: &str| match name {
            "HTTPS_PROXY" => Some(" ".to_owned()),
            "https_proxy" => Some("http://u:s3cr3t@a.example:1".to_owned()),
            "ALL_PROXY" => Some("http://b.example:2".to_owned()),
            _ => None,
        };
        let https = hint_with("https://m.example", environment).expect("a hint");
        assert!(
            https.starts_with("https_proxy sends the connection through the proxy a.example:1:")
        );
        let http = hint_with("http://m.example", environment).expect("a hint");
        assert!(http.starts_with("ALL_PROXY sends the connection through the proxy b.example:2:"));
        assert_eq!(hint_with("https://m.example", |_| None), None);
        let refused = credentials_hint(environment).expect("a hint");
        assert_eq!(
            refused,
            "the proxy a.example:1 refuses the user or the password in https_proxy: write it as http://USER:PASSWORD@a.example:1, or add the instance's host to NO_PROXY"
        );
    }
}
