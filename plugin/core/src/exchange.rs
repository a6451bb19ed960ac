//! One call and its reply.

use stocktake_contract::normalized::Kind;
use stocktake_contract::{ErrorCode, Problem};

use crate::collection::Collection;
use crate::endpoint::Endpoint;
use crate::errors;
use crate::soap::fault::Fault;
use crate::soap::reply::{Reply, ReplyError, Small};
use crate::tags::TagCall;
use crate::tape::Tape;
use crate::transport::{ExchangeId, Received};
use crate::vim::listing::{self, Listing, Page};

/// A call of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// RetrieveServiceContent
    ServiceContent,
    /// Login
    Login,
    /// CurrentTime, which finds the host's session
    Session,
    /// CurrentTime
    CurrentTime,
    /// CreateContainerView
    CreateView,
    /// RetrievePropertiesEx
    FirstPage,
    /// ContinueRetrievePropertiesEx
    NextPage,
    /// RetrievePropertiesEx of one object
    Probe(Kind, String),
    /// CancelRetrievePropertiesEx
    Cancel,
    /// DestroyView
    DestroyView,
    /// Logout
    Logout,
    /// A call of the Automation API
    Tags(TagCall),
}

impl Call {
    /// The method as the vSphere API calls it.
    #[must_use]
    pub fn method(&self) -> &'static str {
        match self {
            Call::ServiceContent => "RetrieveServiceContent",
            Call::Login => "Login",
            Call::Session | Call::CurrentTime => "CurrentTime",
            Call::CreateView => "CreateContainerView",
            Call::FirstPage | Call::Probe(..) => "RetrievePropertiesEx",
            Call::NextPage => "ContinueRetrievePropertiesEx",
            Call::Cancel => "CancelRetrievePropertiesEx",
            Call::DestroyView => "DestroyView",
            Call::Logout => "Logout",
            Call::Tags(call) => call.name(),
        }
    }

    /// Whether its reply is a page of objects.
    #[must_use]
    pub fn lists(&self) -> bool {
        matches!(self, Call::FirstPage | Call::NextPage | Call::Probe(..))
    }
}

/// A pending call.
#[derive(Debug)]
pub struct Exchange {
    /// Its number.
    pub id: ExchangeId,
    /// The call.
    pub call: Call,
    status: u16,
    reply: Reply,
    /// The body of a reply that is a fault in JSON, or of the Automation API.
    json: Option<Vec<u8>>,
    values: Small,
}

/// Most bytes of a fault in JSON.
const JSON: usize = 64 * 1024;
/// Most bytes of a reply of the Automation API: the tags of 2,000 VMs with a hundred each.
const TAGS: usize = 16 * 1024 * 1024;

/// The state of a call.
#[derive(Debug)]
pub enum Outcome {
    /// The reply continues.
    More,
    /// The reply is complete; small ones are stored, pages are already processed.
    Answered(Tape),
    /// Status and body of a reply of the Automation API.
    Tags(u16, Vec<u8>),
    /// The server answered a fault.
    Faulted(Fault),
    /// The reply was lost; the server may have processed the call.
    Lost(Problem),
    /// There is no usable reply.
    Failed(Problem),
}

impl Exchange {
    /// A call that was just sent.
    #[must_use]
    pub fn new(id: ExchangeId, call: Call) -> Self {
        Exchange {
            id,
            reply: if call.lists() {
                Reply::capturing(listing::OBJECT)
            } else {
                Reply::default()
            },
            call,
            status: 0,
            json: None,
            values: Small::default(),
        }
    }

    /// Takes the next part of the reply. The objects of a page go to `collection`.
    pub fn receive(
        &mut self,
        received: Received,
        endpoint: &Endpoint,
        listing: &mut Listing,
        collection: &mut Collection,
    ) -> Outcome {
        match received {
            Received::Head(head) => {
                self.status = head.status;
                if self.call.lists() {
                    listing.reset();
                }
                if let Call::Tags(_) = self.call {
                    self.json = Some(Vec::new());
                    return Outcome::More;
                }
                let is_fault = (500..600).contains(&head.status);
                self.json = (is_fault && errors::is_json(&head)).then(Vec::new);
                errors::from_head(&head, endpoint)
                    .map_or(Outcome::More, |problem| self.unanswered(problem))
            }
            Received::Body(bytes) => match self.feed(&bytes, listing, collection) {
                Ok(()) => Outcome::More,
                Err(error) => self.unanswered(self.unreadable(&error, endpoint)),
            },
            Received::End => match (&self.json, std::mem::take(&mut self.reply)) {
                (Some(json), _) if matches!(self.call, Call::Tags(_)) => {
                    Outcome::Tags(self.status, json.clone())
                }
                (Some(json), _) => match Fault::from_json(json) {
                    Some(fault) => Outcome::Faulted(fault),
                    None => self.unanswered(self.faultless(endpoint)),
                },
                (None, reply) => match reply.finish() {
                    Ok(None) => Outcome::Answered(std::mem::take(&mut self.values.0)),
                    Ok(Some(fault)) => Outcome::Faulted(fault),
                    Err(error) => self.unanswered(self.unreadable(&error, endpoint)),
                },
            },
            Received::Failed(error) => {
                let problem = errors::from_transport(&error, endpoint);
                if error.is_loss() {
                    Outcome::Lost(problem)
                } else {
                    Outcome::Failed(problem)
                }
            }
        }
    }

    /// A reply that is neither an answer nor a fault. A proxy that has lost the server says so
    /// by its status.
    fn unanswered(&self, problem: Problem) -> Outcome {
        match self.status {
            502..=504 => Outcome::Lost(problem),
            _ => Outcome::Failed(problem),
        }
    }

    fn feed(
        &mut self,
        bytes: &[u8],
        listing: &mut Listing,
        objects: &mut Collection,
    ) -> Result<(), ReplyError> {
        if let Some(json) = &mut self.json {
            let most = match self.call {
                Call::Tags(_) => TAGS,
                _ => JSON,
            };
            let room = most.saturating_sub(json.len());
            json.extend_from_slice(&bytes[..bytes.len().min(room)]);
            return Ok(());
        }
        if self.call.lists() {
            self.reply.feed(bytes, &mut Page { listing, objects })
        } else {
            self.reply.feed(bytes, &mut self.values)
        }
    }

    fn unreadable(&self, error: &ReplyError, endpoint: &Endpoint) -> Problem {
        if self.status >= 500 {
            return self.faultless(endpoint);
        }
        errors::from_reply(error, self.call.method(), endpoint)
    }

    fn faultless(&self, endpoint: &Endpoint) -> Problem {
        Problem::new(
            ErrorCode::VcenterNetworkError,
            format!(
                "{} answered {} to {} without a SOAP fault; the vCenter or a proxy before it is down, try again later",
                endpoint.authority,
                self.status,
                self.call.method()
            ),
        )
        .with("http_status", self.status)
    }
}
