//! The envelope around every reply, spelled as vCenter spells it.

use super::xml::Xml;

const HEAD: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    "\n",
    r#"<soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/""#,
    r#" xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/""#,
    r#" xmlns:xsd="http://www.w3.org/2001/XMLSchema""#,
    r#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">"#,
    "\n<soapenv:Body>\n",
);
const TAIL: &str = "\n</soapenv:Body>\n</soapenv:Envelope>";

/// Opens an envelope and the reply to `method` in it.
pub(crate) fn open_reply(xml: &mut Xml, method: &str) {
    xml.raw(HEAD)
        .raw("<")
        .raw(method)
        .raw("Response xmlns=\"urn:vim25\">");
}

/// Closes what [`open_reply`] opened.
pub(crate) fn close_reply(xml: &mut Xml, method: &str) {
    xml.raw("</").raw(method).raw("Response>").raw(TAIL);
}

/// A whole reply to `method`, its content written by `content`.
pub(crate) fn reply(method: &str, content: impl FnOnce(&mut Xml)) -> String {
    let mut xml = Xml::with_capacity(1024);
    open_reply(&mut xml, method);
    content(&mut xml);
    close_reply(&mut xml, method);
    xml.into_string()
}

/// A whole reply holding a fault instead of a result.
pub(crate) fn fault(content: impl FnOnce(&mut Xml)) -> String {
    let mut xml = Xml::with_capacity(1024);
    xml.raw(HEAD).raw("<soapenv:Fault>");
    content(&mut xml);
    xml.raw("</soapenv:Fault>").raw(TAIL);
    xml.into_string()
}
