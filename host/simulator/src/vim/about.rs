//! `ServiceContent` and `AboutInfo`.

use crate::inventory::{Draw, Topic, write_uuid};
use crate::soap::xml::Xml;

/// Name and version of the simulated product.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// `8.0.3`
    pub(crate) version: String,
    pub(crate) build: String,
    pub(crate) seed: u64,
    pub(crate) host_agent: bool,
}

impl About {
    /// The major version; 0 when the version does not start with a number.
    pub(crate) fn major(&self) -> u32 {
        let first = self.version.split('.').next().unwrap_or_default();
        first.parse().unwrap_or(0)
    }

    fn api_version(&self) -> String {
        crate::profile::api_version(&self.version)
    }

    /// A client may ask for the API of this version or of an older one, or leave it to the server.
    pub(crate) fn serves(&self, api_version: &str) -> bool {
        parts(api_version) <= parts(&self.api_version())
    }

    pub(crate) fn write_service_content(&self, xml: &mut Xml) {
        let (root, collector) = if self.host_agent {
            ("ha-folder-root", "ha-property-collector")
        } else {
            ("group-d1", "propertyCollector")
        };
        xml.raw(r#"<returnval><rootFolder type="Folder">"#)
            .raw(root)
            .raw(r#"</rootFolder><propertyCollector type="PropertyCollector">"#)
            .raw(collector)
            .raw("</propertyCollector>")
            .raw(r#"<viewManager type="ViewManager">ViewManager</viewManager>"#);
        self.write_about(xml);
        let served = |tag: &str| !self.host_agent || tag != CUSTOM_FIELDS;
        for (tag, kind, id) in MANAGERS.into_iter().filter(|(tag, ..)| served(tag)) {
            xml.raw("<")
                .raw(tag)
                .raw(" type=\"")
                .raw(kind)
                .raw("\">")
                .raw(id)
                .close(tag);
        }
        xml.close("returnval");
    }

    fn write_about(&self, xml: &mut Xml) {
        let mut draw = Draw::new(self.seed, Topic::Instance, 0);
        let (name, line, kind) = if self.host_agent {
            ("VMware ESXi", "embeddedEsx", "HostAgent")
        } else {
            ("VMware vCenter Server", "vpx", "VirtualCenter")
        };
        xml.open("about")
            .element("name", name)
            .open("fullName")
            .raw(name)
            .raw(" ")
            .text(&self.version)
            .raw(" build-")
            .text(&self.build)
            .close("fullName")
            .element("vendor", "VMware, Inc.")
            .element("version", &self.version)
            .element("build", &self.build)
            .element("localeVersion", "INTL")
            .element("localeBuild", "000")
            .element("osType", "linux-x64")
            .element("productLineId", line)
            .element("apiType", kind)
            .element("apiVersion", &self.api_version());
        if !self.host_agent {
            xml.open("instanceUuid");
            write_uuid(draw.next(), draw.next(), xml);
            xml.close("instanceUuid");
        }
        xml.element("licenseProductName", "VMware VirtualCenter Server")
            .element("licenseProductVersion", &format!("{}.0", self.major()))
            .close("about");
    }

    /// The document at `/sdk/vimServiceVersions.xml`: the API versions a client may ask for.
    pub(crate) fn versions_document(&self) -> String {
        let mut xml = Xml::new();
        xml.raw("<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<namespaces version=\"1.0\"><namespace><name>urn:vim25</name><version>")
            .text(&self.api_version())
            .raw("</version><priorVersions>");
        for prior in [
            "9.0.0.0", "8.0.3.0", "8.0.2.0", "8.0.1.0", "8.0.0.0", "7.0.3.0", "7.0", "6.7.3",
            "6.7", "6.5", "6.0", "5.5",
        ] {
            let major = prior.split('.').next().and_then(|major| major.parse().ok());
            if prior != self.api_version() && major.is_some_and(|major: u32| major <= self.major())
            {
                xml.element("version", prior);
            }
        }
        xml.raw("</priorVersions></namespace></namespaces>");
        xml.into_string()
    }
}

/// The numbers of a version; what is not a number counts as 0.
fn parts(version: &str) -> Vec<u32> {
    let parts = version.split('.');
    parts.map(|part| part.parse().unwrap_or(0)).collect()
}

/// Absent from a host without a vCenter.
const CUSTOM_FIELDS: &str = "customFieldsManager";

const MANAGERS: [(&str, &str, &str); 8] = [
    ("setting", "OptionManager", "VpxSettings"),
    ("userDirectory", "UserDirectory", "UserDirectory"),
    ("sessionManager", "SessionManager", "SessionManager"),
    (
        "authorizationManager",
        "AuthorizationManager",
        "AuthorizationManager",
    ),
    ("perfManager", "PerformanceManager", "PerfMgr"),
    ("eventManager", "EventManager", "EventManager"),
    (CUSTOM_FIELDS, "CustomFieldsManager", "CustomFieldsManager"),
    ("searchIndex", "SearchIndex", "SearchIndex"),
];
