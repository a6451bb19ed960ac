//! Relations that cannot be made because the account does not see the object
//! that they lead to, reported once per kind of relation.

use indexmap::{IndexMap, IndexSet};
use stocktake_contract::normalized::Kind;
use stocktake_contract::{Warning, WarningCode};

use crate::gaps::Objects;
use crate::inventory::Source;
use crate::moref::OwnedMoRef;

/// Relations by their type and the kinds of their ends.
#[derive(Debug, Default)]
pub struct Unseen(IndexMap<Missing, Ends>);

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Missing {
    relation: &'static str,
    path: &'static str,
    telling: Kind,
    referred: Kind,
}

#[derive(Debug, Default)]
struct Ends {
    telling: Objects,
    referred: IndexSet<String>,
}

impl Ends {
    fn referred(&self) -> Objects {
        let mut objects = Objects::default();
        self.referred.iter().for_each(|id| objects.add(id));
        objects
    }
}

impl Unseen {
    /// An object refers to another that is not visible.
    pub fn add(&mut self, source: Source, telling: &OwnedMoRef, referred: &OwnedMoRef) {
        let (from, to) = source.ends();
        let kind = source.referred_kind();
        let missing = Missing {
            relation: source.relations().0,
            path: source.path(),
            telling: if kind == to { from } else { to },
            referred: kind,
        };
        let ends = self.0.entry(missing).or_default();
        ends.telling.add(&telling.value);
        if !ends.referred.contains(&referred.value) {
            ends.referred.insert(referred.value.clone());
        }
    }

    /// Of relations of this type, the ids that objects refer to and the account does not see.
    #[must_use]
    pub fn referred(&self, relation: &str) -> Option<String> {
        let mut found = self.0.iter();
        let (_, ends) = found.find(|(missing, _)| missing.relation == relation)?;
        Some(ends.referred().to_string())
    }

    /// One warning per kind of relation.
    pub fn warnings(&self) -> impl Iterator<Item = Warning> + '_ {
        self.0.iter().map(|(missing, ends)| {
            let referred = ends.referred();
            let (what, are, them) = match referred.count() {
                1 => (noun(missing.referred).to_owned(), "is", "it"),
                _ => (format!("{}s", noun(missing.referred)), "are", "them"),
            };
            let have = match ends.telling.count() {
                1 => "it has",
                _ => "they have",
            };
            Warning::new(
                WarningCode::RelationMissing,
                format!(
                    "the {what} of {} ({referred}) {are} out of the account's sight, so {have} no {}; \
                     grant System.Read on {them} to the account",
                    ends.telling, missing.relation
                ),
            )
            .with("relation", missing.relation)
            .with("property", missing.path)
            .with("external_kind", missing.telling.as_str())
            .with("objects", ends.telling.named().to_vec())
            .with("count", ends.telling.count())
            .with("out_of_sight", referred.named().to_vec())
            .with("privilege", "System.Read")
        })
    }
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Vm => "VM",
        Kind::Host => "host",
        Kind::Cluster => "cluster",
        Kind::Datastore => "datastore",
        Kind::Network => "network",
        Kind::DvPortgroup => "port group",
        Kind::DvSwitch => "switch",
        Kind::Datacenter => "datacenter",
        Kind::Folder => "folder",
        Kind::ResourcePool => "resource pool",
        Kind::VApp => "vApp",
        Kind::DatastorePod => "datastore cluster",
    }
}

#[cfg(test)]
mod tests {
    use super::Unseen;
    use crate::inventory::Source;
    use crate::moref::OwnedMoRef;

    fn object(value: &str) -> OwnedMoRef {
        OwnedMoRef {
            type_name: String::new(),
            value: value.to_owned(),
        }
    }

    #[test]
    fn vms_on_hosts_out_of_sight_are_counted_and_named_with_the_privilege() {
        let mut unseen = Unseen::default();
        for number in 0..30 {
            let vm = object(&format!("vm-{number}"));
            let host = object(&format!("host-{}", number % 2));
            unseen.add(Source::RuntimeHost, &vm, &host);
        }
        unseen.add(Source::Parent, &object("host-3"), &object("domain-c9"));
        let warnings: Vec<_> = unseen.warnings().collect();
        assert_eq!(warnings.len(), 2);
        let message = &warnings[0].message;
        assert!(
            message.starts_with("the hosts of vm-0, vm-1, "),
            "{message}"
        );
        let rest = "vm-19 and 10 more (host-0, host-1) are out of the account's sight, so they have no \
                    runs_on; grant System.Read on them to the account";
        assert!(message.ends_with(rest), "{message}");
        let context = warnings[0].redacted_context.as_ref().expect("facts");
        assert_eq!(context["count"], 30);
        assert_eq!(context["privilege"], "System.Read");
        assert_eq!(
            warnings[1].message,
            "the cluster of host-3 (domain-c9) is out of the account's sight, so it has no member_of; \
             grant System.Read on it to the account"
        );
        assert_eq!(
            unseen.referred("runs_on").as_deref(),
            Some("host-0, host-1")
        );
        assert_eq!(unseen.referred("mounts"), None);
    }
}
