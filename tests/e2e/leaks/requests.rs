//! Requests of ledgers.

use serde_json::{Value, json};
use stocktake_tests::executable::feed;
use stocktake_tests::request;
use stocktake_tests::server::MARKED_PASSWORD;

use super::Case;
use super::scene::Scene;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new("a request is cut", |scene: &mut Scene| {
            let text = whole(scene).to_string();
            let password = text.find("password").expect("the password");
            for cut in (password..text.len()).step_by(24) {
                send(scene, &text.as_bytes()[..cut]);
            }
        }),
        Case::new("a request is followed by another", |scene| {
            let text = whole(scene).to_string();
            send(scene, format!("{text}{text}").as_bytes());
        }),
        Case::new("a request holds a NUL", |scene| {
            let text = whole(scene).to_string();
            send(scene, text.replace("M4RK", "\0M4RK").as_bytes());
            send(scene, text.replace("-M4RK", "\\u0000-M4RK").as_bytes());
        }),
        Case::new("a request is not UTF-8", |scene| {
            let text = whole(scene).to_string();
            let (before, after) = text.split_at(text.find("ü-M4RK").expect("the password"));
            send(
                scene,
                &[before.as_bytes(), b"\xff", after.as_bytes()].concat(),
            );
            send(scene, text.replace("ü-M4RK", "\\ud800-M4RK").as_bytes());
        }),
        Case::new("a request is in UTF-16", |scene| {
            let text = whole(scene).to_string();
            let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            send(scene, &units);
        }),
        Case::new("a request is too large", |scene| {
            let mut asked = whole(scene);
            asked["source"]["credential"]["password"] = MARKED_PASSWORD.repeat(40_000).into();
            send(scene, asked.to_string().as_bytes());
        }),
        Case::new("a password is as long as a request may be", |scene| {
            let mut asked = whole(scene);
            asked["source"]["credential"]["password"] = MARKED_PASSWORD.repeat(20_000).into();
            send(scene, asked.to_string().as_bytes());
        }),
    ];
    for (pointer, value) in oddities() {
        let name = format!(
            "{pointer} is {}",
            value.to_string().replace(MARKED_PASSWORD, "…")
        );
        cases.push(Case::new(name, move |scene| {
            let mut asked = whole(scene);
            set(&mut asked, pointer, value.clone());
            send(scene, asked.to_string().as_bytes());
        }));
    }
    cases
}

/// The password with an invalid type, and in wrong places.
fn oddities() -> Vec<(&'static str, Value)> {
    let password = MARKED_PASSWORD;
    let mut odd = vec![
        ("/source/credential", json!(password)),
        ("/source/credential", json!(["reader", password])),
        (
            "/source/credential",
            json!({"Username": "reader", "Password": password}),
        ),
        (
            "/source/credential",
            json!({"username": "", "password": password}),
        ),
        (
            "/source/credential",
            json!({"username": 7, "password": password}),
        ),
        (
            "/source/credential",
            json!({"username": "reader", "password": "", "token": password}),
        ),
        ("/source/credential/password", json!([password])),
        ("/source/credential/password", json!({"value": password})),
        ("/source/credential/token", json!(password)),
        ("/source/config", json!(password)),
        ("/source/config/page_size", json!(password)),
        ("/source/config/page_size", json!({"password": password})),
        ("/source/config/kinds", json!([password])),
        ("/source/config/behaviour", json!(password)),
        (
            "/source/config/inventory_scope",
            json!({"cluster_names": [password]}),
        ),
        (
            "/source/config/inventory_scope",
            json!({"folder_paths": [password]}),
        ),
        (
            "/source/config/inventory_scope",
            json!({"password": password}),
        ),
        ("/request", json!(password)),
        ("/source", json!({"password": password})),
        ("/password", json!(password)),
    ];
    // Texts that messages may quote.
    for pointer in [
        "/schema_version",
        "/source/source_id",
        "/source/source_type",
        "/source/config/endpoint",
        "/source/config/preferred_vcenter_version",
        "/source/config/profile",
        "/source/config/strategy",
        "/request/mode",
        "/request/run_id",
        "/request/now",
    ] {
        odd.push((pointer, json!(password)));
    }
    let endpoint = format!("https://reader:{password}@127.0.0.1:9");
    odd.push(("/source/config/endpoint", json!(endpoint)));
    let endpoint = format!("https://127.0.0.1:9/sdk?password={password}");
    odd.push(("/source/config/endpoint", json!(endpoint)));
    odd
}

fn set(document: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    document.pointer_mut(parent).expect("its parent")[key] = value;
}

/// A valid request to a vCenter without faults.
fn whole(scene: &mut Scene) -> Value {
    let server = scene.simulator(&[]);
    request::to(&server, "collect")
}

fn send(scene: &mut Scene, bytes: &[u8]) {
    let mut command = scene.plugin(&scene.last().server, &[]);
    let output = feed(&mut command, bytes);
    scene.add_output(output);
}
