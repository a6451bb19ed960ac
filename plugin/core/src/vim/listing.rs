//! The pages of a retrieval: RetrieveResult, object by object.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::values;
use crate::moref::{MoRef, OwnedMoRef};
use crate::soap::fault::Fault;
use crate::soap::reader::{Element, Event};
use crate::soap::reply::{Payload, ReplyError, write_values};
use crate::tape::{Tape, Value};

/// The element that an object is.
pub const OBJECT: &str = "objects";

/// Takes what a page holds, in document order.
pub trait Objects {
    /// There is a further page under this token. It stands before the objects.
    fn token(&mut self, token: &str);
    /// The view's list was received whole, be it empty.
    fn announcement(&mut self);
    /// The view's list names this object.
    fn announced(&mut self, object: MoRef<'_>);
    /// One object with its properties.
    fn object(&mut self, object: Object<'_>);
}

/// One object as the server sent it.
#[derive(Clone, Copy, Debug)]
pub struct Object<'o> {
    /// Which object it is.
    pub reference: MoRef<'o>,
    /// Its properties by path.
    pub properties: &'o Tape,
    /// Properties that the server could not or would not read.
    pub missing: &'o [Missing],
    /// What could not be decoded.
    pub damage: Option<&'o Damage>,
}

/// What of an object could not be decoded; the rest could.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Paths of properties that do not hold what their type says.
    pub properties: Vec<String>,
    /// The object is larger than any real one; what is behind the limit is left out.
    pub oversized: bool,
    /// `sha256:` and the digest of the object's XML as it came.
    pub digest: String,
}

/// A property that the server could not or would not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Its path.
    pub path: String,
    /// The evidence.
    pub fault: Fault,
}

/// What is kept of a page while it is read: one object.
#[derive(Debug, Default)]
pub struct Listing {
    /// Where the open elements stand, outermost first.
    places: Vec<Place>,
    text: String,
    reference: OwnedMoRef,
    property: String,
    properties: Tape,
    announced_type: String,
    missing: Vec<Missing>,
    missing_path: String,
    missing_fault: Tape,
    oversized: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Result,
    Token,
    Object,
    Reference,
    Property,
    PropertyName,
    PropertyValue,
    Announcement,
    Announced,
    Missing,
    MissingPath,
    MissingFault,
    /// An element this version does not know, or one inside it.
    Unknown,
}

/// A listing and the taker of its objects, as the payload of a reply.
#[derive(Debug)]
pub struct Page<'p, O> {
    /// State that lives as long as the retrieval.
    pub listing: &'p mut Listing,
    /// Takes the objects.
    pub objects: &'p mut O,
}

impl<O: Objects> Payload for Page<'_, O> {
    fn event(&mut self, event: Event<'_>) -> Result<(), ReplyError> {
        match event {
            Event::Open(element) => self.listing.open(element),
            Event::Text(text) => self.listing.text(text),
            Event::Close { raw } => self.listing.close(raw, self.objects),
        }
    }
}

impl Listing {
    /// Forgets a page that was cut off.
    pub fn reset(&mut self) {
        self.places.clear();
        self.begin_object();
    }

    fn begin_object(&mut self) {
        self.properties.clear();
        self.missing.clear();
        self.oversized = false;
        self.reference.type_name.clear();
        self.reference.value.clear();
    }

    /// The view's own list may name 100,000 objects: it is passed on one by one, never kept.
    fn is_announcement(&self) -> bool {
        self.property == "view" && self.reference.type_name == "ContainerView"
    }

    fn damage(&self, raw: &str) -> Option<Damage> {
        let properties: Vec<String> = self.properties.malformed().map(str::to_owned).collect();
        (self.oversized || !properties.is_empty()).then(|| Damage {
            properties,
            oversized: self.oversized,
            digest: digest(raw),
        })
    }

    fn open(&mut self, element: Element<'_>) -> Result<(), ReplyError> {
        let place = match (self.places.last(), element.name) {
            (None, "returnval") => Place::Result,
            (Some(Place::Result), "token") => Place::Token,
            (Some(Place::Result), OBJECT) => {
                self.begin_object();
                Place::Object
            }
            (Some(Place::Object), "obj") => {
                element
                    .reference_type
                    .unwrap_or_default()
                    .clone_into(&mut self.reference.type_name);
                self.reference.value.clear();
                Place::Reference
            }
            (Some(Place::Object), "propSet") => {
                self.property.clear();
                Place::Property
            }
            (Some(Place::Object), "missingSet") => {
                self.missing_path.clear();
                self.missing_fault.clear();
                Place::Missing
            }
            (Some(Place::Property), "name") => {
                self.property.clear();
                Place::PropertyName
            }
            (Some(Place::Property), "val") if self.is_announcement() => Place::Announcement,
            (Some(Place::Property), "val") if !self.oversized => {
                values::open(&mut self.properties, &self.property, element);
                Place::PropertyValue
            }
            (Some(Place::PropertyValue), _) if !self.oversized => {
                self.write(Event::Open(element));
                Place::PropertyValue
            }
            (Some(Place::Announcement), _) => {
                element
                    .reference_type
                    .unwrap_or_default()
                    .clone_into(&mut self.announced_type);
                Place::Announced
            }
            (Some(Place::Missing), "path") => Place::MissingPath,
            (Some(Place::Missing | Place::MissingFault), _) => {
                write_values(&mut self.missing_fault, Event::Open(element))?;
                Place::MissingFault
            }
            _ => Place::Unknown,
        };
        self.text.clear();
        self.places.push(place);
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), ReplyError> {
        match self.places.last() {
            Some(Place::PropertyValue) if !self.oversized => {
                self.write(Event::Text(text));
                Ok(())
            }
            Some(Place::MissingFault) => write_values(&mut self.missing_fault, Event::Text(text)),
            Some(Place::Reference) => {
                self.reference.value.push_str(text);
                Ok(())
            }
            Some(Place::PropertyName) => {
                self.property.push_str(text);
                Ok(())
            }
            Some(Place::Token | Place::Announced | Place::MissingPath) => {
                self.text.push_str(text);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// One huge object must not cost the rest of the page: it is kept as far as it fits.
    fn write(&mut self, event: Event<'_>) {
        self.oversized |= write_values(&mut self.properties, event).is_err();
    }

    fn close(&mut self, raw: &str, objects: &mut impl Objects) -> Result<(), ReplyError> {
        match self.places.pop() {
            Some(Place::Token) => objects.token(&self.text),
            Some(Place::PropertyValue) => self.properties.close(),
            Some(Place::Announcement) => objects.announcement(),
            Some(Place::Announced) => objects.announced(MoRef {
                type_name: &self.announced_type,
                value: &self.text,
            }),
            Some(Place::MissingPath) => self.text.clone_into(&mut self.missing_path),
            Some(Place::MissingFault) => {
                return write_values(&mut self.missing_fault, Event::Close { raw });
            }
            Some(Place::Missing) => self.missing.push(Missing {
                path: self.missing_path.clone(),
                fault: missing_fault(&self.missing_fault),
            }),
            Some(Place::Object) => {
                let damage = self.damage(raw);
                objects.object(Object {
                    reference: self.reference.as_ref(),
                    properties: &self.properties,
                    missing: &self.missing,
                    damage: damage.as_ref(),
                });
            }
            _ => {}
        }
        Ok(())
    }
}

fn digest(raw: &str) -> String {
    let mut digest = String::from("sha256:");
    for byte in Sha256::digest(raw.as_bytes()) {
        let _ = write!(digest, "{byte:02x}");
    }
    digest
}

/// `<fault><fault xsi:type="NoPermission">…</fault><localizedMessage>…</localizedMessage></fault>`
fn missing_fault(content: &Tape) -> Fault {
    let Some(localized) = content.get("fault") else {
        return Fault::default();
    };
    let mut fault = localized
        .get("fault")
        .map(Fault::from_detail)
        .unwrap_or_default();
    let message = localized.get("localizedMessage").and_then(Value::as_str);
    message
        .unwrap_or_default()
        .trim()
        .clone_into(&mut fault.message);
    fault
}
