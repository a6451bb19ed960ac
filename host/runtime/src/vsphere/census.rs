//! The host's own list of a vCenter's inventory, in the session of a run.
//!
//! None of it is the collector's: the calls are written and their replies read here,
//! and they leave past its egress rules, by the way of the login. They count among
//! the requests and bytes of the run, but its budget cannot keep them from being made.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use stocktake_contract::{ErrorCode, Problem};
use tokio::sync::OnceCell;

use super::operation::{Reference, VERSIONS};
use super::session::call::Call;
use super::session::reply::{Fault, Reply};
use super::session::{Failure, Service, VsphereSession};
use crate::count::{Count, Listing, Object, Order, SpotCheck, compare};
use crate::gateway::{Body, Diagnosis, OutboundRequest, Tap, Transport};
use crate::quote::printable;
use crate::validation::Identities;

use by_name::Vcenter;
use filter::Filter;
use objects::{Content, Objects, Unread};
use tree::Tree;
use watch::{Sent, Watch};

mod by_name;
mod filter;
mod objects;
mod tree;
mod types;
mod watch;

/// Characters of a server's sentence that a message quotes.
const QUOTED: usize = 400;

/// What a run's count needs, and the list that was taken before the collector's.
#[derive(Debug)]
struct Census {
    order: Order,
    first: OnceCell<Option<Listing>>,
    /// What the collector was sent and the first list lacks.
    sent: Sent,
    spot_check: Option<Arc<SpotCheck>>,
}

impl Census {
    fn new(order: Order, spot_check: Option<Arc<SpotCheck>>) -> Self {
        Census {
            order,
            first: OnceCell::new(),
            sent: Sent::default(),
            spot_check,
        }
    }
}

/// Why the host could not read something.
enum Trouble {
    /// The session was over.
    SessionLost,
    /// The server refused the call.
    Fault(&'static str, Fault),
    /// Anything else.
    Problem(Problem),
}

impl From<Diagnosis> for Trouble {
    fn from(diagnosis: Diagnosis) -> Self {
        let problem = diagnosis.problem().unwrap_or_else(|| {
            let code = diagnosis.explains();
            let code = code.unwrap_or(ErrorCode::InventoryIncomplete);
            Problem::new(code, diagnosis.message.clone())
        });
        Trouble::Problem(problem)
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Trouble::Problem(problem)
    }
}

impl Trouble {
    /// The message of the trouble, as a problem of the count.
    fn problem(self) -> Problem {
        let mut problem = match self {
            Trouble::SessionLost => Problem::new(
                ErrorCode::VcenterAuthFailed,
                "the server ended the session twice; check idle time-outs and session limits",
            ),
            Trouble::Fault(method, fault) => {
                let shown = printable(&fault.to_string(), QUOTED);
                let message = format!("the server answered {method} with {shown}");
                Problem::new(ErrorCode::InventoryIncomplete, message)
                    .with("method", method)
                    .with("fault", printable(&fault.name, QUOTED))
            }
            Trouble::Problem(problem) => problem,
        };
        problem.message = format!("the host's own count failed: {}", problem.message);
        problem
    }
}

/// A session of the host's that lists the inventory for itself before the collector can, and
/// counts what the collector made of it.
#[derive(Clone, Debug)]
pub(crate) struct CountingSession {
    session: VsphereSession,
    census: Arc<Census>,
}

impl CountingSession {
    /// Counts what `order` asks for in `session`, and has `spot_check` compare some of it.
    pub(crate) fn new(
        session: VsphereSession,
        order: Order,
        spot_check: Option<Arc<SpotCheck>>,
    ) -> Self {
        CountingSession {
            session,
            census: Arc::new(Census::new(order, spot_check)),
        }
    }

    /// Compares what was received with the host's own list.
    ///
    /// # Errors
    ///
    /// Why the host could not count.
    pub(crate) async fn count(&self, received: &Identities) -> Result<Count, Problem> {
        let census = &*self.census;
        let listed = self.listing().await?;
        let source = self.source();
        let mut problems = compare(listed.listing(), received, &census.order, &source).await?;
        if problems.is_empty()
            && let Some(check) = &census.spot_check
        {
            problems = check.compare(received, &source).await?;
        }
        Ok(if problems.is_empty() {
            Count::Agrees
        } else {
            Count::Differs(problems)
        })
    }

    fn source(&self) -> Vcenter<'_> {
        Vcenter {
            session: &self.session,
            census: &self.census,
        }
    }

    /// Takes the host's own list, unless it was taken already. A collector's first call
    /// that may list something waits for it: what is created later than the list need not
    /// be in the collector's.
    async fn list_first(&self) {
        let take = async {
            match self.session.list_for(&self.census.order).await {
                Ok(listing) => {
                    tracing::debug!(objects = listing.len(), "the host has its own list");
                    if let Some(check) = &self.census.spot_check {
                        check.draw(&listing, &self.source()).await;
                    }
                    Some(listing)
                }
                Err(problem) => {
                    // Whatever it is, the collector meets it too, or the count does.
                    tracing::debug!(code = %problem.code, "the host has no list of its own yet");
                    None
                }
            }
        };
        self.census.first.get_or_init(|| take).await;
    }

    /// Has a reply to the collector searched for objects that the first list lacks.
    fn watch(&self, response: &mut http::Response<Body>) {
        let census = self.census.clone();
        let mut watch = Watch::new();
        let tap: Tap = Box::new(move |piece| {
            let first = census.first.get().and_then(Option::as_ref);
            if let (Some(listing), Some(piece)) = (first, piece) {
                watch.take(piece, listing, &census.sent);
            }
        });
        let body = std::mem::replace(response.body_mut(), Body::whole(Bytes::new()));
        *response.body_mut() = body.tapped(tap);
    }

    /// What was listed before the collector listed anything; taken now if it was not.
    async fn listing(&self) -> Result<Listed<'_>, Problem> {
        match self.census.first.get() {
            Some(Some(listing)) => Ok(Listed::Before(listing)),
            _ => {
                let now = self.session.list_for(&self.census.order).await;
                now.map(Listed::Now)
            }
        }
    }
}

#[async_trait]
impl Transport for CountingSession {
    async fn send(&self, outbound: OutboundRequest) -> Result<http::Response<Body>, Diagnosis> {
        let entered = match self.session.enter(&outbound).await {
            Ok(entered) => entered,
            Err(answer) => return answer,
        };
        let name = outbound.call.as_ref().map(|call| call.name.as_str());
        let may_list = !matches!(
            name,
            None | Some(VERSIONS | "RetrieveServiceContent" | "CurrentTime")
        );
        if may_list {
            self.list_first().await;
        }
        let mut response = self.session.forward(outbound, entered).await?;
        if may_list && response.status().is_success() {
            self.watch(&mut response);
        }
        Ok(response)
    }
}

impl VsphereSession {
    async fn list_for(&self, order: &Order) -> Result<Listing, Problem> {
        match self.list_once(order).await {
            // What was read of the old session's view is read again.
            Err(Trouble::SessionLost) => self.list_once(order).await,
            // So is a view that was gone before it was read.
            Err(Trouble::Fault(_, fault)) if fault.name == "ManagedObjectNotFound" => {
                self.list_once(order).await
            }
            listed => listed,
        }
        .map_err(Trouble::problem)
    }

    async fn list_once(&self, order: &Order) -> Result<Listing, Trouble> {
        let types = types::for_kinds(&order.kinds);
        let mut listing = Listing::default();
        if order.scope.is_everything() {
            self.list_below(None, &types, order, &mut listing).await?;
            return Ok(listing);
        }
        let tree = self.read_tree(order).await?;
        let roots = tree.roots(&order.scope)?;
        for root in &roots {
            self.list_below(Some(root), &types, order, &mut listing)
                .await?;
        }
        for object in tree.unlisted(&roots) {
            add(&mut listing, order, &object.type_name, &object.id)?;
        }
        self.list_switches(order, &mut listing).await?;
        Ok(listing)
    }

    /// Adds what a view of `types` below `container`, or below the root folder, lists.
    async fn list_below(
        &self,
        container: Option<&Reference>,
        types: &[&str],
        order: &Order,
        listing: &mut Listing,
    ) -> Result<(), Trouble> {
        struct Members<'m>(&'m Order, &'m mut Listing, bool);
        impl Objects for Members<'_> {
            fn reference(
                &mut self,
                _: &Content,
                path: &str,
                it: &Reference,
            ) -> Result<(), Problem> {
                if path == "view" {
                    add(self.1, self.0, &it.type_name, &it.id)?;
                }
                Ok(())
            }

            fn object(&mut self, object: &Content) -> Result<(), Problem> {
                self.2 |= object.text("view").is_some();
                Ok(())
            }
        }
        let view = self.open_view(container, types).await?;
        let filter = Filter::for_object(&view, "ContainerView", &["view"]);
        let mut members = Members(order, listing, false);
        let read = self.retrieve(&filter, &mut members).await;
        let is_listed = members.2;
        self.close_view(&view).await;
        read?;
        if !is_listed {
            let message =
                "the server did not list its objects; grant System.Read on the root folder";
            return Err(Problem::new(ErrorCode::InventoryIncomplete, message).into());
        }
        Ok(())
    }

    async fn read_tree(&self, order: &Order) -> Result<Tree, Trouble> {
        let view = self.open_view(None, &tree::TYPES).await?;
        let mut tree = Tree::default();
        let filter = tree::filter(&view, order);
        let read = self.retrieve(&filter, &mut tree).await;
        self.close_view(&view).await;
        read.map(|()| tree)
    }

    /// A part of the inventory that holds a port group has its switch too.
    async fn list_switches(&self, order: &Order, listing: &mut Listing) -> Result<(), Trouble> {
        const SWITCH: &str = "config.distributedVirtualSwitch";
        struct Switches(Vec<Reference>);
        impl Objects for Switches {
            fn object(&mut self, object: &Content) -> Result<(), Problem> {
                self.0.extend(object.referenced(SWITCH));
                Ok(())
            }
        }
        if !order.kinds.contains(&"dvswitch") {
            return Ok(());
        }
        let groups: Vec<Object> = listing
            .objects()
            .filter(|object| object.kind == "dvportgroup")
            .collect();
        let mut switches = Switches(Vec::new());
        for group in &groups {
            let group = types::reference(group);
            let filter = Filter::for_object(&group, "DistributedVirtualPortgroup", &[SWITCH]);
            match self.retrieve(&filter, &mut switches).await {
                // Deleted since it was listed.
                Err(Trouble::Fault(_, fault)) if fault.name == "ManagedObjectNotFound" => {}
                read => read?,
            }
        }
        for switch in switches.0 {
            add(listing, order, &switch.type_name, &switch.id)?;
        }
        Ok(())
    }

    async fn open_view(
        &self,
        container: Option<&Reference>,
        types: &[&str],
    ) -> Result<Reference, Trouble> {
        let reply = self
            .answer("CreateContainerView", |service| {
                let container = container.or(service.root.as_ref())?;
                Call::create_view(service, container, types)
            })
            .await?;
        let reply = Reply::read(reply).await?;
        reply.returned().ok_or_else(|| {
            let message = "the server's answer to CreateContainerView names no view";
            Problem::new(ErrorCode::InventoryIncomplete, message).into()
        })
    }

    /// Ends a view; one that stays ends with the session.
    async fn close_view(&self, view: &Reference) {
        let asked = self
            .answer("DestroyView", |service| {
                Some(Call::destroy_view(service, view))
            })
            .await;
        // A reply that is not read to its end takes its connection along.
        let is_ended = match asked {
            Ok(reply) => Reply::read(reply)
                .await
                .is_ok_and(|reply| reply.is_answer()),
            Err(_) => false,
        };
        if !is_ended {
            tracing::debug!("a view of the host's was not ended; it ends with the session");
        }
    }

    /// Reads the objects that `filter` selects.
    async fn retrieve(
        &self,
        filter: &Filter,
        objects: &mut (dyn Objects + Send),
    ) -> Result<(), Trouble> {
        const METHOD: &str = "RetrieveProperties";
        let reply = self
            .answer(METHOD, |service| Call::retrieve(service, filter.as_str()))
            .await?;
        let meter = self.meter();
        let read = objects::read(reply.into_body(), meter, objects).await;
        match read {
            Ok(()) => Ok(()),
            Err(Unread::SessionLost) => {
                self.lose_current().await;
                Err(Trouble::SessionLost)
            }
            Err(Unread::Diagnosis(diagnosis)) => Err(diagnosis.into()),
            Err(Unread::Problem(problem)) => Err(problem.into()),
            Err(Unread::Malformed(why)) => {
                let message = format!("the server's answer to {METHOD} {why}");
                Err(Problem::new(ErrorCode::VcenterParseError, message).into())
            }
        }
    }

    /// Makes a call in the session; its answer is not a fault.
    async fn answer(
        &self,
        method: &'static str,
        make: impl Fn(&Service) -> Option<Call>,
    ) -> Result<http::Response<Body>, Trouble> {
        let (response, session) = match self.ask(make).await {
            Ok(Some(asked)) => asked,
            Ok(None) => {
                let message =
                    format!("the server offers no {method}; it is too old or not a vCenter");
                let code = ErrorCode::VcenterApiVersionUnsupported;
                return Err(Problem::new(code, message).into());
            }
            Err(Failure::Diagnosis(diagnosis)) => return Err(diagnosis.into()),
            Err(Failure::Reply(reply)) => return Err(unanswered("Login", &reply)),
        };
        if response.status().is_success() {
            return Ok(response);
        }
        let reply = Reply::read(response).await?;
        match reply.fault() {
            Some(fault) if fault.name == "NotAuthenticated" => {
                self.lose(&session).await;
                Err(Trouble::SessionLost)
            }
            Some(fault) => Err(Trouble::Fault(method, fault)),
            None => Err(unanswered(method, &reply)),
        }
    }
}

/// The list that a count begins with.
enum Listed<'c> {
    /// It is older than the collector's.
    Before(&'c Listing),
    /// The collector has listed nothing, or the first list could not be had.
    Now(Listing),
}

impl Listed<'_> {
    fn listing(&self) -> &Listing {
        match self {
            Listed::Before(listing) => listing,
            Listed::Now(listing) => listing,
        }
    }
}

fn unanswered(method: &str, reply: &Reply) -> Trouble {
    let status = reply.status().as_u16();
    let message = format!("the server answered {method} with HTTP status {status} and no fault");
    let code = match status {
        429 => ErrorCode::VcenterRateLimit,
        500.. => ErrorCode::VcenterNetworkError,
        _ => ErrorCode::VcenterParseError,
    };
    Problem::new(code, message)
        .with("http_status", status)
        .into()
}

fn add(listing: &mut Listing, order: &Order, type_name: &str, id: &str) -> Result<(), Problem> {
    let Some((kind, form)) = types::kind(type_name) else {
        return Ok(());
    };
    if id.is_empty() || !order.kinds.contains(&kind) {
        return Ok(());
    }
    listing.add(kind, form, id).map_err(|_| {
        let message = "the server lists more ids than this host can distinguish";
        Problem::new(ErrorCode::InternalError, message)
    })
}
