//! The methods of the API: a parsed call in, an answer out.

use super::about::About;
use super::page::Page;
use super::retrieval::{Cursor, Retrieval};
use super::session::{Session, Sessions, Unfinished};
use super::view::View;
use crate::automation;
use crate::counters::{Counters, Tally, count};
use crate::faults::{CannedReply, Continuation, Faults};
use crate::inventory::{Object, Site, first_with};
use crate::soap::envelope;
use crate::soap::fault::SoapFault;
use crate::soap::request::Element;
use crate::soap::timestamp;
use crate::soap::xml::Xml;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The simulated vCenter, free of any transport.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) site: Site,
    pub(crate) faults: Faults,
    pub(crate) about: About,
    pub(crate) tally: Tally,
    username: String,
    password: String,
    sessions: Mutex<Sessions>,
    automation: Mutex<automation::Sessions>,
    pub(crate) conduct: automation::Conduct,
}

/// The reply to a call.
#[derive(Debug)]
pub(crate) enum Answer {
    Document(String),
    /// A document that also hands out the key of a new session.
    LoggedIn {
        document: String,
        key: String,
    },
    /// Objects, written while they are sent.
    Page(Page),
    Fault(SoapFault),
    /// A reply that is not the service's.
    Canned(CannedReply),
}

/// The methods that this service knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    RetrieveServiceContent,
    Login,
    Logout,
    CurrentTime,
    CreateContainerView,
    DestroyView,
    RetrieveProperties,
    RetrievePropertiesEx,
    ContinueRetrievePropertiesEx,
    CancelRetrievePropertiesEx,
}

impl Method {
    const ALL: [Self; 10] = [
        Self::RetrieveServiceContent,
        Self::Login,
        Self::Logout,
        Self::CurrentTime,
        Self::CreateContainerView,
        Self::DestroyView,
        Self::RetrieveProperties,
        Self::RetrievePropertiesEx,
        Self::ContinueRetrievePropertiesEx,
        Self::CancelRetrievePropertiesEx,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::RetrieveServiceContent => "RetrieveServiceContent",
            Self::Login => "Login",
            Self::Logout => "Logout",
            Self::CurrentTime => "CurrentTime",
            Self::CreateContainerView => "CreateContainerView",
            Self::DestroyView => "DestroyView",
            Self::RetrieveProperties => "RetrieveProperties",
            Self::RetrievePropertiesEx => "RetrievePropertiesEx",
            Self::ContinueRetrievePropertiesEx => "ContinueRetrievePropertiesEx",
            Self::CancelRetrievePropertiesEx => "CancelRetrievePropertiesEx",
        }
    }

    fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    fn retrieves(self) -> bool {
        matches!(
            self,
            Self::RetrieveProperties
                | Self::RetrievePropertiesEx
                | Self::ContinueRetrievePropertiesEx
        )
    }
}

impl Service {
    pub(crate) fn new(
        site: Site,
        faults: Faults,
        about: About,
        (username, password): (String, String),
        conduct: automation::Conduct,
    ) -> Self {
        Self {
            automation: Mutex::default(),
            conduct,
            sessions: Mutex::new(Sessions::new(site.seed)),
            site,
            faults,
            about,
            tally: Tally::default(),
            username,
            password,
        }
    }

    pub(crate) fn counters(&self) -> Counters {
        let (sessions, views, tokens) = self.sessions().census();
        let number = |open: usize| u64::try_from(open).unwrap_or(u64::MAX);
        Counters {
            sessions_open: number(sessions),
            views_open: number(views),
            tokens_open: number(tokens),
            automation_sessions_open: number(self.automation().len()),
            ..self.tally.snapshot()
        }
    }

    pub(crate) fn keys_given(&self) -> Vec<String> {
        self.sessions().keys_given()
    }

    pub(crate) fn username(&self) -> &str {
        &self.username
    }

    pub(crate) fn accepts(&self, username: &str, password: &str) -> bool {
        username == self.username && password == self.password
    }

    /// The sessions of the Automation API.
    pub(crate) fn automation(&self) -> MutexGuard<'_, automation::Sessions> {
        self.automation
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A key that no session has had.
    pub(crate) fn new_key(&self) -> String {
        self.sessions().new_key()
    }

    /// The object with this id, if there is one and the account sees it.
    pub(crate) fn visible(&self, id: &str) -> Option<Object> {
        let object = self.site.object(id)?;
        let is_hidden =
            self.faults.is_gone(object) || self.faults.is_out_of_sight(&self.site, object);
        (self.site.exists(object) && !is_hidden).then_some(object)
    }

    /// Answers a call. `key` is the session key the client presented.
    pub(crate) fn call(self: &Arc<Self>, call: &Element, key: Option<&str>) -> Answer {
        let Some(method) = Method::find(&call.name) else {
            return Answer::Fault(SoapFault::MethodNotFound {
                method: call.name.clone(),
            });
        };
        self.count_call(method);
        if method.retrieves()
            && let Some(reply) = self
                .faults
                .instead_of_retrieval(method != Method::ContinueRetrievePropertiesEx)
        {
            return Answer::Canned(reply);
        }
        if method.retrieves()
            && let Some(fault) = self.faults.refused_retrieval()
        {
            return Answer::Fault(fault);
        }
        self.answer(method, call, key).unwrap_or_else(Answer::Fault)
    }

    fn answer(
        self: &Arc<Self>,
        method: Method,
        call: &Element,
        key: Option<&str>,
    ) -> Result<Answer, SoapFault> {
        match method {
            Method::RetrieveServiceContent => Ok(document(method, |xml| {
                self.about.write_service_content(xml)
            })),
            Method::Login => self.login(call, key),
            Method::Logout => {
                if let Some(reply) = self.faults.instead_of_logout() {
                    return Ok(Answer::Canned(reply));
                }
                if !self.sessions().close(key) {
                    return Err(SoapFault::NotAuthenticated);
                }
                count(&self.tally.logouts);
                Ok(document(method, |_| {}))
            }
            Method::CurrentTime => self.with_session(key, |_| {
                Ok(document(method, |xml| {
                    xml.open("returnval");
                    timestamp::write_now(self.faults.clock_skew(), xml);
                    xml.close("returnval");
                }))
            }),
            Method::CreateContainerView => self.create_view(call, key),
            Method::DestroyView => self.with_session(key, |session| {
                let id = call.text_of("_this").unwrap_or_default();
                if session.views.remove(id).is_none() {
                    return Err(SoapFault::NotFound {
                        kind: "view.ContainerView".to_owned(),
                        id: id.to_owned(),
                    });
                }
                if self.faults.view_is_gone() {
                    return Err(SoapFault::NotFound {
                        kind: "view.ContainerView".to_owned(),
                        id: id.to_owned(),
                    });
                }
                count(&self.tally.views_destroyed);
                Ok(document(method, |_| {}))
            }),
            Method::RetrieveProperties | Method::RetrievePropertiesEx => {
                self.retrieve(method, call, key)
            }
            Method::ContinueRetrievePropertiesEx => self.resume(call, key),
            Method::CancelRetrievePropertiesEx => self.with_session(key, |session| {
                let token = call.text_of("token").unwrap_or_default();
                match session.tokens.remove(token) {
                    Some(_) => Ok(document(method, |_| {})),
                    None => Err(SoapFault::InvalidArgument { name: "token" }),
                }
            }),
        }
    }

    fn login(&self, call: &Element, key: Option<&str>) -> Result<Answer, SoapFault> {
        let mut sessions = self.sessions();
        // White space belongs to a password.
        let given = |name: &str| call.child(name).map(|child| child.text.as_str());
        if let Some(fault) = self
            .faults
            .refused_login(given("password").unwrap_or_default())
        {
            count(&self.tally.refused_logins);
            return Err(fault);
        }
        let (username, password) = (given("userName"), given("password"));
        let right = self.accepts(username.unwrap_or_default(), password.unwrap_or_default());
        if !right || sessions.get(key).is_some() {
            count(&self.tally.refused_logins);
            return Err(SoapFault::InvalidLogin);
        }
        count(&self.tally.logins);
        let key = sessions.open();
        let document = envelope::reply("Login", |xml| {
            xml.open("returnval")
                .element("key", &key)
                .element("userName", &self.username)
                .element("fullName", &self.username)
                .open("loginTime");
            timestamp::write_now(self.faults.clock_skew(), xml);
            xml.raw("</loginTime><lastActiveTime>");
            timestamp::write_now(self.faults.clock_skew(), xml);
            xml.raw("</lastActiveTime><locale>en</locale><messageLocale>en</messageLocale><extensionSession>false</extensionSession>")
                .raw("<ipAddress>127.0.0.1</ipAddress><userAgent></userAgent><callCount>0</callCount></returnval>");
        });
        Ok(Answer::LoggedIn { document, key })
    }

    fn create_view(&self, call: &Element, key: Option<&str>) -> Result<Answer, SoapFault> {
        let mut sessions = self.sessions();
        let id = sessions.new_key();
        let session = sessions.get(key).ok_or(SoapFault::NotAuthenticated)?;
        let container = match call.text_of("container") {
            None => Object::ROOT,
            Some(id) => self.site.object(id).ok_or_else(|| SoapFault::NotFound {
                kind: "ManagedEntity".to_owned(),
                id: id.to_owned(),
            })?,
        };
        let types: Vec<&str> = call.children("type").map(|kind| kind.text.trim()).collect();
        let view = View::new(&types, container, call.flag("recursive"))
            .within(self.faults.horizon())
            .without(self.faults.unseen());
        // Real ids have brackets: no client may parse them.
        let id = format!("session[{}]{id}", key.unwrap_or_default());
        session.views.insert(id.clone(), view);
        count(&self.tally.views_created);
        Ok(document(Method::CreateContainerView, |xml| {
            xml.raw("<returnval type=\"ContainerView\">")
                .text(&id)
                .close("returnval");
        }))
    }

    fn retrieve(
        self: &Arc<Self>,
        method: Method,
        call: &Element,
        key: Option<&str>,
    ) -> Result<Answer, SoapFault> {
        self.with_session(key, |session| {
            let known = |path: &str| self.knows(path);
            let find_view = |id: &str| session.views.get(id).cloned();
            if let Some(id) = view_of(call)
                && self.faults.loses_view()
            {
                session.views.remove(&id);
                return Err(SoapFault::NotFound {
                    kind: "view.ContainerView".to_owned(),
                    id,
                });
            }
            if let Some(fault) = self.faults.unexpected_element(call) {
                return Err(fault);
            }
            let retrieval = Retrieval::parse(call, &self.site, &self.faults, known, find_view)?;
            let max_objects = match method {
                Method::RetrievePropertiesEx => call
                    .child("options")
                    .and_then(|options| options.text_of("maxObjects"))
                    .and_then(|number| number.parse().ok())
                    .filter(|&number| number > 0 && !self.faults.ignores_page_size()),
                _ => None,
            };
            let start = Unfinished {
                retrieval: Arc::new(retrieval),
                cursor: Cursor::default(),
                page: 1,
                max_objects: max_objects.unwrap_or(u32::MAX),
            };
            Ok(Answer::Page(self.page(method, session, start)))
        })
    }

    fn resume(self: &Arc<Self>, call: &Element, key: Option<&str>) -> Result<Answer, SoapFault> {
        let quietly = match self.faults.continuation(&self.site) {
            Continuation::Proceed => false,
            Continuation::EndSessionQuietly => true,
            Continuation::Refuse(fault) => return Err(fault),
            Continuation::EndSessionInJson => {
                self.sessions().close(key);
                return Ok(Answer::Canned(Faults::session_over_in_json()));
            }
            Continuation::EndSession => {
                self.sessions().close(key);
                return Err(SoapFault::NotAuthenticated);
            }
        };
        let page = self.with_session(key, |session| {
            let token = call.text_of("token").unwrap_or_default();
            let unfinished = session
                .tokens
                .remove(token)
                .ok_or(SoapFault::InvalidArgument { name: "token" })?;
            Ok(self.page(Method::ContinueRetrievePropertiesEx, session, unfinished))
        })?;
        if quietly {
            self.sessions().close(key);
        }
        Ok(Answer::Page(Page {
            blind: quietly,
            ..page
        }))
    }

    /// The next page of a retrieval; what is left is kept in the session under a token.
    fn page(
        self: &Arc<Self>,
        method: Method,
        session: &mut Session,
        unfinished: Unfinished,
    ) -> Page {
        let Unfinished {
            retrieval,
            cursor,
            page,
            max_objects,
        } = unfinished;
        let rest = if max_objects == u32::MAX {
            None
        } else {
            let skip = |objects| retrieval.skip(&self.site, &self.faults, cursor, objects);
            skip(max_objects).and_then(|_| skip(max_objects - self.faults.repeated(max_objects)))
        };
        let token = rest
            .filter(|_| !self.faults.stops_after(page))
            .map(|cursor| {
                session.keep(Unfinished {
                    retrieval: Arc::clone(&retrieval),
                    cursor,
                    page: page.saturating_add(1),
                    max_objects,
                })
            });
        // Changes while the page is written must not move its end: the next one begins there.
        let (objects, end) = match self.site.churn {
            Some(_) => (u32::MAX, rest),
            None => (max_objects, None),
        };
        Page {
            service: Arc::clone(self),
            method,
            retrieval,
            cursor,
            objects,
            end,
            token,
            fault: self.faults.body(page),
            blind: false,
        }
    }

    /// Whether this version of the server has a property.
    pub(crate) fn knows(&self, path: &str) -> bool {
        first_with(path).is_none_or(|first| self.site.version >= first)
            && !self.faults.is_unknown(path)
    }

    fn with_session<T>(
        &self,
        key: Option<&str>,
        work: impl FnOnce(&mut Session) -> Result<T, SoapFault>,
    ) -> Result<T, SoapFault> {
        work(
            self.sessions()
                .get(key)
                .ok_or(SoapFault::NotAuthenticated)?,
        )
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count_call(&self, method: Method) {
        match method {
            Method::RetrieveProperties | Method::RetrievePropertiesEx => {
                count(&self.tally.retrieve_calls)
            }
            Method::ContinueRetrievePropertiesEx => count(&self.tally.continue_calls),
            Method::CancelRetrievePropertiesEx => count(&self.tally.cancel_calls),
            Method::CurrentTime => count(&self.tally.current_time_calls),
            _ => {}
        }
    }
}

/// The id of the view that a retrieval begins at, if it begins at one.
fn view_of(call: &Element) -> Option<String> {
    let objects = call
        .children("specSet")
        .flat_map(|filter| filter.children("objectSet"))
        .filter_map(|set| set.child("obj"));
    let mut views = objects.filter(|object| object.attribute("type") == Some("ContainerView"));
    views.next().map(|view| view.text.trim().to_owned())
}

fn document(method: Method, content: impl FnOnce(&mut Xml)) -> Answer {
    Answer::Document(envelope::reply(method.name(), content))
}
