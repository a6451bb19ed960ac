use super::{Fault, fault};

const REPLY: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<soapenv:Body><soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>Not &#97;llowed</faultstring>
<detail><NoPermissionFault xmlns="urn:vim25" xsi:type="NoPermission"><object type="Folder">group-d1</object><privilegeId>System.View</privilegeId></NoPermissionFault></detail>
</soapenv:Fault></soapenv:Body></soapenv:Envelope>"#;

#[test]
fn a_fault_is_read_with_privilege_and_object() {
    let expected = Fault {
        name: "NoPermission".to_owned(),
        message: "Not allowed".to_owned(),
        privilege: Some("System.View".to_owned()),
        object: Some("group-d1".to_owned()),
    };
    assert_eq!(fault(REPLY.as_bytes()), Some(expected));
}

#[test]
fn a_fault_without_a_type_is_named_by_its_element() {
    let reply = REPLY.replace(r#" xsi:type="NoPermission""#, "");
    assert_eq!(
        fault(reply.as_bytes()).expect("a fault").name,
        "NoPermission"
    );
    let bare = REPLY.replace("detail", "other");
    assert_eq!(fault(bare.as_bytes()).expect("a fault").name, "");
}

#[test]
fn a_fault_is_read_wherever_its_body_is_cut_behind_the_name() {
    let named = REPLY.find("<object").expect("a part");
    for end in named..REPLY.len() {
        let cut = fault(&REPLY.as_bytes()[..end]).expect("a fault");
        assert_eq!(cut.name, "NoPermission", "{end}");
    }
}

#[test]
fn what_is_no_fault_has_none() {
    for text in [
        "",
        "<html/>",
        "<Envelope><Body><Fault",
        "<Envelope><Body><LoginResponse>Fault</LoginResponse></Body></Envelope>",
        "\u{0}",
    ] {
        assert_eq!(fault(text.as_bytes()), None, "{text}");
    }
    assert_eq!(fault(&[0xff, 0xfe]), None);
    let deep = "<Envelope>".repeat(100_000);
    assert_eq!(fault(deep.as_bytes()), None);
}

#[test]
fn a_fault_in_json_is_read_by_its_name() {
    let reply = r#" {"_typeName":"NoPermission","faultMessage":[{"message":"Not allowed"}],"object":{"type":"Folder","value":"group-d1"},"privilegeId":"System.View"}"#;
    let wrapped = format!(r#"{{"fault":{reply},"localizedMessage":"Not allowed"}}"#);
    let expected = Fault {
        name: "NoPermission".to_owned(),
        message: "Not allowed".to_owned(),
        privilege: Some("System.View".to_owned()),
        object: Some("group-d1".to_owned()),
    };
    for text in [reply, &wrapped] {
        assert_eq!(fault(text.as_bytes()), Some(expected.clone()));
    }
    assert_eq!(fault(b"{}"), None);
    assert_eq!(fault(b"{\"_typeName\":"), None);
}
