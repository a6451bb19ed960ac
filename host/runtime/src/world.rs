//! What a component may import and must export: the world `collector`, by name.
//!
//! Pure: names in, verdict out, so that a foreign component is refused before
//! any of its code could run.

/// Interfaces that the world offers, at any version 0.2.x.
pub const OFFERED: [&str; 7] = [
    "wasi:cli/stderr",
    "wasi:clocks/monotonic-clock",
    "wasi:http/outgoing-handler",
    "wasi:http/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
];

/// The interface that a collector exports, at any version 1.x.
pub const REQUIRED: &str = "stocktake:collector/inventory";

/// The world offers this import.
#[must_use]
pub fn offers(import: &str) -> bool {
    let Some((interface, version)) = import.split_once('@') else {
        return false;
    };
    OFFERED.contains(&interface) && matches!(numbers(version), Some([0, 2, _]))
}

/// This export is the interface that the host drives.
#[must_use]
pub fn is_inventory(export: &str) -> bool {
    let Some((interface, version)) = export.split_once('@') else {
        return false;
    };
    interface == REQUIRED && matches!(numbers(version), Some([1, _, _]))
}

/// The numbers of a release; a pre-release promises nothing.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let mut parts = version.split('.').map(|part| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    });
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::{is_inventory, offers};

    #[test]
    fn the_world_offers_its_interfaces_at_every_release_of_wasi_0_2() {
        for import in [
            "wasi:http/types@0.2.0",
            "wasi:io/streams@0.2.12",
            "wasi:cli/stderr@0.2.3",
        ] {
            assert!(offers(import), "{import}");
        }
        for import in [
            "wasi:http/types",
            "wasi:http/types@0.3.0",
            "wasi:http/types@0.2.0-rc-2023-11-10",
            "wasi:http/types@0.2",
            "wasi:http/types@0.2.0.1",
            "wasi:http/incoming-handler@0.2.0",
            "wasi:filesystem/types@0.2.0",
            "wasi:cli/environment@0.2.0",
            "wasi:sockets/tcp@0.2.0",
            "wasi:random/random@0.2.0",
            "evil",
            "",
        ] {
            assert!(!offers(import), "{import}");
        }
    }

    #[test]
    fn a_collector_exports_the_inventory_at_version_1() {
        assert!(is_inventory("stocktake:collector/inventory@1.0.0"));
        assert!(is_inventory("stocktake:collector/inventory@1.4.2"));
        assert!(!is_inventory("stocktake:collector/inventory@2.0.0"));
        assert!(!is_inventory("stocktake:collector/inventory"));
        assert!(!is_inventory("other:collector/inventory@1.0.0"));
    }
}
