//! The envelope of a request.

use quick_xml::escape::escape;

/// Wraps `body`, which is XML in the namespace `urn:vim25`, in an envelope.
#[must_use]
pub fn wrap(body: &str) -> String {
    format!(
        concat!(
            r#"<?xml version="1.0" encoding="UTF-8"?>"#,
            r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/""#,
            r#" xmlns:xsd="http://www.w3.org/2001/XMLSchema""#,
            r#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">"#,
            "<soapenv:Body>{}</soapenv:Body></soapenv:Envelope>"
        ),
        body
    )
}

/// `<name>text</name>` with the text escaped.
#[must_use]
pub fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}

/// `<name type="…">id</name>`: a reference to a managed object.
#[must_use]
pub fn reference(name: &str, object: crate::moref::MoRef<'_>) -> String {
    format!(
        r#"<{name} type="{}">{}</{name}>"#,
        escape(object.type_name),
        escape(object.value)
    )
}

#[cfg(test)]
mod tests {
    use super::{element, reference};
    use crate::moref::MoRef;

    #[test]
    fn text_and_ids_are_escaped() {
        assert_eq!(
            element("password", "a<b>&\"c\"'"),
            "<password>a&lt;b&gt;&amp;&quot;c&quot;&apos;</password>"
        );
        let view = MoRef {
            type_name: "ContainerView",
            value: "session[1]<2>",
        };
        assert_eq!(
            reference("_this", view),
            r#"<_this type="ContainerView">session[1]&lt;2&gt;</_this>"#
        );
    }
}
