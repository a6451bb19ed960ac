//! Gaps that make an inventory incomplete: the first of each kind is stored, the rest counted.

use stocktake_contract::{ErrorCode, Problem};

use crate::moref::{MoRef, OwnedMoRef};
use crate::soap::fault::Fault;

/// VMs with missing fields that are named.
const NAMED: usize = 20;

/// The gaps found so far.
#[derive(Debug, Default)]
pub struct CompletenessGaps {
    incomplete_vms: Vec<Problem>,
    incomplete_vm_count: u64,
    /// Objects whose name may not be read.
    pub nameless: Forbidden,
    /// VMs whose host may not be read.
    pub homeless: Forbidden,
    /// The type of the first object of an unknown type.
    pub foreign: Option<String>,
    /// Objects without an identity.
    pub unidentified: u64,
}

/// Objects of which a property may not be read.
#[derive(Debug, Default)]
pub struct Forbidden {
    first: Option<(OwnedMoRef, Fault)>,
    count: u64,
}

impl Forbidden {
    /// One more object.
    pub fn add(&mut self, object: MoRef<'_>, fault: &Fault) {
        self.count += 1;
        self.first
            .get_or_insert_with(|| (object.to_owned(), fault.clone()));
    }

    fn problem(&self, what: impl FnOnce(&str) -> String) -> Option<Problem> {
        let (object, fault) = self.first.as_ref()?;
        let objects = match self.count {
            1 => object.value.clone(),
            count => format!("{} and {} more", object.value, count - 1),
        };
        let privilege = fault.privilege.as_deref().unwrap_or("System.Read");
        Some(
            Problem::new(
                ErrorCode::VcenterPermissionDenied,
                format!(
                    "{} could not be read ({}): grant {privilege} to the account",
                    what(&objects),
                    fault.name
                ),
            )
            .with("object", object.value.as_str())
            .with("fault", fault.name.as_str())
            .with("privilege", privilege),
        )
    }
}

impl CompletenessGaps {
    /// A connected VM lacks these fields, which ledgers require.
    pub fn require(&mut self, vm: &str, missing: &[&str]) {
        if missing.is_empty() {
            return;
        }
        self.incomplete_vm_count += 1;
        if self.incomplete_vms.len() < NAMED {
            self.incomplete_vms.push(incomplete_vm(vm, missing));
        }
    }

    /// The resulting errors, for an inventory with this many VMs.
    #[must_use]
    pub fn problems(&self, vms: u64) -> Vec<Problem> {
        let mut problems = self.incomplete_vms.clone();
        let further = self.incomplete_vm_count - self.incomplete_vms.len() as u64;
        if further > 0 {
            problems.push(Problem::new(
                ErrorCode::InventoryIncomplete,
                format!(
                    "{further} more connected VMs lack required fields; grant System.Read on them"
                ),
            ));
        }
        problems.extend(
            self.nameless
                .problem(|objects| format!("the name of {objects}")),
        );
        // One VM without a host is a VM that is not placed; all of them are a role that is too small.
        if self.homeless.count == vms {
            let homeless = self
                .homeless
                .problem(|vms| format!("the host of every VM ({vms})"));
            problems.extend(homeless);
        }
        if let Some(foreign) = &self.foreign {
            let message = format!(
                "the server lists objects of type {foreign}, which this version does not know; update it"
            );
            let problem = Problem::new(ErrorCode::InventoryIncomplete, message);
            problems.push(problem.with("type", foreign.as_str()));
        }
        if self.unidentified > 0 {
            problems.push(Problem::new(
                ErrorCode::InventoryIncomplete,
                format!(
                    "{} objects came without type or id, so nothing tells what they are; collect again, and if it stays, look at the vCenter's health",
                    self.unidentified
                ),
            ));
        }
        problems
    }
}

fn incomplete_vm(id: &str, missing: &[&str]) -> Problem {
    Problem::new(
        ErrorCode::InventoryIncomplete,
        format!(
            "{id} is connected, but {} could not be read; grant System.Read on it, or look at the VM itself",
            missing.join(", ")
        ),
    )
    .with("vm_id", id)
    .with("missing_fields", missing.to_vec())
}
