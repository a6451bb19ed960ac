//! Guest operating systems: identifiers of the vSphere schema and what such a machine is called.

/// An operating system a VM may run.
#[derive(Debug)]
pub(crate) struct GuestOs {
    /// `config.guestId`.
    pub(crate) id: &'static str,
    pub(crate) windows: bool,
    /// The first part of the VM's name.
    pub(crate) role: &'static str,
    /// `config.guestFullName`.
    pub(crate) full_name: &'static str,
}

const fn linux(id: &'static str, role: &'static str, full_name: &'static str) -> GuestOs {
    GuestOs {
        id,
        windows: false,
        role,
        full_name,
    }
}

const fn windows(id: &'static str, role: &'static str, full_name: &'static str) -> GuestOs {
    GuestOs {
        id,
        windows: true,
        role,
        full_name,
    }
}

pub(crate) const CHOICES: [GuestOs; 20] = [
    linux(
        "rhel8_64Guest",
        "app",
        "Red Hat Enterprise Linux 8 (64-bit)",
    ),
    linux("rhel9_64Guest", "db", "Red Hat Enterprise Linux 9 (64-bit)"),
    linux("ubuntu64Guest", "web", "Ubuntu Linux (64-bit)"),
    linux("ubuntu64Guest", "k8s-node", "Ubuntu Linux (64-bit)"),
    linux("debian11_64Guest", "proxy", "Debian GNU/Linux 11 (64-bit)"),
    linux("debian12_64Guest", "git", "Debian GNU/Linux 12 (64-bit)"),
    linux("sles15_64Guest", "sap", "SUSE Linux Enterprise 15 (64-bit)"),
    linux("centos7_64Guest", "legacy", "CentOS 7 (64-bit)"),
    linux("oracleLinux8_64Guest", "ora", "Oracle Linux 8 (64-bit)"),
    linux("rockylinux_64Guest", "ci", "Rocky Linux (64-bit)"),
    linux("almalinux_64Guest", "batch", "AlmaLinux (64-bit)"),
    linux("amazonlinux2_64Guest", "etl", "Amazon Linux 2 (64-bit)"),
    linux(
        "other5xLinux64Guest",
        "appliance",
        "Other 5.x or later Linux (64-bit)",
    ),
    linux(
        "freebsd13_64Guest",
        "fw",
        "FreeBSD 13 or later versions (64-bit)",
    ),
    windows(
        "windows2019srv_64Guest",
        "ad",
        "Microsoft Windows Server 2019 (64-bit)",
    ),
    windows(
        "windows2019srvNext_64Guest",
        "sql",
        "Microsoft Windows Server 2022 (64-bit)",
    ),
    windows(
        "windows2022srvNext_64Guest",
        "iis",
        "Microsoft Windows Server 2025 (64-bit)",
    ),
    windows(
        "windows9Server64Guest",
        "file",
        "Microsoft Windows Server 2016 or later (64-bit)",
    ),
    windows(
        "windows8Server64Guest",
        "print",
        "Microsoft Windows Server 2012 (64-bit)",
    ),
    windows("windows11_64Guest", "vdi", "Microsoft Windows 11 (64-bit)"),
];

/// The guest of vSphere's own cluster service agents.
pub(crate) const AGENT: GuestOs = linux("vmwarePhoton64Guest", "vCLS", "VMware Photon OS (64-bit)");
