//! Markup in a piece of text: where tags, texts and references begin and end.
//!
//! Most of the time of a collection is spent in this loop, which is why it
//! is not a library's: it examines each byte once, does not check UTF-8 again,
//! and stores nothing. Property tests compare it with quick-xml.

use memchr::memmem;
use memchr::{memchr, memchr2, memchr3};

/// White space between the parts of a tag.
const BLANK: [char; 4] = [' ', '\t', '\n', '\r'];

/// A piece of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'t> {
    /// `<name attributes>`, or `<name attributes/>` when it is empty.
    Start {
        /// With its prefix.
        name: &'t str,
        /// The text after the name.
        attributes: Attributes<'t>,
        /// Whether it has no end tag.
        is_empty: bool,
    },
    /// `</name>`
    End(&'t str),
    /// Text between tags and references, or in a CDATA section.
    Text(&'t str),
    /// The text between `&` and `;`.
    Reference(&'t str),
    /// `<!DOCTYPE`, not read any further.
    Doctype,
    /// A comment, a processing instruction or the declaration.
    Aside,
}

/// Why there is no next token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The rest begins an incomplete token.
    Cut,
    /// The rest cannot begin a token.
    IllFormed(&'static str),
}

/// The tokens of a text.
#[derive(Clone, Debug)]
pub struct Tokenizer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Tokenizer<'t> {
    /// Begins with the first byte of `text`.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        Tokenizer { text, at: 0 }
    }

    /// Processed bytes.
    #[must_use]
    pub fn at(&self) -> usize {
        self.at
    }

    /// The next token; `None` at the end of the text.
    ///
    /// # Errors
    /// When its end is not known.
    pub fn token(&mut self) -> Result<Option<Token<'t>>, Stop> {
        let rest = &self.text[self.at..];
        let (token, length) = match rest.as_bytes() {
            [] => return Ok(None),
            [b'<', ..] => markup(rest)?,
            [b'&', ..] => reference(rest)?,
            bytes => {
                let length = memchr2(b'<', b'&', bytes).unwrap_or(bytes.len());
                (Token::Text(&rest[..length]), length)
            }
        };
        self.at += length;
        Ok(Some(token))
    }
}

/// A token and its length.
type Found<'t> = Result<(Token<'t>, usize), Stop>;

fn reference(rest: &str) -> Found<'_> {
    let end = memchr3(b';', b'&', b'<', &rest.as_bytes()[1..]).ok_or(Stop::Cut)? + 1;
    if rest.as_bytes()[end] != b';' {
        return Err(Stop::IllFormed("a reference without its end"));
    }
    Ok((Token::Reference(&rest[1..end]), end + 1))
}

fn markup(rest: &str) -> Found<'_> {
    match rest.as_bytes().get(1) {
        None => Err(Stop::Cut),
        Some(b'/') => {
            let end = memchr(b'>', rest.as_bytes()).ok_or(Stop::Cut)?;
            Ok((Token::End(rest[2..end].trim_end_matches(BLANK)), end + 1))
        }
        Some(b'?') if rest.starts_with("<?>") => {
            Err(Stop::IllFormed("a processing instruction without a name"))
        }
        Some(b'?') => between(rest, "<?", "?>").map(|(_, length)| (Token::Aside, length)),
        Some(b'!') => declaration(rest),
        Some(_) => start(rest),
    }
}

fn declaration(rest: &str) -> Found<'_> {
    const COMMENT: &str = "<!--";
    const CDATA: &str = "<![CDATA[";
    const DOCTYPE: &str = "<!DOCTYPE";
    if rest.starts_with(COMMENT) {
        return between(rest, COMMENT, "-->").map(|(_, length)| (Token::Aside, length));
    }
    if rest.starts_with(CDATA) {
        return between(rest, CDATA, "]]>").map(|(text, length)| (Token::Text(text), length));
    }
    if rest.starts_with(DOCTYPE) {
        return Ok((Token::Doctype, DOCTYPE.len()));
    }
    let may_become = [COMMENT, CDATA, DOCTYPE]
        .iter()
        .any(|opening| opening.starts_with(rest));
    Err(if may_become {
        Stop::Cut
    } else {
        Stop::IllFormed("a declaration that no document has")
    })
}

/// The text between `opening`, with which `rest` begins, and the next `closing`; and the length of all three.
fn between<'t>(rest: &'t str, opening: &str, closing: &str) -> Result<(&'t str, usize), Stop> {
    let inside = &rest[opening.len()..];
    let length = memmem::find(inside.as_bytes(), closing.as_bytes()).ok_or(Stop::Cut)?;
    let whole = opening.len() + length + closing.len();
    Ok((&inside[..length], whole))
}

fn start(rest: &str) -> Found<'_> {
    let bytes = rest.as_bytes();
    let name_ends = 1 + name_length(&bytes[1..]);
    let behind = *bytes.get(name_ends).ok_or(Stop::Cut)?;
    let is_ended = matches!(behind, b'>' | b'/' | b' ' | b'\t' | b'\n' | b'\r');
    if name_ends == 1 || !is_ended {
        return Err(Stop::IllFormed("a tag without a name"));
    }
    let name = &rest[1..name_ends];
    let mut end = name_ends;
    loop {
        match bytes.get(end) {
            None => return Err(Stop::Cut),
            Some(b'>') => break,
            // A value may contain `>`.
            Some(&quote @ (b'"' | b'\'')) => {
                let length = memchr(quote, &bytes[end + 1..]).ok_or(Stop::Cut)?;
                end += length + 2;
            }
            Some(_) => end += 1,
        }
    }
    let inside = &rest[name_ends..end];
    let (attributes, is_empty) = match inside.strip_suffix('/') {
        Some(attributes) => (attributes, true),
        None => (inside, false),
    };
    let token = Token::Start {
        name,
        attributes: Attributes(attributes),
        is_empty,
    };
    Ok((token, end + 1))
}

/// The attributes of a start tag, as name and value; references in values are not resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attributes<'t>(&'t str);

impl<'t> Iterator for Attributes<'t> {
    type Item = Result<(&'t str, &'t str), &'static str>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = unblank(self.0);
        if rest.is_empty() {
            return None;
        }
        let attribute = attribute(rest);
        self.0 = attribute.map_or("", |(_, rest)| rest);
        Some(attribute.map(|(attribute, _)| attribute))
    }
}

/// The first attribute, and the text after it.
fn attribute(rest: &str) -> Result<((&str, &str), &str), &'static str> {
    let (name, behind) = rest.split_at(name_length(rest.as_bytes()));
    let value = unblank(behind).strip_prefix('=');
    let value = value.ok_or("an attribute without a value")?;
    if name.is_empty() {
        return Err("an attribute without a name");
    }
    let value = unblank(value);
    let quote = value.bytes().next().unwrap_or_default();
    if !matches!(quote, b'"' | b'\'') {
        return Err("an attribute's value without quotes");
    }
    let value = &value[1..];
    let length = memchr(quote, value.as_bytes()).ok_or("an attribute's value without its end")?;
    Ok(((name, &value[..length]), &value[length + 1..]))
}

/// Bytes that cannot be part of a name: one lookup instead of ten comparisons.
const ENDS_NAME: [bool; 256] = {
    let mut ends = [false; 256];
    let bytes = b" \t\n\r/>=<&\"'";
    let mut at = 0;
    while at < bytes.len() {
        ends[bytes[at] as usize] = true;
        at += 1;
    }
    ends
};

/// The length of the name at the beginning. Names are short: memchr's setup would take longer than this
/// loop.
fn name_length(bytes: &[u8]) -> usize {
    let end = bytes.iter().position(|byte| ENDS_NAME[usize::from(*byte)]);
    end.unwrap_or(bytes.len())
}

/// The text without leading white space, of which there is rarely more than one character.
fn unblank(text: &str) -> &str {
    let mut rest = text;
    while let [b' ' | b'\t' | b'\n' | b'\r', ..] = rest.as_bytes() {
        rest = &rest[1..];
    }
    rest
}

#[cfg(test)]
mod tests;
