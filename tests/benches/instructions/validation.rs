//! Instructions of the host, from the collector's pages to the response document.

#![expect(missing_docs, reason = "the macros make public items")]

use std::path::Path;

use gungraun::{
    Callgrind, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main,
};
use stocktake_benches::input::{self, Input};
use stocktake_runtime::page::{Page, Summary};
use stocktake_runtime::validation::{DocumentReport, Item, ItemLimits, Scope, Verifier, validate};
use stocktake_runtime::{Conclusion, Extras, Outcome, Request, Response, Writer};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/instructions"))
}

fn parsed(input: &Input) -> Request {
    Request::parse(&input.request()).expect("JSON")
}

/// A verifier, the pages and the summary.
type Handed = (Verifier, Vec<Page>, Summary);

fn handed(name: &str) -> Handed {
    let input = Input::named(name);
    let (pages, summary) = input.emitted(folder()).handed();
    let scope = Scope::from_request(&parsed(&input));
    (Verifier::new(scope, ItemLimits::default()), pages, summary)
}

// Pages and summary of a run.
#[library_benchmark(setup = handed)]
#[bench::sync("sync")]
#[bench::ledger("ledger")]
#[bench::devices("devices")]
fn pages((mut verifier, pages, summary): Handed) -> (usize, Vec<Page>) {
    let mut items = 0;
    for page in &pages {
        items += verifier.page(page).expect("a sound page").len();
    }
    verifier.finish(&summary).expect("a sound summary");
    (items, pages)
}

/// Items that live as long as the process, what is proved of them, and a place to write to.
type Verified = (Vec<Item<'static>>, Outcome, Vec<u8>);

fn items(name: &str) -> Verified {
    let (mut verifier, pages, summary) = handed(name);
    let pages: &'static [Page] = pages.leak();
    let items: Vec<_> = pages
        .iter()
        .flat_map(|page| verifier.page(page).expect("a sound page"))
        .collect();
    let proof = verifier.finish(&summary).expect("a sound summary");
    let mut outcome = Outcome::default();
    outcome.conclusion = Conclusion::Complete(proof.expect("a complete inventory"));
    // Growing is the destination's affair.
    let size = pages.iter().map(|page| page.batch.len() * 2).sum();
    (items, outcome, Vec::with_capacity(size))
}

fn write(items: &[Item<'_>], outcome: &Outcome, out: &mut Vec<u8>) {
    let mut response = Response::new(out, Extras::default());
    for item in items {
        match item {
            Item::Asset(asset) => response.asset(asset),
            Item::Relation(relation) => response.relation(relation),
            Item::Warning(warning, text) => response.warning(warning, text),
        }
        .expect("memory");
    }
    response.finish(outcome).expect("memory");
}

// The response document of verified items.
#[library_benchmark(setup = items)]
#[bench::sync("sync")]
#[bench::ledger("ledger")]
fn response((items, outcome, mut out): Verified) -> Verified {
    write(&items, &outcome, &mut out);
    (items, outcome, out)
}

fn written(name: &str) -> (Vec<u8>, Scope) {
    let (items, outcome, mut out) = items(name);
    write(&items, &outcome, &mut out);
    let scope = Scope::from_request(&parsed(&Input::named(name)));
    (out, Scope::from_document(scope.mode, scope.kinds))
}

// A response document, as `stocktake validate` reads it.
#[library_benchmark(setup = written)]
#[bench::sync("sync")]
#[bench::ledger("ledger")]
fn document((document, scope): (Vec<u8>, Scope)) -> (DocumentReport, Vec<u8>) {
    let report = validate(&document, scope, ItemLimits::default());
    assert!(report.issues.is_empty(), "{:?}", report.issues);
    (report, document)
}

library_benchmark_group!(name = validation, benchmarks = [pages, response, document]);

main!(
    config = LibraryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"])),
    setup = input::make(folder()),
    library_benchmark_groups = validation
);
