//! Refuses calls that a browser sends for a page of somebody else.
//!
//! The simulator's client id and secret are known to everybody, and a page whose name has been rebound to 127.0.0.1 can call any
//! server of this machine. Such a call names the page's host in `Host`, and the page itself in `Origin`.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::json;

use crate::simulator::wire::reply::json_response;

/// Answers a call only if it is addressed to loopback and does not come from a page elsewhere.
pub(in crate::simulator) async fn loopback_only(request: Request, next: Next) -> Response {
    if is_loopback_call(request.uri(), request.headers()) {
        return next.run(request).await;
    }
    let error = "the simulator answers only calls to a loopback address, such as 127.0.0.1 or localhost, from no other origin";
    json_response(StatusCode::FORBIDDEN, &json!({ "error": error }))
}

fn is_loopback_call(uri: &Uri, headers: &HeaderMap) -> bool {
    // HTTP/2 has the authority in place of `Host`; a request may have both, and each counts.
    let authority = uri.authority().map(Authority::as_str);
    let is_loopback = |host: &header::HeaderValue| host.to_str().is_ok_and(is_loopback_host);
    authority.is_none_or(is_loopback_host)
        && headers.get_all(header::HOST).iter().all(is_loopback)
        && headers.get_all(header::ORIGIN).iter().all(|origin| {
            let origin = origin.to_str().unwrap_or_default();
            let page = origin
                .strip_prefix("http://")
                .or_else(|| origin.strip_prefix("https://"));
            page.is_some_and(is_loopback_host)
        })
}

/// Whether a host, with or without a port, names this machine. Names below `localhost` cannot be rebound.
fn is_loopback_host(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    let address = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .unwrap_or(name);
    if let Ok(address) = address.parse::<IpAddr>() {
        return address.is_loopback();
    }
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        let rows = [
            ("127.0.0.1", true),
            ("127.0.0.1:8080", true),
            ("127.8.9.1:80", true),
            ("[::1]:8080", true),
            ("[::1]", true),
            ("localhost", true),
            ("LocalHost.:80", true),
            ("marketo.localhost:80", true),
            ("", false),
            ("evil.example", false),
            ("evil.example:80", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("evillocalhost", false),
            ("user@127.0.0.1", false),
            ("10.0.0.1:80", false),
            ("0.0.0.0:80", false),
        ];
        for (host, expected) in rows {
            assert_eq!(is_loopback_host(host), expected, "{host}");
        }
    }
}
