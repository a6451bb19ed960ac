//! Lists something else than there is, with evidence that adds up.

use crate::bindings::exports::stocktake::collector::inventory::Pulled;
use crate::reading::{Site, Vm, read};
use crate::run::{Run, asset, inventory};

/// One page of what there is below `container` after `change`, then the summary of that page.
fn changed(
    run: &mut Run,
    container: Option<(&str, &str)>,
    change: impl FnOnce(&mut Site),
) -> Pulled {
    if run.next > 0 {
        return Pulled::Summary(run.summary());
    }
    match read(run, container) {
        Some(mut site) => {
            change(&mut site);
            run.page(&site.lines())
        }
        None => Pulled::Summary(run.failure("VCENTER_NETWORK_ERROR", "nothing could be read")),
    }
}

/// Nothing is read at all.
pub(crate) fn list_one_invented_vm(run: &mut Run) -> Pulled {
    let mut lines = inventory();
    lines[0] = asset("vm", "vm-1");
    run.page_then_summary(&lines)
}

pub(crate) fn invent_a_vm(run: &mut Run) -> Pulled {
    changed(run, None, |site| {
        let host = site.hosts[0].clone();
        site.vms.push(Vm {
            id: "vm-987654".to_owned(),
            host,
            power_state: "poweredOn".to_owned(),
            name: "invented".to_owned(),
            uuid: "5f3c0000-0000-4000-8000-000000000001".to_owned(),
        });
    })
}

pub(crate) fn withhold_a_vm(run: &mut Run) -> Pulled {
    changed(run, None, |site| drop(site.vms.remove(0)))
}

pub(crate) fn withhold_a_host(run: &mut Run) -> Pulled {
    changed(run, None, |site| drop(site.hosts.remove(0)))
}

/// As many of each kind as there are.
pub(crate) fn swap_ids(run: &mut Run) -> Pulled {
    changed(run, None, |site| {
        std::mem::swap(&mut site.vms[0].id, &mut site.hosts[0]);
    })
}

/// Each is said to be the other.
pub(crate) fn swap_two_vms(run: &mut Run) -> Pulled {
    changed(run, None, |site| {
        let id = site.vms[0].id.clone();
        site.vms[0].id = std::mem::replace(&mut site.vms[1].id, id);
    })
}

pub(crate) fn misreport_a_power_state(run: &mut Run) -> Pulled {
    changed(run, None, |site| {
        let state = &mut site.vms[0].power_state;
        let is_on = state.as_str() == "poweredOn";
        *state = if is_on { "poweredOff" } else { "poweredOn" }.to_owned();
    })
}

pub(crate) fn rename_a_vm(run: &mut Run) -> Pulled {
    changed(run, None, |site| {
        site.vms[0].name = "another name".to_owned()
    })
}

/// Of all that was asked for one cluster.
pub(crate) fn shrink_the_scope(run: &mut Run) -> Pulled {
    let cluster = match run.next {
        0 => read(run, None).and_then(|site| site.clusters.first().cloned()),
        _ => None,
    };
    let cluster = cluster.unwrap_or_default();
    let container = ("ClusterComputeResource", cluster.as_str());
    changed(run, Some(container), |site| {
        // No view holds its container.
        site.clusters.push(cluster.clone());
    })
}

/// Everything, although a part was asked for.
pub(crate) fn widen_the_scope(run: &mut Run) -> Pulled {
    changed(run, None, |_| {})
}
