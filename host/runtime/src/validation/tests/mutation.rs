//! Values that keep every keyword of a JSON Schema, and values that break a single one.

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// A schema with the definitions that it refers to.
pub(super) struct Schema {
    rule: Value,
    definitions: Value,
}

impl Schema {
    pub(super) fn parse(text: &str) -> Self {
        let rule: Value = serde_json::from_str(text).expect("JSON");
        let definitions = rule.get("$defs").cloned().unwrap_or_else(|| json!({}));
        Schema { rule, definitions }
    }

    /// The part of the schema that stands at a JSON pointer.
    pub(super) fn part(&self, pointer: &str) -> Self {
        Schema {
            rule: self.rule.pointer(pointer).expect("a part").clone(),
            definitions: self.definitions.clone(),
        }
    }

    pub(super) fn validator(&self) -> Validator {
        let mut schema = self.rule.clone();
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
        schema["$defs"] = self.definitions.clone();
        jsonschema::validator_for(&schema).expect("a schema")
    }

    fn within(&self, rule: &Value) -> Self {
        Schema {
            rule: rule.clone(),
            definitions: self.definitions.clone(),
        }
    }

    /// The keywords of the schema, or of the definition that it refers to.
    fn keywords(&self) -> Map<String, Value> {
        let mut keywords = match self.rule["$ref"].as_str() {
            None => self.rule.clone(),
            Some(reference) => {
                let name = reference.strip_prefix("#/$defs/").expect("a definition");
                self.definitions[name].clone()
            }
        };
        let keywords = keywords.as_object_mut().expect("an object").clone();
        for keyword in keywords.keys() {
            assert!(
                KEYWORDS.contains(&keyword.as_str()),
                "{keyword} is not known to the test"
            );
        }
        keywords
    }

    fn types(keywords: &Map<String, Value>) -> Vec<String> {
        match keywords.get("type") {
            None => Vec::new(),
            Some(Value::String(name)) => vec![name.clone()],
            Some(names) => serde_json::from_value(names.clone()).expect("names"),
        }
    }
}

const KEYWORDS: [&str; 18] = [
    "$schema",
    "$id",
    "$comment",
    "$defs",
    "title",
    "type",
    "const",
    "enum",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "uniqueItems",
    "minLength",
    "minimum",
    "pattern",
    "propertyNames",
    "description",
];

/// Values that keep every keyword: the fullest first, then others, each of which differs from it in one place.
pub(super) fn sound(schema: &Schema) -> Vec<Value> {
    let keywords = schema.keywords();
    if let Some(word) = keywords.get("const") {
        return vec![word.clone()];
    }
    if let Some(words) = keywords.get("enum") {
        return words.as_array().expect("words").clone();
    }
    let of_type = |name: String| match name.as_str() {
        // The only pattern is that of a time.
        "string" if keywords.contains_key("pattern") => vec![
            json!("2026-01-31T08:30:00Z"),
            json!("2026-01-31T08:30:00.123Z"),
        ],
        "string" if keywords.contains_key("minLength") => vec![json!("a"), json!("ä \" \\ \n")],
        "string" => vec![json!("a"), json!("")],
        "integer" => vec![
            json!(3),
            json!(0),
            json!(2.0),
            json!(1e300),
            json!(u64::MAX),
        ],
        "number" => vec![json!(1.5), json!(-1), json!(u64::MAX), json!(-1e300)],
        "boolean" => vec![json!(true), json!(false)],
        "null" => vec![json!(null)],
        "array" => {
            let element = schema.within(&keywords["items"]);
            let elements = sound(&element);
            let single = elements.iter().map(|element| json!([element]));
            let mut arrays: Vec<_> = single.chain([json!([])]).collect();
            arrays.push(json!(elements[..elements.len().min(2)]));
            arrays
        }
        "object" => objects(schema, &keywords),
        other => panic!("{other} is not known to the test"),
    };
    Schema::types(&keywords)
        .into_iter()
        .flat_map(of_type)
        .collect()
}

fn objects(schema: &Schema, keywords: &Map<String, Value>) -> Vec<Value> {
    let members = members(schema, keywords);
    let full: Map<String, Value> = members
        .iter()
        .map(|(name, part)| (name.clone(), sound(part)[0].clone()))
        .collect();
    let mut all = vec![Value::Object(full.clone())];
    for (name, part) in &members {
        for value in sound(part).into_iter().skip(1) {
            let mut changed = full.clone();
            changed.insert(name.clone(), value);
            all.push(changed.into());
        }
        if !required(keywords).contains(name) {
            let mut changed = full.clone();
            changed.remove(name);
            all.push(changed.into());
        }
    }
    if !keywords.contains_key("additionalProperties") {
        let mut changed = full;
        changed.insert("extra".to_owned(), json!([null]));
        all.push(changed.into());
    }
    all
}

/// Properties, and one more where others are allowed.
fn members(schema: &Schema, keywords: &Map<String, Value>) -> Vec<(String, Schema)> {
    let properties = keywords.get("properties").and_then(Value::as_object);
    let properties = properties.into_iter().flatten();
    let other = keywords.get("additionalProperties");
    let other = other.filter(|rule| rule.is_object());
    properties
        .map(|(name, rule)| (name.clone(), schema.within(rule)))
        .chain(other.map(|rule| ("other".to_owned(), schema.within(rule))))
        .collect()
}

fn required(keywords: &Map<String, Value>) -> Vec<String> {
    let names = keywords.get("required").cloned();
    names.map_or_else(Vec::new, |names| {
        serde_json::from_value(names).expect("names")
    })
}

/// Values that break one keyword.
pub(super) fn unsound(schema: &Schema) -> Vec<Value> {
    let keywords = schema.keywords();
    let types = Schema::types(&keywords);
    let words = keywords.contains_key("const") || keywords.contains_key("enum");
    let fitting = &sound(schema)[0];
    let mut all: Vec<Value> = VALUES
        .iter()
        .filter(|(names, _)| !types.iter().any(|name| names.contains(&name.as_str())))
        .map(|(_, text)| serde_json::from_str(text).expect("JSON"))
        .filter(|_| words || !types.is_empty())
        .collect();
    if words {
        all.push(json!({fitting.as_str().expect("a word"): null}));
        all.push(json!([fitting]));
    }
    if keywords.contains_key("minLength") {
        all.push(json!(""));
    }
    if keywords.contains_key("pattern") {
        all.extend([json!("2026-01-31"), json!("2026-01-31T08:30:00+01:00")]);
    }
    if keywords.contains_key("propertyNames") {
        all.push(json!({"": "a"}));
    }
    if keywords.contains_key("minimum") {
        all.extend([json!(-1), json!(-1.0), json!(i64::MIN), json!(-1e300)]);
    }
    if types.iter().any(|name| name == "integer") {
        all.push(json!(0.5));
    }
    if let Some(rule) = keywords.get("items") {
        let element = schema.within(rule);
        all.extend(
            unsound(&element)
                .into_iter()
                .map(|element| json!([element])),
        );
        if keywords.contains_key("uniqueItems") {
            let element = &sound(&element)[0];
            all.push(json!([element, "b", element]));
        }
    }
    let Some(full) = fitting.as_object() else {
        return all;
    };
    let mut changed = |name: &str, value: Option<Value>| {
        let mut object = full.clone();
        match value {
            Some(value) => object.insert(name.to_owned(), value),
            None => object.remove(name),
        };
        all.push(object.into());
    };
    for name in required(&keywords) {
        changed(&name, None);
    }
    if keywords.get("additionalProperties") == Some(&json!(false)) {
        changed("extra", Some(json!("a")));
    }
    for (name, part) in members(schema, &keywords) {
        for value in unsound(&part) {
            changed(&name, Some(value));
        }
    }
    all
}

/// A value of each type, by the names of the types that it has.
const VALUES: [(&[&str], &str); 8] = [
    (&["string"], "\"other\""),
    (&["number", "integer"], "7"),
    (&["number"], "1.5"),
    (&["boolean"], "true"),
    (&["null"], "null"),
    (&["array"], "[]"),
    (&["array"], "[\"a\"]"),
    (&["object"], "{}"),
];
