//! The calls of a run, as request bodies.

use std::fmt::Write as _;

use stocktake_contract::vsphere::{Properties, VIEW};

use super::service::Service;
use crate::moref::MoRef;
use crate::soap::envelope::{element, reference, wrap};

/// The properties to read of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertySet {
    /// A managed object type; its subtypes are read too.
    pub type_name: &'static str,
    /// Property paths.
    pub paths: Vec<&'static str>,
}

impl From<Properties> for PropertySet {
    fn from(properties: Properties) -> Self {
        PropertySet {
            type_name: properties.type_name,
            paths: properties.paths.to_vec(),
        }
    }
}

fn call(method: &str, this: MoRef<'_>, arguments: &str) -> String {
    wrap(&format!(
        r#"<{method} xmlns="urn:vim25">{}{arguments}</{method}>"#,
        reference("_this", this)
    ))
}

/// RetrieveServiceContent
#[must_use]
pub fn retrieve_service_content() -> String {
    call("RetrieveServiceContent", Service::INSTANCE, "")
}

/// CurrentTime: proves that a session is alive, with no privilege.
#[must_use]
pub fn current_time() -> String {
    call("CurrentTime", Service::INSTANCE, "")
}

/// Login
#[must_use]
pub fn login(session_manager: MoRef<'_>, username: &str, password: &str) -> String {
    let arguments = element("userName", username) + &element("password", password);
    call("Login", session_manager, &arguments)
}

/// Logout
#[must_use]
pub fn logout(session_manager: MoRef<'_>) -> String {
    call("Logout", session_manager, "")
}

/// CreateContainerView, recursive, of objects of `types` below `container`.
#[must_use]
pub fn create_container_view(
    view_manager: MoRef<'_>,
    container: MoRef<'_>,
    types: &[&str],
) -> String {
    let mut arguments = reference("container", container);
    for type_name in types {
        arguments += &element("type", type_name);
    }
    arguments += "<recursive>true</recursive>";
    call("CreateContainerView", view_manager, &arguments)
}

/// DestroyView
#[must_use]
pub fn destroy_view(view: MoRef<'_>) -> String {
    call("DestroyView", view, "")
}

/// How a retrieval is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Most objects in one page.
    pub page_size: u32,
    /// Objects that no longer exist are left out of the answer instead of failing the call.
    pub tolerate_missing: bool,
}

/// RetrievePropertiesEx of the objects in `view`; with `announce`, of the view's own list too.
#[must_use]
pub fn retrieve_view(
    collector: MoRef<'_>,
    view: MoRef<'_>,
    announce: bool,
    sets: &[PropertySet],
    options: Options,
) -> String {
    let mut filter = String::new();
    if announce {
        property_sets(&mut filter, &[VIEW.into()]);
    }
    property_sets(&mut filter, sets);
    let _ = write!(
        filter,
        concat!(
            "<objectSet>{}<skip>{}</skip>",
            r#"<selectSet xsi:type="TraversalSpec"><name>viewTraversal</name><type>{}</type>"#,
            "<path>{}</path><skip>false</skip></selectSet></objectSet>"
        ),
        reference("obj", view),
        !announce,
        VIEW.type_name,
        VIEW.paths[0]
    );
    retrieve(collector, &filter, options)
}

/// RetrievePropertiesEx of the view's own list alone.
#[must_use]
pub fn retrieve_announcement(collector: MoRef<'_>, view: MoRef<'_>, options: Options) -> String {
    let mut filter = String::new();
    property_sets(&mut filter, &[VIEW.into()]);
    object_sets(&mut filter, [view]);
    retrieve(collector, &filter, options)
}

/// RetrievePropertiesEx of these objects.
#[must_use]
pub fn retrieve_objects<'o>(
    collector: MoRef<'_>,
    objects: impl IntoIterator<Item = MoRef<'o>>,
    sets: &[PropertySet],
    options: Options,
) -> String {
    let mut filter = String::new();
    property_sets(&mut filter, sets);
    object_sets(&mut filter, objects);
    retrieve(collector, &filter, options)
}

fn property_sets(filter: &mut String, sets: &[PropertySet]) {
    for set in sets {
        let _ = write!(
            filter,
            "<propSet><type>{}</type><all>false</all>",
            set.type_name
        );
        for path in &set.paths {
            let _ = write!(filter, "<pathSet>{path}</pathSet>");
        }
        filter.push_str("</propSet>");
    }
}

fn object_sets<'o>(filter: &mut String, objects: impl IntoIterator<Item = MoRef<'o>>) {
    for object in objects {
        let object = reference("obj", object);
        let _ = write!(filter, "<objectSet>{object}<skip>false</skip></objectSet>");
    }
}

fn retrieve(collector: MoRef<'_>, filter: &str, options: Options) -> String {
    let Options {
        page_size,
        tolerate_missing,
    } = options;
    let tolerance = if tolerate_missing {
        "<reportMissingObjectsInResults>true</reportMissingObjectsInResults>"
    } else {
        ""
    };
    let arguments = format!(
        "<specSet>{filter}{tolerance}</specSet><options><maxObjects>{page_size}</maxObjects></options>"
    );
    call("RetrievePropertiesEx", collector, &arguments)
}

/// ContinueRetrievePropertiesEx
#[must_use]
pub fn continue_retrieve(collector: MoRef<'_>, token: &str) -> String {
    call(
        "ContinueRetrievePropertiesEx",
        collector,
        &element("token", token),
    )
}

/// CancelRetrievePropertiesEx
#[must_use]
pub fn cancel_retrieve(collector: MoRef<'_>, token: &str) -> String {
    call(
        "CancelRetrievePropertiesEx",
        collector,
        &element("token", token),
    )
}

#[cfg(test)]
mod tests {
    use super::{Options, PropertySet, login, retrieve_view};
    use crate::moref::MoRef;

    const COLLECTOR: MoRef<'_> = MoRef {
        type_name: "PropertyCollector",
        value: "propertyCollector",
    };

    #[test]
    fn credentials_are_escaped() {
        let manager = MoRef {
            type_name: "SessionManager",
            value: "SessionManager",
        };
        let body = login(manager, "a&b", "</password><password>");
        assert!(body.contains("<userName>a&amp;b</userName>"));
        assert!(body.contains("<password>&lt;/password&gt;&lt;password&gt;</password>"));
    }

    /// PC-3: the traversal exactly as the design gives it.
    #[test]
    fn one_filter_traverses_the_view_and_asks_for_its_announced_list() {
        let view = MoRef {
            type_name: "ContainerView",
            value: "session[1]2",
        };
        let sets = [PropertySet {
            type_name: "VirtualMachine",
            paths: vec!["name", "config.uuid"],
        }];
        let options = Options {
            page_size: 1000,
            tolerate_missing: true,
        };
        let body = retrieve_view(COLLECTOR, view, true, &sets, options);
        assert!(body.contains(concat!(
            "<specSet><propSet><type>ContainerView</type><all>false</all><pathSet>view</pathSet></propSet>",
            "<propSet><type>VirtualMachine</type><all>false</all><pathSet>name</pathSet><pathSet>config.uuid</pathSet></propSet>",
            r#"<objectSet><obj type="ContainerView">session[1]2</obj><skip>false</skip>"#,
            r#"<selectSet xsi:type="TraversalSpec"><name>viewTraversal</name><type>ContainerView</type><path>view</path><skip>false</skip></selectSet>"#,
            "</objectSet><reportMissingObjectsInResults>true</reportMissingObjectsInResults></specSet><options><maxObjects>1000</maxObjects></options>",
        )));
        assert_eq!(body.matches("<specSet>").count(), 1);
    }
}
