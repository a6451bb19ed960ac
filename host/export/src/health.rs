//! The findings of `vHealth`.

use std::time::SystemTime;

use stocktake_contract::details::Time;
use stocktake_contract::normalized::Kind;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::Options;
use crate::asset::Asset;
use crate::index::{Identity, Index};

/// Something of an object that should be looked at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) about: About,
    pub(crate) value: Option<String>,
}

/// Declares the findings.
macro_rules! findings {
    ($( $name:ident, $code:literal, $severity:literal, $message:literal; )*) => {
        /// What is found.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum About {
            $( $name, )*
        }

        impl About {
            /// Every finding.
            #[cfg(test)]
            pub(crate) const ALL: &[About] = &[$( About::$name, )*];

            /// Its name for programs.
            pub(crate) fn code(self) -> &'static str {
                match self { $( About::$name => $code, )* }
            }

            /// How much it matters.
            pub(crate) fn severity(self) -> &'static str {
                match self { $( About::$name => $severity, )* }
            }

            /// What it says.
            pub(crate) fn message(self) -> &'static str {
                match self { $( About::$name => $message, )* }
            }
        }
    };
}

findings! {
    OldSnapshot, "old_snapshot", "warning", "Has a snapshot older than the age that is allowed";
    UndatedSnapshot, "undated_snapshot", "info", "Has a snapshot without creation time";
    ToolsNotRunning, "tools_not_running", "warning", "Is powered on, and its guest tools do not run";
    ToolsOld, "tools_old", "info", "Its guest tools are old or unsupported";
    ConsolidationNeeded, "consolidation_needed", "warning", "Its disks have to be consolidated";
    DeviceDisconnected, "device_disconnected", "info", "Is powered on, and has a device that is to start connected and is not connected";
    Orphaned, "orphaned", "critical", "Is orphaned: vCenter lists it and no host has it";
    Inaccessible, "inaccessible", "critical", "Is inaccessible";
    Disconnected, "disconnected", "critical", "Is not connected to vCenter";
    DuplicateInstanceUuid, "duplicate_instance_uuid", "critical", "Has the instance UUID of another VM";
    DuplicateBiosUuid, "duplicate_bios_uuid", "warning", "Has the BIOS UUID of another VM";
    DuplicateSerialNumber, "duplicate_serial_number", "warning", "Has the serial number of another host";
    DatastoreFull, "datastore_full", "warning", "Is full beyond the threshold";
}

/// What was found about an asset.
pub(crate) fn findings(asset: &Asset<'_>, index: &Index, options: &Options) -> Vec<Finding> {
    let mut found = Found(Vec::new());
    match asset.kind {
        Kind::Vm => {
            found.about_connection(asset);
            found.about_vm(asset, index);
            found.about_details(asset, options);
        }
        Kind::Host => {
            found.about_connection(asset);
            let serial = asset.normalized.identity.serial_number.as_deref();
            found.about_identity(
                index,
                About::DuplicateSerialNumber,
                Identity::SerialNumber,
                serial,
            );
        }
        Kind::Datastore => found.about_datastore(asset, options),
        _ => {}
    }
    found.0
}

struct Found(Vec<Finding>);

impl Found {
    fn add(&mut self, about: About, value: Option<String>) {
        self.0.push(Finding { about, value });
    }

    fn about_connection(&mut self, asset: &Asset<'_>) {
        let state = asset.normalized.attributes.connection_state.as_deref();
        let about = match state {
            None | Some("connected") => return,
            Some("orphaned") => About::Orphaned,
            Some("inaccessible" | "invalid") => About::Inaccessible,
            Some(_) => About::Disconnected,
        };
        self.add(about, state.map(str::to_owned));
    }

    fn about_identity(
        &mut self,
        index: &Index,
        about: About,
        identity: Identity,
        value: Option<&str>,
    ) {
        if let Some(value) = value
            && index.is_duplicate(identity, value)
        {
            self.add(about, Some(value.to_owned()));
        }
    }

    fn about_vm(&mut self, asset: &Asset<'_>, index: &Index) {
        let attributes = &asset.normalized.attributes;
        let instance = attributes.instance_uuid.as_deref();
        self.about_identity(
            index,
            About::DuplicateInstanceUuid,
            Identity::Instance,
            instance,
        );
        let bios = attributes.bios_uuid.as_deref();
        self.about_identity(index, About::DuplicateBiosUuid, Identity::Bios, bios);

        let runtime = &asset.normalized.runtime;
        let tools = asset.vm().and_then(|vm| vm.tools.as_ref());
        let running = tools
            .and_then(|tools| tools.running)
            .or(runtime.tools_running);
        let status = tools.and_then(|tools| Some(tools.status.as_ref()?.as_str()));
        let status = status.or(runtime.tools_status.as_deref());
        if is_on(asset) && running == Some(false) {
            self.add(About::ToolsNotRunning, status.map(str::to_owned));
        }
        if matches!(
            status,
            Some("SUPPORTED_OLD" | "TOO_OLD_UNSUPPORTED" | "BLACKLISTED")
        ) {
            let version = tools.and_then(|tools| Some(tools.version.as_ref()?.as_str()));
            self.add(About::ToolsOld, version.or(status).map(str::to_owned));
        }
    }

    fn about_details(&mut self, asset: &Asset<'_>, options: &Options) {
        let Some(vm) = asset.vm() else {
            return;
        };
        if vm.consolidation_needed == Some(true) {
            self.add(About::ConsolidationNeeded, None);
        }
        for snapshot in vm.snapshots.iter().flatten() {
            let name = snapshot.name.as_ref().or(snapshot.id.as_ref());
            let name = name.map_or("", |name| name.as_str());
            let Some(created) = &snapshot.created_at else {
                self.add(About::UndatedSnapshot, Some(name.to_owned()));
                continue;
            };
            let days = age_in_days(created, options.now);
            if let Some(days) = days
                && days >= i64::from(options.snapshot_days)
            {
                self.add(About::OldSnapshot, Some(format!("{name} ({days} days)")));
            }
        }
        if !is_on(asset) {
            return;
        }
        let nics = vm.nics.iter().flatten();
        let nics = nics.map(|nic| (&nic.label, nic.connected, nic.start_connected));
        let cdroms = vm.cdroms.iter().flatten();
        let cdroms = cdroms.map(|cdrom| (&cdrom.label, cdrom.connected, cdrom.start_connected));
        for (label, connected, start_connected) in nics.chain(cdroms) {
            if connected == Some(false) && start_connected == Some(true) {
                let label = label.as_ref().map(|label| label.as_str().to_owned());
                self.add(About::DeviceDisconnected, label);
            }
        }
    }

    fn about_datastore(&mut self, asset: &Asset<'_>, options: &Options) {
        let accessible = asset.datastore().and_then(|datastore| datastore.accessible);
        if accessible == Some(false) {
            self.add(About::Inaccessible, None);
        }
        let (Some(capacity), Some(free)) = (asset.capacity(), asset.free()) else {
            return;
        };
        let used = u128::from(capacity.saturating_sub(free)) * 100;
        if capacity > 0 && used >= u128::from(options.datastore_percent) * u128::from(capacity) {
            let percent = used / u128::from(capacity);
            self.add(About::DatastoreFull, Some(format!("{percent} % used")));
        }
    }
}

fn is_on(asset: &Asset<'_>) -> bool {
    asset.normalized.runtime.power_state.as_deref() == Some("poweredOn")
}

/// Whole days since a time; `None` when it is none of the calendar.
fn age_in_days(time: &Time<'_>, now: SystemTime) -> Option<i64> {
    let time = OffsetDateTime::parse(time.as_str(), &Rfc3339).ok()?;
    Some((OffsetDateTime::from(now) - time).whole_days())
}
