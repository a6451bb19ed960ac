//! Small guests, written as core modules and wrapped here, so that tests need no toolchain; and a proof.

mod direction;
pub(crate) mod log;

use stocktake_contract::response::{CountedBy, Evidence, KindEvidence};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::page::{Stats, Summary};
use crate::request::Request;
use crate::validation::{ItemLimits, Proof, Scope, Verifier};

/// The parts of WASI that a guest here may use, cut to what it does.
const WORLD: &str = r"
    package stocktake:testing;

    world with-stderr {
        import wasi:cli/stderr@0.2.0;
        export stocktake:collector/inventory@1.0.0;
    }
    world plain {
        export stocktake:collector/inventory@1.0.0;
    }

    package wasi:io@0.2.0 {
        interface error {
            resource error;
        }
        interface streams {
            use error.{error};
            variant stream-error { last-operation-failed(error), closed }
            resource output-stream {
                blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>;
            }
        }
    }
    package wasi:cli@0.2.0 {
        interface stderr {
            use wasi:io/streams@0.2.0.{output-stream};
            get-stderr: func() -> output-stream;
        }
    }
";

/// How a guest behaves: core instructions for each function.
pub(crate) struct Behaviour {
    /// Leaves a pointer to a `pulled`.
    pub(crate) pull: &'static str,
    /// Leaves a pointer to a `summary`.
    pub(crate) close: &'static str,
    /// The guest imports stderr and can `call $panic`.
    pub(crate) stderr: bool,
}

/// Answers as many pages as `$pages` says, then a summary.
pub(crate) const PAGES: &str = r"
    (if (i32.lt_u (global.get $count) (i32.const 3))
      (then
        (i32.store8 (i32.const 1024) (i32.const 0))
        (i32.store (i32.const 1032) (global.get $count))
        (i32.store (i32.const 1080) (i32.const 256))
        (i32.store (i32.const 1084) (i32.const 6))
        (global.set $count (i32.add (global.get $count) (i32.const 1))))
      (else
        (memory.fill (i32.const 1024) (i32.const 0) (i32.const 512))
        (i32.store8 (i32.const 1024) (i32.const 1))))
    (i32.const 1024)";

/// Answers a summary that says 77 assets, by which a test knows that it was closed.
pub(crate) const CLOSED: &str = "(i64.store (i32.const 4096) (i64.const 77)) (i32.const 4096)";

/// Computes for ever.
pub(crate) const SPIN: &str = "(loop $for_ever (br $for_ever)) (unreachable)";

/// Asks for memory until it is refused.
pub(crate) const GREED: &str =
    "(loop $more (drop (memory.grow (i32.const 16))) (br $more)) (unreachable)";

/// Builds the component.
pub(crate) fn guest(behaviour: &Behaviour) -> Vec<u8> {
    guest_with(behaviour, "")
}

/// Builds the component with further fields of its module.
pub(crate) fn guest_with(behaviour: &Behaviour, fields: &str) -> Vec<u8> {
    let Behaviour {
        pull,
        close,
        stderr,
    } = behaviour;
    let (imports, panic) = if *stderr {
        (
            r#"(import "wasi:cli/stderr@0.2.0" "get-stderr" (func $stderr (result i32)))
            (import "wasi:io/streams@0.2.0" "[method]output-stream.blocking-write-and-flush"
              (func $write (param i32 i32 i32 i32)))"#,
            "(call $write (call $stderr) (i32.const 300) (i32.const 13) (i32.const 8192)) (unreachable)",
        )
    } else {
        ("", "(unreachable)")
    };
    let text = format!(
        r#"(module
          (import "[export]stocktake:collector/inventory@1.0.0" "[resource-new]run"
            (func $new (param i32) (result i32)))
          {imports}
          (memory (export "memory") 2)
          {fields}
          (data (i32.const 256) "{{}}\n{{}}\n")
          (data (i32.const 300) "it panicked\1b!")
          (global $heap (mut i32) (i32.const 65536))
          (global $count (mut i32) (i32.const 0))
          (func $panic {panic})
          (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
            (global.get $heap)
            (global.set $heap (i32.add (global.get $heap) (i32.and (i32.add (local.get 3) (i32.const 15)) (i32.const -16)))))
          (func (export "stocktake:collector/inventory@1.0.0#describe") (result i32) (i32.const 16384))
          (func (export "stocktake:collector/inventory@1.0.0#[constructor]run") (param i32 i32) (result i32)
            (call $new (i32.const 1)))
          (func (export "stocktake:collector/inventory@1.0.0#[method]run.pull") (param i32) (result i32) {pull})
          (func (export "stocktake:collector/inventory@1.0.0#[method]run.close") (param i32) (result i32) {close})
        )"#
    );
    let mut module = wat::parse_str(text).expect("a module");
    let mut resolve = Resolve::default();
    resolve
        .push_file(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../wit/inventory.wit"
        ))
        .expect("the contract");
    let package = resolve.push_str("testing.wit", WORLD).expect("a world");
    let world = if *stderr { "with-stderr" } else { "plain" };
    let world = resolve
        .select_world(&[package], Some(world))
        .expect("a world");
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("metadata");
    ComponentEncoder::default()
        .module(&module)
        .expect("a module")
        .encode()
        .expect("a component")
}

/// The proof of an inventory of VMs in which there is none.
pub(crate) fn empty_inventory(counted_by: CountedBy) -> Proof {
    let request = r#"{"source":{"source_id":"vc-1","config":{"allow_empty":true}},"request":{"run_id":"run-1","mode":"collect_vms"}}"#;
    let scope = Scope::from_request(&Request::parse(request).expect("JSON"));
    let summary = Summary {
        stats: Stats {
            inventory_complete: true,
            ..Stats::default()
        },
        evidence: Evidence {
            counted_by,
            drained: true,
            kinds: vec![KindEvidence {
                kind: "vm".to_owned(),
                ..KindEvidence::default()
            }],
            ..Evidence::default()
        },
        ..Summary::default()
    };
    let verifier = Verifier::new(scope, ItemLimits::default());
    let proof = verifier.finish(&summary).expect("a sound summary");
    proof.expect("a proof")
}
