//! The envelope of a reply: a payload or a fault.

use super::fault::Fault;
use super::reader::{Element, Event, ReadError, Reader, SOAP};
use crate::tape::Tape;
use crate::vim::values;

/// Most memory of the values of one object, fault or small reply.
const MAX_VALUES: usize = 32 * 1024 * 1024;

/// The first byte of gzip, which no XML begins with.
const GZIP: u8 = 0x1f;

/// Why a reply cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyError {
    /// It is not XML.
    Xml(ReadError),
    /// It is XML, but not a SOAP reply.
    NotSoap {
        /// The element found.
        found: String,
    },
    /// It is compressed, and its headers do not say so.
    Compressed,
    /// One object needs more memory than any real one.
    TooLarge,
}

impl From<ReadError> for ReplyError {
    fn from(error: ReadError) -> Self {
        ReplyError::Xml(error)
    }
}

impl std::fmt::Display for ReplyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReplyError::Xml(error) => error.fmt(f),
            ReplyError::NotSoap { found } => {
                write!(f, "the reply is not SOAP: found <{found}>")
            }
            ReplyError::Compressed => f.write_str(
                "the body is compressed although its headers do not say so; a proxy has dropped its Content-Encoding",
            ),
            ReplyError::TooLarge => write!(
                f,
                "one object of the reply is larger than {} MiB",
                MAX_VALUES / 1024 / 1024
            ),
        }
    }
}

/// Takes the events inside a `…Response` element.
pub trait Payload {
    /// Takes one event.
    ///
    /// # Errors
    /// When the payload does not match the call.
    fn event(&mut self, event: Event<'_>) -> Result<(), ReplyError>;
}

/// Reads one reply as its bytes arrive.
#[derive(Debug, Default)]
pub struct Reply {
    reader: Reader,
    frame: Frame,
}

#[derive(Debug, Default)]
struct Frame {
    depth: usize,
    inside: Inside,
    fault: Option<Tape>,
    answered: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Inside {
    #[default]
    Nothing,
    Header,
    Fault,
    Response,
}

impl Reply {
    /// A reply whose payload receives the XML of each outermost element of this name.
    #[must_use]
    pub fn capturing(name: &'static str) -> Self {
        Reply {
            reader: Reader::capturing(name),
            ..Reply::default()
        }
    }

    /// Continues with `bytes`.
    ///
    /// # Errors
    /// When they are not a SOAP reply.
    pub fn feed(&mut self, bytes: &[u8], payload: &mut impl Payload) -> Result<(), ReplyError> {
        if self.reader.is_at_start() && bytes.first() == Some(&GZIP) {
            return Err(ReplyError::Compressed);
        }
        let frame = &mut self.frame;
        self.reader
            .feed(bytes, &mut |event| frame.event(event, payload))
    }

    /// Ends the reply, returning the fault if it is one.
    ///
    /// # Errors
    /// When the reply is not whole.
    pub fn finish(self) -> Result<Option<Fault>, ReplyError> {
        self.reader.finish()?;
        match &self.frame.fault {
            Some(content) => Ok(Some(Fault::from_soap(content))),
            None if self.frame.answered => Ok(None),
            None => Err(ReplyError::NotSoap {
                found: "an empty Body".to_owned(),
            }),
        }
    }
}

impl Frame {
    fn event(&mut self, event: Event<'_>, payload: &mut impl Payload) -> Result<(), ReplyError> {
        match event {
            Event::Open(element) => {
                self.depth += 1;
                match self.depth {
                    1 => expect(element, "Envelope"),
                    2 if element.name == "Header" => {
                        self.inside = Inside::Header;
                        Ok(())
                    }
                    2 => expect(element, "Body"),
                    3 if self.inside == Inside::Header => Ok(()),
                    3 => self.open_body(element),
                    _ => self.forward(event, payload),
                }
            }
            Event::Text(_) => match self.depth {
                0..=3 => Ok(()),
                _ => self.forward(event, payload),
            },
            Event::Close { .. } => {
                self.depth -= 1;
                match self.depth {
                    0 => Ok(()),
                    1 | 2 => {
                        self.inside = Inside::Nothing;
                        Ok(())
                    }
                    _ => self.forward(event, payload),
                }
            }
        }
    }

    fn open_body(&mut self, element: Element<'_>) -> Result<(), ReplyError> {
        if element.name == "Fault" && element.namespace() == SOAP {
            self.inside = Inside::Fault;
            self.fault = Some(Tape::default());
            return Ok(());
        }
        if element.name.ends_with("Response") {
            self.inside = Inside::Response;
            self.answered = true;
            return Ok(());
        }
        Err(ReplyError::NotSoap {
            found: element.name.to_owned(),
        })
    }

    fn forward(&mut self, event: Event<'_>, payload: &mut impl Payload) -> Result<(), ReplyError> {
        match (self.inside, &mut self.fault) {
            (Inside::Response, _) => payload.event(event),
            (Inside::Fault, Some(content)) => write_values(content, event),
            _ => Ok(()),
        }
    }
}

fn expect(element: Element<'_>, name: &str) -> Result<(), ReplyError> {
    if element.name == name && element.namespace() == SOAP {
        Ok(())
    } else {
        Err(ReplyError::NotSoap {
            found: element.name.to_owned(),
        })
    }
}

/// A payload that is small enough to be stored as a whole.
#[derive(Debug, Default)]
pub struct Small(pub Tape);

impl Payload for Small {
    fn event(&mut self, event: Event<'_>) -> Result<(), ReplyError> {
        write_values(&mut self.0, event)
    }
}

/// Writes `event` to `tape`.
///
/// # Errors
/// When the values grow beyond any real object.
pub fn write_values(tape: &mut Tape, event: Event<'_>) -> Result<(), ReplyError> {
    match event {
        Event::Open(element) => values::open(tape, element.name, element),
        Event::Text(text) => tape.text(text),
        Event::Close { .. } => tape.close(),
    }
    if tape.size() > MAX_VALUES {
        return Err(ReplyError::TooLarge);
    }
    Ok(())
}
