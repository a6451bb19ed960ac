//! VMs that are created, deleted, renamed and moved while the inventory is read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::draw::{Draw, Topic};

/// The changes since the start. New VMs come after all others, and no deleted VM returns.
#[derive(Debug)]
pub(crate) struct Churn {
    /// Changes after each page.
    pace: u32,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    draw: Draw,
    /// VMs that have existed.
    vms: u32,
    gone: BTreeSet<u32>,
    renamed: BTreeMap<u32, u32>,
    /// How many hosts further on a VM is than where it began.
    moved: BTreeMap<u32, u32>,
}

impl Churn {
    /// Changes among `vms` VMs, `pace` behind each page.
    pub(crate) fn new(seed: u64, vms: u32, pace: u32) -> Self {
        Self {
            pace,
            state: Mutex::new(State {
                draw: Draw::new(seed, Topic::Churn, 0),
                vms,
                gone: BTreeSet::new(),
                renamed: BTreeMap::new(),
                moved: BTreeMap::new(),
            }),
        }
    }

    /// A page has been written: apply the changes.
    pub(crate) fn go_on(&self) {
        let mut state = self.state();
        for _ in 0..self.pace {
            state.change();
        }
    }

    /// VMs that have existed.
    pub(crate) fn vms(&self) -> u32 {
        self.state().vms
    }

    pub(crate) fn is_gone(&self, vm: u32) -> bool {
        self.state().gone.contains(&vm)
    }

    /// How often a VM was renamed.
    pub(crate) fn renamed(&self, vm: u32) -> u32 {
        self.state().renamed.get(&vm).copied().unwrap_or_default()
    }

    pub(crate) fn moved(&self, vm: u32) -> u32 {
        self.state().moved.get(&vm).copied().unwrap_or_default()
    }

    /// VMs that were deleted, renamed or moved.
    pub(crate) fn changed(&self) -> BTreeSet<u32> {
        let state = self.state();
        let changed = state.renamed.keys().chain(state.moved.keys());
        changed.chain(&state.gone).copied().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn change(&mut self) {
        let what = self.draw.below(4);
        if what == 0 {
            self.vms = self.vms.saturating_add(1);
            return;
        }
        let vm = self.draw.below(self.vms);
        if self.gone.contains(&vm) {
            return;
        }
        match what {
            1 => drop(self.gone.insert(vm)),
            2 => *self.renamed.entry(vm).or_default() += 1,
            _ => *self.moved.entry(vm).or_default() += 1,
        }
    }
}
