//! Objects as `normalized-v1`: pure functions from the properties of one object.
//!
//! Every property is optional in what comes back. VMs without a configuration,
//! clones without an identity and hosts without hardware exist; what is
//! unknown is absent in the result.

mod addresses;
mod cluster;
mod devices;
mod extended;
mod host;
mod host_network;
mod host_storage;
mod nic_services;
#[cfg(test)]
pub(crate) mod sample;
mod serial_number;
mod vm;

use std::borrow::Cow;

use stocktake_contract::normalized::PowerState;

use crate::gaps::Gap;
use crate::names;
use crate::tape::{Tape, Value};

pub use cluster::cluster;
pub use extended::extended;
pub use host::host;
pub use vm::{Context, missing_required, vm};

/// The VM is a template.
#[must_use]
pub fn is_template(properties: &Tape) -> bool {
    properties.get("config.template").and_then(Value::as_bool) == Some(true)
}

/// vCenter is in touch with the VM or host, or does not say otherwise.
#[must_use]
pub fn is_connected(properties: &Tape) -> bool {
    properties
        .get("summary.runtime.connectionState")
        .and_then(Value::non_blank)
        .is_none_or(|state| state == "connected")
}

fn name(value: Value<'_>) -> Option<Cow<'_, str>> {
    value.non_blank().map(names::decode)
}

fn text(value: Option<Value<'_>>) -> Option<Cow<'_, str>> {
    value.and_then(Value::non_blank).map(Cow::Borrowed)
}

/// A whole number ≥ 0; one below is unknown, and a gap.
fn number(value: Option<Value<'_>>, gaps: &mut Vec<Gap>) -> Option<u64> {
    let value = value?;
    let number = value.as_u64();
    if number.is_none() && is_negative(value) {
        gaps.push(Gap::Negative(value.name().to_owned()));
    }
    number
}

fn is_negative(value: Value<'_>) -> bool {
    let digits = value
        .as_str()
        .and_then(|text| text.trim().strip_prefix('-'));
    digits.is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

fn power_state(value: Option<Value<'_>>) -> Option<PowerState> {
    match value?.as_str()?.trim() {
        "poweredOn" => Some(PowerState::PoweredOn),
        "poweredOff" => Some(PowerState::PoweredOff),
        // A host sleeps in stand-by as a VM does when suspended.
        "suspended" | "standBy" => Some(PowerState::Suspended),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_connected, is_template, sample::tape};

    #[test]
    fn an_object_counts_as_connected_unless_it_says_otherwise() {
        let cases = [
            ("", true),
            (
                r#"<summary.runtime.connectionState xsi:type="VirtualMachineConnectionState"/>"#,
                true,
            ),
            (
                r#"<summary.runtime.connectionState xsi:type="VirtualMachineConnectionState">connected</summary.runtime.connectionState>"#,
                true,
            ),
            (
                r#"<summary.runtime.connectionState xsi:type="VirtualMachineConnectionState">inaccessible</summary.runtime.connectionState>"#,
                false,
            ),
        ];
        for (properties, connected) in cases {
            assert_eq!(is_connected(&tape(properties)), connected, "{properties}");
        }
    }

    #[test]
    fn a_template_is_one_only_when_it_says_so() {
        assert!(is_template(&tape(
            r#"<config.template xsi:type="xsd:boolean">true</config.template>"#
        )));
        assert!(!is_template(&tape(
            r#"<config.template xsi:type="xsd:boolean">false</config.template>"#
        )));
        assert!(!is_template(&tape("")));
    }
}
