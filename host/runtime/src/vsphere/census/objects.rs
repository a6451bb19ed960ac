//! The reply of a retrieval, read as it comes: a list of 100,000 objects is never held.

mod text;

use std::borrow::Cow;
use std::sync::Arc;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion, escape};
use stocktake_contract::Problem;

use self::text::ReplyText;
use crate::gateway::Body;
use crate::gateway::Diagnosis;
use crate::gateway::Meter;
use crate::vsphere::operation::Reference;

const NOT_WELL_FORMED: &str = "is not well-formed XML";
/// Levels of elements; a list has seven.
const LEVELS: usize = 64;
/// Bytes of a property's text.
const TEXT: usize = 1 << 20;
/// Properties of one object, of which a handful is asked for.
const PROPERTIES: usize = 64;

/// Takes what a retrieval answers, in document order.
pub(super) trait Objects {
    /// A reference in the list that is `path` of `object`, of which less may be known yet.
    fn reference(&mut self, object: &Content, path: &str, it: &Reference) -> Result<(), Problem> {
        let _ = (object, path, it);
        Ok(())
    }

    /// An object with its properties. References in lists came before.
    fn object(&mut self, object: &Content) -> Result<(), Problem>;
}

/// One object and what was read of it.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) reference: Reference,
    properties: Vec<Property>,
}

#[derive(Debug, Default)]
struct Property {
    path: String,
    /// Of a reference, what it refers to.
    type_name: String,
    text: String,
}

impl Content {
    /// The text of a property; empty for a list.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.property(path).map(|property| property.text.as_str())
    }

    /// The object that a property refers to.
    pub(super) fn referenced(&self, path: &str) -> Option<Reference> {
        let property = self.property(path)?;
        let is_reference = !property.type_name.is_empty() && !property.text.is_empty();
        is_reference.then(|| Reference {
            type_name: property.type_name.clone(),
            id: property.text.clone(),
        })
    }

    fn property(&self, path: &str) -> Option<&Property> {
        self.properties
            .iter()
            .find(|property| property.path == path)
    }
}

/// Why a reply could not be read to its end.
#[derive(Debug)]
pub(super) enum Unread {
    /// The exchange failed.
    Diagnosis(Diagnosis),
    /// It is not what the call answers.
    Malformed(&'static str),
    /// A property could not be read because the session is over.
    SessionLost,
    /// The receiver of the objects took no more.
    Problem(Problem),
}

/// Where an open element stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Envelope,
    Body,
    Response,
    Object,
    Reference,
    Property,
    Path,
    Value,
    Item,
    Missing,
    Fault,
    FaultDetail,
    Other,
}

impl Place {
    fn of(parent: Option<Place>, name: &str) -> Self {
        match (parent, name) {
            (None, "Envelope") => Place::Envelope,
            (Some(Place::Envelope), "Body") => Place::Body,
            (Some(Place::Body), "RetrievePropertiesResponse") => Place::Response,
            (Some(Place::Response), "returnval") => Place::Object,
            (Some(Place::Object), "obj") => Place::Reference,
            (Some(Place::Object), "propSet") => Place::Property,
            (Some(Place::Property), "name") => Place::Path,
            (Some(Place::Property), "val") => Place::Value,
            (Some(Place::Value), "ManagedObjectReference") => Place::Item,
            (Some(Place::Object), "missingSet") => Place::Missing,
            (Some(Place::Missing), "fault") => Place::Fault,
            (Some(Place::Fault), "fault") => Place::FaultDetail,
            _ => Place::Other,
        }
    }
}

/// Reads the objects of a reply to `RetrieveProperties`.
pub(super) async fn read(
    body: Body,
    meter: &Arc<Meter>,
    objects: &mut (dyn Objects + Send),
) -> Result<(), Unread> {
    let mut text = ReplyText::new(body, meter.clone());
    let mut state = Reply::default();
    while text.more().await? {
        let taken = state.take_all(text.ready(), text.is_whole(), objects)?;
        text.consume(taken);
    }
    if state.is_whole {
        Ok(())
    } else {
        Err(Unread::Malformed("ends before it is whole"))
    }
}

/// An element whose end is yet to come.
#[derive(Clone, Copy)]
struct Open {
    place: Place,
    /// Where its name begins in [`Reply::names`].
    name: usize,
}

/// What is known while a reply is read.
#[derive(Default)]
struct Reply {
    open: Vec<Open>,
    /// The names of the open elements, joined.
    names: String,
    /// Of the innermost element that has one of interest.
    text: String,
    object: Content,
    property: Property,
    item: Reference,
    answered: bool,
    is_whole: bool,
}

impl Reply {
    /// Takes the tags and texts that `text` holds whole, and answers their length.
    ///
    /// The elements of `text` may be open from before, so that this compares the names of their
    /// ends itself.
    fn take_all(
        &mut self,
        text: &str,
        is_last: bool,
        objects: &mut (dyn Objects + Send),
    ) -> Result<usize, Unread> {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        loop {
            let taken = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
            match reader.read_event() {
                Ok(Event::Eof) => return Ok(text.len()),
                Ok(event) => self.take(event, objects)?,
                // The end of the tag is yet to come.
                Err(quick_xml::Error::Syntax(_)) if !is_last => return Ok(taken),
                Err(_) => return Err(Unread::Malformed(NOT_WELL_FORMED)),
            }
        }
    }

    fn take(&mut self, event: Event<'_>, objects: &mut (dyn Objects + Send)) -> Result<(), Unread> {
        match event {
            Event::Start(start) => self.begin(&start)?,
            Event::Empty(start) => {
                self.begin(&start)?;
                self.end(objects)?;
            }
            Event::End(end) => {
                let name = self.open.last().map(|open| &self.names[open.name..]);
                if name != Some(end.name().as_ref()) {
                    return Err(Unread::Malformed(NOT_WELL_FORMED));
                }
                self.end(objects)?;
            }
            Event::Text(text) => self.text(&text.xml10_content())?,
            Event::CData(data) => self.text(&data.xml10_content())?,
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => self.text(character.encode_utf8(&mut [0; 4]))?,
                _ => {
                    self.text(escape::resolve_predefined_entity(&reference).unwrap_or_default())?
                }
            },
            Event::DocType(_) => return Err(Unread::Malformed("has a DOCTYPE")),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Eof => {}
        }
        Ok(())
    }

    fn begin(&mut self, start: &BytesStart<'_>) -> Result<(), Unread> {
        if self.open.len() == LEVELS {
            return Err(Unread::Malformed("nests deeper than any list"));
        }
        let parent = self.open.last().map(|open| open.place);
        let place = Place::of(parent, start.local_name().as_ref());
        match place {
            Place::Envelope if self.is_whole => return Err(Unread::Malformed("has two envelopes")),
            Place::Object => {
                self.object.properties.clear();
                self.object.reference = Reference::default();
            }
            Place::Reference => read_type(start, &mut self.object.reference.type_name),
            Place::Property => self.property = Property::default(),
            Place::Value => read_type(start, &mut self.property.type_name),
            Place::Item => read_type(start, &mut self.item.type_name),
            Place::FaultDetail => {
                let fault = attribute(start, |key| key.ends_with(":type"));
                if fault.rsplit(':').next() == Some("NotAuthenticated") {
                    return Err(Unread::SessionLost);
                }
            }
            _ => {}
        }
        if place != Place::Other {
            self.text.clear();
        }
        self.open.push(Open {
            place,
            name: self.names.len(),
        });
        self.names.push_str(start.name().as_ref());
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Unread> {
        let place = self.open.last().map(|open| open.place);
        if let Some(Place::Reference | Place::Path | Place::Value | Place::Item) = place {
            if self.text.len() + text.len() > TEXT {
                return Err(Unread::Malformed("holds a text of more than 1 MiB"));
            }
            self.text.push_str(text);
        }
        Ok(())
    }

    fn end(&mut self, objects: &mut (dyn Objects + Send)) -> Result<(), Unread> {
        let open = self.open.pop();
        self.names.truncate(open.map_or(0, |open| open.name));
        let taken = match open.map(|open| open.place) {
            Some(Place::Item) => {
                self.item.id.clear();
                self.item.id.push_str(self.text.trim());
                self.text.clear();
                objects.reference(&self.object, &self.property.path, &self.item)
            }
            Some(Place::Reference) => {
                self.object.reference.id.push_str(self.text.trim());
                Ok(())
            }
            Some(Place::Path) => {
                self.property.path.push_str(self.text.trim());
                Ok(())
            }
            Some(Place::Value) => {
                self.property.text.push_str(self.text.trim());
                Ok(())
            }
            Some(Place::Property) => {
                if self.object.properties.len() == PROPERTIES {
                    return Err(Unread::Malformed(
                        "holds properties that were not asked for",
                    ));
                }
                let property = std::mem::take(&mut self.property);
                self.object.properties.push(property);
                Ok(())
            }
            Some(Place::Object) => objects.object(&self.object),
            Some(Place::Response) => {
                self.answered = true;
                Ok(())
            }
            Some(Place::Envelope) => {
                self.is_whole = self.answered;
                Ok(())
            }
            _ => Ok(()),
        };
        taken.map_err(Unread::Problem)
    }
}

/// Reads the type of a reference: an attribute without a prefix, whatever the
/// prefix of that which says of which type the element itself is.
fn read_type(start: &BytesStart<'_>, type_name: &mut String) {
    type_name.clear();
    type_name.push_str(attribute(start, |key| key == "type").trim());
}

/// The value of the first attribute whose name `is_meant`; empty when there is none.
fn attribute<'s>(start: &'s BytesStart<'_>, is_meant: impl Fn(&str) -> bool) -> Cow<'s, str> {
    let mut attributes = start.attributes();
    let found = attributes.with_checks(false).flatten();
    let mut found = found.filter(|attribute| is_meant(attribute.key.as_ref()));
    let found = found.next();
    let value = found.and_then(|found| found.normalized_value(XmlVersion::Implicit1_0).ok());
    value.unwrap_or_default()
}

#[cfg(test)]
mod tests;
