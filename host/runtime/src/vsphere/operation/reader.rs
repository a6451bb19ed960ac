//! Reads one call out of an envelope.

use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, NamespaceResolver, ResolveResult};
use quick_xml::{NsReader, XmlVersion, escape};

use super::{Element, Operation, Reference};
use crate::quote::printable;

/// Deeper than any request of this API nests.
const DEPTH: usize = 64;
/// Characters of a name that a message quotes.
const NAME: usize = 100;
/// The depths of the parts of a request.
const ENVELOPE: usize = 0;
const PART: usize = 1;
const CALL: usize = 2;
const ARGUMENT: usize = 3;

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const VIM: &str = "urn:vim25";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Why a body is not one call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OperationError {
    /// Not UTF-8, or another encoding is declared.
    #[error("it is not in UTF-8")]
    Encoding,
    /// Not XML.
    #[error("it is not well-formed XML")]
    Malformed,
    /// XML that no call needs.
    #[error("it holds {0}, which no call needs")]
    Superfluous(&'static str),
    /// Text and elements in the same element.
    #[error("its element {0} mixes text and elements")]
    Mixed(String),
    /// More levels than any request has.
    #[error("it nests deeper than {DEPTH} elements")]
    TooDeep,
    /// No envelope around one body.
    #[error("it is not a SOAP envelope with one body")]
    NotSoap,
    /// No call in the body.
    #[error("its body holds no call")]
    NoCall,
    /// More than one call in the body.
    #[error("its body holds more than one call: {first} and {second}")]
    Several {
        /// The first call's name.
        first: String,
        /// The second call's name.
        second: String,
    },
    /// An element of the call that is not of `urn:vim25`.
    #[error("its element {0} is not of {VIM}")]
    ForeignElement(String),
    /// An attribute that no call needs.
    #[error("its element {element} has the attribute {attribute}, which no call needs")]
    Attribute {
        /// The element's name.
        element: String,
        /// The attribute's name as written.
        attribute: String,
    },
    /// A call that is not of `urn:vim25`.
    #[error("it calls {method}, which is not of {VIM}")]
    Foreign {
        /// The call's name.
        method: String,
    },
}

/// Damage of any kind: what a parser says of it may quote the body.
impl From<quick_xml::Error> for OperationError {
    fn from(_: quick_xml::Error) -> Self {
        OperationError::Malformed
    }
}

/// Reads the one call of `body`.
pub(super) fn read(body: &[u8]) -> Result<Operation, OperationError> {
    let text = std::str::from_utf8(body).map_err(|_| OperationError::Encoding)?;
    if text.starts_with('\u{feff}') {
        return Err(OperationError::Superfluous("a byte order mark"));
    }
    let mut reader = NsReader::from_str(text);
    let mut call = Call::default();
    loop {
        match reader.read_event()? {
            Event::Start(start) => call.open(&start, reader.resolver())?,
            Event::Empty(start) => {
                call.open(&start, reader.resolver())?;
                call.close()?;
            }
            Event::End(_) => call.close()?,
            Event::Text(text) => call.text(&text.xml10_content())?,
            Event::CData(data) => call.text(&data.xml10_content())?,
            Event::GeneralRef(reference) => {
                let mut buffer = [0; 4];
                call.text(resolve(&reference, &mut buffer)?)?;
            }
            Event::Decl(_) if call.has_envelope => return Err(OperationError::Malformed),
            Event::Decl(declaration) => check_encoding(&declaration)?,
            Event::DocType(_) => return Err(OperationError::Superfluous("a DOCTYPE")),
            Event::PI(_) => return Err(OperationError::Superfluous("a processing instruction")),
            Event::Comment(_) => return Err(OperationError::Superfluous("a comment")),
            Event::Eof => return call.finish(),
        }
    }
}

fn check_encoding(declaration: &BytesDecl<'_>) -> Result<(), OperationError> {
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(encoding)) if encoding.eq_ignore_ascii_case("utf-8") => Ok(()),
        Some(_) => Err(OperationError::Encoding),
    }
}

fn resolve<'b>(
    reference: &BytesRef<'_>,
    buffer: &'b mut [u8; 4],
) -> Result<&'b str, OperationError> {
    match reference.resolve_char_ref()? {
        Some(character) => Ok(character.encode_utf8(buffer)),
        None => escape::resolve_predefined_entity(reference)
            .ok_or(OperationError::Superfluous("an entity of its own")),
    }
}

/// An element that is not yet closed.
#[derive(Debug)]
enum Open {
    /// Envelope, body or call, by its name; it holds elements.
    Frame(String),
    /// Of the call, by its place.
    Argument { at: usize, has_elements: bool },
}

/// What has been read of a request.
#[derive(Debug, Default)]
struct Call {
    open: Vec<Open>,
    has_envelope: bool,
    has_body: bool,
    method: Option<String>,
    this: Option<Reference>,
    elements: Vec<Element>,
}

impl Call {
    fn open(
        &mut self,
        start: &BytesStart<'_>,
        resolver: &NamespaceResolver,
    ) -> Result<(), OperationError> {
        let depth = self.open.len();
        if depth == DEPTH {
            return Err(OperationError::TooDeep);
        }
        let (namespace, name) = resolver.resolve_element(start.name());
        let name = name.as_ref();
        let namespace = match namespace {
            ResolveResult::Bound(Namespace(uri)) => uri,
            ResolveResult::Unbound => "",
            ResolveResult::Unknown(_) => return Err(OperationError::Malformed),
        };
        match depth {
            ENVELOPE => {
                let is_envelope = name == "Envelope" && namespace == SOAP;
                if !is_envelope || self.has_envelope {
                    return Err(OperationError::NotSoap);
                }
                self.has_envelope = true;
            }
            PART => {
                if name == "Header" && namespace == SOAP {
                    return Err(OperationError::Superfluous("a SOAP header"));
                }
                if name != "Body" || namespace != SOAP || self.has_body {
                    return Err(OperationError::NotSoap);
                }
                self.has_body = true;
            }
            CALL => self.call(name, namespace)?,
            _ if namespace != VIM => {
                return Err(OperationError::ForeignElement(printable(name, NAME)));
            }
            _ => {}
        }
        let types = Types::of(start, name, resolver, depth >= ARGUMENT)?;
        if let Some(Open::Argument { has_elements, .. }) = self.open.last_mut() {
            *has_elements = true;
        }
        self.open.push(if depth < ARGUMENT {
            Open::Frame(name.to_owned())
        } else {
            self.elements.push(Element {
                name: name.to_owned(),
                type_name: types.reference,
                xsi_type: types.value,
                text: String::new(),
                inner: 0,
            });
            Open::Argument {
                at: self.elements.len() - 1,
                has_elements: false,
            }
        });
        Ok(())
    }

    fn call(&mut self, name: &str, namespace: &str) -> Result<(), OperationError> {
        if let Some(first) = &self.method {
            return Err(OperationError::Several {
                first: printable(first, NAME),
                second: printable(name, NAME),
            });
        }
        if namespace != VIM {
            let method = printable(name, NAME);
            return Err(OperationError::Foreign { method });
        }
        self.method = Some(name.to_owned());
        Ok(())
    }

    fn close(&mut self) -> Result<(), OperationError> {
        let (at, has_elements) = match self.open.pop() {
            Some(Open::Argument { at, has_elements }) => (at, has_elements),
            Some(Open::Frame(_)) => return Ok(()),
            None => return Err(OperationError::Malformed),
        };
        let inner = self.elements.len() - at - 1;
        let element = &mut self.elements[at];
        element.inner = inner;
        let text = element.text.trim();
        if has_elements && !text.is_empty() {
            return Err(OperationError::Mixed(printable(&element.name, NAME)));
        }
        if text.len() < element.text.len() {
            element.text = text.to_owned();
        }
        if self.open.len() == ARGUMENT && element.name == "_this" {
            if self.this.is_some() {
                return Err(OperationError::Malformed);
            }
            self.this = Some(Reference {
                type_name: element.type_name.clone().unwrap_or_default(),
                id: element.text.clone(),
            });
        }
        Ok(())
    }

    /// Text belongs into arguments; around them stand blanks at most.
    fn text(&mut self, text: &str) -> Result<(), OperationError> {
        match self.open.last() {
            Some(Open::Argument { at, .. }) => self.elements[*at].text.push_str(text),
            _ if text.trim().is_empty() => {}
            Some(Open::Frame(name)) => {
                return Err(OperationError::Mixed(printable(name, NAME)));
            }
            None => return Err(OperationError::Malformed),
        }
        Ok(())
    }

    fn finish(self) -> Result<Operation, OperationError> {
        if !self.open.is_empty() {
            return Err(OperationError::Malformed);
        }
        if !self.has_body {
            return Err(OperationError::NotSoap);
        }
        Ok(Operation {
            method: self.method.ok_or(OperationError::NoCall)?,
            this: self.this,
            elements: self.elements,
        })
    }
}

/// What the attributes of an element say of its type.
#[derive(Debug, Default)]
struct Types {
    reference: Option<String>,
    value: Option<String>,
}

impl Types {
    /// Every attribute is looked at: a second one of the same name is damage, and one that is
    /// neither a type nor a namespace means something that is not known here.
    fn of(
        start: &BytesStart<'_>,
        element: &str,
        resolver: &NamespaceResolver,
        are_allowed: bool,
    ) -> Result<Self, OperationError> {
        let mut types = Types::default();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(quick_xml::Error::from)?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0)?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let (namespace, name) = resolver.resolve_attribute(attribute.key);
            let place = match (name.as_ref(), namespace) {
                ("type", ResolveResult::Unbound) if are_allowed => &mut types.reference,
                ("type", ResolveResult::Bound(Namespace(INSTANCE))) if are_allowed => {
                    &mut types.value
                }
                (_, ResolveResult::Unknown(_)) => return Err(OperationError::Malformed),
                _ => {
                    return Err(OperationError::Attribute {
                        element: printable(element, NAME),
                        attribute: printable(attribute.key.as_ref(), NAME),
                    });
                }
            };
            if place.is_some() {
                return Err(OperationError::Malformed);
            }
            *place = Some(value.trim().to_owned());
        }
        Ok(types)
    }
}
