//! Reservations, limits and shares of CPU and memory, as VMs and resource pools have them.

use crate::soap::xml::Xml;

/// `ResourceAllocationInfo`; MHz of CPU, MB of memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allocation {
    pub(crate) reservation: u32,
    pub(crate) expandable: bool,
    /// None is unlimited, which is spelled -1.
    pub(crate) limit: Option<u32>,
    pub(crate) level: &'static str,
    pub(crate) shares: u32,
}

impl Allocation {
    fn limit(&self) -> i64 {
        self.limit.map_or(-1, i64::from)
    }

    fn write_shares(&self, xml: &mut Xml) {
        xml.element_int("shares", self.shares)
            .element("level", self.level);
    }

    /// The elements of a `ResourceAllocationInfo`.
    pub(crate) fn write_fields(&self, xml: &mut Xml) {
        xml.element_int("reservation", self.reservation)
            .element_bool("expandableReservation", self.expandable)
            .element_int("limit", self.limit())
            .open("shares");
        self.write_shares(xml);
        xml.close("shares");
    }

    pub(crate) fn val(&self, xml: &mut Xml) {
        xml.open_typed("val", "ResourceAllocationInfo");
        self.write_fields(xml);
        xml.close("val");
    }

    pub(crate) fn val_reservation(&self, xml: &mut Xml) {
        xml.val_long(i64::from(self.reservation));
    }

    pub(crate) fn val_expandable(&self, xml: &mut Xml) {
        xml.val_bool(self.expandable);
    }

    pub(crate) fn val_limit(&self, xml: &mut Xml) {
        xml.val_long(self.limit());
    }

    pub(crate) fn val_shares(&self, xml: &mut Xml) {
        xml.open_typed("val", "SharesInfo");
        self.write_shares(xml);
        xml.close("val");
    }

    pub(crate) fn val_shares_number(&self, xml: &mut Xml) {
        xml.val_int(self.shares);
    }

    pub(crate) fn val_level(&self, xml: &mut Xml) {
        xml.val_of("SharesLevel", self.level);
    }
}

/// The properties at and below a path, of the allocation that a function of site and index answers.
macro_rules! allocation_properties {
    ($path:literal, $of:expr) => {
        &[
            ($path, |site, index, xml| $of(site, index).val(xml)),
            (concat!($path, ".reservation"), |site, index, xml| {
                $of(site, index).val_reservation(xml)
            }),
            (
                concat!($path, ".expandableReservation"),
                |site, index, xml| $of(site, index).val_expandable(xml),
            ),
            (concat!($path, ".limit"), |site, index, xml| {
                $of(site, index).val_limit(xml)
            }),
            (concat!($path, ".shares"), |site, index, xml| {
                $of(site, index).val_shares(xml)
            }),
            (concat!($path, ".shares.shares"), |site, index, xml| {
                $of(site, index).val_shares_number(xml)
            }),
            (concat!($path, ".shares.level"), |site, index, xml| {
                $of(site, index).val_level(xml)
            }),
        ]
    };
}
pub(super) use allocation_properties;
