//! What replies hold beyond the plain ones: more devices, and types and elements of versions to come.

use super::Faults;
use crate::Fault;
use crate::inventory::{Kind, Object, Site, write_more_disks};
use crate::soap::xml::Xml;
use std::borrow::Cow;

const DISKS: u32 = 4000;

const FUTURE_DEVICES: &str = concat!(
    r#"<VirtualDevice xsi:type="VirtualQuantumBridge"><key>99000</key><deviceInfo><label>Quantum bridge 0</label><summary>Entangled</summary></deviceInfo>"#,
    r#"<controllerKey>100</controllerKey><qubits xsi:type="xsd:unsignedLong">64</qubits><mesh><peer key="a"/><peer key="b">1</peer></mesh></VirtualDevice>"#,
    r#"<VirtualDevice xmlns:next="urn:vim26" xsi:type="next:VirtualNeuralCard"><key>99001</key><next:tensor next:rank="3">0 1 2</next:tensor></VirtualDevice>"#,
);
const FUTURE_OBJECT: &str = r#"<provenance xsi:type="ObjectProvenance"><propSet><name>name</name><val>not a property</val></propSet><cell>7</cell></provenance>"#;
const FUTURE_REPLY: &str = r#"<statistics xsi:type="ResultStatistics"><objects>none</objects><micros>1</micros></statistics>"#;

impl Faults {
    /// Adds to the devices of a VM, which were just written.
    pub(super) fn write_more_devices(
        &self,
        site: &Site,
        object: Object,
        path: &str,
        xml: &mut Xml,
    ) {
        if object.kind != Kind::Vm || path != "config.hardware.device" {
            return;
        }
        let many = self.strikes(Fault::ManyDisks, object);
        let future = self.has(Fault::FutureType);
        if !many && !future {
            return;
        }
        xml.truncate(xml.len() - "</val>".len());
        if many {
            write_more_disks(site, object.index, DISKS, xml);
        }
        if future {
            xml.raw(FUTURE_DEVICES);
        }
        xml.close("val");
    }

    /// Adds to an object of a page, after its properties.
    pub(crate) fn write_more_of_object(&self, xml: &mut Xml) {
        if self.has(Fault::FutureType) {
            xml.raw(FUTURE_OBJECT);
        }
    }

    /// Adds to a page, after its objects.
    pub(crate) fn write_more_of_page(&self, xml: &mut Xml) {
        if self.has(Fault::FutureType) {
            xml.raw(FUTURE_REPLY);
        }
    }

    /// A short reply with what is added to its data object, if it holds one.
    pub(crate) fn extended<'a>(&self, document: &'a str) -> Cow<'a, str> {
        let end = "></returnval>";
        if self.has(Fault::FutureType) && document.contains(end) {
            document
                .replace(end, &format!(">{FUTURE_REPLY}</returnval>"))
                .into()
        } else {
            document.into()
        }
    }
}
