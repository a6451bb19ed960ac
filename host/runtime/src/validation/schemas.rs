//! The JSON Schemas, compiled once.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;
use stocktake_contract::schema;

use super::issue::path_of;

/// The contract's schemas and those parts of them that items are held against.
#[derive(Debug)]
pub(crate) struct Schemas {
    pub(crate) normalized: Validator,
    /// The same for the extended kinds.
    pub(crate) normalized_extended: Validator,
    pub(crate) response: Validator,
    pub(crate) asset: Validator,
    pub(crate) relation: Validator,
    pub(crate) warning: Validator,
}

/// The contract's schemas.
pub(crate) static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| {
    let response = parse(schema::RESPONSE);
    let part = |pointer: &str| {
        let mut part = response.pointer(pointer).cloned().unwrap_or_default();
        part["$schema"] = response["$schema"].clone();
        part["$defs"] = response["$defs"].clone();
        compile(&part)
    };
    Schemas {
        normalized: compile(&parse(schema::NORMALIZED)),
        normalized_extended: compile(&parse(schema::NORMALIZED_EXTENDED)),
        asset: part("/properties/assets/items"),
        relation: part("/properties/relations/items"),
        warning: part("/$defs/warning"),
        response: compile(&response),
    }
});

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("the contract's schemas are JSON")
}

fn compile(schema: &Value) -> Validator {
    jsonschema::validator_for(schema).expect("the contract's schemas are valid")
}

/// Every way in which `value` breaks the schema: where, and what is wrong there.
pub(crate) fn violations<'a>(
    validator: &'a Validator,
    value: &'a Value,
) -> impl Iterator<Item = (String, String)> {
    validator
        .iter_errors(value)
        .map(|error| (path_of(error.instance_path().as_str()), error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::{SCHEMAS, violations};
    use serde_json::json;

    #[test]
    fn a_violation_names_the_place() {
        let value =
            json!({"version": "normalized-v1", "kind": "vm", "hardware": {"memory_bytes": -1}});
        let found: Vec<_> = violations(&SCHEMAS.normalized, &value).collect();
        assert_eq!(
            found,
            [(
                "hardware.memory_bytes".to_owned(),
                "-1 is less than the minimum of 0".to_owned()
            )]
        );
    }

    #[test]
    fn extended_kinds_have_a_schema_of_their_own() {
        let value = json!({"version": "normalized-extended-v1", "kind": "datastore"});
        assert!(!SCHEMAS.normalized.is_valid(&value));
        assert!(SCHEMAS.normalized_extended.is_valid(&value));
    }
}
