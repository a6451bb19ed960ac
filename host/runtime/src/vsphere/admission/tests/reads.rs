//! BY-15: a collector reads what the profiles read, and nothing else.

use super::{COLLECTOR, Readable, Run, VIEW, call, object, property_set, retrieve};

/// What can hold secrets, by type, path and the object that has it.
const SECRETS: [(&str, &str, &str); 24] = [
    ("SessionManager", "sessionList", "SessionManager"),
    ("SessionManager", "currentSession", "sm-7"),
    ("SessionManager", "currentSession", "ha-sessionmgr"),
    ("EventManager", "latestEvent", "EventManager"),
    ("EventHistoryCollector", "latestPage", "session[1]2"),
    ("OptionManager", "setting", "VpxSettings"),
    (
        "CustomizationSpecManager",
        "info",
        "CustomizationSpecManager",
    ),
    (
        "CustomizationSpecManager",
        "encryptionKey",
        "CustomizationSpecManager",
    ),
    ("LicenseManager", "licenses", "LicenseManager"),
    (
        "LicenseAssignmentManager",
        "all",
        "LicenseAssignmentManager",
    ),
    ("ExtensionManager", "extensionList", "ExtensionManager"),
    ("AlarmManager", "defaultExpression", "AlarmManager"),
    ("TaskManager", "recentTask", "TaskManager"),
    ("AuthorizationManager", "roleList", "AuthorizationManager"),
    ("ServiceInstance", "content", "ServiceInstance"),
    (
        "ServiceInstance",
        "content.sessionManager",
        "ServiceInstance",
    ),
    ("VirtualMachine", "config", "vm-1"),
    ("VirtualMachine", "config.extraConfig", "vm-1"),
    ("VirtualMachine", "config.vAppConfig", "vm-1"),
    ("VirtualMachine", "config.hardware", "vm-1"),
    ("VirtualMachine", "environmentBrowser", "vm-1"),
    ("HostSystem", "config", "host-1"),
    ("HostSystem", "licensableResource", "host-1"),
    ("ManagedEntity", "name", "vm-1"),
];

#[test]
fn what_can_hold_secrets_is_denied_by_type_and_path() {
    for (type_name, path, id) in SECRETS {
        let filter = property_set(type_name, &["name", path]) + &object(type_name, id);
        let of_method =
            |method: &str, arguments: &str| call(method, &format!("{COLLECTOR}{arguments}"));
        let spec = |name: &str| format!("<{name}>{filter}</{name}>");
        let bodies = [
            retrieve(&filter),
            of_method("RetrieveProperties", &spec("specSet")),
            of_method(
                "CreateFilter",
                &format!("{}<partialUpdates>false</partialUpdates>", spec("spec")),
            ),
        ];
        for run in [Run::default(), Run::logging_in()] {
            for body in &bodies {
                let message = run.denial(body);
                if type_name == "SessionManager" {
                    assert!(message.contains("session manager"), "{message}");
                } else {
                    assert!(message.contains(&format!("{type_name}.")), "{message}");
                    assert!(message.contains("[calls.read]"), "{message}");
                }
            }
        }
    }
}

#[test]
fn a_property_is_denied_by_its_path_and_by_what_would_allow_it() {
    let filter = property_set("VirtualMachine", &["name", "config.extraConfig"])
        + &object("VirtualMachine", "vm-1");
    let message = Run::default().denial(&retrieve(&filter));
    let expected = r#"the collector asked for VirtualMachine.config.extraConfig, which this run may not read; a policy allows it by [calls.read] VirtualMachine = ["config.extraConfig"]; do not use this collector"#;
    assert_eq!(message, expected);
}

#[test]
fn each_property_of_the_profiles_is_admitted_and_no_path_around_it() {
    let run = Run::default().with_view();
    let readable = Readable::default();
    let mut count = 0;
    for (type_name, paths) in readable.types() {
        let paths: Vec<&str> = paths.collect();
        let id = if type_name == "ContainerView" {
            VIEW
        } else {
            "id-1"
        };
        let filter = property_set(type_name, &paths) + &object(type_name, id);
        assert!(run.post(&retrieve(&filter)).is_ok(), "{type_name}");
        for path in paths {
            count += 1;
            let above = path.rsplit_once('.').map(|(above, _)| above.to_owned());
            let around = [
                format!("{path}.value"),
                format!("{path}[1]"),
                path.to_uppercase(),
            ];
            for around in around.into_iter().chain(above) {
                let filter = property_set(type_name, &[&around]) + &object(type_name, id);
                let message = run.denial(&retrieve(&filter));
                assert!(message.contains(&around), "{message}");
            }
        }
    }
    assert!(count > 60, "{count}");
}

#[test]
fn all_properties_at_once_are_denied_and_so_is_none() {
    let object = object("VirtualMachine", "vm-1");
    let run = Run::default();
    for (set, expected) in [
        ("<all>true</all>", "all properties of VirtualMachine"),
        (
            "<all>true</all><pathSet>name</pathSet>",
            "all properties of VirtualMachine",
        ),
        ("<all>false</all>", "without the path of a property"),
        ("", "without the path of a property"),
        (
            "<all>1</all><pathSet>name</pathSet>",
            "neither true nor false",
        ),
        ("<pathSet/>", "VirtualMachine."),
    ] {
        let filter = format!("<propSet><type>VirtualMachine</type>{set}</propSet>{object}");
        let message = run.denial(&retrieve(&filter));
        assert!(message.contains(expected), "{set}: {message}");
    }
    let filter =
        format!("<propSet><type>VirtualMachine</type><pathSet>name</pathSet></propSet>{object}");
    assert!(run.post(&retrieve(&filter)).is_ok());
}

#[test]
fn every_set_of_every_filter_is_looked_at() {
    let sound = property_set("VirtualMachine", &["name"]) + &object("VirtualMachine", "vm-1");
    let bad = property_set("OptionManager", &["setting"]);
    let objects = object("VirtualMachine", "vm-1");
    let run = Run::default();
    let second =
        format!("{COLLECTOR}<specSet>{sound}</specSet><specSet>{bad}{objects}</specSet><options/>");
    let bodies = [
        retrieve(&format!("{bad}{sound}")),
        retrieve(&format!(
            "{}{bad}{objects}",
            property_set("Network", &["name"])
        )),
        call("RetrievePropertiesEx", &second),
    ];
    for body in bodies {
        assert!(run.denial(&body).contains("OptionManager.setting"));
    }
    let foreign = retrieve(&format!(
        "{sound}{}",
        object("OptionManager", "VpxSettings")
    ));
    assert!(run.denial(&foreign).contains("OptionManager"));
}

#[test]
fn a_retrieval_follows_the_view_and_nothing_else() {
    let run = Run::default().with_view();
    let follow = |select: &str| {
        let set = property_set("VirtualMachine", &["name"]);
        retrieve(&format!(
            r#"{set}<objectSet><obj type="ContainerView">{VIEW}</obj><skip>true</skip>{select}</objectSet>"#
        ))
    };
    let traversal = |of: &str, path: &str, more: &str| {
        format!(
            r#"<selectSet xsi:type="TraversalSpec"><name>t</name><type>{of}</type><path>{path}</path><skip>false</skip>{more}</selectSet>"#
        )
    };
    let sound = traversal("ContainerView", "view", "");
    assert!(run.post(&follow(&sound)).is_ok());
    for (of, path) in [
        ("ServiceInstance", "content.sessionManager"),
        ("Folder", "childEntity"),
        ("ContainerView", "container"),
        ("VirtualMachine", "environmentBrowser"),
        ("Datacenter", "view"),
    ] {
        let message = run.denial(&follow(&traversal(of, path, "")));
        assert!(
            message.contains(&format!("along {of}.{path};")),
            "{message}"
        );
        let message = run.denial(&follow(&(sound.clone() + &traversal(of, path, ""))));
        assert!(
            message.contains(&format!("along {of}.{path};")),
            "{message}"
        );
    }
    let nested = traversal("ContainerView", "view", &sound);
    assert!(run.denial(&follow(&nested)).contains("<selectSet>"));
    for select in [
        "<selectSet><name>t</name></selectSet>",
        r#"<selectSet xsi:type="SelectionSpec"><name>t</name></selectSet>"#,
        r#"<selectSet xsi:type="PowerOffVMRequestType"><name>t</name></selectSet>"#,
    ] {
        assert!(
            run.denial(&follow(select)).contains("<selectSet>"),
            "{select}"
        );
    }
}

#[test]
fn a_view_is_of_types_that_may_be_read() {
    let run = Run::default();
    let view = |container: &str, types: &str| {
        call(
            "CreateContainerView",
            &format!(
                r#"<_this type="ViewManager">ViewManager</_this><container type="{container}">id-1</container>{types}<recursive>true</recursive>"#
            ),
        )
    };
    for container in [
        "Folder",
        "Datacenter",
        "ClusterComputeResource",
        "ComputeResource",
        "StoragePod",
    ] {
        assert!(
            run.post(&view(container, "<type>Datacenter</type>"))
                .is_ok()
        );
    }
    for (container, types, expected) in [
        ("Folder", "", "without <type>"),
        ("Folder", "<type>ManagedEntity</type>", "ManagedEntity"),
        (
            "Folder",
            "<type>VirtualMachine</type><type>HostProfile</type>",
            "HostProfile",
        ),
        ("Folder", "<type/>", "a view of"),
        ("EventManager", "<type>Folder</type>", "EventManager"),
    ] {
        let message = run.denial(&view(container, types));
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_policy_extends_what_may_be_read() {
    let readable = Readable::default()
        .and("OptionManager", "setting")
        .expect("readable");
    let run = Run {
        readable,
        ..Run::default()
    };
    let filter =
        property_set("OptionManager", &["setting"]) + &object("OptionManager", "VpxSettings");
    assert!(run.post(&retrieve(&filter)).is_ok());
    let filter = property_set("OptionManager", &["supportedOption"])
        + &object("OptionManager", "VpxSettings");
    assert!(
        run.denial(&retrieve(&filter))
            .contains("OptionManager.supportedOption")
    );
}

#[test]
fn nothing_leads_to_the_session_manager() {
    let read = |objects: &str| retrieve(&(property_set("Folder", &["name"]) + objects));
    for body in [
        read(&object("SessionManager", "sm-7")),
        read(&object("Folder", "SessionManager")),
        read(&object("Folder", "ha-sessionmgr")),
        retrieve("<propSet><type>SessionManager</type><all>true</all></propSet>"),
        call("CurrentTime", super::MANAGER),
        call(
            "ContinueRetrievePropertiesEx",
            &format!("{COLLECTOR}<token>SessionManager</token>"),
        ),
    ] {
        for run in [Run::default(), Run::logging_in()] {
            let message = run.denial(&body);
            assert!(message.contains("session manager"), "{message}");
        }
    }
}
