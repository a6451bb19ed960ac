//! Takes what it can get: time, memory, handles, bytes, requests.

use crate::bindings::exports::stocktake::collector::inventory::{Pulled, Run as RunHandle};
use crate::bindings::wasi::clocks::monotonic_clock::subscribe_duration;
use crate::bindings::wasi::http::types::Fields;
use crate::collector::Misbehaving;
use crate::http::{self, Address, CURRENT_TIME, envelope};
use crate::run::{Run, asset, inventory, warning};

/// Bytes of the largest string that it tries to hand over.
const GIANT: usize = 100 << 20;

pub(crate) fn spin() -> ! {
    loop {
        std::hint::spin_loop();
    }
}

pub(crate) fn sleep() -> ! {
    loop {
        subscribe_duration(u64::MAX).block();
    }
}

/// The server of the test accepts and then says nothing.
pub(crate) fn wait_for_a_server(run: &mut Run) -> Pulled {
    let reply = http::ask_endpoint(run, CURRENT_TIME);
    Pulled::Summary(run.failure("VCENTER_NETWORK_ERROR", &reply))
}

pub(crate) fn hog_memory() -> ! {
    let mut hoard: Vec<Vec<u8>> = Vec::new();
    loop {
        hoard.push(vec![1; 1 << 20]);
    }
}

pub(crate) fn hoard_fields() -> ! {
    loop {
        std::mem::forget(Fields::new());
    }
}

/// Handles of its own resource, which no code of the host makes.
pub(crate) fn hoard_runs() -> ! {
    loop {
        let handle = RunHandle::new(Misbehaving::idle());
        std::mem::forget(handle);
    }
}

pub(crate) fn flood_assets(run: &mut Run) -> Pulled {
    let first = u64::from(run.next) * 10;
    let lines: Vec<String> = (first..first + 10)
        .map(|number| asset("vm", &format!("vm-{number}")))
        .collect();
    run.page(&lines)
}

pub(crate) fn flood_requests(run: &mut Run) -> Pulled {
    for _ in 0..10_000 {
        let reply = http::ask_endpoint(run, CURRENT_TIME);
        if !reply.starts_with("answered") {
            return Pulled::Summary(run.failure("VCENTER_NETWORK_ERROR", &reply));
        }
    }
    run.truth()
}

/// Answers of which nothing is read, and none is given up.
pub(crate) fn leave_bodies(run: &mut Run) -> Pulled {
    let address = Address::of(run.setting("/endpoint").unwrap_or_default());
    for _ in 0..100 {
        let reply = http::ask_and_leave(&address, &envelope(CURRENT_TIME));
        if !reply.starts_with("answered") {
            return Pulled::Summary(run.failure("VCENTER_NETWORK_ERROR", &reply));
        }
    }
    run.truth()
}

/// Ids that no table of numbers holds.
pub(crate) fn flood_ids(run: &mut Run) -> Pulled {
    let page = run.next;
    let lines: Vec<String> = (0..1000)
        .map(|number| asset("vm", &format!("{page}-{number}-{}", "x".repeat(500))))
        .collect();
    run.page(&lines)
}

/// A text that looks from every place as if a password began there.
pub(crate) fn warn_at_length(run: &mut Run) -> Pulled {
    let mut lines = inventory();
    lines.push(warning(&"&#".repeat((16 << 20) / 2 - 1000)));
    run.page_then_summary(&lines)
}

pub(crate) fn hand_over_a_giant(run: &mut Run) -> Pulled {
    let mut page = run.counted(&[asset("vm", "vm-1")]);
    let (before, after) = page.batch.split_once("\"name\":\"").unwrap_or_default();
    let mut batch = String::with_capacity(GIANT + page.batch.len() + 16);
    batch.push_str(before);
    batch.push_str("\"name\":\"");
    batch.extend(std::iter::repeat_n('x', GIANT));
    batch.push_str(after);
    page.batch = batch;
    Pulled::Page(page)
}
