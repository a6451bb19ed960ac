use std::time::Duration;

use http::StatusCode;
use http::request::Parts;

use super::{Admitted, Handles, Methods, Readable, Rules, Vsphere};
use crate::gateway::protocol::Effect as _;
use crate::gateway::{Cause, Diagnosis};

mod bodies;
mod handles;
mod reads;

const MANAGER: &str = r#"<_this type="SessionManager">SessionManager</_this>"#;
const COLLECTOR: &str = r#"<_this type="PropertyCollector">propertyCollector</_this>"#;
const INSTANCE: &str = r#"<_this type="ServiceInstance">ServiceInstance</_this>"#;
const VIEW: &str = "session[52a]52b";
const HEADERS: [(&str, &str); 2] = [
    ("content-type", "text/xml; charset=utf-8"),
    ("soapaction", "\"urn:vim25/8.0.3.0\""),
];

fn envelope(body: &str) -> String {
    format!(
        r#"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><e:Body>{body}</e:Body></e:Envelope>"#
    )
}

fn call(method: &str, arguments: &str) -> String {
    envelope(&format!(
        r#"<{method} xmlns="urn:vim25">{arguments}</{method}>"#
    ))
}

/// A retrieval of `filter`.
fn retrieve(filter: &str) -> String {
    let arguments = format!(
        "{COLLECTOR}<specSet>{filter}</specSet><options><maxObjects>1000</maxObjects></options>"
    );
    call("RetrievePropertiesEx", &arguments)
}

fn property_set(type_name: &str, paths: &[&str]) -> String {
    let paths: String = paths
        .iter()
        .map(|path| format!("<pathSet>{path}</pathSet>"))
        .collect();
    format!("<propSet><type>{type_name}</type><all>false</all>{paths}</propSet>")
}

fn object(type_name: &str, id: &str) -> String {
    format!(r#"<objectSet><obj type="{type_name}">{id}</obj><skip>false</skip></objectSet>"#)
}

fn head(method: &str, url: &str, headers: &[(&str, &str)]) -> Parts {
    let builder = http::Request::builder().method(method).uri(url);
    let builder = headers.iter().fold(builder, |builder, (name, value)| {
        builder.header(*name, *value)
    });
    builder.body(()).expect("a request").into_parts().0
}

/// A run of the reading methods.
#[derive(Default)]
struct Run {
    methods: Methods,
    readable: Readable,
    handles: Handles,
    logs_in: bool,
}

impl Run {
    fn logging_in() -> Self {
        Run {
            logs_in: true,
            ..Run::default()
        }
    }

    fn admit(&self, head: &Parts, body: &str) -> Result<Option<Admitted>, Diagnosis> {
        let rules = Rules {
            methods: self.methods.clone(),
            readable: self.readable.clone(),
            logs_in: self.logs_in,
            tags: false,
        };
        Vsphere::from_path("/sdk").admit(head, body.as_bytes(), &rules, &self.handles)
    }

    fn post(&self, body: &str) -> Result<Admitted, Diagnosis> {
        let head = head("POST", "https://vc.lan/sdk", &HEADERS);
        let admitted = self.admit(&head, body)?;
        Ok(admitted.expect("a call"))
    }

    /// Makes a call that is answered by `result`.
    fn answered(&self, body: &str, result: &str) {
        let mut admitted = self.post(body).expect("admitted");
        admitted.effect.answered(StatusCode::OK);
        let reply = envelope(&format!("<R>{result}</R>"));
        admitted.effect.receive(reply.as_bytes());
    }

    /// Makes the container view [`VIEW`].
    fn with_view(self) -> Self {
        let body = call("CreateContainerView", CREATE_VIEW);
        let result = format!(r#"<returnval type="ContainerView">{VIEW}</returnval>"#);
        self.answered(&body, &result);
        self
    }

    fn denial(&self, body: &str) -> String {
        denial(self.post(body).map(Some))
    }
}

const CREATE_VIEW: &str = r#"<_this type="ViewManager">ViewManager</_this><container type="Folder">group-d1</container><type>VirtualMachine</type><type>HostSystem</type><recursive>true</recursive>"#;

fn denial(admitted: Result<Option<Admitted>, Diagnosis>) -> String {
    let diagnosis = admitted.expect_err("denied");
    assert_eq!(diagnosis.cause, Cause::Denied);
    diagnosis.message
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
        let message = Run::logging_in().denial(&call(method, this));
        assert!(message.contains(&format!("called {method},")), "{message}");
    }
}

#[test]
fn a_body_that_is_not_one_call_is_denied() {
    let two = call("CurrentTime", "").replace(
        "</e:Body>",
        r#"<PowerOffVM_Task xmlns="urn:vim25"/></e:Body>"#,
    );
    let run = Run::logging_in();
    let message = run.denial(&two);
    assert!(
        message.contains("CurrentTime and PowerOffVM_Task"),
        "{message}"
    );
    assert!(run.denial("not a call").contains("not one call"));
}

#[test]
fn login_and_logout_are_for_collectors_that_hold_the_credential() {
    let user = "<userName>a</userName><password>b</password>";
    for (method, arguments) in [("Login", user), ("Logout", "")] {
        let body = |this: &str| call(method, &format!("{this}{arguments}"));
        assert!(Run::logging_in().post(&body(MANAGER)).is_ok());
        let message = Run::default().denial(&body(MANAGER));
        assert!(message.contains("--credentials-to-guest"), "{message}");
        let message = Run::logging_in().denial(&body(COLLECTOR));
        assert!(message.contains("which is not SessionManager"), "{message}");
        let message = Run::logging_in().denial(&body(""));
        assert!(message.contains("without <_this>"), "{message}");
    }
}

#[test]
fn other_paths_methods_and_queries_are_denied() {
    let run = Run::logging_in();
    let sound = call("CurrentTime", INSTANCE);
    for (method, url) in [
        ("GET", "https://vc.lan/sdk"),
        ("PUT", "https://vc.lan/sdk"),
        ("DELETE", "https://vc.lan/sdk"),
        ("POST", "https://vc.lan/"),
        ("POST", "https://vc.lan/sdk/"),
        ("POST", "https://vc.lan//sdk"),
        ("POST", "https://vc.lan/sdk?x"),
        ("POST", "https://vc.lan/SDK"),
        ("POST", "https://vc.lan/%73dk"),
        ("POST", "https://vc.lan/rest/com/vmware/cis/session"),
        ("GET", "https://vc.lan/folder?dcPath=DC0"),
        ("GET", "https://vc.lan/sdk/vimServiceVersions.xml"),
        ("POST", "https://vc.lan/sdk/vimServiceVersions.xml"),
    ] {
        let message = denial(run.admit(&head(method, url, &HEADERS), &sound));
        assert!(
            message.contains(&format!("asked for {method} /")),
            "{message}"
        );
    }
    let versions = head("GET", "https://vc.lan/sdk/vimServiceVersions.xml", &[]);
    assert!(matches!(run.admit(&versions, ""), Ok(None)));
}

#[test]
fn a_content_type_or_coding_that_no_collector_sends_is_denied() {
    let run = Run::default();
    let sound = call("CurrentTime", INSTANCE);
    let admit = |kinds: &[(&str, &str)]| {
        let action = HEADERS[1..].iter().chain(kinds).copied();
        let headers: Vec<_> = action.collect();
        run.admit(&head("POST", "https://vc.lan/sdk", &headers), &sound)
    };
    for kind in ["text/xml; charset=utf-8", "text/xml; charset=UTF-8"] {
        assert!(admit(&[("content-type", kind)]).is_ok(), "{kind}");
    }
    let xml = ("content-type", "text/xml; charset=utf-8");
    for (headers, expected) in [
        ([("content-type", "text/xml")].as_slice(), "as text/xml;"),
        (&[("content-type", "text/xml; charset=utf-7")], "utf-7"),
        (&[("content-type", "text/xml;charset=utf-16")], "utf-16"),
        (
            &[("content-type", "text/xml; charset=utf-8; action=x")],
            "action=x",
        ),
        (&[("content-type", "application/soap+xml")], "soap+xml"),
        (&[("content-type", "multipart/related")], "multipart"),
        (&[], "without content-type"),
        (&[xml, xml], "more than one content-type"),
        (&[xml, ("content-encoding", "gzip")], "coding"),
        (&[xml, ("content-encoding", "identity")], "coding"),
    ] {
        let message = denial(admit(headers));
        assert!(message.contains(expected), "{headers:?}: {message}");
    }
}

#[test]
fn a_soapaction_that_no_collector_sends_is_denied() {
    let run = Run::default();
    let sound = call("CurrentTime", INSTANCE);
    let admit = |actions: &[&str]| {
        let actions = actions.iter().map(|action| ("soapaction", *action));
        let headers: Vec<_> = HEADERS[..1].iter().copied().chain(actions).collect();
        run.admit(&head("POST", "https://vc.lan/sdk", &headers), &sound)
    };
    for action in [
        "\"urn:vim25\"",
        "\"urn:vim25/8.0.3.0\"",
        "\"urn:vim25/6.5\"",
    ] {
        assert!(admit(&[action]).is_ok(), "{action}");
    }
    for action in [
        "",
        "\"\"",
        "urn:vim25",
        "urn:vim25/8.0",
        "\"urn:vim25/\"",
        "\"urn:vim25/8.0.\"",
        "\"urn:vim25/8.0;x\"",
        "\"urn:vim25/unreleased\"",
        "\"urn:internalvim25/8.0\"",
        "\"urn:vim25/8.0\" \"urn:vim25\"",
        "\"urn:vim25/88888888888888888888888888888888\"",
        "PowerOffVM_Task",
    ] {
        let message = denial(admit(&[action]));
        assert!(message.contains("soapaction"), "{action}: {message}");
    }
    let twice = denial(admit(&["\"urn:vim25\"", "\"urn:vim25\""]));
    assert!(twice.contains("more than one soapaction"), "{twice}");
    let none = denial(admit(&[]));
    assert!(none.contains("without soapaction"), "{none}");
}

#[test]
fn the_list_of_methods_is_the_policys() {
    let run = Run {
        methods: Methods::only(["CurrentTime", "QueryPerf"]),
        ..Run::default()
    };
    assert!(run.post(&call("CurrentTime", INSTANCE)).is_ok());
    assert!(
        run.denial(&retrieve(""))
            .contains("called RetrievePropertiesEx,")
    );
}

/// 42-live §1
#[test]
fn a_wait_says_how_long_it_is_and_is_given_that_and_a_margin() {
    let run = Run::default();
    let wait = |options: &str| call("WaitForUpdatesEx", &format!("{COLLECTOR}{options}"));
    let bounded = |seconds: &str| {
        wait(&format!(
            "<version>3</version><options><maxWaitSeconds>{seconds}</maxWaitSeconds><maxObjectUpdates>1000</maxObjectUpdates></options>"
        ))
    };
    for (seconds, first_byte) in [("0", 30), ("60", 90), ("240", 270)] {
        let admitted = run.post(&bounded(seconds)).expect(seconds);
        assert_eq!(admitted.first_byte, Some(Duration::from_secs(first_byte)));
    }
    for seconds in ["241", "99999999999999999999", "-1", "", "60.5", "1e2"] {
        let message = run.denial(&bounded(seconds));
        assert!(message.contains("maxWaitSeconds"), "{seconds}: {message}");
    }
    for options in ["", "<version/>", "<options/>"] {
        let message = run.denial(&wait(options));
        assert!(message.contains("without <"), "{options}: {message}");
    }
    let other = run.post(&call("CurrentTime", INSTANCE)).expect("admitted");
    assert_eq!(other.first_byte, None);
}

/// 42-live §1
#[test]
fn one_call_waits_at_a_collector_at_a_time() {
    let run = Run::default();
    let wait = |collector: &str| {
        let this = format!(r#"<_this type="PropertyCollector">{collector}</_this>"#);
        let options = "<options><maxWaitSeconds>60</maxWaitSeconds></options>";
        call("WaitForUpdatesEx", &format!("{this}{options}"))
    };
    let waiting = run.post(&wait("pc-1")).expect("admitted");
    let message = run.denial(&wait("pc-1"));
    assert!(message.contains("waits already"), "{message}");
    assert!(run.denial(&wait(" pc-1 ")).contains("waits already"));
    let elsewhere = run.post(&wait("pc-2")).expect("admitted");
    drop(waiting);
    assert!(run.post(&wait("pc-1")).is_ok());
    drop(elsewhere);
}
