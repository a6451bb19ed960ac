//! The reply of a retrieval, read as it comes: a list of 100,000 objects is never held.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion, escape};
use stocktake_contract::Problem;
use tokio::io::{AsyncBufRead, AsyncRead, ReadBuf};

use crate::gateway::Body;
use crate::gateway::Diagnosis;
use crate::gateway::Meter;
use crate::vsphere::operation::Reference;

/// Bytes of one tag or text, none of which comes near.
const TOKEN: usize = 1 << 20;
/// Levels of elements; a list has seven.
const LEVELS: usize = 64;
/// Bytes of a property's text.
const TEXT: usize = 1 << 20;
/// Properties of one object, of which a handful is asked for.
const PROPERTIES: usize = 64;

/// Replaces what is not a character: U+FFFD.
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

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
    let mut reader = Reader::from_reader(Feed {
        body,
        meter: meter.clone(),
        at_hand: Bytes::new(),
        unfinished: Vec::new(),
        token: 0,
        failed: None,
    });
    let mut state = Reply::default();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = match reader.read_event_into_async(&mut buffer).await {
            Ok(Event::Eof) => break,
            Ok(event) => event,
            Err(_) => {
                return Err(match reader.get_mut().failed.take() {
                    Some(diagnosis) => Unread::Diagnosis(diagnosis),
                    None => Unread::Malformed("is not well-formed XML"),
                });
            }
        };
        state.take(event, objects)?;
        reader.get_mut().token = 0;
    }
    if state.is_whole {
        Ok(())
    } else {
        Err(Unread::Malformed("ends before it is whole"))
    }
}

/// What is known while a reply is read.
#[derive(Default)]
struct Reply {
    open: Vec<Place>,
    /// Of the innermost element that has one of interest.
    text: String,
    object: Content,
    property: Property,
    item: Reference,
    answered: bool,
    is_whole: bool,
}

impl Reply {
    fn take(&mut self, event: Event<'_>, objects: &mut (dyn Objects + Send)) -> Result<(), Unread> {
        match event {
            Event::Start(start) => self.begin(&start)?,
            Event::Empty(start) => {
                self.begin(&start)?;
                self.end(objects)?;
            }
            Event::End(_) => self.end(objects)?,
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
        let place = Place::of(self.open.last().copied(), start.local_name().as_ref());
        match place {
            Place::Envelope if self.is_whole => return Err(Unread::Malformed("has two envelopes")),
            Place::Object => {
                self.object.properties.clear();
                self.object.reference = Reference::default();
            }
            Place::Reference => self.object.reference.type_name = attribute(start, is_plain_type),
            Place::Property => self.property = Property::default(),
            Place::Value => self.property.type_name = attribute(start, is_plain_type),
            Place::Item => self.item.type_name = attribute(start, is_plain_type),
            Place::FaultDetail => {
                let fault = attribute(start, |key| !is_plain_type(key) && key.ends_with(":type"));
                if fault.rsplit(':').next() == Some("NotAuthenticated") {
                    return Err(Unread::SessionLost);
                }
            }
            _ => {}
        }
        if place != Place::Other {
            self.text.clear();
        }
        self.open.push(place);
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Unread> {
        if let Some(Place::Reference | Place::Path | Place::Value | Place::Item) = self.open.last()
        {
            if self.text.len() + text.len() > TEXT {
                return Err(Unread::Malformed("holds a text of more than 1 MiB"));
            }
            self.text.push_str(text);
        }
        Ok(())
    }

    fn end(&mut self, objects: &mut (dyn Objects + Send)) -> Result<(), Unread> {
        let taken = match self.open.pop() {
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

/// The type of a reference is an attribute without a prefix, whatever the
/// prefix of that which says of which type the element itself is.
fn is_plain_type(key: &str) -> bool {
    key == "type"
}

fn attribute(start: &BytesStart<'_>, is_meant: impl Fn(&str) -> bool) -> String {
    let mut attributes = start.attributes().flatten();
    let found = attributes.find(|attribute| is_meant(attribute.key.as_ref()));
    let value = found.and_then(|found| {
        let value = found.normalized_value(XmlVersion::Implicit1_0).ok()?;
        Some(value.trim().to_owned())
    });
    value.unwrap_or_default()
}

/// A body as a parser wants it.
struct Feed {
    body: Body,
    meter: Arc<Meter>,
    at_hand: Bytes,
    /// The beginning of a character whose rest is in the next piece.
    unfinished: Vec<u8>,
    /// Bytes since the last tag or text.
    token: usize,
    failed: Option<Diagnosis>,
}

impl Feed {
    /// The piece as UTF-8. Names may hold half a surrogate pair; to the parser it would be the end.
    fn text(&mut self, chunk: Bytes) -> Bytes {
        if self.unfinished.is_empty() && str::from_utf8(&chunk).is_ok() {
            return chunk;
        }
        let mut bytes = std::mem::take(&mut self.unfinished);
        bytes.extend_from_slice(&chunk);
        let mut text = Vec::with_capacity(bytes.len());
        let mut rest = bytes.as_slice();
        while let Err(error) = str::from_utf8(rest) {
            let (valid, after) = rest.split_at(error.valid_up_to());
            text.extend_from_slice(valid);
            let Some(length) = error.error_len() else {
                self.unfinished = after.to_vec();
                return Bytes::from(text);
            };
            text.extend_from_slice(REPLACEMENT);
            rest = &after[length..];
        }
        text.extend_from_slice(rest);
        Bytes::from(text)
    }
}

impl AsyncRead for Feed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let coming = ready!(self.as_mut().poll_fill_buf(context))?;
        let taken = coming.len().min(into.remaining());
        into.put_slice(&coming[..taken]);
        self.consume(taken);
        Poll::Ready(Ok(()))
    }
}

impl AsyncBufRead for Feed {
    fn poll_fill_buf(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let feed = self.get_mut();
        if feed.token > TOKEN {
            return Poll::Ready(Err(io::Error::other("a tag or text without end")));
        }
        while feed.at_hand.is_empty() {
            match ready!(feed.body.poll_chunk(context)) {
                Some(Ok(chunk)) => {
                    feed.meter.decoded(chunk.len());
                    feed.at_hand = feed.text(chunk);
                }
                Some(Err(diagnosis)) => {
                    feed.failed = Some(diagnosis);
                    return Poll::Ready(Err(io::Error::other("the exchange failed")));
                }
                None => break,
            }
        }
        Poll::Ready(Ok(&feed.at_hand))
    }

    fn consume(self: Pin<&mut Self>, bytes: usize) {
        let feed = self.get_mut();
        feed.at_hand.advance(bytes);
        feed.token += bytes;
    }
}

#[cfg(test)]
mod tests;
