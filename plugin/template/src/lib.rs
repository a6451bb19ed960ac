//! A collector to copy. It reads a small REST inventory: `GET /inventory?page=N` returns hosts and
//! the machines that run on them, the counts of both, and the number of the next page.
//!
//! Everything that does not depend on this source is in `stocktake-sdk`: the component's exports, the
//! validation of the request, the counts of returned objects, the verdict, and HTTP.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};
use stocktake_sdk::{Counts, ErrorCode, Kind, Page, Problem, Request, Source, http};

// The whole component. Everything below is about the source.
stocktake_sdk::export!(Inventory);

/// One collection, from its request to its last page.
struct Inventory {
    /// Where the source is and how to log in. Settings of your own are in `request.config`.
    request: Request,
    /// The number of the next page; `None` after the last one.
    next: Option<u64>,
    /// The counts that the source announces.
    announced: Counts,
    /// Hosts that were returned, for a relation needs both of its ends.
    hosts: BTreeSet<String>,
}

/// A page as the source sends it.
#[derive(Deserialize)]
struct Listing {
    /// How many objects there are on all pages, as in `{"host": 2, "vm": 3}`.
    total: Counts,
    next: Option<u64>,
    /// Unparsed: the whole object is kept as its raw payload.
    objects: Vec<Value>,
}

/// The required fields of a host or machine. A missing one is an error, not a gap.
#[derive(Deserialize)]
struct Object {
    kind: Kind,
    id: String,
    /// Where a machine runs.
    host: Option<String>,
    name: String,
    cpus: u64,
    memory_bytes: u64,
    running: bool,
}

impl Source for Inventory {
    /// The `source.source_type` of requests to this collector.
    const NAME: &'static str = "static-json";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    /// Sends nothing. A setting in `request.config` can be refused here with
    /// `stocktake_sdk::request::invalid`.
    fn open(request: Request) -> Result<Self, Problem> {
        Ok(Inventory {
            request,
            next: Some(1),
            announced: Counts::new(),
            hosts: BTreeSet::new(),
        })
    }

    /// Compared with the returned objects: the inventory is complete only if they are equal.
    fn announced(&self) -> &Counts {
        &self.announced
    }

    /// Called until it returns `None`. The first error ends the run.
    fn page(&mut self) -> Result<Option<Page>, Problem> {
        let Some(number) = self.next else {
            return Ok(None);
        };
        let path = format!("/inventory?page={number}");
        let unread = |error: serde_json::Error| {
            let message = format!("{path} is not an inventory: {error}; check the endpoint");
            Problem::new(ErrorCode::VcenterParseError, message)
        };
        let body = self.get(&path)?;
        let listing: Listing = serde_json::from_slice(&body).map_err(unread)?;
        // A page that points back would cause an endless loop.
        self.next = listing.next.filter(|&next| next > number);
        self.announced = listing.total;
        let mut page = Page::default();
        for raw in &listing.objects {
            let object = Object::deserialize(raw).map_err(unread)?;
            page.asset(object.kind, &object.id, object.normalized(), raw);
            self.place(object, &mut page)?;
        }
        Ok(Some(page))
    }
}

impl Inventory {
    /// The token is sent in a header. It must not appear in any message or asset.
    fn get(&self, path: &str) -> Result<Vec<u8>, Problem> {
        let token = format!("Bearer {}", self.request.credential.password);
        http::get(&self.request.endpoint, path, &[("authorization", &token)])
    }

    /// Relates a machine and its host, in both directions. This source lists hosts first; where
    /// yours does not, keep the placements and hand the relations over with the last page.
    fn place(&mut self, object: Object, page: &mut Page) -> Result<(), Problem> {
        let Some(host) = object.host else {
            if object.kind == Kind::Host {
                self.hosts.insert(object.id);
            }
            return Ok(());
        };
        if !self.hosts.contains(&host) {
            let id = object.id;
            let message = format!("{id} runs on {host}, which is not listed; collect again");
            return Err(Problem::new(ErrorCode::InventoryIncomplete, message));
        }
        let (vm, host) = (
            (object.kind, object.id.as_str()),
            (Kind::Host, host.as_str()),
        );
        page.relation("runs_on", vm, host);
        page.relation("hosts_vm", host, vm);
        Ok(())
    }
}

impl Object {
    /// The fields that all sources share. Unknown values are omitted.
    fn normalized(&self) -> Value {
        let power = if self.running {
            "poweredOn"
        } else {
            "poweredOff"
        };
        json!({
            "identity": {"caption": self.name},
            "network": {},
            "hardware": {"cpu_count": self.cpus, "memory_bytes": self.memory_bytes},
            "runtime": {"power_state": power},
        })
    }
}
