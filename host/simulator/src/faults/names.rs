//! Names of VMs that break readers.

use super::Faults;
use crate::Fault;
use crate::inventory::Object;

/// Stands for a lone surrogate until the bytes are sent: no string can hold one. A noncharacter, which no name has.
pub(crate) const LONE_SURROGATE: char = '\u{10ffff}';

pub(super) const ODD_NAMES: u32 = 9;

/// As markup. vCenter escapes `/`, `\` and `%` and nothing else.
const ODD: [&str; ODD_NAMES as usize] = [
    "odd a%2fb",
    "odd a%5cb",
    "odd 50%25",
    "odd c++ +1",
    "odd \u{1f680}\u{1f469}\u{200d}\u{1f4bb}",
    "odd reference &#xD800; end",
    "odd bytes \u{10ffff} end",
    "odd null &#0; end",
    "odd control \u{7}\u{1b} end",
];

const ILLEGAL: &str = "illegal &#1;&#xFFFE;&#x110000; end";

impl Faults {
    /// The markup of a VM's name, when it is not its own.
    pub(super) fn name(&self, object: Object) -> Option<&'static str> {
        if self.strikes(Fault::IllegalReference, object) {
            return Some(ILLEGAL);
        }
        self.role(Fault::OddNames, object).map(|role| ODD[role])
    }
}
