//! Image layouts.

use std::fs;

use stocktake_runtime::component::Digest;
use stocktake_tests::executable::response;

use super::{COMPONENT, Desk, stderr_of, text};

#[test]
fn what_was_pushed_to_a_layout_is_pulled_by_its_digest() {
    let desk = Desk::new();
    let pushed = desk.push("oci:collectors:1.0.0", &[]);
    assert_eq!(
        text(&pushed["component"]),
        Digest::of(COMPONENT).to_string()
    );
    let expected = format!("oci:collectors@{}", text(&pushed["digest"]));
    assert_eq!(text(&pushed["reference"]), expected);

    let pulled = desk.pull(text(&pushed["reference"]), &[]);
    assert!(pulled.status.success(), "{}", stderr_of(&pulled));
    let stdout = String::from_utf8(pulled.stdout).expect("UTF-8");
    let expected = format!(
        "pulled     {}\ncomponent  {}\n",
        text(&pushed["reference"]),
        text(&pushed["component"])
    );
    assert_eq!(stdout, expected);
    let bytes = fs::read(desk.path("pulled.wasm")).expect("the component");
    assert!(bytes == COMPONENT, "other bytes");
}

#[test]
fn a_tag_is_followed_only_when_that_is_allowed_and_its_digest_is_reported() {
    let desk = Desk::new();
    let pushed = desk.push("oci:collectors:1.0.0", &[]);
    desk.assert_refused("oci:collectors:1.0.0", &[], "--allow-tag");
    desk.assert_refused(
        "oci:collectors",
        &["--allow-tag"],
        "give the digest of the component",
    );
    desk.assert_refused("oci:collectors:2", &["--allow-tag"], "there are 1.0.0");
    let pulled = desk.pull("oci:collectors:1.0.0", &["--allow-tag"]);
    let stdout = String::from_utf8(pulled.stdout).expect("UTF-8");
    assert!(stdout.contains(text(&pushed["digest"])), "{stdout}");
    assert!(desk.path("pulled.wasm").exists());
}

#[test]
fn the_same_component_has_the_same_digest_wherever_and_whenever_it_is_pushed() {
    let desk = Desk::new();
    let digest = |reference: &str, arguments: &[&str]| {
        let pushed = desk.push(reference, arguments);
        text(&pushed["digest"]).to_owned()
    };
    let first = digest("oci:a:1.0.0", &[]);
    assert_eq!(digest("oci:a:1.0.0", &[]), first);
    assert_eq!(digest("oci:b", &[]), first);
    assert_ne!(digest("oci:b", &["--licenses", "Apache-2.0"]), first);
    let push = ["push", "vcenter.wasm", "oci:c", "--format", "json"];
    let dated = desk.run_with(&push, &[("SOURCE_DATE_EPOCH", "1767225600")]);
    let dated = response(&dated);
    assert_ne!(text(&dated["digest"]), first);
    let inspected =
        response(&desk.run(&["inspect", text(&dated["reference"]), "--format", "json"]));
    assert_eq!(inspected["config"]["created"], "2026-01-01T00:00:00Z");
}

#[test]
fn what_is_said_of_a_component_is_its_own_word_and_what_was_annotated() {
    let desk = Desk::new();
    let revision = "0123456789abcdef0123456789abcdef01234567";
    let pushed = desk.push(
        "oci:collectors:1.0.0",
        &[
            "--licenses",
            "Apache-2.0",
            "--revision",
            revision,
            "--annotation",
            "org.example.by=me",
        ],
    );
    let inspected = desk.run(&["inspect", "oci:collectors:1.0.0", "--format", "json"]);
    let inspected = response(&inspected);
    assert_eq!(inspected["digest"], pushed["digest"]);
    assert_eq!(inspected["size"], COMPONENT.len());
    let annotations = &inspected["annotations"];
    for (key, expected) in [
        ("org.opencontainers.image.title", "vcenter"),
        (
            "org.opencontainers.image.version",
            env!("CARGO_PKG_VERSION"),
        ),
        ("org.opencontainers.image.licenses", "Apache-2.0"),
        ("org.opencontainers.image.revision", revision),
        ("org.example.by", "me"),
    ] {
        assert_eq!(annotations[key], expected, "{key}");
    }
    let description = text(&annotations["org.opencontainers.image.description"]);
    assert!(description.contains("vcenter"), "{description}");
    let config = &inspected["config"];
    assert_eq!(
        (text(&config["architecture"]), text(&config["os"])),
        ("wasm", "wasip2")
    );
    assert_eq!(config["layerDigests"][0], pushed["component"]);
    let component = &config["component"];
    assert_eq!(component["target"], "stocktake:collector/collector@1.0.0");
    let imports = component["imports"].as_array().expect("imports");
    assert!(
        imports.contains(&"wasi:http/outgoing-handler@0.2.0".into()),
        "{imports:?}"
    );
    assert_eq!(
        component["exports"][0],
        "stocktake:collector/inventory@1.0.0"
    );

    let shown = desk.run(&["inspect", "oci:collectors:1.0.0"]);
    let shown = String::from_utf8(shown.stdout).expect("UTF-8");
    let digest = format!("component  {}\n", text(&pushed["component"]));
    assert!(shown.contains(&digest), "{shown}");
}

#[test]
fn what_is_no_component_of_the_contract_is_not_pushed() {
    let desk = Desk::new();
    let foreign = "(component (import \"wasi:filesystem/types@0.2.0\" (instance)))";
    let foreign = wat::parse_str(foreign).expect("a component");
    fs::write(desk.path("foreign.wasm"), foreign).expect("written");
    fs::write(
        desk.path("module.wasm"),
        wat::parse_str("(module)").expect("a module"),
    )
    .expect("written");
    fs::write(desk.path("text.wasm"), "text").expect("written");
    for (file, words) in [
        ("foreign.wasm", "implements no world of the contract"),
        ("module.wasm", "a core WebAssembly module"),
        ("text.wasm", "not a WebAssembly binary"),
        ("missing.wasm", "cannot read missing.wasm"),
    ] {
        let refused = desk.run(&["push", file, "oci:collectors:1.0.0"]);
        assert_eq!(refused.status.code(), Some(1), "{file}");
        assert!(
            stderr_of(&refused).contains(words),
            "{}",
            stderr_of(&refused)
        );
        assert!(!desk.path("collectors").exists(), "{file}");
    }
    for reference in ["collectors", "library/vcenter:1", "oci:collectors:a b"] {
        let refused = desk.run(&["push", "vcenter.wasm", reference]);
        assert_eq!(
            refused.status.code(),
            Some(2),
            "{reference}: {}",
            stderr_of(&refused)
        );
    }
    let pinned = format!("oci:collectors@sha256:{}", "0".repeat(64));
    let refused = desk.run(&["push", "vcenter.wasm", &pinned]);
    assert_eq!(refused.status.code(), Some(2), "{}", stderr_of(&refused));
}
