//! The proxy that the environment names. The HTTP client obeys it, so a failed connection may be the proxy's.

use std::env;

/// The variables in which clients look for a proxy, for an address with and without TLS.
const OF_HTTPS: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const OF_HTTP: [&str; 4] = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// What to look at where a server cannot be reached and the environment names a proxy. It never has the proxy's password.
pub(super) fn hint(server: &str) -> Option<String> {
    hint_with(server, |name| env::var(name).ok())
}

fn hint_with(server: &str, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let names = if server.starts_with("https:") {
        OF_HTTPS
    } else {
        OF_HTTP
    };
    let set = |name| {
        Some((
            name,
            variable(name).filter(|value| !value.trim().is_empty())?,
        ))
    };
    let (name, value) = names.into_iter().find_map(set)?;
    let proxy = host_and_port(&value);
    Some(format!(
        "{name} sends the connection through the proxy {proxy}: check that it is right and lets you through, or add the instance's host to NO_PROXY"
    ))
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
    }
}
