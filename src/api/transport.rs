//! One HTTP exchange: sends a request and returns a [`SuccessReply`] or the error that the answer means. It does not retry or
//! wait.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response};

use super::body::{described, unmarked};
use super::call::{Call, Counter};
use super::error::ApiError;
use super::halves::without_halves;
use super::identity::{self, BEARER, Grant};
use super::reply::{self, SuccessReply};
use super::settings::{ClientSettings, Timeouts};
use super::untrusted::is_untrusted;
use super::words::Discretion;
use crate::model::BaseUrl;

/// The maximum size of a reply in bytes. The largest replies, 300 rows of 30 kB text, are smaller.
const MAX_REPLY: usize = 64 << 20;

/// How long an idle connection is kept. If the gateway closed it before, the outcome of a write on it would be unknown.
const POOL_IDLE: Duration = Duration::from_secs(30);

/// A request to the instance.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) call: Call,
    /// The path below the base URL. It starts with a slash and may end in a query.
    pub(super) path: &'a str,
    pub(super) body: Body<'a>,
}

#[derive(Debug)]
pub(super) enum Body<'a> {
    /// GET.
    None,
    /// POST of form fields.
    Form(&'a [(&'static str, &'a str)]),
    /// POST of JSON.
    Json(&'a str),
}

/// The HTTP client, the instance's URL and the counts.
#[derive(Debug)]
pub(super) struct Transport {
    http: reqwest::Client,
    pub(super) base: BaseUrl,
    timeouts: Timeouts,
    pub(super) discretion: Discretion,
    pub(super) counter: Counter,
    #[cfg(test)]
    carrier: HiddenCarrier,
}

impl Transport {
    pub(super) fn new(settings: &ClientSettings) -> Result<Self, ApiError> {
        let base =
            BaseUrl::parse(&settings.base_url).map_err(|reason| ApiError::BaseUrl { reason })?;
        // Fails if another provider is installed already. Then that one is used.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("oppctl/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(settings.timeouts.connect)
            .pool_idle_timeout(POOL_IDLE)
            .redirect(reqwest::redirect::Policy::none())
            // Every call counts against the quota, so only `execute` repeats calls.
            .retry(reqwest::retry::never())
            .gzip(true);
        if base.is_loopback() {
            builder = builder.no_proxy();
        }
        if base.is_plain_http() {
            // Without TLS no certificate is needed, so the system's certificates are not read.
            builder = builder.tls_certs_only([]);
        }
        Ok(Self {
            http: builder.build().map_err(|source| ApiError::Setup {
                source: source.without_url().into(),
            })?,
            base,
            timeouts: settings.timeouts,
            discretion: Discretion::new(settings.client_secret.clone()),
            counter: Counter::default(),
            #[cfg(test)]
            carrier: HiddenCarrier(settings.carrier.clone()),
        })
    }

    /// Makes one call of the API.
    pub(super) async fn send(
        &self,
        request: &Request<'_>,
        token: &HeaderValue,
    ) -> Result<SuccessReply, ApiError> {
        let Request { call, path, body } = request;
        let url = self.base.join(path);
        let builder = match body {
            Body::None => self.http.request(Method::GET, url),
            Body::Form(form) => self.http.request(Method::POST, url).form(form),
            Body::Json(json) => self
                .http
                .request(Method::POST, url)
                .header(CONTENT_TYPE, "application/json; charset=utf-8")
                .body((*json).to_owned()),
        }
        .header(AUTHORIZATION, token);
        let answer = self.exchange(*call, builder).await?;
        let token = token.to_str().unwrap_or("").trim_start_matches(BEARER);
        let (body, halves) = without_halves(unmarked(&answer.body));
        match reply::read(*call, &body, &self.discretion.words(token)) {
            Some(Err(error)) => Err(error),
            Some(Ok(mut reply)) if (200..300).contains(&answer.status) => {
                if halves > 0 {
                    let halves = format!("half characters were left out of its values: {halves}");
                    reply.warnings.push(halves.into());
                }
                Ok(reply)
            }
            Some(Ok(_)) | None => Err(answer.error(*call)),
        }
    }

    /// Asks for a token, by POST with the credentials in the query. Page "Authentication" allows GET and POST, and documents query
    /// parameters only.
    pub(super) async fn identity(&self, id: &str, secret: &str) -> Result<Grant, ApiError> {
        let call = Call::IDENTITY;
        let mut url = self.base.join("/identity/oauth/token");
        url.query_pairs_mut()
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", id)
            .append_pair("client_secret", secret);
        // Gateways refuse a POST without a length, and reqwest sends none for an empty body.
        let builder = self
            .http
            .request(Method::POST, url)
            .header(CONTENT_LENGTH, 0);
        let answer = self.exchange(call, builder).await?;
        if answer.status == 401 {
            return Err(ApiError::Credentials {
                description: identity::refusal(&answer.body, answer.content_type.as_deref()),
            });
        }
        let grant = match answer.status {
            200 => identity::grant(&answer.body),
            _ => None,
        };
        grant.ok_or_else(|| answer.error(call))
    }

    async fn exchange(&self, call: Call, builder: RequestBuilder) -> Result<HttpAnswer, ApiError> {
        self.counter.count(call.operation);
        let limit = self.timeouts.of(call);
        #[cfg(test)]
        if let Some(carrier) = &self.carrier.0 {
            return self.carried(carrier, call, builder, limit).await;
        }
        let result = match builder.timeout(limit).send().await {
            Ok(response) => HttpAnswer::receive(response).await,
            Err(error) => Err(ExchangeError::Http(error)),
        };
        result.map_err(|error| self.api_error(call, error, limit))
    }

    /// The same exchange without a network.
    #[cfg(test)]
    async fn carried(
        &self,
        carrier: &super::Carrier,
        call: Call,
        builder: RequestBuilder,
        limit: Duration,
    ) -> Result<HttpAnswer, ApiError> {
        let request = builder.build().expect("the request is well-formed");
        let answer = async {
            if let Some(response) = carrier(request).await {
                return HttpAnswer::receive(response).await;
            }
            // The only way to make an error of reqwest.
            let empty = Response::from(axum::http::Response::new(""));
            let error = empty.json::<u8>().await.expect_err("it has no number");
            Err(ExchangeError::Http(error))
        };
        match tokio::time::timeout(limit, answer).await {
            Ok(answer) => answer.map_err(|error| self.api_error(call, error, limit)),
            Err(_) => Err(ApiError::TimedOut { call, limit }),
        }
    }

    fn api_error(&self, call: Call, error: ExchangeError, limit: Duration) -> ApiError {
        match error {
            ExchangeError::TooLong { status } => {
                let body = format!("more than {MAX_REPLY} bytes").into();
                ApiError::status(call, status, None, body)
            }
            ExchangeError::Http(error) => self.unanswered(call, error, limit),
        }
    }

    /// The error of a call without an answer. It never has the URL, because the URL of identity contains the secret.
    fn unanswered(&self, call: Call, error: reqwest::Error, limit: Duration) -> ApiError {
        let source = error.without_url();
        let server = self.base.as_str().into();
        if is_untrusted(&source) {
            ApiError::Untrusted {
                call,
                server,
                source,
            }
        } else if source.is_connect() && is_proxy_login(&source) {
            // What a proxy for http answers with this status: no call can succeed before somebody corrects it.
            let body = "the proxy answered to CONNECT".into();
            ApiError::status(call, PROXY_LOGIN, None, body)
        } else if source.is_connect() {
            ApiError::Unreachable {
                call,
                server,
                source,
            }
        } else if source.is_timeout() {
            ApiError::TimedOut { call, limit }
        } else if source.is_builder() {
            ApiError::Setup {
                source: source.into(),
            }
        } else {
            ApiError::Dropped { call, source }
        }
    }
}

/// "Proxy Authentication Required": RFC 9110, section 15.5.8.
const PROXY_LOGIN: u16 = 407;

/// Whether a proxy refused the tunnel for want of a user. The HTTP client says so in its text only.
fn is_proxy_login(error: &reqwest::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if error.to_string().contains("proxy authorization required") {
            return true;
        }
        cause = error.source();
    }
    false
}

/// A carrier, which as a function has no `Debug` of its own.
#[cfg(test)]
struct HiddenCarrier(Option<super::Carrier>);

#[cfg(test)]
impl std::fmt::Debug for HiddenCarrier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HiddenCarrier")
    }
}

/// An HTTP response with its whole body.
struct HttpAnswer {
    status: u16,
    retry_after: Option<Duration>,
    content_type: Option<Box<str>>,
    body: Vec<u8>,
}

/// Why there is no whole response.
enum ExchangeError {
    Http(reqwest::Error),
    TooLong { status: u16 },
}

impl HttpAnswer {
    async fn receive(mut response: Response) -> Result<Self, ExchangeError> {
        let retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        let content_type = response.headers().get(CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok().map(Into::into));
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(ExchangeError::Http)? {
            if body.len() + chunk.len() > MAX_REPLY {
                return Err(ExchangeError::TooLong { status });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Self {
            status,
            retry_after,
            content_type,
            body,
        })
    }

    /// The error of an answer that does not have the form of the API. It quotes nothing of the body.
    fn error(&self, call: Call) -> ApiError {
        let body = described(&self.body, self.content_type.as_deref());
        ApiError::status(call, self.status, self.retry_after, body)
    }
}
