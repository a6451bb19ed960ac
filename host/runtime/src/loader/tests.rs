use stocktake_contract::{ErrorCode, Problem};

use crate::Runtime;
use crate::component::Digest;
use crate::testing::{Behaviour, CLOSED, PAGES, guest};

fn refusal(bytes: &[u8]) -> Problem {
    let runtime = Runtime::new().expect("an engine");
    let problem = runtime.load(bytes).expect_err("refused");
    assert_eq!(problem.code, ErrorCode::PluginExecFailed);
    problem
}

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("WAT")
}

#[test]
fn a_foreign_import_is_refused_by_its_name_with_what_there_is() {
    let problem = refusal(&wat(r#"(component
            (import "wasi:http/types@0.2.3" (instance))
            (import "wasi:filesystem/types@0.2.0" (instance))
            (import "wasi:sockets/tcp@0.2.0" (instance))
            (import "system" (func)))"#));
    let imports = "imports wasi:filesystem/types@0.2.0, wasi:sockets/tcp@0.2.0, system, which";
    assert!(problem.message.contains(imports), "{problem}");
    assert!(
        problem.message.contains("it offers wasi:cli/stderr, "),
        "{problem}"
    );
}

#[test]
fn a_component_without_the_inventory_is_refused_by_what_it_lacks() {
    let problem = refusal(&wat("(component)"));
    assert!(
        problem
            .message
            .contains("exports nothing, but not stocktake:collector/inventory@1.x")
    );
    let problem = refusal(&wat(
        r#"(component (instance $i) (export "stocktake:collector/inventory@2.0.0" (instance $i)))"#,
    ));
    assert!(
        problem
            .message
            .contains("stocktake:collector/inventory@2.0.0, but not")
    );
}

#[test]
fn an_inventory_that_is_not_the_contracts_is_refused() {
    let problem = refusal(&wat(
        r#"(component (instance $i) (export "stocktake:collector/inventory@1.0.0" (instance $i)))"#,
    ));
    assert!(
        problem.message.contains("is not the contract's"),
        "{problem}"
    );
}

#[test]
fn what_is_not_a_component_is_refused_as_what_it_is() {
    let problem = refusal(&wat("(module)"));
    assert!(
        problem.message.contains("core WebAssembly module"),
        "{problem}"
    );
    let problem = refusal(b"#!/bin/sh\n");
    assert!(
        problem.message.contains("not a WebAssembly binary"),
        "{problem}"
    );
    let problem = refusal(b"");
    assert!(
        problem.message.contains("not a WebAssembly binary"),
        "{problem}"
    );
    let problem = refusal(b"\0asm\x07\0\0\0");
    assert!(problem.message.contains("unknown version"), "{problem}");
    let mut cut_off = wat("(component)");
    cut_off.extend([0; 3]);
    let problem = refusal(&cut_off);
    assert!(problem.message.contains("cannot be compiled"), "{problem}");
}

#[tokio::test]
async fn an_inspection_shows_names_digest_and_description() {
    let runtime = Runtime::new().expect("an engine");
    let bytes = guest(&Behaviour {
        pull: PAGES,
        close: CLOSED,
        stderr: true,
    });
    let inspection = runtime.inspect(&bytes).await.expect("an inspection");
    assert_eq!(inspection.sha256.len(), 64);
    assert_eq!(inspection.size, bytes.len());
    assert!(
        inspection
            .imports
            .contains(&"wasi:cli/stderr@0.2.0".to_owned())
    );
    assert_eq!(inspection.exports, ["stocktake:collector/inventory@1.0.0"]);
    assert!(inspection.foreign.is_empty());
    assert_eq!(inspection.description.expect("a description").name, "");
}

#[tokio::test]
async fn an_inspection_describes_a_foreign_component_without_running_it() {
    let runtime = Runtime::new().expect("an engine");
    let bytes = wat(r#"(component (import "wasi:random/random@0.2.0" (instance)))"#);
    let inspection = runtime.inspect(&bytes).await.expect("an inspection");
    assert_eq!(inspection.foreign, ["wasi:random/random@0.2.0"]);
    let problem = inspection.description.expect_err("not run");
    assert_eq!(problem.code, ErrorCode::PluginExecFailed);
}

#[test]
fn a_component_that_is_not_on_the_list_is_refused_by_its_digest_before_it_is_looked_at() {
    let bytes = guest(&Behaviour {
        pull: PAGES,
        close: CLOSED,
        stderr: false,
    });
    let runtime = || Runtime::new().expect("an engine");
    let others = [Digest::of(b"one"), Digest::of(b"another")];
    for refused in [&bytes[..], b"not even a component"] {
        let problem = runtime()
            .allowing(others)
            .load(refused)
            .expect_err("refused");
        assert_eq!(problem.code, ErrorCode::PluginExecFailed);
        let digest = Digest::of(refused).to_string();
        assert!(problem.message.starts_with(&digest), "{problem}");
    }
    let listed = runtime().allowing(others).allowing([Digest::of(&bytes)]);
    assert!(listed.load(&bytes).is_ok());
    assert!(runtime().allowing([]).load(&bytes).is_ok());
}
