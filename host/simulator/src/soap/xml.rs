//! The XML writer of every reply: appends to one reused buffer and never allocates for a value.
//!
//! Values are written in the shapes of a real vCenter: `<val xsi:type="xsd:string">…</val>` and
//! `<val type="HostSystem" xsi:type="ManagedObjectReference">host-9</val>`.

use super::timestamp;
use std::fmt::{self, Write};

/// A growing XML document, or a piece of one.
#[derive(Debug, Default)]
pub(crate) struct Xml(String);

impl Xml {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes back everything after `len`, a length read earlier.
    pub(crate) fn truncate(&mut self, len: usize) {
        let mut end = len.min(self.0.len());
        while !self.0.is_char_boundary(end) {
            end -= 1;
        }
        self.0.truncate(end);
    }

    /// Appends markup, or text known to need no escaping.
    pub(crate) fn raw(&mut self, markup: &str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Appends text with the characters that XML reserves escaped.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<', '>', '"']) {
            self.0.push_str(&rest[..at]);
            self.0.push_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                _ => "&quot;",
            });
            rest = &rest[at + 1..];
        }
        self.0.push_str(rest);
        self
    }

    /// Appends a decimal number.
    pub(crate) fn int(&mut self, number: impl Into<i64>) -> &mut Self {
        let number: i64 = number.into();
        if number < 0 {
            self.0.push('-');
        }
        self.zero_padded(number.unsigned_abs(), 1)
    }

    /// Appends a decimal number of at least `width` digits.
    pub(crate) fn zero_padded(&mut self, number: u64, width: usize) -> &mut Self {
        let mut digits = [b'0'; 20];
        let mut at = digits.len();
        let mut left = number;
        while left > 0 || digits.len() - at < width.clamp(1, 20) {
            at -= 1;
            digits[at] = digit(left % 10);
            left /= 10;
        }
        self.ascii(&digits[at..])
    }

    /// Appends the lowest `width` hexadecimal digits of a number.
    pub(crate) fn hex(&mut self, number: u64, width: usize) -> &mut Self {
        let mut digits = [b'0'; 16];
        let mut left = number;
        for place in digits.iter_mut().rev() {
            *place = digit(left % 16);
            left /= 16;
        }
        self.ascii(&digits[16 - width.min(16)..])
    }

    fn ascii(&mut self, digits: &[u8]) -> &mut Self {
        for &byte in digits {
            self.0.push(char::from(byte));
        }
        self
    }

    pub(crate) fn open(&mut self, tag: &str) -> &mut Self {
        self.0.push('<');
        self.0.push_str(tag);
        self.0.push('>');
        self
    }

    pub(crate) fn close(&mut self, tag: &str) -> &mut Self {
        self.0.push_str("</");
        self.0.push_str(tag);
        self.0.push('>');
        self
    }

    /// Opens an element that names its type, as vCenter does wherever a base type is declared.
    pub(crate) fn open_typed(&mut self, tag: &str, xsi_type: &str) -> &mut Self {
        self.raw("<")
            .raw(tag)
            .raw(" xsi:type=\"")
            .raw(xsi_type)
            .raw("\">")
    }

    /// `<tag>text</tag>`, escaped.
    pub(crate) fn element(&mut self, tag: &str, text: &str) -> &mut Self {
        self.open(tag).text(text).close(tag)
    }

    pub(crate) fn element_int(&mut self, tag: &str, number: impl Into<i64>) -> &mut Self {
        self.open(tag).int(number).close(tag)
    }

    pub(crate) fn element_bool(&mut self, tag: &str, value: bool) -> &mut Self {
        self.element(tag, if value { "true" } else { "false" })
    }

    pub(crate) fn val_string(&mut self, text: &str) {
        self.open_typed("val", "xsd:string").text(text).close("val");
    }

    /// A value of an enumeration or another simple type of the schema.
    pub(crate) fn val_of(&mut self, xsi_type: &str, text: &str) {
        self.open_typed("val", xsi_type).text(text).close("val");
    }

    pub(crate) fn val_short(&mut self, number: u16) {
        self.open_typed("val", "xsd:short").int(number).close("val");
    }

    pub(crate) fn val_int(&mut self, number: u32) {
        self.open_typed("val", "xsd:int").int(number).close("val");
    }

    pub(crate) fn val_long(&mut self, number: i64) {
        self.open_typed("val", "xsd:long").int(number).close("val");
    }

    /// `<tag>` with a time, in seconds since 1970.
    pub(crate) fn element_time(&mut self, tag: &str, seconds: u64) -> &mut Self {
        self.open(tag);
        timestamp::write(seconds, 0, self);
        self.close(tag)
    }

    pub(crate) fn val_time(&mut self, seconds: u64) {
        self.open_typed("val", "xsd:dateTime");
        timestamp::write(seconds, 0, self);
        self.close("val");
    }

    pub(crate) fn val_bool(&mut self, value: bool) {
        self.val_of("xsd:boolean", if value { "true" } else { "false" });
    }
}

impl Write for Xml {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push_str(text);
        Ok(())
    }
}

fn digit(value: u64) -> u8 {
    b"0123456789abcdef"
        .get(usize::try_from(value).unwrap_or(0))
        .copied()
        .unwrap_or(b'0')
}

#[cfg(test)]
mod tests {
    use super::Xml;

    #[test]
    fn numbers_are_written_as_std_writes_them() {
        for number in [0, 7, 10, -1, 4_294_967_296, i64::MAX, i64::MIN] {
            let mut xml = Xml::new();
            xml.int(number);
            assert_eq!(xml.as_str(), number.to_string());
        }
        let mut xml = Xml::new();
        xml.zero_padded(42, 5)
            .raw(" ")
            .hex(0xbeef, 8)
            .raw(" ")
            .hex(0xbeef, 2);
        assert_eq!(xml.as_str(), "00042 0000beef ef");
    }

    #[test]
    fn reserved_characters_are_escaped_and_nothing_else() {
        let mut xml = Xml::new();
        xml.text("a&b<c>\"ü\"");
        assert_eq!(xml.as_str(), "a&amp;b&lt;c&gt;&quot;ü&quot;");
    }
}
