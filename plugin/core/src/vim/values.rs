//! Writes the elements of a reply to a tape, each with the type that the
//! document declares or, where it declares none, the type of its schema.

use super::shapes::{declared_by_xsi, shape};
use crate::soap::reader::Element;
use crate::tape::{Tape, Type};

/// Opens `element` on `tape` under `name`: a property path at the top, its own name below.
pub fn open(tape: &mut Tape, name: &str, element: Element<'_>) {
    let shape = shape(tape.innermost().unwrap_or_default(), element.name);
    let declared = match (element.reference_type, element.xsi_type) {
        (Some(reference), None) => Type::Reference(reference),
        (reference, Some(xsi_type)) => {
            declared_by_xsi(xsi_type.namespace, xsi_type.name, reference)
        }
        (None, None) => shape.declared,
    };
    let repeats = shape.repeats && !tape.inside_array();
    tape.open(name, declared, repeats);
}
