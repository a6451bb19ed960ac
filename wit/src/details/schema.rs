//! The JSON Schema of `details-v1`, made of the table.

use serde_json::{Map, Value, json};

use super::value::TIME;
use super::{Field, Shape, VERSION, fields};
use crate::normalized::Kind;

/// The JSON Schema (2020-12): a definition per kind in `$defs`, by the kind's name.
#[must_use]
pub fn schema() -> Value {
    let kinds = Kind::ALL.into_iter();
    let definitions: Map<String, Value> = kinds
        .map(|kind| (kind.as_str().to_owned(), document(kind)))
        .collect();
    let any: Vec<Value> = Kind::ALL
        .into_iter()
        .map(|kind| json!({"$ref": format!("#/$defs/{}", kind.as_str())}))
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://stocktake.invalid/schemas/details-v1.schema.json",
        "$comment": "assets[].details, which only profile full reads; #/$defs/<external_kind> is that of one kind. An absent optional is an omitted key. Bytes and counts are integers >= 0, times are RFC 3339 in UTC.",
        "title": VERSION,
        "anyOf": any,
        "$defs": definitions,
    })
}

fn document(kind: Kind) -> Value {
    let mut document = object(fields(kind));
    document["required"] = json!(["version"]);
    document["properties"]["version"] = json!({"const": VERSION});
    document
}

fn object(fields: &[Field]) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| {
            let mut property = of_shape(field.shape);
            property["description"] = field.about.into();
            (field.name.to_owned(), property)
        })
        .collect();
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

fn of_shape(shape: Shape) -> Value {
    match shape {
        Shape::Text => json!({"type": "string", "minLength": 1}),
        Shape::Time => json!({"type": "string", "pattern": TIME}),
        Shape::Count => json!({"type": "integer", "minimum": 0}),
        Shape::Flag => json!({"type": "boolean"}),
        Shape::Object(fields) => object(fields),
        Shape::List(item) => json!({"type": "array", "items": of_shape(*item)}),
        Shape::Map => json!({
            "type": "object",
            "propertyNames": {"minLength": 1},
            "additionalProperties": {"type": "string", "minLength": 1},
        }),
    }
}
