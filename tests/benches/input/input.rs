//! The input that is read and validated while instructions are counted.
//!
//! Inputs are made before anything is counted, by another process, and kept as
//! files: the counted one finds them the same whatever the code under test
//! did to make them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stocktake_contract::response::Evidence;
use stocktake_runtime::page::{self, Stats, Summary};
use stocktake_simulator::Simulator;
use stocktake_vcenter::output::{Page, Summary as Collected};
use stocktake_vcenter::run::{Pulled, Run};
use stocktake_vcenter::transport::{Transport, drive};

use crate::exchanges::{Recorder, Replay};

/// Virtual machines of the simulated vCenter.
pub const VMS: u32 = 1000;
/// How many times the `devices` input has each virtual disk of `ledger`.
const DISKS: usize = 8;

/// A run against the simulated vCenter.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// Its name.
    pub name: &'static str,
    mode: &'static str,
    profile: &'static str,
    disks: usize,
}

/// Every input.
pub const INPUTS: [Input; 4] = [
    // All VMs and nothing else, in one page.
    Input::new("page", "collect_vms", "sync"),
    Input::new("sync", "collect", "sync"),
    Input::new("ledger", "collect", "ledger"),
    Input {
        disks: DISKS,
        ..Input::new("devices", "collect", "ledger")
    },
];

/// How large the inputs are, for numbers per byte.
#[derive(Debug, Serialize)]
struct Size {
    /// Bytes of all replies.
    replies: usize,
    /// Bytes of the lines that the core makes of them.
    lines: usize,
}

/// The output of the core.
#[derive(Debug, Serialize, Deserialize)]
pub struct Emitted {
    pages: Vec<EmittedPage>,
    complete: bool,
    totals: [u64; 3],
    evidence: Evidence,
}

#[derive(Debug, Serialize, Deserialize)]
struct EmittedPage {
    assets: Vec<(String, u64)>,
    relations: u32,
    warnings: u32,
    batch: String,
}

/// Makes every input.
///
/// # Panics
/// When the simulator does not run, or the core does not return the complete inventory.
pub fn make(folder: &Path) {
    let simulator = Simulator::builder()
        .vms(VMS)
        .hosts(24)
        .clusters(3)
        .plain_http()
        .start_blocking()
        .expect("a simulator");
    let mut sizes = serde_json::Map::new();
    for input in INPUTS {
        let mut recorder = Recorder::of(simulator.address());
        let mut emitted = Emitted::by(&input.request(), &mut recorder);
        let mut replies = recorder.replies;
        if input.disks > 1 {
            replies = replies
                .iter()
                .map(|body| multiply_disks(body, input.disks))
                .collect();
            emitted = Emitted::by(&input.request(), &mut Replay::of(&replies));
        }
        let size = Size {
            replies: replies.iter().map(Vec::len).sum(),
            lines: emitted.pages.iter().map(|page| page.batch.len()).sum(),
        };
        input
            .keep(folder, &replies, &emitted)
            .expect("a folder that can be written");
        sizes.insert(input.name.to_owned(), json!(size));
    }
    fs::write(folder.join("sizes.json"), Value::Object(sizes).to_string())
        .expect("a folder that can be written");
}

impl Input {
    const fn new(name: &'static str, mode: &'static str, profile: &'static str) -> Self {
        Input {
            name,
            mode,
            profile,
            disks: 1,
        }
    }

    /// The input of this name.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let found = INPUTS.into_iter().find(|input| input.name == name);
        found.expect("an input of this name")
    }

    /// The request of the run.
    #[must_use]
    pub fn request(&self) -> String {
        json!({
            "schema_version": "collector-request-v1",
            "source": {
                "source_id": "source-1",
                "source_type": "vcenter",
                "config": {
                    "endpoint": "http://vcenter.invalid",
                    "preferred_vcenter_version": "7.0-8.x",
                    "profile": self.profile,
                },
                "credential": {"username": "reader@vsphere.local", "password": "simulated"},
            },
            "request": {"run_id": "run-1", "mode": self.mode, "now": "2026-01-01T00:00:00Z"},
        })
        .to_string()
    }

    /// The bodies of the replies, as they were made before.
    ///
    /// # Panics
    /// When they were not.
    #[must_use]
    pub fn replies(&self, folder: &Path) -> Vec<Vec<u8>> {
        let replies = (0..).map_while(|number| fs::read(self.reply(folder, number)).ok());
        let replies: Vec<_> = replies.collect();
        assert!(!replies.is_empty(), "the input was not made");
        replies
    }

    /// The output of the core, collected before.
    ///
    /// # Panics
    /// When it was not.
    #[must_use]
    pub fn emitted(&self, folder: &Path) -> Emitted {
        let text = fs::read(self.file(folder)).expect("an input that was made");
        serde_json::from_slice(&text).expect("what was written")
    }

    fn keep(&self, folder: &Path, replies: &[Vec<u8>], emitted: &Emitted) -> io::Result<()> {
        let place = folder.join(self.name);
        if place.exists() {
            fs::remove_dir_all(&place)?;
        }
        fs::create_dir_all(&place)?;
        for (number, body) in replies.iter().enumerate() {
            fs::write(self.reply(folder, number), body)?;
        }
        fs::write(self.file(folder), serde_json::to_vec(emitted)?)
    }

    fn reply(&self, folder: &Path, number: usize) -> PathBuf {
        folder.join(self.name).join(format!("{number:02}.xml"))
    }

    fn file(&self, folder: &Path) -> PathBuf {
        folder.join(self.name).join("emitted.json")
    }
}

impl Emitted {
    /// Runs the core for `request`.
    fn by(request: &str, transport: &mut impl Transport) -> Self {
        let mut run = Run::open(request);
        let mut pages = Vec::new();
        loop {
            match drive(&mut run, transport) {
                Pulled::Page(page) => pages.push(EmittedPage::of(page)),
                Pulled::Summary(summary) => return Emitted::of(pages, *summary),
            }
        }
    }

    fn of(pages: Vec<EmittedPage>, summary: Collected) -> Self {
        assert!(summary.errors.is_empty(), "{:?}", summary.errors);
        Emitted {
            pages,
            complete: summary.inventory_complete,
            totals: [
                summary.totals.assets,
                summary.totals.relations,
                summary.totals.warnings,
            ],
            evidence: summary.evidence,
        }
    }

    /// The pages and the summary as the host receives them.
    #[must_use]
    pub fn handed(self) -> (Vec<page::Page>, Summary) {
        let pages = (0..).zip(self.pages);
        let pages = pages.map(|(sequence, page)| page::Page {
            sequence,
            assets: page.assets,
            relations: page.relations,
            warnings: page.warnings,
            batch: page.batch,
            ..page::Page::default()
        });
        let [assets, relations, warnings] = self.totals;
        let summary = Summary {
            stats: Stats {
                assets,
                relations,
                warnings,
                inventory_complete: self.complete,
            },
            evidence: self.evidence,
            ..Summary::default()
        };
        (pages.collect(), summary)
    }
}

impl EmittedPage {
    fn of(page: Page) -> Self {
        let assets = page.assets.into_iter();
        EmittedPage {
            assets: assets
                .map(|(kind, count)| (kind.to_owned(), count))
                .collect(),
            relations: page.relations,
            warnings: page.warnings,
            batch: page.batch,
        }
    }
}

/// Writes each virtual disk `times` times.
fn multiply_disks(body: &[u8], times: usize) -> Vec<u8> {
    const END: &str = "</VirtualDevice>";
    let text = std::str::from_utf8(body).expect("the simulator's UTF-8");
    let mut disks = text.split(r#"<VirtualDevice xsi:type="VirtualDisk">"#);
    let mut multiplied = disks.next().unwrap_or_default().to_owned();
    for disk in disks {
        let (disk, rest) = disk.split_once(END).expect("the end of a disk");
        for _ in 0..times {
            multiplied += r#"<VirtualDevice xsi:type="VirtualDisk">"#;
            multiplied += disk;
            multiplied += END;
        }
        multiplied += rest;
    }
    multiplied.into_bytes()
}
