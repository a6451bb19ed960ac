//! What there really is, read from the vCenter as an honest collector reads it: whoever
//! lies about something has to know it.

use crate::http::{self, envelope};
use crate::run::{Run, asset, relation};

/// The machines of a vCenter.
#[derive(Default)]
pub(crate) struct Site {
    /// Each VM with its host.
    pub(crate) vms: Vec<(String, String)>,
    pub(crate) hosts: Vec<String>,
    pub(crate) clusters: Vec<String>,
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
            "<propSet><type>VirtualMachine</type><all>false</all><pathSet>runtime.host</pathSet></propSet>",
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
                let host = between(object, "<val ", "</").and_then(after_tag);
                site.vms.push((id, host.unwrap_or_default().to_owned()));
            }
            Some("HostSystem") => site.hosts.push(id),
            Some("ClusterComputeResource") => site.clusters.push(id),
            _ => {}
        }
    }
    site
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
        let vms: Vec<String> = self.vms.iter().map(|(vm, _)| vm.clone()).collect();
        let mut lines = assets("vm", &vms);
        lines.extend(assets("host", &self.hosts));
        lines.extend(assets("cluster", &self.clusters));
        for (vm, host) in &self.vms {
            if self.hosts.contains(host) {
                lines.push(relation("runs_on", ("vm", vm), ("host", host)));
                lines.push(relation("hosts_vm", ("host", host), ("vm", vm)));
            }
        }
        lines
    }
}
