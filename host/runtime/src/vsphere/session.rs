//! The session of a run, made and ended by the host.
//!
//! The threat: a collector that carries the password or the session away, leaves
//! sessions behind, or logs in until the account is locked. So it is given
//! neither: the host logs in when a call first needs it, adds the session to
//! what the collector sends and takes it from what comes back. A session that
//! the server ends is replaced before the next call, a few times at most; a
//! login that was refused is not tried again. The session ends with the run,
//! however that ends.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use http::StatusCode;
use http::header::{COOKIE, HeaderValue};
use stocktake_contract::Problem;
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};

use super::admission::refuse_session_manager;
use super::header;
use super::operation::{Operation, Reference};
use crate::credential::Credential;
use crate::gateway::{Body, Cause, Diagnosis, Meter, OutboundRequest, Timeouts, Transport};
use crate::limits::NetworkLimits;
use crate::redaction::Redaction;

use call::Call;
use reply::Reply;

pub(super) use cookies::Cookies;

pub use keeper::SessionKeeper;

pub(super) mod call;
mod cookies;
mod errors;
mod keeper;
pub(super) mod reply;

/// Sessions of one run; a server that ends more of them is not worth another.
pub(super) const LOGINS: u32 = 4;
/// For the logout, whatever else is under way.
pub(crate) const LOGOUT_TIMEOUT: Duration = Duration::from_secs(2);
/// Logouts of one session; a server that answers none of them is left to let it expire.
pub(super) const LOGOUTS: u32 = 3;
/// Between one logout that was not answered and the next, and longer each time.
pub(super) const BETWEEN_LOGOUTS: Duration = Duration::from_millis(150);
/// Bytes of a failed reply in which its fault stands.
const FAULT: usize = 16 * 1024;

/// What a run began on the server and ended there, of sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sessions {
    /// Logins that were answered.
    pub logins: u32,
    /// Logouts that were answered.
    pub logouts: u32,
    /// Sessions that the server ended by itself.
    pub lost: u32,
}

/// The account of a session, and the tokens that identify the session.
#[derive(Debug)]
pub(crate) struct Account {
    /// Where calls are sent.
    pub(crate) url: String,
    pub(crate) credential: Credential,
    pub(crate) redaction: Arc<Redaction>,
    pub(crate) limits: NetworkLimits,
    /// May hold a session of a run before.
    pub(crate) session_of: Option<SessionKeeper>,
    /// Keeps the session for the next run.
    pub(crate) session_to: Option<SessionKeeper>,
}

/// Answers the calls of a collector in a session of the host's.
#[derive(Clone, Debug)]
pub(crate) struct VsphereSession(Arc<Shared>);

struct Shared {
    transport: Arc<dyn Transport>,
    /// Where calls are sent.
    url: String,
    /// The path of the vSphere API.
    path: String,
    credential: Credential,
    redaction: Arc<Redaction>,
    timeouts: Timeouts,
    meter: Arc<Meter>,
    cookies: Cookies,
    state: Mutex<State>,
    closed: AtomicBool,
    /// Keeps the session for the next run when this one is over.
    keeper: Option<SessionKeeper>,
}

#[derive(Default)]
struct State {
    service: Option<Arc<Service>>,
    session: Option<Session>,
    sessions: Sessions,
    /// Why no session can be had in this run.
    refused: Option<Diagnosis>,
    /// Why the session could not be ended.
    unended: Option<Problem>,
}

/// What the server said of itself.
#[derive(Debug)]
pub(super) struct Service {
    manager: Reference,
    /// Where the inventory begins, who makes views and who reads properties.
    pub(super) root: Option<Reference>,
    views: Option<Reference>,
    properties: Option<Reference>,
    api_version: String,
}

/// A session, counted from 1. The cookie is as good as a password.
#[derive(Clone)]
pub(super) struct Session {
    number: u32,
    cookie: Option<HeaderValue>,
}

/// Why a call cannot be made in a session.
pub(super) enum Failure {
    /// The exchange failed, or the login was refused.
    Diagnosis(Diagnosis),
    /// The server, or what stands before it, answered something else: the
    /// collector reports what.
    Reply(Box<Reply>),
}

impl From<Diagnosis> for Failure {
    fn from(diagnosis: Diagnosis) -> Self {
        Failure::Diagnosis(diagnosis)
    }
}

/// Nothing secret: neither credential nor session.
impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VsphereSession")
            .field("url", &self.url)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

impl VsphereSession {
    /// Logs in as `account` says once a call needs it.
    pub(crate) fn new(transport: Arc<dyn Transport>, meter: Arc<Meter>, account: Account) -> Self {
        let Account {
            url,
            credential,
            redaction,
            limits,
            session_of,
            session_to,
        } = account;
        let parsed: Option<http::Uri> = url.parse().ok();
        let cookies = Cookies::default();
        let mut state = State::default();
        let inherited = session_of.and_then(|keeper| {
            keeper.take_if(|kept| kept.0.url == url && kept.0.credential == credential)
        });
        if let Some(kept) = inherited
            && let Ok(mut left) = kept.0.state.try_lock()
        {
            cookies.adopt(&kept.0.cookies);
            state = std::mem::take(&mut *left);
        }
        VsphereSession(Arc::new(Shared {
            transport,
            path: parsed.map_or_else(String::new, |url| url.path().to_owned()),
            url,
            credential,
            redaction,
            cookies,
            keeper: session_to,
            timeouts: Timeouts {
                first_byte: limits.first_byte,
                between_bytes: limits.between_bytes,
                exchange: limits.exchange,
            },
            meter,
            state: Mutex::new(state),
            closed: AtomicBool::new(false),
        }))
    }

    /// Ends the session, if there is one, or leaves it to the next run. No other is made
    /// afterwards.
    pub(crate) async fn close(&self) -> Sessions {
        let shared = &self.0;
        shared.closed.store(true, SeqCst);
        if let Some(keeper) = &shared.keeper
            && let Ok(state) = shared.state.try_lock()
            && state.session.is_some()
        {
            keeper.keep(self.clone());
            return Sessions::default();
        }
        self.log_out().await;
        match shared.state.try_lock() {
            Ok(state) => state.sessions,
            Err(_) => Sessions::default(),
        }
    }

    /// Why the session could not be ended, when it could not. Known once it is closed.
    pub(crate) fn unended(&self) -> Option<Problem> {
        let state = self.0.state.try_lock().ok()?;
        state.unended.clone()
    }

    async fn log_out(&self) {
        let shared = &self.0;
        let farewell = async {
            let mut state = shared.state.lock().await;
            shared.log_out(&mut state).await;
        };
        if timeout(LOGOUT_TIMEOUT, farewell).await.is_err() {
            tracing::warn!(
                "the session was not ended within {LOGOUT_TIMEOUT:?}; it expires on the server"
            );
            if let Ok(mut state) = shared.state.try_lock() {
                let silent = || errors::silence(LOGOUT_TIMEOUT);
                state.unended.get_or_insert_with(silent);
            }
        }
    }

    async fn session(&self) -> Result<(Arc<Service>, Session), Failure> {
        let state = self.0.state.lock().await;
        if let (Some(service), Some(session)) = (&state.service, &state.session) {
            return Ok((service.clone(), session.clone()));
        }
        drop(state);
        // In a task of its own: the server may make the session although no task
        // waits for the answer any more.
        let shared = self.0.clone();
        let made = tokio::spawn(async move { shared.make_session().await });
        made.await.unwrap_or_else(|_| Err(ended().into()))
    }
}

#[async_trait]
impl Transport for VsphereSession {
    async fn send(&self, outbound: OutboundRequest) -> Result<http::Response<Body>, Diagnosis> {
        match self.enter(&outbound).await {
            Ok(entered) => self.forward(outbound, entered).await,
            Err(answer) => answer,
        }
    }
}

/// A call may be sent in this session, or in none when it needs none.
pub(super) struct Entered(Option<Session>);

impl VsphereSession {
    /// Makes sure of the session that a call needs.
    ///
    /// # Errors
    ///
    /// The answer to the call where it cannot be sent.
    pub(super) async fn enter(
        &self,
        outbound: &OutboundRequest,
    ) -> Result<Entered, Result<http::Response<Body>, Diagnosis>> {
        let operation = outbound.request.extensions().get::<Arc<Operation>>();
        let Some(operation) = operation.filter(|call| call.method != "RetrieveServiceContent")
        else {
            return Ok(Entered(None));
        };
        match self.session().await {
            Ok((service, session)) => {
                match refuse_session_manager(operation, &service.manager.id) {
                    Ok(()) => Ok(Entered(Some(session))),
                    Err(diagnosis) => Err(Err(diagnosis)),
                }
            }
            Err(Failure::Diagnosis(diagnosis)) => Err(Err(diagnosis)),
            Err(Failure::Reply(reply)) => Err(Ok(reply.into_response())),
        }
    }

    /// Sends a call, and takes the session out of its answer.
    pub(super) async fn forward(
        &self,
        mut outbound: OutboundRequest,
        Entered(session): Entered,
    ) -> Result<http::Response<Body>, Diagnosis> {
        let shared = &self.0;
        let cookie = session.as_ref().and_then(|session| session.cookie.as_ref());
        if let Some(cookies) = shared.cookies.header(cookie) {
            outbound.request.headers_mut().insert(COOKIE, cookies);
        }
        let mut response = shared.transport.send(outbound).await?;
        shared.keep_cookies(response.headers());
        header::clean_session(response.headers_mut());
        if let Some(session) = session
            && response.status() == StatusCode::INTERNAL_SERVER_ERROR
        {
            let head = response.body_mut().peek(FAULT).await;
            if reply::fault(&head).is_some_and(|fault| fault.name == "NotAuthenticated") {
                shared.lose(&session).await;
            }
        }
        Ok(response)
    }

    /// Makes a call of the host's in the session, and answers with both.
    pub(super) async fn ask(
        &self,
        make: impl Fn(&Service) -> Option<Call>,
    ) -> Result<Option<(http::Response<Body>, Session)>, Failure> {
        let (service, session) = self.session().await?;
        let Some(call) = make(&service) else {
            return Ok(None);
        };
        let (response, _) = self.0.begin(call, session.cookie.clone()).await?;
        Ok(Some((response, session)))
    }

    /// The server has ended this session.
    pub(super) async fn lose(&self, session: &Session) {
        self.0.lose(session).await;
    }

    /// The server has ended the session of the last call.
    pub(super) async fn lose_current(&self) {
        let session = self.0.state.lock().await.session.clone();
        if let Some(session) = session {
            self.0.lose(&session).await;
        }
    }

    pub(super) fn meter(&self) -> &Arc<Meter> {
        &self.0.meter
    }
}

impl Shared {
    async fn make_session(&self) -> Result<(Arc<Service>, Session), Failure> {
        let mut state = self.state.lock().await;
        if let (Some(service), Some(session)) = (&state.service, &state.session) {
            return Ok((service.clone(), session.clone()));
        }
        if self.closed.load(SeqCst) {
            return Err(ended().into());
        }
        if let Some(refused) = &state.refused {
            return Err(refused.clone().into());
        }
        if state.sessions.logins >= LOGINS {
            return Err(state.refuse(errors::losses(LOGINS)));
        }
        let service = match &state.service {
            Some(service) => service.clone(),
            None => self.find_service(&mut state).await?,
        };
        let session = self.log_in(&mut state, &service).await?;
        if self.closed.load(SeqCst) {
            self.log_out(&mut state).await;
            return Err(ended().into());
        }
        Ok((service, session))
    }

    async fn find_service(&self, state: &mut State) -> Result<Arc<Service>, Failure> {
        let reply = self.call(Call::service_content(), None).await?;
        if !reply.is_answer() {
            return Err(Failure::Reply(Box::new(reply)));
        }
        let Some(service) = reply.service() else {
            return Err(state.refuse(errors::missing("sessionManager")));
        };
        let service = Arc::new(service);
        state.service = Some(service.clone());
        Ok(service)
    }

    async fn log_in(&self, state: &mut State, service: &Service) -> Result<Session, Failure> {
        let login = Call::login(service, &self.credential);
        let (response, cookie) = self.begin(login, None).await?;
        let session = Session {
            number: state.sessions.logins + 1,
            cookie,
        };
        let begun = response.status().is_success();
        if begun && session.cookie.is_some() {
            // From here on there is something to end, even if the rest never comes.
            state.begin(&session);
        }
        let reply = Reply::read(response).await?;
        if let Some(fault) = reply.fault() {
            let mut refused = errors::login(&fault, &self.credential.username);
            // A server that cannot read a call may quote it.
            self.redaction.clean_problem(&mut refused);
            tracing::info!(code = %refused.code, "the login was refused");
            return Err(state.refuse(refused));
        }
        if !reply.is_answer() {
            return Err(Failure::Reply(Box::new(reply)));
        }
        state.begin(&session);
        tracing::debug!(session = session.number, "logged in");
        Ok(session)
    }

    async fn log_out(&self, state: &mut State) {
        let (Some(service), Some(session)) = (state.service.clone(), state.session.take()) else {
            return;
        };
        for attempt in 1.. {
            let answer = self.call(Call::logout(&service), session.cookie.clone());
            let (mut problem, passes) = match answer.await {
                Ok(reply) if reply.is_answer() => {
                    state.sessions.logouts += 1;
                    state.unended = None;
                    return;
                }
                Ok(reply) => match reply.fault() {
                    Some(fault) if fault.name == "NotAuthenticated" => {
                        match attempt {
                            1 => state.sessions.lost += 1,
                            // An answer that was lost had ended it.
                            _ => state.sessions.logouts += 1,
                        }
                        state.unended = None;
                        return;
                    }
                    fault => errors::logout(fault.as_ref(), reply.status()),
                },
                Err(diagnosis) => errors::lost_logout(&diagnosis),
            };
            self.redaction.clean_problem(&mut problem);
            let last = !passes || attempt == LOGOUTS;
            tracing::warn!(
                attempt,
                last,
                "the session was not ended: {}",
                problem.message
            );
            state.unended = Some(problem);
            if last {
                return;
            }
            sleep(BETWEEN_LOGOUTS * attempt).await;
        }
    }

    /// The server has ended this session, and with it views and tokens.
    async fn lose(&self, lost: &Session) {
        let mut state = self.state.lock().await;
        // Several exchanges may learn of the same loss.
        if state
            .session
            .as_ref()
            .is_some_and(|session| session.number == lost.number)
        {
            state.session = None;
            state.sessions.lost += 1;
            tracing::info!(session = lost.number, "the server ended the session");
        }
    }

    fn keep_cookies(&self, headers: &http::HeaderMap) {
        self.cookies.take(headers, &self.path, SystemTime::now());
    }

    async fn call(&self, call: Call, cookie: Option<HeaderValue>) -> Result<Reply, Diagnosis> {
        let (response, _) = self.begin(call, cookie).await?;
        Reply::read(response).await
    }

    /// Sends a call of the host's and takes the session out of its answer.
    async fn begin(
        &self,
        call: Call,
        cookie: Option<HeaderValue>,
    ) -> Result<(http::Response<Body>, Option<HeaderValue>), Diagnosis> {
        self.meter.request();
        let (mut request, call) = call.request(&self.url)?;
        self.meter.sent(request.body().len());
        if let Some(cookies) = self.cookies.header(cookie.as_ref()) {
            request.headers_mut().insert(COOKIE, cookies);
        }
        let outbound = OutboundRequest {
            request,
            call: Some(call),
            timeouts: self.timeouts,
            meter: self.meter.clone(),
        };
        tracing::trace!(?outbound, "exchange of the host's");
        let mut response = self.transport.send(outbound).await?;
        self.keep_cookies(response.headers());
        let cookie = header::take_session(response.headers_mut());
        Ok((response, cookie))
    }
}

impl State {
    fn begin(&mut self, session: &Session) {
        self.sessions.logins = session.number;
        self.session = Some(session.clone());
    }

    fn refuse(&mut self, problem: Problem) -> Failure {
        let message = problem.message.clone();
        let diagnosis = Diagnosis::new(Cause::NoSession(problem), message);
        self.refused = Some(diagnosis.clone());
        Failure::Diagnosis(diagnosis)
    }
}

fn ended() -> Diagnosis {
    Diagnosis::new(Cause::Interrupted, "the run was ended")
}

#[cfg(test)]
mod tests;
