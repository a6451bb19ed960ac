//! Calls of the vSphere API that are not a collector's to make.

use serde_json::{Value, json};
use stocktake_tests::hostile::{self, Ran};
use stocktake_tests::server::{self, Simulated};

use crate::hostile::{CAGE, assert_refused};

const COLLECTOR: &str = r#"<_this type="PropertyCollector">propertyCollector</_this>"#;
const INSTANCE: &str = r#"<_this type="ServiceInstance">ServiceInstance</_this>"#;
const VIEWS: &str =
    r#"<_this type="ViewManager">ViewManager</_this><container type="Folder">group-d1</container>"#;
const POWER_OFF: &str =
    r#"<PowerOffVM_Task><_this type="VirtualMachine">vm-1</_this></PowerOffVM_Task>"#;

fn call(method: &str, arguments: &str) -> String {
    format!(r#"<{method} xmlns="urn:vim25">{arguments}</{method}>"#)
}

/// A retrieval of one property of one object.
fn read(type_name: &str, path: &str, id: &str) -> String {
    let filter = format!(
        r#"<propSet><type>{type_name}</type><all>false</all><pathSet>{path}</pathSet></propSet><objectSet><obj type="{type_name}">{id}</obj></objectSet>"#
    );
    let options = "<options><maxObjects>1</maxObjects></options>";
    call(
        "RetrievePropertiesEx",
        &format!("{COLLECTOR}<specSet>{filter}</specSet>{options}"),
    )
}

/// Lets a guest make the call, with `config` besides, in either session.
fn make(simulated: &Simulated, call: &str, config: &Value) -> [Ran; 2] {
    let mut request = hostile::request(&simulated.server, "calls-as-instructed");
    let settings = &mut request["source"]["config"];
    settings["call"] = call.into();
    for (key, value) in config.as_object().into_iter().flatten() {
        settings[key] = value.clone();
    }
    [false, true].map(|is_own| {
        let policy = hostile::policy(&simulated.server, &request);
        CAGE.run_under(&request, &policy.with_credentials_to_guest(is_own))
    })
}

/// It is denied by these words, and not even the host's login leaves, which only a call that is
/// admitted needs.
fn assert_denied(simulated: &Simulated, call: &str, config: &Value, expected: &str) {
    for ran in make(simulated, call, config) {
        assert_refused(call, &ran, "EGRESS_DENIED");
        let message = &ran.outcome.errors[0].message;
        assert!(message.contains(expected), "{expected}: {message}");
    }
    assert_eq!(simulated.simulator.counters().requests, 0, "{call}");
}

#[test]
fn a_guest_that_calls_as_a_collector_does_is_answered() {
    let simulated = server::simulator(&[]);
    let [brokered, _] = make(&simulated, &call("CurrentTime", INSTANCE), &json!({}));
    assert!(
        brokered.outcome.proof().is_some(),
        "{:?}",
        brokered.outcome.errors
    );
    assert!(simulated.simulator.counters().requests > 0);
}

/// BY-15
#[test]
fn a_guest_that_reads_what_can_hold_secrets_is_denied_by_type_and_path() {
    let simulated = server::simulator(&[]);
    for (type_name, path, id) in [
        ("EventManager", "latestEvent", "EventManager"),
        ("EventHistoryCollector", "latestPage", "session[1]2"),
        ("OptionManager", "setting", "VpxSettings"),
        (
            "CustomizationSpecManager",
            "info",
            "CustomizationSpecManager",
        ),
        ("LicenseManager", "licenses", "LicenseManager"),
        ("ExtensionManager", "extensionList", "ExtensionManager"),
        (
            "ServiceInstance",
            "content.sessionManager",
            "ServiceInstance",
        ),
        ("VirtualMachine", "config", "vm-1"),
        ("VirtualMachine", "config.extraConfig", "vm-1"),
        ("VirtualMachine", "config.vAppConfig", "vm-1"),
        ("VirtualMachine", "config.hardware", "vm-1"),
        ("VirtualMachine", "config.bootOptions", "vm-1"),
        ("VirtualMachine", "snapshot", "vm-1"),
        ("VirtualMachine", "guest", "vm-1"),
        ("HostSystem", "config", "host-1"),
        ("HostSystem", "config.option", "host-1"),
        // CHAP secrets of iSCSI adapters.
        (
            "HostSystem",
            "config.storageDevice.hostBusAdapter",
            "host-1",
        ),
        ("HostSystem", "config.storageDevice", "host-1"),
        ("HostSystem", "licensableResource", "host-1"),
        ("ClusterComputeResource", "configurationEx", "domain-c1"),
        (
            "ClusterComputeResource",
            "configuration.dasConfig",
            "domain-c1",
        ),
        ("VirtualApp", "vAppConfig", "resgroup-v1"),
        ("ResourcePool", "config", "resgroup-1"),
        ("CustomFieldsManager", "value", "CustomFieldsManager"),
        ("HostStorageSystem", "storageDeviceInfo", "storageSystem-1"),
    ] {
        let message = format!("asked for {type_name}.{path}, which this run may not read");
        assert_denied(&simulated, &read(type_name, path, id), &json!({}), &message);
    }
    let sessions = read("SessionManager", "sessionList", "SessionManager");
    assert_denied(&simulated, &sessions, &json!({}), "for the session manager");
    let all = read("VirtualMachine", "name", "vm-1").replace("<all>false", "<all>true");
    assert_denied(
        &simulated,
        &all,
        &json!({}),
        "all properties of VirtualMachine",
    );
    let along = read("VirtualMachine", "name", "vm-1").replace(
        "</objectSet>",
        r#"<selectSet xsi:type="TraversalSpec"><type>VirtualMachine</type><path>environmentBrowser</path></selectSet></objectSet>"#,
    );
    assert_denied(
        &simulated,
        &along,
        &json!({}),
        "along VirtualMachine.environmentBrowser",
    );
    let view = format!("{VIEWS}<type>ManagedEntity</type><recursive>true</recursive>");
    let view = call("CreateContainerView", &view);
    assert_denied(&simulated, &view, &json!({}), "a view of ManagedEntity");
}

#[test]
fn a_guest_that_hides_a_call_in_another_is_denied() {
    let simulated = server::simulator(&[]);
    let nested = format!("{VIEWS}<type>Folder</type>{POWER_OFF}<recursive>true</recursive>");
    let typed = read("VirtualMachine", "name", "vm-1")
        .replace("<obj ", r#"<obj xsi:type="PowerOffVMRequestType" "#);
    let unknown = call("CurrentTime", &format!("{INSTANCE}<force>true</force>"));
    for (call, expected) in [
        (
            call("CurrentTime", &format!("{INSTANCE}{POWER_OFF}")),
            "a call within the call",
        ),
        (
            call("CreateContainerView", &nested),
            "a call within the call",
        ),
        (typed, "of the type PowerOffVMRequestType"),
        (unknown, "<force>, which it does not take"),
    ] {
        assert_denied(&simulated, &call, &json!({}), expected);
    }
}

#[test]
fn a_guest_that_ends_or_continues_what_is_not_its_own_is_denied() {
    let simulated = server::simulator(&[]);
    let this = |of: &str| format!(r#"<_this type="{of}">session[1]2</_this>"#);
    let token = format!("{COLLECTOR}<token>1</token>");
    for (method, arguments) in [
        ("DestroyView", this("ContainerView")),
        ("DestroyPropertyFilter", this("PropertyFilter")),
        ("DestroyPropertyCollector", this("PropertyCollector")),
        ("ContinueRetrievePropertiesEx", token.clone()),
        ("CancelRetrievePropertiesEx", token),
    ] {
        let message = format!("called {method} for a ");
        assert_denied(&simulated, &call(method, &arguments), &json!({}), &message);
    }
    let view = read("ContainerView", "view", "session[1]2");
    assert_denied(
        &simulated,
        &view,
        &json!({}),
        "that this run did not create",
    );
}

/// 42-live §1
#[test]
fn a_guest_that_waits_without_an_end_is_denied() {
    let simulated = server::simulator(&[]);
    let wait = |options: &str| {
        let arguments = format!("{COLLECTOR}<version/><options>{options}</options>");
        call("WaitForUpdatesEx", &arguments)
    };
    for (options, expected) in [
        ("", "without <maxWaitSeconds>"),
        (
            "<maxWaitSeconds>241</maxWaitSeconds>",
            "from 0 to 240 seconds",
        ),
    ] {
        assert_denied(&simulated, &wait(options), &json!({}), expected);
    }
}

#[test]
fn a_guest_that_speaks_otherwise_than_a_collector_is_denied() {
    let simulated = server::simulator(&[]);
    let call = call("CurrentTime", INSTANCE);
    for (name, value) in [
        ("content-type", "application/soap+xml; charset=utf-8"),
        ("content-type", "text/xml"),
        ("soapaction", "\"urn:vim25/PowerOffVM_Task\""),
        ("soapaction", "urn:vim25"),
        ("content-encoding", "gzip"),
    ] {
        let message = match name {
            "content-encoding" => "coding",
            _ => value,
        };
        let config = json!({"headers": {name: value}});
        assert_denied(&simulated, &call, &config, message);
    }
}

/// The server receives the spelling in the header `host`.
#[test]
fn a_guest_that_spells_the_host_otherwise_is_denied() {
    let simulated = server::simulator(&[]);
    let address = simulated.simulator.address();
    let (host, port) = (address.ip(), address.port());
    assert_eq!(simulated.server.url, format!("https://{host}:{port}"));
    let call = call("CurrentTime", INSTANCE);
    for (authority, expected) in [
        (format!("{host}.:{port}"), "spells"),
        (format!("{host}:0{port}"), "spells"),
        (format!("[::ffff:{host}]:{port}"), "asked for"),
        (format!("2130706433:{port}"), "asked for"),
        (format!("0177.0.0.1:{port}"), "asked for"),
        (format!("localhost:{port}"), "asked for"),
        (format!("{host}"), "asked for"),
    ] {
        let config = json!({"target": format!("https://{authority}/sdk")});
        assert_denied(&simulated, &call, &config, expected);
    }
    // No request at all can be made of these.
    for authority in [format!("user@{host}:{port}"), format!("127%2e0.0.1:{port}")] {
        let config = json!({"target": format!("https://{authority}/sdk")});
        for ran in make(&simulated, &call, &config) {
            assert!(ran.outcome.proof().is_none(), "{authority}");
        }
    }
    assert_eq!(simulated.simulator.counters().requests, 0);
}
