//! Replies as text, and what is of use of requests.

/// What `RetrieveServiceContent` answers.
pub(super) const SERVICE_CONTENT: &str = concat!(
    r#"<returnval><rootFolder type="Folder">group-d1</rootFolder>"#,
    r#"<propertyCollector type="PropertyCollector">propertyCollector</propertyCollector>"#,
    r#"<viewManager type="ViewManager">ViewManager</viewManager>"#,
    "<about><version>8.0.3</version><build>24022515</build><apiType>VirtualCenter</apiType>",
    "<apiVersion>8.0.3.0</apiVersion><instanceUuid>1</instanceUuid></about>",
    r#"<sessionManager type="SessionManager">SessionManager</sessionManager></returnval>"#
);

/// Text between two others.
pub(super) fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

/// Every text between two others.
pub(super) fn all_between(text: &str, before: &str, after: &str) -> Vec<String> {
    let pieces = text.split(before).skip(1);
    pieces
        .filter_map(|piece| piece.split_once(after))
        .map(|(found, _)| found.to_owned())
        .collect()
}

/// Type and id, as written, of each object that a request is about.
pub(super) fn objects(body: &str) -> Vec<(String, String)> {
    all_between(body, "<objectSet><obj type=\"", "</obj>")
        .iter()
        .filter_map(|object| object.split_once("\">"))
        .map(|(type_name, id)| (type_name.to_owned(), id.to_owned()))
        .collect()
}

/// Text as written in XML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// An element with text.
pub(super) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}

/// A reference.
pub(super) fn reference(element: &str, type_name: &str, id: &str) -> String {
    written_reference(element, type_name, &escape(id))
}

/// A reference whose id is already XML.
pub(super) fn written_reference(element: &str, type_name: &str, id: &str) -> String {
    format!(r#"<{element} type="{type_name}">{id}</{element}>"#)
}

/// A property with text.
pub(super) fn property(path: &str, xsi_type: &str, value: &str) -> String {
    format!(r#"<propSet><name>{path}</name><val xsi:type="{xsi_type}">{value}</val></propSet>"#)
}

/// A property with a reference.
pub(super) fn reference_property(path: &str, type_name: &str, id: &str) -> String {
    let id = escape(id);
    format!(
        r#"<propSet><name>{path}</name><val type="{type_name}" xsi:type="ManagedObjectReference">{id}</val></propSet>"#
    )
}

/// A property that could not be read.
pub(super) fn missing(path: &str, fault: &str) -> String {
    format!(
        r#"<missingSet><path>{path}</path><fault><fault xsi:type="{fault}"><privilegeId>System.Read</privilegeId></fault></fault></missingSet>"#
    )
}

/// The answer to a call.
pub(super) fn response(method: &str, content: &str) -> String {
    envelope(&format!(
        r#"<{method}Response xmlns="urn:vim25">{content}</{method}Response>"#
    ))
}

/// A fault; without a name it has no detail.
pub(super) fn fault(name: &str, content: &str) -> String {
    let detail = if name.is_empty() {
        String::new()
    } else {
        format!(
            r#"<detail><{name}Fault xmlns="urn:vim25" xsi:type="{name}">{content}</{name}Fault></detail>"#
        )
    };
    envelope(&format!(
        "<e:Fault><faultcode>ServerFaultCode</faultcode><faultstring>{name}, it says.</faultstring>{detail}</e:Fault>"
    ))
}

fn envelope(body: &str) -> String {
    format!(
        concat!(
            r#"<?xml version="1.0" encoding="UTF-8"?>"#,
            r#"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/""#,
            r#" xmlns:xsd="http://www.w3.org/2001/XMLSchema""#,
            r#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">"#,
            "<e:Body>{}</e:Body></e:Envelope>"
        ),
        body
    )
}
