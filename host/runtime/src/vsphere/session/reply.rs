//! What the server answers to the host's own calls, and faults in what it
//! answers to the collector's.

use bytes::Bytes;
use http::StatusCode;
use http::response::Parts;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion, escape};
use serde_json::Value;

use super::Service;
use crate::gateway::Body;
use crate::gateway::Diagnosis;
use crate::vsphere::operation::Reference;

/// No answer to the host's own calls comes near this size, in bytes.
const LARGEST: usize = 1 << 20;
/// Nor has one as many elements, or levels.
const ELEMENTS: usize = 4096;
const LEVELS: usize = 32;

/// A reply that was read to its end.
pub(in crate::vsphere) struct Reply {
    head: Parts,
    body: Bytes,
    elements: Vec<Element>,
}

/// A SOAP fault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::vsphere) struct Fault {
    /// Its type, as in `InvalidLogin`; empty when the server names none.
    pub(in crate::vsphere) name: String,
    /// The server's sentence; may be empty.
    pub(in crate::vsphere) message: String,
    /// The privilege whose lack caused it.
    pub(in crate::vsphere) privilege: Option<String>,
    /// The id of the object it is about.
    pub(in crate::vsphere) object: Option<String>,
}

/// An element by the local names that lead to it, as in `Envelope/Body/Fault`.
struct Element {
    path: String,
    kind: Option<String>,
    text: String,
}

impl Reply {
    pub(in crate::vsphere) async fn read(
        response: http::Response<Body>,
    ) -> Result<Self, Diagnosis> {
        let (head, mut incoming) = response.into_parts();
        let mut body = Vec::new();
        while let Some(chunk) = incoming.chunk().await {
            let chunk = chunk?;
            let used = body.len() + chunk.len();
            if used > LARGEST {
                let (used, allowed) = (used as u64, LARGEST as u64);
                return Err(Diagnosis::over_budget(
                    "response body",
                    used,
                    allowed,
                    "bytes",
                ));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply {
            head,
            elements: elements(&body),
            body: body.into(),
        })
    }

    /// It is what the call answers, and no fault.
    pub(in crate::vsphere) fn is_answer(&self) -> bool {
        let answers = |element: &Element| {
            let call = element.path.strip_prefix("Envelope/Body/");
            call.is_some_and(|call| call.ends_with("Response"))
        };
        self.head.status == StatusCode::OK && self.elements.iter().any(answers)
    }

    pub(in crate::vsphere) fn status(&self) -> StatusCode {
        self.head.status
    }

    pub(in crate::vsphere) fn fault(&self) -> Option<Fault> {
        Fault::of(&self.elements).or_else(|| Fault::from_json(&self.body))
    }

    /// The reference that a call returns.
    pub(in crate::vsphere) fn returned(&self) -> Option<Reference> {
        let is_returned = |element: &&Element| {
            let call = element.path.strip_prefix("Envelope/Body/");
            let call = call.and_then(|call| call.strip_suffix("Response/returnval"));
            call.is_some_and(|call| !call.contains('/'))
        };
        let returned = self.elements.iter().find(is_returned)?;
        returned.reference()
    }

    /// What the answer to RetrieveServiceContent says.
    pub(in crate::vsphere) fn service(&self) -> Option<Service> {
        let find = |end: &str| {
            let path = format!("Envelope/Body/RetrieveServiceContentResponse/returnval/{end}");
            self.elements.iter().find(|element| element.path == path)
        };
        let version = ["about/apiVersion", "about/version"]
            .into_iter()
            .find_map(find);
        let reference = |end: &str| find(end).and_then(Element::reference);
        Some(Service {
            manager: reference("sessionManager")?,
            root: reference("rootFolder"),
            views: reference("viewManager"),
            properties: reference("propertyCollector"),
            api_version: version
                .map(|version| version.text.clone())
                .unwrap_or_default(),
        })
    }

    /// The reply as it came.
    pub(in crate::vsphere) fn into_response(self) -> http::Response<Body> {
        http::Response::from_parts(self.head, Body::whole(self.body))
    }
}

/// The fault at the beginning of a body, if it is one. The body may be cut.
pub(in crate::vsphere) fn fault(body: &[u8]) -> Option<Fault> {
    Fault::of(&elements(body)).or_else(|| Fault::from_json(body))
}

/// Faults of a server that may answer the same call a moment later, as the collector has them.
const TRANSIENT: [&str; 8] = [
    "SystemError",
    "HostCommunication",
    "HostNotConnected",
    "HostNotReachable",
    "RequestCanceled",
    "Timedout",
    "ConcurrentAccess",
    "TaskInProgress",
];

impl Fault {
    /// The same call may be answered a moment later.
    pub(in crate::vsphere) fn is_transient(&self) -> bool {
        TRANSIENT.contains(&self.name.as_str())
    }

    /// A fault of the VI/JSON protocol: its own object, or the one that a
    /// `LocalizedMethodFault` wraps.
    fn from_json(body: &[u8]) -> Option<Self> {
        if body.trim_ascii_start().first() != Some(&b'{') {
            return None;
        }
        let document: Value = serde_json::from_slice(body).ok()?;
        let inner = document.get("fault").filter(|inner| inner.is_object());
        let detail = inner.unwrap_or(&document);
        let text = |of: Option<&Value>| {
            let text = of?.as_str()?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let name = ["_typeName", "faultName"];
        let message = detail.get("faultMessage");
        let mut messages = [
            document.get("localizedMessage"),
            message,
            message.and_then(|message| message.get(0)?.get("message")),
        ]
        .into_iter();
        let mut objects = ["obj", "object"].into_iter();
        Some(Fault {
            name: name.into_iter().find_map(|field| text(detail.get(field)))?,
            message: messages.find_map(text).unwrap_or_default(),
            privilege: text(detail.get("privilegeId")),
            object: objects.find_map(|field| text(detail.get(field)?.get("value"))),
        })
    }

    fn of(elements: &[Element]) -> Option<Self> {
        const FAULT: &str = "Envelope/Body/Fault";
        elements.iter().find(|element| element.path == FAULT)?;
        let message = elements
            .iter()
            .find(|element| element.path.strip_prefix(FAULT) == Some("/faultstring"));
        let mut fault = Fault {
            message: message.map(|found| found.text.clone()).unwrap_or_default(),
            ..Fault::default()
        };
        let in_detail = |element: &Element| {
            let rest = element.path.strip_prefix(FAULT)?.strip_prefix("/detail/")?;
            Some(rest.to_owned())
        };
        let Some((detail, name)) = elements
            .iter()
            .find_map(|element| Some((element, in_detail(element)?)))
        else {
            return Some(fault);
        };
        let text = |field: &str| {
            let path = format!("{name}/{field}");
            let found = elements
                .iter()
                .find(|&element| in_detail(element).as_ref() == Some(&path));
            found
                .map(|element| element.text.clone())
                .filter(|text| !text.is_empty())
        };
        fault.privilege = text("privilegeId");
        fault.object = text("obj").or_else(|| text("object"));
        fault.name = match &detail.kind {
            Some(kind) => kind.clone(),
            None => name.strip_suffix("Fault").unwrap_or(&name).to_owned(),
        };
        Some(fault)
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match self.name.as_str() {
            "" => "fault",
            name => name,
        };
        match self.message.as_str() {
            "" => f.write_str(name),
            message => write!(f, "{name} ({message})"),
        }
    }
}

/// The elements of a small document in its order, as far as it can be read.
fn elements(body: &[u8]) -> Vec<Element> {
    // A body that was cut may end within a character.
    let text = match std::str::from_utf8(body) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&body[..error.valid_up_to()]).unwrap_or_default(),
    };
    let mut reader = Reader::from_str(text);
    let mut found: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    while found.len() < ELEMENTS && open.len() < LEVELS {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                let element = Element::of(&start, open.last().map(|&at| &found[at]));
                open.push(found.len());
                found.push(element);
            }
            Ok(Event::Empty(start)) => {
                found.push(Element::of(&start, open.last().map(|&at| &found[at])));
            }
            Ok(Event::End(_)) => {
                if let Some(at) = open.pop() {
                    let text = &mut found[at].text;
                    *text = text.trim().to_owned();
                }
            }
            Ok(Event::Text(text)) => append(&mut found, &open, &text.xml10_content()),
            Ok(Event::CData(data)) => append(&mut found, &open, &data.xml10_content()),
            Ok(Event::GeneralRef(reference)) => match reference.resolve_char_ref() {
                Ok(Some(character)) => {
                    append(&mut found, &open, character.encode_utf8(&mut [0; 4]))
                }
                _ => append(
                    &mut found,
                    &open,
                    escape::resolve_predefined_entity(&reference).unwrap_or_default(),
                ),
            },
            Ok(Event::Eof) | Err(_) => break,
            Ok(Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_)) => {}
        }
    }
    found
}

fn append(found: &mut [Element], open: &[usize], text: &str) {
    if let Some(&at) = open.last() {
        found[at].text.push_str(text);
    }
}

impl Element {
    /// The object that it refers to.
    fn reference(&self) -> Option<Reference> {
        (!self.text.is_empty()).then(|| Reference {
            type_name: self.kind.clone().unwrap_or_default(),
            id: self.text.clone(),
        })
    }

    fn of(start: &BytesStart<'_>, parent: Option<&Element>) -> Self {
        let name = start.local_name();
        let kind = start.attributes().flatten().find_map(|attribute| {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
            let kind = value.rsplit(':').next().unwrap_or_default().to_owned();
            (attribute.key.local_name().as_ref() == "type").then_some(kind)
        });
        Element {
            path: match parent {
                Some(parent) => format!("{}/{}", parent.path, name.as_ref()),
                None => name.as_ref().to_owned(),
            },
            kind,
            text: String::new(),
        }
    }
}

#[cfg(test)]
mod tests;
