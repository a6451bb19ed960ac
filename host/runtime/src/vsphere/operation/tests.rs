use super::{Operation, OperationError, Reference};

const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

fn envelope(body: &str) -> String {
    format!(
        r#"{DECLARATION}<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><e:Body>{body}</e:Body></e:Envelope>"#
    )
}

fn read(body: &str) -> Result<Operation, OperationError> {
    Operation::from_body(body.as_bytes())
}

#[test]
fn a_call_is_read_whatever_its_prefixes_are_called() {
    let body = envelope(
        r#"
        <v:DestroyView xmlns:v="urn:vim25">
            <v:_this type="ContainerView"> session[52&#x61;]&amp;&lt;1><![CDATA[<]]></v:_this>
        </v:DestroyView>
        "#,
    );
    let operation = read(&body).expect("a call");
    assert_eq!(operation.method, "DestroyView");
    let this = operation.this.expect("an object");
    assert_eq!(this.type_name, "ContainerView");
    assert_eq!(this.id, "session[52a]&<1><");
}

#[test]
fn references_and_types_are_found_wherever_they_stand() {
    let body = envelope(
        r#"<RetrievePropertiesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this>
        <specSet><objectSet><obj type="ContainerView">view-1</obj><selectSet xsi:type="TraversalSpec"><path>view</path></selectSet></objectSet>
        <objectSet><obj type="SessionManager"> sm-7 </obj></objectSet></specSet></RetrievePropertiesEx>"#,
    );
    let operation = read(&body).expect("a call");
    for text in ["SessionManager", "sm-7", "view-1", "propertyCollector"] {
        assert!(operation.mentions(text), "{text}");
    }
    for text in ["TraversalSpec", "sm", ""] {
        assert!(!operation.mentions(text), "{text}");
    }
}

#[test]
fn arguments_are_known_by_what_they_hold() {
    let body = envelope(
        r#"<A xmlns="urn:vim25"><_this type="B">b</_this><c><d>1</d><d xsi:type="E"><f/></d></c><g>2</g></A>"#,
    );
    let operation = read(&body).expect("a call");
    let names: Vec<&str> = operation
        .arguments()
        .map(|argument| argument.name())
        .collect();
    assert_eq!(names, ["_this", "c", "g"]);
    let held = operation.argument("c").expect("an argument");
    let of_it: Vec<_> = held
        .all("d")
        .map(|inner| (inner.text(), inner.xsi_type(), inner.inner().count()))
        .collect();
    assert_eq!(of_it, [("1", None, 0), ("", Some("E"), 1)]);
    assert!(held.first("g").is_none());
    assert_eq!(
        operation
            .argument("_this")
            .and_then(|this| this.type_name()),
        Some("B")
    );
}

#[test]
fn what_is_not_exactly_one_call_is_refused_with_the_reason() {
    let call = r#"<CurrentTime xmlns="urn:vim25"/>"#;
    let table = [
        ("", "not a SOAP envelope"),
        ("no XML", "not well-formed"),
        ("<html/>", "not a SOAP envelope"),
        (&envelope(""), "holds no call"),
        (&envelope("text"), "mixes text"),
        (
            &envelope(&format!("{call}<PowerOffVM_Task xmlns=\"urn:vim25\"/>")),
            "more than one call: CurrentTime and PowerOffVM_Task",
        ),
        (&envelope("<CurrentTime/>"), "not of urn:vim25"),
        (
            &envelope(r#"<CurrentTime xmlns="urn:sms"/>"#),
            "not of urn:vim25",
        ),
        (&envelope("<v:CurrentTime/>"), "not well-formed"),
        (
            &format!("{0}{0}", envelope(call).split_off(DECLARATION.len())),
            "not a SOAP envelope",
        ),
        (&format!("{}trailing", envelope(call)), "not well-formed"),
        (
            &envelope(call).replace("</e:Envelope>", ""),
            "not well-formed",
        ),
        (&envelope(call).replace("</e:Body>", ""), "not well-formed"),
        (
            &envelope(call).replace("</e:Body>", "</e:Body><e:Body/>"),
            "one body",
        ),
        (
            &envelope(call).replace("<e:Body>", "<e:Header/><e:Body>"),
            "a SOAP header",
        ),
        (&envelope(call).replace("UTF-8", "UTF-7"), "UTF-8"),
        (
            &envelope(call).replace("<e:Envelope", "<!DOCTYPE x><e:Envelope"),
            "a DOCTYPE",
        ),
        (&envelope(&format!("<!-- -->{call}")), "a comment"),
        (
            &envelope(&format!("<?php?>{call}")),
            "a processing instruction",
        ),
        (
            &envelope(r#"<CurrentTime xmlns="urn:vim25">&x;</CurrentTime>"#),
            "an entity of its own",
        ),
        (
            &envelope(r#"<CurrentTime xmlns="urn:vim25"><_this type="&x;"/></CurrentTime>"#),
            "not well-formed",
        ),
        (
            &envelope(r#"<CurrentTime xmlns="urn:vim25"><_this type="a" type="b"/></CurrentTime>"#),
            "not well-formed",
        ),
        (
            &envelope(
                r#"<CurrentTime xmlns="urn:vim25"><_this>a</_this><_this>b</_this></CurrentTime>"#,
            ),
            "not well-formed",
        ),
        (
            &envelope(r#"<CurrentTime xmlns="urn:vim25"><obj>a<b/></obj></CurrentTime>"#),
            "obj mixes text",
        ),
        (
            &envelope(r#"<CurrentTime xmlns="urn:vim25">a<obj/></CurrentTime>"#),
            "CurrentTime mixes text",
        ),
        (
            &envelope(r#"<CurrentTime xmlns="urn:vim25"><obj xmlns="urn:sms"/></CurrentTime>"#),
            "its element obj is not of urn:vim25",
        ),
        (
            &envelope(r#"<CurrentTime xmlns="urn:vim25"><obj href="a"/></CurrentTime>"#),
            "obj has the attribute href",
        ),
        (
            &envelope(r#"<CurrentTime xmlns="urn:vim25" type="a"/>"#),
            "CurrentTime has the attribute type",
        ),
        (&envelope(&"<a>".repeat(100)), "not of urn:vim25"),
        (
            &envelope(&format!(r#"<a xmlns="urn:vim25">{}"#, "<a>".repeat(100))),
            "deeper than 64",
        ),
        (&format!("\u{feff}{}", envelope(call)), "a byte order mark"),
    ];
    for (body, reason) in table {
        let error = read(body).expect_err(body).to_string();
        assert!(error.contains(reason), "{body}: {error}");
    }
}

#[test]
fn other_encodings_are_refused() {
    let wide: Vec<u8> = envelope("")
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    assert!(Operation::from_body(&wide).is_err());
    let latin = [b"<a>".as_slice(), &[0xe9], b"</a>"].concat();
    assert_eq!(Operation::from_body(&latin), Err(OperationError::Encoding));
}

#[test]
fn debug_shows_no_argument() {
    let body = envelope(r#"<Login xmlns="urn:vim25"><password>s3cret</password></Login>"#);
    let shown = format!("{:?}", read(&body).expect("a call"));
    assert!(
        shown.contains("Login") && !shown.contains("s3cret"),
        "{shown}"
    );
}

#[test]
fn calls_that_change_nothing_are_repeatable_and_others_are_not() {
    for (method, is_repeatable) in [
        ("RetrieveServiceContent", true),
        ("CurrentTime", true),
        ("RetrieveProperties", true),
        ("RetrievePropertiesEx", true),
        ("ContinueRetrievePropertiesEx", false),
        ("CancelRetrievePropertiesEx", false),
        ("CreateContainerView", false),
        ("CreateFilter", false),
        ("DestroyView", false),
        ("Login", false),
        ("Logout", false),
        ("WaitForUpdatesEx", false),
    ] {
        let call = Operation::host_call(method, Reference::default()).call();
        assert_eq!(call.is_repeatable, is_repeatable, "{method}");
    }
}
