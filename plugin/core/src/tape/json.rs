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

fn write_items(items: Fields<'_>, json: &mut Writer<'_>) {
    json.literal("[");
    for item in items {
        json.separate();
        item.write(json);
    }
    json.literal("]");
}

/// Neighbours of one name are one array: that is how SOAP writes arrays inside data objects.
fn write_fields(fields: Fields<'_>, json: &mut Writer<'_>) {
    let mut fields = fields.map(|field| (field.name(), field));
    let mut next = fields.next();
    while let Some((name, field)) = next {
        next = fields.next();
        let neighbour = |next: Option<(_, _)>| next.filter(|(next, _)| *next == name);
        json.separate();
        json.string(name);
        json.literal(":");
        if !field.node().repeats && neighbour(next).is_none() {
            field.write(json);
            continue;
        }
        json.literal("[");
        field.write(json);
        while let Some((_, item)) = neighbour(next) {
            json.literal(",");
            item.write(json);
            next = fields.next();
        }
        json.literal("]");
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
