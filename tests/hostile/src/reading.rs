//! What there really is, read from the vCenter as an honest collector reads it: whoever
//! lies about something has to know it.

use serde_json::json;

use crate::http::{self, envelope};
use crate::run::{Run, asset, relation, vm};

/// The machines of a vCenter.
#[derive(Default)]
pub(crate) struct Site {
    pub(crate) vms: Vec<Vm>,
    pub(crate) hosts: Vec<String>,
    pub(crate) clusters: Vec<String>,
}

/// A VM as it is.
#[derive(Clone, Default)]
pub(crate) struct Vm {
    pub(crate) id: String,
    pub(crate) host: String,
    pub(crate) name: String,
    pub(crate) power_state: String,
    pub(crate) uuid: String,
}

/// Everything below the root folder, or below `container` of this type; `None` when it cannot be read.
pub(crate) fn read(run: &Run, container: Option<(&str, &str)>) -> Option<Site> {
    let call = |body: &str| http::call_endpoint(run, &envelope(body));
    let content = call(
        r#"<RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent>"#,
    )?;
    let object =
        |element: &str| between(&content, &format!("<{element} "), "</").and_then(after_tag);
    let (root, views) = (object("rootFolder")?, object("viewManager")?);
    let properties = object("propertyCollector")?;
    let (kind, id) = container.unwrap_or(("Folder", root));
    let view = call(&format!(
        r#"<CreateContainerView xmlns="urn:vim25"><_this type="ViewManager">{views}</_this><container type="{kind}">{id}</container><type>VirtualMachine</type><type>HostSystem</type><type>ClusterComputeResource</type><recursive>true</recursive></CreateContainerView>"#
    ))?;
    let view = between(&view, "<returnval ", "</").and_then(after_tag)?;
    let objects = call(&format!(
        concat!(
            r#"<RetrieveProperties xmlns="urn:vim25"><_this type="PropertyCollector">{}</_this><specSet>"#,
            "<propSet><type>VirtualMachine</type><all>false</all><pathSet>runtime.host</pathSet><pathSet>name</pathSet><pathSet>runtime.powerState</pathSet><pathSet>config.instanceUuid</pathSet></propSet>",
            "<propSet><type>HostSystem</type><all>false</all><pathSet>name</pathSet></propSet>",
            "<propSet><type>ClusterComputeResource</type><all>false</all><pathSet>name</pathSet></propSet>",
            r#"<objectSet><obj type="ContainerView">{}</obj><skip>true</skip>"#,
            r#"<selectSet xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="TraversalSpec"><name>viewTraversal</name><type>ContainerView</type><path>view</path><skip>false</skip></selectSet>"#,
            "</objectSet></specSet></RetrieveProperties>"
        ),
        properties, view
    ));
    call(&format!(
        r#"<DestroyView xmlns="urn:vim25"><_this type="ContainerView">{view}</_this></DestroyView>"#
    ))?;
    Some(site(&objects?))
}

fn site(objects: &str) -> Site {
    let mut site = Site::default();
    for object in objects.split("<returnval>").skip(1) {
        let id = between(object, "<obj ", "</").and_then(after_tag);
        let id = id.unwrap_or_default().to_owned();
        match between(object, "<obj type=\"", "\"") {
            Some("VirtualMachine") => {
                site.vms.push(Vm {
                    host: property(object, "runtime.host"),
                    name: property(object, "name"),
                    power_state: property(object, "runtime.powerState"),
                    uuid: property(object, "config.instanceUuid"),
                    id,
                });
            }
            Some("HostSystem") => site.hosts.push(id),
            Some("ClusterComputeResource") => site.clusters.push(id),
            _ => {}
        }
    }
    site
}

/// The text of a property, its escapes and the vCenter's own resolved.
fn property(object: &str, path: &str) -> String {
    let value = object
        .split_once(&format!("<name>{path}</name>"))
        .and_then(|(_, rest)| between(rest, "<val ", "</"))
        .and_then(after_tag);
    let mut text = value.unwrap_or_default().to_owned();
    for (escape, meant) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
        ("%2f", "/"),
        ("%5c", "\\"),
        ("%25", "%"),
    ] {
        text = text.replace(escape, meant);
    }
    text
}

fn between<'t>(text: &'t str, begin: &str, end: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(begin)?;
    Some(rest.split_once(end)?.0)
}

/// The text behind the rest of a tag.
fn after_tag(text: &str) -> Option<&str> {
    Some(text.split_once('>')?.1)
}

impl Site {
    /// The site as a page.
    pub(crate) fn lines(&self) -> Vec<String> {
        let assets = |kind: &'static str, ids: &[String]| -> Vec<String> {
            ids.iter().map(|id| asset(kind, id)).collect()
        };
        let mut lines: Vec<String> = self.vms.iter().map(Vm::line).collect();
        lines.extend(assets("host", &self.hosts));
        lines.extend(assets("cluster", &self.clusters));
        for Vm { id: vm, host, .. } in &self.vms {
            if self.hosts.contains(host) {
                lines.push(relation("runs_on", ("vm", vm), ("host", host)));
                lines.push(relation("hosts_vm", ("host", host), ("vm", vm)));
            }
        }
        lines
    }
}

impl Vm {
    fn line(&self) -> String {
        let identity = json!({"caption": self.name, "machine_uuid": self.uuid});
        vm(&self.id, &identity, &self.power_state)
    }
}
