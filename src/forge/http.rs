//! The HTTP exchanges with a forge: the token, the one loop that waits and repeats, pages, and what an answer means.
//!
//! The token goes to the address of the forge alone. A call that reads follows a move within it, as that of a renamed repository; a
//! redirect elsewhere, or of a call that changes something, is an error. A link to the next page elsewhere is refused.

use std::time::Duration;

use reqwest::header::{HeaderMap, LINK};
use reqwest::{Method, Response, Url};
use serde_json::{Value, json};

use super::access::Access;
use super::answer::{Answer, now};
use super::error::{ForgeError, of_status};
use super::link;
use super::pause::{Next, after_silence};
use super::variables::ApiAddress;

/// The most bytes of an answer. A page of 100 comments of GitLab, each as long as it may be, has more; then the page is refused.
const MAX_ANSWER: usize = 64 << 20;
/// The most bytes of a file that a run has kept.
const MAX_FILE: usize = 256 << 20;
/// The longest wait of a call for rate limits, and for a forge that says when it is back.
const PATIENCE: Duration = Duration::from_secs(300);
/// The most waits for a rate limit in one call: a server that always says "now" gets no more.
const MOST_WAITS: u32 = 10;
/// The most moves that a call follows.
const MOST_MOVES: usize = 5;
/// The statuses of what is at another address now. The forges keep files behind 302.
const MOVED: [u16; 3] = [301, 307, 308];
/// Of 100 entries each.
const MAX_PAGES: usize = 100;
/// The most characters of the forge's own sentence in a message.
const MAX_SENTENCE: usize = 200;

/// A forge's API.
pub(super) struct Http {
    client: reqwest::Client,
    base: Url,
    forge: &'static str,
    /// The variable with the token.
    variable: &'static str,
    headers: HeaderMap,
}

/// What a call is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    /// Behind "cannot".
    pub(super) does: &'static str,
    /// What the token needs for it.
    pub(super) permission: &'static str,
}

/// A request, and whether a second one changes nothing more.
#[derive(Clone, Copy)]
struct Request<'r> {
    method: &'r Method,
    body: Option<&'r Value>,
    is_repeatable: bool,
}

impl<'r> Request<'r> {
    fn of(method: &'r Method, body: Option<&'r Value>) -> Self {
        let is_repeatable = *method != Method::POST;
        Self {
            method,
            body,
            is_repeatable,
        }
    }
}

impl Http {
    pub(super) fn new(address: &ApiAddress, access: &Access<'_>) -> Result<Self, ForgeError> {
        let (client, headers) = access.client(address)?;
        let Access {
            forge, variable, ..
        } = *access;
        Ok(Self {
            client,
            base: address.url().clone(),
            forge,
            variable,
            headers,
        })
    }

    /// Reads something.
    pub(super) async fn get(&self, call: Call, path: &str) -> Result<Value, ForgeError> {
        let answer = self.read(call, self.url(path)).await?;
        self.arrived(call, &answer)?;
        self.json(call, &answer)
    }

    /// All entries of a list, page by page. `member` names the list in an answer that is not the list itself.
    pub(super) async fn list(
        &self,
        call: Call,
        path: &str,
        member: Option<&str>,
    ) -> Result<Vec<Value>, ForgeError> {
        let mut url = self.url(path);
        let mut entries = Vec::new();
        for _ in 0..MAX_PAGES {
            let answer = self.read(call, url).await?;
            self.arrived(call, &answer)?;
            let mut page = self.json(call, &answer)?;
            let list = match member {
                Some(member) => page[member].take(),
                None => page,
            };
            let Value::Array(list) = list else {
                return Err(self.misread(call, "a list is missing"));
            };
            entries.extend(list);
            let links = answer.headers.get(LINK);
            let links = links.and_then(|links| links.to_str().ok());
            let Some(next) = links.and_then(link::next) else {
                return Ok(entries);
            };
            let next = Url::parse(next).ok();
            let is_here = |next: &Url| next.origin() == self.base.origin();
            let next = next.filter(is_here);
            url = next.ok_or_else(|| self.misread(call, "the next page is on another server"))?;
        }
        Err(self.misread(call, "the list does not end"))
    }

    /// Changes something that is the same after two such calls.
    pub(super) async fn change(
        &self,
        call: Call,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Value, ForgeError> {
        let request = Request::of(&method, Some(body));
        let answer = self.ask(call, &self.url(path), request).await?;
        self.arrived(call, &answer)?;
        self.json(call, &answer)
    }

    /// Creates something: not repeated if the forge may have done it.
    pub(super) async fn create(
        &self,
        call: Call,
        path: &str,
        body: &Value,
    ) -> Result<Value, ForgeError> {
        self.change(call, Method::POST, path, body).await
    }

    /// Creates or extends something. Where the forge may have done so without an answer, `find` looks for it before the next try.
    pub(super) async fn once_only(
        &self,
        call: Call,
        (method, path): (Method, &str),
        body: &Value,
        find: impl AsyncFn() -> Result<Option<Value>, ForgeError>,
    ) -> Result<Value, ForgeError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let request = Request {
                method: &method,
                body: Some(body),
                is_repeatable: false,
            };
            let error = match self.ask(call, &self.url(path), request).await {
                Ok(answer) => {
                    self.arrived(call, &answer)?;
                    return self.json(call, &answer);
                }
                Err(error) => error,
            };
            let pause = after_silence(tries).filter(|_| error.is_uncertain());
            tokio::time::sleep(pause.ok_or(error)?).await;
            if let Some(found) = find().await? {
                return Ok(found);
            }
        }
    }

    /// Deletes something, if it is still there.
    pub(super) async fn delete(&self, call: Call, path: &str) -> Result<(), ForgeError> {
        let answer = self
            .ask(call, &self.url(path), Request::of(&Method::DELETE, None))
            .await;
        match answer {
            Ok(answer) => self.arrived(call, &answer),
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Reads a file. A redirect is followed without the token: the forges keep files elsewhere, below addresses that expire.
    pub(super) async fn file(&self, call: Call, path: &str) -> Result<Vec<u8>, ForgeError> {
        let answer = self.read(call, self.url(path)).await?;
        if !answer.status.is_redirection() {
            return Ok(answer.body);
        }
        let to = answer.location(&self.base);
        let is_safe = |to: &Url| to.scheme() == "https" || to.origin() == self.base.origin();
        let to = to.filter(is_safe);
        let to = to.ok_or_else(|| self.misread(call, "a file is at an address without https"))?;
        let response = self.client.get(to).send().await;
        let response = response.map_err(|source| self.no_answer(call, source))?;
        let answer = self.received(call, response, MAX_FILE).await?;
        self.arrived(call, &answer)?;
        if answer.status.is_success() {
            return Ok(answer.body);
        }
        // Not the forge itself answers here: its words say nothing about the token.
        Err(ForgeError::Unavailable {
            does: call.does,
            forge: self.forge,
            status: answer.status.as_u16(),
        })
    }

    /// Asks, and asks again where something has moved to on the same server.
    async fn read(&self, call: Call, mut url: Url) -> Result<Answer, ForgeError> {
        for _ in 0..MOST_MOVES {
            let answer = self
                .ask(call, &url, Request::of(&Method::GET, None))
                .await?;
            let is_moved = MOVED.contains(&answer.status.as_u16());
            let to = answer
                .location(&url)
                .filter(|to| is_moved && to.origin() == url.origin());
            match to {
                Some(to) => url = to,
                None => return Ok(answer),
            }
        }
        Err(self.misread(call, "it has moved again and again"))
    }

    /// Refuses an answer that says that the call is to be made elsewhere.
    fn arrived(&self, call: Call, answer: &Answer) -> Result<(), ForgeError> {
        if !answer.status.is_redirection() {
            return Ok(());
        }
        Err(ForgeError::Redirected {
            does: call.does,
            forge: self.forge,
            status: answer.status.as_u16(),
        })
    }

    /// Asks until there is an answer that counts.
    async fn ask(&self, call: Call, url: &Url, request: Request<'_>) -> Result<Answer, ForgeError> {
        let mut waited = Duration::ZERO;
        let mut waits = 0;
        let mut tries = 0;
        let is_repeatable = request.is_repeatable;
        loop {
            tries += 1;
            let answer = match self.once(call, url, request).await {
                Ok(answer) => answer,
                Err(error) => match after_silence(tries) {
                    Some(pause) if is_repeatable && error.is_uncertain() => {
                        tokio::time::sleep(pause).await;
                        continue;
                    }
                    Some(_) | None => return Err(error),
                },
            };
            if answer.status.is_success() || answer.status.is_redirection() {
                return Ok(answer);
            }
            let message = self.sentence(&answer);
            let pause = match answer.limits(&message).next(tries, now()) {
                Next::Limit(pause)
                    if waited.saturating_add(pause) <= PATIENCE && waits < MOST_WAITS =>
                {
                    waited += pause;
                    waits += 1;
                    pause
                }
                Next::Limit(pause) => {
                    return Err(ForgeError::RateLimit {
                        does: call.does,
                        forge: self.forge,
                        wait: pause.as_secs(),
                    });
                }
                Next::Again(pause) if is_repeatable && pause <= PATIENCE => pause,
                Next::Again(_) | Next::Final => {
                    let who = (self.forge, self.variable);
                    return Err(of_status(
                        answer.status,
                        call.does,
                        call.permission,
                        who,
                        message,
                    ));
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    async fn once(
        &self,
        call: Call,
        url: &Url,
        request: Request<'_>,
    ) -> Result<Answer, ForgeError> {
        let body = request.body;
        let request = self.client.request(request.method.clone(), url.clone());
        let mut request = request.headers(self.headers.clone());
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await;
        let response = response.map_err(|source| self.no_answer(call, source))?;
        self.received(call, response, MAX_ANSWER).await
    }

    async fn received(
        &self,
        call: Call,
        mut response: Response,
        most: usize,
    ) -> Result<Answer, ForgeError> {
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        loop {
            let chunk = response.chunk().await;
            let chunk = chunk.map_err(|source| self.no_answer(call, source))?;
            let Some(chunk) = chunk else { break };
            if body.len() + chunk.len() > most {
                return Err(self.misread(call, "it is too long"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            headers,
            body,
        })
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url.set_query(query);
        url
    }

    fn json(&self, call: Call, answer: &Answer) -> Result<Value, ForgeError> {
        // "No content".
        if answer.body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&answer.body).map_err(|_| self.misread(call, "it is not JSON"))
    }

    /// The forge's own sentence about an answer, without the token.
    fn sentence(&self, answer: &Answer) -> String {
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let message = match (&body["message"], &body["error"]) {
            (Value::String(text), _) | (_, Value::String(text)) => text.clone(),
            // As GitLab says what is wrong with a member of the body.
            (Value::Object(members), _) => json!(members).to_string(),
            _ => return String::new(),
        };
        let is_secret = self.headers.values().filter(|value| value.is_sensitive());
        let mut secrets = is_secret.filter_map(|value| value.to_str().ok()?.split(' ').next_back());
        if secrets.any(|secret| message.contains(secret)) {
            return String::new();
        }
        message.chars().take(MAX_SENTENCE).collect()
    }

    pub(super) fn misread(&self, call: Call, what: &'static str) -> ForgeError {
        ForgeError::Misread {
            does: call.does,
            forge: self.forge,
            what,
        }
    }

    fn no_answer(&self, call: Call, source: reqwest::Error) -> ForgeError {
        ForgeError::NoAnswer {
            does: call.does,
            forge: self.forge,
            source: source.without_url(),
        }
    }
}
