//! A vCenter that follows a [`Plan`], and records what it answered and
//! what is left open in it.

mod listing;
mod xml;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use stocktake_vcenter::transport::{
    ExchangeId, Head, Received, Request, Transport, TransportError,
};

use super::cut::Cut;
use super::plan::{Kind, Plan, Trouble, What};
use listing::Rest;
use xml::{between, fault, response};

/// The password that every login has to bring.
pub const PASSWORD: &str = "pa55 <w0rd> & \"more\"";

/// An object by type and id.
pub type Name = (Kind, String);

/// The server.
#[derive(Debug)]
pub struct VCenter<'p> {
    plan: &'p Plan,
    sessions: BTreeMap<String, Session>,
    /// The session that a host keeps for a collector without a credential.
    of_host: Option<String>,
    exchanges: BTreeMap<ExchangeId, VecDeque<Received>>,
    numbers: u32,
    /// What it answered.
    pub answered: Answered,
    /// What is left open although nothing prevented the run from ending it.
    pub left: Vec<String>,
}

/// What the server answered.
#[derive(Debug, Default)]
pub struct Answered {
    /// The methods of the received calls.
    pub calls: Vec<String>,
    /// Bytes of all replies.
    pub bytes: usize,
    /// Sessions made.
    pub logins: u32,
    /// The objects in the views' own lists.
    pub announced: BTreeSet<Name>,
    /// Lists that were answered.
    pub lists: u32,
    /// Objects on complete pages.
    pub sent: BTreeSet<Name>,
    /// Objects that were reported as gone.
    pub gone: BTreeSet<Name>,
    /// A byte was changed in transit, so that the answers are unknown.
    pub garbled: bool,
}

/// What belongs to a session.
#[derive(Debug, Default)]
struct Session {
    /// Views, with the types they cover.
    views: BTreeMap<String, Vec<String>>,
    /// Results that can be continued.
    tokens: BTreeMap<String, Rest>,
}

struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Reply {
    fn of(status: u16, content_type: &str, body: String) -> Self {
        Reply {
            status,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body,
        }
    }

    fn answer(body: String) -> Self {
        Reply::of(200, "text/xml; charset=utf-8", body)
    }

    fn fault(name: &str, content: &str) -> Self {
        Reply::of(500, "text/xml; charset=utf-8", fault(name, content))
    }
}

impl<'p> VCenter<'p> {
    /// A server without calls so far.
    #[must_use]
    pub fn new(plan: &'p Plan) -> Self {
        VCenter {
            plan,
            sessions: BTreeMap::new(),
            of_host: None,
            exchanges: BTreeMap::new(),
            numbers: 0,
            answered: Answered::default(),
            left: Vec::new(),
        }
    }

    /// The most calls that a run may need: each trouble may begin the listing
    /// anew, every object may be asked for, every page may have a hollow one.
    #[must_use]
    pub fn most_calls(&self) -> usize {
        let objects = self.plan.objects.len();
        (self.plan.troubles.len() + 2) * 4 * (objects + 4) + objects + 20
    }

    /// No more calls follow.
    ///
    /// # Panics
    /// When an exchange was not ended.
    pub fn end(&mut self) {
        assert!(self.exchanges.is_empty(), "exchanges left open");
        if let Some(cookie) = self.of_host.take() {
            self.log_out(&cookie);
        }
        for cookie in std::mem::take(&mut self.sessions).into_keys() {
            self.left.push(format!("session {cookie}"));
        }
    }

    fn number(&mut self) -> u32 {
        self.numbers += 1;
        self.numbers
    }

    fn answer(&mut self, request: &Request, trouble: Option<&Trouble>) -> Reply {
        let body = request.body.as_str();
        let method = between(body, "<soapenv:Body><", " ").expect("a method");
        assert!(
            method == "Login" || !body.contains("pa55"),
            "{method} discloses the password"
        );
        let cookie = if self.plan.is_brokered() {
            self.hosts_session(request, method)
        } else {
            cookie_of(request).to_owned()
        };
        if let Some(What::LostSession) = trouble.map(|trouble| trouble.what) {
            self.sessions.remove(&cookie);
        }
        self.answered.calls.push(method.to_owned());
        self.note_attempt(method, body, &cookie, trouble);
        if let Some(refusal) = trouble.and_then(refusal) {
            return refusal;
        }
        match method {
            "RetrieveServiceContent" => Reply::answer(response(method, xml::SERVICE_CONTENT)),
            "Login" => self.login(body),
            _ if !self.sessions.contains_key(&cookie) => Reply::fault("NotAuthenticated", ""),
            "CurrentTime" => {
                let now = "<returnval>2026-01-01T00:00:00Z</returnval>";
                Reply::answer(response(method, now))
            }
            "CreateContainerView" => self.create_view(body, &cookie, trouble),
            "RetrievePropertiesEx" => self.retrieve(body, &cookie, trouble),
            "ContinueRetrievePropertiesEx" => {
                let token = between(body, "<token>", "</token>").unwrap_or_default();
                let session = self.sessions.get_mut(&cookie).expect("a session");
                match session.tokens.remove(token) {
                    Some(rest) => self.page(method, &cookie, rest, trouble),
                    None => Reply::fault("InvalidArgument", ""),
                }
            }
            "CancelRetrievePropertiesEx" | "DestroyView" => Reply::answer(response(method, "")),
            "Logout" => {
                self.log_out(&cookie);
                Reply::answer(response(method, ""))
            }
            _ => Reply::fault("MethodNotFound", ""),
        }
    }

    /// The host's session, made when a call needs it.
    fn hosts_session(&mut self, request: &Request, method: &str) -> String {
        assert_eq!(cookie_of(request), "", "a session of its own");
        assert!(!matches!(method, "Login" | "Logout"), "{method}");
        if method == "RetrieveServiceContent" {
            return String::new();
        }
        if let Some(cookie) = &self.of_host {
            return cookie.clone();
        }
        let cookie = format!("host-{}", self.number());
        self.sessions.insert(cookie.clone(), Session::default());
        self.answered.logins += 1;
        self.of_host = Some(cookie.clone());
        cookie
    }

    /// What a call ends is no longer open for the run, whatever the reply.
    fn note_attempt(&mut self, method: &str, body: &str, cookie: &str, trouble: Option<&Trouble>) {
        let Some(session) = self.sessions.get_mut(cookie) else {
            return;
        };
        match method {
            "CancelRetrievePropertiesEx" => {
                session
                    .tokens
                    .remove(between(body, "<token>", "</token>").unwrap_or_default());
            }
            "DestroyView" => {
                let view = between(body, "<_this type=\"ContainerView\">", "</_this>");
                session.views.remove(view.unwrap_or_default());
            }
            "Logout" if trouble.and_then(refusal).is_some() => self.log_out(cookie),
            "RetrievePropertiesEx"
                if trouble.is_some_and(|trouble| trouble.what == What::NotFound) =>
            {
                let asked = xml::objects(body);
                let named = self.plan.objects.iter().filter(|object| {
                    let name = (
                        object.kind.type_name().to_owned(),
                        xml::escape(&object.id()),
                    );
                    asked == [name]
                });
                let gone = named.map(|object| (object.kind, object.id()));
                self.answered.gone.extend(gone);
            }
            _ => {}
        }
    }

    fn login(&mut self, body: &str) -> Reply {
        let password = between(body, "<password>", "</password>").expect("a password");
        assert_eq!(password, xml::escape(PASSWORD), "the password as sent");
        let cookie = format!("\"session-{}\"", self.number());
        self.sessions.insert(cookie.clone(), Session::default());
        self.answered.logins += 1;
        let mut reply = Reply::answer(response(
            "Login",
            "<returnval><key>1</key><userName>reader</userName></returnval>",
        ));
        reply.headers.push((
            "set-cookie".to_owned(),
            format!("vmware_soap_session={cookie}; Path=/; HttpOnly"),
        ));
        reply
    }

    fn create_view(&mut self, body: &str, cookie: &str, trouble: Option<&Trouble>) -> Reply {
        let view = format!("session[1]<{}>", self.number());
        let types = xml::all_between(body, "<type>", "</type>");
        if !trouble.is_some_and(|trouble| breaks(trouble.what)) {
            let session = self.sessions.get_mut(cookie).expect("a session");
            session.views.insert(xml::escape(&view), types);
        }
        let view = xml::reference("returnval", "ContainerView", &view);
        Reply::answer(response("CreateContainerView", &view))
    }

    fn log_out(&mut self, cookie: &str) {
        let Some(session) = self.sessions.remove(cookie) else {
            return;
        };
        let views = session.views.keys().map(|view| format!("view {view}"));
        let tokens = session.tokens.keys().map(|token| format!("token {token}"));
        self.left.extend(views.chain(tokens));
    }
}

impl Transport for VCenter<'_> {
    fn send(&mut self, exchange: ExchangeId, request: Request) {
        let call = self.answered.calls.len();
        assert!(call < self.most_calls(), "calls without end");
        assert_eq!(request.authority, "vcenter.invalid");
        assert_eq!(request.path, "/sdk");
        let trouble = self
            .plan
            .troubles
            .iter()
            .find(|trouble| usize::from(trouble.call) == call);
        let reply = self.answer(&request, trouble);
        if reply.status == 500 && reply.body.contains("NotAuthenticated") {
            self.of_host = None;
        }
        self.answered.bytes += reply.body.len();
        let parts = parts(reply, &self.plan.lengths, trouble);
        self.answered.garbled |= trouble.is_some_and(|trouble| trouble.what == What::Garbled);
        let before = self.exchanges.insert(exchange, parts);
        assert!(before.is_none(), "two exchanges of one number");
        assert!(self.exchanges.len() <= 2, "more than two exchanges at once");
    }

    fn receive(&mut self, exchange: ExchangeId) -> Received {
        let parts = self.exchanges.get_mut(&exchange);
        let part = parts.expect("an exchange under way").pop_front();
        part.expect("more of a reply that has ended")
    }

    fn forget(&mut self, exchange: ExchangeId) {
        let parts = self.exchanges.remove(&exchange);
        assert!(parts.is_some(), "an exchange that is not under way");
    }
}

fn cookie_of(request: &Request) -> &str {
    let mut headers = request.headers.iter();
    let cookie = headers.find(|(name, _)| *name == "cookie");
    let session = cookie.and_then(|(_, value)| value.strip_prefix("vmware_soap_session="));
    session.unwrap_or_default()
}

/// The call has its effect, but its reply is incomplete.
fn breaks(what: What) -> bool {
    matches!(
        what,
        What::Cut | What::Ended | What::Garbled | What::Html | What::Nothing
    )
}

/// How many bytes of a reply arrive as they were sent.
fn arriving(body: &[u8], trouble: &Trouble) -> usize {
    match trouble.what {
        What::Cut | What::Ended => body.len() * usize::from(trouble.at) / 256,
        _ => 0,
    }
}

/// The reply instead of the requested effect.
fn refusal(trouble: &Trouble) -> Option<Reply> {
    let plain = |status| Some(Reply::of(status, "text/plain", String::new()));
    match trouble.what {
        What::LostSession => Some(Reply::fault("NotAuthenticated", "")),
        What::RuntimeFault => Some(Reply::fault("RuntimeFault", "")),
        What::NoPermission => Some(Reply::fault(
            "NoPermission",
            r#"<object type="Folder">group-d1</object><privilegeId>System.View</privilegeId>"#,
        )),
        What::NotFound => Some(Reply::fault("ManagedObjectNotFound", "")),
        What::InvalidProperty => {
            let paths = listing::PATHS;
            let path = paths[usize::from(trouble.at) % paths.len()];
            let content = format!("<name>{path}</name>");
            Some(Reply::fault("InvalidProperty", &content))
        }
        What::NamelessFault => Some(Reply::fault("", "")),
        What::TooManyCalls => plain(429),
        What::BadGateway => plain(502),
        What::Overloaded => {
            let mut reply = Reply::of(503, "text/plain", String::new());
            let header = ("retry-after".to_owned(), trouble.at.to_string());
            reply.headers.push(header);
            Some(reply)
        }
        What::Redirect => plain(302),
        What::Refused => Some(Reply::of(200, "", String::new())),
        _ => None,
    }
}

/// A reply as it arrives.
fn parts(reply: Reply, lengths: &[u8], trouble: Option<&Trouble>) -> VecDeque<Received> {
    let mut parts = VecDeque::new();
    let mut body = reply.body.into_bytes();
    let mut status = reply.status;
    let mut headers = reply.headers;
    let mut end = Received::End;
    if let Some(trouble) = trouble {
        let place = body.len() * usize::from(trouble.at) / 256;
        match trouble.what {
            What::Refused => {
                parts.push_back(Received::Failed(TransportError::Refused));
                return parts;
            }
            What::Cut => {
                body.truncate(arriving(&body, trouble));
                end = Received::Failed(TransportError::Cut);
            }
            What::Ended => body.truncate(arriving(&body, trouble)),
            What::Garbled if place < body.len() => body[place] ^= 0x13,
            What::Html => {
                status = 200;
                headers.retain(|(name, _)| name != "content-type");
                headers.push(("content-type".to_owned(), "text/html".to_owned()));
            }
            What::Nothing => body.clear(),
            _ => {}
        }
    }
    parts.push_back(Received::Head(Head { status, headers }));
    let cut = Cut {
        lengths: lengths.to_vec(),
        bytes: &body,
    };
    let pieces = cut.pieces().into_iter();
    parts.extend(pieces.map(|piece| Received::Body(piece.to_vec())));
    parts.push_back(end);
    parts
}
