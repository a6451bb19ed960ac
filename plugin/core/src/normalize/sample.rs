//! Builds the values of an object from XML, for tests.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use stocktake_contract::normalized::Normalized;

use crate::tape::{Tape, Type};
use crate::vim::shapes::{declared_by_xsi, shape};

/// Elements at the top are properties, named by their path.
pub(crate) fn tape(properties: &str) -> Tape {
    let mut tape = Tape::default();
    let mut reader = Reader::from_str(properties);
    loop {
        match reader.read_event().expect("XML") {
            Event::Start(element) => open(&mut tape, &element),
            Event::Empty(element) => {
                open(&mut tape, &element);
                tape.close();
            }
            Event::Text(text) => tape.text(&text),
            Event::End(_) => tape.close(),
            Event::Eof => return tape,
            other => panic!("not needed by tests: {other:?}"),
        }
    }
}

fn open(tape: &mut Tape, element: &BytesStart<'_>) {
    let name = element.name();
    let name = name.as_ref();
    let attribute = |wanted: &str| {
        element
            .attributes()
            .map(|attribute| attribute.expect("attribute"))
            .find(|attribute| attribute.key.as_ref() == wanted)
            .map(|attribute| attribute.value.into_owned())
    };
    let reference = attribute("type");
    let schema = tape.innermost().map(|parent| shape(parent, name));
    let xsi = attribute("xsi:type");
    let declared = match (&reference, &xsi) {
        (Some(reference), _) => Type::Reference(reference),
        (None, Some(xsi)) => match xsi.split_once(':') {
            Some((_, local)) => declared_by_xsi("http://www.w3.org/2001/XMLSchema", local, None),
            None => declared_by_xsi("urn:vim25", xsi, None),
        },
        (None, None) => schema.map_or(Type::Undeclared, |schema| schema.declared),
    };
    tape.open(name, declared, schema.is_some_and(|schema| schema.repeats));
}

pub(crate) fn json(normalized: &Normalized<'_>) -> serde_json::Value {
    serde_json::to_value(normalized).expect("JSON")
}
