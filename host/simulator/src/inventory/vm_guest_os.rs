//! Guest operating systems: identifiers of the vSphere schema and what such a machine is called.

/// An operating system a VM may run.
#[derive(Debug)]
pub(crate) struct GuestOs {
    /// `config.guestId`.
    pub(crate) id: &'static str,
    pub(crate) windows: bool,
    /// The first part of the VM's name.
    pub(crate) role: &'static str,
}

const fn linux(id: &'static str, role: &'static str) -> GuestOs {
    GuestOs {
        id,
        windows: false,
        role,
    }
}

const fn windows(id: &'static str, role: &'static str) -> GuestOs {
    GuestOs {
        id,
        windows: true,
        role,
    }
}

pub(crate) const CHOICES: [GuestOs; 20] = [
    linux("rhel8_64Guest", "app"),
    linux("rhel9_64Guest", "db"),
    linux("ubuntu64Guest", "web"),
    linux("ubuntu64Guest", "k8s-node"),
    linux("debian11_64Guest", "proxy"),
    linux("debian12_64Guest", "git"),
    linux("sles15_64Guest", "sap"),
    linux("centos7_64Guest", "legacy"),
    linux("oracleLinux8_64Guest", "ora"),
    linux("rockylinux_64Guest", "ci"),
    linux("almalinux_64Guest", "batch"),
    linux("amazonlinux2_64Guest", "etl"),
    linux("other5xLinux64Guest", "appliance"),
    linux("freebsd13_64Guest", "fw"),
    windows("windows2019srv_64Guest", "ad"),
    windows("windows2019srvNext_64Guest", "sql"),
    windows("windows2022srvNext_64Guest", "iis"),
    windows("windows9Server64Guest", "file"),
    windows("windows8Server64Guest", "print"),
    windows("windows11_64Guest", "vdi"),
];

/// The guest of vSphere's own cluster service agents.
pub(crate) const AGENT: GuestOs = linux("vmwarePhoton64Guest", "vCLS");
