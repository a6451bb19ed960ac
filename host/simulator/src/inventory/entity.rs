//! What every managed entity has.

use super::draw::{Draw, Topic};
use super::object::Kind;
use super::property::Property;

/// The overall status: yellow or red for few.
const STATUS: Property = |site, index, xml| {
    let drawn = Draw::new(site.seed ^ 4, Topic::HostSettings, index).below(20);
    xml.val_of(
        "ManagedEntityStatus",
        match drawn {
            0 => "red",
            1 | 2 => "yellow",
            _ => "green",
        },
    );
};

/// The properties that an object of a kind has as an entity.
pub(super) const fn properties(kind: Kind) -> &'static [(&'static str, Property)] {
    match kind {
        Kind::CustomFields => &[],
        Kind::Vm | Kind::Host | Kind::Cluster => {
            &[("overallStatus", STATUS), ("summary.overallStatus", STATUS)]
        }
        _ => &[("overallStatus", STATUS)],
    }
}
