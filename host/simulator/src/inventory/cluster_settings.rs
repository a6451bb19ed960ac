//! What an administrator sets of a cluster: DRS, availability, EVC and vSAN; and what its hosts can give.

use super::draw::{Draw, Topic};
use super::host::{Model, runs};
use super::names::write_val_reference;
use super::object::{Kind, Object};
use super::property::Property;
use super::site::Site;
use super::version::Version;
use crate::soap::xml::Xml;

/// How failover capacity is kept.
#[derive(Clone, Copy, Debug)]
enum Admission {
    Hosts(u32),
    Percent {
        cpu: u32,
        memory: u32,
    },
    /// One host stands by.
    Dedicated,
}

pub(crate) struct Settings {
    drs: bool,
    level: &'static str,
    vmotion_rate: u32,
    pub(crate) ha: bool,
    admission: Option<Admission>,
    evc: Option<&'static str>,
}

impl Settings {
    pub(crate) fn new(site: &Site, cluster: u32) -> Self {
        // Hosts have other indexes for the same topic.
        let mut draw = Draw::new(site.seed ^ 0xc1, Topic::HostSettings, cluster);
        Self {
            drs: draw.percent(85),
            level: *draw.pick(&[
                "fullyAutomated",
                "fullyAutomated",
                "partiallyAutomated",
                "manual",
            ]),
            vmotion_rate: 1 + draw.below(5),
            ha: draw.percent(85),
            admission: *draw.pick(&[
                None,
                Some(Admission::Hosts(1)),
                Some(Admission::Percent {
                    cpu: 25,
                    memory: 33,
                }),
                Some(Admission::Dedicated),
            ]),
            evc: *draw.pick(&[None, Some("intel-cascadelake"), Some("intel-broadwell")]),
        }
    }

    fn failover_level(&self) -> u32 {
        match self.admission {
            Some(Admission::Hosts(hosts)) => hosts,
            _ => 1,
        }
    }
}

/// The EVC mode of a cluster.
pub(crate) fn evc(site: &Site, cluster: u32) -> Option<&'static str> {
    Settings::new(site, cluster).evc
}

fn write_drs(site: &Site, index: u32, xml: &mut Xml) {
    let settings = Settings::new(site, index);
    xml.element_bool("enabled", settings.drs)
        .element_bool("enableVmBehaviorOverrides", true)
        .element("defaultVmBehavior", settings.level)
        .element_int("vmotionRate", settings.vmotion_rate);
    if site.version >= Version::V7_0 {
        xml.element("scaleDescendantsShares", "disabled");
    }
}

fn write_admission_policy(site: &Site, cluster: u32, tag: &str, xml: &mut Xml) {
    let Some(admission) = Settings::new(site, cluster).admission else {
        return;
    };
    match admission {
        Admission::Hosts(hosts) => xml
            .open_typed(tag, "ClusterFailoverLevelAdmissionControlPolicy")
            .element_int("failoverLevel", hosts),
        Admission::Percent { cpu, memory } => xml
            .open_typed(tag, "ClusterFailoverResourcesAdmissionControlPolicy")
            .element_int("cpuFailoverResourcesPercent", cpu)
            .element_int("memoryFailoverResourcesPercent", memory)
            .element_int("failoverLevel", 1)
            .element_bool("autoComputePercentages", false),
        Admission::Dedicated => {
            xml.open_typed(tag, "ClusterFailoverHostAdmissionControlPolicy");
            if let Some(host) = site.hosts_in_cluster(cluster).next() {
                let host = Object::new(Kind::Host, host);
                super::names::write_reference(site, "failoverHosts", host, xml);
            }
            xml.element_int("failoverLevel", 1)
        }
    };
    xml.close(tag);
}

fn write_ha(site: &Site, index: u32, xml: &mut Xml) {
    let settings = Settings::new(site, index);
    xml.element_bool("enabled", settings.ha)
        .element("vmMonitoring", "vmMonitoringDisabled")
        .element("hostMonitoring", "enabled")
        .element("vmComponentProtecting", "disabled")
        .element_int("failoverLevel", settings.failover_level());
    write_admission_policy(site, index, "admissionControlPolicy", xml);
    xml.element_bool("admissionControlEnabled", settings.admission.is_some());
}

fn has_vsan(index: u32) -> bool {
    index == 0
}

fn write_vsan(site: &Site, index: u32, xml: &mut Xml) {
    xml.open_typed("val", "VsanClusterConfigInfo")
        .element_bool("enabled", has_vsan(index));
    if site.version >= Version::V8_0 {
        xml.element_bool("vsanEsaEnabled", false);
    }
    xml.close("val");
}

/// The cores and threads of the hosts, which the schema counts in 16 bits.
fn cores(site: &Site, cluster: u32) -> u16 {
    let cores = site
        .hosts_in_cluster(cluster)
        .map(|host| Model::of(site, host).cores);
    cores.fold(0, u16::saturating_add)
}

/// MHz and MB that VMs can have: of hosts in service, less what the hosts need.
fn effective(site: &Site, hosts: impl Iterator<Item = u32>) -> (u32, i64) {
    hosts
        .filter(|&host| runs(site, host))
        .map(|host| Model::of(site, host))
        .fold((0, 0), |(mhz, megabytes), model| {
            let of_host = u32::from(model.cores) * model.mhz;
            (
                mhz + of_host - of_host / 20,
                megabytes + (model.memory_bytes >> 20) - 8192,
            )
        })
}

/// The properties of the settings below `configuration` and below `configurationEx`.
macro_rules! settings {
    ($root:literal) => {
        &[
            (concat!($root, ".drsConfig"), |site, index, xml| {
                xml.open_typed("val", "ClusterDrsConfigInfo");
                write_drs(site, index, xml);
                xml.close("val");
            }),
            (concat!($root, ".drsConfig.enabled"), |site, index, xml| {
                xml.val_bool(Settings::new(site, index).drs);
            }),
            (
                concat!($root, ".drsConfig.defaultVmBehavior"),
                |site, index, xml| xml.val_of("DrsBehavior", Settings::new(site, index).level),
            ),
            (
                concat!($root, ".drsConfig.vmotionRate"),
                |site, index, xml| {
                    xml.val_int(Settings::new(site, index).vmotion_rate);
                },
            ),
            (concat!($root, ".dasConfig"), |site, index, xml| {
                xml.open_typed("val", "ClusterDasConfigInfo");
                write_ha(site, index, xml);
                xml.close("val");
            }),
            (concat!($root, ".dasConfig.enabled"), |site, index, xml| {
                xml.val_bool(Settings::new(site, index).ha);
            }),
            (
                concat!($root, ".dasConfig.admissionControlEnabled"),
                |site, index, xml| {
                    xml.val_bool(Settings::new(site, index).admission.is_some());
                },
            ),
            (
                concat!($root, ".dasConfig.admissionControlPolicy"),
                |site, index, xml| write_admission_policy(site, index, "val", xml),
            ),
            (
                concat!($root, ".dasConfig.failoverLevel"),
                |site, index, xml| {
                    xml.val_int(Settings::new(site, index).failover_level());
                },
            ),
            (concat!($root, ".dasConfig.hostMonitoring"), |_, _, xml| {
                xml.val_string("enabled");
            }),
            (concat!($root, ".dasConfig.vmMonitoring"), |_, _, xml| {
                xml.val_string("vmMonitoringDisabled");
            }),
        ]
    };
}

pub(super) const CONFIGURATION: &[(&str, Property)] = settings!("configuration");
pub(super) const CONFIGURATION_EX: &[(&str, Property)] = settings!("configurationEx");

pub(super) const PROPERTIES: &[(&str, Property)] = &[
    ("configurationEx.vsanConfigInfo", write_vsan),
    ("configurationEx.vsanConfigInfo.enabled", |_, index, xml| {
        xml.val_bool(has_vsan(index));
    }),
    (
        "configurationEx.vsanConfigInfo.vsanEsaEnabled",
        |_, _, xml| {
            xml.val_bool(false);
        },
    ),
    ("summary.currentEVCModeKey", |site, index, xml| {
        if let Some(mode) = evc(site, index) {
            xml.val_string(mode);
        }
    }),
    ("summary.currentFailoverLevel", |site, index, xml| {
        let settings = Settings::new(site, index);
        let is_kept = settings.ha && settings.admission.is_some();
        xml.val_int(u32::from(is_kept));
    }),
    ("summary.numVmotions", |site, index, xml| {
        xml.val_int(Draw::new(site.seed ^ 0xc2, Topic::HostSettings, index).below(5000));
    }),
    ("summary.drsScore", |site, index, xml| {
        xml.val_int(Draw::new(site.seed ^ 0xc3, Topic::HostSettings, index).below(101));
    }),
    ("summary.numCpuCores", |site, index, xml| {
        xml.val_short(cores(site, index));
    }),
    ("summary.numCpuThreads", |site, index, xml| {
        xml.val_short(cores(site, index).saturating_mul(2));
    }),
    ("summary.effectiveCpu", |site, index, xml| {
        xml.val_int(effective(site, site.hosts_in_cluster(index)).0);
    }),
    ("summary.effectiveMemory", |site, index, xml| {
        xml.val_long(effective(site, site.hosts_in_cluster(index)).1);
    }),
    ("resourcePool", |site, index, xml| {
        let pool = site.root_pool(Object::new(Kind::Cluster, index));
        write_val_reference(site, pool, xml);
    }),
];

/// Those of the compute resource of a standalone host.
pub(super) const STANDALONE_PROPERTIES: &[(&str, Property)] = &[
    ("summary.effectiveCpu", |site, index, xml| {
        xml.val_int(effective(site, std::iter::once(site.clustered + index)).0);
    }),
    ("summary.effectiveMemory", |site, index, xml| {
        xml.val_long(effective(site, std::iter::once(site.clustered + index)).1);
    }),
    ("resourcePool", |site, index, xml| {
        let pool = site.root_pool(Object::new(Kind::Compute, index));
        write_val_reference(site, pool, xml);
    }),
];
