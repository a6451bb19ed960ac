//! Values as JSON.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::{Fields, Kind, Tape, Value};

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let node = self.node();
        let text = self.tape.slice(node.text);
        match node.kind {
            Kind::Text | Kind::Leaf(_) => serializer.serialize_str(text),
            Kind::Flag(flag) => serializer.serialize_bool(flag),
            Kind::Number => match number(text) {
                Some(Number::Signed(number)) => serializer.serialize_i64(number),
                Some(Number::Unsigned(number)) => serializer.serialize_u64(number),
                Some(Number::Float(number)) => serializer.serialize_f64(number),
                None => serializer.serialize_str(text),
            },
            Kind::Reference => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("type", self.tape.slice(node.type_name))?;
                map.serialize_entry("value", text)?;
                map.end()
            }
            Kind::Array => {
                let mut items = serializer.serialize_seq(None)?;
                for item in self.fields() {
                    items.serialize_element(&item)?;
                }
                items.end()
            }
            Kind::Object => {
                let mut map = serializer.serialize_map(None)?;
                if let Some(type_name) = self.type_name() {
                    map.serialize_entry("_typeName", type_name)?;
                }
                serialize_fields(self.fields(), &mut map)?;
                map.end()
            }
        }
    }
}

impl Serialize for Tape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        serialize_fields(self.fields(), &mut map)?;
        map.end()
    }
}

/// Neighbours of one name are one array: that is how SOAP writes arrays inside data objects.
fn serialize_fields<M: SerializeMap>(fields: Fields<'_>, map: &mut M) -> Result<(), M::Error> {
    let mut fields = fields.peekable();
    while let Some(field) = fields.next() {
        let name = field.name();
        let followed = fields.peek().is_some_and(|next| next.name() == name);
        if field.node().repeats || followed {
            let mut items = vec![field];
            while let Some(item) = fields.next_if(|next| next.name() == name) {
                items.push(item);
            }
            map.serialize_entry(name, &items)?;
        } else {
            map.serialize_entry(name, &field)?;
        }
    }
    Ok(())
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
