//! A server on loopback that answers by a script, and a client for it with short delays.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;

use crate::api::{Client, ClientSettings, Retry, Timeouts};

pub(super) const SECRET: &str = "s3cret+/=&s3cret";

/// One answer of the script.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// HTTP 200 with this body.
    Ok(String),
    /// This status with this body.
    Status(u16, &'static str),
    /// This status with a `Retry-After`.
    RetryAfter(u16, u64),
    /// A redirect to this address.
    Redirect(&'static str),
    /// No answer at all.
    Silence,
}

/// A request that the server saw.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// Method, path and query.
    pub(super) line: String,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

/// A running server.
pub(super) struct Server {
    pub(super) url: String,
    state: Arc<Mutex<Script>>,
}

#[derive(Default)]
struct Script {
    identity: VecDeque<Answer>,
    tokens: u32,
    rest: VecDeque<Answer>,
    /// A token that is no longer valid, and the code with which the server refuses it.
    revoked: Option<(&'static str, &'static str)>,
    seen: Vec<Seen>,
}

/// A reply that reports one error.
pub(super) fn error(code: &str) -> Answer {
    Answer::Ok(format!(
        r#"{{"requestId":"e42b#14272d07d78","success":false,"errors":[{{"code":"{code}","message":"message of {code}"}}]}}"#
    ))
}

/// A success with these rows.
pub(super) fn rows(rows: &str) -> Answer {
    Answer::Ok(format!(
        r#"{{"requestId":"a#1","success":true,"result":[{rows}]}}"#
    ))
}

/// A success with these rows, and with another page.
pub(super) fn page(rows: &str, next: &str) -> Answer {
    Answer::Ok(format!(
        r#"{{"success":true,"result":[{rows}],"moreResult":true,"nextPageToken":"{next}"}}"#
    ))
}

/// A token with this lifetime.
pub(super) fn grant(token: &str, expires_in: i64) -> Answer {
    Answer::Ok(format!(
        r#"{{"access_token":"{token}","token_type":"bearer","expires_in":{expires_in},"scope":"a@b"}}"#
    ))
}

impl Server {
    /// A server that grants the tokens `token-1`, `token-2`, … and answers all other requests by `rest`.
    pub(super) async fn start(rest: impl IntoIterator<Item = Answer>) -> Self {
        Self::with_identity([], rest).await
    }

    /// A server whose identity first answers by a script.
    pub(super) async fn with_identity(
        identity: impl IntoIterator<Item = Answer>,
        rest: impl IntoIterator<Item = Answer>,
    ) -> Self {
        let state = Arc::new(Mutex::new(Script {
            identity: identity.into_iter().collect(),
            rest: rest.into_iter().collect(),
            ..Script::default()
        }));
        let router = Router::new()
            .fallback(answer)
            .layer(CompressionLayer::new())
            .with_state(Arc::clone(&state));
        let (listener, address) = listen().await;
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            url: format!("http://{address}"),
            state,
        }
    }

    /// Refuses this token with this code. Such requests do not use up the script.
    pub(super) fn revoke(&self, token: &'static str, code: &'static str) {
        let mut script = self.state.lock().expect("nobody panicked");
        script.revoked = Some((token, code));
    }

    /// The requests other than those for a token.
    pub(super) fn seen(&self) -> Vec<Seen> {
        let script = self.state.lock().expect("nobody panicked");
        let is_rest = |seen: &&Seen| !seen.line.contains("/identity/");
        script.seen.iter().filter(is_rest).cloned().collect()
    }

    /// The requests for a token.
    pub(super) fn identity(&self) -> Vec<Seen> {
        let script = self.state.lock().expect("nobody panicked");
        let is_identity = |seen: &&Seen| seen.line.contains("/identity/");
        script.seen.iter().filter(is_identity).cloned().collect()
    }

    pub(super) fn client(&self) -> Client {
        client(&self.url)
    }
}

/// ClientSettings that retry at once.
pub(super) fn settings(url: &str) -> ClientSettings {
    ClientSettings {
        // The throttle has its own tests, in virtual time.
        calls_per_20s: 10_000,
        retry: Retry {
            base: Duration::from_millis(1),
            cap: Duration::from_millis(2),
            ..Retry::default()
        },
        ..ClientSettings::new(url.to_owned(), "an id".into(), SECRET.into())
    }
}

/// ClientSettings that wait for no reply.
pub(super) fn impatient(url: &str) -> ClientSettings {
    let moment = Duration::from_millis(50);
    ClientSettings {
        timeouts: Timeouts {
            read: moment,
            write: moment,
            ..Timeouts::default()
        },
        ..settings(url)
    }
}

pub(super) fn client(url: &str) -> Client {
    Client::new(settings(url)).expect("good settings")
}

/// A server that grants a token, and closes every other connection after it has read the request.
pub(super) async fn breaking_server() -> String {
    const TOKEN: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 38\r\nconnection: close\r\n\r\n{\"access_token\":\"t\",\"expires_in\":3599}";
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 64 * 1024];
            let length = stream.read(&mut request).await.unwrap_or(0);
            if request[..length].starts_with(b"POST /identity/") {
                stream.write_all(TOKEN).await.expect("the client listens");
            }
        }
    });
    format!("http://{address}")
}

/// An address without a server.
pub(super) async fn nobody() -> String {
    let (listener, address) = listen().await;
    drop(listener);
    format!("http://{address}")
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    (listener, address)
}

async fn answer(State(state): State<Arc<Mutex<Script>>>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 2 << 20).await.expect("a body");
    let line = format!("{} {}", head.method, head.uri);
    let is_identity = line.contains("/identity/");
    let answer = {
        let mut script = state.lock().expect("nobody panicked");
        let token = (head.headers.get("authorization")).and_then(|value| value.to_str().ok());
        let is_revoked = |(revoked, _): &(&str, &str)| token == Some(&format!("Bearer {revoked}"));
        let revoked = script.revoked.filter(is_revoked);
        script.seen.push(Seen {
            line,
            headers: head.headers,
            body: String::from_utf8(body.to_vec()).expect("UTF-8"),
        });
        if is_identity {
            script.tokens += 1;
            let token = format!("token-{}", script.tokens);
            script
                .identity
                .pop_front()
                .unwrap_or_else(|| grant(&token, 3599))
        } else if let Some((_, code)) = revoked {
            error(code)
        } else {
            script
                .rest
                .pop_front()
                .unwrap_or(Answer::Status(418, "the script is at its end"))
        }
    };
    let builder = Response::builder();
    let response = match answer {
        Answer::Ok(body) => builder
            .header("content-type", "application/json;charset=UTF-8")
            .body(Body::from(body)),
        Answer::Status(status, body) => builder.status(status).body(Body::from(body)),
        Answer::RetryAfter(status, seconds) => builder
            .status(status)
            .header("retry-after", seconds)
            .body(Body::empty()),
        Answer::Redirect(to) => builder
            .status(302)
            .header("location", to)
            .body(Body::empty()),
        Answer::Silence => std::future::pending().await,
    };
    response.expect("a well-formed response")
}
