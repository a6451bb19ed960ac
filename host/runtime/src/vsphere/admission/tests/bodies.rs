//! A body holds what its method takes.

use super::{COLLECTOR, CREATE_VIEW, INSTANCE, Methods, Run, call, envelope, object, property_set};

const POWER_OFF: &str =
    r#"<PowerOffVM_Task><_this type="VirtualMachine">vm-1</_this></PowerOffVM_Task>"#;

#[test]
fn each_method_is_admitted_as_the_collector_and_the_watcher_call_it() {
    let run = Run::default().with_view();
    run.answered(
        &call(
            "CreateFilter",
            &format!(
                "{COLLECTOR}<spec>{}{}</spec><partialUpdates>false</partialUpdates>",
                property_set("VirtualMachine", &["name"]),
                object("ContainerView", super::VIEW)
            ),
        ),
        r#"<returnval type="PropertyFilter">filter-1</returnval>"#,
    );
    run.answered(
        &call("CreatePropertyCollector", COLLECTOR),
        r#"<returnval type="PropertyCollector">pc-1</returnval>"#,
    );
    let filter = property_set("VirtualMachine", &["name"]) + &object("VirtualMachine", "vm-1");
    run.answered(
        &super::retrieve(&filter),
        "<returnval><token>7</token></returnval>",
    );
    let token = format!("{COLLECTOR}<token>7</token>");
    let mut called: Vec<&str> = Vec::new();
    for (method, arguments) in [
        ("RetrieveServiceContent", INSTANCE),
        ("CurrentTime", INSTANCE),
        ("CreateContainerView", CREATE_VIEW),
        (
            "RetrieveProperties",
            &format!("{COLLECTOR}<specSet>{filter}</specSet>"),
        ),
        (
            "RetrievePropertiesEx",
            &format!(
                "{COLLECTOR}<specSet>{filter}<reportMissingObjectsInResults>true</reportMissingObjectsInResults></specSet><options><maxObjects>1</maxObjects></options>"
            ),
        ),
        ("ContinueRetrievePropertiesEx", &token),
        ("CancelRetrievePropertiesEx", &token),
        ("CreatePropertyCollector", COLLECTOR),
        (
            "CreateFilter",
            &format!("{COLLECTOR}<spec>{filter}</spec><partialUpdates>false</partialUpdates>"),
        ),
        (
            "WaitForUpdatesEx",
            &format!("{COLLECTOR}<version/><options><maxWaitSeconds>60</maxWaitSeconds></options>"),
        ),
        ("CancelWaitForUpdates", COLLECTOR),
        (
            "DestroyPropertyFilter",
            r#"<_this type="PropertyFilter">filter-1</_this>"#,
        ),
        (
            "DestroyPropertyCollector",
            r#"<_this type="PropertyCollector">pc-1</_this>"#,
        ),
        (
            "DestroyView",
            &format!(r#"<_this type="ContainerView">{}</_this>"#, super::VIEW),
        ),
    ] {
        let admitted = run.post(&call(method, arguments)).expect(method);
        assert_eq!(admitted.operation.method, method);
        called.push(method);
    }
    called.sort_unstable();
    let methods = Methods::default();
    assert_eq!(called, methods.names().collect::<Vec<_>>());
}

#[test]
fn a_call_within_the_arguments_of_another_is_denied_wherever_it_stands() {
    let run = Run::default().with_view();
    let spec = property_set("VirtualMachine", &["name"]) + &object("VirtualMachine", "vm-1");
    let view = CREATE_VIEW.replace("<recursive>", &format!("{POWER_OFF}<recursive>"));
    let nested = |inner: &str| format!("{COLLECTOR}<specSet>{inner}</specSet><options/>");
    let in_options = format!("{COLLECTOR}<specSet>{spec}</specSet><options>{POWER_OFF}</options>");
    for (method, arguments) in [
        ("CurrentTime", format!("{INSTANCE}{POWER_OFF}")),
        ("CurrentTime", format!("{POWER_OFF}{INSTANCE}")),
        ("RetrieveServiceContent", format!("{INSTANCE}{POWER_OFF}")),
        ("CreateContainerView", view),
        (
            "RetrievePropertiesEx",
            nested(&format!("{POWER_OFF}{spec}")),
        ),
        (
            "RetrievePropertiesEx",
            nested(&format!("{spec}{POWER_OFF}")),
        ),
        (
            "RetrievePropertiesEx",
            nested(&spec.replace("</propSet>", &format!("{POWER_OFF}</propSet>"))),
        ),
        (
            "RetrievePropertiesEx",
            nested(&spec.replace("</objectSet>", &format!("{POWER_OFF}</objectSet>"))),
        ),
        ("RetrievePropertiesEx", in_options),
        (
            "DestroyView",
            format!(
                r#"<_this type="ContainerView">{}</_this>{POWER_OFF}"#,
                super::VIEW
            ),
        ),
    ] {
        let message = run.denial(&call(method, &arguments));
        let expected = format!("called {method} with <PowerOffVM_Task>, a call within the call");
        assert!(message.contains(&expected), "{message}");
    }
    let within = call(
        "CurrentTime",
        &format!(r#"<_this type="ServiceInstance">{POWER_OFF}</_this>"#),
    );
    assert!(run.denial(&within).contains("elements in <_this>"));
}

/// Of a method that a policy adds, the form is not known.
#[test]
fn of_a_method_that_a_policy_adds_a_call_within_it_is_denied_too() {
    let run = Run {
        methods: Methods::only(["QueryPerf"]),
        ..Run::default()
    };
    let this = r#"<_this type="PerformanceManager">PerfMgr</_this>"#;
    let inner = r#"<querySpec><entity type="VirtualMachine">vm-1</entity><maxSample>1</maxSample></querySpec>"#;
    assert!(
        run.post(&call("QueryPerf", &format!("{this}{inner}")))
            .is_ok()
    );
    for inner in [
        POWER_OFF.to_owned(),
        format!("<querySpec>{POWER_OFF}</querySpec>"),
        r#"<querySpec xsi:type="PowerOffVMRequestType"/>"#.to_owned(),
    ] {
        let message = run.denial(&call("QueryPerf", &format!("{this}{inner}")));
        assert!(message.contains("a call within the call"), "{message}");
    }
    let manager = r#"<querySpec><entity type="SessionManager">x</entity></querySpec>"#;
    let message = run.denial(&call("QueryPerf", &format!("{this}{manager}")));
    assert!(message.contains("session manager"), "{message}");
}

#[test]
fn elements_are_those_of_the_method_in_their_order_and_number() {
    let run = Run::default();
    let set = property_set("VirtualMachine", &["name"]);
    let objects = object("VirtualMachine", "vm-1");
    let retrieve = |spec: &str, rest: &str| {
        call(
            "RetrievePropertiesEx",
            &format!("{COLLECTOR}<specSet>{spec}</specSet>{rest}"),
        )
    };
    let options = "<options><maxObjects>1</maxObjects></options>";
    for (body, expected) in [
        (call("CurrentTime", ""), "without <_this>"),
        (
            call("CurrentTime", &format!("{INSTANCE}<x/>")),
            "with <x>, which it does not take",
        ),
        (
            call("CurrentTime", &format!("{INSTANCE}<id/>")),
            "with <id>, which it does not take",
        ),
        (
            call("CurrentTime", COLLECTOR),
            "of the type PropertyCollector, which is not ServiceInstance",
        ),
        (
            call("CurrentTime", "<_this>ServiceInstance</_this>"),
            "with <_this> of the type none",
        ),
        (
            call("CurrentTime", r#"<_this type="ServiceInstance"/>"#),
            "names no object",
        ),
        (
            call("CreateContainerView", &CREATE_VIEW.replace("true", "yes")),
            "neither true nor false",
        ),
        (
            call(
                "CreateContainerView",
                &CREATE_VIEW.replace("<recursive>true</recursive>", ""),
            ),
            "without <recursive>",
        ),
        (
            call(
                "CreateContainerView",
                &CREATE_VIEW
                    .replace("<recursive>", "<type>Folder</type><recursive>")
                    .replace(
                        "<type>HostSystem</type><type>Folder</type><recursive>true</recursive>",
                        "<recursive>true</recursive><type>Folder</type>",
                    ),
            ),
            "<type> too often or out of its order",
        ),
        (
            call("RetrievePropertiesEx", &format!("<specSet/>{COLLECTOR}")),
            "without <_this>",
        ),
        (call("RetrievePropertiesEx", COLLECTOR), "without <specSet>"),
        (
            retrieve(&format!("{set}{objects}"), ""),
            "without <options>",
        ),
        (retrieve(&set, options), "without <objectSet>"),
        (retrieve(&objects, options), "without <propSet>"),
        (
            retrieve(&format!("{objects}{set}"), options),
            "without <propSet>",
        ),
        (
            retrieve(&format!("{set}{objects}{set}"), options),
            "<propSet> too often or out of its order",
        ),
        (
            retrieve(&format!("{set}{objects}"), "<options/><options/>"),
            "<options> too often",
        ),
        (
            retrieve(
                &format!("{set}{objects}"),
                "<options><maxObjects>-1</maxObjects></options>",
            ),
            "<maxObjects> that is no number",
        ),
        (
            retrieve(&format!("{set}{objects}"), "<options>text</options>"),
            "text in <options>",
        ),
        (
            retrieve(
                &format!("{set}{objects}"),
                r#"<options xsi:type="RetrieveOptions"/>"#,
            ),
            "of the type RetrieveOptions, which it does not take",
        ),
        (
            retrieve(
                &format!("{set}{objects}").replace("<skip>", r#"<skip type="x">"#),
                options,
            ),
            "<skip> of the type x",
        ),
        (
            retrieve(
                &format!("{set}{objects}").replace("<pathSet>name", "<pathSet><b/>"),
                options,
            ),
            "elements in <pathSet>",
        ),
        (
            retrieve(
                &format!("{set}{objects}").replace(r#" type="VirtualMachine""#, ""),
                options,
            ),
            "<obj> without its type",
        ),
    ] {
        let message = run.denial(&body);
        assert!(message.contains(expected), "{expected}: {message}");
    }
}

#[test]
fn other_attributes_and_namespaces_are_denied() {
    let run = Run::default();
    for (body, expected) in [
        (
            call(
                "CurrentTime",
                &INSTANCE.replace("<_this", r#"<_this serverGuid="x""#),
            ),
            "attribute serverGuid",
        ),
        (
            call(
                "CurrentTime",
                &INSTANCE.replace("<_this", r#"<_this xsi:nil="true""#),
            ),
            "attribute xsi:nil",
        ),
        (
            call(
                "CurrentTime",
                &INSTANCE.replace("<_this", r#"<_this xmlns="""#),
            ),
            "not of urn:vim25",
        ),
        (
            call(
                "CurrentTime",
                &format!(r#"{INSTANCE}<x:a xmlns:x="urn:x"/>"#),
            ),
            "not of urn:vim25",
        ),
        (
            envelope(r#"<CurrentTime xmlns="urn:vim25" xsi:type="PowerOffVMRequestType"/>"#),
            "attribute xsi:type",
        ),
        (
            call("CurrentTime", INSTANCE).replace("<e:Body", r#"<e:Body e:encodingStyle="x""#),
            "attribute e:encodingStyle",
        ),
    ] {
        let message = run.denial(&body);
        assert!(message.contains(expected), "{expected}: {message}");
    }
}
