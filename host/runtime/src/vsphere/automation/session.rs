//! The session of a run with the Automation API.
//!
//! It is made when a call first needs it, in the family of that call, and ends with the run, however
//! that ends. A session that the server ended is replaced by one more, for the call that met it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::SystemTime;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, AUTHORIZATION, COOKIE, HeaderValue, USER_AGENT};
use http::{Method, StatusCode};
use stocktake_contract::{ErrorCode, Problem};
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

use super::{Call, Family, TOKEN};
use crate::credential::Credential;
use crate::gateway::{self, Body, Cause, Diagnosis, Meter, OutboundRequest, Timeouts, Transport};
use crate::limits::NetworkLimits;
use crate::vsphere::header;
use crate::vsphere::session::{BETWEEN_LOGOUTS, Cookies, LOGINS, LOGOUT_TIMEOUT, LOGOUTS};

/// Bytes of the reply to a login; a token is a fraction of that.
const LARGEST: usize = 64 * 1024;
/// Characters of a token.
const LONGEST: usize = 4096;

/// Whose session it is, and where.
#[derive(Debug)]
pub(crate) struct AutomationAccount {
    /// What the paths of the API stand behind, as in `https://vc.lan`.
    pub(crate) url: String,
    pub(crate) credential: Credential,
    pub(crate) limits: NetworkLimits,
}

/// Answers the calls of the Automation API in a session of the host's; other calls go on as they are.
#[derive(Clone, Debug)]
pub(crate) struct AutomationSession(Arc<Shared>);

struct Shared {
    /// Answers the calls of the Automation API.
    direct: Arc<dyn Transport>,
    /// Answers all others.
    others: Arc<dyn Transport>,
    url: String,
    credential: Credential,
    timeouts: Timeouts,
    meter: Arc<Meter>,
    cookies: Cookies,
    state: Mutex<State>,
    closed: AtomicBool,
}

#[derive(Default)]
struct State {
    session: Option<Session>,
    logins: u32,
    /// The status that refused a login, and of which family; no other one is tried.
    refused: Option<(Family, StatusCode)>,
    /// Why the session could not be ended.
    unended: Option<Problem>,
}

/// A session, counted from 1. Its token is as good as a password.
#[derive(Clone)]
struct Session {
    number: u32,
    family: Family,
    token: HeaderValue,
}

/// Why a call cannot be made in a session.
enum Failure {
    Diagnosis(Diagnosis),
    /// The login was answered by this status.
    Status(StatusCode),
}

impl From<Diagnosis> for Failure {
    fn from(diagnosis: Diagnosis) -> Self {
        Failure::Diagnosis(diagnosis)
    }
}

/// Nothing secret: neither credential nor token.
impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AutomationSession")
            .field("url", &self.url)
            .field("others", &self.others)
            .finish_non_exhaustive()
    }
}

impl AutomationSession {
    /// Logs in by `direct` once a call needs it; what is no call of the Automation API goes to `others`.
    pub(crate) fn new(
        direct: Arc<dyn Transport>,
        others: Arc<dyn Transport>,
        meter: Arc<Meter>,
        account: AutomationAccount,
    ) -> Self {
        let AutomationAccount {
            url,
            credential,
            limits,
        } = account;
        AutomationSession(Arc::new(Shared {
            direct,
            others,
            url,
            credential,
            timeouts: Timeouts {
                first_byte: limits.first_byte,
                between_bytes: limits.between_bytes,
                exchange: limits.exchange,
            },
            meter,
            cookies: Cookies::default(),
            state: Mutex::default(),
            closed: AtomicBool::new(false),
        }))
    }

    /// Ends the session, if there is one. No other is made afterwards.
    pub(crate) async fn close(&self) {
        let shared = &self.0;
        shared.closed.store(true, SeqCst);
        let logout = async {
            let mut state = shared.state.lock().await;
            shared.log_out(&mut state).await;
        };
        if timeout(LOGOUT_TIMEOUT, logout).await.is_err()
            && let Ok(mut state) = shared.state.try_lock()
        {
            state.unended.get_or_insert_with(|| {
                unended(&format!(
                    "the server did not answer within {LOGOUT_TIMEOUT:?}"
                ))
            });
        }
    }

    /// Why the session could not be ended, when it could not. Known once it is closed.
    pub(crate) fn unended(&self) -> Option<Problem> {
        let state = self.0.state.try_lock().ok()?;
        state.unended.clone()
    }

    async fn session(&self, family: Family) -> Result<Session, Failure> {
        // In a task of its own: the server may make the session although no task waits for the
        // answer any more.
        let shared = self.0.clone();
        let made = tokio::spawn(async move { shared.make_session(family).await });
        made.await.unwrap_or_else(|_| Err(ended().into()))
    }

    async fn answer(
        &self,
        family: Family,
        outbound: OutboundRequest,
    ) -> Result<http::Response<Body>, Failure> {
        let shared = &self.0;
        let session = self.session(family).await?;
        let response = shared.forward(outbound.clone(), &session).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        drop(response);
        shared.lose(&session).await;
        let session = self.session(family).await?;
        shared.meter.request();
        shared.meter.sent(outbound.request.body().len());
        Ok(shared.forward(outbound, &session).await?)
    }
}

#[async_trait]
impl Transport for AutomationSession {
    async fn send(&self, outbound: OutboundRequest) -> Result<http::Response<Body>, Diagnosis> {
        let Some(&Call { family, .. }) = outbound.request.extensions().get() else {
            return self.0.others.send(outbound).await;
        };
        match self.answer(family, outbound).await {
            Ok(response) if response.status().is_success() => Ok(response),
            Ok(response) => Ok(status_alone(response.status())),
            Err(Failure::Status(status)) => Ok(status_alone(status)),
            Err(Failure::Diagnosis(diagnosis)) => Err(diagnosis),
        }
    }
}

impl Shared {
    async fn make_session(&self, family: Family) -> Result<Session, Failure> {
        let mut state = self.state.lock().await;
        match &state.session {
            Some(session) if session.family == family => return Ok(session.clone()),
            // Nothing says that the one family takes the tokens of the other.
            Some(_) => self.log_out(&mut state).await,
            None => {}
        }
        if self.closed.load(SeqCst) {
            return Err(ended().into());
        }
        if let Some((_, status)) = state.refused.filter(|(refused, _)| *refused == family) {
            return Err(Failure::Status(status));
        }
        if state.logins >= LOGINS {
            return Err(Failure::Status(StatusCode::UNAUTHORIZED));
        }
        state.logins += 1;
        let session = match self.log_in(family, state.logins).await {
            Ok(session) => session,
            Err(failure) => {
                if let Failure::Status(status) = failure {
                    state.refused = Some((family, status));
                }
                return Err(failure);
            }
        };
        tracing::debug!(session = session.number, "logged in at the Automation API");
        state.session = Some(session.clone());
        if self.closed.load(SeqCst) {
            self.log_out(&mut state).await;
            return Err(ended().into());
        }
        Ok(session)
    }

    async fn log_in(&self, family: Family, number: u32) -> Result<Session, Failure> {
        let Credential { username, password } = &self.credential;
        let plain = Zeroizing::new(format!("{username}:{}", password.as_str()));
        let encoded = Zeroizing::new(STANDARD.encode(plain.as_bytes()));
        let basic = Zeroizing::new(format!("Basic {}", encoded.as_str()).into_bytes());
        let basic = secret(basic).ok_or_else(|| unsent("its credential is no header"))?;
        let response = self
            .call(Method::POST, family, (AUTHORIZATION.as_str(), basic))
            .await?;
        let status = response.status();
        if !status.is_success() {
            tracing::info!(%status, "the login at the Automation API was refused");
            return Err(Failure::Status(status));
        }
        let token = token(response).await?;
        let token = token.ok_or(Failure::Status(StatusCode::BAD_GATEWAY))?;
        Ok(Session {
            number,
            family,
            token,
        })
    }

    async fn log_out(&self, state: &mut State) {
        let Some(session) = state.session.take() else {
            return;
        };
        for attempt in 1..=LOGOUTS {
            let token = (TOKEN, session.token.clone());
            let answer = self.call(Method::DELETE, session.family, token).await;
            let status = answer.map(|response| response.status());
            state.unended = match &status {
                Ok(status) if status.is_success() || *status == StatusCode::UNAUTHORIZED => None,
                Ok(status) => Some(unended(&format!("the server answered {}", status.as_u16()))),
                Err(diagnosis) => Some(unended(&diagnosis.message)),
            };
            let is_over = !status.is_ok_and(|status| status.is_server_error());
            if is_over || attempt == LOGOUTS {
                return;
            }
            sleep(BETWEEN_LOGOUTS * attempt).await;
        }
    }

    /// A call of the host's that begins or ends a session.
    async fn call(
        &self,
        method: Method,
        family: Family,
        (name, value): (&'static str, HeaderValue),
    ) -> Result<http::Response<Body>, Diagnosis> {
        let path = family.session();
        let call = gateway::Call {
            name: format!("{method} {path}"),
            // Of a login whose answer was lost a session may be left already.
            is_repeatable: false,
        };
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header(USER_AGENT, concat!("stocktake/", env!("CARGO_PKG_VERSION")))
            .header(ACCEPT_ENCODING, "gzip")
            // The token comes in the body alone, and not as a cookie too.
            .header("vmware-use-header-authn", "true")
            .header(name, value)
            .body(Bytes::new())
            .map_err(|_| unsent("its address is none"))?;
        self.meter.request();
        let outbound = OutboundRequest {
            request,
            call: Some(call),
            timeouts: self.timeouts,
            meter: self.meter.clone(),
        };
        self.exchange(outbound, path).await
    }

    /// Sends a call of the collector's in a session.
    async fn forward(
        &self,
        mut outbound: OutboundRequest,
        session: &Session,
    ) -> Result<http::Response<Body>, Diagnosis> {
        let headers = outbound.request.headers_mut();
        headers.insert(TOKEN, session.token.clone());
        self.exchange(outbound, session.family.tagging()).await
    }

    async fn exchange(
        &self,
        mut outbound: OutboundRequest,
        path: &str,
    ) -> Result<http::Response<Body>, Diagnosis> {
        if let Some(cookies) = self.cookies.header(None) {
            outbound.request.headers_mut().insert(COOKIE, cookies);
        }
        tracing::trace!(?outbound, "exchange with the Automation API");
        let mut response = self.direct.send(outbound).await?;
        let headers = response.headers_mut();
        self.cookies.take(headers, path, SystemTime::now());
        header::clean_session(headers);
        Ok(response)
    }

    /// The server has ended this session.
    async fn lose(&self, lost: &Session) {
        let mut state = self.state.lock().await;
        // Several exchanges may learn of the same loss.
        let current = &mut state.session;
        if current
            .take_if(|session| session.number == lost.number)
            .is_some()
        {
            tracing::info!(
                session = lost.number,
                "the server ended the session of the Automation API"
            );
        }
    }
}

/// The token in the reply to a login: a text, or one in `value`.
async fn token(response: http::Response<Body>) -> Result<Option<HeaderValue>, Diagnosis> {
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Reply<'b> {
        Api(&'b str),
        Rest { value: &'b str },
    }
    let mut incoming = response.into_body();
    let mut body = Zeroizing::new(Vec::with_capacity(LARGEST));
    while let Some(chunk) = incoming.chunk().await {
        let chunk = chunk?;
        if body.len() + chunk.len() > LARGEST {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    let token = match serde_json::from_slice(&body) {
        Ok(Reply::Api(token) | Reply::Rest { value: token }) => token,
        Err(_) => return Ok(None),
    };
    let is_sound = (1..=LONGEST).contains(&token.len());
    Ok(secret(Zeroizing::new(token.as_bytes().to_vec())).filter(|_| is_sound))
}

/// A header that is wiped when it is dropped and shown nowhere.
fn secret(value: Zeroizing<Vec<u8>>) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(value)).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// The body of a reply that is no answer may quote the request.
fn status_alone(status: StatusCode) -> http::Response<Body> {
    let mut response = http::Response::new(Body::whole(Bytes::new()));
    *response.status_mut() = status;
    response
}

fn unsent(why: &str) -> Diagnosis {
    let message = format!("a session of the Automation API cannot be asked for: {why}");
    Diagnosis::new(Cause::Protocol, message)
}

fn unended(why: &str) -> Problem {
    let message = format!("the session of the Automation API was not ended: {why}");
    Problem::new(ErrorCode::VcenterNetworkError, message)
}

fn ended() -> Diagnosis {
    Diagnosis::new(Cause::Interrupted, "the run was ended")
}

#[cfg(test)]
mod tests;
