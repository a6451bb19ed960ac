use proptest::prelude::*;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Number, is_integer, number};
use crate::tape::{Kind, Tape, Type, Value};

/// The same values by way of serde_json.
struct Expected<T>(T);

impl Serialize for Expected<&Tape> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        serialize_fields(self.0.fields().collect(), &mut map)?;
        map.end()
    }
}

impl Serialize for Expected<Value<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = self.0;
        let node = value.node();
        let text = value.tape.slice(node.text);
        match node.kind {
            Kind::Text | Kind::Leaf(_) => serializer.serialize_str(text),
            Kind::Flag(flag) => serializer.serialize_bool(flag),
            Kind::Integer | Kind::Number => match number(text) {
                Some(Number::Signed(number)) => serializer.serialize_i64(number),
                Some(Number::Unsigned(number)) => serializer.serialize_u64(number),
                Some(Number::Float(number)) => serializer.serialize_f64(number),
                None => serializer.serialize_str(text),
            },
            Kind::Reference => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("type", value.tape.slice(node.type_name))?;
                map.serialize_entry("value", text)?;
                map.end()
            }
            Kind::Array => serializer.collect_seq(value.fields().map(Expected)),
            Kind::Object => {
                let mut map = serializer.serialize_map(None)?;
                if let Some(type_name) = value.type_name() {
                    map.serialize_entry("_typeName", type_name)?;
                }
                serialize_fields(value.fields().collect(), &mut map)?;
                map.end()
            }
        }
    }
}

fn serialize_fields<M: SerializeMap>(fields: Vec<Value<'_>>, map: &mut M) -> Result<(), M::Error> {
    for neighbours in fields.chunk_by(|one, next| one.name() == next.name()) {
        let mut items = neighbours.iter().copied().map(Expected);
        match (items.next(), items.next()) {
            (Some(field), None) if !field.0.node().repeats => {
                map.serialize_entry(field.0.name(), &field)?;
            }
            _ => {
                let items: Vec<_> = neighbours.iter().copied().map(Expected).collect();
                map.serialize_entry(neighbours[0].name(), &items)?;
            }
        }
    }
    Ok(())
}

#[derive(Clone, Debug)]
enum Step {
    Open(&'static str, Type<'static>, bool),
    Text(String),
    Close,
}

fn step() -> impl Strategy<Value = Step> {
    let name = proptest::sample::select(vec!["a", "a", "key", "Größe", "odd \"name\"\\\n"]);
    let declared = proptest::sample::select(vec![
        Type::Undeclared,
        Type::Text,
        Type::Number,
        Type::Number,
        Type::Flag,
        Type::Reference("HostSystem"),
        Type::Reference("\t"),
        Type::Array,
        Type::Data("VirtualDisk"),
        Type::Data("\\"),
    ]);
    let text = prop_oneof![
        "(\\PC|[\\x00-\\x7f]|[a-z]{10,20}){0,4}",
        "[ +-]{0,2}[0-9]{1,22}(\\.[0-9]{1,3})?(e[0-9])? ?",
        proptest::sample::select(vec!["true", "false", "1", "0", " true", "-0", "NaN", ""])
            .prop_map(str::to_owned),
    ];
    prop_oneof![
        3 => (name, declared, any::<bool>()).prop_map(|(name, declared, repeats)| Step::Open(name, declared, repeats)),
        2 => text.prop_map(Step::Text),
        2 => Just(Step::Close),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_tape_is_what_serde_json_makes_of_it(steps in proptest::collection::vec(step(), 0..60)) {
        let mut tape = Tape::default();
        for step in &steps {
            match step {
                Step::Open(name, declared, repeats) => tape.open(name, *declared, *repeats),
                Step::Text(text) => tape.text(text),
                Step::Close => tape.close(),
            }
        }
        // An object of which the end did not come is never written.
        while tape.innermost().is_some() {
            tape.close();
        }
        let mut json = Vec::new();
        tape.write(&mut json);
        let expected = serde_json::to_string(&Expected(&tape)).expect("JSON");
        prop_assert_eq!(String::from_utf8(json), Ok(expected));
    }

    #[test]
    fn an_integer_is_its_own_json(text in "[+-]?(0|[1-9])?[0-9]{0,22} ?") {
        let parsed = match number(&text) {
            Some(Number::Unsigned(number)) => Some(number.to_string()),
            Some(Number::Signed(number)) => Some(number.to_string()),
            Some(Number::Float(_)) | None => None,
        };
        let is_same = parsed.as_ref() == Some(&text);
        prop_assert!(is_same || !is_integer(&text));
        prop_assert!(is_integer(&text) || !is_same || text.len() > 18);
    }
}
