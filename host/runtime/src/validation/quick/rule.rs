//! A schema, held against text.

use serde_json::{Map, Value};

use super::scanner::Scanner;

/// Items of an array that are compared with each other.
const MOST_UNIQUE: usize = 16;

/// Digits of a number that fits every type and needs no rounding.
const MOST_DIGITS: usize = 18;

/// What a schema asks, as far as it is understood; it admits nothing that the schema refuses.
#[derive(Clone, Debug)]
pub(super) enum Rule {
    /// One of these strings.
    Word(Vec<String>),
    Scalar(Scalar),
    Array {
        items: Box<Rule>,
        unique: bool,
    },
    Object(Object),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Scalar {
    text: bool,
    empty: bool,
    count: bool,
    number: bool,
    boolean: bool,
    null: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Object {
    properties: Vec<(String, Rule)>,
    /// Bits of the properties that must be there.
    required: u64,
    /// Every other property; there is none when it is `None`.
    other: Option<Box<Rule>>,
}

impl Rule {
    /// The rule of a whole schema, or none when it asks anything unknown here.
    pub(super) fn of(schema: &Value) -> Option<Rule> {
        let mut schema = schema.as_object()?.clone();
        for annotation in ["$schema", "$id", "$comment", "title"] {
            schema.remove(annotation);
        }
        let definitions = schema.remove("$defs").unwrap_or_default();
        part(&Value::Object(schema), &definitions)
    }

    /// The same rule for objects whose `property` is `word`.
    pub(super) fn narrowed(mut self, property: &str, word: &str) -> Option<Rule> {
        let Rule::Object(object) = &mut self else {
            return None;
        };
        let index = object.position(property)?;
        let Rule::Word(words) = &mut object.properties[index].1 else {
            return None;
        };
        words.retain(|known| known == word);
        object.required |= 1 << index;
        Some(self)
    }

    /// Takes a value that the schema certainly admits.
    pub(super) fn admits(&self, scanner: &mut Scanner<'_>) -> Option<()> {
        match self {
            Rule::Word(words) => {
                let found = scanner.string()?;
                words.iter().any(|word| word == found).then_some(())
            }
            Rule::Scalar(scalar) => scalar.admits(scanner),
            Rule::Array {
                items,
                unique: false,
            } => scanner.array(|scanner| items.admits(scanner)),
            // Only strings are compared: they are equal when they are spelled alike and plain.
            Rule::Array {
                items,
                unique: true,
            } => {
                let mut seen = [""; MOST_UNIQUE];
                let mut count = 0;
                let Rule::Scalar(Scalar {
                    text: true, empty, ..
                }) = **items
                else {
                    return None;
                };
                scanner.array(|scanner| {
                    let item = scanner.plain()?;
                    if (item.is_empty() && !empty) || seen[..count].contains(&item) {
                        return None;
                    }
                    *seen.get_mut(count)? = item;
                    count += 1;
                    Some(())
                })
            }
            Rule::Object(object) => object.admits(scanner),
        }
    }
}

impl Scalar {
    fn admits(&self, scanner: &mut Scanner<'_>) -> Option<()> {
        let admitted = match scanner.peek()? {
            b'"' => {
                let content = scanner.string()?;
                self.text && (self.empty || !content.is_empty())
            }
            b't' => {
                scanner.word("true")?;
                self.boolean
            }
            b'f' => {
                scanner.word("false")?;
                self.boolean
            }
            b'n' => {
                scanner.word("null")?;
                self.null
            }
            _ => {
                let spelled = scanner.number()?;
                let is_whole = || spelled.bytes().all(|byte| byte.is_ascii_digit());
                let is_small = || !spelled.contains(['e', 'E']);
                spelled.len() <= MOST_DIGITS
                    && (self.count && is_whole() || self.number && is_small())
            }
        };
        admitted.then_some(())
    }
}

impl Object {
    fn position(&self, name: &str) -> Option<usize> {
        let mut properties = self.properties.iter();
        properties.position(|(known, _)| known == name)
    }

    // A key that comes twice counts once, with its last value; here each of its values must be admitted.
    fn admits(&self, scanner: &mut Scanner<'_>) -> Option<()> {
        let mut missing = self.required;
        scanner.object(|scanner| {
            let key = scanner.key()?;
            match self.position(key) {
                Some(index) => {
                    missing &= !(1 << index);
                    self.properties[index].1.admits(scanner)
                }
                // An escaped key may be a property's name.
                None if scanner.is_plain(key) => self.other.as_ref()?.admits(scanner),
                None => None,
            }
        })?;
        (missing == 0).then_some(())
    }
}

/// The rule of a part of a schema.
fn part(schema: &Value, definitions: &Value) -> Option<Rule> {
    let mut keywords = schema.as_object()?.clone();
    let rule = if let Some(reference) = keywords.remove("$ref") {
        let name = reference.as_str()?.strip_prefix("#/$defs/")?;
        // Definitions within definitions could go in circles.
        part(definitions.get(name)?, &Value::Null)?
    } else if let Some(word) = keywords.remove("const") {
        Rule::Word(vec![plain(&word)?])
    } else if let Some(words) = keywords.remove("enum") {
        Rule::Word(words.as_array()?.iter().map(plain).collect::<Option<_>>()?)
    } else {
        match keywords.remove("type")? {
            Value::String(name) if name == "object" => object(&mut keywords, definitions)?,
            Value::String(name) if name == "array" => Rule::Array {
                items: Box::new(part(&keywords.remove("items")?, definitions)?),
                unique: match keywords.remove("uniqueItems") {
                    None => false,
                    Some(unique) => unique.as_bool()?,
                },
            },
            Value::Array(names) => scalar(&names, &mut keywords)?,
            name => scalar(&[name], &mut keywords)?,
        }
    };
    keywords.is_empty().then_some(rule)
}

fn object(keywords: &mut Map<String, Value>, definitions: &Value) -> Option<Rule> {
    let mut object = Object {
        properties: Vec::new(),
        required: 0,
        other: None,
    };
    if let Some(properties) = keywords.remove("properties") {
        for (name, schema) in properties.as_object()? {
            let rule = part(schema, definitions)?;
            object
                .properties
                .push((plain(&name.as_str().into())?, rule));
        }
    }
    if object.properties.len() > 64 {
        return None;
    }
    if let Some(names) = keywords.remove("required") {
        for name in names.as_array()? {
            object.required |= 1 << object.position(name.as_str()?)?;
        }
    }
    object.other = match keywords.remove("additionalProperties")? {
        Value::Bool(false) => None,
        schema => Some(Box::new(part(&schema, definitions)?)),
    };
    Some(Rule::Object(object))
}

fn scalar(names: &[Value], keywords: &mut Map<String, Value>) -> Option<Rule> {
    let mut scalar = Scalar::default();
    for name in names {
        match name.as_str()? {
            "string" => {
                scalar.text = true;
                scalar.empty = match keywords.remove("minLength") {
                    None => true,
                    Some(least) if least == 1 => false,
                    Some(_) => return None,
                };
            }
            "integer" => {
                scalar.count = true;
                (keywords.remove("minimum")? == 0).then_some(())?;
            }
            "number" => scalar.number = true,
            "boolean" => scalar.boolean = true,
            "null" => scalar.null = true,
            _ => return None,
        }
    }
    // The minimum would be that of both.
    let is_clear = !(scalar.count && scalar.number);
    is_clear.then_some(Rule::Scalar(scalar))
}

/// A string that is spelled as it is.
fn plain(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let is_plain =
        |char: char| char.is_ascii() && !char.is_ascii_control() && !"\"\\".contains(char);
    text.chars().all(is_plain).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Rule;

    #[test]
    fn a_schema_that_asks_anything_unknown_has_no_rule() {
        let within = |property: Value| {
            json!({
                "type": "object",
                "properties": {"a": property},
                "additionalProperties": false,
                "$defs": {"text": {"type": "string"}, "again": {"$ref": "#/$defs/text"}},
            })
        };
        let is_known = |property: Value| Rule::of(&within(property)).is_some();
        assert!(is_known(json!({"$ref": "#/$defs/text"})));
        assert!(is_known(
            json!({"type": ["string", "null"], "minLength": 1})
        ));
        for unknown in [
            json!(true),
            json!({}),
            json!({"type": "string", "pattern": "x"}),
            json!({"type": "string", "minLength": 2}),
            json!({"type": "integer"}),
            json!({"type": "integer", "minimum": 1}),
            json!({"type": "number", "minimum": 0}),
            json!({"type": ["number", "integer"], "minimum": 0}),
            json!({"type": "array"}),
            json!({"type": "array", "items": {"type": "string"}, "maxItems": 1}),
            json!({"type": "object"}),
            json!({"type": "object", "required": ["b"], "additionalProperties": false}),
            json!({"const": 1}),
            json!({"const": "\u{e9}"}),
            json!({"enum": ["a", null]}),
            json!({"enum": ["a"], "type": "string"}),
            json!({"anyOf": [{"type": "string"}]}),
            json!({"$ref": "#/$defs/again"}),
            json!({"$ref": "#/$defs/missing"}),
        ] {
            assert!(!is_known(unknown.clone()), "{unknown}");
        }
    }
}
