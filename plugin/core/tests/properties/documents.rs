//! Documents, replies and names.

use proptest::prelude::*;
use stocktake_vcenter::soap::fault::Fault;

use crate::oracles::cut::Cut;
use crate::oracles::{fault_reader, names, soap_reader};

/// Text as servers and proxies send it, and arbitrary text.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z ]{0,8}",
        "\\PC{0,4}",
        proptest::sample::select(vec![
            "\r\n",
            "\r",
            "\u{feff}",
            "\u{2028}",
            "&amp;",
            "&lt;",
            "&#13;",
            "&#xD800;",
            "&#x1F600;",
            "<![CDATA[<&]]>",
            "<!-- -- > -->",
            "<?pi?>",
            "]]",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// A document with elements in elements, mostly well-formed.
fn document() -> impl Strategy<Value = String> {
    let name = proptest::sample::select(vec!["a", "x:b", "propSet", "val"]);
    let attributes = proptest::sample::select(vec![
        "",
        " type=\"HostSystem\"",
        " xsi:type='xsd:string'",
        " xmlns=\"urn:vim25\" b = \"&gt;>\"",
        " xmlns:x=\"urn:x\"",
    ]);
    let element = text().prop_recursive(4, 24, 4, move |inner| {
        let content = proptest::collection::vec(inner, 0..4);
        (name.clone(), attributes.clone(), content, text()).prop_map(
            |(name, attributes, content, text)| {
                format!("<{name}{attributes}>{}{text}</{name}>", content.concat())
            },
        )
    });
    (proptest::bool::ANY, element).prop_map(|(marked, element)| {
        let mark = if marked { "\u{feff}" } else { "" };
        format!(
            "{mark}<?xml version=\"1.0\"?>\r\n<r xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">{element}</r>\n"
        )
    })
}

fn lengths() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop_oneof![0..8_u8, any::<u8>()], 0..6)
}

fn envelope(content: &str) -> String {
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><e:Body>{content}</e:Body></e:Envelope>"
    )
}

proptest! {
    #![proptest_config(crate::config())]

    #[test]
    fn a_document_is_the_same_events_wherever_it_is_cut(document in document(), lengths in lengths()) {
        soap_reader::check_cut(&Cut { lengths, bytes: document.as_bytes() });
    }

    #[test]
    fn a_document_that_breaks_off_or_is_spoilt_is_the_same_events_wherever_it_is_cut(
        document in document(),
        lengths in lengths(),
        place in any::<prop::sample::Index>(),
        byte in proptest::option::of(any::<u8>()),
    ) {
        let mut bytes = document.into_bytes();
        let place = place.index(bytes.len());
        match byte {
            Some(byte) => bytes[place] = byte,
            None => bytes.truncate(place),
        }
        soap_reader::check_cut(&Cut { lengths, bytes: &bytes });
    }

    #[test]
    fn bytes_that_are_no_document_are_refused_wherever_they_are_cut(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        lengths in lengths(),
    ) {
        soap_reader::check_cut(&Cut { lengths, bytes: &bytes });
        fault_reader::check_cut(&Cut { lengths: Vec::new(), bytes: &bytes });
    }

    #[test]
    fn a_reply_with_any_content_is_read_the_same_wherever_it_is_cut(
        content in document(),
        lengths in lengths(),
    ) {
        let (_, content) = content.split_once("?>").expect("a declaration");
        for reply in [
            format!("<e:Fault>{}</e:Fault>", content.trim()),
            format!("<LoginResponse>{}</LoginResponse>", content.trim()),
            content.trim().to_owned(),
        ] {
            let reply = envelope(&reply);
            fault_reader::check_cut(&Cut { lengths: lengths.clone(), bytes: reply.as_bytes() });
        }
    }

    #[test]
    fn a_fault_says_what_the_server_said(
        name in "[A-Z][A-Za-z]{0,20}",
        message in "[a-z][a-z<&> ]{0,20}[a-z]",
        privilege in "[A-Z][a-z.]{1,20}",
        lengths in lengths(),
    ) {
        let escaped = message.replace('&', "&amp;").replace('<', "&lt;");
        let reply = envelope(&format!(
            "<e:Fault><faultcode>ServerFaultCode</faultcode><faultstring>{escaped}</faultstring><detail><{name}Fault xsi:type=\"{name}\"><privilegeId>{privilege}</privilegeId></{name}Fault></detail></e:Fault>"
        ));
        let fault = fault_reader::check_cut(&Cut { lengths, bytes: reply.as_bytes() });
        let expected = Fault {
            name,
            message,
            privilege: Some(privilege),
            ..Fault::default()
        };
        prop_assert_eq!(fault, Some(expected));
    }

    #[test]
    fn a_name_is_decoded_once_and_never_grows(name in "([a-z%/\\\\+]|%2[fF5]|%5[cC]|\\PC){0,12}") {
        names::check_name(&name);
    }
}
