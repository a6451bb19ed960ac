//! The form of each method that reads, as the vSphere API describes it, less
//! what reading an inventory has no use for.

use super::form::Holds::{AnyObject, Number, Object, Parts, Text, Truth, Typed};
use super::form::Part;

/// What a call of `method` may hold; `None` for methods whose form is not known.
pub(super) fn of(method: &str) -> Option<&'static [Part]> {
    Some(match method {
        "CurrentTime" | "RetrieveServiceContent" => INSTANCE,
        "Login" => LOGIN,
        "Logout" => LOGOUT,
        "CreateContainerView" => CREATE_CONTAINER_VIEW,
        "DestroyView" => DESTROY_VIEW,
        "RetrieveProperties" => RETRIEVE_PROPERTIES,
        "RetrievePropertiesEx" => RETRIEVE_PROPERTIES_EX,
        "ContinueRetrievePropertiesEx" | "CancelRetrievePropertiesEx" => PAGE,
        "CreatePropertyCollector" | "DestroyPropertyCollector" | "CancelWaitForUpdates" => {
            PROPERTY_COLLECTOR
        }
        "CreateFilter" => CREATE_FILTER,
        "DestroyPropertyFilter" => DESTROY_PROPERTY_FILTER,
        "WaitForUpdatesEx" => WAIT_FOR_UPDATES_EX,
        _ => return None,
    })
}

const INSTANCE: &[Part] = &[this("ServiceInstance")];

const LOGIN: &[Part] = &[
    this("SessionManager"),
    Part::once("userName", Text),
    Part::once("password", Text),
    Part::at_most_once("locale", Text),
];

const LOGOUT: &[Part] = &[this("SessionManager")];

const CREATE_CONTAINER_VIEW: &[Part] = &[
    this("ViewManager"),
    Part::once("container", AnyObject),
    Part::at_least_once("type", Text),
    Part::once("recursive", Truth),
];

const DESTROY_VIEW: &[Part] = &[this("ContainerView")];

const RETRIEVE_PROPERTIES: &[Part] = &[
    COLLECTOR,
    Part::at_least_once("specSet", Parts(FILTER_SPEC)),
];

const RETRIEVE_PROPERTIES_EX: &[Part] = &[
    COLLECTOR,
    Part::at_least_once("specSet", Parts(FILTER_SPEC)),
    Part::once("options", Parts(RETRIEVE_OPTIONS)),
];

const PAGE: &[Part] = &[COLLECTOR, Part::once("token", Text)];

const PROPERTY_COLLECTOR: &[Part] = &[COLLECTOR];

const CREATE_FILTER: &[Part] = &[
    COLLECTOR,
    Part::once("spec", Parts(FILTER_SPEC)),
    Part::once("partialUpdates", Truth),
];

const DESTROY_PROPERTY_FILTER: &[Part] = &[this("PropertyFilter")];

const WAIT_FOR_UPDATES_EX: &[Part] = &[
    COLLECTOR,
    Part::at_most_once("version", Text),
    Part::once("options", Parts(WAIT_OPTIONS)),
];

const fn this(type_name: &'static str) -> Part {
    Part::once("_this", Object(type_name))
}

const COLLECTOR: Part = this("PropertyCollector");

const RETRIEVE_OPTIONS: &[Part] = &[Part::at_most_once("maxObjects", Number)];

/// Without its end a wait lasts as long as the server likes.
const WAIT_OPTIONS: &[Part] = &[
    Part::once("maxWaitSeconds", Number),
    Part::at_most_once("maxObjectUpdates", Number),
];

const FILTER_SPEC: &[Part] = &[
    Part::at_least_once("propSet", Parts(PROPERTY_SPEC)),
    Part::at_least_once("objectSet", Parts(OBJECT_SPEC)),
    Part::at_most_once("reportMissingObjectsInResults", Truth),
];

const PROPERTY_SPEC: &[Part] = &[
    Part::once("type", Text),
    Part::at_most_once("all", Truth),
    Part::any_number("pathSet", Text),
];

const OBJECT_SPEC: &[Part] = &[
    Part::once("obj", AnyObject),
    Part::at_most_once("skip", Truth),
    Part::any_number("selectSet", Typed("TraversalSpec", TRAVERSAL_SPEC)),
];

const TRAVERSAL_SPEC: &[Part] = &[
    Part::at_most_once("name", Text),
    Part::once("type", Text),
    Part::once("path", Text),
    Part::at_most_once("skip", Truth),
];
