//! Extended kinds on the command line.

use clap::{Args, ValueEnum};
use stocktake_contract::normalized::Kind;

use crate::selection::SELECTION;

/// The option that names extended kinds.
#[derive(Debug, Args)]
pub struct ExtendedKinds {
    /// Kinds besides VMs, hosts and clusters, separated by commas
    #[arg(long, help_heading = SELECTION, value_enum, value_name = "KINDS", value_delimiter = ',')]
    kinds: Vec<ExtendedKind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ExtendedKind {
    Datastore,
    /// Networks other than distributed port groups
    Network,
    Dvportgroup,
    Dvswitch,
}

impl ExtendedKinds {
    /// Their names in documents, each once.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<&str> = Vec::new();
        for kind in self.kinds.iter().map(|kind| Kind::from(*kind).as_str()) {
            if !names.contains(&kind) {
                names.push(kind);
            }
        }
        names
    }
}

impl From<ExtendedKind> for Kind {
    fn from(kind: ExtendedKind) -> Self {
        match kind {
            ExtendedKind::Datastore => Kind::Datastore,
            ExtendedKind::Network => Kind::Network,
            ExtendedKind::Dvportgroup => Kind::DvPortgroup,
            ExtendedKind::Dvswitch => Kind::DvSwitch,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{Parser, ValueEnum as _};
    use stocktake_contract::response::EXTENDED_KINDS;

    use super::{ExtendedKind, ExtendedKinds};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        kinds: ExtendedKinds,
    }

    #[test]
    fn kinds_are_listed_or_repeated_and_counted_once() {
        let line = [
            "test",
            "--kinds",
            "dvswitch,datastore",
            "--kinds",
            "datastore",
        ];
        let line = Line::try_parse_from(line).expect("good usage");
        assert_eq!(line.kinds.names(), ["dvswitch", "datastore"]);
        assert!(Line::try_parse_from(["test", "--kinds", "vm"]).is_err());
    }

    #[test]
    fn they_are_those_of_the_contract() {
        let known = ExtendedKind::value_variants().iter();
        let known = known.filter_map(|kind| Some(kind.to_possible_value()?.get_name().to_owned()));
        assert_eq!(known.collect::<Vec<_>>(), EXTENDED_KINDS);
    }
}
