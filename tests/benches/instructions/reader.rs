//! Instructions of the collector's core, from the bytes of the replies to JSON lines.

#![expect(missing_docs, reason = "the macros make public items")]

use std::path::Path;

use gungraun::{
    Callgrind, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main,
};
use stocktake_benches::exchanges::{CHUNK, Replay};
use stocktake_benches::input::{self, Input};
use stocktake_vcenter::run::{Pulled, Run};
use stocktake_vcenter::soap::reader::{Event, ReadError, Reader};
use stocktake_vcenter::transport::drive;
use stocktake_vcenter::vim::listing::OBJECT;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/instructions"))
}

fn replies(name: &str) -> Vec<Vec<u8>> {
    Input::named(name).replies(folder())
}

// The tokenizer alone.
#[library_benchmark(setup = replies)]
#[bench::page("page")]
fn tokenizer(replies: Vec<Vec<u8>>) -> (usize, Vec<Vec<u8>>) {
    let mut events = 0;
    for reply in &replies {
        let mut reader = Reader::capturing(OBJECT);
        let mut on = |event: Event<'_>| {
            std::hint::black_box(event);
            events += 1;
            Ok::<(), ReadError>(())
        };
        for chunk in reply.chunks(CHUNK) {
            reader.feed(chunk, &mut on).expect("XML");
        }
        reader.finish().expect("a whole document");
    }
    (events, replies)
}

fn opened(name: &str) -> (Run, Replay) {
    let run = Run::open(&Input::named(name).request());
    (run, Replay::of(&replies(name)))
}

// A whole run.
#[library_benchmark(setup = opened)]
#[bench::sync("sync")]
#[bench::ledger("ledger")]
#[bench::devices("devices")]
fn run((mut run, mut replay): (Run, Replay)) -> (usize, Run) {
    let mut bytes = 0;
    loop {
        match drive(&mut run, &mut replay) {
            Pulled::Page(page) => bytes += page.batch.len(),
            Pulled::Summary(summary) => {
                assert!(summary.inventory_complete, "{:?}", summary.errors);
                return (bytes, run);
            }
        }
    }
}

library_benchmark_group!(name = reader, benchmarks = [tokenizer, run]);

main!(
    config = LibraryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"])),
    setup = input::make(folder()),
    library_benchmark_groups = reader
);
