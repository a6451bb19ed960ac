//! A SOAP request as a small tree, its namespaces resolved.

use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, NamespaceResolver, ResolveResult};

/// Deeper than any valid request of this API.
const MAX_DEPTH: usize = 64;

const SOAP_ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const VIM: &str = "urn:vim25";

/// An element: local names only, since the namespaces are checked while parsing.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    namespace: String,
    attributes: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    pub(crate) fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of a child, without surrounding blanks; absent and empty are distinguished.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim())
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.text_of(name), Some("true" | "1"))
    }

    /// The attribute with this local name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Why a request could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestError {
    #[error("the request is not XML: {0}")]
    Xml(#[from] quick_xml::Error),
    #[error("the request nests deeper than {MAX_DEPTH} elements")]
    TooDeep,
    #[error("the request has no soap:Envelope with a soap:Body and a call of {VIM}")]
    NotACall,
}

/// Reads the envelope and returns the element of the call.
pub(crate) fn parse(document: &str) -> Result<Element, RequestError> {
    let envelope = tree(document)?;
    if envelope.name != "Envelope" || envelope.namespace != SOAP_ENVELOPE {
        return Err(RequestError::NotACall);
    }
    envelope
        .children
        .into_iter()
        .find(|child| child.name == "Body" && child.namespace == SOAP_ENVELOPE)
        .and_then(|body| body.children.into_iter().next())
        .filter(|call| call.namespace == VIM)
        .ok_or(RequestError::NotACall)
}

fn tree(document: &str) -> Result<Element, RequestError> {
    let mut reader = NsReader::from_str(document);
    let mut open: Vec<Element> = Vec::new();
    loop {
        let event = reader.read_event()?;
        match event {
            Event::Start(start) => {
                if open.len() == MAX_DEPTH {
                    return Err(RequestError::TooDeep);
                }
                open.push(element(&start, reader.resolver())?);
            }
            Event::Empty(start) => {
                let leaf = element(&start, reader.resolver())?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(leaf),
                    None => return Ok(leaf),
                }
            }
            Event::End(_) => {
                if let Some(done) = open.pop() {
                    match open.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => return Ok(done),
                    }
                }
            }
            Event::Text(text) => {
                if let Some(parent) = open.last_mut() {
                    parent.text.push_str(&text.xml10_content());
                }
            }
            Event::CData(data) => {
                if let Some(parent) = open.last_mut() {
                    parent.text.push_str(&data.xml10_content());
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(parent) = open.last_mut() {
                    match reference.resolve_char_ref()? {
                        Some(character) => parent.text.push(character),
                        None => parent.text.push_str(
                            quick_xml::escape::resolve_predefined_entity(&reference)
                                .ok_or(RequestError::NotACall)?,
                        ),
                    }
                }
            }
            Event::Eof => return Err(RequestError::NotACall),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) => {}
        }
    }
}

fn element(start: &BytesStart<'_>, resolver: &NamespaceResolver) -> Result<Element, RequestError> {
    let (namespace, local) = resolver.resolve_element(start.name());
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(quick_xml::Error::from)?;
        let local = attribute.key.local_name();
        let value = attribute.normalized_value(XmlVersion::Implicit1_0)?;
        attributes.push((local.as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element {
        name: local.as_ref().to_owned(),
        namespace: match namespace {
            ResolveResult::Bound(Namespace(uri)) => uri.to_owned(),
            ResolveResult::Unbound | ResolveResult::Unknown(_) => String::new(),
        },
        attributes,
        text: String::new(),
        children: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_call_is_read_whatever_the_prefixes_are_called() {
        let call = parse(
            r#"<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:v="urn:vim25">
               <e:Body><v:Login><v:_this type="SessionManager">SessionManager</v:_this>
               <v:password>a&amp;b&#x41;<![CDATA[<c>]]></v:password></v:Login></e:Body></e:Envelope>"#,
        )
        .expect("a call");
        assert_eq!(call.name, "Login");
        assert_eq!(call.text_of("password"), Some("a&bA<c>"));
        assert_eq!(
            call.child("_this").and_then(|this| this.attribute("type")),
            Some("SessionManager")
        );
    }

    #[test]
    fn a_call_of_another_namespace_is_refused() {
        let envelope = |call: &str| {
            format!(
                r#"<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>{call}</Body></Envelope>"#
            )
        };
        assert!(parse(&envelope(r#"<Login xmlns="urn:vim25"/>"#)).is_ok());
        assert!(parse(&envelope(r#"<Login xmlns="urn:other"/>"#)).is_err());
        assert!(parse("<html><body>hello</body></html>").is_err());
        assert!(parse("not xml").is_err());
        assert!(parse(&"<a>".repeat(100)).is_err());
    }
}
