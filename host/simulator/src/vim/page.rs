//! A page of objects, written piece by piece into the reply while the client reads it.

use super::retrieval::{Cursor, Item, Retrieval};
use super::selection::Wanted;
use super::service::{Method, Service};
use super::view::{View, Walk};
use crate::faults::{BodyFault, Refusal};
use crate::inventory::Object;
use crate::server::{Gone, Sink};
use crate::soap::envelope;
use crate::soap::xml::Xml;
use std::sync::Arc;

/// A fault page ends within this many objects, so that it is short of any announced length.
const CUT_OBJECTS: u32 = 10;

/// A page that is still to be written.
#[derive(Debug)]
pub(crate) struct Page {
    pub(super) service: Arc<Service>,
    pub(super) method: Method,
    pub(super) retrieval: Arc<Retrieval>,
    pub(super) cursor: Cursor,
    /// How many objects it may hold.
    pub(super) objects: u32,
    /// Where the next page begins, whatever this one contains by then.
    pub(super) end: Option<Cursor>,
    pub(super) token: Option<String>,
    pub(crate) fault: Option<BodyFault>,
    /// The session ended: nothing of an object is readable but its reference.
    pub(super) blind: bool,
}

impl Page {
    /// Writes the page and ends the reply. A client that went away ends it sooner.
    pub(crate) async fn write(self, mut sink: Sink) {
        let written = self.write_envelope(&mut sink).await;
        // A page is a snapshot; changes happen between two pages.
        if let Some(churn) = &self.service.site.churn {
            churn.go_on();
        }
        // The client is gone, so nothing can be reported to it.
        let _: Result<(), Gone> = match written {
            Ok(true) => sink.finish().await,
            Ok(false) => sink.break_off().await,
            Err(gone) => Err(gone),
        };
    }

    /// Whether the reply ends properly.
    async fn write_envelope(&self, sink: &mut Sink) -> Result<bool, Gone> {
        envelope::open_reply(&mut sink.xml, self.method.name());
        let is_cut = matches!(self.fault, Some(BodyFault::Truncate | BodyFault::Cut));
        if is_cut {
            let limit = (self.objects / 2).clamp(1, CUT_OBJECTS);
            self.write_objects(sink, limit).await?;
            let whole = sink.xml.len();
            sink.xml.truncate(whole - (whole / 3).clamp(1, 40));
            return Ok(self.fault == Some(BodyFault::Truncate));
        }
        self.write_objects(sink, self.objects).await?;
        envelope::close_reply(&mut sink.xml, self.method.name());
        Ok(true)
    }

    async fn write_objects(&self, sink: &mut Sink, limit: u32) -> Result<(), Gone> {
        let service = &*self.service;
        // RetrieveProperties answers a plain list, the newer calls a list with a token before it; nothing at all when it is empty.
        let listed = self.method != Method::RetrieveProperties;
        let tag = if listed { "objects" } else { "returnval" };
        let mut cursor = self.cursor;
        for nth in 0..limit {
            let next = self
                .retrieval
                .next(&service.site, &service.faults, &mut cursor)
                .filter(|_| self.end.is_none_or(|end| cursor <= end));
            let Some(item) = next else {
                if listed && nth > 0 {
                    service.faults.write_more_of_page(&mut sink.xml);
                    sink.xml.close("returnval");
                }
                return Ok(());
            };
            if listed && nth == 0 {
                sink.xml.open("returnval");
                if let Some(token) = &self.token {
                    sink.xml.element("token", token);
                }
            }
            sink.xml.open(tag);
            match item {
                Item::Object(object, wanted) => {
                    write_object(service, object, wanted, self.blind, &mut sink.xml)
                }
                Item::View { id, view } => self.write_view(id, view, sink).await?,
            }
            sink.xml.close(tag);
            sink.pass_on().await?;
        }
        if listed {
            service.faults.write_more_of_page(&mut sink.xml);
            sink.xml.close("returnval");
        }
        Ok(())
    }

    /// The announced list: everything in the view, whatever faults do to it later.
    async fn write_view(&self, id: &str, view: &View, sink: &mut Sink) -> Result<(), Gone> {
        let service = &*self.service;
        sink.xml.raw("<obj type=\"ContainerView\">").text(id);
        sink.xml.raw(
            "</obj><propSet><name>view</name><val xsi:type=\"ArrayOfManagedObjectReference\">",
        );
        let mut walk = Walk::default();
        while let Some(object) = view.next(&service.site, &mut walk, |_| true) {
            if !self.retrieval.covers(object) {
                continue;
            }
            sink.xml
                .raw("<ManagedObjectReference type=\"")
                .raw(object.kind.type_name())
                .raw("\" xsi:type=\"ManagedObjectReference\">");
            service.site.write_id(object, &mut sink.xml);
            sink.xml.close("ManagedObjectReference");
            sink.pass_on().await?;
        }
        sink.xml.raw("</val></propSet>");
        Ok(())
    }
}

fn write_object(service: &Service, object: Object, wanted: &[Wanted], blind: bool, xml: &mut Xml) {
    let site = &service.site;
    xml.raw("<obj type=\"")
        .raw(object.kind.type_name())
        .raw("\">");
    site.write_id(object, xml);
    xml.close("obj");
    let refused = |path: &str| {
        if blind {
            Some(Refusal::NotAuthenticated)
        } else {
            service.faults.refusal(site, object, path)
        }
    };
    for &(path, property) in wanted {
        if refused(path).is_some() {
            continue;
        }
        let before = xml.len();
        xml.raw("<propSet><name>").raw(path).raw("</name>");
        let header = xml.len();
        service
            .faults
            .write_value(site, object, (path, property), xml);
        if xml.len() == header {
            xml.truncate(before);
        } else {
            xml.close("propSet");
        }
    }
    for (path, _) in wanted {
        if let Some(refusal) = refused(path) {
            write_missing(site, object, path, refusal, xml);
        }
    }
    service.faults.write_more_of_object(xml);
}

const NOT_AUTHENTICATED: &str = concat!(
    r#"</path><fault><fault xsi:type="NotAuthenticated"><object type="Folder" xsi:type="ManagedObjectReference">group-d1</object><privilegeId>System.View</privilegeId></fault>"#,
    "<localizedMessage>The session is not authenticated.</localizedMessage></fault></missingSet>",
);

fn write_missing(
    site: &crate::inventory::Site,
    object: Object,
    path: &str,
    refusal: Refusal,
    xml: &mut Xml,
) {
    xml.raw("<missingSet><path>").raw(path);
    let Refusal::NoPermission(privilege) = refusal else {
        xml.raw(NOT_AUTHENTICATED);
        return;
    };
    xml.raw("</path><fault><fault xsi:type=\"NoPermission\"><object type=\"")
        .raw(object.kind.type_name())
        .raw("\" xsi:type=\"ManagedObjectReference\">");
    site.write_id(object, xml);
    xml.raw("</object><privilegeId>").raw(privilege);
    xml.raw("</privilegeId></fault><localizedMessage>Permission to perform this operation was denied.</localizedMessage></fault></missingSet>");
}
