//! Pages of the inventory, and single objects.

use std::collections::VecDeque;

use super::super::plan::{Announcement, Fate, Object, State, Trouble, What};
use super::xml::{self, between, missing, property, reference_property, response};
use super::{Reply, VCenter, arriving, breaks};

/// Properties that this server may not know.
pub(super) const PATHS: [&str; 6] = [
    "name",
    "config.template",
    "runtime.host",
    "guest.toolsVersionStatus2",
    "summary.url",
    "config.bogus",
];

const ROOT: &str = r#"<obj type="Folder">group-d1</obj>"#;

/// Names as vCenters store them.
const NAMES: [&str; 7] = [
    "web-01",
    "a%2fb%25%5c",
    "ü <&> \u{1f680}",
    "",
    " \t",
    "&#0;&#xD800;&#x41;\r\n\r",
    "%252f\u{feff}",
];

/// The rest of a listing.
#[derive(Debug)]
pub(super) struct Rest {
    items: VecDeque<Item>,
    most: usize,
    pages: usize,
}

/// An entry of a page.
#[derive(Clone, Debug)]
enum Item {
    /// The view with its own list, or without.
    View(String, Vec<Object>),
    /// The root folder.
    Root,
    Object(Object),
}

impl VCenter<'_> {
    pub(super) fn retrieve(
        &mut self,
        body: &str,
        cookie: &str,
        trouble: Option<&Trouble>,
    ) -> Reply {
        let types = xml::all_between(body, "<type>", "</type>");
        let asked = xml::objects(body);
        let items = match asked.as_slice() {
            [(type_name, id)] if type_name == "ContainerView" => {
                let session = self.sessions.get(cookie).expect("a session");
                let Some(covered) = session.views.get(id) else {
                    return Reply::fault("ManagedObjectNotFound", "");
                };
                let announces = body.contains("<pathSet>view</pathSet>");
                let traverses = body.contains("<path>view</path>");
                let items = self.items(&types, covered, announces.then_some(id), traverses);
                self.answered.lists += u32::from(announces);
                items
            }
            _ => match self.named(&asked, body, trouble) {
                Ok(items) => items,
                Err(fault) => return fault,
            },
        };
        let most = between(body, "<maxObjects>", "<").expect("a page size");
        let mut most: usize = most.parse().expect("a number");
        if self.plan.most > 0 {
            most = most.min(usize::from(self.plan.most));
        }
        let rest = Rest {
            items,
            most,
            pages: 0,
        };
        self.page("RetrievePropertiesEx", cookie, rest, trouble)
    }

    fn items(
        &self,
        types: &[String],
        covered: &[String],
        view: Option<&String>,
        traverses: bool,
    ) -> VecDeque<Item> {
        let mut items = VecDeque::new();
        for object in self.plan.objects.iter().filter(|_| traverses) {
            let type_name = object.kind.type_name();
            let is_wanted = types.iter().any(|wanted| wanted == type_name);
            if !is_wanted && object.kind.external().is_some() {
                continue;
            }
            let copies = match object.fate {
                Fate::Sent | Fate::Unannounced | Fate::Created => 1,
                Fate::Twice => 2,
                Fate::Vanished | Fate::Withheld | Fate::Hidden => 0,
            };
            items.extend((0..copies).map(|_| Item::Object(object.clone())));
        }
        if let Some(view) = view {
            let is_announced = |object: &&Object| {
                let is_listed = match object.fate {
                    Fate::Unannounced => false,
                    Fate::Created => self.answered.lists > 0,
                    _ => true,
                };
                is_listed && covered.iter().any(|known| known == object.kind.type_name())
            };
            let announced = self.plan.objects.iter().filter(is_announced).cloned();
            let view = Item::View(view.clone(), announced.collect());
            match self.plan.announcement {
                Announcement::First | Announcement::Unreadable => items.push_front(view),
                Announcement::Last => items.push_back(view),
                Announcement::Absent => {}
            }
        }
        items
    }

    /// The next page; the rest is stored under a token.
    pub(super) fn page(
        &mut self,
        method: &str,
        cookie: &str,
        mut rest: Rest,
        trouble: Option<&Trouble>,
    ) -> Reply {
        rest.pages += 1;
        let what = trouble.map(|trouble| trouble.what);
        let hollow = usize::from(self.plan.hollow);
        let is_hollow =
            hollow > 0 && rest.pages.is_multiple_of(hollow + 1) && !rest.items.is_empty();
        let count = if is_hollow {
            0
        } else {
            rest.most.min(rest.items.len())
        };
        let mut items: Vec<Item> = rest.items.drain(..count).collect();
        let mut readable = items.len();
        if let Some(trouble) = trouble {
            let place = items.len() * usize::from(trouble.at) / 256;
            match trouble.what {
                What::Short => {
                    items.truncate(place);
                    rest.items.clear();
                }
                What::LostProperties => {
                    readable = place;
                    self.sessions.remove(cookie);
                }
                _ => {}
            }
        }
        let mut content = String::new();
        if !rest.items.is_empty() {
            let token = format!("<{}>", self.number());
            content += &xml::element("token", &token);
        }
        let is_whole = !what.is_some_and(breaks);
        for (place, item) in items.iter().enumerate() {
            if place < readable {
                content += &self.item(item, is_whole);
            } else {
                content += &lost(item);
            }
        }
        if items.is_empty() && content.is_empty() {
            return Reply::answer(response(method, ""));
        }
        let body = response(method, &format!("<returnval>{content}</returnval>"));
        let arrives = match trouble {
            Some(trouble) if breaks(trouble.what) => arriving(body.as_bytes(), trouble),
            _ => body.len(),
        };
        // The run cannot cancel a token that it did not receive completely.
        if let Some(token) = between(&body, "<token>", "</token>")
            && body
                .find("</token>")
                .is_some_and(|end| end + "</token>".len() <= arrives)
            && let Some(session) = self.sessions.get_mut(cookie)
        {
            session.tokens.insert(token.to_owned(), rest);
        }
        Reply::answer(body)
    }

    fn item(&mut self, item: &Item, is_told: bool) -> String {
        match item {
            Item::View(view, _) if self.plan.announcement == Announcement::Unreadable => {
                let reference = xml::written_reference("obj", "ContainerView", view);
                format!(
                    "<objects>{reference}{}</objects>",
                    missing("view", "NoPermission")
                )
            }
            Item::View(view, objects) => {
                let reference = xml::written_reference("obj", "ContainerView", view);
                let mut list = String::new();
                for object in objects {
                    list += &xml::reference(
                        "ManagedObjectReference",
                        object.kind.type_name(),
                        &object.id(),
                    );
                    if is_told {
                        self.answered.announced.insert((object.kind, object.id()));
                    }
                }
                format!(
                    r#"<objects>{reference}<propSet><name>view</name><val xsi:type="ArrayOfManagedObjectReference">{list}</val></propSet></objects>"#
                )
            }
            Item::Root => format!(
                "<objects>{ROOT}{}</objects>",
                property("name", "xsd:string", "Datacenters")
            ),
            Item::Object(object) => {
                if is_told {
                    self.answered.sent.insert((object.kind, object.id()));
                }
                objects(object)
            }
        }
    }

    /// The objects of a call that names them. One that is gone fails the call,
    /// unless the call wants it left out.
    fn named(
        &mut self,
        asked: &[(String, String)],
        body: &str,
        trouble: Option<&Trouble>,
    ) -> Result<VecDeque<Item>, Reply> {
        let tolerates = body.contains("<reportMissingObjectsInResults>true<");
        let mut items = VecDeque::new();
        for (type_name, id) in asked {
            if type_name == "Folder" {
                items.push_back(Item::Root);
                continue;
            }
            let found = self.plan.objects.iter().find(|object| {
                object.kind.type_name() == type_name && xml::escape(&object.id()) == *id
            });
            match found.map(|object| (object, object.fate)) {
                None | Some((_, Fate::Vanished)) if tolerates => {}
                None | Some((_, Fate::Vanished)) => {
                    if let Some(object) =
                        found.filter(|_| !trouble.is_some_and(|trouble| breaks(trouble.what)))
                    {
                        self.answered.gone.insert((object.kind, object.id()));
                    }
                    let object = xml::written_reference("obj", type_name, id);
                    return Err(Reply::fault("ManagedObjectNotFound", &object));
                }
                Some((_, Fate::Hidden)) => {}
                Some((object, _)) => items.push_back(Item::Object(object.clone())),
            }
        }
        Ok(items)
    }
}

/// An object with what can be read of it.
fn objects(object: &Object) -> String {
    let name = NAMES[usize::from(object.number) % NAMES.len()];
    let name = name.replace('<', "&lt;").replace("&>", "&amp;>");
    let mut content =
        format!(r#"<propSet><name>name</name><val xsi:type="xsd:string">{name}</val></propSet>"#);
    let host = super::Kind::Host.id(object.place);
    let cluster = super::Kind::Cluster.id(object.place);
    match object.kind {
        super::Kind::Vm => {
            content += &reference_property("runtime.host", "HostSystem", &host);
            content += &vm(object.state);
        }
        super::Kind::Host => {
            content += &reference_property("parent", "ClusterComputeResource", &cluster);
        }
        super::Kind::Cluster => {
            content += &property("summary.numHosts", "xsd:int", &object.place.to_string());
        }
        super::Kind::Datastore => {
            content += &property("summary.capacity", "xsd:long", "1099511627776");
        }
        super::Kind::Folder => {}
    }
    let reference = xml::reference("obj", object.kind.type_name(), &object.id());
    format!("<objects>{reference}{content}</objects>")
}

fn vm(state: State) -> String {
    const CPUS: &str = "config.hardware.numCPU";
    const MEMORY: &str = "config.hardware.memoryMB";
    const POWER: &str = "runtime.powerState";
    const CONNECTION: &str = "summary.runtime.connectionState";
    let number = |path, value| property(path, "xsd:int", value);
    let choice = |path, value| property(path, "xsd:string", value);
    match state {
        State::Bare => String::new(),
        State::Disconnected => choice(CONNECTION, "disconnected"),
        State::Unreadable => {
            choice(POWER, "poweredOn")
                + &missing(CPUS, "NoPermission")
                + &missing(MEMORY, "NoPermission")
        }
        State::Odd => {
            number(CPUS, "-1")
                + &number(MEMORY, "99999999999999999999")
                + &choice(POWER, "poweredOdd")
        }
        State::Connected | State::Template => {
            let template = if state == State::Template {
                "true"
            } else {
                "false"
            };
            number(CPUS, "2")
                + &number(MEMORY, "4096")
                + &choice(POWER, "poweredOn")
                + &choice(CONNECTION, "connected")
                + &property("config.template", "xsd:boolean", template)
        }
    }
}

/// An object whose properties are unreadable because the session ended.
fn lost(item: &Item) -> String {
    let (reference, path) = match item {
        Item::View(view, _) => (xml::written_reference("obj", "ContainerView", view), "view"),
        Item::Root => (ROOT.to_owned(), "name"),
        Item::Object(object) => (
            xml::reference("obj", object.kind.type_name(), &object.id()),
            "name",
        ),
    };
    format!(
        "<objects>{reference}{}</objects>",
        missing(path, "NotAuthenticated")
    )
}
