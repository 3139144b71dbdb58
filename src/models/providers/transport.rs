use super::{Fault, Head, HttpRequest, Redactor, Visible};
use crate::engine::effect::{FaultDetail, Phase};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::error::Error;
use std::future::Future;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, timeout_at};

/// The four deadlines of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// Until the connection stands, TLS included.
    pub connect: Duration,
    /// From then until the first byte of the answer's body.
    pub first_byte: Duration,
    /// Between one piece of the body and the next.
    pub idle: Duration,
    /// All together.
    pub total: Duration,
}

impl Default for Deadlines {
    /// A model that reasons for long before it says anything needs the first byte's two minutes; one that has begun is
    /// not silent for one.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_mins(2),
            idle: Duration::from_mins(1),
            total: Duration::from_mins(10),
        }
    }
}

/// An answer that is larger than this is no answer of a model.
const LARGEST_BODY: usize = 32 << 20;
/// Of an error only the beginning is read.
const LARGEST_ERROR: usize = 64 << 10;

/// Carries requests. Nothing is set up before the first one; a future that is dropped closes its connection.
#[derive(Debug)]
pub struct Transport {
    deadlines: Deadlines,
    /// For addresses of this machine: never through a proxy.
    local: OnceLock<reqwest::Client>,
    /// For all others: through the proxy that the environment names.
    remote: OnceLock<reqwest::Client>,
}

impl Transport {
    /// A transport with these deadlines.
    pub fn new(deadlines: Deadlines) -> Self {
        Self { deadlines, local: OnceLock::new(), remote: OnceLock::new() }
    }

    /// Sends a request; ends when the head of the answer is there. `left` is what the caller has left altogether.
    pub async fn send(&self, request: &HttpRequest, left: Duration) -> Result<Response, Fault> {
        let redactor = Redactor::new(request.secrets());
        let url = reqwest::Url::parse(&request.url).map_err(|why| {
            let message = format!("the address `{}` is none: {why}", redactor.clean(&request.url));
            Fault::new(FaultDetail::BadRequest, message)
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            let message = format!("the address `{}` is neither http nor https", redactor.clean(&request.url));
            return Err(Fault::new(FaultDetail::BadRequest, message));
        }
        let headers = header_map(request)?;
        let client = self.client(&url)?;
        let now = Instant::now();
        let budget = Budget {
            total: now + self.deadlines.total.min(left),
            own_total: (self.deadlines.total < left).then_some(self.deadlines.total),
            first: (now + self.deadlines.connect + self.deadlines.first_byte, self.deadlines.first_byte),
            idle: self.deadlines.idle,
        };
        let sending = client.post(url).headers(headers).body(request.body.clone()).send();
        let answer = budget
            .first_byte(sending)
            .await?
            .map_err(|error| not_sent(&error, &redactor, &self.deadlines))?;
        let head = Head {
            status: answer.status().as_u16(),
            headers: answer
                .headers()
                .iter()
                .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())))
                .collect(),
            received: now_by_the_wall(),
        };
        Ok(Response { head, body: answer, budget, redactor, read: 0 })
    }

    fn client(&self, url: &reqwest::Url) -> Result<&reqwest::Client, Fault> {
        let local = is_loopback(url);
        let slot = if local { &self.local } else { &self.remote };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let builder = reqwest::Client::builder()
            .user_agent(concat!("agentflow/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(self.deadlines.connect);
        let builder = if local { builder.no_proxy() } else { builder };
        let client = builder.build().map_err(|error| {
            Fault::new(
                FaultDetail::Connect,
                format!("the HTTP client could not be set up: {}", chain(&error)),
            )
        })?;
        Ok(slot.get_or_init(|| client))
    }
}

#[expect(clippy::disallowed_methods, reason = "a date in `Retry-After` can be measured by no other clock")]
fn now_by_the_wall() -> SystemTime {
    SystemTime::now()
}

/// An address that never leaves this machine.
fn is_loopback(url: &reqwest::Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let named = bare == "localhost" || bare.ends_with(".localhost");
    named || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn header_map(request: &HttpRequest) -> Result<HeaderMap, Fault> {
    let mut map = HeaderMap::new();
    for (name, value) in &request.headers {
        let (text, hidden) = match value {
            Visible::Plain(text) => (text.clone(), false),
            Visible::Hidden { prefix, secret } => (format!("{prefix}{}", secret.expose()), true),
        };
        let bad = |what: &str| {
            Fault::new(FaultDetail::BadRequest, format!("the {what} of the header `{name}` cannot be sent"))
        };
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad("name"))?;
        let mut value = HeaderValue::from_str(&text).map_err(|_| bad("value"))?;
        value.set_sensitive(hidden);
        map.insert(header, value);
    }
    Ok(map)
}

/// The moments at which waiting ends, and how long each was.
#[derive(Clone, Copy, Debug)]
struct Budget {
    total: Instant,
    /// The length of `total`, unless it is only what the caller had left.
    own_total: Option<Duration>,
    first: (Instant, Duration),
    idle: Duration,
}

impl Budget {
    async fn first_byte<T>(&self, waiting: impl Future<Output = T>) -> Result<T, Fault> {
        self.wait(self.first, Phase::FirstByte, waiting).await
    }

    async fn idle<T>(&self, waiting: impl Future<Output = T>) -> Result<T, Fault> {
        self.wait((Instant::now() + self.idle, self.idle), Phase::Idle, waiting).await
    }

    async fn wait<T>(
        &self,
        (at, length): (Instant, Duration),
        phase: Phase,
        waiting: impl Future<Output = T>,
    ) -> Result<T, Fault> {
        if self.total <= at {
            return timeout_at(self.total, waiting).await.map_err(|_| out_of_time(self.own_total));
        }
        timeout_at(at, waiting).await.map_err(|_| timed_out(phase, length))
    }
}

fn out_of_time(own: Option<Duration>) -> Fault {
    let message = match own {
        Some(length) => format!("the answer took longer than {}", spoken(length)),
        None => "the answer was not there when the call's time was up".into(),
    };
    Fault::new(FaultDetail::Timeout(Phase::Total), message)
}

fn timed_out(phase: Phase, length: Duration) -> Fault {
    let length = spoken(length);
    let message = match phase {
        Phase::Connect => format!("no connection within {length}"),
        Phase::FirstByte => format!("no answer within {length}"),
        Phase::Idle => format!("the answer stood still for {length}"),
        Phase::Total => format!("no whole answer within {length}"),
    };
    Fault::new(FaultDetail::Timeout(phase), message)
}

/// A length of time as a person says it: `90s`, `2m`, `250ms`.
pub(in crate::models) fn spoken(length: Duration) -> String {
    let ms = length.as_millis();
    match ms {
        0..10_000 if !ms.is_multiple_of(1000) => format!("{ms}ms"),
        ms if ms >= 120_000 && ms % 60_000 < 1000 => format!("{}m", ms / 60_000),
        ms => format!("{}s", ms / 1000),
    }
}

/// An answer whose head is there.
#[derive(Debug)]
pub struct Response {
    /// Everything before the body.
    pub head: Head,
    body: reqwest::Response,
    budget: Budget,
    redactor: Redactor,
    read: usize,
}

impl Response {
    /// The next piece of the body; `None` at its end.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        let first = self.read == 0;
        let next = self.body.chunk();
        let next = if first { self.budget.first_byte(next).await? } else { self.budget.idle(next).await? };
        let Some(piece) = next.map_err(|error| broke(&error, self.read, &self.redactor))? else {
            return Ok(None);
        };
        self.read += piece.len();
        if self.read > LARGEST_BODY {
            let message = format!("the answer is larger than {} MB", LARGEST_BODY >> 20);
            return Err(Fault::new(FaultDetail::Protocol, message));
        }
        Ok(Some(piece.to_vec()))
    }

    /// The whole body; of an answer with a bad status its beginning.
    pub async fn whole(&mut self) -> Result<Vec<u8>, Fault> {
        let mut body = Vec::new();
        while let Some(piece) = self.chunk().await? {
            body.extend(piece);
            if !self.head.is_success() && body.len() > LARGEST_ERROR {
                body.truncate(LARGEST_ERROR);
                break;
            }
        }
        Ok(body)
    }

    /// The fault without what must not be shown: servers quote keys back.
    pub fn cleaned(&self, mut fault: Fault) -> Fault {
        fault.message = self.redactor.clean(&fault.message);
        fault
    }
}

fn not_sent(error: &reqwest::Error, redactor: &Redactor, deadlines: &Deadlines) -> Fault {
    if error.is_timeout() {
        return timed_out(Phase::Connect, deadlines.connect);
    }
    let host = error.url().and_then(reqwest::Url::host_str).unwrap_or("the endpoint");
    let port = error.url().and_then(reqwest::Url::port).map(|port| format!(":{port}")).unwrap_or_default();
    let why = redactor.clean(&root_cause(error));
    let message = if error.is_connect() {
        format!("no connection to {host}{port}: {why}")
    } else {
        format!("the connection to {host}{port} broke before an answer: {why}")
    };
    Fault::new(FaultDetail::Connect, message)
}

fn broke(error: &reqwest::Error, read: usize, redactor: &Redactor) -> Fault {
    let why = redactor.clean(&root_cause(error));
    Fault::new(FaultDetail::Connect, format!("the connection broke after {read} bytes of the answer: {why}"))
}

/// The innermost reason, which is the one that names what happened: "connection refused".
fn root_cause(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let text = cause.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
