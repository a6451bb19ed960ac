//! Artifacts that are damaged, oversized, foreign or not allowed: refused by name, and no file appears.

use std::fs;

use serde_json::{Value, json};
use stocktake_registry::artifact::{Artifact, Contents};
use stocktake_registry::config::Interfaces;
use stocktake_registry::layout::Layout;
use stocktake_registry::manifest::{Descriptor, MANIFEST};
use stocktake_registry::store::Sink as _;
use stocktake_registry::{Digest, push};

use super::{Desk, text};

/// A layout in which the component was pushed, and the reference of its manifest.
fn published(desk: &Desk) -> (Layout, String) {
    let pushed = desk.push("oci:collectors:1.0.0", &[]);
    let layout = Layout::new(&desk.path("collectors"));
    (layout, text(&pushed["reference"]).to_owned())
}

fn blob(desk: &Desk, digest: &str) -> std::path::PathBuf {
    let digits = digest.rsplit(':').next().expect("digits");
    desk.path("collectors/blobs/sha256").join(digits)
}

fn manifest(desk: &Desk, reference: &str) -> Value {
    let bytes = fs::read(blob(desk, reference)).expect("the manifest");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// The reference of another manifest in the same layout.
fn put(layout: &Layout, manifest: &Value) -> String {
    let bytes = manifest.to_string().into_bytes();
    let descriptor = Descriptor::of(&bytes, MANIFEST);
    layout
        .put_manifest(&descriptor, &bytes, None)
        .expect("written");
    format!("oci:collectors@{}", descriptor.digest)
}

#[test]
fn each_damaged_blob_is_refused_by_name() {
    let desk = Desk::new();
    let (_, reference) = published(&desk);
    let sound = manifest(&desk, &reference);
    for (digest, what) in [
        (reference.as_str(), "the manifest is sha256:"),
        (
            text(&sound["config"]["digest"]),
            "the configuration is sha256:",
        ),
        (
            text(&sound["layers"][0]["digest"]),
            "the component is sha256:",
        ),
    ] {
        let path = blob(&desk, digest);
        let whole = fs::read(&path).expect("a blob");
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        fs::write(&path, flipped).expect("written");
        desk.assert_refused(&reference, &[], what);
        fs::write(&path, &whole[1..]).expect("written");
        desk.assert_refused(&reference, &[], "damaged or replaced");
        fs::remove_file(&path).expect("removed");
        desk.assert_refused(&reference, &[], "there is no");
        fs::write(&path, whole).expect("written");
    }
    assert!(desk.pull(&reference, &[]).status.success());
}

#[test]
fn each_foreign_or_oversized_manifest_is_refused_by_name() {
    let desk = Desk::new();
    let (layout, reference) = published(&desk);
    let sound = manifest(&desk, &reference);
    let layer = sound["layers"][0].clone();
    let size = layer["size"].as_u64().expect("a size");
    let media_type = "application/vnd.oci.image.layer.v1.tar+gzip";
    for (path, value, words) in [
        (
            "/mediaType",
            json!("application/vnd.docker.distribution.manifest.v2+json"),
            "the manifest has the media type",
        ),
        (
            "/config/mediaType",
            json!("application/vnd.oci.image.config.v1+json"),
            "the configuration has the media type",
        ),
        (
            "/layers/0/mediaType",
            json!(media_type),
            "the layer has the media type",
        ),
        ("/layers", json!([layer, layer]), "2 layers, not 1"),
        ("/layers", json!([]), "0 layers, not 1"),
        ("/layers/0/size", json!(size + 1), "where the manifest says"),
        ("/layers/0/size", json!(size - 1), "where the manifest says"),
        (
            "/layers/0/size",
            json!(1_u64 << 40),
            "over the limit of 67108864 bytes",
        ),
        (
            "/config/size",
            json!(1_u64 << 40),
            "over the limit of 1048576 bytes",
        ),
        ("/config/digest", layer["digest"].clone(), "configuration"),
    ] {
        let mut changed = sound.clone();
        *changed.pointer_mut(path).expect("a field") = value;
        desk.assert_refused(&put(&layout, &changed), &[], words);
    }
    let large = json!({ "schemaVersion": 2, "padding": "x".repeat(1 << 20) });
    desk.assert_refused(
        &put(&layout, &large),
        &[],
        "a manifest of 1048577 bytes is over",
    );
    let index = json!({ "schemaVersion": 2, "manifests": [] });
    desk.assert_refused(&put(&layout, &index), &[], "an index of several manifests");
}

#[test]
fn a_component_that_is_not_on_the_list_is_refused() {
    let desk = Desk::new();
    let pushed = desk.push("oci:collectors:1.0.0", &[]);
    let (reference, component) = (text(&pushed["reference"]), text(&pushed["component"]));
    let other = format!("sha256:{}", "0".repeat(64));
    let words = "is not on the list of allowed components";
    desk.assert_refused(reference, &["--allow-component", &other], words);

    let policy = |allowed: &str| {
        let text = format!("[component]\nallow = [\"{allowed}\"]\n");
        fs::write(desk.path("policy.toml"), text).expect("written");
    };
    policy(&other);
    desk.assert_refused(reference, &["--policy", "policy.toml"], words);
    policy(component);
    let pulled = desk.pull(reference, &["--policy", "policy.toml"]);
    assert!(pulled.status.success(), "{pulled:?}");
    fs::remove_file(desk.path("pulled.wasm")).expect("removed");
    let listed = ["--allow-component", &other, "--allow-component", component];
    assert!(desk.pull(reference, &listed).status.success());
}

#[test]
fn a_component_that_could_not_be_run_or_is_not_what_is_said_of_it_is_refused() {
    let desk = Desk::new();
    let layout = Layout::new(&desk.path("collectors"));
    let publish = |component: Vec<u8>, interfaces: Interfaces| {
        let contents = Contents {
            interfaces,
            ..Contents::default()
        };
        let artifact = Artifact::new(component, contents);
        let digest: Digest = push(&layout, &artifact, None).expect("pushed");
        format!("oci:collectors@{digest}")
    };
    let foreign = "(component (import \"wasi:filesystem/types@0.2.0\" (instance)))";
    let foreign = wat::parse_str(foreign).expect("a component");
    for (component, words) in [
        (foreign, "which the world does not offer"),
        (
            wat::parse_str("(module)").expect("a module"),
            "a core WebAssembly module",
        ),
        (b"text".to_vec(), "not a WebAssembly binary"),
    ] {
        desk.assert_refused(&publish(component, Interfaces::default()), &[], words);
    }
    let lie = publish(super::COMPONENT.to_vec(), Interfaces::default());
    desk.assert_refused(&lie, &[], "does not match what the component imports");
}

#[test]
fn a_file_that_was_there_outlives_a_refused_pull() {
    let desk = Desk::new();
    let (_, reference) = published(&desk);
    fs::write(blob(&desk, &reference), "{}").expect("damaged");
    fs::write(desk.path("pulled.wasm"), "the last good one").expect("written");
    let refused = desk.pull(&reference, &[]);
    assert_eq!(refused.status.code(), Some(1));
    let kept = fs::read_to_string(desk.path("pulled.wasm")).expect("the file");
    assert_eq!(kept, "the last good one");
}
