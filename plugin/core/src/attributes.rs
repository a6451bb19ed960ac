//! The names of custom attributes.

use std::collections::HashMap;

use crate::names;
use crate::tape::{Tape, Value};

/// Names by key; no two keys have one name.
#[derive(Debug, Default)]
pub struct AttributeNames(HashMap<u64, String>);

impl AttributeNames {
    /// Reads the property `field` of the `CustomFieldsManager`. Attributes for objects of different
    /// types can share a name; those are told apart by their keys.
    #[must_use]
    pub fn from_properties(properties: &Tape) -> Self {
        let fields = properties.get("field").into_iter().flat_map(Value::fields);
        let fields: Vec<(u64, &str)> = fields
            .filter_map(|field| {
                let key = field.get("key").and_then(Value::as_u64)?;
                let name = field.get("name").and_then(Value::as_str)?;
                (!name.is_empty()).then_some((key, name))
            })
            .collect();
        AttributeNames(names::distinguish(&fields, u64::to_string))
    }

    /// The name of the attribute with this key.
    #[must_use]
    pub fn get(&self, key: u64) -> Option<&str> {
        self.0.get(&key).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::AttributeNames;
    use crate::normalize::sample::tape;

    fn names(fields: &[(u64, &str)]) -> AttributeNames {
        let fields: String = fields
            .iter()
            .map(|(key, name)| {
                format!("<CustomFieldDef><key>{key}</key><name>{name}</name></CustomFieldDef>")
            })
            .collect();
        AttributeNames::from_properties(&tape(&format!(
            r#"<field xsi:type="ArrayOfCustomFieldDef">{fields}</field>"#
        )))
    }

    #[test]
    fn attributes_that_share_a_name_are_told_apart_by_their_keys() {
        let names = names(&[
            (1, "owner"),
            (2, "owner"),
            (3, "cost"),
            (4, "owner [2]"),
            (5, ""),
        ]);
        assert_eq!(names.get(1), Some("owner [1]"));
        assert_eq!(names.get(2), Some("owner [2] [2]"));
        assert_eq!(names.get(3), Some("cost"));
        assert_eq!(names.get(4), Some("owner [2]"));
        assert_eq!(names.get(5), None);
        assert_eq!(names.get(6), None);
    }
}
