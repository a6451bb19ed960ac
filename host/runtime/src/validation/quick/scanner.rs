//! JSON that is certainly sound and within the limits.

use crate::validation::Limits;

/// Levels that are walked into; deeper text is for the parser to judge.
const DEEPEST: usize = 64;

/// Walks over JSON text. `None` means that it is broken or that it takes more
/// than this to tell: nothing may be concluded and the walk must end.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// There is no escape and no control character: a string ends with the next quote.
    clean: bool,
    /// Objects and arrays that may still be opened within one another.
    levels: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, limits: &Limits) -> Option<Self> {
        let is_special = |any, byte| any | (byte < b' ') | (byte == b'\\');
        (text.len() <= limits.item_bytes).then(|| Scanner {
            text,
            at: 0,
            // Without a way out of the loop it runs on vectors.
            clean: !text.bytes().fold(false, is_special),
            levels: limits.depth.min(DEEPEST),
        })
    }

    /// The byte at which the next token begins.
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match *self.text.as_bytes().get(self.at)? {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    /// Nothing follows.
    pub(super) fn end(mut self) -> Option<()> {
        self.peek();
        (self.at == self.text.len()).then_some(())
    }

    /// An object; `member` takes key and value.
    pub(super) fn object(&mut self, member: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.list(b'{', b'}', member)
    }

    /// An array; `item` takes a value.
    pub(super) fn array(&mut self, item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.list(b'[', b']', item)
    }

    /// A member's key as it is spelled, escapes and all.
    pub(super) fn key(&mut self) -> Option<&'a str> {
        let key = self.string()?;
        self.token(b':')?;
        Some(key)
    }

    /// A string's content as it is spelled, escapes and all.
    pub(super) fn string(&mut self) -> Option<&'a str> {
        self.token(b'"')?;
        let start = self.at;
        self.string_end()?;
        self.text.get(start..self.at - 1)
    }

    /// The content of a string without escapes.
    pub(super) fn plain(&mut self) -> Option<&'a str> {
        self.string().filter(|content| self.is_plain(content))
    }

    /// The content of a string of this text stands for itself.
    pub(super) fn is_plain(&self, content: &str) -> bool {
        self.clean || !content.contains('\\')
    }

    /// The content of a string that is not empty and has no escapes.
    pub(super) fn name(&mut self) -> Option<&'a str> {
        self.plain().filter(|content| !content.is_empty())
    }

    /// Any object.
    pub(super) fn any_object(&mut self) -> Option<()> {
        self.object(|scanner| {
            scanner.token(b'"')?;
            scanner.string_end()?;
            scanner.token(b':')?;
            scanner.any()
        })
    }

    fn any(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => {
                self.at += 1;
                self.string_end()
            }
            b'{' => self.any_object(),
            b'[' => self.array(Self::any),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number().map(drop),
        }
    }

    pub(super) fn word(&mut self, word: &str) -> Option<()> {
        self.text.get(self.at..)?.strip_prefix(word)?;
        self.at += word.len();
        Some(())
    }

    /// A number as it is spelled.
    pub(super) fn number(&mut self) -> Option<&'a str> {
        self.peek()?;
        let start = self.at;
        self.optional(|byte| byte == b'-');
        let is_zero = self.text.as_bytes().get(self.at) == Some(&b'0');
        if self.digits()? > 1 && is_zero {
            return None;
        }
        if self.optional(|byte| byte == b'.') {
            self.digits()?;
        }
        if self.optional(|byte| matches!(byte, b'e' | b'E')) {
            self.optional(|byte| matches!(byte, b'+' | b'-'));
            self.digits()?;
        }
        self.text.get(start..self.at)
    }

    fn list(
        &mut self,
        open: u8,
        close: u8,
        mut each: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.token(open)?;
        self.levels = self.levels.checked_sub(1)?;
        if self.peek()? != close {
            loop {
                each(self)?;
                match self.peek()? {
                    b',' => self.at += 1,
                    byte if byte == close => break,
                    _ => return None,
                }
            }
        }
        self.at += 1;
        self.levels += 1;
        Some(())
    }

    fn token(&mut self, token: u8) -> Option<()> {
        (self.peek()? == token).then(|| self.at += 1)
    }

    /// Passes a string's content and the quote behind it.
    fn string_end(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        if self.clean {
            self.at += special(bytes.get(self.at..)?, |word| zeros(word, b'"'))? + 1;
            return Some(());
        }
        loop {
            self.at += special(bytes.get(self.at..)?, |word| {
                let controls = word.wrapping_sub(ONES * u64::from(b' ')) & !word;
                zeros(word, b'"') | zeros(word, b'\\') | controls
            })?;
            match bytes[self.at] {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => self.at = escape(bytes, self.at)?,
                _ => return None,
            }
        }
    }

    fn optional(&mut self, admitted: impl Fn(u8) -> bool) -> bool {
        let next = self.text.as_bytes().get(self.at);
        let here = next.is_some_and(|byte| admitted(*byte));
        self.at += usize::from(here);
        here
    }

    /// How many digits follow: one or more.
    fn digits(&mut self) -> Option<usize> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        (count > 0).then_some(count)
    }
}

const ONES: u64 = u64::MAX / 255;

/// Sets the top bit of the first byte that is `byte`, and perhaps, by a borrow, of bytes behind it.
fn zeros(word: u64, byte: u8) -> u64 {
    let word = word ^ (ONES * u64::from(byte));
    word.wrapping_sub(ONES) & !word
}

/// The position of the first special byte, of which `mask` sets the top bit in a word.
fn special(bytes: &[u8], mask: impl Fn(u64) -> u64) -> Option<usize> {
    let (words, tail) = bytes.as_chunks();
    for (index, word) in words.iter().enumerate() {
        let found = mask(u64::from_le_bytes(*word)) & (ONES << 7);
        if found != 0 {
            return Some(index * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
    Some(words.len() * 8 + tail.iter().position(is_special)?)
}

/// The position behind the escape at `at`, unless it may be half a character.
fn escape(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at + 1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 2),
        b'u' => {
            let digits = bytes.get(at + 2..at + 6)?;
            let whole =
                digits.iter().all(u8::is_ascii_hexdigit) && !matches!(digits[0], b'd' | b'D');
            whole.then_some(at + 6)
        }
        _ => None,
    }
}
