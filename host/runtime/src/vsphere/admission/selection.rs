//! What a retrieval, filter or view selects, held against what may be read.

use stocktake_contract::vsphere::VIEW;

use super::handles::Handles;
use super::held::Held;
use super::readable::Readable;
use crate::quote::printable;
use crate::vsphere::operation::{Argument, Operation};

/// Characters of a type or path that a message quotes.
const QUOTED: usize = 200;

/// Holds the types, properties and objects of a call against what may be read. The call has
/// the form of its method.
///
/// # Errors
///
/// What the collector asked for, as in "asked for …".
pub(super) fn check(
    operation: &Operation,
    readable: &Readable,
    handles: &Handles,
) -> Result<(), String> {
    let selection = Selection { readable, handles };
    match operation.method.as_str() {
        "CreateContainerView" => selection.check_view(operation),
        "RetrieveProperties" | "RetrievePropertiesEx" | "CreateFilter" => operation
            .arguments()
            .filter(|argument| matches!(argument.name(), "spec" | "specSet"))
            .try_for_each(|spec| selection.check_filter(spec)),
        _ => Ok(()),
    }
}

struct Selection<'r> {
    readable: &'r Readable,
    handles: &'r Handles,
}

impl Selection<'_> {
    fn check_view(&self, operation: &Operation) -> Result<(), String> {
        let container = operation.argument("container");
        self.check_object_type(container.and_then(Argument::type_name).unwrap_or_default())?;
        let types = operation
            .arguments()
            .filter(|argument| argument.name() == "type");
        types.map(Argument::text).try_for_each(|type_name| {
            if self.readable.knows(type_name) {
                Ok(())
            } else {
                Err(unreadable_type("a view of", type_name))
            }
        })
    }

    fn check_filter(&self, spec: Argument<'_>) -> Result<(), String> {
        spec.all("propSet")
            .try_for_each(|set| self.check_properties(set))?;
        spec.all("objectSet")
            .try_for_each(|set| self.check_objects(set))
    }

    fn check_properties(&self, set: Argument<'_>) -> Result<(), String> {
        let type_name = text(set, "type");
        if !self.readable.knows(type_name) {
            let path = set.first("pathSet").map_or("", Argument::text);
            return Err(match path {
                "" => unreadable_type("properties of", type_name),
                path => unreadable(type_name, path),
            });
        }
        if text(set, "all") == "true" {
            let type_name = printable(type_name, QUOTED);
            return Err(format!(
                "asked for all properties of {type_name}; properties are asked for by their paths"
            ));
        }
        let mut paths = set.all("pathSet").map(Argument::text).peekable();
        if paths.peek().is_none() {
            let type_name = printable(type_name, QUOTED);
            return Err(format!(
                "asked for {type_name} without the path of a property"
            ));
        }
        match paths.find(|path| !self.readable.allows(type_name, path)) {
            Some(path) => Err(unreadable(type_name, path)),
            None => Ok(()),
        }
    }

    fn check_objects(&self, set: Argument<'_>) -> Result<(), String> {
        if let Some(object) = set.first("obj") {
            let type_name = object.type_name().unwrap_or_default();
            self.check_object_type(type_name)?;
            if type_name == VIEW.type_name && !self.handles.hold(Held::View, object.text()) {
                return Err("asked for a container view that this run did not create".to_owned());
            }
        }
        set.all("selectSet").try_for_each(|traversal| {
            let (type_name, path) = (text(traversal, "type"), text(traversal, "path"));
            let is_of_view = type_name == VIEW.type_name && VIEW.paths.contains(&path);
            if is_of_view { Ok(()) } else { Err(format!(
                "asked for objects along {}.{}; a retrieval follows ContainerView.view and nothing else",
                printable(type_name, QUOTED),
                printable(path, QUOTED)
            )) }
        })
    }

    fn check_object_type(&self, type_name: &str) -> Result<(), String> {
        if self.readable.knows_objects_of(type_name) {
            Ok(())
        } else {
            Err(unreadable_type("an object of the type", type_name))
        }
    }
}

/// The text of the first element of this name.
fn text<'o>(argument: Argument<'o>, name: &str) -> &'o str {
    argument.first(name).map_or("", Argument::text)
}

fn unreadable(type_name: &str, path: &str) -> String {
    let (type_name, path) = (printable(type_name, QUOTED), printable(path, QUOTED));
    format!(
        "asked for {type_name}.{path}, which this run may not read; a policy allows it by [calls.read] {type_name} = [\"{path}\"]"
    )
}

fn unreadable_type(what: &str, type_name: &str) -> String {
    let type_name = printable(type_name, QUOTED);
    format!(
        "asked for {what} {type_name}, of which this run may read nothing; a policy allows properties of it under [calls.read] {type_name}"
    )
}
