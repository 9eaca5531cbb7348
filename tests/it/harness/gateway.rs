//! What stands between the binary and its instance, or in its place: a server on loopback that answers as a test says, or passes the
//! call on. It can speak TLS with a certificate that nobody trusts.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::{Marketo, Project};

/// A running gateway.
pub(crate) struct Gateway {
    address: SocketAddr,
    scheme: &'static str,
    seen: Arc<Mutex<Vec<String>>>,
}

/// A request that has arrived whole.
#[derive(Clone)]
pub(crate) struct Asked {
    /// Method, path and query, and the headers.
    head: String,
    body: Vec<u8>,
}

/// Answers a request with the bytes of a response, or with none by closing the connection. The function passes a call on.
type Script = dyn Fn(&Asked, &dyn Fn(&Asked) -> Reply) -> Reply + Send + Sync;

/// The response to a request.
#[derive(Clone)]
pub(crate) struct Reply(Vec<u8>);

impl Reply {
    pub(crate) fn json(body: &str) -> Self {
        Self::of(200, "Content-Type: application/json", body)
    }

    /// A response with this status, these headers, one a line, and this body.
    pub(crate) fn of(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let headers = headers.replace('\n', "\r\n");
        let mut bytes = format!(
            "HTTP/1.1 {status} Answer\r\n{headers}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        )
        .into_bytes();
        bytes.extend(body);
        Self(bytes)
    }

    /// Sends it, unless the client has gone.
    pub(super) fn send(&self, stream: &mut dyn Write) {
        let written = stream.write_all(&self.0).and_then(|()| stream.flush());
        drop(written);
    }

    pub(crate) fn body(&self) -> String {
        let text = String::from_utf8_lossy(&self.0);
        let body = text.split_once("\r\n\r\n");
        body.map_or_else(String::new, |(_, body)| body.to_owned())
    }
}

impl Asked {
    /// Reads one request; nothing where the client has gone.
    pub(super) fn read(stream: &mut dyn Read) -> Option<Self> {
        let mut bytes = Vec::new();
        let mut piece = [0; 1 << 14];
        loop {
            if let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
                let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
                let asked = Self {
                    head,
                    body: bytes[end + 4..].to_vec(),
                };
                let length = asked.header("content-length");
                let length = length.map_or(0, |length| length.parse().expect("it is a number"));
                if asked.body.len() >= length {
                    return Some(asked);
                }
            }
            let length = stream.read(&mut piece).ok().filter(|length| *length > 0)?;
            bytes.extend(&piece[..length]);
        }
    }

    /// Method, path and query.
    pub(crate) fn line(&self) -> &str {
        let line = self.head.lines().next().unwrap_or_default();
        line.trim_end_matches(" HTTP/1.1")
    }

    pub(crate) fn body(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Everything that the client has sent before its body.
    pub(crate) fn head(&self) -> &str {
        &self.head
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self
            .head
            .lines()
            .skip(1)
            .filter_map(|it| it.split_once(':'));
        let (_, value) = headers.find(|(found, _)| found.eq_ignore_ascii_case(name))?;
        Some(value.trim())
    }

    /// The same request without a header.
    pub(crate) fn without(&self, name: &str) -> Self {
        let is_other = |line: &&str| {
            let found = line.split(':').next().unwrap_or_default();
            !found.eq_ignore_ascii_case(name)
        };
        let lines: Vec<&str> = self.head.lines().filter(is_other).collect();
        Self {
            head: lines.join("\r\n"),
            body: self.body.clone(),
        }
    }

    pub(crate) fn is_identity(&self) -> bool {
        self.line().contains(" /identity/")
    }

    pub(crate) fn is_query(&self) -> bool {
        self.line().contains("_method=GET")
    }

    pub(crate) fn is_write(&self) -> bool {
        self.line().starts_with("POST /rest/v1/opportunities") && !self.is_query()
    }

    /// What a server answers.
    fn pass_on(&self, to: SocketAddr) -> Reply {
        let sent = self.without("connection").without("accept-encoding");
        let mut bytes = format!("{}\r\nConnection: close\r\n\r\n", sent.head).into_bytes();
        bytes.extend(sent.body);
        let mut stream = TcpStream::connect(to).expect("it listens");
        stream.write_all(&bytes).expect("it reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it answers");
        Reply(answer)
    }
}

impl Gateway {
    /// One before a Marketo.
    pub(crate) fn before(
        marketo: &Marketo,
        script: impl Fn(&Asked, &dyn Fn(&Asked) -> Reply) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::start(marketo.address(), None, Arc::new(script))
    }

    /// One that passes everything on, and has a certificate of its own making.
    pub(crate) fn with_tls(marketo: &Marketo) -> Self {
        let certificate = CertificateDer::from_pem_file(Self::certificate());
        let key = PrivateKeyDer::from_pem_file(Self::certificate().with_extension("key"));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has them")
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.expect("it is there")],
                key.expect("it is there"),
            );
        let tls = Arc::new(config.expect("the key is the certificate's"));
        let pass = |asked: &Asked, pass: &dyn Fn(&Asked) -> Reply| pass(asked);
        Self::start(marketo.address(), Some(tls), Arc::new(pass))
    }

    /// The certificate of [`Self::with_tls`], which has signed itself.
    pub(crate) fn certificate() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tls/untrusted.crt")
    }

    fn start(to: SocketAddr, tls: Option<Arc<ServerConfig>>, script: Arc<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let gateway = Self {
            address: listener.local_addr().expect("it is bound"),
            scheme: if tls.is_some() { "https" } else { "http" },
            seen: Arc::default(),
        };
        let seen = Arc::clone(&gateway.seen);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (tls, script, seen) = (tls.clone(), Arc::clone(&script), Arc::clone(&seen));
                let answer = move |stream: &mut dyn Stream| answer(stream, to, &seen, &*script);
                thread::spawn(move || match tls {
                    None => answer(&mut { stream }),
                    Some(tls) => {
                        let session = ServerConnection::new(tls).expect("the settings are good");
                        answer(&mut StreamOwned::new(session, stream));
                    }
                });
            }
        });
        gateway
    }

    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Where it listens, without a scheme.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// A project for a Marketo behind this gateway.
    pub(crate) fn project(&self, marketo: &Marketo, manifest: &str) -> Project {
        let project = marketo.project(manifest);
        let config = marketo.config("").replace(&marketo.url(), &self.url());
        project.write("oppctl.yaml", config);
        project
    }

    /// The first lines of the requests up to now.
    pub(crate) fn seen(&self) -> Vec<String> {
        let seen = self.seen.lock();
        seen.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A connection, with TLS or without it.
trait Stream: Read + Write {}

impl<S: Read + Write> Stream for S {}

/// Answers the one request of a connection.
fn answer(stream: &mut dyn Stream, to: SocketAddr, seen: &Mutex<Vec<String>>, script: &Script) {
    let Some(asked) = Asked::read(&mut *stream) else {
        return;
    };
    let line = asked.line().to_owned();
    seen.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(line);
    let Reply(bytes) = script(&asked, &|asked| asked.pass_on(to));
    // A client may have gone, as one does that is killed.
    let written = stream.write_all(&bytes).and_then(|()| stream.flush());
    drop(written);
}
