use http::request::Parts;

use super::{Methods, Vsphere};
use crate::gateway::diagnosis::{Cause, Diagnosis};
use crate::gateway::operation::Operation;

const MANAGER: &str = r#"<_this type="SessionManager">SessionManager</_this>"#;
const COLLECTOR: &str = r#"<_this type="PropertyCollector">propertyCollector</_this>"#;

fn call(method: &str, arguments: &str) -> String {
    format!(
        r#"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><{method} xmlns="urn:vim25">{arguments}</{method}></e:Body></e:Envelope>"#
    )
}

fn head(method: &str, url: &str, headers: &[(&str, &str)]) -> Parts {
    let builder = http::Request::builder().method(method).uri(url);
    let builder = headers.iter().fold(builder, |builder, (name, value)| {
        builder.header(*name, *value)
    });
    builder.body(()).expect("a request").into_parts().0
}

fn post(body: &str, logs_in: bool) -> Result<Option<Operation>, Diagnosis> {
    let head = head("POST", "https://vc.lan/sdk", &[]);
    Vsphere::of_path("").admit(&head, body.as_bytes(), &Methods::default(), logs_in)
}

fn denial(admitted: Result<Option<Operation>, Diagnosis>) -> String {
    let diagnosis = admitted.expect_err("denied");
    assert_eq!(diagnosis.cause, Cause::Denied);
    diagnosis.message
}

#[test]
fn reading_calls_pass_and_are_named() {
    for method in Methods::default().names() {
        let operation = post(&call(method, COLLECTOR), false).expect(method);
        assert_eq!(operation.expect("a call").method, method);
    }
}

#[test]
fn a_call_that_changes_something_is_denied_by_its_name() {
    let this = r#"<_this type="VirtualMachine">vm-1</_this>"#;
    for method in [
        "PowerOffVM_Task",
        "Destroy_Task",
        "retrieveproperties",
        "CloneSession",
    ] {
        let message = denial(post(&call(method, this), true));
        assert!(message.contains(&format!("called {method},")), "{message}");
    }
}

#[test]
fn a_body_that_is_not_one_call_is_denied() {
    let two = call("CurrentTime", "").replace(
        "</e:Body>",
        r#"<PowerOffVM_Task xmlns="urn:vim25"/></e:Body>"#,
    );
    let message = denial(post(&two, true));
    assert!(
        message.contains("CurrentTime and PowerOffVM_Task"),
        "{message}"
    );
    assert!(denial(post("not a call", true)).contains("not one call"));
}

#[test]
fn login_and_logout_are_for_collectors_that_hold_the_credential() {
    for method in ["Login", "Logout"] {
        assert!(post(&call(method, MANAGER), true).is_ok());
        let message = denial(post(&call(method, MANAGER), false));
        assert!(message.contains("--credentials-to-guest"), "{message}");
        assert!(denial(post(&call(method, COLLECTOR), true)).contains("no session manager"));
        assert!(post(&call(method, ""), true).is_err());
    }
}

#[test]
fn nothing_leads_to_the_session_manager() {
    let object_set = |inner: &str| {
        call(
            "RetrievePropertiesEx",
            &format!("{COLLECTOR}<specSet><objectSet>{inner}</objectSet></specSet>"),
        )
    };
    for body in [
        object_set(r#"<obj type="SessionManager">sm-7</obj>"#),
        object_set(r#"<obj type="Folder">SessionManager</obj>"#),
        object_set("<obj>ha-sessionmgr</obj>"),
        object_set(
            r#"<obj type="ServiceInstance">ServiceInstance</obj><selectSet><type>ServiceInstance</type><path> content.sessionManager </path></selectSet>"#,
        ),
        object_set("<selectSet><path>content</path></selectSet>"),
        call(
            "RetrieveProperties",
            &format!(
                "{COLLECTOR}<specSet><propSet><type>SessionManager</type><all>true</all></propSet></specSet>"
            ),
        ),
        call("CurrentTime", MANAGER),
    ] {
        for logs_in in [true, false] {
            let message = denial(post(&body, logs_in));
            assert!(message.contains("session manager"), "{message}");
        }
    }
}

#[test]
fn other_paths_methods_and_queries_are_denied() {
    let admit = |method: &str, url: &str, body: &str| {
        let head = head(method, url, &[]);
        Vsphere::of_path("/sdk").admit(&head, body.as_bytes(), &Methods::default(), true)
    };
    let sound = call("CurrentTime", "");
    for (method, url) in [
        ("GET", "https://vc.lan/sdk"),
        ("PUT", "https://vc.lan/sdk"),
        ("DELETE", "https://vc.lan/sdk"),
        ("POST", "https://vc.lan/"),
        ("POST", "https://vc.lan/sdk/"),
        ("POST", "https://vc.lan/sdk?x"),
        ("POST", "https://vc.lan/SDK"),
        ("POST", "https://vc.lan/rest/com/vmware/cis/session"),
        ("GET", "https://vc.lan/folder?dcPath=DC0"),
        ("GET", "https://vc.lan/sdk/vimServiceVersions.xml"),
        ("POST", "https://vc.lan/sdk/vimServiceVersions.xml"),
    ] {
        let message = denial(admit(method, url, &sound));
        assert!(
            message.contains(&format!("asked for {method} /")),
            "{message}"
        );
    }
    let versions = admit("GET", "https://vc.lan/sdk/vimServiceVersions.xml", "");
    assert_eq!(versions, Ok(None));
}

#[test]
fn headers_that_make_another_body_of_it_are_denied() {
    let admit = |headers: &[(&str, &str)]| {
        let head = head("POST", "https://vc.lan/sdk", headers);
        let body = call("CurrentTime", "");
        Vsphere::of_path("/sdk").admit(&head, body.as_bytes(), &Methods::default(), true)
    };
    for sound in [
        "text/xml",
        "text/xml; charset=utf-8",
        "text/xml; charset=\"UTF-8\"; action=x",
    ] {
        assert!(admit(&[("content-type", sound)]).is_ok(), "{sound}");
    }
    for headers in [
        [("content-type", "text/xml; charset=utf-7")].as_slice(),
        &[("content-type", "text/xml;charset=utf-16")],
        &[("content-type", "text/xml"), ("content-type", "text/xml")],
        &[("content-encoding", "gzip")],
    ] {
        assert!(
            denial(admit(headers)).contains("plain UTF-8"),
            "{headers:?}"
        );
    }
}

#[test]
fn the_list_of_methods_is_the_policys() {
    let head = head("POST", "https://vc.lan/sdk", &[]);
    let methods = Methods::only(["CurrentTime"]);
    let admit = |body: &str| Vsphere::of_path("").admit(&head, body.as_bytes(), &methods, false);
    assert!(admit(&call("CurrentTime", "")).is_ok());
    assert!(admit(&call("RetrievePropertiesEx", COLLECTOR)).is_err());
}
