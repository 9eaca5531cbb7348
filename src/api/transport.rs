//! One HTTP exchange: sends a request and returns a [`SuccessReply`] or the error that the answer means. It does not retry or
//! wait.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, Url};
use serde::Deserialize;

use super::call::{Call, Counter};
use super::error::ApiError;
use super::reply::{self, Loose, SuccessReply};
use super::settings::{ClientSettings, Timeouts};
use super::text::{excerpt, shown};
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

/// A token as identity grants it.
pub(super) struct Grant {
    pub(super) header: HeaderValue,
    pub(super) expires_in: Duration,
}

/// The HTTP client, the instance's URL and the counts.
#[derive(Debug)]
pub(super) struct Transport {
    http: reqwest::Client,
    pub(super) base: BaseUrl,
    timeouts: Timeouts,
    pub(super) counter: Counter,
    #[cfg(test)]
    carrier: HiddenCarrier,
}

#[derive(Deserialize)]
struct Identity {
    access_token: Option<Loose>,
    expires_in: Option<Loose>,
    error: Option<Loose>,
    error_description: Option<Loose>,
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
        let secret = token.to_str().unwrap_or("").trim_start_matches(BEARER);
        match reply::read(*call, &answer.body, &[secret]) {
            Some(Err(error)) => Err(error),
            Some(Ok(reply)) if (200..300).contains(&answer.status) => Ok(reply),
            Some(Ok(_)) | None => Err(answer.error(*call, &[secret])),
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
        let secrets = [secret, &encoded(secret)];
        let body: Option<Identity> = serde_json::from_slice(&answer.body).ok();
        if answer.status == 401 {
            let description = body.and_then(|body| body.error_description.or(body.error));
            return Err(ApiError::Credentials {
                description: match description {
                    Some(Loose(text)) => shown(&text, &secrets),
                    None => excerpt(&answer.body, &secrets),
                },
            });
        }
        let grant = body
            .filter(|_| answer.status == 200)
            .and_then(Identity::grant);
        grant.ok_or_else(|| answer.error(call, &secrets))
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
                let excerpt = format!("more than {MAX_REPLY} bytes").into();
                ApiError::status(call, status, None, excerpt)
            }
            ExchangeError::Http(error) => self.unanswered(call, error, limit),
        }
    }

    /// The error of a call without an answer. It never has the URL, because the URL of identity contains the secret.
    fn unanswered(&self, call: Call, error: reqwest::Error, limit: Duration) -> ApiError {
        let source = error.without_url();
        if source.is_connect() {
            let server = self.base.as_str().into();
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
            body,
        })
    }

    /// The error of an answer that does not have the form of the API.
    fn error(&self, call: Call, secrets: &[&str]) -> ApiError {
        let excerpt = excerpt(&self.body, secrets);
        ApiError::status(call, self.status, self.retry_after, excerpt)
    }
}

const BEARER: &str = "Bearer ";

impl Identity {
    fn grant(self) -> Option<Grant> {
        let Loose(token) = self.access_token.filter(|token| !token.0.is_empty())?;
        let mut header = HeaderValue::try_from(format!("{BEARER}{token}")).ok()?;
        header.set_sensitive(true);
        // A token without an expiry is used until a call is refused.
        let seconds = self
            .expires_in
            .map_or(Some(3600), |time| time.0.parse::<i64>().ok())?;
        Some(Grant {
            header,
            expires_in: Duration::from_secs(u64::try_from(seconds).unwrap_or(0)),
        })
    }
}

/// A secret as it is encoded in a URL. An error page that repeats the URL must not show the secret.
fn encoded(secret: &str) -> String {
    let mut url = Url::parse("http://localhost").expect("the URL is well-formed");
    url.query_pairs_mut().append_key_only(secret);
    url.query().unwrap_or("").to_owned()
}
