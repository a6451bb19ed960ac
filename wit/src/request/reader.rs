//! The text of a request, read strictly.

use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use serde_json::{Map, Value};

use crate::{ErrorCode, Problem};

/// Reads the text of a request.
///
/// An object with duplicate keys is refused, for readers differ in which value they take.
/// The message quotes nothing of the text.
///
/// # Errors
///
/// `VCENTER_PARSE_ERROR` with line and column.
pub fn read(text: &str) -> Result<Value, Problem> {
    let Strict(value) = serde_json::from_str(text).map_err(|error| {
        let wrong = match error.classify() {
            Category::Data => "has duplicate keys in one object",
            Category::Io | Category::Syntax | Category::Eof => "is not JSON",
        };
        let (line, column) = (error.line(), error.column());
        Problem::new(
            ErrorCode::VcenterParseError,
            format!(
                "the request {wrong} at line {line} column {column}; send one collector-request-v1 document"
            ),
        )
    })?;
    Ok(value)
}

/// A value whose objects have no duplicate keys.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Walk.deserialize(deserializer).map(Strict)
    }
}

struct Walk;

impl<'de> DeserializeSeed<'de> for Walk {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = elements.next_element_seed(Walk)? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            if fields.contains_key(&name) {
                return Err(A::Error::custom("a name twice"));
            }
            fields.insert(name, entries.next_value_seed(Walk)?);
        }
        Ok(fields.into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::read;
    use crate::ErrorCode;

    #[test]
    fn what_is_read_is_what_a_lenient_reader_reads() {
        for text in [
            "null",
            " [true, -1, 18446744073709551615, 1.5e3, \"a\\u00e9\\ud83d\\ude00\", {}, []] ",
            r#"{"a": {"b": [{"a": 1}, {"a": 2}]}, "b": null, "": {"a": {}}}"#,
        ] {
            let lenient: Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(read(text), Ok(lenient), "{text}");
        }
    }

    #[test]
    fn a_name_that_stands_twice_in_one_object_is_refused_with_its_place() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"[{"a":{"s3cret":1,"s3cret":2}}]"#,
            // One name in two spellings.
            r#"{"a":1,"\u0061":2}"#,
        ] {
            let problem = read(text).expect_err(text);
            assert_eq!(problem.code, ErrorCode::VcenterParseError);
            let words = "the request has duplicate keys in one object at line 1 column ";
            assert!(problem.message.starts_with(words), "{problem}");
            assert!(!problem.message.contains("s3cret"), "{problem}");
        }
    }

    #[test]
    fn what_is_not_one_document_is_refused_with_its_place() {
        let deep = "[".repeat(100_000);
        for text in [
            "",
            "  ",
            "{",
            "{} {}",
            "{'a':1}",
            "\u{feff}{}",
            "NaN",
            &deep,
        ] {
            let problem = read(text).expect_err("no JSON");
            assert_eq!(problem.code, ErrorCode::VcenterParseError);
            let words = "the request is not JSON at line 1 column ";
            assert!(problem.message.starts_with(words), "{problem}");
        }
    }
}
