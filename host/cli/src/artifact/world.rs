//! Which world of the contract a component implements, by its imports and exports.

use stocktake_runtime::Inspection;

/// A world of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum World {
    /// Run by this host, which provides `wasi:http`.
    Collector,
    /// For hosts with TLS of their own, behind one transport function.
    CollectorTransport,
    /// A program for plain runtimes.
    Command,
}

impl World {
    /// The world that a component implements: it has its exports, and imports nothing else.
    pub(super) fn of(component: &Inspection) -> Option<Self> {
        World::by_names(&component.exports, &component.foreign)
    }

    /// `foreign` lists the imports that the world `collector` does not provide.
    fn by_names(exports: &[String], foreign: &[String]) -> Option<Self> {
        let exports = |interface, major| has(exports, interface, major);
        let beyond = |offered: &[(&str, &str)]| {
            foreign.iter().all(|import| {
                let names = |&(interface, release): &(&str, &str)| is(import, interface, release);
                offered.iter().any(names)
            })
        };
        let inventory = exports("stocktake:collector/inventory", "1.");
        if inventory && foreign.is_empty() {
            return Some(World::Collector);
        }
        if inventory && beyond(&[("stocktake:collector/transport", "1.")]) {
            return Some(World::CollectorTransport);
        }
        let program = [("wasi:cli/stdin", "0.2."), ("wasi:cli/stdout", "0.2.")];
        (exports("wasi:cli/run", "0.2.") && beyond(&program)).then_some(World::Command)
    }

    /// Its name, as the configuration of an artifact has it.
    pub(super) fn name(self) -> &'static str {
        match self {
            World::Collector => "stocktake:collector/collector@1.0.0",
            World::CollectorTransport => "stocktake:collector/collector-transport@1.0.0",
            World::Command => "stocktake:collector/command@1.0.0",
        }
    }
}

fn has(names: &[String], interface: &str, release: &str) -> bool {
    names.iter().any(|name| is(name, interface, release))
}

fn is(name: &str, interface: &str, release: &str) -> bool {
    let Some((found, version)) = name.split_once('@') else {
        return false;
    };
    // A pre-release is compatible with nothing else.
    found == interface && version.starts_with(release) && !version.contains('-')
}

#[cfg(test)]
mod tests {
    use super::World;

    fn world(exports: &[&str], foreign: &[&str]) -> Option<World> {
        let list = |names: &[&str]| -> Vec<String> {
            names.iter().map(|name| (*name).to_owned()).collect()
        };
        World::by_names(&list(exports), &list(foreign))
    }

    #[test]
    fn a_component_is_of_the_world_whose_imports_it_does_not_exceed() {
        let inventory = &["stocktake:collector/inventory@1.0.0"][..];
        let run = &["wasi:cli/run@0.2.0"][..];
        let transport = "stocktake:collector/transport@1.0.0";
        for (exports, foreign, expected) in [
            (inventory, &[][..], Some(World::Collector)),
            (inventory, &[transport], Some(World::CollectorTransport)),
            (inventory, &[transport, "wasi:filesystem/types@0.2.0"], None),
            (inventory, &["wasi:cli/stdin@0.2.0"], None),
            (
                run,
                &["wasi:cli/stdin@0.2.0", "wasi:cli/stdout@0.2.0"],
                Some(World::Command),
            ),
            (run, &["wasi:cli/stdin@0.2.0-rc-2023-11-10"], None),
            (run, &["wasi:cli/environment@0.2.0"], None),
            (&["wasi:cli/run@0.3.0"], &[], None),
            (&["wasi:http/incoming-handler@0.2.0"], &[], None),
            (&[], &[], None),
        ] {
            assert_eq!(world(exports, foreign), expected, "{exports:?} {foreign:?}");
        }
    }
}
