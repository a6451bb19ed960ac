//! XML as events, from bytes as they arrive.
//!
//! The tokenizer reads what has arrived; markup that is split by the end of a
//! chunk waits for the next one. Namespaces are resolved, prefixes never
//! matched: simulators and vCenters use different prefixes for `xsi:type`.

use std::borrow::Cow;
use std::str;

use quick_xml::events::BytesRef;
use quick_xml::name::{Namespace, NamespaceResolver, PrefixDeclaration, QName, ResolveResult};

use super::tokenizer::{Attributes, Stop, Token, Tokenizer};

/// `http://schemas.xmlsoap.org/soap/envelope/`
pub const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// `http://www.w3.org/2001/XMLSchema`
pub const SCHEMA: &str = "http://www.w3.org/2001/XMLSchema";
/// `http://www.w3.org/2001/XMLSchema-instance`
pub const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Replies of vSphere are about fifteen levels deep.
const MAX_DEPTH: usize = 128;
/// Longest tag, comment or CDATA section that may wait for its end.
const MAX_MARKUP: usize = 1024 * 1024;

/// Most bytes that are captured of an element's XML: a longer one, such as a view's list of 100,000 objects, is captured in part.
const MAX_CAPTURE: usize = 256 * 1024;

/// Why bytes are not XML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// The bytes from `offset` on break the grammar.
    IllFormed {
        /// The position.
        offset: u64,
        /// The error.
        reason: String,
    },
    /// The document stops before its end.
    Truncated {
        /// The length.
        offset: u64,
    },
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReadError::IllFormed { offset, reason } => {
                write!(f, "ill-formed XML at byte {offset}: {reason}")
            }
            ReadError::Truncated { offset } => write!(f, "XML truncated after {offset} bytes"),
        }
    }
}

/// An event of a document.
#[derive(Clone, Copy, Debug)]
pub enum Event<'e> {
    /// An element opens.
    Open(Element<'e>),
    /// Text of the innermost open element, in one piece or several.
    Text(&'e str),
    /// The innermost open element closes.
    Close {
        /// Its XML, when the reader [captures](Reader::capturing) it; else empty.
        raw: &'e str,
    },
}

/// An element as it opens.
#[derive(Clone, Copy, Debug)]
pub struct Element<'e> {
    /// Its name without prefix.
    pub name: &'e str,
    /// The value of `xsi:type`.
    pub xsi_type: Option<XsiType<'e>>,
    /// The value of `type`, which names a managed object's type.
    pub reference_type: Option<&'e str>,
    qualified: QName<'e>,
    resolver: &'e NamespaceResolver,
}

impl<'e> Element<'e> {
    /// Its namespace; empty when there is none.
    #[must_use]
    pub fn namespace(&self) -> &'e str {
        // Resolved on demand: only the envelope of a reply needs it.
        bound(&self.resolver.resolve_element(self.qualified).0)
    }
}

/// A resolved type name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XsiType<'e> {
    /// Its namespace; empty when there is none.
    pub namespace: &'e str,
    /// Its name without prefix.
    pub name: &'e str,
}

/// Reads one document.
#[derive(Debug, Default)]
pub struct Reader {
    /// Bytes that wait for more.
    pending: Vec<u8>,
    resolver: NamespaceResolver,
    /// Names of the elements that were opened in earlier bytes, concatenated.
    names: String,
    open: Vec<Open>,
    offset: u64,
    has_root: bool,
    capture: Capture,
}

/// The position of the name of an open element.
#[derive(Clone, Copy, Debug)]
struct Open {
    begins: usize,
    ends: usize,
    /// In the current text: most elements are closed in the chunk that opened them, and a name that is not copied costs
    /// nothing.
    is_here: bool,
}

/// The types that a start tag names.
#[derive(Debug, Default)]
struct Types<'s> {
    /// The value of `type`.
    own: Option<&'s str>,
    /// The value of `xsi:type`.
    xsi: Option<&'s str>,
}

/// The XML of one element at a time, unchanged.
#[derive(Debug, Default)]
struct Capture {
    /// Local name of the elements; none when empty.
    name: &'static str,
    /// The depth of the current element, and its position in the current text.
    under_way: Option<(usize, usize)>,
    /// The part of it that was read before.
    begun: String,
    /// Whether it was truncated.
    is_cut: bool,
}

impl Reader {
    /// Reads a document, reporting the XML of each outermost element of this name when it closes.
    #[must_use]
    pub fn capturing(name: &'static str) -> Self {
        Reader {
            capture: Capture {
                name,
                ..Capture::default()
            },
            ..Reader::default()
        }
    }

    /// Continues with `bytes`, passing each event to `on`.
    ///
    /// # Errors
    /// When the bytes are not XML, or `on` refuses an event.
    pub fn feed<E: From<ReadError>>(
        &mut self,
        bytes: &[u8],
        on: &mut impl FnMut(Event<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut pending = std::mem::take(&mut self.pending);
        let bytes = if pending.is_empty() {
            bytes
        } else {
            pending.extend_from_slice(bytes);
            &pending
        };
        // CR LF must not be split.
        let (bytes, line_break) = match bytes {
            [before @ .., b'\r'] => (before, &b"\r"[..]),
            _ => (bytes, &b""[..]),
        };
        let (text, cut) = decode(bytes);
        let used = self.tokenize(&text, on)?;
        let waiting = text.len() - used + cut.len() + line_break.len();
        if waiting > MAX_MARKUP {
            return Err(self.ill_formed(used, "markup longer than 1 MiB").into());
        }
        self.offset += used as u64;
        self.keep_names(&text);
        self.capture.keep(&text[..used]);
        let mut rest = Vec::with_capacity(waiting);
        rest.extend_from_slice(&text.as_bytes()[used..]);
        rest.extend_from_slice(cut);
        rest.extend_from_slice(line_break);
        self.pending = rest;
        Ok(())
    }

    /// No byte was read yet.
    #[must_use]
    pub fn is_at_start(&self) -> bool {
        self.offset == 0 && self.pending.is_empty()
    }

    /// Ends the document.
    ///
    /// # Errors
    /// When it is not whole.
    pub fn finish(&self) -> Result<(), ReadError> {
        let blank = self.pending.iter().all(u8::is_ascii_whitespace);
        if blank && self.open.is_empty() && self.has_root {
            Ok(())
        } else {
            Err(ReadError::Truncated {
                offset: self.offset + self.pending.len() as u64,
            })
        }
    }

    /// Returns how many bytes of `text` are processed.
    fn tokenize<E: From<ReadError>>(
        &mut self,
        text: &str,
        on: &mut impl FnMut(Event<'_>) -> Result<(), E>,
    ) -> Result<usize, E> {
        // Searched once in the whole text: hardly any reply has one.
        let has_returns = text.contains('\r');
        let mut tokenizer = Tokenizer::new(text);
        loop {
            let before = tokenizer.at();
            let token = match tokenizer.token() {
                Ok(Some(token)) => token,
                Ok(None) => return Ok(text.len()),
                Err(Stop::Cut) => return Ok(before),
                Err(Stop::IllFormed(reason)) => return Err(self.ill_formed(before, reason).into()),
            };
            match token {
                Token::Start {
                    name,
                    attributes,
                    is_empty,
                } => {
                    self.open(name, attributes, before, on)?;
                    if is_empty {
                        self.close(name, before, &text[..tokenizer.at()], on)?;
                    }
                }
                Token::End(name) => self.close(name, before, &text[..tokenizer.at()], on)?,
                Token::Text(content) if has_returns => {
                    self.text(&with_line_feeds(content), before, on)?;
                }
                Token::Text(content) => self.text(content, before, on)?,
                Token::Reference(name) => {
                    let character = self.resolve(name, before)?;
                    self.text(character.encode_utf8(&mut [0; 4]), before, on)?;
                }
                Token::Doctype => {
                    return Err(self
                        .ill_formed(before, "document type declarations are refused")
                        .into());
                }
                Token::Aside => {}
            }
        }
    }

    fn open<E: From<ReadError>>(
        &mut self,
        name: &str,
        attributes: Attributes<'_>,
        at: usize,
        on: &mut impl FnMut(Event<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.open.len() >= MAX_DEPTH {
            return Err(self
                .ill_formed(at, "elements nested deeper than 128")
                .into());
        }
        if self.open.is_empty() && self.has_root {
            return Err(self.ill_formed(at, "more than one root element").into());
        }
        self.has_root = true;
        let begins = at + "<".len();
        self.open.push(Open {
            begins,
            ends: begins + name.len(),
            is_here: true,
        });
        let types = self
            .types(attributes)
            .map_err(|reason| self.ill_formed(at, &reason))?;
        let qualified = QName(name);
        let (_, name) = split(name);
        if self.capture.under_way.is_none() && name == self.capture.name {
            self.capture.under_way = Some((self.open.len(), at));
        }
        let xsi_type = types.xsi.map(|qualified| {
            let (namespace, name) = self.resolver.resolve_element(QName(qualified.trim()));
            XsiType {
                namespace: bound(&namespace),
                name: name.into_inner(),
            }
        });
        on(Event::Open(Element {
            name,
            xsi_type,
            reference_type: types.own,
            qualified,
            resolver: &self.resolver,
        }))
    }

    /// Registers the namespaces that a start tag declares, and returns its types.
    fn types<'t>(&mut self, attributes: Attributes<'t>) -> Result<Types<'t>, Cow<'static, str>> {
        let mut types = Types::default();
        // There is rarely more than one, and a vector would be allocated for every value.
        let (mut prefixed, mut further) = (None, Vec::new());
        for attribute in attributes {
            let (name, value) = attribute?;
            match split(name) {
                (None, "type") => types.own = Some(value),
                (None, "xmlns") => self.declare(PrefixDeclaration::Default, value)?,
                (Some("xmlns"), prefix) => self.declare(PrefixDeclaration::Named(prefix), value)?,
                (Some(_), "type") => further.extend(prefixed.replace((name, value))),
                _ => {}
            }
        }
        // A prefix may be declared after its use.
        let is_xsi = |(name, _): &(&str, &str)| {
            self.resolver.resolve_attribute(QName(name)).0
                == ResolveResult::Bound(Namespace(SCHEMA_INSTANCE))
        };
        let xsi = further.into_iter().chain(prefixed).rfind(is_xsi);
        types.xsi = xsi.map(|(_, value)| value);
        Ok(types)
    }

    fn declare(&mut self, prefix: PrefixDeclaration<'_>, namespace: &str) -> Result<(), String> {
        // At most 128: deeper elements are refused.
        let depth = u16::try_from(self.open.len()).unwrap_or(u16::MAX);
        if self.resolver.level() != depth {
            self.resolver.set_level(depth);
        }
        let added = self.resolver.add(prefix, Namespace(namespace));
        added.map_err(|error| error.to_string())
    }

    fn close<E: From<ReadError>>(
        &mut self,
        name: &str,
        at: usize,
        read: &str,
        on: &mut impl FnMut(Event<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let depth = self.open.len();
        let is_opened = self.open.pop().is_some_and(|open| {
            let text = if open.is_here { read } else { &self.names };
            let is_same = &text[open.begins..open.ends] == name;
            if !open.is_here {
                self.names.truncate(open.begins);
            }
            is_same
        });
        if !is_opened {
            return Err(self
                .ill_formed(at, "an end tag without its start tag")
                .into());
        }
        // Only elements that declare a namespace have entered their level.
        let level = self.resolver.level();
        if usize::from(level) == depth {
            self.resolver.set_level(level - 1);
        }
        match self.capture.under_way {
            Some((captured, begins)) if captured == depth => {
                if self.capture.begun.is_empty() {
                    self.capture.under_way = None;
                    let raw = beginning(&read[begins..], MAX_CAPTURE);
                    return on(Event::Close { raw });
                }
                self.capture.keep(read);
                self.capture.under_way = None;
                self.capture.is_cut = false;
                let raw = std::mem::take(&mut self.capture.begun);
                on(Event::Close { raw: &raw })
            }
            _ => on(Event::Close { raw: "" }),
        }
    }

    fn text<E: From<ReadError>>(
        &self,
        text: &str,
        at: usize,
        on: &mut impl FnMut(Event<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if !self.open.is_empty() {
            return on(Event::Text(text));
        }
        let is_blank = |character: char| character.is_whitespace() || character == BYTE_ORDER_MARK;
        if text.chars().all(is_blank) {
            return Ok(());
        }
        Err(self.ill_formed(at, "text outside the root element").into())
    }

    /// Elements that `text` opened and did not close are closed by later text.
    fn keep_names(&mut self, text: &str) {
        for open in self.open.iter_mut().filter(|open| open.is_here) {
            let begins = self.names.len();
            self.names.push_str(&text[open.begins..open.ends]);
            *open = Open {
                begins,
                ends: self.names.len(),
                is_here: false,
            };
        }
    }

    /// A character that XML or Unicode forbids becomes U+FFFD: a VM's odd name must not hide the VM.
    fn resolve(&self, name: &str, at: usize) -> Result<char, ReadError> {
        if name.starts_with('#') {
            return Ok(BytesRef::new(name)
                .resolve_char_ref()
                .ok()
                .flatten()
                .filter(|character| *character != '\0')
                .unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        match name {
            "amp" => Ok('&'),
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "quot" => Ok('"'),
            "apos" => Ok('\''),
            _ => Err(self.ill_formed(at, "a reference to an undeclared entity")),
        }
    }

    fn ill_formed(&self, at: usize, reason: &str) -> ReadError {
        ReadError::IllFormed {
            offset: self.offset + at as u64,
            reason: reason.to_owned(),
        }
    }
}

impl Capture {
    /// The rest of the current element follows with the next bytes.
    fn keep(&mut self, read: &str) {
        if let Some((_, begins)) = &mut self.under_way {
            let here = &read[*begins..];
            *begins = 0;
            if !self.is_cut {
                let fits = beginning(here, MAX_CAPTURE - self.begun.len());
                self.begun.push_str(fits);
                self.is_cut = fits.len() < here.len();
            }
        }
    }
}

/// At most the first `most` bytes, in whole characters.
fn beginning(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// Prefix and local part of a name.
fn split(name: &str) -> (Option<&str>, &str) {
    match name.bytes().position(|byte| byte == b':') {
        Some(colon) => (Some(&name[..colon]), &name[colon + 1..]),
        None => (None, name),
    }
}

/// Normalises line breaks to a line feed.
fn with_line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn bound<'n>(resolved: &ResolveResult<'n>) -> &'n str {
    match resolved {
        ResolveResult::Bound(Namespace(namespace)) => namespace,
        _ => "",
    }
}

/// The text of `bytes`, and the beginning of an incomplete character.
fn decode(bytes: &[u8]) -> (Cow<'_, str>, &[u8]) {
    match str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), &[]),
        Err(error) if error.error_len().is_none() => {
            let (whole, cut) = bytes.split_at(error.valid_up_to());
            (String::from_utf8_lossy(whole), cut)
        }
        Err(_) => {
            let ends_at = bytes.len() - cut_character(bytes);
            let (whole, cut) = bytes.split_at(ends_at);
            (String::from_utf8_lossy(whole), cut)
        }
    }
}

/// How many bytes at the end begin an incomplete character.
fn cut_character(bytes: &[u8]) -> usize {
    (1..=3.min(bytes.len()))
        .find(|&length| {
            str::from_utf8(&bytes[bytes.len() - length..])
                .is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests;
