//! What is read of which objects: the `specSet` of a retrieval.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::types;
use crate::vsphere::operation::Reference;

/// The `specSet` of a retrieval.
pub(super) struct Filter(String);

impl Filter {
    /// These properties of one object of `type_name`.
    pub(super) fn for_object(object: &Reference, type_name: &str, paths: &[&str]) -> Self {
        let mut filter = Filter(String::new());
        filter.properties(type_name, paths);
        filter.object(object, "");
        filter.close()
    }

    /// Properties of what a view holds.
    pub(super) fn for_view(view: &Reference, sets: &[(&str, &[&str])]) -> Self {
        let mut filter = Filter(String::new());
        for (type_name, paths) in sets {
            filter.properties(type_name, paths);
        }
        filter.object(
            view,
            r#"<selectSet xsi:type="TraversalSpec"><name>members</name><type>ContainerView</type><path>view</path><skip>false</skip></selectSet>"#,
        );
        filter.close()
    }

    fn properties(&mut self, type_name: &str, paths: &[&str]) {
        let _ = write!(self.0, "<propSet><type>{type_name}</type><all>false</all>");
        for path in paths {
            let _ = write!(self.0, "<pathSet>{path}</pathSet>");
        }
        self.0.push_str("</propSet>");
    }

    /// An object, or with `select` what it leads to.
    fn object(&mut self, object: &Reference, select: &str) {
        let skip = !select.is_empty();
        let _ = write!(
            self.0,
            r#"<objectSet><obj type="{}">{}</obj><skip>{skip}</skip>{select}</objectSet>"#,
            escape(&object.type_name),
            escape(&object.id),
        );
    }

    fn close(self) -> Self {
        Filter(format!("<specSet>{}</specSet>", self.0))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether these objects exist, and of a VM whether it is a template.
pub(super) fn probe(objects: &[Reference]) -> Filter {
    by_name(objects, |kind| match kind {
        "vm" => &["config.template"],
        _ => &["name"],
    })
}

/// What a spot check compares of these objects.
pub(super) fn facts(objects: &[Reference]) -> Filter {
    by_name(objects, |kind| match kind {
        "vm" => &[
            "name",
            "runtime.powerState",
            "runtime.host",
            "config.uuid",
            "config.instanceUuid",
        ],
        _ => &["name", "runtime.powerState", "parent"],
    })
}

/// Of these objects the properties of their kinds.
fn by_name(objects: &[Reference], paths: fn(&str) -> &'static [&'static str]) -> Filter {
    let mut filter = Filter(String::new());
    let mut named: Vec<&str> = Vec::new();
    for object in objects {
        let type_name = object.type_name.as_str();
        if !named.contains(&type_name) {
            named.push(type_name);
            let kind = types::kind(type_name).map_or("", |(kind, _)| kind);
            filter.properties(type_name, paths(kind));
        }
    }
    for object in objects {
        filter.object(object, "");
    }
    filter.close()
}

#[cfg(test)]
mod tests {
    use super::probe;
    use crate::vsphere::operation::Reference;

    #[test]
    fn objects_of_one_type_share_their_properties_and_ids_are_escaped() {
        let object = |type_name: &str, id: &str| Reference {
            type_name: type_name.to_owned(),
            id: id.to_owned(),
        };
        let filter = probe(&[
            object("VirtualMachine", "vm-1"),
            object("HostSystem", "<&>"),
            object("VirtualMachine", "vm-2"),
        ]);
        assert_eq!(
            filter.as_str(),
            concat!(
                "<specSet><propSet><type>VirtualMachine</type><all>false</all><pathSet>config.template</pathSet></propSet>",
                "<propSet><type>HostSystem</type><all>false</all><pathSet>name</pathSet></propSet>",
                r#"<objectSet><obj type="VirtualMachine">vm-1</obj><skip>false</skip></objectSet>"#,
                r#"<objectSet><obj type="HostSystem">&lt;&amp;&gt;</obj><skip>false</skip></objectSet>"#,
                r#"<objectSet><obj type="VirtualMachine">vm-2</obj><skip>false</skip></objectSet></specSet>"#,
            )
        );
    }
}
