//! Values as JSON.

use super::{Fields, Kind, Tape, Value};
use crate::json::Writer;
use crate::moref::MoRef;

#[cfg(test)]
mod tests;

impl Tape {
    /// Appends the values as one object.
    pub fn write(&self, json: &mut Vec<u8>) {
        let mut json = Writer::parts_of(&self.text, json);
        json.literal("{");
        write_fields(self.fields(), &mut json);
        json.literal("}");
    }
}

impl Value<'_> {
    fn write(self, json: &mut Writer<'_>) {
        let node = self.node();
        let text = self.tape.slice(node.text);
        match node.kind {
            Kind::Text | Kind::Leaf(_) => json.string(text),
            Kind::Integer => json.literal(text),
            Kind::Number => match number(text) {
                Some(Number::Signed(number)) => json.serialize(&number),
                Some(Number::Unsigned(number)) => json.serialize(&number),
                Some(Number::Float(number)) => json.serialize(&number),
                None => json.string(text),
            },
            Kind::Flag(true) => json.literal("true"),
            Kind::Flag(false) => json.literal("false"),
            Kind::Reference => json.reference(MoRef {
                type_name: self.tape.slice(node.type_name),
                value: text,
            }),
            Kind::Array => write_items(self.fields(), json),
            Kind::Object => {
                json.literal("{");
                if let Some(type_name) = self.type_name() {
                    json.literal(r#""_typeName":"#);
                    json.string(type_name);
                }
                write_fields(self.fields(), json);
                json.literal("}");
            }
        }
    }
}

fn write_items<'t>(items: impl IntoIterator<Item = Value<'t>>, json: &mut Writer<'_>) {
    json.literal("[");
    for item in items {
        json.separate();
        item.write(json);
    }
    json.literal("]");
}

/// Neighbours of one name are one array: that is how SOAP writes arrays inside data objects.
fn write_fields(fields: Fields<'_>, json: &mut Writer<'_>) {
    let mut fields = fields.peekable();
    while let Some(field) = fields.next() {
        let name = field.name();
        json.separate();
        json.string(name);
        json.literal(":");
        let is_neighbour = |next: &Value<'_>| next.name() == name;
        if field.node().repeats || fields.peek().is_some_and(is_neighbour) {
            let neighbours = std::iter::from_fn(|| fields.next_if(is_neighbour));
            write_items(std::iter::once(field).chain(neighbours), json);
        } else {
            field.write(json);
        }
    }
}

/// `text` is a whole number as JSON writes it.
pub(super) fn is_integer(text: &str) -> bool {
    // So many digits fit, whatever they are.
    const DIGITS: usize = 18;
    let (digits, is_negative) = match text.as_bytes() {
        [b'-', digits @ ..] => (digits, true),
        digits => (digits, false),
    };
    match digits {
        [b'0'] => !is_negative,
        [b'1'..=b'9', rest @ ..] => rest.len() < DIGITS && rest.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

pub(super) enum Number {
    Signed(i64),
    Unsigned(u64),
    Float(f64),
}

pub(super) fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    if let Ok(number) = text.parse() {
        return Some(Number::Unsigned(number));
    }
    if let Ok(number) = text.parse() {
        return Some(Number::Signed(number));
    }
    // `parse` would accept "inf" and "nan", which JSON cannot hold.
    text.parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
        .map(Number::Float)
}
